"""What each ingredient of an answer is worth: the figures of `qa.evaluate` without it.

    python -m tests.bench.ablation [--articles DIR --questions FILE] [--store DIR]

Wants a folder of articles and questions whose answers are known, by default the project's own. Prints a Markdown table
with a row for each ingredient. The confidence is not refitted for each row, so a row also loses whatever its ingredient
contributes to the confidence.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from index.library import Library
from index.storage.lexical import Lexical
from index.storage.store import Store
from qa import Question
from qa.evaluate import evaluate_library
from qa.scoring import Candidates
from tests.bench.inputs import make_parser, open_library, read_options

ASK, COMPOSE, QUESTION, RETRIEVE, SCORING = (
    sys.modules[f"qa.{name}"] for name in ("ask", "compose", "question", "retrieve", "scoring")
)


def without_feature(name: str, value: float) -> list[tuple[Any, str, Any]]:
    """Give a feature the same value for every sentence."""

    def measure(candidates: Candidates) -> dict[str, float]:
        return dict.fromkeys((key for key, *_ in candidates.found), value)

    tables = {table: getattr(SCORING, table) for table in ("FEATURES", "PREFERENCES")}
    return [
        (SCORING, table, [replace(row, measure=measure) if row.name == name else row for row in rows])
        for table, rows in tables.items()
    ]


# What is left out, and what replaces it: the object, the name in it, the value.
ROWS: dict[str, list[tuple[Any, str, Any]]] = {
    "all of it": [],
    "candidates by meaning (Chroma)": [(Store, "nearest", lambda *_, **__: [])],
    "candidates by words (BM25)": [(Lexical, "search", lambda *_, **__: [])],
    "the cosine in context": without_feature("context", 0.5),
    "terms named near": without_feature("named_near", 0.8),
    "terms named in the article": without_feature("named_in_article", 0.8),
    "terms in the sentence itself": without_feature("on_topic", 0.5),
    "the rarest name that is missing": without_feature("name_not_in_article", 0.0),
    "the reader": [(ASK, "read", lambda *_, **__: {})],
    "who speaks": [(QUESTION, "find_speaker", lambda _: None)],
    "the person or cause asked for": without_feature("wanted", 0.0),
    "the conversation": [(QUESTION, "_leaned_on", lambda *_: [])],
    "earlier questions’ words": [(SCORING, "CARRIED_TERM", 0.0), (RETRIEVE, "CARRIED_VECTOR", 0.0)],
    "each side of a question": [(ASK, "split_sides", lambda _: [])],
    "names respelled": [(ASK, "respell", lambda _, query: (query, {}))],
    "the sentence before one that points back": [(ASK, "_find_preceding", lambda *_: None)],
    "what other articles say otherwise": [(COMPOSE, "find_conflicts", lambda *_: [])],
    "a choice of how many to cite (five)": [(COMPOSE, "select", lambda found, limit: list(found[:limit]))],
}  # fmt: skip


def measure(library: Library, questions: Sequence[Question], changes: list[tuple[Any, str, Any]]) -> str:
    """Return the cells of a row: the figures with these changes made."""
    with ExitStack() as patches:
        for where, what, value in changes:
            patches.enter_context(patch.object(where, what, value))
        found = evaluate_library(library, questions).overall
    figures = [found.hit_at_1, found.hit_at_3, found.all_at_5, found.score, found.precision]
    figures += [found.refused_right, found.refused_wrong, found.auroc]
    return " | ".join("-" if figure is None else f"{figure:.3f}" for figure in figures)


def main() -> None:
    options = read_options(make_parser(__doc__))
    print("| without | hit@1 | hit@3 | all@5 | score | precision | refused right | refused wrong | auroc |")
    print("|---|---|---|---|---|---|---|---|---|")
    with open_library(options) as library:
        for name, changes in ROWS.items():
            print(f"| {name} | {measure(library, options.questions, changes)} |", flush=True)


if __name__ == "__main__":
    main()
