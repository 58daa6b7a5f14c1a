"""The pages for those who use a keyboard, a screen reader, large type or no motion, judged by axe-core and by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.test_people_view import go_to_people, open_person

if TYPE_CHECKING:
    pass

pytestmark = pytest.mark.browser

SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

# The rules of WCAG 2.2 up to AA, with its size of targets, and what axe-core calls best practice.
OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
}


def ask(page: Page, question: str) -> None:
    page.locator("#question textarea").fill(question)
    page.locator("#question textarea").press("Enter")
    page.locator(".turn:last-child:not([aria-busy]) :is(.answer, .refusal)").wait_for()


def show_answer(page: Page) -> None:
    ask(page, "What did Peskov say about Tartous?")


def show_source(page: Page) -> None:
    show_answer(page)
    page.locator(".turn .quotation .chip").first.click()
    page.locator("#source mark.active").first.wait_for()


def show_person(page: Page) -> None:
    go_to_people(page)
    open_person(page, "Dmitry Peskov")


def show_statement(page: Page) -> None:
    show_person(page)
    page.locator("#person .statement").nth(1).click()
    page.locator('#source section[data-place="1"] mark.active').first.wait_for()


def show_topic(page: Page) -> None:
    go_to(page, "topic/Tartous")
    page.locator("#topic .point").first.wait_for()


def show_point(page: Page) -> None:
    show_topic(page)
    page.locator("#topic .point").first.click()
    page.locator("#topic-said .all-points").wait_for()


def show_no_topic(page: Page) -> None:
    go_to(page, "topic/")
    page.locator("#topic .problem").wait_for()


def show_narrowed(page: Page) -> None:
    go_to(page, "people/Dmitry%20Peskov/Tartous")
    page.locator("#person .narrow").wait_for()


def go_to(page: Page, address: str) -> None:
    page.evaluate("(address) => { location.hash = address; }", address)


# Every page and state: what it is, and how it is come to from the opening.
STATES: dict[str, Callable[[Page], object]] = {
    "opening": lambda page: None,
    "answer": show_answer,
    "refusal": lambda page: ask(page, "What is the best recipe for borscht?"),
    "source": show_source,
    "people": go_to_people,
    "nobody found": lambda page: page.goto(f"{page.url.split('#')[0]}#people/Nobody"),
    "person": show_person,
    "statement": show_statement,
    "person on a topic": show_narrowed,
    "topic": show_topic,
    "point": show_point,
    "no topic": show_no_topic,
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("device", SIZES)
def test_axe_finds_nothing_serious(
    browser: Browser, url: str, device: str, scheme: Literal["light", "dark"], state: str
) -> None:
    width, height = SIZES[device]
    # The page's own policy allows no script of another host; axe comes from a package, and is put in past it.
    with browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce", bypass_csp=True
    ) as context:
        page = context.new_page()
        page.goto(url)
        page.locator("#conversation .opening").wait_for()
        STATES[state](page)
        page.wait_for_timeout(150)
        assert serious(page) == []


def serious(page: Page) -> list[str]:
    """What axe-core finds on the page that is serious or critical, a line each."""
    found: list[dict[str, Any]] = Axe().run(page, options=OPTIONS).response["violations"]
    return [
        f"{rule['id']}: {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
        if rule["impact"] in {"serious", "critical"}
    ]
