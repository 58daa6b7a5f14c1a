"""Ranked evidence for a question: Query in, Evidence out, best first.

Candidates come from two views: the sentences whose vectors in context are nearest to the question's, and those that
score best by BM25. Each candidate's score is a plain weighted sum of four features. Where a cross-encoder is set,
it reads the best again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from index.library import Library
from index.storage.chroma import FoundSentence
from index.values import ArticleRecord, Sentence, parse_sentence_id
from index.words import to_stems, to_words
from qa.question import Query
from qa.rerank import rerank
from qa.speech import find_other_names, find_surname, reads_as_statement
from qa.wanted import holds

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
from qa.evidence import SPOKEN, Evidence

# Of each view. From 40 on, more changed neither hit@1 nor hit@3 over 130 news questions.
CANDIDATES = 60

# How much of the topic a statement keeps that goes on from another of the same speaker.
CONTINUED = 0.8

# The lexical view weighs a sentence's own words twice as much as its context's: all@5 0.63 to 0.47 for own words alone.
SENTENCE_WEIGHT, CONTEXT_WEIGHT = 1.0, 0.5


# What is added to the score of a sentence with a known speaker where a question asks who said something. Chosen on 100
# questions "Who spoke about Y?" made of news topics, checked on 100 others: of the cited sentences, 0.88 and 0.84 are
# somebody's by the gold labels, from 0.78 and 0.73 without it; a known statement on Y is among the first three chosen
# for 0.22 and 0.24, from 0.17 and 0.23. It is kept small: 0.2 gives more still, 0.94 and 0.24 of the first hundred.
KNOWN_SPEAKER = 0.1

# What is added where somebody's words are asked for and a sentence quotes them: enough to go first among equals.
QUOTED = 0.01

# What is added to a sentence that holds what is asked for, a person or a cause. From 0.05 to 0.3, any value gave the
# same over 158 news questions, a little more than none: score 0.606 to 0.610. Numbers are left to the confidence, which
# learns much from whether the best evidence holds one: added here too, its area under the curve fell from 0.87 to 0.85.
WANTED = 0.1

# How much of an earlier question counts in one that leans on it: its words, and its vector.
CARRIED_TERM, CARRIED_VECTOR = 0.4, 0.3

RAREST = 11.0  # the inverse frequency of a word that none of 30,000 sentences holds: log(1 + 30,000.5 / 0.5)


def retrieve(
    library: Library,
    query: Query,
    asked: Collection[str] = (),
    articles: Collection[str] | None = None,
    *,
    candidates_each: int = CANDIDATES,
    on_step: Callable[[str], None] = lambda _: None,
) -> list[Evidence]:
    """All candidates for the query, best first; a total order, the same in every run.

    `asked` are the names, as in `Sentence.speaker`, of the speaker whose statements are asked for; with `articles`,
    only the articles of these ids are looked into. Each view gives up to `candidates_each` of them. `on_step` is told
    of "searching", and then of "reading" what was found. Raises ModelError when a cross-encoder is set and cannot be
    loaded.
    """
    # 1. candidates of both views, of everybody and of the speaker asked for
    on_step("searching")
    vector = _to_vector(library, query)
    candidates: set[str] = set()
    for names in [(), asked] if asked else [()]:
        near = library.store.nearest(vector, candidates_each, names, articles)
        matching = library.lexical.search(
            [*query.terms, *query.carried],
            candidates_each,
            sentence_weight=SENTENCE_WEIGHT,
            context_weight=CONTEXT_WEIGHT,
            speakers=names,
            articles=articles,
        )
        candidates.update(key for key, _ in [*near, *matching])
    on_step("reading")
    # 2. only sentences of the version that the article's record names
    records = library.records
    ids = sorted(key for key in candidates if _is_current(key, records))
    # 3. their features
    rarity = _rarity(library, query.terms)
    for stem, weight in _rarity(library, query.carried).items():
        rarity.setdefault(stem, CARRIED_TERM * weight)
    speaker = set(to_stems(query.speaker or ""))
    topic = {stem: weight for stem, weight in rarity.items() if stem not in speaker} or rarity
    contexts = library.lexical.contexts(ids)
    found = library.store.sentences_with_vectors(ids)
    spoken = _spoken(found, contexts, query.speaker, asked) if query.speaker else {}
    on_topic = _on_topic(found, topic, {key for key in spoken if spoken[key] >= SPOKEN["likely"]})
    in_article = {
        article_id: _share(rarity, library.lexical.stems_in(article_id, rarity))
        for article_id in {sentence.article_id for _, sentence, _, _ in found}
    }
    nearby = {key: set(to_stems(f"{sentence.text}\n{contexts.get(key, '')}")) for key, sentence, _, _ in found}
    evidence = [
        Evidence(
            sentence=sentence,
            record=records[sentence.article_id],
            context=float(vector @ in_context),
            named_near=_share(rarity, nearby[key]),
            named_in_article=in_article[sentence.article_id],
            missing=min(
                max((weight for stem, weight in topic.items() if stem not in nearby[key]), default=0) / RAREST, 1
            ),
            on_topic=on_topic[key],
            spoken=spoken.get(key),
            preference=_preference(query, sentence, spoken.get(key)),
        )
        for key, sentence, _, in_context in found
    ]
    # 4. in order
    evidence.sort(key=_place)
    if library.settings.reranker:
        evidence = sorted(rerank(library.settings.reranker, query, evidence, contexts), key=_place)
    return evidence


def _place(evidence: Evidence) -> tuple[float, str, int]:
    return (-round(evidence.score, 6), evidence.sentence.article_id, evidence.sentence.position)


def _to_vector(library: Library, query: Query) -> NDArray[np.float32]:
    """The unit vector of a question, drawn towards the earlier one that it leans on."""
    import numpy as np

    if not query.carried:
        return library.model.encode([query.standalone])[0]  # type: ignore[no-any-return]
    own, context = library.model.encode([query.standalone, query.context])
    blended = own + CARRIED_VECTOR * context
    return np.asarray(blended / np.linalg.norm(blended), dtype=np.float32)


def _preference(query: Query, sentence: Sentence, spoken: float | None) -> float:
    if query.asks_who:  # there, it is a speaker who is wanted
        return KNOWN_SPEAKER if sentence.speaker is not None else 0.0
    is_wanted = query.wants in ("cause", "person") and holds(query.wants, sentence.text, query.standalone)
    wanted = WANTED if is_wanted else 0.0
    if spoken is not None:
        return wanted + (QUOTED if spoken == SPOKEN["theirs"] and sentence.speech == "direct" else 0.0)
    return wanted


def find_unmentioned(library: Library, query: Query) -> list[str]:
    """The question's terms that no sentence of the articles holds, spelled as in the question."""
    return [word for word in query.looked_for if not all(map(library.lexical.frequency, to_stems(word)))]


def _is_current(key: str, records: dict[str, ArticleRecord]) -> bool:
    article_id, digest, _ = parse_sentence_id(key)
    return article_id in records and records[article_id].digest.startswith(digest)


def _rarity(library: Library, terms: Sequence[str]) -> dict[str, float]:
    """By stem, its inverse sentence frequency (as in BM25): a rare name weighs more than a common word."""
    total = library.counts[1]
    frequencies = {stem: library.lexical.frequency(stem) for stem in to_stems(" ".join(terms))}
    return {stem: math.log(1 + (total - found + 0.5) / (found + 0.5)) for stem, found in frequencies.items()}


def _spoken(
    found: Sequence[FoundSentence], contexts: Mapping[str, str], speaker: str, asked: Collection[str]
) -> dict[str, float]:
    """By sentence id, `Evidence.spoken`."""
    surname = find_surname(speaker)
    spoken = {}
    for key, sentence, _, _ in found:
        if sentence.speaker in asked:
            spoken[key] = SPOKEN["theirs"]
        elif sentence.speaker is not None:
            spoken[key] = SPOKEN["likely"] if surname and surname in sentence.speaker.split() else 0.0
        elif reads_as_statement(sentence.text, contexts.get(key, ""), surname) == 1:
            spoken[key] = SPOKEN["likely"]
        else:
            spoken[key] = SPOKEN["named" if surname and surname in sentence.text else "nobody's"]
    return spoken


def _on_topic(
    found: Sequence[FoundSentence], topic: Mapping[str, float], statements: Collection[str]
) -> dict[str, float]:
    """By sentence id, `Evidence.on_topic`; `statements` are the ids of those of the speaker asked for.

    When no statement of the speaker names the topic, one that calls it by another name of the same article counts as if
    it did: "premature to make any predictions regarding the bases" is about "the naval facility at Tartous".
    """
    # 1. sentences that name it, and those close to them
    stems = {key: set(to_stems(sentence.text)) for key, sentence, _, _ in found}
    shares = {key: _share(topic, stems[key]) for key in stems}
    naming = [row for row in found if shares[row[0]] > 0]
    on_topic = dict(shares)
    for key, sentence, own, _ in found:
        for other_key, other, other_own, _ in naming:
            if other.article_id == sentence.article_id:
                on_topic[key] = max(on_topic[key], shares[other_key] * float(own @ other_own))
    # 2. statements that call it by another name
    if statements and not any(shares[key] for key in statements):
        for key, sentence, _, _ in found:
            words = [
                word for word in to_words(sentence.text) if not word.endswith(("ed", "ing"))
            ]  # no noun: "based on"
            nouns = set(to_stems(" ".join(words)))
            for other_key, other, _, _ in naming if key in statements else ():
                if other.article_id == sentence.article_id and find_other_names(other.text, topic) & nouns:
                    on_topic[key] = max(on_topic[key], shares[other_key])
    # 3. statements that go on from one: "This is all a subject for discussion," he added
    place = {(sentence.article_id, sentence.position): key for key, sentence, _, _ in found}
    for (article_id, position), key in sorted(place.items()):
        before = place.get((article_id, position - 1))
        if before is not None and before in statements and key in statements:
            on_topic[key] = max(on_topic[key], CONTINUED * on_topic[before])
    return on_topic


def _share(weights: Mapping[str, float], found: set[str]) -> float:
    whole = sum(weights.values())
    return sum(weight for stem, weight in weights.items() if stem in found) / whole if whole else 0.0
