"""Which version of a model a folder holds, so that vectors of two versions are never compared."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

from index.errors import ModelError, in_one_line

_CONFIGURATIONS = ("modules.json", "config.json")  # sentence-transformers loads no folder without one of them
_READ = frozenset({".bin", ".json", ".model", ".safetensors", ".txt"})  # weights, settings and vocabularies


def read_version(name: str) -> str:
    """Return a digest of the files in a model's folder that its vectors depend on; "" for any other name.

    A file is read again only when its size or modification time has changed: 90 MB take about 0.1 s. Raises ModelError
    when a file cannot be read.
    """
    folder = Path(name)
    if not any((folder / configuration).is_file() for configuration in _CONFIGURATIONS):
        return ""
    version = hashlib.sha256()
    try:
        for path in sorted(folder.rglob("*")):
            inner = path.relative_to(folder)
            if path.suffix in _READ and path.is_file() and not any(part.startswith(".") for part in inner.parts):
                status = path.stat()
                version.update(f"{inner.as_posix()}\0{_digest(path, status.st_size, status.st_mtime_ns)}\0".encode())
    except OSError as error:
        raise ModelError(f"the model {name!r} cannot be read: {in_one_line(error)}") from error
    return version.hexdigest()


@functools.lru_cache(maxsize=256)
def _digest(path: Path, size: int, mtime_ns: int) -> str:  # noqa: ARG001 - the cache needs them
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
