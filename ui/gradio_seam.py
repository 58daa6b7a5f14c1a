"""Everything we use of Gradio that its documentation does not promise, in one place, each with the reason.

Checked with Gradio 6.31.0. After an update, look here first, then at the classes of Gradio's own elements in the style
sheets: `.html-container`, `.input-container` and `.submit-button`.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import gradio as gr


CALL_PATH = "/call/v2"
"""How the paths of calls to a named endpoint end, before its name: exceptions there are of a program's making."""


def keep_gradio_quiet() -> None:
    """Call this before Gradio is first imported."""
    # Gradio reads these on import. It would otherwise report usage, and store every call in the browser.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["GRADIO_RUN_HISTORY"] = "False"


def accept_event(handler: Callable[..., Any]) -> None:
    """Make Gradio pass what a script sent to a handler's parameter `event`, if it has one."""
    import gradio as gr

    # Gradio goes by the annotation and looks its name up in the handler's module, which does not import Gradio.
    annotations = getattr(handler, "__func__", handler).__annotations__
    if "event" in annotations:
        annotations["event"] = gr.EventData


def sent_with(event: gr.EventData) -> dict[str, Any]:
    """What a script sent with an event, as `trigger(name, {…})`; untrusted, like everything a browser sends."""
    # The documented `event.name` raises AttributeError if the name was not sent.
    sent = event._data
    return sent if isinstance(sent, dict) else {}


def with_trigger_latest(script: str) -> str:
    """The script of an element of HTML, which may call `triggerLatest`: for events of which the last one counts.

    While the handler of an "always_last" event runs, Gradio notes only that there was another, and then sends once more
    what the *first* one was sent with. It keeps that object, so whatever is in it by then is what the last one has.
    """
    return _TRIGGER_LATEST + script


_TRIGGER_LATEST = """const latest = {};
function triggerLatest(name, data = {}) {
  latest[name] ??= {};
  for (const key of Object.keys(latest[name])) delete latest[name][key];
  trigger(name, Object.assign(latest[name], data));
}
"""


def uploaded_paths(blocks: gr.Blocks) -> set[str]:
    """The paths of the uploads that Gradio has received; when deleting a file, remove its path from the set too."""
    return blocks.upload_file_set


def set_upload_folder(app: Any, folder: Path) -> None:
    """Make Gradio's server put the uploads it receives from now on into this folder."""
    # GRADIO_TEMP_DIR would apply to every server in the process, and to everything else that Gradio stores.
    app.uploaded_file_dir = str(folder)


def forget_session() -> None:
    """Drop what Gradio keeps about a caller: a copy of the whole app for each call from a client that is not a page.

    Call this at the end of a call: by then it has everything it needs, and the next call needs nothing from it.
    """
    from gradio.context import LocalContext

    blocks, request = LocalContext.blocks.get(None), LocalContext.request.get(None)
    if blocks is not None and request is not None and request.session_hash:
        blocks.state_holder.session_data.pop(request.session_hash, None)
        blocks.state_holder.time_last_used.pop(request.session_hash, None)


def let_idle(blocks: gr.Blocks) -> None:
    """Make a launched app look for events only when one has come, and rarely for progress, which no page shows.

    By default Gradio looks 1,000 and 100 times a second, which takes 2 to 3 % of a core while nobody asks anything.
    """
    queue = blocks._queue
    push = queue.push
    looking: asyncio.Task[None] | None = None

    async def push_and_look(*arguments: Any, **options: Any) -> Any:
        nonlocal looking
        pushed = await push(*arguments, **options)
        if looking is None or looking.done():
            looking = asyncio.create_task(type(queue).start_processing(_FilledQueue(queue)))  # type: ignore[arg-type]
        return pushed

    queue.push = push_and_look  # type: ignore[method-assign]
    queue.sleep_when_free = 3600.0
    queue.progress_update_sleep_when_free = 1.0


class _FilledQueue:
    """Gradio's queue for one run of its loop, which ends when no event waits any more."""

    sleep_when_free = 0.01  # while events wait for others to be done

    def __init__(self, queue: Any) -> None:
        self._queue = queue

    def __getattr__(self, name: str) -> Any:
        return getattr(self._queue, name)

    def __len__(self) -> int:
        return len(self._queue)

    @property
    def stopped(self) -> bool:
        return self._queue.stopped or len(self) == 0

    @stopped.setter
    def stopped(self, value: bool) -> None:
        """The loop sets it when it ends; the queue goes on."""

    def _cancel_asyncio_tasks(self) -> None:
        """The loop calls it when it ends; the events that it began go on."""
