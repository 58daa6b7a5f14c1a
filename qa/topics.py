"""The topics of people's statements: names and nouns that they use, ranked for each person.

Names and nouns are recognised by counting, without a parser: a noun often ends a phrase, while "Democratic" never does.
A single mention says little, but a few hundred statements are enough.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from index.english.dates import DAYS, MONTHS, SHORT_DAYS, SHORT_MONTHS
from index.english.grammar import AFTER_NOUNS, PREPOSITIONS, VERB_MARKERS
from index.english.names import FIRST_NAMES
from index.english.roles import SHORT_TITLES, TITLES
from index.english.stop_words import STOP_WORDS
from index.library import Library
from index.values import Sentence, Speaker
from index.words import any_of, fold_letters, to_stems
from qa.speech import CUE, find_surname

_CAPITALISED = r"(?:[A-Z][\w'-]*\w|[A-Z]\.)"
# Capitalised words inside a sentence, where the capital does not come from being first.
_NAME = re.compile(
    rf"(?:(?P<before>\w+),? )?(?<=[a-z,;] )(?P<name>{_CAPITALISED}(?: (?:of (?:the )?)?{_CAPITALISED})*)"
)
_NOUN = re.compile(r"(?:(?P<before>\w+) )?(?<![\w'-])(?P<noun>[a-z]{4,})(?![\w'-])")
_TITLE_WORD = re.compile(r"[a-z]{4,}")
_PHRASE_END = re.compile(rf"[,.;:?!”\"’)]|$| {any_of(AFTER_NOUNS)}\b")
_DATES = DAYS | SHORT_DAYS | SHORT_MONTHS | {*MONTHS}
_ANY_TITLE = "Mr"  # stands for all titles in the keys of `_full_names`

# Shares of the mentions of a word. Set by reading the topics of the 40 people quoted in most of 840 articles about US
# politics and of 500 from the BBC.
_ENDS_PHRASE = 0.3  # at least, for a name or a noun
_AFTER_PREPOSITION = 0.15  # at least, for a noun
_AFTER_THE = 0.5  # at least, to be asked about with "the"
_AS_VERB = 0.2  # at most, for a noun
_AFTER_TOLD, _AFTER_ON = 0.08, 0.5  # at most, for a name that is not a newspaper or a broadcaster
_AFTER_WITH = 0.4  # at most, for a person who is not the interviewer

_SPEAKERS = 3  # at least, for a noun, and for a name if the person speaks in _MANY articles
_NOUN_TITLES = 2  # articles with the noun in their title, at least
_MANY, _REPEATED = 10, 2  # a person quoted in _MANY articles must speak about the topic in _REPEATED of them
# In at most this share of the articles: "America", "Britain", "campaign" and "country" are in more.
_COMMON_NAME, _COMMON_NOUN = 0.07, 0.06
_KNOWN = 100  # of the people quoted most, whom a surname alone may mean
_RANKED = 20  # topics of each person whose rarity is looked up


@dataclass(frozen=True)
class Topic:
    """A topic as a question names it, with its weight for one person."""

    text: str
    kind: Literal["person", "name", "noun"]
    weight: float

    @property
    def word(self) -> str:
        """The word that every statement about it has: "Clinton" of "Hillary Clinton", "economy" of "the economy"."""
        return self.text.rpartition(" ")[2]


@dataclass(frozen=True)
class _Mention:
    text: str
    before: str
    """The word before it, in lower case."""
    ends_phrase: bool


@dataclass
class _Usage:
    """How a name or noun is used in all statements."""

    mentions: int = 0
    endings: int = 0
    endings_after_the: int = 0
    before: Counter[str] = field(default_factory=Counter)
    speakers: set[str] = field(default_factory=set)
    articles: set[str] = field(default_factory=set)
    pairs: int = 0
    """Of a speaker and an article."""

    def add(self, mention: _Mention, speaker: str, article_id: str, *, is_new_pair: bool) -> None:
        self.mentions += 1
        self.endings += mention.ends_phrase
        self.endings_after_the += mention.ends_phrase and mention.before == "the"
        self.before[mention.before] += 1
        self.speakers.add(speaker)
        self.articles.add(article_id)
        self.pairs += is_new_pair

    def share_after(self, words: Iterable[str]) -> float:
        return sum(self.before[word] for word in words) / self.mentions


def rank_topics(
    library: Library, statements: Iterable[tuple[Speaker, Sequence[Sentence]]], *, only_popular: bool = False
) -> dict[str, list[Topic]]:
    """Return the topics of each speaker's statements by the speaker's name, the weightiest first.

    A topic weighs more if the speaker mentions it in many articles, many speakers mention it, articles that mention it
    come back to it, and few sentences of the library have it. The speaker's own name is never a topic. With
    `only_popular`, which needs statements of many people, topics that only one or two mention are left out, and nouns
    are included as well as names. Call this within `library.reading`.
    """
    called = _full_names(library.people[:_KNOWN])
    usages: dict[str, _Usage] = defaultdict(_Usage)
    articles_of: dict[Speaker, dict[str, set[str]]] = {}
    for speaker, sentences in statements:
        articles = articles_of.setdefault(speaker, defaultdict(set))
        attribution = _attribution(speaker)
        for sentence in sentences:
            said = attribution.sub("", " ".join(sentence.text.replace("’", "'").split()))
            for mention in _find_mentions(said, called):
                found = articles[mention.text]
                is_new = sentence.article_id not in found
                usages[mention.text].add(mention, speaker.name, sentence.article_id, is_new_pair=is_new)
                found.add(sentence.article_id)
    total = len(set().union(*(usage.articles for usage in usages.values())))
    titles: Counter[str] = Counter()
    if only_popular:
        for record in library.records.values():
            titles.update(set(_TITLE_WORD.findall(record.title.lower())))
    people = frozenset(called.values())
    topics = {text: _to_topic(text, usage, total, people, titles) for text, usage in usages.items()}
    least = _SPEAKERS if only_popular else 1
    return {
        speaker.name: _rank(library, speaker, found, topics, usages, least) for speaker, found in articles_of.items()
    }


def _rank(
    library: Library,
    speaker: Speaker,
    articles: Mapping[str, set[str]],
    topics: Mapping[str, Topic | None],
    usages: Mapping[str, _Usage],
    least_speakers: int,
) -> list[Topic]:
    """Return a speaker's topics; `articles` are those in which the speaker uses each name or noun."""
    own = {word for name in (speaker.name, *speaker.names, *speaker.also) for word in fold_letters(name).split()}
    speaks_in_many = len(set().union(*articles.values())) >= _MANY
    ranked = []
    for text, found in articles.items():
        topic, usage = topics[text], usages[text]
        if topic is None or own & set(fold_letters(text).split()):
            continue
        if speaks_in_many and (len(found) < _REPEATED or len(usage.speakers) < least_speakers):
            continue
        weight = topic.weight * math.log1p(len(found)) * (0.5 + len(found) / usage.pairs)
        ranked.append(replace(topic, weight=weight))
    ranked.sort(key=lambda topic: (-topic.weight, topic.text))
    rare = [replace(topic, weight=topic.weight * _rarity(library, topic)) for topic in ranked[:_RANKED]]
    return sorted(rare, key=lambda topic: (-topic.weight, topic.text))


def _rarity(library: Library, topic: Topic) -> float:
    """Return the logarithm of the inverse frequency of a surname, or of the rarest word of another topic."""
    stems = to_stems(topic.word if topic.kind == "person" else topic.text)
    return math.log((1 + library.counts[1]) / (1 + min(map(library.lexical.frequency, stems))))


def _to_topic(
    text: str, usage: _Usage, articles: int, people: frozenset[str], titles: Mapping[str, int]
) -> Topic | None:
    """Return the topic that a name or noun is, with its weight for any speaker; None if it is not one.

    `articles` is the number of all articles with statements, `titles` the number of titles with each word, which a noun
    must have.
    """
    spread = math.log1p(len(usage.speakers))
    returns = min(usage.mentions / len(usage.articles) - 1, 1)  # how often an article comes back to it, up to once
    if text in people:
        return Topic(text, "person", spread) if usage.share_after(["told", "with"]) <= _AFTER_WITH else None
    if usage.endings < _ENDS_PHRASE * usage.mentions:
        return None
    with_the = usage.endings_after_the >= _AFTER_THE * usage.endings
    shown = f"the {text}" if with_the else text
    if text[0].isupper():
        is_outlet = usage.share_after(["told"]) > _AFTER_TOLD or usage.share_after(["on"]) > _AFTER_ON
        is_common = len(usage.articles) > max(_COMMON_NAME * articles, 3)
        return None if is_outlet or is_common else Topic(shown, "name", spread * (0.3 + 2 * returns))
    is_noun = with_the or usage.share_after(PREPOSITIONS) >= _AFTER_PREPOSITION
    if not is_noun or usage.share_after(VERB_MARKERS) > _AS_VERB:
        return None
    is_common = len(usage.articles) > _COMMON_NOUN * articles
    if is_common or len(usage.speakers) < _SPEAKERS or titles[text] < _NOUN_TITLES or not returns:
        return None
    return Topic(shown, "noun", 2 * spread * returns)


def _attribution(speaker: Speaker) -> re.Pattern[str]:
    """Match words that only say who speaks: "Ottilie Kern, who heads Clean Harbours, said" or "said Lee of Acme"."""
    surname = re.escape(find_surname(speaker.name.replace("’", "'")))
    return re.compile(rf"{surname}\b[^.;\"“”]{{0,100}}?\b{CUE}\b|\b{CUE}\s[^.;\"“”]{{0,40}}?\b{surname}\b[^.;\"“”]*")


def _find_mentions(text: str, called: Mapping[str, str]) -> Iterator[_Mention]:
    """Yield each name and each possible noun in a text."""
    for found in _NAME.finditer(text):
        before = found["before"] or ""
        if before.istitle():  # "Marrow" before "Island", at the beginning of a sentence
            continue
        words = found["name"].removesuffix("'s").removesuffix("'").split()
        untitled = words
        while untitled and untitled[0].rstrip(".").lower() in TITLES:
            untitled = untitled[1:]
        person = called.get(" ".join(words if untitled == words else [_ANY_TITLE, *untitled]))
        if person or _is_name(words):
            ends = bool(_PHRASE_END.match(text, found.end())) and not found["name"].endswith("'s")
            yield _Mention(person or " ".join(words), before.lower(), ends)
    for found in _NOUN.finditer(text):
        if found["noun"] not in STOP_WORDS:
            ends = bool(_PHRASE_END.match(text, found.end()))
            yield _Mention(found["noun"], (found["before"] or "").lower(), ends)


def _is_name(words: Sequence[str]) -> bool:
    """Whether capitalised words may be a name: not "I'm", "Monday", "Mr. Lind" or "Missouri Sen"."""
    plain = [word.rstrip(".") for word in words]
    return (
        len(" ".join(words)) >= 3
        and "'" not in plain[0]
        and not _DATES.intersection(plain)
        and not SHORT_TITLES.intersection((plain[0], plain[-1]))
    )


def _full_names(people: Sequence[Speaker]) -> dict[str, str]:
    """Return full names by every name of a person and by surname; after a title, any surname will do.

    The first of several people with a name is meant.
    """
    called: dict[str, str] = {}
    for speaker in people:
        first, _, rest = speaker.name.partition(" ")
        if speaker.kind != "person" or not rest:
            continue
        surname = rest.rpartition(" ")[2]
        names = [speaker.name, *speaker.names, *(f"{_ANY_TITLE} {name}" for name in (speaker.name, surname))]
        if fold_letters(first) in FIRST_NAMES or surname in speaker.also:  # not "Europe" for "Lycos Europe"
            names.append(surname)
        for name in names:
            called.setdefault(name, speaker.name)
    return called
