"""One name for one person: the names that articles use go in, the people they refer to come out.

Two full names belong to one person if surname, first name (allowing for nicknames and initials), middle initials and
suffix all agree. A surname alone belongs to no one until its article, or a single bearer in all articles, decides.
"""

from __future__ import annotations

import difflib
import functools
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from index.english.names import FEMALE, MALE, NICKNAMES, PARTICLES, SUFFIXES
from index.english.roles import FEMALE_TITLES, MALE_TITLES, TITLES
from index.values import Speaker
from index.words import fold_letters


@dataclass(frozen=True)
class Match:
    """The speaker a question refers to, whether the name is exact, and the names of others it may refer to."""

    speaker: Speaker
    exact: bool
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Name:
    """The parts of a name: "Sen. Edward M. Kennedy Jr." is sen, Edward M., Kennedy and jr."""

    titles: tuple[str, ...]
    given: tuple[str, ...]
    surname: str
    suffix: str = ""

    def __str__(self) -> str:
        suffix = {"jr": "Jr.", "sr": "Sr."}.get(self.suffix, self.suffix.upper())
        return " ".join(part for part in (*self.given, self.surname, suffix) if part)


INITIAL = re.compile(r"[^\W\d_](?:\.-?[^\W\d_])*\.?")
WORD = re.compile(r"[^\W_][\w.'’-]*")
_KEPT = 300_000  # names cached: each question is compared with every speaker, of whom a large archive has 80,000
LIKE = 0.75  # difflib's ratio: 0.83 for "Peskow" and "Peskov", 0.55 for "Pence" and "Peskov"
POSSESSIVE = re.compile(r"['’]s?$")
_IN_BRACKETS = re.compile(r"\s*\(([^()]*)\)$")


@functools.lru_cache(maxsize=_KEPT)
def read_name(mention: str) -> Name:
    """Return the parts of a name as an article or a question spells it; a single word is a surname.

    A role in brackets after it, which tells two people of one name apart, is left out.
    """
    parts = [part for part in WORD.findall(POSSESSIVE.sub("", bare_name(mention.strip())[0])) if part.strip(".'’-")]
    parts = [part if INITIAL.fullmatch(part) else part.rstrip(".,") for part in parts]
    titles: list[str] = []
    while len(parts) > 1 and fold_letters(parts[0]).strip(".") in TITLES:
        titles.append(fold_letters(parts.pop(0)).strip("."))
    suffix = fold_letters(parts[-1]).strip(".") if len(parts) > 1 else ""
    if suffix in SUFFIXES:
        parts.pop()
    else:
        suffix = ""
    if not parts:
        return Name(tuple(titles), (), "", suffix)
    start = len(parts) - 1
    while start > 1 and parts[start - 1].lower() in PARTICLES:
        start -= 1
    return Name(tuple(titles), tuple(parts[:start]), " ".join(parts[start:]), suffix)


def bare_name(name: str) -> tuple[str, str]:
    """Return a name without a role in brackets after it, and that role: "John Smith" and "striker"."""
    found = _IN_BRACKETS.search(name)
    return (name[: found.start()], found[1]) if found and found.start() else (name, "")


@functools.lru_cache(maxsize=_KEPT)
def surname_key(name: Name) -> str:
    """Return the form that equal surnames share: "assad" for "al-Assad"."""
    return re.sub(r"^(?:al|el)[- ]", "", fold_letters(name.surname)).replace("-", " ")


def is_same(one: Name, other: Name) -> bool:
    """Tell whether two full names may belong to one person."""
    if surname_key(one) != surname_key(other) or one.suffix != other.suffix or not (one.given and other.given):
        return False
    first, second = (fold_letters(name.given[0]).rstrip(".") for name in (one, other))
    alike = first == second or second in also_called(first)
    if not alike and not (min(len(first), len(second)) == 1 and first[0] == second[0]):
        return False
    middle, center = ("".join(fold_letters(part)[0] for part in name.given[1:]) for name in (one, other))
    return not middle or not center or middle.startswith(center) or center.startswith(middle)


@functools.lru_cache(maxsize=_KEPT)
def also_called(first: str) -> frozenset[str]:
    """Return the first names, in small letters, that may stand for one."""
    return frozenset(other for names in NICKNAMES if first in names for other in names)


def gender_of(name: Name) -> str | None:
    """Return "male" or "female" by title or first name, None if neither tells."""
    first = fold_letters(name.given[0]) if name.given else ""
    for title in name.titles:
        if title in MALE_TITLES | FEMALE_TITLES:
            return "male" if title in MALE_TITLES else "female"
    return "male" if first in MALE else "female" if first in FEMALE else None


def find_speaker(asked: str, speakers: Sequence[Speaker]) -> Match | None:
    """Return whom `asked` refers to among `speakers`, likeliest first; None if none of them.

    Tried in this order: a name with a role in brackets, as `speakers` have it, a full name, a surname (a woman's after
    "Mrs."), a role, a name after a role, the only speaker of that surname if no article has more of the name, a name
    with a similar spelling.
    """
    name, wanted = read_name(asked), strip_determiner(fold_letters(asked))
    keys = {wanted, *wanted.split()[-1:], *map(surname_key, [name, *_endings(name)])}
    likely = [speaker for speaker in speakers if not keys.isdisjoint(_keys(speaker.name, speaker.also))]
    for fits in (_is_listed, _is_named, _has_role, _ends_in_name):
        found = [speaker for speaker in likely if fits(speaker, name, wanted)]
        if found:
            return Match(found[0], True, tuple(speaker.name for speaker in found[1:]))
    if name.given:
        surname = replace(name, given=())
        bearers = [speaker for speaker in likely if _has_surname(speaker, surname, wanted)]
        if len(bearers) == 1 and not read_name(bearers[0].name).given:
            return Match(bearers[0], False)
    ratio = functools.cache(_ratio)  # most surnames have several bearers
    near = [(_likeness(speaker, name, wanted, ratio), -i) for i, speaker in enumerate(speakers)]
    best, place = max(near, default=(0.0, 0))
    return Match(speakers[-place], False) if best >= LIKE else None


def to_json(speakers: Iterable[Speaker]) -> str:
    """Return the speakers of an article as its record stores them."""
    return json.dumps([[speaker.name, speaker.also, speaker.kind] for speaker in speakers], ensure_ascii=False)


def from_json(line: str) -> list[Speaker]:
    """Return the speakers that `to_json` wrote."""
    return [Speaker(name, tuple(also), kind) for name, also, kind in json.loads(line)]


@functools.lru_cache(maxsize=_KEPT)
def strip_determiner(name: str) -> str:
    """Return a folded name without "the", "a" or "an"."""
    return re.sub(r"^(?:the|a|an)\s+", "", name)


@functools.lru_cache(maxsize=_KEPT)
def _keys(name: str, also: tuple[str, ...]) -> frozenset[str]:
    """What a speaker is found by: nobody without a key of what is asked for is meant by it, except misspelled."""
    folded = fold_letters(name)
    roles = (fold_letters(role).split()[-1:] for role in also)
    return frozenset(
        [folded, strip_determiner(folded), surname_key(read_name(name)), *(word for last in roles for word in last)]
    )


def _endings(name: Name) -> list[Name]:
    """The names that a name with words before it may end in: "Dmitry Peskov" for "Kremlin spokesman Dmitry Peskov"."""
    return [read_name(" ".join(name.given[i:]) + f" {name.surname}") for i in range(1, len(name.given))]


def _is_listed(speaker: Speaker, name: Name, wanted: str) -> bool:  # noqa: ARG001
    return wanted.endswith(")") and fold_letters(speaker.name) == wanted


def _is_named(speaker: Speaker, name: Name, wanted: str) -> bool:
    return _is_called(speaker, name, wanted) or _has_surname(speaker, name, wanted)


def _is_called(speaker: Speaker, name: Name, wanted: str) -> bool:
    if speaker.kind == "person" and is_same(name, read_name(speaker.name)):
        return True
    return strip_determiner(fold_letters(speaker.name)) == wanted


def _has_surname(speaker: Speaker, name: Name, wanted: str) -> bool:  # noqa: ARG001
    other = read_name(speaker.name)
    if speaker.kind != "person" or name.given or surname_key(name) != surname_key(other):
        return False
    return gender_of(name) is None or gender_of(other) in (None, gender_of(name))


def _has_role(speaker: Speaker, name: Name, wanted: str) -> bool:  # noqa: ARG001
    asked = wanted.split()
    roles = (strip_determiner(fold_letters(also)).split() for also in speaker.also)
    return any(role[-1] == asked[-1] and set(asked) <= set(role) for role in roles if role and asked)


def _ends_in_name(speaker: Speaker, name: Name, wanted: str) -> bool:  # noqa: ARG001
    return speaker.kind == "person" and any(is_same(ending, read_name(speaker.name)) for ending in _endings(name))


def _likeness(speaker: Speaker, name: Name, wanted: str, ratio: Callable[[str, str], float]) -> float:
    """How like a speaker's name is in spelling, from 0 to 1; 0 if it is below LIKE."""
    other = read_name(speaker.name)
    if speaker.kind == "person" and name.given and other.given:
        # Each part must be similar: "Dimitry Peskow", but not "Maria Peskova".
        surnames = ratio(name.surname, other.surname)
        return min(ratio(name.given[0], other.given[0]), surnames) if surnames else 0.0
    if speaker.kind == "person":
        return ratio(name.surname, other.surname) if not name.given else 0.0
    # Each word of a group's name must be: "Tax Foundation" is not the Heritage Foundation.
    words, others = wanted.split(), strip_determiner(fold_letters(speaker.name)).split()
    if len(words) != len(others):
        return 0.0
    return min((ratio(*pair) for pair in zip(words, others, strict=True)), default=0.0)


def _ratio(one: str, other: str) -> float:
    """How alike two words are by difflib's ratio, or 0 if that is below LIKE."""
    matcher = difflib.SequenceMatcher(None, fold_letters(one), fold_letters(other))
    for bound in (matcher.real_quick_ratio, matcher.quick_ratio):  # neither is ever below the ratio
        if bound() < LIKE:
            return 0.0
    ratio = matcher.ratio()
    return ratio if ratio >= LIKE else 0.0
