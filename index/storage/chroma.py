"""The Chroma collections: articles and their sentences, written so that a reader never sees half an article.

Three collections make a generation. They are named after the schema and the embedding model with its version, so that
an index of another version is never mistaken for this one; a record in the collection `onrecord` names the current
generation.

    files-…       one record per file of the seeds folder: size, times, and what in it was skipped and why
    articles-…    one record per article: id = article id, document = its text, vector = its title's,
                  metadata = the other fields of Article, the file it is from, number of sentences, speakers and
                  locators (as JSON)
    sentences-…   one record per sentence: id = article id # digest # position, document = its text, vector = that of
                  the sentence in context, metadata = article_id, digest, position, start, end, vector (its own, see
                  `index.storage.records`), and speaker, speech and statements (as JSON) if someone speaks in it; this
                  is the one that is searched

An article's record is its commit: it is written after the sentences with its digest, and the sentences with the old
digest are deleted only after readers have moved on. Readers believe only sentences with the digest in the article's
record.

An index is one Chroma server, or some folders of the embedded engine (see `index.storage.snapshots`), of which the
later ones hold what is newer. A record with `gone` says that an article or a file of an earlier part is not there now.
On a server, whose readers are other machines, each record of an article or a file has the revision that it is of, and
`gone` says that it is not there since, so that whoever knows a revision reads only what has changed.

Nothing is read or written in larger pieces than Chroma allows.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeAlias

from index.models.embedding import in_context
from index.storage.connection import T, as_store_error
from index.storage.generation import KINDS, NO_VECTOR, SCHEMA, name_generation, open_collection, widen
from index.storage.records import (
    article_from_metadata,
    file_from_metadata,
    file_to_metadata,
    sentence_from_metadata,
    texts_to_vectors,
    to_article,
    vectors_to_texts,
)
from index.values import Article, ArticleRecord, FileRecord, Sentence, sentence_id

if TYPE_CHECKING:
    import numpy as np
    from llama_index.core.schema import Document, TextNode
    from numpy.typing import NDArray

_PAYLOAD = 30_000_000  # bytes in a request, of which a server takes 40 MiB
_VALUES = 2  # times the batch, in each of two conditions: a batch takes a sixth of the values that SQLite allows

# Chroma keeps the fields of an older record that a new one lacks.
_UNKNOWN = {**dict.fromkeys(field.name for field in fields(ArticleRecord) if field.name != "id"), "gone": None}

# A sentence's id, the sentence, its own unit vector, and its vector in context.
FoundSentence: TypeAlias = "tuple[str, Sentence, NDArray[np.float32], NDArray[np.float32]]"


class Part:
    """One generation in one Chroma. Its methods raise StoreError when Chroma cannot read or write."""

    @as_store_error
    def __init__(self, client: Any, *, model: str, dimension: int, version: str = "") -> None:
        """Open the generation of a model with vectors of this dimension, and create it if there is none.

        `version` is that of `index.models.version`.
        """
        self.model = model
        self._dimension = dimension
        self.generation = name_generation(model, dimension=dimension, version=version)
        identity = {"schema": SCHEMA, "model": model, "dimension": dimension}
        self._files, self._articles, self._sentences = (
            open_collection(client, f"{kind}-{self.generation}", identity, searched=kind == "sentences")
            for kind in KINDS
        )
        self._batch = client.get_max_batch_size()

    @as_store_error
    def load(self) -> None:
        """Make the engine load what questions need, which it would put off until the first one."""
        import numpy as np

        self.nearest(np.ones(self._dimension, np.float32), 1)

    @as_store_error
    def expect(self, sentences: int) -> None:
        """Prepare for so many sentences, before any is searched or written."""
        widen(self._sentences, sentences)

    @as_store_error
    def files(self, *, after: int | None = None) -> dict[str, FileRecord | None]:
        """Every file's record by path, in the order of the paths; None for one that is gone.

        With `after`, only those stamped with a later revision.
        """
        return {
            path: None if metadata.get("gone") else file_from_metadata(path, metadata)
            for path, metadata in sorted(self._all_of(self._files, after))
        }

    @as_store_error
    def records(self, *, after: int | None = None) -> dict[str, ArticleRecord | None]:
        """Every article's record by article id, in the order of the ids; None for one that is gone.

        With `after`, only those stamped with a later revision.
        """
        return {
            article_id: None if metadata.get("gone") else article_from_metadata(article_id, metadata)
            for article_id, metadata in sorted(self._all_of(self._articles, after))
        }

    @as_store_error
    def article(self, article_id: str) -> Article | None:
        """The article as it was indexed; None for an unknown id."""
        found = self._articles.get(ids=[article_id], include=["metadatas", "documents"])
        if not found["ids"] or found["metadatas"][0].get("gone"):
            return None
        return to_article(article_from_metadata(article_id, found["metadatas"][0]), found["documents"][0])

    @as_store_error
    def sentences_of(self, ids: Sequence[str]) -> dict[str, Sentence]:
        """The sentences with these ids that the store holds, by id."""
        found_of: dict[str, Sentence] = {}
        for part in self._parts(ids):
            found = self._sentences.get(ids=part, include=["metadatas", "documents"])
            found_of.update(
                zip(found["ids"], map(sentence_from_metadata, found["metadatas"], found["documents"]), strict=True)
            )
        return found_of

    @as_store_error
    def sentences_with_vectors(self, ids: Sequence[str]) -> list[FoundSentence]:
        """The sentences with these ids that the store holds, with their vectors, in no particular order."""
        found_of: list[FoundSentence] = []
        for part in self._parts(ids):
            found = self._sentences.get(ids=part, include=["metadatas", "documents", "embeddings"])
            if found["ids"]:
                own = texts_to_vectors([metadata["vector"] for metadata in found["metadatas"]])
                held = map(sentence_from_metadata, found["metadatas"], found["documents"])
                found_of += zip(found["ids"], held, own, found["embeddings"], strict=True)
        return found_of

    @as_store_error
    def vectors_of(self, ids: Sequence[str]) -> dict[str, list[float]]:
        """The own vectors, by text, of the sentences with these ids that the store holds."""
        vectors: dict[str, list[float]] = {}
        for part in self._parts(ids):
            found = self._sentences.get(ids=part, include=["documents", "metadatas"])
            if found["ids"]:
                own = texts_to_vectors([metadata["vector"] for metadata in found["metadatas"]])
                vectors.update(zip(found["documents"], own.tolist(), strict=True))
        return vectors

    @as_store_error
    def contexts_of(self, ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The vectors in context (dimension,), by id, of the sentences with these ids that the store holds."""
        vectors: dict[str, NDArray[np.float32]] = {}
        for part in self._parts(ids):
            found = self._sentences.get(ids=part, include=["embeddings"])
            vectors.update(zip(found["ids"], found["embeddings"], strict=True))
        return vectors

    @as_store_error
    def title_vector(self, title: str) -> list[float] | None:
        """The vector of a title; None if no article has this title."""
        found = self._articles.get(where={"title": title}, limit=1, include=["embeddings"])
        return list(found["embeddings"][0].tolist()) if found["ids"] else None

    @as_store_error
    def nearest(
        self,
        vector: NDArray[np.float32],
        count: int,
        speakers: Collection[str] = (),
        articles: Collection[str] | None = None,
    ) -> list[tuple[str, float]]:
        """The ids of the sentences nearest, in context, to a unit vector (dimension,), with the cosine, best first.

        `speakers` limits them to those whose main statement is by one of these, and `articles` to the articles.
        """
        pairs: list[tuple[str, float]] = []
        for among, within in itertools.product(
            self._conditions("speaker", speakers or None), self._conditions("article_id", articles)
        ):
            conditions = [*among, *within]
            found = self._sentences.query(
                query_embeddings=[vector],
                n_results=count,
                where={"$and": conditions} if len(conditions) > 1 else conditions[0] if conditions else None,
                include=["distances"],
            )
            pairs += zip(found["ids"][0], map(similarity, found["distances"][0]), strict=True)
        return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))[:count]

    @as_store_error
    def put(self, documents: Sequence[Document], nodes: Sequence[TextNode], *, revision: int | None = None) -> None:
        """Add or replace articles with their sentences, as `index.nodes` makes them, and stamp them with a revision.

        Each node has its sentence's embedding, each document its title's. The sentences of older versions remain until
        `forget`, for the readers that still believe them. If the process is killed at any point, every article is still
        whole, in its old version or its new one.
        """
        import numpy as np

        # 1. the new sentences, which no reader believes yet
        rows: list[tuple[TextNode, str, NDArray[np.float32]]] = []
        by_article: dict[str, list[TextNode]] = {document.id_: [] for document in documents}
        for node in nodes:
            by_article[node.metadata["article_id"]].append(node)
        for document in documents:
            own = vectors_to_texts(np.array([node.embedding for node in by_article[document.id_]], np.float32))
            contexts = in_context(texts_to_vectors(own), np.array(document.embedding, np.float32))
            rows += zip(by_article[document.id_], own, contexts, strict=True)
        for part in self._parts(rows, lambda row: len(row[0].text)):
            self._sentences.upsert(
                [node.node_id for node, _, _ in part],
                embeddings=[context for _, _, context in part],
                documents=[node.text for node, _, _ in part],
                metadatas=[{**node.metadata, "vector": own} for node, own, _ in part],
            )
        # 2. the articles' records: the commit
        for some in self._parts(documents, lambda document: len(document.text)):
            self._articles.upsert(
                [document.id_ for document in some],
                embeddings=[document.embedding for document in some],
                documents=[document.text for document in some],
                metadatas=[
                    {**_UNKNOWN, **document.metadata, "sentences": len(by_article[document.id_]), **_stamp(revision)}
                    for document in some
                ],
            )

    @as_store_error
    def take(self, other: Part, record: ArticleRecord) -> None:
        """Add or replace an article with its sentences as another part has them."""
        ids = [sentence_id(record.id, record.digest, position) for position in range(record.sentences)]
        everything = ["metadatas", "documents", "embeddings"]
        for part in self._parts(ids):
            found = other._sentences.get(ids=part, include=everything)
            self._sentences.upsert(**{name: found[name] for name in ("ids", *everything)})
        found = other._articles.get(ids=[record.id], include=everything)
        metadatas = [{**_UNKNOWN, **metadata} for metadata in found["metadatas"]]
        self._articles.upsert(
            found["ids"], embeddings=found["embeddings"], documents=found["documents"], metadatas=metadatas
        )

    @as_store_error
    def put_files(self, records: Sequence[FileRecord], *, revision: int | None = None) -> None:
        """Record files, once all of their articles are put: from then on they count as unchanged."""
        for part in self._parts(records):
            metadatas = [{**file_to_metadata(record), "gone": None, **_stamp(revision)} for record in part]
            self._files.upsert(
                [record.path for record in part], embeddings=[NO_VECTOR] * len(part), metadatas=metadatas
            )

    @as_store_error
    def remove(self, article_ids: Iterable[str], paths: Iterable[str]) -> None:
        """Remove the records of articles and of files; the articles' sentences remain until `forget`."""
        for collection, ids in ((self._articles, list(article_ids)), (self._files, list(paths))):
            for part in self._parts(ids):
                collection.delete(ids=part)

    @as_store_error
    def bury(self, article_ids: Iterable[str], paths: Iterable[str], *, revision: int | None = None) -> None:
        """Note that articles and files are gone, for those who know them from earlier parts, or earlier revisions."""
        metadata = {"gone": True, **_stamp(revision)}
        nowhere = [1.0] + [0.0] * (self._dimension - 1)
        for part in self._parts(list(article_ids)):
            self._articles.upsert(
                list(part),
                embeddings=[nowhere] * len(part),
                documents=[""] * len(part),
                metadatas=[{**_UNKNOWN, **metadata}] * len(part),
            )
        for part in self._parts(list(paths)):
            self._files.upsert(list(part), embeddings=[NO_VECTOR] * len(part), metadatas=[metadata] * len(part))

    @as_store_error
    def unbury(self) -> None:
        """Delete the notes of what is gone, which those who know an earlier revision would miss."""
        for collection in (self._articles, self._files):
            gone = [key for key, _ in self._pages(collection, where={"gone": True})]
            for part in self._parts(gone):
                collection.delete(ids=part)

    @as_store_error
    def count_articles(self) -> int:
        """The number of records of articles, those of what is gone included."""
        return int(self._articles.count())

    @as_store_error
    def holding(self, article_ids: Iterable[str], paths: Iterable[str]) -> tuple[set[str], set[str]]:
        """Those of the articles, and of the files, of which the part has records."""
        found: list[set[str]] = []
        for collection, ids in ((self._articles, list(article_ids)), (self._files, list(paths))):
            found.append({key for part in self._parts(ids) for key in collection.get(ids=part, include=[])["ids"]})
        return found[0], found[1]

    @as_store_error
    def count(self) -> int:
        """The number of sentences, whether or not a reader believes them."""
        return int(self._sentences.count())

    @as_store_error
    def forget(self, versions: Iterable[ArticleRecord], *, believed: int | None = None) -> None:
        """Delete the sentences of versions that no reader believes any more, and those left by a killed sync.

        `believed` is the number of sentences that the records come to; without it, or when there are others, they are
        read. Call only while holding the writer lock.
        """
        ids = [
            sentence_id(record.id, record.digest, position)
            for record in versions
            for position in range(record.sentences)
        ]
        for part in self._parts(ids):
            self._sentences.delete(ids=part)
        count = self._sentences.count()
        if count == believed:
            return
        records = [record for record in self.records().values() if record]
        if count != sum(record.sentences for record in records):
            current = {
                sentence_id(record.id, record.digest, position)
                for record in records
                for position in range(record.sentences)
            }
            stored = {key for key, _ in self._pages(self._sentences)}
            for part in self._parts(sorted(stored - current)):
                self._sentences.delete(ids=part)

    def _all_of(self, collection: Any, after: int | None) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield the id and the metadata of every record, or of those stamped with a later revision."""
        where = None if after is None else {"revision": {"$gt": after}}
        return self._pages(collection, where=where, include=["metadatas"])

    def _pages(
        self, collection: Any, *, where: dict[str, Any] | None = None, include: Sequence[str] = ()
    ) -> Iterator[tuple[str, Any]]:
        """Yield the ids of records, with their metadata or None, a page at a time.

        Pages are counted in the order in which the records were first written. Whoever writes meanwhile on a server
        moves none of them, as what is gone is buried there.
        """
        for start in itertools.count(0, self._batch):
            found = collection.get(where=where, include=list(include), limit=self._batch, offset=start)
            yield from zip(found["ids"], found["metadatas"] or [None] * len(found["ids"]), strict=True)
            if len(found["ids"]) < self._batch:
                break

    def _parts(self, rows: Sequence[T], size: Callable[[T], int] | None = None) -> Iterator[Sequence[T]]:
        """The rows in parts that Chroma takes in one request; `size` is the length of the text that a row has."""
        first, filled = 0, 0
        for i, row in enumerate(rows):
            # a vector takes up to 8 bytes a dimension, or nearly, in both of its forms; a letter up to 4
            size_of_row = 8 * self._dimension + 1_000 + 4 * size(row) if size else 0
            if i > first and (i == first + self._batch or filled + size_of_row > _PAYLOAD):
                yield rows[first:i]
                first, filled = i, 0
            filled += size_of_row
        if first < len(rows):
            yield rows[first:]

    def _conditions(self, field: str, values: Collection[str] | None) -> Iterator[list[dict[str, Any]]]:
        """Yield conditions that together match the records with one of these values; one for all with None."""
        if values is None:
            yield []
            return
        ordered, most = sorted(values), _VALUES * self._batch
        for i in range(0, len(ordered), most):
            yield [{field: {"$in": ordered[i : i + most]}}]


def similarity(distance: float) -> float:
    """The cosine similarity, in [-1, 1], for Chroma's cosine distance; the only place that converts it."""
    return 1.0 - distance


def _stamp(revision: int | None) -> dict[str, int]:
    """The metadata of a record that is of a revision, or with None of none."""
    return {} if revision is None else {"revision": revision}


def now_in_milliseconds() -> float:
    """Seconds since 1970, rounded to milliseconds: Chroma loses the last of more digits."""
    return round(time.time(), 3)
