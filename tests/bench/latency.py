"""Where the time of a warm answer goes.

    PYTHONPATH=. python tests/bench/latency.py FOLDER STORE QUESTIONS.jsonl

Asks every question twice and times the second round. Prints the median and the 95th percentile of an answer, and a
Markdown table of the mean milliseconds that each step takes of it; a step's time does not count in the step around it.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from index.library import Library
from index.models.embedding import EmbeddingModel
from index.settings import load_settings
from index.storage.chroma import Store
from index.storage.lexical import Lexical
from qa import answer_question, load_questions

ASK, RETRIEVE = sys.modules["qa.ask"], sys.modules["qa.retrieve"]
STEPS: dict[str, list[tuple[Any, str]]] = {
    "the question’s own vector": [(EmbeddingModel, "encode")],
    "the nearest in Chroma": [(Store, "nearest")],
    "BM25": [(Lexical, "search")],
    "the candidates’ texts and vectors": [(Store, "sentences_with_vectors"), (Lexical, "contexts")],
    "how rare words are, and where": [(Lexical, "frequency"), (Lexical, "stems_in")],
    "what is on topic, and who speaks": [(RETRIEVE, "_on_topic"), (RETRIEVE, "_spoken")],
    "whom the question means": [(ASK, "find_speaker"), (ASK, "_find_rivals"), (ASK, "respell")],
    "composing": [(ASK, "compose")],
}

spent: dict[str, float] = defaultdict(float)
running: list[float] = []


def timed(step: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, whose time without that of others inside it is added up."""

    def run(*arguments: Any, **options: Any) -> Any:
        running.append(0.0)
        began = time.perf_counter()
        try:
            return function(*arguments, **options)
        finally:
            whole = time.perf_counter() - began
            spent[step] += whole - running.pop()
            if running:
                running[-1] += whole

    return run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("store", type=Path)
    parser.add_argument("questions", type=Path)
    options = parser.parse_args()
    questions = load_questions(options.questions)
    for step, functions in STEPS.items():
        for where, name in functions:
            setattr(where, name, timed(step, getattr(where, name)))
    with Library(load_settings(seeds=options.folder, store=options.store)) as library:
        library.update()
        for _ in range(2):
            spent.clear()
            taken = [answer_question(library, asked.question, asked.history).seconds * 1000 for asked in questions]
    p95 = sorted(taken)[int(0.95 * len(taken))]
    print(
        f"median {statistics.median(taken):.0f} ms, 95th percentile {p95:.0f} ms, mean {statistics.mean(taken):.0f} ms"
    )
    spent["everything else"] = sum(taken) / 1000 - sum(spent.values())
    print("\n| step | ms |\n|---|---|")
    for step in sorted(spent, key=lambda step: -spent[step]):
        print(f"| {step} | {1000 * spent[step] / len(questions):.1f} |")


if __name__ == "__main__":
    main()
