"""Which articles are copies of one another: the same text from another outlet, or with small edits.

The ledger keeps a sketch of each article, a sample of the runs of RUN words in it. When an article is added, those with
some of the same runs are found and compared, and the pairs that are copies are noted: it costs what the article is
long, however many others there are. What the ledger's revision believes is left to its readers.
"""

from __future__ import annotations

import re
import sqlite3
import zlib
from array import array
from collections import Counter
from collections.abc import Sequence
from datetime import date

from index.english.notices import CORRECTION_NOTICE
from index.values import ArticleRecord, Sentence
from index.words import to_words

TABLES = """
    CREATE TABLE sketches (article INTEGER PRIMARY KEY, runs BLOB NOT NULL, sampled INTEGER NOT NULL,
        corrects INTEGER NOT NULL, published TEXT);
    CREATE TABLE runs (run INTEGER, article INTEGER, PRIMARY KEY (run, article)) WITHOUT ROWID;
    CREATE TABLE copies (one INTEGER, other INTEGER, PRIMARY KEY (one, other)) WITHOUT ROWID;
"""

# Of an article's runs, one in SAMPLED makes its sketch, and one in LISTED finds it; of a SHORT one, in words, all do.
RUN, SAMPLED, LISTED, SHORT = 4, 4, 16, 256
_READ = 20_000  # words of an article: what one has beyond these does not count
_FEW = 12  # runs: an article with fewer is too short to be told from boilerplate

# Two articles are copies if this much of the shorter one, and of the longer one, is in the other, and they are no more
# than DAYS apart where both have a date. On 300 pairs of copies made of 100 US news articles (other headlines and
# datelines, up to half of the end cut, up to one word in 20 replaced, sentences joined), it finds 0.99.
OF_SHORTER, OF_LONGER, DAYS = 0.7, 0.25, 3

_SAME_RUN = 100  # articles looked at for each run, the first ones
_COMPARED = 50  # articles compared with an added one, those with the most of its runs
_NOTICE = re.compile(CORRECTION_NOTICE, re.IGNORECASE)


def add_sketch(
    connection: sqlite3.Connection, number: int, record: ArticleRecord, sentences: Sequence[Sentence]
) -> None:
    """Note the sketch of an article, by the number of its row, and which others it is a copy of."""
    words = to_words(" ".join(sentence.text for sentence in sentences))[:_READ]
    every = 1 if len(words) < SHORT else SAMPLED
    runs = {run for run in _hash_runs(words) if run % every == 0}
    if len(runs) < _FEW:
        return
    listed = sorted(run for run in runs if every == 1 or run % LISTED == 0)
    corrects = any(_NOTICE.search(sentence.text) for sentence in sentences)
    for other in _find_likely(connection, listed):
        row = connection.execute("SELECT * FROM sketches WHERE article = ?", (other,)).fetchone()
        _, theirs, sampled, their_corrects, published = row
        if (
            bool(their_corrects) == corrects
            and _are_close(record.published, published)
            and _overlap(runs, set(array("I", theirs)), max(every, sampled))
        ):
            connection.executemany("INSERT OR IGNORE INTO copies VALUES (?, ?)", [(number, other), (other, number)])
    connection.execute(
        "INSERT INTO sketches VALUES (?, ?, ?, ?, ?)",
        (number, array("I", sorted(runs)).tobytes(), every, corrects, record.published),
    )
    connection.executemany("INSERT INTO runs VALUES (?, ?)", [(run, number) for run in listed])


def drop_sketch(connection: sqlite3.Connection, number: int) -> None:
    """Delete what `add_sketch` noted."""
    for runs, every in connection.execute("SELECT runs, sampled FROM sketches WHERE article = ?", (number,)).fetchall():
        listed = [(run, number) for run in array("I", runs) if every == 1 or run % LISTED == 0]
        connection.executemany("DELETE FROM runs WHERE run = ? AND article = ?", listed)
    others = connection.execute("SELECT other FROM copies WHERE one = ?", (number,)).fetchall()
    connection.executemany("DELETE FROM copies WHERE one = ? AND other = ?", [(other, number) for (other,) in others])
    connection.execute("DELETE FROM copies WHERE one = ?", (number,))
    connection.execute("DELETE FROM sketches WHERE article = ?", (number,))


def _find_likely(connection: sqlite3.Connection, listed: Sequence[int]) -> list[int]:
    """The articles with the most of these runs, two at least."""
    hits: Counter[int] = Counter()
    for run in listed:
        rows = connection.execute("SELECT article FROM runs WHERE run = ? LIMIT ?", (run, _SAME_RUN))
        hits.update(row[0] for row in rows)
    best = sorted(hits.items(), key=lambda hit: (-hit[1], hit[0]))[:_COMPARED]
    return [other for other, shared in best if shared >= 2]


def _hash_runs(words: Sequence[str]) -> set[int]:
    return {zlib.crc32(" ".join(words[i : i + RUN]).encode()) for i in range(len(words) - RUN + 1)}


def _overlap(one: set[int], other: set[int], every: int) -> bool:
    """Whether two sketches are of copies; `every` is how the sparser of them was sampled."""
    sizes = sorted(sum(run % every == 0 for run in runs) for runs in (one, other))
    shared = sum(run % every == 0 for run in one & other)
    return shared >= max(2, OF_SHORTER * sizes[0], OF_LONGER * sizes[1])


def _are_close(one: str | None, other: str | None) -> bool:
    try:
        days = [date.fromisoformat((published or "")[:10]) for published in (one, other)]
    except ValueError:  # one has no date, or none with a year and a day
        return True
    return abs((days[0] - days[1]).days) <= DAYS
