"""What the events of every page have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import gradio as gr

# No event is for API users, and Gradio's own overlay would cover what is being read. `concurrency_limit` None lets one
# visitor's question appear while another's is answered.
SHARED: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "concurrency_limit": None}


def take_events(*handlers: Callable[..., Any]) -> None:
    """Let the parameter `event` of each take the event.

    Gradio passes it to the parameter annotated so, and looks names up in the handler's module, which has no `gr`.
    """
    import gradio as gr

    for handler in handlers:
        getattr(handler, "__func__", handler).__annotations__["event"] = gr.EventData


def let_idle(blocks: gr.Blocks) -> None:
    """Have Gradio look for clicks every 50 ms, as it does on Windows, and for progress, which no page shows, rarely.

    Elsewhere it looks 1,000 and 100 times a second, which takes 2 to 3 % of a core while nobody asks anything.
    """
    blocks._queue.sleep_when_free = 0.05
    blocks._queue.progress_update_sleep_when_free = 1.0
