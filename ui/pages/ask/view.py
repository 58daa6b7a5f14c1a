"""The conversation as HTML with everything escaped: each question, its answer, and what can be done with it.

Only the turns that change are sent to the page: it would otherwise become slower with each. A turn is
`div.turn[data-turn]`, counted from 0, with `aria-busy` while it is being answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from qa.answer import Citation
from qa.confidence import LIKELY, WELL_SUPPORTED, describe_confidence
from qa.copies import find_in_copy
from qa.feedback import MAX_COMMENT
from ui.bells import bell_html
from ui.citing.cite import write
from ui.citing.formats import FORMATS
from ui.inert import escape_html
from ui.pages.ask.answer import answer_html, cards_html, list_also
from ui.pages.ask.filters import filtered_html
from ui.pages.ask.state import Conversation, Talk, Turn
from ui.shell import message_html
from ui.source import Mark, Opened, nothing_open_html, panel_html
from ui.wording import count

if TYPE_CHECKING:
    from index.library import Library


_STEPS = {"searching": "Searching", "reading": "Reading", "answering": "Answering"}
_MOVED = "This article has changed since the answer was given, and does not have the cited sentence any more."
_UP = "M7 11v9H4v-9zm3 9h7.200a2 2 0 0 0 1.960-1.600l1.200-6A2 2 0 0 0 18.400 10H14V6a2 2 0 0 0-3.900-.600L10 11z"
_VOTES = (("up", "Good answer", ""), ("down", "Bad answer", ' transform="rotate(180 12 12)"'))


def conversation_html() -> str:
    """The place for the turns of the conversation, and what is shown there before the first."""
    return (
        '<div class="turns" role="log" aria-label="Conversation"></div>'
        '<div class="opening"><h2>What did they say?</h2>'
        "<p>Ask about a person, a place or an event. Each sentence you get back is quoted word for word and opens in"
        ' its article. If the articles don’t say, you are told so.</p><div class="offered"></div></div>'
    )


def examples_html(questions: Sequence[str], is_current: bool, synced: float | None) -> str:
    """Example questions for the page to show; `synced` is that of the masthead that they belong to, if current.

    The HTML is escaped once more, as text: the page must not contain its elements twice.
    """
    buttons = "".join(
        f'<li><button type="button" class="example" dir="auto">{escape_html(question)}</button></li>'
        for question in questions
    )
    shown = f'<h3>Questions these articles can answer</h3><ul class="examples">{buttons}</ul>' if buttons else ""
    about = f' data-synced="{synced or 0}"' if is_current else ""
    return f'<div class="found"{about}>{escape_html(shown)}</div>'


def part_html(talk: Talk, first: int = 0) -> str:
    """The turns from place `first` on, which replace those on the page; it asks for all turns if it missed a revision.

    The HTML is escaped once more, as text: the page must not contain its elements twice.
    """
    revision, turns = talk.next_revision()
    shown = "".join(_turn_html(place, turns[place], place == len(turns) - 1) for place in range(first, len(turns)))
    return (
        f'<div class="part" data-revision="{revision}" data-first="{first}" data-total="{len(turns)}">'
        f"{escape_html(shown)}</div>"
    )


def tools_html(talk: Talk) -> str:
    """What is shown above the question box: the filters, saving, and which question is being edited."""
    filtered = filtered_html(talk.filters)
    clear = '<button type="button" class="clear-filters">Clear</button>' if filtered else ""
    problems = "".join(f'<p class="problem" dir="auto">{message_html(problem)}</p>' for problem in talk.filter_problems)
    save = (
        '<button type="button" class="save" data-cites="conversation" aria-haspopup="menu" aria-expanded="false">'
        "Save as…</button>"
        if talk.turns
        else ""
    )
    editing = ""
    if talk.replacing is not None:
        rest = len(talk.turns) - talk.replacing - 1
        others = f" and the {count(rest, 'answer')} after it" if rest else ""
        editing = (
            f'<p class="editing">Editing question {talk.replacing + 1}: sending it replaces its answer{others}. '
            '<button type="button" class="keep">Keep it</button></p>'
        )
    return (
        f'<div class="notices" role="status">{problems}{editing}</div><div class="tools">'
        '<button type="button" class="filters-toggle" aria-expanded="false" aria-controls="filter-form">Filters'
        f"</button>{filtered}{clear}{save}</div>"
    )


def citation_panel_html(library: Library, turns: Conversation, turn: int, kind: str, place: int) -> str:
    """The panel with a citation or a closest sentence of a turn; empty if there is none."""
    citations = _cited(turns, turn, kind)
    if not 0 <= place < len(citations):
        return nothing_open_html()
    opened = Opened(
        kind=kind,
        turn=turn,
        place=place,
        what=f"Source {place + 1} of {len(citations)}" if kind == "citation" else "Closest sentence, not an answer",
        noun="source",
        can_be_cited=True,
        previous=place - 1 if place > 0 else None,
        following=place + 1 if place + 1 < len(citations) else None,
    )
    cited = citations[place]
    return panel_html(library, cited.article_id, opened, citations, cited.number)


def cite_turn(library: Library, turns: Conversation, turn: int, kind: str, place: int, form: str) -> str:
    """A citation or a closest sentence of a turn, or its whole answer, in one of the formats; "" if there is none."""
    if form not in FORMATS:
        return ""
    if kind == "answer":
        answered = turns[turn] if 0 <= turn < len(turns) else None
        if answered is None or answered.answer is None:
            return ""
        return write(answered.answer, form, library.read_text, answered.copies)
    cited = _cited(turns, turn, kind)
    return write([cited[place]], form, library.read_text) if 0 <= place < len(cited) else ""


def also_panel_html(library: Library, turns: Conversation, turn: int, place: int) -> str:
    """The panel with a copy of a cited article, opened at the first sentence cited of it; empty if there is none."""
    citations = _cited(turns, turn, "citation")
    also = list_also(citations)
    if not 0 <= place < len(also):
        return nothing_open_html()
    cited, article_id = also[place]
    theirs = [one for one in citations if one.article_id == cited.article_id]
    places = find_in_copy(library, theirs, article_id)
    digest = library.records[article_id].digest if article_id in library.records else ""
    marks = [Mark(one.number, article_id, digest, *places[one.number]) for one in theirs if one.number in places]
    opened = Opened(
        kind="also",
        turn=turn,
        place=place,
        what=f"Copy of source {cited.number}",
        noun="copy",
        previous=place - 1 if place > 0 else None,
        following=place + 1 if place + 1 < len(also) else None,
    )
    note = "" if cited.number in places else f'<p class="stale" role="note">{_MOVED}</p>'
    return panel_html(library, article_id, opened, marks, cited.number, note=note)


def _turn_html(place: int, turn: Turn, is_last: bool) -> str:
    question = escape_html(turn.question.strip())
    asked = f'<h2 class="asked" dir="auto">{question}</h2>' if question else ""
    narrowed = f'<p class="within">{filtered}</p>' if (filtered := filtered_html(turn.filters)) else ""
    if turn.is_running:
        return f'<div class="turn" data-turn="{place}" aria-busy="true">{asked}{narrowed}{_steps_html(turn.step)}</div>'
    if turn.answer is not None:
        is_measured = turn.answer.answered and turn.answer.mode in ("quotes", "extract")
        sure = _sure_html(turn.answer.confidence) if is_measured else ""
        reply = sure + answer_html(turn.answer, turn.copies) + cards_html(turn.answer.citations)
    elif turn.problem is not None:
        reply = f'<p class="problem" dir="auto">{message_html(turn.problem)}</p>'
    else:
        reply = '<p class="stopped">Stopped before it was answered.</p>'
    following = _following_html(turn.following) if is_last else ""
    actions = _actions_html(turn, is_last) if question else ""
    return f'<div class="turn" data-turn="{place}">{asked}{narrowed}{reply}{actions}{following}</div>'


def _steps_html(step: str) -> str:
    names = list(_STEPS)
    now = names.index(step) if step in names else -1
    kinds = ["done" if place < now else "now" if place == now else "later" for place in range(len(names))]
    rows = "".join(f'<li class="{kind}">{_STEPS[name]}</li>' for kind, name in zip(kinds, names, strict=True))
    rows = rows.replace('class="now"', 'class="now" aria-current="step"')
    waiting = "" if step in names else '<p class="waiting">Waiting for another question to be answered</p>'
    return (
        f'<div class="working">{waiting}<ol class="steps">{rows}</ol>'
        '<button type="button" class="stop">Stop</button></div>'
    )


def _sure_html(confidence: float) -> str:
    level = 3 if confidence >= WELL_SUPPORTED else 2 if confidence >= LIKELY else 1
    marks = "●" * level + "○" * (3 - level)
    words = describe_confidence(confidence)
    return f'<p class="sure"><span class="marks" aria-hidden="true">{marks}</span> {words}</p>'


def _actions_html(turn: Turn, is_last: bool) -> str:
    buttons = []
    if turn.answer is not None:
        if turn.answer.citations:
            buttons.append(
                '<button type="button" class="copy" data-cites="answer" aria-haspopup="menu" aria-expanded="false">'
                "Copy as…</button>"
            )
        link = escape_html(turn.link)
        buttons.append(f'<button type="button" class="copy-link" data-link="{link}">Copy link</button>')
    if turn.watch is not None:
        buttons.append(bell_html(turn.watch, "this question"))
    buttons.append('<button type="button" class="edit">Edit</button>')
    if is_last:
        buttons.append('<button type="button" class="retry">Ask again</button>')
    votes = _votes_html(turn) if turn.answer is not None and turn.answer.mode != "help" else ""
    return f'<div class="actions">{"".join(buttons)}{votes}</div>{_comment_html(turn)}'


def _votes_html(turn: Turn) -> str:
    buttons = "".join(
        f'<button type="button" class="vote" data-vote="{vote}" aria-pressed="{str(turn.vote == vote).lower()}" '
        f'aria-label="{name}" title="{name}"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="{_UP}"{turned} />'
        "</svg></button>"
        for vote, name, turned in _VOTES
    )
    return f'<span class="votes" role="group" aria-label="Was this a good answer?">{buttons}</span>'


def _comment_html(turn: Turn) -> str:
    if turn.vote_problem is not None:
        return f'<p class="problem" role="status" dir="auto">{message_html(turn.vote_problem)}</p>'
    if turn.vote is None:
        return ""
    if turn.comment is not None:
        return '<p class="thanks" role="status">Saved with your comment, on the machine that runs this.</p>'
    what = "What was good about it?" if turn.vote == "up" else "What was wrong with it?"
    name = f"comment-{turn.id}"
    return (
        '<form class="comment"><p class="thanks" role="status">Saved, on the machine that runs this.</p>'
        f'<label for="{name}">{what} <span class="optional">(optional)</span></label>'
        f'<textarea id="{name}" rows="2" maxlength="{MAX_COMMENT}"></textarea>'
        '<button type="submit">Send</button></form>'
    )


def _following_html(questions: tuple[str, ...]) -> str:
    rows = "".join(
        f'<li><button type="button" class="next" data-next="{place}" dir="auto">{escape_html(question)}</button></li>'
        for place, question in enumerate(questions)
    )
    return f'<div class="following"><h3>Ask next</h3><ul>{rows}</ul></div>' if rows else ""


def _cited(turns: Conversation, turn: int, kind: str) -> tuple[Citation, ...]:
    answer = turns[turn].answer if 0 <= turn < len(turns) else None
    if answer is None:
        return ()
    if kind == "closest":
        return tuple(replace(citation, number=place) for place, citation in enumerate(answer.closest, start=1))
    return answer.citations
