"""Which generation of the collections is current, and the end of the others."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from index.storage.chroma import Part, now_in_milliseconds
from index.storage.connection import as_store_error
from index.storage.generation import AT_ONCE, KINDS, NO_VECTOR, OLDER_KINDS, SCHEMA


@dataclass(frozen=True)
class Current:
    """The generation that readers use, how often it was changed, and when it was last synced, in seconds since 1970.

    `is_written` is true while a writer is changing it, and after a writer was interrupted. Whoever knows what a
    revision from `since` on held finds what has changed after it in the records that `Part` stamps; with None, nobody
    does.
    """

    generation: str
    schema: int
    model: str
    revision: int
    synced: float
    is_written: bool = False
    since: int | None = None


class Catalogue:
    """The generations that a Chroma client holds, and which of them is current."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self._record = as_store_error(client.get_or_create_collection)(
            "onrecord", embedding_function=None, configuration={"hnsw": {**AT_ONCE}}
        )

    @property
    def origin(self) -> str:
        """What tells this Chroma from any other, as its revisions are its own."""
        return str(self._record.id)

    @as_store_error
    def current(self) -> Current | None:
        """The current generation; None if nothing was ever indexed. Takes about 1 ms, before each question.

        Raises LostError when the server that it was read from has been emptied.
        """
        found = self._record.get(ids=["current"], include=["metadatas"])["metadatas"]
        return Current(**found[0]) if found else None

    @as_store_error
    def promote(self, part: Part, *, after: int | None = None) -> Current:
        """Make a part's generation the current one, with the next revision, which readers notice.

        The part has stamped what has changed after the revision `after`, or with None nothing.
        """
        before = self.current()
        revision = (before.revision if before else 0) + 1
        since = revision  # unless it goes on from what is current, and nobody else has written meanwhile
        if before and (before.generation, before.revision) == (part.generation, after) and before.since is not None:
            since = before.since
        now = Current(
            generation=part.generation,
            schema=SCHEMA,
            model=part.model,
            revision=revision,
            synced=now_in_milliseconds(),
            since=since,
        )
        self._write(now)
        return now

    @as_store_error
    def note_sync(self) -> None:
        """Note that the current generation is up to date with the seeds folder now."""
        self._record.update(["current"], metadatas=[{"synced": now_in_milliseconds()}])

    @as_store_error
    def note_writing(self) -> None:
        """Note that the current generation is being changed, until `promote`."""
        now = self.current()
        if now:
            self._write(replace(now, is_written=True))

    @as_store_error
    def note_forgetting(self) -> None:
        """Note that the records no longer tell what has changed since the current revision, or an earlier one."""
        now = self.current()
        if now:
            self._write(replace(now, since=now.revision + 1))

    def was_interrupted(self) -> bool:
        """Whether a writer was interrupted, or nothing was ever written. Call only while holding the writer lock."""
        now = self.current()
        return now is None or now.is_written

    @as_store_error
    def drop_other_generations(self, part: Part) -> None:
        """Delete the collections of every generation but a part's, including those of older schemas.

        Call only while holding the writer lock.
        """
        for collection in self.client.list_collections():
            kind, _, generation = collection.name.partition("-")
            if kind in (*KINDS, *OLDER_KINDS) and generation != part.generation:
                self.client.delete_collection(collection.name)

    def _write(self, now: Current) -> None:
        self._record.upsert(["current"], embeddings=[NO_VECTOR], metadatas=[asdict(now)])
