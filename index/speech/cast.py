"""The people of one article: the names in its lines go in, the people they belong to come out. Needs no parse."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from index.english.abbreviations import STARTERS
from index.english.names import AMBIGUOUS, FIRST_NAMES, HE, NO_PEOPLE, NO_SURNAMES, PARTICLES, SHE
from index.english.roles import HEADS, JOINED, MEN, OTHER_OFFICE, POSTNOMINALS, SAME_WORDS, STYLES, TITLES, WOMEN
from index.speech.naming import HUMAN, Names, drop_starters
from index.speech.people import Name, gender_of, is_same, read_name, surname_key
from index.speech.phrases import Role
from index.speech.quotations import Line
from index.values import Speaker
from index.words import any_of, fold_letters

# A first name followed by what looks like a surname.
FULL_NAME = re.compile(
    rf"\b{any_of(name.capitalize() for name in FIRST_NAMES - AMBIGUOUS)}(?: [A-Z]\.){{0,2}}"
    rf"(?: (?!{any_of(NO_SURNAMES)}\b)[A-Z][\w'-]*[a-z]\b){{1,2}}"
)
AGED = re.compile(r"\b([A-Z][\w'-]+(?: [A-Z][\w'.-]+){1,2}), \d\d,")
TITLED = re.compile(r"\b(?:Mr|Mrs|Ms)\. ([A-Z][\w'-]*\w)(?! [A-Z])")
BEFORE = re.compile(r"(?:\b[A-Z][\w.'-]* ){1,5}$")  # up to five capitalised words before a surname
PAIR = re.compile(r"(?<![\w.] )\b(?=(([A-Z][\w'-]+) (?:[A-Z]\. )?([A-Z][\w'-]*\w)))")
# A capitalised word, with and without the particles before it: "Blasio", "de Blasio".
SURNAME = re.compile(rf"\b(?:{any_of(PARTICLES)}[ -])*([A-ZÀ-Þ][\w-]*(?:'[A-Z][\w-]*)?)\b")
LETTERS = re.compile(r"[a-z]+")
MAJORITY = 0.7  # share of the sentences whose pronouns all have one gender


@dataclass(eq=False)
class Person:
    """One person of an article: the full name, how often each form of it occurs, and what else the person is called.

    `roles` are those that the article gives, by their words ("Kremlin spokesman").
    """

    name: Name
    forms: Counter[str] = field(default_factory=Counter)
    roles: dict[str, Role] = field(default_factory=dict)
    gender: str | None = None

    def note_titles(self, name: Name) -> None:
        """Record the titles of a mention."""
        self.gender = self.gender or gender_of(name)
        for place, title in enumerate(name.titles):
            if TITLES[title]:
                others = sorted(word for word in name.titles[:place] if word in OTHER_OFFICE)
                role = " ".join([*others, TITLES[title]])
                self.roles.setdefault(role, Role(role, role, frozenset()))

    def note_role(self, role: Role) -> None:
        """Record a role that a mention gives."""
        phrase = role.phrase if fold_letters(role.phrase) not in self.roles else fold_letters(role.phrase)
        self.roles.setdefault(phrase, role)
        noun = role.noun.split()[-1]
        if self.gender is None and noun in MEN | WOMEN:
            self.gender = "male" if noun in MEN else "female"

    def to_speaker(self) -> Speaker:
        """Return the person as a Speaker, under the full name used most."""
        best = max(self.forms, key=lambda form: (bool(read_name(form).given), self.forms[form]))
        style = next((role for role in self.roles if role in STYLES), "")
        also = dict.fromkeys([*self.forms, self.name.surname, *self.roles])
        if style and not self.name.given:
            return Speaker(f"{style.capitalize()} {best}", tuple(also))
        also.pop(best, None)
        return Speaker(best, tuple(also))


@dataclass(frozen=True)
class Mention:
    """A mention of a person in the text of a line, from character `start` to `end`."""

    start: int
    end: int
    person: Person
    quoted: bool


class Cast:
    """The people of one article, found in its lines and in the names that the parser found there.

    `names` are names of people, `sources` names of speakers, `others` counts the names of other things.
    """

    def __init__(
        self, lines: Sequence[Line], names: Sequence[str], sources: Sequence[str], others: Counter[str]
    ) -> None:
        self.people: list[Person] = []
        self._by_surname: dict[str, list[Person]] = {}
        self._by_first: dict[str, list[Person]] = {}
        self._gather(lines, Counter(names), Counter(sources), others)
        self.mentions = [list(self._find_mentions(line)) for line in lines]
        self._guess_genders(lines)

    def find(self, mention: str) -> Person | None:
        """Return whom a name refers to; of several people with that surname, the one named most."""
        name = read_name(mention)
        known = self._by_surname.get(surname_key(name), [])
        if name.given:
            return next((person for person in known if is_same(person.name, name)), None)
        gender = gender_of(name)
        known = [person for person in known if not gender or person.gender in (None, gender)]
        if not known and not name.titles:
            known = self._by_first.get(fold_letters(name.surname), [])
        return max(known, key=lambda person: person.forms.total(), default=None)

    def with_first_name(self, words: Iterable[str]) -> set[Person]:
        """Return the people with one of these first names."""
        return {person for word in words for person in self._by_first.get(fold_letters(word), ())}

    def _gather(self, lines: Sequence[Line], names: Counter[str], sources: Counter[str], others: Counter[str]) -> None:
        texts = [f"{line.label}: {line.text}" for line in lines if not line.headline]
        whole = "\n".join(texts)
        said = self.names = Names(texts)
        # 1. A single word is a person's name if the parser takes it for one more often than for something else.
        known = {name for name in names if " " not in name and names[name] > others[name]}
        known -= {name for name in known if said.is_thing(name)}
        written = Counter(
            match[0] for match in FULL_NAME.finditer(whole) if not (others[match[0]] and said.is_thing(match[0]))
        )
        written.update(match[1] for text in texts for match in AGED.finditer(text))
        found = said.find_people(names | sources | written, others)
        full = {name: number for name, number in found.items() if read_name(name).given}
        known |= {read_name(name).surname for name in found if " " in name and name not in full}
        known |= {match[1] for text in texts for match in TITLED.finditer(text)}
        surnames = {name for name in known | set(sources) if " " not in name and fold_letters(name) not in NO_PEOPLE}
        # 2. Full names come first, so that a surname finds its bearer wherever the full name stands; short names come
        #    before long ones, which are trimmed to them.
        for name in sorted(full, key=lambda name: (name.count(" "), name)):
            trimmed = self._trim(name, known)
            if " " in trimmed:
                self._add(trimmed, full[name])
        # 3. A surname without a full name takes the word before it as first name, if it has one anywhere. Without one,
        #    it belongs to a person only if something other than a verb of saying shows that.
        pairs: dict[str, set[str]] = {}
        for match in (match for text in texts for match in PAIR.finditer(text)):
            if fold_letters(match[2]) not in TITLES and not _is_role(match[2]):
                pairs.setdefault(match[3], set()).add(match[1])
        for surname in sorted(surnames):
            if not self.find(surname):
                full_names = [name for name in sorted(pairs.get(surname, ())) if not said.is_thing(name)]
                if pairs.get(surname) and not full_names:
                    continue
                for name in full_names:
                    self._add(name)
            if surname in known or self.find(surname):
                self._add(surname)

    def _trim(self, name: str, surnames: Collection[str]) -> str:
        """Return a full name without a role before it or the next word of a headline after it."""
        parts = name.split()
        roles = [i for i, part in enumerate(parts[:-1]) if _is_role(part)]
        if roles:
            parts = parts[roles[-1] + 1 :]
        first = next((i for i, part in enumerate(parts[:-1]) if fold_letters(part) in FIRST_NAMES), 0)
        parts = parts[first:]
        for end in range(2, len(parts)):
            shorter = " ".join(parts[:end])
            if self.find(shorter) or (parts[end - 1] in surnames and parts[-1] not in surnames):
                return shorter
        return " ".join(parts)

    def _add(self, mention: str, number: int = 1) -> None:
        name = read_name(mention)
        if not name.surname:
            return
        person = self.find(mention)
        if person is None:
            person = Person(name)
            self.people.append(person)
            self._by_surname.setdefault(surname_key(name), []).append(person)
            if name.given:
                self._by_first.setdefault(fold_letters(name.given[0]), []).append(person)
        person.forms[str(name)] += number
        person.note_titles(name)

    def _find_mentions(self, line: Line) -> Iterator[Mention]:
        for found in SURNAME.finditer(line.text):
            surname = found[0] if surname_key(read_name(found[0])) in self._by_surname else found[1]
            start = found.end() - len(surname)
            before = BEFORE.search(line.text[max(0, start - 60) : start])
            parts = before[0].split() if before else []
            forms = [" ".join([*parts[i:], surname]) for i in range(len(parts) + 1)]  # longest first
            if surname_key(read_name(surname)) not in self._by_surname:
                continue
            person = next((person for form in forms if (person := self.find(form))), None)
            if person:
                names = [read_name(form) for form in forms]
                person.note_titles(next((name for name in names if name.titles), names[-1]))
                if role := _read_role(parts, person.name.given):
                    person.note_role(role)
                yield Mention(start, found.end(), person, line.is_quoted(start))

    def _guess_genders(self, lines: Sequence[Line]) -> None:
        """Where a name does not tell the gender, go by the pronouns of sentences that name only that person."""
        votes: dict[Person, Counter[str]] = {}
        for line, mentions in zip(lines, self.mentions, strict=True):
            people = {mention.person for mention in mentions}
            if len(people) == 1 and (person := people.pop()).gender is None:
                found = set(LETTERS.findall(line.text.lower())) & (HE | SHE)
                if found and (found <= HE or found <= SHE):
                    votes.setdefault(person, Counter())["male" if found <= HE else "female"] += 1
        for person, counted in votes.items():
            gender, most = counted.most_common(1)[0]
            if most > MAJORITY * counted.total():
                person.gender = gender


def _read_role(before: Sequence[str], given: Collection[str]) -> Role | None:
    """Return the role that capitalised words before a surname give: "Finance Minister" of Finance Minister Ana Roe."""
    kept = drop_starters([word for word in before if word not in given])
    words = [fold_letters(word).strip(".") for word in kept]
    if len(words) < 2 or words[-1] not in HEADS:
        return None
    others = [word for word in words[:-1] if word in OTHER_OFFICE]
    rest = frozenset(SAME_WORDS.get(word, word) for word in words[:-1] if word not in OTHER_OFFICE)
    return Role(" ".join(words), " ".join([*sorted(others), words[-1]]), rest) if rest else None


def _is_role(part: str) -> bool:
    """Tell whether a capitalised word before a name is no part of it: "MP", "Minister", "But"."""
    folded = fold_letters(part).strip(".")
    if folded.rpartition("-")[2] in JOINED:
        return True
    return part in POSTNOMINALS or part in STARTERS or (folded in HUMAN and folded not in FIRST_NAMES)
