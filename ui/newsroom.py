"""What is new for what is watched, found in the background while the app is served."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from index.errors import OnRecordError
from qa.news import count_unread, find_news

if TYPE_CHECKING:
    from index.library import Library

_LOOK_SECONDS = 1.0  # between checks whether this or another process has synced

logger = logging.getLogger(__name__)


@contextmanager
def finding_news(library: Library) -> Iterator[None]:
    """Look for what is new after each sync, whichever process makes it, for the length of the block."""
    stop = threading.Event()
    thread = threading.Thread(target=_follow, args=(library, stop), daemon=True, name="news")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def count_shown_unread(library: Library) -> int:
    """How many items the masthead shows as unread; 0 if that cannot be said, which the New page explains."""
    try:
        return sum(count_unread(library).values())
    except OnRecordError:
        return 0


def _follow(library: Library, stop: threading.Event) -> None:
    looked: float | None = None
    fault = ""
    while True:
        try:
            synced = library.synced  # read first: a sync during the look is looked at next
            if synced != looked:
                find_news(library)
                looked, fault = synced, ""
        except OnRecordError as error:
            if str(error) != fault:  # it is tried again until it can be done, and said once
                logger.warning("%s", error)
            fault = str(error)
        except Exception:
            logger.exception("what is new could not be found")
            return
        if stop.wait(_LOOK_SECONDS):
            return
