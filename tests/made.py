"""Made-up evidence and answers for the tests of what is done with them."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

import pytest

from index.values import ArticleRecord, Sentence
from qa.answer import Answer
from qa.compose import compose
from qa.evidence import Evidence
from qa.question import read_question

QUERY = read_question("What did Duarte say about the pier?")
TEXTS = [
    "The pier closed on Monday.",
    "Engineers found rot in nine beams.",
    "A new deck costs two million.",
    "Anglers will have to walk.",
    "The kiosk sells tea until June.",
    "Gulls do not mind.",
    "Lowland waits for spring.",
]


def evidence(
    score: float,
    *,
    position: int = 0,
    article: str = "a.txt",
    text: str | None = None,
    on_topic: float = 0.0,
    spoken: float | None = None,
    missing: float = 0.0,
    speaker: str | None = None,
    published: str | None = "2024-03-04",
    words: tuple[int, int] | None = None,
) -> Evidence:
    """Evidence with this score, which is its chance, too, as far as it can be."""
    text = TEXTS[position] if text is None else text
    return Evidence(
        sentence=Sentence(
            article_id=article,
            position=position,
            start=100 * position,
            end=100 * position + len(text),
            text=text,
            speaker=speaker,
            speech="indirect" if speaker else None,
        ),
        record=ArticleRecord(
            id=article,
            file=article,
            digest="0" * 64,
            sentences=9,
            title=f"Title of {article}",
            source="Northern News",
            author=None,
            published=published,
            place=None,
            url=None,
            body=0,
            speakers="[]",
        ),
        features={"named_near": 0.0, "name_not_in_article": missing, "on_topic": on_topic}
        | ({} if spoken is None else {"spoken": spoken}),
        relevance=score,
        chance=min(max(score, 0.01), 0.99),
        words=words,
    )


def find_words_in_answers(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    """Let these words answer in every citation that has them, whatever a reader would find."""

    def compose_with_words(*given: Any, **options: Any) -> Answer:
        answer = compose(*given, **options)
        citations = [
            replace(citation, words=(start, start + len(words)))
            if (start := citation.text.find(words)) >= 0
            else citation
            for citation in answer.citations
        ]
        return replace(answer, citations=tuple(citations))

    monkeypatch.setattr(sys.modules["qa.ask"], "compose", compose_with_words)  # qa.ask is the function, too
