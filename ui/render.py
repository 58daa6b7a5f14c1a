"""An Answer or an Article in; HTML, Markdown or plain text out.

Whatever comes from an article, a question, a file name or an article's metadata is made inert here and nowhere else:
escaped for HTML and Markdown, and stripped of control sequences for the terminal. What these functions return can be
put on a page as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from html import escape
from itertools import groupby, pairwise
from urllib.parse import urlsplit

from index.articles import Article
from qa.answer import Answer, Citation

NO_ANSWER = "No answer on the record."

# strftime("%B") would follow the locale.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)

_REFERENCE = re.compile(r"\[(\d{1,3})\]")
_PARAGRAPH_GAP = re.compile(r"(?:\r\n|\r|\n)(?:[ \t]*(?:\r\n|\r|\n))+")
_LINE_GAP = re.compile(r"[ \t]*(?:\r\n|\r|\n)\s*")

# Control characters can move a terminal's cursor or hide text, and a bidirectional override can reverse a line. Tab and
# newlines are dealt with as white space.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def answer_text(answer: Answer) -> str:
    """The answer for a terminal: its sentences with [n], then a numbered source for each.

    A refusal is its reason and the closest sentences, marked as no answer. Line breaks within a sentence become spaces;
    control characters become U+FFFD.
    """
    if not answer.answered:
        lines = [f"{NO_ANSWER} {_plain(answer.reason)}".rstrip()]
        for citation in answer.closest:
            lines += ["", f"Closest (not an answer): {_plain(citation.text)}", f"    {_plain_source(citation)}"]
        return "\n".join(lines)
    if answer.mode == "llm":
        lines = [_plain(answer.text), ""]
        lines += [f"[{citation.number}] {_plain(citation.text)}" for citation in answer.citations]
    else:
        lines = []
        for _, citations in _by_voice(answer.citations):
            for passage in _passages(citations):
                speaker = passage[0].speaker
                sentences = " ".join(f"{_plain(citation.text)} [{citation.number}]" for citation in passage)
                lines.append(f"{_plain(speaker)}: {sentences}" if speaker else sentences)
    lines += ["", "Sources"]
    lines += [f"[{citation.number}] {_plain_source(citation)}" for citation in answer.citations]
    return "\n".join(lines)


def answer_markdown(answer: Answer) -> str:
    """The answer as Markdown: each sentence a block quotation with [n], then a numbered source for each."""
    if not answer.answered:
        parts = [f"**{NO_ANSWER}** {_markdown(answer.reason)}".rstrip()]
        for citation in answer.closest:
            parts.append(f"Closest, not an answer:\n\n> {_markdown(citation.text)}\n\n{_markdown_source(citation)}")
        return "\n\n".join(parts)
    parts = [_markdown(answer.text)] if answer.mode == "llm" else []
    for label, citations in _by_voice(answer.citations):
        passages = [
            "> " + " ".join(f"{_markdown(citation.text)} \\[{citation.number}\\]" for citation in passage)
            for passage in _passages(citations)
        ]
        quoted = "\n>\n".join(passages)
        parts.append(f"**{_markdown(label)}**\n\n{quoted}" if label else quoted)
    parts.append("\n".join(f"- \\[{citation.number}\\] {_markdown_source(citation)}" for citation in answer.citations))
    return "\n\n".join(parts)


def answer_html(answer: Answer) -> str:
    """The answer for the conversation: quotations, each sentence followed by a button for its citation, and sources.

    The buttons are `button.chip[data-number]`. A refusal has none: its closest sentences carry
    `button.closest-open[data-closest]`, counted from 1.
    """
    if not answer.answered:
        return _refusal_html(answer)
    known = {citation.number: citation for citation in answer.citations}
    parts = ['<div class="answer">']
    if answer.mode == "llm":
        parts.append(f'<p class="written" dir="auto">{_prose_html(answer.text, known)}</p>')
    for label, citations in _by_voice(answer.citations):
        voice = f'<p class="voice"><bdi>{escape_html(label)}</bdi></p>' if label else ""
        passages = "".join(_passage_html(passage) for passage in _passages(citations))
        parts.append(f'<figure class="quotation">{voice}{passages}</figure>')
    parts.append(f"{_sources_html(answer.citations)}</div>")
    return "".join(parts)


def article_html(article: Article, citations: Sequence[Citation], active: int) -> str:
    """The article set to be read, its cited sentences marked, that of citation number `active` strongly.

    The text content of its `div.text` is `article.text[article.body:]`, character for character. A citation of another
    article is left out; one whose text is no longer at its offsets is not marked, and a note says so if it is the
    active one.
    """
    here = [citation for citation in citations if citation.article_id == article.id]
    sound = [citation for citation in here if article.text[citation.start : citation.end] == citation.text]
    stale = any(citation.number == active and citation not in sound for citation in here)
    note = (
        '<p class="stale" role="note">This article has changed since the answer was given, and the cited sentence is no'
        " longer where it was. Ask again for an up-to-date citation.</p>"
        if stale
        else ""
    )
    paragraphs = "".join(
        f'<p dir="auto"{_paragraph_class(article, start, end, sound)}>'
        f"{_marked(article.text, start, end, sound, active)}</p>"
        f'<span class="gap">{escape_html(article.text[end:following])}</span>'
        for start, end, following in _paragraphs(article)
    )
    return (
        '<article class="paper">'
        f'<header><h2 dir="auto">{escape_html(article.title)}</h2>{_byline_html(article)}</header>'
        f'{note}<div class="text">{paragraphs}</div></article>'
    )


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


def _plain(text: str) -> str:
    return _CONTROL.sub("\ufffd", " ".join(text.split()))


def _markdown(text: str) -> str:
    text = _plain(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = re.sub(r"([\\`*_{}\[\]()#|~@$^=!])", r"\\\1", text)
    # What a renderer would turn into a list, a heading or, on GitHub, a link.
    text = re.sub(r"^([-+])", r"\\\1", text)
    text = re.sub(r"^(\d+)([.)])", r"\1\\\2", text)
    return re.sub(r"(?i)(?<=www)\.|:(?=//)", lambda found: f"\\{found[0]}", text)


def _source_parts(citation: Citation) -> list[str]:
    title = citation.title or citation.article_id
    return [title, *(part for part in (citation.source, format_date(citation.published)) if part)]


def _plain_source(citation: Citation) -> str:
    parts = [_plain(part) for part in _source_parts(citation)]
    return f"{', '.join(parts)} ({_plain(citation.article_id)}, {citation.start}–{citation.end})"


def _markdown_source(citation: Citation) -> str:
    parts = [_markdown(part) for part in _source_parts(citation)]
    if citation.url and _is_web_link(citation.url):
        # Angle brackets hold any address once these four are encoded.
        address = re.sub(r"[<>\\|]", lambda found: f"%{ord(found[0]):02X}", citation.url)
        parts[0] = f"[{parts[0]}](<{address}>)"
    return f"{', '.join(parts)} ({_markdown(citation.article_id)}, {citation.start}–{citation.end})"


def _by_voice(citations: Iterable[Citation]) -> Iterator[tuple[str, list[Citation]]]:
    """Runs of citations from one article by one speaker; where nobody is quoted, the outlet is the voice."""
    for (_, label), run in groupby(citations, key=lambda citation: (citation.article_id, _voice(citation))):
        yield label, list(run)


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
        f'<span class="sentence">{escape_html(citation.text)}</span>{_chip(citation)}' for citation in citations
    )
    return f'<blockquote dir="auto">{sentences}</blockquote>'


def _voice(citation: Citation) -> str:
    return citation.speaker or citation.source or ""


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
    by_article: dict[str, list[Citation]] = {}
    for citation in citations:
        by_article.setdefault(citation.article_id, []).append(citation)
    lines = []
    for cited in by_article.values():
        numbers = ", ".join(str(citation.number) for citation in cited)
        lines.append(f'<li><span class="numbers">{numbers}</span> {_source_html(cited[0])}</li>')
    return f'<ul class="sources" aria-label="Sources">{"".join(lines)}</ul>'


def _source_html(citation: Citation) -> str:
    parts = [f"<cite><bdi>{escape_html(citation.title or citation.article_id)}</bdi></cite>"]
    if citation.source:
        parts.append(f"<bdi>{escape_html(citation.source)}</bdi>")
    return " · ".join([*parts, *_date_html(citation.published)])


def _date_html(published: str | None) -> list[str]:
    return [f'<bdi class="date">{escape_html(format_date(published))}</bdi>'] if published else []


def _refusal_html(answer: Answer) -> str:
    parts = [
        f'<div class="refusal"><p class="verdict">{NO_ANSWER}</p>',
        f'<p class="reason" dir="auto">{escape_html(answer.reason)}</p>' if answer.reason else "",
    ]
    if answer.closest:
        heading = "Closest sentence, not an answer" if len(answer.closest) == 1 else "Closest sentences, not an answer"
        parts.append(f'<div class="closest"><p class="closest-heading">{heading}</p>')
        for place, citation in enumerate(answer.closest, start=1):
            parts.append(
                f'<blockquote dir="auto">{escape_html(citation.text)}</blockquote>'
                f'<p class="closest-source">{_source_html(citation)} · <button type="button" class="closest-open"'
                f' data-closest="{place}">Read it in the article</button></p>'
            )
        parts.append("</div>")
    return "".join([*parts, "</div>"])


def _byline_html(article: Article) -> str:
    parts = [f"<bdi>{escape_html(article.source)}</bdi>"] if article.source else []
    parts += _date_html(article.published)
    if article.author:
        parts.append(f"By <bdi>{escape_html(article.author)}</bdi>")
    if article.url and _is_web_link(article.url):
        parts.append(
            f'<a href="{escape_html(article.url)}" target="_blank" rel="noopener noreferrer nofollow">'
            f"<bdi>{escape_html(urlsplit(article.url).hostname or '')}</bdi></a>"
        )
    parts.append(f'<span class="path"><bdi>{escape_html(article.id)}</bdi></span>')
    return f'<p class="byline">{" · ".join(parts)}</p>'


def _is_web_link(url: str) -> bool:
    if re.search(r"[\s\x00-\x1f\x7f]", url):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


def _paragraphs(article: Article) -> Iterator[tuple[int, int, int]]:
    """`(start, end, next start)` of each paragraph; together they are the text from `body` to its end.

    Where blank lines part paragraphs, a single newline does not; else every line is a paragraph.
    """
    text = article.text
    start = article.body
    gap = _PARAGRAPH_GAP if _PARAGRAPH_GAP.search(text.strip(), article.body) else _LINE_GAP
    for found in gap.finditer(text, article.body):
        if found.start() > start:
            yield start, found.start(), found.end()
        elif found.end() > start:
            yield start, start, found.end()
        start = found.end()
    if start < len(text):
        yield start, len(text), len(text)


def _paragraph_class(article: Article, start: int, end: int, citations: Sequence[Citation]) -> str:
    paragraph = article.text[start:end]
    cited = any(citation.start < end and start < citation.end for citation in citations)
    if not cited and paragraph.strip(" #") == article.title:
        return ' class="said-above"'
    # Lines of 40 to 100 characters that fill a paragraph were broken by a program (an e-mail, a PDF), not by an author:
    # they are set as one.
    lines = paragraph.splitlines()
    return ' class="wrapped"' if len(lines) > 1 and all(40 <= len(line) <= 100 for line in lines[:-1]) else ""


def _marked(text: str, start: int, end: int, citations: Sequence[Citation], active: int) -> str:
    """`text[start:end]` with each cited stretch in a mark; where citations overlap, marks are cut, not nested."""
    edges = {start, end}
    for citation in citations:
        edges |= {edge for edge in (citation.start, citation.end) if start < edge < end}
    cuts = sorted(edges)
    parts = []
    for left, right in pairwise(cuts):
        numbers = [citation.number for citation in citations if citation.start <= left and right <= citation.end]
        stretch = escape_html(text[left:right])
        if not numbers:
            parts.append(stretch)
        elif active in numbers:
            parts.append(f'<mark class="active" data-number="{active}">{stretch}</mark>')
        else:
            parts.append(f'<mark data-number="{numbers[0]}">{stretch}</mark>')
    return "".join(parts)
