from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from index.errors import QuestionError, StoreError
from index.library import Library
from index.storage.snapshots import Snapshots
from qa import feedback as module
from qa.answer import Answer, Citation
from qa.ask import answer_question
from qa.evaluate import evaluate_library
from qa.feedback import MAX_COMMENT, Feedback, save_feedback
from qa.filters import Filters
from qa.gold import load_questions

TARTOUS = "What did Peskov say about Tartous?"
WHEN = datetime(2024, 12, 10, 8, 30, tzinfo=UTC)
HOSTILE = '<script>alert(1)</script>\n{"id": "x"}\u2028\ud800 ‮'


@pytest.fixture(scope="module")
def answer(seed_library: Library) -> Answer:
    return answer_question(seed_library, TARTOUS)


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def stretch(citation: Citation) -> dict[str, object]:
    return {"article": citation.article_id, "start": citation.start, "end": citation.end, "text": citation.text}


def test_an_answer_called_good_is_a_question_with_its_evidence(tmp_path: Path, answer: Answer) -> None:
    path = save_feedback(tmp_path, Feedback("a", answer, "up", " Yes. ", ("Before?",)), when=WHEN)
    assert path == tmp_path / "feedback.jsonl"
    assert lines(path) == [
        {
            "id": "a",
            "question": TARTOUS,
            "history": ["Before?"],
            "type": "",
            "evidence": [[stretch(citation)] for citation in answer.citations if not citation.context],
            "relevant": [stretch(citation) for citation in answer.citations if citation.context],
            "vote": "up",
            "comment": "Yes.",
            "when": "2024-12-10T08:30:00+00:00",
            "filters": {},
        }
    ]


def test_the_file_evaluates(tmp_path: Path, seed_library: Library, answer: Answer) -> None:
    refusal = answer_question(seed_library, "What is the best recipe for borscht?")
    path = save_feedback(tmp_path, Feedback("a", answer, "up"))
    save_feedback(tmp_path, Feedback("b", refusal, "up", HOSTILE))
    evaluation = evaluate_library(seed_library, load_questions(path))
    assert [outcome.score for outcome in evaluation.outcomes] == [1, 1]


def test_an_answer_called_bad_has_no_evidence(tmp_path: Path, answer: Answer) -> None:
    path = save_feedback(tmp_path, Feedback("a", answer, "down"))
    assert path == tmp_path / "feedback-down.jsonl"
    (line,) = lines(path)
    assert "evidence" not in line
    assert line["cited"] == [stretch(citation) for citation in answer.citations]
    with pytest.raises(QuestionError, match="evidence"):
        load_questions(path)


def test_a_later_vote_takes_the_place_of_an_earlier_one(tmp_path: Path, answer: Answer) -> None:
    up = save_feedback(tmp_path, Feedback("a", answer, "up"))
    save_feedback(tmp_path, Feedback("b", answer, "up"))
    save_feedback(tmp_path, Feedback("a", answer, "up", "A comment."))
    assert [(line["id"], line["comment"]) for line in lines(up)] == [("b", ""), ("a", "A comment.")]
    down = save_feedback(tmp_path, Feedback("a", answer, "down"))
    assert [line["id"] for line in lines(up)] == ["b"]
    assert [line["id"] for line in lines(down)] == ["a"]


def test_a_filtered_question_says_so(tmp_path: Path, answer: Answer) -> None:
    path = save_feedback(tmp_path, Feedback("a", answer, "up", filters=Filters(source="Alliance News")))
    (line,) = lines(path)
    assert (line["type"], line["filters"]) == ("filtered", {"source": "Alliance News"})


def test_hostile_text_stays_in_its_line(tmp_path: Path, answer: Answer) -> None:
    path = save_feedback(tmp_path, Feedback("a", replace(answer, question=HOSTILE), "up", HOSTILE))
    save_feedback(tmp_path, Feedback("b", answer, "up"))
    assert [line["question"] for line in lines(path)] == [HOSTILE, TARTOUS]
    assert len(load_questions(path)) == 2


def test_a_comment_is_cut(tmp_path: Path, answer: Answer) -> None:
    (line,) = lines(save_feedback(tmp_path, Feedback("a", answer, "up", "x" * 3_000)))
    assert line["comment"] == "x" * MAX_COMMENT


def test_a_line_that_was_cut_off_spoils_no_other(tmp_path: Path, answer: Answer) -> None:
    path = tmp_path / "feedback.jsonl"
    path.write_bytes(b'{"question": "Wh')
    save_feedback(tmp_path, Feedback("a", answer, "up"))
    first, second = path.read_bytes().splitlines()
    assert first == b'{"question": "Wh'
    assert json.loads(second)["id"] == "a"


def test_votes_at_once_are_all_kept(tmp_path: Path, answer: Answer) -> None:
    threads = [
        threading.Thread(target=save_feedback, args=(tmp_path, Feedback(str(number), answer, "up")))
        for number in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {line["id"] for line in lines(tmp_path / "feedback.jsonl")} == {str(number) for number in range(20)}


def test_a_full_file_takes_no_more(tmp_path: Path, answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MAX_BYTES", 10)
    save_feedback(tmp_path, Feedback("a", answer, "up"))
    with pytest.raises(StoreError, match="is full"):
        save_feedback(tmp_path, Feedback("b", answer, "up"))


def test_what_cannot_be_written_is_said(tmp_path: Path, answer: Answer) -> None:
    (tmp_path / "feedback.jsonl").mkdir()
    with pytest.raises(StoreError, match="cannot be written"):
        save_feedback(tmp_path, Feedback("a", answer, "up"))


def test_a_sync_leaves_it_alone(tmp_path: Path, answer: Answer) -> None:
    path = save_feedback(tmp_path, Feedback("a", answer, "up"))
    snapshots = Snapshots(tmp_path)
    for _ in range(3):
        snapshots.promote(snapshots.draft(), 1)
        snapshots.tidy()
    snapshots.draft()
    snapshots.discard()
    assert len(lines(path)) == 1
