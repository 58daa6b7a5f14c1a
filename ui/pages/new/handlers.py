"""The New page's components, and what a click does.

What is new is marked as seen when the page is opened; it stays marked as unread for the visitor who opened it until
they leave the page or say that they have seen it all. Who reads a read-only server marks nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from index.errors import OnRecordError
from qa.news import find_mark, mark_seen, unwatch, watch
from qa.watches import find_watch, read_watches
from ui.bells import read_sent, watched_html
from ui.citing.cite import write
from ui.gradio_seam import sent_with
from ui.pages.new.state import PAGE_SIZE, Shown, find_shown
from ui.pages.new.view import (
    head_html,
    news_panel_html,
    offers_html,
    refused_told_html,
    shown_html,
    stopped_told_html,
    watched_told_html,
)
from ui.pages.page import Listed, Openers, Site, draw_html, listen
from ui.shell import problem_html

if TYPE_CHECKING:
    import gradio as gr

_Outputs = tuple[Any, ...]  # what the visitor sees, and as HTML the list, the masthead and what is watched


class NewPage:
    """What is new for each watch; see `ui.pages.page.Page`."""

    name: ClassVar[str] = "new"
    title: ClassVar[str] = "New"
    belongs_to: ClassVar[str] = "new"

    def __init__(self, site: Site) -> None:
        self._library = site.library
        self._read_only = site.read_only
        self._site = site

    def draw(self, script: gr.HTML) -> Openers:
        """Draw the components and connect their events: on a read-only site, only those that change nothing."""
        import gradio as gr

        state = gr.State(None)
        with gr.Column(elem_id="new-scroll", elem_classes="scrolls-whole"):
            draw_html(head_html(read_only=self._read_only), "new-head")
            told = draw_html("", "new-told")
            news = draw_html("", "new-list")
            offers = draw_html("", "new-offers", is_seen=False)
        outputs = [state, news, self._site.masthead, self._site.watched]
        # In turn: the second of two calls must know from the first what is unread.
        listen(script, "open_news", self._open_news, state, outputs, while_running="always_last", queue="news")
        listen(script, "settle", self._settle, state, [state, news], while_running="once", queue="news")
        if not self._read_only:
            listen(script, "offer", lambda: offers_html(self._library), None, offers, while_running="once")
            listen(script, "watch", self._watch, state, [*outputs, told], while_running="multiple")
            listen(script, "stop_watching", self._stop, state, [*outputs, told], while_running="multiple")
        return {"news": Listed(state, self._open_item, self._cite_item)}

    def _open_news(self, state: Shown | None, event: gr.EventData) -> _Outputs:
        sent = sent_with(event)
        limit, visit = (sent[name] if isinstance(sent.get(name), int) else 0 for name in ("limit", "visit"))
        return self._show(state if state and state.visit == visit else None, limit if limit > 0 else PAGE_SIZE, visit)

    def _show(self, state: Shown | None, limit: int, visit: int) -> _Outputs:
        """The page as it is now; what was unread on it in `state` still is."""
        try:
            seen = state.seen if state else find_mark(self._library)
            shown = find_shown(self._library, seen=seen, limit=limit, visit=visit)
            if self._read_only:
                shown = replace(shown, seen=shown.latest)
            elif shown.unread:
                mark_seen(self._library, shown.latest)
        except OnRecordError as error:
            return state, problem_html(str(error)), self._site.show_masthead(), watched_html(self._library)
        html = shown_html(shown, read_only=self._read_only)
        return shown, html, self._site.show_masthead(), watched_html(self._library)

    def _show_again(self, state: Shown | None) -> _Outputs:
        return self._show(state, state.limit if state else PAGE_SIZE, state.visit if state else 0)

    def _settle(self, state: Shown | None) -> tuple[Shown | None, Any]:
        import gradio as gr

        if state is None:
            return None, gr.skip()
        state = replace(state, seen=state.latest)
        return state, shown_html(state, read_only=self._read_only)

    def _watch(self, state: Shown | None, event: gr.EventData) -> _Outputs:
        try:
            told = watched_told_html(watch(self._library, read_sent(sent_with(event))))
        except OnRecordError as error:
            told = refused_told_html(str(error))
        return *self._show_again(state), told

    def _stop(self, state: Shown | None, event: gr.EventData) -> _Outputs:
        try:
            watches = read_watches(self._library.settings.seeds)
            watched = find_watch(watches, str(sent_with(event).get("watch", "")))
            unwatch(self._library, watched)
            told = stopped_told_html(watched)
        except OnRecordError as error:
            told = refused_told_html(str(error))
        return *self._show_again(state), told

    def _open_item(self, state: Shown | None, _turn: int, number: int) -> str:
        return news_panel_html(self._library, state, number)

    def _cite_item(self, state: Shown | None, _turn: int, number: int, form: str) -> str:
        cited = [item.sentence for item in (state.items if state else ()) if item.number == number]
        return write(cited, form, self._library.read_text) if cited else ""
