"""What each ingredient of an answer is worth: the figures of `qa.evaluate` without it.

    PYTHONPATH=. python tests/bench/ablation.py FOLDER STORE QUESTIONS.jsonl

Prints a Markdown table with a row for each ingredient. The confidence is not fitted anew for a row: what an ingredient
adds to it is lost with it too.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from index.library import Library
from index.settings import load_settings
from index.storage.chroma import Store
from index.storage.lexical import Lexical
from qa import Question, load_questions
from qa.evaluate import evaluate_library
from qa.scoring import Candidates

ASK, COMPOSE, QUESTION, RETRIEVE, SCORING = (
    sys.modules[f"qa.{name}"] for name in ("ask", "compose", "question", "retrieve", "scoring")
)


def without_feature(name: str, value: float) -> list[tuple[Any, str, Any]]:
    """Give a feature the same value for every sentence."""

    def measure(candidates: Candidates) -> dict[str, float]:
        return dict.fromkeys((key for key, *_ in candidates.found), value)

    return [
        (
            SCORING,
            table,
            [replace(row, measure=measure) if row.name == name else row for row in getattr(SCORING, table)],
        )
        for table in ("FEATURES", "PREFERENCES")
    ]


# What is left out, and what takes its place: the object, the name in it, the value.
ROWS: dict[str, list[tuple[Any, str, Any]]] = {
    "all of it": [],
    "candidates by meaning (Chroma)": [(Store, "nearest", lambda *_, **__: [])],
    "candidates by words (BM25)": [(Lexical, "search", lambda *_, **__: [])],
    "the cosine in context": without_feature("context", 0.5),
    "terms named near": without_feature("named_near", 0.8),
    "terms named in the article": without_feature("named_in_article", 0.8),
    "terms in the sentence itself": without_feature("on_topic", 0.5),
    "the rarest missing term": without_feature("missing", 0.3),
    "who speaks": [(QUESTION, "_find_speaker", lambda _: None)],
    "the person or cause asked for": without_feature("wanted", 0.0),
    "the conversation": [(QUESTION, "_leaned_on", lambda *_: [])],
    "earlier questions’ words": [(SCORING, "CARRIED_TERM", 0.0), (RETRIEVE, "CARRIED_VECTOR", 0.0)],
    "each side of a question": [(ASK, "split_sides", lambda _: [])],
    "names respelled": [(ASK, "respell", lambda _, query: (query, {}))],
    "the sentence before one that points back": [(ASK, "_read_before", lambda *_: None)],
    "what other articles say otherwise": [(COMPOSE, "find_conflicts", lambda *_: [])],
    "a choice of how many to cite (five)": [(COMPOSE, "select", lambda found, limit: list(found[:limit]))],
}  # fmt: skip


def measure(library: Library, questions: list[Question]) -> str:
    """The cells of a row."""
    found = evaluate_library(library, questions).overall
    figures = (found.hit_at_1, found.hit_at_3, found.all_at_5, found.score, found.precision)
    figures += (found.refused_right, found.refused_wrong, found.auroc)
    return " | ".join("-" if figure is None else f"{figure:.3f}" for figure in figures)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("store", type=Path)
    parser.add_argument("questions", type=Path)
    options = parser.parse_args()
    questions = load_questions(options.questions)
    print("| without | hit@1 | hit@3 | all@5 | score | precision | refused right | refused wrong | auroc |")
    print("|---|---|---|---|---|---|---|---|---|")
    with Library(load_settings(seeds=options.folder, store=options.store)) as library:
        library.update()
        for name, changes in ROWS.items():
            with ExitStack() as patches:
                for where, what, value in changes:
                    patches.enter_context(patch.object(where, what, value))
                print(f"| {name} | {measure(library, questions)} |", flush=True)


if __name__ == "__main__":
    main()
