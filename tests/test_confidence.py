from __future__ import annotations

import random

from qa.confidence import assess
from qa.question import read_question
from tests.made import QUERY, evidence


def test_assess_is_a_probability() -> None:
    dice = random.Random(7)
    for _ in range(200):
        assert 0.0 <= assess(QUERY, [evidence(dice.uniform(-3, 3))]) <= 1.0


def test_assess_of_nothing_is_0() -> None:
    assert assess(QUERY, []) == 0.0


def test_assess_rises_with_the_score() -> None:
    by_score = [assess(QUERY, [evidence(score)]) for score in (-1.0, 0.0, 0.5, 1.2)]
    assert by_score == sorted(set(by_score))


def test_assess_falls_with_a_rare_name_that_is_missing() -> None:
    by_missing = [assess(QUERY, [evidence(0.5, missing=missing)]) for missing in (0.0, 0.4, 1.0)]
    assert by_missing == sorted(by_missing, reverse=True)
    assert by_missing[0] > by_missing[2] + 0.05


def test_assess_wants_a_number_where_one_is_asked_for() -> None:
    how_many = read_question("How many beams does the pier have?")
    assert how_many.wants == "number"
    with_word, with_figure, without = (
        assess(how_many, [evidence(0.5, text=text)])
        for text in ("It has nine beams.", "It has 9 beams.", "Its beams are rotten.")
    )
    assert with_word == with_figure > without + 0.1
    asks_no_number = read_question("Why are the beams rotten?")
    rotten, closed = (
        assess(asks_no_number, [evidence(1.0, text=text)]) for text in ("Its beams are rotten.", "9 beams.")
    )
    assert rotten == closed
