"""What is new, bells and earlier versions in the browser, at both widths."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from index.file_names import WATCHES_FILE
from qa.watches import Watch, add_watch, read_watches, remove_watch
from tests.browser.conftest import Visitor
from tests.browser.test_access import check_tab_stops, find_cut_off, serious

if TYPE_CHECKING:
    from tests.browser.conftest import Serving, Visiting

pytestmark = pytest.mark.browser

WIDTHS = {"desktop": (1280, 800), "phone": (390, 844)}
on_both = pytest.mark.parametrize("device", list(WIDTHS))
HOSTILE = '<img src=x onerror=alert(1)> "tram" ${alert(2)} {{value}} \u202eevil'
FERRY = "Ines Duarte said the ferry will stop in June. The ferry is old."
FERRY_LATER = "Ines Duarte said the ferry will stop in August. The ferry is old."


@dataclass
class Town:
    """A folder of articles that is served, and where."""

    seeds: Path
    store: Path
    url: str

    def put(
        self, name: str, text: str | None, head: str = "title: The harbour\nsource: City Wire\ndate: 2024-03-04"
    ) -> None:
        """Write an article, or remove it; the index follows."""
        path = self.seeds / name
        path.unlink() if text is None else path.write_text(f"---\n{head}\n---\n{text}\n", encoding="utf-8")


@contextmanager
def serve_town(serving: Serving, folder: Path, *, watched: list[Watch], read_only: bool = False) -> Iterator[Town]:
    seeds, store = folder / "town", folder / "store"
    seeds.mkdir()
    town = Town(seeds, store, "")
    town.put("ferry.txt", FERRY)
    town.put("tram.txt", "Tomas Okafor said the tram is slow. Tomas Okafor said the tram is late.")
    with serving(seeds, store, watched=True, read_only=read_only) as town.url:
        if watched:
            begin(town, watched)
        yield town


def begin(town: Town, watched: list[Watch]) -> None:
    from index.library import Library
    from index.settings import load_settings
    from qa.news import watch

    with Library(load_settings(seeds=town.seeds, store=town.store)) as library:
        for one in watched:
            watch(library, one)


DUARTE, TRAM = Watch(speaker="Ines Duarte"), Watch(about="tram")


@pytest.fixture
def town(serving: Serving, tmp_path: Path) -> Iterator[Town]:
    """Two things are watched, and nothing is new yet."""
    with serve_town(serving, tmp_path, watched=[DUARTE, TRAM]) as served:
        yield served


@pytest.fixture
def bare_town(serving: Serving, tmp_path: Path) -> Iterator[Town]:
    """Nothing is watched."""
    with serve_town(serving, tmp_path, watched=[]) as served:
        yield served


def link(page: Page):  # type: ignore[no-untyped-def]
    return page.locator('#masthead nav a[href="#new"]')


def go_to_new(page: Page) -> None:
    link(page).click()
    page.locator("#new-list .news").wait_for()


@on_both
def test_what_is_new_is_counted_shown_and_seen(visiting: Visiting, town: Town, device: str) -> None:
    with visiting(town.url, *WIDTHS[device]) as visitor, visiting(town.url, 1280, 800) as other:
        page = visitor.page
        expect(link(page)).to_have_text("New")
        town.put("ferry.txt", FERRY_LATER)
        town.put("song.txt", f"Ines Duarte said the {HOSTILE} is free.", head="title: <b>Song</b>")
        for each in (visitor, other):
            expect(each.page.get_by_role("link", name="New 2 unread")).to_be_visible()
        go_to_new(page)
        expect(page.locator("#new-page h2")).to_be_focused()
        expect(page.locator("#new-list .size")).to_have_text("2 unread of 2 items")
        expect(page.locator("#new-list .unread")).to_have_count(2)
        expect(page.locator("#new-list del")).to_have_text("June")
        expect(page.locator("#new-list ins")).to_have_text("August")
        expect(page.locator("#new-list")).to_contain_text(HOSTILE.split(" $")[0])
        expect(page.locator("#new-list img")).to_have_count(0)
        for each in (visitor, other):  # seen, but still marked for who opened the page
            expect(link(each.page)).to_have_text("New")
        expect(page.locator("#new-list .unread")).to_have_count(2)
        town.put("port.txt", "Ines Duarte said the port is full.")  # comes by itself while the page is open
        expect(page.locator("#new-list .unread")).to_have_count(3)
        page.get_by_role("button", name="Mark all as seen").click()
        expect(page.locator("#new-list .size")).to_have_text("3 items")
        expect(page.locator("#new-list .unread")).to_have_count(0)
        go_to_new(other.page)
        expect(other.page.locator("#new-list .size")).to_have_text("3 items")


@on_both
def test_an_item_opens_the_version_in_which_it_stood(visiting: Visiting, town: Town, device: str) -> None:
    with visiting(town.url, *WIDTHS[device]) as visitor:
        page = visitor.page
        town.put("song.txt", "Ines Duarte said the song is old.")
        expect(link(page)).to_contain_text("1")
        town.put("song.txt", None)
        expect(link(page)).to_contain_text("2")
        go_to_new(page)
        removed = page.locator("#new-list .statement", has_text="Was removed")
        expect(removed.locator("del")).to_have_text("Ines Duarte said the song is old.")
        removed.press("Enter")
        expect(page.locator("#source mark.active")).to_have_text("Ines Duarte said the song is old.")
        expect(page.locator("#source .versions")).to_contain_text("This article is not in the library any more.")
        page.locator("#source").get_by_role("button", name="Next item").click()
        expect(page.locator("#source .what")).to_have_text("2 of 2 items")
        expect(page.locator("#source mark.active")).to_have_text("Ines Duarte said the song is old.")
        page.get_by_role("button", name="Cite this…").press("Enter")
        with page.expect_download() as downloading:
            page.keyboard.press("ArrowRight")  # from copying to saving
            page.keyboard.press("Enter")
        assert "Ines Duarte said the song is old." in downloading.value.path().read_text(encoding="utf-8")
        if device == "phone":
            page.keyboard.press("Escape")
            expect(removed).to_be_focused()


@on_both
def test_something_is_watched_and_no_longer(visiting: Visiting, bare_town: Town, device: str) -> None:
    with visiting(bare_town.url, *WIDTHS[device]) as visitor:
        page = visitor.page
        go_to_new(page)
        expect(page.locator("#new-list .nobody")).to_contain_text("Nothing is watched yet.")
        form = page.locator("#watch-form")
        form.get_by_role("button", name="Watch").click()
        expect(page.locator("#new-told")).to_contain_text("There is nothing to watch")
        form.get_by_label("A topic").fill("the ferry")
        form.get_by_label("A person").fill("Ines Duarte")
        form.get_by_label("A person").press("Enter")
        expect(page.locator("#new-told")).to_contain_text("Watching “Ines Duarte on the ferry”")
        expect(page.locator("#new-told .told")).to_be_focused()
        expect(form.get_by_label("A topic")).to_have_value("")
        assert read_watches(bare_town.seeds) == [Watch(speaker="Ines Duarte", about="the ferry")]
        section = page.locator("#new-list section")
        expect(section.locator("h3")).to_have_text("Ines Duarte on the ferry")
        expect(section).to_contain_text("Nothing new yet.")
        watched = read_watches(bare_town.seeds)[0]
        expect(section.get_by_role("link", name="Feed")).to_have_attribute("href", f"/feeds/{watched.id}.atom")
        page.get_by_role("button", name="Stop watching").click()
        expect(page.locator("#new-told")).to_contain_text("No longer watching “Ines Duarte on the ferry”")
        expect(section).to_have_count(0)
        assert read_watches(bare_town.seeds) == []
        page.get_by_role("button", name="Watch again").click()
        expect(section.locator("h3")).to_have_text("Ines Duarte on the ferry")
        remove_watch(bare_town.seeds, watched)  # by someone else
        page.get_by_role("button", name="Stop watching").click()
        expect(page.locator("#new-told .problem")).to_be_visible()
        expect(section).to_have_count(0)


@on_both
def test_earlier_items_come_when_they_are_asked_for(visiting: Visiting, town: Town, device: str) -> None:
    with visiting(town.url, *WIDTHS[device]) as visitor:
        page = visitor.page
        town.put("port.txt", "\n\n".join(f"Ines Duarte said the port needs boat number {i}." for i in range(60)))
        expect(link(page)).to_contain_text("60")
        go_to_new(page)
        expect(page.locator("#new-list .statement")).to_have_count(50)
        page.get_by_role("button", name="Show earlier").click()
        expect(page.locator("#new-list .statement")).to_have_count(60)
        expect(page.locator("#new-list .statement").nth(50)).to_be_focused()
        expect(page.get_by_role("button", name="Show earlier")).to_have_count(0)
        expect(page.locator("#new-list .unread")).to_have_count(60)


@on_both
def test_bells_watch_a_question_a_person_and_a_topic(visiting: Visiting, bare_town: Town, device: str) -> None:
    with visiting(bare_town.url, *WIDTHS[device]) as visitor:
        page = visitor.page
        visitor.ask("What did Duarte say about the ferry?")
        visitor.ask("And about the tram?")  # watched in full
        bell = page.locator(".turn").last.get_by_role("button", name="Watch this question")
        expect(bell).to_have_attribute("aria-pressed", "false")
        bell.press("Enter")
        expect(page.get_by_role("button", name="Watching this question")).to_have_attribute("aria-pressed", "true")
        page.evaluate("location.hash = '#people/Ines%20Duarte'")
        page.get_by_role("button", name="Watch this person").click()
        expect(page.get_by_role("button", name="Watching this person")).to_be_visible()
        page.evaluate("location.hash = '#topic/tram'")
        page.get_by_role("button", name="Watch this topic").click()
        expect(page.get_by_role("button", name="Watching this topic")).to_be_visible()
        question = Watch(question="What did Duarte say about the tram?")
        assert read_watches(bare_town.seeds) == [question, DUARTE, TRAM]
        with visiting(bare_town.url, 1280, 800) as other:  # who sees it, too, and stops it
            other.page.evaluate("location.hash = '#topic/tram'")
            other.page.get_by_role("button", name="Watching this topic").click()
            expect(other.page.get_by_role("button", name="Watch this topic")).to_be_visible()
        assert read_watches(bare_town.seeds) == [question, DUARTE]
        page.get_by_role("button", name="Watching this topic").click()
        expect(page.locator("#watched .problem")).to_contain_text("someone else has removed it")
        expect(page.get_by_role("button", name="Watch this topic")).to_be_visible()


@on_both
def test_a_citation_shows_its_sentence_as_it_was(visiting: Visiting, town: Town, device: str) -> None:
    with visiting(town.url, *WIDTHS[device]) as visitor:
        page = visitor.page
        visitor.ask("What did Duarte say about the ferry?")
        town.put("ferry.txt", FERRY_LATER)
        expect(link(page)).to_contain_text("1")  # the index has followed
        chip = page.locator(".turn .chip").first
        chip.click()
        then = page.get_by_role("button", name="As it was until")
        expect(then).to_have_attribute("aria-pressed", "true")
        expect(page.locator("#source mark.active:visible")).to_have_text(
            "Ines Duarte said the ferry will stop in June."
        )
        now = page.get_by_role("button", name="As it is now")
        now.press("Enter")
        expect(now).to_have_attribute("aria-pressed", "true")
        expect(page.locator("#source .now .stale")).to_be_visible()
        expect(page.locator("#source mark.active:visible")).to_have_count(0)
        expect(page.locator("#source .text:visible")).to_contain_text("stop in August")
        if device == "phone":
            page.get_by_role("button", name="Back", exact=True).click()
        town.put("ferry.txt", f"It is spring. {FERRY}")
        expect(link(page)).to_contain_text("2")
        chip.click()
        page.get_by_role("button", name="As it is now").click()
        expect(page.locator("#source mark.active:visible")).to_have_text(
            "Ines Duarte said the ferry will stop in June."
        )


@on_both
def test_nothing_is_watched_on_a_read_only_server(
    visiting: Visiting, serving: Serving, tmp_path: Path, device: str
) -> None:
    with serve_town(serving, tmp_path, watched=[DUARTE], read_only=True) as served:
        with visiting(served.url, *WIDTHS[device]) as visitor:
            page = visitor.page
            served.put("ferry.txt", FERRY_LATER)
            go_to_new(page)
            expect(page.locator("#new-list h3")).to_have_text("Ines Duarte")
            while not page.locator("#new-list .statement").count():
                link(page).click()  # nothing is counted here, so it does not come by itself
                page.wait_for_timeout(500)
            expect(page.locator("#new-list .unread")).to_have_count(0)
            for what in ("#watch-form", ".stop-watching", ".bell"):
                expect(page.locator(what)).to_have_count(0)
            page.evaluate("location.hash = '#topic/ferry'")
            page.locator("#topic h2").wait_for()
            expect(page.locator(".bell")).to_have_count(0)
            page.evaluate("location.hash = '#ask'")
            visitor.ask("What did Duarte say about the ferry?")
            expect(page.locator(".turn .edit")).to_be_visible()
            expect(page.locator(".bell")).to_have_count(0)
        with closing(sqlite3.connect(served.store / "history.sqlite3")) as history:
            assert history.execute("SELECT * FROM marks WHERE name = 'seen'").fetchall() == []


def test_a_file_that_cannot_be_understood_is_said(visiting: Visiting, town: Town) -> None:
    with visiting(town.url, 1280, 800) as visitor:
        (town.seeds / WATCHES_FILE).write_text("[[watch", encoding="utf-8")
        link(visitor.page).click()
        expect(visitor.page.locator("#new-list .problem")).to_contain_text("cannot be understood")


@pytest.mark.parametrize(("device", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_the_page_is_for_everyone(browser: Browser, town: Town, device: str, scheme: Literal["light", "dark"]) -> None:
    """With everything on it, and with an earlier version beside it."""
    width, height = WIDTHS[device]
    add_watch(town.seeds, Watch(question="Who will buy the port?", source="City Wire"))
    with browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce", bypass_csp=True
    ) as context:
        page = Visitor(context, town.url).page
        town.put("ferry.txt", FERRY_LATER)
        town.put("tram.txt", "Tomas Okafor said the tram is slow. Ines Duarte said the port will be sold.")
        expect(link(page)).to_contain_text("4")
        assert serious(page) == []
        go_to_new(page)
        page.locator("#new-head summary").click()
        check_page(page, device)
        town.put("ferry.txt", FERRY)
        expect(link(page)).to_contain_text("1")  # the focus is in the list, which therefore stays as it is
        expect(page.locator("#new-list .unread")).to_have_count(4)
        link(page).click()
        expect(page.locator("#new-list .unread")).to_have_count(5)
        page.locator("#new-list .statement", has_text="in August").last.click()
        page.get_by_role("button", name="As it is now").wait_for()
        check_page(page, device)


def check_page(page: Page, device: str) -> None:
    check_tab_stops(page)
    for _ in range(2):
        assert serious(page) == []
        page.evaluate("document.body.classList.toggle('dark')")
        page.wait_for_timeout(150)
    if device == "desktop":
        for zoomed in (640, 320):
            page.set_viewport_size({"width": zoomed, "height": 640})
            page.wait_for_timeout(150)
            assert find_cut_off(page, zoomed) == []
        page.set_viewport_size({"width": 1280, "height": 800})
