"""Questions with known answers in; how well an index answers them out."""

from __future__ import annotations

import functools
import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.library import Library
from qa.answer import Answer, Citation
from qa.ask import answer_question, open_library
from qa.gold import Passage, Question, find_passages

BINS = 5  # of the reliability table, each 0.2 of confidence wide: about 30 questions each for 150 questions


@dataclass(frozen=True)
class Outcome:
    """A question's answer, and what it needed.

    `needed` has the passages of each group of evidence; one passage of each group is needed. `met_by` has the place of
    the first citation that meets each group, from 1, None if none does. `fits` says for each citation whether it is
    evidence or relevant, `verbatim` whether it is the article's own text at its offsets.
    """

    question: Question
    answer: Answer
    needed: tuple[tuple[Passage, ...], ...]
    met_by: tuple[int | None, ...]
    fits: tuple[bool, ...]
    verbatim: tuple[bool, ...]

    @property
    def is_right(self) -> bool:
        """Whether the answer meets every need, or refuses a question that the articles do not answer."""
        return None not in self.met_by if self.needed else not self.answer.answered

    @property
    def score(self) -> float:
        """The F1 of recall and precision, in [0, 1]; 1 for a right refusal, 0 for a wrong one."""
        if not self.needed:
            return float(not self.answer.answered)
        met, fitting = len(self.needed) - self.met_by.count(None), sum(self.fits)
        if not met or not fitting:
            return 0.0
        recall, precision = met / len(self.needed), fitting / len(self.fits)
        return 2 * precision * recall / (precision + recall)

    def is_met_in(self, first: int) -> list[bool]:
        """Return for each need whether one of the first citations, up to that number, meets it."""
        return [place is not None and place <= first for place in self.met_by]


@dataclass(frozen=True)
class Scores:
    """Figures over some questions, as shares in [0, 1]; None if there is nothing to take a share of.

    - `score`: mean over all questions of `Outcome.score`
    - `recall`: groups of evidence met by a citation
    - `precision`: citations for answerable questions that are evidence or relevant
    - `hit_at_1`, `hit_at_3`: answerable questions whose first (one of whose first three) citations meets a need
    - `all_at_5`: answerable questions whose first five citations meet every need
    - `refused_right`: unanswerable questions that are refused; `refused_wrong`: answerable ones that are
    - `auroc`: area under the ROC curve: how often an answerable question has more confidence than an unanswerable one
    - `brier`: mean squared distance of the confidence from 1 for answerable questions, from 0 for others
    - `verbatim`: citations that are their article's own text at their offsets, word for word
    - `citations`: mean number of citations in an answer
    - `median_ms`, `p95_ms`: time for an answer in milliseconds: the median, and the 95th percentile by nearest rank
    """

    questions: int
    answerable: int
    score: float | None
    recall: float | None
    precision: float | None
    hit_at_1: float | None
    hit_at_3: float | None
    all_at_5: float | None
    refused_right: float | None
    refused_wrong: float | None
    auroc: float | None
    brier: float | None
    verbatim: float | None
    citations: float | None
    median_ms: float | None
    p95_ms: float | None


@dataclass(frozen=True)
class Bin:
    """Questions whose confidence is at least `low` and below `high` (in the last bin, at most 1).

    `confidence` is the mean and `answerable` the share of questions that the articles answer; if the confidence is well
    calibrated, the two are about the same. Both are None if there are no questions.
    """

    low: float
    high: float
    questions: int
    confidence: float | None
    answerable: float | None


@dataclass(frozen=True)
class Evaluation:
    """How well questions are answered: overall, by type in alphabetical order, by confidence, and one by one."""

    overall: Scores
    by_type: dict[str, Scores]
    bins: tuple[Bin, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def failures(self) -> list[Outcome]:
        """The outcomes that are not right, the worst first, otherwise in the order of the questions."""
        return sorted((outcome for outcome in self.outcomes if not outcome.is_right), key=lambda wrong: wrong.score)


def evaluate(
    questions: Sequence[Question],
    *,
    seeds: str | Path | None = None,
    store: str | Path | None = None,
) -> Evaluation:
    """Ask a folder of articles questions with known answers, and return how well it does.

    `qa.load_questions` reads them from a file. The index is opened as by `qa.ask`. Raises OnRecordError: its message is
    one line that says what to do.
    """
    return evaluate_library(open_library(seeds, store), questions)


def evaluate_library(
    library: Library,
    questions: Sequence[Question],
    *,
    on_progress: Callable[[int, int], None] | None = None,
) -> Evaluation:
    """Evaluate an opened library; see `evaluate`.

    What the questions need is looked up in the articles before the first one is asked. `on_progress` is called with the
    number of questions done and the total.
    """
    text_of = read_texts(library)
    looked_up = [find_needs(question, text_of) for question in questions]
    outcomes = []
    for number, (question, (needed, relevant)) in enumerate(zip(questions, looked_up, strict=True), start=1):
        answer = answer_question(library, question.question, question.history)
        outcomes.append(judge(question, answer, needed, relevant, text_of))
        if on_progress:
            on_progress(number, len(questions))
    types = sorted({question.type for question in questions})
    return Evaluation(
        overall=measure(outcomes),
        by_type={kind: measure([outcome for outcome in outcomes if outcome.question.type == kind]) for kind in types},
        bins=sort_by_confidence(outcomes),
        outcomes=tuple(outcomes),
    )


def judge(
    question: Question,
    answer: Answer,
    needed: tuple[tuple[Passage, ...], ...],
    relevant: tuple[Passage, ...],
    text_of: Callable[[str], str | None],
) -> Outcome:
    """Compare an answer with what its question needs; `text_of` returns the text of an article, if there is one."""
    fine = [*(passage for group in needed for passage in group), *relevant]
    return Outcome(
        question=question,
        answer=answer,
        needed=needed,
        met_by=tuple(_first_place(answer.citations, group) for group in needed),
        fits=tuple(any(overlaps(citation, passage) for passage in fine) for citation in answer.citations),
        verbatim=tuple(_is_verbatim(citation, text_of) for citation in answer.citations),
    )


def overlaps(citation: Citation, passage: Passage) -> bool:
    """Return whether the two share more than half of the shorter one."""
    shared = min(citation.end, passage.end) - max(citation.start, passage.start)
    shorter = min(citation.end - citation.start, passage.end - passage.start)
    return citation.article_id == passage.article_id and 2 * shared > shorter


def measure(outcomes: Sequence[Outcome]) -> Scores:
    """Return the figures for some questions; see `Scores`."""
    answerable = [outcome for outcome in outcomes if outcome.needed]
    unanswerable = [outcome for outcome in outcomes if not outcome.needed]
    times = sorted(1000 * outcome.answer.seconds for outcome in outcomes)
    return Scores(
        questions=len(outcomes),
        answerable=len(answerable),
        score=_mean(outcome.score for outcome in outcomes),
        recall=_mean(place is not None for outcome in answerable for place in outcome.met_by),
        precision=_mean(fits for outcome in answerable for fits in outcome.fits),
        hit_at_1=_mean(any(outcome.is_met_in(1)) for outcome in answerable),
        hit_at_3=_mean(any(outcome.is_met_in(3)) for outcome in answerable),
        all_at_5=_mean(all(outcome.is_met_in(5)) for outcome in answerable),
        refused_right=_mean(not outcome.answer.answered for outcome in unanswerable),
        refused_wrong=_mean(not outcome.answer.answered for outcome in answerable),
        auroc=find_auroc(
            [outcome.answer.confidence for outcome in answerable],
            [outcome.answer.confidence for outcome in unanswerable],
        ),
        brier=_mean((outcome.answer.confidence - bool(outcome.needed)) ** 2 for outcome in outcomes),
        verbatim=_mean(verbatim for outcome in outcomes for verbatim in outcome.verbatim),
        citations=_mean(len(outcome.fits) for outcome in outcomes if outcome.answer.answered),
        median_ms=statistics.median(times) if times else None,
        p95_ms=times[math.ceil(0.95 * len(times)) - 1] if times else None,
    )


def find_auroc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """Return how often one of `positive` is above one of `negative`, a tie counting half; None if either is empty.

    This is the area under the ROC curve (Hanley and McNeil, 1982).
    """
    return _mean((high > low) + (high == low) / 2 for high in positive for low in negative)


def sort_by_confidence(outcomes: Sequence[Outcome]) -> tuple[Bin, ...]:
    """Return the reliability table of some questions: BINS bins of equal width, from 0 to 1."""
    held: list[list[Outcome]] = [[] for _ in range(BINS)]
    for outcome in outcomes:
        held[min(int(outcome.answer.confidence * BINS), BINS - 1)].append(outcome)
    return tuple(
        Bin(
            low=place / BINS,
            high=(place + 1) / BINS,
            questions=len(inside),
            confidence=_mean(outcome.answer.confidence for outcome in inside),
            answerable=_mean(bool(outcome.needed) for outcome in inside),
        )
        for place, inside in enumerate(held)
    )


def find_needs(
    question: Question, text_of: Callable[[str], str | None]
) -> tuple[tuple[tuple[Passage, ...], ...], tuple[Passage, ...]]:
    """Return the passages that a question needs, and those that are relevant to it."""
    *needed, relevant = (
        tuple(
            passage
            for stretch in group
            for passage in find_passages(stretch, text_of(stretch.article_id), question.place)
        )
        for group in (*question.evidence, question.relevant)
    )
    return tuple(needed), relevant


def read_texts(library: Library) -> Callable[[str], str | None]:
    """Return a function that returns the text of an article, None if there is no such article."""

    @functools.cache
    def text_of(article_id: str) -> str | None:
        return library.article(article_id).text if article_id in library.records else None

    return text_of


def _first_place(citations: Sequence[Citation], group: Iterable[Passage]) -> int | None:
    alternatives = list(group)
    for place, citation in enumerate(citations, start=1):
        if any(overlaps(citation, passage) for passage in alternatives):
            return place
    return None


def _is_verbatim(citation: Citation, text_of: Callable[[str], str | None]) -> bool:
    text = text_of(citation.article_id) or ""
    return bool(citation.text.strip()) and text[citation.start : citation.end] == citation.text


def _mean(values: Iterable[float]) -> float | None:
    found = list(values)
    return sum(found) / len(found) if found else None
