"""Whose statement is a sentence, and by what other name does it call the topic? Plain rules on the words."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection

from index.english.stop_words import STOP_WORDS
from index.words import to_stems

# Words by which the news gives somebody's words or thoughts.
_CUES = """
    accused accuses acknowledged acknowledges added adding adds admits admitted agreed agrees announced
    announces argued argues asked asking asks assured assures attacked attacks believed believes blamed blames
    blasted called calling calls claimed claims complained complains concluded concludes confirmed confirms
    continued continues criticised criticises criticized criticizes declared declares defended defends denied
    denies described describes disagreed disagrees expected expects explained explains feared fears highlighted
    highlights hoped hopes insisted insists joked joking mentioned mentions noted notes noting opposed opposes
    pledged pledges praised praises predicted predicts promised promises quipped recalled recalls rejected
    rejects replied replies replying responded responding responds said say saying says stated states suggested
    suggests supported supports tell telling tells think thinking thinks thought told tweeted tweets urged urges
    vowed vows wanted wants warned warns writes writing wrote
""".split()
CUE = rf"(?:{'|'.join(_CUES)}|according to|in a statement)"
_SUFFIXES = {"jr", "sr", "ii", "iii", "iv"}
_PRONOUN_SAID = re.compile(rf"(?:.*[,”\"]\s+)?(?:he|she)\s+(?:\w+\s+)?{CUE}\b", re.IGNORECASE | re.DOTALL)


def find_surname(name: str) -> str:
    """The last word of a name, without a suffix: "King" of "Martin Luther King Jr."; "" where there is none."""
    words = [word for word in re.findall(r"\w[\w’'-]*", name) if word.lower() not in _SUFFIXES]
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
