"""The whole system with a real Chroma server, as on several machines."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from chromadb.api.shared_system_client import SharedSystemClient

from index.errors import StoreError
from index.library import Library
from index.settings import Settings
from qa.ask import answer_question
from tests.conftest import find_port
from ui.cli import main

QUESTION = "What did Peskov say about Tartous?"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an empty Chroma server."""
    port = find_port()
    chroma = Path(sys.executable).with_name("chroma")
    command = [str(chroma), "run", "--host", "127.0.0.1", "--port", str(port), "--path"]
    process = subprocess.Popen(
        [*command, str(tmp_path_factory.mktemp("server"))], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, "the Chroma server ended"
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def test_answers_are_those_of_the_embedded_engine(
    server: str, seeds: Path, seed_library: Library, tmp_path: Path
) -> None:
    settings = Settings(seeds=seeds, store=tmp_path / "store", chroma_url=server)
    with Library(settings) as library:
        assert library.sync().added == 1
        answer = answer_question(library, QUESTION)
        assert library.update() is None
    expected = answer_question(seed_library, QUESTION)
    assert [citation.text for citation in answer.citations] == [citation.text for citation in expected.citations]
    assert len(answer.citations) > 1
    assert not (tmp_path / "store" / "chroma").exists()  # Chroma keeps nothing outside the server


def test_second_machine_sees_what_the_first_indexed(server: str, tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "pier.txt").write_text("Mayor Ines Duarte said on Monday that the pier of Lowland will close in May.")
    first = Settings(seeds=folder, store=tmp_path / "first", chroma_url=server, chroma_database="default_database")
    with Library(first) as writer, Library(replace(first, store=tmp_path / "second")) as reader:
        writer.sync()
        answer = answer_question(reader, "What did Duarte say about the pier?")
        assert [citation.article_id for citation in answer.citations] == ["pier.txt"]
        (folder / "pier.txt").write_text("Mayor Ines Duarte said on Tuesday that the pier of Lowland stays open.")
        writer.sync()
        (citation,) = answer_question(reader, "What did Duarte say about the pier?").citations
        assert citation.text == "Mayor Ines Duarte said on Tuesday that the pier of Lowland stays open."


def test_command_line_uses_the_server_in_the_environment(
    server: str, seeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ONRECORD_CHROMA_URL", server)
    folders = ["--seeds", str(shutil.copytree(seeds, tmp_path / "seeds")), "--store", str(tmp_path / "store")]
    assert main(["index", *folders]) == 0
    assert main(["status", "--json", *folders]) == 0
    status = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (status["chroma_url"], status["articles"], status["stale"]) == (server, 1, [])


def test_closed_connection_is_forgotten(server: str, seeds: Path, tmp_path: Path) -> None:
    before = set(SharedSystemClient._identifier_to_system)
    Library(Settings(seeds=seeds, store=tmp_path, chroma_url=server)).close()
    assert set(SharedSystemClient._identifier_to_system) == before


def test_server_that_is_not_there_is_told_in_one_line(seeds: Path, tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{find_port()}"
    with pytest.raises(StoreError) as raised:
        Library(Settings(seeds=seeds, store=tmp_path, chroma_url=url))
    assert str(raised.value).startswith(f"the Chroma server {url} cannot be used: ")
    assert str(raised.value).endswith("Is it running, and is ONRECORD_CHROMA_URL right?")
    assert "\n" not in str(raised.value)
