"""What whoever drives the app in a browser needs: the tests, the load bench and the screenshots."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
NO_CHROMIUM = "no Chromium was found: install one, or set ONRECORD_CHROMIUM to its path"


def find_chromium() -> str | None:
    """The path in ONRECORD_CHROMIUM, or that of the first of CHROMIUMS that is installed."""
    return os.environ.get("ONRECORD_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUMS)), None)


def ask(page: Page, question: str) -> None:
    """Type a question, press Enter and wait for what comes of it."""
    turns = page.locator(".turn:has(.asked)").count()  # a turn without a question gives way to the next
    box = page.locator("#question textarea")
    box.fill(question)
    box.press("Enter")
    page.locator(f".turn:nth-child({turns + 1}):not([aria-busy])").wait_for()


def save(page: Page, form: str) -> None:
    """Choose a format to save the conversation in."""
    page.locator("#tools .save").click()
    page.get_by_role("menuitem", name=form, exact=True).click()
