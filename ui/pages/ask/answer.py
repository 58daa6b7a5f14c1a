"""An Answer in, HTML out: quotations with a button for each citation, and sources, with everything in it escaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from index.values import ArticleRecord
from qa.answer import Answer, Citation
from qa.smalltalk import EXAMPLE
from ui.inert import escape_html
from ui.shell import date_html, origin_html
from ui.text.answer import (
    NO_ANSWER,
    NO_COPIES,
    Copies,
    cut_sentence,
    describe_attribution,
    group_citations,
    split_passages,
)
from ui.wording import count, describe_speech, describe_voice

# What stands around the pieces of a sentence.
_AROUND = {
    "text": ("", ""),
    "words": ("<mark>", "</mark>"),
    "gloss": ('<span class="gloss"> [<bdi>', "</bdi>]</span>"),
}


def answer_html(answer: Answer, copies: Copies = NO_COPIES) -> str:
    """The answer for the conversation: quotations, each sentence followed by a button for its citation, and sources.

    The buttons are `button.chip[data-number]`. A refusal has none: its closest sentences have a `button.closest-open`
    each. The words that answer are a `mark`, the speaker's own a `span.own` where the sentence has
    others. A gloss is a `span.gloss`, which is not part of the quotation. A source whose sentences stand in `copies`
    too has a `details.also` with a `button.also-open` for each, in the order of `list_also`.
    """
    if not answer.answered:
        return _refusal_html(answer)
    parts = [f'<div class="answer">{_note_html(answer)}']
    if answer.mode == "help":
        parts.append(_help_html(answer.text))
    if answer.mode == "timeline":
        return "".join([*parts, _timeline_html(answer.citations), _sources_html(answer.citations, copies), "</div>"])
    for label, citations in group_citations(answer):
        voice = f'<p class="voice"><bdi>{escape_html(label)}</bdi></p>' if label else ""
        passages = "".join(_passage_html(passage) for passage in split_passages(citations))
        kind = " context" if citations[0].context else " summary" if answer.mode == "summary" else ""
        parts.append(f'<figure class="quotation{kind}">{voice}{passages}</figure>')
    parts.append(f"{_sources_html(answer.citations, copies) if answer.citations else ''}</div>")
    return "".join(parts)


def cards_html(citations: tuple[Citation, ...]) -> str:
    """A hidden `div.card[data-number]` for each citation: the page shows it beside the citation's number."""
    return f'<div class="cards" hidden>{"".join(map(_card_html, citations))}</div>'


def _sentence_html(citation: Citation) -> str:
    html = ""
    for own, pieces in groupby(cut_sentence(citation), key=lambda piece: piece.own):
        shown = "".join(_AROUND[piece.kind][0] + escape_html(piece.text) + _AROUND[piece.kind][1] for piece in pieces)
        html += f'<span class="own">{shown}</span>' if own else shown
    return html


def _passage_html(citations: Sequence[Citation]) -> str:
    sentences = " ".join(
        f'<span class="sentence">{_sentence_html(citation)}</span>{_chip(citation)}' for citation in citations
    )
    return f'<blockquote dir="auto">{sentences}</blockquote>'


def _help_html(text: str) -> str:
    """The program's own words: a paragraph a line, and a button for each question to ask."""
    html = ""
    for line in text.splitlines():
        question = line.removeprefix(EXAMPLE)
        shown = escape_html(question)
        html += (
            f'<button type="button" class="example" dir="auto">{shown}</button>'
            if question != line
            else f'<p dir="auto">{shown}</p>'
        )
    return f'<div class="help">{html}</div>'


def _timeline_html(citations: Sequence[Citation]) -> str:
    """A line of dates, the oldest first, each with what happened then."""
    rows = "".join(
        f'<li><p class="when">{"".join(date_html(when))}</p>'
        f'<figure class="quotation">{"".join(_passage_html([citation]) for citation in events)}</figure></li>'
        for when, events in groupby(citations, key=lambda citation: citation.when)
    )
    return f'<ol class="timeline">{rows}</ol>'


def _chip(citation: Citation) -> str:
    name = escape_html(f"Source {citation.number}: {citation.title}")
    number = citation.number
    return (
        f'<button type="button" class="chip" data-opens="citation" data-place="{number - 1}" data-number="{number}" '
        f'aria-label="{name}">{number}</button>'
    )


def _sources_html(citations: Sequence[Citation], copies: Copies) -> str:
    lines, place = [], 0
    for cited, also in _group_sources(citations):
        numbers = ", ".join(str(citation.number) for citation in cited)
        items = ""
        for _, article_id in also:
            items += _copy_html(place, article_id, copies.get(article_id))
            place += 1
        listed = f'<details class="also"><summary>{_count_others(len(also))}</summary><ul>{items}</ul></details>'
        lines.append(
            f'<li><span class="numbers">{numbers}</span> {_by_html(cited[0])}{origin_html(*cited)}'
            f"{listed if also else ''}</li>"
        )
    return f'<ul class="sources" aria-label="Sources">{"".join(lines)}</ul>'


def list_also(citations: Sequence[Citation]) -> list[tuple[Citation, str]]:
    """The articles that have cited sentences too, by id, each with the first citation that stands there."""
    return [pair for _, also in _group_sources(citations) for pair in also]


def _group_sources(
    citations: Sequence[Citation],
) -> Iterator[tuple[list[Citation], list[tuple[Citation, str]]]]:
    """The citations of each line of the sources, and the copies in which one of them stands, with the first one."""
    groups: dict[tuple[str, str], list[Citation]] = {}
    for citation in citations:
        groups.setdefault((citation.article_id, describe_attribution(citation)), []).append(citation)
    for cited in groups.values():
        also: dict[str, Citation] = {}
        for citation in cited:
            for article_id in citation.also:
                also.setdefault(article_id, citation)
        yield cited, [(citation, article_id) for article_id, citation in also.items()]


def _count_others(number: int) -> str:
    return f"also in {count(number, 'other')}"


def _copy_html(place: int, article_id: str, record: ArticleRecord | None) -> str:
    title = escape_html((record.title if record else "") or article_id)
    about = [f"<bdi>{escape_html(record.source)}</bdi>"] if record and record.source else []
    about += date_html(record.published if record else None)
    opens = f'class="also-open" data-opens="also" data-place="{place}"'
    parts = [f'<button type="button" {opens}><bdi>{title}</bdi></button>', *about]
    return f"<li>{' · '.join(parts)}</li>"


def _by_html(citation: Citation) -> str:
    attribution = describe_attribution(citation)
    return f"<bdi>{escape_html(attribution)}</bdi> " if attribution else ""


def _note_html(answer: Answer) -> str:
    return f'<p class="note" dir="auto">{escape_html(answer.note)}</p>' if answer.note else ""


def _refusal_html(answer: Answer) -> str:
    parts = [
        f'<div class="refusal">{_note_html(answer)}<p class="verdict">{NO_ANSWER}</p>',
        f'<p class="reason" dir="auto">{escape_html(answer.reason)}</p>' if answer.reason else "",
    ]
    if answer.closest:
        heading = "Closest sentence, not an answer" if len(answer.closest) == 1 else "Closest sentences, not an answer"
        parts.append(f'<div class="closest"><p class="closest-heading">{heading}</p>')
        for place, citation in enumerate(answer.closest):
            parts.append(
                f'<blockquote dir="auto">{_sentence_html(citation)}</blockquote>'
                f'<p class="closest-source">{_by_html(citation)}{origin_html(citation)} · '
                f'<button type="button" class="closest-open" data-opens="closest" data-place="{place}">'
                "Read it in the article</button></p>"
            )
        parts.append("</div>")
    return "".join([*parts, "</div>"])


def _card_html(citation: Citation) -> str:
    voice = describe_voice(citation)
    speaker = f'<p class="by"><bdi>{escape_html(voice)}</bdi>, {describe_speech(citation.speech)}</p>' if voice else ""
    return (
        f'<div class="card" data-number="{citation.number}">'
        f'<p class="words" dir="auto">{_sentence_html(replace(citation, gloss=None))}</p>{speaker}'
        f'<p class="from">{origin_html(citation)}</p></div>'
    )
