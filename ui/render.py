"""An Answer in; HTML, Markdown or plain text out.

Whatever comes from an article, a question, a file name or an article's metadata is made inert here and nowhere else:
escaped for HTML and Markdown, and stripped of control sequences for the terminal. What these functions return can be
put on a page as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from html import escape
from itertools import groupby
from urllib.parse import urlsplit

from qa.answer import Answer, Citation

NO_ANSWER = "No answer on the record."
CONTEXT = "Context"

# strftime("%B") would follow the locale.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)

_REFERENCE = re.compile(r"\[(\d{1,3})\]")

# Control characters can move a terminal's cursor or hide text, and a bidirectional override can reverse a line. Tab and
# newlines are dealt with as white space.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def answer_text(answer: Answer) -> str:
    """The answer for a terminal: its sentences with [n], then a numbered source for each.

    A refusal is its reason and the closest sentences, marked as no answer. Line breaks within a sentence become spaces;
    control characters become U+FFFD.
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
    if answer.mode == "llm":
        lines = [*note, plain_text(answer.text), ""]
        lines += [f"[{citation.number}] {plain_text(_glossed(citation))}" for citation in answer.citations]
    else:
        lines = note
        for _, citations in _by_voice(answer.citations):
            for passage in _passages(citations):
                speaker = CONTEXT if passage[0].context else passage[0].speaker
                sentences = " ".join(f"{plain_text(_glossed(citation))} [{citation.number}]" for citation in passage)
                lines.append(f"{plain_text(speaker)}: {sentences}" if speaker else sentences)
    lines += ["", "Sources"]
    lines += [f"[{citation.number}] {_plain_source(citation)}" for citation in answer.citations]
    return "\n".join(lines)


def answer_markdown(answer: Answer) -> str:
    """The answer as Markdown: each sentence a block quotation with [n], then a numbered source for each."""
    parts = [markdown_text(answer.note)] if answer.note else []
    if not answer.answered:
        parts.append(f"**{NO_ANSWER}** {markdown_text(answer.reason)}".rstrip())
        if answer.closest:
            parts.append("Closest sentences, not an answer:" if answer.closest[1:] else "Closest, not an answer:")
        for citation in answer.closest:
            parts.append(f"> {markdown_text(_glossed(citation))}\n\n{_markdown_source(citation)}")
        return "\n\n".join(parts)
    if answer.mode == "llm":
        parts.append(markdown_text(answer.text))
    for label, citations in _by_voice(answer.citations):
        passages = [
            "> " + " ".join(f"{markdown_text(_glossed(citation))} \\[{citation.number}\\]" for citation in passage)
            for passage in _passages(citations)
        ]
        quoted = "\n>\n".join(passages)
        parts.append(f"**{markdown_text(label)}**\n\n{quoted}" if label else quoted)
    parts.append("\n".join(f"- \\[{citation.number}\\] {_markdown_source(citation)}" for citation in answer.citations))
    return "\n\n".join(parts)


def answer_html(answer: Answer) -> str:
    """The answer for the conversation: quotations, each sentence followed by a button for its citation, and sources.

    The buttons are `button.chip[data-number]`. A refusal has none: its closest sentences carry
    `button.closest-open[data-closest]`, counted from 1. A gloss is a `span.gloss`, which is no part of the quotation.
    """
    if not answer.answered:
        return _refusal_html(answer)
    known = {citation.number: citation for citation in answer.citations}
    parts = [f'<div class="answer">{_note_html(answer)}']
    if answer.mode == "llm":
        parts.append(f'<p class="written" dir="auto">{_prose_html(answer.text, known)}</p>')
    for label, citations in _by_voice(answer.citations):
        voice = f'<p class="voice"><bdi>{escape_html(label)}</bdi></p>' if label else ""
        passages = "".join(_passage_html(passage) for passage in _passages(citations))
        kind = "quotation context" if citations[0].context else "quotation"
        parts.append(f'<figure class="{kind}">{voice}{passages}</figure>')
    parts.append(f"{_sources_html(answer.citations)}</div>")
    return "".join(parts)


def format_date(published: str | None) -> str:
    """`2024-12-10` as "10 December 2024", `--12-10` as "10 December", None as ""; anything else unchanged."""
    if not published:
        return ""
    found = re.fullmatch(r"(\d{4}|-)-(\d\d)(?:-(\d\d))?(?:[T ].*)?", published)
    if not found:
        return published
    year, month, day = found.groups()
    try:
        # 2024 is a leap year: --02-29 is a day.
        valid = date(2024 if year == "-" else int(year), int(month), int(day or 1))
    except ValueError:
        return published
    words = [str(valid.day) if day else "", _MONTHS[valid.month - 1], "" if year == "-" else year]
    return " ".join(word for word in words if word)


def escape_html(text: str) -> str:
    """Text made inert for HTML, as content or in a quoted attribute."""
    # A parser would read a bare carriage return as a newline, and drop NUL.
    return escape(text, quote=True).replace("\r", "&#13;").replace("\x00", "\ufffd")


def plain_text(text: str) -> str:
    """Text made inert for a terminal, in one line."""
    return _CONTROL.sub("\ufffd", " ".join(text.split()))


def markdown_text(text: str) -> str:
    """Text made inert for Markdown, in one line, also within a cell of a table."""
    text = plain_text(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = re.sub(r"([\\`*_{}\[\]()#|~@$^=!])", r"\\\1", text)
    # What a renderer would turn into a list, a heading or, on GitHub, a link.
    text = re.sub(r"^([-+])", r"\\\1", text)
    text = re.sub(r"^(\d+)([.)])", r"\1\\\2", text)
    return re.sub(r"(?i)(?<=www)\.|:(?=//)", lambda found: f"\\{found[0]}", text)


def svg_text(text: str) -> str:
    """Text made inert for SVG, in one line, as content or in a quoted attribute."""
    return escape_html(re.sub("[\ud800-\udfff\ufffe\uffff]", "\ufffd", plain_text(text)))  # which XML cannot hold


def describe_source(title: str, source: str | None, published: str | None) -> str:
    """The title of an article with its outlet and date, in one line: "A bridge at last, City Wire, 10 December"."""
    return ", ".join(plain_text(part) for part in (title, source, format_date(published)) if part)


def describe_speech(speech: str | None) -> str:
    """How a sentence gives what somebody said: "quoted" for their own words, "reported" for a report of them."""
    return "quoted" if speech == "direct" else "reported"


def _source_parts(citation: Citation) -> list[str]:
    title = citation.title or citation.article_id
    return [title, *(part for part in (citation.source, format_date(citation.published)) if part)]


def _plain_source(citation: Citation) -> str:
    described = describe_source(citation.title or citation.article_id, citation.source, citation.published)
    place = f"({plain_text(citation.article_id)}, {citation.start}–{citation.end})"
    return f"{plain_text(_attribution(citation))} {described} {place}".lstrip()


def _markdown_source(citation: Citation) -> str:
    parts = [markdown_text(part) for part in _source_parts(citation)]
    if citation.url and is_web_link(citation.url):
        # Angle brackets hold any address once these four are encoded.
        address = re.sub(r"[<>\\|]", lambda found: f"%{ord(found[0]):02X}", citation.url)
        parts[0] = f"[{parts[0]}](<{address}>)"
    place = f"({markdown_text(citation.article_id)}, {citation.start}–{citation.end})"
    return f"{markdown_text(_attribution(citation))} {', '.join(parts)} {place}".lstrip()


def _attribution(citation: Citation) -> str:
    """What leads to the source of a citation: "Dmitry Peskov, quoted in" an article; nothing where nobody speaks."""
    if citation.context:
        return f"{CONTEXT}:"
    if citation.speaker is None:
        return ""
    return f"{citation.speaker}, {describe_speech(citation.speech)} in"


def _glossed(citation: Citation) -> str:
    """The sentence with whom its pronoun means in brackets: "He [Dmitry Peskov] assured …"."""
    if citation.gloss is None:
        return citation.text
    place, name = citation.gloss
    return f"{citation.text[:place]} [{name}]{citation.text[place:]}"


def _sentence_html(citation: Citation) -> str:
    place, name = citation.gloss or (0, "")
    gloss = f'<span class="gloss"> [<bdi>{escape_html(name)}</bdi>]</span>' if name else ""
    return f"{escape_html(citation.text[:place])}{gloss}{escape_html(citation.text[place:])}"


def _by_voice(citations: Iterable[Citation]) -> Iterator[tuple[str, list[Citation]]]:
    """Runs of citations of one article and speaker, context last; where nobody is quoted, the outlet is the voice.

    Where they are of several dates, each voice has its own: what was said when is to be seen at once.
    """
    ordered = sorted(citations, key=lambda citation: citation.context)
    are_of_several = len({citation.published for citation in ordered if not citation.context}) > 1
    for (_, label, _), run in groupby(ordered, key=lambda cited: (cited.article_id, _voice(cited), cited.context)):
        cited = list(run)
        when = format_date(cited[0].published) if are_of_several and not cited[0].context else ""
        yield ", ".join(part for part in (label, when) if part), cited


def _passages(citations: Sequence[Citation]) -> list[list[Citation]]:
    """The citations in runs that follow one another in the article; what stands apart there must not read as one."""
    passages: list[list[Citation]] = []
    for citation in citations:
        # A space or a blank line with Windows newlines, "\r\n\r\n", is all that may stand between.
        if passages and 0 <= citation.start - passages[-1][-1].end <= 4:
            passages[-1].append(citation)
        else:
            passages.append([citation])
    return passages


def _passage_html(citations: Sequence[Citation]) -> str:
    sentences = " ".join(
        f'<span class="sentence">{_sentence_html(citation)}</span>{_chip(citation)}' for citation in citations
    )
    return f'<blockquote dir="auto">{sentences}</blockquote>'


def _voice(citation: Citation) -> str:
    return CONTEXT if citation.context else citation.speaker or citation.source or ""


def _chip(citation: Citation) -> str:
    name = escape_html(f"Source {citation.number}: {citation.title}")
    number = citation.number
    return f'<button type="button" class="chip" data-number="{number}" aria-label="{name}">{number}</button>'


def _prose_html(text: str, known: dict[int, Citation]) -> str:
    parts = []
    position = 0
    for found in _REFERENCE.finditer(text):
        parts.append(escape_html(text[position : found.start()]))
        citation = known.get(int(found[1]))
        parts.append(_chip(citation) if citation else escape_html(found[0]))
        position = found.end()
    return "".join([*parts, escape_html(text[position:])])


def _sources_html(citations: Sequence[Citation]) -> str:
    groups: dict[tuple[str, str], list[Citation]] = {}
    for citation in citations:
        groups.setdefault((citation.article_id, _attribution(citation)), []).append(citation)
    lines = []
    for cited in groups.values():
        numbers = ", ".join(str(citation.number) for citation in cited)
        lines.append(f'<li><span class="numbers">{numbers}</span> {_by_html(cited[0])}{_source_html(cited[0])}</li>')
    return f'<ul class="sources" aria-label="Sources">{"".join(lines)}</ul>'


def _by_html(citation: Citation) -> str:
    attribution = _attribution(citation)
    return f"<bdi>{escape_html(attribution)}</bdi> " if attribution else ""


def _note_html(answer: Answer) -> str:
    return f'<p class="note" dir="auto">{escape_html(answer.note)}</p>' if answer.note else ""


def _source_html(citation: Citation) -> str:
    parts = [f"<cite><bdi>{escape_html(citation.title or citation.article_id)}</bdi></cite>"]
    if citation.source:
        parts.append(f"<bdi>{escape_html(citation.source)}</bdi>")
    return " · ".join([*parts, *date_html(citation.published)])


def date_html(published: str | None) -> list[str]:
    """The date of an article, if it has one, as HTML."""
    return [f'<bdi class="date">{escape_html(format_date(published))}</bdi>'] if published else []


def _refusal_html(answer: Answer) -> str:
    parts = [
        f'<div class="refusal">{_note_html(answer)}<p class="verdict">{NO_ANSWER}</p>',
        f'<p class="reason" dir="auto">{escape_html(answer.reason)}</p>' if answer.reason else "",
    ]
    if answer.closest:
        heading = "Closest sentence, not an answer" if len(answer.closest) == 1 else "Closest sentences, not an answer"
        parts.append(f'<div class="closest"><p class="closest-heading">{heading}</p>')
        for place, citation in enumerate(answer.closest, start=1):
            parts.append(
                f'<blockquote dir="auto">{_sentence_html(citation)}</blockquote>'
                f'<p class="closest-source">{_by_html(citation)}{_source_html(citation)} · '
                f'<button type="button" class="closest-open" data-closest="{place}">Read it in the article</button></p>'
            )
        parts.append("</div>")
    return "".join([*parts, "</div>"])


def is_web_link(url: str) -> bool:
    """Tell whether a link leads to the web; no other kind is made a link."""
    if re.search(r"[\s\x00-\x1f\x7f]", url):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False
