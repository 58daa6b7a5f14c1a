from __future__ import annotations

import pytest

from qa.wanted import Wanted, find_wanted, has_wanted

ASKED = [
    ("How many beams does it have?", "number"),
    ("How long ago was it built?", "number"),
    ("how fast is the ferry", "number"),
    ("What does a ticket cost?", "number"),
    ("Why did the pier close?", "cause"),
    ("And for what reason?", "cause"),
    ("When did it close?", "date"),
    ("In which year was it built?", "date"),
    ("Who runs it?", "person"),
    ("Which former judge resigned?", "person"),
    ("What did Roe say? Why?", "cause"),
    ("Where is the pier?", None),
    ("Who is Ana Roe?", "definition"),
    ("what is HTS", "definition"),
    ("What's the RNLI?", "definition"),
    ("Who was Arthur Lind, the engineer?", "person"),
    ("Who is the mayor?", "person"),
    ("What is the price?", None),
    ("Who is leading the race?", "person"),
    ("Did she say why they left early?", None),
]


@pytest.mark.parametrize(("question", "wanted"), ASKED)
def test_what_is_wanted(question: str, wanted: Wanted | None) -> None:
    assert find_wanted(question) == wanted


HELD: list[tuple[Wanted, str, bool]] = [
    ("number", "It has nine beams.", True),
    ("number", "It has 9 beams.", True),
    ("number", "It has rotten beams.", False),
    ("cause", "It closed because of the rot.", True),
    ("cause", "It closed on Monday.", False),
    ("date", "It closed on Monday.", True),
    ("date", "It closed two weeks later.", True),
    ("date", "It may close.", False),
    ("person", "It is run by Ana Roe.", True),
    ("person", "It is run by Duarte.", False),
    ("person", "It closed in June, on a Monday.", False),
    ("person", "Anglers complain.", False),
]


@pytest.mark.parametrize(("wanted", "sentence", "held"), HELD)
def test_what_a_sentence_holds(wanted: Wanted, sentence: str, held: bool) -> None:
    assert has_wanted(wanted, sentence, "Who runs the pier that Duarte built?") == held


DEFINED = [
    ("Mayor Ana Roe opened the pier.", True),
    ("The pier was opened by the mayor, Ana Roe.", True),
    ("Ana Roe, the mayor, opened it.", True),
    ("Ana Roe, 44, who runs the kiosk, opened it.", True),
    ("Ana Roe is a baker.", True),
    ("The party of spokesman Bill Roe met.", True),
    ("Roe opened the pier, and left.", False),
    ("Roe, however, was not there.", False),
]


@pytest.mark.parametrize(("sentence", "defines"), DEFINED)
def test_what_says_who_somebody_is(sentence: str, defines: bool) -> None:
    assert has_wanted("definition", sentence, "Who is Roe?") == defines


def test_the_last_of_two_questions_asks_who_somebody_is() -> None:
    assert find_wanted("Is it raining? Who is Roe?") == "definition"
    assert has_wanted("definition", "Ana Roe, the mayor, spoke.", "Is it raining? Who is Roe?")
    assert not has_wanted("definition", "Ana Roe spoke.", "Is it raining? Who is Roe?")
