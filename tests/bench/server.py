"""How a Chroma server behaves with N sentences: sizes on the command line in, what was measured as JSON lines out.

    nice -n 10 python -m tests.bench.server 30_000 300_000 --minutes 30

Wants no data, and no server: it runs `chroma run` on this machine, in a temporary folder. Generated articles of 25
sentences lie in a folder as files, and `Library.sync` indexes them as it does any others, except that vectors and
speakers are made up (`tests/bench/made_up.py`): both would take hours. Processor seconds, of the client and of the
server, are given beside those on the clock, which other work on the machine lengthens.
"""

from __future__ import annotations

import argparse
import functools
import json
import multiprocessing
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np

from index.library import Library
from index.settings import Settings
from tests.bench import made_up
from tests.bench.generated import SENTENCES, World

CANDIDATES = 60  # as qa/retrieve.py asks for
QUESTIONS = 100
READERS = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("sentences", nargs="+", type=int)
    parser.add_argument("--minutes", type=float, default=20, help="for the build of each size (default: %(default)s)")
    options = parser.parse_args()
    for sentences in options.sentences:
        with (
            tempfile.TemporaryDirectory(prefix="onrecord-server-") as folder,
            _serving(Path(folder) / "server") as (url, server),
        ):
            _measure(Path(folder), url, server, sentences, 60 * options.minutes)


def _measure(folder: Path, url: str, server: int, sentences: int, seconds: float) -> None:
    world = World(0, 240)
    settings = Settings(seeds=folder / "news", store=folder / "store", chroma_url=url)
    settings.seeds.mkdir()
    for number in range(sentences // SENTENCES):
        _write(settings.seeds, world, number)
    built = _in_a_process(_build, settings, seconds)
    _show("build", server, **built)
    _show("nothing changed, in a new process", server, **_in_a_process(_sync, settings))
    _write(settings.seeds, world, 0, version=1)
    _show("one article changed, in a new process", server, **_in_a_process(_sync, settings))
    _show("... in a process that is open", server, **_in_a_process(_change, settings, world))
    other = Settings(seeds=settings.seeds, store=folder / "other", chroma_url=url)
    _show("another machine opens it for the first time", server, **_in_a_process(_sync, other))
    _write(settings.seeds, world, 2, version=1)
    _in_a_process(_sync, settings)
    _show("... and after one article was changed elsewhere", server, **_in_a_process(_sync, other))
    _show("warm questions of one process", server, **_ask_at_once(settings, 1))
    _show(f"warm questions of {READERS} processes at once", server, **_ask_at_once(settings, READERS))
    sizes = {name: _megabytes(folder / name) for name in ("server", "store")}
    _show("MB on disk", server, **{"of the server": sizes["server"], "of the ledger": sizes["store"]})


def _build(settings: Settings, seconds: float) -> dict[str, Any]:
    """Index the folder; when the seconds are up, drop the files that were not indexed."""
    begun, shown = time.monotonic(), [0]

    def note(files: int, of: int, sentences: int) -> None:
        passed = time.monotonic() - begun
        if sentences - shown[0] >= 8192:
            shown[0] = sentences
            print(f"{files:,} of {of:,} files, {sentences:,} sentences, {passed:.0f} s", file=sys.stderr, flush=True)
            if passed > seconds:
                raise TimeoutError

    def build(library: Library) -> int:
        with suppress(TimeoutError):
            return library.sync(on_progress=note).sentences
        return shown[0]

    with Library(settings) as library:
        sentences, spent = _timed(lambda: build(library))
        known = library.store.parts[-1].files()
        for path in settings.seeds.rglob("*.txt"):
            if path.relative_to(settings.seeds).as_posix() not in known:
                path.unlink()
        if library.counts[1] < sentences:
            library.sync()
        return {"sentences": sentences, "a second": round(sentences / spent["s"]), **spent}


def _sync(settings: Settings) -> dict[str, Any]:
    """Open the index and bring it up to date."""
    library, opened = _timed(lambda: Library(settings))
    with library:
        report, synced = _timed(library.sync)
        counts = {"added": report.added, "changed": report.changed, "removed": report.removed}
        return {"opened": opened, "synced": synced, **{name: count for name, count in counts.items() if count}}


def _change(settings: Settings, world: World) -> dict[str, Any]:
    """Change an article several times while the index is open, as `onrecord serve` has it."""
    spent = []
    with Library(settings) as library:
        library.sync()
        for version in range(2, 7):
            _write(settings.seeds, world, 1, version=version)
            report, synced = _timed(library.sync)
            assert report.changed == 1
            spent.append(synced)
    return {name: [row[name] for row in spent] for name in spent[0]}


def _ask_at_once(settings: Settings, readers: int) -> dict[str, Any]:
    """Ask in so many processes at once; a question is the nearest by meaning, the best by words, and their vectors."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(readers)
    with context.Pool(readers, initializer=_be_ready, initargs=(barrier,)) as pool:
        begun = time.monotonic()
        rows = pool.map(_ask, [(settings, number) for number in range(readers)], chunksize=1)
        passed = time.monotonic() - begun
    asked = [milliseconds for row in rows for milliseconds in row["asked"]]
    return {
        "opened, s (median)": round(statistics.median(row["opened"] for row in rows), 2),
        "ms p50 / p95 / most": [round(float(np.percentile(asked, share)), 1) for share in (50, 95, 100)],
        "processor ms of a client": round(statistics.median(row["processor"] for row in rows), 1),
        "MB of a client": round(statistics.median(row["megabytes"] for row in rows)),
        "s in all": round(passed, 1),
    }


def _be_ready(barrier: Any) -> None:
    made_up.install()
    globals()["_barrier"] = barrier


def _ask(given: tuple[Settings, int]) -> dict[str, Any]:
    settings, number = given
    terms = World(number, 240).terms(QUESTIONS)
    library, opened = _timed(lambda: Library(settings))
    with library:
        vectors = library.model.encode([" ".join(some) for some in terms])
        _look_up(library, vectors[0], terms[0])
        globals()["_barrier"].wait()
        begun = time.process_time()
        asked = [
            _timed(functools.partial(_look_up, library, vector, some))[1]["s"]
            for vector, some in zip(vectors, terms, strict=True)
        ]
        processor = time.process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    milliseconds = [1000 * seconds for seconds in asked]
    return {
        "opened": opened["s"],
        "asked": milliseconds,
        "processor": 1000 * processor / QUESTIONS,
        "megabytes": peak,
    }


def _look_up(library: Library, vector: np.ndarray, terms: Sequence[str]) -> None:
    with library.reading():
        near = [key for key, _ in library.store.nearest(vector, CANDIDATES)]
        found = library.lexical.search(terms[1:], CANDIDATES)
        library.store.sentences_with_vectors(sorted({*near, *(key for key, _ in found)}))


def _write(folder: Path, world: World, number: int, version: int = 0) -> None:
    article = world.article(number, version)
    path = folder / f"{number % 97:02}" / f"{number:06}.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n\n".join([article.title.capitalize(), *(sentence.text for sentence in article.sentences)]))


@contextmanager
def _serving(folder: Path) -> Iterator[tuple[str, int]]:
    """Run an empty Chroma server, and yield its address and the number of its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).with_name("chroma")), "run", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen([*command, "--path", str(folder)], stdout=subprocess.DEVNULL)
    try:
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.terminate()
        process.wait()


_processor_before = 0.0


def _show(what: str, server: int, **measured: Any) -> None:
    """Print what was measured, with the server's processor seconds since the last line, and its memory."""
    global _processor_before
    fields = Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()
    processor = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    status = dict(line.split(":", 1) for line in Path(f"/proc/{server}/status").read_text().splitlines())
    row = {
        "what": what,
        **measured,
        "server": {
            "processor s": round(processor - _processor_before, 2),
            "MB": round(int(status["VmRSS"].split()[0]) / 1e3),
            "MB at most": round(int(status["VmHWM"].split()[0]) / 1e3),
        },
    }
    _processor_before = processor
    print(json.dumps(row), flush=True)


def _timed(work: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    """What the work returns, and the seconds that it took on the clock and of this process's processor time."""
    begun, used = time.perf_counter(), time.process_time()
    result = work()
    return result, {
        "s": round(time.perf_counter() - begun, 4),
        "processor s": round(time.process_time() - used, 4),
        "MB at most": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3),
    }


def _megabytes(folder: Path) -> float:
    return round(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6, 1)


def _in_a_process(work: Callable[..., Any], *arguments: Any) -> Any:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, initializer=made_up.install) as pool:
        return pool.submit(work, *arguments).result()


if __name__ == "__main__":
    main()
