"""What field of work a person's roles are from: two people of one name are told apart by it."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from index.english.roles import AFTER_NOUN, FIELDS, FORMERLY
from index.speech.people import bare_name, read_name
from index.values import Speaker
from index.words import fold_letters

_FIELD_OF = {noun: name for name, nouns in FIELDS.items() for noun in nouns}


@dataclass
class Fields:
    """The fields of everyone who speaks, noted article by article."""

    articles: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    """By name, as single articles have it, and field: the ids of the articles that name one role in that field."""
    nouns: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    """By name and field: how often each noun occurs."""
    mixed: set[str] = field(default_factory=set)
    """The names of those whom one article gives roles in two fields."""

    def note(self, article_id: str, speakers: Iterable[Speaker]) -> None:
        """Note what an article says of those who speak in it."""
        for speaker in speakers:
            found = find_nouns(speaker.name, speaker.also) if speaker.also and speaker.kind == "person" else ()
            for noun in found:
                name = _FIELD_OF[noun]
                held = self.articles.setdefault(speaker.name, {}).setdefault(name, [])
                if not held or held[-1] != article_id:
                    held.append(article_id)
                self.nouns.setdefault((speaker.name, name), Counter())[noun] += 1
            if len({_FIELD_OF[noun] for noun in found}) > 1:
                self.mixed.add(speaker.name)

    def add(self, others: Fields) -> None:
        """Add what was noted of others, who have no name in common with these."""
        self.articles.update(others.articles)
        self.nouns.update(others.nouns)
        self.mixed.update(others.mixed)

    def contradicting(self, person: Speaker) -> dict[str, list[str]]:
        """The fields of a person of many articles whose roles contradict, each with the ids of its articles.

        Those with most articles come first; empty if no roles contradict, or if one article gives the roles together.
        """
        names = [name for name in person.names if name in self.articles]
        if not names or person.kind != "person" or self.mixed.intersection(names) or not read_name(person.name).given:
            return {}
        found: dict[str, list[str]] = {}
        for name in names:
            for what, articles in self.articles[name].items():
                found.setdefault(what, []).extend(articles)
        everywhere = [article for articles in found.values() for article in set(articles)]
        if len(found) < 2 or len(everywhere) > len(set(everywhere)):
            return {}
        return dict(sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0])))

    def noun_of(self, person: Speaker, what: str) -> str:
        """The noun that articles use most for a person in a field."""
        total = sum((self.nouns.get((name, what), Counter()) for name in person.names), Counter[str]())
        return min(total, key=lambda noun: (-total[noun], noun))


@functools.lru_cache(maxsize=50_000)
def find_nouns(name: str, roles: Sequence[str]) -> tuple[str, ...]:
    """Return the nouns of a person's present roles that tell a field: "striker" for "Liverpool striker"."""
    own = set(fold_letters(name).split())
    found = []
    for role in roles:
        words = fold_letters(role).split()
        end = next((i for i, word in enumerate(words) if word in AFTER_NOUN), len(words))
        noun = words[end - 1] if end else ""
        if noun in _FIELD_OF and noun not in own and not FORMERLY.intersection(words):
            found.append(noun)
    return tuple(dict.fromkeys(found))


def fields_of(speaker: Speaker) -> set[str]:
    """Return the fields of a person's present roles."""
    return {_FIELD_OF[noun] for noun in find_nouns(speaker.name, speaker.also)}


def is_in_field(noun: str, name: str, roles: Sequence[str]) -> bool:
    """Whether a person of this name and these roles is in the field that a noun tells."""
    return _FIELD_OF.get(noun) in {_FIELD_OF[found] for found in find_nouns(name, tuple(roles))}


def is_alias(one: str, other: str) -> bool:
    """Whether two names, each with a role in brackets, are one name with two roles in one field."""
    bare, noun = bare_name(one)
    other_bare, other_noun = bare_name(other)
    return bare == other_bare and _FIELD_OF.get(noun) is not None and _FIELD_OF.get(noun) == _FIELD_OF.get(other_noun)
