"""How likely each sentence is to be what answers: a logistic function of a few readable features."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from index.models.reader import NOTHING, Reading
from qa.evidence import Evidence

# The weight of each value that `weigh` returns: for ordinary questions, with the reader and without it, and for those
# that ask for someone's statements, with it and without it. Fitted by tests/bench/combination.py; see docs/quality.md.
WEIGHTS: dict[str, tuple[float, float, float, float]] = {
    "constant": (-1.382, -4.164, -1.356, -4.58),
    "score": (0.581, 2.261, 0.448, 2.083),
    "score behind the best": (-2.114, -6.051, -4.058, -6.116),
    "on topic": (0.0, 0.0, 0.149, 0.35),
    "spoken": (0.0, 0.0, 0.793, 0.806),
    "answers behind the best": (-0.279, 0.0, -0.322, 0.0),
    "passage": (0.0, 0.0, 0.086, 0.0),
    "certainty": (0.14, 0.0, 0.084, 0.0),
}


def assess_sentences(evidence: Sequence[Evidence], readings: Mapping[str, Reading]) -> list[Evidence]:
    """Return the evidence with its readings and chances, best first: a total order, the same in every run.

    `readings` are by sentence id; there are none if nothing was read.
    """
    read = [replace(found, reading=readings.get(found.id)) for found in evidence]
    values = weigh(read)
    column = find_column(read, bool(readings))
    assessed = [replace(found, chance=logistic(row, WEIGHTS, column)) for found, row in zip(read, values, strict=True)]
    return sorted(assessed, key=_place)


def find_column(evidence: Sequence[Evidence], is_read: bool) -> int:
    """Return the column of WEIGHTS for this evidence: whether statements are asked for, and whether it was read."""
    asks_for_words = any(found.spoken is not None for found in evidence)
    return 2 * asks_for_words + (not is_read)


def weigh(evidence: Sequence[Evidence]) -> list[dict[str, float]]:
    """Return a value for each of WEIGHTS for each of a question's candidates."""
    readings = [found.reading or NOTHING for found in evidence]
    best = max((found.score for found in evidence), default=0.0)
    answers = max((reading.answers for reading in readings), default=0.0)
    return [
        {
            "constant": 1.0,
            "score": found.score,
            "score behind the best": best - found.score,
            "on topic": found.on_topic,
            "spoken": found.spoken or 0.0,
            "answers behind the best": answers - reading.answers,
            "passage": reading.passage,
            "certainty": reading.certainty,
        }
        for found, reading in zip(evidence, readings, strict=True)
    ]


def logistic(values: Mapping[str, float], weights_of: Mapping[str, Sequence[float]], column: int) -> float:
    """Return the logistic function of the sum of the values, each times its weight in that column, in [0, 1]."""
    total = 0.0
    for name, weights in weights_of.items():  # not sum(), which rounds differently from Python 3.12 on
        total += weights[column] * values[name]
    return 1.0 / (1.0 + math.exp(-total))


def _place(evidence: Evidence) -> tuple[float, float, str, int]:
    sentence = evidence.sentence
    return (-round(evidence.chance, 6), -round(evidence.score, 6), sentence.article_id, sentence.position)
