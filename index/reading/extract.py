"""The bytes of one web page, PDF, Word file, e-book, e-mail or feed in, the text and what is known of it out.

Everything here reads what strangers wrote with parsers that can hang or run out of memory, so it runs in the child
process of index/reading/bounded.py. It opens no file and no connection, and runs nothing that it reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from index.reading.email import extract_email
from index.reading.feed import extract_feed
from index.reading.html import extract_html, read_blocks
from index.reading.metadata import to_one_line
from index.reading.office import Extract, extract_docx, extract_epub
from index.reading.pdf import extract_pdf

# What reads the article in the bytes of a file, by its suffix.
READERS: Mapping[str, Callable[[bytes], Extract]] = {
    ".eml": extract_email,
    ".htm": extract_html,
    ".html": extract_html,
    ".pdf": extract_pdf,
}
# The same of files that are packed; the number limits what is unpacked, in bytes.
UNPACKERS: Mapping[str, Callable[[bytes, int], Extract]] = {".docx": extract_docx, ".epub": extract_epub}
FEEDS = frozenset({".atom", ".rss", ".xml"})
FRAGMENT = "(fragment)"  # in place of a suffix: UTF-8 HTML, all of which is the article


def extract(suffix: str, raw: bytes, *, max_bytes: int) -> list[Extract]:
    """Return the articles that the bytes of a file with this suffix hold: one, or those of a feed in its order.

    What is unpacked of a Word file or e-book is at most `max_bytes`. The text of an entry of a feed may be "". Raises
    ArticleError, whose message goes on after the name of the file.
    """
    if suffix in FEEDS:
        found = extract_feed(raw)
    elif suffix in UNPACKERS:
        found = [UNPACKERS[suffix](raw, max_bytes)]
    elif suffix == FRAGMENT:
        found = [{"text": read_blocks(raw.decode("utf-8"))}]
    else:
        found = [READERS[suffix](raw)]
    return [{**one, "text": without_title(one["text"], one.get("title", ""))} for one in found]


def without_title(text: str, title: str) -> str:
    """Return the text without a first paragraph that only says the title."""
    first, _, rest = text.partition("\n\n")
    return (
        rest.lstrip("\n") if rest.strip() and to_one_line(first).casefold() == to_one_line(title).casefold() else text
    )
