"""One visitor's conversation: what was asked, what came of it, and what narrows the next question."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field, replace
from typing import Any

from qa.answer import Answer
from qa.feedback import Vote
from qa.filters import NO_FILTERS, Filters

_REMEMBERED = 20  # earlier questions that a follow-up may lean on


@dataclass(frozen=True)
class Turn:
    """One question of a conversation; what came of it is an answer, a problem, or neither while it is being answered.

    `after` are the questions before it, oldest first, as its answer knew them. `step` is what is being done for it,
    `link` reproduces it, and `following` are questions to go on with.
    """

    question: str
    answer: Answer | None = None
    problem: str | None = None
    after: tuple[str, ...] = ()
    filters: Filters = NO_FILTERS
    step: str = "searching"
    stopped: bool = False
    link: str = ""
    following: tuple[str, ...] = ()
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
    """What one visitor's `gr.State` holds; it is changed in place, for several events may be under way at once.

    A question that is being answered is known by its turn's id: where that turn is gone or was stopped meanwhile, what
    comes of it is left out.
    """

    def __init__(self) -> None:
        self.turns: Conversation = ()
        self.filters = NO_FILTERS
        self.filter_problems: tuple[str, ...] = ()
        self.replacing: int | None = None
        """The place of the turn that the next question replaces, with all after it."""
        # Later talks of a page count on from where those before them were: nobody has a thousand updates a second.
        self._revision = int(1000 * time.time())

    def __deepcopy__(self, memo: dict[int, Any]) -> Talk:
        return Talk()  # Gradio copies the first value of a state for each visitor

    def count_revision(self) -> int:
        """The number of what is shown next: one more than of what was shown last."""
        self._revision += 1
        return self._revision

    def begin(self, question: str, after: tuple[str, ...] | None = None) -> Turn:
        """Add a question that is to be answered, after the earlier ones or the given."""
        kept = self.turns if self.replacing is None else self.turns[: self.replacing]
        self.replacing = None
        kept = tuple(turn for turn in kept if turn.question.strip())
        turn = Turn(question, after=history(kept) if after is None else after, filters=self.filters)
        self.turns = (*kept, turn)
        return turn

    def update(self, turn_id: str, **changes: Any) -> int | None:
        """Change a turn; returns its place, from 0, None where it is gone."""
        self.turns = tuple(replace(turn, **changes) if turn.id == turn_id else turn for turn in self.turns)
        return next((place for place, turn in enumerate(self.turns) if turn.id == turn_id), None)

    def is_running(self, turn_id: str) -> bool:
        """Whether a turn is still being answered."""
        return any(turn.id == turn_id and turn.is_running for turn in self.turns)

    def stop(self) -> None:
        """Give up what is being answered."""
        self.turns = tuple(replace(turn, stopped=True) if turn.is_running else turn for turn in self.turns)

    def clear(self) -> None:
        """Begin anew."""
        self.turns, self.replacing = (), None
        self.filters, self.filter_problems = NO_FILTERS, ()


def history(turns: Conversation) -> tuple[str, ...]:
    """The questions that were answered or refused, oldest first: what a follow-up may lean on."""
    answered = [turn for turn in turns if turn.answer is not None]
    if not answered:
        return ()
    return (*answered[0].after, *(turn.question for turn in answered))[-_REMEMBERED:]
