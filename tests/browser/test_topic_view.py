from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_people_view import FAMILY, GIVEN, marked

if TYPE_CHECKING:
    from tests.browser.conftest import Serving, Visiting, Visitor

pytestmark = pytest.mark.browser

SIZES = [pytest.param(1280, 800, id="desktop"), pytest.param(390, 844, id="phone")]
HOSTILE = "<img src=x onerror=alert(1)> ferry ${alert(2)} {{value}} **bold** \u202eevil"


@pytest.fixture(scope="module")
def ferry_url(serving: Serving, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app over statements about a ferry: 14 speakers, three months of 2023, and an article without a date."""
    folder: Path = tmp_path_factory.mktemp("ferry")
    others = [f"{given} {family}" for given, family in zip(GIVEN, (*FAMILY, "Lindqvist"), strict=True)]
    for month, said in (
        (
            1,
            "Ines Duarte said the ferry is old. Ines Duarte said the ferry is slow. "
            "Tomas Okafor said the ferry is fine.",
        ),
        (3, " ".join(f"{name} said the ferry needs paint number {i}." for i, name in enumerate(others))),
        (4, f"Ines Duarte said the ferry {'rusts ' * 20_000}away. Ines Duarte said the ferry will stop."),
    ):
        head = f"---\ntitle: The <b>ferry</b> of {month}\ndate: 2023-{month:02}-05\n---\n"
        (folder / f"{month}.txt").write_text(f"{head}{said}\n", encoding="utf-8")
    (folder / "undated.txt").write_text(f"Tomas Okafor said the ferry is {HOSTILE} and old.\n", encoding="utf-8")
    with serving(folder, tmp_path_factory.mktemp("store")) as address:
        yield address


def ask_for(page: Page, topic: str) -> None:
    """Type a topic on the People page and wait for what comes of it."""
    page.get_by_role("link", name="People", exact=True).click()
    box = page.locator("#people-page").get_by_label("Statements on a topic")
    box.fill(topic)
    box.press("Enter")
    page.locator("#topic .topic-page").wait_for()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_point_opens_the_statements_behind_it(visiting: Visiting, ferry_url: str, width: int, height: int) -> None:
    with visiting(ferry_url, width, height) as visitor:
        page = visitor.page
        ask_for(page, "ferry")
        expect(page.locator("#topic h2")).to_have_text("ferry")
        expect(page.locator("#topic h2")).to_be_focused()
        assert page.evaluate("location.hash") == "#topic/ferry"
        expect(page.locator("#topic tbody tr")).to_have_count(13)
        expect(page.get_by_role("rowheader").last).to_have_text("2 others")
        chosen = page.get_by_role("button", name="Ines Duarte, January 2023: 2 statements", exact=True)
        chosen.click()
        line = page.locator("#topic-statements .chosen-line")
        expect(line).to_contain_text("Ines Duarte, January 2023: 2 statements")
        expect(chosen).to_have_attribute("aria-pressed", "true")
        expect(page.locator("#topic-statements .words")).to_have_text(
            ["Ines Duarte said the ferry is old.", "Ines Duarte said the ferry is slow."]
        )
        expect(line).to_be_in_viewport()
        second = page.locator("#topic-statements .statement").nth(1)
        second.click()
        expect(page.locator("#source .what")).to_have_text("Statement 2 of 2")
        assert marked(page) == "Ines Duarte said the ferry is slow."
        expect(page.locator("#source mark.active").first).to_be_in_viewport()
        page.get_by_role("button", name="Previous statement").click()
        expect(page.locator("#source .what")).to_have_text("Statement 1 of 2")
        assert marked(page) == "Ines Duarte said the ferry is old."
        if width == 390:
            page.get_by_role("button", name="Back", exact=True).click()
            expect(page.locator("#source")).to_be_hidden()
            expect(second).to_be_focused()
        expect(page.locator("#topic-statements .statement[aria-current]")).to_have_count(1)
        page.get_by_role("button", name="Show all").click()
        expect(line).to_contain_text("All ")
        expect(page.locator("#topic .point[aria-pressed=true]")).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_touch(browser: Browser, ferry_url: str) -> None:
    with browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True) as context:
        page = context.new_page()
        page.goto(f"{ferry_url}#topic/ferry")
        page.get_by_role("button", name="Tomas Okafor, January 2023: 1 statement", exact=True).tap()
        expect(page.locator("#topic-statements .words")).to_have_text(["Tomas Okafor said the ferry is fine."])
        page.locator("#topic-statements .statement").tap()
        expect(page.locator("#source")).to_be_visible()


def test_the_plot_is_worked_by_keyboard(visiting: Visiting, ferry_url: str) -> None:
    with visiting(ferry_url, 1280, 800) as visitor:
        page = visitor.page
        ask_for(page, "ferry")
        expect(page.locator("#topic h2")).to_be_focused()
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Watch this topic")).to_be_focused()
        page.keyboard.press("Tab")
        focused = "document.activeElement.getAttribute('aria-label')"
        first = page.evaluate(focused)
        assert first == "Ines Duarte, January 2023: 2 statements"
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        expect(page.locator("#topic .pointed")).to_have_text(first)
        moves = [
            ("ArrowLeft", first),
            ("ArrowRight", "Ines Duarte, April 2023: 2 statements"),
            ("ArrowDown", "Tomas Okafor, no date: 1 statement"),
            ("Home", "Tomas Okafor, January 2023: 1 statement"),
            ("Control+End", "2 others, March 2023: 2 statements"),
            ("Control+Home", first),
        ]
        for key, label in moves:
            page.keyboard.press(key)
            assert page.evaluate(focused) == label
        page.keyboard.press("Enter")
        expect(page.locator("#topic-statements .chosen-line")).to_contain_text(first)
        assert page.evaluate(focused) == first
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Show all")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#topic-statements .chosen-line")).to_contain_text("All ")
        assert page.evaluate(focused) == first
        page.keyboard.press("Shift+Tab")
        expect(page.get_by_role("button", name="Watch this topic")).to_be_focused()


def test_statements_without_a_date_are_apart(visiting: Visiting, ferry_url: str) -> None:
    with visiting(ferry_url, 1280, 800) as visitor:
        page = visitor.page
        ask_for(page, "ferry")
        expect(page.get_by_role("columnheader").last).to_have_accessible_name("no date")
        expect(page.locator("#topic-statements h3.apart")).to_have_text("No date")
        page.get_by_role("button", name="Tomas Okafor, no date: 1 statement", exact=True).click()
        expect(page.locator("#topic-statements .words")).to_have_text(
            [f"Tomas Okafor said the ferry is {HOSTILE} and old."]
        )
        expect(page.locator("#page :is(script, img, b)")).to_have_count(0)


def test_an_address_opens_a_topic_and_the_browser_goes_back(visiting: Visiting, ferry_url: str) -> None:
    with visiting(ferry_url, 1280, 800) as visitor:
        page = visitor.page
        page.goto(f"{ferry_url}#topic/the%20ferry%2Fboat")
        expect(page.locator("#topic h2")).to_have_text("the ferry/boat")
        page.locator("#topic-statements .voice a", has_text="Tomas Okafor").first.click()
        expect(page.locator("#person h2")).to_have_text("Tomas Okafor")
        expect(page.locator("#person .total")).to_contain_text("on “the ferry/boat”")
        expect(page.locator("#topic-page")).to_be_hidden()
        page.get_by_role("link", name="All statements").click()
        expect(page.locator("#person .total")).not_to_contain_text("on “")
        page.go_back()
        expect(page.locator("#person .total")).to_contain_text("on “the ferry/boat”")
        page.go_back()
        expect(page.locator("#topic h2")).to_be_focused()
        expect(page.locator("#person")).to_be_hidden()
        page.get_by_role("link", name="All people").click()
        expect(page.locator("#people-list .person").first).to_be_visible()
        expect(page.locator("#sought-topic")).to_have_value("")
        page.goto(f"{ferry_url}#topic/%")  # not to be decoded
        expect(page.locator("#topic .problem")).to_contain_text("The topic is empty.")


@pytest.mark.parametrize("topic", ["", "  ", "?!"])
def test_no_topic_gets_a_calm_message(visiting: Visiting, ferry_url: str, topic: str) -> None:
    with visiting(ferry_url, 1280, 800) as visitor:
        ask_for(visitor.page, topic)
        expect(visitor.page.locator("#topic .problem")).to_have_text(
            "The topic is empty. Name what the statements should be about."
        )
        expect(visitor.page.locator("#topic .point")).to_have_count(0)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_hostile_topic_is_text(visiting: Visiting, ferry_url: str, width: int, height: int) -> None:
    with visiting(ferry_url, width, height) as visitor:
        page = visitor.page
        ask_for(page, HOSTILE)
        expect(page.locator("#topic h2")).to_have_text(HOSTILE)
        expect(page.locator("#page :is(script, img, b)")).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_nobody_speaks_of_it(visitor: Visitor) -> None:
    ask_for(visitor.page, "volleyball")
    expect(visitor.page.locator("#topic .nobody")).to_have_text(
        "Nobody who speaks here says anything about “volleyball”."
    )
    expect(visitor.page.locator("#source .nothing-open")).to_be_visible()


def test_a_topic_and_a_person_keep_their_statements_apart(visiting: Visiting, ferry_url: str) -> None:
    with visiting(ferry_url, 1280, 800) as visitor:
        page = visitor.page
        ask_for(page, "ferry")
        page.goto(f"{ferry_url}#people/Tomas%20Okafor")
        expect(page.locator("#person .words").first).to_have_text("Tomas Okafor said the ferry is fine.")
        page.go_back()
        said = page.locator("#topic-statements .statement").nth(1)
        said.click()
        page.locator('#source section[data-kind="topic-statement"][data-place="1"]').wait_for()
        assert marked(page) == said.locator(".words").text_content()


def test_timeline_is_quick(visiting: Visiting, ferry_url: str) -> None:
    with visiting(ferry_url, 1280, 800) as visitor:
        began = time.perf_counter()
        ask_for(visitor.page, "ferry")
        visitor.page.get_by_role("button", name="Tomas Okafor, January 2023: 1 statement", exact=True).click()
        expect(visitor.page.locator("#topic-statements .words")).to_have_count(1)
        assert time.perf_counter() - began < 5  # 0.4 s; a busy machine takes longer
