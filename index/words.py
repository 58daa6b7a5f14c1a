"""The one tokenizer: the words of a text and their stems, and the words of a table."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable
from typing import Any


def word_set(table: str) -> frozenset[str]:
    """Return the words of a table."""
    return frozenset(table.split())


def phrases(table: str) -> tuple[str, ...]:
    """Return the phrases of a table, which commas separate."""
    return tuple(" ".join(phrase.split()) for phrase in table.split(","))


def any_of(words: Iterable[str]) -> str:
    """Return a regular expression for any of these words, the longest first."""
    return f"(?:{'|'.join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))})"


_WORD = re.compile(r"[^\W_]+")
_DIACRITIC = re.compile("(?<=[a-z])[\u0300-\u036f]+")  # of Latin letters; in other scripts they tell letters apart


@functools.cache
def _stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("porter")


@functools.lru_cache(maxsize=100_000)
def _to_stem(word: str) -> str:
    # The stemmer would turn the "s" of "U.S." into "".
    stem: str = _stemmer().stemWord(word) if 2 < len(word.encode()) <= 64 else word
    return stem


@functools.lru_cache(maxsize=300_000)
def fold_letters(text: str) -> str:
    """Return a name or a short text in small letters without accents: "sergei lavrov"."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "'"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold().strip()


def to_words(text: str) -> list[str]:
    """Return the words of a text in lower case, without diacritics on Latin letters."""
    text = text.lower()
    if not text.isascii():
        text = unicodedata.normalize("NFC", _DIACRITIC.sub("", unicodedata.normalize("NFD", text)))
    return _WORD.findall(text)


def to_stems(text: str) -> list[str]:
    """Return the Porter stems of a text's words, in order, as the index stores them."""
    return [_to_stem(word) for word in to_words(text)]
