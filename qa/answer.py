"""Answers and citations: plain values, JSON in and out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from index.values import ArticleRecord, Sentence, Statement, find_locator, locators_from_json
from qa.checked import describe_fault

Mode = Literal["quotes", "extract", "summary", "timeline", "help"]


@dataclass(frozen=True)
class CitedSentence:
    """One sentence of an article, word for word: `article.text[start:end] == text`.

    Offsets are 0-based and half-open, in code points. `speech` is "direct" for a speaker's own words, "indirect" for a
    report of them, None if no one speaks. `speaker` is the name of that person or group across all articles, None if
    the article gives none ("officials said"). `statements` has each statement in the sentence, first the one of
    `speaker`, with the span in `text` of the words that are its speaker's. `locator` is where in the original it
    begins: ("page", "3") or ("timestamp", "00:12:41"); None if the article has neither pages nor times.
    `also` has the ids of the copies of the article that have the same or nearly the same sentence, the earliest first.
    `digest` is that of the article's version.
    """

    article_id: str
    digest: str
    title: str
    source: str | None
    author: str | None
    published: str | None
    url: str | None
    start: int
    end: int
    text: str
    speaker: str | None
    speech: str | None
    statements: tuple[Statement, ...]
    locator: tuple[str, str] | None
    also: tuple[str, ...] = field(default=(), kw_only=True)


@dataclass(frozen=True)
class Citation(CitedSentence):
    """A sentence that an answer cites, under the number it has there.

    `score` ranks evidence for one question, higher is better; it cannot be compared between questions. `gloss` is an
    offset in `text` and the name to show there in brackets, if a pronoun means someone whom the sentence does not name.
    `words` has the offsets in `text` of the words that answer a question such as "Who?" or "How many?": 0-based,
    half-open, in code points; None if there are none or it is unclear.
    `context` marks a sentence that only explains what a statement is about. `when` is, in a timeline, the date of what
    the sentence tells: YYYY, YYYY-MM or YYYY-MM-DD; elsewhere it is None.
    """

    number: int
    gloss: tuple[int, str] | None
    words: tuple[int, int] | None
    context: bool
    score: float
    when: str | None = None


@dataclass(frozen=True)
class Answer:
    """An answer made of cited sentences, or a refusal with its reason.

    If `answered` is false, `citations` is empty and `closest` has the nearest sentences, which are not an answer.
    `mode` is "quotes" if it consists of the statements asked for, "extract" if of other sentences, "summary" or
    "timeline" if that was asked for, and "help" if `text` is the program's own words, which need not cite anything.
    `note` says how the question was understood, if that is not obvious. `confidence` is in [0, 1]; `seconds` is the
    time that answering took.
    """

    question: str
    answered: bool
    reason: str
    note: str
    text: str
    citations: tuple[Citation, ...]
    closest: tuple[Citation, ...]
    confidence: float
    mode: Mode
    seconds: float

    def to_json(self) -> str:
        """Return the answer as one line of JSON, which `from_json` reads back."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, line: str) -> Answer:
        """Return the answer that `to_json` wrote; raises ValueError for anything else."""
        from pydantic import TypeAdapter, ValidationError

        try:
            return TypeAdapter(cls).validate_json(line, strict=True)
        except ValidationError as error:
            raise ValueError(f"not an answer in JSON: {describe_fault(error)}") from error


def describe(sentence: Sentence, record: ArticleRecord, names: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of a CitedSentence; `names` has the full name for each name that an article uses."""
    locator = find_locator(locators_from_json(record.locators), sentence.start)
    return {
        "article_id": record.id,
        "digest": record.digest,
        "title": record.title,
        "source": record.source,
        "author": record.author,
        "published": record.published,
        "url": record.url,
        "start": sentence.start,
        "end": sentence.end,
        "text": sentence.text,
        "speaker": names.get(sentence.speaker, sentence.speaker) if sentence.speaker else None,
        "speech": sentence.speech,
        "statements": tuple(
            replace(said, speaker=names.get(said.speaker, said.speaker) if said.speaker else None)
            for said in sentence.statements
        ),
        "locator": (locator.kind, locator.value) if locator else None,
    }
