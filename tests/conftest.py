"""What the tests share: the seeds, one loaded model, and libraries over folders of articles."""

from __future__ import annotations

import asyncio
import os
import re
import resource
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from index.library import Library
from index.models.embedding import EmbeddingModel
from index.settings import BUNDLED_MODEL, Settings

SEEDS = Path(__file__).parent.parent / "seeds"
# Many cases of what costs much would make every run minutes longer: ask for them with ONRECORD_TESTS=all
IS_WHOLE = os.environ.get("ONRECORD_TESTS") == "all"
only_in_whole_runs = pytest.mark.skipif(not IS_WHOLE, reason="only with ONRECORD_TESTS=all")
MEGABYTES = 2_000  # the most that a process running tests may use

MakeLibrary = Callable[..., Library]
T = TypeVar("T")


def run_coroutine(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in a thread of its own, because Playwright may be running a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


def find_port() -> int:
    """A local port that nobody is listening on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def comes_true(condition: Callable[[], bool], seconds: float = 30.0) -> bool:
    """Wait until a condition is true; returns whether it became true in time."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    return condition()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with the longest tests, so that no process is left with them at the end."""
    items.sort(key=lambda item: item.path.name != "test_crash.py")


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("ONRECORD_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def _allowed_megabytes() -> list[float]:
    return [MEGABYTES]


@pytest.fixture(autouse=True)
def _memory_is_bounded(_allowed_megabytes: list[float]) -> Iterator[None]:
    """Fail the test that takes this process over the limit: it, or an earlier one, does not release its memory."""
    yield
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
    if peak > _allowed_megabytes[0]:
        _allowed_megabytes[0] = float("inf")  # once is enough
        pytest.fail(f"the tests of this process took {peak:,.0f} MB, and {MEGABYTES:,} are allowed")


@pytest.fixture(scope="module", autouse=True)
def _what_ask_opened_is_closed() -> Iterator[None]:
    """`qa.ask` keeps the index of each folder open for the next question; here, until the module ends."""
    yield
    if "qa.ask" in sys.modules:
        opened = sys.modules["qa.ask"]._open
        for library in opened.values():
            library.close()
        opened.clear()


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The project's own folder of articles. Nothing may write to it."""
    return SEEDS


@pytest.fixture(scope="session")
def model() -> EmbeddingModel:
    """The bundled model, loaded once per run."""
    return EmbeddingModel(BUNDLED_MODEL)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a sentence-transformers model with 16 dimensions, random weights and its own vocabulary."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    torch.manual_seed(0)
    words = tmp_path_factory.mktemp("words")
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "bridge", "is", "open", "kremlin", "syria", "."]
    (words / "vocab.txt").write_text("\n".join(vocabulary))
    BertTokenizerFast(str(words / "vocab.txt")).save_pretrained(words)
    BertModel(
        BertConfig(
            vocab_size=len(vocabulary),
            hidden_size=16,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=16,
            max_position_embeddings=64,
        )
    ).save_pretrained(words)
    transformer = Transformer(str(words), max_seq_length=64)
    folder = tmp_path_factory.mktemp("tiny")
    SentenceTransformer(modules=[transformer, Pooling(16)]).save(str(folder))
    return folder


@pytest.fixture(scope="session")
def tiny_model(tiny: Path) -> EmbeddingModel:
    """The tiny model, loaded once per run."""
    return EmbeddingModel(str(tiny))


@pytest.fixture(scope="session")
def seed_library(seeds: Path, model: EmbeddingModel, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The up-to-date index of the project's own articles. Nothing may write to it."""
    with Library(Settings(seeds=seeds, store=tmp_path_factory.mktemp("seed-store"))) as library:
        library.model = library._wanted_model = model
        library.update()
        yield library


@pytest.fixture
def seed_store(seed_library: Library, tmp_path: Path) -> Path:
    """A copy of the index of the project's own articles, for another process, which then need not build one."""
    return _copy_store(seed_library, tmp_path / "seed-store")


def _copy_store(library: Library, folder: Path) -> Path:
    marks = shutil.ignore_patterns("*ing-*", "writer.lock")  # left by readers of the original
    return Path(shutil.copytree(library.settings.store, folder, ignore=marks))


@contextmanager
def serve(*options: str) -> Iterator[str]:
    """Run `onrecord serve` with these options in another process, and yield its address."""
    command = [sys.executable, "-m", "ui", "--port", str(find_port()), *options]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ONRECORD_")}
    with subprocess.Popen(command, cwd=SEEDS.parent, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield re.findall(r"http://\S+", process.stdout.readline())[0]
        finally:
            process.terminate()
    assert process.returncode == 0  # as after Ctrl-C


@pytest.fixture(scope="session")
def served(seeds: Path, seed_library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address, ending in a slash, of a server of the project's own articles with MCP tools.

    Its index is a copy of that of `seed_library`, so that both give the same answers to the last digit.
    """
    store = _copy_store(seed_library, tmp_path_factory.mktemp("served") / "store")
    with serve("--mcp", "--seeds", str(seeds), "--store", str(store)) as url:
        yield url


@pytest.fixture
def make_library(model: EmbeddingModel, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeLibrary]:
    """Open the index of a folder of articles and bring it up to date; it is closed after the test.

    `update=False` leaves the index as it is; `store` is a new folder unless given; `max_article_mb` is as in Settings;
    `using` is the model, by default the bundled one.
    """
    yield from _make_libraries(model, tmp_path_factory)


@pytest.fixture(scope="module")
def make_shared_library(model: EmbeddingModel, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeLibrary]:
    """Like `make_library`, for an index shared by a whole module. Nothing may write to it or its folder."""
    yield from _make_libraries(model, tmp_path_factory)


def _make_libraries(model: EmbeddingModel, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeLibrary]:
    opened: list[Library] = []

    def make(
        folder: Path,
        *,
        store: Path | None = None,
        update: bool = True,
        max_article_mb: float = Settings.max_article_mb,
        using: EmbeddingModel = model,
    ) -> Library:
        settings = Settings(
            seeds=folder,
            store=store or tmp_path_factory.mktemp("store"),
            model=using.name,
            max_article_mb=max_article_mb,
        )
        library = Library(settings)
        opened.append(library)
        library._wanted_model = using  # already loaded
        if library.model.name == using.name:
            library.model = using
        if update:
            library.update()
        return library

    yield make
    for library in opened:
        library.close()
