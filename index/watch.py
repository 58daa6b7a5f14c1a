"""Keep a library level with its seeds folder while the folder is being changed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from index.errors import OnRecordError
from index.library import Library
from index.sync import Report

logger = logging.getLogger(__name__)

# A change is synced within 2 s: at most 1 s until a burst of changes is taken as one, 0.5 s until the next look, and
# 0.3 s without a further change for a file to count as whole.
_BURST_MS, _LOOK_MS, _SETTLED_S = 1_000, 500, 0.3


def watch(library: Library, stop: threading.Event, *, on_report: Callable[[Report], None] | None = None) -> None:
    """Sync after every change in the seeds folder until `stop` is set; a burst of changes is one sync.

    A file that is still being written is left until it is whole. What goes wrong is logged, and tried again with the
    next change.
    """
    from watchfiles import watch as watch_files

    is_level = False
    while not stop.is_set():
        try:
            for changes in watch_files(
                library.settings.seeds,
                stop_event=stop,
                step=100,
                debounce=_BURST_MS,
                rust_timeout=_LOOK_MS,
                yield_on_timeout=True,
                raise_interrupt=False,
            ):
                is_level = is_level and not changes
                if not is_level:
                    is_level = _follow(library, on_report)
        except FileNotFoundError:  # the folder itself is gone; it may come back
            stop.wait(_LOOK_MS / 1000)


@contextmanager
def watching(library: Library, *, on_report: Callable[[Report], None] | None = None) -> Iterator[None]:
    """`watch` in a thread of its own, for the length of the block."""
    stop = threading.Event()
    thread = threading.Thread(target=watch, args=(library, stop), kwargs={"on_report": on_report}, name="watch")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _follow(library: Library, on_report: Callable[[Report], None] | None) -> bool:
    """Sync what has settled; tells whether the index is level with the folder now."""
    try:
        plan = library.plan(settled_for=_SETTLED_S)
        if plan.is_empty:
            return not plan.unsettled
        report = library.sync(settled_for=_SETTLED_S)
    except OnRecordError as error:
        logger.warning("%s", error)
        return True
    except Exception:
        logger.exception("a sync failed")
        return True
    if on_report:
        on_report(report)
    return False  # more may have come meanwhile: look again
