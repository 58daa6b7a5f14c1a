"""A cross-encoder's second look at the best evidence: ranked evidence in, the same with what it prefers out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from index.models.cross_encoder import open_reranker
from index.values import sentence_id
from qa.evidence import Evidence
from qa.question import Query
from qa.scoring import CROSS_ENCODER

# This many are read again. Of 130 and 150 news questions, they hold gold evidence for 114 and 138; what lies further
# behind could seldom become the first anyway. On two cores, a model of 6 layers of 384 takes 1.7 s for them.
RERANKED = 30


def rerank(name: str, query: Query, ranked: Sequence[Evidence], contexts: Mapping[str, str]) -> list[Evidence]:
    """The evidence, of which the first RERANKED prefer what the cross-encoder does; to be put in order again.

    `ranked` comes best first; `contexts` are those of `index.storage.lexical.Lexical.contexts`. A sentence is read
    before its context, so that a long context is what is cut off: without it, "He denied that" answers nothing. Only
    `Evidence.preference` grows, by up to CROSS_ENCODER: no other evidence can pass the first ones, the margins within
    which further sentences are cited hold for the sum, and the confidence stays that of the features of the sentence
    put first, so that a cross-encoder changes what is cited, and never makes it surer. Raises ModelError.
    """
    best = ranked[:RERANKED]
    keys = [sentence_id(found.record.id, found.record.digest, found.sentence.position) for found in best]
    texts = [f"{found.sentence.text}\n{contexts.get(key, '')}" for key, found in zip(keys, best, strict=True)]
    scores = open_reranker(name).score(query.standalone, texts)
    preferred = [
        replace(found, preference=found.preference + CROSS_ENCODER * score)
        for found, score in zip(best, scores, strict=True)
    ]
    return [*preferred, *ranked[RERANKED:]]
