"""The Ask page's components, and what a question or a click does.

What a visitor asked is only in that visitor's `Talk`. A click sends places in it, and text that the visitor typed: a
question, a comment, a filter.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from index.errors import OnRecordError
from qa.answer import Answer
from qa.copies import list_copies
from qa.examples import next_questions
from qa.feedback import MAX_COMMENT, Feedback, save_feedback
from qa.filters import Filters
from qa.question import read_question
from qa.watches import Watch
from ui.answering import UnwantedError, answer_between_readers, one_at_a_time
from ui.gradio_seam import sent_with
from ui.pages.ask.examples import Examples
from ui.pages.ask.filters import filters_html, offers_html, read_filters
from ui.pages.ask.state import Talk, Turn
from ui.pages.ask.view import (
    also_panel_html,
    citation_panel_html,
    cite_turn,
    conversation_html,
    examples_html,
    part_html,
    tools_html,
)
from ui.pages.page import Listed, Openers, Site, draw_html, listen
from ui.source import nothing_open_html
from ui.text.export import to_link, write_turns

if TYPE_CHECKING:
    import gradio as gr


_log = logging.getLogger(__name__)

_FAILED = "That question could not be answered because of a fault in the program. The log has the details."
_GLANCE = 0.04  # seconds: a shorter step is not worth showing
_PATIENCE = 20.0  # seconds that suggestions wait for readers; then those found so far are shown
_LINKED = 3  # earlier questions in a link

_Outputs = tuple[Any, ...]


class AskPage:
    """A conversation, its filters and its tools; see `ui.pages.page.Page`."""

    name: ClassVar[str] = "ask"
    title: ClassVar[str] = "Ask"
    belongs_to: ClassVar[str] = "ask"

    def __init__(self, site: Site) -> None:
        self._library = site.library
        self._panel = site.panel
        self._can_watch = not site.read_only
        self._examples = site.stopping.enter_context(closing(Examples(site.library)))
        self._examples.get()  # to be ready for the first visitor

    def draw(self, script: gr.HTML) -> Openers:
        """Draw the components and connect their events."""
        import gradio as gr

        self._talk = gr.State(Talk())
        draw_html(conversation_html(), "conversation")
        shown_examples = draw_html("", "examples", is_seen=False)
        listen(script, "find_examples", self._find_examples, None, shown_examples, while_running="once")
        self._part = draw_html("", "part", is_seen=False)
        draw_html(filters_html(), "filters")
        self._offers = {
            name: draw_html(offers_html(self._library, name, ""), f"offers-{name}", is_seen=False)
            for name in ("speaker", "source", "article")
        }
        self._tools = draw_html(tools_html(Talk()), "tools")
        self._question = gr.Textbox(
            elem_id="question",
            label="Your question",
            show_label=False,
            container=False,
            lines=1,
            max_lines=5,
            placeholder="Ask what the articles say …",
            submit_btn="Ask",
        )
        self._listen(script)
        return {
            "citation": Listed(self._talk, partial(self._open_citation, "citation"), partial(self._cite, "citation")),
            "closest": Listed(self._talk, partial(self._open_citation, "closest"), partial(self._cite, "closest")),
            "also": Listed(self._talk, self._open_also),
            "answer": Listed(self._talk, cite=partial(self._cite, "answer")),
            "conversation": Listed(self._talk, cite=self._cite_conversation),
        }

    def _listen(self, script: gr.HTML) -> None:
        talk, part, typed = self._talk, self._part, [self._question, self._tools]
        outputs = [*typed, part, self._panel]
        asking = [
            listen(self._question, "submit", self._ask_typed, [self._question, talk], outputs, while_running="once"),
            listen(script, "ask_example", self._ask_example, talk, outputs, while_running="once"),
            listen(script, "ask_link", self._ask_link, talk, outputs, while_running="once"),
            listen(script, "ask_next", self._ask_next, talk, outputs, while_running="once"),
            listen(script, "ask_again", self._ask_again, talk, outputs, while_running="once"),
        ]
        for asked in asking:
            # One at a time: otherwise, those that wait for readers would take the threads that readers need.
            listen(asked, "then", self._suggest, talk, part, while_running="multiple", queue="suggest")
        listen(script, "stop", self._stop, talk, outputs, while_running="multiple", cancels=asking)
        listen(script, "start_over", self._start_over, talk, outputs, while_running="multiple", cancels=asking)
        listen(script, "edit", self._edit, talk, typed, while_running="always_last")
        listen(script, "cancel_edit", self._cancel_edit, talk, typed, while_running="always_last")
        listen(script, "vote", self._vote, talk, part, while_running="multiple")
        listen(script, "send_all", part_html, talk, part, while_running="always_last")
        listen(script, "filter", self._filter, talk, self._tools, while_running="always_last")
        listen(script, "offer", self._offer, None, list(self._offers.values()), while_running="always_last")

    def _ask_typed(self, question: str, talk: Talk) -> Iterator[_Outputs]:
        yield from self._respond(talk, talk.begin(question))

    def _ask_example(self, talk: Talk, event: gr.EventData) -> Iterator[_Outputs]:
        yield from self._respond(talk, talk.begin(str(sent_with(event).get("question", ""))))

    def _ask_link(self, talk: Talk, event: gr.EventData) -> Iterator[_Outputs]:
        sent = sent_with(event)
        after = sent.get("after")
        after = [asked for asked in after if isinstance(asked, str)] if isinstance(after, list) else []
        talk.narrow(*read_filters(self._library, sent))
        yield from self._respond(talk, talk.begin(str(sent.get("q", "")), tuple(after[-_LINKED:])))

    def _ask_next(self, talk: Talk, event: gr.EventData) -> Iterator[_Outputs]:
        following = talk.turns[-1].following if talk.turns else ()
        place = sent_with(event).get("place")
        if isinstance(place, int) and 0 <= place < len(following):
            yield from self._respond(talk, talk.begin(following[place]))

    def _ask_again(self, talk: Talk, event: gr.EventData) -> Iterator[_Outputs]:
        turn = talk.begin_again(sent_with(event).get("turn"))
        if turn is not None:
            yield from self._respond(talk, turn)

    def _respond(self, talk: Talk, turn: Turn) -> Iterator[_Outputs]:
        """Show a question, then each step that takes a while, then the answer or the problem."""
        import gradio as gr

        # The turn before looks different now that it is not the last any more.
        yield "", tools_html(talk), part_html(talk, max(len(talk.turns) - 2, 0)), gr.skip()
        for changes in self._run(turn):
            place = talk.advance(turn.id, **changes)
            if place is None:
                return  # stopped, or gone
            opened = gr.skip() if "step" in changes else self._open_citation("citation", talk, place, 0)
            yield gr.skip(), gr.skip(), part_html(talk, place), opened

    def _answer(
        self, question: str, history: Sequence[str], filters: Filters, on_step: Callable[[str], None] = lambda _: None
    ) -> Answer:
        from qa.ask import answer_question

        with one_at_a_time.for_reader(lambda: on_step("waiting")):
            return answer_question(self._library, question, history, filters=filters, on_step=on_step)

    def _open_citation(self, kind: str, talk: Talk, turn: int, place: int) -> str:
        return citation_panel_html(self._library, talk.turns, turn, kind, place)

    def _open_also(self, talk: Talk, turn: int, place: int) -> str:
        return also_panel_html(self._library, talk.turns, turn, place)

    def _run(self, turn: Turn) -> Iterator[dict[str, Any]]:
        """The changes to a turn while it is being answered: its steps, and finally its answer or problem."""
        steps: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()

        def work() -> None:
            try:
                answer = self._answer(turn.question, turn.after, turn.filters, lambda step: steps.put({"step": step}))
                copies = list_copies(self._library, answer.citations or answer.closest)
                watch = _to_watch(turn) if self._can_watch and answer.mode != "help" else None
                steps.put({"answer": answer, "link": _link(turn), "copies": copies, "watch": watch})
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
        """Suggest questions to ask next, once the answer is on the page."""
        import gradio as gr

        turn = talk.turns[-1] if talk.turns else None
        if turn is None or turn.answer is None or turn.following:
            return gr.skip()

        end = time.monotonic() + _PATIENCE

        def is_wanted() -> bool:
            return bool(talk.turns) and talk.turns[-1].id == turn.id and time.monotonic() < end

        def ask(question: str) -> Answer:
            return answer_between_readers(self._library, question, filters=turn.filters, is_wanted=is_wanted)

        asked = [*turn.after, turn.question]
        try:
            following = next_questions(self._library, turn.answer, asked, ask=ask)
        except (UnwantedError, OnRecordError):
            return gr.skip()
        except Exception:
            _log.exception("no question to ask next could be found")
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

        question = talk.edit(sent_with(event).get("turn"))
        return (gr.skip(), gr.skip()) if question is None else (question, tools_html(talk))

    def _cancel_edit(self, talk: Talk) -> _Outputs:
        talk.cancel_edit()
        return "", tools_html(talk)

    def _vote(self, talk: Talk, event: gr.EventData) -> Any:
        import gradio as gr

        sent = sent_with(event)
        place, vote, comment = (sent.get(name) for name in ("turn", "vote", "comment"))
        turn = talk.turns[place] if isinstance(place, int) and 0 <= place < len(talk.turns) else None
        if turn is None or turn.answer is None or turn.answer.mode == "help" or vote not in ("up", "down"):
            return gr.skip()
        comment = comment.strip()[:MAX_COMMENT] if isinstance(comment, str) else ""
        feedback = Feedback(turn.id, turn.answer, vote, comment, turn.after, turn.filters)
        try:
            save_feedback(self._library.settings.store, feedback)
            place = talk.update(turn.id, vote=vote, comment=comment or None, vote_problem=None)
        except OnRecordError as error:
            place = talk.update(turn.id, vote_problem=str(error))
        return gr.skip() if place is None else part_html(talk, place)

    def _find_examples(self) -> str:
        synced = self._library.synced  # read first: after a sync in between, the page asks again a second later
        questions, is_current = self._examples.get()
        return examples_html(questions, is_current, synced)

    def _filter(self, talk: Talk, event: gr.EventData) -> str:
        talk.narrow(*read_filters(self._library, sent_with(event)))
        return tools_html(talk)

    def _offer(self, event: gr.EventData) -> list[Any]:
        import gradio as gr

        sent = sent_with(event)
        wanted, sought = sent.get("name"), str(sent.get("sought", ""))[:100]
        return [offers_html(self._library, name, sought) if name == wanted else gr.skip() for name in self._offers]

    def _cite(self, kind: str, talk: Talk, turn: int, place: int, form: str) -> str:
        return cite_turn(self._library, talk.turns, turn, kind, place, form)

    def _cite_conversation(self, talk: Talk, _turn: int, _place: int, form: str) -> str:
        return write_turns(talk.turns, form, self._library.read_text)


def _to_watch(turn: Turn) -> Watch:
    """What watches the question of a turn: in full, with those of its filters that can be watched."""
    question = read_question(turn.question, turn.after).standalone
    return Watch(question=question, speaker=turn.filters.speaker or "", source=turn.filters.source or "")


def _link(turn: Turn) -> str:
    """The link that asks a question again; it has the earlier questions only if this one refers to them."""
    leans = bool(read_question(turn.question, turn.after).context)
    return to_link(turn.question, turn.after[-_LINKED:] if leans else (), turn.filters.given())
