"""Bring the store level with the seeds folder: plan, apply, report."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import ArticleError, SeedsError
from index.models.embedding import EmbeddingModel
from index.models.quick_imports import quick_imports
from index.reading.files import SUFFIXES
from index.settings import Settings
from index.storage.chroma import Store
from index.storage.lexical import Lexical
from index.values import ArticleRecord, FileRecord
from index.writer import Writer

if TYPE_CHECKING:
    from llama_index.core.schema import Document, TextNode

# files done so far, files to do, sentences done so far
OnProgress = Callable[[int, int, int], None]
# whether a file is no longer being written, from its name in the seeds folder and what os.stat says of it now
IsWhole = Callable[[str, os.stat_result], bool]

_SUFFIX_LIST = f"{', '.join(sorted(SUFFIXES)[:-1])} or {max(SUFFIXES)}"


@dataclass(frozen=True)
class Report:
    """What a sync did.

    The numbers of articles added, changed, moved to another file, removed and unchanged; what was skipped, each with
    its name and the reason; how many texts the model embedded; and what the index holds now.
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
        """Whether any article is another than before."""
        return bool(self.added or self.changed or self.moved or self.removed)


@dataclass(frozen=True)
class File:
    """A file of the seeds folder as it is now: its name there, bytes, and times in nanoseconds as os.stat has them."""

    path: Path
    name: str
    size: int
    mtime_ns: int
    ctime_ns: int


@dataclass(frozen=True)
class Plan:
    """What a sync has to do: files to read, in the order of their names, and names of files that are gone.

    `found` holds the names of all files that are there, `unchanged` of those that are as the index has them, and
    `unsettled` of those that are still being written.
    """

    read: tuple[File, ...]
    gone: tuple[str, ...]
    found: frozenset[str]
    unchanged: tuple[str, ...]
    unsettled: tuple[str, ...]
    skipped: tuple[tuple[str, str], ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.read and not self.gone


def require_files(seeds: Path) -> None:
    """Raise SeedsError when there is no such folder, or no file in it that could be an article.

    Nothing is then removed from the index: a folder that is not there (yet) is likelier than a wish to forget it all.
    """
    if not seeds.is_dir():
        raise SeedsError(f"there is no folder {seeds}. Make it and put articles there, or name another with --seeds.")
    if not any(path.suffix.lower() in SUFFIXES for path in walk_files(seeds)):
        raise SeedsError(
            f"no article could be read from {seeds}: it holds no {_SUFFIX_LIST} file. "
            "Put some there, or name another folder with --seeds."
        )


def walk_files(seeds: Path) -> Iterator[Path]:
    """Every file below the folder, hidden ones left out, in the order of their names.

    Raises SeedsError for a folder that cannot be listed: its articles are not gone.
    """

    def fail(error: OSError) -> None:
        raise SeedsError(
            f"the folder {error.filename} cannot be read: {error.strerror}. Nothing was changed."
        ) from error

    for folder, subfolders, names in os.walk(seeds, onerror=fail):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        for name in sorted(names):
            path = Path(folder, name)
            if not name.startswith(".") and (path.is_file() or path.is_symlink()):
                yield path


def make_plan(settings: Settings, known: Mapping[str, FileRecord], *, is_whole: IsWhole | None = None) -> Plan:
    """Compare the seeds folder with the files' records, by size and modification time.

    A file that is not whole is left as the index has it, unless it looks like one that was read before: it was moved.
    Raises SeedsError as `require_files` does.
    """
    require_files(settings.seeds)
    read: list[File] = []
    unchanged: list[str] = []
    unsettled: list[str] = []
    found: set[str] = set()
    skipped: list[tuple[str, str]] = []
    limit = _limit(settings)
    recorded = {(record.size, record.mtime_ns) for record in known.values()}
    for path in walk_files(settings.seeds):
        name = path.relative_to(settings.seeds).as_posix()
        if path.suffix.lower() not in SUFFIXES:
            skipped.append((name, f"{path.suffix or 'no ending'}: only {_SUFFIX_LIST} files are read"))
            continue
        try:
            name.encode()
        except UnicodeEncodeError:
            skipped.append((ascii(name), "its name is not UTF-8: rename it"))
            continue
        found.add(name)
        try:
            status = path.stat()
        except OSError as error:
            skipped.append((name, f"it cannot be read: {error.strerror}"))
            if name in known:
                unchanged.append(name)  # what was indexed of it stays
            continue
        record = known.get(name)
        if record and _is_as_recorded(status, record, limit):
            unchanged.append(name)
            skipped.extend(record.skipped)
        elif is_whole is None or (status.st_size, status.st_mtime_ns) in recorded or is_whole(name, status):
            read.append(File(path, name, status.st_size, status.st_mtime_ns, status.st_ctime_ns))
        else:
            unsettled.append(name)
    gone = tuple(name for name in known if name not in found)
    return Plan(tuple(read), gone, frozenset(found), tuple(unchanged), tuple(unsettled), tuple(skipped))


def apply_plan(
    settings: Settings,
    plan: Plan,
    store: Store,
    lexical: Lexical,
    model: EmbeddingModel,
    on_progress: OnProgress,
) -> tuple[Report, list[ArticleRecord], dict[str, ArticleRecord]]:
    """Put what is new into the store, remove the records of what is gone, and report.

    Returns with the report the versions of articles that are no longer current, whose sentences are still there for
    readers that believe them, until `Store.forget`; and the records of now. A file that cannot be read is skipped and
    reported; what the index held of it stays. Raises SeedsError when nothing in the folder can be read at all.
    """
    began = time.perf_counter()
    before = store.records()
    by_file: dict[str, list[ArticleRecord]] = {}
    for record in before.values():
        by_file.setdefault(record.file, []).append(record)
    skipped = list(plan.skipped)
    replaced: list[ArticleRecord] = []
    counts: Counter[str] = Counter()
    noted_last: list[FileRecord] = []
    # articles whose file is gone, also those that a killed sync had no time to note with their file
    left = {record.id: record for record in before.values() if record.file not in plan.found}

    def say(files: int, sentences: int) -> None:
        on_progress(files, len(plan.read), sentences)

    with Writer(store, lexical, model, before, say) as writer:
        for i, file in enumerate(plan.read):
            articles, refused = _read(settings, file)
            skipped.extend(refused)
            held = by_file.get(file.name, [])
            ids = {document.id_ for document, _ in articles}
            lost = {record.id: record for record in held if articles and record.id not in ids}
            if lost:  # noted before they are removed, it would count as unchanged after a kill, and they would stay
                noted_last.append(_to_record(settings, file, refused))
            elif not refused or _is_there(file):  # else it may be back tomorrow, as it was: it is to be read then
                writer.note(_to_record(settings, file, refused))
            left.update(lost)
            if not articles:  # what was indexed of it stays
                counts["unchanged"] += len(held)
                continue
            for document, nodes in articles:
                known = before.get(document.id_)
                if known and (known.digest, known.file) == (document.metadata["digest"], file.name):
                    counts["unchanged"] += 1
                    continue
                counts["changed" if known else "added"] += 1
                if known and known.digest != document.metadata["digest"]:
                    replaced.append(known)
                left.pop(document.id_, None)  # as where an archive gives way to a folder of its name
                writer.write(document, nodes)
            writer.commit_if_full(files=i + 1)
        writer.commit(files=len(plan.read))
    records = {article_id: record for article_id, record in store.records().items() if article_id not in left}
    if not records:
        skipped += [(name, "it is still being written") for name in plan.unsettled]
        name, reason = skipped[0]
        more = f" (and {len(skipped) - 1} more)" if len(skipped) > 1 else ""
        raise SeedsError(f"no article could be read from {settings.seeds}: {name}: {reason}{more}")
    store.remove(left, plan.gone)
    store.put_files(noted_last)

    arrived = Counter(record.digest for article_id, record in records.items() if article_id not in before)
    moved = sum((arrived & Counter(record.digest for record in left.values())).values())
    report = Report(
        added=counts["added"] - moved,
        changed=counts["changed"],
        moved=moved,
        removed=len(left) - moved,
        unchanged=counts["unchanged"] + sum(len(by_file.get(name, ())) for name in (*plan.unchanged, *plan.unsettled)),
        skipped=tuple(sorted(skipped)),
        embedded=writer.embedded,
        articles=len(records),
        sentences=sum(record.sentences for record in records.values()),
        seconds=time.perf_counter() - began,
    )
    return report, [*replaced, *left.values()], records


def load_reader() -> None:
    """Import what reads articles, LlamaIndex above all, ahead of its first use."""
    with quick_imports():
        import index.nodes  # noqa: F401


def _read(settings: Settings, file: File) -> tuple[list[tuple[Document, list[TextNode]]], list[tuple[str, str]]]:
    """The articles of a file with their sentences, and what in it is skipped; no articles where nothing can be read."""
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
            skipped.append((document.id_, "it holds no sentence"))
    return articles, skipped  # type: ignore[return-value]


def _without_name(reason: str, name: str) -> str:
    return reason.replace(f"{name} ", "it ", 1)


def _is_there(file: File) -> bool:
    try:
        file.path.stat()
    except OSError:
        return False
    return True


def _is_as_recorded(status: os.stat_result, record: FileRecord, limit: int) -> bool:
    if (status.st_size, status.st_mtime_ns) != (record.size, record.mtime_ns):
        return False
    # What was refused may be allowed by now, by its mode or by the limit.
    return not record.skipped or (status.st_ctime_ns, limit) == (record.ctime_ns, record.limit)


def _to_record(settings: Settings, file: File, skipped: list[tuple[str, str]]) -> FileRecord:
    return FileRecord(
        path=file.name,
        size=file.size,
        mtime_ns=file.mtime_ns,
        ctime_ns=file.ctime_ns,
        limit=_limit(settings),
        skipped=tuple(skipped),
    )


def _limit(settings: Settings) -> int:
    return int(settings.max_article_mb * 1_000_000)
