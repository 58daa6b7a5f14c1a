"""Whose words a question asks for, and on what: patterns of the ways in which people ask."""

from __future__ import annotations

import re

from index.english.names import INNER_PARTICLES
from index.english.questions import (
    ASKED_SAYING,
    GENERIC_STANCES,
    NEGATED_VERBS,
    QUESTION_WORDS,
    SHORT_VERBS,
    STANCES,
    TOPIC_PREPOSITIONS,
    WHO_AGREES_THAT,
    WHO_CLAIMS_THAT,
    WHO_IS_SAYING,
    WHO_SAYS,
    WHO_SPEAKS_ABOUT,
)
from index.english.roles import SPEAKING_ROLES
from index.english.stop_words import STOP_WORDS
from index.words import any_of, to_words

NAME = (
    r"(?:[A-Z][\w.’'-]*|[ae]l-[A-Z]\w+)"
    rf"(?:\s+(?:[A-Z][\w.’'-]*|[ae]l-[A-Z]\w+|{any_of(INNER_PARTICLES)}(?=\s)))*"
)
SAYING_VERB = any_of(ASKED_SAYING)
_STANCE = any_of(STANCES)
_STANCE_OF = (
    re.compile(rf"(?P<name>{NAME})(?:['’]s?)\s+(?:\w+\s+){{0,2}}?{_STANCE}\b"),
    re.compile(rf"\b{_STANCE}\s+(?:of|from|by)\s+(?:the\s+)?(?P<name>{NAME})(?=\s+(?:on|about|regarding|to)\b)"),
    # "what's peskov's view on nato"
    re.compile(
        r"^(?:(?:and|but|so)\s+)?(?:what\s+(?:is|are|was|were)\s+)?"
        r"(?P<name>(?!(?:an?|the)\b)[a-z]\w+(?:\s+[a-z]\w+)?['’]s?)"
        rf"\s+(?:\w+\s+)?{_STANCE}(?=\s+(?:on|of|about|regarding)\b)"
    ),
)
_SPEAKER = (
    re.compile(
        r"\b(?:[Dd]id|[Dd]oes|[Dd]o|[Hh]as|[Hh]ave|[Hh]ad|[Ww]ould|[Cc]ould|is|was)(?:n['’]t)?"
        rf"\s+(?:the\s+)?(?P<name>{NAME}(?:\s+(?:\w+\s+)?{any_of(SPEAKING_ROLES)}\b(?:\s+{NAME})?)?)(?!\w)"
        rf".*?\b{SAYING_VERB}\b"
    ),
    re.compile(rf"\b[Aa]ccording to (?:the\s+)?(?P<name>{NAME})"),
    *_STANCE_OF,
    re.compile(rf"^(?P<name>{NAME})\s+on\s+\w.*$"),
    # "what did peskov say about tartous"
    re.compile(rf"\b(?:did|does|has)\s+(?P<name>[a-z][\w’'-]+(?:\s+[a-z][\w’'-]+){{0,2}}?)\s+{SAYING_VERB}\b"),
)
# "Who said that …?", "Who has criticised …?": of verbs that name a deed as well, as in "Who claimed the prize?", only
# "claimed that". "Who is accused of fraud?" asks for no one's words.
_ANYBODYS = re.compile(
    r"^\W*(?:(?:and|but|so)\s+)?who\s+(?:else\s+)?(?:"
    r"(?:(?:has|have|had|also|\w+ly)\s+){0,2}(?:"
    rf"{any_of(WHO_SAYS)}"
    rf"|{any_of(WHO_SPEAKS_ABOUT)}(?=\s+(?:about|of|on)\b)|{any_of(WHO_AGREES_THAT)}(?=\s+(?:that|with)\b)"
    rf"|{any_of(WHO_CLAIMS_THAT)}(?=\s+that\b))"
    rf"|is\s+{any_of(WHO_IS_SAYING)})"
    r"\s+(?:(?:what|anything|something)\s+)?(?:(?:that|about|of|on)\s+)?(?P<topic>.+?)\W*$",
    re.IGNORECASE | re.DOTALL,
)
_TOPIC = re.compile(rf"\b(?:{any_of(TOPIC_PREPOSITIONS)}|towards?)\s+(?P<topic>.+?)\W*$", re.IGNORECASE)
# A stance is content if it is no one's: "Who took the position of spokesman?"
_GENERIC = any_of(GENERIC_STANCES)
_TAKE = r"take(?=\s+(?:on|of|about)\b|\W*$)"  # a noun here, a verb elsewhere
_GENERIC_NOUN = re.compile(
    rf"(?:['’]s?|\b(?:his|her|its|their|your|whose))\s+(?:\w+\s+){{0,2}}?(?P<owned>{_GENERIC}|{_TAKE})\b"
    rf"|(?:{NAME}|\b[a-z]\w+s)\s+(?P<named>{_GENERIC})(?=\s+(?:on|about|regarding|to)\b)"
    rf"|\b(?P<of>{_GENERIC}|{_TAKE})(?=\s+(?:of|from|by)\s+(?:the\s+)?{NAME}\s+(?:on|about|regarding|to)\b)"
)
# "What's", "whats", "Who'd"
_CONTRACTED = re.compile(
    rf"\b(?P<word>{any_of(QUESTION_WORDS)})(?:['’](?P<verb>{any_of(SHORT_VERBS)})|s)\b", re.IGNORECASE
)
_NEGATED = re.compile(rf"\b{any_of(NEGATED_VERBS)}n['’]?t\b", re.IGNORECASE)


def find_speaker(question: str) -> str | None:
    """Return whose words a question asks for, as it names them; None if no one's in particular."""
    found = _match_speaker(question)
    return _without_possessive(found["name"].strip()) if found else None


def find_topic(question: str) -> str:
    """Return what the words should be about, as the question puts it; "" if it does not say."""
    question = _spell_out(question.rstrip("? ").rpartition("? ")[2])  # of two questions, the last
    asks = _match_speaker(question)
    after = asks.end() if asks and asks.re in _STANCE_OF else 0
    found = _TOPIC.search(question, after) or _TOPIC.search(question)
    return _strip_marks(found["topic"]) if found else ""


def find_open_topic(question: str) -> str | None:
    """Return what "Who said that …?" asks for anyone's words on; None if the question is of another kind."""
    found = _ANYBODYS.match(question)
    return _strip_marks(found["topic"]) if found else None


def find_names(question: str) -> list[str]:
    """Return the names in a question, without the capitalised words that only begin it."""
    names = []
    for found in re.finditer(NAME, question):
        words = found[0].split()
        while words and _without_possessive(words[0]).lower() in STOP_WORDS:
            del words[0]
        if words:
            names.append(_without_possessive(" ".join(words)))
    return names


def find_content_words(question: str) -> tuple[str, ...]:
    """Return the words of a question that carry a topic, in lower case, each once, in order."""
    question = _NEGATED.sub(" ", _spell_out(question))
    question = _GENERIC_NOUN.sub(lambda found: found[0].removesuffix(found[found.lastgroup or 0]), question)
    return tuple(dict.fromkeys(word for word in to_words(question) if word not in STOP_WORDS))


def replace_name(text: str, name: str, other: str, *, count: int = 0) -> str:
    """Replace a name with another wherever it is a whole word, or only the first `count` times."""
    return re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", lambda _: other, text, count=count)


def _match_speaker(question: str) -> re.Match[str] | None:
    question = _spell_out(question)
    for pattern in _SPEAKER:
        found = pattern.search(question)
        if found and found["name"].lower() not in STOP_WORDS:  # "And on NATO?" is no one's view
            return found
    return None


def _spell_out(question: str) -> str:
    """The question with "what is" for "what's"."""
    return _CONTRACTED.sub(lambda found: f"{found['word']} {SHORT_VERBS[found['verb'] or 's']}", question)


def _without_possessive(name: str) -> str:
    return re.sub(r"['’]s?$", "", name)


def _strip_marks(topic: str) -> str:
    return topic.strip(" ?.!\"'“”’")
