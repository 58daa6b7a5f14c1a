"""A plain text or Markdown file in, an Article out: its text, unchanged, and what is known about it."""

from __future__ import annotations

import codecs
import hashlib
import stat
from pathlib import Path

from index.errors import ArticleError
from index.reading.metadata import make_article, read_front_matter
from index.values import Article

SUFFIXES = frozenset({".md", ".txt"})
ENOUGH_TO_GUESS = 64  # bytes, for an encoding
CONTROLS = bytes(code for code in range(32) if chr(code) not in "\t\n\v\f\r\x1b") + b"\x7f"
BYTE_ORDER_MARKS = (  # UTF-32 first: the little-endian mark of UTF-16 begins that of UTF-32
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def read_article(path: Path, seeds: Path, *, max_bytes: int) -> Article:
    """Read one plain text or Markdown file under the folder `seeds`.

    What is known about it comes from YAML front matter, a headline, a dateline and the file's name; each only fills in
    what those before it leave open. Raises ArticleError when the file is empty, larger than `max_bytes`, not text, or
    cannot be read.
    """
    name = path.relative_to(seeds).as_posix()
    raw = read_bytes(path, name, max_bytes)
    text = decode(raw, name)
    if not text.lstrip("\ufeff").strip():
        raise ArticleError(f"{name} is empty: put the text of an article in it, or remove it")
    known, body = read_front_matter(text)
    if not text[body:].strip():
        raise ArticleError(f"{name} has no text after its front matter: put the article below it, or remove it")
    return make_article(name, hashlib.sha256(raw).hexdigest(), text, known, stem=path.stem, body=body)


def read_bytes(path: Path, name: str, max_bytes: int) -> bytes:
    """Return the bytes of a regular file of at most `max_bytes`."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ArticleError(f"{name} is not a regular file: put a text file in its place, or remove it")
        if status.st_size > max_bytes:
            raise ArticleError(
                f"{name} is too large: {status.st_size / 1e6:,.6g} MB, and the limit is {max_bytes / 1e6:,.6g} MB. "
                "Split it, or raise max_article_mb (ONRECORD_MAX_ARTICLE_MB)."
            )
        return path.read_bytes()
    except OSError as error:
        raise ArticleError(
            f"{name} cannot be read: {error.strerror}. Check that it exists and that you may read it."
        ) from error


def decode(raw: bytes, name: str) -> str:
    """Return the text of a file, with its newlines and byte-order mark, from UTF-8 or another likely encoding."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if raw.startswith(mark):
            try:
                return raw.decode(encoding)
            except UnicodeDecodeError as error:
                raise ArticleError(f"{name} is not the {encoding.upper()} it says it is: save it as UTF-8") from error
    controls = len(raw) - len(raw.translate(None, CONTROLS))
    if b"\0" in raw or controls > len(raw) / 20:
        raise ArticleError(
            f"{name} is not text: {controls:,} of its {len(raw):,} bytes are control characters. Remove it."
        )
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        # A wrong byte or two in UTF-8 must not garble all its quotation marks.
        text = raw.decode("utf-8", errors="replace")
        is_utf8 = sum(character > "\x7f" for character in text) > 2 * text.count("\ufffd")
        return text if is_utf8 else decode_legacy(raw)


def decode_legacy(raw: bytes) -> str:
    """Return the text of bytes that are not UTF-8.

    If they are few, or less than a tenth of them are beyond ASCII, they are taken for Western European (curly quotes,
    accents), for guesses are wrong then: charset-normalizer 3.5 reads the cp1252 bytes of "It costs £5." as Japanese
    and those of "Café." as Arabic.
    """
    beyond = len(raw) - len(raw.translate(None, bytes(range(128, 256))))
    if beyond * 10 >= len(raw) >= ENOUGH_TO_GUESS:
        from charset_normalizer import from_bytes

        guess = from_bytes(raw, cp_exclusion=["utf_7", "utf_16", "utf_16_le", "utf_16_be", "utf_32"]).best()
        if guess is not None:
            return raw.decode(guess.encoding, errors="replace")
    return raw.decode("cp1252", errors="replace")
