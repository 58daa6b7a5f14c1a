"""Of several events during a call, the last one is handled afterwards, with what it was sent with."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, expect

from ui.gradio_seam import keep_gradio_quiet, sent_with
from ui.pages.page import draw_html, listen

if TYPE_CHECKING:
    import gradio as gr

pytestmark = pytest.mark.browser

SCRIPT = """window.send = (letter, number) => triggerLatest("choose", number ? { letter, number } : { letter });"""


@pytest.fixture
def url() -> Iterator[str]:
    """An app that takes a while to show what was sent."""
    keep_gradio_quiet()
    import gradio as gr

    def show(event: gr.EventData) -> str:
        time.sleep(1)
        return str(sorted(sent_with(event).items()))

    with gr.Blocks(analytics_enabled=False) as blocks:
        script = draw_html("", "script", script=SCRIPT)
        shown = draw_html("nothing", "shown")
        listen(script, "choose", show, None, shown, while_running="always_last")
    _, address, _ = blocks.launch(prevent_thread_lock=True, quiet=True, share=False, footer_links=[])
    try:
        yield address
    finally:
        blocks.close(verbose=False)


def test_the_last_event_is_handled_with_what_it_sent(browser: Browser, url: str) -> None:
    page = browser.new_page()
    page.goto(url)
    page.wait_for_function("'send' in window")
    shown = page.locator("#shown")
    page.evaluate("send('a', 1)")
    for letter in "bc":
        page.wait_for_timeout(300)
        page.evaluate(f"send('{letter}')")
    expect(shown).to_have_text("[('letter', 'c')]")
    page.wait_for_timeout(1500)
    expect(shown).to_have_text("[('letter', 'c')]")
    page.close()
