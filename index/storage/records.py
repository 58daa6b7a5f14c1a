"""What Chroma keeps of files, articles and sentences, as values; and of a file, the other way round."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from index.values import ArticleRecord, FileRecord, Sentence, statements_from_json


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
    values["speakers"] = values["speakers"] or "[]"  # for one that was put without
    return ArticleRecord(id=article_id, **values)


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
