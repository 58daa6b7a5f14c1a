"""The table of articles, and the tools above it, as HTML with everything escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from index.english.dates import format_date
from index.reading.files import CONTAINERS, SUFFIXES, largest
from index.settings import Settings
from ui.inert import line_html
from ui.pages.library.state import PAGE_SIZE, Row, Shelf, describe_order
from ui.source import Opened, nothing_open_html, panel_html
from ui.wording import count

if TYPE_CHECKING:
    from index.library import Library

_HEADS = {"title": "Title", "source": "Source", "date": "Date", "sentences": "Sentences", "people": "People"}
_STATES = {
    "indexed": "Indexed",
    "changed": "Changed since",
    "gone": "File is gone",
    "new": "New: not indexed yet",
    "removed": "Removed",
}


def tools_html(settings: Settings, *, read_only: bool) -> str:
    """The tools above the table, which are rendered once: the search box and, unless `read_only`, the buttons."""
    search = (
        '<div class="search"><label for="sought-article">Find an article</label>'
        '<input id="sought-article" type="search" autocomplete="off" spellcheck="false" maxlength="200" '
        'placeholder="Find by title, source, author or file …"></div>'
    )
    if read_only:
        return f'{search}<p class="read-only">Nothing can be changed on this page: the server is read-only.</p>'
    limit = int(settings.max_article_mb * 1_000_000)
    suffixes = ",".join(sorted(SUFFIXES))
    return (
        f'{search}<div class="actions"><label class="add"><input id="added-files" type="file" multiple '
        f'accept="{suffixes}" data-limit="{limit}" data-packed-limit="{largest(".zip", limit)}" '
        f'data-packed="{",".join(sorted(CONTAINERS))}"><span>Add files</span></label>'
        '<button type="button" class="sync">Sync now</button></div>'
        '<p class="drop-hint">or drop them anywhere on this page</p>'
        '<p class="sending" role="status"></p>'
    )


def table_html(shelf: Shelf, *, read_only: bool) -> str:
    """The rows that were found, in a table."""
    if not shelf.rows:
        what = (
            f"No article has “<bdi>{line_html(shelf.sought)}</bdi>” in its title, source, author or file name."
            if shelf.sought.strip()
            else "There is no article here yet."
        )
        return f'<p class="none" role="status">{what}</p>'
    articles = sum(row.sentences is not None for row in shelf.rows)
    size = count(articles, "article")
    if len(shelf.rows) < shelf.total:
        size = f"{len(shelf.rows):,} of {count(shelf.total, 'row')}"
    elif len(shelf.rows) > articles:
        size += f" and {count(len(shelf.rows) - articles, 'other row')}"
    heads = "".join(
        f'<th role="columnheader" scope="col" class="{column}" aria-sort="{order}">'
        f'<button type="button" class="sort" data-column="{column}">{_HEADS.get(column, "State")}</button></th>'
        for column, order in describe_order(shelf)
    )
    heads += (
        "" if read_only else '<th role="columnheader" scope="col" class="act"><span class="unseen">Change</span></th>'
    )
    rows = "".join(
        _row_html(place, row, shelf, read_only=read_only) for place, row in enumerate(shelf.rows[: shelf.shown])
    )
    rest = len(shelf.rows) - shelf.shown
    more = (
        f'<button type="button" class="more-articles">Show {min(rest, PAGE_SIZE):,} more of {rest:,}</button>'
        if rest > 0
        else ""
    )
    return (
        f'<p class="size" role="status">{size}</p>'
        f'<table role="table" aria-label="Articles" data-serial="{shelf.serial}" data-shown="{shelf.shown}" '
        f'data-column="{shelf.column}" data-descending="{int(shelf.descending)}" data-synced="{shelf.synced or 0}">'
        f'<thead role="rowgroup"><tr role="row">{heads}</tr></thead><tbody role="rowgroup">{rows}</tbody></table>{more}'
    )


def article_panel_html(library: Library, shelf: Shelf, place: int) -> str:
    """The panel with the article of a row; empty if there is none."""
    row = shelf.rows[place] if 0 <= place < len(shelf.rows) else None
    if row is None or not row.can_be_read:
        return nothing_open_html()
    notes = {
        "changed": "The file has changed since: this is the article as it was indexed.",
        "kept": "The file has changed, and cannot be read any more: this is the article as it was indexed.",
        "gone": "The file is gone: this is the article as it was indexed.",
    }
    note = f'<p class="stale" role="note">{notes[row.state]}</p>' if row.state in notes else ""

    def find_readable(places: range) -> int | None:
        return next((i for i in places if shelf.rows[i].can_be_read), None)

    opened = Opened(
        kind="article",
        place=place,
        what=f"{place + 1:,} of {len(shelf.rows):,}",
        noun="article",
        previous=find_readable(range(place - 1, -1, -1)),
        following=find_readable(range(place + 1, len(shelf.rows))),
        label="Article",
        close="Close",
    )
    return panel_html(library, row.id, opened, note=note)


def _row_html(place: int, row: Row, shelf: Shelf, *, read_only: bool) -> str:
    title = f"<bdi>{line_html(row.title)}</bdi>"
    if row.can_be_read:
        title = f'<button type="button" class="read" data-opens="article" data-place="{place}">{title}</button>'
    path = f'<span class="file"><bdi>{line_html(row.id)}</bdi></span>' if row.title != row.id else ""
    if row.copies and row.can_be_read:
        opens = f'class="copies-open" data-opens="copies" data-place="{place}"'
        path += f'<button type="button" {opens}>{count(row.copies, "copy", "copies")}</button>'
    state = _STATES.get(row.state, "")
    if row.state in ("skipped", "kept"):
        name = "Skipped" if row.state == "skipped" else "Old version: the new one was skipped"
        state = f'{name}: <span dir="auto">{line_html(row.reason)}</span>'
    cells = [
        ("title", f'<div class="head">{title}{path}</div>'),
        ("source", f"<bdi>{line_html(row.source)}</bdi>" if row.source else ""),
        ("date", line_html(_format_day(row.published))),
        ("sentences", _number(row.sentences, "sentence")),
        ("people", _number(row.people, "person", "people")),
        ("state", f"<span>{state}</span>"),
    ]
    if not read_only:
        cells.append(("act", _act_html(place, row)))
    tds = "".join(f'<td role="cell" class="{name}">{cell}</td>' for name, cell in cells)
    html = f'<tr role="row" class="row {row.state}" data-place="{place}">{tds}</tr>'
    if not read_only and shelf.asked is not None and (shelf.asked.id, shelf.asked.state) == (row.id, row.state):
        html += _confirm_html(place, row, shelf, len(cells))
    return html


def _act_html(place: int, row: Row) -> str:
    if row.state == "removed":
        label = f"Undo: put {line_html(row.file)} back"
        return f'<button type="button" class="undo" data-place="{place}" aria-label="{label}">Undo</button>'
    if not row.can_be_removed:
        return ""
    label = f"Remove {line_html(row.title)}"
    return f'<button type="button" class="remove" data-place="{place}" aria-label="{label}">Remove</button>'


def _confirm_html(place: int, row: Row, shelf: Shelf, columns: int) -> str:
    file = f"<bdi>{line_html(row.file)}</bdi>"
    held = shelf.file_sizes[row.file]
    if row.file != row.id or held > 1:
        what = f"This is part of the file {file}. Removing it removes the whole file, with {count(held, 'article')}."
    else:
        what = f"Take {file} out of the folder? You can undo it."
    sure = f"Remove {count(held, 'article')}" if held > 1 else "Remove"
    return (
        f'<tr role="row" class="confirm"><td role="cell" colspan="{columns}"><p>{what}</p>'
        f'<button type="button" class="sure" data-place="{place}">{sure}</button>'
        '<button type="button" class="keep">Keep</button></td></tr>'
    )


def _format_day(published: str | None) -> str:
    """A date short enough for a column: "10 Dec 2024"."""
    words = format_date(published).split(" ")
    return " ".join(word[:3] if word.isalpha() and len(words) > 1 else word for word in words)


def _number(number: int | None, noun: str, plural: str = "") -> str:
    """A number with its noun, which a wide table hides because the head of the column says it."""
    if number is None:
        return ""
    return f'{number:,}<span class="noun"> {noun if number == 1 else plural or noun + "s"}</span>'
