"""Whether a sentence is prose of its article, or a headline, a caption, a credit or a link."""

from __future__ import annotations

import re

from index.english.boilerplate import FURNITURE
from index.words import to_words

_FEWEST = 6  # words of a sentence that can stand alone
_LONG = 35  # words, from which a phrase such as "on Twitter" says little of the whole
_TAG = re.compile(r"<\w+[ >]|https?://")
_ENDS = re.compile(r"[.!…][\"”’')\]]*\s*$")
_FURNITURE = re.compile("|".join(rf"(?<!\w){re.escape(phrase)}" for phrase in FURNITURE), re.IGNORECASE)


def is_prose(text: str, title: str) -> bool:
    """Return whether a sentence is a whole one of an article's story: not its title, nor what stands around it."""
    words = to_words(text)
    if len(words) < _FEWEST or words == to_words(title)[: len(words)] or not _ENDS.search(text) or _TAG.search(text):
        return False
    return len(words) > _LONG or not _FURNITURE.search(text)
