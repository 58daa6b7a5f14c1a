"""Articles on their way into the store: who speaks in them, the vectors of their sentences, the commit.

Other processes, on half of the cores, find out who speaks in one batch of articles while this process embeds the batch
before it. That takes it about twice as long, so it may use every core. Batches grow with the store: Chroma writes its
graphs whole with every commit, so all commits of a build together write about sixteen times its size, however large it
becomes.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING

from index.models.embedding import EmbeddingModel
from index.speech.people import from_json
from index.storage.lexical import Lexical
from index.storage.store import Store
from index.values import FileRecord

if TYPE_CHECKING:
    from llama_index.core.schema import Document, TextNode

    from index.speech.attribution import Attribution

LEAST = 512  # sentences in a batch, and texts embedded at once
MOST = 8192  # sentences in a batch, which take about 150 MB
SHARE = 16  # a batch is a sixteenth of what is stored
PROCESSES = 4  # at most, of 250 MB each
IDLE_SECONDS = 20.0


@dataclass
class _Entry:
    """An article with its sentences, and who speaks in it, once that is being found out."""

    document: Document
    nodes: list[TextNode]
    attribution: Future[Attribution] | None


@dataclass
class _Batch:
    """Articles that are committed together, the files to record with them, and how many files are then done."""

    entries: list[_Entry] = field(default_factory=list)
    records: list[FileRecord] = field(default_factory=list)
    sentences: int = 0
    files: int = 0


class Writer:
    """Puts articles into the store, one batch behind what it is given. Use it in a `with` block."""

    def __init__(
        self,
        store: Store,
        model: EmbeddingModel,
        on_progress: Callable[[int, int], None],
    ) -> None:
        """`on_progress` is called with the numbers of files and sentences done so far."""
        self._store, self._model, self._on_progress = store, model, on_progress
        self._lexical = Lexical(store.ledger)
        articles, self._stored = store.ledger.counts()
        self._was_empty = not articles
        self._filling, self._full = _Batch(), _Batch()
        self._files = self._sentences = 0  # done so far
        self.embedded = 0

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for batch in (self._full, self._filling):  # not empty if an error ended the block
            for entry in batch.entries:
                if entry.attribution:
                    entry.attribution.cancel()

    def write(self, document: Document, nodes: list[TextNode]) -> None:
        """Add an article with its sentences."""
        self._filling.entries.append(_Entry(document, nodes, self._known(document, nodes)))
        self._filling.sentences += len(nodes)

    def note(self, record: FileRecord) -> None:
        """Add a file's record, which is put once its articles are committed."""
        self._filling.records.append(record)

    def commit_if_full(self, *, files: int) -> None:
        """If the batch is full, after this number of files, commit the one before it and begin another."""
        if self._filling.sentences >= min(max(LEAST, (self._stored + self._sentences) // SHARE), MOST):
            self._filling.files = files
            _begin_attribution(self._filling)
            if self._full.entries:
                self._commit(self._full)
            self._filling, self._full = _Batch(), self._filling

    def commit(self, *, files: int) -> None:
        """Commit everything, which is this number of files."""
        self._filling.files = files
        _begin_attribution(self._filling)
        if self._full.entries:
            self._commit(self._full)
        self._commit(self._filling)
        self._filling, self._full = _Batch(), _Batch()

    def _known(self, document: Document, nodes: list[TextNode]) -> Future[Attribution] | None:
        """Who speaks in an article that the store holds under another id: its file was moved or copied."""
        from index.speech.attribution import Attribution

        for record in self._store.ledger.records("digest = ?", document.metadata["digest"]).values():
            held = self._store.sentences(record)
            if [sentence.text for sentence in held] == [node.text for node in nodes]:
                known: Future[Attribution] = Future()
                known.set_result(Attribution(held, from_json(record.speakers)))
                return known
        return None

    def _commit(self, batch: _Batch) -> None:
        if batch.entries:
            self._embed(batch)
            for entry in batch.entries:
                _add_speakers(entry)
            documents = [entry.document for entry in batch.entries]
            nodes = [node for entry in batch.entries for node in entry.nodes]
            self._store.put(documents, nodes)
        if batch.records:
            self._store.put_files(batch.records)
        self._sentences += batch.sentences
        self._files = batch.files
        self._on_progress(self._files, self._sentences)

    def _embed(self, batch: _Batch) -> None:
        # Wire copy repeats, and most of an edited article remains: no text that the index knows is embedded again.
        titles = {entry.document.metadata["title"] for entry in batch.entries}
        texts = dict.fromkeys(node.text for entry in batch.entries for node in entry.nodes)
        vectors = self._store.vectors_of(self._lexical.find_equal(texts))
        for title in () if self._was_empty else titles - vectors.keys():
            vector = self._store.title_vector(title)
            if vector:
                vectors[title] = vector
        new = [text for text in (*sorted(titles - texts.keys()), *texts) if text not in vectors]
        if new:
            self._model.verify()
        for i in range(0, len(new), LEAST):
            if i:
                files = (batch.files - self._files) * i // len(new)
                self._on_progress(self._files + files, self._sentences + batch.sentences * i // len(new))
            some = new[i : i + LEAST]
            vectors.update(zip(some, self._model.encode(some, beside_others=True).tolist(), strict=True))
        self.embedded += len(new)
        for entry in batch.entries:
            entry.document.embedding = vectors[entry.document.metadata["title"]]
            for node in entry.nodes:
                node.embedding = vectors[node.text]


def _half_of_the_cores() -> int:
    from loky import cpu_count

    return max(int(cpu_count()) // 2, 1)


def prepare_attribution() -> None:
    """Start a process that finds out who speaks before it is needed: loading its parser takes about a second."""
    with suppress(BrokenExecutor, NotImplementedError, OSError):
        if workers := _start_workers():
            workers.submit(_load_parser)


def _load_parser() -> None:
    from index.speech.attribution import load_parser

    load_parser()  # it remains in its process, being too large to send


def _start_workers() -> Executor | None:
    """The processes that find out who speaks, started when needed or killed; None if this process may have none."""
    from loky import get_reusable_executor

    if multiprocessing.current_process().daemon:
        return None  # it may have no children, so it does the work itself, as on a system without semaphores
    workers: Executor = get_reusable_executor(
        min(_half_of_the_cores(), PROCESSES),
        timeout=IDLE_SECONDS,
        initializer=_end_with_parent,
        initargs=(os.getpid(),),
        env={"OPENBLAS_NUM_THREADS": "1"},  # else the threads of NumPy wait for each other, and for busy cores
    )
    return workers


def _end_with_parent(parent: int) -> None:
    """Have this process end with the parent that started it, even when that is killed."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="parent").start()


def _begin_attribution(batch: _Batch) -> None:
    """Let other processes begin to find out who speaks in the articles of a batch."""
    if not batch.entries:
        return  # without importing what reads articles
    from index.nodes import to_article, to_sentences
    from index.speech.attribution import attribute

    wanted = [entry for entry in batch.entries if not entry.attribution]
    with suppress(BrokenExecutor, NotImplementedError, OSError):
        if wanted and (workers := _start_workers()):
            for entry in wanted:
                article = to_article(entry.document)
                entry.attribution = workers.submit(attribute, article, to_sentences(entry.document, entry.nodes))


def _add_speakers(entry: _Entry) -> None:
    from index.nodes import add_speakers, to_article, to_sentences
    from index.speech.attribution import attribute

    attribution = None
    if entry.attribution:
        with suppress(BrokenExecutor):  # the process was killed, perhaps because memory ran out
            attribution = entry.attribution.result()
    if not attribution:
        attribution = attribute(to_article(entry.document), to_sentences(entry.document, entry.nodes))
    add_speakers(entry.document, entry.nodes, attribution)
