"""Records or an Answer in; text, Markdown or HTML for people to paste out, with everything in it made inert."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from qa.answer import Answer, Citation, CitedSentence
from qa.smalltalk import EXAMPLE
from ui.citing.records import Record
from ui.inert import line_html, markdown_text, plain_text
from ui.text.answer import (
    NO_ANSWER,
    NO_COPIES,
    Copies,
    Link,
    describe_attribution,
    group_citations,
    inert_sentence,
    markdown_source,
    plain_source,
    source_parts,
    split_passages,
)
from ui.wording import describe_also


def quotations_text(records: Sequence[Record]) -> str:
    """Each sentence, and below it its source and its link."""
    return "\n\n".join(
        f"{plain_text(record.cited.text)}\n    {plain_source(record.cited, record.link)}" for record in records
    )


def quotations_markdown(records: Sequence[Record]) -> str:
    """Each sentence as a block quotation, and its source below it."""
    return "\n\n".join(
        f"> {markdown_text(record.cited.text)}\n\n{markdown_source(record.cited, record.link)}" for record in records
    )


def quotations_html(records: Sequence[Record]) -> str:
    """Each sentence as a block quotation, and its source below it, in a document of their own."""
    parts = [
        f"<blockquote>{line_html(record.cited.text)}</blockquote><p>{_source_html(record.cited, record.link)}</p>"
        for record in records
    ]
    return to_document("Quotations", "\n".join(parts))


def answer_document(answer: Answer, copies: Copies, link: Link) -> str:
    """The answer as a document of its own: its sentences in block quotations with [n], then a source for each."""
    return to_document(answer.question, answer_fragment(answer, copies, link))


def answer_fragment(answer: Answer, copies: Copies, link: Link) -> str:
    """The answer as HTML for a document, without styles or scripts; the words that answer are bold."""
    parts = [f"<p>{line_html(answer.note)}</p>"] if answer.note else []
    if not answer.answered:
        parts.append(f"<p><strong>{NO_ANSWER}</strong> {line_html(answer.reason)}</p>")
        if answer.closest:
            parts.append(f"<p>Closest {'sentences' if answer.closest[1:] else 'sentence'}, not an answer:</p>")
        for citation in answer.closest:
            parts.append(f"<blockquote>{_sentence_html(citation)}</blockquote>")
            parts.append(f"<p>{_source_html(citation, link(citation), copies)}</p>")
        return "\n".join(parts)
    parts += map(_line_html, answer.text.splitlines()) if answer.mode == "help" else ()
    for label, citations in group_citations(answer):
        if label:
            parts.append(f"<p><strong>{line_html(label)}</strong></p>")
        for passage in split_passages(citations):
            sentences = " ".join(f"{_sentence_html(citation)} [{citation.number}]" for citation in passage)
            parts.append(f"<blockquote>{sentences}</blockquote>")
    parts += [
        f"<p>[{citation.number}] {_source_html(citation, link(citation), copies)}</p>" for citation in answer.citations
    ]
    return "\n".join(parts)


def to_document(title: str, body: str) -> str:
    """HTML that a browser, a word processor or a file can hold as it stands."""
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{line_html(title)}</title></head>\n'
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _line_html(line: str) -> str:
    """A line of the program's own words; a question to ask is an item of a list."""
    question = line.removeprefix(EXAMPLE)
    return f"<p>{line_html(line)}</p>" if question == line else f"<ul><li>{line_html(question)}</li></ul>"


def _sentence_html(citation: Citation) -> str:
    return inert_sentence(citation, line_html, "<strong>", "</strong>")


def _source_html(cited: CitedSentence, link: str, copies: Copies = NO_COPIES) -> str:
    title, *rest = map(line_html, source_parts(cited))
    shown = f'<a href="{escape(link)}">{title}</a>' if link else f"<cite>{title}</cite>"
    place = f"({line_html(cited.article_id)}, {cited.start}–{cited.end})"
    also = f", {line_html(describe_also(cited.also, copies))}" if cited.also else ""
    return f"{line_html(describe_attribution(cited))} {', '.join([shown, *rest])} {place}{also}".lstrip()
