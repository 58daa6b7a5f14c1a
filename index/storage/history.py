"""What was indexed once and is not any more, and what was found to be new; in SQLite, beside the index.

Unlike the ledger it is no cache: nothing else holds what is in it. If it is lost, earlier versions can no longer be
shown, and what is new is counted from then on. A version is kept before the sync that replaces it counts, so a sync
that is killed loses none. What all versions take has a limit; those that were replaced first go first.

An article is looked at once for each of its versions that is found: `looked_at` has the one that was looked at last.
What is new, and all that was looked at, are written together, so nothing is announced twice and nothing is missed,
whenever a process is killed and however many look at the same time.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from index.errors import StoreError
from index.storage.records import to_article
from index.values import Article, ArticleRecord, Sentence, Statement

_NAME = "history.sqlite3"
_VERSION = 2  # raise it when the tables below change, and drop those that have in `_connect`
_TABLES = """
    CREATE TABLE IF NOT EXISTS versions (id TEXT, digest TEXT, until REAL NOT NULL, size INTEGER NOT NULL,
        packed BLOB NOT NULL, PRIMARY KEY (id, digest));
    CREATE INDEX IF NOT EXISTS versions_by_time ON versions (until, size);
    CREATE TABLE IF NOT EXISTS looked_at (id TEXT PRIMARY KEY, digest TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS news (number INTEGER PRIMARY KEY AUTOINCREMENT, watch TEXT NOT NULL, found REAL NOT NULL,
        item TEXT NOT NULL);
    CREATE INDEX IF NOT EXISTS news_of_watch ON news (watch, number);
    CREATE TABLE IF NOT EXISTS marks (name TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS vectors (model TEXT, text TEXT, vector BLOB NOT NULL, PRIMARY KEY (model, text))
        WITHOUT ROWID;
"""
_BEGUN = "begun"  # the mark that says that `looked_at` holds all articles


@dataclass(frozen=True)
class Version:
    """An article as it was indexed until a time, in seconds since 1970, with its sentences in order."""

    record: ArticleRecord
    text: str
    sentences: tuple[Sentence, ...]
    until: float

    @property
    def article(self) -> Article:
        """The article itself."""
        return to_article(self.record, self.text)


@dataclass(frozen=True)
class Noted:
    """Something new for a watch: what it is as JSON, and when it was found, in seconds since 1970."""

    number: int
    watch: str
    found: float
    item: str


@dataclass(frozen=True)
class Look:
    """A look at an article: the digests of the version before and of the one now, None where there was or is none.

    `found` is what is new in it: the watch and what it is, as JSON.
    """

    article_id: str
    before: str | None
    now: str | None
    found: Sequence[tuple[str, str]]


class History:
    """The open history of a store, usable from several threads. Raises StoreError when it cannot be used."""

    def __init__(self, store: Path, *, most: int) -> None:
        """Open it, and create it if there is none; versions may take `most` bytes."""
        self.path = store / _NAME
        self._most = most
        self._lock = threading.RLock()
        try:
            self._connection = self._connect()
        except sqlite3.Error as error:
            raise self._to_error(error) from error

    @staticmethod
    def exists(store: Path) -> bool:
        """Whether a store has a history."""
        return (store / _NAME).exists()

    def keep(self, versions: Iterable[Version]) -> None:
        """Keep versions of articles that are about to be replaced, within the limit."""
        with self._writing() as connection:
            for version in versions:
                record, packed = version.record, _pack(version)
                connection.execute(
                    "INSERT OR REPLACE INTO versions VALUES (?, ?, ?, ?, ?)",
                    (record.id, record.digest, version.until, len(packed), packed),
                )
            # By an index alone: what is packed is not read.
            ((size,),) = connection.execute("SELECT total(size) FROM versions INDEXED BY versions_by_time")
            while size > self._most:
                ((row, freed),) = connection.execute("SELECT rowid, size FROM versions ORDER BY until LIMIT 1")
                connection.execute("DELETE FROM versions WHERE rowid = ?", (row,))
                size -= freed

    def version(self, article_id: str, digest: str) -> Version | None:
        """A version of an article that is kept; None if it is not."""
        rows = self._query("SELECT packed FROM versions WHERE id = ? AND digest = ?", article_id, digest)
        return next((_unpack(packed) for (packed,) in rows), None)

    def begin(self, digests: Mapping[str, str]) -> None:
        """Count what is new from now on: these articles, by id with their digest, are not; done before, do nothing."""
        with self._writing() as connection:
            if not self.has_begun:
                connection.execute("DELETE FROM looked_at")
                connection.executemany("INSERT INTO looked_at VALUES (?, ?)", digests.items())
                self._set_mark(_BEGUN, 1)

    @property
    def has_begun(self) -> bool:
        """Whether anything is counted as new at all."""
        return bool(self.mark(_BEGUN))

    def looked_at(self) -> dict[str, str]:
        """The digest of the version of each article that was looked at last, by its id."""
        return dict(self._query("SELECT id, digest FROM looked_at"))

    def announce(self, looks: Sequence[Look]) -> bool:
        """Note that articles were looked at, and what is new in them: all of it or, if it was done before, nothing.

        Returns whether it was noted: another process may have been quicker.
        """
        with self._writing() as connection:
            listed = json.dumps([look.article_id for look in looks])
            statement = "SELECT id, digest FROM looked_at WHERE id IN (SELECT value FROM json_each(?))"
            held = dict(connection.execute(statement, (listed,)).fetchall())
            if any(held.get(look.article_id) != look.before for look in looks):
                return False
            for look in looks:
                connection.execute("DELETE FROM looked_at WHERE id = ?", (look.article_id,))
                if look.now is not None:
                    connection.execute("INSERT INTO looked_at VALUES (?, ?)", (look.article_id, look.now))
                rows = [(watch, time.time(), item) for watch, item in look.found]
                connection.executemany("INSERT INTO news (watch, found, item) VALUES (?, ?, ?)", rows)
            return True

    def news(self, watches: Collection[str], *, after: int = 0, limit: int = -1) -> list[Noted]:
        """What was found for these watches with a later number, the latest first."""
        statement = """
            SELECT number, watch, found, item FROM news
            WHERE number > ? AND watch IN (SELECT value FROM json_each(?)) ORDER BY number DESC LIMIT ?
        """
        return [Noted(*row) for row in self._query(statement, after, json.dumps(list(watches)), limit)]

    def count_news(self, *, after: int) -> dict[str, int]:
        """How many items have a later number, by watch."""
        return dict(self._query("SELECT watch, count(*) FROM news WHERE number > ? GROUP BY watch", after))

    def forget(self, watch: str) -> None:
        """Delete what was found for a watch."""
        with self._writing() as connection:
            connection.execute("DELETE FROM news WHERE watch = ?", (watch,))

    def mark(self, name: str) -> int:
        """The number of the last of the news that was seen, or sent, by this name; 0 if none was."""
        return next((int(row[0]) for row in self._query("SELECT number FROM marks WHERE name = ?", name)), 0)

    def set_mark(self, name: str, number: int) -> None:
        """Note that the news up to this number were seen, or sent."""
        with self._writing():
            self._set_mark(name, number)

    def vectors(self, model: str) -> dict[str, bytes]:
        """The vectors of watches that are kept, by their text, for this version of a model."""
        return dict(self._query("SELECT text, vector FROM vectors WHERE model = ?", model))

    def keep_vectors(self, model: str, vectors: Mapping[str, bytes]) -> None:
        """Keep exactly these vectors of watches."""
        with self._writing() as connection:
            connection.execute("DELETE FROM vectors")
            connection.executemany("INSERT INTO vectors VALUES (?, ?, ?)", [(model, *pair) for pair in vectors.items()])

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def _set_mark(self, name: str, number: int) -> None:
        self._connection.execute("INSERT OR REPLACE INTO marks VALUES (?, ?)", (name, number))

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=60, check_same_thread=False, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            with closing(connection.execute("PRAGMA user_version")) as rows:
                (version,) = rows.fetchone()
            if version > _VERSION:
                raise sqlite3.DatabaseError(f"it is of version {version}, and this is {_VERSION}")
            if version < _VERSION:
                connection.execute("BEGIN IMMEDIATE")
                if connection.execute("PRAGMA user_version").fetchone()[0] < _VERSION:  # else another was quicker
                    connection.execute("DROP TABLE IF EXISTS versions")  # of version 1
                    for statement in _TABLES.split(";"):
                        connection.execute(statement)
                    connection.execute(f"PRAGMA user_version = {_VERSION}")
                connection.execute("COMMIT")
        except BaseException:
            connection.close()
            raise
        return connection

    def _query(self, statement: str, *given: object) -> list[Any]:
        with self._lock:
            try:
                return self._connection.execute(statement, given).fetchall()
            except sqlite3.DatabaseError as error:
                raise self._to_error(error) from error

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction for the length of the block."""
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    yield self._connection
                    self._connection.execute("COMMIT")
                except BaseException:
                    if self._connection.in_transaction:
                        self._connection.execute("ROLLBACK")
                    raise
            except sqlite3.DatabaseError as error:
                raise self._to_error(error) from error

    def _to_error(self, error: sqlite3.Error) -> StoreError:
        return StoreError(
            f"the history {self.path} cannot be used: {error}. If it is broken, move it away: earlier versions of "
            "articles, and what was found for watches, are then gone."
        )


def _pack(version: Version) -> bytes:
    return zlib.compress(json.dumps(asdict(version), ensure_ascii=False).encode("utf-8", "surrogatepass"))


def _unpack(packed: bytes) -> Version:
    values = json.loads(zlib.decompress(packed).decode("utf-8", "surrogatepass"))
    sentences = (
        Sentence(**{**sentence, "statements": tuple(Statement(**said) for said in sentence["statements"])})
        for sentence in values["sentences"]
    )
    return Version(ArticleRecord(**values["record"]), values["text"], tuple(sentences), values["until"])
