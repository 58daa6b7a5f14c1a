"""A file of questions and what answers them in; the questions, and the sentences of the articles that they need, out.

A file is JSON Lines, a question a line:

    {"question": "Who pays for the ferry?", "evidence": [[{"article": "ferry.txt", "text": "The town pays for it."}]]}

`evidence` is a list of what an answer needs, each a list of alternatives of which one is enough, or only the one. An
empty list says that the articles do not answer the question, so that it must be refused. An alternative is a stretch of
an article: its `text`, as it stands in the article but for white space, or its `start` and `end`, as a citation has
them, or all three. May also be given: `id`, `type` (any word, for figures by type), `history` (the questions before it,
oldest first) and `relevant` (stretches that an answer may cite, but need not). Every other key is ignored.
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

    Offsets are 0-based and half-open, in code points; both are None where only the text is given. Raises ValueError
    where it gives neither, or no two offsets in order.
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

    One stretch of each group of `evidence` is needed; no group means that the articles do not answer. `relevant` may be
    cited too. `type` is "" where none is given, and `place` says where the question stands, for messages.
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
    """A part of an article that was looked up: `article.text[start:end] == text`."""

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
    """A line of a file; null is as good as a missing key."""

    question: str
    evidence: tuple[_Group, ...]
    id: Annotated[str | None, BeforeValidator(_to_text)] = None
    type: str | None = None
    history: tuple[str, ...] | None = None
    relevant: tuple[Stretch, ...] | None = None


def load_questions(path: str | Path) -> list[Question]:
    """Return the questions of a file, of the format that is described above, in their order.

    Raises QuestionError, which names the line, for anything else, and for a file that holds no question.
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
    """Return where a stretch stands in its article: at its offsets, else everywhere where its text does.

    `text` is that of the article, None where there is none. Where an article was edited, so that another text is at the
    offsets, the text counts. Raises QuestionError, which names `place`, for what is nowhere.
    """
    name, start, end, wanted = stretch.article_id, stretch.start, stretch.end, stretch.text
    if text is None:
        raise QuestionError(f"{place}: the index holds no article {name!r}. Give its path in the seeds folder.")
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
    read_question(given.question, history)  # raises for one that cannot be asked
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
