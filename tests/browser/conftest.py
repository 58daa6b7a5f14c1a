from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright

from tests.browser.driving import NO_CHROMIUM, ask, find_chromium
from tests.conftest import IS_WHOLE, find_port, only_in_whole_runs

SEEDS = Path(__file__).parents[2] / "seeds"
ARGUMENTS = [
    "--headless",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


WIDTHS = ("desktop", "phone")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run each test at one of its two widths, in turns; at both only with ONRECORD_TESTS=all."""
    if IS_WHOLE:
        return
    pairs: dict[str, list[pytest.Item]] = {}
    for item in items:
        width = next((word for word in WIDTHS if word in re.split(r"[\[\]-]", item.nodeid)), "")
        if width and Path(__file__).parent in item.path.parents:
            pairs.setdefault(item.nodeid.replace(width, "width"), []).append(item)
    for number, pair in enumerate(pair for pair in pairs.values() if len(pair) == len(WIDTHS)):
        pair[number % len(WIDTHS)].add_marker(only_in_whole_runs)


expect.set_options(timeout=30_000)  # as for the rest: a sync on a busy machine takes its time

Serving = Callable[..., AbstractContextManager[str]]
Visiting = Callable[[str, int, int], AbstractContextManager["Visitor"]]


class Visitor:
    """A person at a browser: one conversation, and all that went wrong on the page."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.problems: list[str] = []
        self._awaited: set[Request] = set()
        self.page: Page = context.new_page()
        self.page.on("console", self._note_console)
        self.page.on("pageerror", lambda error: self.problems.append(f"error on the page: {error}"))
        self.page.on("dialog", lambda dialog: self.problems.append(f"dialog: {dialog.message}"))
        self.page.on("request", lambda request: self._note_request(request, url.partition("?")[0]))
        self.page.on("requestfinished", lambda request: self._awaited.discard(request))
        self.page.on("requestfailed", lambda request: self._awaited.discard(request))
        self.page.goto(url)
        self.page.locator("#question textarea").wait_for()
        self.page.locator("#conversation :is(.opening, .turn):visible").first.wait_for()

    def ask(self, question: str) -> None:
        """Type a question, press Enter and wait for what comes of it."""
        ask(self.page, question)

    def settle(self) -> None:
        """Wait until the server has answered all that the page asked it: reloading before makes Gradio complain."""
        quiet = 0
        while quiet < 5:
            self.page.wait_for_timeout(100)
            quiet = 0 if self._awaited else quiet + 1

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.problems.append(f"console: {message.text}")

    def _note_request(self, request: Request, url: str) -> None:
        if not request.url.startswith((url, "data:", "blob:")):
            self.problems.append(f"request to another host: {request.url}")
        if "/queue/" in request.url:
            self._awaited.add(request)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = find_chromium()
    if executable is None:
        if os.environ.get("CI") == "true":
            pytest.fail(NO_CHROMIUM)
        pytest.skip(NO_CHROMIUM)
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=executable, args=[*ARGUMENTS, *(["--no-sandbox"] if root else [])]
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def serving() -> Serving:
    """The real app over a folder of articles, for the length of a `with` block, which gets its address.

    With `read_only`, nobody can change the folder; with `watched`, the index follows it, as with `onrecord serve`.
    """

    @contextmanager
    def serve(seeds: Path, store: Path, *, read_only: bool = False, watched: bool = False) -> Iterator[str]:
        from index.library import Library
        from index.settings import load_settings
        from index.watch import watching
        from ui.web import running

        with Library(load_settings(seeds=seeds, store=store)) as library:
            library.update()
            with (
                watching(library) if watched else nullcontext(),
                running(library, port=find_port(), read_only=read_only) as address,
            ):
                yield address

    return serve


@pytest.fixture(scope="session")
def visiting(browser: Browser) -> Visiting:
    """A visitor, who must in the end have met no console message, script error or request to another host."""

    @contextmanager
    def visit(url: str, width: int, height: int) -> Iterator[Visitor]:
        with browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce") as context:
            context.set_default_timeout(30_000)
            someone = Visitor(context, url)
            yield someone
            assert someone.problems == []

    return visit


@pytest.fixture(scope="session")
def url(serving: Serving, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(SEEDS, tmp_path_factory.mktemp("store")) as address:
        yield address


@pytest.fixture
def visitor(visiting: Visiting, url: str) -> Iterator[Visitor]:
    with visiting(url, 1280, 800) as someone:
        yield someone


@pytest.fixture
def phone_visitor(visiting: Visiting, url: str) -> Iterator[Visitor]:
    with visiting(url, 390, 844) as someone:
        yield someone
