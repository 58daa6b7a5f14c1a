"""Whose statement is a sentence, and by what other name does it call the topic? Plain rules on the words."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection

from index.english.names import SUFFIXES
from index.english.saying import REPORTED
from index.english.stop_words import STOP_WORDS
from index.words import any_of, to_stems

CUE = rf"(?:{any_of(REPORTED)}|according to|in a statement)"
_PRONOUN_SAID = re.compile(rf"(?:.*[,”\"]\s+)?(?:he|she)\s+(?:\w+\s+)?{CUE}\b", re.IGNORECASE | re.DOTALL)


def find_surname(name: str) -> str:
    """The last word of a name, without a suffix: "King" of "Martin Luther King Jr."; "" where there is none."""
    words = [word for word in re.findall(r"\w[\w’'-]*", name) if word.lower() not in SUFFIXES]
    return re.sub(r"['’]s?$", "", words[-1]) if words else ""


def reads_as_statement(sentence: str, before: str, surname: str) -> bool:
    """Whether a sentence reads as a statement of the person of that surname, where `before` is the sentence before it.

    It does with the name beside a verb of saying or thinking, or with "he said" where `before` has the name.
    """
    if not surname:
        return False
    name, said_by = _patterns(surname)
    return bool(said_by.search(sentence) or (_PRONOUN_SAID.match(sentence) and name.search(before)))


def find_other_names(sentence: str, topic_stems: Collection[str]) -> set[str]:
    """Stems of the common nouns that stand with a topic in a sentence that names it.

    Of "the naval facility at Tartous" and "The Tartous base serves", for Tartous: naval, facil and base. They are the
    words in small letters among the three before the topic's name and right after it.
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
    """The name, and the name beside a cue: "Peskov, who was in Moscow, said", "said Mr. Peskov"."""
    # Someone who asks about "peskov" means Peskov; but "Brown said" is not to match "brown".
    name = rf"\b(?i:{re.escape(surname)})\b" if surname.islower() else rf"\b{re.escape(surname)}\b"
    return re.compile(name), re.compile(rf"{name}[^.;\"“”]{{0,60}}?\b{CUE}\b|\b{CUE}\s+(?:[\w.,’'-]+\s+){{0,6}}?{name}")
