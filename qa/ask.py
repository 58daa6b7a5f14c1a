"""The whole pipeline: a question in, an Answer out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from index.library import Library
from index.settings import Settings, load_settings
from index.speech.people import Match, find_speaker
from index.values import sentence_id
from qa.answer import Answer
from qa.chance import assess_sentences
from qa.compose import MAX_CITATIONS, Background, compose
from qa.copies import look_elsewhere
from qa.evidence import Asked, Evidence, Side
from qa.filters import NO_FILTERS, Filters, find_articles
from qa.overview import answer_request
from qa.question import Query, read_question
from qa.reading import PASSAGES, find_fault, read
from qa.request import SMALL_TALK, find_request
from qa.retrieve import find_unmentioned, retrieve
from qa.short import find_words
from qa.sides import split_sides
from qa.smalltalk import reply
from qa.spelling import rename_speaker, respell

RIVAL = 0.2  # others of the same name are mentioned if they speak at least this share as often

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
    article: str | None = None,
    limit: int | None = None,
) -> Answer:
    """Answer a question from the articles in a folder.

    The first call for a folder opens its index and brings it up to date; later calls use it as it is. `history` has the
    earlier questions of the conversation, oldest first. `speaker` asks for that person's statements, whatever the
    question says; `source`, `since`, `until` and `article` narrow the articles (see `qa.filters.Filters`). `limit` is
    the largest number of sentences to cite, at least 1; by default as many as suit the question: up to MAX_CITATIONS,
    and more of what is new or in a timeline. Raises OnRecordError: its message is one line that says what to do. If the
    articles do not answer, that is not an error but an Answer with `answered` false.
    """
    return answer_question(
        open_library(seeds, store),
        question,
        history,
        filters=Filters(speaker=speaker, source=source, since=since, until=until, article=article),
        limit=limit,
    )


def open_library(seeds: str | Path | None = None, store: str | Path | None = None) -> Library:
    """Return the index of a folder, opened and brought up to date on the first call; raises OnRecordError."""
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
    filters: Filters = NO_FILTERS,
    limit: int | None = None,
    on_step: Callable[[str], None] = lambda _: None,
) -> Answer:
    """Answer a question from an opened library; see `ask`.

    `on_step` is called with each step as it begins: "searching" and "reading", once for each side of the question, and
    then "answering".
    """
    if limit is not None and limit < 1:
        raise ValueError(f"limit is {limit}; an answer cites at least one sentence")
    began = time.perf_counter()
    query = read_question(question, history)
    request = find_request(question)
    answer = None
    if request and request.kind in SMALL_TALK:
        answer = reply(library, request.kind, question, ask=lambda example: answer_question(library, example))
    elif request and not filters.speaker:
        on_step("searching")
        with library.reading():
            answer = answer_request(library, request, question, filters, limit)
        query = replace(read_question(request.instead, history), question=question) if request.instead else query
    if answer is None:
        answer = _answer_from_evidence(library, query, filters, limit or MAX_CITATIONS, on_step)
    return replace(answer, seconds=round(time.perf_counter() - began, 6))


def _answer_from_evidence(
    library: Library, query: Query, filters: Filters, limit: int, on_step: Callable[[str], None]
) -> Answer:
    """Answer what the articles say, or refuse."""
    if filters.speaker:
        query = replace(query, speaker=filters.speaker)
    with library.reading():
        query, respelled = respell(library, query)
        whole, *sides = look_up_sides(library, query, filters, on_step=on_step)
        on_step("answering")
        background = Background(
            unmentioned=find_unmentioned(library, query),
            names=library.full_names,
            respelled=respelled,
            fault=find_fault(library.settings),
            find_preceding=lambda evidence: _find_preceding(library, evidence),
            elsewhere=look_elsewhere(library, find_articles(library.records, filters)),
        )
        return compose(whole, sides, background, limit=limit, min_confidence=library.settings.min_confidence)


def look_up_sides(
    library: Library,
    query: Query,
    filters: Filters = NO_FILTERS,
    *,
    on_step: Callable[[str], None] = lambda _: None,
) -> list[Side]:
    """Find the evidence for a question and then for each side of it; see `look_up`. They share what may be read."""
    split = [] if filters.speaker else split_sides(query)
    passages = max(PASSAGES // (1 + len(split)), 2)
    return [
        look_up(library, side, filters, name=name, passages=passages, on_step=on_step)
        for name, side in [("", query), *split]
    ]


def look_up(
    library: Library,
    query: Query,
    filters: Filters = NO_FILTERS,
    *,
    name: str = "",
    passages: int = PASSAGES,
    on_step: Callable[[str], None] = lambda _: None,
) -> Side:
    """Find the evidence for a question, or for the side of one that is called `name`; call within `library.reading`.

    `query.speaker` is whose statements are asked for; if `filters` name a speaker too, no other sentence may be cited.
    At most `passages` passages are read.
    """
    articles = find_articles(library.records, filters)
    asked = None
    if query.speaker:
        match = find_speaker(query.speaker, library.people)
        rivals = _find_rivals(library, match) if match else ()
        asked = Asked(query.speaker, match, only=bool(filters.speaker), rivals=rivals)
    match = asked.match if asked else None
    names = match.speaker.names if match else ()
    spelled = rename_speaker(query, match.speaker.name) if match and not match.exact else query
    side = Side(query, retrieve(library, spelled, names, articles, on_step=on_step), asked, name)
    readings = read(library, query, side.citable, passages=passages)
    assessed = assess_sentences(side.evidence, readings)
    copies = library.lexical.copies_of({found.record.id for found in assessed})
    evidence = [
        replace(found, words=find_words(query, found), copies=frozenset(copies.get(found.record.id, ())))
        for found in assessed
    ]
    return replace(side, evidence=evidence)


def _find_rivals(library: Library, match: Match) -> tuple[str, ...]:
    """Others whom the name may mean, if they speak at least RIVAL times as often as the speaker chosen."""
    if not match.others:
        return ()
    least = RIVAL * library.count_statements(match.speaker)
    others = [speaker for speaker in library.people if speaker.name in match.others]
    return tuple(speaker.name for speaker in others if library.count_statements(speaker) >= least)


def _find_preceding(library: Library, evidence: Evidence) -> Evidence | None:
    """The sentence before one, as evidence with the same score; None if it is the first of its article."""
    record, position = evidence.record, evidence.sentence.position - 1
    found = library.roster.sentences_of([sentence_id(record.id, record.digest, position)]) if position >= 0 else {}
    return next((replace(evidence, sentence=sentence) for sentence in found.values()), None)
