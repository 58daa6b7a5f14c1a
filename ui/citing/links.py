"""Where a sentence is on its publisher's page: an address and an article's text in, a link out that opens it there.

The link ends in a text fragment, "#:~:text=prefix-,start,end,-suffix": https://wicg.github.io/scroll-to-text-fragment.
A browser goes to the first place that matches, so that the words around a sentence are added only where without them it
would go elsewhere: an article often lacks a caption or a heading that its page has there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from ui.inert import is_web_link

_LONGEST = 300  # characters of a sentence that is given whole; Chromium's own links have the same limits
_SHORTEST = 20  # shorter ones are given with the words around them, as a page may have them elsewhere too
_GROWTH = (3, 5, 8, 12)  # how many words before and after a sentence are tried
_ENDS = (4, 6, 9)  # how many words of a long sentence are tried, at either end


def to_address(url: str | None) -> str:
    """The address of a page on the web in the characters of a URI; "" for anything else, which is never made a link."""
    if not url or not is_web_link(url):
        return ""
    return quote(url, safe="%/:=&?~#+!$,;'@()*[]", errors="replace")


def link_to_sentence(url: str | None, text: str, start: int, end: int) -> str:
    """The link that opens a page at `text[start:end]` of its article; "" if the page is not on the web."""
    address = to_address(url).partition(":~:")[0]
    if not address:
        return ""
    return f"{address}{'' if '#' in address else '#'}:~:text={_find_directive(text, start, end)}"


@dataclass(frozen=True)
class _Directive:
    prefix: str
    start: str
    end: str
    suffix: str

    def __str__(self) -> str:
        parts = (
            f"{_encode(self.prefix)}-" if self.prefix else "",
            _encode(self.start),
            _encode(self.end),
            f"-{_encode(self.suffix)}" if self.suffix else "",
        )
        return ",".join(part for part in parts if part)

    def finds(self, page: str) -> tuple[int, int]:
        """Where the first match begins and ends, as a browser looks for it; (-1, -1) if nowhere."""
        words = re.escape(self.start) + (f".*?{re.escape(self.end)}" if self.end else "")
        found = re.search(rf"{re.escape(self.prefix)}\s*({words})\s*{re.escape(self.suffix)}", page, re.I | re.S)
        return found.span(1) if found else (-1, -1)


def _find_directive(text: str, start: int, end: int) -> _Directive:
    """The first of the directives for a sentence that finds it and nothing before it; if none does, the longest."""
    lines = _fold(text)
    first = len(_fold(f"{text[:start]}.")) - 1
    last = first + len(_fold(text[start:end]))
    page = lines.replace("\n", " ")
    directive = _Directive("", lines[first:last], "", "")
    for directive in _list_directives(lines, first, last):
        if directive.finds(page) == (first, last):
            return directive
    return directive


def _list_directives(lines: str, first: int, last: int) -> Iterator[_Directive]:
    """The directives to try, from the shortest on; each part of one lies in one line, as it must in one paragraph."""
    sentence = lines[first:last]
    before = lines[:first].rstrip().rpartition("\n")[2].split(" ")
    after = lines[last:].lstrip().partition("\n")[0].split(" ")
    whole = len(sentence) <= _LONGEST and "\n" not in sentence
    head, tail = sentence.partition("\n")[0].split(" "), sentence.rpartition("\n")[2].split(" ")
    ends = [""]
    if whole or len(sentence.split()) < 2:
        if len(sentence) >= _SHORTEST:
            yield _Directive("", sentence, "", "")
        starts = [sentence]
    else:
        half = len(sentence.split()) // 2
        starts = [" ".join(head[: min(number, half)]) for number in _ENDS]
        ends = [" ".join(tail[-min(number, half) :]) for number in _ENDS]
        for left, right in zip(starts, ends, strict=True):
            yield _Directive("", left, right, "")
    for number in _GROWTH:
        suffix = " ".join(after[:number]) if not ends[-1] else ""
        yield _Directive(" ".join(before[-number:]), starts[-1], ends[-1], suffix)


def _fold(text: str) -> str:
    """The text with a space for each stretch of white space, or a line break if it has one."""
    return re.sub(r"\s+", lambda found: "\n" if re.search(r"[\n\r\u2028\u2029]", found[0]) else " ", text)


def _encode(words: str) -> str:
    # "-" has a meaning of its own in a text fragment, as have "&" and ",".
    return quote(words, safe="", errors="replace").replace("-", "%2D")
