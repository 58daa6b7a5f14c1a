"""Transcripts, where labels say who speaks: whether an article is one, and which labels are names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

from index.english.names import INNER_PARTICLES
from index.english.roles import TITLES, VOICES
from index.speech.naming import HUMAN
from index.speech.people import read_name
from index.speech.quotations import Line
from index.turns import UNNAMED, read_turn
from index.values import Article
from index.words import fold_letters

LABELLED = 4  # turns with a label that a text without times has at least, if it is a transcript
# [Applause.]   (Crosstalk)   [00:12:41]
ASIDE = re.compile(r"(?:[\[(][^\])]{1,60}[\])]|[♪♫])[\W_]*")
_PARAGRAPH = re.compile(r"(?:^|\n)[ \t]*(?=\S)")


def is_transcript(article: Article) -> bool:
    """Tell whether an article is a transcript: it has times, or half of its lines begin with one of a few labels."""
    if any(locator.kind == "timestamp" for locator in article.locators):
        return True
    begins = [found.end() for found in _PARAGRAPH.finditer(article.text, article.body)]
    labels = [turn.label.split()[-1] for begin in begins if (turn := read_turn(article.text, begin)).label]
    return len(labels) >= max(LABELLED, len(begins) / 2) and 2 * len(set(labels)) <= len(labels)


def write_name(label: str) -> str:
    """Return a label as a name is written: "Anna van der Berg" for "ANNA VAN DER BERG"."""
    if not label.isupper():
        return label
    first, *rest = label.split()
    return " ".join([first.title(), *(w.lower() if w.lower() in INNER_PARTICLES else w.title() for w in rest)])


def name_in(label: str) -> str:
    """Return the name in a label, "Margaret Hale" in "MARGARET HALE"; "" if it has none, as "INTERVIEWER" and "Q"."""
    name = write_name(label)
    words = [fold_letters(word).strip(".") for word in name.split()]
    if len(label) < 2 or words[-1] in VOICES | HUMAN | TITLES.keys() or any(word.isdigit() for word in words):
        return ""
    return name


def find_names(lines: Sequence[Line]) -> list[str]:
    """Return the names in the labels of a transcript's lines, once for each turn; one of a word only if it repeats.

    "De Blasio" is left out beside "Bill de Blasio".
    """
    names = [name for line in lines if (name := name_in(line.label))]
    often = Counter(read_name(name).surname for name in names)
    kept = {name for name in set(names) if " " in name or often[name] > 1}
    longer = find_longer(kept)
    return [name for name in names if name in kept and name.lower() not in longer]


def find_longer(names: Collection[str]) -> dict[str, str]:
    """Return the name that ends in them for some of its last words, in lower case: "Bill de Blasio" for "de blasio"."""
    return {" ".join(name.lower().split()[i:]): name for name in sorted(names) for i in range(1, name.count(" ") + 1)}


def call_unnamed(label: str) -> str:
    """Return what to call a speaker without a name: "Interviewer" for "INTERVIEWER"; "" for "Q" and UNNAMED."""
    if label in ("Q", "A", UNNAMED):
        return ""
    is_role = any(fold_letters(word) in VOICES | HUMAN for word in label.split())
    return label.capitalize() if label.isupper() and is_role else label
