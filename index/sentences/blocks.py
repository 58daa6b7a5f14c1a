"""A text in, its blocks out: paragraphs, headings and list items, whose edges no sentence crosses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

WORD = re.compile(r"[^\W_]")
NEWLINE = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")
MARK = re.compile(r"(?:#{1,6}\s+|[-*+–—―]\s+|[•‣◦▪●■·]\s*|\(?(?:\d{1,3}|[a-z])[.)]\s+)+")


def find_blocks(text: str, start: int) -> Iterator[tuple[int, int]]:
    """Yield the blocks of `text` from `start` on, without the marks of list items and headings."""
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
    """Yield the blocks in a run of lines without a blank one, joining lines that were wrapped."""
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
    """Return the mark of a heading or list item at the beginning of a line, "" if there is none."""
    found = MARK.match(text, start, end)
    return found.group() if found else ""


def ends_block(mark: str, last: str, room: int, found: str, following: str) -> bool:
    """Tell whether a block that began with `mark` ends at the line that ends in `last`.

    `room` is the number of characters left on that line; the next begins with the mark `found` and then `following`.
    """
    # 1. A heading is one line; a list item ends where the next begins.
    if mark.startswith("#") or (found and (mark or found[0] in "#•‣◦▪●■·" or last in ".:;!?")):
        return True
    # 2. A line that begins in lower case, or follows a comma, continues the line before.
    if not found and (following[0].islower() or last in ",;"):
        return False
    # 3. So does one whose first word did not fit on the line before, if the widest line has 40 to 200 characters. With
    #    lines of up to 72, "Monday" after a line of 68 was wrapped (68 + 1 + 6 > 72); a title of 40 is a block.
    return room >= len(following.split(None, 1)[0])
