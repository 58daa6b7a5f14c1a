"""The file of corrections in the seeds folder: read by everyone, changed by one at a time, whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeAlias

from filelock import FileLock, Timeout

from index.errors import SeedsError
from index.file_names import PEOPLE_FILE
from index.speech.corrections import Correction, Corrections, Fault, append, parse, remove

_LOCK = f".{PEOPLE_FILE}.lock"  # hidden, so that no sync looks at it
_WAIT_SECONDS = 30  # a change takes some milliseconds

Stamp: TypeAlias = tuple[int, int, int]


def find_stamp(seeds: Path) -> Stamp | None:
    """What tells one version of the file from another; None if there is no file."""
    try:
        status = (seeds / PEOPLE_FILE).stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def read_corrections(seeds: Path) -> Corrections:
    """Return what the file says; a file that cannot be read is a fault in line 0."""
    try:
        return parse(_read(seeds))
    except OSError as error:
        return Corrections(faults=(Fault(0, f"it cannot be read: {error.strerror}"),))


def add_correction(seeds: Path, correction: Correction) -> None:
    """Put a correction at the end of the file; raises SeedsError when the file cannot be written."""
    _change(seeds, lambda text: append(text, correction))


def remove_correction(seeds: Path, correction: Correction) -> None:
    """Take a correction out of the file; raises SeedsError when it is no longer there or the file cannot be written."""

    def without(text: str) -> str:
        rest = remove(text, correction)
        if rest is None:
            raise SeedsError("this correction is no longer made: someone else has undone it.")
        return rest

    _change(seeds, without)


def _change(seeds: Path, edit: Callable[[str], str]) -> None:
    """Replace the file by what `edit` makes of its text, while nobody else does."""
    with _as_seeds_error(seeds), FileLock(seeds / _LOCK, timeout=_WAIT_SECONDS):
        path = Path(os.path.realpath(seeds / PEOPLE_FILE))
        partial = path.with_name(f".{PEOPLE_FILE}.{secrets.token_hex(8)}.partial")
        changed = edit(_read(seeds)).encode("utf-8", "surrogateescape")
        try:
            with partial.open("xb") as file:
                file.write(changed)
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileNotFoundError):
                partial.chmod(path.stat().st_mode & 0o7777)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)


def _read(seeds: Path) -> str:
    """The text of the file, "" if there is none; bytes that are not UTF-8 are kept as surrogates."""
    try:
        return (seeds / PEOPLE_FILE).read_bytes().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return ""


@contextmanager
def _as_seeds_error(seeds: Path) -> Iterator[None]:
    try:
        yield
    except Timeout as error:
        raise SeedsError(f"{seeds / PEOPLE_FILE} is being changed by another process. Try again.") from error
    except OSError as error:
        raise SeedsError(
            f"{seeds / PEOPLE_FILE} cannot be written: {error.strerror or error}. Nothing was changed."
        ) from error
