"""Questions to start with, made from the articles themselves; each is offered only if it is answered."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from index.lexical import to_stems
from index.library import Library
from qa.ask import answer_question
from qa.speech import CUE, find_surname, reads_as_statement

_ARTICLES = 12  # to look in for questions; a page should not wait for more
_WORD = r"[A-Z][\w-]+"
_NAME = rf"{_WORD}(?: (?:[A-Z]\.|{_WORD}))*"
_PERSON_SAID = re.compile(rf"\b(?P<before>{_NAME})\s+(?:\w+\s+)?{CUE}\b|\b(?:said|added)\s+(?P<after>{_NAME})")
_TITLE = re.compile(r"^(?:(?:The|Mr|Mrs|Ms|Dr|President(?:-elect)?|Senator|Governor|Secretary|General|Ambassador)\s+)+")
# A name inside a sentence: a capital that does not begin it.
_TOPIC = re.compile(rf"(?<=[a-z,] )(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b){_NAME}")
# "Democratic" is no topic: unlike a noun, it never stands before a comma or a verb.
_AFTER_NOUN = r"(?:[,.;:]| (?:is|are|was|were|has|have|had|will|would)\b)"


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
