"""The Chroma client: its errors are one line."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from index.errors import StoreError
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
