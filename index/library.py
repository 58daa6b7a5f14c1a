"""The way into an index: it is opened, read by several threads, and kept up to date with the seeds folder."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from types import TracebackType

from index.errors import BusyError, CorrectionError, OnRecordError, StoreError
from index.file_names import PEOPLE_FILE
from index.models.embedding import EmbeddingModel
from index.opened import Opened, open_index, open_parts, open_store
from index.people_file import Stamp, add_correction, find_stamp, read_corrections, remove_correction
from index.plan import IsWhole, Plan, make_plan, require_files
from index.roster import Roster
from index.settings import Settings
from index.speech.corrections import Correction
from index.storage.chroma import Store
from index.storage.lock import make_folder, writer_lock
from index.storage.snapshots import Snapshots
from index.sync import OnProgress, Report, apply_plan, load_reader
from index.values import Article, ArticleRecord, Speaker
from index.writer import prepare_attribution

logger = logging.getLogger(__name__)


class Library:
    """An opened index, usable from several threads. Close it, or use it in a `with` block.

    `store`, `lexical`, `model`, `records` and `roster` belong together, and do not change within a `reading` block.
    Between such blocks they follow what this process, or another one, indexes or corrects.
    """

    store: Store
    model: EmbeddingModel
    records: dict[str, ArticleRecord]
    counts: tuple[int, int]
    """The numbers of articles and of sentences."""
    progress: tuple[int, int, int] | None
    """The last arguments of `on_progress` in the sync that this process is running; None when it is running none."""
    last: tuple[Report, float] | None
    """The report of the last sync in this process, and its time in seconds since 1970."""

    def __init__(self, settings: Settings) -> None:
        """Open the index of a seeds folder as it is; `update` or `sync` brings it up to date.

        Raises SeedsError when the folder holds nothing to index, and StoreError when the store cannot be opened.
        """
        require_files(settings.seeds)  # before a store is made for a mistyped folder
        make_folder(settings.store)
        self.settings = settings
        self._gate = threading.Condition()
        self._readers = 0
        self._is_awaited = False
        self._syncing = threading.Lock()
        self._making_roster = threading.Lock()
        self._roster: tuple[Opened, Stamp | None, Roster] | None = None  # of what was open, and of which file
        self.progress = None
        self.last = None
        self._wanted_model = EmbeddingModel(settings.model)
        self._snapshots = None if settings.chroma_url else Snapshots(settings.store)
        self._adopt(self._open_current())

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Catch up with what was indexed and corrected, then keep the index unchanged for the length of the block.

        Such blocks must not be nested.
        """
        with self._gate:
            self._gate.wait_for(lambda: not self._is_awaited)  # else readers could keep a writer waiting for ever
            if self._is_behind() or self._are_corrected():
                self._gate.wait_for(lambda: self._readers == 0)
                if self._is_behind():
                    self._reopen()
                elif self._are_corrected():
                    self._roster = None
            self._readers += 1
        try:
            yield
        finally:
            with self._gate:
                self._readers -= 1
                self._gate.notify_all()

    def plan(self, *, is_whole: IsWhole | None = None) -> Plan:
        """Return what a sync would do now; see `index.plan.make_plan`."""
        with self.reading():
            known = self.store.files()
        return make_plan(self.settings, known, is_whole=is_whole)

    def update(self, *, on_progress: OnProgress | None = None) -> Report | None:
        """Sync if the folder or the settings have changed, and return the report; None when there was nothing to do.

        While another process is writing, an index that is not empty is left as it is.
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
        is_whole: IsWhole | None = None,
    ) -> Report:
        """Bring the index up to date with the seeds folder, and report what was done.

        `on_progress` is called with the files done so far, the files to do, and the sentences done so far. For `wait`
        and `on_wait` see `index.storage.lock.writer_lock`, for `is_whole` `index.plan.make_plan`. When the settings
        name another model, a new generation is built while the old one answers. Raises SeedsError, StoreError,
        ModelError or BusyError; what was indexed before then remains.
        """
        with self._syncing, writer_lock(self.settings.store, wait=wait, on_wait=on_wait):
            try:
                report = self._sync(on_progress or (lambda *_: None), is_whole)
            finally:
                self.progress = None
            self.last = report, time.time()
            return report

    def article(self, article_id: str) -> Article:
        """The article as it was indexed; raises StoreError for an unknown id."""
        with self.reading():
            return self.store.article(article_id)

    @property
    def roster(self) -> Roster:
        """Who speaks, and the sentences with corrections applied."""
        with self._making_roster:
            opened, made = self._opened, self._roster
            if made is None or made[0] is not opened:
                stamp = find_stamp(self.settings.seeds)  # first: what is changed during the reading is read again
                corrections = read_corrections(self.settings.seeds)
                for fault in corrections.faults:
                    logger.warning("%s, line %d: %s", PEOPLE_FILE, fault.line, fault.reason)
                roster = Roster(opened.store, opened.lexical, opened.heard, corrections)
                self._roster = made = opened, stamp, roster
            return made[2]

    @property
    def people(self) -> list[Speaker]:
        """Everyone who speaks in the articles, those with the most statements first."""
        return self.roster.people

    def count_statements(self, speaker: Speaker) -> int:
        """The number of statements of one of `people`."""
        return self.roster.count(speaker)

    @property
    def full_names(self) -> dict[str, str]:
        """For each voice, as `Sentence.speaker` has it in `roster`, the name used across all articles."""
        return self.roster.full_names

    def correct(self, correction: Correction) -> None:
        """Make a correction of who is who; it applies from the next `reading` block on, in every process.

        Raises CorrectionError when it would have no effect, and SeedsError when it cannot be written.
        """
        with self.reading():
            reason = self.roster.try_out(correction)
        if reason:
            raise CorrectionError(f"{reason}. Nothing was changed.")
        add_correction(self.settings.seeds, correction)

    def undo(self, correction: Correction) -> None:
        """Take a correction back; raises SeedsError when it is no longer made, or the file cannot be written."""
        remove_correction(self.settings.seeds, correction)

    @property
    def synced(self) -> float | None:
        """When the index was last up to date with the folder, in seconds since 1970; None if it never was."""
        if self._snapshots:
            return self._snapshots.synced
        current = self._opened.catalogue.current()
        return current.synced if current else None

    def close(self) -> None:
        """Close the files."""
        self._opened.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _sync(self, on_progress: OnProgress, is_whole: IsWhole | None) -> Report:
        """Do what `sync` does. Call only while holding the writer lock."""

        def note(done: int, of: int, sentences: int) -> None:
            self.progress = done, of, sentences
            on_progress(done, of, sentences)

        self.progress = 0, 0, 0
        with self._alone():
            if self._is_behind():
                self._reopen(locked=True)  # else what another process wrote would be lost
        plan = make_plan(self.settings, self.store.files(), is_whole=is_whole)
        self.progress = 0, len(plan.read), 0
        if plan.is_empty and not self._is_other_generation() and not self._opened.catalogue.was_interrupted():
            report = apply_plan(self.settings, plan, self.store, self.lexical, self.model, lambda *_: None).report
            if self._snapshots:
                self._snapshots.discard()  # a draft of changes that were undone
                self._snapshots.note_sync()
            else:
                self._opened.catalogue.note_sync()
            return report
        if plan.read:
            prepare_attribution()
        try:
            return self._write(note, is_whole)
        except OnRecordError:
            if self._snapshots:
                self._snapshots.discard()  # only a sync that was killed leaves a draft, which is sound
            raise

    def _is_other_generation(self) -> bool:
        wanted = self._latest_model()
        return (self.model.name, self.model.version) != (wanted.name, wanted.version)

    def _is_behind(self) -> bool:
        if self._snapshots:
            return self._snapshots.current() != self._opened.folder
        current = self._opened.catalogue.current()
        return current is not None and current.revision != self._opened.revision

    def _are_corrected(self) -> bool:
        """Whether the file of corrections has changed since it was read."""
        made = self._roster
        return made is not None and find_stamp(self.settings.seeds) != made[1]

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Wait until no thread is reading, and keep all from reading for the length of the block."""
        with self._gate:
            self._is_awaited = True
            try:
                self._gate.wait_for(lambda: self._readers == 0)
                yield
            finally:
                self._is_awaited = False
                self._gate.notify_all()

    def _reopen(self, *, locked: bool = False) -> None:
        before = self._opened
        self._adopt(self._open_current(locked=locked))
        before.close()

    def _adopt(self, opened: Opened) -> None:
        self._opened = opened
        self.store, self.lexical, self.model, self.records = opened.store, opened.lexical, opened.model, opened.records
        self.counts = len(opened.records), sum(record.sentences for record in opened.records.values())

    def _open_current(self, *, locked: bool = False) -> Opened:
        """Open the current index; `locked` when this process holds the writer lock."""
        if not self._snapshots:
            return self._open(None)
        tested = None  # an index that another process could open: what is wrong with it is no damage
        while True:
            index = self._snapshots.current()
            try:
                if index == tested or not self._snapshots.is_suspect(index):
                    with self._snapshots.opening(index):
                        return self._open(index)
            except StoreError:
                if index == tested and index == self._snapshots.current():
                    raise
            if index != self._snapshots.current():
                continue  # it was replaced, and perhaps deleted, by syncs while it was being opened
            if self._snapshots.is_sound(index):
                tested = index
            elif index == self._snapshots.current():
                with nullcontext() if locked else writer_lock(self.settings.store, wait=False):
                    if index == self._snapshots.current():  # another process may have been quicker
                        self._snapshots.set_aside(index)

    def _open(self, index: Path | None) -> Opened:
        return open_index(self.settings, index, self._latest_model(), snapshots=self._snapshots)

    def _latest_model(self) -> EmbeddingModel:
        """The model that the settings name, in the version that its folder now holds."""
        if self._wanted_model.has_changed:
            self._wanted_model = EmbeddingModel(self._wanted_model.name)
        return self._wanted_model

    def _write(self, on_progress: OnProgress, is_whole: IsWhole | None) -> Report:
        """Sync into a draft, which becomes the current index; on a server, into the index itself."""
        model = self._wanted_model if self._is_other_generation() else self.model
        before = self._opened
        with ExitStack() as opened:
            if self._snapshots:
                with ThreadPoolExecutor(1) as pool:
                    copying = pool.submit(self._snapshots.draft)
                    load_reader()  # at the same time: each takes about half a second
                    draft = copying.result()
                catalogue, lexical = open_parts(self.settings, draft, opened, snapshots=self._snapshots)
            else:
                draft = None
                catalogue, lexical = before.catalogue, before.lexical
            store = open_store(catalogue, model)
            plan = make_plan(self.settings, store.files(), is_whole=is_whole)
            catalogue.note_writing()
            applied = apply_plan(self.settings, plan, store, lexical, model, on_progress)
            records = applied.records
            if self._snapshots and draft:
                store.forget(applied.replaced, records)  # no one reads the draft yet
                catalogue.drop_other_generations(store)
                lexical.update(records, store.sentences)
                revision = catalogue.promote(store).revision
                self._snapshots.promote(draft)
                close = opened.pop_all().close
                with self._alone():
                    self._adopt(Opened(draft, revision, catalogue, store, lexical, model, records, close))
                before.close()
            else:
                with self._alone():
                    # The lexical index first: if its disk is full, this process still answers from the old state.
                    lexical.update(records, store.sentences)
                    revision = catalogue.promote(store).revision
                    self._adopt(Opened(None, revision, catalogue, store, lexical, model, records, before.close))
                store.forget(applied.replaced, records)
                catalogue.drop_other_generations(store)
        return applied.report
