"""What a page is, and what it is given: the scheme by which `ui.web` builds every page.

A page is a folder here. Its handlers.py has a class that draws the components into a column and connects their events;
its script and its style sheet have the folder's name. The script runs once, when Gradio has put it on the page, and
sends events to Python with `trigger(name, {…})`, or with `triggerLatest` where only the last of several counts: see
`listen`. A button with data-opens opens an article in the panel on the right: see assets/app.js. One with data-cites
offers the formats to copy or save it in: see assets/citing.js.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple, Protocol

from ui.gradio_seam import accept_event, with_trigger_latest
from ui.source import nothing_open_html

if TYPE_CHECKING:
    import gradio as gr

    from index.library import Library

Opener = Callable[[Any, int, int], str]
"""What is open on a page, a turn and a place in, the panel as HTML out; the turn and the place are untrusted."""

Citer = Callable[[Any, int, int, str], str]
"""What is open on a page, a turn and a place in, and a format; what is there in that format out, "" for nothing."""


def open_nothing(*_: Any) -> str:
    """Open nothing: for what can only be cited."""
    return nothing_open_html()


def cite_nothing(*_: Any) -> str:
    """Cite nothing: for what can only be opened."""
    return ""


class Listed(NamedTuple):
    """A list of a page: the state with what is open there, what opens a source in it, and what cites it."""

    state: gr.State
    open: Opener = open_nothing
    cite: Citer = cite_nothing


Openers = Mapping[str, Listed]
"""The lists of a page, by the value of data-opens or data-cites."""


@dataclass(frozen=True)
class Site:
    """What every page is given: the library, and the components that all pages share."""

    library: Library
    read_only: bool
    """Whether the folder of articles and the index must not be changed."""
    uploads: set[str]
    """See `ui.gradio_seam.uploaded_paths`."""
    masthead: gr.HTML
    show_masthead: Callable[[], str]
    panel: gr.HTML
    watched: gr.HTML
    """What is watched, which presses the bells; see `ui.bells`."""
    stopping: ExitStack
    """Closes what a page enters into it, when the server stops."""


class Page(Protocol):
    """A page: a column `#name-page`, shown at the address #name and at any address that begins with #name/."""

    name: ClassVar[str]
    title: ClassVar[str]
    """The text of its link in the masthead; empty if it has none."""
    belongs_to: ClassVar[str]
    """The name of the page whose link is marked as current while this one is shown."""

    def __init__(self, site: Site) -> None: ...

    def draw(self, script: gr.HTML) -> Openers:
        """Draw the components into the current column, and connect the events that `script` sends."""


def draw_html(
    html: str, name: str, *, is_seen: bool = True, is_rendered: bool = True, script: str | None = None
) -> gr.HTML:
    """A component with the id `name` that shows HTML; if it is not seen, it only carries something to the scripts.

    If it is not rendered here, call its `render()` where it belongs.
    """
    import gradio as gr

    return gr.HTML(
        html,
        elem_id=name,
        elem_classes=[] if is_seen else ["carrier"],
        js_on_load=script and with_trigger_latest(script),
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
    queue: str | None = None,
) -> Any:
    """Call a handler on each event of a component; its parameter `event`, if it has one, gets what the script sent.

    `while_running` is for events during a call: they are ignored, handled at once, or the last is handled afterwards,
    which the script must then send by `triggerLatest`. Events with the same `queue`, of all visitors, are handled in
    turn.
    """
    accept_event(handler)
    # Events are not for users of the API, and Gradio's own progress overlay would cover what is being read. Without a
    # limit, a visitor's question appears while another's is being answered.
    return getattr(component, event)(
        handler,
        inputs,
        outputs,
        trigger_mode=while_running,
        cancels=cancels,
        api_visibility="private",
        show_progress="hidden",
        concurrency_limit=1 if queue else None,
        concurrency_id=queue,
    )
