"""Statements as the People and Topic pages list them, in HTML with everything escaped."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import quote

from index.english.dates import format_date
from qa.answer import CitedSentence
from qa.statements import Quote
from ui.citing.cite import write
from ui.citing.formats import FORMATS
from ui.inert import escape_html
from ui.source import Mark, Opened, nothing_open_html, panel_html
from ui.wording import describe_manner, describe_places, describe_speech, find_own_words

if TYPE_CHECKING:
    from index.library import Library


PAGE_SIZE = 100  # people or statements shown before "more"


def to_marks(statements: Sequence[Quote], article_id: str) -> list[Mark]:
    """Return the statements in one article as marks, each numbered with its place in the list, from 1."""
    return [
        Mark(number, statement.article_id, statement.digest, statement.start, statement.end, statement.text)
        for number, statement in enumerate(statements, start=1)
        if statement.article_id == article_id
    ]


def in_article_html(
    statements: Sequence[tuple[int, Quote]], *, topic: str | None = None, can_be_given: bool = False
) -> str:
    """Statements from one article, with their places in the list, under its title.

    With a topic, each speaker's statements are under the speaker's name, which links to what they say on the topic. If
    they can be given to somebody else, each has a button for it.
    """
    first = statements[0][1]
    about = " · ".join(
        f"<bdi>{escape_html(part)}</bdi>" for part in (format_date(first.published), first.source) if part
    )
    give = '<button type="button" class="not-theirs">Not theirs…</button>'
    kind, lists = "statement" if topic is None else "topic-statement", ""
    for name, run in groupby(statements, key=lambda pair: pair[1].speaker if topic is not None else None):
        rows = "".join(
            f'<li><button type="button" class="statement" data-opens="{kind}" data-place="{place}" dir="auto">'
            f'<span class="speech">{describe_speech(statement.speech)}</span>'
            f'<span class="words">{own_words_html(statement)}{_manner_html(statement)}</span></button>'
            f"{give if can_be_given else ''}</li>"
            for place, statement in run
        )
        lists += f"{_voice_html(name, topic or '')}<ul>{rows}</ul>"
    title = f'<h3 dir="auto">{escape_html(first.title or first.article_id)}</h3>'
    return f'<section class="in-article">{title}<p class="when">{about}</p>{lists}</section>'


def topic_box_html(name: str) -> str:
    """A form that asks for a topic; its input has the id `name`."""
    return (
        f'<form class="topic-form" role="search"><label for="{name}">Statements on a topic</label>'
        f'<span class="asking"><input id="{name}" type="search" autocomplete="off" maxlength="300" '
        'placeholder="A word or a few …"><button type="submit">Show</button></span></form>'
    )


def more_html(what: str, total: int, shown: int) -> str:
    """The button that shows more of a list of people or statements; empty if all are shown."""
    rest = total - shown
    return (
        f'<button type="button" class="more" data-more="{what}">Show {min(rest, PAGE_SIZE):,} more of {rest:,}</button>'
        if rest > 0
        else ""
    )


def statement_panel_html(
    library: Library, statements: Sequence[Quote], listed: Sequence[int], kind: str, place: int
) -> str:
    """The panel with the statement at `place`, if it is among `listed`, the places that one can step through."""
    if place not in listed:
        return nothing_open_html()
    at = listed.index(place)
    opened = Opened(
        kind=kind,
        place=place,
        what=f"Statement {at + 1:,} of {len(listed):,}",
        noun="statement",
        can_be_cited=True,
        previous=listed[at - 1] if at > 0 else None,
        following=listed[at + 1] if at + 1 < len(listed) else None,
    )
    article_id = statements[place].article_id
    return panel_html(library, article_id, opened, to_marks(statements, article_id), place + 1)


def cite_statement(library: Library, statements: Sequence[Quote], place: int, form: str) -> str:
    """The statement at `place` in one of the formats; "" if there is none, or it is no format for sentences."""
    if not 0 <= place < len(statements) or form not in FORMATS:
        return ""
    return write([statements[place]], form, library.read_text)


def own_words_html(statement: CitedSentence) -> str:
    """A sentence, with the words of its speaker in a `span.own` if it has others."""
    start, end = find_own_words(statement)
    before, own, after = (
        escape_html(part) for part in (statement.text[:start], statement.text[start:end], statement.text[end:])
    )
    return f'{before}<span class="own">{own}</span>{after}' if own else after


def _manner_html(statement: CitedSentence) -> str:
    """How else than in person the speaker says it, and where in the original: "through a spokesman; page 3"."""
    parts = [part for part in (describe_manner(statement), describe_places([statement])) if part]
    return f' <span class="manner">(<bdi>{escape_html("; ".join(parts))}</bdi>)</span>' if parts else ""


def _voice_html(name: str | None, topic: str) -> str:
    if not name:
        return ""
    address = "/".join(quote(part, safe="", errors="replace") for part in (name, topic))
    link = f'<a href="#people/{escape_html(address)}"><bdi>{escape_html(name)}</bdi></a>'
    return f'<p class="voice">{link}</p>'
