"""How pages, terminal and files word things: numbers with their nouns, dates, articles, kinds of speech."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from index.english.dates import format_date
from index.english.roles import REPORTS, SPOKESMEN
from ui.inert import plain_text

if TYPE_CHECKING:
    from index.values import ArticleRecord
    from qa.answer import CitedSentence
    from qa.filters import Filters


def describe_also(also: Sequence[str], copies: Mapping[str, ArticleRecord]) -> str:
    """Where else a sentence stands: "also in Alliance News and 3 others"; `copies` has what is known."""
    outlet = next((record.source for key in also if (record := copies.get(key)) and record.source), None)
    rest = len(also) - (outlet is not None)
    others = count(rest, "other") if rest else ""
    return f"also in {' and '.join(part for part in (plain_text(outlet or ''), others) if part)}" if also else ""


def format_moment(seconds: float) -> str:
    """A time in seconds since 1970 as "3 December, 14:05", on this machine's clock; with the year if it is another."""
    when = datetime.fromtimestamp(seconds)
    year = "-" if when.year == datetime.now().year else f"{when:%Y}"
    return f"{format_date(f'{year}-{when:%m-%d}')}, {when:%H:%M}"


def describe_source(title: str, source: str | None, published: str | None) -> str:
    """The title of an article with its outlet and date on one line: "A bridge at last, City Wire, 10 December"."""
    return ", ".join(plain_text(part) for part in (title, source, format_date(published)) if part)


def describe_places(cited: Iterable[CitedSentence]) -> str:
    """Where in their original sentences are: "page 3", "pages 3, 5", "00:12:41, 00:13:02"; "" if that is not known."""
    places = dict.fromkeys(sentence.locator for sentence in cited if sentence.locator)
    values = ", ".join(value for _, value in places)
    if any(kind == "page" for kind, _ in places):
        return f"page{'s' if len(places) > 1 else ''} {values}"
    return values


def describe_speech(speech: str | None) -> str:
    """How a sentence gives what its speaker said: "quoted" in their own words, or "reported"."""
    return "quoted" if speech == "direct" else "reported"


def describe_voice(cited: CitedSentence) -> str:
    """Whose words a sentence has: "Ana Roe", "Ofcom, through a spokesman", "Analysts"; "" if it is nobody's.

    What somebody else says that was said is "Ana Roe, as reported by Bo Hale".
    """
    if cited.speaker is not None:
        return ", ".join(part for part in (cited.speaker, describe_manner(cited)) if part)
    source = cited.statements[0].source if cited.statements else ""
    return source[:1].upper() + source[1:]


def describe_manner(cited: CitedSentence) -> str:
    """How else than in person a speaker says a sentence: "through a spokesman", "as reported by Bo Hale"; or ""."""
    said = cited.statements[0] if cited.statements else None
    if said is None or cited.speaker is None:
        return ""
    parts = [_describe_channel(said.source)]
    if said.hedged:
        reporters = (other.speaker or other.source for other in cited.statements if not other.hedged)
        by = next(filter(None, reporters), "")
        parts.append(f"as reported by {by}" if by else "as others report")
    return ", ".join(part for part in parts if part)


def _describe_channel(source: str) -> str:
    """What speaks for somebody, from how the article calls it: "through a spokesman", "in a report"."""
    words = source.lower().split()
    for word in words:
        if word in SPOKESMEN:
            return f"through a {word}"
        noun = word if word in REPORTS else word.removesuffix("s")
        if noun in REPORTS:
            article = "" if noun != word else "an " if noun[0] in "aeio" else "a "
            return f"in {article}{word}"
    return ""


def find_own_words(cited: CitedSentence) -> tuple[int, int]:
    """The span of a sentence's text that is its speaker's, (0, 0) if it is nobody's or all of it is."""
    said = cited.statements[0] if cited.statements else None
    if said is None or not 0 <= said.start < said.end <= len(cited.text):
        return 0, 0
    rest = cited.text[: said.start] + cited.text[said.end :]
    return (said.start, said.end) if any(letter.isalnum() for letter in rest) else (0, 0)


def describe_filters(filters: Filters) -> list[str]:
    """Each filter in words, such as "said by Ana Ruiz"; it comes from articles, so escape it."""
    since, until = format_date(filters.since), format_date(filters.until)
    parts = [
        f"said by {filters.speaker}" if filters.speaker else "",
        filters.source or "",
        f"from {since}" if since else "",
        f"until {until}" if until else "",
        f"in “{filters.article_title or filters.article}”" if filters.article else "",
    ]
    return [part for part in parts if part]


def count(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun: "1 article", "1,200 articles", "2 copies"."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"
