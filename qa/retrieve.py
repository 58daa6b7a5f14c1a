"""Ranked evidence for a question: Query in, Evidence out, best first.

Candidates come from two views: the sentences whose vectors in context are nearest to the question's, and those that
score best by BM25. `qa.scoring` scores them. If a cross-encoder is set, it reads the best ones again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from index.library import Library
from index.values import led_by
from index.words import to_stems
from qa.evidence import Evidence
from qa.question import Query, read_question
from qa.rerank import rerank
from qa.scoring import Candidates, score

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# From each view. Above 40, more changed neither hit@1 nor hit@3 over 130 news questions.
CANDIDATES = 60

# A question that depends on an earlier one is looked up in the articles that answer that one too.
EARLIER, EARLIER_CANDIDATES = 2, 20

# How much the vector of an earlier question counts in one that depends on it.
CARRIED_VECTOR = 0.3


def retrieve(
    library: Library,
    query: Query,
    names: Collection[str] = (),
    articles: Collection[str] | None = None,
    *,
    candidates_each: int = CANDIDATES,
    on_step: Callable[[str], None] = lambda _: None,
) -> list[Evidence]:
    """Return all candidates for the query, best first: a total order, the same in every run.

    `names` are those of the speaker whose statements are asked for, as in `Speaker.names`. Only the articles with
    the ids `articles` are searched; None means all. Each view gives up to `candidates_each` candidates. `on_step` is
    called with "searching" and then with "reading". Raises ModelError if a cross-encoder is set and cannot be loaded.
    """
    evidence, contexts = _rank(library, query, names, articles, candidates_each, on_step)
    if library.settings.reranker:
        evidence = sorted(rerank(library.settings.reranker, query, evidence, contexts), key=_place)
    return evidence


def find_unmentioned(library: Library, query: Query) -> list[str]:
    """Return the question's terms that no sentence has, spelled as in the question."""
    return [word for word in query.looked_for if not all(map(library.lexical.frequency, to_stems(word)))]


def _rank(
    library: Library,
    query: Query,
    names: Collection[str],
    articles: Collection[str] | None,
    each: int,
    on_step: Callable[[str], None] = lambda _: None,
) -> tuple[list[Evidence], dict[str, str]]:
    """The candidates by their features, best first, and the context of each by its id."""
    on_step("searching")
    vector = _to_vector(library, query)
    ids = _find_candidates(library, query, vector, names, articles, each)
    earlier = _find_earlier(library, query, articles)
    if earlier:
        ids = sorted({*ids, *_find_candidates(library, query, vector, names, earlier, each // 3)})
    on_step("reading")
    contexts = library.lexical.contexts(ids)
    held = library.roster.sentences_with_vectors(ids)
    found = [(key, led_by(sentence, names), own, context) for key, sentence, own, context in held]
    evidence = score(Candidates(library, query, names, vector, found, contexts, earlier))
    return sorted(evidence, key=_place), contexts


def _find_candidates(
    library: Library,
    query: Query,
    vector: NDArray[np.float32],
    names: Collection[str],
    articles: Collection[str] | None,
    each: int,
) -> list[str]:
    """Ids of what both views find, by anyone and by the speaker asked for."""
    found: set[str] = set()
    for speakers in [(), names] if names else [()]:
        near = library.roster.nearest(vector, each, speakers, articles)
        matching = library.roster.search(
            [*query.terms, *query.carried],
            each,
            speakers=speakers,
            articles=articles,
        )
        found.update(key for key, _ in [*near, *matching])
    return sorted(found)


def _find_earlier(library: Library, query: Query, articles: Collection[str] | None) -> list[str]:
    """The articles that best answer the earlier question that this one depends on, EARLIER at most."""
    if not query.context:
        return []
    found, _ = _rank(library, read_question(query.context), (), articles, EARLIER_CANDIDATES)
    return list(dict.fromkeys(evidence.sentence.article_id for evidence in found))[:EARLIER]


def _place(evidence: Evidence) -> tuple[float, str, int]:
    return (-round(evidence.score, 6), evidence.sentence.article_id, evidence.sentence.position)


def _to_vector(library: Library, query: Query) -> NDArray[np.float32]:
    """The unit vector of the question, drawn towards the earlier one that it depends on."""
    import numpy as np

    if not query.carried:
        return library.model.encode([query.standalone])[0]  # type: ignore[no-any-return]
    own, context = library.model.encode([query.standalone, query.context])
    blended = own + CARRIED_VECTOR * context
    return np.asarray(blended / np.linalg.norm(blended), dtype=np.float32)
