"""The embedded engine's folders: the index that is read, which nobody writes, and a draft of the next one.

Chroma writes its graphs of neighbours over the old ones: killed meanwhile, it leaves a folder that crashes whoever
opens it next (chroma-core/chroma#7238). And while one process writes, another finds what it found when it opened the
folder (chroma-core/chroma#7040). So a sync copies the index, changes the copy, and marks it as whole at the end:

    index-000007/   the index before, for readers that are not done with it; gone with the next sync that finds none
    index-000008/   the index, for it is the last one with the file `whole`: Chroma's folder and the lexical index
    index-000009/   what a writer is making of it, or was when it was interrupted
    broken-…/       an index that could not be read any more

Only the holder of the writer's lock makes, promotes or discards anything.
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
_ROOM = 4_000_000  # bytes that an index may want for a moment, however small it is
_NAME = re.compile(r"index-(\d{6,})")
_WHOLE = "whole"
_PROBE = """
import sys
import chromadb
from chromadb.config import Settings
for _ in range(3):  # one spoilt graph crashed 12 of 15 processes: it depends on what was in their memory before
    client = chromadb.PersistentClient(sys.argv[1], settings=Settings(anonymized_telemetry=False))
    for collection in client.list_collections():
        found = collection.get(limit=100, include=["embeddings"])
        if found["ids"]:
            collection.query(query_embeddings=found["embeddings"], n_results=min(20, collection.count()))
    client.close()  # where a spoilt graph may crash no sooner
"""


class Snapshots:
    """The indexes in a store's folder. Its methods raise StoreError where the folder cannot be read or written."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._synced = store / "synced"

    def current(self) -> Path:
        """The index to read. About 20 µs: readers ask before each question."""
        whole = [index for index in self._newest() if (index / _WHOLE).exists()]
        return whole[0] if whole else self._store / "index-000000"

    @property
    def synced(self) -> float | None:
        """When the index was last level with the seeds folder, in seconds since 1970; None where it never was."""
        try:
            return self._synced.stat().st_mtime
        except OSError:
            return None

    def note_sync(self) -> None:
        """Note that the index is level with the seeds folder now."""
        with self._told():
            self._synced.touch()

    @contextmanager
    def opening(self, index: Path) -> Iterator[None]:
        """Leave a mark in an index for the length of the block: where it stays, the process came to a bad end."""
        if index == self._store / "index-000000":
            with self._told():
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

    def hold(self, index: Path) -> Callable[[], None]:
        """Keep an index from being deleted, as long as this process lives or until what is returned is called."""
        mark, release = self._mark(index, "reading")

        def let_go() -> None:
            with suppress(OSError):
                mark.unlink()
            release()

        return let_go

    def is_suspect(self, index: Path) -> bool:
        """Whether a process that was opening an index came to a bad end: Chroma may have crashed it."""
        with self._told():
            return any(not is_held(mark) for mark in index.glob("opening-*"))

    def is_sound(self, index: Path) -> bool:
        """Whether another process can open and search an index; if so, it is no longer suspect."""
        if not _survives(index / "chroma"):
            return False
        for mark in index.glob("opening-*"):
            if not is_held(mark):
                mark.unlink(missing_ok=True)
        return True

    def set_aside(self, index: Path) -> None:
        """Keep an index that cannot be read under another name: the one before it is then the current one.

        Raises StoreError where there is no room for another: then the full disk is the likelier reason.
        """
        self._require_room(index)
        aside = self._store / f"broken-{time.strftime('%Y%m%d-%H%M%S')}"
        with self._told():
            index.rename(aside)
        logger.warning("the index cannot be read: it is set aside as %s, and made anew from the articles", aside)

    def draft(self) -> Path:
        """A copy of the current index to write to, or what an interrupted writer made of it, where that can be read."""
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
        with self._told():
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
        with self._told():
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
        """A file that is locked, and so stands for this process, and what releases the lock."""
        mark = index / f"{what}-{secrets.token_hex(4)}"
        lock = FileLock(mark, thread_local=False)  # any thread may close what this one opened
        with self._told():
            lock.acquire()
        return mark, lock.release

    def _newest(self) -> list[Path]:
        """The indexes, newest first."""
        with self._told():
            paths = list(self._store.iterdir()) if self._store.exists() else []
        numbers = [int(found[1]) for path in paths if (found := _NAME.fullmatch(path.name))]
        return [self._store / f"index-{number:06}" for number in sorted(numbers, reverse=True)]

    def _require_room(self, index: Path) -> None:
        size = sum(path.stat().st_size for path in index.rglob("*") if path.is_file())
        free = shutil.disk_usage(self._store).free
        if free < size + _ROOM:
            raise StoreError(
                f"the index in {self._store} wants {(size + _ROOM) / 1e6:,.0f} MB more, and its disk has "
                f"{free / 1e6:,.1f} MB left. Make room; what was indexed is kept."
            )

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error, shutil.Error) as error:
            reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
            raise StoreError(
                f"the store {self._store} cannot be written: {reason}. What was indexed is kept."
            ) from error


_NOT_COPIED = (_WHOLE, "*ing-*", "*.sqlite3-wal", "*.sqlite3-shm", "*.sqlite3-journal")


def _copy(source: str, target: str) -> str:
    """Copy a file; of a database that a reader may have open, what is committed."""
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
    """Have the disk hold what was written to a file or folder, so that it outlives a power cut."""
    if os.name == "nt" and path.is_dir():
        return  # Windows has no such thing for folders
    opened = os.open(path, os.O_RDONLY if path.is_dir() or os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _survives(folder: Path) -> bool:
    """Whether a process that opens and searches the embedded engine comes to a good end, or at least to none soon."""
    command = [sys.executable, "-c", _PROBE, str(folder)]
    try:
        return subprocess.run(command, capture_output=True, timeout=_PROBE_SECONDS).returncode == 0  # noqa: S603
    except subprocess.TimeoutExpired:
        return True
