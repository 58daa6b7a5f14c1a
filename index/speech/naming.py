"""Which names are people's: the parser's guesses go in, corrected by what the article says of each name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from index.english.names import FIRST_NAMES, PARTICLES
from index.english.roles import (
    ANYONE,
    BODIES,
    BODY_ENDINGS,
    COLLECTIVES,
    OFFICES,
    PEOPLE,
    PROFESSIONS,
    REPORTS,
    TITLES,
    WORKS,
)
from index.words import any_of, fold_letters

HUMAN = OFFICES | PROFESSIONS | PEOPLE | ANYONE
_BODIES = (COLLECTIVES | REPORTS | frozenset[str]().union(*BODIES)) - HUMAN
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
KIND = re.compile(
    rf"(?:,| -| –| \(\w+\),) (?:a|an|the|its|one|[A-Z][\w-]*'s) [^,.;\"]{{0,60}}?\b({any_of(_BODIES | WORKS)})s?\b"
)
NAMED_KIND = re.compile(rf"\b([A-Z][\w&'-]*(?: [A-Z][\w&'-]*)*){KIND.pattern}")
# Before it: "the carmaker General Motors", "her drama Wasp".
KIND_BEFORE = re.compile(rf"\b({any_of(_BODIES | WORKS)}) $")
_LOWER = re.compile(r"(?:^|[\s\"(][a-z'-]+[,;:]? |[.,;:\"]['\"]? ?|\n)$")
_GOES_ON = re.compile(r"(?:'s)? (?!of\b|and\b)[a-z]")


def find_people(texts: Sequence[str], people: Counter[str], others: Counter[str]) -> Counter[str]:
    """Return the names of people among names that the parser took for people or for other things.

    A full name that it took for something else is a person's if a noun for a person stands beside it, or if its last
    word also stands alone, as surnames do. A name that it took for a person's is not if a noun for a body stands beside
    it, or one for a work such as a film.
    """
    text = "\n".join(texts)
    words = set(re.findall(r"\b[a-z]+\b", text))
    found = Counter(match[1] for pattern in (BESIDE, OFFICE, BEHIND) for match in pattern.finditer(text))
    found = Counter({name: number for name, number in found.items() if not is_thing(name, text)})
    for name in others:
        parts = name.split()
        is_full = len(parts) in (2, 3) and all(part[0].isupper() for part in parts) and parts[-1] not in others
        is_full = is_full and parts[-1].lower() not in words
        if name not in found and is_full and not is_thing(name, text) and _stands_alone(parts[-1], text):
            found[name] = others[name]
    for name, number in people.items():
        if fold_letters(name.split()[0]) in FIRST_NAMES | set(TITLES) or not is_thing(name, text):
            found[name] = max(found[name], number)
    return found


def find_kinds(name: str, text: str) -> Iterator[str]:
    """Yield the nouns for bodies and works that stand beside a name in a text."""
    place = text.find(name)
    while place >= 0:
        end = place + len(name)
        behind = KIND.match(text, end)
        if behind:
            yield behind[1]
        before = KIND_BEFORE.search(text, max(0, place - 30), place)
        if before:
            yield before[1]
        place = text.find(name, end)


def is_thing(name: str, text: str) -> bool:
    """Tell whether a name has a noun for a body among its words, or one stands beside it."""
    words = {word.removesuffix("s") for word in fold_letters(name).split()}
    beside = find_kinds(name, text)
    if " " not in name:
        return any(noun in WORKS for noun in beside)
    ends = fold_letters(name).split()[-1] in BODY_ENDINGS
    return ends or bool(words & _BODIES) or next(beside, None) is not None


def _stands_alone(surname: str, text: str) -> bool:
    """Tell whether the last word of a name stands somewhere without the words before it, as a subject does."""
    place = text.find(surname)
    while place >= 0:
        if _LOWER.search(text, max(0, place - 20), place) and _GOES_ON.match(text, place + len(surname)):
            return True
        place = text.find(surname, place + 1)
    return False
