"""The bytes of an e-mail in, its text and what is known about it out."""

from __future__ import annotations

from typing import Any

from index.errors import ArticleError
from index.reading.html import read_blocks
from index.reading.office import NO_TEXT, Extract
from index.reading.text import decode


def extract_email(raw: bytes) -> Extract:
    """Return the text of an e-mail, without its attachments, with its subject, sender and date."""
    import email
    from email.message import EmailMessage
    from email.policy import default

    message = email.message_from_bytes(raw, _class=EmailMessage, policy=default)
    part = message.get_body(("plain", "html"))
    text = ""
    if part is not None:
        payload = part.get_payload(decode=True)
        given = payload if isinstance(payload, bytes) else b""
        try:
            text = given.decode(part.get_content_charset("utf-8"))
        except (LookupError, UnicodeDecodeError):
            text = decode(given, "")
        text = read_blocks(text) if part.get_content_type() == "text/html" else text
    if not text.strip():
        raise ArticleError(f"{NO_TEXT}: no message, or only attachments. Save the attachment itself instead.")
    sender = _header(message, "From")
    names = [address.display_name for address in getattr(sender, "addresses", ())]
    return {
        "title": str(_header(message, "Subject")),
        "author": ", ".join(name for name in names if name),
        "published": str(_header(message, "Date")),
        "text": text,
    }


def _header(message: Any, name: str) -> Any:
    try:
        return message[name] or ""
    except Exception:  # the email package fails on broken headers in a dozen ways
        return ""
