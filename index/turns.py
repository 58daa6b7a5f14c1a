"""The turns of transcripts: what stands before the words of a speaker, "MARGARET HALE (00:12:41): …", and the times."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from index.english.names import INNER_PARTICLES
from index.values import Locator
from index.words import any_of

UNNAMED = "–"
"""The label of a turn whose speaker has no name: the dash with which it begins."""
_TIME = r"(?:\d{1,2}:)?\d{1,2}:\d\d(?:[.,]\d{1,3})?"
_SMALL = any_of(INNER_PARTICLES | {"al", "la", "le", "of", "the"})
_WORD = rf"(?:[A-ZÀ-ÖØ-Þ][\w.'’-]*|(?:{_SMALL})\b|\d{{1,3}})"
# [00:12:41] MARGARET HALE, PRIME MINISTER (via video):   Margaret Hale (00:12:41):   12:41 - Speaker 1:   00:12:41
TURN = re.compile(
    rf"(?:(?P<open>[\[(])?(?P<before>{_TIME})(?(open)[\])])[ \t]*(?:[-–—][ \t]*)?)?"
    rf"(?:(?P<label>[A-ZÀ-ÖØ-Þ][\w.'’-]*(?: {_WORD}){{0,5}})(?:, {_WORD}(?: (?:{_WORD}|and|for|&)){{0,7}})?"
    rf"(?: ?[\[(](?:(?P<behind>{_TIME})|[^\])\n]{{1,30}})[\])]){{0,2}}:(?=\s|$)[ \t]*)?"
)
TIMES = 2  # how many paragraphs must begin with a time before a text counts as a transcript
_LINE_START = re.compile(r"(?m)^[ \t]*(?=[\[(\dA-ZÀ-ÖØ-Þ])")


@dataclass(frozen=True)
class Turn:
    """What stands before the words: the label of a speaker and a time, "" for what is not there, and how long it is."""

    label: str
    time: str
    length: int


def read_turn(text: str, start: int = 0, end: int | None = None) -> Turn:
    """Return what stands before the words of a turn that begins at `start` of a text."""
    found = TURN.match(text, start, len(text) if end is None else end)
    if not found:
        return Turn("", "", 0)
    time = found["before"] or found["behind"] or ""
    is_time = bool(found["label"] or found["open"] or time.count(":") > 1)  # "12:41 is a time" begins with none
    return Turn(found["label"] or "", time, found.end() - start) if is_time else Turn("", "", 0)


def find_times(text: str, start: int) -> tuple[Locator, ...]:
    """Return the times that the lines of a transcript begin with, as locators; none if there are less than TIMES.

    A text whose times go back more often than on is none.
    """
    found = list(_find_times(text, start))
    back = sum(one.value > other.value for one, other in pairwise(found))
    return tuple(found) if len(found) >= TIMES and 2 * back < len(found) else ()


def _find_times(text: str, start: int) -> Iterator[Locator]:
    for line in _LINE_START.finditer(text, start):
        turn = read_turn(text, line.end())
        if turn.time:
            yield Locator(line.end(), "timestamp", format_time(turn.time))


def format_time(time: str) -> str:
    """A time as hours, minutes and seconds: "00:12:41" for "12:41.500"."""
    parts = re.split(r"[.,]", time)[0].split(":")
    return ":".join(part.zfill(2) for part in (["00"] * (3 - len(parts)) + parts))
