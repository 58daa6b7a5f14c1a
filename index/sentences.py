"""An Article in, its Sentences out, each with the exact offsets of its words.

A text is cut in three steps: into blocks (a paragraph, a heading, an entry of a list), whose edges always end a
sentence; each block at its sentence ends; and what is still longer than MAX_LENGTH at a comma or a space.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.articles import Article


@dataclass(frozen=True)
class Sentence:
    """One sentence: `article.text[start:end] == text`, offsets in code points, half-open."""

    article_id: str
    position: int
    start: int
    end: int
    text: str
    speaker: str | None = None
    speech: str | None = None


MAX_LENGTH = 1000


def words(table: str) -> frozenset[str]:
    """Return the words of a table."""
    return frozenset(table.split())


# Before a name, so never at the end of a sentence.
TITLES = words(
    "Adm Amb Asst Atty Brig Capt Cmdr Col Cpl Dep Dr Fr Gen Gov Govs Hon Lt Maj Messrs Mlle Mme Mr Mrs Ms Mt Pres "
    "Prof Pvt Rep Reps Rev Sen Sens Sgt Ste Supt approx cf e.g eg i.e ie v viz vs"
)
# Before a number they go on; before anything else they end the sentence, as in "He said no."
NUMBERED = words(
    "Apr Art Aug Ch Dec Feb Fig Jan Jul Jun Mar No Nos Nov Oct Para Sec Sect Sep Sept Vol ca fig no nos p pp vol"
)
# May end a sentence: they do before a STARTER.
ABBREVIATIONS = words(
    "Ala Ariz Ark Assn Ave Blvd Bros Calif Co Colo Conn Corp Cos Ct Del Dept Dist Div Esq Fla Ft Ga Ill Inc Ind Intl "
    "Jr Kan Ky La Ltd Mass Md Mich Minn Miss Mo Mont Neb Nev Okla Ont Ore Pa Penn Ph.D Que Rd Sr St Tenn Tex Univ Va "
    "Vt Wash Wis Wisc Wyo al dept est ft hr hrs lb lbs mph oz"
)
# Words that seldom stand in the middle of a name, so that a capital means the start of a sentence.
STARTERS = words(
    "A About After All Also Although Among An And Another Any Are As Asked At Because Before Both But By Can Could "
    "Did Do Does During Each Earlier Even Every For From Had Has Have He Her Here His How However I If In Instead Is "
    "It Its Just Last Later Like Many Maybe Meanwhile More Most My No Nor Not Now Of On Once One Only Or Other Our "
    "Over Perhaps She Should Since So Some Still Such That The Their Then There These They This Those Though Through "
    "To Under Unlike Until Was We Were What When Where Whether Which While Who Why With Without Would Yes Yet You "
    "Your"
)
ZONES = words("Eastern Central Mountain Pacific GMT UTC")
DOMAINS = words("Com Org Net Gov Edu Tv")

WORD = re.compile(r"[^\W_]")
NEWLINE = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")
MARK = re.compile(r"(?:#{1,6}\s+|[-*+–—―]\s+|[•‣◦▪●■·]\s*|\(?(?:\d{1,3}|[a-z])[.)]\s+)+")
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


def find_blocks(text: str, start: int) -> Iterator[tuple[int, int]]:
    """Yield the blocks of `text` from `start` on: no sentence crosses the edge of one; marks of lists are outside."""
    paragraph: list[tuple[int, int]] = []
    while start < len(text):
        newline = NEWLINE.search(text, start)
        stop = newline.start() if newline else len(text)
        line = text[start:stop].lstrip(" \t\ufeff\u200b").lstrip()
        if WORD.search(line):
            begin = stop - len(line)
            paragraph.append((begin, begin + len(line.rstrip())))
        else:
            yield from join_lines(text, paragraph)
            paragraph = []
        start = newline.end() if newline else len(text)
    yield from join_lines(text, paragraph)


def join_lines(text: str, lines: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the blocks in a run of lines with no blank one between: lines that were wrapped are put together."""
    if not lines:
        return
    width = max(end - start for start, end in lines)
    mark = find_mark(text, *lines[0])
    block = lines[0][0] + len(mark)
    for (start, end), (following, stop) in pairwise(lines):
        room = width - (end - start) - 1
        found = find_mark(text, following, stop)
        if ends_block(
            mark, text[end - 1], room if 40 <= width <= 200 else width, found, text[following : following + 40]
        ):
            yield block, end
            mark, block = found, following + len(found)
    yield block, lines[-1][1]


def find_mark(text: str, start: int, end: int) -> str:
    """Return the mark of a heading or of an entry of a list at the beginning of a line, "" where there is none."""
    found = MARK.match(text, start, end)
    return found.group() if found else ""


def ends_block(mark: str, last: str, room: int, found: str, following: str) -> bool:
    """Tell whether a block with `mark` ends at the line end after `last`, before a line with the mark `found`."""
    # 1. A heading is one line; an entry of a list ends where the next begins.
    if mark.startswith("#") or (found and (mark or found[0] in "#•‣◦▪●■·" or last in ".:;!?")):
        return True
    # 2. A small letter goes on with what came before, and so does whatever follows a comma.
    if not found and (following[0].islower() or last in ",;"):
        return False
    # 3. So does a line whose first word had no room on the last one, where lines are 40 to 200 wide: with lines up to
    #    72 wide, a last line of 68 and then "Monday" (68 + 1 + 6 > 72) was wrapped, and a title of 40 ends.
    return room >= len(following.split(None, 1)[0])


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
