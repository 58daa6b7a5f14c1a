"""Vectors and speakers that cost next to nothing, to measure an index of more sentences than a laptop can embed.

A text's vector is the sum of random ones for its words, so texts with the same words are near each other; whoever a
sentence says "said" something is its speaker. All else is the real thing: reading, splitting, storing, searching.
"""

from __future__ import annotations

import functools
import re
import zlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

import index.library
import index.writer
from index.models.embedding import EmbeddingModel
from index.speech import attribution
from index.speech.attribution import Attribution
from index.values import Article, Sentence, Speaker, Statement
from index.words import to_words

_NAME = r"((?:[A-Z][a-z]+ )?[A-Z][a-z]+)"
_SAID = re.compile(rf"\b(?:said|says) {_NAME}|\b{_NAME} (?:said|told|says)\b")


def install() -> None:
    """Let this process make up vectors and speakers from now on."""
    EmbeddingModel.version = "made up"  # type: ignore[assignment,method-assign]
    EmbeddingModel.has_changed = False  # type: ignore[assignment,method-assign]
    EmbeddingModel.encode = _encode  # type: ignore[method-assign]
    attribution.attribute = _attribute
    index.writer.prepare_attribution = lambda: None
    index.writer._begin_attribution = lambda _: None
    index.library.prepare_attribution = lambda: None


def _encode(model: EmbeddingModel, texts: Sequence[str], *, beside_others: bool = False) -> NDArray[np.float32]:
    vectors = np.array([sum(map(_make_vector, to_words(text)), start=_make_vector("")) for text in texts])
    unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


@functools.lru_cache(maxsize=200_000)
def _make_vector(word: str) -> NDArray[np.float32]:
    """A random vector (384,), shorter for short words, which are common."""
    random = np.random.default_rng(zlib.crc32(word.encode()))
    return random.standard_normal(384, dtype=np.float32) * np.float32(min(len(word), 8) ** 2)


def _attribute(article: Article, sentences: Sequence[Sentence]) -> Attribution:
    names: dict[str, None] = {}
    given = []
    for sentence in sentences:
        said = _SAID.search(sentence.text)
        name = (said[1] or said[2]) if said else None
        if name:
            names[name] = None
            statements = (Statement(0, len(sentence.text), name, "indirect"),)
            sentence = replace(sentence, speaker=name, speech="indirect", statements=statements)
        given.append(sentence)
    return Attribution(given, [Speaker(name) for name in names])
