"""An Evaluation in, an SVG out: the score by type of question, and how reliable the confidence is.

The picture has a background of its own, so that it can be read on light and dark pages.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ui.inert import svg_text
from ui.wording import count

if TYPE_CHECKING:
    from qa.evaluate import Bin, Evaluation, Scores


NO_TYPE = "(no type)"

_PAPER, _INK, _SOFT, _RULE, _BAR, _ALL = "#faf8f3", "#1d1b16", "#5f5a4e", "#e2dccd", "#c98a1b", "#7a4d00"
_SANS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Helvetica Neue', Arial, sans-serif"
_HALO = f'stroke="{_PAPER}" stroke-width="4" stroke-linejoin="round" paint-order="stroke"'  # sets text off from lines
_WIDTH, _TOP, _ROW = 960, 84, 27
_BARS_SHOWN = 24  # more types would make the picture a tower
_NAME_SHOWN = 18  # characters of a type
_BARS_X, _BARS_WIDTH = 212, 254
_PLOT_X, _PLOT_SIZE = 612, 300


def figure_svg(evaluation: Evaluation) -> str:
    """The bars and the reliability diagram side by side, 960 pixels wide."""
    rows = [("all questions", evaluation.overall)]
    if list(evaluation.by_type) != [""]:
        rows += [(kind or NO_TYPE, scores) for kind, scores in evaluation.by_type.items()]
    height = _TOP + max(_PLOT_SIZE + 64, min(len(rows), _BARS_SHOWN + 1) * _ROW + 44)
    label = f"Score by type of question, and reliability of the confidence, of {_count_questions(evaluation.overall)}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}" '
        f'role="img" aria-label="{label}" font-family="{_SANS}" font-size="13" fill="{_INK}">'
        f'<rect width="{_WIDTH}" height="{height}" rx="10" fill="{_PAPER}"/>'
        f"{_heading(24, 'Score', '1 is best; before each bar, the number of questions')}{_bars_svg(rows)}"
        f"{_heading(_PLOT_X - 48, 'Confidence', 'right on the line; numbers count the questions')}"
        f"{_reliability_svg(evaluation)}</svg>\n"
    )


def _heading(x: float, title: str, about: str) -> str:
    return (
        f'<text x="{x}" y="38" font-size="17" font-weight="600">{title}</text>'
        f'<text x="{x}" y="58" fill="{_SOFT}">{about}</text>'
    )


def _bars_svg(rows: Sequence[tuple[str, Scores]]) -> str:
    parts = []
    for place, (name, scores) in enumerate(rows[: _BARS_SHOWN + 1]):
        y, score = _TOP + place * _ROW, scores.score or 0.0
        shown = name if len(name) <= _NAME_SHOWN else f"{name[: _NAME_SHOWN - 1]}…"
        colour, weight = (_ALL, ' font-weight="600"') if place == 0 else (_BAR, "")
        middle = y + 14.5  # the baseline of a row's text
        parts.append(
            f"<g><title>{svg_text(name)}: {score:.3f} of {_count_questions(scores)}</title>"
            f'<text x="{_BARS_X - 46}" y="{middle}" text-anchor="end"{weight}>{svg_text(shown)}</text>'
            f'<text x="{_BARS_X - 10}" y="{middle}" text-anchor="end" fill="{_SOFT}">{scores.questions:,}</text>'
            f'<rect x="{_BARS_X}" y="{y}" width="{_BARS_WIDTH}" height="19" rx="3" fill="{_RULE}"/>'
            f'<rect x="{_BARS_X}" y="{y}" width="{score * _BARS_WIDTH:.1f}" height="19" rx="3" fill="{colour}"/>'
            f'<text x="{_BARS_X + _BARS_WIDTH + 10}" y="{middle}"{weight}>{score:.2f}</text></g>'
        )
    if len(rows) > _BARS_SHOWN + 1:
        rest = count(len(rows) - 1 - _BARS_SHOWN, "more type")
        parts.append(
            f'<text x="{_BARS_X}" y="{_TOP + (_BARS_SHOWN + 1) * _ROW + 14.5}" fill="{_SOFT}">and {rest}</text>'
        )
    return "".join(parts)


def _reliability_svg(evaluation: Evaluation) -> str:
    """A dot for each bin: the share of its questions that the articles answer, against their mean confidence."""
    left, right, top, bottom = _PLOT_X, _PLOT_X + _PLOT_SIZE, _TOP, _TOP + _PLOT_SIZE
    parts = [f'<rect x="{left}" y="{top}" width="{_PLOT_SIZE}" height="{_PLOT_SIZE}" fill="none" stroke="{_RULE}"/>']
    for tenths in range(0, 11, 2):
        x, y = _at(tenths / 10, tenths / 10)
        parts.append(
            f'<path d="M{x:.1f} {top}V{bottom}M{left} {y:.1f}H{right}" stroke="{_RULE}"/>'
            f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle" fill="{_SOFT}">{tenths / 10:.1f}</text>'
            f'<text x="{left - 8}" y="{y + 4.5:.1f}" text-anchor="end" fill="{_SOFT}">{tenths / 10:.1f}</text>'
        )
    middle = top + _PLOT_SIZE / 2
    parts.append(
        f'<text x="{left + _PLOT_SIZE / 2}" y="{bottom + 40}" text-anchor="middle">confidence</text>'
        f'<text x="{left - 36}" y="{middle}" text-anchor="middle" transform="rotate(-90 {left - 36} {middle})">'
        "share that the articles answer</text>"
    )
    if evaluation.overall.auroc is None:
        parts += [
            f'<text x="{left + _PLOT_SIZE / 2}" y="{middle + down}" text-anchor="middle" {_HALO}>{line}</text>'
            for down, line in (
                (-6, "This needs questions that the articles"),
                (14, "answer, and some that they do not."),
            )
        ]
        return "".join(parts)
    parts.append(f'<path d="M{left} {bottom}L{right} {top}" stroke="{_SOFT}" stroke-dasharray="5 5"/>')
    most = max(one.questions for one in evaluation.bins)
    dots = [
        (one, *_at(one.confidence, one.answerable))
        for one in evaluation.bins
        if one.confidence is not None and one.answerable is not None
    ]
    parts.append(
        f'<path d="M{"L".join(f"{x:.1f} {y:.1f}" for _, x, y in dots)}" fill="none" stroke="{_BAR}" stroke-width="2"/>'
    )
    parts += [_dot_svg(one, x, y, most) for one, x, y in dots]
    return "".join(parts)


def _dot_svg(one: Bin, x: float, y: float, most: int) -> str:
    """A dot whose area shows the number of questions; the number is in it, or beside it if the dot is small."""
    radius = max(16 * math.sqrt(one.questions / most), 4.0)
    number = f"{one.questions:,}"
    if radius >= 5 + 4 * len(number):
        place = f'y="{y + 4:.1f}" fill="{_PAPER}"'
    else:
        low = y < _TOP + _PLOT_SIZE - 30  # otherwise it would run into the axis
        place = f'y="{y + radius + 14 if low else y - radius - 5:.1f}" {_HALO}'
    return (
        f"<g><title>confidence {one.low:.1f} to {one.high:.1f}: {count(one.questions, 'question')}, "
        f"of which the articles answer {one.answerable:.2f}</title>"
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{_ALL}"/>'
        f'<text x="{x:.1f}" text-anchor="middle" font-size="12" {place}>{number}</text></g>'
    )


def _at(confidence: float, share: float) -> tuple[float, float]:
    return _PLOT_X + confidence * _PLOT_SIZE, _TOP + (1 - share) * _PLOT_SIZE


def _count_questions(scores: Scores) -> str:
    return count(scores.questions, "question")
