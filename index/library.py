"""The way into an index: it is opened, read by several threads, and kept up to date with the seeds folder."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, nullcontext, suppress
from dataclasses import replace
from types import TracebackType

from index.errors import BusyError, CorrectionError, LostError, OnRecordError, StoreError
from index.file_names import PEOPLE_FILE
from index.merger import Merger
from index.models.embedding import EmbeddingModel
from index.opened import Opened, OpenPart, open_ledger, open_part, open_server, open_snapshot, to_opened
from index.own_files import Stamp, find_stamp
from index.people_file import add_correction, read_corrections, remove_correction
from index.plan import IsWhole, Plan, make_plan, require_files
from index.roster import Heard, Roster, hear
from index.settings import Settings
from index.speech.corrections import Correction
from index.storage.chroma import Part
from index.storage.history import History, Version
from index.storage.lexical import Lexical
from index.storage.lock import make_folder, writer_lock
from index.storage.snapshots import Snapshots
from index.storage.store import Records, Store
from index.sync import OnProgress, Report, apply_plan, load_reader
from index.values import Article, Speaker
from index.writer import prepare_attribution

logger = logging.getLogger(__name__)


class Library:
    """An opened index, usable from several threads. Close it, or use it in a `with` block.

    `store`, `lexical`, `model`, `records` and `roster` belong together, and do not change within a `reading` block.
    Between such blocks they follow what this process, or another one, indexes or corrects.
    """

    store: Store
    lexical: Lexical
    model: EmbeddingModel
    records: Records
    counts: tuple[int, int]
    """The numbers of articles and of sentences."""
    progress: tuple[int, int, int] | None
    """The last arguments of `on_progress` in the sync that this process is running; None when it is running none."""
    last: tuple[Report, float] | None
    """The report of the last sync in this process, and its time in seconds since 1970."""
    on_sync: list[Callable[[], None]]
    """Called after each sync in this process, by the thread that synced: each returns at once."""

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
        self._heard: tuple[Opened, Heard] | None = None  # in what was open
        self._roster: tuple[Opened, Stamp | None, Roster] | None = None  # of what was open, and of which file
        self.progress = None
        self.last = None
        self.on_sync = []
        self._wanted_model = EmbeddingModel(settings.model)
        self._snapshots = None if settings.chroma_url else Snapshots(settings.store)
        self._merger = Merger(settings, self._snapshots) if self._snapshots else None
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
        if self.plan().is_empty and not self._is_other_generation() and self.counts[0]:
            return None
        try:
            return self.sync(on_progress=on_progress, wait=False)
        except BusyError as error:
            if not self.counts[0]:
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
        if self._merger:
            self._merger.begin(self.model, self.counts[1])
        for callback in self.on_sync:
            callback()
        return report

    def open_history(self) -> History:
        """What was indexed once, and what was found to be new; close it after use."""
        return History(self.settings.store, most=int(self.settings.history_mb * 1_000_000))

    def version(self, article_id: str, digest: str) -> Version | None:
        """An article as it was indexed with this digest, if it was replaced since and is kept; else None."""
        if not History.exists(self.settings.store):
            return None
        with closing(self.open_history()) as history:
            return history.version(article_id, digest)

    def finish_merge(self) -> None:
        """Wait until what a sync began to merge in the background is one part; see `index.storage.merging`."""
        if self._merger:
            self._merger.finish()

    def article(self, article_id: str) -> Article:
        """The article as it was indexed; raises StoreError for an unknown id."""
        with self.reading():
            return self.store.article(article_id)

    def read_text(self, article_id: str) -> str:
        """The text of an article as it was indexed; raises StoreError for an unknown id."""
        return self.article(article_id).text

    @property
    def roster(self) -> Roster:
        """Who speaks, and the sentences with corrections applied."""
        with self._making_roster:
            opened, made = self._opened, self._roster
            if made is None or made[0] is not opened:
                # First: what is changed during the reading is read again.
                stamp = find_stamp(self.settings.seeds / PEOPLE_FILE)
                corrections = read_corrections(self.settings.seeds)
                for fault in corrections.faults:
                    logger.warning("%s, line %d: %s", PEOPLE_FILE, fault.line, fault.reason)
                roster = Roster(opened.store, opened.lexical, self._hear(opened), corrections)
                self._roster = made = opened, stamp, roster
            return made[2]

    def _hear(self, opened: Opened) -> Heard:
        """Who speaks in an index; what the last one that was heard has in common with it is not read again."""
        if self._heard is None or self._heard[0] is not opened:
            before = self._heard[1] if self._heard else None
            self._heard = opened, hear(opened.records, opened.lexical.speakers(), before)
        return self._heard[1]

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
        current = self._opened.parts[0].catalogue.current()
        return current.synced if current else None

    def close(self) -> None:
        """Close the files. A merge that is going on stops, and is taken up again after a later sync."""
        if self._merger:
            self._merger.close()
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
        opened = self._opened
        if plan.is_empty and not self._is_other_generation() and not opened.needs_writing:
            report = apply_plan(self.settings, plan, self.store, self.model, lambda *_: None).report
            if self._snapshots:
                self._snapshots.discard()  # a draft of changes that were undone
                self._snapshots.note_sync()
            else:
                opened.parts[0].catalogue.note_sync()
            return report
        if plan.read:
            prepare_attribution()
        if not self._snapshots:
            return self._write_to_server(note, is_whole)
        try:
            return self._write(self._snapshots, plan, note, is_whole)
        except OnRecordError:
            self._snapshots.discard()  # only a sync that was killed leaves a draft, which is sound
            with suppress(StoreError):
                self.store.ledger.begin(self._opened.revision)
            raise

    def _is_other_generation(self) -> bool:
        wanted = self._latest_model()
        return (self.model.name, self.model.version) != (wanted.name, wanted.version)

    def _is_behind(self) -> bool:
        if self.store.ledger.is_damaged:
            return True
        if self._snapshots:
            return self._snapshots.current() != self._opened.folder
        try:
            current = self._opened.parts[0].catalogue.current()
        except LostError:  # the server has been emptied
            return True
        return (current.revision if current else 0) != self._opened.revision

    def _are_corrected(self) -> bool:
        """Whether the file of corrections has changed since it was read."""
        made = self._roster
        return made is not None and find_stamp(self.settings.seeds / PEOPLE_FILE) != made[1]

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
        self._adopt(self._open_current(before.parts, locked=locked))
        before.close(but=self._opened.parts)

    def _adopt(self, opened: Opened) -> None:
        self._opened = opened
        self.store, self.lexical, self.model, self.records = opened.store, opened.lexical, opened.model, opened.records
        self.counts = opened.store.ledger.counts()

    def _open_current(self, known: tuple[OpenPart, ...] = (), *, locked: bool = False) -> Opened:
        """Open the current index, whose parts that are `known` are open; `locked` when this process holds the lock."""
        snapshots = self._snapshots
        if not snapshots:
            return open_server(self.settings, self._latest_model())
        trusted = {part.folder for part in known}  # what is wrong with these is no damage
        while True:
            index = snapshots.current()
            parts = [part.folder for part in snapshots.parts(index) if part.folder not in trusted]
            suspect = [part for part in parts if snapshots.is_suspect(part)]
            try:
                if not suspect:
                    return open_snapshot(self.settings, snapshots, index, self._latest_model(), known)
            except StoreError:
                if index == snapshots.current() and not parts:
                    raise
                suspect = parts
            for part in suspect:
                if snapshots.is_sound(part):
                    trusted.add(part)
                elif index == snapshots.current():  # else it was replaced, and deleted, by syncs meanwhile
                    with nullcontext() if locked else writer_lock(self.settings.store, wait=False):
                        if index == snapshots.current():  # another process may have been quicker
                            snapshots.set_aside(part)

    def _latest_model(self) -> EmbeddingModel:
        """The model that the settings name, in the version that its folder now holds."""
        if self._wanted_model.has_changed:
            self._wanted_model = EmbeddingModel(self._wanted_model.name)
        return self._wanted_model

    def _write(self, snapshots: Snapshots, plan: Plan, on_progress: OnProgress, is_whole: IsWhole | None) -> Report:
        """Sync into a draft, which becomes the current index; one that holds anything else gets its own plan."""
        before = self._opened
        model = self._wanted_model if self._is_other_generation() else self.model
        anew = model is not self.model or not before.store.parts
        snapshots.tidy()
        with ThreadPoolExecutor(1) as pool:
            drafting = pool.submit(snapshots.draft, before.store.ledger.counts()[1], anew=anew)
            load_reader()  # at the same time: each takes about half a second
            draft = drafting.result()
        folders = [part.folder for part in draft.kept]
        kept = [part for part in before.parts if part.folder in folders]
        with ExitStack() as stack:
            written = open_part(self.settings, draft.folder, model, anew=anew)
            stack.callback(written.close)
            ledger = open_ledger(self.settings, draft.revision)
            stack.callback(ledger.close)
            is_level = ledger.begin(before.revision)
            store = Store([*(part.part for part in kept), written.part], ledger, keep=self._keep)
            if anew or draft.is_resumed or not is_level:
                store.level_anew()
                plan = make_plan(self.settings, store.files(), is_whole=is_whole)
            written.catalogue.note_writing()
            applied = apply_plan(self.settings, plan, store, model, on_progress)
            store.forget(applied.replaced)  # no one reads the draft yet
            ledger.finish()
            current = written.catalogue.promote(written.part)
            index = snapshots.promote(draft, written.part.count())
            release = snapshots.protect(index)
            stack.pop_all()
        parts = [*kept, replace(written, current=current)]
        with self._alone():
            self._adopt(to_opened(index, draft.revision, parts, store, model, release))
        before.close(but=kept)
        ledger.prune(snapshots.oldest_read())
        return applied.report

    def _keep(self, versions: Iterable[Version]) -> None:
        with closing(self.open_history()) as history:
            history.keep(versions)

    def _write_to_server(self, on_progress: OnProgress, is_whole: IsWhole | None) -> Report:
        """Sync into what readers read, in an order that leaves each article whole."""
        before = self._opened
        (server,) = before.parts
        written, model = server, self.model
        if self._is_other_generation():
            model = self._wanted_model
            part = Part(server.client, model=model.name, dimension=model.dimension, version=model.version)
            written = replace(server, model=model, part=part)
        with ExitStack() as stack:
            ledger = open_ledger(self.settings, before.revision + 1, server)
            stack.callback(ledger.close)
            store = Store([written.part], ledger, is_served=True, keep=self._keep)
            since = server.current.since if server.current and written.is_searched else None
            if ledger.begin(before.revision) and since is not None and since <= before.revision:
                store.follow(before.revision)  # what an interrupted writer left
            else:
                store.level_anew()
            ledger.withhold(before.revision)  # else a revision that is never promoted would be believed
            plan = make_plan(self.settings, store.files(), is_whole=is_whole)
            written.catalogue.note_writing()
            applied = apply_plan(self.settings, plan, store, model, on_progress)
            if store.is_littered():
                written.catalogue.note_forgetting()
                written.part.unbury()
            with self._alone():
                current = written.catalogue.promote(written.part, after=before.revision)
                try:
                    ledger.finish()
                except StoreError as error:  # its disk is full: it is made level when it is next opened
                    logger.warning("%s", error)
                stack.pop_all()
                written = replace(written, current=current)
                # If somebody else has written meanwhile, this is an earlier revision, and it is opened anew.
                self._adopt(to_opened(None, ledger.revision, [written], store, model))
        before.close(but=before.parts)
        store.forget(applied.replaced)
        written.catalogue.drop_other_generations(written.part)
        ledger.prune(ledger.revision)
        return applied.report
