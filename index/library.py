"""The opened index: the store, the lexical index beside it, and the model, kept level with the seeds folder."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from types import TracebackType

from index.articles import Article
from index.connection import connect, mark_of, mend, set_mark
from index.embedding import EmbeddingModel
from index.errors import BusyError
from index.lexical import Lexical
from index.lock import writer_lock
from index.settings import Settings
from index.store import SCHEMA, ArticleRecord, Catalogue, Store, name_generation
from index.sync import OnProgress, Plan, Report, apply_plan, make_plan, require_files

logger = logging.getLogger(__name__)


class Library:
    """An opened index, usable from several threads. Close it, or use it in a `with` block.

    `store`, `lexical`, `model` and `records` belong together, and stay as they are within a `reading` block. Between
    such blocks they follow what this process, or another one, indexes.
    """

    store: Store
    model: EmbeddingModel
    records: dict[str, ArticleRecord]
    counts: tuple[int, int]
    """The numbers of articles and of sentences."""

    def __init__(self, settings: Settings) -> None:
        """Open the index of a seeds folder as it stands; `update` or `sync` brings it level with the folder.

        Raises SeedsError when the folder holds nothing to index, and StoreError when the store cannot be opened.
        """
        require_files(settings.seeds)  # before a store is made for a folder that was mistyped
        self.settings = settings
        self._gate = threading.Condition()
        self._readers = 0
        self._is_awaited = False
        self._syncing = threading.Lock()
        self._wanted_model = EmbeddingModel(settings.model)
        self._is_open = False
        self._connect()
        try:
            self.lexical = Lexical(settings.store / f"lexical-v{SCHEMA}.sqlite3")
            self._open_current()
        except BaseException:
            self._catalogue.close()
            raise

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Keep the index as it is for the length of the block, after catching up with what was indexed meanwhile.

        A block must not hold another one.
        """
        with self._gate:
            self._gate.wait_for(lambda: not self._is_awaited)  # else there might always be one who reads
            if self._is_behind():
                self._gate.wait_for(lambda: self._readers == 0)
                if self._is_behind():
                    self._reopen()
            self._readers += 1
        try:
            yield
        finally:
            with self._gate:
                self._readers -= 1
                self._gate.notify_all()

    def plan(self, *, settled_for: float = 0.0) -> Plan:
        """What a sync would do now; see `index.sync.make_plan`."""
        with self.reading():
            known = self.store.files()
        return make_plan(self.settings, known, settled_for=settled_for)

    def update(self, *, on_progress: OnProgress | None = None) -> Report | None:
        """Sync if the folder or the settings ask for it, and return the report; None where there was nothing to do.

        While another process is writing, an index that holds anything is left as it stands.
        """
        if self.plan().is_empty and not self._is_other_generation() and self.records:
            return None
        try:
            return self.sync(on_progress=on_progress, wait=False)
        except BusyError as error:
            if not self.records:
                raise
            logger.warning("%s Answering from what the index holds now.", error)
            return None

    def sync(
        self,
        *,
        on_progress: OnProgress | None = None,
        wait: bool = True,
        on_wait: Callable[[str], None] | None = None,
        settled_for: float = 0.0,
    ) -> Report:
        """Bring the index level with the seeds folder, and say what was done.

        `on_progress` is called with the files read so far, the files to read, and the sentences stored so far. For
        `wait` and `on_wait` see `index.lock.writer_lock`, for `settled_for` `index.sync.make_plan`. Where the settings
        name another model, a new generation is built while the old one answers. Raises SeedsError, StoreError,
        ModelError or BusyError; what was indexed before is then still there.
        """
        with self._syncing, writer_lock(self.settings.store, wait=wait, on_wait=on_wait):
            mark = mark_of(self.settings)
            with self._alone():
                if mark.exists() or self._is_behind():
                    self._reopen(locked=True)  # another process wrote: to go on from an old state would lose its work
            set_mark(self.settings)
            target, model = self.store, self.model
            if self._is_other_generation():
                model = self._wanted_model
                target = Store(self._catalogue.client, model=model.name, dimension=model.dimension)
            plan = make_plan(self.settings, target.files(), settled_for=settled_for)
            report, replaced = apply_plan(
                self.settings, plan, target, self.lexical, model, on_progress or (lambda *_: None)
            )
            current = self._catalogue.current()
            # Not to forget one that a killed sync built to its end.
            is_current = current is not None and current.generation == target.generation
            if report.did_anything or not is_current:
                with self._alone():
                    # First the lexical index: where its disk is full, this process answers from the old state, whole.
                    self.lexical.update(target.records(), target.sentences)
                    self._catalogue.promote(target)
                    self._adopt(target, model)
            else:
                self._catalogue.note_sync()
            target.forget(replaced)
            self._catalogue.drop_other_generations(target)
            mark.unlink(missing_ok=True)
            return report

    def article(self, article_id: str) -> Article:
        """The article as it was indexed; raises StoreError when there is none of that id."""
        with self.reading():
            return self.store.article(article_id)

    @property
    def synced(self) -> float | None:
        """When the index was last level with the folder, in seconds since 1970; None where it never was."""
        current = self._catalogue.current()
        return current.synced if current else None

    def close(self) -> None:
        """Close the files."""
        self.lexical.close()
        self._catalogue.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _connect(self, *, locked: bool = False, before: Catalogue | None = None) -> None:
        """Open a client in the place of the one before; `locked` tells that this process holds the writer's lock."""
        if mark_of(self.settings).exists():
            # Not waiting: who holds the lock may be a thread of ours that waits for the readers to be done.
            with suppress(BusyError), nullcontext() if locked else writer_lock(self.settings.store, wait=False):
                was_interrupted = mend(self.settings)
                self._renew(before)
                if was_interrupted:  # what it had committed, the readers have not been told
                    self._catalogue.announce()
                return
        self._renew(before)

    def _renew(self, before: Catalogue | None) -> None:
        self._is_open = False
        if before:
            before.close()
        client = connect(self.settings)
        try:
            self._catalogue = Catalogue(client)
        except BaseException:
            client.close()
            raise

    def _open_current(self) -> None:
        """Read from the current generation, or from the wanted one where that cannot be read or there is none."""
        model = self._wanted_model
        current = self._catalogue.current()
        if current and current.schema != SCHEMA:
            logger.warning("the index in %s is of another version: it is made anew", self.settings.store)
        elif current and current.generation != name_generation(model.name):
            logger.warning("the index in %s is of the model %s: it is made anew", self.settings.store, current.model)
            model = EmbeddingModel(current.model)
        self._adopt(Store(self._catalogue.client, model=model.name, dimension=model.dimension), model)

    def _is_other_generation(self) -> bool:
        return self.store.generation != name_generation(self._wanted_model.name)

    def _is_behind(self) -> bool:
        if not self._is_open:  # it could not be opened again
            return True
        current = self._catalogue.current()
        return current is not None and current.revision != self._revision

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Wait until no thread reads, and keep others from it for the length of the block."""
        with self._gate:
            self._is_awaited = True
            try:
                self._gate.wait_for(lambda: self._readers == 0)
                yield
            finally:
                self._is_awaited = False
                self._gate.notify_all()

    def _reopen(self, *, locked: bool = False) -> None:
        # The embedded engine searches what it held when it was opened, whatever other processes write
        # (chroma-core/chroma#7040): only a new client sees the rest.
        self._connect(locked=locked, before=self._catalogue)
        self._open_current()

    def _adopt(self, store: Store, model: EmbeddingModel) -> None:
        while True:
            current = self._catalogue.current()
            records = store.records()
            self.lexical.update(records, store.sentences)
            # Were another process done with a sync meanwhile, the lexical index that both use would be back at these.
            if self._catalogue.current() == current:
                break
        self.store, self.model, self.records = store, model, records
        self.counts = len(records), sum(record.sentences for record in records.values())
        self._revision = current.revision if current else 0
        self._is_open = True
