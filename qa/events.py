"""A timeline: a topic in, the sentences that tell what happened out, oldest first, each with its date."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from index.library import Library
from index.words import to_stems
from qa.boilerplate import is_prose
from qa.dates import find_date
from qa.evidence import Evidence
from qa.question import Query
from qa.retrieve import retrieve
from qa.select import points_back
from qa.whose import find_names

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_EVENTS = 12
_FROM_ONE_ARTICLE = 2
_FOUND = 200  # from each view
_COMPARED = 60  # of the best, with one another

# At least, of what the best has of the topic in and around the sentence, and in it alone. Set, like the rest here, by
# reading the timelines of 10 stories in 840 articles about US politics.
_NEAR, _NAMED = 0.75, 0.5
_ON_TOPIC = 0.6  # at least, of the topic's words in the best sentence: else the articles do not tell of it
_WEAKEST = 0.65  # of the weight of the best
# Two sentences tell the same event if their vectors are this close; less close ones do if their dates are the same.
_SAME, _SAME_ON_ONE_DAY = 0.7, 0.5

_OPENING = 4  # sentences of an article, which mostly tell what is new


@dataclass(frozen=True)
class Event:
    """A sentence that tells what happened, and when: YYYY, YYYY-MM or YYYY-MM-DD."""

    evidence: Evidence
    when: str
    weight: float


def find_events(
    library: Library,
    query: Query,
    articles: Collection[str] | None,
    *,
    since: str | None = None,
    limit: int = MAX_EVENTS,
) -> list[Event]:
    """Return what happened with the topic of a query, oldest first, each event once; call within `library.reading`.

    Only sentences with a date, in the article or in themselves, tell an event: an archive without dates has none.
    `since` leaves out what was before, `articles` limits them to these ids.
    """
    from index.speech.telling import tell_events  # with all that finds speakers, which no other question needs

    # 1. what is on the topic, and tells that something happened
    found = retrieve(library, query, (), articles, candidates_each=_FOUND)
    near = max((evidence.features["named_near"] for evidence in found), default=0.0)
    named = max((evidence.on_topic for evidence in found), default=0.0)
    if near < _ON_TOPIC:
        return []
    on_topic = [
        evidence
        for evidence in found
        if evidence.features["named_near"] >= _NEAR * near
        and evidence.on_topic >= _NAMED * named
        and _may_tell(evidence)
    ]
    topic, names = set(to_stems(query.standalone)), [name for name in find_names(query.standalone) if " " in name]
    dated = [
        Event(replace(evidence, chance=(weight := _weigh(evidence, when, topic, names))), when, weight)
        for evidence in on_topic
        if (when := find_date(evidence.sentence.text, evidence.record.published))
        and (since is None or when >= since[: len(when)])
    ]
    best = sorted(dated, key=lambda event: (-event.weight, event.evidence.id))[:_COMPARED]
    happened = tell_events([event.evidence.sentence.text for event in best])
    told = [event for event, has in zip(best, happened, strict=True) if has]
    # 2. each event at its first date
    first = _drop_retold(library, [event for event in told if event.weight >= _WEAKEST * told[0].weight])
    # 3. the weightiest, a few of each article
    chosen: list[Event] = []
    for event in sorted(first, key=lambda event: (-event.weight, event.evidence.id)):
        beside = [other.when for other in chosen if other.evidence.record.id == event.evidence.record.id]
        if len(chosen) < limit and len(beside) < _FROM_ONE_ARTICLE and event.when not in beside:
            chosen.append(event)
    return sorted(chosen, key=_in_time)


def _may_tell(evidence: Evidence) -> bool:
    """Whether a sentence can be understood alone, and is not somebody's own words."""
    sentence = evidence.sentence
    return is_prose(sentence.text, evidence.record.title) and sentence.speech != "direct" and not points_back(sentence)


def _weigh(evidence: Evidence, when: str, topic: set[str], names: Sequence[str]) -> float:
    """How likely a sentence is to tell of a topic with these stems and names of several words."""
    sentence, record = evidence.sentence, evidence.record
    weight = evidence.features["context"] + 0.5 * evidence.on_topic
    weight += 0.3 * any(name in sentence.text for name in names)  # "Trump University", not both words somewhere
    weight += 0.2 * (sentence.position <= _OPENING)
    weight += 0.2 * bool(topic & set(to_stems(record.title)))  # the article is about it
    weight += 0.15 * (when != (record.published or "")[:10])  # the sentence names the day
    weight -= 0.15 * (sentence.speech is not None)
    return float(round(weight, 6))


def _drop_retold(library: Library, events: Sequence[Event]) -> list[Event]:
    vectors: dict[str, NDArray[np.float32]] = {
        key: own for key, _, own, _ in library.roster.sentences_with_vectors([event.evidence.id for event in events])
    }
    first: list[Event] = []
    for event in sorted(
        events, key=lambda event: (event.when, event.evidence.record.published or "", event.evidence.id)
    ):
        own = vectors[event.evidence.id]
        if not any(
            float(own @ vectors[earlier.evidence.id]) >= (_SAME_ON_ONE_DAY if event.when == earlier.when else _SAME)
            for earlier in first
        ):
            first.append(event)
    return first


def _in_time(event: Event) -> tuple[str, float, str]:
    return (event.when, -event.weight, event.evidence.id)
