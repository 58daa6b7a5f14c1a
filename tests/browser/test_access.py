"""The pages for those who use a keyboard, a screen reader, large type or no motion, judged by axe-core and by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visitor
from tests.browser.driving import ask
from tests.browser.test_people_view import go_to_people, open_person
from tests.made import find_words_in_answers

if TYPE_CHECKING:
    from tests.browser.conftest import Visiting

pytestmark = pytest.mark.browser

SIZES = {"desktop": (1280, 800), "phone": (390, 844)}

# The rules of WCAG 2.2 up to AA, with its size of targets, and what axe-core calls best practice.
OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
}


def show_answer(page: Page) -> None:
    ask(page, "What did Peskov say about Tartous?")


def show_source(page: Page) -> None:
    show_answer(page)
    page.locator(".turn .quotation .chip").first.click()
    page.locator("#source mark.active").first.wait_for()


def show_words(page: Page) -> None:
    show_source(page)
    page.locator(".sentence mark").wait_for(state="attached")  # a phone shows the source in front of it


def show_formats(page: Page) -> None:
    show_answer(page)
    page.locator(".following").wait_for()  # what is asked next moves nothing any more
    page.locator(".turn .copy").click()
    page.locator(".formats:visible").wait_for()


def show_source_formats(page: Page) -> None:
    show_source(page)
    page.locator("#source .cite").click()
    page.locator(".formats:visible").wait_for()


def show_person(page: Page) -> None:
    go_to_people(page)
    open_person(page, "Dmitry Peskov")


def show_statement(page: Page) -> None:
    show_person(page)
    page.locator("#person .statement").nth(1).click()
    page.locator('#source section[data-place="1"] mark.active').first.wait_for()


def show_forms(page: Page) -> None:
    show_person(page)
    page.locator(".correct-toggle").click()
    page.locator("#correct-merge").wait_for()


def show_giving(page: Page) -> None:
    show_person(page)
    page.locator("#person li").nth(1).hover()
    page.locator("#person .not-theirs").nth(1).click()
    page.locator("#give-to").wait_for()


def show_topic(page: Page) -> None:
    go_to(page, "topic/Tartous")
    page.locator("#topic .point").first.wait_for()


def show_point(page: Page) -> None:
    show_topic(page)
    page.locator("#topic .point").first.click()
    page.locator("#topic-statements .all-points").wait_for()


def show_no_topic(page: Page) -> None:
    go_to(page, "topic/")
    page.locator("#topic .problem").wait_for()


def show_narrowed(page: Page) -> None:
    go_to(page, "people/Dmitry%20Peskov/Tartous")
    page.locator("#person .narrow").wait_for()


def show_library(page: Page) -> None:
    go_to(page, "library")
    page.locator("#library-page .read").first.wait_for()


def go_to(page: Page, address: str) -> None:
    page.evaluate("(address) => { location.hash = address; }", address)


# Every page and state: what it is, and how it is come to from the opening.
STATES: dict[str, Callable[[Page], object]] = {
    "opening": lambda page: None,
    "answer": show_answer,
    "refusal": lambda page: ask(page, "What is the best recipe for borscht?"),
    "source": show_source,
    "words that answer": show_words,
    "formats of an answer": show_formats,
    "formats of a source": show_source_formats,
    "people": go_to_people,
    "nobody found": lambda page: page.goto(f"{page.url.split('#')[0]}#people/Nobody"),
    "person": show_person,
    "statement": show_statement,
    "forms to correct a person": show_forms,
    "a statement to give": show_giving,
    "person on a topic": show_narrowed,
    "topic": show_topic,
    "point": show_point,
    "no topic": show_no_topic,
    "filters": lambda page: page.locator(".filters-toggle").click(),
    "library": show_library,
}


@pytest.mark.parametrize(
    ("device", "scheme", "state"),
    [
        pytest.param(*seen, state, id=f"{seen[0]}-{state}")
        for state in STATES
        for seen in [("desktop", "light"), ("phone", "dark")]
    ],
)
def test_a_state_is_for_everyone(
    browser: Browser,
    url: str,
    device: str,
    scheme: Literal["light", "dark"],
    state: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In both colour schemes without a finding of axe-core, by keyboard with a visible focus, and zoomed."""
    find_words_in_answers(monkeypatch, "premature")
    width, height = SIZES[device]
    # The page's own policy allows no script of another host; axe comes from a package, and is put in past it.
    with browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce", bypass_csp=True
    ) as context:
        visitor = Visitor(context, url)
        page = visitor.page
        STATES[state](page)
        visitor.settle()  # questions to go on with come after an answer
        check_tab_stops(page)
        assert serious(page) == []
        page.evaluate("document.body.classList.toggle('dark')")  # the other scheme: Gradio picks it when the page loads
        page.wait_for_timeout(150)
        assert serious(page) == []
        # A window of 1280 pixels, zoomed to 200 or 400 %, is one of 640 or 320.
        for zoomed in (640, 320) if device == "desktop" else ():
            page.set_viewport_size({"width": zoomed, "height": 640})
            page.wait_for_timeout(150)
            assert find_cut_off(page, zoomed) == []


def serious(page: Page) -> list[str]:
    """What axe-core finds on the page that is serious or critical, a line each."""
    found: list[dict[str, Any]] = Axe().run(page, options=OPTIONS).response["violations"]
    return [
        f"{rule['id']}: {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
        if rule["impact"] in {"serious", "critical"}
    ]


def test_axe_finds_what_is_broken(browser: Browser, url: str) -> None:
    with browser.new_context(bypass_csp=True) as context:
        page = context.new_page()
        page.goto(url)
        show_topic(page)
        page.evaluate("document.querySelector('#topic .total').style.color = '#ddd'")
        page.evaluate("document.querySelector('#topic .point').removeAttribute('aria-label')")
        assert sorted(line.split(":")[0] for line in serious(page)) == ["button-name", "color-contrast"]


# What can be worked on the page and is reached by Tab: of the points of a plot one, the rest by the arrow keys.
CONTROLS = """() => {
  const all = [...document.querySelectorAll("#page :is(a[href], button, input, textarea, select, [tabindex])")];
  return all
    .filter((one) => one.tabIndex >= 0 && !one.disabled && !one.closest("[inert]"))
    .filter((one) => one.checkVisibility({ visibilityProperty: true }))
    .map((one, i) => (one.dataset.stop = String(i)));
}"""
FOCUSED = """() => {
  const one = document.activeElement;
  const looks = [one, one.closest(".input-container")].filter(Boolean).map((part) => getComputedStyle(part));
  const seen = looks.some(({ outlineStyle, boxShadow }) => outlineStyle === "solid" || boxShadow !== "none");
  return [one.dataset.stop ?? null, seen, one.outerHTML.slice(0, 120)];
}"""


def check_tab_stops(page: Page) -> None:
    controls = set(page.evaluate(CONTROLS))
    assert controls
    reached = set()
    for _ in range(2 * len(controls) + 6):  # from wherever the focus is, once around
        page.keyboard.press("Tab")
        stop, seen, html = page.evaluate(FOCUSED)
        if stop is not None:
            assert seen, f"no focus is to be seen on {html}"
            reached.add(stop)
        if reached == controls:
            break
    assert controls - reached == set()


def test_the_masthead_is_skipped(visitor: Visitor) -> None:
    page = visitor.page
    skip = page.get_by_role("button", name="Skip to the page")
    for go, stop in ((lambda: None, ".example"), (lambda: go_to_people(page), "#sought-topic")):
        go()
        page.evaluate("document.activeElement.blur()")
        skip.focus()
        expect(skip).to_be_in_viewport(ratio=1)
        page.keyboard.press("Enter")
        expect(page.locator(stop).first).to_be_focused()
    assert page.evaluate("location.hash") == "#people"


@pytest.mark.parametrize("leave", ["Escape", "Enter"])
@pytest.mark.parametrize(
    ("state", "opener"),
    [
        ("answer", ".turn .quotation .chip"),
        ("refusal", ".closest-open"),
        ("person", "#person .statement"),
        ("topic", "#topic-statements .statement"),
    ],
)
def test_focus_goes_into_the_source_and_back(visiting: Visiting, url: str, state: str, opener: str, leave: str) -> None:
    with visiting(url, *SIZES["phone"]) as visitor:
        page = visitor.page
        STATES[state](page)
        button = page.locator(opener).first
        button.focus()
        page.keyboard.press("Enter")
        close = page.get_by_role("button", name="Back", exact=True)
        expect(close).to_be_focused()
        expect(page.get_by_role("dialog", name="Source")).to_be_visible()
        for _ in range(6):  # what is behind the sheet is out of reach
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.closest('#masthead, #page .view') === null")
        close.focus()
        page.keyboard.press(leave)
        expect(page.locator("#source")).to_be_hidden()
        expect(button).to_be_focused()


def find_cut_off(page: Page, width: int) -> list[str]:
    """What reaches beyond a window of this width."""
    wide = page.evaluate("document.documentElement.scrollWidth")
    beyond: list[str] = page.evaluate(
        """(width) => [...document.querySelectorAll("#page :is(p, h1, h2, h3, a, button, input, textarea, label)")]
          .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest(".sideways"))
          .filter((one) => { const { left, right } = one.getBoundingClientRect();
            return left < -0.5 || right > width + 0.5; })
          .map((one) => one.outerHTML.slice(0, 120))""",
        width,
    )
    return beyond if wide == width else [f"the page is {wide} wide", *beyond]


@pytest.mark.parametrize(("motion", "moving"), [("reduce", False), ("no-preference", True)])
def test_nothing_moves_for_those_who_ask(
    browser: Browser, url: str, motion: Literal["reduce", "no-preference"], moving: bool
) -> None:
    with browser.new_context(viewport={"width": 390, "height": 844}, reduced_motion=motion) as context:
        page = context.new_page()
        page.goto(url)
        show_answer(page)
        durations = page.evaluate(
            """() => [...document.querySelectorAll("#source, #source *, #page .view *")].flatMap((one) => {
              const { transitionDuration, animationName } = getComputedStyle(one);
              return [...transitionDuration.split(", ").map(parseFloat), animationName === "none" ? 0 : 1];
            })"""
        )
        assert (max(durations) > 0) is moving
