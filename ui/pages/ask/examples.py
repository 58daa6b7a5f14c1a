"""The example questions on the Ask page, found in the background whenever the index or a correction has changed."""

from __future__ import annotations

import logging
import threading

from index.errors import OnRecordError
from index.library import Library
from qa.examples import find_examples
from ui.answering import UnwantedError, answer_between_readers, one_at_a_time

_log = logging.getLogger(__name__)


class Examples:
    """Questions that a library's index answers; close this before the library."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._lock = threading.Lock()
        self._questions: tuple[str, ...] = ()
        self._made_of: object = None  # the roster of the index that they were found in
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def get(self) -> tuple[tuple[str, ...], bool]:
        """The latest questions, and whether they are from the current index; if not, begins to find new ones."""
        with self._library.reading():
            roster = self._library.roster
        with self._lock:
            is_current = self._made_of is roster
            if not is_current and self._thread is None and not self._is_closed:
                self._thread = threading.Thread(target=self._make, args=(roster,), daemon=True, name="examples")
                self._thread.start()
            return self._questions, is_current

    def close(self) -> None:
        """Stop finding questions, and wait until that has stopped."""
        with self._lock:
            self._is_closed = True
            thread = self._thread
        if thread is not None:
            thread.join()

    def _make(self, roster: object) -> None:
        def is_wanted() -> bool:
            return not self._is_closed and self._library.roster is roster

        def pause() -> None:
            with one_at_a_time.between_readers(is_wanted):
                if not is_wanted():
                    raise UnwantedError

        questions: list[str] | None = None
        try:
            questions = find_examples(
                self._library,
                ask=lambda question: answer_between_readers(self._library, question, is_wanted=is_wanted),
                pause=pause,
            )
        except UnwantedError:
            pass
        except OnRecordError as error:
            _log.warning("no example questions could be found: %s", error)
            questions = []
        except Exception:
            _log.exception("no example questions could be found")
            questions = []
        with self._lock:
            self._thread = None
            if questions is not None:
                self._questions, self._made_of = tuple(questions), roster
