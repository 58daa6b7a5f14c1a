"""Questions to start with, or to go on with, made from the articles themselves; each is offered only if answered."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import zip_longest

from index.library import Library
from index.values import Speaker
from index.words import fold_letters, to_stems
from qa.answer import Answer
from qa.ask import answer_question
from qa.speech import CUE, find_surname, reads_as_statement

_ARTICLES = 12  # to look in for questions; a page should not wait for more
_STATEMENTS = 200  # of a speaker, to look in for what else they speak of
_TRIED = 4  # topics of a speaker, and others who speak, that are tried
_WORD = r"[A-Z][\w-]+"
_NAME = rf"{_WORD}(?: (?:[A-Z]\.|{_WORD}))*"
_PERSON_SAID = re.compile(rf"\b(?P<before>{_NAME})\s+(?:\w+\s+)?{CUE}\b|\b(?:said|added)\s+(?P<after>{_NAME})")
_TITLE = re.compile(r"^(?:(?:The|Mr|Mrs|Ms|Dr|President(?:-elect)?|Senator|Governor|Secretary|General|Ambassador)\s+)+")
# A name inside a sentence: a capital that does not begin it.
_TOPIC = re.compile(rf"(?<=[a-z,] )(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b){_NAME}")
# "Democratic" is no topic: unlike a noun, it never stands before a comma or a verb.
_AFTER_NOUN = r"(?:[,.;:]| (?:is|are|was|were|has|have|had|will|would)\b)"

# What has a capital and is no topic: a month, a title, an abbreviation, an adjective.
_NO_TOPIC = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|Mr|Mrs|Ms|Dr|Rev|Gov|Sen"
    r"|Rep|Democratic|\w{0,3}|\w*[ai]can|That .*|The|.* (?:Sen|Gov|Rep|Rev|Mr|Ms))\Z"
)
_OF_ONE = 2  # questions about one speaker, of those to go on with


def example_questions(library: Library, count: int = 4) -> list[str]:
    """Up to `count` questions that the articles answer, each about another person; the same for the same index."""
    found: list[str] = []
    people: set[str] = set()
    for article_id in _spread(sorted(library.records)):
        for person, topics in _people(library.article(article_id).text):
            if len(found) == count:
                return found
            if person in people:
                continue
            people.add(person)
            for topic in sorted(topics, key=lambda topic: (library.lexical.frequency(to_stems(topic)[-1]), topic))[:4]:
                question = f"What did {person} say about {topic}?"
                if _is_answered(library, question, person, topic):
                    found.append(question)
                    break
    return found


def next_questions(
    library: Library, answer: Answer, asked: Iterable[str], *, ask: Callable[[str], Answer], count: int = 3
) -> list[str]:
    """Up to `count` questions to go on with: what else its speakers say, and what others say in the cited articles.

    `asked` are the questions of the conversation, whose words are not asked about again. Each is put to `ask` before it
    is offered, at most 2 * 4 of them; what that raises ends the search. Of a refusal, the closest sentences count.
    """
    cited = answer.citations or answer.closest
    words = {word for question in asked for word in fold_letters(question).split()} | set(to_stems(" ".join(asked)))
    named = list(dict.fromkeys(citation.speaker for citation in cited if citation.speaker))
    with library.reading():
        own = [
            (speaker, topic)
            for speaker in library.people
            if speaker.name in named[:1]
            for topic in _topics_of(library, speaker, words)[:_TRIED]
        ]
        others = _others(library, dict.fromkeys(citation.article_id for citation in cited), named, words)[:_TRIED]
    found: list[str] = []
    taken: list[str] = []  # speakers and topics
    for speaker, topic in filter(None, (pair for pairs in zip_longest(own, others) for pair in pairs)):
        if len(found) == count:
            break
        question = f"What did {speaker.name} say about {topic}?"
        if topic in taken or taken.count(speaker.name) == _OF_ONE:
            continue
        if any(citation.speaker == speaker.name and topic in citation.text for citation in ask(question).citations):
            taken += [speaker.name, topic]
            found.append(question)
    return found


def _topics_of(library: Library, speaker: Speaker, words: set[str]) -> list[str]:
    """What a speaker names in their statements, the most often named first."""
    ids = sorted(library.lexical.statements(speaker.names))[:_STATEMENTS]
    texts = [sentence.text for sentence in library.store.sentences_of(ids).values()]
    counts = Counter(topic for text in texts for topic in _topics(text, speaker, words))
    return sorted(counts, key=lambda topic: (-counts[topic], topic))


def _others(
    library: Library, article_ids: Iterable[str], named: list[str], words: set[str]
) -> list[tuple[Speaker, str]]:
    """Other people who speak in some articles, each with the first that they name there."""
    speakers = {name: speaker for speaker in library.people for name in speaker.names if speaker.kind == "person"}
    found: dict[str, tuple[Speaker, str]] = {}
    for article_id in [article_id for article_id in article_ids if article_id in library.records][:3]:
        for sentence in library.store.sentences(library.records[article_id]):
            speaker = speakers.get(sentence.speaker or "")
            if speaker is None or speaker.name in named or speaker.name in found or " " not in speaker.name:
                continue
            for topic in _topics(sentence.text, speaker, words):
                found[speaker.name] = (speaker, topic)
                break
    return list(found.values())


def _topics(text: str, speaker: Speaker, words: set[str]) -> list[str]:
    """Names in a text that stand where a noun does, but for the speaker's own and those of `words`."""
    names = [found.group() for found in _TOPIC.finditer(text)]
    own = {word for name in (speaker.name, *speaker.names, *speaker.also) for word in fold_letters(name).split()}
    return [
        name
        for name in dict.fromkeys(names)
        if not _NO_TOPIC.match(name)
        and not own & set(fold_letters(name).split())
        and not words & {*fold_letters(name).split(), *to_stems(name)}
        and re.search(re.escape(name) + _AFTER_NOUN, text)
    ]


def _spread(article_ids: list[str]) -> list[str]:
    """At most `_ARTICLES` of them, evenly spaced."""
    step = max(1, len(article_ids) // _ARTICLES)
    return article_ids[::step][:_ARTICLES]


def _is_answered(library: Library, question: str, person: str, topic: str) -> bool:
    """Whether the answer names the topic in a statement of the person, or beside two of them."""
    texts = [citation.text for citation in answer_question(library, question).citations]
    statements = [text for text in texts if reads_as_statement(text, "", find_surname(person)) == 1]
    return any(topic in text for text in statements) or (len(statements) > 1 and any(topic in text for text in texts))


def _people(text: str) -> Iterator[tuple[str, list[str]]]:
    """Those who say something in a text, by their full names, in their order, with the topics to ask them about."""
    names = Counter(found.group() for found in _TOPIC.finditer(text))
    topics = [name for name, times in names.items() if times > 1 and re.search(re.escape(name) + _AFTER_NOUN, text)]
    for said in _PERSON_SAID.finditer(text):
        person = _TITLE.sub("", said["before"] or said["after"])
        if " " in person:
            yield person, [topic for topic in topics if not set(topic.split()) & set(person.split())]
