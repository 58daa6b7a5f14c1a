"""The named endpoints, called with gradio_client and plain HTTP, and the service behind them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from index.errors import OnRecordError, QuestionError
from index.library import Library
from qa.ask import answer_question
from qa.statements import quotes
from tests.conftest import MakeLibrary, find_port
from ui.api import ENDPOINTS, Service, checked

ROOT = Path(__file__).parent.parent
ASSAD = "What did Peskov say about Assad?"
BASES = "kremlin-syria-bases.txt"


@pytest.fixture(scope="module")
def client(served: str) -> Client:
    return Client(served, verbose=False)


@pytest.fixture
def service(seed_library: Library) -> Service:
    return Service(seed_library)


def post(url: str, endpoint: str, sent: Any) -> httpx.Response:
    return httpx.post(f"{url}gradio_api/call/v2/{endpoint}", json=sent)


def test_programs_are_offered_these_endpoints_and_no_handler_of_the_page(client: Client) -> None:
    offered = client.view_api(return_format="dict")
    assert list(offered["named_endpoints"]) == [f"/{name}" for name in ENDPOINTS]
    assert offered["unnamed_endpoints"] == {}


def test_ask(client: Client, seed_library: Library, seeds: Path) -> None:
    answer = client.predict(ASSAD, api_name="/ask")
    assert answer | {"seconds": 0} == json.loads(answer_question(seed_library, ASSAD).to_json()) | {"seconds": 0}
    text = (seeds / BASES).read_text(encoding="utf-8")
    assert [text[citation["start"] : citation["end"]] for citation in answer["citations"]] == [
        citation["text"] for citation in answer["citations"]
    ]


def test_ask_takes_every_option(client: Client) -> None:
    answer = client.predict(
        "And about Trump?",
        history=[ASSAD],
        speaker="Peskov",
        source="alliance news",
        article=BASES,
        limit=1,
        api_name="/ask",
    )
    (citation,) = answer["citations"]
    assert (citation["speaker"], citation["article_id"]) == ("Dmitry Peskov", BASES)
    with pytest.raises(AppError) as raised:
        client.predict(ASSAD, source="The Moon", api_name="/ask")
    assert str(raised.value).startswith("no article is from an outlet called “The Moon”.")
    with pytest.raises(AppError, match=r"moon\.txt"):
        client.predict(ASSAD, article="moon.txt", api_name="/ask")


def test_quotes_are_those_of_python(client: Client, seeds: Path, tmp_path: Path) -> None:
    said = client.predict(speaker="Peskov", about="Trump", api_name="/quotes")
    assert [quote["start"] for quote in said["quotes"]] == [
        quote.start for quote in quotes("Peskov", about="Trump", seeds=seeds, store=tmp_path)
    ]
    assert said["total"] == len(said["quotes"])


def test_quotes_of_a_name_that_is_spelt_otherwise_say_so(service: Service) -> None:
    said = service.quotes(speaker="Peskow")
    assert (said["speaker"], said["note"]) == ("Dmitry Peskov", "no “Peskow” speaks here; taking Dmitry Peskov")


def test_pages_of_a_list_make_up_the_whole(service: Service) -> None:
    whole = service.quotes(article=BASES)
    pages = [service.quotes(article=BASES, limit=3, skip=skip) for skip in range(0, whole["total"], 3)]
    assert len(pages) > 1
    assert [quote for page in pages for quote in page["quotes"]] == whole["quotes"]
    assert {page["total"] for page in pages} == {whole["total"]}
    assert service.quotes(article=BASES, skip=1000)["quotes"] == []


def test_articles(make_library: MakeLibrary, tmp_path: Path) -> None:
    (tmp_path / "b.md").write_text(
        "---\ntitle: A pier\nsource: Post\nauthor: Jo Lee\ndate: 2024-05-06\nurl: https://example.org/b\n---\nIt opens."
    )
    (tmp_path / "a.txt").write_text("Mayor Ines Duarte said that the pier stays open. She smiled.")
    service = Service(make_library(tmp_path))
    listed = service.articles()
    assert (listed["total"], [article["id"] for article in listed["articles"]]) == (2, ["a.txt", "b.md"])
    assert service.articles(since="2024") == {
        "total": 1,
        "articles": [
            {
                "id": "b.md",
                "title": "A pier",
                "source": "Post",
                "author": "Jo Lee",
                "published": "2024-05-06",
                "url": "https://example.org/b",
                "sentences": 1,
            }
        ],
    }
    assert service.articles(limit=1, skip=1)["articles"] == listed["articles"][1:]


def test_an_article_is_read_in_parts(service: Service, seeds: Path) -> None:
    text = (seeds / BASES).read_text(encoding="utf-8")
    whole = service.read_article(BASES)
    assert (whole["text"], whole["characters"], whole["start"], whole["end"]) == (text, len(text), 0, len(text))
    part = service.read_article(BASES, start=1168, limit=107)
    assert (part["text"], part["end"]) == (text[1168:1275], 1275)
    assert service.read_article(BASES, start=len(text) + 5)["text"] == ""


def test_sync_takes_in_what_is_new(make_library: MakeLibrary, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Mayor Ines Duarte said that the pier stays open.")
    service = Service(make_library(tmp_path))
    (tmp_path / "b.txt").write_text("Mayor Ines Duarte said that the ferry is late.")
    (tmp_path / "c.png").write_bytes(b"")
    report = json.loads(json.dumps(service.sync()))
    assert (report["added"], report["articles"]) == (1, 2)
    assert [name for name, _ in report["skipped"]] == ["c.png"]
    assert service.quotes(speaker="Duarte")["total"] == 2


def test_a_read_only_server_refuses_to_sync(seed_library: Library) -> None:
    with pytest.raises(OnRecordError, match="this server is read-only"):
        Service(seed_library, read_only=True).sync()


WRONG = [
    ("nothing given", {}, "question is missing. Give it a value."),
    ("an empty question", {"question": ""}, "the question is empty. Ask something about the articles."),
    ("a number for a text", {"question": 5}, "question is 5: input should be a valid string."),
    ("a text for a number", {"question": ASSAD, "limit": "5"}, "limit is '5': input should be a valid integer."),
    ("none", {"question": ASSAD, "limit": 0}, "limit is 0: input should be greater than or equal to 1."),
    ("too many", {"question": ASSAD, "limit": 21}, "limit is 21: input should be less than or equal to 20."),
    ("a text for a list", {"question": ASSAD, "history": "Who?"}, "history is 'Who?': input should be a valid list."),
    ("a turn", {"question": ASSAD, "history": ["Who?", {}]}, "history[1] is {}: input should be a valid string."),
    (
        "what it does not take",
        {"question": ASSAD, "top_k": 3},
        "there is no parameter top_k. "
        "The parameters are: question, history, speaker, source, since, until, article, limit.",
    ),
    (
        "what is long",
        {"question": ["x" * 200]},
        f"question is ['{'x' * 78}…: input should be a valid string.",
    ),
]


@pytest.mark.parametrize(("arguments", "message"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_what_is_wrong_is_told_in_one_line(service: Service, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(QuestionError) as raised:
        checked(service.ask)(**arguments)
    assert str(raised.value) == message


def test_wrong_values_over_http(client: Client, served: str) -> None:
    with pytest.raises(AppError) as raised:
        client.predict(ASSAD, limit="5", api_name="/ask")
    assert str(raised.value) == "limit is '5': input should be a valid integer."
    unknown = post(served, "ask", {"question": ASSAD, "top_k": 3})
    assert (unknown.status_code, unknown.json()["error"]) == (
        400,
        "these are not the parameters of ask. It takes question, history, speaker, source, since, until, article, "
        "limit; question is needed.",
    )
    nowhere = post(served, "delete_all", {})
    assert (nowhere.status_code, nowhere.json()["error"]) == (
        404,
        "there is no endpoint delete_all. "
        "The endpoints are: ask, quotes, articles, read_article, sync, watches, watch, unwatch, news.",
    )


def test_a_page_of_another_site_cannot_call_an_endpoint(served: str) -> None:
    """Requests that a browser sends without a preflight are refused, and so is the preflight."""
    url = f"{served}gradio_api/call/v2/sync"
    assert httpx.post(url, content="{}", headers={"Content-Type": "text/plain"}).status_code == 422
    asks = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    assert "access-control-allow-origin" not in httpx.options(url, headers=asks).headers


def test_a_name_that_was_made_to_mean_this_machine_is_refused(served: str) -> None:
    """Otherwise a web site could use the page and the endpoints through a visitor's browser, as if its own."""
    rebound = {"Host": "rebound.example.org:7860"}
    assert httpx.get(served, headers=rebound).status_code == 400
    assert httpx.post(f"{served}gradio_api/call/v2/articles", json={}, headers=rebound).status_code == 400
    for name in ("localhost:7860", "LOCALHOST", "[::1]:7860"):
        assert httpx.get(served, headers={"Host": name}).status_code == 200


CALLS = """
import gc, sys
import httpx
from gradio.state_holder import StateHolder
from gradio_client import Client
from qa.ask import open_library
from ui.web import running

with running(open_library(*sys.argv[1:3]), port=int(sys.argv[3])) as url:
    for sent in ({"limit": 1}, {"limit": 1}, {"limit": "many"}):
        event = httpx.post(f"{url}gradio_api/call/v2/articles", json=sent).json()["event_id"]
        print(httpx.get(f"{url}gradio_api/call/articles/{event}").text.splitlines()[0])
    client = Client(url, verbose=False)
    print([client.predict(limit=1, api_name="/articles")["total"] for _ in range(2)])
    holders = [found for found in gc.get_objects() if isinstance(found, StateHolder)]
    print(bool(holders), [[*holder.session_data, *holder.time_last_used] for holder in holders if holder.session_data])
"""


@pytest.mark.slow
def test_calls_leave_nothing_behind(seeds: Path, seed_store: Path) -> None:
    """Left to itself, Gradio would keep 100 kB for each call, for up to 10,000 calls."""
    command = [sys.executable, "-c", CALLS, str(seeds), str(seed_store), str(find_port())]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["event: complete", "event: complete", "event: error", "[1, 1]", "True []"]


def test_watching(tmp_path: Path, make_library: MakeLibrary) -> None:
    seeds = tmp_path / "town"
    seeds.mkdir()
    (seeds / "a.txt").write_text("Ana Roe said that the bridge is open.")
    library = make_library(seeds)
    service = Service(library)
    watched = service.watch(speaker="Ana Roe")
    assert (watched["title"], watched["speaker"]) == ("Ana Roe", "Ana Roe")
    (seeds / "a.txt").write_text("Ana Roe said that the bridge is closed.")
    library.sync()
    (item,) = service.news()["news"]
    assert (item["kind"], item["sentence"]["speaker"]) == ("changed", "Ana Roe")
    assert (item["before"], item["watch"]) == ("Ana Roe said that the bridge is open.", watched["id"])
    assert service.news(after=item["number"]) == {"total": 0, "news": []}
    assert service.watches() == {"watches": [watched | {"unread": 1}]}
    read_only = Service(library, read_only=True)
    assert read_only.news(watch=watched["id"])["total"] == 1
    for change in (lambda: read_only.watch(speaker="Bo"), lambda: read_only.unwatch(watched["id"])):
        with pytest.raises(OnRecordError, match="this server is read-only"):
            change()
    assert service.unwatch(watched["id"][:8]) == watched
    assert service.news() == {"total": 0, "news": []}
