"""A file in, an Article out: its text, untouched, and what is known about it."""

from __future__ import annotations

import codecs
import hashlib
import re
import stat
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from index.errors import ArticleError
from index.sentences import find_blocks, split_sentences


@dataclass(frozen=True)
class Article:
    """One news article.

    `text` is the file decoded, with its newlines untouched; every offset in the project counts code points of it.
    `body` is the offset in `text` where the article proper begins, after a byte-order mark or YAML front matter.
    `published` is an ISO 8601 date; where the year is not known, `--MM-DD` (as XML Schema's gMonthDay).
    `digest` is the SHA-256 of the file's bytes, in hexadecimal.
    """

    id: str
    title: str
    text: str
    digest: str
    source: str | None = None
    author: str | None = None
    published: str | None = None
    place: str | None = None
    url: str | None = None
    body: int = 0


SUFFIXES = frozenset({".md", ".txt"})

MAX_TITLE = 200
ENOUGH_TO_GUESS = 64  # bytes, for an encoding
MAX_FRONT_MATTER = 20_000  # YAML is read slowly; what is longer is no front matter
CONTROLS = bytes(code for code in range(32) if chr(code) not in "\t\n\v\f\r\x1b") + b"\x7f"
BYTE_ORDER_MARKS = (  # UTF-32 first: the little-endian mark of UTF-16 begins that of UTF-32
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
FRONT_MATTER = re.compile(r"---[ \t]*(?:\r\n|\n|\r)(.*?)(?:\r\n|\n|\r)(?:---|\.\.\.)[ \t]*(?:\r\n|\n|\r|\Z)", re.DOTALL)
BLANK_LINE = re.compile(r"[^\S\r\n]*(?:\r\n|\n|\r(?!\n))[^\S\r\n]*[\r\n]")
_CAPITALS = r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ.’'-]+"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_AGENCY = r"(?:Reuters|AP|AFP|UPI|CNN|BBC|Bloomberg|Xinhua|TASS|Interfax|Kyodo|Politico|NPR)"
# MOSCOW, Dec 10 (Alliance News):   WASHINGTON (Reuters) -   LA CROSSE, Wisc. —   Moscow (AFP) –
DATELINE = re.compile(
    rf"(?!(?:BREAKING|UPDATED?|EXCLUSIVE|WATCH|VIDEO|OPINION|ANALYSIS|CORRECTION|LIVE|NOTE)\b)"
    rf"(?P<place>(?:{_CAPITALS}(?: {_CAPITALS}){{0,4}}(?:, (?!{_MONTH})[A-ZÀ-Þ][\w.]+(?: [A-Z][\w.]+)?)?"
    rf"|[A-Z][a-z]+(?: [A-Z][a-z]+){{0,2}}(?= \({_AGENCY}\))))"
    rf"(?:, (?P<date>{_MONTH} \d{{1,2}}(?:, \d{{4}})?|\d{{1,2}} {_MONTH}(?: \d{{4}})?))?"
    rf"(?: \((?P<source>[A-Z][\w.’'/& -]{{1,40}})\))?"
    rf"(?:\s*(?P<dash>[-–—―]{{1,2}})\s|\s*:\s)"
)
NAME = re.compile(r"(?:(?:(?P<source>[^_]+)_)?(?P<published>\d{4}-\d\d-\d\d)(?:[_-]|$))?(?P<slug>.*)", re.DOTALL)


def read_article(path: Path, seeds: Path, *, max_bytes: int) -> Article:
    """Read one plain text or Markdown file under the folder `seeds`.

    What is known about it comes from YAML front matter, else a headline, else a dateline, else the file's name; each
    only gives what the ones before it left open. Raises ArticleError when the file is empty, larger than `max_bytes`,
    not text, or cannot be read.
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


def make_article(
    article_id: str, digest: str, text: str, known: dict[str, str], *, stem: str, body: int = 0, number: int = 0
) -> Article:
    """Return the Article of a text, with what is not `known` about it from its headline, dateline and file name.

    `stem` is the file's name without its ending, `number` the place of the article in a file of many, from 1.
    """
    title, after = find_title(text, body)
    from_name = read_name(stem)
    if number:
        from_name["title"] += f" {number}"
    for found in ({"title": title}, find_dateline(text, body) or find_dateline(text, after), from_name):
        known = complete(known, found)
    return Article(
        id=article_id,
        title=known["title"],
        text=text,
        digest=digest,
        source=known.get("source"),
        author=known.get("author"),
        published=known.get("published"),
        place=known.get("place"),
        url=known.get("url"),
        body=body,
    )


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
            f"{name} cannot be read: {error.strerror}. Check that it is there and yours to read."
        ) from error


def decode(raw: bytes, name: str) -> str:
    """Return the text of a file, newlines and byte-order mark included: UTF-8, or what the bytes say they are."""
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
        # A byte or two that went astray in UTF-8 must not make mojibake of all its quotation marks.
        text = raw.decode("utf-8", errors="replace")
        is_utf8 = sum(character > "\x7f" for character in text) > 2 * text.count("\ufffd")
        return text if is_utf8 else decode_legacy(raw)


def decode_legacy(raw: bytes) -> str:
    """Return the text of bytes that are not UTF-8.

    Where under a tenth of them are beyond ASCII, or they are few, they are taken for Western European (curly quotes,
    accents), which guessing gets wrong: charset-normalizer 3.5 reads the cp1252 bytes of "It costs £5." as Japanese and
    those of "Café." as Arabic.
    """
    beyond = len(raw) - len(raw.translate(None, bytes(range(128, 256))))
    if beyond * 10 >= len(raw) >= ENOUGH_TO_GUESS:
        from charset_normalizer import from_bytes

        guess = from_bytes(raw, cp_exclusion=["utf_7", "utf_16", "utf_16_le", "utf_16_be", "utf_32"]).best()
        if guess is not None:
            return raw.decode(guess.encoding, errors="replace")
    return raw.decode("cp1252", errors="replace")


def read_front_matter(text: str) -> tuple[dict[str, str], int]:
    """Return what the YAML at the beginning of `text` says, and where the body begins."""
    start = 1 if text.startswith("\ufeff") else 0
    found = FRONT_MATTER.match(text, start, start + MAX_FRONT_MATTER)
    if not found:
        return {}, start
    import yaml

    try:
        given = yaml.safe_load(found.group(1))
    except Exception:  # not only YAMLError: a date such as 2024-13-45 is a ValueError, deep nesting a RecursionError
        return {}, start
    if not isinstance(given, dict):
        return {}, start
    known = {key: fold(given.get(key)) for key in ("title", "source", "author", "place")}
    url = fold(given.get("url"))
    known["url"] = url if re.fullmatch(r"https?://[^\s/]\S*", url, re.IGNORECASE) else ""
    known["published"] = read_date(given.get("date") or given.get("published"))
    return {key: value for key, value in known.items() if value}, found.end()


def fold(value: object) -> str:
    """Return a value of the front matter as one line of text, at most MAX_TITLE long, "" where it is none."""
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        value = ", ".join(value)
    line = " ".join(str(value).split()) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""
    return "".join(character for character in line if unicodedata.category(character) != "Cc")[:MAX_TITLE].strip()


def read_date(value: object) -> str:
    """Return a date in ISO 8601, as much of it as `value` gives: 2024-12-10, 2024-12, 2024 or --12-10; else ""."""
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()[:10]
    from dateutil import parser

    line = fold(value)
    readings = set()
    # What is missing comes from the default, and what is ambiguous (10/12) from dayfirst: both then differ.
    for default in (datetime(2000, 1, 1), datetime(2004, 2, 2)):
        for dayfirst in (False, not line[:4].isdecimal()):
            try:
                readings.add(parser.parse(line, default=default, dayfirst=dayfirst, ignoretz=True).date())
            except (ValueError, OverflowError):
                return ""
    years, months, days = ({getattr(reading, part) for reading in readings} for part in ("year", "month", "day"))
    year = f"{min(years):04}" if len(years) == 1 and str(min(years)) in line else ""
    if len(months) == 1 and len(days) == 1 and (year or len(years) > 1):
        return f"{year or '-'}-{min(months):02}-{min(days):02}"
    return f"{year}-{min(months):02}" if year and len(months) == 1 else year


def find_title(text: str, body: int) -> tuple[str, int]:
    """Return the headline that `text` begins with at `body`, "" where there is none, and where it ends."""
    first = next(find_blocks(text, body), None)
    if first is None:
        return "", body
    start, end = first
    line = fold(text[start:end])
    if "#" in text[body:start]:
        return line.rstrip("# "), end
    last = line.rstrip("\"'”’»)")[-1:]
    paragraph = BLANK_LINE.match(text, end) is not None
    if (
        end - start > MAX_TITLE
        or len(text[end:].strip()) <= len(line)
        or find_dateline(text, start)
        or line.startswith("By ")
        or last in ",:"
        or (last == "." and not (paragraph and len(split_sentences(text[start:end])) <= 2))
    ):
        return "", body
    return line.rstrip("; "), end


def find_dateline(text: str, start: int) -> dict[str, str]:
    """Return the place, source and date of the dateline that the first words of `text` from `start` on are."""
    found = DATELINE.match(text, start + len(text[start:]) - len(text[start:].lstrip()))
    if not found or not (found["dash"] or found["source"] or found["date"]):
        return {}
    known = {"place": found["place"], "source": found["source"] or "", "published": read_date(found["date"] or "")}
    return {key: value for key, value in known.items() if value}


def read_name(stem: str) -> dict[str, str]:
    """Return what a file's name says: nyt_2015-11-10_some-slug is by nyt, of that day, and called "Some slug"."""
    found = NAME.fullmatch(stem)
    if found and found["published"] and not read_date(found["published"]):
        found = None
    slug = found["slug"] if found else stem
    title = fold(re.sub(r"[-_\s]+", " ", slug)) or fold(stem)
    known = {"title": title[:1].upper() + title[1:]}
    if found and found["published"]:
        known["published"] = found["published"]
        if found["source"]:
            known["source"] = fold(found["source"])
    return known


def complete(known: dict[str, str], found: dict[str, str]) -> dict[str, str]:
    """Return what is known with what else was found; a date without a year takes it from the same day found."""
    day = known.get("published", "")
    given = {key: value for key, value in known.items() if value}
    if day.startswith("--") and found.get("published", "").endswith(day[1:]):
        del given["published"]
    return {**found, **given}
