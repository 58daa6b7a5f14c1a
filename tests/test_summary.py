from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from index.library import Library
from qa.ask import answer_question
from qa.boilerplate import is_prose
from qa.filters import Filters
from qa.summary import find_by_title, summarise_article, summarise_news
from tests.conftest import MakeLibrary

ARTICLES = Path(__file__).parent / "quality" / "articles"
LEVY = "politics/fuel-levy-vote.txt"


@pytest.fixture(scope="module")
def library(make_shared_library: MakeLibrary) -> Library:
    return make_shared_library(ARTICLES)


def test_an_article_in_a_few_sentences(library: Library) -> None:
    """Its lead, and what is new further on, in the article's order; nobody's own words."""
    with library.reading():
        chosen = summarise_article(library, library.records[LEVY])
    places = [evidence.sentence.position for evidence in chosen]
    assert places == sorted(places)
    assert len(places) == 3
    assert "voted 71 to 64" in chosen[0].sentence.text
    assert not [evidence for evidence in chosen if evidence.sentence.speech == "direct"]


def test_no_longer_than_asked_for(library: Library) -> None:
    with library.reading():
        assert len(summarise_article(library, library.records[LEVY], limit=1)) == 1
        assert len(summarise_article(library, library.records[LEVY], limit=9)) == 9


@pytest.mark.parametrize(
    ("question", "filters"),
    [
        pytest.param("Summarise this article", Filters(article=LEVY), id="an article that the question is narrowed to"),
        pytest.param("What is this article about?", Filters(article=LEVY), id="asked otherwise"),
        pytest.param(
            "Summarise “Caldrian parliament passes harbour fuel levy after all-night debate”", Filters(), id="a title"
        ),
        pytest.param("please summarise the article about the all-night debate", Filters(), id="words of a title"),
    ],
)
def test_a_summary_is_an_answer(library: Library, question: str, filters: Filters) -> None:
    answer = answer_question(library, question, filters=filters)
    assert (answer.answered, answer.mode) == (True, "summary")
    assert {citation.article_id for citation in answer.citations} == {LEVY}
    assert answer.text == " ".join(f"{citation.text} [{citation.number}]" for citation in answer.citations)
    for citation in answer.citations:
        assert library.article(LEVY).text[citation.start : citation.end] == citation.text


def test_which_article(library: Library) -> None:
    """Two or more may be meant, and the program asks back in its own words."""
    answer = answer_question(library, "Summarise this article")
    assert (answer.mode, answer.citations) == ("help", ())
    assert answer.text.startswith("Which article?")


def test_a_title_that_is_not_there_is_a_question(library: Library) -> None:
    assert answer_question(library, "Summarise the borscht festival").mode == "extract"
    with library.reading():
        assert find_by_title(library, "harbour") is None
        assert find_by_title(library, "?") is None


def test_what_is_new(library: Library) -> None:
    newest = date(2025, 3, 14)
    with library.reading():
        today, note = summarise_news(library, Filters(), 1, newest)
        later, later_note = summarise_news(library, Filters(), 1, date(2025, 4, 1))
        weeks, _ = summarise_news(library, Filters(), 31, newest)
    assert [evidence.record.published for evidence in today] == ["2025-03-14"]
    assert note == "Chosen from 1 article."
    assert later == today
    assert later_note == "No article is from today; the newest day is 14 March 2025. Chosen from 1 article."
    assert {evidence.record.published[:7] for evidence in weeks if evidence.record.published} >= {"2025-03"}
    assert len({evidence.record.id for evidence in weeks}) == len(weeks)


def test_what_is_new_since_a_date(library: Library) -> None:
    answer = answer_question(library, "What's new?", filters=Filters(since="2024-12", until="2025-02"))
    assert answer.mode == "summary"
    assert {citation.published for citation in answer.citations} == {"2024-12-03", "2024-12-12", "2025-02-06"}


def test_what_is_new_where_nothing_is_dated(seed_library: Library) -> None:
    answer = answer_question(seed_library, "What is new today?")
    assert (answer.mode, answer.citations) == ("help", ())
    assert "has a full date" in answer.text


PROSE = [
    ("a statement", "The council approved the barrier on Tuesday.", True),
    ("a quotation", "“We have two years to prove it,” he said.", True),
    ("the title", "A barrier for the old town, at last.", False),
    ("a heading", "Seven things to know about the barrier", False),
    ("a scrap", "It is cold.", False),
    ("a caption", "The barrier seen from the air in March (Getty Images).", False),
    ("an invitation", "Sign up for our newsletter on the old town here.", False),
    ("a tag", '<tweet id="1"> The barrier is a gift to the town.', False),
]


@pytest.mark.parametrize(("text", "is_so"), [pytest.param(*case, id=reason) for reason, *case in PROSE])
def test_prose(text: str, is_so: bool) -> None:
    assert is_prose(text, "A barrier for the old town, at last") is is_so
