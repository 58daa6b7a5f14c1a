"""What Chroma keeps of files, articles and sentences, as values; and of a file, the other way round."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from index.values import Article, ArticleRecord, FileRecord, Sentence, locators_from_json, statements_from_json

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def file_to_metadata(record: FileRecord) -> dict[str, Any]:
    """The metadata of a file's record in Chroma, whose id is the path."""
    metadata = asdict(record)
    del metadata["path"]
    return {**metadata, "skipped": json.dumps(record.skipped)}


def file_from_metadata(path: str, metadata: Mapping[str, Any]) -> FileRecord:
    """The record of a file from its metadata in Chroma."""
    values: dict[str, Any] = {field.name: metadata[field.name] for field in fields(FileRecord) if field.name != "path"}
    values["skipped"] = tuple((name, reason) for name, reason in json.loads(values["skipped"]))
    return FileRecord(path=path, **values)


def article_from_metadata(article_id: str, metadata: Mapping[str, Any]) -> ArticleRecord:
    """The record of an article from its metadata in Chroma."""
    values: dict[str, Any] = {
        field.name: metadata.get(field.name) for field in fields(ArticleRecord) if field.name != "id"
    }
    for name in ("speakers", "locators"):
        values[name] = values[name] or "[]"  # for one that was put without
    return ArticleRecord(id=article_id, **values)


def to_article(record: ArticleRecord, text: str) -> Article:
    """The article of a record, with its text."""
    return Article(
        id=record.id,
        title=record.title,
        text=text,
        digest=record.digest,
        source=record.source,
        author=record.author,
        published=record.published,
        place=record.place,
        url=record.url,
        body=record.body,
        locators=locators_from_json(record.locators),
    )


def sentence_from_metadata(metadata: Mapping[str, Any], text: str) -> Sentence:
    """A sentence from its metadata and its text in Chroma."""
    return Sentence(
        article_id=metadata["article_id"],
        position=metadata["position"],
        start=metadata["start"],
        end=metadata["end"],
        text=text,
        speaker=metadata.get("speaker"),
        speech=metadata.get("speech"),
        statements=statements_from_json(metadata.get("statements", "[]")),
    )


def vectors_to_texts(vectors: NDArray[np.float32]) -> list[str]:
    """Vectors (n, dim) as the metadata of sentences has them: a byte a dimension, the largest of a vector being ±127.

    Of two vectors of the bundled model, the cosine changes by less than 0.002. What `texts_to_vectors` returns is kept
    as it is.
    """
    import numpy as np

    largest = np.maximum(np.abs(vectors).max(axis=1, keepdims=True), 1e-9)
    return [base64.b64encode(row.tobytes()).decode() for row in np.rint(vectors * (127 / largest)).astype(np.int8)]


def texts_to_vectors(texts: Sequence[str]) -> NDArray[np.float32]:
    """The unit vectors (n, dim) that `vectors_to_texts` wrote; `texts` is not empty."""
    import numpy as np

    rows = np.stack([np.frombuffer(base64.b64decode(text), np.int8) for text in texts]).astype(np.float32)
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), dtype=np.float32)
