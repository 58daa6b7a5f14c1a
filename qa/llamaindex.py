"""The same evidence and answers in a LlamaIndex pipeline: for any query engine, router or agent.

RetrieverQueryEngine.from_args(EvidenceRetriever(library), llm=…)
QueryEngineTool.from_defaults(CitedQueryEngine(library), name="news", description=…)

`library` is an `index.library.Library`, such as `qa.ask.open_library` returns.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict, replace
from typing import Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.response.schema import Response
from llama_index.core.callbacks.base import CallbackManager
from llama_index.core.callbacks.schema import CBEventType, EventPayload
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.schema import NodeRelationship, NodeWithScore, QueryBundle, RelatedNodeInfo, TextNode

from index.library import Library
from qa.answer import Citation
from qa.ask import answer_question, look_up
from qa.compose import MAX_CITATIONS, Background, number_citations
from qa.evidence import SPOKEN
from qa.filters import NO_FILTERS, Filters
from qa.question import read_question


class EvidenceRetriever(BaseRetriever):
    """Retrieves the `limit` best sentences for a query, best first, as nodes with exact character offsets.

    If `filters` name a speaker, only statements of that speaker are retrieved, and none if no one of that name speaks.
    A node's metadata is what a citation shows: article_id, title, source, published, url, speaker, speech. Scores rank
    the nodes of one query; they are not probabilities. Raises ValueError for a limit below 1; retrieving raises
    QuestionError for an empty query, and for an outlet or an article that the index does not have.
    """

    def __init__(
        self,
        library: Library,
        *,
        limit: int = 10,
        filters: Filters = NO_FILTERS,
        callback_manager: CallbackManager | None = None,
    ) -> None:
        if limit < 1:
            raise ValueError(f"limit is {limit}; a retriever retrieves at least one sentence")
        super().__init__(callback_manager=callback_manager)
        self._library = library
        self._limit = limit
        self._filters = filters

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        library = self._library
        query = read_question(query_bundle.query_str)
        if self._filters.speaker:
            query = replace(query, speaker=self._filters.speaker)
        with library.reading():
            evidence = look_up(library, query, self._filters).evidence
            names = library.full_names
        if self._filters.speaker:
            evidence = [found for found in evidence if found.spoken == SPOKEN["theirs"]]
        best = evidence[: self._limit]
        cited = number_citations(best, Background(names=names))
        return [_to_node(citation, found.id, found.chance) for citation, found in zip(cited, best, strict=True)]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


class CitedQueryEngine(BaseQueryEngine):
    """Answers a query as `qa.ask` does, with the articles' own sentences; no language model takes part.

    The response's text is the answer's, with the numbers of its citations, or the reason for a refusal. Its
    source_nodes are the citations, in order, with exact character offsets; a refusal has none, so that nothing
    downstream mistakes a sentence that is merely close for a source. A node's metadata is that of `EvidenceRetriever`,
    with the citation's number and whether it only explains (context). The response's metadata is plain values:
    answered, confidence, reason, note and mode, as in `qa.answer.Answer`, and closest, the fields of the nearest
    sentences of a refusal.

    Each query stands alone: put a chat engine that condenses a conversation into one question before it. Raises
    ValueError for a limit below 1; a query raises QuestionError if it is empty.
    """

    def __init__(
        self,
        library: Library,
        *,
        limit: int = MAX_CITATIONS,
        filters: Filters = NO_FILTERS,
        callback_manager: CallbackManager | None = None,
    ) -> None:
        if limit < 1:
            raise ValueError(f"limit is {limit}; an answer cites at least one sentence")
        super().__init__(callback_manager=callback_manager)
        self._library = library
        self._limit = limit
        self._filters = filters

    def _query(self, query_bundle: QueryBundle) -> Response:
        asked: dict[str, Any] = {EventPayload.QUERY_STR: query_bundle.query_str}
        with self.callback_manager.event(CBEventType.QUERY, payload=asked) as event:
            answer = answer_question(self._library, query_bundle.query_str, limit=self._limit, filters=self._filters)
            response = Response(
                answer.text,
                source_nodes=[_to_source(citation) for citation in answer.citations],
                metadata={
                    "answered": answer.answered,
                    "confidence": answer.confidence,
                    "reason": answer.reason,
                    "note": answer.note,
                    "mode": answer.mode,
                    "closest": [asdict(citation) for citation in answer.closest],
                },
            )
            event.on_end(payload={EventPayload.RESPONSE: response})
        return response

    async def _aquery(self, query_bundle: QueryBundle) -> Response:
        return await asyncio.to_thread(self._query, query_bundle)

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}


def _to_source(citation: Citation) -> NodeWithScore:
    key = f"{citation.article_id}:{citation.start}-{citation.end}"
    return _to_node(citation, key, citation.score, number=citation.number, context=citation.context)


def _to_node(citation: Citation, key: str, score: float, **more: Any) -> NodeWithScore:
    node = TextNode(
        id_=key,
        text=citation.text,
        start_char_idx=citation.start,
        end_char_idx=citation.end,
        metadata={
            "article_id": citation.article_id,
            "title": citation.title,
            "source": citation.source,
            "published": citation.published,
            "url": citation.url,
            "speaker": citation.speaker,
            "speech": citation.speech,
            **more,
        },
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=citation.article_id)},
    )
    return NodeWithScore(node=node, score=score)
