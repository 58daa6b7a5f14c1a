"""One visitor's conversation: the questions and their answers, and the filters for the next question."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from index.values import ArticleRecord
from qa.answer import Answer
from qa.feedback import Vote
from qa.filters import NO_FILTERS, Filters
from qa.watches import Watch

_REMEMBERED = 20  # earlier questions that a follow-up may refer to


@dataclass(frozen=True)
class Turn:
    """One question of a conversation with its answer or the problem with it; neither while it is being answered.

    `after` are the earlier questions that it was answered as a follow-up to, oldest first. `step` is what is being
    done to answer it, `link` asks it again, `watch` watches it, and `following` are suggestions for the next question.
    `copies` has what is known of the articles that have its sentences too, by id.
    """

    question: str
    answer: Answer | None = None
    problem: str | None = None
    after: tuple[str, ...] = ()
    filters: Filters = NO_FILTERS
    step: str = "searching"
    stopped: bool = False
    link: str = ""
    watch: Watch | None = None
    following: tuple[str, ...] = ()
    copies: Mapping[str, ArticleRecord] = field(default_factory=dict)
    vote: Vote | None = None
    comment: str | None = None
    vote_problem: str | None = None
    id: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def is_running(self) -> bool:
        """Whether it is still being answered."""
        return self.answer is None and self.problem is None and not self.stopped


Conversation = tuple[Turn, ...]


class Talk:
    """One visitor's conversation, as their `gr.State` holds it: changed in place, by several threads at once.

    A question that is being answered is known by its turn's id: if that turn is gone or was stopped meanwhile, its
    answer is dropped.
    """

    def __init__(self) -> None:
        self.turns: Conversation = ()
        self.filters = NO_FILTERS
        self.filter_problems: tuple[str, ...] = ()
        self.replacing: int | None = None
        """The place of the turn that the next question replaces, along with every turn after it."""
        # A page must never see the same revision twice, even after a restart. Nobody has a thousand updates a second,
        # so the clock is always ahead of the last revision of an earlier Talk.
        self._revision = int(1000 * time.time())
        self._lock = threading.Lock()

    def __deepcopy__(self, memo: dict[int, Any]) -> Talk:
        return Talk()  # Gradio copies the first value of a state for each visitor

    def begin(self, question: str, after: tuple[str, ...] | None = None) -> Turn:
        """Add a question to be answered, as a follow-up to the given earlier ones or else to those of the turns."""
        with self._lock:
            return self._begin(question, after)

    def begin_again(self, place: object) -> Turn | None:
        """Ask the question of the last turn again, in its place; None if `place` is another turn or it is running."""
        with self._lock:
            if not self.turns or place != len(self.turns) - 1 or self.turns[-1].is_running:
                return None
            self.replacing = len(self.turns) - 1
            return self._begin(self.turns[-1].question, self.turns[-1].after)

    def edit(self, place: object) -> str | None:
        """Let the next question replace the turn at `place`; returns its question, None if it cannot be edited."""
        with self._lock:
            if not isinstance(place, int) or not 0 <= place < len(self.turns) or self.turns[place].is_running:
                return None
            self.replacing = place
            return self.turns[place].question

    def cancel_edit(self) -> None:
        """Let the next question follow the last turn after all."""
        with self._lock:
            self.replacing = None

    def narrow(self, filters: Filters, problems: tuple[str, ...]) -> None:
        """Set the filters for the next question, and what was wrong with those that were left out."""
        with self._lock:
            self.filters, self.filter_problems = filters, problems

    def advance(self, turn_id: str, **changes: Any) -> int | None:
        """Change a turn that is still being answered; returns its place, from 0, or None if it is gone or stopped."""
        with self._lock:
            is_running = any(turn.id == turn_id and turn.is_running for turn in self.turns)
            return self._update(turn_id, changes) if is_running else None

    def update(self, turn_id: str, **changes: Any) -> int | None:
        """Change a turn; returns its place, from 0, or None if it is gone."""
        with self._lock:
            return self._update(turn_id, changes)

    def stop(self) -> None:
        """Give up every question that is being answered."""
        with self._lock:
            self.turns = tuple(replace(turn, stopped=True) if turn.is_running else turn for turn in self.turns)

    def clear(self) -> None:
        """Start a new conversation."""
        with self._lock:
            self.turns, self.replacing = (), None
            self.filters, self.filter_problems = NO_FILTERS, ()

    def next_revision(self) -> tuple[int, Conversation]:
        """A number one higher than the last, and the turns at that moment: what the page shows next."""
        with self._lock:
            self._revision += 1
            return self._revision, self.turns

    def _begin(self, question: str, after: tuple[str, ...] | None) -> Turn:
        kept = tuple(turn for turn in self.turns[: self.replacing] if turn.question.strip())
        turn = Turn(question, after=history(kept) if after is None else after, filters=self.filters)
        self.turns, self.replacing = (*kept, turn), None
        return turn

    def _update(self, turn_id: str, changes: dict[str, Any]) -> int | None:
        self.turns = tuple(replace(turn, **changes) if turn.id == turn_id else turn for turn in self.turns)
        return next((place for place, turn in enumerate(self.turns) if turn.id == turn_id), None)


def history(turns: Conversation) -> tuple[str, ...]:
    """The questions that were answered or refused, oldest first: what a follow-up may refer to."""
    answered = [turn for turn in turns if turn.answer is not None]
    if not answered:
        return ()
    return (*answered[0].after, *(turn.question for turn in answered))[-_REMEMBERED:]
