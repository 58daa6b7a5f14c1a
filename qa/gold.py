"""A file of questions with known answers in; the questions, and the sentences that their answers need, out.

The file is JSON Lines, one question per line:

    {"question": "Who pays for the ferry?", "evidence": [[{"article": "ferry.txt", "text": "The town pays for it."}]]}

`evidence` lists what an answer needs; each need is a list of alternatives, one of which is enough, or a single one. An
empty list means that the articles do not answer the question, so it must be refused. An alternative is a stretch of an
article: its `text`, as in the article except for white space, or its `start` and `end`, as in a citation, or all three.
A line may also have `id`, `type` (any word, for figures by type), `history` (the questions before it, oldest first) and
`relevant` (stretches that an answer may cite but need not). All other keys are ignored.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StrictInt, TypeAdapter, ValidationError

from index.errors import QuestionError
from qa.checked import describe_fault
from qa.question import read_question

_SHAPE = '{"question": …, "evidence": [[{"article": …, "text": …}]]}'


@dataclass(frozen=True)
class Stretch:
    """A part of an article as a question file gives it: by its text, by its offsets, or by both.

    Offsets are 0-based and half-open, in code points; both are None if only the text is given. Raises ValueError if
    neither is given, or if the offsets are not in order.
    """

    article_id: Annotated[str, Field(alias="article")]
    start: StrictInt | None = None
    end: StrictInt | None = None
    text: str | None = None

    def __post_init__(self) -> None:
        if self.text is not None and not self.text.strip():
            raise ValueError("the text of a stretch is empty")
        if self.start is None and self.end is None:
            if self.text is None:
                raise ValueError('a stretch has neither a "text" nor a "start" and an "end"')
        elif self.start is None or self.end is None or not 0 <= self.start < self.end:
            raise ValueError(f"a stretch from {self.start} to {self.end} does not have two offsets in order")


@dataclass(frozen=True)
class Question:
    """A question and what answers it.

    One stretch of each group of `evidence` is needed; no groups means that the articles do not answer. `relevant` may
    be cited too. `type` is "" if none is given, and `place` says where the question came from, for messages.
    """

    id: str
    question: str
    evidence: tuple[tuple[Stretch, ...], ...]
    relevant: tuple[Stretch, ...] = ()
    history: tuple[str, ...] = ()
    type: str = ""
    place: str = "a question"


@dataclass(frozen=True)
class Passage:
    """A part of an article, found there: `article.text[start:end] == text`."""

    article_id: str
    start: int
    end: int
    text: str


def _to_list(given: Any) -> Any:
    return given if isinstance(given, list) else [given]


def _to_text(given: Any) -> Any:
    return str(given) if type(given) is int else given


_Group = Annotated[tuple[Stretch, ...], BeforeValidator(_to_list), Field(min_length=1)]


@dataclass(frozen=True)
class _Line:
    """A line of the file; null means the same as a missing key."""

    question: str
    evidence: tuple[_Group, ...]
    id: Annotated[str | None, BeforeValidator(_to_text)] = None
    type: str | None = None
    history: tuple[str, ...] | None = None
    relevant: tuple[Stretch, ...] | None = None


def load_questions(path: str | Path) -> list[Question]:
    """Return the questions of a file in the format described above, in order.

    Raises QuestionError, which names the line, for anything else, and for a file without questions.
    """
    try:
        lines = Path(path).read_bytes().splitlines()
    except OSError as error:
        raise QuestionError(f"{path} cannot be read: {error.strerror}. Give a file of lines {_SHAPE}.") from error
    checked, questions = TypeAdapter(_Line), []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            place = f"{path}, line {number}"
            try:
                questions.append(_to_question(checked.validate_python(json.loads(line)), number, place))
            except (ValueError, RecursionError, QuestionError) as error:
                fault = describe_fault(error) if isinstance(error, ValidationError) else error
                raise QuestionError(f"{place} is not a question ({fault}): write {_SHAPE}.") from error
    if not questions:
        raise QuestionError(f"{path} has no questions. Write lines {_SHAPE}.")
    return questions


def find_passages(stretch: Stretch, text: str | None, place: str) -> tuple[Passage, ...]:
    """Return where a stretch is in its article: at its offsets, or else wherever its text occurs.

    `text` is the article's, None if there is no such article. If the article was edited and has another text at the
    offsets, the text counts. Raises QuestionError, which names `place`, if the stretch is nowhere.
    """
    name, start, end, wanted = stretch.article_id, stretch.start, stretch.end, stretch.text
    if text is None:
        raise QuestionError(f"{place}: the index has no article {name!r}. Give its path in the seeds folder.")
    if start is not None and end is not None:
        there = text[start:end]
        if wanted is None and end > len(text):
            raise QuestionError(
                f"{place}: {name!r} ends at {len(text)} and has no characters {start}–{end}. Give the text instead."
            )
        if wanted is None or there.split() == wanted.split():
            return (Passage(name, start, end, there),)
    words = (wanted or "").split()
    found = re.finditer(r"\s+".join(map(re.escape, words)), text)
    passages = tuple(Passage(name, *match.span(), match[0]) for match in found)
    if not passages:
        missing = _shorten(" ".join(words))
        raise QuestionError(f"{place}: {name!r} has no text “{missing}”. Copy it from the article, word for word.")
    return passages


def _to_question(given: _Line, number: int, place: str) -> Question:
    history = given.history or ()
    read_question(given.question, history)  # raises QuestionError if it cannot be asked
    return Question(
        id=str(number) if given.id is None else given.id,
        question=given.question,
        evidence=given.evidence,
        relevant=given.relevant or (),
        history=history,
        type=given.type or "",
        place=place,
    )


def _shorten(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"
