"""The bundled model in NumPy, for a question or a few sentences: six layers of BERT, then the mean of the tokens.

Importing torch and sentence-transformers takes 3.5 to 4.5 s, more than twice as long as everything else that a question
needs. The weights and the arithmetic are the same: the vectors agree to 1e-6.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float32]


class MiniLM:
    """A BERT encoder from the folder of a sentence-transformers model that averages its last layer.

    Raises OSError, ValueError or KeyError when the folder does not hold such a model.
    """

    def __init__(self, folder: Path) -> None:
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        limits = json.loads((folder / "sentence_bert_config.json").read_text(encoding="utf-8"))
        self._layers = int(config["num_hidden_layers"])
        self._heads = int(config["num_attention_heads"])
        self._epsilon = float(config["layer_norm_eps"])
        self._weights = load_file(folder / "model.safetensors")
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(int(limits["max_seq_length"]))
        self._tokenizer.no_padding()

    def encode(self, texts: Sequence[str]) -> Array:
        """Vectors of shape (n, dimension), float32, of unit length."""
        return np.stack([self._encode(text) for text in texts])

    def _encode(self, text: str) -> Array:
        ids = self._tokenizer.encode(text).ids
        weights = self._weights
        tokens = self._normalize(
            weights["embeddings.word_embeddings.weight"][ids]
            + weights["embeddings.position_embeddings.weight"][: len(ids)]
            + weights["embeddings.token_type_embeddings.weight"][0],
            "embeddings.LayerNorm",
        )
        for i in range(self._layers):
            layer = f"encoder.layer.{i}"
            attended = self._linear(self._attend(tokens, f"{layer}.attention.self"), f"{layer}.attention.output.dense")
            tokens = self._normalize(attended + tokens, f"{layer}.attention.output.LayerNorm")
            inner = _gelu(self._linear(tokens, f"{layer}.intermediate.dense"))
            tokens = self._normalize(self._linear(inner, f"{layer}.output.dense") + tokens, f"{layer}.output.LayerNorm")
        mean = tokens.mean(axis=0)
        unit: Array = mean / np.linalg.norm(mean)
        return unit

    def _attend(self, tokens: Array, name: str) -> Array:
        query, key, value = (
            self._linear(tokens, f"{name}.{part}").reshape(len(tokens), self._heads, -1).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 2, 1) / np.sqrt(np.float32(query.shape[-1]))
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        scores /= scores.sum(axis=-1, keepdims=True)
        attended: Array = (scores @ value).transpose(1, 0, 2).reshape(tokens.shape)
        return attended

    def _linear(self, values: Array, name: str) -> Array:
        product: Array = values @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]
        return product

    def _normalize(self, values: Array, name: str) -> Array:
        centred = values - values.mean(axis=-1, keepdims=True)
        deviation = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + self._epsilon)
        scaled: Array = centred / deviation * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]
        return scaled


def _gelu(values: Array) -> Array:
    return 0.5 * values * (1 + _erf(values / np.sqrt(np.float32(2))))


def _erf(values: Array) -> Array:
    """The error function to within 1.5e-7, the precision of float32 (Abramowitz and Stegun, formula 7.1.26)."""
    size = np.abs(values)
    t = 1 / (1 + np.float32(0.3275911) * size)
    polynomial = np.zeros_like(t)
    for factor in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592):
        polynomial = (polynomial + np.float32(factor)) * t
    result: Array = np.sign(values) * (1 - polynomial * np.exp(-size * size))
    return result
