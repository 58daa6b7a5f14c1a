"""The scheme that `ui.web` builds every page by: what a page is, and what it is given.

A page is a folder here, with the class in its handlers.py, its script and its style sheet; both have the folder's name.
The class draws its components into a column and connects its events. The script runs once, when Gradio has put it on
the page, and sends events to Python with `trigger(name, {…})`. Buttons with data-opens open an article in the panel on
the right: see assets/app.js.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

from ui.gradio_seam import accept_event

if TYPE_CHECKING:
    import gradio as gr

    from index.library import Library

Opener = Callable[[Any, int, int], str]
"""The source panel for what is open on a page, a turn and a place, which may be any number: HTML."""

Openers = Mapping[str, "tuple[gr.State, Opener]"]
"""By the value of data-opens, the state that holds what is open on a page, and what opens a source from it."""


@dataclass(frozen=True)
class Site:
    """What every page is given: the library, and the components that all pages share."""

    library: Library
    read_only: bool
    """Whether nobody may change the folder of articles or the index."""
    uploads: set[str]
    """See `ui.gradio_seam.uploaded_paths`."""
    masthead: gr.HTML
    show_masthead: Callable[[], str]
    source: gr.HTML


class Page(Protocol):
    """A page, in a column `#name-page` that is shown at the address #name, and at any that begins with #name/."""

    name: ClassVar[str]
    title: ClassVar[str]
    """Its link in the masthead; empty if it has none."""
    belongs_to: ClassVar[str]
    """The name of the page whose link is marked as current."""

    def __init__(self, site: Site) -> None: ...

    def draw(self, script: gr.HTML) -> Openers:
        """Draw the components into the column that is open, and connect the events that `script` sends."""


def draw_html(
    html: str, name: str, *, is_seen: bool = True, is_rendered: bool = True, script: str | None = None
) -> gr.HTML:
    """A component with the id `name` that shows HTML; one that is not seen only carries something to the scripts.

    One that is not rendered waits for its `render()`.
    """
    import gradio as gr

    return gr.HTML(
        html,
        elem_id=name,
        elem_classes=[] if is_seen else ["carrier"],
        js_on_load=script,
        apply_default_css=False,
        render=is_rendered,
    )


def listen(
    component: Any,
    event: str,
    handler: Callable[..., Any],
    inputs: Any,
    outputs: Any,
    *,
    while_running: Literal["once", "multiple", "always_last"],
    cancels: Any = None,
) -> Any:
    """Call a handler on an event; `while_running` says what comes of another such event: nothing, a call, or one later.

    A handler's parameter `event` gets what the script sent.
    """
    accept_event(handler)
    # No event is for users of the API, and Gradio's own overlay would cover what is being read. Without a limit, one
    # visitor's question appears while another's is answered.
    return getattr(component, event)(
        handler,
        inputs,
        outputs,
        trigger_mode=while_running,
        cancels=cancels,
        api_visibility="private",
        show_progress="hidden",
        concurrency_limit=None,
    )
