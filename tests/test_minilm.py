"""The bundled model in ONNX Runtime gives the vectors that sentence-transformers gives."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from index.models.bundled import bundled_folder
from index.models.embedding import EmbeddingModel
from index.models.minilm import MiniLM, _of_one_length
from index.settings import BUNDLED_MODEL

TEXTS = [
    "What did Peskov say about Tartous?",
    "“This is all a subject for discussion,” Peskov added, noting that there is “extreme instability” in the country.",
    "",
    "?",
    "Größe, 东京 и Москва 😀\u00a0\u200b",
    "a\0b \ufffd e\u0301 \u202eright to left",
    "bridge " * 400,  # the model reads 256 tokens
    "x" * 5000,
    *(("The bridge over the river is open again, and ships may pass. " * 5)[:length] for length in range(1, 300, 7)),
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


def test_each_vector_is_in_the_place_of_its_text_however_many_threads_there_are(small: MiniLM) -> None:
    alone = np.vstack([small.encode([text]) for text in TEXTS])
    for threads in (1, 3):
        assert np.abs(small.encode(TEXTS, threads=threads) - alone).max() < 1e-6
        assert np.abs(small.encode(TEXTS[::-1], threads=threads) - alone[::-1]).max() < 1e-6


def test_no_texts(small: MiniLM) -> None:
    assert small.encode([]).shape == (0, 384)


def test_texts_of_one_length_run_together() -> None:
    # 256 tokens at once: a text of 100 has room for another, one of 256 for none
    assert _of_one_length([3, 256, 100, 3, 100, 100, 256]) == [[1], [6], [2, 4], [5], [0, 3]]
    assert [len(places) for places in _of_one_length([30] * 20)] == [8, 8, 4]


def test_vectors_of_a_long_list_are_nearly_those_of_a_short_one(small: MiniLM, model: EmbeddingModel) -> None:
    """Many texts may go through bfloat16."""
    many = model.encode(TEXTS * 10)
    assert np.sum(many[: len(TEXTS)] * small.encode(TEXTS), axis=1).min() > 0.999
    assert np.linalg.norm(many, axis=1) == pytest.approx([1.0] * len(many), abs=1e-5)


# Embeds 64 texts of several lengths; prints the shape of the vectors, how many threads ran, and whether torch is there.
EMBEDDED = f"""
import sys, threading
from index.models.embedding import EmbeddingModel

started = set()
threading.setprofile(lambda *_: started.add(threading.get_ident()))
texts = ["The bridge is open. " + "No. " * (i % 16) for i in range(64)]
print(EmbeddingModel({BUNDLED_MODEL!r}).encode(texts).shape, len(started), "torch" in sys.modules)
"""


@pytest.mark.parametrize(("limit", "started"), [(1, {0}), (3, {1, 2, 3})], ids=["no threads", "up to three"])
def test_few_texts_need_no_torch_and_no_more_threads_than_allowed(limit: int, started: set[int]) -> None:
    environment = {**os.environ, "OMP_NUM_THREADS": str(limit)}
    command = [sys.executable, "-c", EMBEDDED]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert done.stdout in [f"(64, 384) {count} False\n" for count in started]


def test_folder_of_no_such_model(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"sentence_bert_config\.json"):
        MiniLM(tmp_path)


def test_weights_laid_out_otherwise_are_refused(tmp_path: Path) -> None:
    """The graph would take other numbers for weights."""
    folder = Path(shutil.copytree(bundled_folder(), tmp_path / "model"))
    weights = folder / "model.safetensors"
    weights.chmod(0o644)
    content = bytearray(weights.read_bytes())
    content[20] ^= 1
    weights.write_bytes(content)
    with pytest.raises(ValueError, match=r"^model\.safetensors is not the file that was released$"):
        MiniLM(folder)
