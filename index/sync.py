"""Bring the store level with the seeds folder: plan, apply, report."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from index.articles import SUFFIXES
from index.embedding import EmbeddingModel, quick_imports
from index.errors import ArticleError, BusyError, SeedsError
from index.settings import Settings
from index.store import ArticleRecord, Store

if TYPE_CHECKING:
    from llama_index.core.schema import Document, TextNode

# files read so far, files to read, sentences embedded so far
OnProgress = Callable[[int, int, int], None]

_SENTENCES_A_BATCH = 512  # are embedded, then committed, together
_SUFFIX_LIST = " or ".join(sorted(SUFFIXES))


@dataclass(frozen=True)
class Report:
    """What a sync did: numbers of articles, the files skipped with their reasons, and what the index holds now."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    skipped: tuple[tuple[str, str], ...] = ()
    articles: int = 0
    sentences: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class File:
    """A file of the seeds folder: its article id, its size in bytes and its modification time in nanoseconds."""

    path: Path
    article_id: str
    size: int
    mtime_ns: int


@dataclass(frozen=True)
class Plan:
    """What a sync has to do. `read` and `gone` are in the order of the article ids."""

    read: tuple[File, ...]
    gone: tuple[str, ...]
    unchanged: int
    skipped: tuple[tuple[str, str], ...]


def require_files(seeds: Path) -> None:
    """Raise SeedsError when there is no such folder, or no file in it that could be an article.

    Nothing is then removed from the index: a folder that is not there (yet) is likelier than a wish to forget it all.
    """
    if not seeds.is_dir():
        raise SeedsError(f"there is no folder {seeds}. Make it and put articles there, or name another with --seeds.")
    if not any(path.suffix.lower() in SUFFIXES for path in _walk(seeds)):
        raise SeedsError(
            f"no article could be read from {seeds}: it holds no {_SUFFIX_LIST} file. "
            "Put some there, or name another folder with --seeds."
        )


def make_plan(settings: Settings, records: Mapping[str, ArticleRecord]) -> Plan:
    """Compare the seeds folder with the articles' records, by size and modification time.

    Raises SeedsError as `require_files` does.
    """
    require_files(settings.seeds)
    read: list[File] = []
    found: set[str] = set()
    skipped: list[tuple[str, str]] = []
    unchanged = 0
    for path in _walk(settings.seeds):
        article_id = path.relative_to(settings.seeds).as_posix()
        if path.suffix.lower() not in SUFFIXES:
            skipped.append((article_id, f"{path.suffix or 'no ending'}: only {_SUFFIX_LIST} files are read"))
            continue
        try:
            article_id.encode()
        except UnicodeEncodeError:
            skipped.append((ascii(article_id), "its name is not UTF-8: rename it"))
            continue
        found.add(article_id)
        try:
            status = path.stat()
        except OSError as error:
            skipped.append((article_id, f"it cannot be read: {error.strerror}"))
            continue
        record = records.get(article_id)
        if record and (record.size, record.mtime_ns) == (status.st_size, status.st_mtime_ns):
            unchanged += 1
        else:
            read.append(File(path, article_id, status.st_size, status.st_mtime_ns))
    gone = tuple(article_id for article_id in records if article_id not in found)
    return Plan(tuple(read), gone, unchanged, tuple(skipped))


def sync(settings: Settings, store: Store, model: EmbeddingModel, *, on_progress: OnProgress | None = None) -> Report:
    """Bring the store level with the seeds folder, and say what was done.

    A file that cannot be read is skipped and reported; what the index held of it stays. `on_progress` is called with
    the files read so far, the files to read, and the sentences embedded so far. Raises SeedsError as `make_plan` does,
    and StoreError when another process is writing or the store cannot be written.
    """
    from filelock import FileLock, Timeout

    began = time.perf_counter()
    try:
        with FileLock(store.folder / "writer.lock", timeout=0):
            return _apply(settings, store, model, began, on_progress or (lambda *_: None))
    except Timeout as error:
        raise BusyError(
            f"another process is updating the index {store.folder}. Wait for it to finish, then try again."
        ) from error


def _apply(settings: Settings, store: Store, model: EmbeddingModel, began: float, on_progress: OnProgress) -> Report:
    records = store.records()
    plan = make_plan(settings, records)
    skipped = list(plan.skipped)
    added = changed = saved_anew = 0
    sentences = 0

    def commit(documents: list[Document], nodes: list[TextNode]) -> None:
        # Wire copy repeats: equal sentences are embedded once.
        titles = [document.metadata["title"] for document in documents]
        texts = list(dict.fromkeys([*titles, *(node.text for node in nodes)]))
        model.verify()
        vectors = dict(zip(texts, model.encode(texts).tolist(), strict=True))
        for document, title in zip(documents, titles, strict=True):
            document.embedding = vectors[title]
        for node in nodes:
            node.embedding = vectors[node.text]
        store.put(documents, nodes)

    documents: list[Document] = []
    nodes: list[TextNode] = []
    for i, file in enumerate(plan.read):
        record = records.get(file.article_id)
        try:
            document, its_nodes = _read(settings, file)
        except ArticleError as error:
            skipped.append((file.article_id, str(error).replace(f"{file.article_id} ", "it ", 1)))
            continue
        if record and record.digest == document.metadata["digest"]:
            store.touch(record, size=file.size, mtime_ns=file.mtime_ns)
            saved_anew += 1
            continue
        added, changed = added + (record is None), changed + (record is not None)
        documents.append(document)
        nodes.extend(its_nodes)
        if len(nodes) >= _SENTENCES_A_BATCH:
            commit(documents, nodes)
            sentences += len(nodes)
            documents, nodes = [], []
            on_progress(i + 1, len(plan.read), sentences)
    if documents:
        commit(documents, nodes)
        on_progress(len(plan.read), len(plan.read), sentences + len(nodes))
    if not store.records().keys() - set(plan.gone):
        raise SeedsError(
            f"no article could be read from {settings.seeds}: {skipped[0][0]}: {skipped[0][1]}"
            + (f" (and {len(skipped) - 1} more)" if len(skipped) > 1 else "")
        )
    store.remove(plan.gone)
    store.drop_leftovers()
    store.drop_other_versions()

    records = store.records()
    return Report(
        added=added,
        changed=changed,
        removed=len(plan.gone),
        unchanged=plan.unchanged + saved_anew,
        skipped=tuple(skipped),
        articles=len(records),
        sentences=sum(record.sentences for record in records.values()),
        seconds=time.perf_counter() - began,
    )


def _walk(seeds: Path) -> Iterator[Path]:
    """Every file below the folder, hidden ones left out, in the order of their names."""
    for folder, subfolders, names in os.walk(seeds):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        for name in sorted(names):
            path = Path(folder, name)
            if not name.startswith(".") and (path.is_file() or path.is_symlink()):
                yield path


def _read(settings: Settings, file: File) -> tuple[Document, list[TextNode]]:
    with quick_imports():
        from index.nodes import ArticleReader, SentenceParser

    reader = ArticleReader(settings.seeds, max_article_mb=settings.max_article_mb)
    (document,) = reader.load_data(file.path, extra_info={"size": file.size, "mtime_ns": file.mtime_ns})
    nodes = SentenceParser().get_nodes_from_documents([document])
    if not nodes:
        raise ArticleError("it holds no sentence")
    return document, nodes  # type: ignore[return-value]
