"""A Chroma client from the Settings: the embedded engine in the store's folder, or a server.

The embedded engine can be left in a state that crashes whoever opens it next (chroma-core/chroma#7238). So a writer
marks the folder while it writes; where the mark outlives its writer, the folder is first opened in another process, and
set aside if that does not survive.
"""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from index.embedding import quick_imports
from index.errors import StoreError, in_one_line
from index.settings import Settings

logger = logging.getLogger(__name__)

_PROBE_SECONDS = 120
_ROOM = 4_000_000  # bytes that an index may want for a moment, however small it is
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


def connect(settings: Settings) -> Any:
    """A Chroma client. Raises StoreError when the folder cannot be used or the server does not answer."""
    with quick_imports():
        import chromadb
        from chromadb.config import Settings as ChromaSettings
    try:
        settings.store.mkdir(parents=True, exist_ok=True)
        if settings.chroma_url:
            return _connect_to_server(settings)
        return chromadb.PersistentClient(str(_folder(settings)), settings=ChromaSettings(anonymized_telemetry=False))
    except StoreError:
        raise
    except Exception as error:  # Chroma's own errors have no common base
        _forget_engine(_folder(settings))
        reason = in_one_line(error)
        if settings.chroma_url:
            raise StoreError(
                f"the Chroma server {settings.chroma_url} cannot be used: {reason}. Is it running, and is "
                "ONRECORD_CHROMA_URL right?"
            ) from error
        raise StoreError(
            f"the store {settings.store} cannot be opened: {reason}. Choose another folder with --store, "
            "or move this one away: it is rebuilt from the articles."
        ) from error


def mark_of(settings: Settings) -> Path:
    """The file that stands in the store's folder while a writer is at work."""
    return settings.store / "writing"


def set_mark(settings: Settings) -> None:
    """Say that a writer is at work."""
    try:
        mark_of(settings).touch()
    except OSError as error:
        raise StoreError(
            f"the store {settings.store} cannot be written: {error.strerror}. What was indexed is kept."
        ) from error


def mend(settings: Settings) -> bool:
    """Where a writer was interrupted, see whether its work can be read; if not, set it aside, to be made anew.

    Tells whether one was. To be called by the holder of the writer's lock. Raises StoreError, and leaves all as it is,
    where the index cannot be read and there is no room for another: then the full disk is the likelier reason.
    """
    if not mark_of(settings).exists():
        return False
    folder = _folder(settings)
    if folder.exists() and not _survives(folder):
        _require_room(folder)
        aside = folder.with_name(f"chroma.broken-{time.strftime('%Y%m%d-%H%M%S')}")
        folder.rename(aside)
        logger.warning(
            "an update was interrupted and left an index that cannot be read: it is set aside as %s and made anew",
            aside,
        )
    mark_of(settings).unlink(missing_ok=True)
    return True


def _authorization(token: str | None) -> dict[str, str] | None:
    """What a proxy before a Chroma server wants, and what Chroma Cloud wants."""
    return {"Authorization": f"Bearer {token}", "X-Chroma-Token": token} if token else None


def _folder(settings: Settings) -> Path:
    return settings.store / "chroma"


def _survives(folder: Path) -> bool:
    """Whether a process that opens and searches the embedded engine comes to a good end."""
    command = [sys.executable, "-c", _PROBE, str(folder)]
    try:
        return subprocess.run(command, capture_output=True, timeout=_PROBE_SECONDS).returncode == 0  # noqa: S603
    except subprocess.TimeoutExpired:
        return False


def _require_room(folder: Path) -> None:
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    free = shutil.disk_usage(folder).free
    if free < max(size, _ROOM):
        raise StoreError(
            f"the store {folder.parent} cannot be opened with {free / 1e6:,.1f} MB left on its disk. "
            f"Make room for {max(size, _ROOM) / 1e6:,.0f} MB; what was indexed is kept."
        )


def _forget_engine(folder: Path) -> None:
    """Let the next client of the folder start anew: Chroma would give it the engine that has just failed to start."""
    from chromadb.api.shared_system_client import SharedSystemClient

    if str(folder) not in SharedSystemClient._identifier_to_refcount:
        SharedSystemClient._identifier_to_system.pop(str(folder), None)


def _connect_to_server(settings: Settings) -> Any:
    import chromadb
    from chromadb.config import Settings as ChromaSettings

    address = urlsplit(settings.chroma_url or "")
    secure = address.scheme == "https"
    client = chromadb.HttpClient(
        host=address.hostname or "localhost",
        port=address.port or (443 if secure else 8000),
        ssl=secure,
        headers=_authorization(settings.chroma_token),
        settings=ChromaSettings(anonymized_telemetry=False),
        tenant=settings.chroma_tenant,
        database=settings.chroma_database,
    )
    client.heartbeat()
    return client
