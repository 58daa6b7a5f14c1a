"""Which requests a server accepts: the rule itself, and a real server that follows it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import serve
from ui.guard import LARGEST_BODY, is_foreign, is_loopback, is_served

PAGE = {"host": "127.0.0.1:7860"}
LAN = {"host": "news.example.org:7860"}

LOCAL = [
    ("a program", "POST", PAGE, False),
    ("the page", "POST", PAGE | {"origin": "http://127.0.0.1:7860", "sec-fetch-site": "same-origin"}, False),
    ("the page, by its other name", "POST", PAGE | {"origin": "http://localhost:7860"}, False),
    ("a page of another port of this machine", "POST", PAGE | {"origin": "http://localhost:3000"}, False),
    ("the same, by number", "POST", {"host": "[::1]:7860", "origin": "http://[::1]:3000"}, False),
    ("a web site", "POST", PAGE | {"origin": "https://example.org", "sec-fetch-site": "cross-site"}, True),
    ("a web site in a browser that says less", "POST", PAGE | {"origin": "https://example.org"}, True),
    ("a web site that says less still", "POST", PAGE | {"sec-fetch-site": "cross-site"}, True),
    ("a name that begins like this machine's", "POST", PAGE | {"origin": "http://127.0.0.1.example.org"}, True),
    ("a name that ends like it", "POST", PAGE | {"origin": "http://example-localhost:7860"}, True),
    ("a user of that name", "POST", PAGE | {"origin": "http://localhost@example.org"}, True),
    ("a page from a file, or in a sandbox", "POST", PAGE | {"origin": "null"}, True),
    ("a browser's extension", "POST", PAGE | {"origin": "chrome-extension://abcdef"}, True),
    ("no address", "POST", PAGE | {"origin": "http://[bad"}, True),
    ("nothing", "POST", PAGE | {"origin": ""}, True),
    ("a link on a web site", "GET", PAGE | {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}, False),
    ("a form on a web site", "POST", PAGE | {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}, True),
    ("a picture on a web site", "GET", PAGE | {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}, True),
    ("an address that was typed", "GET", PAGE | {"sec-fetch-site": "none", "sec-fetch-mode": "navigate"}, False),
]
ON_A_NETWORK = [
    ("a program", "POST", LAN, False),
    ("the page", "POST", LAN | {"origin": "http://news.example.org:7860"}, False),
    ("the page behind TLS", "POST", {"host": "news.example.org", "origin": "https://news.example.org"}, False),
    ("a port that goes without saying", "POST", {"host": "example.org:80", "origin": "http://example.org"}, False),
    ("another port", "POST", LAN | {"origin": "http://news.example.org:3000"}, True),
    ("another port that goes without saying", "POST", LAN | {"origin": "http://news.example.org"}, True),
    ("a page of the visitor's own machine", "POST", LAN | {"origin": "http://localhost:7860"}, True),
    ("a web site", "POST", LAN | {"origin": "https://example.org"}, True),
    (
        "the page, behind a proxy that changes the host",
        "POST",
        {"host": "10.0.0.5:7860", "origin": "https://news.example.org", "sec-fetch-site": "same-origin"},
        False,
    ),
    ("a sandbox that says it is the page", "POST", LAN | {"origin": "null", "sec-fetch-site": "same-origin"}, True),
]


@pytest.mark.parametrize(
    ("method", "headers", "foreign"), [case[1:] for case in LOCAL], ids=[case[0] for case in LOCAL]
)
def test_on_this_machine(method: str, headers: dict[str, str], foreign: bool) -> None:
    assert is_foreign(method, headers, is_local=True) == foreign


@pytest.mark.parametrize(
    ("method", "headers", "foreign"), [case[1:] for case in ON_A_NETWORK], ids=[case[0] for case in ON_A_NETWORK]
)
def test_on_a_network(method: str, headers: dict[str, str], foreign: bool) -> None:
    assert is_foreign(method, headers, is_local=False) == foreign


def test_loopback() -> None:
    for host in ("127.0.0.1", "127.8.9.10", "localhost", "::1", "[::1]"):
        assert is_loopback(host)
    for host in ("0.0.0.0", "10.0.0.5", "::", "localhost.example.org", ""):
        assert not is_loopback(host)


SERVED = ["/", "/config", "/theme.css", "/assets/a/b.js", "/mcp", "/gradio_api/call/v2/ask", "/gradio_api/queue/join"]
NOT_SERVED = [
    "/gradio_api/file=https://example.org/a",
    "/gradio_api/file=/etc/passwd",
    "/gradio_api/file/etc/passwd",
    "/gradio_api/proxy=https://a.hf.space/",
    "/gradio_api/component_server",
    "/gradio_api/process_recording",
    "/gradio_api/run/ask",
    "/gradio_api/dev/reload",
    "/gradio_api/runs",
    "/gradio_api/vibe-edit",
    "/gradio_api/deep_link",
    "/gradio_api/",
    "/openapi.json",
    "/login",
    "/monitoring",
    "//config",
    "/../config",
]


def test_only_what_is_used_is_served() -> None:
    assert [path for path in SERVED if not is_served(path)] == []
    assert [path for path in NOT_SERVED if is_served(path)] == []


FOREIGN = [{"Origin": "https://example.org"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
STATE_CHANGING = [
    "gradio_api/upload",
    "gradio_api/queue/join",
    "gradio_api/call/v2/sync",
    "gradio_api/call/sync",
    "gradio_api/cancel",
    "gradio_api/reset",
    "mcp",
]


@pytest.mark.parametrize("headers", FOREIGN, ids=["a web site", "a sandbox", "a browser that sends no origin"])
def test_a_page_of_another_site_can_change_nothing(served: str, headers: dict[str, str]) -> None:
    """Requests that a browser sends without a preflight: those of a form, and plain text."""
    for path in STATE_CHANGING:
        for sent in (
            {"files": {"files": ("a.txt", b"words")}},
            {"content": b"{}", "headers": {"Content-Type": "text/plain"}},
        ):
            request = httpx.Request("POST", served + path, **sent)
            request.headers.update(headers)
            with httpx.Client() as client:
                answer = client.send(request)
            assert (answer.status_code, answer.text) == (403, "pages of other sites may not use this server"), path
    for method in ("PUT", "PATCH", "DELETE"):
        assert httpx.request(method, f"{served}mcp", headers=headers).status_code == 403
    for path in ("gradio_api/queue/data?session_hash=a", "gradio_api/heartbeat/a", "config"):
        assert httpx.get(served + path, headers=headers).status_code == 403


@pytest.mark.parametrize("origin", [None, "", "localhost"])
def test_the_page_and_programs_are_served(served: str, origin: str | None) -> None:
    own = served.rstrip("/")
    headers = {} if origin is None else {"Origin": own.replace("127.0.0.1", origin) if origin else own}
    called = httpx.post(f"{served}gradio_api/call/v2/articles", json={}, headers=headers)
    assert called.status_code == 200
    joined = httpx.post(f"{served}gradio_api/queue/join", json={"data": []}, headers=headers)
    assert (joined.status_code, joined.json()["detail"]) == (400, "Session hash not found.")
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert httpx.get(f"{served}?q=Who", headers=headers | link).status_code == 200


def test_no_websocket_is_served(served: str) -> None:
    host, port = served.removeprefix("http://").rstrip("/").split(":")
    for origin in (f"http://{host}:{port}", "https://example.org"):
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(
                f"GET /gradio_api/queue/join HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: {origin}\r\n"
                "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
            )
            assert b" 101 " not in connection.recv(200).splitlines()[0]


def test_what_nobody_uses_is_not_there(served: str) -> None:
    for path in NOT_SERVED[:-2]:
        assert httpx.get(served.rstrip("/") + path).status_code == 404
        assert httpx.post(served.rstrip("/") + path, json={}).status_code == 404


def test_a_large_body_is_refused_unread(served: str) -> None:
    url = f"{served}gradio_api/call/v2/articles"
    large = httpx.post(url, content=b" " * (LARGEST_BODY + 1), headers={"Content-Type": "application/json"})
    assert (large.status_code, large.text) == (413, "the request is larger than 4,194,304 bytes")
    unknown = httpx.post(url, content=iter([b"{}"]), headers={"Content-Type": "application/json"})
    assert (unknown.status_code, unknown.text) == (411, "the request has no Content-Length")


def test_every_response_has_the_headers(served: str) -> None:
    for path in ("", "config", "nowhere", "theme.css"):
        headers = httpx.get(served + path).headers
        assert "frame-ancestors 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["referrer-policy"] == "no-referrer"


@pytest.fixture(scope="module")
def on_a_network(seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that listens on all addresses of this machine, as behind a proxy."""
    store = tmp_path_factory.mktemp("network")
    with serve("--host", "0.0.0.0", "--seeds", str(seeds), "--store", str(store)) as url:
        yield url.replace("0.0.0.0", "127.0.0.1")


@pytest.mark.slow
def test_a_server_on_a_network_goes_by_the_name_its_visitors_use(on_a_network: str) -> None:
    url = f"{on_a_network}gradio_api/call/v2/articles"
    for host, origin, status in [
        ("news.example.org", "https://news.example.org", 200),
        ("news.example.org:7860", "http://news.example.org:7860", 200),
        ("news.example.org", "https://example.org", 403),
        ("news.example.org", "http://localhost:7860", 403),
    ]:
        assert httpx.post(url, json={}, headers={"Host": host, "Origin": origin}).status_code == status
