"""Who said what: a speaker, a topic, an article or dates in, the statements out."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from index.errors import QuestionError
from index.library import Library
from index.speech.people import Match, find_speaker, read_name
from index.values import ArticleRecord, Sentence, Speaker, led_by, parse_sentence_id, sentence_id
from index.words import fold_letters, to_words
from qa.answer import CitedSentence, describe
from qa.ask import open_library
from qa.copies import in_order
from qa.filters import NO_FILTERS, Filters, dated, find_articles
from qa.question import Query, read_question
from qa.retrieve import retrieve
from qa.select import ON_TOPIC_SHARE

# A statement is about the topic if its cosine with it is at least CLOSE, or if it is at least ON_TOPIC on topic (see
# `Evidence`) and at least ON_TOPIC_SHARE as much as the best one. Set by reading what is kept and what is left out for
# 15 pairs of speaker and topic, in the seed article and in 840 news articles.
CLOSE = 0.5
ON_TOPIC = 0.3

UNNAMED = "unnamed"  # the kind of a Speaker that stands for sources without a name

# A list should be complete, while an answer needs only the best. Over 840 news articles, 60 candidates from each view
# find 84 statements about immigration, 400 find 225 and 800 find 236, in 0.1, 0.6 and 0.8 s.
LISTED = 400


@dataclass(frozen=True)
class Quote(CitedSentence):
    """A sentence in which someone speaks; `also` has only the copies with the same sentence word for word."""


def quotes(
    speaker: str | None = None,
    about: str | None = None,
    article: str | None = None,
    source: str | None = None,
    since: str | None = None,
    until: str | None = None,
    seeds: str | Path | None = None,
    store: str | Path | None = None,
) -> list[Quote]:
    """Return the statements in a folder of articles that pass every filter given; see `list_quotes`.

    A speaker is found by name, surname or role, or by a similar name. The index is opened as by `qa.ask`. Raises
    OnRecordError: its message is one line that says what to do.
    """
    filters = Filters(speaker=speaker, source=source, since=since, until=until, article=article)
    return list_quotes(open_library(seeds, store), filters, about=about)


def match_speaker(library: Library, asked: str) -> Match:
    """Return whom a name means; raises QuestionError, which names some who do speak, if it means no one."""
    with library.reading():
        people = library.people
    match = find_speaker(asked, people) if to_words(asked) else None
    if match is None:
        raise unknown_speaker(asked, people)
    return match


def match_voice(library: Library, asked: str) -> Match:
    """Return whom a name means, as `match_speaker` does, or sources without a name that are called so: "analysts"."""
    with library.reading():
        people = library.people
        match = find_speaker(asked, people) if to_words(asked) else None
        if (match is None or not match.exact) and to_words(asked) and library.roster.said_by_unnamed(asked):
            return Match(Speaker(asked, kind=UNNAMED), exact=True)
    if match is None:
        raise unknown_speaker(asked, people)
    return match


def unknown_speaker(asked: str, people: Sequence[Speaker]) -> QuestionError:
    """Return the error that says that no one of this name speaks, and names some who do."""
    close = _find_close(asked, people)
    rest = (
        f"Similar names: {', '.join(close)}."
        if close
        else f"Most quoted: {', '.join(speaker.name for speaker in people[:3])}."
        if people
        else "Nobody is quoted in them."
    )
    return QuestionError(f"nobody called “{asked}” speaks in the articles. {rest}")


def list_quotes(
    library: Library,
    filters: Filters = NO_FILTERS,
    *,
    about: str | None = None,
    speaker: Speaker | None = None,
) -> list[Quote]:
    """Return the statements of an opened library that pass every filter given.

    With `about`, those on that topic, most relevant first; without it, by date, those without a year last, then by
    article, then in the order of the article. `speaker` is one of `library.people`, for callers that know already whom
    `filters.speaker` means. If an article is asked for, statements by unnamed speakers are listed too. Raises
    QuestionError.
    """
    if speaker is None and filters.speaker is not None:
        speaker = match_voice(library, filters.speaker).speaker
    topic = replace(read_topic(about), speaker=speaker.name if speaker else None) if about is not None else None
    with library.reading():
        articles = find_articles(library.records, filters)
        records = library.records if articles is None else {key: library.records[key] for key in articles}
        names = speaker.names if speaker else tuple(library.full_names)
        if topic is not None:
            chosen = _find_about(library, topic, speaker, names, articles)
        elif filters.article is not None:
            chosen = [
                sentence
                for record in records.values()  # the one, or none if it fails another filter
                for sentence in library.roster.sentences(record)
                if (_is_by(sentence, speaker) if speaker else sentence.speech)
            ]
        else:
            held = (
                library.roster.said_by_unnamed(speaker.name)
                if speaker and speaker.kind == UNNAMED
                else library.roster.statements(speaker.names if speaker else None)
            )
            found = library.roster.sentences_of([key for key in held if parse_sentence_id(key)[0] in records])
            chosen = sorted(found.values(), key=lambda sentence: _in_time(sentence, records))
        own = names if speaker else ()
        repeated = library.lexical.find_repeated({sentence.article_id for sentence in chosen})
        return [
            Quote(
                **describe(led_by(sentence, own), records[sentence.article_id], library.full_names),
                also=_list_copies(repeated.get(_to_id(sentence, records), ()), records),
            )
            for sentence in chosen
        ]


def count_quotes(library: Library) -> list[tuple[Speaker, int]]:
    """Return everyone who speaks, with the number of their statements, those in most articles first."""
    with library.reading():
        return [(person, library.count_statements(person)) for person in library.people]


def list_dates(library: Library, speakers: Sequence[Speaker]) -> list[list[str]]:
    """Return the dates of each speaker's statements, one for each statement, in order.

    Statements in articles whose date has no year are left out.
    """
    with library.reading():
        records = library.records
        return [
            sorted(
                published[:10]
                for key in library.roster.statements(speaker.names)
                if (record := records.get(parse_sentence_id(key)[0])) and (published := dated(record.published))
            )
            for speaker in speakers
        ]


def read_topic(about: str) -> Query:
    """Return a topic ready to be looked up; raises QuestionError if it has no words, or is too long."""
    if not to_words(about):
        raise QuestionError("the topic is empty. Name what the statements should be about.")
    return read_question(about)


def _find_close(asked: str, people: Sequence[Speaker]) -> list[str]:
    """Up to three names similar to the one asked for, the most similar first."""
    wanted = fold_letters(asked)
    likeness = {
        person.name: max(
            difflib.SequenceMatcher(None, wanted, form).ratio()
            for form in (fold_letters(person.name), fold_letters(read_name(person.name).surname))
        )
        for person in people
    }
    close = sorted(likeness, key=lambda name: (-likeness[name], name))
    return [name for name in close[:3] if likeness[name] >= 0.6]


def _in_time(sentence: Sentence, records: Mapping[str, ArticleRecord]) -> tuple[bool, bool, str, str, int]:
    published = records[sentence.article_id].published or ""
    return (dated(published) is None, not published, published, sentence.article_id, sentence.position)


def _list_copies(article_ids: Sequence[str], records: Mapping[str, ArticleRecord]) -> tuple[str, ...]:
    return tuple(record.id for record in sorted((records[key] for key in article_ids if key in records), key=in_order))


def _to_id(sentence: Sentence, records: Mapping[str, ArticleRecord]) -> str:
    return sentence_id(sentence.article_id, records[sentence.article_id].digest, sentence.position)


def _is_by(sentence: Sentence, speaker: Speaker) -> bool:
    """Whether a sentence holds a statement by a speaker, or by one without a name who is called so."""
    if speaker.kind != UNNAMED:
        return led_by(sentence, speaker.names).speaker in speaker.names
    called = f" {fold_letters(speaker.name)} "
    return any(said.speaker is None and called in f" {fold_letters(said.source)} " for said in sentence.statements)


def _find_about(
    library: Library, topic: Query, speaker: Speaker | None, names: Sequence[str], articles: Collection[str] | None
) -> list[Sentence]:
    """The statements about a topic by the speaker, or else by anyone of these names, the most relevant first."""
    if speaker is None:
        speaker = Speaker("", names=tuple(names))
    elif speaker.kind == UNNAMED:
        topic = replace(topic, speaker=None)
    retrieved = retrieve(library, topic, speaker.names, articles, candidates_each=LISTED)
    spoken = [found for found in retrieved if _is_by(found.sentence, speaker)]
    on_topic = max((found.on_topic for found in spoken), default=0.0)
    return [
        found.sentence
        for found in spoken
        if found.features["context"] >= CLOSE
        or (found.on_topic >= ON_TOPIC_SHARE * on_topic and found.on_topic >= ON_TOPIC)
    ]
