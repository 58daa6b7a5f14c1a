"""The bytes of a web page, PDF, Word file, e-book, e-mail or feed in, its text and what is known about it out.

All of this reads untrusted files, with parsers that can hang or run out of memory, so it runs in the child process of
index/reading/bounded.py. It opens no files or connections, and runs nothing that it reads.
"""

from __future__ import annotations

from index.reading.email import extract_email
from index.reading.feed import extract_feed
from index.reading.html import extract_html, read_blocks
from index.reading.metadata import to_one_line
from index.reading.office import Extract, extract_docx, extract_epub
from index.reading.pdf import extract_pdf

FRAGMENT = "(fragment)"  # instead of a suffix: HTML in UTF-8 that is all article


def extract(suffix: str, raw: bytes, *, max_bytes: int) -> list[Extract]:
    """Return the article in the bytes of a file with this suffix, or the articles of a feed, in its order.

    At most `max_bytes` are unpacked from a Word file or an e-book. The text of an entry in a feed may be "". Raises
    ArticleError with a message that continues a sentence beginning with the file's name.
    """
    if suffix in (".xml", ".rss", ".atom"):
        found = extract_feed(raw)
    elif suffix in (".docx", ".epub"):
        found = [extract_docx(raw, max_bytes) if suffix == ".docx" else extract_epub(raw, max_bytes)]
    elif suffix == ".pdf":
        found = [extract_pdf(raw)]
    elif suffix == FRAGMENT:
        found = [{"text": read_blocks(raw.decode("utf-8"))}]
    else:
        found = [extract_email(raw) if suffix == ".eml" else extract_html(raw)]
    return [{**one, "text": without_title(one["text"], one.get("title", ""))} for one in found]


def without_title(text: str, title: str) -> str:
    """Return the text without its first paragraph if that only repeats the title."""
    first, _, rest = text.partition("\n\n")
    return (
        rest.lstrip("\n") if rest.strip() and to_one_line(first).casefold() == to_one_line(title).casefold() else text
    )
