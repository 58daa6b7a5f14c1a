"""How pages, terminal and files word things: numbers with their nouns, dates, articles, kinds of speech."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from index.english.dates import MONTHS
from ui.inert import plain_text

if TYPE_CHECKING:
    from qa.filters import Filters


def format_date(published: str | None) -> str:
    """`2024-12-10` as "10 December 2024", `--12-10` as "10 December", None as "", anything else unchanged."""
    if not published:
        return ""
    found = re.fullmatch(r"(\d{4}|-)-(\d\d)(?:-(\d\d))?(?:[T ].*)?", published)
    if not found:
        return published
    year, month, day = found.groups()
    try:
        # 2024 is a leap year, so --02-29 is valid.
        valid = date(2024 if year == "-" else int(year), int(month), int(day or 1))
    except ValueError:
        return published
    # Not strftime("%B"), which follows the locale.
    words = [str(valid.day) if day else "", MONTHS[valid.month - 1], "" if year == "-" else year]
    return " ".join(word for word in words if word)


def describe_source(title: str, source: str | None, published: str | None) -> str:
    """The title of an article with its outlet and date on one line: "A bridge at last, City Wire, 10 December"."""
    return ", ".join(plain_text(part) for part in (title, source, format_date(published)) if part)


def describe_speech(speech: str | None) -> str:
    """How a sentence gives what its speaker said: "quoted" in their own words, or "reported"."""
    return "quoted" if speech == "direct" else "reported"


def describe_filters(filters: Filters) -> list[str]:
    """Each filter in words, such as "said by Ana Ruiz"; it comes from articles, so escape it."""
    since, until = format_date(filters.since), format_date(filters.until)
    parts = [
        f"said by {filters.speaker}" if filters.speaker else "",
        filters.source or "",
        f"from {since}" if since else "",
        f"until {until}" if until else "",
        f"in “{filters.article_title or filters.article}”" if filters.article else "",
    ]
    return [part for part in parts if part]


def count(number: int, noun: str) -> str:
    """A number with its noun: "1 article", "1,200 articles"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
