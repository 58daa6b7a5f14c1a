"""People who are perhaps one person under two names: the people in, near-certain pairs with the reasons out.

Names that may be one person's are found by surname, or by a role that no others have; what else is known of both then
has to speak for it: that role, who else speaks in the same articles, and when these appeared. Nothing is merged: an
editor decides.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from index.english.names import FIRST_NAMES, NICKNAMES, SPELLINGS
from index.english.roles import TITLES
from index.speech.fields import fields_of
from index.speech.people import Name, gender_of, is_same, read_name
from index.speech.phrases import BEARER
from index.values import Speaker
from index.words import fold_letters

NEAR_CERTAIN = 0.7
MOST = 20  # suggestions at a time
_GROUP = 100  # people of one surname, those with the most statements: each pair of them is looked at
_NEAR_DAYS = 14
_IS_SAME, _IS_TITLED = "the name is the same", "the longer name is the other with a title"

# How much each reason counts; chosen so that a name is never enough by itself.
_TITLED, _SPELLED, _INITIAL, _SURNAME, _GIVEN = 0.6, 0.45, 0.3, 0.2, 0.35
_ONLY_ROLE, _SAME_ROLE, _BESIDE, _NEAR = 0.3, 0.1, 0.3, 0.1


@dataclass(frozen=True)
class Presence:
    """Where a person speaks: the ids of the articles, the names of the others who speak in them, and their dates."""

    articles: frozenset[str]
    beside: frozenset[str]
    dates: tuple[date, ...]


@dataclass(frozen=True)
class Suggestion:
    """`person` is perhaps `into`, whose name is to be kept; `score` is at least NEAR_CERTAIN, and at most 1."""

    person: str
    into: str
    why: tuple[str, ...]
    score: float


def suggest(people: Sequence[Speaker], find: Callable[[Speaker], Presence]) -> list[Suggestion]:
    """Return the near-certain pairs, the likeliest first, at most MOST.

    `people` are in order of how often they speak; `find` says where one of them does.
    """
    holders = Counter(role for speaker in people for role in _roles(speaker))
    found: dict[tuple[str, str], Suggestion] = {}
    for into, person in _pair(people, holders):
        suggestion = _judge(into, person, holders, find)
        if suggestion and suggestion.score >= NEAR_CERTAIN:
            found[person.name, into.name] = suggestion
    return sorted(found.values(), key=lambda one: (-one.score, one.into, one.person))[:MOST]


def _pair(people: Sequence[Speaker], holders: Counter[str]) -> Iterator[tuple[Speaker, Speaker]]:
    """Yield those who may be one, by name or by role, the one who speaks more often first."""
    groups: dict[str, list[Speaker]] = defaultdict(list)
    for speaker in people:
        groups[_skeleton(read_name(speaker.name).surname)].append(speaker)
        for role in _roles(speaker):
            if holders[role] == 2 and " " in role:
                groups[role].append(speaker)
    for group in groups.values():
        yield from itertools.combinations(group[:_GROUP], 2)


def _judge(
    into: Speaker, person: Speaker, holders: Counter[str], find: Callable[[Speaker], Presence]
) -> Suggestion | None:
    if into.kind == person.kind == "group":
        return None
    names = read_name(into.name), read_name(person.name)
    points, why = _compare_names(*names)
    fields, others = fields_of(into), fields_of(person)
    if not points or (fields and others and not fields & others):
        return None
    is_certain = why in (_IS_SAME, _IS_TITLED)
    if into.kind != person.kind and not is_certain:
        return None  # a person's surname in the name of a firm
    if (why == _IS_TITLED and len(names[0].given) > len(names[1].given)) or (why == _IS_SAME and into.kind == "group"):
        into, person = person, into
    reasons = [why]
    shared = set(_roles(into)) & set(_roles(person))
    only = sorted(role for role in shared if holders[role] == 2 and " " in role)
    if only:
        points += _ONLY_ROLE
        reasons.append(f"both are “{only[0]}”")
    elif shared:
        points += _SAME_ROLE
        reasons.append(f"both are “{min(shared)}”")
    if points + _BESIDE + _NEAR < NEAR_CERTAIN:
        return None
    one, other = find(into), find(person)
    if one.articles & other.articles and not is_certain:
        return None  # an article tells them apart
    beside = one.beside & other.beside
    if beside:
        points += _BESIDE * len(beside) / min(len(one.beside), len(other.beside))
        reasons.append(f"{min(beside)} speaks beside both")
    if _are_near(one.dates, other.dates):
        points += _NEAR
        reasons.append("their articles are of the same days")
    return Suggestion(person.name, into.name, tuple(reasons), min(round(points, 3), 1.0))


def _compare_names(one: Name, other: Name) -> tuple[float, str]:
    """How much two names speak for one person, and why; 0 if they do not at all."""
    genders = {gender_of(one), gender_of(other)} - {None}
    if len(genders) == 2 or one.suffix != other.suffix:
        return 0.0, ""
    alike = _skeleton(one.surname) == _skeleton(other.surname)
    if not (one.given and other.given):
        return (_SURNAME, "one is only called by the surname") if alike and (one.given or other.given) else (0.0, "")
    short, long = sorted((one, other), key=lambda name: len(name.given))
    if alike and _ends_in(long, short):
        return _TITLED, _IS_TITLED
    if is_same(one, other):  # only of a person and what was taken for a group
        return _TITLED, _IS_SAME
    first, second = (fold_letters(name.given[0]).rstrip(".") for name in (one, other))
    same = _skeleton(first) == _skeleton(second) or any(first in names and second in names for names in NICKNAMES)
    if alike and same:
        return (0.0, "") if len(one.given) > 1 and len(other.given) > 1 else (_SPELLED, "the names sound alike")
    if alike and min(len(first), len(second)) == 1 and first[0] == second[0]:
        return _INITIAL, "the initial fits"
    return (_GIVEN, "the first name is the same") if same else (0.0, "")


def _ends_in(long: Name, short: Name) -> bool:
    """Whether the longer name is the shorter one with words for a role before it: "Finance Minister Renata Holm"."""
    before = long.given[: len(long.given) - len(short.given)]
    rest = Name((), long.given[len(before) :], long.surname, long.suffix)
    return bool(before) and is_same(rest, short) and any(_is_role(word) for word in before)


def _is_role(word: str) -> bool:
    folded = fold_letters(word).strip(".")
    return folded in TITLES or (folded not in FIRST_NAMES and bool(BEARER.search(folded)))


def _are_near(dates: Sequence[date], others: Sequence[date]) -> bool:
    return any(abs((one - other).days) <= _NEAR_DAYS for one in dates for other in others)


def _roles(speaker: Speaker) -> list[str]:
    """The folded roles of a person: the other names without a word of the name."""
    own = {word for name in (speaker.name, *speaker.names) for word in fold_letters(name).split()}
    roles = dict.fromkeys(map(fold_letters, speaker.also))
    return [role for role in roles if not own.intersection(role.split())]


def _skeleton(name: str) -> str:
    """What spellings of one name have in common: "zelenski" for Zelensky and Zelenskyy."""
    folded = re.sub(r"^(?:al|el)[- ]", "", fold_letters(name))
    for spelling, sound in SPELLINGS:
        folded = folded.replace(spelling, sound)
    return re.sub(r"(.)\1+", r"\1", re.sub(r"[^\w]", "", folded))


def to_days(published: Iterable[str | None]) -> tuple[date, ...]:
    """Return the dates among these that have a year, a month and a day."""
    days = set()
    for when in published:
        try:
            days.add(date.fromisoformat((when or "")[:10]))
        except ValueError:
            continue
    return tuple(sorted(days))
