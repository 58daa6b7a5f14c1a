"""What somebody wants who asks no question about what the articles say: small talk, a summary or a timeline."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from index.english.dates import DAYS, MONTHS, SHORT_MONTHS
from index.english.questions import AUXILIARIES, QUESTION_WORDS
from index.english.requests import (
    COLLECTION,
    FAREWELLS,
    GREETED,
    GREETINGS,
    HELP,
    ONE_ARTICLE,
    PERIODS,
    SUMMARISING,
    TELLING,
    THANKS,
)
from index.words import any_of, to_words

Kind = Literal["greeting", "thanks", "farewell", "help", "size", "newest", "article", "news", "timeline"]
SMALL_TALK = ("greeting", "thanks", "farewell", "help", "size", "newest")

_GREETING = rf"(?:{any_of(GREETINGS)}(?:\s+{any_of(GREETED)})?)"
# "Hi, what did Roe say?" "Hello there. Who is Roe?" "Please tell me …"; "Hello Dolly opens" is a question.
_ASKS = any_of(QUESTION_WORDS | AUXILIARIES | {"tell", "show", "give", "explain", "list", "summarise", "summarize"})
_HELLO = rf"{_GREETING}(?:\s*(?:[,.!:;]+|\s[–—-])(?=\s)|(?=\s+(?:please|{_ASKS})\b))\s*"
_PLEASE = rf"please(?:\s*,|(?=\s+{_ASKS}\b))\s*"
_BEFORE_QUESTION = re.compile(rf"^\W*(?:{_HELLO}(?:{_PLEASE})?|{_PLEASE})(?=\w)", re.IGNORECASE)
_AFTER_QUESTION = re.compile(r"(?:\s*[,.?!;–—-]\s*(?:please|thanks|thank you)|\s+please)\W*$", re.IGNORECASE)
_ASKING = re.compile(r"^(?:can|could|would|will) you (?:please )?(?=\w+)", re.IGNORECASE)
_GREETS = re.compile(rf"{_GREETING}(?:\s+how are you(?:\s+doing)?(?:\s+today)?)?|how are you(?:\s+doing)?(?:\s+today)?")
_ARTICLES = r"(?:news )?articles"
_ALL = rf"(?:(?:(?:the|these|those|your|all|all the|all these) )?{_ARTICLES}|(?:this|your) {any_of(COLLECTION)})"
_ABOUT_ALL = re.compile(
    rf"what (?:are|is|s) {_ALL} (?:all )?about|what do {_ALL} (?:talk about|cover|contain)|what (?:is|s) in {_ALL}"
    rf"|what (?:topics|subjects) do {_ALL} cover|what do you have"
)
_SIZE = re.compile(
    rf"how many {_ARTICLES}(?: (?:are there|are here|are in {_ALL}|do you have|do you know|have you|in total))?"
    rf"|how (?:big|large) is {_ALL}|(?:which|what) (?:outlets|sources|dates|period) do {_ALL} cover"
)
_NEWEST = re.compile(
    r"(?:(?:what|which)(?: is| s)?|show me) the (?:newest|latest|most recent|last) (?:news )?article"
    rf"(?: (?:here|there|in {_ALL}))?"
    r"|which (?:news )?article is (?:the )?(?:newest|latest|most recent)"
)
_THIS = rf"(?:this|the|the open|the opened) {any_of(ONE_ARTICLE)}|this|it"
_PERIOD = any_of(PERIODS)
_NEWS = re.compile(
    rf"(?:{any_of(SUMMARISING)} )?(?:what is|what s|whats) (?:the )?new(?:s|est)?(?: (?:of |from )?(?P<new>{_PERIOD}))?"
    rf"|what happened (?P<happened>{_PERIOD})|{any_of(SUMMARISING)} (?P<all>{_PERIOD})(?: s)?(?: news)?"
    rf"|(?:{any_of(SUMMARISING)} )?(?:the )?(?:latest )?news(?: (?:of |from )?(?P<late>{_PERIOD}))?"
)
_SUMMARY = re.compile(
    rf"^{any_of(SUMMARISING)}:?\s+(?:(?:the|this)\s+{any_of(ONE_ARTICLE)}\s+(?:(?:about|called|titled)\s+)?)?"
    r"(?P<title>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_THIS_SUMMARY = re.compile(
    rf"{any_of(SUMMARISING)}(?: {_THIS})?|what (?:is|s) (?:this {any_of(ONE_ARTICLE)}|the article) about"
    rf"|what does (?:this {any_of(ONE_ARTICLE)}|the article) say|summary"
)
_TIMELINE = re.compile(
    rf"^{any_of(TELLING)}\s+(?P<topic>.+?)(?:,?\s+(?:since|from|after)\s+(?P<since>[^,]*\S))?$", re.I | re.S
)
_MONTH = rf"{any_of([*MONTHS, *SHORT_MONTHS])}\.?"
_WHEN = re.compile(
    r"^(?:the\s+)?(?:\d{4}(?:-\d\d(?:-\d\d)?)?|(?:(?:last|past)\s+)?(?:\d+\s+)?(?:day|week|month|year)s?"
    rf"|(?:\d{{1,2}}\s+)?{_MONTH}(?:\s+\d{{1,2}})?(?:,?\s+\d{{4}})?|(?:last\s+)?{any_of(DAYS)}|yesterday|today)$",
    re.IGNORECASE,
)

_BEGINS = re.compile(rf"{any_of(QUESTION_WORDS | AUXILIARIES)}\b", re.IGNORECASE)
_ON_A_TOPIC = re.compile(
    r"(?:(?:what|how) about|what(?:['’]s| is) new|any (?:more )?news|anything (?:more|new))\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Request:
    """A request of a kind, with what it is about: the topic of a timeline, or the title of an article; or "".

    `since` is when a timeline begins, as the request puts it, and `days` of how many days news are wanted, 0 if it does
    not say. `instead` is the question to answer where there is no timeline.
    """

    kind: Kind
    about: str = ""
    since: str = ""
    days: int = 0
    instead: str = field(default="", compare=False)


def find_request(question: str) -> Request | None:
    """Return what is wanted, if that is no question about what the articles say; None if it is one."""
    asked = strip_courtesy(question)
    words = " ".join(to_words(_ASKING.sub("", asked)))
    for kind, phrases in (("thanks", THANKS), ("farewell", FAREWELLS), ("help", HELP)):
        if " ".join(to_words(asked)) in phrases:
            return Request(kind)  # type: ignore[arg-type]
    if _GREETS.fullmatch(words):
        return Request("greeting")
    if _ABOUT_ALL.fullmatch(words):
        return Request("help")
    if _SIZE.fullmatch(words):
        return Request("size")
    if _NEWEST.fullmatch(words):
        return Request("newest")
    news = _NEWS.fullmatch(words)
    if news:
        return Request("news", days=PERIODS.get(next(filter(None, news.groups()), ""), 0))
    if _THIS_SUMMARY.fullmatch(words):
        return Request("article")
    return _find_timeline(asked) or _find_summary(asked)


def strip_courtesy(question: str) -> str:
    """Return a question without a greeting or a "please" around it."""
    bare = _BEFORE_QUESTION.sub("", " ".join(question.split()), count=1)
    bare = _AFTER_QUESTION.sub("", bare) or bare
    return bare if to_words(bare) else question


def asks_for_answer(question: str) -> bool:
    """Whether a question has an answer, rather than asking for all that there is on a topic: "What about the tram?"."""
    asked = strip_courtesy(question)
    if find_request(asked) or _ON_A_TOPIC.match(asked):
        return False
    return asked.endswith("?") or _BEGINS.match(asked) is not None


def _find_timeline(asked: str) -> Request | None:
    bare = re.sub(r"(?i)\bwhat[’']?s\b", "what is", _ASKING.sub("", asked)).rstrip(" ?.!")
    found = _TIMELINE.match(bare)
    if not found:
        return None
    topic, since = found["topic"], found["since"] or ""
    if since and not _WHEN.match(since):  # "since the vote" is part of the topic
        topic, since = bare[found.start("topic") :], ""
    return Request("timeline", topic, since, instead=asked if bare.lower().startswith("what happened") else topic)


def _find_summary(asked: str) -> Request | None:
    found = _SUMMARY.match(_ASKING.sub("", asked).rstrip(" ?.!"))
    return Request("article", found["title"].strip(" “”\"'‘’")) if found else None
