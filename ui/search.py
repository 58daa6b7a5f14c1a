"""What is typed into a search box, matched against names."""

from __future__ import annotations

from collections.abc import Sequence

from index.words import fold_letters


def has_words(words: Sequence[str], name: str) -> bool:
    """Whether a name has all the words, or parts of words, which are folded."""
    folded = fold_letters(name)
    return all(word in folded for word in words)
