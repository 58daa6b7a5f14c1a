"""Which names are people's: the parser's guesses go in, corrected by what the article says of each name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import dropwhile

from index.english.abbreviations import STARTERS
from index.english.names import FIRST_NAMES, PARTICLES
from index.english.roles import (
    AFTER_KIND,
    ANYONE,
    BODY_ENDINGS,
    BODY_NOUNS,
    FIRMS,
    OFFICES,
    PEOPLE,
    PROFESSIONS,
    TITLES,
    WORKS,
)
from index.words import any_of, fold_letters

HUMAN = OFFICES | PROFESSIONS | PEOPLE | ANYONE
_BODIES = BODY_NOUNS - HUMAN
_BEFORE_NAMES = FIRST_NAMES | frozenset(TITLES)
_NAME = (
    r"(?:[A-Z]\. )*[A-Z][\w'-]+(?: [A-Z]\.)*(?: [A-Z][\w'-]+)?"
    rf"(?: {any_of(PARTICLES)})* [A-Z][\w'-]*[a-z]"
)
# A name beside a noun for a person: "economy minister Heizo Takenaka", "Skarne's mayor, Odd Tellefsen,".
BESIDE = re.compile(rf"\b(?:{any_of(HUMAN)}|[a-z]+(?:olog|ic|istor|y)i(?:st|an)),? ({_NAME})\b")
# "Finance Minister Palaniappan Chidambaram".
OFFICE = re.compile(rf"\b(?:{any_of(word.capitalize() for word in OFFICES | {'leader', 'chancellor'})}|MP) ({_NAME})\b")
# A name with something behind it that only people have: "Ana Roe, 40,", "Ana Roe, who", "Ana Roe, a lawyer for".
BEHIND = re.compile(
    rf"(?<!\bof )(?<!\bin )(?<!\bfrom )(?<!\bat )\b({_NAME})"
    rf"(?:, \d\d,|,? who\b|, (?:[a-z'-]+ |[A-Z][\w'-]+ ){{0,5}}{any_of(OFFICES | PROFESSIONS)}\b(?! [A-Z]))"
)
# Behind the name of a body, what it is: "Munich Re, the largest insurer", "MTN - the South African firm".
_CAPITALS = r"[A-Z][\w&'-]*(?: [A-Z][\w&'-]*)*"
KIND_BEHIND = re.compile(
    rf"\b({_CAPITALS})(?:,| -| –| \(\w+\),) (?:a|an|the|its|one|[A-Z][\w-]*'s) [^,.;\"]{{0,60}}?"
    rf"\b({any_of(_BODIES | WORKS)})s?\b(?=[,.;)]| [-–] | {any_of(AFTER_KIND)}\b)"
)
# Before it: "the carmaker General Motors", "her drama Wasp".
KIND_BEFORE = re.compile(rf"\b({any_of(_BODIES | WORKS)}) (?=({_CAPITALS}))")
# A capitalised word without another before it, as the subject of a sentence: "and Roe said".
ALONE = re.compile(
    r"(?:^|[\s\"(][a-z'-]+[,;:]? |[.,;:\"]['\"]? ?)([A-Z][\w'-]*\w)(?=(?:'s)? (?!of\b|and\b)[a-z])", re.MULTILINE
)


class Names:
    """What the text of an article says of the names in it; found in one pass for each pattern."""

    def __init__(self, texts: Sequence[str]) -> None:
        text = "\n".join(texts)
        self.kinds: dict[str, set[str]] = {}
        """The nouns for bodies and works that stand beside a name."""
        for match in KIND_BEHIND.finditer(text):
            self.kinds.setdefault(" ".join(drop_starters(match[1].split())), set()).add(match[2])
        for match in KIND_BEFORE.finditer(text):
            self.kinds.setdefault(match[2], set()).add(match[1])
        self._people = Counter(match[1] for pattern in (BESIDE, OFFICE, BEHIND) for match in pattern.finditer(text))
        self._alone = {match[1].removesuffix("'s") for match in ALONE.finditer(text)}
        self._words = set(re.findall(r"\b[a-z]+\b", text))

    def find_people(self, people: Counter[str], others: Counter[str]) -> Counter[str]:
        """Return the names of people among names that the parser took for people or for other things.

        A full name that it took for something else is a person's if a noun for a person stands beside it, or if its
        last word also stands alone, as surnames do. A name that it took for a person's is not if a noun for a body
        stands beside it, or one for a work such as a film.
        """
        found = Counter({name: number for name, number in self._people.items() if not self.is_thing(name)})
        for name in others:
            parts = name.split()
            last = parts[-1] if parts else ""
            is_full = len(parts) in (2, 3) and all(part[0].isupper() for part in parts) and last not in others
            is_called = last in self._alone and last.lower() not in self._words
            if name not in found and is_full and is_called and not self.is_thing(name):
                found[name] = others[name]
        for name, number in people.items():
            if fold_letters(name.split()[0]) in _BEFORE_NAMES or not self.is_thing(name):
                found[name] = max(found[name], number)
        return found

    def is_thing(self, name: str) -> bool:
        """Tell whether a name is of a body or a work, by its own words or by what stands beside it."""
        beside = self.kinds.get(name, set())
        if " " not in name:
            return bool(beside & (WORKS | FIRMS))
        words = fold_letters(name).split()
        return words[-1] in BODY_ENDINGS or bool({word.removesuffix("s") for word in words} & _BODIES) or bool(beside)


def drop_starters(words: list[str]) -> list[str]:
    """Return capitalised words in a row without those that only begin a sentence: "But Munich Re"."""
    kept = list(dropwhile(STARTERS.__contains__, words))
    return kept or words[-1:]
