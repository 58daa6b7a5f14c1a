"""Summaries: an article, or what is new, in; the few sentences that carry it out, as evidence to cite."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from index.english.dates import format_date
from index.english.stop_words import STOP_WORDS
from index.library import Library
from index.values import ArticleRecord, Sentence, sentence_id
from index.words import to_stems, to_words
from qa.boilerplate import is_prose
from qa.evidence import Evidence
from qa.filters import Filters, dated, find_articles
from qa.select import points_back

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_NEWS = 8
_SHORT, _MIDDLE = 20, 45  # sentences of an article that 3 and 4 of them sum up; a longer one takes 5
_FEWEST_WORDS = 2  # of a title, to find it by some of them
_NEW = 300  # articles, at most, of which what is new is chosen
_FIRST = 2  # sentences of each of them that may be chosen

# An article's own sentences are weighed by their cosine with its middle, with its title, and by their place. Of the
# ways compared in docs/quality.md, this one read best.
_TITLE, _PLACE, _DECAY, _NOVELTY = 0.3, 0.35, 6.0, 0.5
_QUOTED, _ASKING, _LONG, _BACK = 0.15, 0.2, 0.1, 0.15  # taken off
_MOST_WORDS = 50
# Of other articles that tell the same, so many count towards how much a piece of news is told.
_TOLD_BY, _SAME_NEWS = 5, 0.6


def summarise_article(library: Library, record: ArticleRecord, *, limit: int | None = None) -> list[Evidence]:
    """Return the sentences that carry an article, in its order; call within `library.reading`.

    `limit` is the largest number of them, by default 3 to 5, as the article is long.
    """
    import numpy as np

    sentences, vectors = _read_prose(library, [record])
    if not sentences:
        return []
    middle = vectors.mean(axis=0)
    weights = vectors @ (middle / (np.linalg.norm(middle) or 1.0))
    title = library.store.title_vector(record.title)
    if title is not None:
        weights = weights + _TITLE * (vectors @ np.asarray(title, dtype=np.float32))
    weights = weights + np.array([_weigh(sentence) for sentence in sentences])
    wanted = 3 if len(sentences) < _SHORT else 4 if len(sentences) < _MIDDLE else 5
    chosen = _choose(weights, vectors, limit or wanted)
    return [_to_evidence(sentences[place], record, float(weights[place])) for place in sorted(chosen)]


def summarise_news(
    library: Library, filters: Filters, days: int, today: date, *, limit: int | None = None
) -> tuple[list[Evidence], str]:
    """Return a sentence for each piece of news of the last `days` days, most told first, and a note on what was read.

    With 0 for `days`, it is what `filters` do not leave out, or of one day if they have no dates. If no article is of
    the period, it ends on the newest day. Call within `library.reading`.
    """
    passing = find_articles(library.records, filters)
    held = [library.records[key] for key in (library.records if passing is None else passing)]
    records = {record.id: record for record in held if len(dated(record.published) or "") >= len("2024-12-10")}
    if not records:
        return [], ""
    newest = max(_day_of(record) for record in records.values())
    start, note = "", ""
    if days or not (filters.since or filters.until):
        start = _back(today.isoformat(), days)
        if newest < start:
            start = _back(newest, days)
            period = "today" if days <= 1 else f"the last {days} days"
            note = f"No article is from {period}; the newest day is {format_date(newest)}. "
    recent = sorted((record for record in records.values() if _day_of(record) >= start), key=lambda record: record.id)
    recent.sort(key=_day_of, reverse=True)
    sentences, vectors = _read_prose(library, recent[:_NEW], first=_FIRST)
    chosen = _choose_news(sentences, vectors, limit or MAX_NEWS)
    found = [_to_evidence(sentences[place], records[sentences[place].article_id], weight) for place, weight in chosen]
    return found, f"{note}Chosen from {len(recent):,} {'article' if len(recent) == 1 else 'articles'}."


def find_by_title(library: Library, title: str) -> ArticleRecord | None:
    """Return the article with a title, or the only one whose title has all of its words of content, two at least."""
    wanted = to_words(title)
    exact = sorted(record.id for record in library.records.values() if to_words(record.title) == wanted)
    if exact:
        return library.records[exact[0]]
    content = {stem for word in wanted if word not in STOP_WORDS for stem in to_stems(word)}
    holding = [record for record in library.records.values() if content <= set(to_stems(record.title))]
    return holding[0] if len(content) >= _FEWEST_WORDS and len(holding) == 1 else None


def _day_of(record: ArticleRecord) -> str:
    return (record.published or "")[:10]


def _back(day: str, days: int) -> str:
    return (date.fromisoformat(day) - timedelta(max(days, 1) - 1)).isoformat()


def _read_prose(
    library: Library, records: Sequence[ArticleRecord], *, first: int | None = None
) -> tuple[list[Sentence], NDArray[Any]]:
    """The sentences of articles that may be cited, in order, with their own vectors (n, dim); the `first` of each."""
    import numpy as np

    read = None if first is None else first + 4  # a title, a byline, a caption
    ids = [
        sentence_id(record.id, record.digest, position)
        for record in records
        for position in range(record.sentences if read is None else min(read, record.sentences))
    ]
    held = {key: (sentence, own) for key, sentence, own, _ in library.roster.sentences_with_vectors(ids)}
    titles = {record.id: record.title for record in records}
    kept: list[tuple[Sentence, NDArray[Any]]] = []
    taken: dict[str, int] = {}
    for sentence, own in (held[key] for key in ids if key in held):
        if is_prose(sentence.text, titles[sentence.article_id]) and (
            first is None or taken.get(sentence.article_id, 0) < first
        ):
            taken[sentence.article_id] = taken.get(sentence.article_id, 0) + 1
            kept.append((sentence, own))
    return [sentence for sentence, _ in kept], np.array([own for _, own in kept], dtype=np.float32)


def _weigh(sentence: Sentence) -> float:
    """What a sentence is worth by its place and its form."""
    text = sentence.text.strip()
    return (
        _PLACE * math.exp(-sentence.position / _DECAY)
        - _BACK * points_back(sentence)
        - _QUOTED * (sentence.speech == "direct")
        - _ASKING * text.rstrip("\"'”’").endswith("?")
        - _LONG * (len(text.split()) > _MOST_WORDS)
    )


def _choose(weights: NDArray[Any], vectors: NDArray[Any], count: int) -> list[int]:
    """Places of the weightiest, each less by what is already said: maximal marginal relevance (Carbonell, 1998)."""
    alike = vectors @ vectors.T
    chosen: list[int] = []
    while len(chosen) < min(count, len(weights)):
        left = [place for place in range(len(weights)) if place not in chosen]
        said = {place: max((float(alike[place, other]) for other in chosen), default=0.0) for place in left}
        chosen.append(max(left, key=lambda place: (round(float(weights[place]) - _NOVELTY * said[place], 6), -place)))
    return chosen


def _choose_news(sentences: Sequence[Sentence], vectors: NDArray[Any], count: int) -> list[tuple[int, float]]:
    """Places, with weights, of one sentence for each piece of news: what most articles tell comes first."""
    if not sentences:
        return []
    alike = vectors @ vectors.T
    articles = [sentence.article_id for sentence in sentences]
    weights = []
    for place, sentence in enumerate(sentences):
        best: dict[str, float] = {}
        for other, article in enumerate(articles):
            if article != sentence.article_id:
                best[article] = max(best.get(article, 0.0), float(alike[place, other]))
        weights.append(round(math.fsum(sorted(best.values())[-_TOLD_BY:]) / _TOLD_BY + _weigh(sentence), 6))
    chosen: list[int] = []
    for place in sorted(range(len(sentences)), key=lambda place: (-weights[place], place)):
        is_new = all(articles[place] != articles[other] and alike[place, other] < _SAME_NEWS for other in chosen)
        if is_new and len(chosen) < count:
            chosen.append(place)
    return [(place, weights[place]) for place in chosen]


def _to_evidence(sentence: Sentence, record: ArticleRecord, weight: float) -> Evidence:
    return replace(Evidence(sentence, record, {}, weight), chance=round(weight, 6))
