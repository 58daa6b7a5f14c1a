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
from typing import Any

from index.errors import QuestionError
from qa.question import read_question

_SHAPE = '{"question": …, "evidence": [[{"article": …, "text": …}]]}'


@dataclass(frozen=True)
class Stretch:
    """A part of an article as a question file gives it: by its text, by its offsets, or by both.

    Offsets are 0-based and half-open, in code points; both are None where only the text is given.
    """

    article_id: str
    start: int | None = None
    end: int | None = None
    text: str | None = None


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


def load_questions(path: str | Path) -> list[Question]:
    """Return the questions of a file, of the format that is described above, in their order.

    Raises QuestionError, which names the line, for anything else, and for a file that holds no question.
    """
    try:
        lines = Path(path).read_bytes().splitlines()
    except OSError as error:
        raise QuestionError(f"{path} cannot be read: {error.strerror}. Give a file of lines {_SHAPE}.") from error
    questions = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            place = f"{path}, line {number}"
            try:
                questions.append(_to_question(json.loads(line), str(number), place))
            except (ValueError, TypeError, RecursionError, QuestionError) as error:
                raise QuestionError(f"{place} is no question ({error}): write {_SHAPE}.") from error
    if not questions:
        raise QuestionError(f"{path} holds no question. Write lines {_SHAPE}.")
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


def _to_question(given: Any, number: str, place: str) -> Question:
    if not isinstance(given, dict) or not isinstance(given.get("question"), str):
        raise TypeError('it has no "question" that is text')
    if not isinstance(given.get("evidence"), list):
        raise TypeError('it has no "evidence" that is a list; [] means that the articles do not answer it')
    history = given.get("history") or []
    if not isinstance(history, list) or not all(isinstance(asked, str) for asked in history):
        raise TypeError('its "history" is no list of texts')
    read_question(given["question"], history)  # raises for one that cannot be asked
    key = given.get("id", number)
    kind = given.get("type") or ""
    if type(key) not in (str, int) or type(kind) is not str:
        raise TypeError('its "id" or its "type" is no text')
    groups = [group if isinstance(group, list) else [group] for group in given["evidence"]]
    if [] in groups:
        raise TypeError('a list in its "evidence" is empty')
    relevant = given.get("relevant") or []
    if not isinstance(relevant, list):
        raise TypeError('its "relevant" is no list')
    return Question(
        id=str(key),
        question=given["question"],
        evidence=tuple(tuple(map(_to_stretch, group)) for group in groups),
        relevant=tuple(map(_to_stretch, relevant)),
        history=tuple(history),
        type=kind,
        place=place,
    )


def _to_stretch(given: Any) -> Stretch:
    if not isinstance(given, dict) or not isinstance(given.get("article"), str):
        raise TypeError('a stretch of its evidence has no "article" that is text')
    start, end, text = (given.get(name) for name in ("start", "end", "text"))
    if not (text is None or (isinstance(text, str) and text.strip())):
        raise TypeError('the "text" of a stretch is empty, or no text')
    if start is None and end is None:
        if text is None:
            raise TypeError('a stretch has neither a "text" nor a "start" and an "end"')
    elif not (type(start) is int and type(end) is int and 0 <= start < end):
        raise TypeError(f'the "start" and "end" of a stretch are {start!r} and {end!r}, not two offsets in order')
    return Stretch(given["article"], start, end, text)


def _shorten(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"
