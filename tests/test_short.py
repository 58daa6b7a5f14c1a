"""Which words of a sentence are marked as the answer, given what the reader makes of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from index.models.reader import Reading
from qa.question import read_question
from qa.short import LEAST_CERTAIN, find_words
from tests.made import evidence

TEXT = "Arthur Lind built the pier at Quayside in 1911 for two million pounds."
MARKED = [
    ("Who built the pier?", "Arthur Lind", True),
    ("Who built the pier?", "the pier", False),
    ("Who built the pier with Arthur Lind?", "Arthur Lind", False),
    ("When was the pier built?", "in 1911", True),
    ("When was the pier built?", "Arthur Lind", False),
    ("How much did the pier cost?", "two million pounds", True),
    ("How much did the pier cost?", "at Quayside", False),
    ("Where is the pier?", "Quayside", True),
    ("Why was the pier built?", "for two million pounds", False),
    ("What did Lind build?", "the pier", False),
]


@pytest.mark.parametrize(("question", "words", "marked"), MARKED)
def test_words_of_the_kind_asked_for_are_marked(question: str, words: str, marked: bool) -> None:
    start = TEXT.index(words)
    place = (start, start + len(words))
    read = replace(evidence(1.0, text=TEXT), reading=Reading(2.0, 2.0, place, LEAST_CERTAIN))
    assert find_words(read_question(question), read) == (place if marked else None)


def test_no_words_are_marked_where_it_is_unclear() -> None:
    unsure = Reading(2.0, 2.0, (0, 11), LEAST_CERTAIN - 0.1)
    assert find_words(read_question("Who built the pier?"), replace(evidence(1.0, text=TEXT), reading=unsure)) is None
    assert find_words(read_question("Who built the pier?"), evidence(1.0, text=TEXT)) is None
