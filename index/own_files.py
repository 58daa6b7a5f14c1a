"""Our own files in the seeds folder: read by everyone, changed by one at a time, whole or not at all."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeAlias

from filelock import FileLock, Timeout

from index.errors import SeedsError

_WAIT_SECONDS = 30  # a change takes some milliseconds

Stamp: TypeAlias = tuple[int, int, int]


def find_stamp(path: Path) -> Stamp | None:
    """What tells one version of a file from another; None if there is no file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def read_own(path: Path) -> str:
    """The text of a file, "" if there is none; bytes that are not UTF-8 are kept as surrogates. Raises OSError."""
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return ""


def change_own(path: Path, edit: Callable[[str], str]) -> None:
    """Replace a file by what `edit` makes of its text, while nobody else does; raises SeedsError if it cannot be."""
    lock = path.with_name(f".{path.name}.lock")  # hidden, so that no sync looks at it
    with _as_seeds_error(path), FileLock(lock, timeout=_WAIT_SECONDS):
        real = Path(os.path.realpath(path))
        partial = real.with_name(f".{path.name}.{secrets.token_hex(8)}.partial")
        changed = edit(read_own(path)).encode("utf-8", "surrogateescape")
        try:
            with partial.open("xb") as file:
                file.write(changed)
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileNotFoundError):
                partial.chmod(real.stat().st_mode & 0o7777)
            partial.replace(real)
        finally:
            partial.unlink(missing_ok=True)


def to_toml_text(text: str) -> str:
    """A text as TOML has it, in quotation marks."""
    # TOML's basic strings are JSON's, but that DEL has to be escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


@contextmanager
def _as_seeds_error(path: Path) -> Iterator[None]:
    try:
        yield
    except Timeout as error:
        raise SeedsError(f"{path} is being changed by another process. Try again.") from error
    except OSError as error:
        raise SeedsError(f"{path} cannot be written: {error.strerror or error}. Nothing was changed.") from error
