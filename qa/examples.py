"""Questions to start with, or to go on with, made from what people say; each is offered only if it is answered."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from index.library import Library
from index.values import Sentence, Speaker, parse_sentence_id
from index.words import to_stems
from qa.answer import Answer, Citation
from qa.confidence import LIKELY
from qa.topics import Topic, rank_topics

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PEOPLE = 100  # those with most statements, among whom are those who speak in most articles
_HEARD = 40  # of them, whose statements are read
_WIDELY = 0.1  # of the articles of whoever speaks in most: nobody is asked about who speaks in fewer
_PROMINENT = 0.75  # the power: with 1, all four of 500 BBC articles are politicians; with 0.5, some are little known
_STATEMENTS = 200  # of each, evenly spread over the articles
_TRIED = 3  # topics of each, until one is answered
_LOOK_UPS = 16  # in all
_AGAIN = 0.5  # what a kind of topic counts when it is offered again
_CITED = 3  # articles of an answer, in which others are heard
_OF_ONE = 2  # questions about one speaker, of those to go on with


@dataclass(frozen=True, eq=False)
class _Heard:
    """A person who speaks in some articles, with statements of theirs and the direction of what these are about."""

    speaker: Speaker
    articles: int
    sentences: Sequence[Sentence]
    direction: NDArray[Any]


def example_questions(
    library: Library, *, ask: Callable[[str], Answer], count: int = 4, pause: Callable[[], None] = lambda: None
) -> list[str]:
    """Up to `count` questions: what the people who speak in most articles say about what is spoken of most.

    No name is in two of them, and people who speak of other things than those before are preferred. Each is put to
    `ask` before it is offered, at most _LOOK_UPS of them. `pause` is called between two people who are read, some 30 ms
    each. What either raises ends the search. The same index gives the same questions.
    """
    heard: list[_Heard] = []
    for speaker in _most_heard(library):
        pause()
        heard.append(_listen_to(library, speaker))
    pause()
    with library.reading():
        topics = rank_topics(library, [(person.speaker, person.sentences) for person in heard])
    most = max((person.articles for person in heard), default=0)
    pairs = [
        (person, topic)
        for person in heard
        if person.articles >= _WIDELY * most
        for topic in topics[person.speaker.name][:_TRIED]
    ]
    found: list[str] = []
    chosen: list[tuple[_Heard, Topic]] = []
    for _ in range(_LOOK_UPS):
        named = {name for person, topic in chosen for name in (person.speaker.name, topic.text)}
        pairs = [pair for pair in pairs if not named & {pair[0].speaker.name, pair[1].text}]
        if not pairs or len(found) == count:
            break
        person, topic = max(pairs, key=lambda pair: _interest(pair, chosen))
        pairs.remove((person, topic))
        question = _to_question(person.speaker, topic)
        if _is_answered(ask(question), person.speaker, topic):
            found.append(question)
            chosen.append((person, topic))
    return found


def next_questions(
    library: Library, answer: Answer, asked: Iterable[str], *, ask: Callable[[str], Answer], count: int = 3
) -> list[str]:
    """Up to `count` questions to go on with: what else its speaker says, and what others say in the cited articles.

    `asked` are the questions of the conversation, whose words are not asked about again. Each is put to `ask` before it
    is offered, at most 2 * _TRIED of them; what that raises ends the search. Of a refusal, the closest sentences count.
    """
    cited = answer.citations or answer.closest
    words = {stem for question in asked for stem in to_stems(question)}
    named = [citation.speaker for citation in cited if citation.speaker]
    with library.reading():
        first = {speaker: _read_evenly(library, speaker) for speaker in library.people if speaker.name in named[:1]}
        others = _read_others(library, dict.fromkeys(citation.article_id for citation in cited), named)
        topics = rank_topics(library, [*first.items(), *others.items()])

    def unasked(speaker: Speaker) -> list[tuple[Speaker, Topic]]:
        return [(speaker, topic) for topic in topics[speaker.name] if not words & set(to_stems(topic.text))]

    own = [pair for speaker in first for pair in unasked(speaker)[:_TRIED]]
    of_others = [pair for speaker in others for pair in unasked(speaker)[:1]][:_TRIED]
    found: list[str] = []
    taken: Counter[str] = Counter()  # speakers and topics
    for speaker, topic in filter(None, (pair for pairs in zip_longest(own, of_others) for pair in pairs)):
        if len(found) == count:
            break
        if taken[topic.text] or taken[speaker.name] == _OF_ONE:
            continue
        question = _to_question(speaker, topic)
        if any(_is_on(citation, speaker, topic) for citation in ask(question).citations):
            taken.update((speaker.name, topic.text))
            found.append(question)
    return found


def _most_heard(library: Library) -> list[Speaker]:
    """Those people with a full name who speak in most articles."""
    named = [speaker for speaker in library.people[:_PEOPLE] if speaker.kind == "person" and " " in speaker.name]
    with library.reading():
        articles = {speaker.name: _count_articles(library.lexical.statements(speaker.names)) for speaker in named}
    return sorted(named, key=lambda speaker: (-articles[speaker.name], speaker.name))[:_HEARD]


def _listen_to(library: Library, speaker: Speaker) -> _Heard:
    import numpy as np

    with library.reading():  # for each anew: a sync that is done waits for readers to go
        ids = library.lexical.statements(speaker.names)
        found = library.store.sentences_with_vectors(_spread(ids))
    total = np.sum([vector for _, _, _, vector in found], axis=0) if found else np.zeros(library.model.dimension)
    direction = total / (np.linalg.norm(total) or 1.0)
    return _Heard(speaker, _count_articles(ids), [sentence for _, sentence, _, _ in found], direction)


def _read_evenly(library: Library, speaker: Speaker) -> list[Sentence]:
    return list(library.store.sentences_of(_spread(library.lexical.statements(speaker.names))).values())


def _read_others(library: Library, article_ids: Iterable[str], named: Sequence[str]) -> dict[Speaker, list[Sentence]]:
    """What other people than those named say in the first _CITED of some articles, in the order in which they speak."""
    speakers = {name: speaker for speaker in library.people for name in speaker.names if speaker.kind == "person"}
    found: dict[Speaker, list[Sentence]] = {}
    for record in [library.records[key] for key in article_ids if key in library.records][:_CITED]:
        for sentence in library.store.sentences(record):
            speaker = speakers.get(sentence.speaker or "")
            if speaker is not None and speaker.name not in named and " " in speaker.name:
                found.setdefault(speaker, []).append(sentence)
    return found


def _spread(ids: Iterable[str]) -> list[str]:
    """At most _STATEMENTS of some sentences, evenly spread over the articles."""
    ids = sorted(ids)
    return ids[:: max(1, len(ids) // _STATEMENTS)][:_STATEMENTS]


def _count_articles(ids: Iterable[str]) -> int:
    return len({parse_sentence_id(key)[0] for key in ids})


def _interest(pair: tuple[_Heard, Topic], chosen: Sequence[tuple[_Heard, Topic]]) -> float:
    """How interesting a person is on a topic, after those chosen: others on other kinds of topics come first."""
    person, topic = pair
    nearest = max((float(person.direction @ other.direction) for other, _ in chosen), default=0.0)
    again: float = _AGAIN ** sum(other.kind == topic.kind for _, other in chosen)
    prominence: float = person.articles**_PROMINENT
    return prominence * (1 - nearest) * topic.weight * again


def _is_answered(answer: Answer, speaker: Speaker, topic: Topic) -> bool:
    """Whether the answer is likely, and begins with what the speaker says on the topic."""
    return answer.confidence >= LIKELY and any(_is_on(citation, speaker, topic) for citation in answer.citations[:1])


def _is_on(citation: Citation, speaker: Speaker, topic: Topic) -> bool:
    return citation.speaker == speaker.name and re.search(rf"\b{re.escape(topic.word)}", citation.text) is not None


def _to_question(speaker: Speaker, topic: Topic) -> str:
    return f"What did {speaker.name} say about {topic.text}?"
