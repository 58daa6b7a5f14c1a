from __future__ import annotations

import pytest

from index.english.dates import format_date
from qa.dates import find_date, read_since

THURSDAY = "2016-07-21"
DATES = [
    ("none but the article's", "The mayor resigned.", THURSDAY, "2016-07-21"),
    ("a full date", "The mayor resigned on June 12, 2015, after a vote.", THURSDAY, "2015-06-12"),
    ("the day first", "The mayor resigned on 12 June 2015.", None, "2015-06-12"),
    ("a month of a year", "In March 2014 the mayor resigned.", THURSDAY, "2014-03"),
    ("a day without a year", "Forty people were killed June 12 by a gunman.", THURSDAY, "2016-06-12"),
    ("one of the year before", "The mayor resigned on Dec. 3.", "2016-01-04", "2015-12-03"),
    ("a weekday", "The mayor resigned on Tuesday.", THURSDAY, "2016-07-19"),
    ("the same weekday", "The mayor resigned on Thursday.", THURSDAY, "2016-07-21"),
    ("yesterday", "The mayor resigned yesterday.", THURSDAY, "2016-07-20"),
    ("a year", "The mayor resigned in 2012.", THURSDAY, "2012"),
    ("a month of the same year", "In January the mayor resigned.", "2016-12-01", "2016-01"),
    ("the same year", "The mayor resigned in 2016.", THURSDAY, "2016-07-21"),
    ("a day ahead", "The council will vote on Tuesday.", THURSDAY, "2016-07-21"),
    ("the day of something else", "The mayor spoke of the June 12 attack.", THURSDAY, "2016-07-21"),
    ("before a day", "The mayor resigned ahead of Tuesday’s vote.", THURSDAY, "2016-07-21"),
    ("too long ago to be sure", "He was ordered to appear in court May 4.", "2016-03-30", "2016-03-30"),
    ("two days", "He resigned on Monday and left on Tuesday.", THURSDAY, "2016-07-21"),
    ("a vague time", "Last month the mayor resigned.", THURSDAY, None),
    ("long ago", "The mayor resigned two years ago.", THURSDAY, None),
    ("no date at all", "The mayor resigned on Tuesday.", None, None),
    ("an article without a year", "The mayor resigned on Tuesday.", "--12-10", None),
]


@pytest.mark.parametrize(("text", "published", "when"), [pytest.param(*case, id=reason) for reason, *case in DATES])
def test_dates(text: str, published: str | None, when: str | None) -> None:
    assert find_date(text, published) == when


SINCE = [
    ("a month", "March", "2016-03"),
    ("a month of last year", "October", "2015-10"),
    ("a day", "3 May", "2016-05-03"),
    ("in ISO 8601", "2015-11-03", "2015-11-03"),
    ("a year", "2014", "2014"),
    ("a week", "last week", "2016-07-14"),
    ("days", "the last 3 days", "2016-07-18"),
    ("a weekday", "Monday", "2016-07-18"),
    ("nothing that is a date", "the vote", None),
]


@pytest.mark.parametrize(("words", "since"), [pytest.param(*case, id=reason) for reason, *case in SINCE])
def test_since(words: str, since: str | None) -> None:
    assert read_since(words, THURSDAY) == since


def test_a_day_in_words() -> None:
    assert [format_date(day) for day in ("2024-12-05", "2024-12", "2024")] == [
        "5 December 2024",
        "December 2024",
        "2024",
    ]
