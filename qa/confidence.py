"""How likely it is that evidence answers a question: a logistic function of a few readable features."""

from __future__ import annotations

import math
from collections.abc import Sequence

from qa.evidence import Evidence
from qa.question import Query
from qa.wanted import holds

# What each value of `weigh` counts in the confidence. Fitted by tests/bench/confidence.py on 158 news questions and, at
# a tenth of their weight, 400 on what somebody said of a topic and 280 on what they did not.
WEIGHTS = (-2.41, 4.61, -3.38, 1.55, -3.18, -1.57, -2.19)

# From where on an answer is called so; see `describe_confidence`.
WELL_SUPPORTED, LIKELY = 0.8, 0.6


def assess(query: Query, evidence: Sequence[Evidence]) -> float:
    """How likely it is that the evidence answers the query, in [0, 1]; 0 when there is none.

    A logistic function of what `weigh` finds. Fitted by tests/bench/confidence.py, see docs/quality.md.
    """
    if not evidence:
        return 0.0
    return 1.0 / (
        1.0 + math.exp(-sum(weight * value for weight, value in zip(WEIGHTS, weigh(query, evidence[0]), strict=True)))
    )


def describe_confidence(confidence: float) -> str:
    """A confidence in [0, 1] in words, for a reader who has to decide whether to look it up.

    Of the 158 news questions of docs/quality.md, the articles do answer 90 in 100 with at least WELL_SUPPORTED, 80 in
    100 from LIKELY to there, and about half of those below. An answer never has less than the setting `min_confidence`.
    """
    if confidence >= WELL_SUPPORTED:
        return "Well supported"
    return "Likely" if confidence >= LIKELY else "Uncertain — check the source"


def weigh(query: Query, best: Evidence) -> tuple[float, ...]:
    """What tells an answer from a sentence that is merely near, of the best evidence: a value for each of WEIGHTS.

    1; its score; whether somebody's words are asked for, and then its score; the share of the terms in and around it;
    how rare a term is that is not; whether a number is asked for and there is none in it.
    """
    spoken = float(best.spoken is not None)
    lacks_number = float(query.wants == "number" and not holds("number", best.sentence.text, query.standalone))
    return (1.0, best.relevance, spoken, spoken * best.relevance, best.named_near, best.missing, lacks_number)
