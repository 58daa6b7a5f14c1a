"""One question at a time, and readers first, in the order in which they ask.

The models use every core for one question, so two at once, in any library, would only slow each other down. Questions
that nobody has asked yet, such as suggestions, are answered only while no reader waits, and give way at their next step
when one does.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from index.library import Library
from qa.filters import NO_FILTERS, Filters

if TYPE_CHECKING:
    from qa.answer import Answer

_LOOK_SECONDS = 0.5  # between checks whether something that waits for readers is still wanted


class UnwantedError(Exception):
    """Nobody wants the answer any more."""


class _OvertakenError(Exception):
    """A reader has asked a question in the meantime."""


class OneAtATime:
    """A lock with two kinds of holders: readers, and tasks that give way to them."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._is_held = False
        self._waiting: deque[object] = deque()  # readers, first come first

    @contextmanager
    def for_reader(self, on_wait: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Hold the lock for the length of the block; `on_wait` is called first if it has to wait."""
        place = object()

        def is_next() -> bool:
            return not self._is_held and self._waiting[0] is place

        with self._changed:
            self._waiting.append(place)
            try:
                if not is_next():
                    on_wait()
                    self._changed.wait_for(is_next)
                self._is_held = True
            finally:
                self._waiting.remove(place)
        try:
            yield
        finally:
            self._release()

    @contextmanager
    def between_readers(self, is_wanted: Callable[[], bool]) -> Iterator[None]:
        """Hold the lock for the length of the block, after all readers; raises UnwantedError if no longer wanted."""
        with self._changed:
            while self._is_held or self._waiting:
                if not is_wanted():
                    raise UnwantedError
                self._changed.wait(_LOOK_SECONDS)
            self._is_held = True
        try:
            yield
        finally:
            self._release()

    @property
    def is_awaited(self) -> bool:
        """Whether a reader is waiting."""
        return bool(self._waiting)

    def _release(self) -> None:
        with self._changed:
            self._is_held = False
            self._changed.notify_all()


one_at_a_time = OneAtATime()


def answer_between_readers(
    library: Library, question: str, *, is_wanted: Callable[[], bool], filters: Filters = NO_FILTERS
) -> Answer:
    """Answer a question that nobody has asked, starting again after each reader who asks one in the meantime.

    Raises UnwantedError if `is_wanted` becomes false, and OnRecordError.
    """
    from qa.ask import answer_question

    def give_way(_: str) -> None:
        if not is_wanted():
            raise UnwantedError
        if one_at_a_time.is_awaited:
            raise _OvertakenError

    while True:
        try:
            with one_at_a_time.between_readers(is_wanted):
                give_way("")
                return answer_question(library, question, filters=filters, on_step=give_way)
        except _OvertakenError:
            continue
