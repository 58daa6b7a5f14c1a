"""The People page's components, and what a click or a search does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from index.errors import OnRecordError
from ui.gradio_seam import sent_with
from ui.pages.page import Openers, Site, draw_html, listen
from ui.pages.people.state import PersonStatements, find_person_statements
from ui.pages.people.view import people_html, person_html, person_panel_html, person_problem_html, search_html
from ui.pages.statements import PAGE_SIZE
from ui.shell import problem_html

if TYPE_CHECKING:
    import gradio as gr


class PeoplePage:
    """Everyone who speaks, and one person's statements; see `ui.pages.page.Page`."""

    name: ClassVar[str] = "people"
    title: ClassVar[str] = "People"
    belongs_to: ClassVar[str] = "people"

    def __init__(self, site: Site) -> None:
        self._library = site.library
        self._panel = site.panel

    def draw(self, script: gr.HTML) -> Openers:
        """Draw the components and connect their events."""
        import gradio as gr

        chosen = gr.State(None)
        draw_html(search_html(), "sought")
        people = draw_html("", "people-list")
        person = draw_html("", "person")
        listen(script, "list_people", self._list_people, None, people, while_running="always_last")
        listen(
            script, "open_person", self._open_person, None, [chosen, person, self._panel], while_running="always_last"
        )
        listen(script, "show_more", self._show_more, chosen, [chosen, person], while_running="once")
        return {"statement": (chosen, self._open_statement)}

    def _list_people(self, event: gr.EventData) -> str:
        sent = sent_with(event)
        shown = sent.get("shown")
        shown = shown if isinstance(shown, int) else PAGE_SIZE
        try:
            return people_html(self._library, str(sent.get("sought", "")), shown)
        except OnRecordError as error:
            return problem_html(str(error))

    def _open_person(self, event: gr.EventData) -> tuple[PersonStatements | None, str, object]:
        import gradio as gr

        name, topic = (str(sent_with(event).get(key, "")) for key in ("name", "topic"))
        try:
            chosen = find_person_statements(self._library, name, topic)
        except OnRecordError as error:
            return None, person_problem_html(name, problem_html(str(error))), gr.skip()
        return chosen, person_html(chosen), person_panel_html(self._library, chosen, 0)

    def _show_more(self, chosen: PersonStatements | None) -> tuple[PersonStatements | None, str]:
        chosen = replace(chosen, shown=chosen.shown + PAGE_SIZE) if chosen else None
        return chosen, person_html(chosen)

    def _open_statement(self, chosen: PersonStatements | None, _turn: int, place: int) -> str:
        return person_panel_html(self._library, chosen, place)
