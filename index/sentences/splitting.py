"""An Article in, its Sentences out, each with the exact offsets of its words.

A text is cut in three steps: into blocks (a paragraph, a heading, an entry of a list), whose edges always end a
sentence; each block at its sentence ends; and what is still longer than MAX_LENGTH at a comma or a space.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.values import Article
from index.english.abbreviations import ABBREVIATIONS, DOMAINS, NUMBERED, STARTERS, TITLES, ZONES
from index.sentences.blocks import WORD, find_blocks
from index.values import Sentence

MAX_LENGTH = 1000
ENDING = re.compile(
    r"(?P<stop>[.!?…。！？](?:[ \xa0]?[.!?…。！？])*)"
    r"(?P<closers>(?:[ \xa0]?[”»]|[\"'’)\]}*_])*)"
    r"(?P<gap>\s*)"
    r"(?P<dash>(?:[-–—―]{1,3}\s*)?)"
    r"(?P<openers>[\"“‘«'`(\[{*_¿¡]*)[ \xa0]?"
    r"(?=(?P<next>[^\W\d_]{1,20}|\S?))"
)
INITIALS = re.compile(r"(?:[A-Za-z]|Ph|Ed|Va)(?:\.(?:&\.?)?(?:[A-Za-z]|Va))*")
LAST_WORD = re.compile(r"[\w.&'’]+$")
# “Why now?” Mr. Smith asked.
REPORTING = re.compile(
    r"(?!(?:He|She|It|They|We|I|You|The|But|And)\b)(?:[A-Z][\w.’'-]{0,30}\s+){1,5}"
    r"(?:said|says|asked|asks|told|added|replied|shouted|wondered|responded|cried|exclaimed|tweeted|wrote|yelled|joked|quipped)"
    r"(?=[.,;:]|\s+(?:in|on|at|to|of|as|during|after|before|when|while|with|reporters|him|her|them|me|us|the)\b)"
)


def split_sentences(text: str, start: int = 0) -> list[tuple[int, int]]:
    """Return the sentences of `text` from `start` on, as spans in code points, in order, in linear time."""
    spans: list[tuple[int, int]] = []
    for block in find_blocks(text, start):
        for span in split_block(text, *block):
            spans.extend(cut_span(text, *span))
    return spans


def sentences_of(article: Article) -> list[Sentence]:
    """Return the sentences of `article` in their order, from where its body begins."""
    return [
        Sentence(article.id, position, start, end, article.text[start:end])
        for position, (start, end) in enumerate(split_sentences(article.text, article.body))
    ]


def split_block(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Yield the sentences of one block."""
    word = -1  # where the first word of the sentence is
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
    """Tell whether `ending`, in the sentence of `text` that begins at `start`, is its end."""
    stop, closers, gap, dash, openers, following = ending.groups()
    capital = following[:1].isupper() or (following[:1].islower() and following[1:2].isupper())
    last = LAST_WORD.search(text[max(start, ending.start() - 40) : ending.start()].rstrip())
    word = last.group().lstrip(".'’") if last else ""
    # 1. With no space after it, only between a word in small letters and a capitalised one: "the end.The next".
    if not gap:
        if stop[0] in "。！？":
            return True
        glued = (word[-2:].islower() and word.isalpha()) or closers != "" or stop in "?!"
        proper = following[:1].isupper() and (following[1:2].islower() or following in ("A", "I"))
        address = re.search(r"//|@|www\.", "".join(text[max(start, ending.start() - 80) : ending.start()].split()[-1:]))
        return glued and proper and not dash and not address and following not in DOMAINS
    # 2. What goes on in small letters, or with a mark that begins nothing, is the same sentence.
    if following[:1].islower() and not capital and not (openers and stop == "." and len(word) > 3):
        return False
    if (dash and (stop != "." or not capital)) or (not openers and following[:1] in ",;:)]}&/”’"):
        return False
    # 3. A question that is quoted, and then who asked it.
    if stop != "." and closers and not openers and REPORTING.match(text, ending.end("gap"), ending.end("gap") + 200):
        return False
    # 4. An ellipsis after a word that begins something: "But … Clinton leads."
    starter = following in STARTERS or (openers[:1] in tuple("\"“'`") and (capital or following in (".", "…")))
    if stop != ".":
        return starter or stop[0] in "?!。！？" or word.capitalize() not in STARTERS
    # 5. The full stop of an abbreviation.
    name = word.capitalize() if word.isupper() and len(word) > 1 else word
    if name in TITLES:
        return False
    if name in NUMBERED:
        return not following[:1].isdigit()
    if name in ABBREVIATIONS or INITIALS.fullmatch(word):
        if word.lower() in ("a.m", "p.m"):
            return following not in ZONES and not following.isupper()
        return not dash and (starter or closers[-1:] in tuple("\"”'’"))
    # 6. The number of a point: "1. First".
    return not (word.isdigit() and text[start : ending.start()].strip() == word)


def cut_span(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the span in pieces of at most MAX_LENGTH, cut after a semicolon, else a comma, else a word."""
    while end - start > MAX_LENGTH:
        middle, limit = start + MAX_LENGTH // 2, start + MAX_LENGTH
        places = (text.rfind(mark, middle, limit) + 1 for mark in ("; ", ", ", " "))
        cut = next((place for place in places if place), limit)
        yield start, start + len(text[start:cut].rstrip())
        start = cut + len(text[cut:end]) - len(text[cut:end].lstrip())
    yield start, end
