"""One open index: its parts in Chroma, the ledger beside them, the model, and who speaks in the articles."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.models.embedding import EmbeddingModel
from index.settings import Settings
from index.storage.catalogue import Catalogue, Current
from index.storage.chroma import Part
from index.storage.connection import connect, disconnect
from index.storage.generation import SCHEMA
from index.storage.ledger import NOTHING, Ledger
from index.storage.lexical import Lexical
from index.storage.snapshots import Snapshots
from index.storage.store import Records, Store

logger = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class OpenPart:
    """A part that is open, of a folder or with None of a server; several indexes may have it in common.

    `current` was its generation when it was opened. It may be closed more than once.
    """

    folder: Path | None
    client: Any
    catalogue: Catalogue
    current: Current | None
    model: EmbeddingModel
    part: Part
    close: Callable[[], None]

    @property
    def is_searched(self) -> bool:
        """Whether it holds a generation of its model, and of this version of On the Record."""
        return self.current is not None and self.current.generation == self.part.generation


@dataclass(frozen=True)
class Opened:
    """An open index of this revision; `folder` is None when a server holds it.

    `release` closes all but the parts, and lets the index be deleted.
    """

    folder: Path | None
    revision: int
    parts: tuple[OpenPart, ...]
    store: Store
    lexical: Lexical
    model: EmbeddingModel
    records: Records
    release: Callable[[], None]

    @property
    def needs_writing(self) -> bool:
        """Whether nothing was ever indexed, or a writer of a server was interrupted."""
        catalogue = self.parts[0].catalogue if self.parts and self.folder is None else None
        return not self.store.parts or (catalogue is not None and catalogue.was_interrupted())

    def close(self, *, but: Collection[OpenPart] = ()) -> None:
        """Close the index, except for these parts of it."""
        self.release()
        for part in self.parts:
            if part not in but:
                part.close()


def open_snapshot(
    settings: Settings, snapshots: Snapshots, index: Path, wanted: EmbeddingModel, known: Collection[OpenPart] = ()
) -> Opened:
    """Open an index in a store's folder: its generation, or nothing when that cannot be searched.

    The parts of it that are `known` are open already.
    """
    with ExitStack() as stack:
        release = snapshots.protect(index)
        stack.callback(release)
        if snapshots.is_of_another_version(index):
            logger.warning("the index in %s is of another version of On the Record: it is rebuilt", settings.store)
        parts: list[OpenPart] = []
        for listed in snapshots.parts(index):
            part = next((part for part in known if part.folder == listed.folder), None)
            if part is None:
                with snapshots.opening(listed.folder):
                    part = open_part(settings, listed.folder, wanted)
                    part.part.load()
                stack.callback(part.close)
            parts.append(part)
        is_searched = bool(parts) and parts[-1].is_searched
        ledger = open_ledger(settings, snapshots.revision(index) if is_searched else NOTHING)
        stack.callback(ledger.close)
        store = Store([part.part for part in parts] if is_searched else [], ledger)
        if is_searched:
            store.level()
        if parts:
            _warn(settings, parts[-1], wanted)
        stack.pop_all()
    return to_opened(
        index, snapshots.revision(index), parts, store, parts[-1].model if is_searched else wanted, release
    )


def open_server(settings: Settings, wanted: EmbeddingModel) -> Opened:
    """Open the index on a Chroma server: its generation, or an empty one of the wanted model."""
    with ExitStack() as stack:
        part = open_part(settings, None, wanted)
        stack.callback(part.close)
        part.part.load()
        revision = part.current.revision if part.current else 0
        ledger = open_ledger(settings, revision if part.is_searched else NOTHING, part)
        stack.callback(ledger.close)
        store = Store([part.part], ledger, is_served=True)
        if part.is_searched:
            store.level(since=part.current.since if part.current else None)
        _warn(settings, part, wanted)
        stack.pop_all()
    return to_opened(None, revision, [part], store, part.model)


def to_opened(
    folder: Path | None,
    revision: int,
    parts: Sequence[OpenPart],
    store: Store,
    model: EmbeddingModel,
    release: Callable[[], None] = lambda: None,
) -> Opened:
    """An index whose parts, store and ledger are open; `release` is called when it is closed."""

    def close() -> None:
        store.ledger.close()
        release()

    return Opened(folder, revision, tuple(parts), store, Lexical(store.ledger), model, store.records(), close)


def open_part(settings: Settings, folder: Path | None, wanted: EmbeddingModel, *, anew: bool = False) -> OpenPart:
    """Open the part in a folder, or with None that on the server, which is made if there is none.

    With `anew`, it is to be of the wanted model, whatever else there is.
    """
    client = connect(settings, folder)
    with ExitStack() as closing:
        closing.callback(disconnect, client)
        catalogue = Catalogue(client)
        current = catalogue.current()
        is_known = current is not None and current.schema == SCHEMA and current.model != wanted.name and not anew
        model = EmbeddingModel(current.model) if current and is_known else wanted
        part = Part(client, model=model.name, dimension=model.dimension, version=model.version)
        return OpenPart(folder, client, catalogue, current, model, part, closing.pop_all().close)


def open_ledger(settings: Settings, revision: int, server: OpenPart | None = None) -> Ledger:
    """The ledger beside the store's indexes, or of what a server holds, at a revision."""
    origin = server.catalogue.origin if server else ""
    return Ledger(settings.store / "ledger.sqlite3", revision, origin=origin)


def _warn(settings: Settings, part: OpenPart, wanted: EmbeddingModel) -> None:
    """Say why an index is going to be rebuilt, if it is."""
    current = part.current
    if current and current.schema != SCHEMA:
        logger.warning("the index in %s is of another version of On the Record: it is rebuilt", settings.store)
    elif current and current.model != wanted.name:
        logger.warning("the index in %s is of the model %s: it is rebuilt", settings.store, current.model)
    elif current and not part.is_searched:
        logger.warning("the model %s has changed: the index in %s is rebuilt", wanted.name, settings.store)
