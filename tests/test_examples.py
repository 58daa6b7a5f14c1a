from __future__ import annotations

import re
from pathlib import Path

import pytest

from index.library import Library
from qa.answer import Answer
from qa.ask import answer_question
from qa.confidence import LIKELY
from qa.examples import example_questions
from tests.conftest import MakeLibrary

FERRY = """\
LOWLAND, March 6 (Northern News): The night ferry to Marrow Island will stop in June, its owner announced.
The owner, Marek Lind, said the boats to Marrow Island, which has no bridge, burn too much fuel.
“Marrow Island has lost two million last year,” Marek Lind said. Marek Lind said Marrow Island is small.
The doctor Hana Sole warned that patients on Marrow Island will have no way to the hospital.
"""
NOBODY = """\
The frost came in the last week of April and killed most of the blossom in the Vale of Marrow.
The harvest in the Vale of Marrow is the smallest in ten years.
"""


def examples(library: Library, count: int = 4) -> list[str]:
    return example_questions(library, ask=lambda question: answer_question(library, question), count=count)


@pytest.fixture
def ferry(tmp_path: Path, make_library: MakeLibrary) -> Library:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / "ferry.txt").write_text(FERRY)
    (seeds / "frost.txt").write_text(NOBODY)
    return make_library(seeds)


def test_examples_of_the_seeds(seed_library: Library) -> None:
    assert examples(seed_library) == [
        "What did Dmitry Peskov say about Ukraine?",
        "What did Donald Trump say about Russia?",
        "What did Vladimir Putin say about NATO?",
    ]


def test_examples_are_answered(seed_library: Library) -> None:
    for question in examples(seed_library):
        answer = answer_question(seed_library, question)
        topic = re.sub(r".* about |\?", "", question)
        assert answer.confidence >= LIKELY
        assert topic in answer.citations[0].text
        assert answer.citations[0].speaker in question


@pytest.mark.parametrize("count", [0, 1, 2, 9])
def test_no_more_than_asked_for(seed_library: Library, count: int) -> None:
    assert examples(seed_library, count) == examples(seed_library, 9)[:count]


def test_the_same_for_the_same_articles(ferry: Library, make_library: MakeLibrary) -> None:
    first = examples(ferry)
    assert first
    assert examples(make_library(ferry.settings.seeds)) == first


def test_each_is_about_another_person_and_topic(ferry: Library) -> None:
    """Marek Lind and Hana Sole both speak of Marrow Island."""
    assert examples(ferry) == ["What did Hana Sole say about Marrow Island?"]


def test_who_speaks_in_most_articles_comes_first(tmp_path: Path, make_library: MakeLibrary) -> None:
    (tmp_path / "0.txt").write_text(
        "Ann Hale said " + "that the port of Lowland is full. Ann Hale said ".join([""] * 9) + "no."
    )
    for i in range(1, 4):
        (tmp_path / f"{i}.txt").write_text(f"Ben Ruiz said in speech {i} that the harbour of Eastmoor is too small.")
    assert examples(make_library(tmp_path))[0] == "What did Ben Ruiz say about Eastmoor?"


def test_none_is_offered_that_is_not_answered(seed_library: Library) -> None:
    asked: list[str] = []

    def refuse(question: str) -> Answer:
        asked.append(question)
        return answer_question(seed_library, "How do I make borscht?")

    assert example_questions(seed_library, ask=refuse) == []
    assert 3 <= len(asked) <= 16


def test_it_ends_with_what_its_pauses_raise(seed_library: Library) -> None:
    def end() -> None:
        raise KeyError("nobody wants to know")

    with pytest.raises(KeyError):
        example_questions(seed_library, ask=lambda question: answer_question(seed_library, question), pause=end)


def test_none_where_nobody_speaks(tmp_path: Path, make_library: MakeLibrary) -> None:
    (tmp_path / "frost.txt").write_text(NOBODY)
    assert examples(make_library(tmp_path)) == []


def test_none_of_an_index_of_nothing(tmp_path: Path, make_library: MakeLibrary) -> None:
    (tmp_path / "ferry.txt").write_text(FERRY)
    assert examples(make_library(tmp_path, update=False)) == []
