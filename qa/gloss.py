"""A name for a pronoun: if a sentence does not name its "he", newspapers print "He [Mr. Peskov]"."""

from __future__ import annotations

import re

from index.english.roles import GLOSSED_ROLES
from index.english.saying import BEFORE_VERB
from index.speech.people import read_name
from index.values import Sentence
from index.words import any_of, fold_letters
from qa.speech import CUE

# Outside quotation marks only; inside them "he" is someone else.
_QUOTED = re.compile(r"[“\"][^”\"]*(?:[”\"]|$)")
_ADVERB = rf"(?:(?:\w+ly|{any_of(BEFORE_VERB)})\s+){{0,2}}"
_STANDS_FOR = re.compile(rf"\b(?:[Hh]e|[Ss]he|[Tt]he {any_of(GLOSSED_ROLES)})\b(?=,?\s+{_ADVERB}{CUE}\b)")
_SAID_HE = re.compile(r"\b(?:said|says|added|wrote|asked) (?P<who>he|she)\b")
_OPENS = re.compile(r"\W*(?P<who>He|She)\b")


def find_gloss(sentence: Sentence, name: str) -> tuple[int, str] | None:
    """Return where in the sentence to show the speaker's name, and the name; None if the sentence has it already."""
    if sentence.speaker is None or fold_letters(read_name(name).surname) in fold_letters(sentence.text):
        return None
    plain = _QUOTED.sub(lambda found: " " * len(found[0]), sentence.text)
    for pattern, group in ((_STANDS_FOR, 0), (_SAID_HE, "who"), (_OPENS, "who")):
        found = pattern.search(plain)
        if found:
            return found.end(group), name
    return None
