"""An Answer in, plain text or Markdown out, with everything in it made inert."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from qa.answer import Answer, Citation
from ui.inert import is_web_link, markdown_text, plain_text
from ui.wording import describe_source, describe_speech, format_date

NO_ANSWER = "No answer on the record."
CONTEXT = "Context"


def answer_text(answer: Answer) -> str:
    """The answer for a terminal: its sentences with [n], then a numbered source for each.

    For a refusal, the reason and the closest sentences, labelled as not an answer. Line breaks within a sentence become
    spaces, and control characters U+FFFD.
    """
    note = [plain_text(answer.note)] if answer.note else []
    if not answer.answered:
        lines = [*note, f"{NO_ANSWER} {plain_text(answer.reason)}".rstrip()]
        if answer.closest[1:]:
            lines += ["", "Closest sentences (not an answer):"]
        label = "" if answer.closest[1:] else "Closest (not an answer): "
        for citation in answer.closest:
            lines += ["", f"{label}{plain_text(_glossed(citation))}", f"    {_plain_source(citation)}"]
        return "\n".join(lines)
    lines = note
    for _, citations in group_by_voice(answer.citations):
        for passage in split_passages(citations):
            speaker = CONTEXT if passage[0].context else passage[0].speaker
            sentences = " ".join(f"{plain_text(_glossed(citation))} [{citation.number}]" for citation in passage)
            lines.append(f"{plain_text(speaker)}: {sentences}" if speaker else sentences)
    lines += ["", "Sources"]
    lines += [f"[{citation.number}] {_plain_source(citation)}" for citation in answer.citations]
    return "\n".join(lines)


def answer_markdown(answer: Answer) -> str:
    """The answer as Markdown: its sentences in block quotations with [n], then a numbered source for each."""
    parts = [markdown_text(answer.note)] if answer.note else []
    if not answer.answered:
        parts.append(f"**{NO_ANSWER}** {markdown_text(answer.reason)}".rstrip())
        if answer.closest:
            parts.append("Closest sentences, not an answer:" if answer.closest[1:] else "Closest, not an answer:")
        for citation in answer.closest:
            parts.append(f"> {markdown_text(_glossed(citation))}\n\n{_markdown_source(citation)}")
        return "\n\n".join(parts)
    for label, citations in group_by_voice(answer.citations):
        passages = [
            "> " + " ".join(f"{markdown_text(_glossed(citation))} \\[{citation.number}\\]" for citation in passage)
            for passage in split_passages(citations)
        ]
        quoted = "\n>\n".join(passages)
        parts.append(f"**{markdown_text(label)}**\n\n{quoted}" if label else quoted)
    parts.append("\n".join(f"- \\[{citation.number}\\] {_markdown_source(citation)}" for citation in answer.citations))
    return "\n\n".join(parts)


def _source_parts(citation: Citation) -> list[str]:
    title = citation.title or citation.article_id
    return [title, *(part for part in (citation.source, format_date(citation.published)) if part)]


def _plain_source(citation: Citation) -> str:
    described = describe_source(citation.title or citation.article_id, citation.source, citation.published)
    place = f"({plain_text(citation.article_id)}, {citation.start}–{citation.end})"
    return f"{plain_text(describe_attribution(citation))} {described} {place}".lstrip()


def _markdown_source(citation: Citation) -> str:
    parts = [markdown_text(part) for part in _source_parts(citation)]
    if citation.url and is_web_link(citation.url):
        # Within angle brackets, only these four have to be encoded.
        address = re.sub(r"[<>\\|]", lambda found: f"%{ord(found[0]):02X}", citation.url)
        parts[0] = f"[{parts[0]}](<{address}>)"
    place = f"({markdown_text(citation.article_id)}, {citation.start}–{citation.end})"
    return f"{markdown_text(describe_attribution(citation))} {', '.join(parts)} {place}".lstrip()


def describe_attribution(citation: Citation) -> str:
    """The words that lead to the source of a citation: "Dmitry Peskov, quoted in"; empty if nobody is quoted."""
    if citation.context:
        return f"{CONTEXT}:"
    if citation.speaker is None:
        return ""
    return f"{citation.speaker}, {describe_speech(citation.speech)} in"


def _glossed(citation: Citation) -> str:
    """The sentence with the name that its pronoun stands for in brackets: "He [Dmitry Peskov] assured …"."""
    if citation.gloss is None:
        return citation.text
    place, name = citation.gloss
    return f"{citation.text[:place]} [{name}]{citation.text[place:]}"


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
    return CONTEXT if citation.context else citation.speaker or citation.source or ""
