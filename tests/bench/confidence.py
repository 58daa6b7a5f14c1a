"""Fit `qa.confidence.WEIGHTS`, and tell how well the confidence that they give is calibrated.

    PYTHONPATH=. python tests/bench/confidence.py FOLDER STORE QUESTIONS.jsonl[:WEIGHT] [...] [--fit]

A line of QUESTIONS is `{"question", "history", "evidence": [...]}`; no evidence means that the articles of FOLDER do
not answer. WEIGHT (default 1) is how much a question of a file counts. The two kinds of question are weighed so that
the unanswerable ones make up SHARE of each file that has both. Prints the area under the ROC curve, refusals, the
Brier score and a reliability table: of the weights as they are, or with --fit of new ones, 5-fold cross-validated.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.model_selection import StratifiedKFold

from index.library import Library
from index.settings import load_settings
from qa.ask import look_up
from qa.compose import find_pool
from qa.confidence import WEIGHTS, weigh
from qa.question import read_question

SHARE = 1 / 3


def measure(library: Library, question: str, history: list[str]) -> tuple[float, ...]:
    """What `weigh` finds of a question; all 0 where there is nothing to weigh."""
    query = read_question(question, history)
    with library.reading():
        found = look_up(library, query)
    pool = find_pool(query, found.evidence, found.asked)
    return tuple(weigh(query, pool[0]).values()) if pool else (0.0,) * len(WEIGHTS)


def balance(answerable: np.ndarray, files: np.ndarray, wanted: list[float]) -> np.ndarray:
    """A weight for each question (n,), as the docstring above says."""
    weights = np.ones(len(files))
    for file, weight in enumerate(wanted):
        both = len(set(answerable[files == file])) == 2
        for kind in (True, False):
            rows = (files == file) & (answerable == kind)
            share = (1 - SHARE if kind else SHARE) if both else 1.0
            weights[rows] = weight * share * (files == file).sum() / max(rows.sum(), 1)
    return weights


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("store", type=Path)
    parser.add_argument("questions", nargs="+")
    parser.add_argument("--fit", action="store_true")
    options = parser.parse_args()
    measured, answerable, files, wanted = [], [], [], []
    with Library(load_settings(seeds=options.folder, store=options.store)) as library:
        library.update()
        for i, argument in enumerate(options.questions):
            name, _, weight = argument.partition(":")
            wanted.append(float(weight or 1))
            for row in map(json.loads, Path(name).read_text(encoding="utf-8").splitlines()):
                measured.append(measure(library, row["question"], row.get("history") or []))
                answerable.append(bool(row["evidence"]))
                files.append(i)
    values, truth, of_file = np.array(measured), np.array(answerable), np.array(files)
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
    for file, argument in enumerate(options.questions):
        rows = of_file == file
        yes, no = confidence[:, rows & truth], confidence[:, rows & ~truth]
        print(argument, f"answerable refused {(yes < 0.5).mean():.3f}" if yes.size else "",
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
