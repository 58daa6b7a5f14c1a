"""A cross-encoder's second look at the best evidence: ranked evidence in, the same evidence with its preference out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from index.models.cross_encoder import open_reranker
from qa.evidence import Evidence
from qa.question import Query
from qa.scoring import CROSS_ENCODER

# How many are read again. Of 130 and 150 news questions, they include gold evidence for 114 and 138; what ranks lower
# could seldom come first anyway. On two cores, a model with 6 layers of 384 takes 1.7 s for them.
RERANKED = 30


def rerank(name: str, query: Query, ranked: Sequence[Evidence], contexts: Mapping[str, str]) -> list[Evidence]:
    """Raise the preference of the first RERANKED as the cross-encoder scores them; sort the result again.

    `ranked` is sorted, best first; `contexts` are from `index.storage.lexical.Lexical.contexts`. A sentence is read
    before its context, so that a long context is cut off, not the sentence; without context, "He denied that" answers
    nothing. Only `Evidence.preference` grows, by up to CROSS_ENCODER: evidence further down cannot overtake these, the
    bundled reader reads those that are first then, and the chance of each counts the sum. Raises ModelError.
    """
    best = ranked[:RERANKED]
    texts = [f"{found.sentence.text}\n{contexts.get(found.id, '')}" for found in best]
    scores = open_reranker(name).score(query.standalone, texts)
    preferred = [
        replace(found, preference=found.preference + CROSS_ENCODER * score)
        for found, score in zip(best, scores, strict=True)
    ]
    return [*preferred, *ranked[RERANKED:]]
