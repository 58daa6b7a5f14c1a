"""What the Library page does: its components in the app, and what follows from a click, a search or a dropped file.

`add_library` puts them into the app that is being built. A browser sends places in the visitor's own list, never a
path; the one path it sends is that of an upload, which is believed only if Gradio itself gave it out. With `read_only`
nothing that changes anything is wired at all, and uploads are refused (`NoUploads`).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import BusyError, OnRecordError
from index.seeds_folder import (
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
from ui.library_page import news_html, table_html, tools_html
from ui.shelf import COLUMNS, PAGE, Arrival, Row, Shelf, take_stock

if TYPE_CHECKING:
    import gradio as gr

    from index.library import Library

_log = logging.getLogger(__name__)

_ASSETS = Path(__file__).parent / "assets"
_LOOK_SECONDS = 0.25  # between two looks at how far a sync is
_MOST = 500  # files that are added at once
_FAILED = "That could not be done because of a fault in the program. The log has the details."

Shown = tuple[Any, ...]  # the shelf, the table, the news, the masthead


def add_library(
    blocks: gr.Blocks, library: Library, *, masthead: Any, refresh: Callable[[], str], read_only: bool
) -> Any:
    """Put the Library page into the app, within its Blocks, and return the state that holds what a visitor sees of it.

    `masthead` is shown anew by `refresh` where the numbers in it may be others.
    """
    import gradio as gr

    def show(shelf: Shelf, *, doing: str = "", **changes: Any) -> Shown:
        shelf = take_stock(library, shelf, **changes)
        return (
            shelf,
            table_html(shelf, read_only=read_only),
            news_html(library, shelf, read_only=read_only, doing=doing),
            refresh(),
        )

    def tell(shelf: Shelf, doing: str) -> Shown:
        return gr.skip(), gr.skip(), news_html(library, shelf, read_only=read_only, doing=doing), gr.skip()

    def follow(shelf: Shelf, doing: str) -> Iterator[Shown]:
        """Sync, and show how far that is, then what came of it."""
        outcome = _begin_sync(library)
        while not outcome.done():
            yield tell(shelf, doing)
            time.sleep(_LOOK_SECONDS)
        error = outcome.exception()
        if error is not None and not isinstance(error, OnRecordError):
            _log.error("a sync failed", exc_info=error)
        problem = str(error) if isinstance(error, OnRecordError) else _FAILED if error else ""
        if isinstance(error, BusyError):
            problem += " What changed in the folder is indexed then."
        yield show(shelf, problem=problem)

    def list_articles(shelf: Shelf, event: gr.EventData) -> Iterator[Shown]:
        given = event._data
        column = given.get("column")
        shown = given.get("shown")
        yield show(
            shelf,
            sought=str(given.get("sought", ""))[:200],
            column=column if column in COLUMNS else shelf.column,
            descending=bool(given.get("descending", shelf.descending)),
            shown=shown if isinstance(shown, int) and shown > 0 else PAGE,
            asked=None,
            problem="",
        )
        # A sync that others began, or the one that follows the folder, is followed to its end.
        was_syncing = False
        while library.progress is not None:
            was_syncing = True
            yield tell(shelf, "")
            time.sleep(_LOOK_SECONDS)
        if was_syncing:
            yield gr.skip(), gr.skip(), news_html(library, take_stock(library, shelf), read_only=read_only), refresh()

    def sync(shelf: Shelf) -> Iterator[Shown]:
        yield from follow(replace(shelf, problem="", asked=None), "Looking at the folder …")

    def ask_remove(shelf: Shelf, event: gr.EventData) -> Shown:
        row = _row_of(shelf, event)
        return show(shelf, asked=row if row and row.can_be_removed else None, problem="")

    def keep(shelf: Shelf) -> Shown:
        return show(shelf, asked=None)

    def remove(shelf: Shelf, event: gr.EventData) -> Iterator[Shown]:
        row = _row_of(shelf, event)
        if row is None or shelf.asked is None or row.id != shelf.asked.id:
            yield show(shelf, asked=None)
            return
        try:
            removed = remove_file(library.settings, row.file)
        except OnRecordError as error:
            yield show(shelf, asked=None, problem=str(error))
            return
        held = shelf.file_sizes[row.file]
        ghost = replace(row, state="removed", token=removed.token, reason="")
        if held > 1 or row.id != row.file:
            title = f"{row.file} ({held:,} {'article' if held == 1 else 'articles'})"
            ghost = replace(ghost, id=row.file, title=title)
        shelf = replace(shelf, asked=None, problem="", ghosts=(*shelf.ghosts, ghost))
        yield from changed(shelf, "Removing it from the index …")

    def changed(shelf: Shelf, doing: str) -> Iterator[Shown]:
        """Show what a change to the folder made of the table, sync, and show it again."""
        first = show(shelf, doing=doing)
        yield first
        yield from follow(first[0], doing)

    def undo(shelf: Shelf, event: gr.EventData) -> Iterator[Shown]:
        row = _row_of(shelf, event)
        yield from put_back(shelf, row.token if row else "")

    def restore(shelf: Shelf, event: gr.EventData) -> Iterator[Shown]:
        place = event._data.get("removed")
        is_place = isinstance(place, int) and 0 <= place < len(shelf.removed)
        yield from put_back(shelf, shelf.removed[place].token if is_place and isinstance(place, int) else "")

    def put_back(shelf: Shelf, token: str) -> Iterator[Shown]:
        if not token:
            yield show(shelf)
            return
        try:
            restore_file(library.settings, token)
        except OnRecordError as error:
            yield show(shelf, problem=str(error))
            return
        yield from changed(replace(shelf, problem="", asked=None), "Indexing it again …")

    def add(shelf: Shelf, event: gr.EventData) -> Iterator[Shown]:
        files = event._data.get("files")
        files = files[:_MOST] if isinstance(files, list) else []
        arrivals: list[Arrival] = []
        for i, file in enumerate(files):
            yield tell(replace(shelf, problem=""), f"Reading file {i + 1:,} of {len(files):,} …")
            arrivals.append(_receive(library, blocks.upload_file_set, file))
        for file in files:  # only now: two files of one content are one upload
            _forget_upload(blocks.upload_file_set, file)
        shelf = replace(shelf, problem="", asked=None, arrivals=tuple(arrivals))
        if any(not isinstance(arrival.outcome, str) for arrival in arrivals):
            yield from changed(shelf, "Looking at the folder …")
        else:
            yield show(shelf)

    def settle(shelf: Shelf, event: gr.EventData) -> Iterator[Shown]:
        """What is to become of a file whose name was taken."""
        place = event._data.get("arrival")
        if not (isinstance(place, int) and 0 <= place < len(shelf.arrivals)):
            yield show(shelf)
            return
        arrival = shelf.arrivals[place]
        if not isinstance(arrival.outcome, Taken):
            yield show(shelf)
            return
        others = (*shelf.arrivals[:place], *shelf.arrivals[place + 1 :])
        if event._data.get("add") is not True:
            forget_taken(library.settings, arrival.outcome.token)
            yield show(shelf, arrivals=others, problem="")
            return
        try:
            settled = Arrival(arrival.given, add_taken(library.settings, arrival.outcome.token))
        except OnRecordError as error:
            settled = Arrival(arrival.given, str(error))
        arrivals = (*shelf.arrivals[:place], settled, *shelf.arrivals[place + 1 :])
        yield from changed(replace(shelf, arrivals=arrivals, problem=""), "Looking at the folder …")

    def dismiss(shelf: Shelf) -> Shown:
        for arrival in shelf.arrivals:
            if isinstance(arrival.outcome, Taken):
                forget_taken(library.settings, arrival.outcome.token)
        return show(shelf, arrivals=(), problem="")

    with_event = (list_articles, ask_remove, remove, undo, restore, add, settle)
    for taking in with_event:  # for Gradio, which looks names up in the module, which has no `gr`
        taking.__annotations__["event"] = gr.EventData

    shelf_state = gr.State(Shelf())
    with gr.Column(elem_id="library"):
        tools = gr.HTML(
            tools_html(library.settings, read_only=read_only),
            elem_id="library-tools",
            js_on_load=(_ASSETS / "library.js").read_text(encoding="utf-8"),
            apply_default_css=False,
        )
        with gr.Column(elem_id="library-scroll"):
            news = gr.HTML("", elem_id="library-news", js_on_load=None, apply_default_css=False)
            table = gr.HTML("", elem_id="library-table", js_on_load=None, apply_default_css=False)

    outputs = [shelf_state, table, news, masthead]
    shared: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "concurrency_limit": None}
    tools.articles(list_articles, shelf_state, outputs, trigger_mode="always_last", **shared)
    if read_only:
        return shelf_state
    for name, handler in {
        "sync_now": sync,
        "ask_remove": ask_remove,
        "keep": keep,
        "remove": remove,
        "undo": undo,
        "restore": restore,
        "add_files": add,
        "settle": settle,
        "dismiss": dismiss,
    }.items():
        getattr(tools, name)(handler, shelf_state, outputs, trigger_mode="once", **shared)
    return shelf_state


def largest_upload(library: Library) -> int:
    """How large an upload may be, in bytes."""
    from index.formats import largest

    return largest(".zip", int(library.settings.max_article_mb * 1_000_000))


class NoUploads:
    """ASGI middleware: nobody may send files to a server that is read-only."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: D102
        if scope["type"] == "http" and scope["path"].rstrip("/").endswith("/upload"):
            from starlette.responses import PlainTextResponse

            await PlainTextResponse("this server is read-only", status_code=403)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _row_of(shelf: Shelf, event: gr.EventData) -> Row | None:
    return shelf.row(event._data.get("place"), event._data.get("serial"))


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
    given, size, path = (file.get(part) if isinstance(file, dict) else None for part in ("name", "size", "path"))
    given = given if isinstance(given, str) else ""
    try:
        name = clean_name(given)
        if isinstance(size, int):
            check_size(size, name, library.settings)
        if not isinstance(path, str) or path not in uploads or not _arrives(Path(path)):
            return Arrival(given, "it did not arrive whole. Add it again; of a folder, add the files in it.")
        return Arrival(given, add_file(library.settings, Path(path), given))
    except OnRecordError as error:
        return Arrival(given, str(error))
    except Exception:
        _log.exception("a file could not be added")
        return Arrival(given, _FAILED)


def _forget_upload(uploads: set[str], file: Any) -> None:
    path = file.get("path") if isinstance(file, dict) else None
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
