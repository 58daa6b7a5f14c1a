"""Everyone who speaks, and one person's statements by date, as HTML with everything escaped."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import quote

from index.english.dates import format_date
from index.values import Speaker
from index.words import fold_letters
from qa.statements import count_quotes, list_dates
from ui.inert import escape_html
from ui.pages.people.correcting import corrections_html, give_html
from ui.pages.people.state import PersonStatements, month_of
from ui.pages.statements import PAGE_SIZE, in_article_html, more_html, statement_panel_html, topic_box_html
from ui.search import has_words, split_sought
from ui.source import nothing_open_html
from ui.wording import count

if TYPE_CHECKING:
    from index.library import Library


_MONTHS_SHOWN = 60  # a longer time is plotted by year
_FEW = 10  # statements that need no narrowing
_HEIGHT = 40  # of the plot, in units of which a month is 10 wide


def search_html() -> str:
    """The boxes above the list of people: for a topic and for a name."""
    return topic_box_html("sought-topic") + (
        '<div class="find"><label for="sought-name">Find a person</label><input id="sought-name" type="search" '
        'autocomplete="off" spellcheck="false" maxlength="100" placeholder="By name or role …"></div>'
    )


def people_html(
    library: Library, sought: str = "", shown: int = PAGE_SIZE, *, can_edit: bool = False, is_open: bool = False
) -> str:
    """Everyone whose names and roles have all the words sought, matches by name first, then by number of statements.

    For those who can edit, what was corrected and what may be one person comes first; `is_open` if that is unfolded.
    """
    above = corrections_html(library, is_open=is_open) if can_edit else ""
    counts = count_quotes(library)
    words = split_sought(sought)
    found = [(who, number) for who, number in counts if has_words(words, who.name, *who.also)]
    found.sort(key=lambda row: not has_words(words, row[0].name))
    if not found:
        why = (
            f"Nobody who speaks is called “<bdi>{escape_html(sought)}</bdi>”."
            if words
            else "Nobody is quoted here yet."
        )
        return f'{above}<p class="nobody" role="status">{why}</p>'
    page = found[:shown]
    dates = list_dates(library, [who for who, _ in page])
    rows = "".join(_person_html(who, number, when) for (who, number), when in zip(page, dates, strict=True))
    size = f"{len(found):,} of {count(len(counts), 'speaker')}" if words else count(len(counts), "speaker")
    more = more_html("people", len(found), shown)
    return f'{above}<p class="size" role="status">{size}</p><ul class="people">{rows}</ul>{more}'


def person_problem_html(name: str, problem: str) -> str:
    """A person's page with a problem, which is HTML, in place of the statements."""
    back = f'<a class="back" href="#people/{escape_html(quote(name, safe="", errors="replace"))}">‹ All statements</a>'
    return f'<section class="person-page">{back}{problem}</section>'


def person_html(person: PersonStatements | None, *, correct: str = "", bell: str = "") -> str:
    """One person's statements, by article, with a plot of how many there are in each month.

    `correct` is the HTML of the forms with which one who can edit corrects the person, `bell` that of their bell.
    """
    back = '<a class="back" href="#people">‹ All people</a>'
    if person is None:
        nobody = '<p class="nobody" role="status">Nobody of that name speaks here.</p>'
        return f'<section class="person-page">{back}{nobody}</section>'
    articles = len({statement.article_id for statement in person.statements})
    about = f" on “<bdi>{escape_html(person.topic)}</bdi>”" if person.topic else ""
    total = f"{count(len(person.statements), 'statement')}{about} in {count(articles, 'article')}"
    if not person.statements:
        total = f"No statement{about} on the record"
    also = _also(person.speaker)
    role = f" · <bdi>{escape_html(also)}</bdi>" if also else ""
    name = escape_html(person.speaker.name)
    heading = f'<h2 tabindex="-1" dir="auto">{name}</h2>'
    heading = f'<div class="headline">{heading}{bell}</div>' if bell else heading
    runs = groupby(enumerate(person.statements[: person.shown]), key=lambda pair: pair[1].article_id)
    listed = "".join(in_article_html([*run], can_be_given=bool(correct)) for _, run in runs)
    give = give_html() if correct else ""
    return (
        f'<section class="person-page" aria-label="Statements" data-person="{name}" data-shown="{person.shown}" '
        f'data-topic="{escape_html(person.topic)}">{back}{correct}{heading}'
        f'<p class="total" role="status">{total}{role}</p>{_narrow_html(person)}'
        f"{plot_html([month for statement in person.statements if (month := month_of(statement))])}"
        f"{listed}{more_html('statements', len(person.statements), person.shown)}{give}</section>"
    )


def person_panel_html(library: Library, person: PersonStatements | None, place: int) -> str:
    """The panel with a statement of a person; empty if there is none at `place`."""
    if person is None:
        return nothing_open_html()
    return statement_panel_html(library, person.statements, range(len(person.statements)), "statement", place)


def plot_html(months: Sequence[str]) -> str:
    """A plot of how often each month, such as 2024-12, occurs; empty for fewer than two different months.

    More than five years are plotted by year.
    """
    first, last = min(months, default=""), max(months, default="")
    if first == last:
        return ""
    span = _list_months(first, last)
    noun = "month"
    if len(span) > _MONTHS_SHOWN:
        noun, months = "year", [month[:4] for month in months]
        span = [f"{year:04}" for year in range(int(first[:4]), int(last[:4]) + 1)]
    counts = Counter(months)
    most = max(counts.values())
    busiest = max(counts, key=lambda when: (counts[when], when))
    bars = ""
    for i, when in enumerate(span):
        if counts[when]:
            height = round(max(1.5, _HEIGHT * counts[when] / most), 1)  # one in a thousand is still visible
            place = f'x="{10 * i + 1}" y="{round(_HEIGHT - height, 1)}" width="8" height="{height}"'
            bars += f"<rect {place}><title>{_when(when)}: {counts[when]:,}</title></rect>"
    first, last, busy = _when(span[0]), _when(span[-1]), f"{_when(busiest)}: {most:,}"
    return (
        f'<figure class="plot"><svg role="img" aria-label="Statements by {noun}, {first} to {last}; most in {busy}" '
        f'viewBox="0 0 {10 * len(span)} {_HEIGHT}" preserveAspectRatio="none">{bars}</svg><figcaption>'
        f'<span>{first}</span><span class="most">most in {busy}</span><span>{last}</span></figcaption></figure>'
    )


def _person_html(speaker: Speaker, number: int, dates: Sequence[str]) -> str:
    also = _also(speaker)
    role = f'<span class="role"><bdi>{escape_html(also)}</bdi></span>' if also else ""
    period = f'<span class="period">{_period(dates)}</span>' if dates else ""
    return (
        f'<li><a class="person" href="#people/{escape_html(quote(speaker.name, safe=""))}">'
        f'<span class="name"><bdi>{escape_html(speaker.name)}</bdi></span>{role}'
        f'<span class="often">{count(number, "statement")}</span>{period}</a></li>'
    )


def _narrow_html(person: PersonStatements) -> str:
    """The form that asks for a topic, to show only what the person says on it; empty for a short list."""
    if not person.topic and len(person.statements) <= _FEW:
        return ""
    topic = escape_html(person.topic)
    every = escape_html(quote(person.speaker.name, safe=""))
    back = f'<a class="every" href="#people/{every}">All statements</a>' if person.topic else ""
    return (
        '<form class="narrow" role="search"><label for="narrowed">Only on a topic</label>'
        f'<span class="asking"><input id="narrowed" type="search" autocomplete="off" maxlength="300" value="{topic}">'
        f'<button type="submit">Show</button></span>{back}</form>'
    )


def _also(speaker: Speaker) -> str:
    """A role of the person: one given by hand, or the first of their other names without a word of their name."""
    if speaker.role:
        return speaker.role
    own = {word.strip("()") for name in (speaker.name, *speaker.names) for word in fold_letters(name).split()}
    return next((also for also in speaker.also if not own & set(fold_letters(also).split())), "")


def _list_months(first: str, last: str) -> list[str]:
    start, end = (int(month[:4]) * 12 + int(month[5:7]) - 1 for month in (first, last))
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(start, end + 1)]


def _when(month: str) -> str:
    """A month as "Dec 2024", or a year."""
    return escape_html(re.sub(r"^(\w{3})\w+", r"\1", format_date(month)) if "-" in month else month)


def _period(dates: Sequence[str]) -> str:
    first, last = (_when(day[:7]) for day in (dates[0], dates[-1]))
    return first if first == last else f"{first} – {last}"
