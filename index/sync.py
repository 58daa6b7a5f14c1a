"""Carry out a plan: what is new in the seeds folder is read, put into the store and reported."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.errors import ArticleError, SeedsError
from index.models.embedding import EmbeddingModel
from index.models.quick_imports import quick_imports
from index.plan import File, Plan
from index.settings import Settings
from index.storage.ledger import Ledger
from index.storage.store import Store
from index.values import ArticleRecord, FileRecord
from index.writer import Writer

if TYPE_CHECKING:
    from llama_index.core.schema import Document, TextNode

# files done so far, files to do, sentences done so far
OnProgress = Callable[[int, int, int], None]


@dataclass(frozen=True)
class Report:
    """What a sync did.

    How many articles were added, changed, moved to another file, removed and left unchanged; the name of whatever was
    skipped, with the reason; how many texts the model embedded; and what the index holds now.
    """

    added: int = 0
    changed: int = 0
    moved: int = 0
    removed: int = 0
    unchanged: int = 0
    skipped: tuple[tuple[str, str], ...] = ()
    embedded: int = 0
    articles: int = 0
    sentences: int = 0
    seconds: float = 0.0

    @property
    def did_anything(self) -> bool:
        """Whether any article changed."""
        return bool(self.added or self.changed or self.moved or self.removed)


@dataclass(frozen=True)
class Applied:
    """What applying a plan came to.

    `replaced` are the versions of articles that are no longer current. Their sentences stay in the store until
    `Store.forget`, for the readers that still believe them.
    """

    report: Report
    replaced: list[ArticleRecord]


def apply_plan(
    settings: Settings,
    plan: Plan,
    store: Store,
    model: EmbeddingModel,
    on_progress: OnProgress,
) -> Applied:
    """Put what is new into the store, and remove the records of what is gone.

    A file that cannot be read is skipped and reported; what the index held of it remains. Raises SeedsError when
    nothing in the folder can be read at all.
    """
    began = time.perf_counter()
    changes = _Changes(settings, plan, store.ledger)

    def note_progress(files: int, sentences: int) -> None:
        on_progress(files, len(plan.read), sentences)

    if plan.read:
        store.expect(plan.sentences)
    with Writer(store, model, note_progress) as writer:
        for i, file in enumerate(plan.read):
            changes.write_file(file, writer, before=i)
        writer.commit(files=len(plan.read))
    gone = changes.gone
    if store.ledger.counts()[0] == len(gone):
        raise _nothing_to_read(settings, plan, changes.skipped)
    store.remove(gone, plan.gone)
    store.put_files(changes.files_to_note)
    report = changes.report(store.ledger.counts(), embedded=writer.embedded, seconds=time.perf_counter() - began)
    return Applied(report, [*changes.replaced, *gone.values()])


class _Changes:
    """The changes to the articles that a ledger holds, as file after file is read."""

    def __init__(self, settings: Settings, plan: Plan, ledger: Ledger) -> None:
        self._settings, self._plan, self._ledger = settings, plan, ledger
        # Articles whose file is gone, including those that a killed sync put without noting their file.
        unfound = {name for name in ledger.files_of_articles() if name not in plan.found}
        self.gone = {
            key: record for name in sorted(unfound) for key, record in ledger.records("file = ?", name).items()
        }
        self._not_read = ledger.counts()[0] - len(self.gone)  # articles in files that are not read
        self._arrived: list[str] = []
        """The digests of articles that are new."""
        self.replaced: list[ArticleRecord] = []
        self.files_to_note: list[FileRecord] = []
        """Records of files that some articles are gone from, to be put once these are removed."""
        self.skipped = list(plan.skipped)
        self._counts: Counter[str] = Counter()
        self._written: set[str] = set()

    def write_file(self, file: File, writer: Writer, *, before: int) -> None:
        """Read a file, and pass the articles in it that are new or changed to the writer; `before` were read already.

        The file's record comes after its articles, so that what a killed sync leaves out is read again.
        """
        articles, skipped = _read(self._settings, file)
        self.skipped.extend(skipped)
        held = list(self._ledger.records("file = ?", file.name).values())
        self._not_read -= len(held)
        ids = {document.id_ for document, _ in articles}
        gone = {record.id: record for record in held if articles and record.id not in ids}
        self.gone.update(gone)
        if not articles:  # what was indexed of it remains
            self._counts["unchanged"] += len(held)
        for document, nodes in articles:
            writer.commit_if_full(files=before)
            self._write_article(file, document, nodes, writer)
        record = _to_record(self._settings, file, skipped)
        if gone:  # put earlier, the file would count as unchanged after a kill, and they would never be removed
            self.files_to_note.append(record)
        elif not skipped or _is_there(file):  # a file that has vanished may come back unchanged, to be read then
            writer.note(record)
        writer.commit_if_full(files=before + 1)

    def _write_article(self, file: File, document: Document, nodes: list[TextNode], writer: Writer) -> None:
        digest = document.metadata["digest"]
        known = self._ledger.records("id = ?", document.id_).get(document.id_)
        if known and (known.digest, known.file) == (digest, file.name):
            self._counts["unchanged"] += 1
            return
        if document.id_ in self._written:  # as of a row x.txt in a.csv and a file a.csv#x.txt
            self.skipped.append((file.name, f"another file has an article of the same id, {document.id_}: rename it"))
            return
        self._written.add(document.id_)
        self._counts["changed" if known else "added"] += 1
        if not known:
            self._arrived.append(digest)
        elif known.digest != digest:
            self.replaced.append(known)
        self.gone.pop(document.id_, None)  # as when an archive is replaced by a folder of the same name
        writer.write(document, nodes)

    def report(self, counts: tuple[int, int], *, embedded: int, seconds: float) -> Report:
        """Count the changes; `counts` are the articles and the sentences that the store now holds."""
        moved = sum((Counter(self._arrived) & Counter(record.digest for record in self.gone.values())).values())
        return Report(
            added=self._counts["added"] - moved,
            changed=self._counts["changed"],
            moved=moved,
            removed=len(self.gone) - moved,
            unchanged=self._counts["unchanged"] + self._not_read,
            skipped=tuple(sorted(self.skipped)),
            embedded=embedded,
            articles=counts[0],
            sentences=counts[1],
            seconds=seconds,
        )


def load_reader() -> None:
    """Import what reads articles, LlamaIndex above all, before it is first needed."""
    with quick_imports():
        import index.nodes  # noqa: F401


def _read(settings: Settings, file: File) -> tuple[list[tuple[Document, list[TextNode]]], list[tuple[str, str]]]:
    """The articles of a file with their sentences, and what in it is skipped; no articles if nothing can be read."""
    load_reader()
    from index.nodes import ArticleReader, SentenceParser

    try:
        documents, refused = ArticleReader(settings.seeds, max_article_mb=settings.max_article_mb).read(file.path)
    except ArticleError as error:
        return [], [(file.name, _without_name(str(error), file.name))]
    skipped = [(name, _without_name(reason, name)) for name, reason in refused]
    articles = []
    for document in documents:
        nodes = SentenceParser().get_nodes_from_documents([document])
        if nodes:
            articles.append((document, nodes))
        else:
            skipped.append((document.id_, "it contains no sentences"))
    return articles, skipped  # type: ignore[return-value]


def _nothing_to_read(settings: Settings, plan: Plan, skipped: list[tuple[str, str]]) -> SeedsError:
    unread = [*skipped, *((name, "it is still being written") for name in plan.unsettled)]
    name, reason = unread[0]
    more = f" (and {len(unread) - 1} more)" if len(unread) > 1 else ""
    return SeedsError(f"no article could be read from {settings.seeds}: {name}: {reason}{more}")


def _without_name(reason: str, name: str) -> str:
    return reason.replace(f"{name} ", "it ", 1)


def _is_there(file: File) -> bool:
    try:
        file.path.stat()
    except OSError:
        return False
    return True


def _to_record(settings: Settings, file: File, skipped: list[tuple[str, str]]) -> FileRecord:
    return FileRecord(
        path=file.name,
        size=file.size,
        mtime_ns=file.mtime_ns,
        ctime_ns=file.ctime_ns,
        limit=settings.max_article_bytes,
        skipped=tuple(skipped),
    )
