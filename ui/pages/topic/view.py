"""Statements on a topic as a plot of speakers over time: a Timeline in, HTML with everything escaped out.

A row is a speaker, a column a day, a month or a longer unit, and a point one speaker's statements in one column. The
plot is a table of buttons, so that it can be read and used without seeing it.
"""

from __future__ import annotations

import math
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from index.english.dates import format_date
from qa.statements import Quote
from ui.inert import escape_html
from ui.pages.statements import in_article_html, more_html, statement_panel_html
from ui.pages.topic.state import Timeline, day_of
from ui.source import nothing_open_html
from ui.wording import count

if TYPE_CHECKING:
    from index.library import Library


# A point's diameter in pixels; its area is proportional to the number of statements. Where nobody makes more than a
# few, a single statement is still a small point, as if the most were nine: 24 * sqrt(1 / 9) = 8.
_WIDEST, _SMALLEST, _MANY = 24, 8, 9


def timeline_html(timeline: Timeline, bell: str = "") -> str:
    """The head of the page, with the HTML of its bell, and the plot of `button.point[data-row][data-column]`."""
    total = len(timeline.statements)
    if not total:
        topic = escape_html(timeline.topic)
        return _page_html(
            timeline.topic,
            f'<p class="nobody" role="status">Nobody who speaks here says anything about “<bdi>{topic}</bdi>”.</p>',
            bell,
        )
    speakers = len({statement.speaker for statement in timeline.statements})
    by = f"{count(total, 'statement')} by {count(speakers, 'speaker')}"
    days = sorted(day for statement in timeline.statements if (day := day_of(statement)))
    period = f", {_period(days[0], days[-1])}" if days else ""
    return _page_html(timeline.topic, f'<p class="total">{by}{period}</p>{_plot_html(timeline)}', bell)


def topic_problem_html(topic: str, problem: str) -> str:
    """The page with a problem, which is HTML, in place of the plot."""
    return _page_html(topic, problem)


def statements_html(timeline: Timeline) -> str:
    """The statements of the chosen point, or all of them, by article."""
    if not timeline.statements:
        return ""
    chosen = timeline.listed
    total = len(timeline.statements)
    if timeline.point is None:
        head = f"All {total:,} statements" if total > 1 else "1 statement"
    else:
        head = escape_html(_describe(timeline, *timeline.point, len(chosen)))
        head += f' <button type="button" class="all-points">Show all {total:,}</button>'
    listed, undated_yet = "", False
    for _, run in groupby(((place, timeline.statements[place]) for place in chosen[: timeline.shown]), key=_article):
        statements = list(run)
        if not undated_yet and not day_of(statements[0][1]):
            undated_yet = True
            listed += f'<h3 class="apart">{_undated(timeline).capitalize()}</h3>'
        listed += in_article_html(statements, topic=timeline.topic)
    return (
        f'<section class="statement-list" aria-label="Statements" data-shown="{timeline.shown}">'
        f'<p class="chosen-line" role="status" dir="auto">{head}</p>'
        f"{listed}{more_html('topic-statements', len(chosen), timeline.shown)}</section>"
    )


def topic_panel_html(library: Library, timeline: Timeline | None, place: int) -> str:
    """The panel with a statement on a topic, among those listed; empty if there is none at `place`."""
    if timeline is None:
        return nothing_open_html()
    return statement_panel_html(library, timeline.statements, timeline.listed, "topic-statement", place)


def _page_html(topic: str, body: str, bell: str = "") -> str:
    name = escape_html(topic)
    heading = f'<h2 tabindex="-1" dir="auto">{name}</h2>' if topic.strip() else ""
    heading = f'<div class="headline">{heading}{bell}</div>' if bell else heading
    return (
        f'<section class="topic-page" aria-label="Timeline" data-topic="{name}">'
        f'<a class="back" href="#people">‹ All people</a>{heading}{body}</section>'
    )


def _plot_html(timeline: Timeline) -> str:
    often = Counter(timeline.place(statement) for statement in timeline.statements)
    most = max(often.values())
    rows = range(len(timeline.rows) + any(row == len(timeline.rows) for row, _ in often))
    undated = any(column == len(timeline.columns) for _, column in often)
    columns = range(len(timeline.columns) + undated)
    first = min(often)  # the only point that Tab reaches; arrow keys lead to the others

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
    """The head of a column: a short label and, where a new one begins, the year, or the month if columns are days."""
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
    return count(len({statement.speaker for statement in timeline.statements} - {*timeline.rows}), "other")


def _column(timeline: Timeline, column: int) -> str:
    if column == len(timeline.columns):
        return _undated(timeline)
    start = timeline.columns[column]
    return f"{start:0<4}s" if len(start) < 4 else format_date(start)


def _undated(timeline: Timeline) -> str:
    """The name of the column for undated statements: "no year" if each has a date that lacks only that."""
    yearless = all(statement.published for statement in timeline.statements if not day_of(statement))
    return "no year" if yearless else "no date"


def _article(placed: tuple[int, Quote]) -> str:
    return placed[1].article_id


def _month(start: str) -> str:
    return format_date(start[:7])[:3]


def _period(first: str, last: str) -> str:
    ends = [f"{_month(day)} {day[:4]}" for day in (first, last)]
    return ends[0] if ends[0] == ends[1] else " – ".join(ends)
