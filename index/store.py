"""The Chroma collections: articles and their sentences, written so that a reader never sees half an article.

Three collections, named after the schema and the embedding model, so that an index of another version is never
mistaken for this one:

    articles-…    a record an article: id = article id, document = its text, vector = its title's,
                  metadata = the other fields of Article, file size and modification time, number of sentences
    sentences-…   a record a sentence: id = article id # digest # position, document = its text, vector = its own,
                  metadata = article_id, digest, position, start, end
    contexts-…    a record a sentence, under the same id: vector = the sentence's in context; this one is searched

An article's record is its commit: it is written after the sentences that carry its digest and before those of the old
digest are deleted. Readers believe only sentences whose digest is the one in the article's record.
"""

from __future__ import annotations

import functools
import hashlib
import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeAlias, TypeVar

from index.articles import Article
from index.embedding import in_context, quick_imports
from index.errors import OnRecordError, StoreError
from index.sentences import Sentence

if TYPE_CHECKING:
    import numpy as np
    from llama_index.core.schema import Document, TextNode
    from numpy.typing import NDArray

P = ParamSpec("P")
T = TypeVar("T")

logger = logging.getLogger(__name__)

# Raise it whenever what is stored changes its meaning: the fields, the splitting of sentences, what is embedded.
SCHEMA = 1

_DIGEST_CHARACTERS = 16  # of SHA-256, in a sentence's id: 64 bits tell an article's versions apart


@dataclass(frozen=True)
class ArticleRecord:
    """What the index knows of an article beside its text. `size` in bytes, `mtime_ns` as os.stat gives it."""

    id: str
    digest: str
    size: int
    mtime_ns: int
    sentences: int
    title: str
    source: str | None
    author: str | None
    published: str | None
    place: str | None
    url: str | None
    body: int


# a sentence's id, the sentence, its own unit vector, and that in context
FoundSentence: TypeAlias = "tuple[str, Sentence, NDArray[np.float32], NDArray[np.float32]]"


def _told(method: Callable[P, T]) -> Callable[P, T]:
    """Make a StoreError, with its one line, of whatever Chroma raises in a method of Store."""

    @functools.wraps(method)
    def telling(*arguments: P.args, **options: P.kwargs) -> T:
        try:
            return method(*arguments, **options)
        except OnRecordError:
            raise
        except Exception as error:  # Chroma's own errors have no common base
            raise StoreError(
                f"the store failed: {_in_one_line(error)}. Is its disk full or read-only? What was indexed is kept."
            ) from error

    return telling


def _in_one_line(error: Exception) -> str:
    return (" ".join(str(error).split()) or type(error).__name__)[:300].rstrip(".")


class Store:
    """An open store. Its methods raise StoreError when Chroma cannot read or write."""

    def __init__(self, folder: Path, *, model: str, dimension: int) -> None:
        self.folder = folder
        self._identity = {"schema": SCHEMA, "model": model, "dimension": dimension}
        suffix = f"v{SCHEMA}-{_slug(model)}"
        with quick_imports():
            import chromadb
            from chromadb.config import Settings as ChromaSettings
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._client: Any = chromadb.PersistentClient(
                str(folder / "chroma"), settings=ChromaSettings(anonymized_telemetry=False)
            )
            self._articles = self._collection(f"articles-{suffix}")
            self._sentences = self._collection(f"sentences-{suffix}")
            self._contexts = self._collection(f"contexts-{suffix}")
            self._batch = self._client.get_max_batch_size()
            if self._other_versions() and not self._articles.count():
                logger.warning("the index in %s is of another version or model: it is made anew", folder)
        except Exception as error:  # Chroma's own errors have no common base
            raise StoreError(
                f"the store {folder} cannot be opened: {_in_one_line(error)}. Choose another folder with --store, "
                "or move this one away: it is rebuilt from the articles."
            ) from error

    @_told
    def records(self) -> dict[str, ArticleRecord]:
        """Every article's record, by article id, in the order of the ids."""
        found = self._articles.get(include=["metadatas"])
        pairs = sorted(zip(found["ids"], found["metadatas"] or [], strict=True))
        return {article_id: _record(article_id, metadata) for article_id, metadata in pairs}

    @_told
    def article(self, article_id: str) -> Article:
        """The article as it was indexed; raises StoreError when the index has none of that id."""
        found = self._articles.get(ids=[article_id], include=["metadatas", "documents"])
        if not found["ids"]:
            raise StoreError(f"the index {self.folder} holds no article {article_id!r}; `onrecord index` updates it.")
        record = _record(article_id, (found["metadatas"] or [{}])[0])
        return Article(
            id=article_id,
            title=record.title,
            text=(found["documents"] or [""])[0],
            digest=record.digest,
            source=record.source,
            author=record.author,
            published=record.published,
            place=record.place,
            url=record.url,
            body=record.body,
        )

    @_told
    def sentences(self, record: ArticleRecord) -> list[Sentence]:
        """An article's sentences in their order."""
        ids = [sentence_id(record.id, record.digest, position) for position in range(record.sentences)]
        sentences: list[Sentence] = []
        for i in range(0, len(ids), self._batch):  # SQLite takes 32,766 ids at most
            found = self._sentences.get(ids=ids[i : i + self._batch], include=["metadatas", "documents"])
            sentences.extend(map(_sentence, found["metadatas"], found["documents"]))
        return sorted(sentences, key=lambda sentence: sentence.position)

    @_told
    def sentences_with_vectors(self, ids: Sequence[str]) -> list[FoundSentence]:
        """What the store holds of these ids, in no particular order."""
        if not ids:
            return []  # Chroma refuses to look up nothing
        found = self._sentences.get(ids=list(ids), include=["metadatas", "documents", "embeddings"])
        contexts = self._contexts.get(ids=list(ids), include=["embeddings"])
        context_of = dict(zip(contexts["ids"], contexts["embeddings"], strict=True))
        return [
            (key, _sentence(metadata, text), vector, context_of[key])
            for key, metadata, text, vector in zip(
                found["ids"], found["metadatas"], found["documents"], found["embeddings"], strict=True
            )
            if key in context_of
        ]

    @_told
    def nearest(self, vector: NDArray[np.float32], count: int) -> list[tuple[str, float]]:
        """Ids of the sentences that are in context nearest to a unit vector (dimension,), with cosine, best first."""
        total = self._contexts.count()
        if not total:
            return []
        found = self._contexts.query(query_embeddings=[vector], n_results=min(count, total), include=["distances"])
        distances = (found["distances"] or [[]])[0]
        pairs = [(key, similarity(distance)) for key, distance in zip(found["ids"][0], distances, strict=True)]
        return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))

    @_told
    def put(self, documents: Sequence[Document], nodes: Sequence[TextNode]) -> None:
        """Add or replace articles with their sentences, as `index.nodes` makes them.

        A node carries its sentence's embedding, a document its title's. Killed at any point, each article answers
        whole, in its old version or its new one.
        """
        import numpy as np

        # 1. the new sentences, which no reader believes yet
        by_article: dict[str, list[TextNode]] = {document.id_: [] for document in documents}
        for node in nodes:
            by_article[node.metadata["article_id"]].append(node)
        contexts = np.concatenate(
            [
                in_context(
                    np.array([node.embedding for node in by_article[document.id_]]), np.array(document.embedding)
                )
                for document in documents
            ]
        )
        for i in range(0, len(nodes), self._batch):
            part = nodes[i : i + self._batch]
            ids = [node.node_id for node in part]
            metadatas = [node.metadata for node in part]
            self._contexts.upsert(ids, embeddings=contexts[i : i + self._batch], metadatas=metadatas)
            self._sentences.upsert(
                ids,
                embeddings=[node.embedding for node in part],
                documents=[node.text for node in part],
                metadatas=metadatas,
            )
        # 2. the articles' records: the commit. Of an older record Chroma keeps what the new one does not name.
        unknown = dict.fromkeys(field.name for field in fields(ArticleRecord) if field.name != "id")
        self._articles.upsert(
            [document.id_ for document in documents],
            embeddings=[document.embedding for document in documents],
            documents=[document.text for document in documents],
            metadatas=[
                {**unknown, **document.metadata, "sentences": len(by_article[document.id_])} for document in documents
            ],
        )
        # 3. the sentences of older digests, which no reader believes any more
        for document in documents:
            older = {"$and": [{"article_id": document.id_}, {"digest": {"$ne": document.metadata["digest"]}}]}
            self._contexts.delete(where=older)
            self._sentences.delete(where=older)

    @_told
    def touch(self, record: ArticleRecord, *, size: int, mtime_ns: int) -> None:
        """Note that a file was saved anew with the same bytes."""
        self._articles.update([record.id], metadatas=[{"size": size, "mtime_ns": mtime_ns}])

    @_told
    def remove(self, article_ids: Sequence[str]) -> None:
        """Remove articles: first their records, so that nothing of them is believed, then their sentences."""
        if not article_ids:
            return
        self._articles.delete(ids=list(article_ids))
        for article_id in article_ids:
            self._contexts.delete(where={"article_id": article_id})
            self._sentences.delete(where={"article_id": article_id})

    @_told
    def drop_leftovers(self) -> int:
        """Delete the sentences that no article's record names, as a killed update leaves them; returns their number."""
        records = self.records()
        believed = sum(record.sentences for record in records.values())
        dropped = 0
        for collection in (self._contexts, self._sentences):
            if collection.count() == believed:
                continue
            current = {
                sentence_id(record.id, record.digest, position)
                for record in records.values()
                for position in range(record.sentences)
            }
            left = sorted(set(collection.get(include=[])["ids"]) - current)
            for i in range(0, len(left), self._batch):
                collection.delete(ids=left[i : i + self._batch])
            dropped = max(dropped, len(left))
        return dropped

    @_told
    def drop_other_versions(self) -> list[str]:
        """Delete the collections of other schemas and models; returns their names."""
        others = self._other_versions()
        for name in others:
            self._client.delete_collection(name)
        return others

    def close(self) -> None:
        """Let go of the folder."""
        self._client.close()

    def _other_versions(self) -> list[str]:
        ours = {self._articles.name, self._sentences.name, self._contexts.name}
        found = sorted(collection.name for collection in self._client.list_collections())
        return [
            name for name in found if name not in ours and name.startswith(("articles-", "sentences-", "contexts-"))
        ]

    def _collection(self, name: str) -> Any:
        collection = self._client.get_or_create_collection(
            name, metadata=self._identity, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )
        found = {key: (collection.metadata or {}).get(key) for key in self._identity}
        if found != self._identity:
            logger.warning("the index in %s was made as %s, not %s: it is rebuilt", self.folder, found, self._identity)
            self._client.delete_collection(name)
            return self._collection(name)
        return collection


def similarity(distance: float) -> float:
    """Cosine similarity in [-1, 1] from Chroma's cosine distance: the one place where it is converted."""
    return 1.0 - distance


def sentence_id(article_id: str, digest: str, position: int) -> str:
    """The id of a sentence in Chroma; `position` is its place in the article, from 0."""
    return f"{article_id}#{digest[:_DIGEST_CHARACTERS]}#{position}"


def parse_sentence_id(key: str) -> tuple[str, str, int]:
    """Article id, first characters of the digest, and position, from a sentence's id."""
    article_id, digest, position = key.rsplit("#", 2)
    return article_id, digest, int(position)


def _slug(model: str) -> str:
    """A model's name as Chroma's collection names allow it; a digest keeps long or odd names apart."""
    readable = re.sub(r"[^A-Za-z0-9]+", "-", Path(model).name).strip("-")[:40]
    return f"{readable or 'model'}-{hashlib.sha256(model.encode()).hexdigest()[:8]}"


def _record(article_id: str, metadata: Any) -> ArticleRecord:
    return ArticleRecord(
        id=article_id,
        digest=metadata["digest"],
        size=metadata["size"],
        mtime_ns=metadata["mtime_ns"],
        sentences=metadata["sentences"],
        title=metadata["title"],
        source=metadata.get("source"),
        author=metadata.get("author"),
        published=metadata.get("published"),
        place=metadata.get("place"),
        url=metadata.get("url"),
        body=metadata["body"],
    )


def _sentence(metadata: Any, text: str) -> Sentence:
    return Sentence(
        article_id=metadata["article_id"],
        position=metadata["position"],
        start=metadata["start"],
        end=metadata["end"],
        text=text,
        speaker=metadata.get("speaker"),
        speech=metadata.get("speech"),
    )
