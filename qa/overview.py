"""A request for a summary or a timeline in, an Answer out; None where the articles are to be asked instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from index.english.dates import format_date
from index.library import Library
from index.values import ArticleRecord
from index.words import to_words
from qa.answer import Answer, Mode
from qa.compose import Background, number_citations
from qa.copies import look_elsewhere
from qa.dates import read_since
from qa.events import MAX_EVENTS, find_events
from qa.evidence import Evidence
from qa.filters import Filters, dated, find_articles
from qa.question import read_question
from qa.request import Request
from qa.smalltalk import to_help
from qa.spelling import respell
from qa.summary import find_by_title, summarise_article, summarise_news

_FEWEST = 2  # events that make a timeline

WHICH_ARTICLE = "Which article? Narrow the question to one, or give its title: Summarise “…”."
UNDATED = "No such article has a full date, so that it is unknown what is new."
NO_PROSE = "The article has no sentence that could stand in a summary."


def answer_request(
    library: Library, request: Request, question: str, filters: Filters, limit: int | None
) -> Answer | None:
    """Answer a request of the kinds "article", "news" and "timeline"; call within `library.reading`.

    Returns None for an article that is not there, and for a topic of which the articles tell too few events.
    """
    if request.kind == "timeline":
        return _tell(library, request, question, filters, limit or MAX_EVENTS)
    if request.kind == "news":
        found, note = summarise_news(library, filters, request.days, date.today(), limit=limit)
        return _to_answer(library, filters, question, "summary", found, note) if found else to_help(question, [UNDATED])
    record = _find_article(library, request, filters)
    if record is None:
        return None if request.about else to_help(question, [WHICH_ARTICLE])
    chosen = summarise_article(library, record, limit=limit)
    is_named = filters.article or to_words(record.title) == to_words(request.about)
    note = "" if is_named else f"A summary of “{record.title}”."
    return _to_answer(library, filters, question, "summary", chosen, note) if chosen else to_help(question, [NO_PROSE])


def _find_article(library: Library, request: Request, filters: Filters) -> ArticleRecord | None:
    articles = find_articles(library.records, filters)
    if request.about:
        found = find_by_title(library, request.about)
        return found if found and (articles is None or found.id in articles) else None
    ids = list(library.records) if articles is None else articles
    return library.records[ids[0]] if len(ids) == 1 else None


def _tell(library: Library, request: Request, question: str, filters: Filters, limit: int) -> Answer | None:
    newest = max((day for record in library.records.values() if (day := dated(record.published))), default=None)
    asked = read_since(request.since, newest) if request.since else None
    since = max(filter(None, (asked, filters.since)), default=None)
    query, respelled = respell(library, read_question(request.about))
    articles = find_articles(library.records, replace(filters, since=since))
    events = find_events(library, query, articles, since=since, limit=limit)
    if len(events) < _FEWEST:
        return None
    note = " ".join(f"The articles never mention “{name}”; taken as “{taken}”." for name, taken in respelled.items())
    return _to_answer(
        library,
        filters,
        question,
        "timeline",
        [event.evidence for event in events],
        note,
        [event.when for event in events],
    )


def _to_answer(
    library: Library,
    filters: Filters,
    question: str,
    mode: Mode,
    chosen: Sequence[Evidence],
    note: str,
    dates: Sequence[str] = (),
) -> Answer:
    """An answer that cites these sentences, in a timeline each with its date."""
    background = Background(
        names=library.full_names, elsewhere=look_elsewhere(library, find_articles(library.records, filters))
    )
    citations = number_citations(chosen, background)
    if dates:
        citations = tuple(replace(citation, when=when) for citation, when in zip(citations, dates, strict=True))
    lines = [
        f"{format_date(citation.when)}: {citation.text} [{citation.number}]"
        if citation.when
        else f"{citation.text} [{citation.number}]"
        for citation in citations
    ]
    return Answer(
        question=question,
        answered=True,
        reason="",
        note=note,
        text=("\n" if dates else " ").join(lines),
        citations=citations,
        closest=(),
        confidence=1.0,
        mode=mode,
        seconds=0.0,
    )
