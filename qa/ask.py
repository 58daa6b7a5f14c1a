"""The whole pipeline: a question in, an Answer out."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from index.library import Library
from index.people import find_speaker
from index.settings import Settings, load_settings
from qa.answer import Answer
from qa.compose import MAX_CITATIONS, Asked, compose
from qa.filters import find_articles
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
    speaker: str | None = None,
    source: str | None = None,
    since: str | None = None,
    until: str | None = None,
    limit: int = MAX_CITATIONS,
) -> Answer:
    """Answer a question from the articles in a folder.

    The first call for a folder opens its index and brings it up to date; later calls use it as it is. `history` holds
    the earlier questions of a conversation, oldest first. `speaker` asks for that person's statements, whatever the
    question says; `source`, `since` and `until` ask for articles of that source and those dates (see `qa.filters`).
    `limit` is the highest number of sentences to cite, from 1. Raises OnRecordError: its message is one line that says
    what to do. That the articles do not answer is no error but an Answer with `answered` false.
    """
    return answer_question(
        open_library(seeds, store),
        question,
        history,
        speaker=speaker,
        source=source,
        since=since,
        until=until,
        limit=limit,
    )


def open_library(seeds: str | Path | None = None, store: str | Path | None = None) -> Library:
    """The index of a folder, opened and brought up to date at the first call; raises OnRecordError."""
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
        return _open[settings]


def answer_question(
    library: Library,
    question: str,
    history: Sequence[str] = (),
    *,
    speaker: str | None = None,
    source: str | None = None,
    since: str | None = None,
    until: str | None = None,
    limit: int = MAX_CITATIONS,
) -> Answer:
    """Answer a question from an opened library; see `ask`."""
    if limit < 1:
        raise ValueError(f"limit is {limit}; an answer cites at least one sentence")
    began = time.perf_counter()
    query = read_question(question, history)
    if speaker:
        query = replace(query, speaker=speaker)
    with library.reading():
        asked = None
        if query.speaker:
            asked = Asked(query.speaker, find_speaker(query.speaker, library.people), only=speaker is not None)
        articles = find_articles(library.records, source=source, since=since, until=until)
        evidence = retrieve(library, query, asked.match.speaker.names if asked and asked.match else (), articles)
        unmentioned = find_unmentioned(library, query)
        names = library.full_names
    answer = compose(
        query,
        evidence,
        unmentioned,
        asked=asked,
        names=names,
        limit=limit,
        min_confidence=library.settings.min_confidence,
    )
    return replace(answer, seconds=round(time.perf_counter() - began, 6))
