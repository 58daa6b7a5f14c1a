"""Sentences found by words, and by who speaks, in a ledger (`index.storage.ledger`) at its revision.

`sentences.speaker` makes the main statement of a sentence; `voices` has the other speakers in it, and how its sources
without a name are called.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Collection, Iterable, Sequence

from index.storage.ledger import Ledger, digest
from index.words import to_stems

_FEW = 20
_LISTED = "(SELECT value FROM json_each(?))"  # any number of values; SQLite allows 32,766 variables
_VOICES = "(SELECT row, speaker FROM sentences UNION ALL SELECT row, speaker FROM voices)"
_SPOKEN = f"SELECT row FROM {_VOICES} WHERE speaker IN {_LISTED}"


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
        speakers: Collection[str] = (),
        articles: Collection[str] | None = None,
        ids: Collection[str] | None = None,
    ) -> list[tuple[str, float]]:
        """The ids of the sentences that best match any of the terms, with BM25 scores (higher is better), best first.

        The title of the article and the sentences before and after are searched too, and count half as much. `speakers`
        limits the search to sentences in which one of these speaks, `articles` to the articles and `ids` to the
        sentences with these ids.
        """
        search = functools.partial(
            self.ledger.words.search,
            list(dict.fromkeys(to_stems(" ".join(terms)))),
            in_context=True,
            voices=speakers,
            article_ids=articles,
            ids=ids,
        )
        return self.ledger.best(search, count)

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
        """The number of sentences that contain a word with this stem: exact up to `_FEW`, else of all held."""
        held = self.ledger.words.frequency(stem)
        return len(self.sentences_with(stem, held)) if 0 < held <= _FEW else held

    def sentences_with(self, stem: str, count: int) -> list[str]:
        """The ids of the sentences in which a word with this stem counts most, `count` at most."""
        search = functools.partial(self.ledger.words.search, [stem], in_context=False)
        return [key for key, _ in self.ledger.best(search, count)]

    def stems_like(self, stem: str) -> dict[str, int]:
        """The stems with the same first letter, and at most two letters longer or shorter, with their frequency."""
        return self.ledger.words.stems_like(stem)

    def contexts(self, ids: Sequence[str]) -> dict[str, str]:
        """The context of each sentence by id: the article's title and the sentences before and after, a line each."""
        query = (
            f"SELECT sentences.id, context FROM sentences JOIN contexts USING (row) {self._counted} "
            f"WHERE sentences.id IN {_LISTED}"
        )
        return dict(self._query(query, json.dumps(list(ids))))

    def find_equal(self, texts: Iterable[str]) -> list[str]:
        """The id of one sentence with each of these texts, word for word, if there is one, in any revision."""
        found = []
        for text in texts:
            found += self._query("SELECT id FROM sentences WHERE digest = ? LIMIT 1", digest(text))
        return [row[0] for row in found]

    def copies_of(self, article_ids: Collection[str] | None) -> dict[str, set[str]]:
        """The ids of the copies of each of these articles that has some, by its id; with None, of all articles."""
        given = () if article_ids is None else (json.dumps(list(article_ids)),)
        found: dict[str, set[str]] = {}
        for one, other in self._copies(f"AND mine.id IN {_LISTED}" if given else "", *given):
            found.setdefault(one, set()).add(other)
        return found

    def find_in_articles(self, text: str, article_ids: Collection[str]) -> dict[str, str]:
        """The id of the sentence with this text, word for word, in each of these articles that has it, by article."""
        query = f"SELECT articles.id, min(sentences.id) FROM sentences {self._counted} "
        query += f"WHERE sentences.digest = ? AND articles.id IN {_LISTED} GROUP BY articles.id"
        return dict(self._query(query, digest(text), json.dumps(list(article_ids)))) if article_ids else {}

    def find_repeated(self, article_ids: Collection[str]) -> dict[str, list[str]]:
        """The copies that have a sentence of these articles word for word, by the id of the sentence."""
        found: dict[str, list[str]] = {}
        equal = "JOIN sentences AS ours ON ours.article = one JOIN sentences AS same ON same.article = other "
        equal += "AND same.digest = ours.digest"
        rows = self._copies(f"AND mine.id IN {_LISTED}", json.dumps(list(article_ids)), chosen="ours.id", joined=equal)
        for key, other in sorted(set(rows)):
            found.setdefault(key, []).append(other)
        return found

    def _copies(
        self, condition: str, *given: object, chosen: str = "mine.id", joined: str = ""
    ) -> list[tuple[str, str]]:
        """Each article with each of its copies, as `mine` and `theirs`, in no particular order."""
        mine, theirs = (
            f"{name}.since <= {self.ledger.revision} AND {name}.until > {self.ledger.revision}"
            for name in ("mine", "theirs")
        )
        return self._query(
            f"SELECT {chosen}, theirs.id FROM articles AS mine CROSS JOIN copies ON one = mine.number "
            f"JOIN articles AS theirs ON theirs.number = other {joined} WHERE {mine} AND {theirs} {condition}",
            *given,
        )

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
