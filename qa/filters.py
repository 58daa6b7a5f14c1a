"""Articles of an outlet, of some dates, or a single one: what narrows a question or a list of statements."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date

from index.errors import QuestionError
from index.values import ArticleRecord

_DATE = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")


def find_articles(
    records: Mapping[str, ArticleRecord],
    *,
    source: str | None,
    since: str | None,
    until: str | None,
    article: str | None = None,
) -> list[str] | None:
    """Ids of the articles of an outlet, in any case, and of the dates from `since` to `until`, both included.

    `article` is the id of the only one to look into. None where nothing is asked for. An article whose date has no year
    is of no date. For dates see `read_date`; raises QuestionError for what is none, for an outlet that no article is of
    and for an article that is not in the index.
    """
    if source is None and since is None and until is None and article is None:
        return None
    if article is not None and article not in records:
        raise QuestionError(f"the index holds no article {article!r}. Give its path in the seeds folder.")
    first, last = (read_date(day) if day is not None else None for day in (since, until))
    if source is not None:
        _check_source(source, records)
    return [
        record.id
        for record in (records.values() if article is None else [records[article]])
        if (source is None or (record.source or "").casefold() == source.strip().casefold())
        and _is_within(record.published, first, last)
    ]


def read_date(day: str) -> str:
    """Return a date that is YYYY, YYYY-MM or YYYY-MM-DD; raises QuestionError for any other."""
    try:
        if not _DATE.fullmatch(day):
            raise ValueError(day)
        date.fromisoformat(f"{day}-01-01"[:10])
    except ValueError:
        raise QuestionError(f"{day!r} is no date: write YYYY, YYYY-MM or YYYY-MM-DD.") from None
    return day


def dated(published: str | None) -> str | None:
    """The date of an article, if it has its year."""
    return published if published and published[:4].isdigit() else None


def _check_source(source: str, records: Mapping[str, ArticleRecord]) -> None:
    """Raise QuestionError, which names the outlets with most articles, for an outlet that has none."""
    outlets = Counter(record.source for record in records.values() if record.source)
    if source.strip().casefold() not in {outlet.casefold() for outlet in outlets}:
        most = ", ".join(outlet for outlet, _ in outlets.most_common(5))
        known = f"There are articles of: {most}." if most else "No article names its outlet."
        raise QuestionError(f"no article is of an outlet called “{source}”. {known}")


def _is_within(published: str | None, first: str | None, last: str | None) -> bool:
    if first is None and last is None:
        return True
    day = (dated(published) or "")[:10]

    def part(bound: str) -> tuple[str, str]:
        length = min(len(day), len(bound))  # a day is within its year, and a month may hold the day
        return day[:length], bound[:length]

    if not day:
        return False
    after = first is None or part(first)[0] >= part(first)[1]
    return after and (last is None or part(last)[0] <= part(last)[1])
