"""What the pages share: the masthead, messages and dates, as HTML with everything escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from index.english.dates import format_date
from ui.inert import escape_html
from ui.wording import count, describe_places

if TYPE_CHECKING:
    from qa.answer import CitedSentence

TITLE = "On the Record"
_INTRODUCTION = "Answers in the articles’ own sentences"


def problem_html(message: str) -> str:
    """A message about something that could not be done."""
    return f'<p class="problem" role="note" dir="auto">{message_html(message)}</p>'


def masthead_html(
    folder: str,
    counts: tuple[int, int],
    synced: float | None,
    links: Sequence[tuple[str, str, Sequence[str]]],
    unread: Mapping[str, int],
) -> str:
    """The masthead; `counts` are the numbers of articles and sentences, and `synced` is `Library.synced`.

    A link is the address of a page, its title, and the names of the pages that mark it as current. `unread` has how
    many items are unread there, by address.
    """
    pages = "".join(
        f'<a href="#{address}" data-pages="{" ".join(names)}">{title}{_unread_html(unread.get(address, 0))}</a>'
        for address, title, names in links
    )
    articles, sentences = counts
    size = f"{count(articles, 'article')} · {count(sentences, 'sentence')}"
    return (
        f'<header data-synced="{synced or 0}"><button type="button" class="skip">Skip to the page</button>'
        f'<h1>{TITLE}</h1><p class="introduction">{_INTRODUCTION}</p>'
        f'<nav aria-label="Pages">{pages}</nav>'
        f'<p class="library">{size} <span class="folder">in <bdi>{escape_html(folder)}</bdi></span></p>'
        '<button type="button" class="restart">New conversation</button></header>'
    )


def _unread_html(unread: int) -> str:
    return f' <span class="unread">{unread:,}</span><span class="unseen"> unread</span>' if unread else ""


def message_html(message: str) -> str:
    """A message, escaped, with its first letter in upper case."""
    return escape_html(message[:1].upper() + message[1:])


def date_html(published: str | None) -> list[str]:
    """The date of an article as a list of one piece of HTML; empty if it has none."""
    return [f'<bdi class="date">{escape_html(format_date(published))}</bdi>'] if published else []


def origin_html(*citations: CitedSentence) -> str:
    """The article of citations, its outlet and date, and where in the original they are."""
    citation, places = citations[0], describe_places(citations)
    parts = [f"<cite><bdi>{escape_html(citation.title or citation.article_id)}</bdi></cite>"]
    if citation.source:
        parts.append(f"<bdi>{escape_html(citation.source)}</bdi>")
    parts += date_html(citation.published)
    if places:
        parts.append(f'<span class="place">{escape_html(places)}</span>')
    return " · ".join(parts)


def piece_html(before: str, after: str) -> str:
    """A piece of a text that has changed: a `del` of what only the old one has, an `ins` of what only the new one has.

    What both have is as it is in the new one.
    """
    if before and after:
        return escape_html(after)
    return f"<del>{escape_html(before)}</del>" if before else f"<ins>{escape_html(after)}</ins>"
