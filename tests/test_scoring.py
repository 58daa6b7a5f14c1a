from __future__ import annotations

from pathlib import Path

import pytest

from index.library import Library
from qa import scoring
from qa.evidence import Evidence
from qa.question import read_question
from qa.retrieve import retrieve
from qa.scoring import CONTINUED, FEATURES, PREFERENCES, Candidates, Feature
from tests.conftest import MakeLibrary

PIER = """\
The pier at Quayside is closed because of rot, Mayor Ines Duarte said on Monday.
“It is older than the town,” she added.
The council meets on Friday.
"""


@pytest.fixture
def town(tmp_path: Path, make_library: MakeLibrary) -> Library:
    (tmp_path / "pier.txt").write_text(PIER, encoding="utf-8")
    return make_library(tmp_path)


def in_order(library: Library, question: str, *names: str) -> list[Evidence]:
    """Evidence for a question, in the order of the article."""
    return sorted(retrieve(library, read_question(question), names), key=lambda found: found.sentence.position)


def test_each_feature_has_one_name() -> None:
    names = [feature.name for feature in (*FEATURES, *PREFERENCES)]
    assert len(set(names)) == len(names)


def test_an_ordinary_question(town: Library) -> None:
    closed, _, council = in_order(town, "Why is the pier closed?")
    assert closed.features == pytest.approx(
        {
            "named_near": 1.0,
            "named_in_article": 1.0,
            "context": closed.features["context"],
            "on_topic": 1.0,
            "name_not_in_article": 0.0,
            "known_speaker": 0.0,
            "wanted": 1.0,
            "continues": 0.0,
            "quoted": 0.0,
        },
        abs=1e-6,
    )
    assert closed.relevance == pytest.approx(0.3 + 0.4 + 1.2 * closed.features["context"] + 0.3)
    assert closed.preference == 0.1
    assert closed.spoken is None
    assert (council.features["wanted"], council.preference) == (0.0, 0.0)


def test_a_question_for_somebodys_words(town: Library) -> None:
    closed, older, council = in_order(town, "What did Ines Duarte say about the pier?", "Ines Duarte")
    assert (closed.spoken, older.spoken) == (1.0, 1.0)
    assert council.spoken == 0.05
    # "It" goes on from what she said first.
    assert older.features["on_topic"] == pytest.approx(CONTINUED)
    assert older.relevance == pytest.approx(
        0.3 * older.features["named_near"]
        + 0.4 * older.features["named_in_article"]
        + 0.8 * older.features["context"]
        + 0.6 * older.features["on_topic"]
        + 0.35
    )
    assert (closed.preference, older.preference, council.preference) == (0.0, 0.01, 0.0)


@pytest.mark.parametrize(("question", "missing"), [("Did Ines Duarte close it in 1911?", True), ("Did Duarte?", False)])
def test_names_and_figures_that_the_article_does_not_have(town: Library, question: str, missing: bool) -> None:
    assert {found.features["name_not_in_article"] > 0 for found in in_order(town, question)} == {missing}


def test_a_row_of_the_table_is_all_that_a_new_feature_needs(town: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def measure_last(candidates: Candidates) -> dict[str, float]:
        last = max(sentence.position for _, sentence, _, _ in candidates.found)
        return {key: float(sentence.position == last) for key, sentence, _, _ in candidates.found}

    question = read_question("Why is the pier closed?")
    assert retrieve(town, question)[0].sentence.position == 0
    monkeypatch.setattr(scoring, "FEATURES", (*FEATURES, Feature("last", 5.0, 0.0, measure_last)))
    best = retrieve(town, question)[0]
    assert (best.sentence.position, best.features["last"]) == (2, 1.0)
    asked = read_question("What did Ines Duarte say about the pier?")
    assert retrieve(town, asked, ["Ines Duarte"])[0].sentence.position == 0
