"""The embedded engine's folders: the index that is read, which no one writes to, and a draft of the next one.

Chroma overwrites its graphs of neighbours: killed while doing so, it leaves a folder that crashes the next process to
open it (chroma-core/chroma#7238). And while one process writes, others see only what was there when they opened the
folder (chroma-core/chroma#7040). So a sync copies the index, changes the copy, and marks it as whole at the end:

    index-000007/   the previous index, for readers still using it; deleted by the first sync that finds none
    index-000008/   the index, being the last with the file `whole`: Chroma's folder and the lexical index
    index-000009/   the draft of a writer, which may have been interrupted
    broken-…/       an index that became unreadable

Make, promote, set aside or discard anything only while holding the writer lock.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock

from index.errors import StoreError
from index.storage.lock import is_held

logger = logging.getLogger(__name__)

_PROBE_SECONDS = 120
_ROOM = 4_000_000  # bytes that even a small index may need for a moment
_NAME = re.compile(r"index-(\d{6,})")
_WHOLE = "whole"
_PROBE = """
import sys
import chromadb
from chromadb.config import Settings
for _ in range(3):  # one damaged graph crashed 12 of 15 processes: it depends on what their memory held before
    client = chromadb.PersistentClient(sys.argv[1], settings=Settings(anonymized_telemetry=False))
    for collection in client.list_collections():
        found = collection.get(limit=100, include=["embeddings"])
        if found["ids"]:
            collection.query(query_embeddings=found["embeddings"], n_results=min(20, collection.count()))
    client.close()  # which may be the first thing that a damaged graph crashes
"""


class Snapshots:
    """The indexes in a store's folder. Its methods raise StoreError when the folder cannot be read or written."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._synced = store / "synced"

    def current(self) -> Path:
        """The index to read. Takes about 20 µs, before each question."""
        whole = [index for index in self._newest() if (index / _WHOLE).exists()]
        return whole[0] if whole else self._store / "index-000000"

    @property
    def synced(self) -> float | None:
        """When the index was last up to date with the seeds folder, in seconds since 1970; None if it never was."""
        try:
            return self._synced.stat().st_mtime
        except OSError:
            return None

    def note_sync(self) -> None:
        """Note that the index is up to date with the seeds folder now."""
        with self._as_store_error():
            self._synced.touch()

    @contextmanager
    def opening(self, index: Path) -> Iterator[None]:
        """Leave a mark in an index for the length of the block: one that remains shows that the process crashed."""
        if index == self._store / "index-000000":
            with self._as_store_error():
                index.mkdir(parents=True, exist_ok=True)
        mark, release = self._mark(index, "opening")
        try:
            if index != self.current():
                mark.unlink(missing_ok=True)
                raise StoreError(f"the index {index} was replaced while it was being opened. Try again.")
            yield
            with suppress(OSError):
                mark.unlink()
        finally:
            release()

    def protect(self, index: Path) -> Callable[[], None]:
        """Keep an index from being deleted until this process ends or calls the function that is returned."""
        mark, release = self._mark(index, "reading")

        def release_index() -> None:
            with suppress(OSError):
                mark.unlink()
            release()

        return release_index

    def is_suspect(self, index: Path) -> bool:
        """Whether a process ended while opening an index: Chroma may have crashed it."""
        with self._as_store_error():
            return any(not is_held(mark) for mark in index.glob("opening-*"))

    def is_sound(self, index: Path) -> bool:
        """Whether another process can open and search an index, which then is no longer suspect."""
        if not _survives(index / "chroma"):
            return False
        for mark in index.glob("opening-*"):
            if not is_held(mark):
                mark.unlink(missing_ok=True)
        return True

    def set_aside(self, index: Path) -> None:
        """Rename an index that cannot be read, so that the one before it becomes current.

        Raises StoreError when there is no room for another: then a full disk is the likelier reason.
        """
        self._require_room(index)
        aside = self._store / f"broken-{time.strftime('%Y%m%d-%H%M%S')}"
        with self._as_store_error():
            index.rename(aside)
        logger.warning("the index cannot be read: it is set aside as %s, and rebuilt from the articles", aside)

    def draft(self) -> Path:
        """A copy of the current index to write to, or the draft of an interrupted writer if that can be read."""
        current = self.current()
        number = int(_NAME.fullmatch(current.name)[1]) + 1  # type: ignore[index]
        draft = self._store / f"index-{number:06}"
        for index in self._newest():
            if index not in (current, draft) and not any(map(is_held, index.glob("*ing-*"))):
                shutil.rmtree(index, ignore_errors=True)
        if draft.exists():
            if _survives(draft / "chroma"):
                return draft
            self.discard()
        with self._as_store_error():
            if current.exists():
                self._require_room(current)
                copying = self._store / "copying"
                shutil.rmtree(copying, ignore_errors=True)
                shutil.copytree(current, copying, copy_function=_copy, ignore=shutil.ignore_patterns(*_NOT_COPIED))
                copying.rename(draft)
            else:
                draft.mkdir()
        return draft

    def promote(self, draft: Path) -> None:
        """Make a draft the current index."""
        with self._as_store_error():
            for path in (*draft.rglob("*"), draft):
                _write_through(path)
            (draft / _WHOLE).touch()
            _write_through(draft)
            self._synced.touch()

    def discard(self) -> None:
        """Delete the draft, if there is one."""
        for index in self._newest():
            if index > self.current():
                shutil.rmtree(index, ignore_errors=True)

    def _mark(self, index: Path, what: str) -> tuple[Path, Callable[[], None]]:
        """Lock a file, as a mark of this process, and return it with the function that releases the lock."""
        mark = index / f"{what}-{secrets.token_hex(4)}"
        lock = FileLock(mark, thread_local=False)  # any thread may close what this one opened
        with self._as_store_error():
            lock.acquire()
        return mark, lock.release

    def _newest(self) -> list[Path]:
        """The indexes, newest first."""
        with self._as_store_error():
            paths = list(self._store.iterdir()) if self._store.exists() else []
        numbers = [int(found[1]) for path in paths if (found := _NAME.fullmatch(path.name))]
        return [self._store / f"index-{number:06}" for number in sorted(numbers, reverse=True)]

    def _require_room(self, index: Path) -> None:
        size = sum(path.stat().st_size for path in index.rglob("*") if path.is_file())
        free = shutil.disk_usage(self._store).free
        if free < size + _ROOM:
            raise StoreError(
                f"the index in {self._store} needs {(size + _ROOM) / 1e6:,.0f} MB more, and its disk has "
                f"{free / 1e6:,.1f} MB left. Free some space; what was indexed is kept."
            )

    @contextmanager
    def _as_store_error(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error, shutil.Error) as error:
            reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
            raise StoreError(
                f"the store {self._store} cannot be written: {reason}. What was indexed is kept."
            ) from error


_NOT_COPIED = (_WHOLE, "*ing-*", "*.sqlite3-wal", "*.sqlite3-shm", "*.sqlite3-journal")


def _copy(source: str, target: str) -> str:
    """Copy a file; of a database, which a reader may have open, copy what is committed."""
    if not source.endswith(".sqlite3"):
        return shutil.copyfile(source, target)
    read, written = sqlite3.connect(source), sqlite3.connect(target)
    try:
        read.backup(written)
    finally:
        read.close()
        written.close()
    return target


def _write_through(path: Path) -> None:
    """Wait until a file or folder is on the disk, so that it survives a power cut."""
    if os.name == "nt" and path.is_dir():
        return  # not possible for folders on Windows
    opened = os.open(path, os.O_RDONLY if path.is_dir() or os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _survives(folder: Path) -> bool:
    """Whether a process that opens and searches the embedded engine ends well, or at least does not crash soon."""
    command = [sys.executable, "-c", _PROBE, str(folder)]
    try:
        return subprocess.run(command, capture_output=True, timeout=_PROBE_SECONDS).returncode == 0  # noqa: S603
    except subprocess.TimeoutExpired:
        return True
