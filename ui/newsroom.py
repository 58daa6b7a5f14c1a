"""What is new for what is watched, found and sent in the background while the app is served."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from index.errors import OnRecordError
from qa.news import count_unread, find_news
from ui.webhook import send_news

if TYPE_CHECKING:
    from index.library import Library

logger = logging.getLogger(__name__)


@contextmanager
def finding_news(library: Library) -> Iterator[Callable[[], None]]:
    """Find what is new in the background for the length of the block: at its beginning, and after each sync.

    The block gets a function to call when one looks, which returns at once: another process may have synced.
    """
    is_wanted, is_over = threading.Event(), threading.Event()
    is_wanted.set()
    library.on_sync.append(is_wanted.set)
    thread = threading.Thread(target=_follow, args=(library, is_wanted, is_over), daemon=True, name="news")
    thread.start()
    try:
        yield is_wanted.set
    finally:
        library.on_sync.remove(is_wanted.set)
        is_over.set()
        is_wanted.set()
        thread.join()


def count_shown_unread(library: Library) -> int:
    """How many items the masthead shows as unread; 0 if that cannot be said, which the New page explains."""
    try:
        return sum(count_unread(library).values())
    except OnRecordError:
        return 0


def _follow(library: Library, is_wanted: threading.Event, is_over: threading.Event) -> None:
    looked: float | None = None
    fault = ""
    while is_wanted.wait() and not is_over.is_set():
        is_wanted.clear()
        try:
            synced = library.synced  # read first: a sync during the look is looked at next
            if synced != looked:
                find_news(library, stop=is_over)
                send_news(library)
                looked, fault = synced, ""
        except OnRecordError as error:
            if str(error) != fault:  # it is tried again until it can be done, and said once
                logger.warning("%s", error)
            fault = str(error)
        except Exception:
            logger.exception("what is new could not be found")
            return
