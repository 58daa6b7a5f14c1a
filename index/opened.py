"""One open index: the store, the lexical index beside it, the model, and who speaks in the articles."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from index.models.embedding import EmbeddingModel
from index.roster import Heard, hear
from index.settings import Settings
from index.storage.catalogue import Catalogue
from index.storage.chroma import Store
from index.storage.connection import connect, disconnect
from index.storage.generation import SCHEMA
from index.storage.lexical import Lexical
from index.storage.snapshots import Snapshots
from index.values import ArticleRecord

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Opened:
    """An open index, and the function that closes it; `folder` is None when a server holds it."""

    folder: Path | None
    revision: int
    catalogue: Catalogue
    store: Store
    lexical: Lexical
    model: EmbeddingModel
    records: dict[str, ArticleRecord]
    close: Callable[[], None]

    @functools.cached_property
    def heard(self) -> Heard:
        """Who speaks, by what the articles alone say."""
        return hear(self.records, self.lexical.speakers())


def open_index(
    settings: Settings, folder: Path | None, wanted: EmbeddingModel, *, snapshots: Snapshots | None
) -> Opened:
    """Open an index: its current generation, or an empty one of the wanted model when that cannot be searched."""
    with ExitStack() as stack:
        catalogue, lexical = open_parts(settings, folder, stack, snapshots=snapshots)
        current = catalogue.current()
        model = wanted
        if current and current.schema != SCHEMA:
            logger.warning("the index in %s is of another version of On the Record: it is rebuilt", settings.store)
        elif current and current.model != wanted.name:
            logger.warning("the index in %s is of the model %s: it is rebuilt", settings.store, current.model)
            model = EmbeddingModel(current.model)  # answers until then
        store = open_store(catalogue, model)
        if current and current.schema == SCHEMA and current.generation != store.generation:
            logger.warning("the model %s has changed: the index in %s is rebuilt", model.name, settings.store)
            model = wanted
            store = open_store(catalogue, model)
        store.load()
        while True:
            current = catalogue.current()
            records = store.records()
            lexical.update(records, store.sentences)
            # If another process finished a sync meanwhile, what was just read is old: read again.
            if catalogue.current() == current:
                break
        revision = current.revision if current else 0
        return Opened(folder, revision, catalogue, store, lexical, model, records, stack.pop_all().close)


def open_parts(
    settings: Settings, folder: Path | None, stack: ExitStack, *, snapshots: Snapshots | None
) -> tuple[Catalogue, Lexical]:
    """Open the parts of an index; the stack closes them."""
    if snapshots and folder:
        stack.callback(snapshots.protect(folder))
    client = connect(settings, folder)
    stack.callback(disconnect, client)
    lexical = Lexical((folder or settings.store) / f"lexical-v{SCHEMA}.sqlite3")
    stack.callback(lexical.close)
    return Catalogue(client), lexical


def open_store(catalogue: Catalogue, model: EmbeddingModel) -> Store:
    """Open the generation of a model, and create it if there is none."""
    return Store(catalogue.client, model=model.name, dimension=model.dimension, version=model.version)
