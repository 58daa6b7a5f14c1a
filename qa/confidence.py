"""How likely it is that the evidence answers a question: a logistic function of a few readable features."""

from __future__ import annotations

import math
from collections.abc import Sequence

from index.models.reader import NOTHING
from qa.chance import logistic
from qa.evidence import Evidence
from qa.question import Query
from qa.short import asks_for_a_few_words
from qa.wanted import has_wanted

# The weight of each value that `weigh` returns, with the reader and without it. Fitted by tests/bench/combination.py;
# see docs/quality.md.
WEIGHTS: dict[str, tuple[float, float]] = {
    "constant": (0.561, 0.865),
    "relevance": (0.272, 0.739),
    "asks for words": (-1.333, -1.538),
    "relevance where it asks for words": (0.149, 0.135),
    "name not in the article": (-0.946, -1.765),
    "on topic where it asks for words": (0.838, 0.16),
    "spoken": (0.336, 0.601),
    "lacks number": (-2.909, -1.954),
    "asks for a few words": (-0.582, -0.042),
    "certainty where it asks for a few words": (0.055, 0.0),
    "chance": (0.303, 0.595),
    "answers": (0.376, 0.0),
    "certainty": (0.111, 0.0),
}

# Of so many of the best, the words that answer a question for a few words count.
CITABLE = 3

# The confidence from which an answer is described so; see `describe_confidence`.
WELL_SUPPORTED, LIKELY = 0.8, 0.6


def assess(query: Query, evidence: Sequence[Evidence]) -> float:
    """Return how likely it is that the evidence answers the query, in [0, 1]; 0 if there is none.

    `evidence` is what may be cited, best first.
    """
    if not evidence:
        return 0.0
    column = 0 if any(found.reading for found in evidence) else 1
    return logistic(weigh(query, evidence), WEIGHTS, column)


def describe_confidence(confidence: float) -> str:
    """Put a confidence in [0, 1] into words, for a reader who has to decide whether to check the source.

    Of the news and BBC questions of docs/quality.md, the articles do answer 98 in 100 of those with at least
    WELL_SUPPORTED, 93 in 100 of those with at least LIKELY, and three quarters of those below that are answered. An
    answer never has less than the setting `min_confidence`.
    """
    if confidence >= WELL_SUPPORTED:
        return "Well supported"
    return "Likely" if confidence >= LIKELY else "Uncertain — check the source"


def weigh(query: Query, evidence: Sequence[Evidence]) -> dict[str, float]:
    """Return a value for each of WEIGHTS: what distinguishes an answer from a sentence that is merely close.

    `evidence` is what may be cited, best first, at least one. Of what the reader says, the best of all that was read
    counts, as the words that answer may stand in another sentence than the first.
    """
    best = evidence[0]
    readings = [found.reading for found in evidence if found.reading] or [NOTHING]
    asks_for_words = float(best.spoken is not None)
    has_number = has_wanted("number", best.sentence.text, query.standalone)
    few_words = float(asks_for_a_few_words(query))
    certainty = max((found.reading or NOTHING).certainty for found in evidence[:CITABLE])
    chance = min(max(best.chance, 1e-4), 1 - 1e-4)
    return {
        "constant": 1.0,
        "relevance": best.relevance,
        "asks for words": asks_for_words,
        "relevance where it asks for words": asks_for_words * best.relevance,
        "name not in the article": best.features["name_not_in_article"],
        "on topic where it asks for words": asks_for_words * best.on_topic,
        "spoken": best.spoken or 0.0,
        "lacks number": float(query.wants == "number" and not has_number),
        "asks for a few words": few_words,
        "certainty where it asks for a few words": few_words * certainty,
        "chance": math.log(chance / (1 - chance)),
        "answers": max(reading.answers for reading in readings),
        "certainty": max(reading.certainty for reading in readings),
    }
