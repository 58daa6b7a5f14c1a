"""Uploads that wait to be added to the folder of articles: where they are kept, how large they may be, and how long.

Gradio would keep them in the system's temporary folder for ever. Instead, each server has its own folder in the store,
under a name with a leading dot, which no sync reads:

    .uploads/<token>/        the uploads of one server, as Gradio stores them
    .uploads/<token>.lock    held by that server for as long as it runs
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import secrets
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock

from index.storage.lock import is_held
from ui.gradio_seam import set_upload_folder, uploaded_paths

KEPT_SECONDS = 15 * 60.0  # uploads that have waited longer are deleted
LOOK_SECONDS = 60.0  # between checks for such uploads, while any are waiting
WAITING_BYTES = 1_000_000_000  # from all visitors together; twice the largest upload if that is more
SPARE_BYTES = 500_000_000  # always left free on the disk
FULL = 507  # the HTTP status when there is no room for an upload
FULL_MESSAGE = "the server has no room for more uploads at the moment. Add it again in a few minutes."

_log = logging.getLogger(__name__)

_SMALLEST = 16_384  # bytes that even an empty file counts as, because many of those fill a disk, too
_TOKEN = re.compile(r"[0-9a-f]{16}")


def is_upload(scope: Any) -> bool:
    """Whether a request, given by its ASGI scope, uploads files."""
    return bool(scope["type"] == "http" and scope["path"].strip("/") == "gradio_api/upload")


class Uploads:
    """The waiting uploads of one server, in its own folder."""

    def __init__(self, folder: Path, *, limit: int) -> None:
        self.folder = folder
        self._limit = limit
        self._arriving = 0
        self._lock = threading.Lock()

    def reserve(self, size: int) -> bool:
        """Reserve room for an upload of `size` bytes until `release`; returns False if there is not enough."""
        with self._lock:
            waiting = self._arriving + sum(max(held, _SMALLEST) for _, held, _ in _files_in(self.folder))
            has_room = waiting + size <= self._limit and shutil.disk_usage(self.folder).free - size >= SPARE_BYTES
            self._arriving += size if has_room else 0
            return has_room

    def release(self, size: int) -> None:
        """Give back reserved room, once the upload is in the folder or has failed."""
        with self._lock:
            self._arriving -= size

    def delete_old(self) -> tuple[list[str], bool]:
        """Delete uploads older than KEPT_SECONDS; returns their paths, and whether any others are still waiting."""
        oldest = time.time() - KEPT_SECONDS
        files = _files_in(self.folder)
        old = [path for path, _, changed in files if changed <= oldest]
        for path in old:
            path.unlink(missing_ok=True)
        for folder in self.folder.iterdir():
            with suppress(OSError):  # it is a file, or not empty
                folder.rmdir()
        return [str(path) for path in old], len(old) < len(files)


@contextmanager
def keeping_uploads(store: Path, *, largest: int) -> Iterator[Uploads | None]:
    """Make a folder for uploads of up to `largest` bytes each, and delete it at the end of the block.

    Also deletes the folders of servers that were killed. Yields None if the store cannot be written.
    """
    folder = store / ".uploads"
    token = secrets.token_hex(8)
    held = FileLock(folder / f"{token}.lock", thread_local=False)
    try:
        folder.mkdir(exist_ok=True)
        with FileLock(folder / "lock"):  # or a server starting now could delete this folder before its lock is held
            _delete_left_over(folder)
            held.acquire()
            (folder / token).mkdir()
    except OSError as error:
        _log.warning("no files can be uploaded: %s", error)
        yield None
        return
    try:
        yield Uploads(folder / token, limit=max(WAITING_BYTES, 2 * largest))
    finally:
        shutil.rmtree(folder / token, ignore_errors=True)
        held.release()
        (folder / f"{token}.lock").unlink(missing_ok=True)


class UploadLimit:
    """ASGI middleware that lets uploads into their folder while there is room, and deletes them when they are old."""

    def __init__(self, app: Any, *, uploads: Uploads) -> None:
        self._app = app
        self._uploads = uploads
        self._is_due = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: D102
        from starlette.requests import ClientDisconnect

        if not is_upload(scope):
            await self._app(scope, receive, send)
            return
        size = int(dict(scope["headers"]).get(b"content-length", 0))
        uploads = self._uploads
        if not await asyncio.to_thread(uploads.reserve, size):
            await _refuse(scope, receive, send)
            return
        set_upload_folder(scope["app"], uploads.folder)
        try:
            with suppress(ClientDisconnect):  # the part that arrived is deleted later
                # Without its query string, because Gradio never forgets the progress of an upload with an id.
                await self._app({**scope, "query_string": b""}, receive, send)
        finally:
            uploads.release(size)
            self._delete_later(uploads, uploaded_paths(scope["app"].get_blocks()))

    def _delete_later(self, uploads: Uploads, known: set[str]) -> None:
        """Delete old uploads from now on, and from `known`, the paths that Gradio takes for uploads."""
        if self._is_due:
            return
        self._is_due = True
        loop = asyncio.get_running_loop()

        def delete() -> None:
            self._is_due = False
            deleted, is_any_left = uploads.delete_old()
            known.difference_update(deleted)
            if is_any_left:
                loop.call_soon_threadsafe(self._delete_later, uploads, known)

        loop.call_later(LOOK_SECONDS, loop.run_in_executor, None, delete)


async def _refuse(scope: Any, receive: Any, send: Any) -> None:
    """Refuse an upload after receiving it: a browser reads the answer only once it has sent everything."""
    from starlette.responses import PlainTextResponse

    message = {"more_body": True}
    while message.get("more_body"):
        message = await receive()
    await PlainTextResponse(FULL_MESSAGE, FULL)(scope, receive, send)


def _files_in(folder: Path) -> list[tuple[Path, int, float]]:
    """Return the path, size and time of last change, in seconds since 1970, of every file in a folder tree."""
    found = []
    for inside, _, names in os.walk(folder):
        for name in names:
            path = Path(inside, name)
            with suppress(FileNotFoundError):
                status = path.lstat()
                found.append((path, status.st_size, status.st_mtime))
    return found


def _delete_left_over(folder: Path) -> None:
    for token in {path.stem for path in folder.iterdir() if _TOKEN.fullmatch(path.stem)}:
        lock = folder / f"{token}.lock"
        if not is_held(lock):
            shutil.rmtree(folder / token, ignore_errors=True)
            lock.unlink(missing_ok=True)
