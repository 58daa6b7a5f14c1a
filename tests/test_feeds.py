"""The Atom feed of a watch, as a feed reader reads it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import feedparser
import httpx
import pytest

from index.library import Library
from index.settings import Settings
from qa.news import watch
from qa.watches import Watch
from tests.conftest import comes_true, serve

HOSTILE = "<script>alert(1)</script> & ]]> \x1b[31mred"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Library]]:
    folder = tmp_path_factory.mktemp("feeds")
    seeds = folder / "news"
    seeds.mkdir()
    (seeds / "a.txt").write_text("Rain fell on Moscow.")
    with Library(Settings(seeds=seeds, store=folder / "store")) as library:
        library.sync()
        with serve("--seeds", str(seeds), "--store", str(folder / "store")) as url:
            yield url, library


def test_feed_has_what_is_new(served: tuple[str, Library]) -> None:
    url, library = served
    watched = watch(library, Watch(source="City Wire"))
    seeds = library.settings.seeds
    for name, text in (("c", f"Ana Roe said that {HOSTILE} is dear."), ("b", "Apples are cheap.")):
        (seeds / f"{name}.txt").write_text(
            f"---\ntitle: Prices\nsource: City Wire\ndate: 2024-12-10\nurl: https://example.org/{name}\n---\n{text}"
        )
    assert comes_true(lambda: b"Apples" in httpx.get(f"{url}feeds/{watched.id}.atom").content)  # the server follows
    response = httpx.get(f"{url}feeds/{watched.id}.atom")
    assert response.headers["content-type"].startswith("application/atom+xml")
    feed = feedparser.parse(response.content)
    assert not feed.bozo
    assert feed.version == "atom10"
    assert feed.feed.title == "On the Record: City Wire"
    entries = {entry.link: entry for entry in feed.entries}
    assert sorted(entries) == ["https://example.org/b", "https://example.org/c"]
    apples = entries["https://example.org/b"]
    assert apples.title == "Apples are cheap."
    assert "Prices, City Wire, 10 December 2024" in apples.content[0].value
    assert "<script>alert(1)</script>" in entries["https://example.org/c"].content[0].value  # as plain text
    assert entries["https://example.org/c"].content[0].type == "text/plain"
    assert b"<script>" not in response.content
    assert b"\x1b" not in response.content
    assert len({entry.id for entry in feed.entries}) == 2


@pytest.mark.parametrize("name", ["nothing", "..%2F..%2Fpeople", ""])
def test_no_such_feed(served: tuple[str, Library], name: str) -> None:
    url, _ = served
    response = httpx.get(f"{url}feeds/{name}.atom")
    assert response.status_code == 404


def test_page_of_another_site_may_not_read_a_feed(served: tuple[str, Library]) -> None:
    url, library = served
    watched = watch(library, Watch(source="City Wire"))
    assert httpx.get(f"{url}feeds/{watched.id}.atom", headers={"Origin": "https://evil.example"}).status_code == 403


def test_folder_of_feeds_has_nothing(served: tuple[str, Library], tmp_path: Path) -> None:
    assert httpx.get(f"{served[0]}feeds/").status_code == 404
