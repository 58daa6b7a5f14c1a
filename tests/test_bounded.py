"""The child process: trouble with one file is reported in a line, and the next file is read."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.errors import ArticleError
from index.reading.bounded import MEMORY, Child

ROOT = Path(__file__).parent.parent
PAGE = b"<p>It is open.</p>"
READ = [{"title": "", "text": "It is open."}]
SOME = 1_000_000

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the system limits nothing here")


@pytest.fixture
def child() -> Iterator[Child]:
    child = Child()
    yield child
    child.close()


def pid(child: Child) -> int:
    assert child._process is not None
    return child._process.pid


def test_files_are_read_one_after_another_by_one_process(child: Child) -> None:
    assert child.extract(".html", PAGE, max_bytes=SOME) == READ
    first = pid(child)
    assert child.extract(".html", PAGE, max_bytes=SOME) == READ
    assert pid(child) == first


def test_a_refusal_is_passed_on(child: Child) -> None:
    with pytest.raises(ArticleError, match=r"^is not a PDF, or is cut short: save it again, or remove it$"):
        child.extract(".pdf", b"x", max_bytes=SOME)
    assert child.extract(".html", PAGE, max_bytes=SOME) == READ


def test_a_slow_file_is_stopped(child: Child) -> None:
    child.extract(".html", PAGE, max_bytes=SOME)
    os.kill(pid(child), signal.SIGSTOP)
    began = time.perf_counter()
    with pytest.raises(ArticleError, match=r"^took more than 0\.5 seconds to read: split it, or remove it$"):
        child.extract(".html", PAGE, max_bytes=SOME, seconds=0.5)
    assert time.perf_counter() - began < 5
    assert child.extract(".html", PAGE, max_bytes=SOME) == READ


def test_a_child_that_was_killed_or_was_idle_is_replaced(child: Child) -> None:
    child.extract(".html", PAGE, max_bytes=SOME)
    os.kill(pid(child), signal.SIGKILL)
    assert child.extract(".html", PAGE, max_bytes=SOME) == READ


def test_threads_wait_for_each_other(child: Child) -> None:
    found: list[object] = []
    threads = [
        threading.Thread(target=lambda: found.append(child.extract(".html", PAGE, max_bytes=SOME))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [READ] * 8


def in_child(code: str) -> str:
    """What code prints under the limits of the child process."""
    start = f"import index.reading.bounded as b, sys; sys.addaudithook(b._refuse); b._limit_memory()\n{code}"
    done = subprocess.run([sys.executable, "-c", start], capture_output=True, text=True, cwd=ROOT)
    return (done.stdout + done.stderr).strip().rpartition("\n")[2]


FORBIDDEN = [
    ("a connection", "import socket; socket.create_connection(('127.0.0.1', 9))", "socket."),
    ("a look-up", "import socket; socket.getaddrinfo('localhost', 80)", "socket.getaddrinfo"),
    ("a program", "import subprocess; subprocess.run(['true'])", "subprocess.Popen"),
    ("a shell", "import os; os.system('true')", "os.system"),
    ("a fork", "import os; os.fork()", "os.fork"),
    ("writing", "open('/tmp/onrecord-test', 'w')", "open"),
    ("removing", "import os; os.remove('/tmp/onrecord-test')", "os.remove"),
]


@pytest.mark.parametrize(("code", "event"), [pytest.param(*case, id=what) for what, *case in FORBIDDEN])
def test_a_reader_may_not(code: str, event: str) -> None:
    assert in_child(code).startswith(f"PermissionError: a reader of articles may not do this: {event}")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds to it")
def test_memory_is_limited() -> None:
    assert in_child(f"bytes({MEMORY})") == "MemoryError"


def test_a_child_ends_with_its_parent(tmp_path: Path) -> None:
    code = (
        "from index.reading.bounded import CHILD; import os, sys\n"
        f"CHILD.extract('.html', {PAGE!r}, max_bytes=1000); print(CHILD._process.pid, flush=True); os._exit(0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert not lives(int(done.stdout), within=5)


def test_an_idle_child_ends() -> None:
    child = Child(idle_seconds=0.1)
    assert child.extract(".html", PAGE, max_bytes=SOME) == READ
    assert child._process is not None
    assert child._process.wait(5) == 0
    assert child.extract(".html", PAGE, max_bytes=SOME) == READ
    child.close()


def lives(process: int, *, within: float) -> bool:
    end = time.monotonic() + within
    while time.monotonic() < end:
        try:
            os.kill(process, 0)
            if Path(f"/proc/{process}/stat").read_text().split(") ")[1].startswith("Z"):
                return False
        except (OSError, IndexError):
            return False
        time.sleep(0.05)
    return True
