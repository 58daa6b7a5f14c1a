"""What every test may share: the seeds, one loaded model, and libraries over folders of articles."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.embedding import EmbeddingModel
from index.library import Library
from index.settings import BUNDLED_MODEL, Settings

SEEDS = Path(__file__).parent.parent / "seeds"

MakeLibrary = Callable[..., Library]


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("ONRECORD_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The project's own folder of articles; nothing may write to it."""
    return SEEDS


@pytest.fixture(scope="session")
def model() -> EmbeddingModel:
    """The bundled model, loaded once in a run."""
    return EmbeddingModel(BUNDLED_MODEL)


@pytest.fixture(scope="session")
def seed_library(seeds: Path, model: EmbeddingModel, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The index of the project's own articles, up to date; nothing may write to it."""
    with Library.open(Settings(seeds=seeds, store=tmp_path_factory.mktemp("seed-store"))) as library:
        library.model = model
        library.update()
        yield library


@pytest.fixture
def make_library(model: EmbeddingModel, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeLibrary]:
    """Opens the index of a folder of articles and brings it up to date; closed after the test.

    `update=False` leaves it as it stands; `store` is a new folder unless one is given; `max_article_mb` as in Settings.
    """
    opened: list[Library] = []

    def make(
        folder: Path, *, store: Path | None = None, update: bool = True, max_article_mb: float = Settings.max_article_mb
    ) -> Library:
        settings = Settings(
            seeds=folder, store=store or tmp_path_factory.mktemp("store"), max_article_mb=max_article_mb
        )
        library = Library.open(settings)
        opened.append(library)
        library.model = model
        if update:
            library.update()
        return library

    yield make
    for library in opened:
        library.close()
