"""The Topic page's components, and what a click does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from index.errors import OnRecordError
from qa.watches import Watch
from ui.bells import bell_html
from ui.gradio_seam import sent_with
from ui.pages.page import Listed, Openers, Site, draw_html, listen
from ui.pages.statements import PAGE_SIZE, cite_statement, topic_box_html
from ui.pages.topic.state import Timeline, find_timeline
from ui.pages.topic.view import statements_html, timeline_html, topic_panel_html, topic_problem_html
from ui.shell import problem_html
from ui.source import nothing_open_html

if TYPE_CHECKING:
    import gradio as gr


class TopicPage:
    """Who said what about a topic, and when; see `ui.pages.page.Page`."""

    name: ClassVar[str] = "topic"
    title: ClassVar[str] = ""
    belongs_to: ClassVar[str] = "people"

    def __init__(self, site: Site) -> None:
        self._library = site.library
        self._panel = site.panel
        self._can_watch = not site.read_only

    def draw(self, script: gr.HTML) -> Openers:
        """Draw the components and connect their events."""
        import gradio as gr

        state = gr.State(None)
        draw_html(topic_box_html("shown-topic"), "topic-sought")
        with gr.Column(elem_id="topic-scroll", elem_classes="scrolls-whole"):
            topic = draw_html("", "topic")
            statements = draw_html("", "topic-statements")
        outputs = [state, topic, statements, self._panel]
        listen(script, "open_topic", self._open_topic, None, outputs, while_running="always_last")
        listen(
            script,
            "choose_point",
            self._choose_point,
            state,
            [state, statements, self._panel],
            while_running="always_last",
        )
        listen(script, "show_more", self._show_more, state, [state, statements], while_running="once")
        return {"topic-statement": Listed(state, self._open_statement, self._cite_statement)}

    def _open_topic(self, event: gr.EventData) -> tuple[Timeline | None, str, str, str]:
        topic = str(sent_with(event).get("topic", "")).strip()
        try:
            timeline = find_timeline(self._library, topic)
        except OnRecordError as error:
            return None, topic_problem_html(topic, problem_html(str(error))), "", nothing_open_html()
        bell = bell_html(Watch(about=topic), "this topic") if self._can_watch else ""
        return timeline, timeline_html(timeline, bell), statements_html(timeline), self._open_first(timeline)

    def _choose_point(self, timeline: Timeline | None, event: gr.EventData) -> tuple[Timeline | None, str, str]:
        if timeline is None:
            return None, "", nothing_open_html()
        timeline = replace(timeline, point=read_point(timeline, sent_with(event)), shown=PAGE_SIZE)
        return timeline, statements_html(timeline), self._open_first(timeline)

    def _show_more(self, timeline: Timeline | None) -> tuple[Timeline | None, str]:
        timeline = replace(timeline, shown=timeline.shown + PAGE_SIZE) if timeline else None
        return timeline, statements_html(timeline) if timeline else ""

    def _open_first(self, timeline: Timeline) -> str:
        return topic_panel_html(self._library, timeline, next(iter(timeline.listed), -1))

    def _open_statement(self, timeline: Timeline | None, _turn: int, place: int) -> str:
        return topic_panel_html(self._library, timeline, place)

    def _cite_statement(self, timeline: Timeline | None, _turn: int, place: int, form: str) -> str:
        return cite_statement(self._library, timeline.statements if timeline else (), place, form)


def read_point(timeline: Timeline, sent: dict[str, Any]) -> tuple[int, int] | None:
    """The point that was clicked, as row and column; None, for all statements, if there is no such point."""
    point = (sent.get("row"), sent.get("column"))
    return next((place for statement in timeline.statements if (place := timeline.place(statement)) == point), None)
