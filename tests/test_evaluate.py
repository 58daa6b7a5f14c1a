from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from index.errors import QuestionError
from index.library import Library
from qa import evaluate
from qa.answer import Answer, Citation
from qa.evaluate import Bin, Outcome, Scores, evaluate_library, find_auroc, judge, measure, overlaps, sort_by_confidence
from qa.gold import Passage, Question, Stretch, find_passages, load_questions
from tests.conftest import MakeLibrary

ARTICLES = {
    "ferry.txt": (
        "---\ntitle: The ferry\n---\n"
        "Mayor Ines Duarte said the ferry will stop in June. The town pays\nfor the ferry. Tickets cost four euros.\n"
    ),
    "tram.txt": (
        "---\ntitle: The tram\n---\n"
        "Tomas Okafor said that the tram is too slow. The tram was built in 1931.\nThe depot burnt down in 1954.\n"
    ),
}
STOP, PAYS = "Mayor Ines Duarte said the ferry will stop in June.", "The town pays for the ferry."
SLOW, BURNT = "Tomas Okafor said that the tram is too slow.", "The depot burnt down in 1954."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def town(folder: Path, make_shared_library: MakeLibrary) -> Library:
    return make_shared_library(folder)


def write(path: Path, *lines: Any) -> Path:
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
    return path


def in_ferry(text: str) -> dict[str, str]:
    return {"article": "ferry.txt", "text": text}


def in_tram(text: str) -> dict[str, str]:
    return {"article": "tram.txt", "text": text}


def test_a_library_is_evaluated_on_a_file_of_questions(town: Library, tmp_path: Path) -> None:
    path = write(
        tmp_path / "questions.jsonl",
        {"id": "pays", "type": "fact", "question": "Who pays for the ferry?", "evidence": [[in_ferry(PAYS)]]},
        {
            "question": "And the stop in June?",
            "type": "fact",
            "evidence": [[in_ferry(STOP)]],
            "history": ["The ferry?"],
        },
        {"id": 7, "question": "How do I make borscht?", "evidence": []},
        {"question": "What did Kim say about borscht?", "evidence": [[in_tram(SLOW)], [in_tram(BURNT)]]},
        {"question": "What did Okafor say about the tram?", "evidence": []},
    )
    done: list[tuple[int, int]] = []
    found = evaluate_library(town, load_questions(path), on_progress=lambda number, of: done.append((number, of)))
    assert done == [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]
    assert [outcome.question.id for outcome in found.outcomes] == ["pays", "2", "7", "4", "5"]
    assert [outcome.is_right for outcome in found.outcomes] == [True, True, True, False, False]
    assert [outcome.question.id for outcome in found.failures] == ["4", "5"]
    assert [outcome.score for outcome in found.outcomes][2:] == [1.0, 0.0, 0.0]
    assert found.outcomes[0].needed == ((Passage("ferry.txt", 77, 105, "The town pays\nfor the ferry."),),)
    assert found.outcomes[3].met_by == (None, None)
    overall = found.overall
    assert (overall.questions, overall.answerable) == (5, 3)
    assert (overall.recall, overall.refused_right, overall.refused_wrong) == (2 / 4, 1 / 2, 1 / 3)
    assert (overall.hit_at_1, overall.all_at_5, overall.verbatim) == (2 / 3, 2 / 3, 1.0)
    assert list(found.by_type) == ["", "fact"]
    assert (found.by_type["fact"].recall, found.by_type["fact"].refused_right, found.by_type["fact"].auroc) == (
        1,
        None,
        None,
    )
    assert found.by_type[""].score == 1 / 3
    assert sum(one.questions for one in found.bins) == 5


def test_the_function_of_the_package_opens_the_index_itself(folder: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "questions.jsonl", {"question": "Who pays for the ferry?", "evidence": [in_ferry(PAYS)]})
    found = evaluate(load_questions(path), seeds=folder, store=tmp_path / "store")
    assert (found.overall.score, found.failures) == (1.0, [])


def cite(article: str, start: int, end: int, text: str) -> Citation:
    return Citation(
        number=1,
        article_id=article,
        digest="d1",
        title="",
        source=None,
        author=None,
        published=None,
        url=None,
        start=start,
        end=end,
        text=text,
        speaker=None,
        speech=None,
        statements=(),
        locator=None,
        gloss=None,
        words=None,
        context=False,
        score=1.0,
    )


def answer(confidence: float, seconds: float, *citations: Citation) -> Answer:
    return Answer("?", bool(citations), "", "", "", citations, (), confidence, "extract", seconds)


TEXT = "Aaaaaaaa. Bbbbbbbb. Cccccccc. Dddddddd. Eeeeeeee. Ffffffff. Gggggggg."  # ten characters each
SENTENCES = {
    letter: Passage("a.txt", 10 * i, 10 * i + 9, TEXT[10 * i : 10 * i + 9]) for i, letter in enumerate("ABCDEFG")
}


def make_outcome(needed: str, cited: str, confidence: float, seconds: float, *, relevant: str = "") -> Outcome:
    """ "A|B C" needs A or B, and C; "AD" cites those two, in that order."""
    groups = [[SENTENCES[letter] for letter in group.split("|")] for group in needed.split()]
    citations = [cite(one.article_id, one.start, one.end, one.text) for one in (SENTENCES[letter] for letter in cited)]
    return judge(
        Question("1", "?", tuple((Stretch("a.txt", 0, 1),) for _ in groups)),
        answer(confidence, seconds, *citations),
        tuple(tuple(group) for group in groups),
        tuple(SENTENCES[letter] for letter in relevant),
        {"a.txt": TEXT}.get,
    )


def test_figures_as_worked_out_by_hand() -> None:
    outcomes = [
        make_outcome("A|B C", "BD", 0.9, 0.010),  # 1 of 2 needs, 1 of 2 citations: F1 1/2; met at 1
        make_outcome("A", "DEFA", 0.6, 0.020, relevant="DE"),  # recall 1, precision 3/4: F1 6/7; met at 4
        make_outcome("A", "", 0.3, 0.030),  # refused: 0
        make_outcome("", "", 0.1, 0.040),  # rightly refused: 1
        make_outcome("", "G", 0.6, 0.100),  # wrongly answered: 0
    ]
    assert [outcome.score for outcome in outcomes] == [1 / 2, pytest.approx(6 / 7), 0.0, 1.0, 0.0]
    assert [outcome.met_by for outcome in outcomes] == [(1, None), (4,), (None,), (), ()]
    assert [outcome.fits for outcome in outcomes] == [(True, False), (True, True, False, True), (), (), (False,)]
    assert asdict(measure(outcomes)) == {
        "questions": 5,
        "answerable": 3,
        "score": pytest.approx((1 / 2 + 6 / 7 + 0 + 1 + 0) / 5),
        "recall": 2 / 4,
        "precision": 4 / 6,
        "hit_at_1": 1 / 3,
        "hit_at_3": 1 / 3,
        "all_at_5": 1 / 3,
        "refused_right": 1 / 2,
        "refused_wrong": 1 / 3,
        # 0.9 beats both; 0.6 beats 0.1 and ties with 0.6; 0.3 beats 0.1: 2 + 1.5 + 1 of 6
        "auroc": 4.5 / 6,
        "brier": pytest.approx((0.1**2 + 0.4**2 + 0.7**2 + 0.1**2 + 0.6**2) / 5),
        "verbatim": 1.0,
        "citations": (2 + 4 + 1) / 3,
        "median_ms": pytest.approx(30),
        "p95_ms": pytest.approx(100),
    }
    assert sort_by_confidence(outcomes) == (
        Bin(0.0, 0.2, 1, 0.1, 0.0),
        Bin(0.2, 0.4, 1, 0.3, 1.0),
        Bin(0.4, 0.6, 0, None, None),
        Bin(0.6, 0.8, 2, 0.6, 0.5),
        Bin(0.8, 1.0, 1, 0.9, 1.0),
    )


def test_a_confidence_of_1_is_in_the_last_bin() -> None:
    assert sort_by_confidence([make_outcome("A", "A", 1.0, 0.0)])[-1] == Bin(0.8, 1.0, 1, 1.0, 1.0)


def test_what_there_is_nothing_of_has_no_figure() -> None:
    assert measure([]) == Scores(0, 0, *[None] * 14)
    refused = measure([make_outcome("", "", 0.0, 0.0)])
    assert (refused.score, refused.recall, refused.precision, refused.refused_wrong) == (1.0, None, None, None)
    assert (refused.auroc, refused.brier, refused.verbatim, refused.citations) == (None, 0.0, None, None)


AREAS = [
    ("apart", [0.8, 0.9], [0.1, 0.2], 1.0),
    ("the wrong way round", [0.1], [0.9], 0.0),
    ("all the same", [0.5, 0.5], [0.5], 0.5),
    ("one kind only", [0.5], [], None),
]


@pytest.mark.parametrize(("high", "low", "area"), [pytest.param(*case, id=why) for why, *case in AREAS])
def test_area_under_the_roc_curve(high: list[float], low: list[float], area: float | None) -> None:
    assert find_auroc(high, low) == area


OVERLAPS = [
    ("the same", 10, 20, True),
    ("half of the shorter one", 15, 25, False),
    ("over half of the shorter one", 14, 24, True),
    ("within", 12, 14, True),
    ("around", 0, 100, True),
    ("next to it", 20, 30, False),
]


@pytest.mark.parametrize(("start", "end", "meets"), [pytest.param(*case, id=why) for why, *case in OVERLAPS])
def test_a_citation_meets_what_it_shares_over_half_with(start: int, end: int, meets: bool) -> None:
    assert overlaps(cite("a.txt", start, end, ""), Passage("a.txt", 10, 20, "")) is meets
    assert not overlaps(cite("b.txt", start, end, ""), Passage("a.txt", 10, 20, ""))


def test_a_citation_that_is_not_its_articles_text_is_not_verbatim() -> None:
    given = answer(
        0.9,
        0.0,
        cite("a.txt", 0, 9, "Aaaaaaaa."),
        cite("a.txt", 0, 9, "Aaaaaaaa!"),
        cite("a.txt", 9, 10, " "),
        cite("gone.txt", 0, 0, ""),
    )
    found = judge(Question("1", "?", ()), given, (), (), {"a.txt": TEXT}.get)
    assert found.verbatim == (True, False, False, False)
    assert measure([found]).verbatim == 1 / 4


def test_a_line_may_give_all_or_only_what_is_needed(tmp_path: Path) -> None:
    full = {
        "id": "f",
        "question": "Who?",
        "history": ["What?"],
        "type": "said",
        "speaker": "Ines Duarte",
        "evidence": [
            [{"article": "a.txt", "start": 0, "end": 9, "text": "Aaaaaaaa."}, {"article": "b.txt", "text": "B."}]
        ],
        "relevant": [{"article": "a.txt", "start": 10, "end": 19}],
    }
    short = {"question": "Why?", "evidence": [{"article": "a.txt", "text": "Cccccccc."}], "rating": "good"}
    path = write(tmp_path / "q.jsonl", full, "", {**short, "history": None, "type": None, "relevant": None})
    assert load_questions(path) == [
        Question(
            id="f",
            question="Who?",
            evidence=((Stretch("a.txt", 0, 9, "Aaaaaaaa."), Stretch("b.txt", text="B.")),),
            relevant=(Stretch("a.txt", 10, 19),),
            history=("What?",),
            type="said",
            place=f"{path}, line 1",
        ),
        Question("3", "Why?", ((Stretch("a.txt", text="Cccccccc."),),), place=f"{path}, line 3"),
    ]


FOUND = [
    ("by its offsets", Stretch("a.txt", 0, 3), [(0, 3)]),
    ("by its offsets, although it is there twice", Stretch("a.txt", 18, 24, "We go."), [(18, 24)]),
    ("by its text, white space aside", Stretch("a.txt", text=" It  is\nso. "), [(8, 17)]),
    ("by its text, everywhere", Stretch("a.txt", text="We go."), [(0, 7), (18, 24)]),
    ("by its text where the article was edited", Stretch("a.txt", 0, 9, "It is so."), [(8, 17)]),
    ("by its text where the article was cut", Stretch("a.txt", 900, 909, "It is so."), [(8, 17)]),
]


@pytest.mark.parametrize(("stretch", "spans"), [pytest.param(*case, id=why) for why, *case in FOUND])
def test_a_stretch_is_found(stretch: Stretch, spans: list[tuple[int, int]]) -> None:
    text = "We  go. It\u00a0is so. We go.\r\n"
    found = find_passages(stretch, text, "q.jsonl, line 1")
    assert found == tuple(Passage("a.txt", start, end, text[start:end]) for start, end in spans)


LOST = [
    (
        "no such article",
        Stretch("b.txt", 0, 1),
        None,
        "q.jsonl, line 1: the index has no article 'b.txt'. Give its path in the seeds folder.",
    ),
    (
        "no such text",
        Stretch("a.txt", text="We  stay."),
        "We go.",
        "q.jsonl, line 1: 'a.txt' has no text “We stay.”. Copy it from the article, word for word.",
    ),
    (
        "a long text, another one at its offsets",
        Stretch("a.txt", 0, 6, "x" * 90),
        "We go.",
        f"q.jsonl, line 1: 'a.txt' has no text “{'x' * 79}…”. Copy it from the article, word for word.",
    ),
    (
        "beyond the end",
        Stretch("a.txt", 3, 7),
        "We go.",
        "q.jsonl, line 1: 'a.txt' ends at 6 and has no characters 3–7. Give the text instead.",
    ),
]


@pytest.mark.parametrize(("stretch", "text", "message"), [pytest.param(*case, id=why) for why, *case in LOST])
def test_a_stretch_that_is_nowhere(stretch: Stretch, text: str | None, message: str) -> None:
    with pytest.raises(QuestionError) as raised:
        find_passages(stretch, text, "q.jsonl, line 1")
    assert str(raised.value) == message


def test_what_is_nowhere_is_told_before_any_question_is_asked(town: Library) -> None:
    good = Question("1", "Who pays for the ferry?", ((Stretch("ferry.txt", text=PAYS),),))
    lost = Question("2", "Who?", (), relevant=(Stretch("bus.txt", text="x"),), place="line 2")
    done: list[int] = []
    with pytest.raises(QuestionError, match=r"^line 2: the index has no article 'bus\.txt'\."):
        evaluate_library(town, [good, lost], on_progress=lambda number, of: done.append(number))
    assert done == []


SOUND = {"article": "a.txt", "text": "A."}
MALFORMED = [
    ("no JSON", "Who?", "Expecting value: line 1 column 1 (char 0)"),
    ("a list", "[]", "input should be an object"),
    ("no question", {"evidence": []}, "question: field required"),
    ("a question of nothing", {"question": " ? ", "evidence": []}, "the question is empty. Ask something about"),
    ("no evidence", {"question": "Who?"}, "evidence: field required"),
    ("a text for evidence", {"question": "Who?", "evidence": "A."}, "evidence: input should be an array"),
    ("an empty group", {"question": "Who?", "evidence": [[]]}, "evidence[0]: value should have at least 1 item"),
    ("a text for a stretch", {"question": "Who?", "evidence": [["A."]]}, "evidence[0][0]: input should be an object"),
    ("no article", {"question": "Who?", "evidence": [[{"text": "A."}]]}, "evidence[0][0].article: field required"),
    (
        "nothing of an article",
        {"question": "Who?", "evidence": [[{"article": "a.txt"}]]},
        'evidence[0][0]: a stretch has neither a "text"',
    ),
    (
        "an empty text",
        {"question": "Who?", "evidence": [{**SOUND, "text": " "}]},
        "evidence[0][0]: the text of a stretch is empty",
    ),
    (
        "a start without an end",
        {"question": "Who?", "evidence": [{**SOUND, "start": 1}]},
        "evidence[0][0]: a stretch from 1 to None does not",
    ),
    (
        "offsets that are no numbers",
        {"question": "Who?", "evidence": [{**SOUND, "start": True, "end": 2}]},
        "evidence[0][0].start: input should be a valid integer",
    ),
    (
        "an end before the start",
        {"question": "Who?", "evidence": [{**SOUND, "start": 5, "end": 5}]},
        "evidence[0][0]: a stretch from 5 to 5 does not",
    ),
    (
        "a bad relevant one",
        {"question": "Who?", "evidence": [], "relevant": [5]},
        "relevant[0]: input should be an object",
    ),
    (
        "a text for relevant ones",
        {"question": "Who?", "evidence": [], "relevant": "A."},
        "relevant: input should be an array",
    ),
    (
        "a text for a history",
        {"question": "Who?", "evidence": [], "history": "A."},
        "history: input should be an array",
    ),
    ("a number for a type", {"question": "Who?", "evidence": [], "type": 5}, "type: input should be a valid string"),
    ("a list for an id", {"question": "Who?", "evidence": [], "id": []}, "id: input should be a valid string"),
    ("deeper than Python reads", "[" * 100_000, "maximum recursion depth exceeded"),
]


@pytest.mark.parametrize(("line", "why"), [pytest.param(*case, id=reason) for reason, *case in MALFORMED])
def test_a_malformed_line_is_named(tmp_path: Path, line: Any, why: str) -> None:
    path = write(tmp_path / "q.jsonl", {"question": "Who?", "evidence": [SOUND]}, "", line)
    with pytest.raises(QuestionError) as raised:
        load_questions(path)
    message = str(raised.value)
    assert message.startswith(f"{path}, line 3 is not a question ({why}")
    assert message.endswith('): write {"question": …, "evidence": [[{"article": …, "text": …}]]}.')
    assert "\n" not in message


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"question": "Who?", "evidence": []}\n')
    assert load_questions(path) == [Question("1", "Who?", (), place=f"{path}, line 1")]


def test_a_file_without_questions_and_no_file(tmp_path: Path) -> None:
    path = write(tmp_path / "q.jsonl", "", "  ")
    with pytest.raises(QuestionError, match=r"q\.jsonl has no questions\. Write lines "):
        load_questions(path)
    with pytest.raises(QuestionError, match=r"none\.jsonl cannot be read: No such file or directory\. Give a file of"):
        load_questions(tmp_path / "none.jsonl")
