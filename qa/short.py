"""The words within a sentence that answer a question, where it asks for a name, a time, a place or a number."""

from __future__ import annotations

import re

from index.words import to_words
from qa.evidence import Evidence
from qa.question import Query
from qa.wanted import has_wanted

# By how much the reader must prefer the words to none. None is better than wrong ones.
LEAST_CERTAIN = 2.0

_PLACE_ASKED = re.compile(r"^\W*(?:(?:and|but|so)\s+)?where\b", re.IGNORECASE)


def asks_for_a_few_words(query: Query) -> bool:
    """Return whether a question asks for a name, a time, a place or a number."""
    return query.wants in ("date", "number", "person") or _PLACE_ASKED.match(query.standalone) is not None


def find_words(query: Query, found: Evidence) -> tuple[int, int] | None:
    """Return the offsets, in the sentence, of the words that answer; None if there are none or it is unclear."""
    if found.reading is None or found.reading.certainty < LEAST_CERTAIN or not asks_for_a_few_words(query):
        return None
    start, end = found.reading.words
    words = found.sentence.text[start:end]
    if query.wants == "person":
        asked = set(to_words(query.standalone))
        fits = any(word[:1].isupper() and not asked.issuperset(to_words(word)) for word in words.split())
    else:
        fits = query.wants is None or has_wanted(query.wants, words, query.standalone)
    return (start, end) if fits else None
