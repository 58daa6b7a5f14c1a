"""Articles that try to be more than text, on every page: shown as they are, they do nothing and stay in their place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import save

if TYPE_CHECKING:
    from tests.browser.conftest import Serving, Visiting

pytestmark = pytest.mark.browser

TITLE = r"<script>alert(1)</script> $$\frac{1}{2}$$ \u202e שלום **b** [a](javascript:alert(2)) {{c}} ${d}".replace(
    r"\u202e", "\u202e"
)
SENTENCES = [
    r"Mayor Ana Ruiz said the bridge costs $$\frac{1}{2}$$ of \(x^2\), `code` and <img src=x onerror=alert(3)> more.",
    "Mayor Ana Ruiz said the bridge is \u202elive\u202c and ישן, [safe](javascript:alert(4)) and **new**.",
    f"Mayor Ana Ruiz said the bridge {'x' * 100_000} will open.",
]
BODY = " ".join(SENTENCES) + "\n"


# The last of the sentences comes in pieces: none is longer than a page.
def are_said(texts: list[str]) -> None:
    assert {*SENTENCES[:2]} <= {*texts}
    assert any("xxxx" in text for text in texts)
    assert all(text in BODY for text in texts)


def in_place(page: Page) -> None:
    """Nothing of an article is an element, and nothing is wider than its place."""
    made = "#page :is(script, img, iframe, b:not(.last b), strong, math, .katex), #page a[href^='javascript:']"
    expect(page.locator(made)).to_have_count(0)
    for place in ("html", "#conversation", "#source", "#people-page", "#topic-page", "#library-page"):
        beyond = page.eval_on_selector(place, "(element) => element.scrollWidth - element.clientWidth")
        assert (place, beyond) == (place, 0)


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)], ids=["desktop", "phone"])
def test_hostile_text_is_text_everywhere(
    serving: Serving, visiting: Visiting, tmp_path: Path, width: int, height: int
) -> None:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    article = f"---\ntitle: {json.dumps(TITLE, ensure_ascii=False)}\ndate: 2024-03-02\n---\n{BODY}"
    (seeds / "bridge.txt").write_text(article, encoding="utf-8")
    with serving(seeds, tmp_path / "store") as url, visiting(url, width, height) as visitor:
        page = visitor.page
        visitor.ask("What did Ana Ruiz say about code?")
        are_said(page.locator(".turn .sentence").all_text_contents())
        in_place(page)
        with page.expect_download() as downloading:
            save(page, "JSON")
        saved = json.loads(Path(downloading.value.path()).read_text(encoding="utf-8"))
        are_said([citation["text"] for citation in saved[0]["citations"]])

        page.locator(".turn .quotation .chip").first.click()
        expect(page.locator("#source mark.active")).to_have_count(1)
        assert (page.locator("#source .text").text_content() or "").endswith(BODY)
        expect(page.locator("#source h2")).to_have_text(TITLE)
        in_place(page)
        page.keyboard.press("Escape")

        page.evaluate("location.hash = 'people/Ana%20Ruiz'")
        page.locator("#person .statement").first.wait_for()
        are_said(page.locator("#person .statement .words").all_text_contents())
        in_place(page)
        page.evaluate("location.hash = 'topic/bridge'")
        expect(page.locator("#topic .point")).to_have_count(1)
        are_said(page.locator("#topic-statements .words").all_text_contents())
        in_place(page)
        page.evaluate("location.hash = 'library'")
        expect(page.locator("#library-page .read")).to_have_text(TITLE.replace("\u202e", "\ufffd"))  # as files' names
        in_place(page)
