from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from tests.browser.conftest import Serving, Visiting, Visitor

pytestmark = pytest.mark.browser

SEEDS = Path(__file__).parents[2] / "seeds"
GIVEN = ("Ana", "Ben", "Carla", "Dmitri", "Elena", "Farid", "Greta", "Hugo", "Irene", "Jonas", "Katrin", "Luca")
FAMILY = (
    "Abbott",
    "Brand",
    "Castro",
    "Dietrich",
    "Eklund",
    "Fischer",
    "Garcia",
    "Haddad",
    "Ivanov",
    "Jensen",
    "Keller",
)
HOSTILE = "Ana <img src=x onerror=alert(1)> Ruiz"


def go_to_people(page: Page) -> None:
    page.get_by_role("link", name="People", exact=True).click()
    page.locator("#people-list .person").first.wait_for()


def names(page: Page) -> list[str]:
    return page.locator("#people-list .name").all_text_contents()


def open_person(page: Page, name: str) -> None:
    page.locator("#people-list .person", has_text=name).first.click()
    expect(page.locator("#person h2")).to_have_text(name)


def marked(page: Page) -> str:
    return "".join(page.locator("#source mark.active").all_text_contents())


@pytest.fixture(scope="module")
def many_url(serving: Serving, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app over more than 100 speakers, one of whom makes 240 statements in twelve months."""
    folder: Path = tmp_path_factory.mktemp("many")
    people = [f"{given} {family}" for given in GIVEN for family in FAMILY]
    people.remove("Hugo Castro")
    text = "".join(f"{person} said the bridge number {i} is open.\n" for i, person in enumerate(people))
    (folder / "all.txt").write_text(text, encoding="utf-8")
    for month in range(1, 13):
        said = "".join(f"Hugo Castro said that ferry number {month}{i:02} will stop in June.\n" for i in range(20))
        (folder / f"{month:02}.txt").write_text(f"---\ntitle: Month {month}\ndate: 2023-{month:02}-05\n---\n{said}")
    (folder / "hostile.html").write_text(
        f"<html><head><title>{HOSTILE.replace('<', '&lt;')}</title></head><body><article><p>Mayor Zora Quist said "
        "the pier is &lt;b&gt;closed&lt;/b&gt; ${alert(2)} {{value}} for the whole winter.</p></article></body></html>"
    )
    with serving(folder, tmp_path_factory.mktemp("store")) as address:
        yield address


def test_a_statement_opens_at_its_sentence(visitor: Visitor) -> None:
    page = visitor.page
    article = (SEEDS / "kremlin-syria-bases.txt").read_text(encoding="utf-8")
    go_to_people(page)
    assert names(page)[0] == "Dmitry Peskov"
    open_person(page, "Dmitry Peskov")
    page.locator("#source .open.statement mark.active").first.wait_for()  # the first one by itself, beside the list
    statements = page.locator("#person .statement")
    expect(statements).to_have_count(8)
    for place in (7, 1):
        statements.nth(place).click()
        page.locator(f'#source section[data-place="{place}"]').wait_for()
        assert marked(page) == statements.nth(place).locator(".words").text_content()
        assert marked(page) in article
        expect(page.locator("#person .statement[aria-current]")).to_have_count(1)
        expect(statements.nth(place)).to_have_attribute("aria-current", "true")
    page.get_by_role("button", name="Next statement").click()
    expect(page.locator("#source .what")).to_have_text("Statement 3 of 8")
    expect(statements.nth(2)).to_have_attribute("aria-current", "true")


def test_conversation_is_still_there_after_a_look_at_the_people(visitor: Visitor) -> None:
    page = visitor.page
    visitor.ask("What did Peskov say about Assad?")
    go_to_people(page)
    expect(page.locator("#conversation")).to_be_hidden()
    open_person(page, "Dmitry Peskov")
    page.get_by_role("link", name="Ask", exact=True).click()
    expect(page.locator(".turn .answer")).to_be_visible()
    expect(page.locator("#people-page")).to_be_hidden()
    page.locator('.turn .quotation .chip[data-number="1"]').click()
    page.locator("#source .open.citation mark.active").first.wait_for()


def test_people_are_searched_as_one_types(visiting: Visiting, many_url: str) -> None:
    with visiting(many_url, 1280, 800) as visitor:
        page = visitor.page
        go_to_people(page)
        box = page.get_by_label("Find a person")
        expect(box).to_be_focused()
        box.fill("eklund")
        expect(page.locator("#people-list .size")).to_have_text(re.compile(r"^\d+ of 1\d\d speakers$"))
        assert len(names(page)) > 1
        assert set(names(page)) <= {f"{given} Eklund" for given in GIVEN}
        box.fill("<b>nobody")
        expect(page.locator("#people-list .nobody")).to_have_text("Nobody who speaks is called “<b>nobody”.")
        box.fill("")
        expect(page.locator("#people-list .size")).to_have_text(re.compile(r"^1\d\d speakers$"))


def test_more_are_shown_on_demand(visiting: Visiting, many_url: str) -> None:
    with visiting(many_url, 1280, 800) as visitor:
        page = visitor.page
        go_to_people(page)
        expect(page.locator("#people-list .person")).to_have_count(100)
        total = int((page.locator("#people-list .size").text_content() or "").split()[0])
        page.get_by_role("button", name=f"Show {total - 100} more of {total - 100}").click()
        expect(page.locator("#people-list .person")).to_have_count(total)
        expect(page.locator("#people-list .person").nth(100)).to_be_focused()
        open_person(page, "Hugo Castro")
        expect(page.locator("#person .total")).to_have_text("240 statements in 12 articles")
        expect(page.locator("#person .plot rect")).to_have_count(12)
        expect(page.locator("#person .statement")).to_have_count(100)
        expect(page.locator("#person h3").first).to_have_text("Month 12")
        page.get_by_role("button", name="Show 100 more of 140").click()
        expect(page.locator("#person .statement")).to_have_count(200)
        expect(page.locator("#person .statement").nth(100)).to_be_focused()
        page.locator("#person .statement").nth(150).click()
        page.locator('#source section[data-place="150"] mark.active').first.wait_for()
        assert marked(page) == page.locator("#person .statement").nth(150).locator(".words").text_content()


def test_an_address_opens_a_person_and_the_browser_goes_back(visiting: Visiting, many_url: str) -> None:
    with visiting(many_url, 1280, 800) as visitor:
        page = visitor.page
        page.goto(f"{many_url}#people/Greta%20Keller")
        expect(page.locator("#person h2")).to_have_text("Greta Keller")
        expect(page.locator("#person h2")).to_be_focused()
        page.get_by_role("link", name="All people").click()
        open_person(page, "Hugo Castro")
        page.go_back()
        expect(page.locator("#people-list")).to_be_visible()
        expect(page.locator("#people-list .person", has_text="Hugo Castro")).to_be_focused()
        page.goto(f"{many_url}#people/%3Cb%3ENobody")
        expect(page.locator("#person .nobody")).to_have_text("Nobody of that name speaks here.")
        page.goto(f"{many_url}#people/%")  # not to be decoded
        expect(page.locator("#people-list")).to_be_visible()


def test_what_articles_hold_is_text(visiting: Visiting, many_url: str) -> None:
    with visiting(many_url, 1280, 800) as visitor:
        page = visitor.page
        go_to_people(page)
        page.get_by_label("Find a person").fill("quist")
        open_person(page, "Zora Quist")
        expect(page.locator("#person h3")).to_have_text(HOSTILE)
        expect(page.locator("#person .words")).to_contain_text("<b>closed</b> ${alert(2)} {{value}}")
        expect(page.locator("#page :is(script, img, .words b)")).to_have_count(0)


def test_keyboard_alone_is_enough(visitor: Visitor) -> None:
    page = visitor.page
    page.get_by_role("link", name="People", exact=True).focus()
    page.keyboard.press("Enter")
    page.locator("#people-list .person").first.wait_for()
    expect(page.get_by_label("Find a person")).to_be_focused()
    page.keyboard.type("peskov")
    expect(page.locator("#people-list .person")).to_have_count(1)
    page.keyboard.press("Tab")
    expect(page.locator("#people-list .person")).to_be_focused()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("#person h2")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Watch this person")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#person .statement").first).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#person .not-theirs").first).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator('#source section[data-place="1"] mark.active').first.wait_for()
    expect(page.locator("#person .statement").nth(1)).to_be_focused()


def test_phone(phone_visitor: Visitor) -> None:
    page = phone_visitor.page
    go_to_people(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    open_person(page, "Dmitry Peskov")
    expect(page.locator("#source")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    statement = page.locator("#person .statement").nth(5)
    statement.click()
    expect(page.locator("#source")).to_be_visible()
    assert marked(page) == statement.locator(".words").text_content()
    page.get_by_role("button", name="Back", exact=True).click()
    expect(page.locator("#source")).to_be_hidden()
    expect(statement).to_be_focused()
    expect(page.locator("#person h2")).to_have_text("Dmitry Peskov")
    page.go_back()
    expect(page.locator("#people-list")).to_be_visible()


def test_people_page_is_quick(visiting: Visiting, many_url: str) -> None:
    with visiting(many_url, 1280, 800) as visitor:
        began = time.perf_counter()
        go_to_people(visitor.page)
        open_person(visitor.page, "Hugo Castro")
        assert time.perf_counter() - began < 5  # 0.5 s; a busy machine takes longer
