"""A cited sentence in, the same sentence in the copies of its article out: wire copy, told once.

Which articles are copies of one another is known from indexing: see `index.storage.sketches`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from index.library import Library
from index.values import ArticleRecord, Sentence
from qa.answer import Citation, CitedSentence
from qa.differences import Difference, compare
from qa.evidence import Evidence
from qa.filters import dated, require_article
from qa.select import says_the_same

_READ = 20  # copies that are read for a sentence of nearly the same words; one word for word is found in any

Elsewhere = Callable[[Sentence], Sequence[tuple[ArticleRecord, Sentence]]]
"""The same or nearly the same sentence in each copy of its article that has it, the earliest first."""


def look_elsewhere(library: Library, articles: Collection[str] | None = None) -> Elsewhere:
    """Return a function that finds a sentence in the copies of its article; None for `articles` is all of them.

    It reads each article once, and is to be called in the same `library.reading` block.
    """
    wanted = None if articles is None else frozenset(articles)
    read: dict[str, list[Sentence]] = {}
    copies: dict[str, list[ArticleRecord]] = {}

    def list_copies(article_id: str) -> list[ArticleRecord]:
        if article_id not in copies:
            ids = library.lexical.copies_of([article_id]).get(article_id, set())
            records = [library.records[other] for other in ids if wanted is None or other in wanted]
            copies[article_id] = sorted(records, key=in_order)
        return copies[article_id]

    def find(sentence: Sentence) -> list[tuple[ArticleRecord, Sentence]]:
        records = list_copies(sentence.article_id)
        exact = library.lexical.find_in_articles(sentence.text, [record.id for record in records])
        at_once = library.roster.sentences_of(list(exact.values())) if exact else {}
        found, near = [], 0
        for record in records:
            same = at_once.get(exact.get(record.id, ""))
            if same is None and near < _READ:
                near += 1
                if record.id not in read:
                    read[record.id] = library.roster.sentences(record)
                same = next((other for other in read[record.id] if says_the_same(sentence.text, other.text)), None)
            if same is not None:
                found.append((record, same))
        return found

    return find


def to_originals(chosen: Sequence[Evidence], elsewhere: Elsewhere, names: Mapping[str, str]) -> list[Evidence]:
    """Return the evidence, cited from the earliest copy of its article instead, if that has every word of it.

    All that is cited of an article moves together, and nothing whose speaker the other copy does not name; `names` has
    the full name for each name that an article uses.
    """
    moved = {}
    for article_id in {candidate.sentence.article_id for candidate in chosen}:
        theirs = [candidate for candidate in chosen if candidate.sentence.article_id == article_id]
        moves = [_find_earlier(candidate, elsewhere, names) for candidate in theirs]
        for other in sorted(moves[0], key=lambda key: in_order(moves[0][key].record)):
            if all(other in move for move in moves):
                moved.update({id(one): move[other] for one, move in zip(theirs, moves, strict=True)})
                break
    return [moved.get(id(candidate), candidate) for candidate in chosen]


def list_copies(library: Library, citations: Iterable[CitedSentence]) -> dict[str, ArticleRecord]:
    """Return the records of the articles in `also` of these citations, by id; those that are gone are left out."""
    with library.reading():
        known = {key: library.records.get(key) for citation in citations for key in citation.also}
    return {key: record for key, record in known.items() if record is not None}


def find_copies(library: Library, article_id: str) -> list[ArticleRecord]:
    """Return the copies of an article, the earliest first; raises QuestionError if it is not in the index."""
    with library.reading():
        require_article(article_id, library.records)
        found = library.lexical.copies_of([article_id]).get(article_id, set())
        return sorted((library.records[key] for key in found), key=in_order)


def list_groups(library: Library) -> list[list[ArticleRecord]]:
    """Return the articles that are copies, directly or by way of another, the largest groups first.

    Within a group the earliest article is the first.
    """
    with library.reading():
        copies = library.lexical.copies_of(None)
        groups, seen = [], set[str]()
        for first in sorted(copies):
            group, waiting = set[str](), {first} - seen
            while waiting:
                group |= waiting
                waiting = {other for key in waiting for other in copies[key]} - group
            seen |= group
            if group:
                groups.append(sorted((library.records[key] for key in group), key=in_order))
    return sorted(groups, key=lambda group: (-len(group), in_order(group[0])))


def compare_articles(library: Library, before: str, after: str) -> list[Difference]:
    """Return how the sentences of one article differ from those of another; raises QuestionError for an unknown id."""
    with library.reading():
        for article_id in (before, after):
            require_article(article_id, library.records)
        texts = [
            [sentence.text for sentence in library.store.sentences(library.records[article_id])]
            for article_id in (before, after)
        ]
    return compare(*texts)


def find_in_copy(library: Library, citations: Iterable[Citation], article_id: str) -> dict[int, tuple[int, int, str]]:
    """Return where cited sentences stand in a copy: the start, the end and the text there, by the citation's number."""
    with library.reading():
        record = library.records.get(article_id)
        sentences = library.roster.sentences(record) if record else []
    found = {}
    for citation in citations:
        same = [one for one in sentences if one.text == citation.text]
        same = same or [one for one in sentences if says_the_same(citation.text, one.text)]
        if same:
            found[citation.number] = (same[0].start, same[0].end, same[0].text)
    return found


def in_order(record: ArticleRecord) -> tuple[str, str]:
    """What sorts articles by date, the undated last, then by id."""
    return (dated(record.published) or "9999", record.id)


def _find_earlier(candidate: Evidence, elsewhere: Elsewhere, names: Mapping[str, str]) -> dict[str, Evidence]:
    """The sentence of an evidence in earlier copies, by the id of the article."""

    def voice(sentence: Sentence) -> tuple[str | None, str | None]:
        speaker = sentence.speaker
        return names.get(speaker, speaker) if speaker else None, sentence.speech

    day = dated(candidate.record.published)
    return {
        record.id: replace(candidate, record=record, sentence=sentence)
        for record, sentence in elsewhere(candidate.sentence)
        if day and (other := dated(record.published)) and other < day
        if sentence.text == candidate.sentence.text and voice(sentence) == voice(candidate.sentence)
    }
