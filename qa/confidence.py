"""How likely it is that the evidence answers a question: a logistic function of a few readable features."""

from __future__ import annotations

import math
from collections.abc import Sequence

from qa.evidence import Evidence
from qa.question import Query
from qa.wanted import has_wanted

# The weight of each value that `weigh` returns. Fitted by tests/bench/confidence.py on 158 news questions and, at a
# tenth of their weight, 400 on what someone said about a topic and 280 on what they did not.
WEIGHTS = {
    "constant": -2.41,
    "relevance": 4.61,
    "asks for words": -3.38,
    "relevance where it asks for words": 1.55,
    "named near": -3.18,
    "missing": -1.57,
    "lacks number": -2.19,
}

# The confidence from which an answer is described so; see `describe_confidence`.
WELL_SUPPORTED, LIKELY = 0.8, 0.6


def assess(query: Query, evidence: Sequence[Evidence]) -> float:
    """Return how likely it is that the evidence answers the query, in [0, 1]; 0 if there is none.

    A logistic function of the values of `weigh`, fitted by tests/bench/confidence.py; see docs/quality.md.
    """
    if not evidence:
        return 0.0
    values = weigh(query, evidence[0])
    return 1.0 / (1.0 + math.exp(-sum(weight * values[name] for name, weight in WEIGHTS.items())))


def describe_confidence(confidence: float) -> str:
    """Put a confidence in [0, 1] into words, for a reader who has to decide whether to check the source.

    Of the 158 news questions of docs/quality.md, the articles do answer 90 in 100 of those with at least
    WELL_SUPPORTED, 80 in 100 of those with at least LIKELY, and about half of the rest. An answer never has less than
    the setting `min_confidence`.
    """
    if confidence >= WELL_SUPPORTED:
        return "Well supported"
    return "Likely" if confidence >= LIKELY else "Uncertain — check the source"


def weigh(query: Query, best: Evidence) -> dict[str, float]:
    """Return a value for each of WEIGHTS: what distinguishes an answer from a sentence that is merely close."""
    asks_for_words = float(best.spoken is not None)
    has_number = has_wanted("number", best.sentence.text, query.standalone)
    return {
        "constant": 1.0,
        "relevance": best.relevance,
        "asks for words": asks_for_words,
        "relevance where it asks for words": asks_for_words * best.relevance,
        "named near": best.features["named_near"],
        "missing": best.features["missing"],
        "lacks number": float(query.wants == "number" and not has_number),
    }
