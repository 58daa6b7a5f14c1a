"""What narrows a question or a list of statements: a speaker, an outlet, dates or an article."""

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
    """What to look for and where; None does not narrow.

    speaker   only what this person or group said: a name, a surname or a role
    source    only articles from this outlet, in upper or lower case
    since     only articles from this date on: YYYY, YYYY-MM or YYYY-MM-DD
    until     only articles up to this date
    article   only the article with this id

    `article_title` is shown instead of the id and does not narrow. Raises QuestionError for a date in another form.
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
        """Return the filters that narrow, by name."""
        return {name: value for name in FILTER_NAMES if (value := getattr(self, name))}


NO_FILTERS = Filters()
FILTER_NAMES = tuple(field.name for field in fields(Filters) if field.name != "article_title")


def find_articles(records: Mapping[str, ArticleRecord], filters: Filters) -> list[str] | None:
    """Return the ids of the articles that pass the filters, whoever speaks in them; None if all do.

    An article whose date has no year counts as undated. Raises QuestionError for an outlet without articles and for an
    article that is not in the index.
    """
    source, article = filters.source, filters.article
    if source is None and filters.since is None and filters.until is None and article is None:
        return None
    if article is not None:
        require_article(article, records)
    if source is not None:
        _check_source(source, records)
    return [
        record.id
        for record in (records.values() if article is None else [records[article]])
        if (source is None or (record.source or "").casefold() == source.strip().casefold())
        and _is_within(record.published, filters.since, filters.until)
    ]


def require_article(article: str, records: Mapping[str, ArticleRecord]) -> None:
    """Raise QuestionError for an article that is not in the index."""
    if article not in records:
        raise QuestionError(f"the index has no article {article!r}. Give its path in the seeds folder.")


def dated(published: str | None) -> str | None:
    """Return the date of an article, if it includes the year."""
    return published if published and published[:4].isdigit() else None


def _check_date(day: str) -> None:
    try:
        if not _DATE.fullmatch(day):
            raise ValueError(day)
        date.fromisoformat(f"{day}-01-01"[:10])
    except ValueError:
        raise QuestionError(f"{day!r} is not a date: write YYYY, YYYY-MM or YYYY-MM-DD.") from None


def _check_source(source: str, records: Mapping[str, ArticleRecord]) -> None:
    """Raise QuestionError, which names the outlets with the most articles, for an outlet without any."""
    outlets = Counter(record.source for record in records.values() if record.source)
    if source.strip().casefold() not in {outlet.casefold() for outlet in outlets}:
        most = ", ".join(outlet for outlet, _ in outlets.most_common(5))
        known = f"There are articles from: {most}." if most else "No article names its outlet."
        raise QuestionError(f"no article is from an outlet called “{source}”. {known}")


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
