"""An Article in, its Sentences out, each with its exact offsets.

A text is cut in three steps: into blocks (paragraphs, headings, list items), whose edges always end a sentence; each
block at its sentence ends; and any sentence longer than MAX_LENGTH at a semicolon, a comma or a space.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from index.english.abbreviations import (
    DOMAINS,
    EXCLAIMED,
    LETTERED,
    MAY_BE_LAST,
    NEVER_LAST,
    NUMBERED,
    STARTERS,
    STATES,
    UNFINISHED,
)
from index.english.dates import DAYS, HOLIDAYS, MONTHS, SHORT_DAYS, SHORT_MONTHS, ZONES
from index.english.roles import TITLES
from index.english.saying import AFTER_QUOTING, NOT_QUOTED, QUOTING, QUOTING_ALONE
from index.sentences.blocks import WORD, find_blocks
from index.values import Sentence
from index.words import any_of

if TYPE_CHECKING:
    from index.values import Article

MAX_LENGTH = 1000
ENDING = re.compile(
    r"(?P<stop>[.!?…。！？](?:[ \xa0]?[.!?…。！？])*)"
    r"(?P<closers>(?:[ \xa0]?[”»]|[\"'’)\]}*_])*)"
    r"(?P<gap>\s*)"
    r"(?P<dash>(?:[-–—―]{1,3}\s*)?)"
    r"(?P<openers>[\"“‘«'`(\[{*_¿¡]*)[ \xa0]?"
    r"(?=(?P<next>[^\W\d_]{1,20}|\S?))"
)
SPACES = re.compile(r"\s*")
INITIALS = re.compile(r"(?:[A-Za-z]|Ph|Ed|Va)(?:\.(?:&\.?)?(?:[A-Za-z]|Va))*")
LAST_WORD = re.compile(r"[\w.&'’]+$")
# “Why now?” Mr. Smith asked. “Why now?” Ann Hale, a nurse, said later. Not: “Why now?” Mr. Smith said on Friday that it
REPORTING = re.compile(
    rf"(?!{any_of(NOT_QUOTED)}\b)(?:[A-Z][\w.’'-]{{0,30}}\s+){{0,4}}[A-Z][\w.’'-]{{0,30}}"
    r"(?:\s+|,\s(?:[^,.?!…“”\"]|\.(?!\s)){2,80},\s+)(?:\w+ly\s+|also\s+|later\s+)?"
    rf"(?:{any_of(QUOTING)}(?=[.,;:]|\s+(?:{any_of(AFTER_QUOTING)}|\w+ly|{any_of(DAYS)})\b)"
    rf"(?!\s+(?!of\b)(?:[\w’'-]+\s+){{1,3}}that\b)"
    rf"|{any_of(QUOTING_ALONE)}(?=[.,;:]))"
)
_MONTH = rf"(?:{any_of(MONTHS)}|{any_of(SHORT_MONTHS)}\.?)"
# Dec. 31, 31 December
DATE = re.compile(rf"{_MONTH}\s+\d|\d\d?\s+{_MONTH}(?!\w)")
# 8 p.m. Tuesday, 8 p.m. ET, 8 p.m. E.S.T., 8 p.m. (1600 GMT), 8 p.m. New York time
AFTER_TIME = re.compile(
    rf"{DATE.pattern}|(?:{any_of(DAYS | HOLIDAYS | ZONES)}|New\s+Year['’]s)s?\b(?!['’]s\b)"
    rf"|{any_of(SHORT_DAYS)}\.|[CEGMP]\.(?:[DMS]\.)?T\b|[(\[]\d"
    rf"|(?!{any_of(STARTERS)}\b)(?:[A-Z][\w.]{{0,20}}\s+){{1,3}}[Tt]ime\b"
)
# They moved to Fresno, Calif. It has vitamin C.
COMPLETE = re.compile(rf"(?:[A-Z][\w’'-]*,\s+{any_of(STATES)}|\b(?i:{any_of(LETTERED)})\s+[A-Z])$")


def split_sentences(text: str, start: int = 0) -> list[tuple[int, int]]:
    """Return the sentences of `text` from `start` on as spans in code points, in order, in linear time."""
    spans: list[tuple[int, int]] = []
    for block in find_blocks(text, start):
        for span in split_block(text, *block):
            spans.extend(cut_span(text, *span))
    return spans


def sentences_of(article: Article) -> list[Sentence]:
    """Return the sentences of the body of `article`, in order."""
    return [
        Sentence(article.id, position, start, end, article.text[start:end])
        for position, (start, end) in enumerate(split_sentences(article.text, article.body))
    ]


def split_block(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Yield the sentences of one block."""
    word = -1  # where the first word of the sentence begins
    for ending in ENDING.finditer(text, start, stop):
        if word < start:
            found = WORD.search(text, start, stop)
            if not found:
                break
            word = found.start()
        end = ending.end("closers")
        if word < ending.start() and ends_sentence(text, start, ending) and WORD.search(text, end, stop):
            yield start, end
            start = ending.end("gap")
    yield start, stop


def ends_sentence(text: str, start: int, ending: re.Match[str]) -> bool:
    """Tell whether `ending` ends the sentence of `text` that begins at `start`."""
    stop, closers, gap, dash, openers, following = ending.groups()
    capital = following[:1].isupper() or (following[:1].islower() and following[1:2].isupper())
    last = LAST_WORD.search(text[max(start, ending.start() - 40) : ending.start()].rstrip())
    word = last.group().lstrip(".'’") if last else ""
    # 1. Without a space after it, only between a lower-case word and a capitalised one: "the end.The next".
    if not gap:
        if stop[0] in "。！？":
            return True
        glued = (word[-2:].islower() and word.isalpha()) or closers != "" or stop in "?!"
        proper = following[:1].isupper() and (following[1:2].islower() or following in ("A", "I"))
        address = re.search(r"//|@|www\.", "".join(text[max(start, ending.start() - 80) : ending.start()].split()[-1:]))
        return glued and proper and not dash and not address and following not in DOMAINS
    # 2. Lower case, or a mark that begins nothing, continues the sentence.
    if following[:1].islower() and not capital and not (openers and stop == "." and len(word) > 3):
        return False
    if (dash and (stop != "." or not capital)) or (not openers and following[:1] in ",;:)]}&/”’"):
        return False
    # 3. A quoted question, followed by who asked it.
    if stop != "." and closers and not openers and REPORTING.match(text, ending.end("gap"), ending.end("gap") + 200):
        return False
    quoted = openers[:1] in tuple("\"“'`") and (capital or following in (".", "…"))
    starter = following in STARTERS or quoted
    if stop == ".":
        return ends_at_full_stop(text, start, ending, word, starter)
    # 4. An ellipsis after a word that needs another ("But … Hale leads"), or a name with a mark ("Yahoo! News").
    return starter or word.lower() not in (UNFINISHED if stop[0] in ".…" else EXCLAIMED)


def ends_at_full_stop(text: str, start: int, ending: re.Match[str], word: str, starter: bool) -> bool:
    """Tell whether the full stop after `word` ends the sentence; `starter` means that what follows begins one."""
    _, closers, _, dash, openers, following = ending.groups()
    alone = ending.start() - start <= len(word) + 2  # with room for a quotation mark or bracket
    capitals = len(word) > 1 and word.isupper()
    name = word.capitalize() if capitals else word
    # 1. A title; in capitals, only before a name in capitals: not "She has MS. Doctors say".
    if name in NEVER_LAST and (not capitals or (following.isupper() and not starter)):
        return False
    # 2. What a number, a date or the rest of a time may follow.
    if name in NUMBERED:
        return not following[:1].isdigit()
    if name in SHORT_DAYS:
        return not DATE.match(text, ending.end("gap"))
    if word.lower() in ("a.m", "p.m"):
        return not dash and not AFTER_TIME.match(text, ending.end("gap"))
    # 3. Initials, and abbreviations that stand both inside names and at the end of sentences.
    if name in MAY_BE_LAST or INITIALS.fullmatch(word):
        if alone or dash:
            return False
        complete = COMPLETE.search(text[max(start, ending.start() - 60) : ending.start()])
        goes_on = closers or openers or following.lower() in TITLES or following in DAYS
        return starter or closers[-1:] in tuple("\"”'’") or (complete is not None and not goes_on)
    # 4. The number of a point: "1. First".
    return not (word.isdigit() and text[start : ending.start()].strip() == word)


def cut_span(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the span in pieces of at most MAX_LENGTH, cut after a semicolon, else a comma, else a word."""
    while end - start > MAX_LENGTH:
        middle, limit = start + MAX_LENGTH // 2, start + MAX_LENGTH
        places = (text.rfind(mark, middle, limit) + 1 for mark in ("; ", ", ", " "))
        cut = next((place for place in places if place), limit)
        yield start, start + len(text[start:cut].rstrip())
        start = SPACES.match(text, cut, end).end()  # type: ignore[union-attr]  # not lstrip: it would copy the rest of the text
    yield start, end
