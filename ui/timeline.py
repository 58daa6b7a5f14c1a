"""Statements on a topic as a plot of speakers and time: a topic in, HTML with everything escaped out.

A row is a speaker, a column a day, a month or a longer stretch, and a point the statements of one speaker in one of
them. The plot is a table of buttons, so that it can be read and worked without seeing it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from qa.statements import Quote, list_quotes
from ui.people import PAGE, in_article_html, more_html
from ui.render import escape_html, format_date
from ui.report import count

if TYPE_CHECKING:
    from index.library import Library

ROWS = 12  # speakers with a row of their own; all others share one

# How much of a date, such as 2024-12-10, names a column, what that is called, and how many such columns there may be: a
# column is 24 pixels wide at least. With "20", the century, a hundred hold every year that a date can have.
_UNITS = ((10, "day", 16), (7, "month", 36), (4, "year", 60), (3, "decade", 60), (2, "century", 100))

# A point's diameter in pixels: its area follows the number of statements. In a plot where nobody says more than a few
# things, a single statement is still a small point, as if the most were nine: 24 * sqrt(1 / 9) = 8.
_WIDEST, _SMALLEST, _MANY = 24, 8, 9


@dataclass(frozen=True)
class Timeline:
    """Statements on a topic, latest article first, those without a year last; who has a row, and what is chosen.

    `columns` are the starts of dates, oldest first: "2024-12" is a month. A row after the last is of all others, a
    column after the last of those without a date. `point` is the row and the column that are listed, None for all.
    """

    topic: str
    statements: tuple[Quote, ...]
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    unit: str
    point: tuple[int, int] | None = None
    shown: int = PAGE

    def place(self, said: Quote) -> tuple[int, int]:
        """The row and the column of a statement."""
        speaker, day = said.speaker or "", _day(said)
        row = self.rows.index(speaker) if speaker in self.rows else len(self.rows)
        if not (day and self.columns):
            return row, len(self.columns)
        return row, self.columns.index(day[: len(self.columns[0])])

    @property
    def chosen(self) -> list[int]:
        """The places in `statements` of those that are listed."""
        return [
            place for place, said in enumerate(self.statements) if self.point is None or self.place(said) == self.point
        ]


def find_timeline(library: Library, topic: str) -> Timeline:
    """Return who said what about a topic, and when. Raises QuestionError where it has no word, or too many."""
    return arrange(topic, list_quotes(library, about=topic))


def arrange(topic: str, statements: Sequence[Quote]) -> Timeline:
    """Return the statements in the order of time, with rows for those who make most of them."""
    in_text = sorted(statements, key=lambda said: (said.article_id, said.start))
    ordered = sorted(in_text, key=lambda said: _day(said) or "", reverse=True)
    often = Counter(said.speaker or "" for said in ordered)
    rows = sorted(often, key=lambda name: (-often[name], name))[:ROWS]
    unit, columns = _columns([day for said in ordered if (day := _day(said))])
    return Timeline(topic, tuple(ordered), tuple(rows), tuple(columns), unit)


def topic_box_html() -> str:
    """The box for a topic, above the list of people."""
    return (
        '<form class="topic-form" role="search"><label for="sought-topic">Statements on a topic</label>'
        '<span class="asking"><input id="sought-topic" type="search" autocomplete="off" maxlength="300" '
        'placeholder="A word or a few …"><button type="submit">Show</button></span></form>'
    )


def timeline_html(timeline: Timeline) -> str:
    """The head of the page and the plot. Its points are `button.point[data-row][data-column]`."""
    total = len(timeline.statements)
    if not total:
        topic = escape_html(timeline.topic)
        return _page_html(
            timeline.topic,
            f'<p class="nobody" role="status">Nobody who speaks here says anything about “<bdi>{topic}</bdi>”.</p>',
        )
    speakers = len({said.speaker for said in timeline.statements})
    by = f"{count(total, 'statement')} by {count(speakers, 'speaker')}"
    days = sorted(day for said in timeline.statements if (day := _day(said)))
    period = f", {_period(days[0], days[-1])}" if days else ""
    return _page_html(timeline.topic, f'<p class="total">{by}{period}</p>{_plot_html(timeline)}')


def topic_problem_html(topic: str, problem: str) -> str:
    """The page with what could not be done, which is HTML, in place of the plot."""
    return _page_html(topic, problem)


def said_html(timeline: Timeline) -> str:
    """The statements behind the chosen point, by article, or all of them."""
    if not timeline.statements:
        return ""
    chosen = timeline.chosen
    total = len(timeline.statements)
    if timeline.point is None:
        head = f"All {total:,} statements" if total > 1 else "1 statement"
    else:
        head = escape_html(_describe(timeline, *timeline.point, len(chosen)))
        head += f' <button type="button" class="all-points">Show all {total:,}</button>'
    listed, undated_yet = "", False
    for _, run in groupby(((place, timeline.statements[place]) for place in chosen[: timeline.shown]), key=_article):
        statements = list(run)
        if not undated_yet and not _day(statements[0][1]):
            undated_yet = True
            listed += f'<h3 class="apart">{_undated(timeline).capitalize()}</h3>'
        listed += in_article_html(statements, topic=timeline.topic)
    return (
        f'<section class="said-list" aria-label="Statements" data-shown="{timeline.shown}">'
        f'<p class="chosen-line" role="status" dir="auto">{head}</p>'
        f"{listed}{more_html('said', len(chosen), timeline.shown)}</section>"
    )


def _page_html(topic: str, body: str) -> str:
    name = escape_html(topic)
    heading = f'<h2 tabindex="-1" dir="auto">{name}</h2>' if topic.strip() else ""
    return (
        f'<section class="topic-page" aria-label="Timeline" data-topic="{name}">'
        f'<a class="back" href="#people">‹ All people</a>{heading}{body}</section>'
    )


def _plot_html(timeline: Timeline) -> str:
    often = Counter(timeline.place(said) for said in timeline.statements)
    most = max(often.values())
    rows = range(len(timeline.rows) + any(row == len(timeline.rows) for row, _ in often))
    undated = any(column == len(timeline.columns) for _, column in often)
    columns = range(len(timeline.columns) + undated)
    first = min(often)  # the one point that Tab comes to; the arrow keys lead to the others

    def cell(row: int, column: int) -> str:
        apart = ' class="apart"' if column == len(timeline.columns) else ""
        number = often[row, column]
        if not number:
            return f"<td{apart}></td>"
        label = escape_html(_describe(timeline, row, column, number))
        across = round(max(_SMALLEST, _WIDEST * math.sqrt(number / max(most, _MANY))))
        return (
            f'<td{apart}><button type="button" class="point" data-row="{row}" data-column="{column}" '
            f'tabindex="{0 if (row, column) == first else -1}" aria-pressed="false" aria-label="{label}" '
            f'style="--across:{across}px"></button></td>'
        )

    heads = "".join(_column_html(timeline, column) for column in columns)
    body = "".join(
        f'<tr><th scope="row"><span class="who"><bdi>{escape_html(_row(timeline, row))}</bdi></span></th>'
        f"{''.join(cell(row, column) for column in columns)}</tr>"
        for row in rows
    )
    each = f" in one {timeline.unit}" if timeline.columns else ""
    largest = f", up to {most:,} statements" if most > 1 else ""
    return (
        f'<figure class="timeline"><div class="sideways"><table role="grid" style="--columns:{len(columns)}" '
        f'aria-label="Statements by speaker and {timeline.unit}">'
        f'<thead><tr><th scope="col"><span class="unseen">Speaker</span></th>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
        f'<figcaption><span class="key">Each point: one speaker{each}{largest}. Choose one to read it.</span>'
        '<span class="pointed" aria-hidden="true" dir="auto"></span></figcaption></figure>'
    )


def _column_html(timeline: Timeline, column: int) -> str:
    """The head of a column: its label in short, and the year, or of days the month, where a new one begins."""
    spelled = escape_html(_column(timeline, column))
    if column == len(timeline.columns):
        words = "".join(f"<span>{word}</span>" for word in _undated(timeline).capitalize().split())
        return f'<th scope="col" class="apart" aria-label="{spelled}">{words}</th>'
    start = timeline.columns[column]
    before = timeline.columns[column - 1] if column else ""
    short, over = spelled, ""
    if timeline.unit == "day":
        short, over = str(int(start[8:])), _month(start) if start[:7] != before[:7] else ""
    elif timeline.unit == "month":
        short, over = _month(start), start[:4] if start[:4] != before[:4] else ""
    return f'<th scope="col" aria-label="{spelled}"><span>{short}</span><span>{over}</span></th>'


def _describe(timeline: Timeline, row: int, column: int, number: int) -> str:
    """A point in words: "Hillary Clinton, March 2016: 3 statements"."""
    return f"{_row(timeline, row)}, {_column(timeline, column)}: {count(number, 'statement')}"


def _row(timeline: Timeline, row: int) -> str:
    if row < len(timeline.rows):
        return timeline.rows[row] or "No name given"
    return count(len({said.speaker for said in timeline.statements} - {*timeline.rows}), "other")


def _column(timeline: Timeline, column: int) -> str:
    if column == len(timeline.columns):
        return _undated(timeline)
    start = timeline.columns[column]
    return f"{start:0<4}s" if len(start) < 4 else format_date(start)


def _undated(timeline: Timeline) -> str:
    """What the column is called of those without a whole date: most have none, but it may be only the year."""
    yearless = all(said.published for said in timeline.statements if not _day(said))
    return "no year" if yearless else "no date"


def _columns(days: Sequence[str]) -> tuple[str, list[str]]:
    """The finest unit that needs no more columns than it may have, and its columns, from the first day to the last."""
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
    """Where a column is among those of its unit: of days the ordinal, of months 12 a year, else the digits."""
    if len(start) == 10:
        return date.fromisoformat(start).toordinal()
    return int(start[:4]) * 12 + int(start[5:7]) - 1 if len(start) == 7 else int(start)


def _to_start(number: int, length: int) -> str:
    if length == 10:
        return date.fromordinal(number).isoformat()
    return f"{number // 12:04}-{number % 12 + 1:02}" if length == 7 else f"{number:0{length}}"


def _day(said: Quote) -> str | None:
    """The date of an article, to the day or to the month, if it has its year and there is such a day."""
    found = re.match(r"\d{4}-\d\d(?:-\d\d)?", said.published or "", re.ASCII)
    try:
        date.fromisoformat(f"{found[0]}-01"[:10] if found else "")
    except ValueError:
        return None
    return found[0] if found else None


def _article(placed: tuple[int, Quote]) -> str:
    return placed[1].article_id


def _month(start: str) -> str:
    return format_date(start[:7])[:3]


def _period(first: str, last: str) -> str:
    ends = [f"{_month(day)} {day[:4]}" for day in (first, last)]
    return ends[0] if ends[0] == ends[1] else " – ".join(ends)
