"""When something happened: a sentence and the date of its article in, a date that is sure out; and "since March"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from index.english.dates import DAYS, MONTHS, PERIODS, SHORT_MONTHS
from index.english.events import AFTER_DATES, NOT_YET, TODAY, VAGUE, YESTERDAY
from index.words import any_of

_NUMBERS = {month[:3]: number for number, month in enumerate(MONTHS, start=1)}
_WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_MONTH = rf"(?P<month>{any_of([*MONTHS, *SHORT_MONTHS])})\b\.?"
_YEAR = r"(?P<year>(?:19|20)\d\d)\b"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?\b"
# The longest first: "June 12, 2016", "12 June 2016", "June 2016", "June 12", "12 June", "in June", "in 2016".
_NAMED = [
    re.compile(rf"\b{_MONTH} {_DAY},? {_YEAR}"),
    re.compile(rf"\b{_DAY} {_MONTH},? {_YEAR}"),
    re.compile(rf"\b{_MONTH},? (?:of )?{_YEAR}"),
    re.compile(rf"\b{_MONTH} {_DAY}(?! ?(?:per ?cent|%|million|billion))"),
    re.compile(rf"\b{_DAY} {_MONTH}"),
    re.compile(rf"\b(?:in|since|after|during|from) {_MONTH}(?! \d)", re.IGNORECASE),
    re.compile(rf"\b(?:in|since|after|during|from) {_YEAR}(?![-–]\d)", re.IGNORECASE),
]
_WEEKDAY = re.compile(rf"\b(?P<weekday>{any_of(DAYS)})\b(?!['’]s)")
_NEAR = re.compile(rf"\b(?P<near>{any_of(TODAY | YESTERDAY)})\b", re.IGNORECASE)
_IS_VAGUE = re.compile(rf"\b{any_of(VAGUE)}\s*$", re.IGNORECASE)
_IS_AHEAD = re.compile(rf"\b(?:{any_of(NOT_YET)}|(?:is|are|was|were) (?:due |set )?to)\b", re.IGNORECASE)
# "Last month, he resigned" happened on no day that is known.
_LONG_AGO = re.compile(
    rf"\b(?:last|earlier this|the previous) {any_of(PERIODS)}\b"
    r"|\b(?:days?|weeks?|months?|years?|decades?) (?:ago|earlier)\b",
    re.IGNORECASE,
)
_ENDS = re.compile(rf"\s*(?:[^\w\s]|$|{any_of(AFTER_DATES)}\b)", re.IGNORECASE)
_BOUND = re.compile(r"(?P<iso>\d{4}(?:-\d\d(?:-\d\d)?)?)\b")
_AGO = re.compile(r"\b(?:last|past)\s+(?:(?P<number>\d{1,3})\s+)?(?P<unit>day|week|month|year)s?\b", re.IGNORECASE)
_UNITS = {"day": 1, "week": 7, "month": 30, "year": 365}
# Days since a day or a month without a year, at most: "May 4" in March is the next one.
_LONGEST_DAY, _LONGEST_MONTH = 180, 345


def find_date(text: str, published: str | None) -> str | None:
    """Return the date of what a sentence tells, as YYYY, YYYY-MM or YYYY-MM-DD; None if it is not known.

    A date that the sentence names counts if it is the only one and does not lie ahead: "on June 12, 2016", and, if the
    article has a full date, "on June 12", "in March", "on Tuesday" and "yesterday". Otherwise it is the article's, but
    none if the sentence tells of "last month" or "two years ago".
    """
    if _LONG_AGO.search(text):
        return None
    day = _to_day(published)
    known = published[:10] if published and published[:4].isdigit() else None
    named = list(dict.fromkeys(_find_named(text, day)))
    if len(named) != 1 or named[0] is None or (known and (named[0] > known or named[0] == known[:4])):
        return known
    return named[0]


def read_since(words: str, newest: str | None) -> str | None:
    """Return the date that "March", "3 May 2016", "2016-05" or "last week" names, seen from the newest article."""
    iso = _BOUND.search(words)
    day = _to_day(newest)
    if iso and "-" in iso["iso"]:
        return iso["iso"]
    found = next((date for date in _find_named(f"since {words}", day, is_past=True) if date), None)
    if found or not day:
        return found
    ago = _AGO.search(words)
    return (day - timedelta(int(ago["number"] or 1) * _UNITS[ago["unit"].lower()])).isoformat() if ago else None


def _to_day(published: str | None) -> date | None:
    try:
        return date.fromisoformat((published or "")[:10])
    except ValueError:
        return None


def _find_named(text: str, day: date | None, *, is_past: bool = False) -> Iterator[str | None]:
    """Each date named in the text, seen from a day; None for one that is not sure."""
    for pattern in _NAMED:
        for found in pattern.finditer(text):
            ends = is_past or _ENDS.match(text, found.end())
            yield _resolve(found.groupdict(), day, text[: found.start()], is_past=is_past) if ends else None
        text = pattern.sub(lambda found: "_" * len(found[0]), text)
    for found in _WEEKDAY.finditer(text):
        ahead = _IS_VAGUE.search(text[: found.start()]) or (not is_past and _IS_AHEAD.search(text[: found.start()]))
        back = (day.weekday() - _WEEKDAYS.index(found["weekday"])) % 7 if day else 0
        yield None if ahead or not day else (day - timedelta(back)).isoformat()
    for found in _NEAR.finditer(text):
        back = 1 if found["near"].lower() in YESTERDAY else 0
        yield (day - timedelta(back)).isoformat() if day else None


def _resolve(parts: dict[str, str | None], day: date | None, before: str, *, is_past: bool) -> str | None:
    """A date whose year, if it has none, is that of the last such day or month before `day`; None if it is not sure."""
    month = _NUMBERS[(parts.get("month") or "")[:3]] if parts.get("month") else None
    year = int(parts.get("year") or 0) or None
    number = int(parts.get("day") or 0) or None
    if month is None:
        return str(year)
    if year is None and (day is None or not (is_past or not _IS_AHEAD.search(before))):
        return None
    try:
        if year is not None or day is None:
            made = date(year or 1, month, number or 1)
        else:
            made = date(day.year - ((month, number or 1) > (day.month, day.day)), month, number or 1)
            if not is_past and (day - made).days > (_LONGEST_DAY if number else _LONGEST_MONTH):
                return None
    except ValueError:
        return None
    return made.isoformat()[: 10 if number else 7]
