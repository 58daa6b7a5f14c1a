"""The Ask page: a conversation, its filters and its tools, as components of the app and the events between them.

What a visitor asked is in that visitor's `Talk` alone. A click sends only places in it, and the text that the visitor
typed: a question, a comment, a filter.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from index.errors import OnRecordError
from qa.answer import Answer
from qa.examples import next_questions
from qa.feedback import MAX_COMMENT, Feedback, save_feedback
from qa.filters import NO_FILTERS, Filters
from qa.question import read_question
from ui.gradio_seam import SHARED, take_events
from ui.pages.ask.filters import filters_html, offers_html, read_filters
from ui.pages.ask.state import Talk, Turn
from ui.pages.ask.view import part_html, source_html, tools_html
from ui.source import nothing_open_html
from ui.text.export import export_html, to_link

if TYPE_CHECKING:
    import gradio as gr

    from index.library import Library


_log = logging.getLogger(__name__)

_SCRIPTS = (Path(__file__).parents[2] / "assets" / "app.js", Path(__file__).with_name("ask.js"))
_FAILED = "That question could not be answered because of a fault in the program. The log has the details."
_GLANCE = 0.04  # seconds: a step that is over sooner is not worth showing
_GIVE_WAY = 0.01  # seconds between questions that nobody waits for, so that a visitor's comes first
_LINKED = 3  # earlier questions that a link carries

_Outputs = tuple[Any, ...]


class Answering(Protocol):
    """What answers a question from the library, one at a time; raises OnRecordError."""

    def __call__(  # noqa: D102
        self,
        question: str,
        history: Sequence[str],
        filters: Filters = NO_FILTERS,
        on_step: Callable[[str], None] = ...,
    ) -> Answer: ...


class _SupersededError(Exception):
    """The visitor went on: nobody wants to know any more."""


class AskPage:
    """The components, once `draw` has made them, and what their events do."""

    talk: gr.State
    conversation: gr.HTML
    question: gr.Textbox

    def __init__(self, library: Library, answer: Answering, conversation: str) -> None:
        self._library = library
        self._answer = answer
        self._begun = conversation

    def draw(self) -> None:
        """Make the components, in the column that is open."""
        import gradio as gr

        plain: dict[str, Any] = {"js_on_load": None, "apply_default_css": False}
        unseen = {**plain, "elem_classes": "unseen"}
        scripts = [path.read_text(encoding="utf-8") for path in _SCRIPTS]
        self.talk = gr.State(Talk())
        self.conversation = gr.HTML(
            self._begun, elem_id="conversation", js_on_load="\n".join(scripts), apply_default_css=False
        )
        self._part = gr.HTML("", elem_id="part", **unseen)
        gr.HTML(filters_html(), elem_id="filters", **plain)
        self._offers = {
            name: gr.HTML(offers_html(self._library, name, ""), elem_id=f"offers-{name}", **unseen)
            for name in ("speaker", "source", "article")
        }
        self._tools = gr.HTML(tools_html(Talk()), elem_id="tools", **plain)
        self.question = gr.Textbox(
            elem_id="question",
            label="Your question",
            show_label=False,
            container=False,
            lines=1,
            max_lines=5,
            placeholder="Ask what the articles say …",
            submit_btn="Ask",
        )
        self._export = gr.HTML("", elem_id="export", **unseen)

    def listen(self, source: gr.HTML) -> None:
        """Connect the events; `source` is the panel."""
        handlers = (self._ask_example, self._ask_link, self._ask_next, self._ask_again)
        take_events(*handlers, self._edit, self._vote, self._filter, self._offer, self._save)

        page = self.conversation
        outputs = [self.question, self._tools, self._part, source]
        once: dict[str, Any] = {**SHARED, "trigger_mode": "once"}
        at_once: dict[str, Any] = {**SHARED, "trigger_mode": "multiple"}
        latest: dict[str, Any] = {**SHARED, "trigger_mode": "always_last"}
        asking: list[Any] = [self.question.submit(self._ask_typed, [self.question, self.talk], outputs, **once)]
        triggers = (page.example, page.link, page.next, page.retry)
        asking += [on(asked, self.talk, outputs, **once) for on, asked in zip(triggers, handlers, strict=True)]
        for event in asking:
            event.then(self._suggest, self.talk, self._part, **at_once)
        page.stop(self._stop, self.talk, outputs, cancels=asking, **at_once)
        page.restart(self._start_over, self.talk, outputs, cancels=asking, **at_once)
        page.edit(self._edit, self.talk, [self.question, self._tools], **latest)
        page.keep(self._keep, self.talk, [self.question, self._tools], **latest)
        page.vote(self._vote, self.talk, self._part, **at_once)
        page.missed(part_html, self.talk, self._part, **latest)
        page.filter(self._filter, self.talk, self._tools, **latest)
        page.save(self._save, self.talk, self._export, **at_once)
        page.offer(self._offer, None, list(self._offers.values()), **latest)

    def _ask_typed(self, question: str, talk: Talk) -> Iterator[_Outputs]:
        yield from self._respond(talk, talk.begin(question))

    def _ask_example(self, talk: Talk, event: gr.EventData) -> Iterator[_Outputs]:
        yield from self._respond(talk, talk.begin(str(event._data.get("question", ""))))

    def _ask_link(self, talk: Talk, event: gr.EventData) -> Iterator[_Outputs]:
        given = event._data
        after = given.get("after")
        after = [asked for asked in after if isinstance(asked, str)] if isinstance(after, list) else []
        talk.narrow(*read_filters(self._library, given))
        yield from self._respond(talk, talk.begin(str(given.get("q", "")), tuple(after[-_LINKED:])))

    def _ask_next(self, talk: Talk, event: gr.EventData) -> Iterator[_Outputs]:
        following = talk.turns[-1].following if talk.turns else ()
        place = event._data.get("place")
        if isinstance(place, int) and 0 <= place < len(following):
            yield from self._respond(talk, talk.begin(following[place]))

    def _ask_again(self, talk: Talk, event: gr.EventData) -> Iterator[_Outputs]:
        turn = talk.begin_again(event._data.get("turn"))
        if turn is not None:
            yield from self._respond(talk, turn)

    def _respond(self, talk: Talk, turn: Turn) -> Iterator[_Outputs]:
        """Show a question, then each step that takes a while, then what came of it."""
        import gradio as gr

        # The turn before is another now: it is not the last any more.
        yield "", tools_html(talk), part_html(talk, max(len(talk.turns) - 2, 0)), gr.skip()
        for changes in self._run(turn):
            place = talk.advance(turn.id, **changes)
            if place is None:
                return  # stopped, or gone
            opened = gr.skip() if "step" in changes else self._open_first(talk, place)
            yield gr.skip(), gr.skip(), part_html(talk, place), opened

    def _open_first(self, talk: Talk, place: int) -> str:
        return source_html(self._library, talk.turns, place, "citation", 0)

    def _run(self, turn: Turn) -> Iterator[dict[str, Any]]:
        """What changes in a turn while it is answered: its step, and at last its answer or its problem."""
        steps: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()

        def work() -> None:
            try:
                answer = self._answer(turn.question, turn.after, turn.filters, lambda step: steps.put({"step": step}))
                steps.put({"answer": answer, "link": _link(turn)})
            except OnRecordError as error:
                steps.put({"problem": str(error)})
            except Exception:
                _log.exception("a question failed")
                steps.put({"problem": _FAILED})

        threading.Thread(target=work, daemon=True, name="answering").start()
        changes = steps.get()
        while "step" in changes:
            try:
                changes = steps.get(timeout=_GLANCE)
            except queue.Empty:
                yield changes
                changes = steps.get()
        yield changes

    def _suggest(self, talk: Talk) -> Any:
        """Questions to go on with, once the answer is on the page."""
        import gradio as gr

        turn = talk.turns[-1] if talk.turns else None
        if turn is None or turn.answer is None or turn.following:
            return gr.skip()

        def ask(question: str) -> Answer:
            time.sleep(_GIVE_WAY)
            if not talk.turns or talk.turns[-1].id != turn.id:
                raise _SupersededError
            return self._answer(question, (), turn.filters)

        asked = [*turn.after, turn.question]
        try:
            following = next_questions(self._library, turn.answer, asked, ask=ask)
        except (_SupersededError, OnRecordError):
            return gr.skip()
        except Exception:
            _log.exception("no questions to go on with could be found")
            return gr.skip()
        place = talk.update(turn.id, following=tuple(following)) if following else None
        return gr.skip() if place is None else part_html(talk, place)

    def _stop(self, talk: Talk) -> _Outputs:
        import gradio as gr

        talk.stop()
        return gr.skip(), tools_html(talk), part_html(talk, max(len(talk.turns) - 1, 0)), gr.skip()

    def _start_over(self, talk: Talk) -> _Outputs:
        talk.clear()
        return "", tools_html(talk), part_html(talk), nothing_open_html()

    def _edit(self, talk: Talk, event: gr.EventData) -> _Outputs:
        import gradio as gr

        question = talk.edit(event._data.get("turn"))
        return (gr.skip(), gr.skip()) if question is None else (question, tools_html(talk))

    def _keep(self, talk: Talk) -> _Outputs:
        talk.cancel_edit()
        return "", tools_html(talk)

    def _vote(self, talk: Talk, event: gr.EventData) -> Any:
        import gradio as gr

        place, vote, comment = (event._data.get(name) for name in ("turn", "vote", "comment"))
        turn = talk.turns[place] if isinstance(place, int) and 0 <= place < len(talk.turns) else None
        if turn is None or turn.answer is None or vote not in ("up", "down"):
            return gr.skip()
        comment = comment.strip()[:MAX_COMMENT] if isinstance(comment, str) else ""
        feedback = Feedback(turn.id, turn.answer, vote, comment, turn.after, turn.filters)
        try:
            save_feedback(self._library.settings.store, feedback)
            place = talk.update(turn.id, vote=vote, comment=comment or None, vote_problem=None)
        except OnRecordError as error:
            place = talk.update(turn.id, vote_problem=str(error))
        return gr.skip() if place is None else part_html(talk, place)

    def _filter(self, talk: Talk, event: gr.EventData) -> str:
        talk.narrow(*read_filters(self._library, event._data))
        return tools_html(talk)

    def _offer(self, event: gr.EventData) -> list[Any]:
        import gradio as gr

        wanted, sought = event._data.get("name"), str(event._data.get("sought", ""))[:100]
        return [offers_html(self._library, name, sought) if name == wanted else gr.skip() for name in self._offers]

    def _save(self, talk: Talk, event: gr.EventData) -> str:
        number = event._data.get("number")
        form = "json" if event._data.get("form") == "json" else "md"
        return export_html(talk.turns, form, number if isinstance(number, int) else 0)


def _link(turn: Turn) -> str:
    """What reproduces a question: its earlier ones are part of that only where it leans on them."""
    leans = bool(read_question(turn.question, turn.after).context)
    return to_link(turn.question, turn.after[-_LINKED:] if leans else (), turn.filters.given())
