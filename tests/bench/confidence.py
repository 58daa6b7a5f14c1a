"""Fit `qa.confidence.WEIGHTS`, and show how well the confidence that they give is calibrated.

    python -m tests.bench.confidence [--articles DIR --questions FILE ...] [--weights W ...] [--store DIR] [--fit]

Wants a folder of articles and questions that they answer and do not answer (`"evidence": []`), by default the project's
own, which are too few to fit on. A weight (default: 1) says how much a question of that file counts. Answerable and
unanswerable questions are weighted so that the unanswerable ones make up SHARE of each file that holds both. Prints the
refusals, the area under the ROC curve, the Brier score and a reliability table: for the weights as they are, or with
--fit for new ones, five-fold cross-validated. Needs scikit-learn.
"""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.model_selection import StratifiedKFold

from index.library import Library
from qa import Question
from qa.ask import look_up
from qa.confidence import WEIGHTS, weigh
from qa.question import read_question
from tests.bench.inputs import fail, make_parser, open_library, read_options

SHARE = 1 / 3


def measure(library: Library, asked: Question) -> tuple[float, ...]:
    """Return what `weigh` makes of a question: all 0 if there is nothing to weigh."""
    query = read_question(asked.question, asked.history)
    with library.reading():
        found = look_up(library, query)
    return tuple(weigh(query, found.citable[0]).values()) if found.citable else (0.0,) * len(WEIGHTS)


def balance(answerable: np.ndarray, files: np.ndarray, wanted: list[float]) -> np.ndarray:
    """Return the weight of each question (n,), as the module's docstring describes."""
    weights = np.ones(len(files))
    for file, weight in enumerate(wanted):
        both = len(set(answerable[files == file])) == 2
        for kind in (True, False):
            rows = (files == file) & (answerable == kind)
            share = (1 - SHARE if kind else SHARE) if both else 1.0
            weights[rows] = weight * share * (files == file).sum() / max(rows.sum(), 1)
    return weights


def main() -> None:
    parser = make_parser(__doc__)
    parser.add_argument("--fit", action="store_true", help="fit new weights, and measure those")
    parser.add_argument("--weights", nargs="+", type=float, help="how much a question of each file counts (default: 1)")
    options = read_options(parser)
    wanted = options.weights or [1.0] * len(options.files)
    if len(wanted) != len(options.files):
        fail(parser, f"{len(wanted)} weights for {len(options.files)} files of questions. Give as many.")
    with open_library(options) as library:
        measured = [measure(library, asked) for asked in options.questions]
    answerable = [bool(asked.evidence) for asked in options.questions]
    values, truth, of_file = np.array(measured), np.array(answerable), np.array(options.file_of)
    weights = balance(truth, of_file, wanted)
    held = values[:, 0] > 0
    if options.fit:
        confidence = np.zeros((10, len(truth)))
        for seed in range(10):
            folds = StratifiedKFold(5, shuffle=True, random_state=seed)
            for learnt, kept in folds.split(values, 2 * of_file + truth):
                rows = learnt[held[learnt]]
                model = LogisticRegression(C=3.0, max_iter=5000)
                model.fit(values[rows, 1:], truth[rows], sample_weight=weights[rows])
                confidence[seed, kept] = model.predict_proba(values[kept, 1:])[:, 1]
        model.fit(values[held, 1:], truth[held], sample_weight=weights[held])
        fitted = (round(float(weight), 2) for weight in (*model.intercept_, *model.coef_[0]))
        print("WEIGHTS =", dict(zip(WEIGHTS, fitted, strict=True)))
    else:
        confidence = 1 / (1 + np.exp(-values @ np.array(list(WEIGHTS.values()))))[None]
    confidence[:, ~held] = 0.0
    for file, name in enumerate(options.files):
        rows = of_file == file
        yes, no = confidence[:, rows & truth], confidence[:, rows & ~truth]
        print(name, f"answerable refused {(yes < 0.5).mean():.3f}" if yes.size else "",
              f"unanswerable refused {(no < 0.5).mean():.3f}" if no.size else "")  # fmt: skip
        if yes.size and no.size:
            area = np.mean([roc_auc_score(truth[rows], one[rows]) for one in confidence])
            brier = np.mean(
                [brier_score_loss(truth[rows], one[rows], sample_weight=weights[rows]) for one in confidence]
            )
            print(f"area under the ROC curve {area:.3f}, Brier score {brier:.3f}")
            for low in (0.0, 0.2, 0.4, 0.6, 0.8):
                inside = (confidence[:, rows] >= low) & (confidence[:, rows] < low + 0.2 + (low == 0.8))
                mass = np.where(inside, weights[rows], 0).sum()
                right = np.where(inside & truth[rows], weights[rows], 0).sum()
                mean = np.where(inside, weights[rows] * confidence[:, rows], 0).sum()
                if mass:
                    number = inside.sum() / len(confidence)
                    print(f"| {low:.1f} to {low + 0.2:.1f} | {number:.0f} | {mean / mass:.2f} | {right / mass:.2f} |")


if __name__ == "__main__":
    main()
