"""A conversation in, a file to keep out; and the links that ask its questions again."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from qa.answer import Answer
from ui.citing.cite import make_link, write
from ui.citing.quotations import answer_fragment, to_document
from ui.citing.records import ReadText
from ui.citing.view import CONVERSATION_JSON
from ui.inert import line_html, markdown_text, plain_text
from ui.text.answer import Copies, Link, answer_markdown, answer_text
from ui.wording import describe_filters

if TYPE_CHECKING:
    from ui.pages.ask.state import Turn


@dataclass(frozen=True)
class _Style:
    """How a conversation is written: its title, a question, a line and an answer, and all of it together."""

    title: Callable[[str], str]
    question: Callable[[str], str]
    line: Callable[[str], str]
    answer: Callable[[Answer, Copies, Link], str]
    whole: Callable[[str], str]


_TITLE = "On the Record"
_STYLES = {
    "text": _Style(
        title=str,
        question=lambda question: f"> {plain_text(question)}",
        line=plain_text,
        answer=lambda answer, copies, link: answer_text(answer, copies, link=link),
        whole=lambda text: f"{text}\n",
    ),
    "markdown": _Style(
        title=lambda title: f"# {title}",
        question=lambda question: f"## {markdown_text(question)}",
        line=markdown_text,
        answer=lambda answer, copies, link: answer_markdown(answer, copies, link=link),
        whole=lambda text: f"{text}\n",
    ),
    "html": _Style(
        title=lambda title: f"<h1>{title}</h1>",
        question=lambda question: f"<h2>{line_html(question)}</h2>",
        line=lambda line: f"<p>{line_html(line)}</p>",
        answer=answer_fragment,
        whole=lambda text: to_document(_TITLE, text),
    ),
}


def write_turns(turns: Sequence[Turn], form: str, read_text: ReadText) -> str:
    """Write a conversation in one of the FORMATS, or as a JSON list of answers for `qa.answer.Answer.from_json`.

    As text, Markdown or HTML it is each question with its filters and its answer, or what went wrong. The other formats
    have what the answers cite.
    """
    answers = [turn.answer for turn in turns if turn.answer is not None]
    if form == CONVERSATION_JSON:
        return json.dumps([asdict(answer) for answer in answers], ensure_ascii=False, indent=2) + "\n"
    if form not in _STYLES:
        once = {(cited.article_id, cited.start): cited for answer in answers for cited in answer.citations}
        return write(list(once.values()), form, read_text)
    style = _STYLES[form]
    cited = [citation for answer in answers for citation in (*answer.citations, *answer.closest)]
    link = make_link(cited, read_text)
    parts = [style.title(_TITLE)]
    for turn in turns:
        parts.append(style.question(turn.question))
        if narrowed := describe_filters(turn.filters):
            parts.append(style.line(f"Only: {' · '.join(narrowed)}"))
        if turn.answer is not None:
            parts.append(style.answer(turn.answer, turn.copies, link))
        elif turn.problem is not None:
            parts.append(style.line(turn.problem))
        else:
            parts.append(style.line("Stopped before it was answered."))
    return style.whole("\n\n".join(parts))


def to_link(question: str, after: Sequence[str], filters: dict[str, str]) -> str:
    """The query of an address that asks a question as a follow-up, with filters: "?q=…&after=…&source=…"."""
    return "?" + urlencode([("q", question), *(("after", earlier) for earlier in after), *filters.items()])
