"""A Chroma client from the Settings: the embedded engine in a folder, or a server."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

from index.errors import OnRecordError, StoreError, in_one_line
from index.models.quick_imports import quick_imports
from index.settings import Settings


def connect(settings: Settings, index: Path | None) -> Any:
    """A Chroma client of an index's folder, or where there is none of the server that the settings name.

    Raises StoreError when the folder cannot be used or the server does not answer.
    """
    with quick_imports():
        import chromadb
        from chromadb.config import Settings as ChromaSettings
    if index is None:
        try:
            return _connect_to_server(settings)
        except Exception as error:  # Chroma's own errors have no common base
            raise StoreError(
                f"the Chroma server {settings.chroma_url} cannot be used: {in_one_line(error)}. Is it running, and is "
                "ONRECORD_CHROMA_URL right?"
            ) from error
    folder = index / "chroma"
    try:
        return chromadb.PersistentClient(str(folder), settings=ChromaSettings(anonymized_telemetry=False))
    except Exception as error:  # as above
        _forget_engine(folder)
        raise StoreError(
            f"the store {settings.store} cannot be opened: {in_one_line(error)}. Choose another folder with --store, "
            "or move this one away: it is rebuilt from the articles."
        ) from error


def _authorization(token: str | None) -> dict[str, str] | None:
    """What a proxy before a Chroma server wants, and what Chroma Cloud wants."""
    return {"Authorization": f"Bearer {token}", "X-Chroma-Token": token} if token else None


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


P = ParamSpec("P")
T = TypeVar("T")


def as_store_error(method: Callable[P, T]) -> Callable[P, T]:
    """Make a StoreError, with its one line, of whatever Chroma raises in a method of Store."""

    @functools.wraps(method)
    def telling(*arguments: P.args, **options: P.kwargs) -> T:
        try:
            return method(*arguments, **options)
        except (OnRecordError, NameError, TypeError, AttributeError, LookupError):
            raise  # told already, or a bug of ours
        except Exception as error:  # Chroma's own errors have no common base
            raise StoreError(
                f"the store failed: {in_one_line(error)}. Is its disk full or read-only? What was indexed is kept."
            ) from error

    return telling
