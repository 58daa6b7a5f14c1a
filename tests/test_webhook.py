"""What is new is sent where the settings say, once it is accepted, and to no private address unless that is allowed."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

import ui.webhook
from index.errors import OnRecordError
from index.library import Library
from index.settings import Settings
from qa.news import find_news, watch
from qa.watches import Watch
from ui.webhook import send_news


class Receiver(BaseHTTPRequestHandler):
    statuses: list[int]  # to answer with, the last one again and again
    received: list[dict[str, Any]]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status = self.statuses.pop(0) if self.statuses[1:] else self.statuses[0]
        self.received.append({"path": self.path, "type": self.headers["Content-Type"], "body": body, "status": status})
        self.send_response(status)
        self.send_header("Location", "http://127.0.0.1/elsewhere")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def receiving(*statuses: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A server on this machine that answers with these statuses; its address, and what it has received."""
    handler = type("Handler", (Receiver,), {"statuses": list(statuses), "received": []})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/in?key=1", handler.received
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    """A library with one item that is new."""
    monkeypatch.setattr(ui.webhook, "_WAIT_SECONDS", 0.0)
    seeds = tmp_path / "news"
    seeds.mkdir()
    (seeds / "a.txt").write_text("Rain fell on Moscow.")
    with Library(Settings(seeds=seeds, store=tmp_path / "store", webhook_private=True)) as library:
        library.sync()
        watch(library, Watch(source="City Wire"))
        add(library, "b.txt", "Apples are cheap.")
        yield library


def add(library: Library, name: str, text: str) -> None:
    (library.settings.seeds / name).write_text(f"---\nsource: City Wire\n---\n{text}")
    library.sync()
    find_news(library)


def to(library: Library, address: str | None, *, private: bool = True) -> None:
    library.settings = replace(library.settings, webhook=address, webhook_private=private)


def test_nothing_is_sent_unless_the_settings_say_where(library: Library) -> None:
    assert library.settings.webhook is None
    assert send_news(library) == 0


def test_each_item_is_sent_once(library: Library) -> None:
    with receiving(200) as (address, received):
        to(library, address)
        assert send_news(library) == 1
        assert send_news(library) == 0
        add(library, "c.txt", "Pears are dear.")
        assert send_news(library) == 1
    assert [one["path"] for one in received] == ["/in?key=1"] * 2
    assert received[0]["type"] == "application/json; charset=utf-8"
    texts = [[item["sentence"]["text"] for item in one["body"]["news"]] for one in received]
    assert texts == [["Apples are cheap."], ["Pears are dear."]]
    assert received[0]["body"]["news"][0]["watch"]["title"] == "City Wire"


def test_what_is_not_accepted_is_sent_again(library: Library) -> None:
    with receiving(500, 503, 200) as (address, received):
        to(library, address)
        assert send_news(library) == 1
        assert [one["status"] for one in received] == [500, 503, 200]
    with receiving(500) as (address, received):
        add(library, "c.txt", "Pears are dear.")
        to(library, address)
        with pytest.raises(OnRecordError, match=r"the webhook http://127\.0\.0\.1 does not accept .* status 500"):
            send_news(library)
        assert len(received) == 3
    with receiving(204) as (address, received):
        to(library, address)
        assert send_news(library) == 1
        assert len(received) == 1


@pytest.mark.parametrize("status", [302, 404])
def test_no_redirect_is_followed_and_no_refusal_repeated(library: Library, status: int) -> None:
    with receiving(status) as (address, received):
        to(library, address)
        with pytest.raises(OnRecordError, match=f"status {status}"):
            send_news(library)
        assert len(received) == 1


def test_nobody_there(library: Library) -> None:
    with receiving(200) as (address, _):
        pass
    to(library, address)
    with pytest.raises(OnRecordError, match=r"does not accept what is new: .*refused"):
        send_news(library)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.0.0.8", "169.254.169.254", "[::1]", "192.168.1.1"])
def test_private_addresses_are_refused_unless_they_are_allowed(library: Library, host: str) -> None:
    to(library, f"http://{host}:9/in", private=False)
    with pytest.raises(OnRecordError, match=r"which is private: set webhook_private"):
        send_news(library)
