"""The central values: an article, its sentences, who speaks in them, and what the index records of each."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, astuple, dataclass, replace
from functools import lru_cache


@dataclass(frozen=True)
class Locator:
    """Where in the original an article's text is, from the code point `start` on.

    `kind` is one of the locator labels of CSL (https://docs.citationstyles.org/en/stable/specification.html#locators):
    "page", counted from 1 ("3"), or "timestamp" ("00:12:41").
    """

    start: int
    kind: str
    value: str


@dataclass(frozen=True)
class Article:
    """One news article.

    `text` is the decoded file, with its newlines untouched; every offset in the project counts its code points.
    `body` is the offset in `text` where the article proper begins, after a byte-order mark or YAML front matter.
    `published` is an ISO 8601 date, or `--MM-DD` when the year is unknown (as in XML Schema's gMonthDay). `digest` is
    the SHA-256, in hexadecimal, of the file's bytes, or of what the columns of a row or the fields of an entry say.
    `locators`, in the order of `start`, say where in the original each part of the text is, if it has pages or times.
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
    locators: tuple[Locator, ...] = ()


@dataclass(frozen=True)
class Statement:
    """What one speaker says in a sentence: the words are `sentence.text[start:end]`, in code points, half-open.

    `speech` is "direct" for a speaker's own words, "indirect" for a report of them. `speaker` is None if the article
    gives the source no name. `source` is how the article calls a source that has none ("analysts"), or one that speaks
    for another ("a spokesman" of the speaker). `hedged` means that somebody else says that it was said: "is reported to
    have said", "claims that Ms. Roe said".
    """

    start: int
    end: int
    speaker: str | None
    speech: str
    source: str = ""
    hedged: bool = False


@dataclass(frozen=True)
class Sentence:
    """One sentence: `article.text[start:end] == text`, offsets in code points, half-open.

    `speaker` and `speech` are those of its main statement, the first of `statements`.
    """

    article_id: str
    position: int
    start: int
    end: int
    text: str
    speaker: str | None = None
    speech: str | None = None
    statements: tuple[Statement, ...] = ()


def led_by(sentence: Sentence, names: Collection[str]) -> Sentence:
    """Return the sentence with a statement by one of these speakers as its main one, if it holds any."""
    if sentence.speaker in names:
        return sentence
    first = next((statement for statement in sentence.statements if statement.speaker in names), None)
    if first is None:
        return sentence
    rest = (statement for statement in sentence.statements if statement is not first)
    return replace(sentence, speaker=first.speaker, speech=first.speech, statements=(first, *rest))


@dataclass(frozen=True)
class Speaker:
    """Who speaks: a canonical name, the other names it goes by ("Peskov", "Kremlin spokesman"), "person" or "group".

    Of many articles, `names` are those that single articles have for it, as `Sentence.speaker` does, and `role` is the
    one that it was given by hand.
    """

    name: str
    also: tuple[str, ...] = ()
    kind: str = "person"
    names: tuple[str, ...] = ()
    role: str = ""


DIGEST_CHARACTERS = 16  # of SHA-256, in a sentence's id: 64 bits tell an article's versions apart


@dataclass(frozen=True)
class FileRecord:
    """What the index knows of a file: its size in bytes, its times in nanoseconds, and what in it could not be read.

    `skipped` holds the name of whatever could not be read, with the reason; `limit` is the size, in bytes, that an
    article was allowed to have.
    """

    path: str
    size: int
    mtime_ns: int
    ctime_ns: int
    limit: int
    skipped: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ArticleRecord:
    """What the index knows of an article besides its text.

    `file` is the path of the file that it is from, `speakers` who speaks in it, as `index.speech.people.to_json` writes
    them, and `locators` the article's, as `locators_to_json` does.
    """

    id: str
    file: str
    digest: str
    sentences: int
    title: str
    source: str | None
    author: str | None
    published: str | None
    place: str | None
    url: str | None
    body: int
    speakers: str = "[]"
    locators: str = "[]"


def sentence_id(article_id: str, digest: str, position: int) -> str:
    """The id of a sentence in Chroma; `position` counts the article's sentences from 0."""
    return f"{article_id}#{digest[:DIGEST_CHARACTERS]}#{position}"


def parse_sentence_id(key: str) -> tuple[str, str, int]:
    """The article id, the first characters of the digest, and the position in a sentence's id."""
    article_id, digest, position = key.rsplit("#", 2)
    return article_id, digest, int(position)


def statements_to_json(statements: Iterable[Statement]) -> str:
    """The statements of a sentence, as its metadata in the store has them."""
    return json.dumps([list(asdict(statement).values()) for statement in statements], ensure_ascii=False)


def statements_from_json(line: str) -> tuple[Statement, ...]:
    """The statements that `statements_to_json` wrote."""
    return tuple(Statement(*values) for values in json.loads(line))


def locators_to_json(locators: Iterable[Locator]) -> str:
    """The locators of an article, as its metadata in the store has them."""
    return json.dumps([astuple(locator) for locator in locators], ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=16)  # the statements of one article are often described one after another
def locators_from_json(line: str) -> tuple[Locator, ...]:
    """The locators that `locators_to_json` wrote."""
    return tuple(Locator(*values) for values in json.loads(line))


def find_locator(locators: Sequence[Locator], place: int) -> Locator | None:
    """The locator of the code point at `place`: the last one that starts there or before; None if there is none."""
    after = bisect_right(locators, place, key=lambda locator: locator.start)
    return locators[after - 1] if after else None


def shift_locators(locators: Sequence[Locator], by: int) -> tuple[Locator, ...]:
    """The locators of a text to which `by` characters are added at its beginning, or from which they are taken away."""
    at_beginning = find_locator(locators, -by) if by < 0 else None
    first = (replace(at_beginning, start=0),) if at_beginning else ()
    return first + tuple(replace(one, start=one.start + by) for one in locators if one.start > -by or by >= 0)
