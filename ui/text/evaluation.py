"""An Evaluation in; text for a terminal, a line of JSON, or a Markdown report with a picture out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from index.errors import ReportError
from ui.inert import markdown_text, plain_text
from ui.text.figure import NO_TYPE, figure_svg
from ui.text.listing import wrap
from ui.wording import count

if TYPE_CHECKING:
    from qa.answer import Citation
    from qa.evaluate import Evaluation, Outcome, Scores
    from qa.gold import Passage


_FAILURES_SHOWN = 10  # on a terminal
_CITED_SHOWN = 3
_TEXT_SHOWN = 160  # characters of a sentence, on a terminal

# The field of Scores, its name, its format, and what it means.
_FIGURES = (
    (
        "score",
        "score",
        ".3f",
        "mean of a question's F1 of recall and precision; 1 for a right refusal, 0 for a wrong one",
    ),
    ("recall", "recall", ".3f", "of what is needed, cited"),
    ("precision", "precision", ".3f", "of what is cited, needed or relevant"),
    ("hit_at_1", "hit@1", ".3f", "the first citation is needed"),
    ("hit_at_3", "hit@3", ".3f", "one of the first three citations is needed"),
    ("all_at_5", "all@5", ".3f", "the first five citations hold all that is needed"),
    ("refused_right", "refused right", ".3f", "of the questions that the articles do not answer, refused"),
    ("refused_wrong", "refused wrong", ".3f", "of the questions that they answer, refused"),
    ("auroc", "AUROC", ".3f", "how well confidence tells the two kinds of questions apart; 0.5 is chance"),
    ("brier", "Brier score", ".3f", "how far confidence is from the truth, squared; 0 is best"),
    ("verbatim", "word for word", ".3f", "of the citations, the article's own text at their offsets"),
    ("citations", "citations", ".2f", "of an answer, on average"),
    ("median_ms", "median ms", ".0f", "milliseconds that an answer takes"),
    ("p95_ms", "95% ms", ".0f", "milliseconds that 95 of 100 answers take at most"),
)
_BY_TYPE = _FIGURES[:8]
_BY_TYPE_TOO = _FIGURES[8:]


def evaluation_text(evaluation: Evaluation, *, width: int | None) -> str:
    """The figures, overall and by type, and the first failures, for a terminal; failures wrap at `width` columns."""
    lines = [_describe(evaluation), ""]
    lines += [
        f"{name:<13} {_figure(evaluation.overall, field, form):>7}  {says}" for field, name, form, says in _FIGURES
    ]
    if list(evaluation.by_type) != [""]:
        lines += ["", *_type_rows(evaluation)]
    failures = evaluation.failures
    for outcome in failures[:_FAILURES_SHOWN]:
        lines += ["", *_failure_lines(outcome, width)]
    if len(failures) > _FAILURES_SHOWN:
        lines += ["", f"… and {count(len(failures) - _FAILURES_SHOWN, 'more failure')}: --report FILE lists all"]
    return "\n".join(lines)


def evaluation_json(evaluation: Evaluation) -> str:
    """The figures and every outcome as one line of JSON."""
    return json.dumps(
        {
            "overall": asdict(evaluation.overall),
            "by_type": {kind: asdict(scores) for kind, scores in evaluation.by_type.items()},
            "bins": [asdict(one) for one in evaluation.bins],
            "outcomes": [_outcome_values(outcome) for outcome in evaluation.outcomes],
        },
        ensure_ascii=False,
    )


def report_markdown(evaluation: Evaluation, *, questions: str, index: str, picture: str) -> str:
    """The whole report: the picture, every figure, and every failure with all that was needed and cited.

    `questions` is the name of the file of questions, `index` describes the index that was asked, and `picture` is the
    name of a file beside the report.
    """
    failures = evaluation.failures
    parts = [
        f"# Evaluation of {markdown_text(questions)}",
        f"{_describe(evaluation)}, asked of {markdown_text(index)}.",
        f"![Score by type of question, and reliability of the confidence]({quote(picture)})",
        "## Figures",
        _table(
            ("figure", "value", "what it says"),
            ((name, _figure(evaluation.overall, field, form), says) for field, name, form, says in _FIGURES),
        ),
    ]
    if list(evaluation.by_type) != [""]:
        parts.append("## By type")
        for figures in (_BY_TYPE, _BY_TYPE_TOO):
            parts.append(
                _table(
                    ("type", "questions", *(name for _, name, _, _ in figures)),
                    (
                        (
                            markdown_text(kind) or markdown_text(NO_TYPE),
                            f"{scores.questions:,}",
                            *(_figure(scores, field, form) for field, _, form, _ in figures),
                        )
                        for kind, scores in evaluation.by_type.items()
                    ),
                )
            )
    parts += [
        "## Confidence",
        _table(
            ("confidence", "questions", "mean confidence", "share that the articles answer"),
            (
                (
                    f"{one.low:.1f} to {one.high:.1f}",
                    f"{one.questions:,}",
                    _share(one.confidence),
                    _share(one.answerable),
                )
                for one in evaluation.bins
            ),
        ),
        "## Failures",
        f"{count(len(failures), 'question')} of {len(evaluation.outcomes):,}, the worst first."
        if failures
        else "None.",
        *map(_failure_markdown, failures),
    ]
    return "\n\n".join(parts) + "\n"


def check_report(report: Path, *, questions: Path, seeds: Path) -> None:
    """Raise ReportError if a report and its picture cannot be written, or would do harm."""
    picture = _picture_of(report)
    if picture == report:
        raise ReportError(f"{report} is the name of the report's picture. Give one that ends in .md.")
    if report.resolve().is_relative_to(seeds.resolve()):
        raise ReportError(f"{report} would be read as an article. Write the report outside {seeds}.")
    for path in (report, picture):
        with suppress(OSError):
            if path.samefile(questions):
                raise ReportError(f"{path} is the file of the questions. Give another name for the report.")
        existed = path.exists()
        try:
            path.open("a").close()
        except OSError as error:
            raise _unwritable(path, error) from error
        if not existed:
            path.unlink()


def write_report(evaluation: Evaluation, report: Path, *, questions: str, index: str) -> None:
    """Write the report, and beside it its picture with the same name and .svg; raises ReportError."""
    picture = _picture_of(report)
    markdown = report_markdown(evaluation, questions=questions, index=index, picture=picture.name)
    for path, text in ((picture, figure_svg(evaluation)), (report, markdown)):
        try:
            path.write_text(text, encoding="utf-8", errors="backslashreplace")  # half a character, as JSON can hold it
        except OSError as error:
            raise _unwritable(path, error) from error


def _picture_of(report: Path) -> Path:
    return report.with_suffix(".svg")


def _unwritable(path: Path, error: OSError) -> ReportError:
    return ReportError(
        f"{path} cannot be written: {error.strerror}. Name a file in a folder that is yours to write to."
    )


def _describe(evaluation: Evaluation) -> str:
    overall = evaluation.overall
    rest = overall.questions - overall.answerable
    return f"{count(overall.questions, 'question')}: the articles answer {overall.answerable:,}, and {rest:,} not"


def _figure(scores: Scores, field: str, form: str) -> str:
    value = getattr(scores, field)
    return "–" if value is None else format(value, form)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _type_rows(evaluation: Evaluation) -> Iterator[str]:
    names = {kind: plain_text(kind) or NO_TYPE for kind in evaluation.by_type}
    wide = max(map(len, names.values()))
    heads = ("score", "recall", "precision", "hit@1", "hit@3", "all@5", "right", "wrong")
    yield f"{'':{wide}} {'':9}{'':{sum(len(head) + 2 for head in heads[:6])}}  refused"
    yield f"{'type':{wide}} questions  {'  '.join(heads)}"
    for kind, scores in evaluation.by_type.items():
        cells = (
            f"{_figure(scores, field, form):>{len(head)}}"
            for head, (field, _, form, _) in zip(heads, _BY_TYPE, strict=True)
        )
        yield f"{names[kind]:{wide}} {scores.questions:>9,}  {'  '.join(cells)}"


def _verdict(outcome: Outcome) -> str:
    """What was wrong with an answer."""
    if not outcome.needed:
        return "answered, although the articles do not answer it"
    if not outcome.answer.answered:
        return "refused"
    met = len(outcome.met_by) - outcome.met_by.count(None)
    return f"cites {met:,} of {len(outcome.met_by):,} needed" if met else "cites nothing that is needed"


def _missing(outcome: Outcome) -> list[tuple[Passage, ...]]:
    return [group for group, place in zip(outcome.needed, outcome.met_by, strict=True) if place is None]


def _failure_lines(outcome: Outcome, width: int | None) -> list[str]:
    question, answer = outcome.question, outcome.answer
    after = f" (after: {'; '.join(map(_shorten, question.history))})" if question.history else ""
    reason = f": {_shorten(answer.reason)}" if not answer.answered and answer.reason else ""
    lines = [
        *wrap(f"{_shorten(question.question)}{after}", width, f"{plain_text(question.id)}  ", "  "),
        *wrap(f"{_verdict(outcome)}{reason}", width, "  ", "    "),
    ]
    for group in _missing(outcome):
        others = f", or {count(len(group) - 1, 'alternative')}" if group[1:] else ""
        lines += wrap(f"{_place(group[0], _shorten)}{others}", width, "  needed  ", " " * 10)
    for citation in answer.citations[:_CITED_SHOWN]:
        lines += wrap(_place(citation, _shorten), width, "  cited   ", " " * 10)
    if rest := answer.citations[_CITED_SHOWN:]:
        lines.append(f"          and {len(rest):,} more")
    return lines


def _failure_markdown(outcome: Outcome) -> str:
    question, answer = outcome.question, outcome.answer
    about = [f"id {markdown_text(question.id)}", *([f"type {markdown_text(question.type)}"] if question.type else [])]
    about += [f"score {outcome.score:.2f}", f"confidence {answer.confidence:.2f}"]
    lines = [
        f"### {markdown_text(question.question)}\n",
        f"{', '.join(about)}: **{_verdict(outcome)}**\n",
        *(f"- asked before: {markdown_text(asked)}" for asked in question.history),
        *([f"- reason: {markdown_text(answer.reason)}"] if not answer.answered and answer.reason else []),
    ]
    for group, place in zip(outcome.needed, outcome.met_by, strict=True):
        alternatives = "\n  - or: ".join(_place(passage, markdown_text) for passage in group)
        lines.append(f"- needed{', and cited' if place else ''}: {alternatives}")
    for citation, fits in zip(answer.citations, outcome.fits, strict=True):
        lines.append(f"- cited{'' if fits else ', in vain'}: {_place(citation, markdown_text)}")
    return "\n".join(lines)


def _outcome_values(outcome: Outcome) -> dict[str, Any]:
    question, answer = outcome.question, outcome.answer
    return {
        "id": question.id,
        "question": question.question,
        "history": question.history,
        "type": question.type,
        "right": outcome.is_right,
        "score": outcome.score,
        "answered": answer.answered,
        "reason": answer.reason,
        "confidence": answer.confidence,
        "needed": [
            {"cited": place is not None, "alternatives": [_place_values(passage) for passage in group]}
            for group, place in zip(outcome.needed, outcome.met_by, strict=True)
        ],
        "citations": [
            {**_place_values(citation), "fits": fits}
            for citation, fits in zip(answer.citations, outcome.fits, strict=True)
        ],
        "seconds": answer.seconds,
    }


def _place_values(place: Passage | Citation) -> dict[str, Any]:
    return {"article": place.article_id, "start": place.start, "end": place.end, "text": place.text}


def _place(place: Passage | Citation, inert: Callable[[str], str]) -> str:
    return f"{inert(place.text)} ({inert(place.article_id)}, {place.start}–{place.end})"


def _shorten(text: str) -> str:
    text = plain_text(text)
    return text if len(text) <= _TEXT_SHOWN else f"{text[: _TEXT_SHOWN - 1]}…"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, ["---"] * len(heads), *rows))
