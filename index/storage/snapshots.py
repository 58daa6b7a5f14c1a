"""The embedded engine's folders: indexes that are read, which no one writes to, and the part of the next one.

Chroma overwrites its graphs of neighbours: killed while doing so, it leaves a folder that crashes the next process to
open it (chroma-core/chroma#7238). And while one process writes, others see only what was there when they opened the
folder (chroma-core/chroma#7040). So no folder is changed once readers may open it. An index is a list of parts, the
earliest first, and a sync writes only a new last part: a copy of the last one with the changes, while that is small,
and else one that holds the changes alone. `index.storage.merging` makes one part of several.

    index-000007/    the previous index, for readers still using it; deleted by the first sync that finds none
    index-000008/    the index, being the last with the file `whole`, which lists its parts
    part-000003/     a part: Chroma's folder
    part-000008/     the part that the last sync made
    part-000009/     with the file `draft`: what a writer is making, or was when it was interrupted
    merged-000001/   another part: several made one, which with the file `merging` is still being done
    broken-…/        a part that became unreadable
    ledger.sqlite3   see `index.storage.ledger`; its words are in ledger.words/

Make, promote, set aside or discard anything only while holding the writer lock.
"""

from __future__ import annotations

import json
import logging
import os
import re
import secrets
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from index.errors import StoreError
from index.storage.lock import is_held

logger = logging.getLogger(__name__)

_PROBE_SECONDS = 120
_ROOM = 4_000_000  # bytes that even a small index may need for a moment
_NAME = re.compile(r"(index|part|merged)-(\d{6,})")
_WHOLE, _DRAFT, _MERGING = "whole", "draft", "merging"
SMALL = 4_096  # sentences in a part that is copied to be changed: 25 MB
WASTE = 1.3  # sentences held for one that counts, before all parts are merged
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


@dataclass(frozen=True)
class Listed:
    """A part as an index lists it, with the number of sentences in it, whether or not a reader believes them."""

    folder: Path
    sentences: int


@dataclass(frozen=True)
class Draft:
    """What a sync writes: the part `folder` is to follow the parts `kept`, in the index of this revision.

    `is_resumed` is true if an interrupted writer has written to it.
    """

    revision: int
    kept: tuple[Listed, ...]
    folder: Path
    is_resumed: bool


def is_wasteful(parts: Sequence[Listed], sentences: int) -> bool:
    """Whether parts hold many more sentences than count: then the last is left as it is, to be merged with others."""
    return len(parts) > 1 and sum(part.sentences for part in parts) > WASTE * sentences + SMALL


class Snapshots:
    """The indexes in a store's folder. Its methods raise StoreError when the folder cannot be read or written."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._synced = store / "synced"

    def current(self) -> Path:
        """The index to read. Takes about 20 µs, before each question."""
        whole = [index for index in self._newest("index") if (index / _WHOLE).exists()]
        return whole[0] if whole else self._store / "index-000000"

    def revision(self, index: Path) -> int:
        """The number of an index, which grows with every sync."""
        return int(_NAME.fullmatch(index.name)[2])  # type: ignore[index]

    def parts(self, index: Path) -> tuple[Listed, ...]:
        """The parts of an index, the earliest first; none if it is of another version, or nothing was ever indexed."""
        try:
            listed = json.loads((index / _WHOLE).read_bytes())
            return tuple(Listed(self._store / Path(name).name, int(sentences)) for name, sentences in listed)
        except (FileNotFoundError, ValueError, TypeError):
            return ()
        except OSError as error:
            raise StoreError(f"the store {self._store} cannot be read: {error.strerror}") from error

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
    def opening(self, part: Path) -> Iterator[None]:
        """Leave a mark in a part for the length of the block: one that remains shows that the process crashed."""
        mark, release = self._mark(part, "opening")
        try:
            yield
            with suppress(OSError):
                mark.unlink()
        finally:
            release()

    def protect(self, index: Path) -> Callable[[], None]:
        """Keep an index from being deleted until this process ends or calls the function that is returned."""
        if index == self._store / "index-000000":
            with self._as_store_error():
                index.mkdir(parents=True, exist_ok=True)
        mark, release = self._mark(index, "reading")

        def release_index() -> None:
            with suppress(OSError):
                mark.unlink()
            release()

        if index != self.current():
            release_index()
            raise StoreError(f"the index {index} was replaced while it was being opened. Try again.")
        return release_index

    def is_suspect(self, part: Path) -> bool:
        """Whether a process ended while opening a part: Chroma may have crashed it."""
        with self._as_store_error():
            return any(not is_held(mark) for mark in part.glob("opening-*"))

    def is_sound(self, part: Path) -> bool:
        """Whether another process can open and search a part, which then is no longer suspect."""
        if not _survives(part / "chroma"):
            return False
        for mark in part.glob("opening-*"):
            if not is_held(mark):
                mark.unlink(missing_ok=True)
        return True

    def set_aside(self, part: Path) -> None:
        """Rename a part that cannot be read; an index without it becomes current.

        Raises StoreError when there is no room for another: then a full disk is the likelier reason.
        """
        self._require_room(part)
        aside = self._store / f"broken-{time.strftime('%Y%m%d-%H%M%S')}"
        indexes = [index for index in self._newest("index") if (index / _WHOLE).exists()]
        left = {index: [listed for listed in self.parts(index) if listed.folder != part] for index in indexes}
        with self._as_store_error():
            part.rename(aside)
            if all(len(left[index]) < len(self.parts(index)) for index in indexes):
                # Not the next number: a writer that was killed may have left that revision in the ledger.
                self._write(self.revision(indexes[0]) + 2, left[indexes[0]])
            for index in indexes:
                if len(left[index]) < len(self.parts(index)):
                    (index / _WHOLE).unlink()
        logger.warning("the index cannot be read: it is set aside as %s, and rebuilt from the articles", aside)

    def tidy(self) -> None:
        """Delete the indexes before the current one that no one reads any more, and parts of no index."""
        current = self.current()
        for index in self._newest("index"):
            if index != current and not _is_read(index):
                shutil.rmtree(index, ignore_errors=True)
        named = self._named()
        for part in (*self._newest("part"), *self._newest("merged")):
            if part not in named and not (part / _DRAFT).exists() and not (part / _MERGING).exists():
                shutil.rmtree(part, ignore_errors=True)

    def draft(self, sentences: int = 0, *, anew: bool = False) -> Draft:
        """The part to write to: that of an interrupted writer if it can be read, a copy of the last part, or a new one.

        `sentences` are those that count now. With `anew`, the new index has no other part. Call it after `tidy`.
        """
        current = self.current()
        listed = self.parts(current)
        is_copied = bool(listed) and listed[-1].sentences <= SMALL and not is_wasteful(listed, sentences) and not anew
        copied = listed[-1].folder if is_copied else None
        kept = () if anew else listed[:-1] if is_copied else listed
        origin = json.dumps([part.folder.name for part in kept] + [copied.name if copied else None])
        if resumed := self._resume("part", _DRAFT, origin):
            return Draft(self.revision(current) + 1, kept, resumed, True)
        folder = self._store / f"part-{self._next('part'):06}"
        with self._as_store_error():
            if copied:
                self._require_room(copied)
            self._make(folder, _DRAFT, origin, copied=copied)
        return Draft(self.revision(current) + 1, kept, folder, False)

    def promote(self, draft: Draft, sentences: int) -> Path:
        """Make a draft, with this number of sentences in its part, the current index, which is returned."""
        with self._as_store_error():
            index = self._finish(draft.revision, [*draft.kept, Listed(draft.folder, sentences)], draft.folder / _DRAFT)
            self._synced.touch()
        return index

    def begin_merge(self, parts: Sequence[Listed], *, is_copied: bool) -> Path:
        """The part that others are merged into, which is one that was begun before, a copy of the first, or a new one.

        Only one process may merge at a time; the writer lock is not needed.
        """
        names = json.dumps([part.folder.name for part in parts])
        if resumed := self._resume("merged", _MERGING, names):
            return resumed
        folder = self._store / f"merged-{self._next('merged'):06}"
        with self._as_store_error():
            self._require_room(parts[0].folder)
            self._make(folder, _MERGING, names, copied=parts[0].folder if is_copied else None)
        return folder

    def replace(self, parts: Sequence[Listed], merged: Listed) -> Path | None:
        """Make an index with one part in the place of others current; None if they are not the index's any more."""
        current = self.current()
        listed = self.parts(current)
        first = listed.index(parts[0]) if parts[0] in listed else 0
        with self._as_store_error():
            if listed[first : first + len(parts)] != tuple(parts):
                shutil.rmtree(merged.folder, ignore_errors=True)
                return None
            made = [*listed[:first], merged, *listed[first + len(parts) :]]
            return self._finish(self.revision(current) + 1, made, merged.folder / _MERGING)

    def discard(self) -> None:
        """Delete the draft, if there is one."""
        for part in self._unfinished("part", _DRAFT):
            shutil.rmtree(part, ignore_errors=True)

    def is_of_another_version(self, index: Path) -> bool:
        """Whether an index has another layout than this version of On the Record gives it."""
        return (index / "chroma").exists()

    def oldest_read(self) -> int:
        """The oldest revision that some process reads or is about to."""
        current = self.current()
        return min(map(self.revision, [current, *filter(_is_read, self._newest("index"))]))

    def _make(self, folder: Path, what: str, origin: str, *, copied: Path | None) -> None:
        """Make a folder for a part, as a copy or empty, with a file that says for what."""
        made = self._store / f"copying-{what}"
        shutil.rmtree(made, ignore_errors=True)
        if copied:
            shutil.copytree(copied, made, copy_function=_copy, ignore=shutil.ignore_patterns(*_NOT_COPIED))
        else:
            made.mkdir(parents=True)
        (made / what).write_text(origin)
        made.rename(folder)

    def _resume(self, kind: str, what: str, origin: str) -> Path | None:
        """What a killed process was making of the same, if it can be read; all else that is unfinished is deleted."""
        for part in self._unfinished(kind, what):
            with self._as_store_error():
                is_ours = (part / what).read_text() == origin
            if is_ours and _survives(part / "chroma"):
                return part
            shutil.rmtree(part, ignore_errors=True)
        return None

    def _finish(self, revision: int, parts: Sequence[Listed], mark: Path) -> Path:
        """Make an index of these parts current, one of which has the mark of being unfinished."""
        for path in (*mark.parent.rglob("*"), mark.parent):
            _write_through(path)
        index = self._write(revision, parts)
        mark.unlink()
        return index

    def _write(self, revision: int, parts: Sequence[Listed]) -> Path:
        """Write an index of these parts, and make it current."""
        index = self._store / f"index-{revision:06}"
        shutil.rmtree(index, ignore_errors=True)
        index.mkdir(exist_ok=True)  # a reader's mark may remain
        partial = index / "partial"
        partial.write_text(json.dumps([(part.folder.name, part.sentences) for part in parts]))
        _write_through(partial)
        partial.rename(index / _WHOLE)
        _write_through(index)
        _write_through(self._store)
        return index

    def _named(self) -> set[Path]:
        """The parts of all indexes."""
        return {listed.folder for index in self._newest("index") for listed in self.parts(index)}

    def _unfinished(self, kind: str, what: str) -> list[Path]:
        """The parts of no index that are being made, or were by a process that was killed."""
        named = self._named()
        return [part for part in self._newest(kind) if (part / what).exists() and part not in named]

    def _next(self, kind: str) -> int:
        """The number of the next part of a kind: no folder has it."""
        return max(map(self.revision, self._newest(kind)), default=0) + 1

    def _mark(self, index: Path, what: str) -> tuple[Path, Callable[[], None]]:
        """Lock a file, as a mark of this process, and return it with the function that releases the lock."""
        mark = index / f"{what}-{secrets.token_hex(4)}"
        lock = FileLock(mark, thread_local=False)  # any thread may close what this one opened
        with self._as_store_error():
            lock.acquire()
        return mark, lock.release

    def _newest(self, kind: str) -> list[Path]:
        """The folders of indexes, or of parts, newest first."""
        with self._as_store_error():
            paths = list(self._store.iterdir()) if self._store.exists() else []
        found = [(int(named[2]), path) for path in paths if (named := _NAME.fullmatch(path.name)) and named[1] == kind]
        return [path for _, path in sorted(found, reverse=True)]

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


_NOT_COPIED = (_DRAFT, _MERGING, "*ing-*", "*.sqlite3-wal", "*.sqlite3-shm", "*.sqlite3-journal")


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


def _is_read(index: Path) -> bool:
    """Whether a process reads an index, or is about to."""
    return any(map(is_held, index.glob("reading-*")))


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
