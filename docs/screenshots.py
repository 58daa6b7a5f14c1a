"""Writes docs/screenshots/*.png: the app over seeds/, each page and state of it.

Run it as `python -m docs.screenshots` after a change to how the app looks. It needs Chromium:
`tests/browser/driving.py` says which.
"""

from __future__ import annotations

import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

from index.library import Library
from index.settings import load_settings
from qa.news import find_news, watch
from qa.watches import Watch
from tests.browser.driving import NO_CHROMIUM, ask, find_chromium

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "screenshots"
QUESTION = "What did Peskov say about Tartous?"
SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def _show_opening(page: Page) -> None:
    page.locator(".example").first.wait_for()


def _show_source(page: Page) -> None:
    ask(page, QUESTION)
    page.locator(".turn .quotation .chip").first.click()
    page.locator("#source mark.active").first.wait_for()


def _show_follow_up(page: Page) -> None:
    ask(page, QUESTION)
    ask(page, "And about Assad?")


def _show_card(page: Page) -> None:
    ask(page, QUESTION)
    page.locator(".turn .quotation .chip").nth(1).focus()


def _show_refusal(page: Page) -> None:
    ask(page, "What did Peskov say about China?")


def _show_filters(page: Page) -> None:
    page.locator(".filters-toggle").click()
    page.locator("#filter-form").wait_for()


def _show_person(page: Page) -> None:
    page.evaluate("location.hash = '#people/Dmitry%20Peskov'")
    page.locator(".statement").first.wait_for()


def _show_topic(page: Page) -> None:
    page.evaluate("location.hash = '#topic/Tartous'")
    page.locator("#topic .point").first.wait_for()


def _show_new(page: Page) -> None:
    page.evaluate("location.hash = '#new'")
    page.locator("#new-list .statement").first.click()
    page.locator("#source mark.active:visible").first.wait_for()
    page.keyboard.press("Escape")  # on a phone, the source is in front


def _show_library(page: Page) -> None:
    page.evaluate("location.hash = '#library'")
    page.locator("#library-page .read").first.wait_for()


# Those of the README in all sizes and schemes, the others in two.
STATES: dict[str, Callable[[Page], None]] = {
    "": _show_source,
    "people-": _show_person,
    "opening-": _show_opening,
    "follow-up-": _show_follow_up,
    "card-": _show_card,
    "refusal-": _show_refusal,
    "filters-": _show_filters,
    "topic-": _show_topic,
    "library-": _show_library,
}
# Taken last, after something has changed.
NEW: dict[str, Callable[[Page], None]] = {"new-": _show_new}
CHANGES = (
    ("it was premature to make any predictions", "it was too early to make any predictions"),
    ("He assured that measures are being taken to ensure security, and", "He said that"),
)
IN_ALL = ("", "people-")


def copy_seeds(folder: Path) -> Path:
    """A copy of seeds/, in which an article can be changed."""
    return Path(shutil.copytree(ROOT / "seeds", folder / "seeds"))


def change_articles(library: Library) -> None:
    """Watch a person and a question, then change an article, so that there is something new."""
    watch(library, Watch(speaker="Dmitry Peskov"))
    watch(library, Watch(question=QUESTION))
    article = next(library.settings.seeds.glob("*.txt"))
    text = article.read_text(encoding="utf-8")
    for before, now in CHANGES:
        text = text.replace(before, now)
    article.write_text(text, encoding="utf-8")
    library.sync()
    find_news(library)


def take_screenshots(url: str, browser: Browser, states: dict[str, Callable[[Page], None]]) -> None:
    """A picture of each state, in the sizes and colour schemes that it is kept in."""
    for name, show in states.items():
        for device, scheme in product(SIZES, SCHEMES):
            if name not in IN_ALL and (device, scheme) not in {("desktop", "light"), ("phone", "dark")}:
                continue
            width, height = SIZES[device]
            with browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,
                reduced_motion="reduce",
                # Twice the pixels for a phone, as phones have; a desktop picture would pass 300 KB.
                device_scale_factor=2 if device == "phone" else 1,
            ) as context:
                page = context.new_page()
                page.goto(url)
                page.locator("#question textarea").wait_for()
                page.wait_for_timeout(500)
                show(page)
                page.mouse.move(0, 0)
                page.wait_for_timeout(500)
                page.screenshot(path=FOLDER / f"{name}{device}-{scheme}.png")


def main() -> None:
    """Start the app on a free port and take every picture."""
    from ui.web import running

    executable = find_chromium()
    if executable is None:
        sys.exit(NO_CHROMIUM)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    FOLDER.mkdir(exist_ok=True)
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with (
        tempfile.TemporaryDirectory() as folder,
        Library(load_settings(seeds=copy_seeds(Path(folder)), store=Path(folder) / "store")) as library,
    ):
        library.update()
        with running(library, port=port) as url, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"] if root else [])
            take_screenshots(url, browser, STATES)
            change_articles(library)
            take_screenshots(url, browser, NEW)
            browser.close()


if __name__ == "__main__":
    main()
