"""The lexical index beside Chroma: BM25 over stemmed words, in SQLite's FTS5 (https://sqlite.org/fts5.html).

It is a cache: all that it holds is in Chroma too, it can be deleted at any time, and `update` brings it up to date with
the articles' records. A sentence is a row of two columns, its own words and its context (the article's title and the
sentences before and after it), so that one query can weigh both. `sentences.speaker` makes the main statement of a
sentence; `voices` has the other speakers in it, and how its sources without a name are called.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from index.errors import StoreError
from index.values import ArticleRecord, Sentence, sentence_id
from index.words import fold_letters, to_stems

logger = logging.getLogger(__name__)

_VERSION = 5  # raise it when the tables below change
_TABLES = """
    CREATE TABLE articles (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, digest TEXT NOT NULL);
    CREATE TABLE sentences (row INTEGER PRIMARY KEY, id TEXT NOT NULL, article_id TEXT NOT NULL, digest BLOB NOT NULL,
        speaker TEXT);
    CREATE UNIQUE INDEX sentence_ids ON sentences (id);
    CREATE INDEX sentences_of_digest ON sentences (digest);
    CREATE INDEX sentences_of_article ON sentences (article_id);
    CREATE INDEX sentences_of_speaker ON sentences (speaker);
    CREATE TABLE voices (row INTEGER NOT NULL, speaker TEXT, source TEXT);
    CREATE INDEX voices_of_row ON voices (row);
    CREATE INDEX voices_of_speaker ON voices (speaker);
    CREATE VIRTUAL TABLE words USING fts5 (sentence, context, tokenize = 'porter unicode61 remove_diacritics 2');
    CREATE VIRTUAL TABLE vocabulary USING fts5vocab (words, col);
    CREATE TABLE stems (article INTEGER, stem TEXT, PRIMARY KEY (article, stem)) WITHOUT ROWID;
"""

_LISTED = "(SELECT value FROM json_each(?))"  # any number of values; SQLite allows 32,766 variables
_VOICES = "(SELECT row, speaker FROM sentences UNION ALL SELECT row, speaker FROM voices)"
_SPOKEN, _OF_ARTICLES, _WITH_IDS = (
    f"SELECT row FROM {table} WHERE {column} IN {_LISTED}"  # noqa: S608
    for table, column in ((_VOICES, "speaker"), ("sentences", "article_id"), ("sentences", "id"))
)


class Lexical:
    """An open lexical index, usable from several threads. Raises StoreError when it cannot be written to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        try:
            self._connection = self._open()
        except sqlite3.OperationalError as error:  # not damaged: it is locked, or its folder is read-only
            raise StoreError(f"the lexical index {path} cannot be opened: {error}") from error
        except sqlite3.DatabaseError as error:
            self._rebuild(error)

    def update(self, records: Mapping[str, ArticleRecord], read: Callable[[ArticleRecord], Sequence[Sentence]]) -> int:
        """Bring the index up to date with the articles' records, reading sentences only where needed.

        Returns how many articles were read or removed. It is one transaction, so readers see the old state or the new.
        """
        with self._lock:
            try:
                return self._update(records, read)
            except sqlite3.OperationalError as error:
                raise StoreError(
                    f"the lexical index {self.path} cannot be written: {error}. Is the disk full?"
                ) from error
            except sqlite3.DatabaseError as error:
                self._connection.close()
                self._rebuild(error)
                return self._update(records, read)

    def search(
        self,
        terms: Iterable[str],
        count: int,
        *,
        sentence_weight: float,
        context_weight: float,
        speakers: Collection[str] = (),
        articles: Collection[str] | None = None,
        ids: Collection[str] | None = None,
    ) -> list[tuple[str, float]]:
        """The ids of the sentences that best match any of the terms, with BM25 scores (higher is better), best first.

        `speakers` limits the search to statements by these, `articles` to the articles and `ids` to the sentences with
        these ids.
        """
        # In quotes, a term is a string in FTS5's query language, never an operator.
        query = " OR ".join('"' + term.replace('"', '""') + '"' for term in terms)
        if not query:
            return []
        among = ""
        given: list[str] = []
        for within, values in ((_SPOKEN, speakers or None), (_OF_ARTICLES, articles), (_WITH_IDS, ids)):
            if values is not None:
                # The plus keeps SQLite from searching the words again for each of the rows: 31 s among 300,000.
                among += f" AND +rowid IN ({within})"
                given.append(json.dumps(list(values)))
        statement = (
            "SELECT sentences.id, -matched.cost FROM (SELECT rowid, bm25(words, ?, ?) AS cost FROM words "  # noqa: S608
            f"WHERE words MATCH ? {among} ORDER BY cost, rowid LIMIT ?) AS matched "
            "JOIN sentences ON sentences.row = matched.rowid"
        )
        with self._lock:
            rows = self._connection.execute(
                statement, (sentence_weight, context_weight, query, *given, count)
            ).fetchall()
        return sorted(rows, key=lambda row: (-row[1], row[0]))

    def speakers(self) -> dict[str, int]:
        """The number of sentences in which each speaker speaks, under the name that the article has."""
        query = f"SELECT speaker, count(*) FROM {_VOICES} WHERE speaker IS NOT NULL GROUP BY speaker"  # noqa: S608
        with self._lock:
            return dict(self._connection.execute(query))

    def statements(self, speakers: Collection[str] | None) -> list[str]:
        """The ids of all sentences in which one of the speakers speaks, or with None anyone who has a name."""
        rows = _SPOKEN if speakers is not None else f"SELECT row FROM {_VOICES} WHERE speaker IS NOT NULL"  # noqa: S608
        given = [] if speakers is None else [json.dumps(list(speakers))]
        query = f"SELECT id FROM sentences WHERE row IN ({rows}) ORDER BY row"  # noqa: S608
        with self._lock:
            return [row[0] for row in self._connection.execute(query, given)]

    def also_spoken(self, speakers: Collection[str]) -> list[str]:
        """The ids of the sentences in which one of the speakers makes another statement than the main one."""
        query = f"SELECT id FROM sentences WHERE row IN (SELECT row FROM voices WHERE speaker IN {_LISTED})"  # noqa: S608
        with self._lock:
            return [row[0] for row in self._connection.execute(query, [json.dumps(list(speakers))])]

    def said_by_unnamed(self, called: str) -> list[str]:
        """The ids of the sentences with a source that has no name and is called so, in lower case: "analysts"."""
        query = (
            "SELECT DISTINCT id FROM voices JOIN sentences ON sentences.row = voices.row "
            "WHERE ' ' || source || ' ' LIKE '% ' || ? || ' %' ESCAPE '\\' ORDER BY sentences.row"
        )
        wanted = re.sub(r"([%_\\])", r"\\\1", called)
        with self._lock:
            return [row[0] for row in self._connection.execute(query, [wanted])]

    def speakers_of(self, ids: Collection[str]) -> dict[str, list[str]]:
        """The speakers in each of these sentences, by its id, that of the main statement first."""
        query = (
            "SELECT id, speaker, 0 AS place FROM sentences WHERE id IN (SELECT value FROM json_each(?1)) UNION ALL "
            "SELECT id, voices.speaker, 1 FROM sentences JOIN voices ON voices.row = sentences.row "
            "WHERE id IN (SELECT value FROM json_each(?1)) ORDER BY place"
        )
        found: dict[str, list[str]] = {key: [] for key in ids}
        with self._lock:
            for key, speaker, _ in self._connection.execute(query, [json.dumps(list(ids))]):
                if speaker:
                    found[key].append(speaker)
        return found

    def find_sentences(self, article_id: str, text: str) -> list[tuple[str, str | None]]:
        """The ids of an article's sentences with this text, word for word, each with its speaker, if it has one."""
        query = "SELECT id, speaker FROM sentences WHERE digest = ? AND article_id = ? ORDER BY row"
        with self._lock:
            return self._connection.execute(query, (digest(text), article_id)).fetchall()

    def frequency(self, stem: str) -> int:
        """The number of sentences that contain a word with this stem."""
        query = "SELECT doc FROM vocabulary WHERE term = ? AND col = 'sentence'"
        with self._lock:
            row = self._connection.execute(query, (stem,)).fetchone()
        return int(row[0]) if row else 0

    def stems_like(self, stem: str) -> dict[str, int]:
        """The stems with the same first letter, and at most two letters longer or shorter, with their frequency."""
        query = (
            "SELECT term, doc FROM vocabulary WHERE term >= ? AND term < ? AND col = 'sentence' "
            "AND length(term) BETWEEN ? AND ?"
        )
        with self._lock:
            given = (stem[0], chr(ord(stem[0]) + 1), len(stem) - 2, len(stem) + 2)
            return dict(self._connection.execute(query, given))

    def contexts(self, ids: Sequence[str]) -> dict[str, str]:
        """The context of each sentence by id: the article's title and the sentences before and after, a line each."""
        query = (
            f"SELECT sentences.id, words.context FROM sentences JOIN words ON words.rowid = sentences.row "  # noqa: S608
            f"WHERE sentences.id IN {_LISTED}"
        )
        with self._lock:
            return dict(self._connection.execute(query, [json.dumps(list(ids))]))

    def find_equal(self, texts: Iterable[str]) -> list[str]:
        """The id of one sentence with each of these texts, word for word, if there is one."""
        found = []
        with self._lock:
            for text in texts:
                query = "SELECT id FROM sentences WHERE digest = ? LIMIT 1"
                row = self._connection.execute(query, (digest(text),)).fetchone()
                if row:
                    found.append(row[0])
        return found

    def stems_in(self, article_id: str, stems: Iterable[str]) -> set[str]:
        """The stems among these that occur in the article or its title."""
        query = f"SELECT stem FROM stems JOIN articles ON number = article WHERE id = ? AND stem IN {_LISTED}"  # noqa: S608
        with self._lock:
            return {row[0] for row in self._connection.execute(query, (article_id, json.dumps(list(stems))))}

    def count(self) -> int:
        """The number of sentences."""
        with self._lock:
            return int(self._connection.execute("SELECT count(*) FROM sentences").fetchone()[0])

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=60, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode = WAL")  # a writer does not block readers
            connection.execute("PRAGMA synchronous = OFF")  # a cache: what a power cut damages is rebuilt
            if _version(connection) != _VERSION:
                with connection:
                    connection.execute("BEGIN IMMEDIATE")
                    if _version(connection) != _VERSION:  # still: another process may have just created the tables
                        for table in ("vocabulary", "words", "sentences", "articles", "stems"):
                            connection.execute(f"DROP TABLE IF EXISTS {table}")
                        for statement in _TABLES.split(";"):
                            connection.execute(statement)
                        connection.execute(f"PRAGMA user_version = {_VERSION}")
        except sqlite3.DatabaseError:
            connection.close()
            raise
        return connection

    def _rebuild(self, error: sqlite3.DatabaseError) -> None:
        logger.warning("the lexical index %s is damaged (%s): it is rebuilt", self.path, error)
        for name in (self.path.name, f"{self.path.name}-wal", f"{self.path.name}-shm"):
            self.path.with_name(name).unlink(missing_ok=True)
        self._connection = self._open()

    def _update(self, records: Mapping[str, ArticleRecord], read: Callable[[ArticleRecord], Sequence[Sentence]]) -> int:
        if not any(self._differences(records)):
            return 0
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")  # another process may be doing the same
            gone, stale = self._differences(records)
            for article_id in [*gone, *(record.id for record in stale)]:
                self._delete(article_id)
            for record in stale:
                self._insert(record, read(record))
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # a first sync's log is as large as the index
        return len(gone) + len(stale)

    def _differences(self, records: Mapping[str, ArticleRecord]) -> tuple[list[str], list[ArticleRecord]]:
        """The ids of articles without a record, and the records whose articles are missing or of another version."""
        held = dict(self._connection.execute("SELECT id, digest FROM articles"))
        gone = [article_id for article_id in held if article_id not in records]
        return gone, [record for record in records.values() if held.get(record.id) != record.digest]

    def _delete(self, article_id: str) -> None:
        rows = self._connection.execute("SELECT row FROM sentences WHERE article_id = ?", (article_id,)).fetchall()
        self._connection.executemany("DELETE FROM words WHERE rowid = ?", rows)
        self._connection.executemany("DELETE FROM voices WHERE row = ?", rows)
        self._connection.execute("DELETE FROM sentences WHERE article_id = ?", (article_id,))
        self._connection.execute(
            "DELETE FROM stems WHERE article = (SELECT number FROM articles WHERE id = ?)", (article_id,)
        )
        self._connection.execute("DELETE FROM articles WHERE id = ?", (article_id,))

    def _insert(self, record: ArticleRecord, sentences: Sequence[Sentence]) -> None:
        texts = [sentence.text for sentence in sentences]
        for i, sentence in enumerate(sentences):
            key = sentence_id(record.id, record.digest, sentence.position)
            context = "\n".join([record.title, *texts[max(0, i - 1) : i], *texts[i + 1 : i + 2]])
            row = self._connection.execute(
                "INSERT INTO sentences (id, article_id, digest, speaker) VALUES (?, ?, ?, ?)",
                (key, record.id, digest(sentence.text), sentence.speaker),
            ).lastrowid
            self._connection.executemany("INSERT INTO voices VALUES (?, ?, ?)", list(_voices(row, sentence)))
            self._connection.execute(
                "INSERT INTO words (rowid, sentence, context) VALUES (?, ?, ?)", (row, sentence.text, context)
            )
        stems = sorted(set(to_stems(" ".join([record.title, *texts]))))
        number = self._connection.execute(
            "INSERT INTO articles (id, digest) VALUES (?, ?)", (record.id, record.digest)
        ).lastrowid
        self._connection.executemany("INSERT INTO stems VALUES (?, ?)", [(number, stem) for stem in stems])


def _voices(row: int | None, sentence: Sentence) -> Iterator[tuple[int | None, str | None, str | None]]:
    """The voices of a sentence besides that of its main statement, and what its sources without a name are called."""
    others = {statement.speaker for statement in sentence.statements} - {sentence.speaker, None}
    yield from ((row, speaker, None) for speaker in sorted(filter(None, others)))
    for statement in sentence.statements:
        if statement.speaker is None and statement.source:
            yield row, None, fold_letters(statement.source)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def digest(text: str) -> bytes:
    """The first 16 bytes of a text's SHA-256, which finds equal texts."""
    return hashlib.sha256(text.encode()).digest()[:16]
