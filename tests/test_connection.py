"""The Chroma client: its errors are one line."""

from __future__ import annotations

import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from index.errors import ServerError, StoreError
from index.settings import Settings
from index.storage.connection import connect

UNUSABLE = [("a file in its place", "store"), ("a file in the place of a folder above", "store/deeper")]


@pytest.mark.parametrize("name", [case[1] for case in UNUSABLE], ids=[case[0] for case in UNUSABLE])
def test_folder_that_cannot_be_a_store(tmp_path: Path, name: str) -> None:
    (tmp_path / "store").write_text("not a folder")
    with pytest.raises(StoreError) as raised:
        connect(Settings(seeds=tmp_path, store=tmp_path / name), tmp_path / name)
    message = str(raised.value)
    assert message.startswith(f"the store {tmp_path / name} cannot be opened: ")
    assert message.endswith(
        ". Choose another folder with --store, or move this one away: it will be rebuilt from the articles."
    )
    assert "\n" not in message
    assert (tmp_path / "store").read_text() == "not a folder"


def test_store_that_chroma_cannot_read(tmp_path: Path) -> None:
    (tmp_path / "chroma").mkdir()
    (tmp_path / "chroma" / "chroma.sqlite3").write_bytes(b"not a database " * 1000)
    for _ in range(2):
        with pytest.raises(StoreError, match=r"^the store \S+ cannot be opened: [^\n]+ rebuilt from the articles\.$"):
            connect(Settings(seeds=tmp_path, store=tmp_path), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["chroma"]


def test_server_that_does_not_answer(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = Settings(seeds=tmp_path, store=tmp_path, chroma_url=f"http://127.0.0.1:{port}", chroma_token="s3cret")
    with pytest.raises(StoreError) as raised:
        connect(settings, None)
    message = str(raised.value)
    assert message.startswith(f"the Chroma server http://127.0.0.1:{port} cannot be used: ")
    assert message.endswith(". Is it running, and is ONRECORD_CHROMA_URL right?")
    assert "\n" not in message
    assert "s3cret" not in message


RUNNING = "Is it running, and is ONRECORD_CHROMA_URL right?"
TOKEN = "Is ONRECORD_CHROMA_TOKEN right?"
OTHERS = [
    ("a web page", "200 OK", "<html>", f"what answers there is no Chroma server. {RUNNING}"),
    ("another service", "404 Not Found", "", f"it answers 404 Not Found. {RUNNING}"),
    ("no token, or a wrong one", "401 Unauthorized", "{}", f"it answers 401 Unauthorized. {TOKEN}"),
    ("a token without rights", "403 Forbidden", "<html>", f"it answers 403 Forbidden. {TOKEN}"),
    ("a proxy without its server", "502 Bad Gateway", "<html>", f"it answers 502 Bad Gateway. {RUNNING}"),
    ("an old Chroma server", "410 Gone", '{"error": "v1 API"}', f"it answers 410 Gone. {RUNNING}"),
]


@pytest.mark.parametrize(("status", "body", "told"), [case[1:] for case in OTHERS], ids=[case[0] for case in OTHERS])
def test_server_that_is_not_ours(tmp_path: Path, status: str, body: str, told: str) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            code, _, phrase = status.partition(" ")
            self.send_response(int(code), phrase)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever).start()
        url = f"http://127.0.0.1:{server.server_port}"
        with pytest.raises(ServerError) as raised:
            connect(Settings(seeds=tmp_path, store=tmp_path, chroma_url=url), None)
        server.shutdown()
    assert str(raised.value) == f"the Chroma server {url} cannot be used: {told}"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_server_that_accepts_and_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setattr("index.storage.connection._ANSWER_SECONDS", 0.2)
    monkeypatch.setattr("index.storage.connection._CONNECT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"{scheme}://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(ServerError) as raised:
            connect(Settings(seeds=tmp_path, store=tmp_path, chroma_url=url), None)
    assert str(raised.value) == f"the Chroma server {url} cannot be used: it took too long to answer. {RUNNING}"
