"""Writes docs/screenshots/*.png: the app over seeds/, a question asked and a citation opened, and a page of statements.

Run it as `python docs/screenshots.py` after a change to how the app looks. It needs Chromium: the one that
ONRECORD_CHROMIUM names, or the first of chromium, chromium-browser and google-chrome.
"""

from __future__ import annotations

import os
import shutil
import socket
import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "screenshots"
QUESTION = "What did Peskov say about Tartous?"
SIZES = {"desktop": (1280, 800), "phone": (390, 844)}


def take_screenshots(url: str, browser: Browser) -> None:
    """One picture for each size and colour scheme."""
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for device, (width, height) in SIZES.items():
        for scheme in schemes:
            with browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,
                reduced_motion="reduce",
                # Twice the pixels for a phone, as phones have; a desktop picture would pass 300 KB.
                device_scale_factor=2 if device == "phone" else 1,
            ) as context:
                page = context.new_page()
                page.goto(url)
                question = page.locator("#question textarea")
                question.fill(QUESTION)
                question.press("Enter")
                page.locator(".turn .quotation .chip").first.click()
                page.locator("#source mark.active").first.wait_for()
                page.mouse.move(0, 0)
                page.wait_for_timeout(300)
                page.screenshot(path=FOLDER / f"{device}-{scheme}.png")
                page.goto(f"{url}#people/Dmitry%20Peskov")
                page.locator(".statement").first.wait_for()
                page.wait_for_timeout(300)
                page.screenshot(path=FOLDER / f"people-{device}-{scheme}.png")


def main() -> None:
    """Start the app on a free port and take every picture."""
    sys.path.insert(0, str(ROOT))
    from index.library import Library
    from index.settings import load_settings
    from ui.web import running

    names = ("chromium", "chromium-browser", "google-chrome")
    executable = os.environ.get("ONRECORD_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if executable is None:
        sys.exit("no Chromium was found: install one, or set ONRECORD_CHROMIUM to its path")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    FOLDER.mkdir(exist_ok=True)
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with (
        tempfile.TemporaryDirectory() as store,
        Library(load_settings(seeds=ROOT / "seeds", store=store)) as library,
    ):
        library.update()
        with running(library, port=port) as url, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"] if root else [])
            take_screenshots(url, browser)
            browser.close()


if __name__ == "__main__":
    main()
