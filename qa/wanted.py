"""What kind of thing a question asks for, and whether a sentence holds one."""

from __future__ import annotations

import re
from typing import Literal

from index.words import to_words

Wanted = Literal["cause", "date", "number", "person"]

_CAUSE_ASKED = re.compile(r"^\W*(?:(?:and|but|so)\s+)?why\b|\b(?:for\s+)?what\s+reasons?\b|\bwhy\W*$", re.IGNORECASE)
_NUMBER_ASKED = re.compile(r"\bhow\s+(?:many|much|long|old|big|tall|far)\b|\bwhat\s+(?:percent|share)", re.IGNORECASE)
_DATE_ASKED = re.compile(
    r"^\W*(?:(?:and|but|so)\s+)?(?:when|(?:(?:on|in)\s+)?(?:what|which)\s+(?:day|date|month|year))\b", re.IGNORECASE
)
_PERSON_ASKED = re.compile(
    r"^\W*(?:(?:and|but|so)\s+)?(?:(?:to|for|by|with)\s+)?(?:who|whom|whose)\b"
    r"|^\W*which\s+(?:\w+\s+){0,2}?(?:judge|senator|governor|candidate|person|man|woman|politician|lawmaker|minister"
    r"|official|scholar|commentator|author|player|actor|singer|mayor|president)\b",
    re.IGNORECASE,
)

_CAUSE = re.compile(
    r"\b(?:because|since|due to|owing to|so that|in order to|reasons?|caus(?:e[sd]?|ing)|as a result"
    r"|result(?:s|ed)? (?:of|from)|thanks to|blam(?:e[sd]?|ing)|explain(?:s|ed)?|prompt(?:s|ed)|led to|therefore)\b",
    re.IGNORECASE,
)
_MONTH = (
    r"(?:Jan(?:uary|\.)|Feb(?:ruary|\.)|March|April|May|June|July|Aug(?:ust|\.)|Sept(?:ember|\.)|Oct(?:ober|\.)"
    r"|Nov(?:ember|\.)|Dec(?:ember|\.))"
)
_DATE = re.compile(
    rf"\b(?:{_MONTH}|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|(?:19|20)\d\d\b"
    r"|(?:last|next|this) (?:week|month|year|night|spring|summer|autumn|fall|winter)\b"
    r"|\w+ (?:days?|weeks?|months?|years?) (?:ago|later|after|before|earlier)\b"
    r"|(?:[Tt]oday|[Yy]esterday|[Tt]omorrow)\b)"
)
_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand|million|billion|half"
    r"|third|quarter)s?\b",
    re.IGNORECASE,
)
_NAME = re.compile(rf"(?<![.!?:“\"‘] )(?<!^)\b(?!{_MONTH}|\w+day\b)[A-Z][\w’'-]+")


def find_wanted(question: str) -> Wanted | None:
    """What a question asks for, of two questions the last: a number before a date, "how long ago" is both."""
    last = question.rstrip("? ").rpartition("? ")[2]
    if _NUMBER_ASKED.search(last):
        return "number"
    if _DATE_ASKED.search(last):
        return "date"
    if _CAUSE_ASKED.search(last):
        return "cause"
    return "person" if _PERSON_ASKED.search(last) else None


def has_wanted(wanted: Wanted, sentence: str, question: str) -> bool:
    """Whether a sentence has a thing of that kind; a person is one whom the question does not name."""
    if wanted == "person":
        asked = set(to_words(question))
        return any(not asked.issuperset(to_words(name)) for name in _NAME.findall(sentence))
    return {"cause": _CAUSE, "date": _DATE, "number": _NUMBER}[wanted].search(sentence) is not None
