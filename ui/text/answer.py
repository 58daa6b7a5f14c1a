"""An Answer in, plain text or Markdown out, with everything in it made inert."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Literal

from index.english.dates import format_date
from index.values import ArticleRecord
from qa.answer import Answer, Citation, CitedSentence
from qa.smalltalk import EXAMPLE
from ui.citing.links import to_address
from ui.inert import markdown_text, plain_text
from ui.wording import (
    describe_also,
    describe_places,
    describe_speech,
    describe_voice,
    find_own_words,
)

NO_ANSWER = "No answer on the record."
CONTEXT = "Context"

Copies = Mapping[str, ArticleRecord]
"""What is known of the articles in `Citation.also`, by id."""

NO_COPIES: Copies = {}

Link = Callable[[CitedSentence], str]
"""The address on the web that a citation links to; "" if there is none."""

_BOLD, _NOT_BOLD = "\x1b[1m", "\x1b[0m"


def no_link(_: CitedSentence) -> str:
    """No link: a terminal shows addresses only to those who ask for them."""
    return ""


def link_to_page(cited: CitedSentence) -> str:
    """The address of the page that an article is from."""
    return to_address(cited.url)


def answer_text(answer: Answer, copies: Copies = NO_COPIES, *, bold: bool = False, link: Link = no_link) -> str:
    """The answer for a terminal: its sentences with [n], then a numbered source for each.

    A source says where else the sentence stands, and names an outlet if it is in `copies`; below it is its link, if it
    has one. For a refusal, the reason and the closest sentences, labelled as not an answer. Line breaks within a
    sentence become spaces, and control characters U+FFFD. With `bold`, the words that answer are between a terminal's
    codes for it.
    """
    strong = (_BOLD, _NOT_BOLD) if bold else ("", "")
    note = [plain_text(answer.note)] if answer.note else []
    if not answer.answered:
        lines = [*note, f"{NO_ANSWER} {plain_text(answer.reason)}".rstrip()]
        if answer.closest[1:]:
            lines += ["", "Closest sentences (not an answer):"]
        label = "" if answer.closest[1:] else "Closest (not an answer): "
        for citation in answer.closest:
            lines += [
                "",
                f"{label}{inert_sentence(citation, plain_text)}",
                f"    {plain_source(citation, link(citation), copies)}",
            ]
        return "\n".join(lines)
    own = [plain_text(line) for line in answer.text.splitlines()] if answer.mode == "help" else []
    lines = [*note, *own, *_plain_passages(answer, strong)]
    lines += ["", "Sources"] if answer.citations else []
    lines += [f"[{citation.number}] {plain_source(citation, link(citation), copies)}" for citation in answer.citations]
    return "\n".join(lines)


def _plain_passages(answer: Answer, strong: tuple[str, str]) -> Iterator[str]:
    for label, citations in group_citations(answer):
        for passage in split_passages(citations):
            speaker = label
            if label and answer.mode != "timeline":
                speaker = CONTEXT if passage[0].context else describe_voice(passage[0])
            sentences = " ".join(
                f"{inert_sentence(citation, plain_text, *strong)} [{citation.number}]" for citation in passage
            )
            yield f"{plain_text(speaker)}: {sentences}" if speaker else sentences


def answer_markdown(answer: Answer, copies: Copies = NO_COPIES, *, link: Link = link_to_page) -> str:
    """The answer as Markdown: its sentences in block quotations with [n], then a numbered source for each.

    The words that answer are bold.
    """
    parts = [markdown_text(answer.note)] if answer.note else []
    if not answer.answered:
        parts.append(f"**{NO_ANSWER}** {markdown_text(answer.reason)}".rstrip())
        if answer.closest:
            parts.append("Closest sentences, not an answer:" if answer.closest[1:] else "Closest, not an answer:")
        for citation in answer.closest:
            parts.append(f"> {_markdown_sentence(citation)}\n\n{markdown_source(citation, link(citation), copies)}")
        return "\n\n".join(parts)
    parts += map(_markdown_line, answer.text.splitlines()) if answer.mode == "help" else ()
    parts += _markdown_passages(answer)
    parts.append(
        "\n".join(
            f"- \\[{citation.number}\\] {markdown_source(citation, link(citation), copies)}"
            for citation in answer.citations
        )
    )
    return "\n\n".join(filter(None, parts))


def _markdown_line(line: str) -> str:
    """A line of the program's own words; a question to ask is an item of a list."""
    question = line.removeprefix(EXAMPLE)
    return markdown_text(line) if question == line else f"- {markdown_text(question)}"


def _markdown_passages(answer: Answer) -> Iterator[str]:
    for label, citations in group_citations(answer):
        passages = [
            "> " + " ".join(f"{_markdown_sentence(citation)} \\[{citation.number}\\]" for citation in passage)
            for passage in split_passages(citations)
        ]
        quoted = "\n>\n".join(passages)
        yield f"**{markdown_text(label)}**\n\n{quoted}" if label else quoted


def source_parts(cited: CitedSentence) -> list[str]:
    """The title of an article, its outlet, its date and the place in the original, if known; not yet made inert."""
    about = (cited.source, format_date(cited.published), describe_places([cited]))
    return [cited.title or cited.article_id, *(part for part in about if part)]


def describe_origin(cited: CitedSentence) -> str:
    """The same on one line, made inert."""
    return ", ".join(map(plain_text, source_parts(cited)))


def plain_source(cited: CitedSentence, link: str, copies: Copies = NO_COPIES) -> str:
    """Who says a sentence and where it is, as plain text, with its link on a line of its own."""
    described = describe_origin(cited)
    place = f"({plain_text(cited.article_id)}, {cited.start}–{cited.end})"
    also = f", {describe_also(cited.also, copies)}" if cited.also else ""
    source = f"{plain_text(describe_attribution(cited))} {described} {place}{also}".lstrip()
    return f"{source}\n    {link}" if link else source


def markdown_source(cited: CitedSentence, link: str, copies: Copies = NO_COPIES) -> str:
    """Who says a sentence and where it is, as Markdown; the title is a link if there is one."""
    parts = [markdown_text(part) for part in source_parts(cited)]
    if link:
        parts[0] = f"[{parts[0]}](<{link}>)"
    place = f"({markdown_text(cited.article_id)}, {cited.start}–{cited.end})"
    also = f", {markdown_text(describe_also(cited.also, copies))}" if cited.also else ""
    return f"{markdown_text(describe_attribution(cited))} {', '.join(parts)} {place}{also}".lstrip()


def describe_attribution(cited: CitedSentence) -> str:
    """The words that lead to the source of a citation: "Dmitry Peskov, quoted in"; empty if nobody is quoted."""
    if isinstance(cited, Citation) and cited.context:
        return f"{CONTEXT}:"
    voice = describe_voice(cited)
    return f"{voice}, {describe_speech(cited.speech)} in" if voice else ""


def find_words(text: str, words: tuple[int, int] | None) -> tuple[int, int]:
    """Where in a sentence the words that answer begin and end, without white space around them; (0, 0) if nowhere."""
    start, end = words or (0, 0)
    found = text[start:end].strip() if 0 <= start < end <= len(text) else ""
    if not found:
        return 0, 0
    start = text.index(found, start)
    return start, start + len(found)


@dataclass(frozen=True)
class Piece:
    """A piece of a sentence: of its text, of the words that answer, or the name that its pronoun stands for.

    `own` if it is part of the speaker's words, in a sentence that has others.
    """

    kind: Literal["text", "words", "gloss"]
    text: str
    own: bool


def cut_sentence(citation: Citation) -> Iterator[Piece]:
    """The sentence in pieces, in order.

    A name within the words that answer cuts them in two, as it is not part of the quotation.
    """
    text = citation.text
    start, end = find_words(text, citation.words)
    first, last = find_own_words(citation)
    place, name = citation.gloss or (0, "")
    cuts = sorted({0, start, end, first, last, place, len(text)})
    for left, right in pairwise([*cuts, len(text)]):  # the last is empty: a name may stand at the end
        own = first <= left < last
        if name and left == place:
            yield Piece("gloss", name, own)
        if piece := text[left:right]:
            yield Piece("words" if start <= left < end else "text", piece, own)


def inert_sentence(citation: Citation, inert: Callable[[str], str], before: str = "", after: str = "") -> str:
    """The sentence, made inert, with the words that answer between `before` and `after`.

    The name that its pronoun stands for is in brackets: "He [Dmitry Peskov] assured …".
    """
    shown = ""
    for cut in cut_sentence(citation):
        piece = f" [{cut.text}]" if cut.kind == "gloss" else cut.text
        # Making a piece inert takes the white space around it away.
        lead, trail = (" " if edge.isspace() else "" for edge in (piece[0], piece[-1]))
        made = f"{before}{inert(piece)}{after}" if cut.kind == "words" else inert(piece)
        shown += f"{lead}{made}{trail}"
    return " ".join(shown.split())


def _markdown_sentence(citation: Citation) -> str:
    text = citation.text
    start, end = find_words(text, citation.words)
    edges = [(text[start - 1 : start], text[start]), (text[end : end + 1], text[end - 1])] if end else []
    # ** between a letter and a sign, as in "US**$5**", is no mark of bold (CommonMark, 6.2).
    if any(outside.isalnum() and not inside.isalnum() for outside, inside in edges):
        citation = replace(citation, words=None)
    return inert_sentence(citation, markdown_text, "**", "**")


def group_citations(answer: Answer) -> Iterator[tuple[str, list[Citation]]]:
    """The citations as `group_by_voice` has them.

    In a timeline, each is alone under its date; if nobody's words are asked for, all are one group without a label.
    """
    if answer.mode == "timeline":
        return ((format_date(citation.when), [citation]) for citation in answer.citations)
    if answer.mode in ("summary", "help"):
        return iter([("", list(answer.citations))] if answer.citations else [])
    return group_by_voice(answer.citations)


def group_by_voice(citations: Iterable[Citation]) -> Iterator[tuple[str, list[Citation]]]:
    """Runs of citations of one article and speaker, each with a label, context last; without a speaker, the outlet.

    If the citations are from several dates, each label has its own, so that the reader sees what was said when.
    """
    ordered = sorted(citations, key=lambda citation: citation.context)
    has_several_dates = len({citation.published for citation in ordered if not citation.context}) > 1
    for (_, label, _), run in groupby(ordered, key=lambda cited: (cited.article_id, _voice(cited), cited.context)):
        cited = list(run)
        when = format_date(cited[0].published) if has_several_dates and not cited[0].context else ""
        yield ", ".join(part for part in (label, when) if part), cited


def split_passages(citations: Sequence[Citation]) -> list[list[Citation]]:
    """Runs of citations that follow one another in the article: sentences that are apart there must not read as one."""
    passages: list[list[Citation]] = []
    for citation in citations:
        # At most a blank line with Windows newlines, "\r\n\r\n", lies between them.
        if passages and 0 <= citation.start - passages[-1][-1].end <= 4:
            passages[-1].append(citation)
        else:
            passages.append([citation])
    return passages


def _voice(citation: Citation) -> str:
    return CONTEXT if citation.context else describe_voice(citation) or citation.source or ""
