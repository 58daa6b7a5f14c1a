"""A seed in; articles, vectors, questions and search terms with the statistics of real ones out."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from index.models.embedding import in_context
from index.values import Sentence, sentence_id

DIMENSION = 384
SENTENCES = 25  # of an article
VOCABULARY = 200_000


@dataclass(frozen=True)
class Generated:
    """An article generated from its number, with the attributes of a record that the lexical index reads."""

    id: str
    digest: str
    title: str
    sentences: list[Sentence]
    title_vector: np.ndarray  # (384,)
    vectors: np.ndarray  # (25, 384), of unit length
    contexts: np.ndarray  # (25, 384), of unit length

    @property
    def ids(self) -> list[str]:
        return [sentence_id(self.id, self.digest, sentence.position) for sentence in self.sentences]

    @property
    def metadatas(self) -> list[dict[str, Any]]:
        return [
            {"article_id": self.id, "digest": self.digest, "position": s.position, "start": s.start, "end": s.end}
            | ({} if s.position % 3 else {"speaker": f"Speaker {s.position}", "speech": "direct"})
            for s in self.sentences
        ]


class World:
    """Generates articles, questions and search terms: the same ones for the same seed and number of topics."""

    def __init__(self, seed: int, topics: int) -> None:
        self.seed = seed
        self.spectrum = (np.arange(1, DIMENSION + 1) ** -0.35).astype(np.float32)
        self.topics = self._directions(np.random.default_rng([seed, 1]), topics)
        self.vocabulary = np.array([_spell(rank) for rank in range(VOCABULARY)])
        self.cumulated = np.cumsum(1 / (np.arange(VOCABULARY) + 2.7))
        self.cumulated /= self.cumulated[-1]

    def article(self, number: int, version: int = 0) -> Generated:
        random = np.random.default_rng([self.seed, 2, number, version])
        about = self._about(random)
        vectors = _unit(0.6 * about + 0.8 * self._directions(random, SENTENCES))
        title_vector = _unit(0.8 * about + 0.6 * self._directions(random, 1)[0])
        lengths = np.clip(random.lognormal(3.0, 0.5, SENTENCES), 3, 80).astype(int)  # mean 22 words
        words = self._words(random, int(lengths.sum()) + 8)
        name = f"gazette/2016/05/{number % 31:02d}/{number:08d}-{words[0]}-{words[1]}.txt"
        article_id = self.article(number).id if version else name
        sentences, start, first = [], 0, 8
        for position, length in enumerate(lengths):
            text = " ".join(words[first : first + length]).capitalize() + "."
            sentences.append(Sentence(article_id, position, start, start + len(text), text))
            start, first = start + len(text) + 1, first + length
        digest = hashlib.sha256(f"{number} {version}".encode()).hexdigest()
        title = " ".join(words[:8])
        return Generated(article_id, digest, title, sentences, title_vector, vectors, in_context(vectors, title_vector))

    def questions(self, articles: int, count: int) -> np.ndarray:
        """Return vectors (count, 384), each at a cosine of 0.6 to a sentence of one of so many articles."""
        random = np.random.default_rng([self.seed, 3])
        near = [self.article(int(number)).contexts[0] for number in random.integers(articles, size=count)]
        return _unit(0.6 * np.array(near) + 0.8 * self._directions(random, count))

    def terms(self, count: int) -> list[list[str]]:
        """Return lists of 8 words: one as common as the top name in the news (9 % of sentences), 2 common, 5 rarer."""
        random = np.random.default_rng([self.seed, 4])
        bands = ((15, 30), (100, 300), (100, 300), *[(500, 5_000)] * 3, *[(20_000, 100_000)] * 2)
        return [[str(self.vocabulary[random.integers(*band)]) for band in bands] for _ in range(count)]

    def _about(self, random: np.random.Generator) -> np.ndarray:
        topic = self.topics[random.integers(len(self.topics))]
        return _unit(0.7 * topic + 0.7 * self._directions(random, 1)[0])

    def _directions(self, random: np.random.Generator, count: int) -> np.ndarray:
        return _unit(random.standard_normal((count, DIMENSION), dtype=np.float32) * self.spectrum)

    def _words(self, random: np.random.Generator, count: int) -> list[str]:
        ranks = np.searchsorted(self.cumulated, random.random(count))
        return [str(word) for word in self.vocabulary[ranks]]


def _unit(vectors: np.ndarray) -> np.ndarray:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True), dtype=np.float32)


def _spell(rank: int) -> str:
    """Return the word of a rank: one of 75 syllables for the commonest, up to three syllables for the others."""
    syllables = [consonant + vowel for consonant in "bdfgklmnprstvzh" for vowel in "aeiou"]
    word = syllables[rank % 75]
    while rank >= 75:
        rank = rank // 75 - 1
        word = syllables[rank % 75] + word
    return word
