"""Articles on their way into the store: other processes find out who speaks, once for equal articles."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from loky import get_reusable_executor

import index.writer
from index.library import Library
from index.settings import Settings

STATEMENTS = [
    "Dmitry Peskov said that base {} was quiet. “Nothing has changed,” he added.",
    "Angela Merkel told reporters that talks on border {} would go on.",
    "Rain fell on village {}.",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Thirty articles of many sentences."""
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    for i in range(30):
        (seeds / f"{i:02}.txt").write_text(" ".join(text.format(f"{i} {text[:3]}") for text in STATEMENTS))
    return seeds


def spoken(library: Library) -> dict[str, list[tuple[str | None, str | None]]]:
    return {
        record.id: [(sentence.speaker, sentence.speech) for sentence in library.store.sentences(record)]
        for record in library.records.values()
    }


def sync(seeds: Path, store: Path, on_progress: Callable[[int, int, int], None] | None = None) -> Library:
    library = Library(Settings(seeds=seeds, store=store))
    library.sync(on_progress=on_progress)
    return library


def test_other_processes_find_the_same(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as alone:
        alone.setattr(index.writer, "_start_workers", lambda: None)
        with sync(folder, tmp_path / "in-this-process") as library:
            expected = spoken(library)
    assert expected["07.txt"] == [
        ("Dmitry Peskov", "indirect"),
        ("Dmitry Peskov", "direct"),
        ("Angela Merkel", "indirect"),
        (None, None),
    ]
    monkeypatch.setattr(index.writer, "LEAST", 8)
    with sync(folder, tmp_path / "in-others") as library:
        assert spoken(library) == expected

    killed: list[int] = []

    def kill(*_: int) -> None:
        for pid in list(get_reusable_executor(reuse=True)._processes):
            with suppress(ProcessLookupError):  # killed by the previous call
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)

    with sync(folder, tmp_path / "killed", kill) as library:
        assert killed
        assert spoken(library) == expected


def test_processes_that_parse_use_one_thread_each() -> None:
    workers = index.writer._start_workers()
    assert workers is not None
    assert workers.submit(os.getenv, "OPENBLAS_NUM_THREADS").result() == "1"


def test_equal_articles_are_parsed_once(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = tmp_path / "store"
    with sync(folder, store) as library:
        expected = spoken(library)["07.txt"]
        shutil.copy(folder / "07.txt", folder / "copy.txt")
        (folder / "08.txt").rename(folder / "moved.txt")
        monkeypatch.setattr(index.writer, "_start_workers", lambda: None)
        monkeypatch.setattr(
            "index.speech.attribution.load_parser", lambda: pytest.fail("a known article is parsed again")
        )
        report = library.sync()
        assert (report.added, report.moved, report.embedded) == (1, 1, 2)  # their titles, taken from the file names
        assert spoken(library)["copy.txt"] == expected
        assert library.records["copy.txt"].speakers == library.records["07.txt"].speakers
        assert [speaker.name for speaker in library.people] == ["Dmitry Peskov", "Angela Merkel"]
