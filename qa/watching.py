"""Which watches a sentence fits: by who says it, and by what it means.

A sentence fits a watch if it is from the outlet, is said by the speaker, and is about the topic: its vector in context
is near that of the question, or it has enough of the topic's words. What may answer a question, the reader then reads.
One version of an article is compared at a time, with all watches at once, and no index is needed for it, so that one
that is gone is compared like one that is there.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.library import Library
from index.speech.people import find_speaker
from index.values import Sentence, Speaker, led_by
from index.words import fold_letters, to_stems, to_words
from qa.question import read_question
from qa.reading import read_article
from qa.request import asks_for_answer
from qa.scoring import measure_rarity, measure_share
from qa.watches import MOST, Watch, text_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class _Bar:
    """What a sentence must reach to be about a topic: its cosine with it, and a weighted share of the topic's words."""

    share: float
    least: float


# With a speaker, chosen on 400 questions "What did X say about Y?" over a stream of news articles; without, on 112
# questions over these and checked on 149 over others. What reaches MAY_ANSWER is read, and must reach ANSWERS as the
# reader's logit. See docs/quality.md.
SAID, ASKED, MAY_ANSWER = _Bar(0.75, 0.9), _Bar(0.25, 0.72), _Bar(0.25, 0.6)
ANSWERS = 0.2


@dataclass(frozen=True, eq=False)
class Seen:
    """A version of an article: its outlet, title, and sentences in order, with their unit vectors in context."""

    source: str | None
    title: str
    sentences: Sequence[Sentence]
    vectors: NDArray[np.float32]


@dataclass(frozen=True)
class _Wanted:
    """A watch, ready to be compared: whose words it wants, and the stems of its topic without the speaker's name.

    `asks` is whether it has a question that the reader can tell the answers to.
    """

    watch: Watch
    speaker: str
    topic: tuple[str, ...]
    asks: bool


class Matcher:
    """Compares articles with watches, whose texts have these vectors (n, dim); see `text_of`."""

    def __init__(self, library: Library, watches: Sequence[Watch], vectors: NDArray[np.float32]) -> None:
        """Call it, and use it, within one `library.reading` block."""
        self._library = library
        self._vectors = vectors
        self._wanted = [_read(watch) for watch in watches]
        self._called = {person.name: person.also for person in library.people}
        self._voices: dict[str, frozenset[str]] = {}
        self._rarity: dict[tuple[str, ...], dict[str, float]] = {}

    def match(self, seen: Seen, positions: Collection[int]) -> dict[Watch, list[int]]:
        """The positions, of these, of the sentences that fit each watch that any fits."""
        speakers = {said.speaker for at in positions for said in seen.sentences[at].statements if said.speaker}
        speakers |= {seen.sentences[at].speaker or "" for at in positions} - {""}
        words = {word for name in speakers for word in self._words_of(name)}
        near = self._vectors @ seen.vectors.T
        stems = [set(to_stems(sentence.text)) for sentence in seen.sentences]
        found = {}
        for wanted, row in zip(self._wanted, near, strict=True):
            if wanted.watch.source and wanted.watch.source.casefold() != (seen.source or "").casefold():
                continue
            voices = self._find_voices(wanted.speaker, words, speakers) if wanted.speaker else frozenset()
            if wanted.speaker and not voices:
                continue
            fitting = [
                at for at in sorted(positions) if (not voices or led_by(seen.sentences[at], voices).speaker in voices)
            ]
            if wanted.topic:
                fitting = self._find_about(wanted, seen, fitting, row, stems)
            if fitting:
                found[wanted.watch] = fitting
        return found

    def _find_about(
        self,
        wanted: _Wanted,
        seen: Seen,
        positions: Sequence[int],
        near: NDArray[np.float32],
        stems: Sequence[set[str]],
    ) -> list[int]:
        """Those of these positions, in order, of which the sentences are about a topic, or answer a question."""
        if not wanted.asks:
            bar = SAID if wanted.speaker else ASKED
            return [at for at in positions if self._reaches(bar, wanted, float(near[at]), stems[at])]
        nearest = sorted(positions, key=lambda at: -near[at])
        may_answer = [at for at in nearest if self._reaches(MAY_ANSWER, wanted, float(near[at]), stems[at])]
        answers = read_article(self._library, wanted.watch.question, seen.title, seen.sentences, may_answer)
        if not answers:
            return [at for at in sorted(may_answer) if self._reaches(ASKED, wanted, float(near[at]), stems[at])]
        return [at for at in sorted(may_answer) if answers[at] >= ANSWERS]

    def _reaches(self, bar: _Bar, wanted: _Wanted, near: float, stems: set[str]) -> bool:
        if near + bar.share < bar.least or near >= bar.least:
            return near >= bar.least  # whatever words it has
        if wanted.topic not in self._rarity:
            self._rarity[wanted.topic] = measure_rarity(self._library, wanted.topic)
        return near + bar.share * measure_share(self._rarity[wanted.topic], stems) >= bar.least

    def _words_of(self, voice: str) -> set[str]:
        """The words by which a voice may be asked for."""
        name = self._library.full_names.get(voice, voice)
        also = self._called.get(name, ())
        return {word for text in (voice, name, *also) for word in to_words(fold_letters(text))}

    def _find_voices(self, asked: str, words: Collection[str], speakers: Collection[str]) -> frozenset[str]:
        """Those of these voices that are the speaker's whom a watch means; `words` are those of their names."""
        if set(to_words(fold_letters(asked))).isdisjoint(words):
            return frozenset()
        if asked not in self._voices:
            self._voices[asked] = _names(asked, self._library.people)
        # Whoever spoke only in a version that is gone is not known any more.
        known = self._voices[asked] or _names(asked, [Speaker(voice, names=(voice,)) for voice in sorted(speakers)])
        return known.intersection(speakers)


@functools.lru_cache(maxsize=MOST)
def _read(watch: Watch) -> _Wanted:
    query = read_question(text_of(watch)) if watch.question or watch.about else None
    speaker = watch.speaker or (query.speaker if query and query.speaker else "")
    named = set(to_stems(speaker))
    topic = to_stems(" ".join(query.terms)) if query else []
    asks = not speaker and not watch.about and asks_for_answer(watch.question)
    return _Wanted(watch, speaker, tuple(stem for stem in dict.fromkeys(topic) if stem not in named), asks)


def _names(asked: str, people: Sequence[Speaker]) -> frozenset[str]:
    """The voices of whom a name means for certain; none if it means nobody."""
    match = find_speaker(asked, people)
    return frozenset(match.speaker.names if match and match.exact else ())
