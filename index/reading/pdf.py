"""The bytes of a PDF in, the text of its paragraphs out, and where in it each page begins.

PDFium gives characters with their positions on the page. They become paragraphs in three steps: they are put together
into lines with their boxes; what is repeated at the edges of pages is dropped; and lines of one paragraph are joined.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import Any

from index.english.prefixes import PREFIXES
from index.errors import ArticleError
from index.reading.metadata import to_one_line
from index.values import Locator, locators_to_json


@dataclass(frozen=True)
class Line:
    """One line of print: its box in points, y upwards from the foot of the page, and the height of its letters.

    `hyphened` is true if it ended in a hyphen, which `text` leaves out; `edge` is where the lines around it end.
    """

    text: str
    page: int
    left: float
    right: float
    bottom: float
    height: float
    hyphened: bool
    margin: bool
    edge: float = 0.0


MAX_PAGES = 3000
MARGIN = 0.12  # of the page's height, at its head and at its foot
HYPHEN = "\2"  # PDFium's mark for a hyphen at the end of a line that it joins to the next
LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl"})  # no one types them in a question
PAGE_NUMBER = re.compile(r"\W*(?:page |p\. ?|seite )?\d{1,4}(?:\s*(?:of|/|\|)\s*\d{1,4})?\W*", re.IGNORECASE)
JUNK_TITLE = re.compile(
    r"untitled.*|\(.*\)|(?:Microsoft|Slide|PowerPoint)\b.*|\W*|about:blank"
    r"|.*\.(?:docx?|html?|indd|odt|pages|pdf|pptx?|qxp|rtf|tex|txt|xlsx?)",
    re.IGNORECASE,
)
JUNK_AUTHOR = re.compile(r"anonymous|unknown|user|admin(?:istrator)?|owner|\W*|\(.*\)", re.IGNORECASE)
CLOSED = re.compile(r"[.!?…:][\"'”’»)\]]*$")
ENTRY = re.compile(r"(?:[•▪●◦‣*–—-]|\(?\d{1,2}[.)])\s")


def extract_pdf(raw: bytes) -> dict[str, str]:
    """Return the text of a PDF, its pages, title and author; its dates are those of the file, not of the article.

    Raises ArticleError with a message that continues a sentence beginning with the file's name.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise ArticleError("is encrypted: save it without its password, or remove it") from error
        raise ArticleError("is not a PDF, or is cut short: save it again, or remove it") from error
    if len(document) > MAX_PAGES:
        raise ArticleError(f"is too large: {len(document):,} pages, and the limit is {MAX_PAGES:,}. Split it.")
    lines: list[Line] = []
    unread = 0
    for number in range(len(document)):
        try:
            page = document[number]
            lines += read_lines(page, number)
            page.close()
        except pypdfium2.PdfiumError:
            unread += 1
    if not lines and unread:
        raise ArticleError(f"is broken: none of its {len(document)} pages can be read. Save it again, or remove it.")
    pages = len(document)
    known = document.get_metadata_dict()
    document.close()
    text, locators = join_lines(drop_repeated(lines, pages))
    if not text:
        raise ArticleError("has no text layer: its pages are pictures. Run text recognition (OCR) on it, or remove it.")
    title, author = to_one_line(known.get("Title", "")), to_one_line(known.get("Author", ""))
    return {
        "title": "" if JUNK_TITLE.fullmatch(title) else title,
        "author": "" if JUNK_AUTHOR.fullmatch(author) else author,
        "text": text,
        "locators": locators_to_json(locators),
    }


def read_lines(page: Any, number: int) -> list[Line]:
    """Return the lines of one page, in the order in which they were set."""
    from pypdfium2 import raw as pdfium

    height = page.get_height()
    textpage = page.get_textpage()
    codes = [pdfium.FPDFText_GetUnicode(textpage, i) for i in range(textpage.count_chars())]
    lines = []
    begin = 0
    for i, code in enumerate([*codes, 10]):
        if code not in (10, 13, ord(HYPHEN)):
            continue
        # Only visible characters have a box: a space that PDFium inserted has none.
        seen = [j for j in range(begin, i) if codes[j] > 32]
        if seen:
            text = "".join(map(chr, codes[begin:i])).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            text = "".join(c for c in text.translate(LIGATURES) if c >= " " and c != "\x7f").strip(" ")
            # At the foot of a page a hyphen is not marked.
            hyphened = code == ord(HYPHEN) or re.search(r"[^\W\d_][-\u00ad]$", text) is not None
            left, bottom, right, top = textpage.get_charbox(seen[0], loose=True)
            last = textpage.get_charbox(seen[-1], loose=True)
            middle = (bottom + top) / 2
            lines.append(
                Line(
                    text=re.sub(r"[-\u00ad]$", "", text) if hyphened else text,
                    page=number,
                    left=min(left, last[0]),
                    right=max(right, last[2]),
                    bottom=bottom,
                    height=max(top - bottom, last[3] - last[1]),
                    hyphened=hyphened,
                    margin=not MARGIN * height < middle < (1 - MARGIN) * height,
                )
            )
        begin = i + 1
    textpage.close()
    edges = _edges(lines)
    return [replace(line, edge=edge) for line, edge in zip(lines, edges, strict=True)]


def _edges(lines: list[Line]) -> list[float]:
    """For each line, how far to the right the lines extend that begin near it (within about half an inch)."""
    furthest: dict[int, float] = {}
    for line in lines:
        column = int(line.left // 36)
        furthest[column] = max(furthest.get(column, 0.0), line.right)
    return [max(furthest.get(int(line.left // 36) + i, 0.0) for i in (-1, 0, 1)) for line in lines]


def drop_repeated(lines: list[Line], pages: int) -> list[Line]:
    """Return the lines without page numbers, and without headers and footers that at least half of the pages repeat."""
    if pages < 2:
        return lines
    shapes = {(line.page, re.sub(r"\d+", "#", line.text)) for line in lines if line.margin}
    counts = Counter(shape for _, shape in shapes)
    enough = max(pages / 2, 2)
    return [
        line
        for line in lines
        if not line.margin or not (PAGE_NUMBER.fullmatch(line.text) or counts[re.sub(r"\d+", "#", line.text)] >= enough)
    ]


def join_lines(lines: list[Line]) -> tuple[str, list[Locator]]:
    """Return the text of the lines, with a blank line between paragraphs, and where in it each page begins."""
    if not lines:
        return "", []
    steps = [above.bottom - below.bottom for above, below in pairwise(lines) if above.page == below.page]
    step = median([found for found in steps if found > 1] or [0.0])
    together = " ".join(line.text for line in lines if not line.hyphened)
    words = set(re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", together.lower()))
    pieces, length = [lines[0].text.lstrip()], len(lines[0].text.lstrip())
    locators = [Locator(0, "page", str(lines[0].page + 1))]
    first, begin = lines[0], lines[0].left
    for above, below in pairwise(lines):
        if above.hyphened:
            between = join_word(above.text, below.text, words)
        elif goes_on(above, below, first, begin, step):
            between = " "
        else:
            between = "\n\n"
            first, begin = below, below.left
        pieces += [between, below.text]
        length += len(between) + len(below.text)
        if above.page != below.page:
            locators.append(Locator(length - len(below.text), "page", str(below.page + 1)))
        begin = min(begin, below.left) if above.page == below.page else below.left
    return "".join(pieces).strip() + ("-" if lines[-1].hyphened else ""), locators


def join_word(above: str, below: str, words: set[str]) -> str:
    """Return "" if the hyphen at the end of a line only divides a word, "-" if it is part of the word."""
    first = (re.findall(r"[^\W_]+(?:-[^\W_]+)*$", above.lower()) or [""])[0]
    second = (re.findall(r"^[^\W_]+(?:-[^\W_]+)*", below.lower()) or [""])[0]
    if not first.isalpha() or not second[:1].isalpha() or not below[:1].islower() or f"{first}-{second}" in words:
        return "-"
    return "-" if first in PREFIXES and first + second not in words else ""


def goes_on(above: Line, below: Line, first: Line, begin: float, step: float) -> bool:
    """Whether a line continues the paragraph of the one above it.

    `first` is the paragraph's first line, `begin` its left edge so far, `step` the usual height of a line.
    """
    tall = max(above.height, below.height)
    if abs(above.height - below.height) > 0.15 * tall or ENTRY.match(below.text):
        return False
    short = above.right < above.edge - 0.1 * max(above.edge - above.left, 1)
    closed = CLOSED.search(above.text) is not None
    down = above.bottom - below.bottom
    if above.page != below.page or down < -tall / 2:  # the next page or column
        return not closed and not short
    if down > 1.35 * step and down > 1.2 * tall:
        return False
    indented = below.left > begin + 0.5 * tall and abs(down) > tall / 2
    # The second line of an entry in a list is indented further than the first.
    return not (indented and not ENTRY.match(first.text)) and not (short and closed)
