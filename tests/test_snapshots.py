"""The folders of the embedded engine: an index being read is never written to, and an unreadable one is set aside."""

from __future__ import annotations

import logging
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from index.errors import StoreError
from index.library import Library
from index.models.embedding import EmbeddingModel
from index.storage import snapshots
from index.storage.snapshots import Snapshots
from tests.conftest import MakeLibrary

SENTENCES = 100


@pytest.fixture
def indexed(tmp_path: Path, make_library: MakeLibrary, tiny_model: EmbeddingModel) -> Path:
    """The store of an index of four long articles."""
    (tmp_path / "news").mkdir()
    for i in range(4):
        (tmp_path / "news" / f"{i}.txt").write_text(" ".join(f"The bridge is open {i} {j}." for j in range(25)))
    library = make_library(tmp_path / "news", store=tmp_path / "store", using=tiny_model)
    assert library.counts == (4, SENTENCES)
    library.close()
    return tmp_path / "store"


@pytest.fixture
def reopen(tmp_path: Path, make_library: MakeLibrary, tiny_model: EmbeddingModel) -> Callable[[], Library]:
    return lambda: make_library(tmp_path / "news", store=tmp_path / "store", using=tiny_model, update=False)


def names(store: Path) -> list[str]:
    """The indexes and the parts in a store, without the folder of words beside them."""
    return sorted(path.name for path in store.iterdir() if path.is_dir() and path.suffix != ".words")


def files(folder: Path) -> dict[Path, bytes]:
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def graphs(folder: Path) -> dict[Path, bytes]:
    """The graphs of neighbours; those that have no metadata yet are rebuilt when they are opened."""
    written = {path.parent for path in folder.rglob("index_metadata.pickle")}
    return {path: content for path, content in files(folder).items() if folder / path.parent in written}


def junk_database(folder: Path) -> None:
    """Overwrite the database."""
    (folder / "chroma" / "chroma.sqlite3").write_bytes(b"\xa5junk" * 2000)


def cut_vectors(folder: Path) -> None:
    """Truncate the vector files."""
    vectors = [path for path in folder.rglob("*.bin") if path.stat().st_size]
    assert vectors
    for path in vectors:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])


def test_what_is_read_is_not_written(indexed: Path, tmp_path: Path, reopen: Callable[[], Library]) -> None:
    assert names(indexed) == ["index-000000", "index-000001", "part-000001"]
    held = graphs(indexed / "part-000001")
    assert held
    library = reopen()
    for i in range(3):
        (tmp_path / "news" / "0.txt").write_text(f"The bridge is shut {i}.")
        assert library.sync().changed == 1
        assert names(indexed) == [f"{kind}-{number:06}" for kind in ("index", "part") for number in (i + 1, i + 2)]
        if i == 0:
            assert graphs(indexed / "part-000001") == held
    assert not library.sync().did_anything
    assert names(indexed) == ["index-000003", "index-000004", "part-000003", "part-000004"]


@pytest.mark.parametrize("spoil", [junk_database, cut_vectors])
def test_broken_index_is_set_aside_and_the_one_before_it_answers(
    indexed: Path,
    reopen: Callable[[], Library],
    tmp_path: Path,
    tiny_model: EmbeddingModel,
    caplog: pytest.LogCaptureFixture,
    spoil: Callable[[Path], None],
) -> None:
    library = reopen()
    (tmp_path / "news" / "0.txt").write_text("The bridge is shut.")
    library.sync()
    library.close()
    spoil(indexed / "part-000002")
    (indexed / "part-000002" / "opening-crashed").touch()  # as left behind when Chroma crashes the process
    broken = files(indexed / "part-000002").keys()

    with caplog.at_level(logging.WARNING, "index"):
        again = reopen()
    (aside,) = indexed.glob("broken-*")
    assert re.fullmatch(r"broken-\d{8}-\d{6}", aside.name)
    assert files(aside).keys() >= broken
    assert caplog.messages == [f"the index cannot be read: it is set aside as {aside}, and rebuilt from the articles"]
    assert again.counts == (4, SENTENCES)  # what was indexed before
    report = again.update()
    assert report is not None
    assert (report.changed, report.embedded, again.counts) == (1, 1, (4, SENTENCES - 24))
    assert again.store.parts[-1].count() == SENTENCES - 24
    assert len(again.store.nearest(tiny_model.encode(["The bridge is open 3 7."])[0], 10)) == 10


def test_index_that_cannot_be_read_is_rebuilt_at_once(
    indexed: Path, reopen: Callable[[], Library], caplog: pytest.LogCaptureFixture
) -> None:
    """Even without a mark: Chroma reports that it cannot read it."""
    junk_database(indexed / "part-000001")
    again = reopen()
    assert len(caplog.messages) == 1
    assert again.counts == (0, 0)
    report = again.update()
    assert report is not None
    assert (report.added, report.sentences, again.counts) == (4, SENTENCES, (4, SENTENCES))


def test_sound_index_with_a_mark_is_kept(
    indexed: Path, reopen: Callable[[], Library], caplog: pytest.LogCaptureFixture
) -> None:
    mark = indexed / "part-000001" / "opening-killed"
    mark.touch()
    again = reopen()
    assert again.counts == (4, SENTENCES)
    assert again.update() is None
    assert (caplog.messages, mark.exists()) == ([], False)
    assert names(indexed) == ["index-000000", "index-000001", "part-000001"]


def test_index_that_is_replaced_while_it_is_tested_is_not_missed(
    indexed: Path, tmp_path: Path, reopen: Callable[[], Library], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though another process goes on writing."""
    writer = reopen()
    (indexed / "part-000001" / "opening-killed").touch()
    busy = FileLock(indexed / "writer.lock")

    def replace(stored: Snapshots, index: Path) -> bool:
        for i in range(3):
            (tmp_path / "news" / "0.txt").write_text(f"The bridge is shut {i}.")
            writer.sync()
        assert stored.current().name == "index-000004"
        busy.acquire()
        return False  # as of a folder that syncs have deleted

    monkeypatch.setattr(Snapshots, "is_sound", replace)
    again = reopen()
    busy.release()
    assert again.counts == (4, SENTENCES - 24)
    assert not list(indexed.glob("broken-*"))


def test_mark_stands_while_a_process_opens_an_index(tmp_path: Path) -> None:
    stored = Snapshots(tmp_path)
    part = stored.draft().folder
    with stored.opening(part):
        assert len(list(part.glob("opening-*"))) == 1
        assert not stored.is_suspect(part)
    assert (list(part.glob("opening-*")), stored.is_suspect(part)) == ([], False)
    code = "import os, sys; from pathlib import Path; from index.storage.snapshots import Snapshots\n"
    code += "with Snapshots(Path(sys.argv[1])).opening(Path(sys.argv[2])): os.abort()"
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path), str(part)], capture_output=True)
    assert done.returncode < 0
    assert stored.is_suspect(part)


def test_index_that_is_read_is_kept(indexed: Path, tmp_path: Path, reopen: Callable[[], Library]) -> None:
    reader, writer = reopen(), reopen()
    with reader.reading():
        for i in range(3):
            (tmp_path / "news" / "0.txt").write_text(f"The bridge is shut {i}.")
            writer.sync()
        read = [f"{kind}-{number:06}" for kind in ("index", "part") for number in (1, 3, 4)]
        assert names(indexed) == read
        assert len(reader.store.sentences(reader.records["0.txt"])) == 25
    with reader.reading():
        assert len(reader.store.sentences(reader.records["0.txt"])) == 1
    (tmp_path / "news" / "0.txt").write_text("The bridge is open.")
    writer.sync()
    assert names(indexed) == ["index-000004", "index-000005", "part-000004", "part-000005"]


def test_draft_that_cannot_be_read_is_begun_again(
    indexed: Path, tmp_path: Path, reopen: Callable[[], Library], caplog: pytest.LogCaptureFixture
) -> None:
    junk_database(Snapshots(indexed).draft().folder)
    (indexed / "copying-draft").mkdir()  # and an unfinished copy
    (tmp_path / "news" / "0.txt").unlink()
    library = reopen()
    report = library.sync()
    assert (report.removed, report.unchanged, report.embedded, library.counts[0]) == (1, 3, 0, 3)
    assert names(indexed) == ["index-000001", "index-000002", "part-000001", "part-000002"]
    assert caplog.messages == []


def test_draft_of_a_change_that_was_taken_back(indexed: Path, reopen: Callable[[], Library]) -> None:
    Snapshots(indexed).draft()
    assert names(indexed) == ["index-000000", "index-000001", "part-000001", "part-000002"]
    assert not reopen().sync().did_anything
    assert names(indexed) == ["index-000000", "index-000001", "part-000001"]


def test_part_that_is_promoted_is_no_draft_any_more(indexed: Path, reopen: Callable[[], Library]) -> None:
    """Even if the writer was killed before it could say so."""
    (indexed / "part-000001" / "draft").write_text("[null]")
    library = reopen()
    assert not library.sync().did_anything
    Snapshots(indexed).draft()
    assert (library.counts, names(indexed)[-2:]) == ((4, SENTENCES), ["part-000001", "part-000002"])
    assert sorted((indexed / "part-000002").glob("draft")) == [indexed / "part-000002" / "draft"]


def test_copy_of_a_database_in_use(tmp_path: Path) -> None:
    """Committed data is copied, even if it is not yet in the database's main file."""
    stored = Snapshots(tmp_path)
    first = stored.draft()
    connection = sqlite3.connect(first.folder / "some.sqlite3")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript("CREATE TABLE t (n); INSERT INTO t VALUES (1);")
    connection.execute("BEGIN")
    connection.execute("INSERT INTO t VALUES (2)")
    stored.promote(first, 1)
    draft = stored.draft()
    assert (draft.kept, draft.is_resumed) == ((), False)
    assert sorted(path.name for path in draft.folder.iterdir()) == ["draft", "some.sqlite3"]
    copied = sqlite3.connect(draft.folder / "some.sqlite3")
    assert copied.execute("SELECT n FROM t").fetchall() == [(1,)]
    copied.close()
    connection.close()


def test_no_room_for_a_copy(indexed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    size = sum(len(content) for content in files(indexed / "part-000001").values())
    monkeypatch.setattr(snapshots.shutil, "disk_usage", lambda _: _Usage(size))
    with pytest.raises(StoreError, match=r"^the index in \S+ needs [\d.]+ MB more, and its disk has [\d.]+ MB left\."):
        Snapshots(indexed).draft()
    assert names(indexed) == ["index-000000", "index-000001", "part-000001"]


class _Usage:
    def __init__(self, free: int) -> None:
        self.free = free
