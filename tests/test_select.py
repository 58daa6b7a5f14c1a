from __future__ import annotations

import pytest

from qa.evidence import Evidence
from qa.question import read_question
from qa.select import (
    ON_TOPIC_SHARE,
    answer_first,
    drop_repeats,
    find_conflicts,
    interleave,
    points_back,
    select,
    sort_by_date,
)
from tests.made import evidence


def test_select_stops_at_the_limit() -> None:
    candidates = [evidence(1.0 - 0.01 * i, position=i) for i in range(6)]
    assert [select(candidates, limit=limit) for limit in (1, 3, 9)] == [candidates[:1], candidates[:3], candidates]


def test_select_takes_the_best_of_any_score() -> None:
    (best,) = select([evidence(-0.5)], limit=5)
    assert best == evidence(-0.5)


def test_select_of_nothing_is_nothing() -> None:
    assert select([], limit=5) == []


@pytest.mark.parametrize(
    ("chances", "cited"),
    [([0.9, 0.8, 0.1], 2), ([0.9, 0.2, 0.1], 1), ([0.3, 0.3, 0.3, 0.3], 4), ([0.9, 0.9, 0.9, 0.9, 0.9, 0.9], 5)],
    ids=["a gap", "one stands out", "none stands out", "as many as may be"],
)
def test_select_cites_as_many_as_give_the_best_f1(chances: list[float], cited: int) -> None:
    candidates = [evidence(chance, position=place) for place, chance in enumerate(chances)]
    assert select(candidates, limit=5) == candidates[:cited]


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
    last = evidence(0.96, position=4, on_topic=1.0, spoken=1.0)
    assert select([best, near, off, unsure, last], limit=5) == [best, near, last]


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


A = evidence(1.0, position=0, article="a.txt")
B = evidence(0.9, position=1, article="a.txt")
C = evidence(0.8, position=2, article="b.txt")
D = evidence(0.7, position=3, article="b.txt")


def test_sides_take_turns() -> None:
    assert interleave([[A, B], [C, D]], 5) == [A, C, B, D]
    assert interleave([[A, B], [C]], 2) == [A, C]
    assert interleave([[A], [A, C]], 5) == [A, C]


def test_the_newest_comes_first_and_what_has_no_date_last() -> None:
    old, new = (evidence(1.0, published=day) for day in ("2023-01-01", "2024-05-06"))
    undated, yearless = evidence(1.0, published=None), evidence(0.9, published="--12-10")
    assert sort_by_date([undated, old, yearless, new]) == [new, old, undated, yearless]


def other(text: str, *, article: str = "b.txt", score: float = 0.9, on_topic: float = 1.0, **more: object) -> Evidence:
    return evidence(score, text=text, article=article, position=1, on_topic=on_topic, **more)  # type: ignore[arg-type]


TOLL = "The storm killed 12 people in Quayside."
HOW_MANY, IS_SAFE, WHO_RUNS = "How many people were killed?", "Is the pier safe?", "Who runs the pier?"
NINETEEN, SAFE, ROE = (
    "The storm killed 19 people in Quayside.",
    "The pier at Quayside is safe.",
    "Ana Roe runs the pier.",
)
EARLIER = "An earlier version of this article said that Ana Roe runs the pier."
CONFLICTS = [
    ("another number where one is asked for", HOW_MANY, TOLL, other(NINETEEN), True),
    ("the same number", HOW_MANY, TOLL, other("Police said the storm killed 12 people in Quayside."), False),
    ("a number that was not asked for", "Where did the storm kill people?", TOLL, other(NINETEEN), False),
    ("a year is no amount", HOW_MANY, TOLL, other("The storm killed people in Quayside in 2019."), False),
    ("something else", HOW_MANY, TOLL, other("The kiosk sold 300 cups of tea."), False),
    ("off the topic", HOW_MANY, TOLL, other(NINETEEN, on_topic=0.3), False),
    ("far from the best", HOW_MANY, TOLL, other(NINETEEN, score=0.4), False),
    ("the same article goes on", HOW_MANY, TOLL, other(NINETEEN, article="a.txt"), False),
    ("a denial", IS_SAFE, SAFE, other("The pier at Quayside is not safe."), True),
    ("a correction", WHO_RUNS, ROE, other("Correction: Ana Roe no longer runs the pier."), True),
    ("a correction in the same article", WHO_RUNS, ROE, other(EARLIER, article="a.txt"), True),
]


@pytest.mark.parametrize(
    ("question", "said", "candidate", "conflicts"), [pytest.param(*case, id=why) for why, *case in CONFLICTS]
)
def test_what_does_not_go_with_the_best(question: str, said: str, candidate: Evidence, conflicts: bool) -> None:
    best = evidence(1.0, text=said, on_topic=1.0)
    found = find_conflicts(read_question(question), best, [best, candidate])
    assert found == ([candidate] if conflicts else [])


def test_another_speaker_does_not_contradict_the_one_asked_for() -> None:
    query = read_question("Did Roe say that the pier is safe?")
    best = evidence(1.0, text="The pier at Quayside is safe.", on_topic=1.0, spoken=1.0, speaker="Roe")
    his, hers = (other("The pier at Quayside is not safe.", spoken=1.0, speaker=name) for name in ("Roe", "Poe"))
    assert find_conflicts(query, best, [best, his, hers]) == [his]


POINTING = [
    ("This was decided on Monday.", True),
    ("But they left early.", True),
    ("It costs two million.", True),
    ("This week the pier closed.", False),
    ("There are nine beams.", False),
    ("The pier closed.", False),
]


@pytest.mark.parametrize(("text", "does"), POINTING)
def test_points_back(text: str, does: bool) -> None:
    assert points_back(evidence(1.0, text=text).sentence) == does


def test_what_says_the_same_is_dropped() -> None:
    copy = evidence(0.5, text=A.sentence.text, article="b.txt")
    assert drop_repeats([A, copy, C]) == [A, C]
