from __future__ import annotations

import re
from pathlib import Path

import pytest

from index.library import Library
from qa.ask import answer_question
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


def test_examples_of_the_seeds(seed_library: Library) -> None:
    assert example_questions(seed_library) == [
        "What did Dmitry Peskov say about Tartous?",
        "What did Donald Trump say about Russia?",
    ]


def test_examples_are_answered(seed_library: Library) -> None:
    for question in example_questions(seed_library):
        answer = answer_question(seed_library, question)
        topic = re.sub(r".* about |\?", "", question)
        assert answer.answered
        assert topic in answer.text


@pytest.mark.parametrize("count", [0, 1, 2, 9])
def test_no_more_than_asked_for(seed_library: Library, count: int) -> None:
    assert example_questions(seed_library, count) == example_questions(seed_library)[:count]


def test_the_same_for_the_same_articles(tmp_path: Path, make_library: MakeLibrary) -> None:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / "ferry.txt").write_text(FERRY)
    (seeds / "frost.txt").write_text(NOBODY)
    first = example_questions(make_library(seeds))
    assert first
    assert example_questions(make_library(seeds)) == first


def test_each_is_about_another_person(tmp_path: Path, make_library: MakeLibrary) -> None:
    """Marek Lind says three things about it."""
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / "ferry.txt").write_text(FERRY)
    assert example_questions(make_library(seeds)) == [
        "What did Marek Lind say about Marrow Island?",
        "What did Hana Sole say about Marrow Island?",
    ]


def test_none_where_nobody_speaks(tmp_path: Path, make_library: MakeLibrary) -> None:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / "frost.txt").write_text(NOBODY)
    assert example_questions(make_library(seeds)) == []


def test_none_of_an_index_of_nothing(tmp_path: Path, make_library: MakeLibrary) -> None:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / "ferry.txt").write_text(FERRY)
    assert example_questions(make_library(seeds, update=False)) == []
