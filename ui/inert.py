"""Text from outside made inert, here and nowhere else: for HTML, Markdown, SVG and a terminal.

Articles and their metadata, file names and questions are untrusted.
"""

from __future__ import annotations

import re
from html import escape
from urllib.parse import urlsplit

# Control characters can move a terminal's cursor or hide text, and a bidirectional override can reverse a line. Tabs
# and newlines are handled as white space.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def escape_html(text: str) -> str:
    """Text for HTML, as content or in a quoted attribute."""
    # A parser would turn a bare carriage return into a newline, and drop NUL.
    return escape(text, quote=True).replace("\r", "&#13;").replace("\x00", "\ufffd")


def plain_text(text: str) -> str:
    """Text for a terminal, on one line; control characters become U+FFFD."""
    return _CONTROL.sub("\ufffd", " ".join(text.split()))


def line_html(text: str) -> str:
    """Text for HTML, on one line; file names, for one, can contain newlines and control characters."""
    return escape_html(plain_text(text))


def markdown_text(text: str) -> str:
    """Text for Markdown, on one line, also in a table cell."""
    text = plain_text(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = re.sub(r"([\\`*_{}\[\]()#|~@$^=!])", r"\\\1", text)
    # A renderer would turn these into lists or, on GitHub, links.
    text = re.sub(r"^([-+])", r"\\\1", text)
    text = re.sub(r"^(\d+)([.)])", r"\1\\\2", text)
    return re.sub(r"(?i)(?<=www)\.|:(?=//)", lambda found: f"\\{found[0]}", text)


def svg_text(text: str) -> str:
    """Text for SVG, on one line, as content or in a quoted attribute."""
    return line_html(re.sub("[\ud800-\udfff\ufffe\uffff]", "\ufffd", text))  # not allowed in XML


def is_web_link(url: str) -> bool:
    """Whether a URL leads to the web; nothing else is ever made a link."""
    if re.search(r"[\s\x00-\x1f\x7f]", url):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False
