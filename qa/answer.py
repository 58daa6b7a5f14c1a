"""What a question gets: pure values, JSON in and out."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

Mode = Literal["quotes", "extract", "llm"]


@dataclass(frozen=True)
class Citation:
    """One sentence of an article, word for word: `article.text[start:end] == text`.

    Offsets are 0-based and half-open, in code points. `score` orders evidence for one question, higher is better;
    it is not comparable between questions.
    """

    number: int
    article_id: str
    title: str
    source: str | None
    published: str | None
    url: str | None
    start: int
    end: int
    text: str
    speaker: str | None
    score: float


@dataclass(frozen=True)
class Answer:
    """An answer made of cited sentences, or a refusal with its reason.

    When `answered` is false, `citations` is empty and `closest` offers the nearest sentences, which are no answer.
    `confidence` is in [0, 1]; `seconds` is the time that answering took.
    """

    question: str
    answered: bool
    reason: str
    text: str
    citations: tuple[Citation, ...]
    closest: tuple[Citation, ...]
    confidence: float
    mode: Mode
    seconds: float

    def to_json(self) -> str:
        """The answer as one line of JSON that `from_json` reads back."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, line: str) -> Answer:
        """The answer that `to_json` wrote; raises ValueError for anything else."""
        try:
            values: dict[str, Any] = json.loads(line)
            for name in ("citations", "closest"):
                values[name] = tuple(Citation(**citation) for citation in values[name])
            return cls(**{field.name: values[field.name] for field in fields(cls)})
        except (KeyError, TypeError) as error:
            raise ValueError(f"not an answer in JSON: {error}") from error
