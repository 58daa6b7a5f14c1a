"""How the served app copes with its visitors: one in a browser, then twenty at once over HTTP.

    python -m tests.bench.load [--articles DIR --questions FILE] [--store DIR] [--turns 100] [--asked 2000]

Wants a folder of articles and questions about them, by default the project's own; what answers them does not matter.
Needs Chromium or Chrome, and Linux. Starts `onrecord serve`, and prints how soon the page was usable and how long
answers took to be painted over a conversation of so many turns: all, the first ten and the last ten. Then, for 20
visitors who ask over HTTP without a pause, it prints the median and the 95th percentile, the errors, and the resident
memory of the server along the way.
"""

from __future__ import annotations

import itertools
import json
import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.bench.inputs import fail, make_parser, read_options
from tests.browser.driving import find_chromium

VISITORS = 20

# Notes when Enter is pressed, when the question is on the page, and when the answer has been painted, in milliseconds.
TIMER = """() => {
  const turns = () => document.querySelectorAll(".turn");
  const before = turns().length;
  window.entered = window.shown = window.painted = 0;
  document.querySelector("#question textarea").addEventListener(
    "keydown", () => (window.entered = performance.now()), { once: true, capture: true });
  const observer = new MutationObserver(() => {
    if (turns().length === before) return;
    window.shown ||= performance.now();
    if (turns()[before].hasAttribute("aria-busy")) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => (window.painted = performance.now())));
  });
  const all = { childList: true, subtree: true, attributes: true };
  observer.observe(document.getElementById("conversation"), all);
}"""


def read_megabytes(process: int) -> float:
    """Return the resident memory of a process, in megabytes of 10^6 bytes."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def ask(url: str, question: str) -> float:
    """Ask over HTTP and return the seconds it took; raises ValueError if the reply is not an answer."""
    began = time.perf_counter()
    request = urllib.request.Request(
        f"{url}gradio_api/call/v2/ask",
        json.dumps({"question": question}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as reply:
        event = json.load(reply)["event_id"]
    with urllib.request.urlopen(f"{url}gradio_api/call/ask/{event}", timeout=60) as reply:
        if "event: complete" not in (read := reply.read().decode()):
            raise ValueError(read)
    return time.perf_counter() - began


def visit(url: str, questions: list[str], browser_path: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        page = browser.new_page()
        began = time.perf_counter()
        page.goto(url)
        page.locator("#question textarea").wait_for()
        page.locator(".example").first.wait_for()
        print(f"page usable after {time.perf_counter() - began:.2f} s")
        shown: list[float] = []
        painted: list[float] = []
        for question in questions:
            page.locator("#question textarea").fill(question)
            page.evaluate(TIMER)
            page.locator("#question textarea").press("Enter")
            page.wait_for_function("window.painted")
            for times, name in ((shown, "shown"), (painted, "painted")):
                times.append(page.evaluate(f"window.{name} - window.entered"))
            page.wait_for_timeout(1500)  # a reader reads
        browser.close()
    print(f"questions shown: median {statistics.median(shown):.0f} ms")
    for name, some in (("all", painted), ("first 10", painted[:10]), ("last 10", painted[-10:])):
        p95 = sorted(some)[int(0.95 * len(some))]
        print(f"answers painted, {name}: median {statistics.median(some):.0f} ms, 95th percentile {p95:.0f} ms")


def main() -> None:
    parser = make_parser(__doc__)
    parser.add_argument("--turns", type=int, default=100, help="of the conversation (default: %(default)s)")
    parser.add_argument("--asked", type=int, default=2000, help="over HTTP, in all (default: %(default)s)")
    options = read_options(parser)
    browser_path = find_chromium()
    if browser_path is None:
        fail(parser, "found no Chromium or Chrome. Install one, or name it in ONRECORD_CHROMIUM.")
    questions = [asked.question for asked in options.questions]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "ui", "--seeds", options.articles, "--port", str(port)]
    command += ["--store", options.store] if options.store else []
    url = f"http://127.0.0.1:{port}/"
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout and "is ready" in server.stdout.readline()
            visit(url, list(itertools.islice(itertools.cycle(questions), options.turns)), browser_path)
            print(f"server: {read_megabytes(server.pid):.0f} MB")
            asked = itertools.cycle(questions)
            errors, taken = 0, []
            for part in range(4):
                with ThreadPoolExecutor(VISITORS) as visitors:
                    found = [visitors.submit(ask, url, next(asked)) for _ in range(options.asked // 4)]
                    for answer in found:
                        if answer.exception() is None:
                            taken.append(answer.result())
                        else:
                            errors += 1
                print(f"after {(part + 1) * (options.asked // 4)} questions: {read_megabytes(server.pid):.0f} MB")
            p95 = sorted(taken)[int(0.95 * len(taken))]
            print(
                f"{VISITORS} visitors: median {statistics.median(taken):.2f} s, 95th percentile {p95:.2f} s, "
                f"longest {max(taken):.2f} s, {errors} errors"
            )
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
