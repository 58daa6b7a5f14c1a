"""The Chroma client: errors in a line, and an index that a killed writer broke is set aside and made anew."""

from __future__ import annotations

import logging
import re
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from index.connection import connect, mark_of, mend
from index.embedding import EmbeddingModel
from index.errors import StoreError
from index.settings import Settings
from tests.conftest import MakeLibrary

UNUSABLE = [("a file in its place", "store"), ("a file in the place of a folder above", "store/deeper")]


@pytest.mark.parametrize("name", [case[1] for case in UNUSABLE], ids=[case[0] for case in UNUSABLE])
def test_folder_that_cannot_be_a_store(tmp_path: Path, name: str) -> None:
    (tmp_path / "store").write_text("not a folder")
    with pytest.raises(StoreError) as raised:
        connect(Settings(seeds=tmp_path, store=tmp_path / name))
    message = str(raised.value)
    assert message.startswith(f"the store {tmp_path / name} cannot be opened: ")
    assert message.endswith(
        ". Choose another folder with --store, or move this one away: it is rebuilt from the articles."
    )
    assert "\n" not in message
    assert (tmp_path / "store").read_text() == "not a folder"


def test_store_that_chroma_cannot_read(tmp_path: Path) -> None:
    """Without a mark nobody was writing: it may be anything, and is left for the user to judge."""
    (tmp_path / "chroma").mkdir()
    (tmp_path / "chroma" / "chroma.sqlite3").write_bytes(b"not a database " * 1000)
    for _ in range(2):
        with pytest.raises(StoreError, match=r"^the store \S+ cannot be opened: [^\n]+ rebuilt from the articles\.$"):
            connect(Settings(seeds=tmp_path, store=tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["chroma"]


def test_server_that_does_not_answer(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = Settings(seeds=tmp_path, store=tmp_path, chroma_url=f"http://127.0.0.1:{port}", chroma_token="s3cret")
    with pytest.raises(StoreError) as raised:
        connect(settings)
    message = str(raised.value)
    assert message.startswith(f"the Chroma server http://127.0.0.1:{port} cannot be used: ")
    assert message.endswith(". Is it running, and is ONRECORD_CHROMA_URL right?")
    assert "\n" not in message
    assert "s3cret" not in message


def junk_database(folder: Path) -> None:
    """The database is overwritten."""
    for path in folder.glob("chroma.sqlite3*"):
        path.write_bytes(b"\xa5junk" * 2000)


def cut_vectors(folder: Path) -> None:
    """The files of vectors are cut short."""
    files = [path for path in folder.rglob("*.bin") if path.stat().st_size]
    assert files
    for path in files:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])


@pytest.mark.parametrize("spoil", [junk_database, cut_vectors])
def test_broken_index_is_set_aside_and_made_anew(
    tmp_path: Path,
    make_library: MakeLibrary,
    tiny_model: EmbeddingModel,
    caplog: pytest.LogCaptureFixture,
    spoil: Callable[[Path], None],
) -> None:
    news, store = tmp_path / "news", tmp_path / "store"
    news.mkdir()
    # Chroma writes its files of vectors at 1000 records.
    for i in range(4):
        (news / f"{i}.txt").write_text(" ".join(f"The bridge is open {i} {j}." for j in range(300)))
    library = make_library(news, store=store, using=tiny_model)
    assert library.counts == (4, 1200)
    library.close()
    spoil(store / "chroma")
    before = [path.relative_to(store / "chroma") for path in files_of(store / "chroma")]
    mark_of(library.settings).touch()

    with caplog.at_level(logging.WARNING, "index"):
        again = make_library(news, store=store, using=tiny_model, update=False)
    (aside,) = store.glob("chroma.broken-*")
    assert re.fullmatch(r"chroma\.broken-\d{8}-\d{6}", aside.name)
    assert {path.relative_to(aside) for path in files_of(aside)} >= set(before)
    assert [line.getMessage() for line in caplog.records] == [
        f"an update was interrupted and left an index that cannot be read: it is set aside as {aside} and made anew"
    ]
    assert again.counts == (0, 0)
    report = again.update()
    assert report is not None
    assert (report.added, report.sentences, again.counts) == (4, 1200, (4, 1200))
    assert again.lexical.count() == 1200
    assert len(again.store.nearest(tiny_model.encode(["The bridge is open 3 7."])[0], 10)) == 10
    assert not mark_of(again.settings).exists()


def test_sound_index_with_a_mark_is_kept(
    tmp_path: Path, make_library: MakeLibrary, tiny_model: EmbeddingModel, caplog: pytest.LogCaptureFixture
) -> None:
    news, store = tmp_path / "news", tmp_path / "store"
    news.mkdir()
    (news / "bridge.txt").write_text("The bridge is open.")
    library = make_library(news, store=store, using=tiny_model)
    records = library.records
    library.close()
    mark_of(library.settings).touch()
    again = make_library(news, store=store, using=tiny_model, update=False)
    assert again.records == records
    assert again.update() is None
    assert (list(store.glob("chroma.*")), caplog.messages) == ([], [])
    assert not mark_of(again.settings).exists()


def test_nothing_to_mend(tmp_path: Path) -> None:
    settings = Settings(seeds=tmp_path, store=tmp_path / "store")
    assert not mend(settings)
    (tmp_path / "store").mkdir()
    mark_of(settings).touch()  # killed before there was a folder of Chroma's
    assert mend(settings)
    assert not mend(settings)
    assert list((tmp_path / "store").iterdir()) == []


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
