from __future__ import annotations

import pytest

from index.library import Library
from qa.answer import Answer
from qa.ask import answer_question
from tests.test_ask import TARTOUS, untimed


def test_a_greeting_is_answered_with_what_there_is(seed_library: Library) -> None:
    answer = answer_question(seed_library, "Hi there!")
    assert (answer.answered, answer.mode, answer.citations, answer.closest) == (True, "help", (), ())
    lines = answer.text.splitlines()
    assert "There is 1 article. It is from Alliance News." in lines
    assert [line for line in lines if line.startswith("- ")] == [
        "- What did Dmitry Peskov say about Ukraine?",
        "- What did Donald Trump say about Russia?",
        "- What did Vladimir Putin say about NATO?",
    ]
    assert "Dmitry Peskov" in next(line for line in lines if line.startswith("Quoted most"))
    assert Answer.from_json(answer.to_json()) == answer
    assert untimed(answer_question(seed_library, "hello")).text == answer.text


@pytest.mark.parametrize(("said", "reply"), [("thanks", "You are welcome."), ("bye!", "Goodbye.")])
def test_courtesy(seed_library: Library, said: str, reply: str) -> None:
    assert answer_question(seed_library, said).text == reply


def test_how_many_articles(seed_library: Library) -> None:
    assert answer_question(seed_library, "How many articles are there?").text.startswith("There is 1 article.")


def test_the_newest_of_undated_articles(seed_library: Library) -> None:
    answer = answer_question(seed_library, "What is the newest article?")
    assert answer.text == "No article has a full date, so that none can be called the newest."


def test_a_question_behind_a_greeting_is_answered(seed_library: Library) -> None:
    alone, greeted = answer_question(seed_library, TARTOUS), answer_question(seed_library, f"Hi, {TARTOUS}")
    assert greeted.citations == alone.citations
    assert greeted.question == f"Hi, {TARTOUS}"


def test_small_talk_does_not_end_a_conversation(seed_library: Library) -> None:
    followed = answer_question(seed_library, "And about Assad?", [TARTOUS, "thanks!", "what can you do?"])
    assert followed.note == "Understood as: “What did Peskov say about Assad?”"
