"""`onrecord ask --batch`: a JSON Lines file of questions in, a line of JSON for each answer out."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import StrictStr, TypeAdapter, ValidationError

from index.errors import QuestionError
from qa.ask import answer_question
from qa.checked import describe_fault

if TYPE_CHECKING:
    from index.library import Library
    from qa.filters import Filters


@dataclass(frozen=True)
class Asked:
    """A line of the file: a question, and the earlier ones of its conversation, oldest first."""

    question: StrictStr
    history: list[StrictStr] | None = None
    id: Any = None


def read_batch(name: str) -> list[Asked]:
    """Read the questions of a file, or of standard input if its name is "-".

    A question without an id gets the number of its line. Raises QuestionError for the first line that is wrong.
    """
    try:
        lines = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise QuestionError(f"{name} cannot be read: {error.strerror}") from error
    one_line = TypeAdapter(Asked)
    batch = []
    for number, line in enumerate(lines.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            batch.append(one_line.validate_python({"id": number, **_read_object(line)}))
        except (ValueError, RecursionError) as error:
            reason = describe_fault(error) if isinstance(error, ValidationError) else str(error)
            raise QuestionError(
                f'{name}, line {number} is not a question ({reason}): write {{"id": …, "question": …, "history": […]}}.'
            ) from error
    return batch


def answer_batch(library: Library, asked: Asked, filters: Filters) -> dict[str, Any]:
    """Answer one question; one that cannot be asked is refused with the reason, so that it does not stop the rest."""
    began = time.perf_counter()
    line = {"id": asked.id, "question": asked.question}
    try:
        answer = answer_question(library, asked.question, asked.history or (), filters=filters)
    except QuestionError as error:
        seconds = round(time.perf_counter() - began, 6)
        return line | {
            "answered": False,
            "confidence": 0.0,
            "answer": str(error),
            "citations": [],
            "seconds": seconds,
        }
    citations = [
        {
            "article": citation.article_id,
            "start": citation.start,
            "end": citation.end,
            "text": citation.text,
            "speaker": citation.speaker,
            "title": citation.title,
            "source": citation.source,
            "published": citation.published,
        }
        for citation in answer.citations
    ]
    return line | {
        "answered": answer.answered,
        "confidence": answer.confidence,
        "answer": answer.text,
        "citations": citations,
        "seconds": answer.seconds,
    }


def _read_object(line: bytes) -> dict[str, Any]:
    value = json.loads(line)
    if not isinstance(value, dict):
        raise ValueError("it is not an object")
    return value
