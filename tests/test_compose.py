from __future__ import annotations

import random
from typing import Any

import pytest

from index.people import Match, Speaker
from index.sentences import Sentence
from index.store import ArticleRecord
from qa.answer import Answer, Citation
from qa.compose import (
    MARGINS,
    MAX_CITATIONS,
    ON_TOPIC_SHARE,
    STATEMENT_MARGINS,
    Asked,
    answer_first,
    assess,
    compose,
    number_citations,
    select,
)
from qa.question import read_question
from qa.retrieve import Evidence

QUERY = read_question("What did Duarte say about the pier?")
TEXTS = [
    "The pier closed on Monday.",
    "Engineers found rot in nine beams.",
    "A new deck costs two million.",
    "Anglers will have to walk.",
    "The kiosk sells tea until June.",
    "Gulls do not mind.",
    "Lowland waits for spring.",
]


def evidence(
    score: float,
    *,
    position: int = 0,
    article: str = "a.txt",
    text: str | None = None,
    on_topic: float = 0.0,
    spoken: float | None = None,
    named: float = 0.0,
    missing: float = 0.0,
    speaker: str | None = None,
) -> Evidence:
    """Evidence of that score, which its cosine makes up."""
    if spoken is None:
        context = (score - 0.4 * named - 0.3 * on_topic) / 1.2
    else:
        context = (score - 0.4 * named - 0.6 * on_topic - 0.35 * spoken) / 0.8
    text = TEXTS[position] if text is None else text
    return Evidence(
        sentence=Sentence(
            article_id=article,
            position=position,
            start=100 * position,
            end=100 * position + len(text),
            text=text,
            speaker=speaker,
            speech="indirect" if speaker else None,
        ),
        record=ArticleRecord(
            id=article,
            file=article,
            digest="0" * 64,
            sentences=9,
            title=f"Title of {article}",
            source="Northern News",
            author=None,
            published="2024-03-04",
            place=None,
            url=None,
            body=0,
            speakers="[]",
        ),
        context=context,
        named_near=0.0,
        named_in_article=named,
        missing=missing,
        on_topic=on_topic,
        spoken=spoken,
    )


def test_select_stops_at_the_limit() -> None:
    candidates = [evidence(1.0 - 0.01 * i, position=i) for i in range(6)]
    assert [select(candidates, limit=limit) for limit in (1, 3, 9)] == [candidates[:1], candidates[:3], candidates]


def test_select_takes_the_best_of_any_score() -> None:
    (best,) = select([evidence(-0.5)], limit=5)
    assert best == evidence(-0.5)


def test_select_of_nothing_is_nothing() -> None:
    assert select([], limit=5) == []


def test_select_allows_more_within_the_article_of_the_best() -> None:
    best = evidence(1.0)
    inside = evidence(1.0 - MARGINS[0] + 0.001, position=1)
    outside = evidence(1.0 - MARGINS[1] + 0.001, position=2, article="b.txt")
    too_far_outside = evidence(1.0 - MARGINS[1] - 0.001, position=3, article="b.txt")
    too_far_inside = evidence(1.0 - MARGINS[0] - 0.001, position=4)
    candidates = [best, outside, too_far_outside, inside, too_far_inside]
    assert select(candidates, limit=5) == [best, outside, inside]


def test_select_drops_what_repeats_another_article() -> None:
    first = evidence(1.0, text="The council closed the wooden pier at Quayside on Monday after a storm.")
    wire_copy = evidence(
        0.99, article="b.txt", text="The Council closed the wooden pier at Quayside on Monday, after the storm."
    )
    other = evidence(0.98, article="b.txt", position=1, text="The council closed the library on Monday.")
    assert select([first, wire_copy, other], limit=5) == [first, other]


def test_select_keeps_to_the_topic_and_the_speaker_where_one_is_asked_for() -> None:
    best = evidence(1.0, on_topic=1.0, spoken=1.0)
    near = evidence(0.99, position=1, on_topic=ON_TOPIC_SHARE + 0.01, spoken=1.0)
    off = evidence(0.98, position=2, on_topic=ON_TOPIC_SHARE - 0.01, spoken=1.0)
    unsure = evidence(0.97, position=3, on_topic=1.0, spoken=0.5)
    far = evidence(1.0 - STATEMENT_MARGINS[0] + 0.001, position=4, on_topic=1.0, spoken=1.0)
    assert select([best, near, off, unsure, far], limit=5) == [best, near, far]


def test_select_minds_the_topic_only_where_somebody_speaks() -> None:
    best, off = evidence(1.0, on_topic=1.0), evidence(0.98, position=2)
    assert select([best, off], limit=5) == [best, off]


def test_answer_comes_first_and_then_what_goes_on_from_it() -> None:
    chosen = [
        evidence(1.0, position=2, article="z.txt"),
        evidence(0.9, position=3, article="a.txt"),
        evidence(0.8, position=4, article="z.txt"),
        evidence(0.7, position=1, article="z.txt"),
        evidence(0.6, position=3, article="z.txt"),
    ]
    assert [(e.sentence.article_id, e.sentence.position) for e in answer_first(chosen)] == [
        ("z.txt", 2),
        ("z.txt", 3),
        ("z.txt", 4),
        ("a.txt", 3),
        ("z.txt", 1),
    ]


def test_citations_are_numbered_in_the_order_given() -> None:
    first, second = number_citations([evidence(1.0, position=2), evidence(0.5000000004, article="b.txt")], {})
    assert first == Citation(
        number=1,
        article_id="a.txt",
        title="Title of a.txt",
        source="Northern News",
        published="2024-03-04",
        url=None,
        start=200,
        end=229,
        text="A new deck costs two million.",
        speaker=None,
        speech=None,
        gloss=None,
        context=False,
        score=1.0,
    )
    assert (second.number, second.article_id, second.score) == (2, "b.txt", 0.5)


def test_an_answer() -> None:
    found = [evidence(1.4, position=1, named=1.0), evidence(1.3, position=0, named=1.0)]
    answer = compose(QUERY, found, [], limit=MAX_CITATIONS, min_confidence=0.5)
    assert answer == Answer(
        question="What did Duarte say about the pier?",
        answered=True,
        reason="",
        note="",
        text="Engineers found rot in nine beams. [1] The pier closed on Monday. [2]",
        citations=number_citations(found, {}),
        closest=(),
        confidence=assess(QUERY, found),
        mode="extract",
        seconds=0.0,
    )


def test_a_refusal_offers_the_closest_and_cites_nothing() -> None:
    found = [evidence(0.3, position=1), evidence(0.2, position=0)]
    answer = compose(QUERY, found, [], limit=MAX_CITATIONS, min_confidence=0.5)
    assert answer == Answer(
        question="What did Duarte say about the pier?",
        answered=False,
        reason="Nothing in the articles is close enough to answer this.",
        note="",
        text="Nothing in the articles is close enough to answer this.",
        citations=(),
        closest=number_citations(found[:1], {}),
        confidence=assess(QUERY, found),
        mode="extract",
        seconds=0.0,
    )


def test_nothing_is_refused_even_where_any_confidence_will_do() -> None:
    """An answer without a citation would be none."""
    answer = compose(QUERY, [], [], limit=MAX_CITATIONS, min_confidence=0.0)
    assert (answer.answered, answer.citations, answer.closest) == (False, (), ())


REASONS = [
    ("all of it is mentioned", [], "Nothing in the articles is close enough to answer this."),
    ("one word", ["borscht"], "The articles never mention “borscht”."),
    ("two words", ["Cook", "borscht"], "The articles never mention “Cook” or “borscht”."),
    ("three words", ["cook", "a", "soup"], "The articles never mention “cook”, “a” or “soup”."),
]


@pytest.mark.parametrize(("unmentioned", "reason"), [pytest.param(*case, id=why) for why, *case in REASONS])
def test_the_reason_of_a_refusal(unmentioned: list[str], reason: str) -> None:
    answer = compose(QUERY, [evidence(0.3)], unmentioned, limit=1, min_confidence=0.5)
    assert (answer.reason, answer.text) == (reason, reason)


DUARTE = Speaker("Inês Duarte", ("Duarte", "mayor"), names=("Inês Duarte", "Duarte"))
THEIRS: Any = {"spoken": 1.0, "speaker": "Duarte"}


def test_only_their_statements_where_a_speaker_is_asked_for() -> None:
    asked = Asked("Duarte", Match(DUARTE, exact=True))
    found = [
        evidence(2.0, position=1, on_topic=1.0, spoken=0.0, speaker="Ben Oake"),
        evidence(1.9, position=2, on_topic=1.0, named=1.0, **THEIRS),
    ]
    answer = compose(QUERY, found, [], asked=asked, names={"Duarte": "Inês Duarte"}, limit=5, min_confidence=0.5)
    assert (answer.mode, answer.note) == ("quotes", "")
    assert [(citation.text, citation.speaker, citation.context) for citation in answer.citations] == [
        ("A new deck costs two million.", "Inês Duarte", False)
    ]


@pytest.mark.parametrize(("speaker", "mode"), [("Ben Oake", "quotes"), (None, "extract")])
def test_who_says_is_answered_with_the_speaker(speaker: str | None, mode: str) -> None:
    query = read_question("Who said that the deck is costly?")
    found = [evidence(2.0, position=2, named=1.0, speaker=speaker), evidence(1.9, position=1, named=1.0)]
    answer = compose(query, found, [], limit=5, min_confidence=0.5)
    assert (answer.answered, answer.mode) == (True, mode)
    assert [(citation.text, citation.speaker) for citation in answer.citations] == [
        ("A new deck costs two million.", speaker),
        ("Engineers found rot in nine beams.", None),
    ]


def test_context_says_what_a_statement_is_about() -> None:
    asked = Asked("Duarte", Match(DUARTE, exact=True))
    found = [
        evidence(1.9, position=1, on_topic=1.0, named=1.0, text="He said that it will close.", **THEIRS),
        evidence(0.9, position=2, on_topic=1.0, spoken=0.05),
        evidence(0.8, position=0, on_topic=1.0, spoken=0.05),
    ]
    answer = compose(QUERY, found, [], asked=asked, names={"Duarte": "Inês Duarte"}, limit=5, min_confidence=0.5)
    assert [(c.number, c.text, c.context, c.gloss) for c in answer.citations] == [
        (1, "He said that it will close.", False, (2, "Inês Duarte")),
        (2, "The pier closed on Monday.", True, None),
    ]


def test_refusals_of_statements() -> None:
    known, unknown = Asked("Duarte", Match(DUARTE, exact=True)), Asked("Oake", None)
    theirs = evidence(0.1, position=3, **THEIRS)
    answer = compose(QUERY, [evidence(0.3, spoken=0.05), theirs], [], asked=known, limit=5, min_confidence=0.5)
    assert answer.reason == "Inês Duarte is not quoted on the pier in these articles."
    assert [citation.text for citation in answer.closest] == ["Anglers will have to walk."]
    answer = compose(QUERY, [evidence(0.3, spoken=0.05)], [], asked=unknown, limit=5, min_confidence=0.5)
    assert answer.reason == "Oake is not quoted in these articles."


def test_a_refusal_shows_what_else_the_speaker_says() -> None:
    asked = Asked("Duarte", Match(DUARTE, exact=True))
    found = [
        evidence(0.9, position=6, spoken=0.05),
        evidence(0.5, position=0, **THEIRS),
        evidence(0.4, position=0, article="b.txt", **THEIRS),  # says the same
        *(evidence(0.3 - 0.01 * i, position=i, **THEIRS) for i in range(1, 4)),
    ]
    answer = compose(QUERY, found, [], asked=asked, limit=5, min_confidence=0.9)
    assert (answer.answered, answer.reason) == (False, "Inês Duarte is not quoted on the pier in these articles.")
    assert answer.citations == ()
    assert [(c.number, c.text) for c in answer.closest] == [
        (1, "The pier closed on Monday."),
        (2, "Engineers found rot in nine beams."),
        (3, "A new deck costs two million."),
    ]


def test_name_that_is_nearly_one_is_told() -> None:
    asked = Asked("Duart", Match(DUARTE, exact=False))
    answer = compose(QUERY, [evidence(2.0, named=1.0, **THEIRS)], [], asked=asked, limit=5, min_confidence=0.5)
    assert answer.note == "Nobody called “Duart” speaks in these articles; taken as Inês Duarte."


@pytest.mark.parametrize("min_confidence", [0.0, 1.0], ids=["any answer will do", "no answer is sure enough"])
def test_min_confidence(min_confidence: float) -> None:
    answer = compose(QUERY, [evidence(0.9, named=0.5)], [], limit=1, min_confidence=min_confidence)
    assert answer.answered == (min_confidence == 0.0)


def test_assess_is_a_probability() -> None:
    dice = random.Random(7)
    for _ in range(200):
        assert 0.0 <= assess(QUERY, [evidence(dice.uniform(-3, 3), named=dice.random())]) <= 1.0


def test_assess_of_nothing_is_0() -> None:
    assert assess(QUERY, []) == 0.0


def test_assess_rises_with_what_the_article_names() -> None:
    by_cosine = [assess(QUERY, [evidence(score)]) for score in (-1.0, 0.0, 0.5, 1.2)]
    by_names = [
        assess(QUERY, [Evidence(**{**vars(evidence(0.6)), "named_in_article": named})]) for named in (0.0, 0.5, 1.0)
    ]
    assert by_cosine == sorted(set(by_cosine))
    assert by_names == sorted(set(by_names))


def test_assess_falls_with_a_rare_word_that_is_missing() -> None:
    by_missing = [assess(QUERY, [evidence(1.0, missing=missing)]) for missing in (0.0, 0.4, 1.0)]
    assert by_missing == sorted(by_missing, reverse=True)
    assert by_missing[0] > by_missing[2] + 0.1


def test_assess_wants_a_number_where_one_is_asked_for() -> None:
    how_many = read_question("How many beams does the pier have?")
    assert how_many.wants == "number"
    with_word, with_figure, without = (
        assess(how_many, [evidence(1.0, text=text)])
        for text in ("It has nine beams.", "It has 9 beams.", "Its beams are rotten.")
    )
    assert with_word == with_figure > without + 0.1
    assert assess(QUERY, [evidence(1.0, text="Its beams are rotten.")]) == with_word


def test_a_follow_up_says_how_it_was_understood() -> None:
    follow_up = read_question("And what did he say about gulls?", ["What did Duarte say about the pier?"])
    answer = compose(follow_up, [evidence(1.4, named=1.0)], [], limit=5, min_confidence=0.5)
    assert answer.note == "Understood as: “What did Duarte say about gulls?”"
