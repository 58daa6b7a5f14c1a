from __future__ import annotations

from pathlib import Path

import pytest

from index.file_names import WATCHES_FILE
from index.library import Library
from qa.watches import Watch, read_watches
from tests.conftest import MakeLibrary
from tests.test_render import HOSTILE, Page
from ui.bells import bell_html, toggle, watched_html


@pytest.fixture
def town(tmp_path: Path, make_library: MakeLibrary) -> Library:
    seeds = tmp_path / "town"
    seeds.mkdir()
    (seeds / "ferry.txt").write_text("Ines Duarte said the ferry will stop in June.\n", encoding="utf-8")
    library = make_library(seeds)
    library.sync()
    return library


def sent_by(bell: str) -> dict[str, str]:
    """What the script sends for a bell: its data."""
    return {name.removeprefix("data-"): value for name, value in Page(bell).attributes if name.startswith("data-")}


def test_a_bell_watches_and_stops_watching(town: Library) -> None:
    wanted = Watch(question="What did  Duarte\nsay about the ferry?", source="City Wire")
    kept = Watch(question="What did Duarte say about the ferry?", source="City Wire")
    sent = sent_by(bell_html(wanted, "this question"))
    assert toggle(town, {**sent, "on": True}) == ""
    assert read_watches(town.settings.seeds) == [kept]
    assert watched_html(town) == f'<div data-ids="{sent["watch"]}" role="status"></div>'
    assert toggle(town, {**sent, "on": False}) == ""
    assert read_watches(town.settings.seeds) == []
    assert "someone else has removed it" in toggle(town, {**sent, "on": False})


def test_what_a_browser_sends_is_not_trusted(town: Library) -> None:
    for sent in ({"on": True}, {"on": True, "question": 3}, {"on": True, "about": "…"}, {"question": "x" * 5000}):
        assert toggle(town, sent) != ""
    assert read_watches(town.settings.seeds) == []


def test_there_is_no_bell_for_what_cannot_be_watched() -> None:
    assert bell_html(Watch(about="…"), "this topic") == ""


def test_hostile_text_is_text() -> None:
    page = Page(bell_html(Watch(about=HOSTILE), HOSTILE))
    assert page.tags == ["button", "svg", "path", "span", "span", "span"]
    assert dict(page.attributes)["data-about"] == " ".join(HOSTILE.split())


def test_a_file_that_cannot_be_understood_is_said(town: Library) -> None:
    (town.settings.seeds / WATCHES_FILE).write_text("[[watch", encoding="utf-8")
    assert "cannot be understood" in watched_html(town)
