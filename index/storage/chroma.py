"""The Chroma collections: articles and their sentences, written so that a reader never sees half an article.

Three collections make a generation. They are named after the schema and the embedding model with its version, so that
an index of another version is never mistaken for this one; a record in the collection `onrecord` names the current
generation.

    files-…       one record per file of the seeds folder: size, times, and what in it was skipped and why
    articles-…    one record per article: id = article id, document = its text, vector = its title's,
                  metadata = the other fields of Article, the file it is from, number of sentences
    sentences-…   one record per sentence: id = article id # digest # position, document = its text, vector = that of
                  the sentence in context, metadata = article_id, digest, position, start, end, vector (its own, see
                  `index.storage.records`), and speaker, speech and statements (as JSON) if someone speaks in it; this
                  is the one that is searched

An article's record is its commit: it is written after the sentences with its digest, and the sentences with the old
digest are deleted only after readers have moved on. Readers believe only sentences with the digest in the article's
record.

An index is one Chroma server, or some folders of the embedded engine (see `index.storage.snapshots`), of which the
later ones hold what is newer. A record with `gone` says that an article or a file of an earlier part is not there now.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeAlias

from index.models.embedding import in_context
from index.storage.connection import T, as_store_error
from index.storage.generation import KINDS, NO_VECTOR, SCHEMA, name_generation, open_collection
from index.storage.records import (
    article_from_metadata,
    file_from_metadata,
    file_to_metadata,
    sentence_from_metadata,
    texts_to_vectors,
    vectors_to_texts,
)
from index.values import Article, ArticleRecord, FileRecord, Sentence, sentence_id

if TYPE_CHECKING:
    import numpy as np
    from llama_index.core.schema import Document, TextNode
    from numpy.typing import NDArray

_VALUES_AT_ONCE = 15_000  # in each of two conditions: SQLite allows 32,766 in a query

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
    def files(self) -> dict[str, FileRecord | None]:
        """Every file's record by path, in the order of the paths; None for one that is gone."""
        return {
            path: None if metadata.get("gone") else file_from_metadata(path, metadata)
            for path, metadata in sorted(self._all_of(self._files))
        }

    @as_store_error
    def records(self) -> dict[str, ArticleRecord | None]:
        """Every article's record by article id, in the order of the ids; None for one that is gone."""
        return {
            article_id: None if metadata.get("gone") else article_from_metadata(article_id, metadata)
            for article_id, metadata in sorted(self._all_of(self._articles))
        }

    @as_store_error
    def article(self, article_id: str) -> Article | None:
        """The article as it was indexed; None for an unknown id."""
        found = self._articles.get(ids=[article_id], include=["metadatas", "documents"])
        if not found["ids"] or found["metadatas"][0].get("gone"):
            return None
        record = article_from_metadata(article_id, found["metadatas"][0])
        return Article(
            id=article_id,
            title=record.title,
            text=found["documents"][0],
            digest=record.digest,
            source=record.source,
            author=record.author,
            published=record.published,
            place=record.place,
            url=record.url,
            body=record.body,
        )

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
        ids: Sequence[str] | None = None,
    ) -> list[tuple[str, float]]:
        """The ids of the sentences nearest, in context, to a unit vector (dimension,), with the cosine, best first.

        `speakers` limits them to statements by these, `articles` to the articles and `ids` to the sentences with these
        ids.
        """
        parts = [None] if ids is None else [list(part) for part in self._parts(ids)]
        pairs: list[tuple[str, float]] = []
        for among, within, part in itertools.product(
            _conditions("speaker", speakers or None), _conditions("article_id", articles), parts
        ):
            conditions = [*among, *within]
            found = self._sentences.query(
                query_embeddings=[vector],
                ids=part,
                n_results=count,
                where={"$and": conditions} if len(conditions) > 1 else conditions[0] if conditions else None,
                include=["distances"],
            )
            pairs += zip(found["ids"][0], map(similarity, found["distances"][0]), strict=True)
        return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))[:count]

    @as_store_error
    def put(self, documents: Sequence[Document], nodes: Sequence[TextNode]) -> None:
        """Add or replace articles with their sentences, as `index.nodes` makes them.

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
        for part in self._parts(rows):
            self._sentences.upsert(
                [node.node_id for node, _, _ in part],
                embeddings=[context for _, _, context in part],
                documents=[node.text for node, _, _ in part],
                metadatas=[{**node.metadata, "vector": own} for node, own, _ in part],
            )
        # 2. the articles' records: the commit
        for some in self._parts(documents):
            self._articles.upsert(
                [document.id_ for document in some],
                embeddings=[document.embedding for document in some],
                documents=[document.text for document in some],
                metadatas=[
                    {**_UNKNOWN, **document.metadata, "sentences": len(by_article[document.id_])} for document in some
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
    def put_files(self, records: Sequence[FileRecord]) -> None:
        """Record files, once all of their articles are put: from then on they count as unchanged."""
        for part in self._parts(records):
            metadatas = [{**file_to_metadata(record), "gone": None} for record in part]
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
    def bury(self, article_ids: Iterable[str], paths: Iterable[str]) -> None:
        """Note that articles and files of earlier parts are gone."""
        nowhere = [1.0] + [0.0] * (self._dimension - 1)
        for part in self._parts(list(article_ids)):
            self._articles.upsert(
                list(part),
                embeddings=[nowhere] * len(part),
                documents=[""] * len(part),
                metadatas=[{"gone": True}] * len(part),
            )
        for part in self._parts(list(paths)):
            self._files.upsert(list(part), embeddings=[NO_VECTOR] * len(part), metadatas=[{"gone": True}] * len(part))

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
    def forget(self, versions: Iterable[ArticleRecord]) -> None:
        """Delete the sentences of versions that no reader believes any more, and those left by a killed sync.

        Call only while holding the writer lock.
        """
        records = {article_id: record for article_id, record in self.records().items() if record}
        ids = [
            sentence_id(record.id, record.digest, position)
            for record in versions
            for position in range(record.sentences)
        ]
        believed = sum(record.sentences for record in records.values())
        for part in self._parts(ids):
            self._sentences.delete(ids=part)
        if self._sentences.count() != believed:
            current = {
                sentence_id(record.id, record.digest, position)
                for record in records.values()
                for position in range(record.sentences)
            }
            for part in self._parts(sorted(set(self._sentences.get(include=[])["ids"]) - current)):
                self._sentences.delete(ids=part)

    def _all_of(self, collection: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield every record's id and metadata, in parts: SQLite allows at most 32,766 values in a query."""
        for start in itertools.count(0, self._batch):
            found = collection.get(include=["metadatas"], limit=self._batch, offset=start)
            yield from zip(found["ids"], found["metadatas"], strict=True)
            if len(found["ids"]) < self._batch:
                break

    def _parts(self, rows: Sequence[T]) -> Iterable[Sequence[T]]:
        """The rows in parts of the largest size that Chroma allows."""
        return (rows[i : i + self._batch] for i in range(0, len(rows), self._batch))


def similarity(distance: float) -> float:
    """The cosine similarity, in [-1, 1], for Chroma's cosine distance; the only place that converts it."""
    return 1.0 - distance


def _conditions(field: str, values: Collection[str] | None) -> Iterator[list[dict[str, Any]]]:
    """Yield conditions for Chroma that together match the records with one of these values; one for all with None."""
    if values is None:
        yield []
        return
    ordered = sorted(values)
    for i in range(0, len(ordered), _VALUES_AT_ONCE):
        yield [{field: {"$in": ordered[i : i + _VALUES_AT_ONCE]}}]


def now_in_milliseconds() -> float:
    """Seconds since 1970, rounded to milliseconds: Chroma loses the last of more digits."""
    return round(time.time(), 3)
