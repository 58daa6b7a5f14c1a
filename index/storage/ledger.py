"""What an index holds, by revision: the records of files and articles, and what is looked up of sentences, in SQLite,
with their words in `index.storage.word_index` beside it; `index.storage.sketches` adds which articles are copies.

It is a cache of what Chroma holds: it can be deleted at any time, and is made again from there. Nothing in it changes
while somebody may be reading it. An article's row counts since one revision of the index and until another, and a
writer adds the rows of the next revision, which no reader sees before it is promoted:

    revision 7    a.txt (since 2)    b.txt (since 5, until 8)
    revision 8    a.txt              b.txt (since 8, an edited version)

So a change costs what it changes, and opening an index reads none of its records. An article's sentences belong to its
row, and are looked up by `index.storage.lexical`.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

from index.errors import StoreError
from index.storage import sketches
from index.storage.word_index import SentenceWords, WordIndex
from index.values import ArticleRecord, FileRecord, Sentence, sentence_id
from index.words import fold_letters, to_stems

logger = logging.getLogger(__name__)

_VERSION = 9  # raise it when the tables below change
_ARTICLE = tuple(field.name for field in fields(ArticleRecord))
_FILE = ("path", "size", "mtime_ns", "ctime_ns", "max_bytes", "skipped")
TIED = 4  # times as many as wanted are looked at to find all with the score of the last
NOTHING = -1  # the revision at which nothing counts
_LATER = 2**62  # the revision until which a row counts that is current
_TABLES = f"""
    CREATE TABLE state (origin TEXT NOT NULL, revision INTEGER NOT NULL, oldest INTEGER NOT NULL);
    CREATE TABLE files ({", ".join(_FILE)}, since INTEGER NOT NULL, until INTEGER NOT NULL);
    CREATE INDEX files_of_path ON files (path);
    CREATE TABLE articles (number INTEGER PRIMARY KEY, {", ".join(_ARTICLE)}, since INTEGER NOT NULL,
        until INTEGER NOT NULL);
    CREATE INDEX articles_of_id ON articles (id);
    CREATE INDEX articles_of_file ON articles (file);
    CREATE INDEX articles_of_digest ON articles (digest);
    CREATE TABLE sentences (row INTEGER PRIMARY KEY, id TEXT NOT NULL, article INTEGER NOT NULL, digest BLOB NOT NULL,
        speaker TEXT);
    CREATE INDEX sentence_ids ON sentences (id);
    CREATE INDEX sentences_of_digest ON sentences (digest);
    CREATE INDEX sentences_of_article ON sentences (article);
    CREATE INDEX sentences_of_speaker ON sentences (speaker);
    CREATE TABLE contexts (row INTEGER PRIMARY KEY, context TEXT NOT NULL);
    CREATE TABLE voices (row INTEGER NOT NULL, speaker TEXT, source TEXT);
    CREATE INDEX voices_of_row ON voices (row);
    CREATE INDEX voices_of_speaker ON voices (speaker);
    CREATE TABLE dropped (number INTEGER NOT NULL);
    CREATE TABLE stems (article INTEGER, stem TEXT, PRIMARY KEY (article, stem)) WITHOUT ROWID;
    {sketches.TABLES}"""
for _table in ("files", "articles"):  # rows that are not in every revision, which are few
    _TABLES += f"CREATE INDEX {_table}_until ON {_table} (until) WHERE until < {_LATER};"
    _TABLES += f"CREATE INDEX {_table}_since ON {_table} (since);"

Read = Callable[[ArticleRecord], Sequence[Sentence]]


class Ledger:
    """An open ledger at a revision, usable from several threads. Raises StoreError when it cannot be written to.

    `origin` tells indexes apart whose revisions are not of one line, such as those of two servers.
    """

    def __init__(self, path: Path, revision: int = 0, *, origin: str = "") -> None:
        self.path, self.revision, self._origin = path, revision, origin
        self.lock = threading.RLock()
        self.counts_now = f"since <= {revision} AND until > {revision}"
        """The condition on rows of articles or files that count at this revision."""
        self.counts_not = f"((until < {_LATER} AND until <= {revision}) OR since > {revision})"
        """The condition on the others, of which there are few: it is met by way of their indexes."""
        self._has_damage = False
        try:
            self.connection, self.words = self._open()
        except sqlite3.OperationalError as error:  # not damaged: it is locked, or its folder is read-only
            raise StoreError(f"the ledger {path} cannot be opened: {error}") from error
        except sqlite3.DatabaseError as error:
            self._delete(error)
            self.connection, self.words = self._open()

    @property
    def is_damaged(self) -> bool:
        """Whether a query has found that it is damaged; it is made again when the index is next opened."""
        return self._has_damage or self.words.is_damaged

    @property
    def is_level(self) -> bool:
        """Whether the ledger holds what this revision of the index does."""
        return self._is_level_with(self.revision)

    @property
    def latest(self) -> int:
        """The last revision of this index that the ledger is level with; NOTHING if there is none."""
        ((origin, latest),) = self.query("SELECT origin, revision FROM state")
        return int(latest) if origin == self._origin else NOTHING

    def query(self, statement: str, *given: object) -> list[tuple[Any, ...]]:
        """The rows that a statement finds."""
        with self.lock:
            try:
                return self.connection.execute(statement, given).fetchall()
            except sqlite3.ProgrammingError:
                raise  # a bug of ours, such as a use after it is closed
            except sqlite3.OperationalError as error:
                raise StoreError(f"the ledger {self.path} cannot be used: {error}") from error
            except sqlite3.DatabaseError as error:
                self._has_damage = True
                raise StoreError(f"the ledger {self.path} is damaged: {error}. Try again: it is made anew.") from error

    def files(self) -> dict[str, FileRecord]:
        """Every file's record by path, in the order of the paths."""
        rows = self.query(f"SELECT {', '.join(_FILE)} FROM files WHERE {self.counts_now} ORDER BY path")
        return {row[0]: _to_file(row) for row in rows}

    def counts(self) -> tuple[int, int]:
        """The numbers of articles and of sentences."""
        ((articles, sentences),) = self.query(
            f"SELECT count(*), total(sentences) FROM articles WHERE {self.counts_now}"
        )
        return articles, int(sentences)

    def records(self, condition: str = "TRUE", *given: object) -> dict[str, ArticleRecord]:
        """The articles' records that meet a condition, by id, in the order of the ids."""
        rows = self.query(
            f"SELECT {', '.join(_ARTICLE)} FROM articles WHERE {condition} AND {self.counts_now} ORDER BY id",
            *given,
        )
        return {row[0]: ArticleRecord(*row) for row in rows}

    def lacking(self, records: Iterable[ArticleRecord]) -> list[ArticleRecord]:
        """Those of these records whose version of the article, or whose file, the ledger does not hold."""
        wanted = list(records)
        rows = self.query(
            f"SELECT id, digest, file FROM articles WHERE id IN (SELECT value FROM json_each(?)) AND {self.counts_now}",
            json.dumps([record.id for record in wanted]),
        )
        held = set(rows)
        return [record for record in wanted if (record.id, record.digest, record.file) not in held]

    def digests(self) -> dict[str, str]:
        """The digest of each article, by its id."""
        return dict(self.query(f"SELECT id, digest FROM articles WHERE {self.counts_now}"))

    def speakers(self) -> dict[str, str]:
        """Who speaks in each article, by its id, as its record has it."""
        return dict(self.query(f"SELECT id, speakers FROM articles WHERE {self.counts_now}"))

    def files_of_articles(self) -> set[str]:
        """The paths of all files that articles are from."""
        return {row[0] for row in self.query(f"SELECT DISTINCT file FROM articles WHERE {self.counts_now}")}

    def current(self, ids: Collection[str]) -> set[str]:
        """Those of these sentences' ids that belong to a version of an article that counts now."""
        statement = (
            "SELECT sentences.id FROM sentences JOIN articles ON number = article "
            f"WHERE sentences.id IN (SELECT value FROM json_each(?)) AND {self.counts_now}"
        )
        return {row[0] for row in self.query(statement, json.dumps(list(ids)))}

    def best(self, search: Callable[[int], list[tuple[str, float]]], count: int) -> list[tuple[str, float]]:
        """The best of what a search finds, which is given how many, among the sentences that count now.

        They are in the order of the scores, then of the ids, and `count`, if there are so many.
        """
        most = count + 1
        while True:
            with self.lock:
                found = search(most)
                current = self.current([key for key, _ in found])
            left = sorted({pair for pair in found if pair[0] in current}, key=lambda pair: (-pair[1], pair[0]))
            # The last may be one of several with its score, any of which the search has found; of thousands, any do.
            is_tied = len(left) > count and left[count][1] == left[count - 1][1] and most < TIED * count
            if len(found) < most or (len(left) > count and not is_tied):
                return left[:count]
            most *= 2

    def begin(self, after: int) -> bool:
        """Begin the revision that follows `after`, dropping what a writer left that was interrupted.

        Returns whether the ledger is level with `after`; else it is empty now.
        """
        with self._writing():
            if not self._is_level_with(after):
                self._clear()
                return False
            self._drop(f"since > {after}")
            for table in ("files", "articles"):
                self.connection.execute(
                    f"UPDATE {table} SET until = {_LATER} WHERE until > ? AND until < {_LATER}", (after,)
                )
            self.connection.execute("UPDATE state SET revision = ?", (after,))
            return True

    def repeat(self, before: int) -> None:
        """Have this revision hold what the one before it does, if the ledger is level with that."""
        with self._writing():
            if self._is_level_with(before) and self.begin(before):
                self.connection.execute("UPDATE state SET revision = ?", (self.revision,))

    def finish(self) -> None:
        """Note that the ledger is level with this revision."""
        with self._writing():
            self.connection.execute("UPDATE state SET revision = ?", (self.revision,))
        self.query("PRAGMA wal_checkpoint(TRUNCATE)")  # a first sync's log is as large as the ledger

    def withhold(self, before: int) -> None:
        """Note that the ledger, level as it may be, is to be believed up to this revision only, until `finish`."""
        with self._writing():
            self.connection.execute("UPDATE state SET revision = min(revision, ?)", (before,))

    def prune(self, oldest: int) -> None:
        """Delete what no revision from `oldest` on needs."""
        if not self.query(
            f"SELECT 1 FROM articles WHERE until <= ? AND until < {_LATER} UNION ALL "
            f"SELECT 1 FROM files WHERE until <= ? AND until < {_LATER} LIMIT 1",
            oldest,
            oldest,
        ):
            return
        with self._writing():
            self._drop(f"until <= {oldest} AND until < {_LATER}")
            self.connection.execute("UPDATE state SET oldest = max(oldest, ?)", (oldest,))

    def put(self, records: Iterable[ArticleRecord], read: Read) -> None:
        """Add articles with their sentences, in the place of their earlier versions."""
        with self._writing():
            for record in records:
                self._end("articles", "id", record.id)
                self._insert(record, read(record))

    def put_files(self, records: Iterable[FileRecord]) -> None:
        """Add the records of files, in the place of earlier ones."""
        with self._writing():
            for record in records:
                self._end("files", "path", record.path)
                row = (
                    record.path,
                    record.size,
                    record.mtime_ns,
                    record.ctime_ns,
                    record.limit,
                    json.dumps(record.skipped),
                )
                self.connection.execute(
                    "INSERT INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*row, self.revision, _LATER)
                )

    def remove(self, article_ids: Iterable[str], paths: Iterable[str]) -> None:
        """End the rows of articles and of files."""
        with self._writing():
            for article_id in article_ids:
                self._end("articles", "id", article_id)
            for path in paths:
                self._end("files", "path", path)

    def level(self, records: Mapping[str, ArticleRecord], files: Mapping[str, FileRecord], read: Read) -> int:
        """Make the ledger hold these articles and files, reading sentences only where needed.

        Returns how many articles were read or removed. It is one transaction, so others see the old state or the new.
        """
        try:
            return self._level(records, files, read)
        except StoreError:
            if not self.is_damaged:
                raise
        with self.lock:
            self.close()
            self._delete("it cannot be read")
            self.connection, self.words = self._open()
            self._has_damage = False
        return self._level(records, files, read)

    def follow(
        self,
        after: int,
        records: Mapping[str, ArticleRecord | None],
        files: Mapping[str, FileRecord | None],
        read: Read,
    ) -> int | None:
        """Add to what the ledger held at a revision what has changed after it, None being what is gone.

        Returns how many articles were read or removed, and None when the ledger is not level with that revision.
        """
        with self._writing():
            if self.latest != after or not self._has_all_words():  # another process may have been quicker
                return 0 if self.is_level else None
            stale = self.lacking(record for record in records.values() if record)
            listed = json.dumps([key for key, record in records.items() if not record])
            gone = list(self.records("id IN (SELECT value FROM json_each(?))", listed))
            self.put(stale, read)
            self.put_files(file for file in files.values() if file)
            self.remove(gone, [path for path, file in files.items() if not file])
            self.connection.execute("UPDATE state SET revision = max(revision, ?)", (self.revision,))
        return len(stale) + len(gone)

    def _level(self, records: Mapping[str, ArticleRecord], files: Mapping[str, FileRecord], read: Read) -> int:
        with self._writing():
            ((origin, latest, oldest),) = self.query("SELECT origin, revision, oldest FROM state")
            is_of_this = origin == self._origin and oldest <= self.revision and latest != NOTHING
            if not is_of_this or not self._has_all_words():
                self._clear()
                self.connection.execute("UPDATE state SET oldest = ?", (self.revision,))
            stale = self.lacking(records.values())
            gone = {row[0] for row in self.query(f"SELECT id FROM articles WHERE {self.counts_now}")} - records.keys()
            self.put(stale, read)
            known = self.files()
            self.put_files(file for file in files.values() if known.get(file.path) != file)
            self.remove(gone, known.keys() - files.keys())
            self.connection.execute("UPDATE state SET revision = max(revision, ?)", (self.revision,))
        return len(stale) + len(gone)

    def close(self) -> None:
        """Close the file."""
        with self.lock, suppress(sqlite3.Error):  # of a damaged one, its log cannot be put away
            self.connection.close()

    def _open(self) -> tuple[sqlite3.Connection, WordIndex]:
        connection = self._connect()
        try:
            return connection, self._open_words(connection)
        except BaseException:
            connection.close()
            raise

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=60, check_same_thread=False, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = WAL")  # a writer does not block readers
            connection.execute("PRAGMA synchronous = NORMAL")  # a power cut may lose changes, and damages nothing
            if _version(connection) not in (0, _VERSION):
                raise sqlite3.DatabaseError("it is of another version")
            if _version(connection) != _VERSION:
                connection.execute("BEGIN IMMEDIATE")
                if _version(connection) != _VERSION:  # still: another process may have just created the tables
                    for statement in _TABLES.split(";"):
                        connection.execute(statement)
                    connection.execute(f"INSERT INTO state VALUES ('', {NOTHING}, 0)")
                    connection.execute(f"PRAGMA user_version = {_VERSION}")
                connection.execute("COMMIT")
        except sqlite3.DatabaseError:
            connection.close()
            raise
        return connection

    def _open_words(self, connection: sqlite3.Connection) -> WordIndex:
        folder = self.path.with_suffix(".words")
        with suppress(StoreError):
            if WordIndex.exists(folder):
                return WordIndex(folder)
        connection.execute("BEGIN IMMEDIATE")  # another process may be making it
        try:
            try:
                return WordIndex(folder)
            except StoreError as error:
                logger.warning("%s", error)
                shutil.rmtree(folder, ignore_errors=True)
                return WordIndex(folder)
        finally:
            connection.execute("ROLLBACK")

    def _delete(self, reason: object) -> None:
        logger.warning("the ledger %s is damaged (%s): it is made again", self.path, reason)
        for name in (self.path.name, f"{self.path.name}-wal", f"{self.path.name}-shm"):
            self.path.with_name(name).unlink(missing_ok=True)
        shutil.rmtree(self.path.with_suffix(".words"), ignore_errors=True)

    def _has_all_words(self) -> bool:
        """Whether the words of all sentences are there, as far as their number says."""
        self.words.reload()
        return len(self.words) >= int(self.query("SELECT count(*) FROM sentences")[0][0])

    def _is_level_with(self, revision: int) -> bool:
        ((origin, latest, oldest),) = self.query("SELECT origin, revision, oldest FROM state")
        is_of_this = origin == self._origin and bool(oldest <= revision <= latest)
        # Twice, as another process may delete sentences and their words between the two counts.
        return is_of_this and any(self._has_all_words() for _ in range(2))

    def _clear(self) -> None:
        """Delete everything."""
        self._drop("TRUE")
        self.words.clear()
        self.connection.execute("UPDATE state SET origin = ?, revision = ?, oldest = 0", (self._origin, NOTHING))

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction for the length of the block, and of those around it."""
        with self.lock:
            if self.connection.in_transaction:
                yield
                return
            try:
                self.connection.execute("BEGIN IMMEDIATE")  # another process may be writing too
                try:
                    yield
                    self.words.commit()  # first: words of what does not come to be are never found
                    self.connection.execute("COMMIT")
                except BaseException:
                    self.words.rollback()
                    with suppress(sqlite3.Error):  # a full disk may have ended it
                        self.connection.execute("ROLLBACK")
                    raise
            except sqlite3.OperationalError as error:
                raise StoreError(f"the ledger {self.path} cannot be written: {error}. Is the disk full?") from error
            except sqlite3.DatabaseError as error:
                self._has_damage = True
                raise StoreError(f"the ledger {self.path} is damaged: {error}. Try again: it is made anew.") from error

    def _end(self, table: str, column: str, value: str) -> None:
        """End the row that counts now; one that has only been added is deleted."""
        given = (value, self.revision)
        added = f"{column} = ? AND since = ? AND until = {_LATER}"
        for (number,) in self.query(f"SELECT rowid FROM {table} WHERE {added}", *given):
            self._drop(f"rowid = {number}", [table])
        self.connection.execute(
            f"UPDATE {table} SET until = ? WHERE {column} = ? AND {self.counts_now}",
            (self.revision, value),
        )

    def _drop(self, condition: str, tables: Sequence[str] = ("files", "articles")) -> None:
        """Delete rows of files and of articles, and all that belongs to them."""
        if "articles" in tables:
            numbers = [row[0] for row in self.query(f"SELECT number FROM articles WHERE {condition}")]
            for number in numbers:
                rows = self.query("SELECT row FROM sentences WHERE article = ?", number)
                self.connection.executemany("DELETE FROM contexts WHERE row = ?", rows)
                self.connection.executemany("DELETE FROM voices WHERE row = ?", rows)
                self.connection.execute("DELETE FROM sentences WHERE article = ?", (number,))
                self.connection.execute("DELETE FROM stems WHERE article = ?", (number,))
                sketches.drop_sketch(self.connection, number)
                self.connection.execute("DELETE FROM articles WHERE number = ?", (number,))
                self.connection.execute("INSERT INTO dropped VALUES (?)", (number,))
        if "files" in tables:
            self.connection.execute(f"DELETE FROM files WHERE {condition}")

    def _insert(self, record: ArticleRecord, sentences: Sequence[Sentence]) -> None:
        number = self.connection.execute(
            f"INSERT INTO articles VALUES (NULL, {', '.join('?' * len(_ARTICLE))}, ?, ?)",
            (*(getattr(record, name) for name in _ARTICLE), self.revision, _LATER),
        ).lastrowid
        number = int(number or 0)
        # The words of what was dropped go only now: had this been undone before, they would be missing.
        self.words.remove({number, *(row[0] for row in self.query("SELECT number FROM dropped"))})
        self.connection.execute("DELETE FROM dropped")
        texts = [sentence.text for sentence in sentences]
        title, stems = to_stems(record.title), [to_stems(text) for text in texts]
        for i, sentence in enumerate(sentences):
            key = sentence_id(record.id, record.digest, sentence.position)
            around = [*range(max(0, i - 1), i), *range(i + 1, min(i + 2, len(texts)))]
            context = "\n".join([record.title, *(texts[j] for j in around)])
            row = self.connection.execute(
                "INSERT INTO sentences (id, article, digest, speaker) VALUES (?, ?, ?, ?)",
                (key, number, digest(sentence.text), sentence.speaker),
            ).lastrowid
            self.connection.execute("INSERT INTO contexts VALUES (?, ?)", (row, context))
            voices = list(_voices(sentence))
            self.connection.executemany("INSERT INTO voices VALUES (?, ?, ?)", [(row, *voice) for voice in voices])
            names = {sentence.speaker, *(name for name, _ in voices)}
            beside = [*title, *(stem for j in around for stem in stems[j])]
            self.words.add(number, SentenceWords(key, record.id, stems[i], beside, sorted(filter(None, names))))
        distinct = sorted({*title, *(stem for some in stems for stem in some)})
        self.connection.executemany("INSERT INTO stems VALUES (?, ?)", [(number, stem) for stem in distinct])
        sketches.add_sketch(self.connection, number, record, sentences)


def _to_file(row: tuple[Any, ...]) -> FileRecord:
    path, size, mtime_ns, ctime_ns, limit, skipped = row
    noted = tuple((name, reason) for name, reason in json.loads(skipped)) if skipped != "[]" else ()
    return FileRecord(path, size, mtime_ns, ctime_ns, limit, noted)


def _voices(sentence: Sentence) -> Iterator[tuple[str | None, str | None]]:
    """The voices of a sentence besides that of its main statement, and what its sources without a name are called."""
    others = {statement.speaker for statement in sentence.statements} - {sentence.speaker, None}
    yield from ((speaker, None) for speaker in sorted(filter(None, others)))
    for statement in sentence.statements:
        if statement.speaker is None and statement.source:
            yield None, fold_letters(statement.source)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def digest(text: str) -> bytes:
    """The first 16 bytes of a text's SHA-256, which finds equal texts."""
    return hashlib.sha256(text.encode()).digest()[:16]
