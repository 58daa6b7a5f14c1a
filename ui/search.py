"""What is typed into a search box, matched against names, titles and paths."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from index.words import fold_letters


def split_sought(sought: str) -> list[str]:
    """The words that were typed, without case or accents, for `has_words`."""
    return fold_letters(sought).split()


def has_words(words: Sequence[str], *texts: str) -> bool:
    """Whether each word, or part of one, occurs in one of the texts."""
    if not words:
        return True
    folded = _fold(*texts)
    return all(word in folded for word in words)


# Thousands of rows are matched again with each letter typed.
@functools.lru_cache(maxsize=100_000)
def _fold(*texts: str) -> str:
    return "\n".join(map(fold_letters, texts))
