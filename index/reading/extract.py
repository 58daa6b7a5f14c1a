"""The bytes of a web page, PDF, Word file, e-book, e-mail, feed or subtitles in, its text and what is known of it out.

All of this reads untrusted files, with parsers that can hang or run out of memory, so it runs in the child process of
index/reading/bounded.py. It opens no files or connections, and runs nothing that it reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from index.reading.email import extract_email
from index.reading.feed import extract_feed
from index.reading.html import extract_html, read_blocks
from index.reading.metadata import to_one_line
from index.reading.office import Extract, extract_docx, extract_epub
from index.reading.pdf import extract_pdf
from index.reading.subtitles import extract_srt, extract_vtt
from index.values import locators_from_json, locators_to_json, shift_locators

# What reads the article in the bytes of a file, by its suffix.
READERS: Mapping[str, Callable[[bytes], Extract]] = {
    ".eml": extract_email,
    ".htm": extract_html,
    ".html": extract_html,
    ".pdf": extract_pdf,
    ".srt": extract_srt,
    ".vtt": extract_vtt,
}
# The same of files that are packed; the number limits what is unpacked, in bytes.
UNPACKERS: Mapping[str, Callable[[bytes, int], Extract]] = {".docx": extract_docx, ".epub": extract_epub}
FEEDS = frozenset({".atom", ".rss", ".xml"})
FRAGMENT = "(fragment)"  # instead of a suffix: HTML in UTF-8 that is all article


def extract(suffix: str, raw: bytes, *, max_bytes: int) -> list[Extract]:
    """Return the article in the bytes of a file with this suffix, or the articles of a feed, in its order.

    At most `max_bytes` are unpacked from a Word file or an e-book. The text of an entry in a feed may be "". Raises
    ArticleError with a message that continues a sentence beginning with the file's name.
    """
    if suffix in FEEDS:
        found = extract_feed(raw)
    elif suffix in UNPACKERS:
        found = [UNPACKERS[suffix](raw, max_bytes)]
    elif suffix == FRAGMENT:
        found = [{"text": read_blocks(raw.decode("utf-8"))}]
    else:
        found = [READERS[suffix](raw)]
    return [_without_title(one) for one in found]


def _without_title(one: Extract) -> Extract:
    text = without_title(one["text"], one.get("title", ""))
    if "locators" in one:
        left_out = len(one["text"]) - len(text)
        one = {**one, "locators": locators_to_json(shift_locators(locators_from_json(one["locators"]), -left_out))}
    return {**one, "text": text}


def without_title(text: str, title: str) -> str:
    """Return the text without its first paragraph if that only repeats the title."""
    first, _, rest = text.partition("\n\n")
    return (
        rest.lstrip("\n") if rest.strip() and to_one_line(first).casefold() == to_one_line(title).casefold() else text
    )
