"""The same evidence as a LlamaIndex retriever, for anyone's query engine or agent.

from qa.llama import EvidenceRetriever
RetrieverQueryEngine.from_args(EvidenceRetriever(library), llm=…)
"""

from __future__ import annotations

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeRelationship, NodeWithScore, QueryBundle, RelatedNodeInfo, TextNode

from index.library import Library
from index.store import sentence_id
from qa.question import read_question
from qa.retrieve import Evidence, retrieve


class EvidenceRetriever(BaseRetriever):
    """Retrieves the `limit` best sentences for a query, best first, as nodes with exact character offsets.

    A node's metadata is what a citation shows: article_id, title, source, published, url. Scores order the nodes of one
    query; they are no probabilities. Raises QuestionError for an empty query.
    """

    def __init__(self, library: Library, *, limit: int = 10) -> None:
        super().__init__()
        self._library = library
        self._limit = limit

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        query = read_question(query_bundle.query_str)
        with self._library.reading():
            evidence = retrieve(self._library, query)
        return [NodeWithScore(node=_to_node(found), score=found.score) for found in evidence[: self._limit]]


def _to_node(evidence: Evidence) -> TextNode:
    sentence, record = evidence.sentence, evidence.record
    return TextNode(
        id_=sentence_id(record.id, record.digest, sentence.position),
        text=sentence.text,
        start_char_idx=sentence.start,
        end_char_idx=sentence.end,
        metadata={
            "article_id": record.id,
            "title": record.title,
            "source": record.source,
            "published": record.published,
            "url": record.url,
        },
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=record.id)},
    )
