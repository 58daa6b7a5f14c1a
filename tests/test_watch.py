"""Changes in the folder reach the index by themselves: soon, together, and whole."""

from __future__ import annotations

import os
import queue
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from index.library import Library
from index.plan import Plan
from index.sync import Report
from index.watch import watching
from qa.ask import answer_question

MakeLibrary = Callable[..., Library]
QUESTION = "What did Duarte say about the pier of Lowland?"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "news"
    made.mkdir()
    (made / "pier.txt").write_text("Mayor Ines Duarte said on Monday that the pier of Lowland will close in May.")
    return made


def cited(library: Library) -> list[str]:
    return [citation.text for citation in answer_question(library, QUESTION).citations]


def test_changes_are_followed_within_two_seconds(folder: Path, make_library: MakeLibrary) -> None:
    library = make_library(folder)
    library.model.encode(["The pier is old."])  # a running app has answered before; loading is not part of following
    reports: queue.Queue[tuple[float, Report]] = queue.Queue()
    with watching(library, on_report=lambda report: reports.put((time.monotonic(), report))):
        time.sleep(1)  # until the folder is being watched
        changes: list[tuple[Callable[[], object], tuple[int, int, int, int]]] = [
            (
                lambda: (folder / "pier.txt").write_text("Mayor Ines Duarte said the pier of Lowland stays."),
                (0, 1, 0, 0),
            ),
            (lambda: (folder / "ferry.txt").write_text("The ferry of Lowland stops in June."), (1, 0, 0, 0)),
            (lambda: (folder / "ferry.txt").rename(folder / "ships.txt"), (0, 0, 1, 0)),
            (lambda: (folder / "ships.txt").unlink(), (0, 0, 0, 1)),
        ]
        for change, expected in changes:
            began = time.monotonic()
            change()
            done, report = reports.get(timeout=20)
            assert (report.added, report.changed, report.moved, report.removed) == expected
            assert done - report.seconds - began < 2  # time until noticed; the rest varies with load
        assert cited(library) == ["Mayor Ines Duarte said the pier of Lowland stays."]


def test_a_burst_is_one_sync_and_answers_go_on(folder: Path, make_library: MakeLibrary) -> None:
    library = make_library(folder)
    before = cited(library)
    reports: queue.Queue[Report] = queue.Queue()
    with watching(library, on_report=reports.put):
        time.sleep(1)
        for i in range(1_000):
            (folder / f"{i}.txt").write_text(f"Train {i} was late.")
        added = 0
        while added < 1_000:
            try:
                added += reports.get(timeout=0.05).added
            except queue.Empty:
                assert cited(library) == before  # from a consistent index while the sync is running
        assert added == 1_000
    assert reports.empty()  # one sync, or a second for what came too late; none without a change


CLOCKS = [("is an hour fast", 3600.0), ("is an hour slow", -3600.0)]


@pytest.mark.parametrize("off", [case[1] for case in CLOCKS], ids=[case[0] for case in CLOCKS])
def test_a_file_is_left_until_it_is_whole(folder: Path, make_library: MakeLibrary, off: float) -> None:
    """Whatever the clock of the machine that writes it says."""
    library = make_library(folder)
    reports: queue.Queue[Report] = queue.Queue()
    with watching(library, on_report=reports.put):
        time.sleep(1)
        path = folder / "slow.txt"
        with path.open("w") as file:
            for i in range(30):  # three seconds: longer than a burst lasts
                file.write(f"Train {i} was late. ")
                file.flush()
                os.utime(path, (time.time() + off, time.time() + off))
                time.sleep(0.1)
        report = reports.get(timeout=20)
        assert (report.added, report.sentences) == (1, 31)
    assert reports.empty()


def test_a_file_from_the_future_does_not_keep_the_watcher_busy(folder: Path, make_library: MakeLibrary) -> None:
    library = make_library(folder)
    looks: list[float] = []
    plan = library.plan

    def look(**options: Any) -> Plan:
        looks.append(time.monotonic())
        return plan(**options)

    library.plan = look  # type: ignore[method-assign]
    reports: queue.Queue[Report] = queue.Queue()
    with watching(library, on_report=reports.put):
        time.sleep(1)
        ferry = folder / "ferry.txt"
        ferry.write_text("The ferry of Lowland stops in June.")
        os.utime(ferry, (4e9, 4e9))  # in 2096
        assert reports.get(timeout=20).added == 1
        time.sleep(1.5)  # for the check after the sync
        before = len(looks)
        time.sleep(2)
        assert before > 1
        assert len(looks) == before


def test_folder_that_goes_and_comes_back(
    folder: Path, make_library: MakeLibrary, caplog: pytest.LogCaptureFixture
) -> None:
    library = make_library(folder)
    before = cited(library)
    reports: queue.Queue[Report] = queue.Queue()
    with watching(library, on_report=reports.put):
        time.sleep(1)
        away = folder.rename(folder.with_name("away"))
        time.sleep(2)
        assert cited(library) == before  # a missing folder removes nothing from the index
        (away / "ferry.txt").write_text("The ferry of Lowland stops in June.")
        away.rename(folder)
        assert reports.get(timeout=20).added == 1
    assert threading.active_count() < 50  # no watcher is left behind
    assert all("Traceback" not in message for message in caplog.messages)


def test_folder_that_is_replaced_by_another(folder: Path, make_library: MakeLibrary) -> None:
    library = make_library(folder)
    reports: queue.Queue[Report] = queue.Queue()
    with watching(library, on_report=reports.put):
        time.sleep(1)
        shutil.rmtree(folder)
        time.sleep(1.5)
        folder.mkdir()
        (folder / "ferry.txt").write_text("The ferry of Lowland stops in June.")
        report = reports.get(timeout=20)
        assert (report.added, report.removed) == (1, 1)
        other = folder.with_name("other")
        other.mkdir()
        (other / "tram.txt").write_text("The tram of Lowland is slow.")
        folder.rename(folder.with_name("old"))
        other.rename(folder)  # at once, as when a checkout is swapped
        report = reports.get(timeout=20)
        assert (report.added, report.removed) == (1, 1)
        (folder / "tram.txt").write_text("The tram of Lowland is quick.")
        assert reports.get(timeout=20).changed == 1
