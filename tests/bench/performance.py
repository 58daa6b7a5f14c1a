"""On the Record beside the plain assistant: how long both take, and what they need, over more and more articles.

    python -m tests.bench.performance [--sizes 1 10 100] [--plain-up-to 10] [--minutes 60] [--folder DIR]
                                      [--articles DIR_OR_JSONL] [--count N] [--questions FILE] [--made-up]

Wants a folder of articles or a file of them as JSON Lines, by default the project's own; of these, the first N are size
1. Larger sizes take what else there is, then changed copies (`tests/bench/copies.py`). The plain assistant is that of
`tests/bench/plain.py`; it is left out with --made-up, when vectors and speakers cost nothing (`tests/bench/made_up.py`)
and what the index itself costs remains. Prints one Markdown table with a column for each system and size, the machine,
and what limits each figure. Progress goes to standard error.

Each measurement runs in a fresh process, one at a time, on files that are still in memory from being written. What
cannot be told is "-": what no time was left for, what only Linux tells, what a file system in memory does not count.
Settings in the environment apply, such as ONRECORD_READER=none, but Chroma is always embedded. Exits with 1 if a
measurement fails; the others are still printed.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from index.errors import OnRecordError
from qa import load_questions
from tests.bench.copies import make_questions, read_articles, write_articles
from tests.bench.inputs import QUALITY, fail, make_parser
from tests.bench.measured import MADE_UP, ON_THE_RECORD, PLAIN
from tests.bench.table import LIMITS, Columns, Figures, add_slopes, describe_machine, format_table

ROOT = Path(__file__).parents[2]
TIMES = 3  # a change and a cold question are measured so many times; the figure is the median
QUESTIONS = 50  # asked, of those there are

T = TypeVar("T")


class TimeUpError(Exception):
    """The time limit is reached."""


@dataclass(frozen=True)
class Runner:
    """Runs commands in a folder until a point in time, in seconds of `time.monotonic`."""

    folder: Path
    end: float

    def run(self, *command: str | Path) -> tuple[str, float, float]:
        """Run Python with these arguments; return what it prints, and its seconds, in all and of processors.

        Raises TimeUpError, and CalledProcessError when it fails. The processes that it started end with it.
        """
        before, began = _read_processor(), time.monotonic()
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=self.folder,  # where no onrecord.toml is
            env={name: value for name, value in os.environ.items() if not name.startswith("ONRECORD_CHROMA_")}
            | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            printed, complaint = process.communicate(timeout=max(0.01, self.end - began))
        except subprocess.TimeoutExpired:
            raise TimeUpError from None
        finally:
            if process.poll() is None:  # out of time or interrupted
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
        seconds = time.monotonic() - began
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command, printed, complaint)
        return printed, seconds, _read_processor() - before

    def measure(self, *arguments: str | Path) -> Figures:
        """Return what `tests/bench/measured.py` measures with these arguments."""
        figures: Figures = json.loads(self.run("-m", "tests.bench.measured", *arguments)[0])
        return figures


def _read_processor() -> float:
    """Return the processor seconds of all processes that this one has waited for, and of those that they waited for."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def fill(figures: Figures, system: str, asked: Sequence[tuple[str, Sequence[str]]], runner: Runner) -> None:
    """Measure a system with the folder `articles` in the runner's folder, and note one figure after the other."""
    articles, store, questions = (runner.folder / name for name in ("articles", "store", "questions.json"))
    questions.write_text(json.dumps(asked), encoding="utf-8")
    store.mkdir()
    before = _read_processor()
    built = runner.measure(system, "sync", articles, store)
    figures["build_processor"] = _read_processor() - before
    figures.update(articles=built["articles"], sentences=built["sentences"], build=built["seconds"])
    figures["rate"] = (built["sentences"] or 0) / (built["seconds"] or 1)
    figures["disk"] = measure_folder(store)
    same = [runner.measure(system, "sync", articles, store) for _ in range(TIMES)]
    figures.update(same=find_median(same, "seconds"), same_running=find_median(same, "again"))
    figures.update(runner.measure(system, "ask", articles, store, questions))
    if system == MADE_UP:
        asking = ("-m", "tests.bench.measured", system, "ask_once", articles, store, questions)
        cold = [runner.run(*asking) for _ in range(TIMES)]
    else:
        module = ["-m", "qa", "--seeds"] if system == ON_THE_RECORD else ["-m", "tests.bench.plain", "--articles"]
        cold = [runner.run(*module, articles, "--store", store, question) for question, _ in asked[:TIMES]]
    figures["cold"] = statistics.median(seconds for _, seconds, _ in cold)
    figures["cold_processor"] = statistics.median(processor for *_, processor in cold)
    files = pick_evenly(sorted(file for file in articles.rglob("*") if file.is_file()), 2 * TIMES)
    pairs = [files[place : place + 2] for place in range(0, len(files), 2)]
    changed = [runner.measure(system, "change", articles, store, *pair) for pair in pairs]
    figures.update(changed=find_median(changed, "seconds"), changed_running=find_median(changed, "again"))
    figures["written"] = find_median(changed, "written")


def find_median(found: Sequence[Figures], key: str) -> float | None:
    """Return the median of the values that are known; None if none is."""
    values = [value for figures in found if (value := figures[key]) is not None]
    return statistics.median(values) if values else None


def pick_evenly(these: Sequence[T], at_most: int) -> Sequence[T]:
    """Return so many of a sequence, spread evenly over it; all of them if there are no more."""
    return [these[len(these) * place // at_most] for place in range(at_most)] if len(these) > at_most else these


def measure_folder(folder: Path) -> float:
    """Return the megabytes of the files in a folder and below; a file with several names counts once."""
    stats = [path.lstat() for path in folder.rglob("*") if path.is_file()]
    return sum({(stat.st_dev, stat.st_ino): stat.st_size for stat in stats}.values()) / 1e6


def read_inputs(parser: argparse.ArgumentParser) -> tuple[argparse.Namespace, dict[str, str]]:
    """Parse the command line; return its options, of which `asked` holds the questions, and the articles."""
    parser.add_argument("--sizes", nargs="+", type=int, default=[1, 10], help="times the articles (default: 1 10)")
    parser.add_argument("--plain-up-to", type=int, metavar="SIZE", help="leave the plain assistant out beyond it")
    parser.add_argument("--minutes", type=float, default=60, help="for all of it (default: %(default)s)")
    parser.add_argument("--articles", type=Path, default=QUALITY / "articles", metavar="DIR_OR_JSONL")
    parser.add_argument("--count", type=int, metavar="N", help="articles of size 1 (default: as many as there are)")
    parser.add_argument("--questions", type=Path, metavar="FILE", help="as `onrecord eval` takes them")
    parser.add_argument("--made-up", action="store_true", help="vectors and speakers that cost nothing")
    parser.add_argument("--folder", type=Path, help="where to work, for other disks than that of the temporary folder")
    options = parser.parse_args()
    if min([*options.sizes, options.count or 1]) < 1:
        fail(parser, "--sizes and --count are 1 or more.")
    try:
        wanted = options.count and options.count * max(options.sizes)
        articles = read_articles(options.articles, wanted)
        if options.questions is None and options.articles == QUALITY / "articles":
            options.questions = QUALITY / "questions.jsonl"
        if options.questions:
            options.asked = [(one.question, list(one.history)) for one in load_questions(options.questions)]
        else:
            options.asked = [(question, []) for question in make_questions(articles)]
    except OnRecordError as error:
        fail(parser, str(error))
    except (OSError, ValueError, KeyError, TypeError) as error:
        fail(parser, f"{options.articles} cannot be read: {error}. Give a folder, or lines of JSON that have a text.")
    if not articles or not options.asked:
        fail(parser, f"{options.articles} has no articles. Give a folder with .txt or .md files, or lines of JSON.")
    options.asked = pick_evenly(options.asked, QUESTIONS)
    return options, articles


def run_all(options: argparse.Namespace, articles: Mapping[str, str]) -> tuple[Columns, bool]:
    """Return the figures of every system and size, the smallest first, and whether none failed."""
    columns: Columns = {}
    is_whole, end = True, time.monotonic() + 60 * options.minutes
    for size in sorted(set(options.sizes)):
        for system in (MADE_UP,) if options.made_up else (ON_THE_RECORD, PLAIN):
            if system == PLAIN and options.plain_up_to is not None and size > options.plain_up_to:
                continue
            figures = columns[system, size] = {}
            with tempfile.TemporaryDirectory(prefix="onrecord-bench-", dir=options.folder) as folder:
                runner = Runner(Path(folder).absolute(), end)
                write_articles(runner.folder / "articles", articles, size * (options.count or len(articles)))
                try:
                    fill(figures, system, options.asked, runner)
                except TimeUpError:
                    log(f"{system}, {size}×: time is up")
                except subprocess.CalledProcessError as error:
                    is_whole = False
                    log(f"{system}, {size}×: {' '.join(map(str, error.cmd))} failed:\n{error.stderr}")
            log(f"{system}, {size}×: {figures}")
    add_slopes(columns)
    return columns, is_whole


def log(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> None:
    options, articles = read_inputs(make_parser(__doc__))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the temporary folder is still removed
    load = os.getloadavg()[0]
    columns, is_whole = run_all(options, articles)
    print(*format_table(columns), sep="\n")
    print(f"\nSize 1× is {options.count or len(articles):,} articles; {len(options.asked)} questions.", end=" ")
    print(f"{describe_machine()}. When it began, {load:.1f} processes ran or waited for a core.\n")
    print(LIMITS, end="")
    sys.exit(0 if is_whole else 1)


if __name__ == "__main__":
    main()
