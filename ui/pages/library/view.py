"""The Library page: every article in a table, what may be done to it and what came of it, as HTML, all escaped."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from index.reading.files import CONTAINERS, SUFFIXES, largest
from index.seeds_folder import Added, Known, Taken
from index.settings import Settings
from index.sync import Report
from ui.inert import escape_html, plain_text
from ui.pages.library.state import PAGE_SIZE, Arrival, Row, Shelf, describe_order
from ui.shell import problem_html
from ui.source import Opened, nothing_open_html, panel_html
from ui.wording import count, format_date

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
_LISTED = 100  # files that are skipped, or can be put back, are listed up to this number; the rest is counted


def tools_html(settings: Settings, *, read_only: bool) -> str:
    """What stands above the table, and stays: the search box, and what changes the folder unless it is `read_only`."""
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
    """The articles that are found, in a table."""
    if not shelf.rows:
        what = (
            f"No article has “<bdi>{_text(shelf.sought)}</bdi>” in its title, source, author or file name."
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


def news_html(library: Library, shelf: Shelf, *, read_only: bool, doing: str = "") -> str:
    """What stands between the tools and the table: how far the sync is, what came of it, and what waits.

    `doing` is what is being done in this visitor's name; a sync is shown whoever began it.
    """
    parts = []
    if doing or library.progress:
        parts.append(_progress_html(library, doing))
    if shelf.problem:
        parts.append(problem_html(plain_text(shelf.problem)))
    if shelf.arrivals:
        rows = "".join(_arrival_html(arrival) for arrival in shelf.arrivals)
        parts.append(
            '<section class="arrivals" aria-label="Files that were added"><ul role="status">'
            f'{rows}</ul><button type="button" class="dismiss">Close</button></section>'
        )
    parts.append(_report_html(library, shelf, read_only=read_only, is_busy=bool(doing or library.progress)))
    if shelf.removed and not read_only:
        parts.append(_removed_html(shelf))
    return "".join(parts)


def article_panel_html(library: Library, shelf: Shelf, place: int) -> str:
    """The source panel with the article in a row; empty where there is none."""
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
    title = f"<bdi>{_text(row.title)}</bdi>"
    if row.can_be_read:
        title = f'<button type="button" class="read" data-opens="article" data-place="{place}">{title}</button>'
    path = f'<span class="file"><bdi>{_text(row.id)}</bdi></span>' if row.title != row.id else ""
    state = _STATES.get(row.state, "")
    if row.state in ("skipped", "kept"):
        name = "Skipped" if row.state == "skipped" else "Old version: the new one was skipped"
        state = f'{name}: <span dir="auto">{_text(row.reason)}</span>'
    cells = [
        ("title", f'<div class="head">{title}{path}</div>'),
        ("source", f"<bdi>{_text(row.source)}</bdi>" if row.source else ""),
        ("date", _text(_format_day(row.published))),
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
        label = f"Undo: put {_text(row.file)} back"
        return f'<button type="button" class="undo" data-place="{place}" aria-label="{label}">Undo</button>'
    if not row.can_be_removed:
        return ""
    label = f"Remove {_text(row.title)}"
    return f'<button type="button" class="remove" data-place="{place}" aria-label="{label}">Remove</button>'


def _confirm_html(place: int, row: Row, shelf: Shelf, columns: int) -> str:
    file = f"<bdi>{_text(row.file)}</bdi>"
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


def _arrival_html(arrival: Arrival) -> str:
    given, outcome = f'<b dir="auto">{_text(arrival.given)}</b>', arrival.outcome
    if isinstance(outcome, str):
        reason = outcome if outcome.endswith(".") else f"{outcome}."
        return f'<li class="bad">{given} was not added: <span dir="auto">{_text(reason)}</span></li>'
    name = f"<bdi>{_text(outcome.name)}</bdi>"
    if isinstance(outcome, Known):
        return f'<li class="known">{given} was not added: the folder has the same text already, as {name}.</li>'
    if isinstance(outcome, Taken):
        token = escape_html(outcome.token)
        return (
            f'<li class="taken">{given} was not added yet: the folder has another file called {name}. '
            f'<span class="choice"><button type="button" class="add-taken" data-token="{token}">Add as '
            f"<bdi>{_text(outcome.free)}</bdi></button> "
            f'<button type="button" class="leave-taken" data-token="{token}">Leave out</button></span></li>'
        )
    renamed = f" as {name}" if outcome.name != arrival.given else ""
    more = f" with {count(outcome.articles, 'article')}" if outcome.articles > 1 else ""
    left = f"; {_count_skipped(outcome)} could not be read" if outcome.skipped else ""
    return f'<li class="added">{given} was added{renamed}{more}{left}.{_details(outcome.skipped)}</li>'


def _count_skipped(added: Added) -> str:
    return count(len(added.skipped), "part") + " of it"


def _details(skipped: tuple[tuple[str, str], ...]) -> str:
    if not skipped:
        return ""
    rows = "".join(
        f'<li><bdi>{_text(name)}</bdi>: <span dir="auto">{_text(reason)}</span></li>'
        for name, reason in skipped[:_LISTED]
    )
    rest = f"<li>and {len(skipped) - _LISTED:,} more</li>" if len(skipped) > _LISTED else ""
    return f'<ul class="reasons">{rows}{rest}</ul>'


def _progress_html(library: Library, doing: str) -> str:
    progress = library.progress
    if not progress or not progress[1]:
        bar = f'<progress aria-label="{escape_html(doing or "Syncing")}"></progress>'
        return (
            f'<div class="progress"><p role="status">{escape_html(doing or "Looking at the folder …")}</p>{bar}</div>'
        )
    done, of, sentences = progress
    return (
        f'<div class="progress"><p role="status">Indexing: {done:,} of {count(of, "file")}, '
        f"{count(sentences, 'sentence')}</p>"
        f'<progress aria-label="Files indexed" max="{of}" value="{done}"></progress></div>'
    )


def _report_html(library: Library, shelf: Shelf, *, read_only: bool, is_busy: bool) -> str:
    lines = []
    if library.last:
        report, when = library.last
        took = f", in {report.seconds:.1f} s" if report.seconds >= 0.05 else ""
        lines.append(f'<p class="last"><b>Last sync</b> at {_clock(when)}: {_did(report)}{took}.</p>')
    elif library.synced:
        lines.append(f'<p class="last"><b>Last sync</b> at {_clock(library.synced)}.</p>')
    plan = shelf.plan
    if plan is not None:
        waiting = []
        if stale := len(plan.read) + len(plan.unsettled):
            waiting.append(f"{count(stale, 'file')} {'is' if stale == 1 else 'are'} new or changed since")
        if plan.gone:
            waiting.append(f"{count(len(plan.gone), 'file')} {'is' if len(plan.gone) == 1 else 'are'} gone")
        if is_busy:
            pass  # what waits is being seen to
        elif waiting:
            todo = "" if read_only else " A sync takes that in."
            lines.append(f'<p class="waiting">{_capital(" and ".join(waiting))}.{todo}</p>')
        else:
            lines.append('<p class="waiting">Nothing has changed since.</p>')
        if plan.skipped:
            skipped = len(plan.skipped)
            what = f"{skipped:,} {'file, or part of one, is' if skipped == 1 else 'files, or parts of them, are'}"
            lines.append(f"<details><summary>{what} skipped</summary>{_details(plan.skipped)}</details>")
    return f'<section class="report" aria-label="Last sync">{"".join(lines)}</section>'


def _did(report: Report) -> str:
    numbers = [
        (report.added, "new"),
        (report.changed, "changed"),
        (report.moved, "moved"),
        (report.removed, "removed"),
        (len(report.skipped), "skipped"),
    ]
    return ", ".join(f"{number:,} {what}" for number, what in numbers if number) or "nothing to do"


def _removed_html(shelf: Shelf) -> str:
    rows = "".join(
        f"<li><bdi>{_text(removed.name)}</bdi>, {_clock(removed.when)} "
        f'<button type="button" class="put-back" data-removed="{place}" '
        f'aria-label="Put {_text(removed.name)} back">Put back</button></li>'
        for place, removed in enumerate(shelf.removed[:_LISTED])
    )
    rest = f"<li>and {len(shelf.removed) - _LISTED:,} more</li>" if len(shelf.removed) > _LISTED else ""
    what = count(len(shelf.removed), "removed file")
    return f'<details class="trash"><summary>{what} can be put back</summary><ul>{rows}{rest}</ul></details>'


def _clock(seconds: float) -> str:
    when = datetime.fromtimestamp(seconds)
    day = "" if when.date() == datetime.now().date() else f" on {format_date(when.date().isoformat())}"
    return f"{when:%H:%M:%S}{day}"


def _format_day(published: str | None) -> str:
    """A date short enough for a column: "10 Dec 2024"."""
    words = format_date(published).split(" ")
    return " ".join(word[:3] if word.isalpha() and len(words) > 1 else word for word in words)


def _number(number: int | None, noun: str, plural: str = "") -> str:
    """A number with its noun, which a wide table hides: its column's head says it."""
    if number is None:
        return ""
    return f'{number:,}<span class="noun"> {noun if number == 1 else plural or noun + "s"}</span>'


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _text(text: str | None) -> str:
    return escape_html(plain_text(text or ""))
