"""Fit `qa.chance.WEIGHTS` and `qa.confidence.WEIGHTS`, and show what they give on questions they were not fitted on.

    python -m tests.bench.combination collect OUT [--articles DIR --questions FILE ...] [--store DIR]
    python -m tests.bench.combination fit OUT ... [--also OUT ...]

`collect` asks an index of articles questions whose answers are known and writes what was found and read to a file.
`fit` fits the weights on all those files but one and judges them on that one, each in turn; then on all, which it
prints. Questions `--also` given (such as many of one kind) are always fitted on, at LEAN of their weight. Each is done
with the reader and without it.

A question that the articles answer is used once more as one that they do not: without the sentences that answer.
Needs SciPy.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from scipy.optimize import minimize

from index.library import Library
from qa import Question, chance, confidence
from qa.ask import look_up_sides
from qa.chance import assess_sentences
from qa.compose import compose
from qa.evaluate import Outcome, Passage, find_needs, judge, measure, overlaps, read_texts
from qa.evidence import Evidence, Side
from qa.question import read_question
from qa.spelling import respell
from tests.bench.inputs import make_parser, open_library, read_options

# What unanswerable questions make up of each file; how much one made without its answer counts; a question `--also`.
SHARE, MADE, LEAN = 1 / 4, 0.15, 0.3
STRENGTH = 0.1  # of the likelihood against the penalty of large weights, as scikit-learn's C
# Values whose weight may not be positive, by a word in their name, and those whose weight may have any sign. All others
# may not be negative: what cannot be explained is not learnt.
FALLING, FREE = ("behind", "missing", "not in", "lacks"), ("asks for",)

Weights = dict[str, tuple[float, ...]]


@dataclass(frozen=True)
class Asked:
    """A question with the passages that answer it, and what was found for it and for each side of it."""

    question: Question
    needed: tuple[tuple[Passage, ...], ...]
    relevant: tuple[Passage, ...]
    whole: Side
    sides: list[Side]

    def needs(self, found: Evidence) -> bool:
        return any(overlaps(found.sentence, passage) for group in self.needed for passage in group)  # type: ignore[arg-type]

    def allows(self, found: Evidence) -> bool:
        return self.needs(found) or any(overlaps(found.sentence, passage) for passage in self.relevant)  # type: ignore[arg-type]


def ask_all(library: Library, questions: Sequence[Question]) -> list[Asked]:
    """What is found and read for each question."""
    asked, text_of = [], read_texts(library)
    for question in questions:
        with library.reading():
            query, _ = respell(library, read_question(question.question, question.history))
            whole, *sides = look_up_sides(library, query)
        asked.append(Asked(question, *find_needs(question, text_of), whole, sides))
    return asked


def unread(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The evidence as if there were no reader."""
    return [replace(found, reading=None) for found in evidence]


def assessed(side: Side, *, reader: bool) -> Side:
    """The side with the chances that the present weights give, with the reader or without."""
    readings = {found.id: found.reading for found in side.evidence if found.reading} if reader else {}
    return replace(side, evidence=assess_sentences(side.evidence, readings))


class Table:
    """Rows of values with truth and weight, from which the weights of one column are fitted."""

    def __init__(self) -> None:
        self.rows: list[tuple[dict[str, float], bool, float]] = []

    def add(self, values: dict[str, float], truth: bool, weight: float) -> None:
        self.rows.append((values, truth, weight))

    def fit(self, left_out: Sequence[str]) -> dict[str, float]:
        if not self.rows:
            return {}
        names = [name for name in self.rows[0][0] if name != "constant" and name not in left_out]
        values = np.array([[row[name] for name in names] for row, _, _ in self.rows])
        truth = np.array([truth for _, truth, _ in self.rows], dtype=float)
        weights = np.array([weight for _, _, weight in self.rows])
        middle, spread = values.mean(axis=0), values.std(axis=0) + 1e-9
        slopes, constant = regress((values - middle) / spread, truth, weights, [_bounds(name) for name in names])
        slopes = slopes / spread
        return {"constant": constant - float(slopes @ middle), **dict(zip(names, map(float, slopes), strict=True))}


def regress(
    values: np.ndarray, truth: np.ndarray, weights: np.ndarray, bounds: list[tuple[float | None, float | None]]
) -> tuple[np.ndarray, float]:
    """Logistic regression with a penalty on the square of the slopes, each within its bounds: slopes and constant."""

    def loss(all_of_them: np.ndarray) -> tuple[float, np.ndarray]:
        slopes, constant = all_of_them[:-1], all_of_them[-1]
        logits = values @ slopes + constant
        missed = weights * (1 / (1 + np.exp(-logits)) - truth)
        penalty = slopes @ slopes / (2 * STRENGTH)
        likelihood = weights @ (np.logaddexp(0, logits) - truth * logits)
        return float(likelihood + penalty), np.append(values.T @ missed + slopes / STRENGTH, missed.sum())

    found = minimize(loss, np.zeros(len(bounds) + 1), jac=True, method="L-BFGS-B", bounds=[*bounds, (None, None)])
    return found.x[:-1], float(found.x[-1])


def _bounds(name: str) -> tuple[float | None, float | None]:
    if name.startswith(FREE):
        return (None, None)
    return (None, 0.0) if any(word in name for word in FALLING) else (0.0, None)


def join(columns: Sequence[dict[str, float]], names: Sequence[str]) -> Weights:
    """The weights of all columns, in the order of `names`."""
    return {name: tuple(round(column.get(name, 0.0), 3) for column in columns) for name in names}


def fit(
    main: Sequence[Sequence[Asked]], also: Sequence[Sequence[Asked]] = (), without: Sequence[str] = ()
) -> tuple[Weights, Weights]:
    """The weights of `qa.chance` and of `qa.confidence`, 0 for the values `without`."""
    parts = [(asked, 1.0) for asked in main] + [(asked, LEAN) for asked in also]
    tables = [Table() for _ in range(4)]
    answers = []
    for reader in (True, False):
        for asked, weight in parts:
            for each in (each for each in asked if each.needed and each.whole.citable):
                evidence = unread(each.whole.citable) if not reader else each.whole.citable
                column = chance.find_column(evidence, reader)
                for found, values in zip(evidence, chance.weigh(evidence), strict=True):
                    tables[column].add(values, each.needs(found), weight)
    sentences = [table.fit([*without, *(READ if column % 2 else ())]) for column, table in enumerate(tables)]
    chances = join(sentences, list(chance.WEIGHTS))
    with patch.object(chance, "WEIGHTS", chances):
        for reader in (True, False):
            table = Table()
            for asked, weight in parts:
                for each, side, share in examples(asked, reader=reader):
                    table.add(confidence.weigh(each.whole.query, side.citable), share > 0, weight * abs(share))
            answers.append(table.fit([*without, *(() if reader else READ)]))
    return chances, join(answers, list(confidence.WEIGHTS))


READ = ("answers", "answers behind the best", "passage", "certainty", "certainty where it asks for a few words")


def examples(asked: Sequence[Asked], *, reader: bool) -> Iterator[tuple[Asked, Side, float]]:
    """Questions with their evidence and how much they count: less than 0 for those that are not answered."""
    answerable = sum(bool(each.needed) for each in asked)
    both = 0 < answerable < len(asked)
    yes = (1 - SHARE) * len(asked) / answerable if both else 1.0
    no = SHARE * len(asked) / (len(asked) - answerable) if both else 1.0
    for each in asked:
        side = assessed(each.whole, reader=reader)
        if side.citable:
            yield each, side, yes if each.needed else -no
        without = replace(side, evidence=[found for found in side.evidence if not each.allows(found)])
        if each.needed and without.citable:
            yield each, assessed(without, reader=reader), -MADE


def show(
    name: str, asked: Sequence[Asked], weights: tuple[Weights, Weights], *, reader: bool, by_type: bool = False
) -> None:
    """Print the figures of the answers that these weights give."""
    with patch.object(chance, "WEIGHTS", weights[0]), patch.object(confidence, "WEIGHTS", weights[1]):
        outcomes: list[Outcome] = []
        for each in asked:
            whole, *sides = (assessed(side, reader=reader) for side in (each.whole, *each.sides))
            answer = compose(whole, sides, limit=5, min_confidence=0.5)
            outcomes.append(judge(each.question, answer, each.needed, each.relevant, lambda _: None))
    found = measure(outcomes)
    figures: dict[str, Any] = {
        "score": found.score, "hit@1": found.hit_at_1, "hit@3": found.hit_at_3, "all@5": found.all_at_5,
        "precision": found.precision, "refused": found.refused_right, "wrongly": found.refused_wrong,
        "auroc": found.auroc,
    }  # fmt: skip
    print(f"{name:32} " + " ".join(f"{key} {value:.3f}" for key, value in figures.items() if value is not None))
    if by_type:
        types = sorted({outcome.question.type for outcome in outcomes})
        scores = {kind: measure([o for o in outcomes if o.question.type == kind]).score for kind in types}
        print("    " + " ".join(f"{kind} {score:.2f}" for kind, score in scores.items()))


def main() -> None:
    parser = make_parser(__doc__)
    if sys.argv[1:2] == ["collect"]:
        parser.add_argument("what", choices=["collect"])
        parser.add_argument("out", type=Path)
        options = read_options(parser)
        with open_library(options) as library:
            options.out.write_bytes(pickle.dumps(ask_all(library, options.questions)))
        return
    parser.add_argument("what", choices=["fit"])
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--also", type=Path, nargs="*", default=[], metavar="OUT")
    parser.add_argument("--without", nargs="*", default=[], metavar="VALUE", help="leave these values out")
    options = parser.parse_args()
    files = {path: pickle.loads(path.read_bytes()) for path in (*options.files, *options.also)}
    also = [files[path] for path in options.also]
    for judged in options.files:
        rest = [files[path] for path in options.files if path != judged]
        weights = fit(rest, also, options.without)
        for reader in (False, True):
            show(
                f"{judged.stem}, {'read' if reader else 'not read'}, fitted on the rest",
                files[judged],
                weights,
                reader=reader,
                by_type=True,
            )
    weights = fit([files[path] for path in options.files], also, options.without)
    for path, asked in files.items():
        for reader in (False, True):
            show(f"{path.stem}, {'read' if reader else 'not read'}, fitted on all", asked, weights, reader=reader)
    for table in weights:
        print("\nWEIGHTS = {")
        for name, pair in table.items():
            print(f'    "{name}": {pair},')
        print("}")


if __name__ == "__main__":
    from tests.bench import combination  # what is pickled belongs to the module, not to this run of it

    combination.main()
