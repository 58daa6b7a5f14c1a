"""The bytes of a .jsonl or .csv file of articles in, its rows out, each with what its columns say; and their names."""

from __future__ import annotations

import codecs
import csv
import functools
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import islice

from index.errors import ArticleError
from index.reading.metadata import to_one_line
from index.reading.text import BYTE_ORDER_MARKS, decode, decode_legacy
from index.values import DIGEST_CHARACTERS


@dataclass(frozen=True)
class Row:
    """One row of a table, or one entry of a feed: where it is, and its columns under the names of Article's fields.

    `place` is "line 3" in a .jsonl file, "row 3" in a .csv file (without the header), and "entry 3" in a feed.
    `known["id"]` is the publisher's own id. `reason` says why a row has no `known`; it continues a sentence that begins
    with the place.
    """

    place: str
    known: Mapping[str, object]
    reason: str = ""

    @functools.cached_property
    def digest(self) -> str:
        """SHA-256, in hexadecimal, of what the columns say: swapping two names in the header changes every row."""
        return hashlib.sha256(json.dumps(self.known, sort_keys=True).encode()).hexdigest()


# The names that a column may have, the best first, in lower case and without spaces, underscores and hyphens.
COLUMNS = {
    "text": "text content body article articlebody articletext fulltext bodytext contenttext maintext story",
    "title": "title headline heading articletitle",
    "published": "published date publishedat publishdate publisheddate publicationdate datepublished pubdate",
    "source": "source publisher publication outlet sourcename sitename newspaper site",
    "author": "author authors byline creator writer",
    "url": "url link canonicalurl articleurl permalink href weburl",
    "place": "place location",
    "id": "guid url link canonicalurl articleurl permalink href weburl id articleid uuid uid",
}
LONGEST_ID = 200  # characters
MAX_ROWS = 500_000  # rows that cannot be read cost 5 µs each, so at most 3 s
DELIMITERS = ",;\t|"
NAMED = ("name", "title", "value")  # the words of an object: {"source": {"id": 7, "name": "The Echo"}}


def read_jsonl(raw: bytes, name: str, *, max_bytes: int) -> Iterator[Row]:
    """Yield a Row for each line that is not blank."""
    raw = _to_utf8(raw, name)
    _check_rows(raw.count(b"\n"), name)
    lines = raw.split(b"\n")
    given = [(i + 1, line.strip()) for i, line in enumerate(lines) if line.strip()]
    texts = decode_rows([line if len(line) <= max_bytes else b"" for _, line in given])
    for (number, line), text in zip(given, texts, strict=True):
        place = f"line {number}"
        if len(line) > max_bytes:
            yield Row(place, {}, _too_large(len(line), max_bytes))
            continue
        try:
            yield Row(place, read_columns(json.loads(text)))
        except ArticleError as error:
            yield Row(place, {}, str(error))
        except RecursionError:
            yield Row(place, {}, "is nested too deeply: make it a flat object, or remove it")
        except ValueError as error:  # JSONDecodeError, or a number with more digits than Python accepts
            reason = str(error).split(";")[0]
            yield Row(place, {}, f"is not JSON: {reason}. Write one object on the line, or remove it.")


def read_csv(raw: bytes, name: str, *, max_bytes: int) -> Iterator[Row]:
    """Yield a Row for each row that is not blank; its columns are separated by commas, semicolons, tabs or bars.

    Raises ArticleError when no column is called text, or by another name for it.
    """
    # With each byte as one character, the ends of rows are found in UTF-8 as in older encodings.
    content = _to_utf8(raw, name).decode("latin-1")
    columns, delimiter = _read_header(content, name)
    # This limit applies to the whole process. It can be large, for rows are held to max_bytes below.
    csv.field_size_limit(2**31 - 1)
    try:
        rows = [row.encode("latin-1") for row in _split_rows(content, delimiter)]
    except csv.Error as error:
        raise ArticleError(f"{name} is not a table: {error}. Save it again, or remove it.") from error
    _check_rows(len(rows), name)
    texts = decode_rows([row if len(row) <= max_bytes else b"" for row in rows])
    for number, (row, text) in enumerate(zip(rows, texts, strict=True)):
        if number == 0 or not row.strip():
            continue
        place = f"row {number}"
        try:
            if len(row) > max_bytes:
                raise ArticleError(f"{_too_large(len(row), max_bytes)} Is a quotation mark left open in it?")
            if "\0" in text:
                raise ArticleError("is not text: it has NUL bytes. Save the file as UTF-8, or remove the row.")
            cells = next(csv.reader(StringIO(text, newline=""), delimiter=delimiter))
            yield Row(place, read_columns(dict(zip(columns, cells, strict=False))))
        except ArticleError as error:
            yield Row(place, {}, str(error))


def name_rows(rows: Sequence[Row]) -> list[str]:
    """Return a name for each row, which stays the same when other rows are added, removed or changed.

    It is the publisher's own id, or the first characters of the row's digest if it has no id, or shares it with other
    rows. Equal rows are numbered: `name`, `name (2)`.
    """
    digests: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        digests[_clean_id(row.known.get("id", ""))].add(row.digest)
    names = []
    taken: set[str] = set()
    numbers: dict[str, int] = defaultdict(lambda: 1)
    for row in rows:
        given = _clean_id(row.known.get("id", ""))
        first = name = given if given and len(digests[given]) == 1 else row.digest[:DIGEST_CHARACTERS]
        while name in taken:
            numbers[first] += 1
            name = f"{first} ({numbers[first]})"
        taken.add(name)
        names.append(name)
    return names


def decode_rows(rows: Sequence[bytes]) -> list[str]:
    """Return the text of each row: UTF-8, or in the encoding that all rows that are not UTF-8 look like together.

    A single row may have too few letters beyond ASCII to tell its encoding.
    """
    texts: list[str | None] = []
    for row in rows:
        try:
            texts.append(row.decode("utf-8"))
        except UnicodeDecodeError:
            texts.append(None)
    others = [row for row, text in zip(rows, texts, strict=True) if text is None]
    lines = iter(decode_legacy(b"\n".join(others)).split("\n")) if others else iter([])
    return [
        "\n".join(islice(lines, row.count(b"\n") + 1)) if text is None else text
        for row, text in zip(rows, texts, strict=True)
    ]


def read_columns(row: object) -> dict[str, object]:
    """Return what the columns of a row say, under the names of Article's fields."""
    if not isinstance(row, dict):
        raise ArticleError(f'is not a JSON object but {_kind(row)}: write {{"title": …, "text": …}}, or remove it')
    given = {_plain(key): value for key, value in row.items() if isinstance(key, str)}
    known = {}
    for field, names in COLUMNS.items():
        values = (_words(given[column]) for column in names.split() if column in given)
        known[field] = next((value for value in values if str(value).strip()), "")
    text = known["text"]
    if not isinstance(text, str) or not text.strip():
        raise ArticleError("has no text: put the article in its column text, or remove it")
    return {field: mend(value) if isinstance(value, str) else value for field, value in known.items()}


def mend(text: str) -> str:
    """Return the text without what cannot be stored: UTF-8 has no lone surrogates, and SQLite ends a text at a NUL."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "\ufffd")


def _clean_id(value: object) -> str:
    """An id as one line; its digest if it is too long or has invisible characters."""
    line = " ".join(str(value).split())
    if len(line) <= LONGEST_ID and line.isprintable():
        return line
    return hashlib.sha256(line.encode()).hexdigest()[:DIGEST_CHARACTERS]


def _check_rows(number: int, name: str) -> None:
    if number > MAX_ROWS:
        raise ArticleError(f"{name} has too many rows: {number:,}, and the limit is {MAX_ROWS:,}. Split it.")


def _to_utf8(raw: bytes, name: str) -> bytes:
    """The bytes without a byte-order mark; they are in UTF-8 if they had one."""
    if any(raw.startswith(mark) for mark, _ in BYTE_ORDER_MARKS):
        raw = decode(raw, name).encode("utf-8", errors="replace")
    return raw.removeprefix(codecs.BOM_UTF8)


def _read_header(text: str, name: str) -> tuple[list[str], str]:
    """The names of the columns and what separates them: whatever gives a text column and the most columns."""
    line = re.match(r"[^\r\n]{0,50000}", text)[0]  # type: ignore[index]
    headers = [(next(csv.reader([line], delimiter=delimiter), []), delimiter) for delimiter in DELIMITERS]
    for header, delimiter in sorted(headers, key=lambda found: -len(found[0])):
        if {_plain(column) for column in header} & set(COLUMNS["text"].split()):
            return header, delimiter
    raise ArticleError(
        f"{name} has no column for the text of its articles; its first line is "
        f"{to_one_line(line.encode('latin-1').decode('utf-8', errors='replace'))[:80]!r}. "
        "Call one text, content or body there."
    )


def _split_rows(text: str, delimiter: str) -> Iterator[str]:
    """Yield each row as its lines, newlines included."""
    lines: list[str] = []

    def watched() -> Iterator[str]:
        for line in StringIO(text, newline=""):
            lines.append(line)
            yield line

    for _ in csv.reader(watched(), delimiter=delimiter):
        yield "".join(lines)
        lines.clear()


def _words(value: object) -> object:
    """The words in a value: an object's are in its name, a list's in its entries."""
    if isinstance(value, dict):
        value = next((value[key] for key in NAMED if isinstance(value.get(key), str)), "")
    if isinstance(value, list):
        entries = [_words(entry) if isinstance(entry, dict) else entry for entry in value]
        value = ", ".join(entry for entry in entries if isinstance(entry, str))
    return value if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""


def _plain(column: str) -> str:
    return re.sub(r"[\s_-]+", "", column.lower())


def _kind(value: object) -> str:
    return {list: "a list", str: "a text", type(None): "null", bool: "true or false"}.get(type(value), "a number")


def _too_large(size: int, max_bytes: int) -> str:
    return (
        f"is too large: {size / 1e6:,.6g} MB, and the limit is {max_bytes / 1e6:,.6g} MB. "
        "Split it, or raise max_article_mb (ONRECORD_MAX_ARTICLE_MB)."
    )
