"""The Library page's components, and what a click, a search or a dropped file does.

A browser sends places in the visitor's own list, never the path of an article.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, ClassVar

from index.errors import OnRecordError
from index.seeds_folder import (
    Added,
    Taken,
    add_taken,
    forget_taken,
    remove_file,
    restore_file,
)
from index.sync import Report
from ui.gradio_seam import sent_with
from ui.pages.library.arrivals import FAILED, delete_upload, receive_upload
from ui.pages.library.copies import copies_panel_html, versions_panel_html
from ui.pages.library.news import news_html
from ui.pages.library.state import COLUMNS, PAGE_SIZE, Arrival, Row, Visit
from ui.pages.library.view import article_panel_html, table_html, tools_html
from ui.pages.page import Listed, Openers, Site, draw_html, listen

if TYPE_CHECKING:
    import gradio as gr

    from index.library import Library

_log = logging.getLogger(__name__)

_PROGRESS_SECONDS = 0.25  # between two updates of a sync's progress
_MOST = 500  # files added at once

Shown = tuple[Any, ...]  # the table, the news and the masthead, as HTML


class LibraryPage:
    """Every article in a table, and ways to change the folder; see `ui.pages.page.Page`."""

    name: ClassVar[str] = "library"
    title: ClassVar[str] = "Library"
    belongs_to: ClassVar[str] = "library"

    def __init__(self, site: Site) -> None:
        self._library = site.library
        self._site = site

    def draw(self, script: gr.HTML) -> Openers:
        """Draw the components and connect their events: on a read-only site, only those that change nothing."""
        import gradio as gr

        visit = gr.State(Visit())
        draw_html(tools_html(self._library.settings, read_only=self._site.read_only), "library-tools")
        with gr.Column(elem_id="library-scroll"):
            news = draw_html("", "library-news")
            table = draw_html("", "library-table")
        outputs = [table, news, self._site.masthead]
        listen(script, "list_articles", self._list_articles, visit, outputs, while_running="always_last")
        if not self._site.read_only:
            listen(script, "sync_now", self._sync_now, visit, outputs, while_running="once")
            # Two files may be removed while the first still syncs.
            for event, handler in (
                ("ask_remove", self._ask_remove),
                ("cancel_remove", self._cancel_remove),
                ("remove", self._remove),
                ("undo_remove", self._undo_remove),
                ("put_back", self._put_back),
                ("add_files", self._add_files),
                ("settle_taken", self._settle_taken),
                ("dismiss", self._dismiss),
            ):
                listen(script, event, handler, visit, outputs, while_running="multiple")
        return {
            "article": Listed(visit, self._open_article),
            "copies": Listed(visit, self._open_copies),
            "versions": Listed(visit, self._open_versions),
        }

    def _open_article(self, visit: Visit, _turn: int, place: int) -> str:
        return article_panel_html(self._library, visit.shelf, place)

    def _open_copies(self, visit: Visit, _turn: int, place: int) -> str:
        return copies_panel_html(self._library, visit.shelf, place)

    def _open_versions(self, visit: Visit, row: int, place: int) -> str:
        return versions_panel_html(self._library, visit.shelf, row, place)

    def _show(self, visit: Visit, *, doing: str = "", **changes: Any) -> Shown:
        shelf = visit.change(self._library, **changes)
        return (
            table_html(shelf, read_only=self._site.read_only),
            news_html(self._library, shelf, read_only=self._site.read_only, doing=doing),
            self._site.show_masthead(),
        )

    def _show_progress(self, visit: Visit, doing: str) -> Shown:
        import gradio as gr

        news = news_html(self._library, visit.shelf, read_only=self._site.read_only, doing=doing)
        return gr.skip(), news, gr.skip()

    def _sync(self, visit: Visit, doing: str) -> Iterator[Shown]:
        """Show things as they are, sync while showing its progress, then show its outcome."""
        yield self._show(visit, doing=doing, problem="", asked=None)
        outcome = _begin_sync(self._library)
        while not outcome.done():
            yield self._show_progress(visit, doing)
            time.sleep(_PROGRESS_SECONDS)
        error = outcome.exception()
        if error is not None and not isinstance(error, OnRecordError):
            _log.error("a sync failed", exc_info=error)
        problem = str(error) if isinstance(error, OnRecordError) else FAILED if error else ""
        yield self._show(visit, problem=problem)

    def _sync_now(self, visit: Visit) -> Iterator[Shown]:
        yield from self._sync(visit, "Looking at the folder …")

    def _list_articles(self, visit: Visit, event: gr.EventData) -> Iterator[Shown]:
        sent = sent_with(event)
        column = sent.get("column")
        shown = sent.get("shown")
        yield self._show(
            visit,
            sought=str(sent.get("sought", ""))[:200],
            column=column if column in COLUMNS else visit.shelf.column,
            descending=bool(sent.get("descending", visit.shelf.descending)),
            shown=shown if isinstance(shown, int) and shown > 0 else PAGE_SIZE,
            asked=None,
            problem="",
        )
        if self._library.progress is None:
            return
        while self._library.progress is not None:  # a sync that another visitor began, or a change in the folder
            yield self._show_progress(visit, "")
            time.sleep(_PROGRESS_SECONDS)
        yield self._show(visit)

    def _ask_remove(self, visit: Visit, event: gr.EventData) -> Shown:
        row = _row_of(visit, event)
        return self._show(visit, asked=row if row and row.can_be_removed else None, problem="")

    def _cancel_remove(self, visit: Visit) -> Shown:
        return self._show(visit, asked=None)

    def _remove(self, visit: Visit, event: gr.EventData) -> Iterator[Shown]:
        row, asked = _row_of(visit, event), visit.shelf.asked
        if row is None or asked is None or row.id != asked.id:
            yield self._show(visit, asked=None)
            return
        try:
            removed = remove_file(self._library.settings, row.file)
        except OnRecordError as error:
            yield self._show(visit, asked=None, problem=str(error))
            return
        visit.add_ghost(row, removed)
        yield from self._sync(visit, "Removing it from the index …")

    def _undo_remove(self, visit: Visit, event: gr.EventData) -> Iterator[Shown]:
        row = _row_of(visit, event)
        yield from self._restore_file(visit, row.token if row else "")

    def _put_back(self, visit: Visit, event: gr.EventData) -> Iterator[Shown]:
        place, removed = sent_with(event).get("removed"), visit.shelf.removed
        token = removed[place].token if isinstance(place, int) and 0 <= place < len(removed) else ""
        yield from self._restore_file(visit, token)

    def _restore_file(self, visit: Visit, token: str) -> Iterator[Shown]:
        if not token:
            yield self._show(visit)
            return
        try:
            restore_file(self._library.settings, token)
        except OnRecordError as error:
            yield self._show(visit, problem=str(error))
            return
        yield from self._sync(visit, "Indexing it again …")

    def _add_files(self, visit: Visit, event: gr.EventData) -> Iterator[Shown]:
        files = sent_with(event).get("files")
        files = files[:_MOST] if isinstance(files, list) else []
        arrivals: list[Arrival] = []
        for i, file in enumerate(files):
            yield self._show_progress(visit, f"Reading file {i + 1:,} of {len(files):,} …")
            arrivals.append(receive_upload(self._library, self._site.uploads, file))
        for file in files:  # only now: two files with the same content are one upload
            delete_upload(self._site.uploads, file)
        visit.add_arrivals(arrivals)
        if any(isinstance(arrival.outcome, Added) for arrival in arrivals):
            yield from self._sync(visit, "Looking at the folder …")
        else:
            yield self._show(visit, problem="", asked=None)

    def _settle_taken(self, visit: Visit, event: gr.EventData) -> Iterator[Shown]:
        """Add a file whose name was taken under another name, or leave it out."""
        sent = sent_with(event)
        arrival = visit.take_waiting(sent.get("token"))
        if arrival is None or not isinstance(arrival.outcome, Taken):
            yield self._show(visit)
            return
        if sent.get("add") is not True:
            forget_taken(self._library.settings, arrival.outcome.token)
            yield self._show(visit, problem="")
            return
        try:
            outcome: Added | str = add_taken(self._library.settings, arrival.outcome.token)
        except OnRecordError as error:
            outcome = str(error)
        visit.add_arrivals([Arrival(arrival.given, outcome)], keep_others=True)
        yield from self._sync(visit, "Looking at the folder …")

    def _dismiss(self, visit: Visit) -> Shown:
        for arrival in visit.shelf.arrivals:
            if isinstance(arrival.outcome, Taken):
                forget_taken(self._library.settings, arrival.outcome.token)
        return self._show(visit, arrivals=(), problem="")


def _row_of(visit: Visit, event: gr.EventData) -> Row | None:
    sent = sent_with(event)
    return visit.row(sent.get("place"), sent.get("serial"))


def _begin_sync(library: Library) -> Future[Report]:
    """Sync in a thread of its own, which goes on if the visitor leaves."""
    outcome: Future[Report] = Future()

    def run() -> None:
        try:
            outcome.set_result(library.sync(wait=False))
        except BaseException as error:
            outcome.set_exception(error)

    threading.Thread(target=run, name="sync").start()
    return outcome
