"""By which words a sentence shows that somebody speaks in it: patterns over plain lines, before anything is parsed."""

from __future__ import annotations

import re

from index.english.saying import CONNECTIVES, IRREGULAR, JUDGING, PHRASES, SAYING, STATEMENTS, STATES, THINKING
from index.speech.cast import FULL_NAME
from index.speech.quotations import Line
from index.words import any_of


def inflect(lemma: str) -> str:
    """Return a regular expression for the forms of a regular verb or noun: "deny" for denies, denied and denying."""
    if lemma.endswith("e"):
        return rf"{lemma[:-1]}(?:e[ds]?|ing)"
    if lemma[-1] == "y" and lemma[-2] not in "aeou":
        return rf"{lemma[:-1]}(?:y|ies|ied|ying)"
    return rf"{lemma}{lemma[-1]}?(?:e[ds]|ing|s)?"


DIRECT = 4  # words in quotation marks; fewer are a phrase within reported speech
# A verb of saying after the name of whoever says it: "said", "has denied", "later told".
_SAID = "|".join(["said", "told", "wrote", *(inflect(verb) for verb in sorted(SAYING))])
SAID = re.compile(rf"(?: \w+ly| also| then| later)?,?(?: ha[ds])? (?:{_SAID})\b(?<!ing)")
_FORMS = [inflect(word) for word in sorted({*SAYING, *THINKING, *JUDGING, *STATES, *STATEMENTS, *PHRASES})]
# What a sentence has to have to be worth a parse.
CUE = re.compile(rf"\b(?:according to|{'|'.join([*sorted(IRREGULAR), *_FORMS])})\b", re.IGNORECASE)
# What stands before the name of a subject: nothing, or a mark, and perhaps what somebody is.
OPENS = re.compile(rf"(?:^|[\",] )(?:(?!{any_of(CONNECTIVES)}\b)[a-z-]+ ){{0,3}}$")
# The name's verb of saying, right behind it or behind what else is said of the person.
BETWEEN = ("", r", [^,\"]{2,90},", r",? who [^,\"]{2,60},?")
APPOSED = [re.compile(rf"{between}{SAID.pattern}") for between in BETWEEN]
# A full name that no table and no parser may know, behind what its bearer says.
_FULL = r"[,.?!-]\" ([A-Z][\w'-]+(?: [A-Z]\.)? [A-Z][\w'-]+)"
QUOTED_NAME = [re.compile(rf"{_FULL}{between}{SAID.pattern}") for between in BETWEEN]


def may_attribute(line: Line) -> bool:
    """Tell whether a sentence may name who speaks in it: it brings a quotation, or has a cue outside of one."""
    if line.is_wholly_quoted():
        return False
    return presents(line) or CUE.search(line.outside()) is not None or FULL_NAME.search(line.text) is not None


def presents(line: Line) -> bool:
    """Tell whether a sentence brings a quotation, with it or after it."""
    return line.quoted_words() > DIRECT or line.outside().rstrip(" …").endswith(":")


def is_direct(line: Line) -> bool:
    """Tell whether a line gives somebody's words rather than reports them: more than a phrase of them is quoted."""
    if line.is_wholly_quoted() or line.quoted_words() >= DIRECT:
        return True
    # “No,” he said. He said: “No.”
    begins = (start for start, _ in line.quoted if line.text[:start].rstrip()[-1:] in ("", ",", ":"))
    return any(line.text[start:].lstrip('"')[:1].isupper() for start in begins)
