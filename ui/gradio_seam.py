"""Everything used of Gradio that its documentation does not promise, in one place, each with the reason.

Checked with Gradio 6.31.0. After an update look here first, then at the classes of Gradio's own elements that the style
sheets name: `.html-container`, `.input-container` and `.submit-button`.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import gradio as gr


def keep_gradio_quiet() -> None:
    """Call before Gradio is first imported."""
    # It reads both then: the first would report usage, the second keep every call in the browser.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["GRADIO_RUN_HISTORY"] = "False"


def accept_event(handler: Callable[..., Any]) -> None:
    """Have Gradio pass a handler's parameter `event`, if it has one, what a script sent."""
    import gradio as gr

    # Gradio goes by the annotation, and looks the name up in the handler's module, which imports no Gradio.
    annotations = getattr(handler, "__func__", handler).__annotations__
    if "event" in annotations:
        annotations["event"] = gr.EventData


def sent_with(event: gr.EventData) -> dict[str, Any]:
    """What a script sent with an event, as `trigger(name, {…})`; whatever a browser sends is untrusted."""
    # The documented `event.name` raises AttributeError for what was not sent.
    sent = event._data
    return sent if isinstance(sent, dict) else {}


def uploaded_paths(blocks: gr.Blocks) -> set[str]:
    """The paths at which Gradio has put uploads: it adds to the set, and whoever deletes a file takes it out."""
    return blocks.upload_file_set


def receive_uploads(app: Any, folder: Path) -> set[str]:
    """Have an app put the upload that it is about to receive into a folder; returns the set of `uploaded_paths`."""
    # The environment variable for it would be that of every server in the process.
    app.uploaded_file_dir = str(folder)
    return uploaded_paths(app.get_blocks())


def forget_session() -> None:
    """Drop what Gradio keeps of a caller: the whole app once more for each call of a client that is not a page.

    Call it at the end of a call. The next one needs nothing of it, and the one under way has all it needs already.
    """
    from gradio.context import LocalContext

    blocks, request = LocalContext.blocks.get(None), LocalContext.request.get(None)
    if blocks is not None and request is not None and request.session_hash:
        blocks.state_holder.session_data.pop(request.session_hash, None)
        blocks.state_holder.time_last_used.pop(request.session_hash, None)


def let_idle(blocks: gr.Blocks) -> None:
    """Have a launched app look for events only when one has come, and for progress bars, of which it has none, rarely.

    Gradio looks 1,000 and 100 times a second, which takes 2 to 3 % of a core while nobody asks anything.
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
