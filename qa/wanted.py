"""What kind of thing a question asks for, and whether a sentence has one."""

from __future__ import annotations

import re
from typing import Literal

from index.english.dates import AP_MONTHS, DAYS, MONTHS, PERIODS
from index.english.questions import CAUSES, MEASURES, NUMBERS, PEOPLE
from index.words import any_of, to_words

Wanted = Literal["cause", "date", "number", "person"]

_CAUSE_ASKED = re.compile(r"^\W*(?:(?:and|but|so)\s+)?why\b|\b(?:for\s+)?what\s+reasons?\b|\bwhy\W*$", re.IGNORECASE)
_NUMBER_ASKED = re.compile(rf"\bhow\s+{any_of(MEASURES)}\b|\bwhat\s+(?:percent|share)", re.IGNORECASE)
_DATE_ASKED = re.compile(
    r"^\W*(?:(?:and|but|so)\s+)?(?:when|(?:(?:on|in)\s+)?(?:what|which)\s+(?:day|date|month|year))\b", re.IGNORECASE
)
_PERSON_ASKED = re.compile(
    r"^\W*(?:(?:and|but|so)\s+)?(?:(?:to|for|by|with)\s+)?(?:who|whom|whose)\b"
    rf"|^\W*which\s+(?:\w+\s+){{0,2}}?{any_of(PEOPLE)}\b",
    re.IGNORECASE,
)

_CAUSE = re.compile(rf"\b{any_of(CAUSES)}\b", re.IGNORECASE)
_MONTH = rf"(?:{any_of(MONTHS)}|{any_of(AP_MONTHS)}\.)"
_DATE = re.compile(
    rf"\b(?:{_MONTH}|{any_of(DAYS)}\b|(?:19|20)\d\d\b|(?:last|next|this) {any_of(PERIODS)}\b"
    rf"|\w+ (?:days?|weeks?|months?|years?) (?:ago|later|after|before|earlier)\b"
    r"|(?:[Tt]oday|[Yy]esterday|[Tt]omorrow)\b)"
)
_NUMBER = re.compile(rf"\d|\b{any_of(NUMBERS)}s?\b", re.IGNORECASE)
_NAME = re.compile(rf"(?<![.!?:“\"‘] )(?<!^)\b(?!{_MONTH}|\w+day\b)[A-Z][\w’'-]+")


def find_wanted(question: str) -> Wanted | None:
    """Return what a question asks for, the last of two questions: a number before a date, as "how long ago" is both."""
    last = question.rstrip("? ").rpartition("? ")[2]
    if _NUMBER_ASKED.search(last):
        return "number"
    if _DATE_ASKED.search(last):
        return "date"
    if _CAUSE_ASKED.search(last):
        return "cause"
    return "person" if _PERSON_ASKED.search(last) else None


def has_wanted(wanted: Wanted, sentence: str, question: str) -> bool:
    """Return whether a sentence has a thing of that kind; a person must be one whom the question does not name."""
    if wanted == "person":
        asked = set(to_words(question))
        return any(not asked.issuperset(to_words(name)) for name in _NAME.findall(sentence))
    return {"cause": _CAUSE, "date": _DATE, "number": _NUMBER}[wanted].search(sentence) is not None
