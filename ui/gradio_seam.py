"""What the events of every page have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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
