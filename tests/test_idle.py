"""A server that nobody is using is idle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from index.library import Library
from tests.conftest import SEEDS, find_port

MakeLibrary = Callable[..., Library]

SERVED = """
import resource, sys, threading, time
from urllib.request import urlopen
from ui.cli import main

def measure():
    while True:
        time.sleep(0.5)
        try:
            urlopen(sys.argv[1]).read()
            break
        except OSError:
            pass
    time.sleep(3)
    before, seconds = resource.getrusage(resource.RUSAGE_SELF), time.process_time()
    time.sleep(10)
    seconds, after = time.process_time() - seconds, resource.getrusage(resource.RUSAGE_SELF)
    print(after.ru_nvcsw - before.ru_nvcsw, seconds, flush=True)

threading.Thread(target=measure, daemon=True).start()
sys.exit(main(sys.argv[2:]))
"""


def _heed_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell's background jobs ignore it, and pass that on


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows doesn't count how often a process wakes")
def test_quiet_server_sleeps_and_ctrl_c_ends_it(seeds: Path, tmp_path: Path, make_library: MakeLibrary) -> None:
    make_library(seeds, store=tmp_path / "store").close()
    port = find_port()
    folders = ["--seeds", str(seeds), "--store", str(tmp_path / "store")]
    command = [sys.executable, "-c", SERVED, f"http://127.0.0.1:{port}/", "serve", "--mcp", "--port", str(port)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ONRECORD_")}
    with subprocess.Popen(
        [*command, *folders],
        cwd=SEEDS.parent,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=_heed_interrupts,
    ) as process:
        assert process.stdout
        assert process.stdout.readline().startswith("On the Record is ready at ")
        wakes, seconds = process.stdout.readline().split()
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
    assert process.returncode == 0
    assert time.monotonic() - began < 10  # 1 s when nothing else is running
    # In 10 s. Each wake-up takes 30 µs, or up to 200 µs when other work fills the processor's caches.
    assert int(wakes) < 300
    assert float(seconds) < 0.05
