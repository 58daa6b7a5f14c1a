"""Evidence and answers inside LlamaIndex's own parts: engines, routers, tools, chats and callbacks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from llama_index.core.base.response.schema import Response
from llama_index.core.callbacks import CallbackManager, CBEventType, EventPayload, LlamaDebugHandler
from llama_index.core.chat_engine import CondenseQuestionChatEngine
from llama_index.core.embeddings import MockEmbedding
from llama_index.core.llms import MockLLM
from llama_index.core.memory import ChatMemoryBuffer
from llama_index.core.postprocessor import SimilarityPostprocessor
from llama_index.core.query_engine import RetrieverQueryEngine, RouterQueryEngine, SubQuestionQueryEngine
from llama_index.core.question_gen.types import BaseQuestionGenerator, SubQuestion
from llama_index.core.response_synthesizers import get_response_synthesizer
from llama_index.core.schema import NodeRelationship, NodeWithScore, QueryBundle, TextNode
from llama_index.core.selectors import EmbeddingSingleSelector
from llama_index.core.tools import QueryEngineTool, ToolMetadata

from index.errors import QuestionError
from index.library import Library
from qa import answer_question
from qa.ask import look_up
from qa.evidence import Evidence
from qa.filters import Filters
from qa.llamaindex import CitedQueryEngine, EvidenceRetriever
from qa.question import read_question
from tests.conftest import run_coroutine

TARTOUS = "What did Peskov say about Tartous?"
BORSCHT = "How do I make borscht?"


def evidence_for(library: Library, question: str) -> list[Evidence]:
    with library.reading():
        return list(look_up(library, read_question(question)).evidence)


def text_nodes(found: list[NodeWithScore]) -> list[TextNode]:
    nodes = [with_score.node for with_score in found]
    assert all(isinstance(node, TextNode) for node in nodes)
    return nodes  # type: ignore[return-value]


def test_nodes_are_the_evidence_in_its_order(seed_library: Library) -> None:
    nodes = EvidenceRetriever(seed_library, limit=4).retrieve(TARTOUS)
    evidence = evidence_for(seed_library, TARTOUS)[:4]
    assert [(with_score.text, with_score.score) for with_score in nodes] == [
        (found.sentence.text, found.chance) for found in evidence
    ]
    assert len({with_score.node_id for with_score in nodes}) == 4


def test_offsets_are_exact(seed_library: Library, seeds: Path) -> None:
    found = EvidenceRetriever(seed_library, limit=100).retrieve(TARTOUS)
    record = seed_library.records["kremlin-syria-bases.txt"]
    said = {
        sentence.text: {
            "speaker": seed_library.full_names.get(sentence.speaker or "", sentence.speaker),
            "speech": sentence.speech,
        }
        for sentence in seed_library.store.sentences(record)
    }
    assert len(found) == seed_library.counts[1]
    for node in text_nodes(found):
        text = (seeds / node.metadata["article_id"]).read_bytes().decode()
        assert text[node.start_char_idx : node.end_char_idx] == node.text
        source = node.relationships[NodeRelationship.SOURCE]
        assert source.node_id == node.metadata["article_id"]  # type: ignore[union-attr]
        assert {name: node.metadata.pop(name) for name in ("speaker", "speech")} == said[node.text]
        assert node.metadata == {
            "article_id": "kremlin-syria-bases.txt",
            "title": "Kremlin syria bases",
            "source": "Alliance News",
            "published": "--12-10",
            "url": None,
        }


def test_in_a_query_engine(seed_library: Library) -> None:
    """LlamaIndex's mock model returns its prompt, so the evidence in it can be seen."""
    engine = RetrieverQueryEngine.from_args(EvidenceRetriever(seed_library, limit=3), llm=MockLLM())
    response = engine.query(TARTOUS)
    assert [with_score.text for with_score in response.source_nodes] == [
        found.sentence.text for found in evidence_for(seed_library, TARTOUS)[:3]
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


def test_retrieved_statements_name_their_speaker(seed_library: Library) -> None:
    best = text_nodes(EvidenceRetriever(seed_library, limit=1).retrieve(TARTOUS))[0]
    assert (best.metadata["speaker"], best.metadata["speech"]) == ("Dmitry Peskov", "indirect")


def test_a_retriever_of_one_persons_statements(seed_library: Library) -> None:
    theirs = text_nodes(
        EvidenceRetriever(seed_library, filters=Filters(speaker="Putin"), limit=50).retrieve("What about NATO?")
    )
    assert theirs
    assert {node.metadata["speaker"] for node in theirs} == {"Vladimir Putin"}
    assert EvidenceRetriever(seed_library, filters=Filters(speaker="Nobody Atall")).retrieve("What about NATO?") == []


def test_a_retriever_of_some_articles(seed_library: Library) -> None:
    all_of_them = EvidenceRetriever(seed_library).retrieve(TARTOUS)
    assert EvidenceRetriever(seed_library, filters=Filters(source="alliance news")).retrieve(TARTOUS) == all_of_them
    # The seed article's date has no year.
    assert EvidenceRetriever(seed_library, filters=Filters(since="2020", until="2030-12-31")).retrieve(TARTOUS) == []
    with pytest.raises(QuestionError, match=r"^no article is from an outlet called “Pravda”"):
        EvidenceRetriever(seed_library, filters=Filters(source="Pravda")).retrieve(TARTOUS)


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_that_is_none(seed_library: Library, limit: int) -> None:
    for kind in (EvidenceRetriever, CitedQueryEngine):
        with pytest.raises(ValueError, match=f"^limit is {limit}; "):
            kind(seed_library, limit=limit)


def test_asynchronous_retrieval(seed_library: Library) -> None:
    retriever = EvidenceRetriever(seed_library, limit=3)
    assert run_coroutine(retriever.aretrieve(TARTOUS)) == retriever.retrieve(TARTOUS)


def test_a_cited_response(seed_library: Library, seeds: Path) -> None:
    answer = answer_question(seed_library, TARTOUS)
    response = CitedQueryEngine(seed_library).query(TARTOUS)
    assert isinstance(response, Response)
    assert response.response == str(response) == answer.text
    assert response.metadata == {
        "answered": True,
        "confidence": answer.confidence,
        "reason": "",
        "note": "",
        "mode": "quotes",
        "closest": [],
    }
    assert len({with_score.node_id for with_score in response.source_nodes}) == len(answer.citations) > 1
    for citation, with_score, node in zip(
        answer.citations, response.source_nodes, text_nodes(response.source_nodes), strict=True
    ):
        text = (seeds / node.metadata["article_id"]).read_bytes().decode()
        assert text[node.start_char_idx : node.end_char_idx] == node.text == citation.text
        assert with_score.score == citation.score
        assert node.metadata == {
            name: asdict(citation)[name]
            for name in (
                *("article_id", "title", "source", "published", "url"),
                *("speaker", "speech", "number", "context"),
            )
        }
        assert node.relationships[NodeRelationship.SOURCE].node_id == citation.article_id  # type: ignore[union-attr]


def test_a_refused_response(seed_library: Library) -> None:
    answer = answer_question(seed_library, BORSCHT)
    response = CitedQueryEngine(seed_library).query(BORSCHT)
    assert (str(response), response.source_nodes) == (answer.reason, [])
    metadata = response.metadata or {}
    assert (metadata["answered"], metadata["reason"]) == (False, answer.reason)
    assert metadata["closest"] == [asdict(citation) for citation in answer.closest] != []
    assert json.loads(json.dumps(metadata))["closest"][0]["text"] == answer.closest[0].text  # plain values


def test_options_of_the_engine(seed_library: Library) -> None:
    engine = CitedQueryEngine(seed_library, filters=Filters(speaker="Putin", source="Alliance News"), limit=1)
    (only,) = engine.query("What about NATO?").source_nodes
    assert only.metadata["speaker"] == "Vladimir Putin"
    assert CitedQueryEngine(seed_library, filters=Filters(since="2020")).query(TARTOUS).source_nodes == []


def test_several_queries_at_once(seed_library: Library) -> None:
    engine = CitedQueryEngine(seed_library)

    async def query_all() -> Sequence[Any]:
        return await asyncio.gather(*(engine.aquery(question) for question in (TARTOUS, BORSCHT) * 3))

    assert run_coroutine(query_all()) == [engine.query(TARTOUS), engine.query(BORSCHT)] * 3


def test_an_empty_query_of_the_engine_is_an_error(seed_library: Library) -> None:
    with pytest.raises(QuestionError, match=r"^the question is empty\."):
        CitedQueryEngine(seed_library).query("?")
    with pytest.raises(QuestionError, match=r"^the question is empty\."):
        run_coroutine(CitedQueryEngine(seed_library).aquery(""))


@pytest.fixture
def news(seed_library: Library) -> QueryEngineTool:
    return QueryEngineTool.from_defaults(CitedQueryEngine(seed_library), name="news", description="What was reported.")


def test_as_a_tool_of_an_agent(seed_library: Library, news: QueryEngineTool) -> None:
    answer = answer_question(seed_library, TARTOUS)
    for output in (news.call(TARTOUS), run_coroutine(news.acall(input=TARTOUS))):
        assert output.content == answer.text
        assert [with_score.text for with_score in output.raw_output.source_nodes] == [
            citation.text for citation in answer.citations
        ]


def test_behind_a_router(seed_library: Library, news: QueryEngineTool) -> None:
    engine = RouterQueryEngine(EmbeddingSingleSelector.from_defaults(MockEmbedding(embed_dim=4)), [news], llm=MockLLM())
    for response in (engine.query(TARTOUS), run_coroutine(engine.aquery(TARTOUS))):
        assert str(response) == answer_question(seed_library, TARTOUS).text
        assert (response.metadata or {})["answered"] is True


class TwoQuestions(BaseQuestionGenerator):
    """Stands in for a language model that breaks up a question."""

    def _get_prompts(self) -> dict[str, Any]:
        return {}

    def _update_prompts(self, prompts_dict: dict[str, Any]) -> None:
        pass

    def generate(self, tools: Sequence[ToolMetadata], query: QueryBundle) -> list[SubQuestion]:
        return [SubQuestion(sub_question=question, tool_name="news") for question in (TARTOUS, BORSCHT)]

    async def agenerate(self, tools: Sequence[ToolMetadata], query: QueryBundle) -> list[SubQuestion]:
        return self.generate(tools, query)


def test_under_sub_questions(seed_library: Library, news: QueryEngineTool) -> None:
    """LlamaIndex's mock model returns its prompt, so the two answers in it can be seen."""
    synthesizer = get_response_synthesizer(llm=MockLLM())
    engine = SubQuestionQueryEngine(TwoQuestions(), synthesizer, [news], verbose=False)
    response = engine.query("What of Tartous, and of borscht?")
    for question in (TARTOUS, BORSCHT):
        assert answer_question(seed_library, question).text in str(response)
    cited = {citation.text for citation in answer_question(seed_library, TARTOUS).citations}
    assert cited <= {with_score.text for with_score in response.source_nodes}


def test_in_a_chat(seed_library: Library) -> None:
    memory = ChatMemoryBuffer.from_defaults(token_limit=1000)  # the default memory leaves a database open
    chat = CondenseQuestionChatEngine.from_defaults(
        query_engine=CitedQueryEngine(seed_library), memory=memory, llm=MockLLM()
    )
    reply = chat.chat(TARTOUS)
    answer = answer_question(seed_library, TARTOUS)
    assert reply.response == answer.text
    assert [with_score.text for with_score in reply.source_nodes] == [citation.text for citation in answer.citations]


def test_callbacks_hear_of_each_query(seed_library: Library) -> None:
    debug = LlamaDebugHandler(print_trace_on_end=False)
    engine = CitedQueryEngine(seed_library, callback_manager=CallbackManager([debug]))
    response = engine.query(TARTOUS)
    ((start, end),) = debug.get_event_pairs(CBEventType.QUERY)
    assert (start.payload or {})[EventPayload.QUERY_STR] == TARTOUS
    assert (end.payload or {})[EventPayload.RESPONSE] is response
    run_coroutine(engine.aquery(BORSCHT))
    assert len(debug.get_event_pairs(CBEventType.QUERY)) == 2
