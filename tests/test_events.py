from __future__ import annotations

import pytest

from index.library import Library
from index.speech.telling import tell_events
from qa.ask import answer_question
from qa.events import Event, find_events
from qa.filters import Filters
from qa.question import read_question
from tests.conftest import MakeLibrary

ARTICLES = {
    "vote": "2024-03-06\nThe council of Lowmouth approved the tidal barrier on Tuesday by 19 votes to 12.\n"
    "The mayor, Odd Lind, said the tidal barrier would save the old town.\n",
    "wire": "2024-03-08\nThe council of Lowmouth approved the tidal barrier on Tuesday by 19 votes to 12.\n",
    "halt": "2024-05-20\nA court halted the tidal barrier of Lowmouth on Friday because of the seals.\n"
    "The council of Lowmouth had approved the tidal barrier on March 5 by 19 votes to 12.\n"
    "“The tidal barrier killed nobody,” Odd Lind said.\n",
    "start": "2024-09-02\nBuilders drove the first pile of the tidal barrier into the bed of the Lowmouth today.\n"
    "The tidal barrier of Lowmouth will open in 2027.\n",
    "frost": "2024-04-20\nThe frost killed most of the blossom in the Vale of Marrow on Friday.\n",
}
BARRIER = [
    ("2024-03-05", "The council of Lowmouth approved the tidal barrier on Tuesday by 19 votes to 12."),
    ("2024-05-17", "A court halted the tidal barrier of Lowmouth on Friday because of the seals."),
    ("2024-09-02", "Builders drove the first pile of the tidal barrier into the bed of the Lowmouth today."),
]


@pytest.fixture(scope="module")
def barrier(tmp_path_factory: pytest.TempPathFactory, make_shared_library: MakeLibrary) -> Library:
    seeds = tmp_path_factory.mktemp("seeds")
    for name, text in ARTICLES.items():
        published, _, rest = text.partition("\n")
        (seeds / f"city-wire_{published}_{name}.txt").write_text(rest)
    return make_shared_library(seeds)


def dated(events: list[Event]) -> list[tuple[str, str]]:
    return [(event.when, event.evidence.sentence.text) for event in events]


def test_what_happened_is_told_once_and_in_order(barrier: Library) -> None:
    """Neither wire copy nor a paragraph that retells it, nor what is only said or planned."""
    with barrier.reading():
        assert dated(find_events(barrier, read_question("the tidal barrier"), None)) == BARRIER


def test_a_timeline_begins_where_it_is_asked_to(barrier: Library) -> None:
    with barrier.reading():
        assert dated(find_events(barrier, read_question("the tidal barrier"), None, since="2024-04")) == BARRIER[1:]
        assert dated(find_events(barrier, read_question("the tidal barrier"), None, limit=2))[0] in BARRIER


def test_of_another_topic_nothing_happened(barrier: Library) -> None:
    with barrier.reading():
        assert find_events(barrier, read_question("the opera house"), None) == []


def test_a_timeline_is_an_answer(barrier: Library) -> None:
    answer = answer_question(barrier, "Hello, what happened with the tidal barrier?")
    assert (answer.answered, answer.mode, answer.closest) == (True, "timeline", ())
    assert [(citation.when, citation.text) for citation in answer.citations] == BARRIER
    assert answer.text.splitlines()[0] == f"5 March 2024: {BARRIER[0][1]} [1]"
    for citation in answer.citations:
        assert barrier.article(citation.article_id).text[citation.start : citation.end] == citation.text


@pytest.mark.parametrize(
    ("question", "filters"),
    [
        ("What has happened with the tidal barrier since May?", Filters()),
        ("What happened with the tidal barrier?", Filters(since="2024-05")),
    ],
)
def test_since(barrier: Library, question: str, filters: Filters) -> None:
    answer = answer_question(barrier, question, filters=filters)
    assert [citation.when for citation in answer.citations] == ["2024-05-17", "2024-09-02"]


def test_too_few_events_are_no_timeline(barrier: Library) -> None:
    answer = answer_question(barrier, "Timeline of the frost")
    assert answer.mode == "extract"
    assert answer.citations[0].text.startswith("The frost killed")
    assert answer.question == "Timeline of the frost"
    refused = answer_question(barrier, "Timeline of borscht")
    assert refused.reason == "The articles never mention “borscht”."


TELLING = [
    ("the past", "The council approved the barrier.", True),
    ("the perfect", "The council has approved the barrier.", True),
    ("the passive", "The barrier was approved by the council.", True),
    ("a second verb", "The mayor said little and resigned.", True),
    ("the future", "The council will approve the barrier.", False),
    ("a wish", "The council might have approved the barrier.", False),
    ("the present", "The council approves of the barrier.", False),
    ("a state", "The mayor had a boat.", False),
    ("what is said", "The mayor said that it was cold.", False),
    ("what did not happen", "The council did not approve the barrier.", False),
]


def test_telling() -> None:
    assert tell_events([text for _, text, _ in TELLING]) == [tells for _, _, tells in TELLING]
