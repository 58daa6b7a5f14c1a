"""Who speaks in an open index, with corrections applied: people, and sentences with the right person's voice.

Nothing in the store is changed by a correction. Sentences are corrected as they are read: their `speaker` becomes the
voice that `index.speech.identity` gives them, and `Speaker.names` are such voices too.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from index.speech.corrections import Correction, Corrections, GiveStatement
from index.speech.families import Families
from index.speech.identity import Identities, Person
from index.speech.suggestions import Presence, Suggestion, suggest, to_days
from index.storage.chroma import FoundSentence
from index.storage.lexical import Lexical
from index.storage.store import Records, Store
from index.values import ArticleRecord, Sentence, Speaker, Statement, parse_sentence_id, sentence_id
from index.words import fold_letters

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_COMPARED = 1_000  # statements, at most, of which each is compared with a question
_ARTICLES = 200  # of a person, in which others are sought who speak beside them


@dataclass(frozen=True)
class Heard:
    """Everyone who speaks, by what the articles alone say, those with the most statements first.

    `counts` has the number of statements by each name that an article has for a speaker.
    """

    people: tuple[Speaker, ...]
    counts: Mapping[str, int]
    families: Families
    records: Records


def hear(records: Records, counts: Mapping[str, int], before: Heard | None = None) -> Heard:
    """Find out who speaks in the articles with these records, and read only those that `before` had not heard."""
    families = (before.families if before else Families()).follow(records.speakers())
    return Heard(tuple(_give_names(families.merged, counts)), counts, families, records)


class Roster:
    """Who speaks, and what the store holds with corrections applied; nothing in it changes."""

    def __init__(self, store: Store, lexical: Lexical, heard: Heard, corrections: Corrections) -> None:
        self.corrections = corrections
        self._store = store
        self._lexical = lexical
        self._heard = heard
        identities = Identities(
            [Person(who.name, who.also, who.kind, who.names) for who in heard.people],
            lambda article_id: heard.families.articles.get(article_id, ()),
            heard.families.articles_of,
        )
        identities.separate(heard.people, heard.families.fields)
        self.idle: tuple[str, ...] = tuple(map(functools.partial(self._apply, identities), corrections.made))
        """For each correction made, "", or the reason why it has no effect now."""
        self._nobody = identities.nobody
        self._voice_of = identities.voice_of
        self._given: dict[str, str | None] = {}
        """The voice of each sentence, by its id, whose main statement was given to somebody, or with None to nobody."""
        self._names: dict[str, list[str]] = {}
        """The names that the store has for the speakers in each sentence, by its id, that has another voice."""
        self._moved = self._find_moved(identities) if identities.are_changed else {}
        """The voices of each of these, by its id."""
        self._counts = self._count(heard.counts)
        if identities.are_changed or corrections.made:
            people = [Speaker(who.name, who.also, who.kind, who.voices, who.role) for who in identities.people]
            self.people = _give_names(people, self._counts)
        else:
            self.people = list(heard.people)
        """Everyone who speaks, those with the most statements first."""

    @functools.cached_property
    def full_names(self) -> dict[str, str]:
        """For each voice, the name of its person."""
        return {name: speaker.name for speaker in self.people for name in speaker.names}

    def count(self, speaker: Speaker) -> int:
        """The number of statements of one of `people`."""
        return sum(self._counts.get(name, 0) for name in speaker.names)

    def sentences(self, record: ArticleRecord) -> list[Sentence]:
        """An article's sentences, in order."""
        found = self._store.sentences(record)
        if self._is_plain:
            return found
        return [self._correct(sentence_id(record.id, record.digest, sentence.position), sentence) for sentence in found]

    def sentences_of(self, ids: Sequence[str]) -> dict[str, Sentence]:
        """The sentences with these ids that the store holds, by id."""
        found = self._store.sentences_of(ids)
        return found if self._is_plain else {key: self._correct(key, held) for key, held in found.items()}

    def correct(self, digest: str, sentences: Iterable[Sentence]) -> list[Sentence]:
        """Sentences of an article's version with this digest, which the store need not hold."""
        return [self._correct(sentence_id(one.article_id, digest, one.position), one) for one in sentences]

    def sentences_with_vectors(self, ids: Sequence[str]) -> list[FoundSentence]:
        """The sentences with these ids that the store holds, with their vectors, in no particular order."""
        found = self._store.sentences_with_vectors(ids)
        if self._is_plain:
            return found
        return [(key, self._correct(key, sentence), own, context) for key, sentence, own, context in found]

    def nearest(
        self,
        vector: NDArray[np.float32],
        count: int,
        speakers: Collection[str] = (),
        articles: Collection[str] | None = None,
    ) -> list[tuple[str, float]]:
        """As `Store.nearest`, where `speakers` are voices, and all of their statements are searched."""
        if not speakers:
            return self._store.nearest(vector, count, (), articles)
        said = _among(self.statements(speakers), articles)
        if len(said) <= _COMPARED:
            return self._store.nearest_of(said, vector, count)
        found = self._store.nearest(vector, count + self._count_moved_from(speakers), speakers, articles)
        found = [pair for pair in found if pair[0] not in self._moved]
        others = [key for key in self._lexical.also_spoken(speakers) if key not in self._moved]
        arrived = {*self._arrived(speakers, articles), *_among(others, articles)}
        found += self._store.nearest_of(arrived, vector, count)
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:count]

    def search(
        self,
        terms: Iterable[str],
        count: int,
        *,
        speakers: Collection[str] = (),
        articles: Collection[str] | None = None,
    ) -> list[tuple[str, float]]:
        """As `Lexical.search` in context, where `speakers` are voices."""
        search = functools.partial(self._lexical.search, list(terms))
        found = search(count + self._count_moved_from(speakers), speakers=speakers, articles=articles)
        arrived = self._arrived(speakers, articles)
        if speakers:
            found = [pair for pair in found if pair[0] not in self._moved]
        if arrived:
            found += search(count, ids=arrived)
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:count]

    def statements(self, speakers: Collection[str] | None) -> list[str]:
        """The ids of all sentences with one of these voices, or with None of anyone who has a name."""
        if self._is_plain:
            return self._lexical.statements(speakers)
        voices = set(self._counts) - self._nobody if speakers is None else set(speakers)
        held = [key for key in self._lexical.statements(voices) if key not in self._moved]
        return held + [key for key, said in self._moved.items() if voices.intersection(said)]

    def said_by_unnamed(self, called: str) -> list[str]:
        """The ids of the sentences with a source that has no name and is called so: "analysts"."""
        return self._lexical.said_by_unnamed(fold_letters(called))

    @functools.cached_property
    def suggestions(self) -> list[Suggestion]:
        """Pairs of people who are perhaps one, the likeliest first."""
        return suggest(self.people, functools.cache(self._find_presence))

    def try_out(self, correction: Correction) -> str:
        """Return "" if one more correction would have an effect, or the reason why it would have none."""
        more = replace(self.corrections, made=(*self.corrections.made, correction))
        return Roster(self._store, self._lexical, self._heard, more).idle[-1]

    def _find_presence(self, speaker: Speaker) -> Presence:
        records = self._heard.records
        articles = sorted({parse_sentence_id(key)[0] for key in self.statements(speaker.names)})[:_ARTICLES]
        beside = {
            self.full_names.get(other.name, other.name)
            for article in articles
            for other in self._heard.families.articles.get(article, ())
        }
        return Presence(
            frozenset(articles),
            frozenset(beside - {speaker.name}),
            to_days(records[article].published for article in articles if article in records),
        )

    @property
    def _is_plain(self) -> bool:
        """Whether every sentence has the voice that the store has."""
        return not self._moved and not self._nobody and not self._voice_of

    def _apply(self, identities: Identities, correction: Correction) -> str:
        if isinstance(correction, GiveStatement):
            if correction.article not in self._heard.records:
                return f"there is no article {correction.article}"
            if not self._lexical.find_sentences(correction.article, correction.text):
                return f"{correction.article} has no such sentence"
        return identities.apply(correction)

    def _find_moved(self, identities: Identities) -> dict[str, list[str]]:
        mainly: dict[str, str | None] = {}
        for (article_id, text), given in identities.given.items():
            for key, name in self._lexical.find_sentences(article_id, text):
                self._given[key] = None if given in self._nobody else given
                mainly[key] = name
        articles, names = ({key[i] for key in identities.voice_of} for i in (0, 1))
        held = self._lexical.statements(names) if names else []
        if not self._nobody:  # else these names may be nobody's anywhere
            held = [key for key in held if parse_sentence_id(key)[0] in articles]
        moved = {}
        for key, spoken in self._lexical.speakers_of({*held, *self._given}).items():
            article_id = parse_sentence_id(key)[0]
            voices = [self._find_voice(article_id, name) for name in spoken]
            if key in self._given:
                voices[: 1 if mainly[key] else 0] = [self._given[key]]
            if voices != spoken:
                moved[key], self._names[key] = [voice for voice in voices if voice], spoken
        return moved

    def _count(self, counts: Mapping[str, int]) -> Mapping[str, int]:
        if not self._moved:
            return counts
        counted = Counter(counts)
        for key, voices in self._moved.items():
            counted.update(set(voices))
            counted.subtract(self._names[key])
        return {voice: number for voice, number in counted.items() if number > 0}

    def _count_moved_from(self, speakers: Collection[str]) -> int:
        """The number of sentences that the store has under one of these names, and that have another voice."""
        return sum(any(name in speakers for name in self._names[key]) for key in self._moved) if speakers else 0

    def _arrived(self, speakers: Collection[str], articles: Collection[str] | None) -> list[str]:
        """The sentences that have another voice than in the store, and one of these, among these articles."""
        if not speakers:
            return []
        wanted = set(speakers)
        return _among([key for key, voices in self._moved.items() if wanted.intersection(voices)], articles)

    def _correct(self, key: str, sentence: Sentence) -> Sentence:
        voice = self._find_voice(sentence.article_id, sentence.speaker)
        if key in self._given:
            voice = self._given[key]
        speech = sentence.speech or ("indirect" if voice else None)
        statements = tuple(
            replace(said, speaker=voice, source="" if voice != said.speaker else said.source)
            if said.speaker == sentence.speaker
            else replace(said, speaker=self._find_voice(sentence.article_id, said.speaker))
            for said in sentence.statements
        )
        if not statements and voice and speech:
            statements = (Statement(0, len(sentence.text), voice, speech),)
        return replace(sentence, speaker=voice, speech=speech, statements=statements)

    def _find_voice(self, article_id: str, name: str | None) -> str | None:
        """The voice of a name in an article; None for nobody's."""
        voice = self._voice_of.get((article_id, name), name) if name else None
        return None if voice in self._nobody else voice


def _among(ids: Sequence[str], articles: Collection[str] | None) -> list[str]:
    """The ids of sentences in these articles, or all with None."""
    among = None if articles is None else set(articles)
    return [key for key in ids if among is None or parse_sentence_id(key)[0] in among]


def _give_names(people: Sequence[Speaker], counts: Mapping[str, int]) -> list[Speaker]:
    """The people with the names that have statements, those with the most statements first."""
    left = dict(counts)
    ordered = sorted(people, key=lambda speaker: -sum(left.get(name, 0) for name in speaker.names))
    found = []
    for speaker in ordered:  # a name used for both a person and a group belongs to the likelier of the two
        names = tuple(name for name in speaker.names if left.pop(name, 0))
        if names:
            found.append(speaker if names == speaker.names else replace(speaker, names=names))
    return found
