"""Ranked evidence in, an Answer out: the sentences that answer, or a refusal with what is nearest."""

from __future__ import annotations

import math
from collections.abc import Sequence

from index.lexical import to_stems
from qa.answer import Answer, Citation
from qa.question import Query
from qa.retrieve import Evidence

MAX_CITATIONS = 5

# A further sentence is cited when it scores within this of the best one; more is allowed within the same article, where
# answers continue, than from others. Over 130 news questions: F1 of the cited sentences 0.55, from 0.50 (0.3 and 0.1)
# to 0.55 (0.1 and 0) around it.
SAME_ARTICLE_MARGIN, OTHER_ARTICLE_MARGIN = 0.15, 0.05

# Where somebody's words on a topic are asked for, a further sentence is at least this much as on topic as the best one.
# Of 0.4 to 0.8, it gave the best F1 and hit@1 over 158 news questions and 400 of the kind "What did X say about Y?".
ON_TOPIC_SHARE = 0.6

# Two sentences that share this much of their stems say the same thing: wire copy, or a quote repeated.
DUPLICATE_OVERLAP = 0.8


def compose(
    query: Query, evidence: Sequence[Evidence], unmentioned: Sequence[str], *, limit: int, min_confidence: float
) -> Answer:
    """Compose the answer of one to `limit` sentences, or a refusal when it would be less sure than `min_confidence`.

    `evidence` comes best first, as `retrieve` ranks it; `unmentioned` are the question's terms that the articles never
    use, for the reason of a refusal. The answer's `seconds` is left at 0 for the caller to set.
    """
    confidence = assess(evidence)
    if not evidence or confidence < min_confidence:
        reason = _explain(unmentioned)
        return Answer(
            question=query.question,
            answered=False,
            reason=reason,
            text=reason,
            citations=(),
            closest=number_citations(evidence[:1]),
            confidence=confidence,
            mode="extract",
            seconds=0.0,
        )
    citations = number_citations(in_reading_order(select(evidence, limit=limit)))
    return Answer(
        question=query.question,
        answered=True,
        reason="",
        text=" ".join(f"{citation.text} [{citation.number}]" for citation in citations),
        citations=citations,
        closest=(),
        confidence=confidence,
        mode="extract",
        seconds=0.0,
    )


def assess(evidence: Sequence[Evidence]) -> float:
    """How likely it is that the evidence answers the question, in [0, 1]; 0 when there is none.

    A logistic function of two features of the best evidence: its cosine in context, and the share of the question's
    terms, weighted by rarity, that its article holds. Fitted on 158 news questions, 28 of them unanswerable, and 14 on
    the seed article: Brier score 0.11, area under the ROC curve 0.84 (5-fold cross-validation).
    """
    if not evidence:
        return 0.0
    best = evidence[0]
    return 1.0 / (1.0 + math.exp(-(7.4 * best.context + 3.0 * best.named_in_article - 5.25)))


def select(evidence: Sequence[Evidence], *, limit: int) -> list[Evidence]:
    """The one to `limit` sentences to cite, best first: those close to the best, no two that say the same."""
    chosen: list[Evidence] = []
    asks_a_speaker = any(candidate.spoken for candidate in evidence)
    for candidate in evidence:
        if len(chosen) == limit:
            break
        if chosen:
            best = chosen[0]
            same_article = candidate.sentence.article_id == best.sentence.article_id
            margin = SAME_ARTICLE_MARGIN if same_article else OTHER_ARTICLE_MARGIN
            if candidate.score < best.score - margin or any(_repeats(candidate, earlier) for earlier in chosen):
                continue
            if asks_a_speaker and candidate.on_topic < ON_TOPIC_SHARE * best.on_topic:
                continue
        chosen.append(candidate)
    return chosen


def in_reading_order(chosen: Sequence[Evidence]) -> list[Evidence]:
    """Articles in the order of their best evidence; within an article, sentences as they stand in it."""
    rank: dict[str, int] = {}
    for evidence in chosen:
        rank.setdefault(evidence.sentence.article_id, len(rank))
    return sorted(chosen, key=lambda e: (rank[e.sentence.article_id], e.sentence.position))


def number_citations(chosen: Sequence[Evidence]) -> tuple[Citation, ...]:
    """The evidence as citations, numbered from 1 in the order given."""
    return tuple(
        Citation(
            number=number,
            article_id=evidence.sentence.article_id,
            title=evidence.record.title,
            source=evidence.record.source,
            published=evidence.record.published,
            url=evidence.record.url,
            start=evidence.sentence.start,
            end=evidence.sentence.end,
            text=evidence.sentence.text,
            speaker=evidence.sentence.speaker,
            score=round(evidence.score, 6),
        )
        for number, evidence in enumerate(chosen, start=1)
    )


def _explain(unmentioned: Sequence[str]) -> str:
    """Why a question is refused."""
    if not unmentioned:
        return "Nothing in the articles is close enough to answer this."
    quoted = [f"“{term}”" for term in unmentioned]
    return f"The articles never mention {' or '.join([', '.join(quoted[:-1]), quoted[-1]] if quoted[1:] else quoted)}."


def _repeats(one: Evidence, other: Evidence) -> bool:
    """Whether two sentences share most of their stems (Jaccard index)."""
    stems, others = set(to_stems(one.sentence.text)), set(to_stems(other.sentence.text))
    return len(stems & others) >= DUPLICATE_OVERLAP * len(stems | others)
