"""A conversation in; Markdown or JSON for keeping out, and the links that reproduce its questions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from ui.inert import escape_html, markdown_text
from ui.pages.ask.filters import describe_filters
from ui.text.answer import answer_markdown

if TYPE_CHECKING:
    from ui.pages.ask.state import Turn


def to_markdown(turns: Sequence[Turn]) -> str:
    """Each question as a heading, then what narrowed it and its answer with its sources, or what went wrong."""
    parts = ["# On the Record"]
    for turn in turns:
        parts.append(f"## {markdown_text(turn.question)}")
        if narrowed := describe_filters(turn.filters):
            parts.append(f"Only: {markdown_text(' · '.join(narrowed))}")
        if turn.answer is not None:
            parts.append(answer_markdown(turn.answer))
        elif turn.problem is not None:
            parts.append(markdown_text(turn.problem))
        else:
            parts.append("Stopped before it was answered.")
    return "\n\n".join(parts) + "\n"


def to_json(turns: Sequence[Turn]) -> str:
    """A list of the answers, each of which `qa.answer.Answer.from_json` reads."""
    answers = [asdict(turn.answer) for turn in turns if turn.answer is not None]
    return json.dumps(answers, ensure_ascii=False, indent=2) + "\n"


def to_link(question: str, after: Sequence[str], filters: dict[str, str]) -> str:
    """The query of an address that asks a question after others, narrowed so: "?q=…&after=…&source=…"."""
    return "?" + urlencode([("q", question), *(("after", earlier) for earlier in after), *filters.items()])


def export_html(turns: Sequence[Turn], form: str, number: int) -> str:
    """What the page is to offer as a file; `form` is "md" or "json", and each `number` is offered once."""
    text = to_json(turns) if form == "json" else to_markdown(turns)
    return f'<div hidden data-name="on-the-record.{form}" data-number="{number}">{escape_html(text)}</div>'
