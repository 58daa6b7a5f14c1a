from __future__ import annotations

from pathlib import Path

import pytest
from llama_index.core.llms import MockLLM
from llama_index.core.postprocessor import SimilarityPostprocessor
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.schema import NodeRelationship, NodeWithScore, TextNode

from index.errors import QuestionError
from index.library import Library
from qa.llama import EvidenceRetriever
from qa.question import read_question
from qa.retrieve import retrieve

TARTOUS = "What did Peskov say about Tartous?"


def text_nodes(found: list[NodeWithScore]) -> list[TextNode]:
    nodes = [with_score.node for with_score in found]
    assert all(isinstance(node, TextNode) for node in nodes)
    return nodes  # type: ignore[return-value]


def test_nodes_are_the_evidence_in_its_order(seed_library: Library) -> None:
    nodes = EvidenceRetriever(seed_library, limit=4).retrieve(TARTOUS)
    evidence = retrieve(seed_library, read_question(TARTOUS))[:4]
    assert [(with_score.text, with_score.score) for with_score in nodes] == [
        (found.sentence.text, found.score) for found in evidence
    ]
    assert len({with_score.node_id for with_score in nodes}) == 4


def test_offsets_are_exact(seed_library: Library, seeds: Path) -> None:
    found = EvidenceRetriever(seed_library, limit=100).retrieve(TARTOUS)
    assert len(found) == seed_library.counts[1]
    for node in text_nodes(found):
        text = (seeds / node.metadata["article_id"]).read_bytes().decode()
        assert text[node.start_char_idx : node.end_char_idx] == node.text
        source = node.relationships[NodeRelationship.SOURCE]
        assert source.node_id == node.metadata["article_id"]  # type: ignore[union-attr]
        assert node.metadata == {
            "article_id": "kremlin-syria-bases.txt",
            "title": "Kremlin syria bases",
            "source": "Alliance News",
            "published": "--12-10",
            "url": None,
        }


def test_in_a_query_engine(seed_library: Library) -> None:
    """The model that is no model gives back its prompt, so the evidence in it can be seen."""
    engine = RetrieverQueryEngine.from_args(EvidenceRetriever(seed_library, limit=3), llm=MockLLM())
    response = engine.query(TARTOUS)
    assert [with_score.text for with_score in response.source_nodes] == [
        found.sentence.text for found in retrieve(seed_library, read_question(TARTOUS))[:3]
    ]
    for with_score in response.source_nodes:
        assert with_score.text in str(response)


def test_with_a_postprocessor(seed_library: Library) -> None:
    retriever = EvidenceRetriever(seed_library, limit=10)
    scores = [with_score.score or 0.0 for with_score in retriever.retrieve(TARTOUS)]
    cutoff = scores[2]
    engine = RetrieverQueryEngine.from_args(
        retriever, llm=MockLLM(), node_postprocessors=[SimilarityPostprocessor(similarity_cutoff=cutoff)]
    )
    response = engine.query(TARTOUS)
    assert [with_score.score for with_score in response.source_nodes] == scores[:3]


def test_an_empty_query_is_an_error(seed_library: Library) -> None:
    with pytest.raises(QuestionError, match=r"^the question is empty\."):
        EvidenceRetriever(seed_library).retrieve("?")
