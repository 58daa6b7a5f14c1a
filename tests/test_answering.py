"""Readers go first: answers that nobody has asked for give way to them."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from index.library import Library
from qa.ask import answer_question
from qa.examples import next_questions
from tests.conftest import MakeLibrary, comes_true
from ui.answering import OneAtATime, UnwantedError, answer_between_readers, one_at_a_time
from ui.pages.ask.examples import Examples

TARTOUS = "What did Peskov say about Tartous?"
ASSAD = "What did Peskov say about Assad?"


def test_a_reader_goes_before_all_that_wait_for_nobody() -> None:
    order: list[str] = []
    lock = OneAtATime()

    def ask_ahead() -> None:
        with lock.between_readers(lambda: True):
            order.append("ahead")

    def read() -> None:
        with lock.for_reader(lambda: order.append("waits")):
            order.append("reader")

    ahead = [threading.Thread(target=ask_ahead) for _ in range(5)]
    reader = threading.Thread(target=read)
    with lock.for_reader():
        for thread in ahead:
            thread.start()
        time.sleep(0.2)  # all of them wait
        assert not lock.is_awaited
        reader.start()
        while "waits" not in order:
            time.sleep(0.001)
        assert lock.is_awaited
    for thread in [*ahead, reader]:
        thread.join()
    assert order == ["waits", "reader", *["ahead"] * 5]


def test_readers_are_served_in_the_order_in_which_they_come() -> None:
    lock = OneAtATime()
    waiting: list[int] = []
    served: list[int] = []

    def read(number: int) -> None:
        with lock.for_reader(lambda: waiting.append(number)):
            served.append(number)
            time.sleep(0.001)  # so that the others are awake by the time it ends

    readers = [threading.Thread(target=read, args=(number,)) for number in range(30)]
    with lock.for_reader():
        for number, reader in enumerate(readers):
            reader.start()
            assert comes_true(lambda come=number + 1: len(waiting) == come)
    for reader in readers:
        reader.join()
    assert served == list(range(30))


def test_what_is_not_wanted_any_more_is_not_waited_for() -> None:
    lock = OneAtATime()
    with lock.for_reader(), pytest.raises(UnwantedError), lock.between_readers(lambda: False):
        raise AssertionError("it is held")
    with lock.for_reader():
        pass  # it is free again


def test_a_look_up_stops_at_its_next_step_and_begins_again(seed_library: Library) -> None:
    """A reader who comes right after each of its first three beginnings is answered before it."""
    begun: list[int] = []
    readers: list[threading.Thread] = []
    answered_first: list[bool] = []
    done = threading.Event()

    def read() -> None:
        with one_at_a_time.for_reader():
            answered_first.append(not done.is_set())

    def is_wanted() -> bool:
        begun.append(1)
        if len(readers) < 3:
            readers.append(threading.Thread(target=read))
            readers[-1].start()
            while not one_at_a_time.is_awaited:
                time.sleep(0.001)
        return True

    answer = answer_between_readers(seed_library, ASSAD, is_wanted=is_wanted)
    done.set()
    for reader in readers:
        reader.join()
    assert answered_first == [True] * 3
    assert answer.citations == answer_question(seed_library, ASSAD).citations


def test_a_reader_waits_for_one_look_up_at_most(seed_library: Library) -> None:
    """While suggestions are being found for four visitors at once."""
    answer = answer_question(seed_library, TARTOUS)
    ends: list[float] = []
    is_over = threading.Event()

    def suggest() -> None:
        def ask(question: str) -> object:
            found = answer_between_readers(seed_library, question, is_wanted=lambda: not is_over.is_set())
            ends.append(time.monotonic())
            return found

        while not is_over.is_set():
            try:
                next_questions(seed_library, answer, [TARTOUS], ask=ask)  # type: ignore[arg-type]
            except UnwantedError:
                return

    suggesting = [threading.Thread(target=suggest) for _ in range(4)]
    for thread in suggesting:
        thread.start()
    waited: list[int] = []
    for i in range(20):
        time.sleep(0.01 + 0.003 * i)
        asked = time.monotonic()
        with one_at_a_time.for_reader():
            began = time.monotonic()
        waited.append(sum(asked < end < began for end in list(ends)))
    comes_true(lambda: bool(ends), 60)  # readers first: on a busy machine, none may have been answered yet
    is_over.set()
    for thread in suggesting:
        thread.join()
    assert max(waited) <= 1
    assert ends  # they were being answered


def test_examples_follow_the_index(tmp_path: Path, make_library: MakeLibrary) -> None:
    (tmp_path / "pier.txt").write_text("Ann Hale said that the pier of Lowland is closed.")
    library = make_library(tmp_path)
    examples = Examples(library)

    def when_current() -> tuple[str, ...]:
        comes_true(lambda: examples.get()[1])
        return examples.get()[0]

    assert examples.get() == ((), False)  # nobody has to wait for them
    assert when_current() == ("What did Ann Hale say about Lowland?",)
    (tmp_path / "pier.txt").write_text("Ben Ruiz said that the harbour of Eastmoor is too small.")
    library.sync()
    assert examples.get() == (("What did Ann Hale say about Lowland?",), False)
    assert when_current() == ("What did Ben Ruiz say about Eastmoor?",)
    examples.close()


def test_closed_examples_use_the_library_no_more(tmp_path: Path, make_library: MakeLibrary) -> None:
    (tmp_path / "pier.txt").write_text("Ann Hale said that the pier of Lowland is closed.")
    examples = Examples(make_library(tmp_path))
    with one_at_a_time.for_reader():  # it waits for that
        examples.get()
        examples.close()
    assert "examples" not in {thread.name for thread in threading.enumerate()}
    assert examples.get() == ((), False)
    assert "examples" not in {thread.name for thread in threading.enumerate()}
