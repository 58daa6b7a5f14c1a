"""Answers to the project's own questions, in `tests/quality/`, are no worse than they were."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from index.reading.text import read_article
from index.sentences.splitting import sentences_of
from qa.evaluate import Evaluation, Scores, evaluate_library, measure
from qa.gold import load_questions
from tests.bench.attribution import judge_all, load_gold
from tests.conftest import MakeLibrary
from ui.text.evaluation import evaluation_text

QUALITY = Path(__file__).parent / "quality"
ARTICLES, QUESTIONS, SPEAKERS = QUALITY / "articles", QUALITY / "questions.jsonl", QUALITY / "speakers.jsonl"

# Which questions, which figure, what was measured, and what it is held to: 0.03 less (wrong refusals: more) over 80 or
# more questions, two questions less over fewer. When answers improve, measure again (`make quality`) and raise both.
HELD = (
    ("all", "score", 0.719, 0.689),
    ("all", "hit_at_1", 0.675, 0.645),
    ("all", "hit_at_3", 0.838, 0.808),
    ("all", "all_at_5", 0.812, 0.782),
    ("all", "precision", 0.647, 0.617),
    ("all", "refused_right", 0.750, 0.650),
    ("all", "refused_wrong", 0.100, 0.130),
    ("all", "auroc", 0.901, 0.871),
    ("all", "verbatim", 1.000, 1.000),
    ("hard", "score", 0.631, 0.593),
    ("hard", "hit_at_3", 0.732, 0.683),
    ("said", "score", 0.829, 0.704),
    ("said", "hit_at_3", 0.875, 0.750),
    ("fact", "score", 0.714, 0.547),
    ("fact", "hit_at_3", 0.917, 0.750),
)


def fold(text: str) -> str:
    return " ".join(text.split())


def test_every_gold_text_is_a_sentence_of_its_article() -> None:
    sentences = {}
    for path in sorted(ARTICLES.glob("*/*")):
        article = read_article(path, ARTICLES, max_bytes=10**6)
        sentences |= {(article.id, fold(sentence.text)): sentence for sentence in sentences_of(article)}
    gold = {
        (stretch.article_id, fold(stretch.text or ""))
        for question in load_questions(QUESTIONS)
        for group in (*question.evidence, question.relevant)
        for stretch in group
    }
    assert gold - set(sentences) == set()
    speakers = {
        (row["article"], text): (start, end)
        for row in map(json.loads, SPEAKERS.read_text(encoding="utf-8").splitlines())
        for start, end, _, text in row["sentences"]
    }
    offsets = {key: (sentences[key].start, sentences[key].end) for key in speakers if key in sentences}
    assert offsets == speakers


def scores_of(found: Evaluation) -> dict[str, Scores]:
    """All questions, the hard ones, and those of each type."""
    lines = map(json.loads, QUESTIONS.read_text(encoding="utf-8").splitlines())
    hard = {line["id"] for line in lines if "hard" in line}
    return {
        "all": found.overall,
        "hard": measure([outcome for outcome in found.outcomes if outcome.question.id in hard]),
        **found.by_type,
    }


@pytest.mark.slow
def test_answers_are_no_worse(make_library: MakeLibrary) -> None:
    found = evaluate_library(make_library(ARTICLES), load_questions(QUESTIONS))
    scores = scores_of(found)
    worse = []
    for questions, figure, measured, held in HELD:
        value = getattr(scores[questions], figure)
        if value > held if figure == "refused_wrong" else value < held:
            worse.append(f"{questions}: {figure} is {value:.3f}. It was {measured:.3f} and is held to {held:.3f}.")
    assert not worse, "\n".join([*worse, "", evaluation_text(found, width=None)])


@pytest.mark.slow
def test_speakers_are_no_worse() -> None:
    judged = judge_all(ARTICLES, load_gold(SPEAKERS))
    named = [row for row in judged if any(one.has_name and one.source == "person" for one in row.ours[:1])]
    spoken = [row for row in judged if any(source.has_name for source in row.gold)]
    right = [row for row in judged if row.outcome == "right"]
    precision, recall = len(right) / len(named), len(right) / len(spoken)  # measured: 0.958, 0.930
    wrong = [
        f"{row.speaker} for {[source.name for source in row.gold]}: {row.text}"
        for row in judged
        if row.outcome not in ("right", "fine")
    ]
    assert precision >= 0.94 and recall >= 0.91, "\n".join([f"{precision:.3f}, {recall:.3f}", *wrong])
