"""Where in the original a cited sentence is: the page of a PDF, the time of a transcript."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.test_pdf import pdf

if TYPE_CHECKING:
    from tests.browser.conftest import Serving, Visiting

pytestmark = pytest.mark.browser

SIZES = [pytest.param((1280, 800), id="desktop"), pytest.param((390, 844), id="phone")]
PAGES = [
    [
        "The council of Lowland published its plan for a new ferry terminal on Monday, after two years of",
        "hearings. Mayor Ines Duarte said that the terminal will open in June. The council has also ag-",
    ],
    [
        "reed to pay for it. Duarte said that the cost of the terminal came from the price of steel, which",
        "has doubled.",
    ],
]
TALK = """1
00:00:01,000 --> 00:00:03,000
HOST: Good morning, Ines Duarte.

2
00:12:41,000 --> 00:12:44,000
>> INES DUARTE: The night bus will run

3
00:12:44,000 --> 00:12:46,000
from May on.

4
00:13:02,000 --> 00:13:04,000
It is for nurses and bakers.
"""


@pytest.fixture(scope="module")
def url(serving: Serving, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("lowland")
    (folder / "plan.pdf").write_bytes(pdf([[(72, line) for line in page] for page in PAGES], title="The plan"))
    (folder / "talk.srt").write_text(TALK)
    with serving(folder, tmp_path_factory.mktemp("store")) as address:
        yield address


def shown(page: Page) -> list[str]:
    """The pages and times in the open source, as the style sheet shows them."""
    found: list[str] = page.locator("#source .locator").evaluate_all(
        """(marks) => marks.filter((mark) => mark.getBoundingClientRect().width > 0)
            .map((mark) => getComputedStyle(mark, "::before").content.slice(1, -1))"""
    )
    return found


@pytest.mark.parametrize("size", SIZES)
def test_a_citation_of_a_pdf_says_its_page(visiting: Visiting, url: str, size: tuple[int, int]) -> None:
    with visiting(url, *size) as visitor:
        page = visitor.page
        visitor.ask("What did Duarte say about the cost of the terminal?")
        expect(page.locator(".sources .place").first).to_have_text("page 2")
        page.locator('.chip[data-number="1"]').click()
        expect(page.locator("#source mark.active")).to_contain_text("the price of steel")
        assert shown(page) == ["Page 1", "Page 2"]
        text = page.locator("#source .text").text_content() or ""
        assert "has also agreed to pay for it." in text
        assert "Page" not in text


@pytest.mark.parametrize("size", SIZES)
def test_a_citation_of_a_transcript_says_its_time(visiting: Visiting, url: str, size: tuple[int, int]) -> None:
    with visiting(url, *size) as visitor:
        page = visitor.page
        visitor.ask("What did Duarte say about the night bus?")
        expect(page.locator(".sources .place").first).to_contain_text("00:12:41")
        page.locator('.chip[data-number="1"]').click()
        expect(page.locator("#source mark.active")).to_have_text("INES DUARTE: The night bus will run from May on.")
        assert shown(page) == ["00:00:01", "00:12:41", "00:13:02"]


def test_statements_say_where_they_are(visiting: Visiting, url: str) -> None:
    with visiting(url, 1280, 800) as visitor:
        page = visitor.page
        page.evaluate("location.hash = '#people/Ines%20Duarte'")
        statements = page.locator("#people-page .statement")
        expect(statements.filter(has_text="night bus").locator(".manner")).to_have_text("(00:12:41)")
        expect(statements.filter(has_text="steel").locator(".manner")).to_have_text("(page 2)")
