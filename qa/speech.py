"""Whose statement a sentence is, and by what other name it calls the topic: plain rules on the words."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection

from index.english.names import SUFFIXES
from index.english.saying import REPORTED
from index.english.stop_words import STOP_WORDS
from index.speech.people import bare_name
from index.words import any_of, to_stems

CUE = rf"(?:{any_of(REPORTED)}|according to|in a statement)"
_PRONOUN_SAID = re.compile(rf"(?:.*[,”\"]\s+)?(?:he|she)\s+(?:\w+\s+)?{CUE}\b", re.IGNORECASE | re.DOTALL)


def find_surname(name: str) -> str:
    """Return the last word of a name, without a suffix: "King" for "Martin Luther King Jr."; "" if there is none."""
    words = [word for word in re.findall(r"\w[\w’'-]*", bare_name(name)[0]) if word.lower() not in SUFFIXES]
    return re.sub(r"['’]s?$", "", words[-1]) if words else ""


def reads_as_statement(sentence: str, before: str, surname: str) -> bool:
    """Return whether a sentence reads as a statement by the person of that surname; `before` is the sentence before it.

    It does if the name is next to a verb of saying or thinking, or with "he said" if `before` has the name.
    """
    if not surname:
        return False
    name, said_by = _patterns(surname)
    return bool(said_by.search(sentence) or (_PRONOUN_SAID.match(sentence) and name.search(before)))


def find_other_names(sentence: str, topic_stems: Collection[str]) -> set[str]:
    """Return the stems of the common nouns next to the topic in a sentence that names it.

    For Tartous, "the naval facility at Tartous" gives naval and facil, "The Tartous base serves" gives base: the words
    in lower case among the three before the topic's name and the one after it.
    """
    words = re.findall(r"[^\W_]+", sentence)
    stems = to_stems(" ".join(words))
    found = set()
    for i in (i for i, stem in enumerate(stems) if stem in topic_stems):
        for j in (*range(max(0, i - 3), i), *range(i + 1, min(i + 2, len(words)))):
            if words[j][0].islower() and len(words[j]) > 3 and words[j] not in STOP_WORDS:
                found.add(stems[j])
    return found - set(topic_stems)


@functools.lru_cache(maxsize=64)
def _patterns(surname: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Patterns for the name, and for the name next to a cue: "Peskov, who was in Moscow, said", "said Mr. Peskov"."""
    # Someone who asks about "peskov" means Peskov; but for Brown, "brown said" must not match.
    name = rf"\b(?i:{re.escape(surname)})\b" if surname.islower() else rf"\b{re.escape(surname)}\b"
    return re.compile(name), re.compile(rf"{name}[^.;\"“”]{{0,60}}?\b{CUE}\b|\b{CUE}\s+(?:[\w.,’'-]+\s+){{0,6}}?{name}")
