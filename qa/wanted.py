"""What kind of thing a question asks for, and whether a sentence has one."""

from __future__ import annotations

import re
from typing import Literal

from index.english.dates import AP_MONTHS, DAYS, MONTHS, PERIODS
from index.english.questions import APPOSING, CAUSES, MEASURES, NUMBERS, PEOPLE
from index.english.roles import GLOSSED_ROLES
from index.english.stop_words import STOP_WORDS
from index.words import any_of, to_words

Wanted = Literal["cause", "date", "definition", "number", "person"]

_NAMED = r"[\w.&’'-]+"
_CAUSE_ASKED = re.compile(r"^\W*(?:(?:and|but|so)\s+)?why\b|\b(?:for\s+)?what\s+reasons?\b|\bwhy\W*$", re.IGNORECASE)
_NUMBER_ASKED = re.compile(
    rf"\bhow\s+{any_of(MEASURES)}\b|\bwhat\s+(?:percent|share)|\bwhat\b.*\bcost\W*$", re.IGNORECASE
)
_DATE_ASKED = re.compile(
    r"^\W*(?:(?:and|but|so)\s+)?(?:when|(?:(?:on|in)\s+)?(?:what|which)\s+(?:day|date|month|year))\b", re.IGNORECASE
)
_PERSON_ASKED = re.compile(
    r"^\W*(?:(?:and|but|so)\s+)?(?:(?:to|for|by|with)\s+)?(?:who|whom|whose)\b"
    rf"|^\W*which\s+(?:\w+\s+){{0,2}}?{any_of(PEOPLE)}\b",
    re.IGNORECASE,
)

# "Who is Peskov?", "what was the HTS": nothing but a name, in any spelling, and no verb of its own.
_DEFINITION_ASKED = re.compile(
    rf"^\W*(?:who|what)(?:\s+(?:is|are|was|were)|[’']s)\s+(?P<article>(?:a|an|the)\s+)?(?P<name>{_NAMED}(?:\s+{_NAMED}){{0,3}})\W*$",
    re.IGNORECASE,
)
_WORKS_OUT = re.compile(rf"\b(?:{any_of(STOP_WORDS)}|\w+ing)\b", re.IGNORECASE)

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
    last = _last_of(question)
    if find_defined(last):
        return "definition"
    if _NUMBER_ASKED.search(last):
        return "number"
    if _DATE_ASKED.search(last):
        return "date"
    if _CAUSE_ASKED.search(last):
        return "cause"
    return "person" if _PERSON_ASKED.search(last) else None


def find_defined(question: str) -> str:
    """Return the name of whom or what a question, or the last of two, asks to be told who or what it is; else ""."""
    asked = _DEFINITION_ASKED.match(_last_of(question))
    if not asked or _WORKS_OUT.search(asked["name"]):
        return ""
    return asked["name"] if not asked["article"] or not asked["name"].islower() else ""


def _last_of(question: str) -> str:
    return question.rstrip("? ").rpartition("? ")[2]


def defines(sentence: str, name: str) -> bool:
    """Return whether a sentence says who or what something is: "Ana Roe, the mayor", "Mayor Ana Roe", "HTS is a …"."""
    last = rf"(?i:{re.escape(name.split()[-1])})"
    in_apposition = rf"\b{last}(?:\s*\([^)]*\)|\))?\s*,\s+(?:\d\d?,\s+)?{any_of(APPOSING)}\b"
    is_a = rf"\b{last}\s+(?:is|are|was|were)\s+(?:a|an|one|the)\b"
    with_role = rf"\b(?i:{any_of(GLOSSED_ROLES | PEOPLE)}),?\s+(?:[A-Z][\w.’'-]+\s+){{0,2}}{last}\b"
    return any(re.search(pattern, sentence) for pattern in (in_apposition, is_a, with_role))


def has_wanted(wanted: Wanted, sentence: str, question: str) -> bool:
    """Return whether a sentence has a thing of that kind; a person must be one whom the question does not name."""
    if wanted == "person":
        asked = set(to_words(question))
        return any(not asked.issuperset(to_words(name)) for name in _NAME.findall(sentence))
    if wanted == "definition":
        return defines(sentence, find_defined(question))
    return {"cause": _CAUSE, "date": _DATE, "number": _NUMBER}[wanted].search(sentence) is not None
