"""A file in, the Articles in it out: one from a text, page or document, many from a table, feed or archive.

Formats other than text, tables and archives are read in the child process of index/reading/bounded.py. Nothing is
written to disk, fetched or run; the names in an archive become ids and nothing else.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath

from index.errors import ArticleError
from index.reading.bounded import CHILD
from index.reading.extract import FEEDS, FRAGMENT, READERS, UNPACKERS
from index.reading.metadata import make_article, read_date, read_front_matter, to_one_line
from index.reading.rows import Row, mend, name_rows, read_csv, read_jsonl
from index.reading.text import SUFFIXES as TEXTS
from index.reading.text import decode, read_article, read_bytes
from index.values import Article, locators_from_json


@dataclass(frozen=True)
class Reading:
    """The articles of a file, and each row or member that could not be read, with the reason."""

    articles: tuple[Article, ...]
    skipped: tuple[tuple[str, str], ...] = ()


TABLES = frozenset({".csv", ".jsonl"})
SUFFIXES = TEXTS.union(TABLES, FEEDS, READERS, UNPACKERS, {".zip"})
CONTAINERS = TABLES.union(FEEDS, UNPACKERS, {".pdf", ".zip"})

CONTAINER = 20  # times max_bytes is the largest size of a container, packed and unpacked
MAX_MEMBERS = 50_000  # of an archive, including those of the archives in it
MAX_ZIPS = 2  # levels of archives inside an archive are read
MAX_SKIPPED = 20  # are reported one by one; the others in a file are counted
LINK = re.compile(r"https?://[^\s/]\S*", re.IGNORECASE)
HTML = re.compile(r"\s*<(?:!doctype html|html|body|article|section|div|p|h[1-6])\b[^<>]*>", re.IGNORECASE)

Skipped = tuple[str, str]


def read_file(path: Path, seeds: Path, *, max_bytes: int) -> Reading:
    """Read one file under the folder `seeds`, whose suffix is one of SUFFIXES.

    An article may have `max_bytes`; a packed file, or one of many articles, CONTAINER times that. An article's id is
    the file's path below `seeds`; that of a row or an entry is `feed.jsonl#name`, as `name_rows` names it, and that of
    a member `archive.zip/inner/name.txt`. Raises ArticleError when nothing in the file can be read.
    """
    name = path.relative_to(seeds).as_posix()
    suffix = path.suffix.lower()
    if suffix in TEXTS:
        return Reading((read_article(path, seeds, max_bytes=max_bytes),))
    raw = read_bytes(path, name, largest(suffix, max_bytes))
    found = list(_Reader(max_bytes).read(raw, name))
    articles = tuple(one for one in found if isinstance(one, Article))
    skipped = [one for one in found if not isinstance(one, Article)]
    if not articles:
        if not skipped:
            raise ArticleError(f"{name} holds no article: put some in it, or remove it")
        more = f" (and {len(skipped) - 1:,} more)" if len(skipped) > 1 else ""
        whole = skipped[0][0] == name
        raise ArticleError(skipped[0][1] if whole else f"{name} holds no article: {skipped[0][1]}{more}")
    rest = len(skipped) - MAX_SKIPPED
    if rest > 0:
        skipped[MAX_SKIPPED:] = [(name, f"{rest:,} more in {name} could not be read")]
    return Reading(articles, tuple(skipped))


class _Reader:
    """Reads one file, and the files in it, within one budget of unpacked bytes and members."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.unpacked = max_bytes * CONTAINER
        self.members = MAX_MEMBERS

    def read(self, raw: bytes, name: str, zips: int = 0) -> Iterator[Article | Skipped]:
        """Yield the articles in the bytes, and what is skipped with the reason."""
        suffix = suffix_of(name)
        try:
            if not raw.strip():
                raise ArticleError(f"{name} is empty: put an article in it, or remove it")
            if suffix == ".zip":
                yield from self.read_zip(raw, name, zips)
            elif suffix in TABLES | FEEDS:
                yield from self.read_rows(raw, name, suffix)
            else:
                yield self.read_one(raw, name, suffix)
        except ArticleError as error:
            yield name, str(error)

    def read_one(self, raw: bytes, name: str, suffix: str) -> Article:
        """Return the one article in the bytes."""
        digest = hashlib.sha256(raw).hexdigest()
        if suffix not in TEXTS:
            return self.make(name, digest, self.extract(suffix, raw, name)[0], PurePosixPath(name).stem)
        text = decode(raw, name)
        known, body = read_front_matter(text)
        if not text[body:].strip():
            raise ArticleError(f"{name} is empty: put the text of an article in it, or remove it")
        return self.make(name, digest, {**known, "text": text}, PurePosixPath(name).stem, body=body)

    def read_rows(self, raw: bytes, name: str, suffix: str) -> Iterator[Article | Skipped]:
        """Yield the articles of a table's rows or a feed's entries."""
        if suffix in FEEDS:
            rows = [Row(f"entry {i + 1}", entry) for i, entry in enumerate(self.extract(suffix, raw, name))]
        else:
            rows = list((read_csv if suffix == ".csv" else read_jsonl)(raw, name, max_bytes=self.max_bytes))
        for row, row_name in zip(rows, name_rows(rows), strict=True):
            place = f"{name}#{row.place}"
            try:
                if row.reason:
                    raise ArticleError(f"{place} {row.reason}")
                known = dict(row.known)
                if suffix in TABLES and HTML.match(str(known["text"])):
                    known["text"] = self.extract(FRAGMENT, str(known["text"]).encode(), place)[0]["text"]
                yield self.make(f"{name}#{row_name}", row.digest, known, PurePosixPath(name).stem, place=place)
            except ArticleError as error:
                yield place, str(error)

    def read_zip(self, raw: bytes, name: str, zips: int) -> Iterator[Article | Skipped]:
        """Yield what is in the members of an archive, in its order; hidden ones are left out, as in the folder."""
        if zips > MAX_ZIPS:
            raise ArticleError(f"{name} is an archive too deep in others: unpack the outer ones, or remove it")
        # zipfile creates an object for each entry in the directory, of which even a small file may have very many.
        if raw.count(b"PK\1\2") > 4 * MAX_MEMBERS:
            raise ArticleError(f"{name} has more than {MAX_MEMBERS:,} members: split it, or remove it")
        try:
            archive = zipfile.ZipFile(BytesIO(raw))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise ArticleError(
                f"{name} is not an archive, or a broken one: {to_one_line(str(error))}. Pack it again."
            ) from error
        with archive:
            taken: dict[str, int] = {}
            members = [
                (member, f"{name}/{_distinct(_clean(member.filename), taken)}")
                for member in archive.infolist()
                if not member.is_dir()
            ]
            if len(members) > self.members:
                raise ArticleError(f"{name} has more than {MAX_MEMBERS:,} members: split it, or remove it")
            size = sum(member.file_size for member, member_id in members if suffix_of(member_id) in SUFFIXES)
            if size > self.unpacked:
                raise ArticleError(f"{name} {_too_large(size, self.unpacked, 'unpacked')}")
            self.members -= len(members)
            self.unpacked -= size
            for member, member_id in members:
                if any(part.startswith((".", "__MACOSX")) for part in member_id[len(name) :].split("/")):
                    continue
                if suffix_of(member_id) not in SUFFIXES:
                    yield member_id, f"{member_id} is not read: only {', '.join(sorted(SUFFIXES))} files are"
                    continue
                try:
                    unpacked = self.unpack(archive, member, member_id)
                except ArticleError as error:
                    yield member_id, str(error)
                else:
                    yield from self.read(unpacked, member_id, zips + 1)

    def unpack(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, member_id: str) -> bytes:
        """Return the bytes of one member."""
        if member.flag_bits & 1:
            raise ArticleError(f"{member_id} is encrypted: pack it again without a password, or remove it")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ArticleError(f"{member_id} is packed in an unusual way: pack it again with Deflate, or remove it")
        limit = largest(suffix_of(member_id), self.max_bytes)
        if member.file_size > limit:
            raise ArticleError(f"{member_id} {_too_large(member.file_size, limit)}")
        try:
            with archive.open(member) as stream:
                # read() without a size would unpack everything, whatever size was declared
                return stream.read(member.file_size + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
            raise ArticleError(
                f"{member_id} is broken: {to_one_line(str(error))}. Pack it again, or remove it."
            ) from error

    def extract(self, suffix: str, raw: bytes, name: str) -> list[dict[str, str]]:
        """Return what the child process extracts from the bytes; messages begin with `name`."""
        try:
            found = CHILD.extract(suffix, raw, max_bytes=self.max_bytes * CONTAINER)
        except ArticleError as error:
            raise ArticleError(f"{name} {error}") from error
        return [{field: mend(value) for field, value in one.items()} for one in found]

    def make(
        self, article_id: str, digest: str, given: Mapping[str, object], stem: str, *, place: str = "", body: int = 0
    ) -> Article:
        """Return the Article of what a file or a row says, completed from the text and the stem of the file's name.

        Messages begin with `place`, by default the article's id.
        """
        text = str(given["text"])
        if not text.strip():
            raise ArticleError(f"{place or article_id} has no text: put the text of an article in it, or remove it")
        size = len(text.encode("utf-8", errors="replace"))
        if size > self.max_bytes:
            raise ArticleError(f"{place or article_id} {_too_large(size, self.max_bytes, 'of text')}")
        known = {field: to_one_line(given.get(field)) for field in ("title", "source", "author", "place")}
        url = to_one_line(given.get("url"))
        known["url"] = url if LINK.fullmatch(url) else ""
        # A date in front matter has been read already; one without a year, --12-10, could not be read twice.
        known["published"] = read_date(given.get("published")) or to_one_line(given.get("published") if body else "")
        return make_article(
            article_id,
            digest,
            text,
            {field: value for field, value in known.items() if value},
            stem=stem,
            body=body,
            is_one_of_many=bool(place),
            locators=locators_from_json(str(given.get("locators", "[]"))),
        )


def suffix_of(name: str) -> str:
    """Return the suffix of a name, in lower case."""
    return PurePosixPath(name).suffix.lower()


def largest(suffix: str, max_bytes: int) -> int:
    """Return the largest size of a file with this suffix, in bytes."""
    return max_bytes * CONTAINER if suffix in CONTAINERS else max_bytes


def _too_large(size: int, limit: int, what: str = "") -> str:
    return (
        f"is too large: {size / 1e6:,.6g} MB{' ' + what if what else ''}, and the limit is {limit / 1e6:,.6g} MB. "
        "Split it, or raise max_article_mb (ONRECORD_MAX_ARTICLE_MB)."
    )


def _clean(name: str) -> str:
    """A member's name as the end of an id: no absolute path or "..", no control characters, only forward slashes."""
    name = re.sub(r"^[A-Za-z]:", "", name.replace("\\", "/"))
    parts = (" ".join(part.split()) for part in name.split("/"))
    kept = ("".join(c if unicodedata.category(c) not in ("Cc", "Cs") else "\ufffd" for c in part) for part in parts)
    return "/".join(part for part in kept if part not in ("", ".", "..")) or "unnamed"


def _distinct(name: str, taken: dict[str, int]) -> str:
    """The name, with a number before its suffix if it is taken; `taken` holds the last number of each name."""
    path = PurePosixPath(name)
    while name in taken:
        number = taken[str(path)] = taken[str(path)] + 1
        name = path.with_name(f"{path.stem} ({number}){path.suffix}").as_posix()
    taken[name] = 1
    return name
