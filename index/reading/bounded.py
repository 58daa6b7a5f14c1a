"""Extraction in a child process, so that no file can hang, crash or fill the memory of the process that asks.

The child is started for the first file, reads one file after another, and ends by itself when it has been idle for a
while or its parent is gone. On POSIX, the system limits its memory and processor time; everywhere, an audit hook of
Python refuses connections, programs and writing to files.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from typing import Any

from index.errors import ArticleError
from index.reading.extract import extract
from index.reading.office import Extract

SECONDS = 60.0
MEMORY = 2_000_000_000  # bytes of address space; a child uses 50 MB before its first file
IDLE_SECONDS = 20.0
FILES_A_CHILD = 500  # for the parsers' caches grow; starting a child takes 0.3 s, so 0.6 ms per file

_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from index.reading.bounded import serve; "
    "serve(idle_seconds=float(sys.argv[2]))"
)
_REFUSED = frozenset(
    "os.exec os.fork os.forkpty os.mkdir os.posix_spawn os.remove os.rename os.rmdir os.spawn os.startfile os.system "
    "pty.spawn socket.bind socket.connect socket.getaddrinfo socket.sendto subprocess.Popen".split()
)


class Child:
    """The child process, started when needed; it serves one thread at a time."""

    def __init__(self, *, idle_seconds: float = IDLE_SECONDS) -> None:
        self._idle_seconds = idle_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def extract(self, suffix: str, raw: bytes, *, max_bytes: int, seconds: float = SECONDS) -> list[Extract]:
        """Return what `index.reading.extract.extract` does, or raise its ArticleError, within `seconds` and MEMORY."""
        request = json.dumps([suffix, len(raw), max_bytes, seconds]).encode() + b"\n"
        with self._lock:
            used = self._process is not None
            reply, slow = self._ask(request, raw, seconds)
            if reply is None and used and not slow:  # it ended before this file: it was idle, or failed on another
                reply, slow = self._ask(request, raw, seconds)
            code = self._process.returncode if self._process else None
        if slow:
            raise ArticleError(f"took more than {seconds:g} seconds to read: split it, or remove it")
        if reply is None:
            raise ArticleError(f"made its reader end with code {code}: save it again, or remove it")
        if "error" in reply:
            raise ArticleError(reply["error"])
        found: list[Extract] = reply["found"]
        return found

    def close(self) -> None:
        """End the child process, if there is one."""
        with self._lock:
            self._end()

    def _ask(self, request: bytes, raw: bytes, seconds: float) -> tuple[dict[str, Any] | None, bool]:
        """The reply, or None if the child ended without one, and whether it was ended for being slow."""
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = subprocess.Popen(  # noqa: S603 - Python itself; no argument comes from a file
                [sys.executable, "-B", "-c", _START, json.dumps(sys.path), str(self._idle_seconds)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        process = self._process
        slow = threading.Event()

        def stop() -> None:
            slow.set()
            process.kill()

        timer = threading.Timer(seconds, stop)
        timer.start()
        line = b""
        try:
            with suppress(OSError):
                process.stdin.write(request)  # type: ignore[union-attr]
                process.stdin.write(raw)  # type: ignore[union-attr]
                process.stdin.flush()  # type: ignore[union-attr]
                line = process.stdout.readline()  # type: ignore[union-attr]
            if line.endswith(b"\n"):
                return json.loads(line), False
            process.wait()
            return None, slow.is_set()
        except BaseException:  # interrupted: what is left in the pipes would answer the next request
            self._end()
            raise
        finally:
            timer.cancel()

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            for pipe in (self._process.stdin, self._process.stdout):
                with suppress(OSError):
                    pipe.close()  # type: ignore[union-attr]
            self._process.wait()
            self._process = None


CHILD = Child()
atexit.register(CHILD.close)


def serve(*, idle_seconds: float) -> None:
    """Answer requests from standard input until there are no more; this is all that the child process does."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a parser prints is not a reply
    sys.addaudithook(_refuse)
    _limit_memory()
    for _ in range(FILES_A_CHILD):
        idle = threading.Timer(idle_seconds, os._exit, (0,))
        idle.daemon = True
        idle.start()
        line = sys.stdin.buffer.readline()
        idle.cancel()
        if not line:
            return
        suffix, size, max_bytes, seconds = json.loads(line)
        _limit_processor_time(seconds)
        reply: dict[str, Any]
        try:
            reply = {"found": extract(suffix, sys.stdin.buffer.read(size), max_bytes=max_bytes)}
        except ArticleError as error:
            reply = {"error": str(error).strip()}
        except MemoryError:
            reply = {"error": f"needs more than {MEMORY / 1e9:g} GB of memory to read: split it, or remove it"}
        except Exception as error:  # a bug in a parser must not stop the other files
            reply = {"error": f"cannot be read ({type(error).__name__}): save it again, or remove it"}
        replies.write(json.dumps(reply).encode() + b"\n")
        replies.flush()


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    if writes or event in _REFUSED:
        raise PermissionError(f"a reader of articles may not do this: {event}")


def _limit_memory() -> None:
    with suppress(ImportError, OSError, ValueError):  # not on Windows; macOS knows the limit but may refuse it
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_processor_time(seconds: float) -> None:
    """Have the system end this process in case its parent is gone and cannot."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        limit = int(used.ru_utime + used.ru_stime + seconds) + 5
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))
