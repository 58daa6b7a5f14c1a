"""Which generation of the collections is current, and what becomes of the others."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from index.storage.chroma import AT_ONCE, KINDS, NO_VECTOR, SCHEMA, Store, now_in_milliseconds
from index.storage.connection import as_store_error


@dataclass(frozen=True)
class Current:
    """Which generation readers use, how often it was changed, and when it was last synced, in seconds since 1970.

    `is_written` tells that a writer is changing it, or was when it was interrupted.
    """

    generation: str
    schema: int
    model: str
    revision: int
    synced: float
    is_written: bool = False


class Catalogue:
    """What a Chroma client holds of this project: its generations, and which of them is current."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self._record = as_store_error(client.get_or_create_collection)(
            "onrecord", embedding_function=None, configuration={"hnsw": {**AT_ONCE}}
        )

    @as_store_error
    def current(self) -> Current | None:
        """The current generation; None where nothing was ever indexed. About 1 ms: readers ask before each question."""
        found = self._record.get(ids=["current"], include=["metadatas"])["metadatas"]
        return Current(**found[0]) if found else None

    @as_store_error
    def promote(self, store: Store) -> Current:
        """Make a store's generation the current one, at the next revision: what readers notice."""
        before = self.current()
        now = Current(
            generation=store.generation,
            schema=SCHEMA,
            model=store.model,
            revision=(before.revision if before else 0) + 1,
            synced=now_in_milliseconds(),
        )
        self._write(now)
        return now

    @as_store_error
    def note_sync(self) -> None:
        """Note that the current generation was found level with the seeds folder now."""
        self._record.update(["current"], metadatas=[{"synced": now_in_milliseconds()}])

    @as_store_error
    def note_writing(self) -> None:
        """Note that what is held is being changed, until `promote`."""
        now = self.current()
        if now:
            self._write(replace(now, is_written=True))

    def was_interrupted(self) -> bool:
        """Whether what is held may be other than what readers were told; to be asked by the only writer."""
        now = self.current()
        return now is None or now.is_written

    @as_store_error
    def drop_other_generations(self, store: Store) -> None:
        """Delete the collections of every generation but a store's, those of older schemas included."""
        for collection in self.client.list_collections():
            kind, _, generation = collection.name.partition("-")
            if kind in KINDS and generation != store.generation:
                self.client.delete_collection(collection.name)

    def _write(self, now: Current) -> None:
        self._record.upsert(["current"], embeddings=[NO_VECTOR], metadatas=[asdict(now)])
