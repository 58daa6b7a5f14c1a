"""Where the time of a warm answer goes.

    python -m tests.bench.latency [--articles DIR --questions FILE] [--store DIR]

Wants a folder of articles and questions about them, by default the project's own; what answers them does not matter.
Asks every question twice and times the second round. Prints the median and the 95th percentile of an answer, and a
Markdown table of the mean milliseconds of each step. A step's time does not count towards the step around it.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any
from unittest.mock import patch

from index.library import Library
from index.models.embedding import EmbeddingModel
from index.storage.lexical import Lexical
from index.storage.store import Store
from qa import Question, answer_question
from tests.bench.inputs import make_parser, open_library, read_options

ASK, RETRIEVE = sys.modules["qa.ask"], sys.modules["qa.retrieve"]
STEPS: dict[str, list[tuple[Any, str]]] = {
    "the question’s own vector": [(EmbeddingModel, "encode")],
    "the nearest in Chroma": [(Store, "nearest")],
    "BM25": [(Lexical, "search")],
    "the candidates’ texts and vectors": [(Store, "sentences_with_vectors"), (Lexical, "contexts")],
    "how rare words are, and where": [(Lexical, "frequency"), (Lexical, "stems_in")],
    "scoring": [(RETRIEVE, "score")],
    "reading": [(ASK, "read")],
    "whom the question means": [(ASK, "find_speaker"), (ASK, "_find_rivals"), (ASK, "respell")],
    "composing": [(ASK, "compose")],
}


def measure(library: Library, questions: Sequence[Question]) -> tuple[list[float], dict[str, float]]:
    """Return the milliseconds of each answer when it is asked for the second time, and those of each step, in all."""
    spent: dict[str, float] = defaultdict(float)
    running: list[float] = []

    def timed(step: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **options: Any) -> Any:
            running.append(0.0)
            began = time.perf_counter()
            try:
                return function(*arguments, **options)
            finally:
                whole = 1000 * (time.perf_counter() - began)
                spent[step] += whole - running.pop()
                if running:
                    running[-1] += whole

        return run

    with ExitStack() as patches:
        for step, functions in STEPS.items():
            for where, name in functions:
                patches.enter_context(patch.object(where, name, timed(step, getattr(where, name))))
        for _ in range(2):
            spent.clear()
            taken = [1000 * answer_question(library, asked.question, asked.history).seconds for asked in questions]
    spent["everything else"] = sum(taken) - sum(spent.values())
    return taken, spent


def main() -> None:
    options = read_options(make_parser(__doc__))
    with open_library(options) as library:
        taken, spent = measure(library, options.questions)
    p95 = sorted(taken)[int(0.95 * len(taken))]
    print(
        f"median {statistics.median(taken):.0f} ms, 95th percentile {p95:.0f} ms, mean {statistics.mean(taken):.0f} ms"
    )
    print("\n| step | ms |\n|---|---|")
    for step in sorted(spent, key=lambda step: -spent[step]):
        print(f"| {step} | {spent[step] / len(taken):.1f} |")


if __name__ == "__main__":
    main()
