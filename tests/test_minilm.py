"""The bundled model in NumPy gives the vectors that sentence-transformers gives."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from index.models.bundled import bundled_folder
from index.models.embedding import EmbeddingModel
from index.models.minilm import MiniLM
from index.settings import BUNDLED_MODEL

TEXTS = [
    "What did Peskov say about Tartous?",
    "“This is all a subject for discussion,” Peskov added, noting that there is “extreme instability” in the country.",
    "",
    "?",
    "Größe, 东京 и Москва 😀\u00a0\u200b",
    "bridge " * 400,  # the model reads 256 tokens
    "x" * 5000,
]


@pytest.fixture(scope="module")
def small(model: EmbeddingModel) -> MiniLM:
    return model._small()


def test_vectors_are_those_of_sentence_transformers(small: MiniLM, tmp_path: Path) -> None:
    code = "import json, sys, numpy; from sentence_transformers import SentenceTransformer; "
    code += "vectors = SentenceTransformer(sys.argv[1]).encode(json.load(sys.stdin), normalize_embeddings=True); "
    code += "numpy.save(sys.argv[2], vectors)"
    file = tmp_path / "vectors.npy"  # of a process of its own, which gives the model's memory back
    subprocess.run([sys.executable, "-c", code, bundled_folder(), file], input=json.dumps(TEXTS), text=True, check=True)
    reference, found = np.load(file), small.encode(TEXTS)
    assert (found.shape, found.dtype) == (reference.shape, np.float32)
    assert np.abs(found - reference).max() < 1e-6


def test_vectors_of_a_long_list_are_nearly_those_of_a_short_one(small: MiniLM, model: EmbeddingModel) -> None:
    """Many texts may go through bfloat16."""
    many = model.encode(TEXTS * 10)
    assert np.sum(many[: len(TEXTS)] * small.encode(TEXTS), axis=1).min() > 0.999
    assert np.linalg.norm(many, axis=1) == pytest.approx([1.0] * len(many), abs=1e-5)


def test_few_texts_need_no_torch(tmp_path: Path) -> None:
    code = "import sys; from index.models.embedding import EmbeddingModel\n"
    code += (
        f"print(EmbeddingModel({BUNDLED_MODEL!r}).encode(['The bridge is open.'] * 3).shape, 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "(3, 384) False\n"


def test_folder_of_no_such_model(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"config\.json"):
        MiniLM(tmp_path)
