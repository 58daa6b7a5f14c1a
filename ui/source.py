"""The panel on the right: an Article in, HTML out, its cited sentences marked and everything in it escaped."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urldefrag, urlsplit

from index.errors import OnRecordError
from index.values import Article, ArticleRecord, Locator, find_locator
from ui.inert import escape_html, is_web_link
from ui.shell import date_html, problem_html
from ui.text.answer import find_words
from ui.wording import format_moment

if TYPE_CHECKING:
    from index.library import Library
    from index.storage.history import Version


_PARAGRAPH_GAP = re.compile(r"(?:\r\n|\r|\n)(?:[ \t]*(?:\r\n|\r|\n))+")
_REST_OF_WORD = re.compile(r"\S*\s*")
_LINE_GAP = re.compile(r"[ \t]*(?:\r\n|\r|\n)\s*")


class Marked(Protocol):
    """A stretch of an article to be marked: a Citation or a Mark."""

    @property
    def number(self) -> int: ...  # noqa: D102
    @property
    def article_id(self) -> str: ...  # noqa: D102
    @property
    def digest(self) -> str: ...  # noqa: D102
    @property
    def start(self) -> int: ...  # noqa: D102
    @property
    def end(self) -> int: ...  # noqa: D102
    @property
    def text(self) -> str: ...  # noqa: D102
    @property
    def words(self) -> tuple[int, int] | None: ...  # noqa: D102


@dataclass(frozen=True)
class Mark:
    """A sentence to be marked in the version of its article with this digest that is not a citation of an answer."""

    number: int
    article_id: str
    digest: str
    start: int
    end: int
    text: str
    words: tuple[int, int] | None = None


def article_html(article: Article, citations: Sequence[Marked], active: int) -> str:
    """The article, laid out for reading, with its citations marked and the one numbered `active` marked strongly.

    The words that answer in the active one are in a `mark.answers`. The text content of its `div.text` is
    `article.text[article.body:]`, character for character. Citations of other articles are ignored. One whose text is
    no longer at its offsets is not marked; if it is the active one, a note says so. Where a page or a time of the
    original begins, the style sheet shows the `data-at` of a `span.locator`, which has no text of its own.
    """
    here = [citation for citation in citations if citation.article_id == article.id]
    sound = [citation for citation in here if article.text[citation.start : citation.end] == citation.text]
    stale = any(citation.number == active and citation not in sound for citation in here)
    where = next((find_locator(article.locators, one.start) for one in sound if one.number == active), None)
    note = (
        '<p class="stale" role="note">This article has changed since the answer was given, and the cited sentence is no'
        " longer where it was. Ask again for an up-to-date citation.</p>"
        if stale
        else ""
    )
    paragraphs = "".join(
        f'<p dir="auto"{_paragraph_class(article, start, end, sound)}>'
        f"{_marked(article.text, start, end, sound, active, _locators(article, start, end))}</p>"
        f'<span class="gap">{escape_html(article.text[end:following])}</span>'
        for start, end, following in _paragraphs(article)
    )
    return (
        '<article class="paper">'
        f'<header><h2 dir="auto">{escape_html(article.title)}</h2>{_byline_html(article, where)}</header>'
        f'{note}<div class="text">{paragraphs}</div></article>'
    )


def _byline_html(article: Article, where: Locator | None) -> str:
    """Outlet, date, author and address; the address of a PDF opens at the page that `where` is."""
    parts = [f"<bdi>{escape_html(article.source)}</bdi>"] if article.source else []
    parts += date_html(article.published)
    if article.author:
        parts.append(f"By <bdi>{escape_html(article.author)}</bdi>")
    if article.url and is_web_link(article.url):
        parts.append(
            f'<a href="{escape_html(_address(article.url, where))}" target="_blank" rel="noopener noreferrer nofollow">'
            f"<bdi>{escape_html(urlsplit(article.url).hostname or '')}</bdi></a>"
        )
    parts.append(f'<span class="path"><bdi>{escape_html(article.id)}</bdi></span>')
    return f'<p class="byline">{" · ".join(parts)}</p>'


def _address(url: str, where: Locator | None) -> str:
    if where and where.kind == "page" and urlsplit(url).path.lower().endswith(".pdf"):
        return f"{urldefrag(url).url}#page={where.value}"  # RFC 8118, which browsers follow
    return url


def _locators(article: Article, start: int, end: int) -> dict[int, str]:
    """What to show of the original's pages and times in a paragraph, by place: every page, its first time.

    A time that the text itself has there, as an interview may, is not shown again.
    """
    first = bisect_left(article.locators, start, key=lambda locator: locator.start)
    last = bisect_left(article.locators, end, key=lambda locator: locator.start)
    if first < last and article.locators[first].kind != "page":
        opening, value = article.text[start : start + 80], article.locators[first].value
        return {} if value[-4:] in opening else {start: value}
    pages = article.locators[first:last]
    return {_after_word(article.text, start, one.start, end): f"Page {one.value}" for one in pages}


def _after_word(text: str, start: int, place: int, end: int) -> int:
    """The place, or if a page begins within a word, the end of that and of the space behind it."""
    if place == start or text[place - 1].isspace():
        return place
    found = _REST_OF_WORD.match(text, place, end)
    return found.end() if found else place


def _paragraphs(article: Article) -> Iterator[tuple[int, int, int]]:
    """`(start, end, next start)` of each paragraph; together they cover the text from `body` to its end.

    If the text has blank lines, only they separate paragraphs; otherwise each line is a paragraph.
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


def _paragraph_class(article: Article, start: int, end: int, citations: Sequence[Marked]) -> str:
    paragraph = article.text[start:end]
    cited = any(citation.start < end and start < citation.end for citation in citations)
    if not cited and paragraph.strip(" #") == article.title:
        return ' class="repeats-title"'
    # Lines of 40 to 100 characters were broken by a program (an e-mail, a PDF), not by the author: they are joined.
    lines = paragraph.splitlines()
    return ' class="wrapped"' if len(lines) > 1 and all(40 <= len(line) <= 100 for line in lines[:-1]) else ""


def _marked(text: str, start: int, end: int, citations: Sequence[Marked], active: int, locators: dict[int, str]) -> str:
    """`text[start:end]` with each cited stretch in a mark, and locators; overlapping marks are split, not nested."""
    edges, answering = {start, end, *locators}, range(0)
    for citation in citations:
        edges |= {citation.start, citation.end}
        if citation.number == active:
            first, last = find_words(citation.text, citation.words)
            answering = range(citation.start + first, citation.start + last)
            edges |= {answering.start, answering.stop}
    cuts = sorted(edge for edge in edges if start <= edge <= end)
    parts = []
    for left, right in pairwise(cuts):
        numbers = [citation.number for citation in citations if citation.start <= left and right <= citation.end]
        stretch = escape_html(text[left:right])
        if left in locators:
            parts.append(_locator_html(locators[left]))
        if not numbers:
            parts.append(stretch)
        elif active in numbers:
            kind = "active answers" if left in answering else "active"
            parts.append(f'<mark class="{kind}" data-number="{active}">{stretch}</mark>')
        else:
            parts.append(f'<mark data-number="{numbers[0]}">{stretch}</mark>')
    if end in locators:
        parts.append(_locator_html(locators[end]))
    return "".join(parts)


def _locator_html(shown: str) -> str:
    return f'<span class="locator" data-at="{escape_html(shown)}"></span>'


@dataclass(frozen=True)
class Opened:
    """What is open in the panel: which list of the page (as in data-opens), the place in it, and the neighbours there.

    `what` tells the reader ("Source 2 of 5"); `noun` is what the step buttons step through ("source").
    """

    kind: str
    place: int
    what: str
    noun: str
    previous: int | None
    following: int | None
    turn: int = -1
    label: str = "Source"
    close: str = "Back"
    region: str = "Article"
    can_be_cited: bool = False


def read_place(sent: dict[str, Any]) -> tuple[str, int, int]:
    """Which button was clicked: its data-opens, its turn and its place; all of them untrusted."""
    kind, turn, place = sent.get("kind"), sent.get("turn"), sent.get("place")
    if not (isinstance(kind, str) and isinstance(turn, int) and isinstance(place, int)):
        return "", -1, -1
    return kind, turn, place


def panel_html(
    library: Library, article_id: str, opened: Opened, marks: Sequence[Marked] = (), active: int = 0, note: str = ""
) -> str:
    """The panel with an article, or with the reason it cannot be shown; see `article_html` for `marks` and `active`.

    If the active mark is of an earlier version of the article that is kept, it shows that one, and the article as it is
    now behind a switch. `note` is HTML to show above the article.
    """
    try:
        body = _body_html(library, article_id, marks, active)
        summarise = _summarise_html(library.records[article_id]) if article_id in library.records else ""
    except OnRecordError as error:
        body, summarise = problem_html(str(error)), ""
    return frame_html(opened, note + body, summarise)


def frame_html(opened: Opened, body: str, actions: str = "") -> str:
    """The panel around HTML, with its bar, in which `actions` are HTML too."""
    has_neighbours = opened.previous is not None or opened.following is not None
    steps = _step_html("Previous", "‹", opened.noun, opened.previous) if has_neighbours else ""
    steps += _step_html("Next", "›", opened.noun, opened.following) if has_neighbours else ""
    cite = (
        f'<button type="button" class="cite" data-cites="{opened.kind}" data-place="{opened.place}" '
        'aria-haspopup="menu" aria-expanded="false">Cite this…</button>'
        if opened.can_be_cited
        else ""
    )
    return (
        f'<section class="open {opened.kind}" aria-label="{opened.label}" data-turn="{opened.turn}" '
        f'data-kind="{opened.kind}" data-place="{opened.place}">'
        f'<div class="bar"><span class="what">{opened.what}</span>{actions}{cite}{steps}'
        f'<button type="button" class="close">{opened.close}</button></div>'
        f'<div class="scroller" tabindex="0" role="region" aria-label="{opened.region}">{body}</div></section>'
    )


def _summarise_html(article: ArticleRecord) -> str:
    question = escape_html(f"Summarise “{article.title}”")
    return f'<button type="button" class="summarise" data-question="{question}">Summarise</button>'


def _body_html(library: Library, article_id: str, marks: Sequence[Marked], active: int) -> str:
    cited = next((mark for mark in marks if (mark.number, mark.article_id) == (active, article_id)), None)
    with library.reading():
        is_here = article_id in library.records
    now = library.article(article_id) if is_here else None
    if cited is not None and (now is None or now.digest != cited.digest):
        then = library.version(article_id, cited.digest)
        if then is not None:
            return _versions_html(then, now, marks, cited)
    return article_html(now or library.article(article_id), marks, active)


def _versions_html(then: Version, now: Article | None, marks: Sequence[Marked], cited: Marked) -> str:
    """An article as it was, and as it is `now`, of which one is shown; the cited sentence is marked in both."""
    until = f"As it was until {format_moment(then.until)}"
    was = article_html(then.article, marks, cited.number)
    if now is None:
        return f'<p class="versions" role="note">{until}. This article is not in the library any more.</p>{was}'
    found = [at.start() for at in re.finditer(rf"(?<!\w){re.escape(cited.text)}(?!\w)", now.text)]
    others = [mark for mark in marks if mark.number != cited.number]
    if found:
        start = min(found, key=lambda at: abs(at - cited.start))
        here = Mark(cited.number, now.id, now.digest, start, start + len(cited.text), cited.text, cited.words)
        is_now = article_html(now, [*others, here], cited.number)
    else:
        note = '<p class="stale" role="note">This article does not have the sentence any more.</p>'
        is_now = note + article_html(now, others, cited.number)
    return (
        '<div class="versions" role="group" aria-label="Versions of this article">'
        f'<button type="button" class="version" data-version="then" aria-pressed="true">{until}</button>'
        '<button type="button" class="version" data-version="now" aria-pressed="false">As it is now</button></div>'
        f'<div class="then">{was}</div><div class="now" hidden>{is_now}</div>'
    )


def _step_html(which: str, sign: str, noun: str, place: int | None) -> str:
    there = "disabled" if place is None else f'data-place="{place}"'
    return f'<button type="button" class="step" aria-label="{which} {noun}" {there}>{sign}</button>'


def nothing_open_html() -> str:
    """The panel before anything is opened in it."""
    return (
        '<section class="nothing-open" aria-label="Source"><p>Sources open here.</p>'
        "<p>Choose a number beside a sentence, or a person’s statement, to read it in its article.</p></section>"
    )
