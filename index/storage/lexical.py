"""Sentences found by words, and by who speaks: BM25 over stemmed words, in SQLite's FTS5 (https://sqlite.org/fts5.html).

The words are in the tables of `index.storage.ledger`. A sentence is a row of two columns, its own words and its context
(the article's title and the sentences before and after it), so that one query can weigh both. `sentences.speaker` makes
the main statement of a sentence; `voices` has the other speakers in it, and how its sources without a name are called.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Sequence

from index.storage.ledger import Ledger, digest

_LISTED = "(SELECT value FROM json_each(?))"  # any number of values; SQLite allows 32,766 variables
_VOICES = "(SELECT row, speaker FROM sentences UNION ALL SELECT row, speaker FROM voices)"
_SPOKEN, _OF_ARTICLES, _WITH_IDS = (
    f"SELECT row FROM {table} WHERE {column} IN {_LISTED}"
    for table, column in (
        (_VOICES, "speaker"),
        ("sentences JOIN articles ON number = article", "articles.id"),
        ("sentences", "id"),
    )
)


class Lexical:
    """What a ledger knows of the words and the voices in its sentences, at its revision."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._query = ledger.query
        self._counted = f"JOIN articles ON articles.number = sentences.article AND {ledger.counts_now}"
        """Leaves the sentences of versions that count now."""

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
            "SELECT sentences.id, -matched.cost FROM (SELECT rowid, bm25(words, ?, ?) AS cost FROM words "
            f"WHERE words MATCH ? {among} ORDER BY cost, rowid LIMIT ?) AS matched "
            f"JOIN sentences ON sentences.row = matched.rowid {self._counted}"
        )
        most = count + self.ledger.hidden()
        rows = self._query(statement, sentence_weight, context_weight, query, *given, most)
        return sorted(rows, key=lambda row: (-row[1], row[0]))[:count]

    def speakers(self) -> dict[str, int]:
        """The number of sentences in which each speaker speaks, under the name that the article has."""
        counted = "SELECT speaker, count(*) AS number FROM {} WHERE speaker IS NOT NULL GROUP BY speaker"
        uncounted = f"SELECT {{0}}.speaker, -1 FROM articles CROSS JOIN {{1}} WHERE {self.ledger.counts_not}"
        voiced = "sentences ON article = articles.number CROSS JOIN voices USING (row)"
        # All rows are counted by their index alone; those of versions that do not count now, which are few, are then
        # taken off again. It is one query, for the ledger may be written to.
        query = (
            f"SELECT speaker, sum(number) FROM ({counted.format('sentences')} UNION ALL {counted.format('voices')} "
            f"UNION ALL {uncounted.format('sentences', 'sentences ON article = articles.number')} "
            f"UNION ALL {uncounted.format('voices', voiced)}) "
            "WHERE speaker IS NOT NULL GROUP BY speaker HAVING sum(number) > 0"
        )
        return dict(self._query(query))

    def statements(self, speakers: Collection[str] | None) -> list[str]:
        """The ids of all sentences in which one of the speakers speaks, or with None anyone who has a name."""
        rows = _SPOKEN if speakers is not None else f"SELECT row FROM {_VOICES} WHERE speaker IS NOT NULL"
        given = [] if speakers is None else [json.dumps(list(speakers))]
        return self._ids(f"WHERE row IN ({rows}) ORDER BY row", *given)

    def also_spoken(self, speakers: Collection[str]) -> list[str]:
        """The ids of the sentences in which one of the speakers makes another statement than the main one."""
        return self._ids(
            f"WHERE row IN (SELECT row FROM voices WHERE speaker IN {_LISTED})",
            json.dumps(list(speakers)),
        )

    def said_by_unnamed(self, called: str) -> list[str]:
        """The ids of the sentences with a source that has no name and is called so, in lower case: "analysts"."""
        wanted = re.sub(r"([%_\\])", r"\\\1", called)
        return self._ids(
            "WHERE row IN (SELECT row FROM voices WHERE ' ' || source || ' ' LIKE '% ' || ? || ' %' ESCAPE '\\') "
            "ORDER BY row",
            wanted,
        )

    def speakers_of(self, ids: Collection[str]) -> dict[str, list[str]]:
        """The speakers in each of these sentences, by its id, that of the main statement first."""
        query = (
            f"SELECT sentences.id, speaker, 0 AS place FROM sentences {self._counted} "
            "WHERE sentences.id IN (SELECT value FROM json_each(?1)) UNION ALL "
            f"SELECT sentences.id, voices.speaker, 1 FROM sentences {self._counted} JOIN voices USING (row) "
            "WHERE sentences.id IN (SELECT value FROM json_each(?1)) ORDER BY place"
        )
        found: dict[str, list[str]] = {key: [] for key in ids}
        for key, speaker, _ in self._query(query, json.dumps(list(ids))):
            if speaker:
                found[key].append(speaker)
        return found

    def find_sentences(self, article_id: str, text: str) -> list[tuple[str, str | None]]:
        """The ids of an article's sentences with this text, word for word, each with its speaker, if it has one."""
        query = f"SELECT sentences.id, speaker FROM sentences {self._counted} "
        query += "WHERE sentences.digest = ? AND articles.id = ? ORDER BY row"
        return self._query(query, digest(text), article_id)

    def frequency(self, stem: str) -> int:
        """The number of sentences that contain a word with this stem."""
        rows = self._query("SELECT doc FROM vocabulary WHERE term = ? AND col = 'sentence'", stem)
        return int(rows[0][0]) if rows else 0

    def stems_like(self, stem: str) -> dict[str, int]:
        """The stems with the same first letter, and at most two letters longer or shorter, with their frequency."""
        query = (
            "SELECT term, doc FROM vocabulary WHERE term >= ? AND term < ? AND col = 'sentence' "
            "AND length(term) BETWEEN ? AND ?"
        )
        return dict(self._query(query, stem[0], chr(ord(stem[0]) + 1), len(stem) - 2, len(stem) + 2))

    def contexts(self, ids: Sequence[str]) -> dict[str, str]:
        """The context of each sentence by id: the article's title and the sentences before and after, a line each."""
        query = (
            f"SELECT sentences.id, words.context FROM sentences JOIN words ON words.rowid = sentences.row "
            f"{self._counted} WHERE sentences.id IN {_LISTED}"
        )
        return dict(self._query(query, json.dumps(list(ids))))

    def find_equal(self, texts: Iterable[str]) -> list[str]:
        """The id of one sentence with each of these texts, word for word, if there is one, in any revision."""
        found = []
        for text in texts:
            found += self._query("SELECT id FROM sentences WHERE digest = ? LIMIT 1", digest(text))
        return [row[0] for row in found]

    def stems_in(self, article_id: str, stems: Iterable[str]) -> set[str]:
        """The stems among these that occur in the article or its title."""
        query = (
            f"SELECT stem FROM stems JOIN articles ON number = article WHERE id = ? AND stem IN {_LISTED} "
            f"AND {self.ledger.counts_now}"
        )
        return {row[0] for row in self._query(query, article_id, json.dumps(list(stems)))}

    def _ids(self, condition: str, *given: object) -> list[str]:
        """The ids of the sentences that meet a condition."""
        return [
            row[0] for row in self._query(f"SELECT sentences.id FROM sentences {self._counted} {condition}", *given)
        ]
