"""What narrows a question or a list of statements: a speaker, an outlet, dates, an article."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date

from index.errors import QuestionError
from index.values import ArticleRecord

_DATE = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")


@dataclass(frozen=True)
class Filters:
    """What to look for and where; None where that does not matter.

    speaker   only what this person or group said: a name, a surname or a role
    source    only articles of this outlet, in upper or lower case
    since     only articles of this date or later; a date is YYYY, YYYY-MM or YYYY-MM-DD
    until     only articles of this date or earlier
    article   only the article with this id

    `article_title` is shown in place of the id, and narrows nothing. Raises QuestionError for anything but a date.
    """

    speaker: str | None = None
    source: str | None = None
    since: str | None = None
    until: str | None = None
    article: str | None = None
    article_title: str | None = None

    def __post_init__(self) -> None:
        for day in (self.since, self.until):
            if day is not None:
                _check_date(day)

    def given(self) -> dict[str, str]:
        """Only what narrows, by name."""
        return {name: value for name in FILTER_NAMES if (value := getattr(self, name))}


NO_FILTERS = Filters()
FILTER_NAMES = tuple(field.name for field in fields(Filters) if field.name != "article_title")


def find_articles(records: Mapping[str, ArticleRecord], filters: Filters) -> list[str] | None:
    """Ids of the articles that pass the filters, whoever speaks in them; None where no filter narrows the articles.

    An article whose date has no year is of no date. Raises QuestionError for an outlet that has no article and for an
    article that is not in the index.
    """
    source, article = filters.source, filters.article
    if source is None and filters.since is None and filters.until is None and article is None:
        return None
    if article is not None and article not in records:
        raise QuestionError(f"the index holds no article {article!r}. Give its path in the seeds folder.")
    if source is not None:
        _check_source(source, records)
    return [
        record.id
        for record in (records.values() if article is None else [records[article]])
        if (source is None or (record.source or "").casefold() == source.strip().casefold())
        and _is_within(record.published, filters.since, filters.until)
    ]


def dated(published: str | None) -> str | None:
    """The date of an article, if it has its year."""
    return published if published and published[:4].isdigit() else None


def _check_date(day: str) -> None:
    try:
        if not _DATE.fullmatch(day):
            raise ValueError(day)
        date.fromisoformat(f"{day}-01-01"[:10])
    except ValueError:
        raise QuestionError(f"{day!r} is no date: write YYYY, YYYY-MM or YYYY-MM-DD.") from None


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
