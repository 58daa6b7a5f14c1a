"""One measurement in a process of its own, so that its memory and what it writes are its own.

    python -m tests.bench.measured ("On the Record" | plain) sync ARTICLES STORE
    python -m tests.bench.measured ("On the Record" | plain) change ARTICLES STORE FILE ...
    python -m tests.bench.measured ("On the Record" | plain) ask ARTICLES STORE QUESTIONS
    python -m tests.bench.measured ("On the Record" | plain) ask_once ARTICLES STORE QUESTIONS

Instead of "On the Record", "made up" is the same with the vectors and the speakers of `tests/bench/made_up.py`.

Prints a line of JSON: what the function of that name returns. Only what the system itself imports is loaded. Seconds
"from the start" are those since this module began to run, so that it makes no difference whether a system imports its
packages at once or when it needs them; Python's own start, of some 0.05 s, is left out.
"""

from __future__ import annotations

import json
import re
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

BEGAN = time.perf_counter()
ON_THE_RECORD, PLAIN, MADE_UP = "On the Record", "plain", "made up"
ADDED = "\n\nAda Hale, who chairs the committee, said that it would meet again within {days} days.\n"


class Assistant(Protocol):
    """What both systems can do."""

    @property
    def counts(self) -> tuple[int, int]:
        """The numbers of articles and of sentences."""

    def sync(self) -> Any:
        """Bring the index up to date with the folder."""

    def ask(self, question: str, history: Sequence[str] = ()) -> Any:
        """Answer a question."""

    def close(self) -> None:
        """Close the files."""


class OnTheRecord:
    """A library of articles, opened as `onrecord ask` opens it."""

    def __init__(self, articles: Path, store: Path) -> None:
        from index.library import Library
        from index.settings import load_settings

        self._library = Library(load_settings(seeds=articles, store=store))

    @property
    def counts(self) -> tuple[int, int]:
        return self._library.counts

    def sync(self) -> None:
        self._library.sync()

    def ask(self, question: str, history: Sequence[str] = ()) -> None:
        from qa import answer_question

        answer_question(self._library, question, history)

    def close(self) -> None:
        self._library.close()


def open_assistant(system: str, articles: Path, store: Path) -> Assistant:
    if system == MADE_UP:
        from tests.bench import made_up

        made_up.install()
    if system != PLAIN:
        return OnTheRecord(articles, store)
    from tests.bench.plain import PlainAssistant

    return PlainAssistant(articles, store)


def sync(system: str, articles: Path, store: Path) -> dict[str, float]:
    """Bring the index of a folder up to date, and then do so again, when there is nothing to do.

    Returns the seconds from the start to the end of the first sync, those of the second, and what the index holds.
    """
    with closing(open_assistant(system, articles, store)) as assistant:
        assistant.sync()
        seconds, began = time.perf_counter() - BEGAN, time.perf_counter()
        assistant.sync()
        again = time.perf_counter() - began
        held, sentences = assistant.counts
    return {"articles": held, "sentences": sentences, "seconds": seconds, "again": again}


def change(system: str, articles: Path, store: Path, *files: Path) -> dict[str, float | None]:
    """Add a sentence to one file after another, and sync after each; the last sync is that of a running program.

    Returns the seconds from the start to the end of the first sync, those of the last, and the megabytes that the last
    sent to disks.
    """
    ended = []
    with closing(open_assistant(system, articles, store)) as assistant:
        for days, file in enumerate(files, start=2):
            file.write_text(file.read_text(encoding="utf-8") + ADDED.format(days=days), encoding="utf-8")
            began, before = time.perf_counter(), read_written()
            assistant.sync()
            ended.append(time.perf_counter())
    after = read_written()
    # 0 bytes written to a file system in memory say nothing of a disk.
    written = (after - before) / 1e6 if before is not None and after is not None and after > before else None
    return {"seconds": ended[0] - BEGAN, "again": ended[-1] - began, "written": written}


def ask(system: str, articles: Path, store: Path, questions: Path) -> dict[str, float | None]:
    """Ask all questions of a file twice; it is a JSON list of pairs of a question and the questions before it.

    Returns the milliseconds of an answer in the second round, their median and 95th percentile, and the most megabytes
    that were resident.
    """
    taken: list[float] = []
    with closing(open_assistant(system, articles, store)) as assistant:
        for is_timed in (False, True):
            for question, history in json.loads(questions.read_text(encoding="utf-8")):
                began = time.perf_counter()
                assistant.ask(question, history)
                if is_timed:
                    taken.append(1000 * (time.perf_counter() - began))
    p95 = sorted(taken)[int(0.95 * len(taken))]
    return {"median": statistics.median(taken), "p95": p95, "memory": read_peak()}


def ask_once(system: str, articles: Path, store: Path, questions: Path) -> dict[str, float]:
    """Ask the first question of a file, after a sync; return the seconds from the start."""
    with closing(open_assistant(system, articles, store)) as assistant:
        assistant.sync()
        question, history = json.loads(questions.read_text(encoding="utf-8"))[0]
        assistant.ask(question, history)
    return {"seconds": time.perf_counter() - BEGAN}


def read_written() -> int | None:
    """Return the bytes that this process, and those it started and waited for, sent to disks; None if not on Linux.

    A page that is written twice before it leaves the memory counts once: https://docs.kernel.org/filesystems/proc.html
    """
    return _read_number("/proc/self/io", r"^write_bytes: (\d+)")


def read_peak() -> float | None:
    """Return the most that was resident of this process, in megabytes of 10^6 bytes; None if not on Linux.

    Not `getrusage`, whose figure on Linux includes that of the process that started this one.
    """
    kilobytes = _read_number("/proc/self/status", r"^VmHWM:\s+(\d+) kB")
    return None if kilobytes is None else kilobytes * 1024 / 1e6


def _read_number(file: str, pattern: str) -> int | None:
    try:
        found = re.search(pattern, Path(file).read_text(), re.MULTILINE)
    except OSError:
        return None
    return int(found.group(1)) if found else None


def main() -> None:
    system, measure, *places = sys.argv[1:]
    measures: dict[str, Callable[..., dict[str, Any]]] = {
        function.__name__: function for function in (sync, change, ask, ask_once)
    }
    print(json.dumps(measures[measure](system, *map(Path, places))))


if __name__ == "__main__":
    main()
