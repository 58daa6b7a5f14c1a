"""Text made inert: escaped for HTML, Markdown and SVG, stripped of control sequences for a terminal."""

from __future__ import annotations

import re
from html import escape
from urllib.parse import urlsplit

# Control characters can move a terminal's cursor or hide text, and a bidirectional override can reverse a line. Tab and
# newlines are dealt with as white space.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def escape_html(text: str) -> str:
    """Text made inert for HTML, as content or in a quoted attribute."""
    # A parser would read a bare carriage return as a newline, and drop NUL.
    return escape(text, quote=True).replace("\r", "&#13;").replace("\x00", "\ufffd")


def plain_text(text: str) -> str:
    """Text made inert for a terminal, in one line."""
    return _CONTROL.sub("\ufffd", " ".join(text.split()))


def markdown_text(text: str) -> str:
    """Text made inert for Markdown, in one line, also within a cell of a table."""
    text = plain_text(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = re.sub(r"([\\`*_{}\[\]()#|~@$^=!])", r"\\\1", text)
    # What a renderer would turn into a list, a heading or, on GitHub, a link.
    text = re.sub(r"^([-+])", r"\\\1", text)
    text = re.sub(r"^(\d+)([.)])", r"\1\\\2", text)
    return re.sub(r"(?i)(?<=www)\.|:(?=//)", lambda found: f"\\{found[0]}", text)


def svg_text(text: str) -> str:
    """Text made inert for SVG, in one line, as content or in a quoted attribute."""
    return escape_html(re.sub("[\ud800-\udfff\ufffe\uffff]", "\ufffd", plain_text(text)))  # which XML cannot hold


def is_web_link(url: str) -> bool:
    """Tell whether a link leads to the web; no other kind is made a link."""
    if re.search(r"[\s\x00-\x1f\x7f]", url):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False
