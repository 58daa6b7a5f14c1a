"""Keep a library up to date with its seeds folder as the folder changes."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import OnRecordError, ServerError
from index.library import Library
from index.sync import Report

logger = logging.getLogger(__name__)

# A change is synced within 2 s: at most 1.1 s until a burst of changes is taken as one, and 0.4 s until a second look.
# A file counts as whole when two looks at least 0.3 s apart find it the same.
_STEP_MS, _BURST_MS, _LOOK_MS, _SETTLED_S = 100, 1_000, 400, 0.3
_AWAY_S = 2.0  # until a Chroma server that is away is asked again


class Settling:
    """Tells whether a file is still being written, by comparing it with how it was before.

    Its times are compared with each other, never with this machine's clock: it may be written by a machine whose clock
    is fast or slow.
    """

    def __init__(self) -> None:
        self._looks: dict[str, tuple[tuple[int, int], float]] = {}  # size and modification time, and since when

    def is_whole(self, name: str, status: os.stat_result) -> bool:
        """Whether a file's size and modification time have stayed the same for a moment."""
        look, now = (status.st_size, status.st_mtime_ns), time.monotonic()
        before, since = self._looks.get(name, (None, now))
        if look != before:
            self._looks[name] = look, now
            return False
        return now - since >= _SETTLED_S

    def forget(self) -> None:
        """Forget all earlier looks."""
        self._looks.clear()


def watch(library: Library, stop: threading.Event, *, on_report: Callable[[Report], None] | None = None) -> None:
    """Sync after every change in the seeds folder until `stop` is set; a burst of changes leads to one sync.

    A file that is still being written is left until it is whole. Errors are logged, and the sync is tried again after
    the next change; when a Chroma server is away, that is logged once, and the sync is tried until it is back.
    """
    from watchfiles import watch as watch_files

    seeds, settling = library.settings.seeds, Settling()
    while not stop.is_set():
        is_level = is_away = False
        held = 0
        try:
            watched = _identify(seeds)
            for changes in watch_files(
                seeds,
                stop_event=stop,
                step=_STEP_MS,
                debounce=_BURST_MS,
                rust_timeout=_LOOK_MS,
                yield_on_timeout=True,
                raise_interrupt=False,
            ):
                is_level = is_level and not changes and bool(library.counts[0] or not held)  # a server may be emptied
                held = library.counts[0]
                try:
                    is_level = is_level or _follow(library, settling, on_report)
                    is_away = False
                except ServerError as error:
                    if not is_away:
                        logger.warning("%s", error)
                    is_away = True
                    stop.wait(_AWAY_S)
                if _identify(seeds) != watched:
                    break  # another folder has replaced it
        except FileNotFoundError:  # the folder is gone; it may come back
            stop.wait(_LOOK_MS / 1000)


@contextmanager
def watching(library: Library, *, on_report: Callable[[Report], None] | None = None) -> Iterator[None]:
    """`watch` in the background for the length of the block."""
    stop = threading.Event()
    thread = threading.Thread(target=watch, args=(library, stop), kwargs={"on_report": on_report}, name="watch")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _identify(folder: Path) -> tuple[int, int]:
    """What tells a folder from another of the same name; raises FileNotFoundError when there is none."""
    status = folder.stat()
    return status.st_dev, status.st_ino


def _follow(library: Library, settling: Settling, on_report: Callable[[Report], None] | None) -> bool:
    """Sync the files that are whole; returns whether nothing is left to look at before the next change.

    Raises ServerError, and logs any other error.
    """
    is_settled = True
    try:
        plan = library.plan(is_whole=settling.is_whole)
        is_settled = not plan.unsettled
        if plan.is_empty:
            if is_settled:
                settling.forget()
            return is_settled
        report = library.sync(is_whole=settling.is_whole)
    except ServerError:
        raise
    except OnRecordError as error:
        logger.warning("%s", error)
        return is_settled
    except Exception:
        logger.exception("a sync failed")
        return is_settled
    if on_report:
        on_report(report)
    return False  # more may have come meanwhile: look again
