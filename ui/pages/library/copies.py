"""The copies of an article, and how two of them differ, in the panel on the right, with everything in it escaped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from index.errors import OnRecordError
from index.values import ArticleRecord
from qa.copies import compare_articles, find_copies
from qa.differences import Difference, compare_words
from ui.inert import line_html
from ui.pages.library.state import Row, Shelf
from ui.shell import date_html, piece_html, problem_html
from ui.source import Opened, frame_html, nothing_open_html
from ui.text.copies import describe_counts
from ui.wording import count

if TYPE_CHECKING:
    from index.library import Library


def copies_panel_html(library: Library, shelf: Shelf, place: int) -> str:
    """The panel with the copies of a row's article, each of which can be compared with it; empty if there is none."""
    row = _find_row(shelf, place)
    if row is None:
        return nothing_open_html()
    copies: Sequence[ArticleRecord] = ()
    try:
        copies = find_copies(library, row.id)
        items = "".join(_copy_html(library, row, number, record) for number, record in enumerate(copies))
        body = f'<ul data-turn="{place}">{items}</ul>'
    except OnRecordError as error:
        body = problem_html(str(error))
    head = f'<header><h2 dir="auto">{line_html(row.title)}</h2>{_about_html(row.source, row.published)}</header>'
    what = count(len(copies), "copy", "copies")
    opened = Opened("copies", place, what, "article", None, None, label="Copies", close="Close", region="Copies")
    return frame_html(opened, f'<div class="paper">{head}{body}</div>')


def versions_panel_html(library: Library, shelf: Shelf, place: int, number: int) -> str:
    """The panel with the differences between a row's article and one of its copies; empty if there is none.

    What only the row's article has is a `del`, what only the copy has an `ins`.
    """
    row = _find_row(shelf, place)
    if row is None:
        return nothing_open_html()
    try:
        copies = find_copies(library, row.id)
        if not 0 <= number < len(copies):
            return nothing_open_html()
        differences = compare_articles(library, row.id, copies[number].id)
    except OnRecordError as error:
        opened = Opened("versions", number, "Differences", "copy", None, None, place, "Differences", "Close")
        return frame_html(opened, problem_html(str(error)))
    opened = Opened(
        kind="versions",
        turn=place,
        place=number,
        what=f"Copy {number + 1:,} of {len(copies):,}",
        noun="copy",
        previous=number - 1 if number else None,
        following=number + 1 if number + 1 < len(copies) else None,
        label="Differences",
        close="Close",
        region="Differences",
    )
    head = (
        f'<header><h2 dir="auto">{line_html(copies[number].title or copies[number].id)}</h2>'
        f"{_about_html(copies[number].source, copies[number].published)}"
        f'<p class="compared">Compared with <bdi>{line_html(row.title)}</bdi>'
        f"{f', <bdi>{line_html(row.source)}</bdi>' if row.source else ''}. {_counts(differences)}. "
        f'<span data-turn="-1"><button type="button" class="all-copies" data-opens="copies" data-place="{place}">'
        "All copies</button></span></p></header>"
    )
    return frame_html(opened, f'<div class="paper">{head}<ol>{"".join(map(_difference_html, differences))}</ol></div>')


def _find_row(shelf: Shelf, place: int) -> Row | None:
    row = shelf.rows[place] if 0 <= place < len(shelf.rows) else None
    return row if row is not None and row.can_be_read else None


def _copy_html(library: Library, row: Row, number: int, record: ArticleRecord) -> str:
    return (
        f'<li><button type="button" class="compare" data-opens="versions" data-place="{number}">'
        f"<bdi>{line_html(record.title or record.id)}</bdi></button>{_about_html(record.source, record.published)}"
        f'<p class="counts">{_counts(compare_articles(library, row.id, record.id))}</p></li>'
    )


def _about_html(source: str | None, published: str | None) -> str:
    parts = [*([f"<bdi>{line_html(source)}</bdi>"] if source else []), *date_html(published)]
    return f'<p class="byline">{" · ".join(parts)}</p>' if parts else ""


def _counts(differences: Sequence[Difference]) -> str:
    return f"Sentences: {describe_counts(Counter(one.kind for one in differences))}"


def _difference_html(one: Difference) -> str:
    if one.kind == "changed":
        shown = "".join(piece_html(before, after) for before, after in compare_words(one.before, one.after))
    else:
        shown = piece_html(one.before, one.after)
    name = "" if one.kind == "same" else f'<span class="kind">{one.kind.capitalize()}</span> '
    return f'<li class="{one.kind}" dir="auto">{name}{shown}</li>'
