"""Made-up evidence and answers for the tests of what is done with them."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

import pytest

from index.values import ArticleRecord, Sentence, Statement
from qa.answer import Answer
from qa.compose import compose
from qa.evidence import Evidence
from qa.question import read_question
from qa.statements import Quote

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

# A statement as the pages of the app list them.
FERRY = Quote(
    article_id="ferry.txt",
    digest="d1",
    title="Ferry",
    source="City Wire",
    author=None,
    published="2024-03-04",
    url=None,
    start=0,
    end=11,
    text="It is over.",
    speaker="Ines Duarte",
    speech="direct",
    statements=(Statement(0, 12, "Ines Duarte", "direct"),),
    locator=None,
)


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


WIRE = (
    "Harbour master Ines Duarte said on Monday that the old pier at Quayside will close in May. "
    "Engineers found rot in nine of its forty beams during an inspection after the winter storms. "
    "“We cannot let anyone walk on it until the deck is replaced,” Duarte told reporters at the town hall. "
    "A new deck costs two million pounds, according to a report that the council published last week. "
    "Anglers who have used the pier for decades plan to protest on Saturday beside the lighthouse. "
    "The kiosk at the end of the pier, which sells tea and postcards, will move to the market square. "
    "Work on the replacement should start in June and take about fourteen months, the report says. "
    "The council will vote on the money at its next meeting, which is open to the public."
)
"""An article as an agency sends it."""


def wire_copies() -> dict[str, str]:
    """Files by name: the agency's article, three copies that outlets made of it, and articles that are none."""

    def front(title: str, source: str, day: int) -> str:
        return f"---\ntitle: {title}\nsource: {source}\ndate: 2024-03-{day:02}\n---\n"

    return {
        "agency.txt": front("QUAYSIDE-PIER", "Coast Agency", 4) + WIRE,
        "herald.txt": front("Pier shuts in May", "Herald", 5)
        + WIRE.replace("on Monday", "yesterday").split(" Anglers")[0],
        "post.txt": front("Rot closes pier", "Northern Post", 5)
        + "QUAYSIDE (Coast Agency) - "
        + WIRE.replace("storms. “We", "storms, and “we").replace("decades", "years"),
        "wire.txt": front("Old pier to close", "City Wire", 6) + WIRE + " Follow us on our channels for more news.",
        "corrected.txt": front("Old pier to close", "City Wire", 6)
        + "Correction: an earlier version of this article gave a wrong price. "
        + WIRE.replace("two million", "three million"),
        "later.txt": front("Old pier closed a year ago", "City Wire", 20) + WIRE,
        "roundup.txt": front("The week in brief", "Herald", 6)
        + WIRE.split(" Engineers")[0]
        + " Rain is expected until Thursday in the north. Trains to Lowland run again from Friday, the operator said. "
        "The museum opens its new wing after three years of work on the roof. A cat was found in a chimney. "
        "Follow us on our channels for more news.",
        "another.txt": front("Ferry is late", "City Wire", 6)
        + "The ferry to Lowland was late on four of five days last week, passengers say. Its captain blames the tide, "
        "and the company that owns it has promised a second boat by summer. Follow us on our channels for more news.",
    }
