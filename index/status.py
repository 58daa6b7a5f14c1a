"""What an index holds, and how far it is behind its seeds folder; reading the status changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from index.errors import StoreError
from index.library import Library
from index.settings import Settings
from index.storage.lock import find_writer
from index.storage.snapshots import Snapshots


@dataclass(frozen=True)
class Status:
    """The state of an index.

    `engine` is what computes the vectors of `model` on this machine, and in which precision; `synced` is when the index
    was last up to date with the folder, in seconds since 1970; `bytes_on_disk` is the size of its own folder; `stale`
    are the files that are new or changed since, `gone` those that are no longer there, and `skipped` those that could
    not be read, or not entirely, with the reason; `writer` is who is updating it now, or None.
    """

    seeds: str
    store: str
    chroma_url: str | None
    model: str
    engine: str
    articles: int
    sentences: int
    bytes_on_disk: int
    synced: float | None
    stale: tuple[str, ...]
    gone: tuple[str, ...]
    skipped: tuple[tuple[str, str], ...]
    writer: str | None


def read_status(settings: Settings) -> Status:
    """Read the state of the index of these settings; raises StoreError when there is none yet."""
    if not settings.chroma_url and Snapshots(settings.store).synced is None:
        raise StoreError(f"there is no index of {settings.seeds} yet. Make one with: onrecord index")
    with Library(settings) as library:
        plan = library.plan()
        articles, sentences = library.counts
        return Status(
            seeds=str(settings.seeds),
            store=str(settings.store),
            chroma_url=settings.chroma_url,
            model=library.model.name,
            engine=library.model.engine,
            articles=articles,
            sentences=sentences,
            bytes_on_disk=sum(_size(path) for path in settings.store.rglob("*")),
            synced=library.synced,
            stale=tuple(file.name for file in plan.read),
            gone=plan.gone,
            skipped=plan.skipped,
            writer=find_writer(settings.store),
        )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size if path.is_file() else 0
    except OSError:  # one of Chroma's files, deleted a moment ago
        return 0
