"""Merge the parts of an index in the background, while it is read and written; see `index.storage.merging`."""

from __future__ import annotations

import logging
import threading
from contextlib import ExitStack, closing

from filelock import FileLock, Timeout

from index.errors import OnRecordError
from index.models.embedding import EmbeddingModel
from index.opened import open_ledger, open_part
from index.settings import Settings
from index.storage.lock import writer_lock
from index.storage.merging import choose_parts, is_worth_copying, merge_into
from index.storage.snapshots import Listed, Snapshots

logger = logging.getLogger(__name__)


class Merger:
    """Merges in a thread of its own, one process at a time. Close it before its store is deleted."""

    def __init__(self, settings: Settings, snapshots: Snapshots) -> None:
        self._settings, self._snapshots = settings, snapshots
        self._thread: threading.Thread | None = None
        self._closing = threading.Event()

    def begin(self, model: EmbeddingModel, sentences: int) -> None:
        """Merge the current index's parts, of this model, if there are too many; `sentences` are those that count."""
        if self._thread and self._thread.is_alive():
            return
        if choose_parts(self._snapshots.parts(self._snapshots.current()), sentences):
            self._thread = threading.Thread(target=self._merge, args=(model, sentences), name="merge")
            self._thread.start()

    def finish(self) -> None:
        """Wait until nothing is left to merge."""
        if self._thread:
            self._thread.join()

    def close(self) -> None:
        """Stop merging; what was merged so far is kept for the next time."""
        self._closing.set()
        self.finish()

    def _merge(self, model: EmbeddingModel, sentences: int) -> None:
        try:
            with FileLock(self._settings.store / "merge.lock", timeout=0):
                while not self._closing.is_set() and self._merge_once(model, sentences):
                    pass
        except Timeout:
            logger.debug("another process merges the index %s", self._settings.store)
        except OnRecordError as error:
            logger.warning("%s", error)

    def _merge_once(self, model: EmbeddingModel, sentences: int) -> bool:
        """Merge some parts; returns whether it did, so that others may have to be."""
        snapshots = self._snapshots
        index = snapshots.current()
        with ExitStack() as stack:
            stack.callback(snapshots.protect(index))
            listed = snapshots.parts(index)
            chosen = choose_parts(listed, sentences)
            if not chosen:
                return False
            opened = []
            for part in chosen:
                opened.append(open_part(self._settings, part.folder, model))
                stack.callback(opened[-1].close)
            sources = [source.part for source in opened]
            folder = snapshots.begin_merge(chosen, is_copied=is_worth_copying(sources))
            target = open_part(self._settings, folder, model, anew=True)
            stack.callback(target.close)
            target.part.expect(sum(part.sentences for part in chosen))
            is_first = chosen[0] == listed[0]
            if not merge_into(target.part, sources, is_first=is_first, go_on=lambda: not self._closing.is_set()):
                return False
            target.catalogue.promote(target.part)
            return self._replace(chosen, Listed(folder, target.part.count()))

    def _replace(self, chosen: tuple[Listed, ...], merged: Listed) -> bool:
        """Make an index with the merged part current, in which the same counts as before."""
        with writer_lock(self._settings.store, wait=True):
            before = self._snapshots.revision(self._snapshots.current())
            with closing(open_ledger(self._settings, before + 1)) as ledger:
                ledger.repeat(before)
            return self._snapshots.replace(chosen, merged) is not None
