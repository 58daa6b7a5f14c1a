"""The parts of the page: an opened source, the masthead, the opening, each as HTML with everything escaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from index.errors import OnRecordError
from qa.answer import Citation
from qa.statements import Quote
from ui.article import Marked, article_html
from ui.people import Chosen, to_marks
from ui.render import escape_html
from ui.report import count
from ui.talk import Conversation
from ui.timeline import Timeline

if TYPE_CHECKING:
    from index.library import Library

TITLE = "On the Record"
_INTRODUCTION = "Answers in the articles’ own sentences"


def read_place(event: dict[str, Any]) -> tuple[int, str, int]:
    """Which sentence a click meant: the turn, "citation" or "closest", and the place in that list, from 0.

    Of no turn are a "statement" of a person and what is "said" on a topic.
    """
    turn, kind, place = event.get("turn"), event.get("kind"), event.get("place")
    if not (isinstance(turn, int) and isinstance(kind, str) and isinstance(place, int)):
        return -1, "", -1
    return turn, kind, place


def _cited(turns: Conversation, turn: int, kind: str) -> tuple[Citation, ...]:
    answer = turns[turn].answer if 0 <= turn < len(turns) else None
    if answer is None:
        return ()
    if kind == "closest":
        return tuple(replace(citation, number=place) for place, citation in enumerate(answer.closest, start=1))
    return answer.citations


def source_html(library: Library, turns: Conversation, turn: int, kind: str, place: int) -> str:
    """The source panel with the article of a citation, placed as `read_place` says; empty where there is none."""
    citations = _cited(turns, turn, kind)
    if not 0 <= place < len(citations):
        return nothing_open_html()
    what = f"Source {place + 1} of {len(citations)}" if kind == "citation" else "Closest sentence, not an answer"
    return _opened_html(library, citations, citations[place], range(len(citations)), turn, kind, place, what)


def statement_html(library: Library, chosen: Chosen | None, place: int) -> str:
    """The source panel with the article of a person's statement; empty where there is none."""
    if chosen is None:
        return nothing_open_html()
    return _statement_html(library, chosen.statements, range(len(chosen.statements)), "statement", place)


def topic_statement_html(library: Library, timeline: Timeline | None, place: int) -> str:
    """The source panel with the article of a statement on a topic, among those listed; empty where there is none."""
    if timeline is None:
        return nothing_open_html()
    return _statement_html(library, timeline.statements, timeline.chosen, "said", place)


def _statement_html(library: Library, statements: Sequence[Quote], listed: Sequence[int], kind: str, place: int) -> str:
    """The statement at `place` of `statements`; `listed` are the places that one can step through."""
    if place not in listed:
        return nothing_open_html()
    marks = to_marks(statements, statements[place].article_id)
    active = next(mark for mark in marks if mark.number == place + 1)
    what = f"Statement {listed.index(place) + 1:,} of {len(listed):,}"
    return _opened_html(library, marks, active, listed, -1, kind, place, what)


def _opened_html(
    library: Library,
    marks: Sequence[Marked],
    active: Marked,
    listed: Sequence[int],
    turn: int,
    kind: str,
    place: int,
    what: str,
) -> str:
    try:
        body = article_html(library.article(active.article_id), marks, active.number)
    except OnRecordError as error:
        body = problem_html(str(error))

    def step(name: str, sign: str, to: int) -> str:
        there = f'data-place="{listed[to]}"' if 0 <= to < len(listed) else "disabled"
        return f'<button type="button" class="step" aria-label="{name}" {there}>{sign}</button>'

    noun = "source" if kind in {"citation", "closest"} else "statement"
    at = listed.index(place)
    steps = step(f"Previous {noun}", "‹", at - 1) + step(f"Next {noun}", "›", at + 1) if listed[1:] else ""
    return (
        f'<section class="open {kind}" aria-label="Source" data-turn="{turn}" data-kind="{kind}" data-place="{place}">'
        f'<div class="bar"><span class="what">{what}</span>{steps}'
        '<button type="button" class="close">Back</button></div>'
        f'<div class="scroller" tabindex="0" role="region" aria-label="Article">{body}</div></section>'
    )


def problem_html(message: str) -> str:
    """What could not be done, in place of it."""
    return f'<p class="problem" role="note" dir="auto">{begin_html(message)}</p>'


def nothing_open_html() -> str:
    """The source panel before a citation is opened."""
    return (
        '<section class="nothing-open" aria-label="Source"><p>Sources open here.</p>'
        "<p>Choose a number beside a sentence, or a person’s statement, to read it in its article.</p></section>"
    )


def masthead_html(folder: str, counts: tuple[int, int], synced: float | None) -> str:
    """The head of the page; `counts` are the numbers of articles and sentences, `synced` is as `Library.synced`."""
    articles, sentences = counts
    size = f"{count(articles, 'article')} · {count(sentences, 'sentence')}"
    return (
        f'<header data-synced="{synced or 0}"><button type="button" class="skip">Skip to the page</button>'
        f'<h1>{TITLE}</h1><p class="introduction">{_INTRODUCTION}</p>'
        '<nav aria-label="Pages"><a href="#" data-page="talk">Ask</a>'
        '<a href="#people" data-page="people">People</a><a href="#library" data-page="library">Library</a></nav>'
        f'<p class="library">{size} <span class="folder">in <bdi>{escape_html(folder)}</bdi></span></p>'
        '<button type="button" class="restart">New conversation</button></header>'
    )


def conversation_html(examples: Sequence[str]) -> str:
    """The place for the turns of the conversation, and what stands there before the first."""
    buttons = "".join(
        f'<li><button type="button" class="example" dir="auto">{escape_html(example)}</button></li>'
        for example in examples
    )
    offered = f'<h3>Questions these articles can answer</h3><ul class="examples">{buttons}</ul>' if buttons else ""
    return (
        '<div class="turns" role="log" aria-label="Conversation"></div>'
        '<div class="opening"><h2>What did they say?</h2>'
        "<p>Ask about a person, a place or an event. Each sentence you get back is quoted word for word and opens in"
        " its article. If the articles don’t say, you are told so.</p>"
        f"{offered}</div>"
    )


def begin_html(message: str) -> str:
    """A message, escaped, that begins with a capital."""
    return escape_html(message[:1].upper() + message[1:])
