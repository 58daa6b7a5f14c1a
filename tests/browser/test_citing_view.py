from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import save
from tests.browser.test_people_view import go_to_people, open_person
from ui.citing.formats import FORMATS
from ui.citing.links import link_to_sentence

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.browser.conftest import Serving, Visiting, Visitor

pytestmark = pytest.mark.browser

SEEDS = Path(__file__).parents[2] / "seeds"
TARTOUS = "What did Peskov say about Tartous?"


@pytest.fixture(scope="module")
def url(serving: Serving, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(SEEDS, tmp_path_factory.mktemp("store")) as address:
        yield address


@pytest.fixture(params=[(1280, 800), (390, 844)], ids=["desktop", "phone"])
def visitor(request: pytest.FixtureRequest, visiting: Visiting, url: str) -> Iterator[Visitor]:
    with visiting(url, *request.param) as someone:
        someone.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        yield someone
        assert someone.page.evaluate("document.documentElement.scrollWidth") == request.param[0]


def copied(page: Page) -> dict[str, str]:
    """What the clipboard has, by media type."""
    return page.evaluate(
        """async () => {
          const [item] = await navigator.clipboard.read();
          const read = async (type) => [type, await (await item.getType(type)).text()];
          return Object.fromEntries(await Promise.all(item.types.map(read)));
        }"""
    )


def choose(page: Page, opener: str, form: str) -> None:
    page.locator(opener).click()
    page.get_by_role("menuitem", name=form, exact=True).click()
    expect(page.locator(opener)).to_have_text("Copied")
    expect(page.locator(opener)).not_to_have_text("Copied")


def test_an_answer_is_copied_in_every_format(visitor: Visitor) -> None:
    page = visitor.page
    visitor.ask(TARTOUS)
    page.locator(".following").wait_for()
    said = page.locator(".turn .sentence").first.text_content() or "?"
    for form in FORMATS.values():
        choose(page, ".turn .copy", form.label)
        clipboard = copied(page)
        assert said in clipboard["text/plain"]
        assert ("text/html" in clipboard) == (form.label == "Rich text (HTML)")
        if "text/html" in clipboard:
            assert f"<blockquote>{said} [1]" in clipboard["text/html"]
    expect(page.locator(".turn .copy")).to_have_text("Copy as…")


def test_a_source_is_cited(visitor: Visitor) -> None:
    page = visitor.page
    visitor.ask(TARTOUS)
    page.locator('.turn .quotation .chip[data-number="2"]').click()
    page.locator("#source mark.active").first.wait_for()
    choose(page, "#source .cite", "Web Annotation")
    (annotation,) = json.loads(copied(page)["text/plain"])
    text = (SEEDS / "kremlin-syria-bases.txt").read_text("utf-8")
    position, quotation = annotation["target"]["selector"]
    assert text[position["start"] : position["end"]] == quotation["exact"]
    assert quotation["exact"] == "".join(page.locator("#source mark.active").all_text_contents())


def test_a_statement_of_a_person_is_cited(visitor: Visitor) -> None:
    page = visitor.page
    go_to_people(page)
    open_person(page, "Dmitry Peskov")
    page.locator("#person .statement").nth(1).click()
    page.locator('#source section[data-place="1"] mark.active').first.wait_for()
    choose(page, "#source .cite", "RIS")
    quoted = "".join(page.locator("#source mark.active").all_text_contents())
    assert " ".join(quoted.split()) in copied(page)["text/plain"]


MOVES = [
    ("ArrowDown", "Markdown"),
    ("ArrowUp", "Text"),
    ("ArrowUp", "Web Annotation"),
    ("Home", "Text"),
    ("ArrowRight", "Save as Text"),
    ("ArrowDown", "Save as Markdown"),
    ("End", "Web Annotation"),
]


def test_the_menu_is_worked_by_keyboard(visitor: Visitor) -> None:
    page = visitor.page
    visitor.ask(TARTOUS)
    page.locator(".following").wait_for()
    opener, menu = page.locator(".turn .copy"), page.locator("#page > .formats")
    opener.press("Enter")
    expect(page.get_by_role("menuitem", name="Text", exact=True)).to_be_focused()
    expect(opener).to_have_attribute("aria-expanded", "true")
    for key, name in MOVES:
        page.keyboard.press(key)
        expect(page.get_by_role("menuitem", name=name, exact=True)).to_be_focused()
    for key in ("Escape", "Tab"):
        page.keyboard.press(key)
        expect(menu).to_have_count(0)
        opener.press("Enter") if key == "Escape" else None
    expect(opener).to_have_attribute("aria-expanded", "false")
    opener.press("Enter")
    page.keyboard.press("ArrowRight")
    with page.expect_download() as downloading:
        page.keyboard.press("Enter")
    assert downloading.value.suggested_filename == "on-the-record.txt"
    expect(opener).to_be_focused()


def test_escape_closes_the_menu_and_not_the_sheet_below(visiting: Visiting, url: str) -> None:
    with visiting(url, 390, 844) as visitor:
        page = visitor.page
        visitor.ask(TARTOUS)
        page.locator(".turn .quotation .chip").first.click()
        page.locator("#source .cite").click()
        expect(page.locator("#source .formats")).to_be_in_viewport(ratio=1)
        page.keyboard.press("Escape")
        expect(page.locator("#source .formats")).to_have_count(0)
        expect(page.locator("body.sheet-open")).to_have_count(1)


def test_without_a_clipboard_rich_text_is_copied_all_the_same(visitor: Visitor) -> None:
    page = visitor.page
    visitor.ask(TARTOUS)
    page.locator(".following").wait_for()
    page.evaluate("() => { navigator.clipboard.write = async () => { throw new Error('not here'); }; }")
    choose(page, ".turn .copy", "Rich text (HTML)")
    clipboard = copied(page)
    assert "<blockquote>" in clipboard["text/html"]
    assert "Sources\n[1] Dmitry Peskov" in clipboard["text/plain"]


@pytest.mark.parametrize("form", FORMATS.values(), ids=list(FORMATS))
def test_a_conversation_is_saved_in_every_format(visiting: Visiting, url: str, form: object) -> None:
    with visiting(url, 1280, 800) as visitor:
        page = visitor.page
        visitor.ask(TARTOUS)
        with page.expect_download() as downloading:
            save(page, form.label)  # type: ignore[attr-defined]
        assert downloading.value.suggested_filename == f"on-the-record{form.suffix}"  # type: ignore[attr-defined]
        assert "asylum" not in Path(downloading.value.path()).read_text("utf-8")
        assert "premature" in Path(downloading.value.path()).read_text("utf-8")


# Links to a sentence, in a browser

PARAGRAPHS = [
    "Yes. The mayor spoke at noon, and the long-awaited bridge, for cars & trams, was opened.",
    *(f"Paragraph {number} is only here to make the page long. It says nothing of interest." for number in range(60)),
    "“We will build it – for 5 & 6, and more,” Ana Ruiz said. Yes. He left.",
    "He went on. "
    + "It was a very long sentence about the well-known bridge, " * 8
    + "and it ended here. Then it rained.",
    "The bridge-builders (all 12, say) were paid 50% more, “at last”. It says nothing of interest.",
]
TEXT = "\n\n".join(PARAGRAPHS)
SENTENCES = [
    "“We will build it – for 5 & 6, and more,” Ana Ruiz said.",
    "Yes.",
    "It was a very long sentence about the well-known bridge, " * 8 + "and it ended here.",
    "The bridge-builders (all 12, say) were paid 50% more, “at last”.",
    "It says nothing of interest.",
]


@contextmanager
def publishing() -> Iterator[str]:
    """The address of a publisher's page with the article, between what such pages have around it."""
    body = "".join(f"<p>{escape(paragraph)}</p>\n" for paragraph in PARAGRAPHS)
    page = f"<!doctype html><meta charset=utf-8><nav>Home News</nav><h1>Bridge</h1>{body}<footer>Imprint</footer>"

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/bridge?a=1&b=2"
        finally:
            server.shutdown()


# A page cannot tell what the browser marks, but where it has been scrolled to.
@pytest.mark.parametrize(
    "sentence", SENTENCES, ids=["signs", "short and repeated", "long", "more signs", "last of many"]
)
def test_a_link_opens_a_page_at_the_sentence(browser: Browser, sentence: str) -> None:
    start = TEXT.rindex(sentence)
    with publishing() as address, browser.new_context(viewport={"width": 800, "height": 600}) as context:
        page = context.new_page()
        page.goto(link_to_sentence(address, TEXT, start, start + len(sentence)))
        page.wait_for_function("scrollY > 0")
        inside = page.evaluate(
            """(sentence) => {
              const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
              let range = null;
              while (walker.nextNode()) {
                const at = walker.currentNode.data.lastIndexOf(sentence);
                if (at < 0) continue;
                range = new Range();
                range.setStart(walker.currentNode, at);
                range.setEnd(walker.currentNode, at + sentence.length);
              }
              const box = range.getBoundingClientRect();
              return box.top >= 0 && box.bottom <= innerHeight;
            }""",
            sentence,
        )
        assert inside, unquote(page.url)
        page.goto("about:blank")
        page.goto(link_to_sentence(address, "Nowhere on that page is this.", 0, 29))
        page.wait_for_timeout(300)
        assert page.evaluate("scrollY") == 0
