"""What people speak of: their statements in, and for each person names and nouns out, the weightiest first.

What is a name or a noun is counted, not parsed: nouns often stand at the end of a phrase, and "Democratic" never does.
One mention tells little, but a few hundred statements tell enough.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from index.english.dates import DAYS, MONTHS, SHORT_DAYS, SHORT_MONTHS
from index.english.names import FIRST_NAMES
from index.english.roles import SHORT_TITLES, TITLES
from index.english.stop_words import STOP_WORDS
from index.library import Library
from index.values import Sentence, Speaker
from index.words import fold_letters, to_stems

_CAPITAL = r"(?:[A-Z][\w'-]*\w|[A-Z]\.)"
# A capital that does not begin a sentence.
_NAME = re.compile(rf"(?:(?P<before>\w+),? )?(?<=[a-z,;] )(?P<name>{_CAPITAL}(?: (?:of (?:the )?)?{_CAPITAL})*)")
_WORD = re.compile(r"(?:(?P<before>\w+) )?(?<![\w'-])(?P<word>[a-z]{4,})(?![\w'-])")
_LOWER = re.compile(r"[a-z]{4,}")
_POSSESSIVE = re.compile(r"'s?$")
_PHRASE_ENDS = re.compile(r"[,.;:?!”\"’)]|$| (?:is|are|was|were|has|have|had|will|would|can|could|should|and)\b")
_PREPOSITIONS = frozenset("about against by for from in of on over with".split())
_BEFORE_VERBS = frozenset("can could he i must not she should t they to we will would you".split())
_TITLED_NAME = "Mr"  # stands for any title
_NEVER = DAYS | SHORT_DAYS | SHORT_MONTHS | {*MONTHS}

_ENDS = 0.3  # of the mentions of a noun at least so many end a phrase
_AS_NOUN = 0.15  # follow a preposition
_WITH_ARTICLE = 0.5  # follow "the", where it goes into a question with it
_AS_VERB = 0.2  # and at most so many follow what a verb follows
_TOLD = 0.08  # of the mentions of a newspaper or a broadcaster, those after "told"
_ON = 0.5  # and those after "on"
_HOST = 0.4  # of the mentions of an interviewer, those after "told" or "with"
_SPEAKERS = 3  # who speak of a noun; a name may be spoken of by one
_MANY, _REPEATED = 10, 2  # who speaks in so many articles should speak of a topic in so many
_KNOWN = 100  # of those who speak most may be meant by their surnames alone
_WEIGHTIEST = 20  # topics of each, whose rarity is looked up
_COMMON_NAME = 0.07  # of the articles may have a name in a statement: more have "America", or "Britain"
_TITLED = 2  # articles have a noun in their titles
_COMMON = 0.06  # of the articles may have a noun in a statement: more have "campaign" and "country"


@dataclass(frozen=True)
class Topic:
    """What a person speaks of, as it goes into a question; `kind` is "person", "name" or "noun"."""

    text: str
    kind: str
    weight: float

    @property
    def word(self) -> str:
        """The word that a statement about it has: "Clinton" for "Hillary Clinton", "economy" for "the economy"."""
        return self.text.rpartition(" ")[2]


@dataclass
class _Counts:
    """How a name or a noun is used."""

    mentions: int = 0
    ends: int = 0
    before: Counter[str] = field(default_factory=Counter)
    speakers: set[str] = field(default_factory=set)
    articles: set[str] = field(default_factory=set)
    spoken: int = 0  # articles, counted once for each speaker


def rank_topics(library: Library, statements: Iterable[tuple[Speaker, Sequence[Sentence]]]) -> dict[str, list[Topic]]:
    """Return by name of each speaker what their statements are about, the weightiest first, without their own names.

    Weighty is what the speaker names in many articles, what many others name, what an article that has it returns to,
    and what not every article has. Within `library.reading`.
    """
    called = _full_names(library.people[:_KNOWN])
    counts: dict[str, _Counts] = defaultdict(_Counts)
    of_speaker: dict[str, dict[str, set[str]]] = {}
    speakers = {}
    for speaker, sentences in statements:
        speakers[speaker.name] = speaker
        own = of_speaker.setdefault(speaker.name, defaultdict(set))
        for sentence in sentences:
            for text, before, ends in _find_mentions(" ".join(sentence.text.replace("’", "'").split()), called):
                count = counts[text]
                count.mentions += 1
                count.ends += ends
                count.before[before] += 1
                count.speakers.add(speaker.name)
                count.articles.add(sentence.article_id)
                count.spoken += sentence.article_id not in own[text]
                own[text].add(sentence.article_id)
    total = len(set().union(*(count.articles for count in counts.values()))) if counts else 0
    names = frozenset(called.values())
    titled = Counter(word for record in library.records.values() for word in set(_LOWER.findall(record.title.lower())))
    known = {text: topic for text, count in counts.items() if (topic := _to_topic(text, count, total, names, titled))}
    return {name: _rank(library, speakers[name], own, known, counts) for name, own in of_speaker.items()}


def _rank(
    library: Library,
    speaker: Speaker,
    articles: Mapping[str, set[str]],
    known: Mapping[str, Topic],
    counts: Mapping[str, _Counts],
) -> list[Topic]:
    """The topics of a speaker, given by each name and noun the articles in which the speaker has it."""
    own = {word for name in (speaker.name, *speaker.names, *speaker.also) for word in fold_letters(name).split()}
    least = _REPEATED if len(set().union(*articles.values())) >= _MANY else 1
    topics = [
        replace(topic, weight=topic.weight * math.log1p(len(found)) * (0.5 + len(found) / counts[text].spoken))
        for text, found in articles.items()
        if len(found) >= least and (topic := known.get(text)) and not own & set(fold_letters(text).split())
    ]
    topics = sorted(topics, key=lambda topic: (-topic.weight, topic.text))[:_WEIGHTIEST]
    rare = [replace(topic, weight=topic.weight * _rarity(library, topic)) for topic in topics]
    return sorted(rare, key=lambda topic: (-topic.weight, topic.text))


def _rarity(library: Library, topic: Topic) -> float:
    """The logarithm of the inverse frequency of a surname, or a topic's rarest word: "Islamic" of "Islamic State"."""
    stems = to_stems(topic.word if topic.kind == "person" else topic.text)
    return math.log((1 + library.counts[1]) / (1 + min(map(library.lexical.frequency, stems))))


def _to_topic(
    text: str, count: _Counts, articles: int, people: frozenset[str], titled: Mapping[str, int]
) -> Topic | None:
    """The topic that a name or a noun is, with its weight for everyone; None where it is none."""

    def share(words: Iterable[str]) -> float:
        return sum(count.before[word] for word in words) / count.mentions

    spread, returns = math.log1p(len(count.speakers)), min(count.mentions / len(count.articles) - 1, 1)
    if text in people:
        is_host = share(["told", "with"]) > _HOST
        return None if is_host else Topic(text, "person", spread)
    if count.ends < _ENDS * count.mentions:
        return None
    shown = f"the {text}" if share(["the"]) >= _WITH_ARTICLE else text
    if text[0].isupper():
        is_outlet = share(["told"]) > _TOLD or share(["on"]) > _ON
        is_common = len(count.articles) > max(_COMMON_NAME * articles, 3)
        return None if is_outlet or is_common else Topic(shown, "name", spread * (0.3 + 2 * returns))
    if len(count.speakers) < _SPEAKERS or len(count.articles) > _COMMON * articles or share(_BEFORE_VERBS) > _AS_VERB:
        return None
    if not returns or titled[text] < _TITLED or (shown == text and share(_PREPOSITIONS) < _AS_NOUN):
        return None
    return Topic(shown, "noun", 2 * spread * returns)


def _find_mentions(text: str, called: Mapping[str, str]) -> Iterator[tuple[str, str, bool]]:
    """Each name and noun in a text, the word before it, and whether a phrase ends with it."""
    for found in _NAME.finditer(text):
        if (found["before"] or "").istitle():  # "Marrow" before "Island", at the beginning of a sentence
            continue
        words = found["name"].split()
        words[-1] = _POSSESSIVE.sub("", words[-1])
        bare = words
        while bare and bare[0].rstrip(".").lower() in TITLES:
            bare = bare[1:]
        person = called.get(" ".join(bare if bare == words else [_TITLED_NAME, *bare]))
        name = person or " ".join(words)
        plain = [word.rstrip(".") for word in words]
        if not person and (len(name) < 3 or plain[0] in SHORT_TITLES or "'" in plain[0] or _NEVER.intersection(plain)):
            continue
        ends = bool(_PHRASE_ENDS.match(text, found.end())) and not found["name"].endswith("'s")
        yield name, (found["before"] or "").lower(), ends
    for found in _WORD.finditer(text):
        if found["word"] not in STOP_WORDS:
            yield found["word"], (found["before"] or "").lower(), bool(_PHRASE_ENDS.match(text, found.end()))


def _full_names(people: Sequence[Speaker]) -> dict[str, str]:
    """By the name and the surname of a person, the full name; after a title, by every surname."""
    called: dict[str, str] = {}
    for speaker in people:
        first, _, rest = speaker.name.partition(" ")
        if speaker.kind != "person" or not rest:
            continue
        for name in (speaker.name, *speaker.names):
            called.setdefault(name, speaker.name)
        surname = rest.rpartition(" ")[2]
        for name in (speaker.name, surname):
            called.setdefault(f"{_TITLED_NAME} {name}", speaker.name)
        if fold_letters(first) in FIRST_NAMES or surname in speaker.also:  # not "Europe" for "Lycos Europe"
            called.setdefault(surname, speaker.name)
    return called
