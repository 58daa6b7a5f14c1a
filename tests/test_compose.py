from __future__ import annotations

from typing import Any

import pytest

from index.speech.people import Match
from index.values import Speaker
from qa.answer import Answer, Citation
from qa.compose import MAX_CITATIONS, Background, compose, number_citations
from qa.confidence import assess
from qa.evidence import Asked, Evidence, Side
from qa.question import read_question
from tests.made import QUERY, evidence


def test_citations_are_numbered_in_the_order_given() -> None:
    first, second = number_citations([evidence(1.0, position=2), evidence(0.5000000004, article="b.txt")])
    assert first == Citation(
        number=1,
        article_id="a.txt",
        digest="0" * 64,
        title="Title of a.txt",
        source="Northern News",
        author=None,
        published="2024-03-04",
        url=None,
        start=200,
        end=229,
        text="A new deck costs two million.",
        speaker=None,
        speech=None,
        statements=(),
        locator=None,
        gloss=None,
        words=None,
        context=False,
        score=0.99,
    )
    assert (second.number, second.article_id, second.score) == (2, "b.txt", 0.5)


def test_an_answer() -> None:
    found = [evidence(1.4, position=1), evidence(1.3, position=0)]
    answer = compose(Side(QUERY, found), limit=MAX_CITATIONS, min_confidence=0.5)
    assert answer == Answer(
        question="What did Duarte say about the pier?",
        answered=True,
        reason="",
        note="",
        text="Engineers found rot in nine beams. [1] The pier closed on Monday. [2]",
        citations=number_citations(found),
        closest=(),
        confidence=assess(QUERY, found),
        mode="extract",
        seconds=0.0,
    )


def test_a_refusal_offers_the_closest_and_cites_nothing() -> None:
    found = [evidence(-2.0, position=1), evidence(-2.1, position=0)]
    answer = compose(Side(QUERY, found), limit=MAX_CITATIONS, min_confidence=0.5)
    assert answer == Answer(
        question="What did Duarte say about the pier?",
        answered=False,
        reason="No sentence answers this. Looked for “Duarte” and “pier” together.",
        note="",
        text="No sentence answers this. Looked for “Duarte” and “pier” together.",
        citations=(),
        closest=number_citations(found[:1]),
        confidence=assess(QUERY, found),
        mode="extract",
        seconds=0.0,
    )


def test_nothing_is_refused_even_where_any_confidence_will_do() -> None:
    """An answer without a citation would not be an answer."""
    answer = compose(Side(QUERY, []), limit=MAX_CITATIONS, min_confidence=0.0)
    assert (answer.answered, answer.citations, answer.closest) == (False, (), ())


def test_a_citation_has_the_words_that_answer() -> None:
    found = [evidence(1.4, position=2, words=(17, 28)), evidence(1.3, position=0)]
    answer = compose(Side(QUERY, found), limit=MAX_CITATIONS, min_confidence=0.5)
    assert [(citation.text, citation.words) for citation in answer.citations] == [
        ("A new deck costs two million.", (17, 28)),
        ("The pier closed on Monday.", None),
    ]


def test_no_words_answer_in_what_is_no_answer() -> None:
    refused = compose(
        Side(QUERY, [evidence(-2.0, position=2, words=(17, 28))]), limit=MAX_CITATIONS, min_confidence=0.5
    )
    assert [(citation.text, citation.words) for citation in refused.closest] == [
        ("A new deck costs two million.", None)
    ]
    context = evidence(0.9, position=2, words=(17, 28))
    (citation,) = number_citations([context], context=[context])
    assert (citation.context, citation.words) == (True, None)


REASONS = [
    ("all of it is mentioned", [], "No sentence answers this. Looked for “Duarte” and “pier” together."),
    ("one word", ["borscht"], "The articles never mention “borscht”."),
    ("two words", ["Cook", "borscht"], "The articles never mention “Cook” or “borscht”."),
    ("three words", ["cook", "a", "soup"], "The articles never mention “cook”, “a” or “soup”."),
]


@pytest.mark.parametrize(("unmentioned", "reason"), [pytest.param(*case, id=why) for why, *case in REASONS])
def test_the_reason_of_a_refusal(unmentioned: list[str], reason: str) -> None:
    answer = compose(
        Side(QUERY, [evidence(-2.0)]), background=Background(unmentioned=unmentioned), limit=1, min_confidence=0.5
    )
    assert (answer.reason, answer.text) == (reason, reason)


DUARTE = Speaker("Inês Duarte", ("Duarte", "mayor"), names=("Inês Duarte", "Duarte"))
THEIRS: Any = {"spoken": 1.0, "speaker": "Duarte"}


def test_only_their_statements_where_a_speaker_is_asked_for() -> None:
    asked = Asked("Duarte", Match(DUARTE, exact=True))
    found = [
        evidence(2.0, position=1, on_topic=1.0, spoken=0.0, speaker="Ben Oake"),
        evidence(1.9, position=2, on_topic=1.0, **THEIRS),
    ]
    answer = compose(
        Side(QUERY, found, asked), background=Background(names={"Duarte": "Inês Duarte"}), limit=5, min_confidence=0.5
    )
    assert (answer.mode, answer.note) == ("quotes", "")
    assert [(citation.text, citation.speaker, citation.context) for citation in answer.citations] == [
        ("A new deck costs two million.", "Inês Duarte", False)
    ]


@pytest.mark.parametrize(("speaker", "mode"), [("Ben Oake", "quotes"), (None, "extract")])
def test_who_says_is_answered_with_the_speaker(speaker: str | None, mode: str) -> None:
    query = read_question("Who said that the deck is costly?")
    found = [evidence(2.0, position=2, speaker=speaker), evidence(1.9, position=1)]
    answer = compose(Side(query, found), limit=5, min_confidence=0.5)
    assert (answer.answered, answer.mode) == (True, mode)
    assert [(citation.text, citation.speaker) for citation in answer.citations] == [
        ("A new deck costs two million.", speaker),
        ("Engineers found rot in nine beams.", None),
    ]


def test_context_says_what_a_statement_is_about() -> None:
    asked = Asked("Duarte", Match(DUARTE, exact=True))
    found = [
        evidence(1.9, position=1, on_topic=1.0, text="He said that it will close.", **THEIRS),
        evidence(0.9, position=2, on_topic=1.0, spoken=0.05),
        evidence(0.8, position=0, on_topic=1.0, spoken=0.05),
    ]
    answer = compose(
        Side(QUERY, found, asked), background=Background(names={"Duarte": "Inês Duarte"}), limit=5, min_confidence=0.5
    )
    assert [(c.number, c.text, c.context, c.gloss) for c in answer.citations] == [
        (1, "He said that it will close.", False, (2, "Inês Duarte")),
        (2, "The pier closed on Monday.", True, None),
    ]


def test_refusals_of_statements() -> None:
    known, unknown = Asked("Duarte", Match(DUARTE, exact=True)), Asked("Oake", None)
    theirs = evidence(0.1, position=3, **THEIRS)
    answer = compose(Side(QUERY, [evidence(0.3, spoken=0.05), theirs], known), limit=5, min_confidence=0.5)
    assert answer.reason == "Inês Duarte is not quoted on the pier in these articles."
    assert [citation.text for citation in answer.closest] == ["Anglers will have to walk."]
    answer = compose(Side(QUERY, [evidence(0.3, spoken=0.05)], unknown), limit=5, min_confidence=0.5)
    assert answer.reason == "Oake is not quoted in these articles."


def test_a_refusal_shows_what_else_the_speaker_says() -> None:
    asked = Asked("Duarte", Match(DUARTE, exact=True))
    found = [
        evidence(0.9, position=6, spoken=0.0),  # someone else's
        evidence(0.5, position=0, **THEIRS),
        evidence(0.4, position=0, article="b.txt", **THEIRS),  # says the same thing
        *(evidence(0.3 - 0.01 * i, position=i, **THEIRS) for i in range(1, 4)),
    ]
    answer = compose(Side(QUERY, found, asked), limit=5, min_confidence=0.9)
    assert (answer.answered, answer.reason) == (False, "Inês Duarte is not quoted on the pier in these articles.")
    assert answer.citations == ()
    assert [(c.number, c.text) for c in answer.closest] == [
        (1, "The pier closed on Monday."),
        (2, "Engineers found rot in nine beams."),
        (3, "A new deck costs two million."),
    ]


def test_name_that_is_nearly_one_is_told() -> None:
    asked = Asked("Duart", Match(DUARTE, exact=False))
    answer = compose(Side(QUERY, [evidence(2.0, **THEIRS)], asked), limit=5, min_confidence=0.5)
    assert answer.note == "Nobody called “Duart” speaks in these articles; taken as Inês Duarte."


@pytest.mark.parametrize("min_confidence", [0.0, 1.0], ids=["any answer will do", "no answer is sure enough"])
def test_min_confidence(min_confidence: float) -> None:
    answer = compose(Side(QUERY, [evidence(0.9)]), limit=1, min_confidence=min_confidence)
    assert answer.answered == (min_confidence == 0.0)


def test_a_follow_up_says_how_it_was_understood() -> None:
    follow_up = read_question("And what did he say about gulls?", ["What did Duarte say about the pier?"])
    answer = compose(Side(follow_up, [evidence(1.4)]), limit=5, min_confidence=0.5)
    assert answer.note == "Understood as: “What did Duarte say about gulls?”"


DUARTE_SAYS = evidence(2.0, position=0, spoken=1.0, on_topic=1.0, speaker="Duarte")
OAKE_SAYS = evidence(1.9, position=1, article="b.txt", spoken=1.0, on_topic=1.0, speaker="Oake")
OAKE = Speaker("Ben Oake", ("Oake",), names=("Oake",))


def sides(*found: list[Evidence]) -> list[Side]:
    people = {"Duarte": DUARTE, "Oake": OAKE}
    return [
        Side(QUERY, evidence, Asked(name, Match(people[name], exact=True)), name)
        for name, evidence in zip(people, found, strict=True)
    ]


def test_each_side_is_answered() -> None:
    answer = compose(Side(QUERY, [DUARTE_SAYS]), sides([DUARTE_SAYS], [OAKE_SAYS]), limit=5, min_confidence=0.5)
    assert [citation.speaker for citation in answer.citations] == ["Duarte", "Oake"]
    assert (answer.answered, answer.note) == (True, "")
    assert answer.confidence == pytest.approx((assess(QUERY, [DUARTE_SAYS]) + assess(QUERY, [OAKE_SAYS])) / 2)


def test_a_side_without_an_answer_is_named() -> None:
    answer = compose(Side(QUERY, []), sides([DUARTE_SAYS], []), limit=5, min_confidence=0.5)
    assert [citation.speaker for citation in answer.citations] == ["Duarte"]
    assert answer.note == "Nothing on the record for Oake."


def test_more_sides_than_may_be_cited() -> None:
    answer = compose(Side(QUERY, []), sides([DUARTE_SAYS], [OAKE_SAYS]), limit=1, min_confidence=0.5)
    assert [citation.speaker for citation in answer.citations] == ["Duarte"]
    assert answer.note == ""  # nothing can be said of the other


def test_what_the_articles_differ_on_is_dated_and_the_newest_first() -> None:
    how_many = read_question("How many people did the storm kill?")
    first = evidence(1.6, text="The storm killed 12 people.", on_topic=1.0, published="2024-03-04")
    later = evidence(1.5, article="b.txt", text="The storm killed 19 people.", on_topic=1.0, published="2024-03-09")
    answer = compose(Side(how_many, [first, later]), limit=5, min_confidence=0.5)
    assert [citation.published for citation in answer.citations] == ["2024-03-09", "2024-03-04"]
    assert answer.note == "The articles differ on this; the newest comes first."
    assert compose(Side(how_many, [first, later]), limit=5, min_confidence=1.0).note == ""  # a refusal shows neither


def test_a_sentence_that_points_back_brings_the_one_before_it() -> None:
    best = evidence(1.6, position=1, text="It was closed on Monday.")
    before = evidence(1.6, position=0)
    answer = compose(
        Side(read_question("When was the pier closed?"), [best]),
        background=Background(find_preceding=lambda found: before if found == best else None),
        limit=5,
        min_confidence=0.5,
    )
    assert [(citation.text, citation.context) for citation in answer.citations] == [
        ("It was closed on Monday.", False),
        ("The pier closed on Monday.", True),
    ]


def test_others_of_the_name_who_speak_often_are_named() -> None:
    asked = Asked("Duarte", Match(DUARTE, exact=True), rivals=("Rui Duarte", "Lia Duarte"))
    answer = compose(Side(QUERY, [DUARTE_SAYS], asked), limit=5, min_confidence=0.5)
    assert answer.note == "“Duarte” was taken as Inês Duarte; Rui Duarte and Lia Duarte speak here too."


def test_a_pronoun_of_two_is_not_guessed_at() -> None:
    follow_up = read_question("Why did he leave?", ["What did Ben Oake say about Rui Duarte?"])
    answer = compose(Side(follow_up, [evidence(1.6)]), limit=5, min_confidence=0.5)
    assert "“he” may mean Ben Oake or Rui Duarte: name the one you mean." in answer.note


def test_a_name_that_was_respelled_is_told() -> None:
    answer = compose(
        Side(QUERY, [evidence(2.0)]),
        background=Background(respelled={"Quaysyde": "Quayside"}),
        limit=5,
        min_confidence=0.5,
    )
    assert answer.note == "The articles never mention “Quaysyde”; taken as “Quayside”."
