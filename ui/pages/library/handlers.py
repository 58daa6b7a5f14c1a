"""What the Library page does: its components in the app, and what follows from a click, a search or a dropped file.

`add_library` puts them into the app that is being built. A browser sends places in the visitor's own list, never a
path; the one path it sends is that of an upload, which is believed only if Gradio itself gave it out. With `read_only`
nothing that changes anything is wired at all.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import OnRecordError
from index.seeds_folder import (
    Added,
    Taken,
    add_file,
    add_taken,
    check_size,
    clean_name,
    forget_taken,
    remove_file,
    restore_file,
)
from index.sync import Report
from ui.gradio_seam import SHARED, take_events
from ui.pages.library.state import COLUMNS, PAGE, Arrival, Row, Visit
from ui.pages.library.view import news_html, table_html, tools_html
from ui.uploads import FULL, FULL_MESSAGE

if TYPE_CHECKING:
    import gradio as gr

    from index.library import Library


_log = logging.getLogger(__name__)

_SCRIPT = Path(__file__).with_name("library.js")
_LOOK_SECONDS = 0.25  # between two looks at how far a sync is
_MOST = 500  # files that are added at once
_FAILED = "That could not be done because of a fault in the program. The log has the details."

Shown = tuple[Any, ...]  # the table, the news, the masthead


def add_library(
    blocks: gr.Blocks, library: Library, *, masthead: Any, refresh: Callable[[], str], read_only: bool
) -> Any:
    """Put the Library page into the app, within its Blocks, and return the state that holds what a visitor sees of it.

    `masthead` is shown anew by `refresh` where the numbers in it may be others.
    """
    import gradio as gr

    def show(visit: Visit, *, doing: str = "", **changes: Any) -> Shown:
        shelf = visit.change(library, **changes)
        return (
            table_html(shelf, read_only=read_only),
            news_html(library, shelf, read_only=read_only, doing=doing),
            refresh(),
        )

    def tell(visit: Visit, doing: str) -> Shown:
        return gr.skip(), news_html(library, visit.shelf, read_only=read_only, doing=doing), gr.skip()

    def follow(visit: Visit, doing: str) -> Iterator[Shown]:
        """Show what there is, sync, show how far that is, then what came of it."""
        yield show(visit, doing=doing, problem="", asked=None)
        outcome = _begin_sync(library)
        while not outcome.done():
            yield tell(visit, doing)
            time.sleep(_LOOK_SECONDS)
        error = outcome.exception()
        if error is not None and not isinstance(error, OnRecordError):
            _log.error("a sync failed", exc_info=error)
        problem = str(error) if isinstance(error, OnRecordError) else _FAILED if error else ""
        yield show(visit, problem=problem)

    def list_articles(visit: Visit, event: gr.EventData) -> Iterator[Shown]:
        given = event._data
        column = given.get("column")
        shown = given.get("shown")
        yield show(
            visit,
            sought=str(given.get("sought", ""))[:200],
            column=column if column in COLUMNS else visit.shelf.column,
            descending=bool(given.get("descending", visit.shelf.descending)),
            shown=shown if isinstance(shown, int) and shown > 0 else PAGE,
            asked=None,
            problem="",
        )
        if library.progress is None:
            return
        while library.progress is not None:  # a sync that another visitor began, or a change in the folder
            yield tell(visit, "")
            time.sleep(_LOOK_SECONDS)
        yield show(visit)

    def sync_now(visit: Visit) -> Iterator[Shown]:
        yield from follow(visit, "Looking at the folder …")

    def ask_remove(visit: Visit, event: gr.EventData) -> Shown:
        row = _row_of(visit, event)
        return show(visit, asked=row if row and row.can_be_removed else None, problem="")

    def keep(visit: Visit) -> Shown:
        return show(visit, asked=None)

    def remove(visit: Visit, event: gr.EventData) -> Iterator[Shown]:
        row, asked = _row_of(visit, event), visit.shelf.asked
        if row is None or asked is None or row.id != asked.id:
            yield show(visit, asked=None)
            return
        try:
            removed = remove_file(library.settings, row.file)
        except OnRecordError as error:
            yield show(visit, asked=None, problem=str(error))
            return
        visit.add_ghost(row, removed)
        yield from follow(visit, "Removing it from the index …")

    def undo(visit: Visit, event: gr.EventData) -> Iterator[Shown]:
        row = _row_of(visit, event)
        yield from put_back(visit, row.token if row else "")

    def restore(visit: Visit, event: gr.EventData) -> Iterator[Shown]:
        place, removed = event._data.get("removed"), visit.shelf.removed
        is_place = isinstance(place, int) and 0 <= place < len(removed)
        yield from put_back(visit, removed[place].token if is_place else "")

    def put_back(visit: Visit, token: str) -> Iterator[Shown]:
        if not token:
            yield show(visit)
            return
        try:
            restore_file(library.settings, token)
        except OnRecordError as error:
            yield show(visit, problem=str(error))
            return
        yield from follow(visit, "Indexing it again …")

    def add(visit: Visit, event: gr.EventData) -> Iterator[Shown]:
        files = event._data.get("files")
        files = files[:_MOST] if isinstance(files, list) else []
        arrivals: list[Arrival] = []
        for i, file in enumerate(files):
            yield tell(visit, f"Reading file {i + 1:,} of {len(files):,} …")
            arrivals.append(_receive(library, blocks.upload_file_set, file))
        for file in files:  # only now: two files of one content are one upload
            _forget_upload(blocks.upload_file_set, file)
        visit.add_arrivals(arrivals)
        if any(isinstance(arrival.outcome, Added) for arrival in arrivals):
            yield from follow(visit, "Looking at the folder …")
        else:
            yield show(visit, problem="", asked=None)

    def settle(visit: Visit, event: gr.EventData) -> Iterator[Shown]:
        """What is to become of a file whose name was taken."""
        arrival = visit.take_waiting(event._data.get("token"))
        if arrival is None or not isinstance(arrival.outcome, Taken):
            yield show(visit)
            return
        if event._data.get("add") is not True:
            forget_taken(library.settings, arrival.outcome.token)
            yield show(visit, problem="")
            return
        try:
            outcome: Added | str = add_taken(library.settings, arrival.outcome.token)
        except OnRecordError as error:
            outcome = str(error)
        visit.add_arrivals([Arrival(arrival.given, outcome)], keep_others=True)
        yield from follow(visit, "Looking at the folder …")

    def dismiss(visit: Visit) -> Shown:
        for arrival in visit.shelf.arrivals:
            if isinstance(arrival.outcome, Taken):
                forget_taken(library.settings, arrival.outcome.token)
        return show(visit, arrivals=(), problem="")

    take_events(list_articles, ask_remove, remove, undo, restore, add, settle)
    visit_state = gr.State(Visit())
    # Were it called "library", the browser would take the focus away on its way back to #library.
    with gr.Column(elem_id="library-page"):
        tools = gr.HTML(
            tools_html(library.settings, read_only=read_only),
            elem_id="library-tools",
            js_on_load=_SCRIPT.read_text(encoding="utf-8"),
            apply_default_css=False,
        )
        with gr.Column(elem_id="library-scroll"):
            news = gr.HTML("", elem_id="library-news", js_on_load=None, apply_default_css=False)
            table = gr.HTML("", elem_id="library-table", js_on_load=None, apply_default_css=False)

    outputs = [table, news, masthead]
    tools.articles(list_articles, visit_state, outputs, trigger_mode="always_last", **SHARED)
    if read_only:
        return visit_state
    for name, handler in {
        "sync_now": sync_now,
        "ask_remove": ask_remove,
        "keep": keep,
        "remove": remove,
        "undo": undo,
        "restore": restore,
        "add_files": add,
        "settle": settle,
        "dismiss": dismiss,
    }.items():
        mode = "once" if handler is sync_now else "multiple"  # two files may be removed while the first still syncs
        getattr(tools, name)(handler, visit_state, outputs, trigger_mode=mode, **SHARED)
    return visit_state


def largest_upload(library: Library) -> int:
    """How large an upload may be, in bytes."""
    from index.reading.files import largest

    return largest(".zip", int(library.settings.max_article_mb * 1_000_000))


def _row_of(visit: Visit, event: gr.EventData) -> Row | None:
    return visit.row(event._data.get("place"), event._data.get("serial"))


def _begin_sync(library: Library) -> Future[Report]:
    """A sync in a thread of its own, which goes on where the visitor who asked for it has left."""
    outcome: Future[Report] = Future()

    def run() -> None:
        try:
            outcome.set_result(library.sync(wait=False))
        except BaseException as error:
            outcome.set_exception(error)

    threading.Thread(target=run, name="sync").start()
    return outcome


def _receive(library: Library, uploads: set[str], file: Any) -> Arrival:
    """Put an upload into the folder; `file` is what the browser says of it: its name, size, and where Gradio put it."""
    sent = file if isinstance(file, dict) else {}
    given, size, path = (sent.get(part) for part in ("name", "size", "uploaded"))
    given = given if isinstance(given, str) else ""
    try:
        name = clean_name(given)
        if isinstance(size, int):
            check_size(size, name, library.settings)
        if sent.get("status") == FULL:
            return Arrival(given, FULL_MESSAGE)
        if not isinstance(path, str) or path not in uploads or not _arrives(Path(path)):
            return Arrival(given, "it did not arrive whole. Add it again; of a folder, add the files in it.")
        return Arrival(given, add_file(library.settings, Path(path), given))
    except OnRecordError as error:
        return Arrival(given, str(error))
    except Exception:
        _log.exception("a file could not be added")
        return Arrival(given, _FAILED)


def _forget_upload(uploads: set[str], file: Any) -> None:
    path = file.get("uploaded") if isinstance(file, dict) else None
    if isinstance(path, str) and path in uploads:
        uploads.discard(path)
        Path(path).unlink(missing_ok=True)


def _arrives(path: Path) -> bool:
    """Whether an upload is there: Gradio puts it in its place a moment after it has told the browser where that is."""
    for _ in range(50):
        if path.is_file():
            return True
        time.sleep(0.1)
    return False
