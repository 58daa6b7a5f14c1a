"""The writer's lock: one holder at a time, who is named; a killed holder's lock is free."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from index.errors import BusyError, StoreError
from index.storage.lock import find_writer, is_locked, writer_lock

ROOT = Path(__file__).parent.parent
HOLD = """
import sys
from pathlib import Path
from index.storage.lock import writer_lock
with writer_lock(Path(sys.argv[1]), wait=False):
    print(flush=True)
    input()
"""


@contextmanager
def holder(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that holds the lock."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.kill()


def test_who_holds_it_and_since_when(tmp_path: Path) -> None:
    before = time.time()
    with holder(tmp_path) as process:
        after = time.time()
        assert is_locked(tmp_path)
        with pytest.raises(BusyError) as raised, writer_lock(tmp_path, wait=False):
            pass
        found = re.fullmatch(
            rf"(process {process.pid}, since (\d\d:\d\d:\d\d),) is updating the index {re.escape(str(tmp_path))}\. "
            r"Wait for it to finish, then try again\.",
            str(raised.value),
        )
        assert found
        seconds = range(int(before), int(after) + 1)
        assert found[2] in [time.strftime("%H:%M:%S", time.localtime(second)) for second in seconds]
        assert find_writer(tmp_path) == found[1]
    assert find_writer(tmp_path) is None


def test_waiting_is_told_once(tmp_path: Path) -> None:
    told: list[str] = []
    held = threading.Event()

    def write() -> None:
        with writer_lock(tmp_path, wait=True, on_wait=told.append):
            held.set()

    with holder(tmp_path) as process:
        thread = threading.Thread(target=write)
        thread.start()
        assert not held.wait(0.5)
        assert len(told) == 1
        assert re.fullmatch(
            rf"waiting for process {process.pid}, since [\d:]{{8}}, which is updating the index {tmp_path}", told[0]
        )
        assert process.stdin is not None
        process.stdin.write(b"\n")
        process.stdin.flush()
        assert held.wait(10)
        thread.join()
    assert (len(told), is_locked(tmp_path), (tmp_path / "writer.json").exists()) == (1, False, False)


def test_nobody_waits_for_a_free_lock(tmp_path: Path) -> None:
    told: list[str] = []
    with writer_lock(tmp_path, wait=True, on_wait=told.append):
        assert is_locked(tmp_path)
    assert (told, is_locked(tmp_path)) == ([], False)


def test_killed_holder_s_lock_is_free(tmp_path: Path) -> None:
    with holder(tmp_path) as process:
        process.kill()
        process.wait()
        assert (tmp_path / "writer.json").exists()  # the killed process left it
        assert not is_locked(tmp_path)
        with writer_lock(tmp_path, wait=False):
            assert is_locked(tmp_path)
    assert not (tmp_path / "writer.json").exists()


def test_lock_is_released_by_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), writer_lock(tmp_path, wait=False):
        raise KeyboardInterrupt
    assert (is_locked(tmp_path), find_writer(tmp_path)) == (False, None)


UNTOLD = [
    ("no file", None),
    ("half a file", '{"pid": 4'),
    ("no process in it", '{"since": 1}'),
    ("not of this form", "[]"),
    ("a time that is none", '{"pid": 4, "since": "noon"}'),
]


@pytest.mark.parametrize("content", [case[1] for case in UNTOLD], ids=[case[0] for case in UNTOLD])
def test_holder_that_cannot_be_told(tmp_path: Path, content: str | None) -> None:
    with writer_lock(tmp_path, wait=False):
        (tmp_path / "writer.json").unlink()
        if content is not None:
            (tmp_path / "writer.json").write_text(content)
        with (
            pytest.raises(BusyError, match=r"^another process is updating the index "),
            writer_lock(tmp_path, wait=False),
        ):
            pass


def test_folder_that_is_not_there_for_writing(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("no folder")
    with pytest.raises(StoreError) as raised, writer_lock(tmp_path / "store", wait=False):
        pass
    assert re.fullmatch(r"the store \S+ cannot be written: [^\n]+ Choose another with --store\.", str(raised.value))
