"""The bytes of a web page in, its article out; also the text of any piece of HTML.

It runs in the child process of index/reading/bounded.py.
"""

from __future__ import annotations

import codecs
import re
from typing import Any

from index.errors import ArticleError
from index.reading.metadata import to_one_line
from index.reading.text import BYTE_ORDER_MARKS, decode

CHARSET = re.compile(
    rb"""<(?:\?xml|meta)\b[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?([\w.:-]{2,40})""", re.IGNORECASE
)
XML_DECLARATION = re.compile(r"\A\s*<\?xml\b[^>]*\?>")
SPACES = re.compile(r"[ \t\r\n\f]+")  # what HTML collapses; a no-break space is kept
PARTED = frozenset(  # begin and end a paragraph
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr li main ol p pre section summary table tbody tfoot thead tr ul".split()
)
UNREAD = frozenset(
    "audio button canvas datalist head iframe math nav noscript object script select style svg template textarea "
    "title video".split()
)


def extract_html(raw: bytes) -> dict[str, str]:
    """Return the article of a web page, without what surrounds it.

    Its date is the one that the page declares, never one guessed from the text.
    """
    import trafilatura

    page = decode_html(raw)
    found = trafilatura.bare_extraction(
        page,
        include_comments=False,
        with_metadata=True,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    if found is None or isinstance(found, dict) or not (found.text or "").strip():
        known, text = {"title": _title(page)}, read_blocks(page)
    else:
        lines = (line.strip() for line in str(found.text).split("\n"))
        text = "\n\n".join(line for line in lines if line)
        known = {
            "title": found.title or "",
            "source": found.sitename or "",
            "author": found.author or "",
            "published": found.date or "",
            "url": found.url or "",
        }
    if not text:
        raise ArticleError("has no text that can be read: only scripts or pictures. Save it again, or remove it.")
    return {**known, "text": text}


def decode_html(raw: bytes) -> str:
    """Return the text of a page, in the encoding of its byte-order mark, else in UTF-8, else in the one it names."""
    if not any(raw.startswith(mark) for mark, _ in BYTE_ORDER_MARKS):
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError:
            named = CHARSET.search(raw, 0, 4096)
            try:
                encoding = codecs.lookup(named[1].decode()).name if named else ""
                if encoding and not encoding.startswith("utf-8"):
                    # Browsers read Latin-1 as cp1252, which has curly quotation marks.
                    encoding = "cp1252" if encoding in ("iso8859-1", "ascii") else encoding
                    raw = raw.decode(encoding, errors="replace").encode("utf-8", errors="replace")
            except (LookupError, ValueError):
                pass
    return XML_DECLARATION.sub("", decode(raw, "").lstrip("\ufeff"), count=1)


def read_blocks(page: str) -> str:
    """Return all the text of HTML, its paragraphs separated by blank lines."""
    from lxml import etree

    root = parse_html(page)
    if root is None:
        return ""
    pieces: list[str] = []
    unread = 0
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            unread += tag in UNREAD
            pieces.append("\n\n" if tag in PARTED else "\n" if tag == "br" else " " if tag in ("td", "th") else "")
            if not unread:
                pieces.append(SPACES.sub(" ", element.text or ""))
        else:
            unread -= event == "end" and tag in UNREAD
            pieces.append("\n\n" if tag in PARTED and event == "end" else "")
            if not unread and element is not root:
                pieces.append(SPACES.sub(" ", element.tail or ""))
    lines = re.sub(r" *\n *", "\n", re.sub(r" {2,}", " ", "".join(pieces)))
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def parse_html(page: str) -> Any:
    """Return the tree of a page; None if there is none."""
    from lxml import etree

    # Encoded here, so that a character that is not valid in UTF-8 is not an error.
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, recover=True)
    try:
        return etree.fromstring(page.encode("utf-8", errors="replace"), parser)
    except etree.XMLSyntaxError:
        return None


def _title(page: str) -> str:
    root = parse_html(page)
    return to_one_line((root.findtext(".//title") if root is not None else None) or "")
