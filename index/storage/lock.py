"""One writer at a time: a lock on the store's folder, and a note of who holds it and since when."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from index.errors import BusyError, StoreError


@contextmanager
def writer_lock(folder: Path, *, wait: bool, on_wait: Callable[[str], None] | None = None) -> Iterator[None]:
    """Hold the lock for the length of the block.

    If another process holds it, `on_wait` is called once with a line about that process, and the lock is waited for;
    if `wait` is false, BusyError is raised instead. Raises StoreError when the folder cannot be written.
    """
    lock = FileLock(folder / "writer.lock")
    holder = folder / "writer.json"
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        who = _describe(holder)
        if not wait:
            raise BusyError(f"{who} is updating the index {folder}. Wait for it to finish, then try again.") from error
        if on_wait:
            on_wait(f"waiting for {who.rstrip(',')}, which is updating the index {folder}")
        lock.acquire()
    except OSError as error:
        raise _cannot_write(folder, error) from error
    try:
        with contextlib.suppress(OSError):  # on a full disk, others wait for "another process"
            holder.write_text(json.dumps({"pid": os.getpid(), "since": time.time()}), encoding="utf-8")
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def make_folder(folder: Path) -> None:
    """Make a store's folder if there is none; raises StoreError when that is not possible."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _cannot_write(folder, error) from error


def is_locked(folder: Path) -> bool:
    """Whether some process is writing now."""
    try:
        return is_held(folder / "writer.lock")
    except OSError as error:
        raise _cannot_write(folder, error) from error


def is_held(path: Path) -> bool:
    """Whether a running process, which may be this one, holds the lock on a file."""
    try:
        with FileLock(path, timeout=0):
            return False
    except Timeout:
        return True


def find_writer(folder: Path) -> str | None:
    """Who is writing now, such as "process 4711, since 10:42:07,"; None if no one is."""
    return _describe(folder / "writer.json") if is_locked(folder) else None


def _cannot_write(folder: Path, error: OSError) -> StoreError:
    return StoreError(f"the store {folder} cannot be written: {error.strerror}. Choose another with --store.")


def _describe(holder: Path) -> str:
    try:
        given = json.loads(holder.read_text(encoding="utf-8"))
        since = time.strftime("%H:%M:%S", time.localtime(float(given["since"])))
        return f"process {int(given['pid'])}, since {since},"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
