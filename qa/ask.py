"""The whole pipeline: a question in, an Answer out."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from index.library import Library
from index.settings import Settings, load_settings
from qa.answer import Answer
from qa.compose import MAX_CITATIONS, compose
from qa.question import read_question
from qa.retrieve import find_unmentioned, retrieve

_open: dict[Settings, Library] = {}
_lock = threading.Lock()


def ask(
    question: str,
    *,
    seeds: str | Path | None = None,
    store: str | Path | None = None,
    history: Sequence[str] = (),
    limit: int = MAX_CITATIONS,
) -> Answer:
    """Answer a question from the articles in a folder.

    The first call for a folder opens its index and brings it up to date; later calls use it as it is. `history` holds
    the earlier questions of a conversation, oldest first; `limit` is the highest number of sentences to cite, from 1.
    Raises OnRecordError: its message is one line that says what to do. That the articles do not answer is no error but
    an Answer with `answered` false.
    """
    settings = load_settings(seeds=seeds, store=store)
    with _lock:
        if settings not in _open:
            library = Library(settings)
            try:
                library.update()
            except BaseException:
                library.close()
                raise
            _open[settings] = library
        library = _open[settings]
    return answer_question(library, question, history, limit=limit)


def answer_question(
    library: Library, question: str, history: Sequence[str] = (), *, limit: int = MAX_CITATIONS
) -> Answer:
    """Answer a question from an opened library; see `ask`."""
    if limit < 1:
        raise ValueError(f"limit is {limit}; an answer cites at least one sentence")
    began = time.perf_counter()
    query = read_question(question, history)
    with library.reading():
        evidence = retrieve(library, query)
        unmentioned = find_unmentioned(library, query)
    answer = compose(query, evidence, unmentioned, limit=limit, min_confidence=library.settings.min_confidence)
    return replace(answer, seconds=round(time.perf_counter() - began, 6))
