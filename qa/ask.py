"""The whole pipeline: a question in, an Answer out."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from index.errors import QuestionError
from index.library import Library
from index.people import find_speaker
from index.settings import Settings, load_settings
from index.store import ArticleRecord
from qa.answer import Answer
from qa.compose import MAX_CITATIONS, Asked, compose
from qa.question import read_question
from qa.retrieve import find_unmentioned, retrieve

_DATE = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")

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
    question says; `source`, `since` and `until` ask for articles of that source and those dates (see `find_articles`).
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


def find_articles(
    records: Mapping[str, ArticleRecord], *, source: str | None, since: str | None, until: str | None
) -> list[str] | None:
    """Ids of the articles of a source, in any case, and of the dates from `since` to `until`: 2016-07, 2016-07-28.

    None where nothing is asked for. An article without a year has no date. Raises QuestionError for what is no date.
    """
    for date in (since, until):
        if date and not _DATE.fullmatch(date):
            raise QuestionError(f"{date!r} is no date. Write it like 2016, 2016-07 or 2016-07-28.")
    if not (source or since or until):
        return None

    def is_wanted(record: ArticleRecord) -> bool:
        if source and (record.source or "").casefold() != source.casefold():
            return False
        date = record.published or ""
        if (since or until) and not date[:1].isdigit():
            return False
        return (not since or date[: len(since)] >= since) and (not until or date[: len(until)] <= until)

    return [article_id for article_id, record in records.items() if is_wanted(record)]
