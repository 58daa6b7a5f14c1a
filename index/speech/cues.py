"""Patterns that tell, before anything is parsed, whether a line may name a speaker and whether it quotes one."""

from __future__ import annotations

import re

from index.english.roles import REPORTS
from index.english.saying import (
    CONNECTIVES,
    IRREGULAR,
    JUDGING,
    PHRASES,
    REPORTING,
    SAYING,
    STATEMENTS,
    STATES,
    THINKING,
)
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


DIRECT = 4  # words in quotation marks; fewer are a phrase quoted within reported speech
# A verb of saying after the name of its speaker: "said", "has denied", "later told".
_SAID = "|".join(["said", "told", "wrote", *(inflect(verb) for verb in sorted(SAYING))])
SAID = re.compile(rf"(?: \w+ly| also| then| later)?,?(?: ha[ds])? (?:{_SAID})\b(?<!ing)")
_FORMS = [inflect(word) for word in sorted({*SAYING, *THINKING, *JUDGING, *STATES, *STATEMENTS, *PHRASES})]
# A sentence without any of these is not worth parsing.
CUE = re.compile(rf"\b(?:according to|{'|'.join([*sorted(IRREGULAR), *_FORMS])})\b", re.IGNORECASE)
# Nor does one that only has a verb such as "show", unless it speaks of a report or a body before it.
_REPORTS = "|".join(["committee", "commission", "council", "tests", *sorted(REPORTS)])
_SHOW = "|".join(["found", "shown", *(inflect(verb) for verb in sorted(REPORTING))])
REPORTED = re.compile(rf"\b(?:{_REPORTS})s?\b.{{0,60}}\b(?:{_SHOW})\b", re.IGNORECASE)
# Who made the article, not who speaks in it.
CREDITS = re.compile(r"\b(?:[Rr]eporting|[Ww]riting|[Ee]diting) by\b|\bcontributed (?:reporting|to th)", re.ASCII)
# What stands before a subject's name: nothing or a mark, and perhaps a description of the person.
OPENS = re.compile(rf"(?:^|[\",] )(?:(?!{any_of(CONNECTIVES)}\b)[a-z-]+ ){{0,3}}$")
# A verb of saying right after the name, or after a description of the person.
BETWEEN = ("", r", [^,\"]{2,90},", r",? who [^,\"]{2,60},?")
APPOSED = [re.compile(rf"{between}{SAID.pattern}") for between in BETWEEN]
# A full name after a quotation, which no table and no parser may know.
_FULL = r"[,.?!-]\" ([A-Z][\w'-]+(?: [A-Z]\.)? [A-Z][\w'-]+)"
QUOTED_NAME = [re.compile(rf"{_FULL}{between}{SAID.pattern}") for between in BETWEEN]


def may_name_speaker(line: Line) -> bool:
    """Tell whether a line may name its speaker: it introduces a quotation, or has a cue or a full name."""
    if line.is_wholly_quoted() or CREDITS.search(line.text):
        return False
    return (
        introduces_quotation(line)
        or CUE.search(line.outside()) is not None
        or FULL_NAME.search(line.text) is not None
        or REPORTED.search(line.text) is not None
    )


def introduces_quotation(line: Line) -> bool:
    """Tell whether a line introduces a quotation, in itself or in the next line."""
    return line.quoted_words() > DIRECT or line.outside().rstrip(" …").endswith(":")


def is_direct(line: Line) -> bool:
    """Tell whether a line quotes its speaker rather than reports: more than a phrase is in quotation marks."""
    if line.is_wholly_quoted() or line.quoted_words() >= DIRECT:
        return True
    # “No,” he said. He said: “No.”
    begins = (start for start, _ in line.quoted if line.text[:start].rstrip()[-1:] in ("", ",", ":"))
    return any(line.text[start:].lstrip('"')[:1].isupper() for start in begins)
