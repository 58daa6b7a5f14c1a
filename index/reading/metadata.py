"""What is known about a text, from its front matter, its headline, its dateline and the name of its file."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime

from index.english.datelines import AGENCIES, LABELS
from index.english.dates import MONTHS
from index.sentences.blocks import find_blocks
from index.sentences.splitting import split_sentences
from index.turns import find_times
from index.values import Article, Locator
from index.words import any_of

MAX_TITLE = 200
MAX_FIRST_WORDS = 80
MAX_FRONT_MATTER = 20_000  # reading YAML is slow, and no front matter is longer
FRONT_MATTER = re.compile(r"---[ \t]*(?:\r\n|\n|\r)(.*?)(?:\r\n|\n|\r)(?:---|\.\.\.)[ \t]*(?:\r\n|\n|\r|\Z)", re.DOTALL)
BLANK_LINE = re.compile(r"[^\S\r\n]*(?:\r\n|\n|\r(?!\n))[^\S\r\n]*[\r\n]")
_CAPITALS = r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ.’'-]+"
_MONTH = rf"{any_of(month[:3] for month in MONTHS)}[a-z]*\.?"
# MOSCOW, Dec 10 (Alliance News):   WASHINGTON (Reuters) -   LA CROSSE, Wisc. —   Moscow (AFP) –
DATELINE = re.compile(
    rf"(?!{any_of(LABELS)}\b)"
    rf"(?P<place>(?:{_CAPITALS}(?: {_CAPITALS}){{0,4}}(?:, (?!{_MONTH})[A-ZÀ-Þ][\w.]+(?: [A-Z][\w.]+)?)?"
    rf"|[A-Z][a-z]+(?: [A-Z][a-z]+){{0,2}}(?= \({any_of(AGENCIES)}\))))"
    rf"(?:, (?P<date>{_MONTH} \d{{1,2}}(?:, \d{{4}})?|\d{{1,2}} {_MONTH}(?: \d{{4}})?))?"
    rf"(?: \((?P<source>[A-Z][\w.’'/& -]{{1,40}})\))?"
    rf"(?:\s*(?P<dash>[-–—―]{{1,2}})\s|\s*:\s)"
)
NAME = re.compile(r"(?:(?:(?P<source>[^_]+)_)?(?P<published>\d{4}-\d\d-\d\d)(?:[_-]|$))?(?P<slug>.*)", re.DOTALL)


def make_article(
    article_id: str,
    digest: str,
    text: str,
    known: dict[str, str],
    *,
    stem: str,
    body: int = 0,
    is_one_of_many: bool = False,
    locators: tuple[Locator, ...] = (),
) -> Article:
    """Return the Article of a text; what is not `known` about it comes from its headline, dateline and file name.

    `stem` is the file's name without its suffix. An article that is one of many in its file, and has no title, gets its
    first words as one. Without `locators`, those of a transcript are the times in its text.
    """
    locators = locators or find_times(text, body)
    is_said = bool(locators) and locators[0].kind == "timestamp" and not text[body : locators[0].start].strip()
    title, after = ("", body) if is_said else find_title(text, body)
    from_name = read_name(stem)
    if is_one_of_many:
        from_name["title"] = first_words(text) or from_name["title"]
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
        locators=locators,
    )


def read_front_matter(text: str) -> tuple[dict[str, str], int]:
    """Return what the YAML at the beginning of `text` says, and the offset where the body begins."""
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
    known = {key: to_one_line(given.get(key)) for key in ("title", "source", "author", "place")}
    url = to_one_line(given.get("url"))
    known["url"] = url if re.fullmatch(r"https?://[^\s/]\S*", url, re.IGNORECASE) else ""
    known["published"] = read_date(given.get("date") or given.get("published"))
    return {key: value for key, value in known.items() if value}, found.end()


def to_one_line(value: object) -> str:
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

    line = to_one_line(value)
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
    """Return the headline at the offset `body` of `text`, or "" if there is none, and the offset where it ends."""
    first = next(find_blocks(text, body), None)
    if first is None:
        return "", body
    start, end = first
    line = to_one_line(text[start:end])
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


def first_words(text: str) -> str:
    """Return the beginning of a text as a title, cut between two words."""
    line = to_one_line(text.lstrip()[: 2 * MAX_TITLE])
    return line if len(line) <= MAX_FIRST_WORDS else line[:MAX_FIRST_WORDS].rsplit(" ", 1)[0] + " …"


def find_dateline(text: str, start: int) -> dict[str, str]:
    """Return the place, source and date of the dateline that the first words of `text` from `start` on are."""
    found = DATELINE.match(text, start + len(text[start:]) - len(text[start:].lstrip()))
    if not found or not (found["dash"] or found["source"] or found["date"]):
        return {}
    known = {"place": found["place"], "source": found["source"] or "", "published": read_date(found["date"] or "")}
    return {key: value for key, value in known.items() if value}


def read_name(stem: str) -> dict[str, str]:
    """Return what a file's name says: nyt_2015-11-10_some-slug is from nyt, of that day, and titled "Some slug"."""
    found = NAME.fullmatch(stem)
    if found and found["published"] and not read_date(found["published"]):
        found = None
    slug = found["slug"] if found else stem
    title = to_one_line(re.sub(r"[-_\s]+", " ", slug)) or to_one_line(stem)
    known = {"title": title[:1].upper() + title[1:]}
    if found and found["published"]:
        known["published"] = found["published"]
        if found["source"]:
            known["source"] = to_one_line(found["source"])
    return known


def complete(known: dict[str, str], found: dict[str, str]) -> dict[str, str]:
    """Return what is known, completed with what was found; a date without a year takes the year of the same day."""
    day = known.get("published", "")
    given = {key: value for key, value in known.items() if value}
    if day.startswith("--") and found.get("published", "").endswith(day[1:]):
        del given["published"]
    return {**found, **given}
