"""What a question gets: pure values, JSON in and out."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

Mode = Literal["quotes", "extract", "llm"]
_Value = TypeVar("_Value", "Answer", "Citation")


@dataclass(frozen=True)
class Citation:
    """One sentence of an article, word for word: `article.text[start:end] == text`.

    Offsets are 0-based and half-open, in code points. `score` orders evidence for one question, higher is better;
    it is not comparable between questions. `speech` is "direct" or "indirect" where somebody speaks, and `speaker` who,
    if the article says it. `gloss` is an offset in `text` and the name to show there in brackets, where a pronoun
    means somebody the sentence does not name. `context` tells that it only explains what a statement is about.
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
    speech: str | None
    gloss: tuple[int, str] | None
    context: bool
    score: float


@dataclass(frozen=True)
class Answer:
    """An answer made of cited sentences, or a refusal with its reason.

    When `answered` is false, `citations` is empty and `closest` offers the nearest sentences, which are no answer.
    `note` says how the question was taken, where that is not plain. `confidence` is in [0, 1]; `seconds` is the time
    that answering took.
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
        """The answer as one line of JSON that `from_json` reads back."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, line: str) -> Answer:
        """The answer that `to_json` wrote; raises ValueError for anything else."""
        try:
            values: dict[str, Any] = json.loads(line)
            for name in ("citations", "closest"):
                values[name] = tuple(_from_values(Citation, _with_gloss(citation)) for citation in values[name])
            return _from_values(cls, values)
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            raise ValueError(f"not an answer in JSON: {error}") from error


def _with_gloss(citation: dict[str, Any]) -> dict[str, Any]:
    gloss = citation["gloss"]
    if gloss is not None:
        place, name = gloss
        if not (type(place) is int and type(name) is str):
            raise TypeError(f"its gloss is {gloss!r}")
        gloss = (place, name)
    return {**citation, "gloss": gloss}


def _from_values(kind: type[_Value], values: dict[str, Any]) -> _Value:
    """The value of those fields; raises KeyError for one that is missing and TypeError for one of another type."""
    for name, hint in get_type_hints(kind).items():
        value = values[name]
        if get_origin(hint) is Literal:
            right = value in get_args(hint)
        elif hint is float:
            right = type(value) in (int, float)  # 1.0 is 1 in the JSON of other languages
        else:
            hints = (hint,) if get_origin(hint) is tuple else get_args(hint) or (hint,)
            right = type(value) in [get_origin(one) or one for one in hints]
        if not right:
            raise TypeError(f"its {name} is {value!r}")
    return kind(**{field.name: values[field.name] for field in fields(kind)})
