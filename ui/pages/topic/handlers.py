"""The page of statements on a topic, put into the app: its parts and what happens on it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import OnRecordError
from ui.gradio_seam import SHARED, take_events
from ui.pages.statements import PAGE
from ui.pages.topic.state import Timeline, find_timeline
from ui.pages.topic.view import said_html, timeline_html, topic_problem_html, topic_statement_html
from ui.shell import problem_html
from ui.source import nothing_open_html

if TYPE_CHECKING:
    import gradio as gr

    from index.library import Library


_SCRIPT = Path(__file__).with_name("topic.js")

Update = tuple[Timeline | None, str, str, str]


def add_topic_page(library: Library, source: gr.HTML) -> gr.State:
    """Put the page into the block that is being built, and return the state that holds what is on it.

    Statements open in `source`.
    """
    import gradio as gr

    def open_topic(event: gr.EventData) -> Update:
        topic = str(event._data.get("topic", "")).strip()
        try:
            timeline = find_timeline(library, topic)
        except OnRecordError as error:
            return None, topic_problem_html(topic, problem_html(str(error))), "", nothing_open_html()
        return timeline, timeline_html(timeline), said_html(timeline), _first_html(library, timeline)

    def choose_point(timeline: Timeline | None, event: gr.EventData) -> tuple[Timeline | None, str, str]:
        if timeline is None:
            return None, "", nothing_open_html()
        timeline = replace(timeline, point=read_point(timeline, event._data), shown=PAGE)
        return timeline, said_html(timeline), _first_html(library, timeline)

    def show_more(timeline: Timeline | None) -> tuple[Timeline | None, str]:
        timeline = replace(timeline, shown=timeline.shown + PAGE) if timeline else None
        return timeline, said_html(timeline) if timeline else ""

    take_events(open_topic, choose_point)

    state = gr.State(None)
    with gr.Column(elem_id="topic-page"):
        topic = gr.HTML(
            "",
            elem_id="topic",
            js_on_load=_SCRIPT.read_text(encoding="utf-8"),
            apply_default_css=False,
        )
        said = gr.HTML("", elem_id="topic-said", js_on_load=None, apply_default_css=False)
    topic.topic(open_topic, None, [state, topic, said, source], trigger_mode="always_last", **SHARED)
    topic.point(choose_point, state, [state, said, source], trigger_mode="always_last", **SHARED)
    topic.grow(show_more, state, [state, said], trigger_mode="once", **SHARED)
    return state


def read_point(timeline: Timeline, event: dict[str, Any]) -> tuple[int, int] | None:
    """Which point a click meant; None, for all, where there is no such point."""
    point = (event.get("row"), event.get("column"))
    return next((place for said in timeline.statements if (place := timeline.place(said)) == point), None)


def _first_html(library: Library, timeline: Timeline) -> str:
    return topic_statement_html(library, timeline, next(iter(timeline.chosen), -1))
