"""Statements on a topic, arranged by speaker and time: a topic in, a Timeline out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from qa.statements import Quote, list_quotes
from ui.pages.statements import PAGE_SIZE

if TYPE_CHECKING:
    from index.library import Library


ROWS = 12  # speakers with a row of their own; all others share one

# How many characters of a date, such as 2024-12-10, name a column, what that unit is called, and how many such columns
# fit: a column is at least 24 pixels wide. A hundred centuries ("20") hold every year that a date can have.
_UNITS = ((10, "day", 16), (7, "month", 36), (4, "year", 60), (3, "decade", 60), (2, "century", 100))


@dataclass(frozen=True)
class Timeline:
    """Statements on a topic, latest article first and undated ones last, with the speakers who have a row.

    `columns` are the beginnings of dates, oldest first: "2024-12" is a month. One more row is for all other speakers,
    and one more column for undated statements. `point` is the row and column whose statements are listed, None for
    all.
    """

    topic: str
    statements: tuple[Quote, ...]
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    unit: str
    point: tuple[int, int] | None = None
    shown: int = PAGE_SIZE

    def place(self, statement: Quote) -> tuple[int, int]:
        """The row and the column of a statement."""
        speaker, day = statement.speaker or "", day_of(statement)
        row = self.rows.index(speaker) if speaker in self.rows else len(self.rows)
        if not (day and self.columns):
            return row, len(self.columns)
        return row, self.columns.index(day[: len(self.columns[0])])

    @property
    def listed(self) -> list[int]:
        """The places in `statements` of those that are listed."""
        return [
            place
            for place, statement in enumerate(self.statements)
            if self.point is None or self.place(statement) == self.point
        ]


def find_timeline(library: Library, topic: str) -> Timeline:
    """Return who said what about a topic, and when; raises QuestionError for a topic without a word, or too long."""
    return arrange(topic, list_quotes(library, about=topic))


def arrange(topic: str, statements: Sequence[Quote]) -> Timeline:
    """Return the statements latest first, with rows for the speakers who make the most of them."""
    in_text = sorted(statements, key=lambda statement: (statement.article_id, statement.start))
    ordered = sorted(in_text, key=lambda statement: day_of(statement) or "", reverse=True)
    often = Counter(statement.speaker or "" for statement in ordered)
    rows = sorted(often, key=lambda name: (-often[name], name))[:ROWS]
    unit, columns = _columns([day for statement in ordered if (day := day_of(statement))])
    return Timeline(topic, tuple(ordered), tuple(rows), tuple(columns), unit)


def _columns(days: Sequence[str]) -> tuple[str, list[str]]:
    """The finest unit whose columns fit, and those columns, from the first day to the last."""
    if not days:
        return "date", []
    first, last = min(days), max(days)
    for length, unit, limit in _UNITS:
        if length == 10 and any(len(day) < length for day in days):
            continue
        start, end = _to_number(first[:length]), _to_number(last[:length])
        if end - start < limit:
            return unit, [_to_start(number, length) for number in range(start, end + 1)]
    raise AssertionError(f"no century holds {first} and {last}")


def _to_number(start: str) -> int:
    """The number of a column, consecutive within its unit: a day's ordinal, months since year 0, else the digits."""
    if len(start) == 10:
        return date.fromisoformat(start).toordinal()
    return int(start[:4]) * 12 + int(start[5:7]) - 1 if len(start) == 7 else int(start)


def _to_start(number: int, length: int) -> str:
    if length == 10:
        return date.fromordinal(number).isoformat()
    return f"{number // 12:04}-{number % 12 + 1:02}" if length == 7 else f"{number:0{length}}"


def day_of(statement: Quote) -> str | None:
    """The date of an article, to the day or the month; None if it has no year or is not a date."""
    found = re.match(r"\d{4}-\d\d(?:-\d\d)?", statement.published or "", re.ASCII)
    try:
        date.fromisoformat(f"{found[0]}-01"[:10] if found else "")
    except ValueError:
        return None
    return found[0] if found else None
