"""The progress and the outcome of a sync, and the state of an index, as text for a terminal or a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ui.wording import count

if TYPE_CHECKING:
    from index.status import Status
    from index.sync import Report


_SHOWN = 20  # names of files; the rest is counted
_LOG_SECONDS = 10  # between lines of progress in a log


def report_line(report: Report) -> str:
    """What a sync did, on one line."""
    return (
        f"indexed {count(report.articles, 'article')}, {count(report.sentences, 'sentence')} "
        f"in {report.seconds:.1f} s: "
        f"{report.added:,} new, {report.changed:,} changed, {report.moved:,} moved, {report.removed:,} removed, "
        f"{report.unchanged:,} unchanged, {len(report.skipped):,} skipped"
    )


def report_table(report: Report) -> str:
    """What a sync did, line by line, with everything that was skipped and why."""
    rows = [
        ("added", f"{report.added:,}"),
        ("changed", f"{report.changed:,}"),
        ("moved", f"{report.moved:,}"),
        ("removed", f"{report.removed:,}"),
        ("unchanged", f"{report.unchanged:,}"),
        ("skipped", f"{len(report.skipped):,}"),
        ("articles", f"{report.articles:,}"),
        ("sentences", f"{report.sentences:,}"),
        ("embedded", f"{report.embedded:,}"),
        ("seconds", f"{report.seconds:.1f}"),
    ]
    return "\n".join([*_align(rows), *_list_skipped(report.skipped)])


def status_table(status: Status) -> str:
    """The state of an index, line by line, with what is stale and what was skipped."""
    rows = [
        ("articles", f"{status.articles:,}"),
        ("sentences", f"{status.sentences:,}"),
        ("model", f"{printable(status.model)}, {status.engine}"),
        ("seeds", printable(status.seeds)),
        ("store", printable(status.store)),
        *([("Chroma", printable(status.chroma_url))] if status.chroma_url else []),
        ("size on disk", f"{status.bytes_on_disk / 1e6:,.1f} MB"),
        ("last sync", _format_time(status.synced)),
        ("stale", f"{len(status.stale):,} new or changed, {len(status.gone):,} gone"),
        ("skipped", f"{len(status.skipped):,}"),
        *([("writer", f"{status.writer} is updating the index")] if status.writer else []),
    ]
    return "\n".join(
        [
            *_align(rows),
            *_list_names("new or changed", status.stale),
            *_list_names("gone", status.gone),
            *_list_skipped(status.skipped),
        ]
    )


class Progress:
    """The progress of a long task on standard error: a bar with the time left on a terminal, plain lines in a log.

    `doing` names the task ("indexing"), and `what` the things that it works through ("files").
    """

    def __init__(self, doing: str = "indexing", what: str = "files") -> None:
        self._doing, self._what = doing, what
        self._bar: Any = None
        self._began = self._printed = time.monotonic()

    def show(self, done: int, of: int, sentences: int | None = None) -> None:
        """Show how many are done and, if given, how many sentences."""
        if sys.stderr.isatty():
            self._draw(done, of, sentences)
        elif time.monotonic() - self._printed >= _LOG_SECONDS:
            self._printed = time.monotonic()
            line = f"{self._doing}: {done:,} of {of:,} {self._what}"
            if sentences is not None:
                line += f", {sentences:,} sentences, {sentences / (self._printed - self._began):,.0f} a second"
            print(line, file=sys.stderr, flush=True)

    def _draw(self, done: int, of: int, sentences: int | None) -> None:
        from tqdm import tqdm

        if self._bar is None:
            unit = f" {self._what}"
            self._bar = tqdm(total=of, unit=unit, desc=self._doing, file=sys.stderr, leave=False, dynamic_ncols=True)
        if sentences is not None:
            self._bar.set_postfix_str(f"{sentences:,} sentences", refresh=False)
        self._bar.update(done - self._bar.n)

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._bar is not None:
            self._bar.close()


def printable(text: str) -> str:
    """The text with control characters escaped, so that no file name can control the terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _align(rows: Iterable[tuple[str, str]]) -> list[str]:
    return [f"{name:<13} {value}" for name, value in rows]


def _list_skipped(skipped: Iterable[tuple[str, str]]) -> list[str]:
    return [f"  skipped {printable(name)}: {printable(why)}" for name, why in skipped]


def _list_names(what: str, names: tuple[str, ...]) -> list[str]:
    lines = [f"  {what}: {printable(name)}" for name in names[:_SHOWN]]
    return [*lines, f"  {what}: {len(names) - _SHOWN:,} more"] if len(names) > _SHOWN else lines


def _format_time(seconds: float | None) -> str:
    return datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M:%S") if seconds else "never"
