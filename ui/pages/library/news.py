"""The news above the table: the progress of a sync, its outcome, and what waits, as HTML with everything escaped."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from index.english.dates import format_date
from index.seeds_folder import Added, Known, Taken
from index.sync import Report
from ui.inert import escape_html, line_html, plain_text
from ui.pages.library.state import Arrival, Shelf
from ui.shell import problem_html
from ui.wording import count

if TYPE_CHECKING:
    from index.library import Library

_LISTED = 100  # skipped or removed files; the rest is counted


def news_html(library: Library, shelf: Shelf, *, read_only: bool, doing: str = "") -> str:
    """The news: the progress of the current sync, whoever began it, the outcome of the last, and what waits.

    `doing` is what is being done for this visitor.
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


def _arrival_html(arrival: Arrival) -> str:
    given, outcome = f'<b dir="auto">{line_html(arrival.given)}</b>', arrival.outcome
    if isinstance(outcome, str):
        reason = outcome if outcome.endswith(".") else f"{outcome}."
        return f'<li class="bad">{given} was not added: <span dir="auto">{line_html(reason)}</span></li>'
    name = f"<bdi>{line_html(outcome.name)}</bdi>"
    if isinstance(outcome, Known):
        return f'<li class="known">{given} was not added: the folder has the same text already, as {name}.</li>'
    if isinstance(outcome, Taken):
        token = escape_html(outcome.token)
        return (
            f'<li class="taken">{given} was not added yet: the folder has another file called {name}. '
            f'<span class="choice"><button type="button" class="add-taken" data-token="{token}">Add as '
            f"<bdi>{line_html(outcome.free)}</bdi></button> "
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
        f'<li><bdi>{line_html(name)}</bdi>: <span dir="auto">{line_html(reason)}</span></li>'
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
        lines.append(f'<p class="last"><b>Last sync</b> at {_clock(when)}: {_summarize(report)}{took}.</p>')
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
            pass  # it is being taken care of
        elif waiting:
            todo = "" if read_only else " A sync will update them."
            lines.append(f'<p class="waiting">{_capital(" and ".join(waiting))}.{todo}</p>')
        else:
            lines.append('<p class="waiting">Nothing has changed since.</p>')
        if plan.skipped:
            skipped = len(plan.skipped)
            what = f"{skipped:,} {'file, or part of one, is' if skipped == 1 else 'files, or parts of them, are'}"
            lines.append(f"<details><summary>{what} skipped</summary>{_details(plan.skipped)}</details>")
    return f'<section class="report" aria-label="Last sync">{"".join(lines)}</section>'


def _summarize(report: Report) -> str:
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
        f"<li><bdi>{line_html(removed.name)}</bdi>, {_clock(removed.when)} "
        f'<button type="button" class="put-back" data-removed="{place}" '
        f'aria-label="Put {line_html(removed.name)} back">Put back</button></li>'
        for place, removed in enumerate(shelf.removed[:_LISTED])
    )
    rest = f"<li>and {len(shelf.removed) - _LISTED:,} more</li>" if len(shelf.removed) > _LISTED else ""
    what = count(len(shelf.removed), "removed file")
    return f'<details class="trash"><summary>{what} can be put back</summary><ul>{rows}{rest}</ul></details>'


def _clock(seconds: float) -> str:
    when = datetime.fromtimestamp(seconds)
    day = "" if when.date() == datetime.now().date() else f" on {format_date(when.date().isoformat())}"
    return f"{when:%H:%M:%S}{day}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
