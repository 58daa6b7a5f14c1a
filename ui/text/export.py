"""A conversation in, Markdown or JSON to keep out; and the links that ask its questions again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from ui.inert import markdown_text
from ui.text.answer import answer_markdown
from ui.wording import describe_filters

if TYPE_CHECKING:
    from ui.pages.ask.state import Turn


def to_markdown(turns: Sequence[Turn]) -> str:
    """Each question as a heading, with its filters and its answer with sources, or what went wrong."""
    parts = ["# On the Record"]
    for turn in turns:
        parts.append(f"## {markdown_text(turn.question)}")
        if narrowed := describe_filters(turn.filters):
            parts.append(f"Only: {markdown_text(' · '.join(narrowed))}")
        if turn.answer is not None:
            parts.append(answer_markdown(turn.answer, turn.copies))
        elif turn.problem is not None:
            parts.append(markdown_text(turn.problem))
        else:
            parts.append("Stopped before it was answered.")
    return "\n\n".join(parts) + "\n"


def to_json(turns: Sequence[Turn]) -> str:
    """The answers as a JSON list; `qa.answer.Answer.from_json` reads each of them."""
    answers = [asdict(turn.answer) for turn in turns if turn.answer is not None]
    return json.dumps(answers, ensure_ascii=False, indent=2) + "\n"


def to_link(question: str, after: Sequence[str], filters: dict[str, str]) -> str:
    """The query of an address that asks a question as a follow-up, with filters: "?q=…&after=…&source=…"."""
    return "?" + urlencode([("q", question), *(("after", earlier) for earlier in after), *filters.items()])
