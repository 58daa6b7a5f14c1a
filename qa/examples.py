"""Questions to begin with and questions to ask next, made from what people say; each is tried before it is offered."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from index.library import Library
from index.roster import Roster
from index.values import Sentence, Speaker, parse_sentence_id
from index.words import to_stems
from qa.answer import Answer, Citation
from qa.confidence import LIKELY
from qa.topics import Topic, rank_topics

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PEOPLE = 100  # quoted most, among whom those quoted in most articles are sought
_HEARD = 40  # of them, whose statements are read
_WIDELY = 0.1  # people quoted in fewer articles than this share of the first one's are left out
# A power of the number of articles: with 1, all four examples of 500 BBC articles are about politicians; with 0.5, some
# are about people whom few know.
_PROMINENCE = 0.75
_STATEMENTS = 200  # of each person, evenly spread over the articles
_TOPICS = 3  # of each person
_LOOK_UPS = 16  # in all
_SAME_KIND = 0.5  # the weight of a topic for each one of its kind before it
_CITED = 3  # articles of an answer in which other people's statements are read
_OF_ONE = 2  # questions about one speaker among those to ask next


@dataclass(frozen=True, eq=False)
class _Heard:
    """A person quoted in a number of articles, with some statements and the direction of the sum of their vectors."""

    speaker: Speaker
    articles: int
    sentences: Sequence[Sentence]
    direction: NDArray[Any]


_found: WeakKeyDictionary[Roster, list[str]] = WeakKeyDictionary()  # of each index, as it is corrected


def find_examples(
    library: Library, *, ask: Callable[[str], Answer], count: int = 4, pause: Callable[[], None] = lambda: None
) -> list[str]:
    """Return up to `count` of four `example_questions`, which are found once for an index as it is corrected."""
    roster = library.roster
    if roster not in _found:
        _found[roster] = example_questions(library, ask=ask, pause=pause)
    return _found[roster][:count]


def example_questions(
    library: Library, *, ask: Callable[[str], Answer], count: int = 4, pause: Callable[[], None] = lambda: None
) -> list[str]:
    """Return up to `count` questions: what the people quoted in most articles say about the topics most spoken about.

    No two are about the same person or topic, and people who speak about different things are preferred. Each question
    is put to `ask` first, and offered only if the answer is likely and begins with a statement on the topic. There are
    at most _LOOK_UPS. `pause` is called between the other steps, some 30 ms each. Whatever either raises ends the
    search. The same index gives the same questions.
    """
    heard: list[_Heard] = []
    for speaker in _most_heard(library):
        pause()
        heard.append(_listen_to(library, speaker))
    pause()
    with library.reading():
        topics = rank_topics(library, [(person.speaker, person.sentences) for person in heard], only_popular=True)
    most = max((person.articles for person in heard), default=0)
    pairs = [
        (person, topic)
        for person in heard
        if person.articles >= _WIDELY * most
        for topic in topics[person.speaker.name][:_TOPICS]
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
    """Return up to `count` questions to ask next, on what else the speaker says and what others say in cited articles.

    `asked` are the questions of the conversation; topics in them are left out. Each question is put to `ask` before it
    is offered, at most 2 * _TOPICS of them; whatever that raises ends the search. For a refusal, the closest sentences
    count as cited.
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

    own = [pair for speaker in first for pair in unasked(speaker)[:_TOPICS]]
    of_others = [pair for speaker in others for pair in unasked(speaker)[:1]][:_TOPICS]
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
    """Return the people with a full name who are quoted in most articles."""
    named = [speaker for speaker in library.people[:_PEOPLE] if speaker.kind == "person" and " " in speaker.name]
    with library.reading():
        articles = {speaker.name: _count_articles(library.roster.statements(speaker.names)) for speaker in named}
    return sorted(named, key=lambda speaker: (-articles[speaker.name], speaker.name))[:_HEARD]


def _listen_to(library: Library, speaker: Speaker) -> _Heard:
    import numpy as np

    with library.reading():  # for each person: a finished sync waits until nobody is reading
        ids = library.roster.statements(speaker.names)
        found = library.roster.sentences_with_vectors(_spread(ids))
    total = np.sum([vector for _, _, _, vector in found], axis=0) if found else np.zeros(library.model.dimension)
    direction = total / (np.linalg.norm(total) or 1.0)
    return _Heard(speaker, _count_articles(ids), [sentence for _, sentence, _, _ in found], direction)


def _read_evenly(library: Library, speaker: Speaker) -> list[Sentence]:
    return list(library.roster.sentences_of(_spread(library.roster.statements(speaker.names))).values())


def _read_others(library: Library, article_ids: Iterable[str], named: Sequence[str]) -> dict[Speaker, list[Sentence]]:
    """Return what people who are not named say in the first _CITED of the articles, in the order they speak in."""
    speakers = {name: speaker for speaker in library.people for name in speaker.names if speaker.kind == "person"}
    found: dict[Speaker, list[Sentence]] = {}
    for record in [library.records[key] for key in article_ids if key in library.records][:_CITED]:
        for sentence in library.roster.sentences(record):
            speaker = speakers.get(sentence.speaker or "")
            if speaker is not None and speaker.name not in named and " " in speaker.name:
                found.setdefault(speaker, []).append(sentence)
    return found


def _spread(ids: Iterable[str]) -> list[str]:
    """Return at most _STATEMENTS of the sentences, evenly spread over the articles."""
    ids = sorted(ids)
    return ids[:: max(1, len(ids) // _STATEMENTS)][:_STATEMENTS]


def _count_articles(ids: Iterable[str]) -> int:
    return len({parse_sentence_id(key)[0] for key in ids})


def _interest(pair: tuple[_Heard, Topic], chosen: Sequence[tuple[_Heard, Topic]]) -> float:
    """Return how interesting a person is on a topic; less if a chosen person or topic is alike."""
    person, topic = pair
    nearest = max((float(person.direction @ other.direction) for other, _ in chosen), default=0.0)
    again: float = _SAME_KIND ** sum(other.kind == topic.kind for _, other in chosen)
    prominence: float = person.articles**_PROMINENCE
    return prominence * (1 - nearest) * topic.weight * again


def _is_answered(answer: Answer, speaker: Speaker, topic: Topic) -> bool:
    """Whether the answer is likely and begins with a statement of the speaker on the topic."""
    return answer.confidence >= LIKELY and any(_is_on(citation, speaker, topic) for citation in answer.citations[:1])


def _is_on(citation: Citation, speaker: Speaker, topic: Topic) -> bool:
    return citation.speaker == speaker.name and re.search(rf"\b{re.escape(topic.word)}", citation.text) is not None


def _to_question(speaker: Speaker, topic: Topic) -> str:
    return f"What did {speaker.name} say about {topic.text}?"
