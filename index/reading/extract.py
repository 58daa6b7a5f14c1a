"""The bytes of one web page, PDF, Word file, e-book, e-mail or feed in, the text and what is known of it out.

Everything here reads what strangers wrote with parsers that can hang or run out of memory, so it runs in the child
process of index/reading/bounded.py. It opens no file and no connection, and runs nothing that it reads.
"""

from __future__ import annotations

from index.reading.email import extract_email
from index.reading.feed import extract_feed
from index.reading.html import extract_html, read_blocks
from index.reading.metadata import to_one_line
from index.reading.office import Extract, extract_docx, extract_epub
from index.reading.pdf import extract_pdf

FRAGMENT = "(fragment)"  # in place of a suffix: UTF-8 HTML, all of which is the article


def extract(suffix: str, raw: bytes, *, max_bytes: int) -> list[Extract]:
    """Return the articles that the bytes of a file with this suffix hold: one, or those of a feed in its order.

    What is unpacked of a Word file or e-book is at most `max_bytes`. The text of an entry of a feed may be "". Raises
    ArticleError, whose message goes on after the name of the file.
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
    """Return the text without a first paragraph that only says the title."""
    first, _, rest = text.partition("\n\n")
    return (
        rest.lstrip("\n") if rest.strip() and to_one_line(first).casefold() == to_one_line(title).casefold() else text
    )
