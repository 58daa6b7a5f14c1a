"""The whole system with a real Chroma server, as on several machines."""

from __future__ import annotations

import json
import queue
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from chromadb.api.shared_system_client import SharedSystemClient

from index.errors import ServerError, StoreError
from index.library import Library
from index.settings import Settings
from index.sync import Report
from index.watch import watching
from qa.ask import answer_question
from tests.conftest import comes_true, find_port, only_in_whole_runs
from ui.cli import main

CLOSES = "the pier of Lowland will close in May"
QUESTION = "What did Peskov say about Tartous?"


class Server:
    """A Chroma server in another process, which can be killed and started again on the same address."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._port = find_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self.start()

    def start(self, folder: str = "data") -> None:
        """Start it with the data in one of its folders."""
        chroma = Path(sys.executable).with_name("chroma")
        command = [str(chroma), "run", "--host", "127.0.0.1", "--port", str(self._port), "--path"]
        self.process = subprocess.Popen(
            [*command, str(self.folder / folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        assert comes_true(self._is_listening), "the Chroma server did not start"

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait(timeout=20)

    def _is_listening(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self._port)) == 0


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("server"))
    yield server
    server.kill()


@pytest.fixture
def server(running: Server) -> str:
    """The address of a Chroma server."""
    return running.url


@pytest.fixture
def news(running: Server, tmp_path: Path) -> Iterator[Settings]:
    """A folder with one article, for a server that is started again if a test has ended it."""
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "pier.txt").write_text(f"Mayor Ines Duarte said on Monday that {CLOSES}.")
    yield Settings(seeds=folder, store=tmp_path / "store", chroma_url=running.url)
    if running.process.poll() is not None:
        running.start()


def cited(library: Library) -> list[str]:
    """The texts that answer a question about the pier."""
    return [citation.text for citation in answer_question(library, "What did Duarte say about the pier?").citations]


def problem(work: Callable[[], object]) -> str:
    """What the server's absence is told as, by what needs it."""
    with pytest.raises(ServerError) as raised:
        work()
    assert "\n" not in str(raised.value)
    return str(raised.value)


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


def test_server_that_goes_away_and_comes_back(running: Server, news: Settings) -> None:
    away = f"the Chroma server {running.url} cannot be used: "
    with Library(news) as library:
        library.sync()
        answer = cited(library)
        assert len(answer) == 1
        running.kill()
        (news.seeds / "ferry.txt").write_text("The ferry of Lowland stops in June.")
        for work in (lambda: cited(library), library.sync, library.update):
            assert problem(work).startswith(away)
        running.start()
        assert cited(library) == answer
        report = library.sync()
        assert (report.added, report.unchanged, library.counts) == (1, 1, (2, 2))

        def kill(*_: int) -> None:
            if running.process.poll() is None:
                running.kill()

        (news.seeds / "pier.txt").write_text("Mayor Ines Duarte said on Friday that the pier of Lowland stays open.")
        (news.seeds / "ferry.txt").unlink()
        assert problem(lambda: library.sync(on_progress=kill)).startswith(away)
        running.start()
        assert cited(library) == answer  # as it was
        report = library.sync()
        assert (report.removed, library.counts) == (1, (1, 1))
        with Library(replace(news, store=news.store.with_name("second"))) as other:
            assert cited(other) == cited(library) == [(news.seeds / "pier.txt").read_text()]
        answer = cited(library)
        running.kill()
        running.start("empty")
        assert cited(library) == []
        assert library.sync().added == 1
        assert cited(library) == answer


@only_in_whole_runs
def test_watcher_waits_until_the_server_is_back(
    running: Server, news: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("index.watch._AWAY_S", 0.1)
    reports: queue.Queue[Report] = queue.Queue()
    with Library(news) as library:
        library.sync()
        with watching(library, on_report=reports.put):
            running.kill()
            (news.seeds / "ferry.txt").write_text("The ferry of Lowland stops in June.")
            assert comes_true(lambda: bool(caplog.messages))
            running.start()
            assert reports.get(timeout=30).added == 1
            assert [message for message in caplog.messages if "Chroma" in message] == caplog.messages[:1]
            running.kill()
            running.start("emptied")
            assert cited(library) == []  # nobody has told the watcher before
            added = 0
            while added < 2:
                added += reports.get(timeout=30).added


@only_in_whole_runs
def test_server_that_takes_too_long(running: Server, news: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with Library(news) as library:
        library.sync()
        monkeypatch.setattr("index.storage.connection._ANSWER_SECONDS", 3.0)
        library._reopen()
        running.process.send_signal(signal.SIGSTOP)
        try:
            assert "it took too long to answer" in problem(lambda: cited(library))
        finally:
            running.process.send_signal(signal.SIGCONT)
        assert len(cited(library)) == 1


def test_readers_follow_what_several_machines_write_in_turn(news: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.storage.store.LITTER", -9)  # so that notes of what is gone are cleared away at once
    second = replace(news, store=news.store.with_name("second"))
    with Library(news) as first, Library(second) as other:
        first.sync()
        for i in range(3):
            writer = (first, other)[i % 2]
            (news.seeds / f"{i}.txt").write_text(f"Ferry {i} stops in June.")
            (news.seeds / f"{i - 1}.txt").unlink(missing_ok=True)
            assert writer.sync().added == 1
            for library in (first, other):
                with library.reading():
                    assert list(library.records) == [f"{i}.txt", "pier.txt"]
        assert first.sync().did_anything is False
