"""The index for LlamaIndex: a reader that yields articles as Documents, and a parser that yields sentences as nodes.

The index is built with them, and they work in any LlamaIndex pipeline:

    SimpleDirectoryReader("seeds", file_extractor={".txt": ArticleReader(Path("seeds"))})
    SentenceParser().get_nodes_from_documents(documents)

A Document has the article's text and id, and its other fields as metadata. A node's text is one sentence, with exact
`start_char_idx` and `end_char_idx`.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from llama_index.core.node_parser import NodeParser
from llama_index.core.readers.base import BaseReader
from llama_index.core.schema import BaseNode, Document, NodeRelationship, TextNode

from index.reading.files import read_file
from index.sentences.splitting import split_sentences
from index.settings import Settings
from index.speech.attribution import Attribution
from index.speech.people import to_json
from index.values import (
    Article,
    Sentence,
    locators_from_json,
    locators_to_json,
    sentence_id,
    statements_to_json,
)

logger = logging.getLogger(__name__)


class ArticleReader(BaseReader):
    """Reads the articles of a file below the seeds folder: one from a text, page or document, many from a table."""

    def __init__(self, seeds: Path, *, max_article_mb: float = Settings.max_article_mb) -> None:
        self.seeds = seeds
        self.max_bytes = int(max_article_mb * 1_000_000)

    def read(self, file: Path) -> tuple[list[Document], tuple[tuple[str, str], ...]]:
        """Read the articles in a file; the name of whatever in it could not be read is returned with the reason.

        Raises ArticleError when nothing could be read.
        """
        reading = read_file(file, self.seeds, max_bytes=self.max_bytes)
        path = file.relative_to(self.seeds).as_posix()
        return [to_document(article, path) for article in reading.articles], reading.skipped

    def load_data(self, file: Path | str, extra_info: dict[str, Any] | None = None) -> list[Document]:
        """Read the articles in a file, as LlamaIndex asks for them; what could not be read is logged."""
        documents, skipped = self.read(Path(file))
        for name, reason in skipped:
            logger.warning("skipped %s: %s", name, reason)
        for document in documents:
            document.metadata = {**(extra_info or {}), **document.metadata}
        return documents


class SentenceParser(NodeParser):
    """Splits Documents into sentences; a node's id is the sentence's id in the store."""

    @classmethod
    def class_name(cls) -> str:
        """The name LlamaIndex serialises this parser under."""
        return "SentenceParser"

    def _parse_nodes(self, nodes: Sequence[BaseNode], show_progress: bool = False, **kwargs: Any) -> list[BaseNode]:  # noqa: ARG002
        return [sentence for document in nodes for sentence in _sentence_nodes(document)]

    def _postprocess_parsed_nodes(
        self,
        nodes: list[BaseNode],
        parent_doc_map: dict[str, Document],  # noqa: ARG002
    ) -> list[BaseNode]:
        return nodes  # LlamaIndex would search for each text again, and confuse two equal sentences


def to_document(article: Article, file: str) -> Document:
    """The article as a LlamaIndex Document; `file` is the path of its file below the seeds folder."""
    metadata = {name: value for name, value in asdict(article).items() if value is not None}
    del metadata["id"], metadata["text"], metadata["locators"]
    metadata["file"] = file
    if article.locators:
        metadata["locators"] = locators_to_json(article.locators)
    hidden = list(metadata)
    return Document(
        id_=article.id,
        text=article.text,
        metadata=metadata,
        excluded_embed_metadata_keys=hidden,
        excluded_llm_metadata_keys=hidden,
    )


def to_article(document: Document) -> Article:
    """The Article of a Document made by `to_document`."""
    known = {name: document.metadata[name] for name in Article.__dataclass_fields__ if name in document.metadata}
    known["locators"] = locators_from_json(known.get("locators", "[]"))
    return Article(id=document.id_, text=document.text, **known)


def to_sentences(document: Document, nodes: Sequence[TextNode]) -> list[Sentence]:
    """The Sentences of all of a document's nodes, in order."""
    return [
        Sentence(document.id_, i, node.metadata["start"], node.metadata["end"], node.text)
        for i, node in enumerate(nodes)
    ]


def add_speakers(document: Document, nodes: Sequence[TextNode], attribution: Attribution) -> None:
    """Add who speaks to the metadata: `speakers` to the document's, the rest to the nodes'."""
    document.metadata["speakers"] = to_json(attribution.speakers)
    for node, sentence in zip(nodes, attribution.sentences, strict=True):
        said = statements_to_json(sentence.statements) if sentence.statements else None
        spoken = {"speaker": sentence.speaker, "speech": sentence.speech, "statements": said}
        node.metadata.update({name: value for name, value in spoken.items() if value is not None})


def _sentence_nodes(document: BaseNode) -> list[TextNode]:
    text = document.get_content()
    source = document.as_related_node_info()
    digest = str(document.metadata.get("digest", ""))
    nodes = []
    for position, (start, end) in enumerate(split_sentences(text, int(document.metadata.get("body", 0)))):
        metadata = {
            "article_id": document.node_id,
            "digest": digest,
            "position": position,
            "start": start,
            "end": end,
        }
        nodes.append(
            TextNode(
                id_=sentence_id(document.node_id, digest, position),
                text=text[start:end],
                start_char_idx=start,
                end_char_idx=end,
                metadata=metadata,
                excluded_embed_metadata_keys=list(metadata),
                excluded_llm_metadata_keys=list(metadata),
                relationships={NodeRelationship.SOURCE: source},
            )
        )
    return nodes
