"""The bytes of an RSS or Atom feed in, its entries out."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from index.errors import ArticleError
from index.reading.html import decode_html, read_blocks
from index.reading.metadata import to_one_line
from index.reading.office import Extract


def extract_feed(raw: bytes) -> list[Extract]:
    """Return the entries of an RSS or Atom feed, each with the longest text that it gives."""
    import feedparser

    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:  # feedparser 6.0 stops at a single byte that is wrong in the encoding that it finds
        raw = decode_html(raw).encode("utf-8", errors="replace")
    feed = feedparser.parse(BytesIO(raw), resolve_relative_uris=False, sanitize_html=False)
    if not feed.version and not feed.entries:
        raise ArticleError("is not an RSS or Atom feed, and no other XML is read. Remove it.")
    source = to_one_line(read_blocks(feed.feed.get("title", "")))
    return [
        {
            "title": to_one_line(read_blocks(entry.get("title", ""))),
            "text": max(_texts(entry), key=len, default=""),
            "source": to_one_line(read_blocks(entry.get("source", {}).get("title", ""))) or source,
            "author": entry.get("author", ""),
            "published": entry.get("published") or entry.get("updated") or "",
            "url": entry.get("link", ""),
            "id": entry.get("id") or entry.get("link", ""),
        }
        for entry in feed.entries
    ]


def _texts(entry: Any) -> Iterable[str]:
    for content in [*entry.get("content", []), entry.get("summary_detail", {})]:
        value = content.get("value", "")
        yield value.strip() if content.get("type") == "text/plain" and "<" not in value else read_blocks(value)
