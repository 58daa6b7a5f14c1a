"""The table of `tests/bench/performance.py`: figures of systems and sizes in; lines of Markdown out.

Also what limits each figure, and what it was measured on.
"""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("chromadb", "torch", "sentence-transformers", "llama-index-core", "onnxruntime")

Figures = dict[str, float | None]
"""By the keys of rows; None, like a key that is missing, is what cannot be told."""
Columns = dict[tuple[str, int], Figures]
"""By system and size, in their order."""


@dataclass(frozen=True)
class Row:
    """A figure: its key, what it is called, and how many decimals it has. "…" continues the row above."""

    key: str
    title: str
    digits: int


ROWS = (
    Row("articles", "articles", 0),
    Row("sentences", "sentences, as the system cuts them", 0),
    Row("build", "build, s", 1),
    Row("rate", "… sentences/s", 0),
    Row("build_processor", "… processor time, s", 1),
    Row("same", "nothing changed, s from the start", 2),
    Row("same_running", "… s in a running program", 3),
    Row("changed", "one article changed, s from the start", 2),
    Row("changed_running", "… s in a running program", 2),
    Row("written", "… MB written to disk", 2),
    Row("cold", "cold ask, s", 2),
    Row("cold_processor", "… processor time, s", 2),
    Row("median", "warm ask, ms, median", 0),
    Row("p95", "… 95th percentile", 0),
    Row("memory", "memory of the asking process at its peak, MB", 0),
    Row("slope", "… KB for each sentence more than in the first column", 1),
    Row("disk", "disk, MB", 1),
)

LIMITS = """\
What limits each figure:

- **build**: On the Record works out who speaks on half of the cores while it embeds on all of them, and embeds a
  sentence once, however often it occurs. Plain embeds on all cores, in the order of the text, where short sentences
  wait for long ones. With few articles, importing torch and loading the models takes longer than either.
- **nothing changed**: importing Chroma, and for plain torch. In a running program, looking at every
  file.
- **one article changed**: imports and loading models: for On the Record spaCy's, for plain torch's. On the Record
  embeds only the new sentence, works out anew who speaks in the article, and leaves an index that a killed process
  cannot have damaged. Plain embeds the whole article again, and loses it if it is killed between deleting and adding.
- **MB written to disk**: Chroma's log and its graph of neighbours, and for On the Record what readers must not see
  before it is whole.
- **cold ask**: starting Python and importing Chroma; for On the Record loading its reader, for plain importing
  LlamaIndex, torch and sentence-transformers. Only On the Record looks whether the folder has changed.
- **warm ask**: for On the Record the reader, a neural network that reads the best sentences in their passages
  (ONRECORD_READER=none does without). For plain the question's own vector, made with torch.
- **memory**: for On the Record its two models and Chroma, for plain torch. Vectors, the links of graphs and what is
  kept of each article grow with the articles.
- **disk**: vectors of 1.5 KB, and Chroma's copies of text and metadata. On the Record keeps a second vector in
  bytes and an index of words, plain the window of up to seven sentences around each. Measured after the build.
"""


def add_slopes(columns: Columns) -> None:
    """Note the KB of memory for each sentence that a column has more than the first one of its system.

    It stays undefined where the memory is not larger: it differs by some MB from run to run.
    """
    first: dict[str, Figures] = {}
    for (system, _), figures in columns.items():
        if figures.get("memory") is None:
            continue
        smallest = first.setdefault(system, figures)
        megabytes, sentences = (_subtract(figures, smallest, key) for key in ("memory", "sentences"))
        figures["slope"] = 1000 * megabytes / sentences if megabytes > 0 and sentences > 0 else None


def _subtract(figures: Figures, others: Figures, key: str) -> float:
    return (figures[key] or 0.0) - (others[key] or 0.0)


def format_table(columns: Columns) -> Iterator[str]:
    """Yield the lines of the Markdown table."""
    yield "| | " + " | ".join(f"{system}, {size}×" for system, size in columns) + " |"
    yield "|---" * (len(columns) + 1) + "|"
    for row in ROWS:
        cells = (format_figure(figures.get(row.key), row.digits) for figures in columns.values())
        yield f"| {row.title} | " + " | ".join(cells) + " |"


def format_figure(figure: float | None, digits: int) -> str:
    return "-" if figure is None else f"{figure:,.{digits}f}"


def describe_machine() -> str:
    """Say what it was measured on: one line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    versions = ", ".join(f"{package} {version(package)}" for package in PACKAGES)
    return (
        f"{_find_processor()}, {os.cpu_count()} cores, {memory:.0f} GB of memory, {platform.system()} "
        f"{platform.release()}; Python {platform.python_version()}, {versions}"
    )


def _find_processor() -> str:
    try:
        found = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        found = None
    return found.group(1) if found else platform.processor() or platform.machine()
