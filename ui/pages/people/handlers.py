"""The People page's components, and what a click or a search does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from index.errors import OnRecordError
from index.speech.corrections import Correction
from qa.watches import Watch
from ui.bells import bell_html
from ui.gradio_seam import sent_with
from ui.pages.page import Listed, Openers, Site, draw_html, listen
from ui.pages.people.correcting import find_correction, forms_html, refused_html, to_address, told_html
from ui.pages.people.editing import find_name, make_correction
from ui.pages.people.state import PersonStatements, find_person_statements
from ui.pages.people.view import people_html, person_html, person_panel_html, person_problem_html, search_html
from ui.pages.statements import PAGE_SIZE, cite_statement
from ui.shell import problem_html
from ui.source import nothing_open_html

if TYPE_CHECKING:
    import gradio as gr

Shown = tuple[Any, ...]  # what a visitor has opened, and as HTML the person, the panel and the news


class PeoplePage:
    """Everyone who speaks, one person's statements, and corrections of both; see `ui.pages.page.Page`."""

    name: ClassVar[str] = "people"
    title: ClassVar[str] = "People"
    belongs_to: ClassVar[str] = "people"

    def __init__(self, site: Site) -> None:
        self._library = site.library
        self._panel = site.panel
        self._can_edit = not site.read_only

    def draw(self, script: gr.HTML) -> Openers:
        """Draw the components and connect their events: on a read-only site, only those that change nothing."""
        import gradio as gr

        chosen = gr.State(None)
        draw_html(search_html(), "sought")
        news = draw_html("", "people-news")
        people = draw_html("", "people-list")
        person = draw_html("", "person")
        listen(script, "list_people", self._list_people, None, people, while_running="always_last")
        opened = [chosen, person, self._panel, news]
        listen(script, "open_person", self._open_person, None, opened, while_running="always_last")
        listen(script, "show_more", self._show_more, chosen, [chosen, person], while_running="once")
        if self._can_edit:
            listen(script, "correct", self._correct, chosen, opened, while_running="multiple")
            listen(script, "undo", self._undo, chosen, opened, while_running="multiple")
        return {"statement": Listed(chosen, self._open_statement, self._cite_statement)}

    def _list_people(self, event: gr.EventData) -> str:
        sent = sent_with(event)
        shown = sent.get("shown")
        shown = shown if isinstance(shown, int) else PAGE_SIZE
        try:
            sought, is_open = str(sent.get("sought", "")), sent.get("open") is True
            return people_html(self._library, sought, shown, can_edit=self._can_edit, is_open=is_open)
        except OnRecordError as error:
            return problem_html(str(error))

    def _open_person(self, event: gr.EventData) -> Shown:
        return self._show_person(*(str(sent_with(event).get(key, "")) for key in ("name", "topic")), news="")

    def _show_person(self, name: str, topic: str, *, news: str) -> Shown:
        import gradio as gr

        try:
            chosen = find_person_statements(self._library, name, topic)
        except OnRecordError as error:
            return None, person_problem_html(name, problem_html(str(error))), gr.skip(), news
        return chosen, self._person_html(chosen), person_panel_html(self._library, chosen, 0), news

    def _person_html(self, chosen: PersonStatements | None) -> str:
        if not (self._can_edit and chosen):
            return person_html(chosen)
        what = "this person on this topic" if chosen.topic else "this person"
        bell = bell_html(Watch(speaker=chosen.speaker.name, about=chosen.topic), what)
        return person_html(chosen, correct=forms_html(self._library, chosen), bell=bell)

    def _show_more(self, chosen: PersonStatements | None) -> tuple[PersonStatements | None, str]:
        chosen = replace(chosen, shown=chosen.shown + PAGE_SIZE) if chosen else None
        return chosen, self._person_html(chosen)

    def _correct(self, chosen: PersonStatements | None, event: gr.EventData) -> Shown:
        try:
            correction = make_correction(self._library, chosen, sent_with(event))
        except OnRecordError as error:
            return self._refuse(str(error))
        return self._show_corrected(chosen, correction, undone=False)

    def _undo(self, chosen: PersonStatements | None, event: gr.EventData) -> Shown:
        with self._library.reading():
            made = self._library.roster.corrections.made
        correction = find_correction(made, sent_with(event).get("key"))
        if correction is None:
            return self._refuse("this correction is no longer made: someone else has undone it")
        try:
            self._library.undo(correction)
        except OnRecordError as error:
            return self._refuse(str(error))
        return self._show_corrected(chosen, correction, undone=True)

    def _refuse(self, message: str) -> Shown:
        import gradio as gr

        return gr.skip(), gr.skip(), gr.skip(), refused_html(message)

    def _show_corrected(self, chosen: PersonStatements | None, correction: Correction, *, undone: bool) -> Shown:
        """Show the person who was open, under the name that they have now, and what was done."""
        import gradio as gr

        name = find_name(self._library, chosen, correction) if chosen else ""
        topic = chosen.topic if chosen and name else ""
        news = told_html(to_address(name, topic), correction, undone=undone)
        if not name:
            return None, "", nothing_open_html() if chosen else gr.skip(), news
        return self._show_person(name, topic, news=news)

    def _open_statement(self, chosen: PersonStatements | None, _turn: int, place: int) -> str:
        return person_panel_html(self._library, chosen, place)

    def _cite_statement(self, chosen: PersonStatements | None, _turn: int, place: int, form: str) -> str:
        return cite_statement(self._library, chosen.statements if chosen else (), place, form)
