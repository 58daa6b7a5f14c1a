"""Who is who across the articles: the people that names alone make, then apart whom roles contradict, then corrected.

A voice is what stands for a speaker in the corrected sentences: the name that their article has or, where one name is
several people's, a name of our own. Each voice is one person's, and a person may have several.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from index.speech.corrections import Correction, GiveStatement, Merge, NotAPerson, Rename, SetRole, Split
from index.speech.fields import Fields, is_alias, is_in_field
from index.speech.people import bare_name
from index.values import Speaker


@dataclass(eq=False)
class Person:
    """Someone who speaks, while who is who is being worked out."""

    name: str
    also: tuple[str, ...]
    kind: str
    voices: tuple[str, ...]
    role: str = ""


@dataclass
class Identities:
    """Who has which voice.

    `speakers_in` gives who speaks in an article, and `articles_of` the articles in which a name is a speaker's.
    """

    people: list[Person]
    speakers_in: Callable[[str], Sequence[Speaker]]
    articles_of: Callable[[str], Sequence[str]]
    voice_of: dict[tuple[str, str], str] = field(default_factory=dict)
    """The voice of a name in an article, by the article's id and the name, where it is not the name itself."""
    given: dict[tuple[str, str], str | None] = field(default_factory=dict)
    """The voice of a sentence, by its article's id and its text, where it was given to someone; None is nobody."""
    nobody: set[str] = field(default_factory=set)
    """The voices that are no person's."""

    def __post_init__(self) -> None:
        self._owner = {voice: person for person in self.people for voice in person.voices}
        self._named: dict[str, Person] = {}
        for person in self.people:
            self._named.setdefault(person.name, person)

    @property
    def are_changed(self) -> bool:
        """Whether any sentence has another voice than its article's name for its speaker."""
        return bool(self.voice_of or self.given or self.nobody)

    def separate(self, speakers: Iterable[Speaker], fields: Fields) -> None:
        """Keep people of one name apart where the roles that articles give them contradict.

        An article without such a role is taken to be about the one who shares most other speakers with it, and if none
        does, about the one in most articles.
        """
        for speaker in speakers:
            found = fields.contradicting(speaker)
            if not found:
                continue
            person = self._owner[speaker.names[0]]
            titles = {what: f"{person.name} ({fields.noun_of(speaker, what)})" for what in found}
            beside = {what: self._find_beside(articles, person) for what, articles in found.items()}
            placed = {article for articles in found.values() for article in articles}
            for article in self._articles_of(person):
                near = self._find_beside([article], person)
                likeliest = max(found, key=lambda what: len(near & beside[what]))  # the first of equals
                if article not in placed:
                    found[likeliest] = [*found[likeliest], article]
            main, *others = found
            self._call(person, titles[main])
            for what in others:
                self._move(person, self._add(titles[what], person.kind), found[what])
            person.also = self._find_also(person, found[main])

    def apply(self, correction: Correction) -> str:
        """Apply a correction, and return "", or the reason why it has no effect now."""
        if isinstance(correction, GiveStatement):
            return self._give(correction)
        person = self.find(correction.person)
        if person is None:
            return f"nobody is called “{correction.person}”"
        match correction:
            case Merge():
                return self._merge(person, correction)
            case Split():
                return self._split(person, correction)
            case Rename():
                return self._rename(person, correction.name)
            case SetRole():
                person.role = correction.role
                person.also = tuple(dict.fromkeys([correction.role, *person.also]))
            case NotAPerson():
                self._forget(person)
                self.nobody.update(person.voices)
                for voice in person.voices:
                    del self._owner[voice]
        return ""

    def find(self, name: str) -> Person | None:
        """The person who is shown by this name, or has it in some article.

        A role in brackets stands for its field: it may have been "mayor" once and be "senator" now, and it is not shown
        while nobody else has the name.
        """
        found = self._named.get(name) or self._owner.get(name)
        bare, noun = bare_name(name)
        if found or not noun:
            return found
        alone = self._named.get(bare)
        if alone and is_in_field(noun, alone.name, alone.also):
            return alone
        return next((person for person in self.people if is_alias(person.name, name)), None)

    def _merge(self, person: Person, correction: Merge) -> str:
        into = self.find(correction.into)
        if into is None:
            return f"nobody is called “{correction.into}”"
        if into is person:
            return f"“{correction.person}” and “{correction.into}” are one already"
        into.also = tuple(dict.fromkeys([*into.also, person.name, *person.also]))
        into.voices += person.voices
        into.role = into.role or person.role
        self._owner.update(dict.fromkeys(person.voices, into))
        self._forget(person)
        return ""

    def _split(self, person: Person, correction: Split) -> str:
        other = self.find(correction.name)
        if other is person:
            return f"“{correction.name}” is a name of the same person: give another"
        kept = {*self._articles_of(person)} - set(correction.articles)
        if not self._has_statements(person, correction.articles):
            return f"“{correction.person}” says nothing in {', '.join(correction.articles)}"
        self._move(person, other or self._add(correction.name, person.kind), correction.articles)
        if kept:
            person.also = tuple(
                dict.fromkeys([*([person.role] if person.role else []), *self._find_also(person, kept)])
            )
        return ""

    def _rename(self, person: Person, name: str) -> str:
        other = self.find(name)
        if other and other is not person:
            return f"“{name}” is somebody else: merge the two"
        if person.name == name:
            return f"“{name}” is the name already"
        if person.name in person.voices:
            person.also = tuple(dict.fromkeys([*person.also, person.name]))
        self._call(person, name)
        return ""

    def _give(self, correction: GiveStatement) -> str:
        person = self.find(correction.to) if correction.to else None
        if correction.to and person is None:
            person = self._add(correction.to, "person")
        self.given[correction.article, correction.text] = person.voices[0] if person else None
        return ""

    def _add(self, name: str, kind: str) -> Person:
        voice = name
        while voice in self.nobody:  # a name that is not a person's, in what the articles say
            voice += " "
        person = Person(name, (), kind, (voice,))
        self.people.append(person)
        self._named.setdefault(name, person)
        self._owner[voice] = person
        return person

    def _call(self, person: Person, name: str) -> None:
        if self._named.get(person.name) is person:
            del self._named[person.name]
        person.name = name
        self._named.setdefault(name, person)

    def _forget(self, person: Person) -> None:
        self.people.remove(person)
        if self._named.get(person.name) is person:
            del self._named[person.name]

    def _move(self, person: Person, other: Person, articles: Iterable[str]) -> None:
        """Give what a person says in these articles to another."""
        for article in articles:
            for speaker in self.speakers_in(article):
                if self._voice(article, speaker.name) in person.voices:
                    self.voice_of[article, speaker.name] = other.voices[0]
                    other.also = tuple(dict.fromkeys([*other.also, *speaker.also]))
            for key, voice in self.given.items():
                if key[0] == article and voice in person.voices:
                    self.given[key] = other.voices[0]

    def _voice(self, article: str, name: str) -> str:
        return self.voice_of.get((article, name), name)

    def _has_statements(self, person: Person, articles: Iterable[str]) -> bool:
        wanted = set(articles)
        return bool(wanted.intersection(self._articles_of(person))) or any(
            key[0] in wanted and voice in person.voices for key, voice in self.given.items()
        )

    def _articles_of(self, person: Person) -> list[str]:
        """The articles that name the person as a speaker, in order."""
        moved = {(article, name) for (article, name), voice in self.voice_of.items() if voice in person.voices}
        own = {(article, voice) for voice in person.voices for article in self.articles_of(voice)}
        return sorted({article for article, name in moved | own if self._voice(article, name) in person.voices})

    def _find_beside(self, articles: Iterable[str], person: Person) -> set[str]:
        """The names of the others who speak in these articles."""
        return {
            speaker.name
            for article in articles
            for speaker in self.speakers_in(article)
            if speaker.name not in person.voices
        }

    def _find_also(self, person: Person, articles: Iterable[str]) -> tuple[str, ...]:
        """The other names that these articles have for a person."""
        found: dict[str, None] = {}
        for article in sorted(articles):
            for speaker in self.speakers_in(article):
                if self._voice(article, speaker.name) in person.voices:
                    found.update(dict.fromkeys((speaker.name, *speaker.also)))
        return tuple(name for name in found if name != person.name)
