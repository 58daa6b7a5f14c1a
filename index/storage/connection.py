"""A Chroma client from the Settings: the embedded engine in a folder, or a server."""

from __future__ import annotations

import ctypes
import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

from index.errors import LostError, OnRecordError, ServerError, StoreError, in_one_line
from index.models.quick_imports import quick_imports
from index.settings import Settings

_CONNECT_SECONDS = 10.0
_ANSWER_SECONDS = 120.0  # a server with other work takes half a minute to write the 5,461 sentences of one request
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # of glibc's malloc.h


def connect(settings: Settings, index: Path | None) -> Any:
    """A Chroma client of an index's folder, or with None of the server that the settings name.

    Raises StoreError when the folder cannot be used, and ServerError when the server does not answer as one of Chroma.
    """
    with quick_imports():
        import chromadb
        from chromadb.config import Settings as ChromaSettings
    _glibc()  # before an engine allocates anything
    if index is None:
        try:
            return _connect_to_server(settings)
        except Exception as error:  # Chroma's own errors have no common base
            raise _to_server_error(settings.chroma_url or "", error) from error
    folder = index / "chroma"
    try:
        return chromadb.PersistentClient(str(folder), settings=ChromaSettings(anonymized_telemetry=False))
    except Exception as error:  # as above
        _forget_engine(folder)
        raise StoreError(
            f"the store {settings.store} cannot be opened: {in_one_line(error)}. Choose another folder with --store, "
            "or move this one away: it will be rebuilt from the articles."
        ) from error


def disconnect(client: Any) -> None:
    """Close a client, and release the connections and the freed memory that this leaves behind. Takes 5 to 30 ms.

    Each engine works in threads of its own, and glibc keeps what they freed for later threads: a process that opened an
    index of 30,000 sentences 25 times grew from 140 to 290 MB, and stays at 110 MB when that is given back.
    """
    from chromadb.api.shared_system_client import SharedSystemClient

    system = client._system
    servers = [owner._server for owner in (client, client._admin_client)]
    client.close()
    for server in servers:
        if hasattr(server, "_session"):  # the connections to a Chroma server, which stay open otherwise
            server._session.close()
    systems = SharedSystemClient._identifier_to_system
    for identifier in [name for name, other in list(systems.items()) if other is system]:
        if identifier not in SharedSystemClient._identifier_to_refcount:  # a second name that Chroma does not drop
            systems.pop(identifier, None)
    if libc := _glibc():
        libc.malloc_trim(0)


@functools.cache
def _glibc() -> ctypes.CDLL | None:
    """The C library, set up to keep at most 4 MB of freed memory at the end of a heap; None where it is not glibc.

    It would adapt these thresholds to what is freed, and then keep up to 64 MB for each of up to eight times as many
    threads as there are cores, which `malloc_trim` leaves alone.
    """
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    if libc is None or not hasattr(libc, "malloc_trim"):
        return None
    for threshold in (_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD):
        libc.mallopt(threshold, 4 * 1024 * 1024)
    return libc


def _authorization(token: str | None) -> dict[str, str] | None:
    """The headers that a proxy before a Chroma server expects, and those that Chroma Cloud expects."""
    return {"Authorization": f"Bearer {token}", "X-Chroma-Token": token} if token else None


def _forget_engine(folder: Path) -> None:
    """Have the next client of the folder start a new engine: Chroma would give it the one that has just failed."""
    from chromadb.api.shared_system_client import SharedSystemClient

    if str(folder) not in SharedSystemClient._identifier_to_refcount:
        SharedSystemClient._identifier_to_system.pop(str(folder), None)


def _connect_to_server(settings: Settings) -> Any:
    import chromadb
    import httpx
    from chromadb.config import Settings as ChromaSettings

    address = urlsplit(settings.chroma_url or "")
    secure = address.scheme == "https"
    # Chroma's client waits for ever, and does not say who else has answered.
    timeout = httpx.Timeout(_ANSWER_SECONDS, connect=_CONNECT_SECONDS)
    headers = _authorization(settings.chroma_token)
    response = httpx.get(f"{settings.chroma_url}/api/v2/heartbeat", headers=headers, timeout=timeout)
    if response.is_success and "nanosecond heartbeat" not in response.text:
        raise ValueError("what answers there is no Chroma server")
    response.raise_for_status()
    client: Any = chromadb.HttpClient(
        host=address.hostname or "localhost",
        port=address.port or (443 if secure else 8000),
        ssl=secure,
        headers=headers,
        settings=ChromaSettings(anonymized_telemetry=False),
        tenant=settings.chroma_tenant,
        database=settings.chroma_database,
    )
    for owner in (client, client._admin_client):
        owner._server._session.timeout = timeout
    return client


def _to_server_error(url: str, error: Exception) -> ServerError:
    """What a request to a server has failed with, as one line that says what to do."""
    import httpx

    reason, hint = in_one_line(error), "Is it running, and is ONRECORD_CHROMA_URL right?"
    status = _find_cause(error, httpx.HTTPStatusError)
    if isinstance(error, httpx.TimeoutException):
        reason = "it took too long to answer"
    elif status:
        reason = f"it answers {status.response.status_code} {status.response.reason_phrase}"
        if status.response.status_code in (401, 403):
            hint = "Is ONRECORD_CHROMA_TOKEN right?"
    elif "not found" in reason:
        hint = "Are ONRECORD_CHROMA_TENANT and ONRECORD_CHROMA_DATABASE right?"
    return ServerError(f"the Chroma server {url} cannot be used: {reason}. {hint}")


def _find_cause(error: BaseException | None, kind: type[E]) -> E | None:
    """An error, or what it was raised for, of a kind."""
    while error is not None and not isinstance(error, kind):
        error = error.__cause__ or error.__context__
    return error


E = TypeVar("E", bound=BaseException)
P = ParamSpec("P")
T = TypeVar("T")


def as_store_error(method: Callable[P, T]) -> Callable[P, T]:
    """Turn whatever Chroma raises in a method into a StoreError, with its message in one line."""

    @functools.wraps(method)
    def method_with_store_errors(*arguments: P.args, **options: P.kwargs) -> T:
        try:
            return method(*arguments, **options)
        except (OnRecordError, NameError, TypeError, AttributeError, LookupError):
            raise  # a message for the user already, or a bug of ours
        except Exception as error:  # Chroma's own errors have no common base
            raise _to_store_error(error) from error

    return method_with_store_errors


def _to_store_error(error: Exception) -> StoreError:
    import httpx
    from chromadb.errors import ChromaError, NotFoundError

    if isinstance(error, NotFoundError):
        return LostError(
            f"the index that was open is no longer in the store: {in_one_line(error)}. Try again: what there is now is "
            "opened, and what it lacks is read from the articles."
        )
    failed = None if isinstance(error, ChromaError) else _find_cause(error, httpx.HTTPError)
    if failed is not None:
        url = failed.request.url
        return _to_server_error(f"{url.scheme}://{url.netloc.decode()}", error)
    return StoreError(
        f"the store failed: {in_one_line(error)}. Is its disk full or read-only? What was indexed is kept."
    )
