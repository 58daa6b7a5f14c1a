"""Uploads to a real server: where they are kept, how large they may be, and when they are deleted."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.conftest import comes_true, find_port
from ui import uploads
from ui.uploads import FULL_MESSAGE, Uploads, keeping_uploads

ROOT = Path(__file__).parent.parent
STORY = "Mayor Ines Duarte said that the pier stays open."
SERVE = """
import json, sys
from qa.ask import open_library
from ui import uploads
from ui.web import running

vars(uploads).update(json.loads(sys.argv[4]))
with running(open_library(*sys.argv[1:3]), port=int(sys.argv[3])) as url:
    print(url, flush=True)
    sys.stdin.read()
"""


@contextmanager
def serving(folder: Path, **limits: float) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server of the folder's `seeds`, which runs until its input ends: its address and its process."""
    (folder / "seeds").mkdir(exist_ok=True)
    (folder / "seeds" / "pier.txt").write_text(STORY)
    command = [sys.executable, "-c", SERVE, str(folder / "seeds"), str(folder / "store"), str(find_port())]
    environment = os.environ | {"ONRECORD_MAX_ARTICLE_MB": "0.005"}  # 100 kB for a file that may hold several articles
    with subprocess.Popen(
        [*command, json.dumps(limits)],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        yield process.stdout.readline().strip(), process
        process.stdin.close()
        process.wait(timeout=60)


def send(url: str, content: bytes, name: str = "upload.bin") -> httpx.Response:
    return httpx.post(f"{url}gradio_api/upload", files={"files": (name, content)}, timeout=60)


def waiting(folder: Path) -> list[Path]:
    """The uploaded files that were not added."""
    found = (folder / "store" / ".uploads").rglob("*")
    return [path for path in found if path.is_file() and not path.name.endswith("lock")]


@pytest.mark.slow
def test_uploads_have_limits(tmp_path: Path) -> None:
    with serving(tmp_path, WAITING_BYTES=300_000) as (url, _):
        assert send(url, b"x" * 110_000).status_code == 413  # larger than any file that may be read
        assert waiting(tmp_path) == []

        (path,) = send(url, b"words").json()
        assert waiting(tmp_path) == [Path(path)]
        assert Path(path).read_bytes() == b"words"
        Path(path).unlink()

        with ThreadPoolExecutor(8) as visitors:
            answers = list(visitors.map(lambda i: send(url, bytes([i]) * 50_000), range(20)))
        held = sum(path.stat().st_size for path in waiting(tmp_path))
        assert 100_000 <= held <= 300_000
        refused = [answer for answer in answers if answer.status_code != 200]
        assert {(answer.status_code, answer.text) for answer in refused} == {(507, FULL_MESSAGE)}
        assert len(refused) == 20 - held // 50_000

        for path in waiting(tmp_path):
            path.unlink()  # as when they are added
        empty = [("files", (f"{i}.txt", b"")) for i in range(30)]
        assert httpx.post(f"{url}gradio_api/upload", files=empty).status_code == 200
        assert send(url, b"").status_code == 507  # because each takes up disk space
    assert list((tmp_path / "store" / ".uploads").iterdir()) == [tmp_path / "store" / ".uploads" / "lock"]


@pytest.mark.slow
def test_what_nobody_added_is_deleted(tmp_path: Path) -> None:
    begun = (
        b"POST /gradio_api/upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 90000\r\n"
        b"Content-Type: multipart/form-data; boundary=b\r\n\r\n"
        b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n' + b"x" * 60_000
    )
    with serving(tmp_path, KEPT_SECONDS=2.0, LOOK_SECONDS=0.2) as (url, _):
        send(url, b"first")
        assert comes_true(lambda: waiting(tmp_path) == [])
        (path,) = send(url, b"second").json()  # looking goes on after nothing was found
        assert Path(path).is_file()
        assert comes_true(lambda: waiting(tmp_path) == [])
        with socket.create_connection(("127.0.0.1", httpx.URL(url).port or 0)) as broken:
            broken.sendall(begun)
            assert comes_true(lambda: waiting(tmp_path) != [])
        assert comes_true(lambda: waiting(tmp_path) == [])
        (folder,) = (path for path in (tmp_path / "store" / ".uploads").iterdir() if path.is_dir())
        assert list(folder.iterdir()) == []


@pytest.mark.slow
def test_what_a_killed_server_left_is_deleted_and_nothing_else(tmp_path: Path) -> None:
    with serving(tmp_path) as (url, killed):
        left = Path(send(url, b"left").json()[0])
        killed.kill()
        killed.wait()
    assert left.is_file()
    with serving(tmp_path) as (url, _):
        assert not left.exists()
        others = Path(send(url, b"of a server that runs").json()[0])
        own = tmp_path / "store" / ".uploads" / "notes.txt"
        own.write_text("not an upload")
        with keeping_uploads(tmp_path / "store", largest=100):
            assert others.is_file()
        assert own.read_text() == "not an upload"
    assert not others.exists()
    assert (tmp_path / "seeds" / "pier.txt").read_text() == STORY


def test_room_is_given_back(tmp_path: Path) -> None:
    held = Uploads(tmp_path, limit=100_000)
    assert held.reserve(60_000)
    assert not held.reserve(60_000)
    held.release(60_000)
    assert held.reserve(60_000)


def test_the_disk_is_not_filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = os.statvfs(tmp_path)
    monkeypatch.setattr(uploads, "SPARE_BYTES", disk.f_bavail * disk.f_frsize + 10**9)
    assert not Uploads(tmp_path, limit=100_000).reserve(1)


def test_a_store_that_cannot_be_written_takes_no_uploads(tmp_path: Path) -> None:
    (tmp_path / ".uploads").write_text("in the way")
    with keeping_uploads(tmp_path, largest=100) as given:
        assert given is None
