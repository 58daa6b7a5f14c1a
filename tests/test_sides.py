from __future__ import annotations

import pytest

from qa.question import read_question
from qa.sides import split_sides

SPLIT = [
    (
        "What did Ana Roe, Ben Poe and Lia Doe each say about the pier?",
        [
            ("Ana Roe", "What did Ana Roe say about the pier?", "Ana Roe"),
            ("Ben Poe", "What did Ben Poe say about the pier?", "Ben Poe"),
            ("Lia Doe", "What did Lia Doe say about the pier?", "Lia Doe"),
        ],
    ),
    (
        "How do Roe and Poe justify the new deck?",
        [("Roe", "How do Roe justify the new deck?", "Roe"), ("Poe", "How do Poe justify the new deck?", "Poe")],
    ),
    (
        "How do anglers and young swimmers differ on the pier?",
        [("anglers", "anglers on the pier", None), ("young swimmers", "young swimmers on the pier", None)],
    ),
]


@pytest.mark.parametrize(("question", "sides"), SPLIT, ids=["a list", "two speakers", "two groups"])
def test_each_side_is_a_question_of_its_own(question: str, sides: list[tuple[str, str, str | None]]) -> None:
    found = split_sides(read_question(question))
    assert [(name, query.standalone, query.speaker) for name, query in found] == sides


def test_the_words_of_one_side_are_carried_to_the_other() -> None:
    (_, one), (_, other) = split_sides(
        read_question("How did Roe's plan for the deck differ from what Poe said he meant?")
    )
    assert (one.terms, one.carried) == (("roe", "plan", "deck"), ("poe", "meant"))
    assert (other.terms, other.carried) == (("poe", "meant"), ("roe", "plan", "deck"))
    assert (one.speaker, other.speaker) == ("Roe", None)


ONE = [
    "Did Roe and Poe meet?",
    "What did Roe say about Poe and Doe?",
    "What did Johnson and Johnson pay?",
    "How did the pier close?",
]


@pytest.mark.parametrize("question", ONE)
def test_one_question_stays_one(question: str) -> None:
    assert split_sides(read_question(question)) == []
