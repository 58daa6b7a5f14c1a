"""The same evidence and the same answers in a LlamaIndex pipeline: for anyone's query engine, router or agent.

from qa.llama import CitedQueryEngine, EvidenceRetriever
RetrieverQueryEngine.from_args(EvidenceRetriever(library), llm=…)
QueryEngineTool.from_defaults(CitedQueryEngine(library), name="news", description=…)

`library` is an `index.library.Library`, such as `qa.ask.open_library` opens.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
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
from index.people import find_speaker
from index.store import sentence_id
from qa.answer import Citation
from qa.ask import answer_question
from qa.compose import MAX_CITATIONS
from qa.filters import find_articles
from qa.question import read_question
from qa.retrieve import SPOKEN, Evidence, retrieve


class EvidenceRetriever(BaseRetriever):
    """Retrieves the `limit` best sentences for a query, best first, as nodes with exact character offsets.

    `source`, `since` and `until` are as in `qa.ask`; with `speaker`, there are only statements of that person, and none
    where nobody of that name speaks. A node's metadata is what a citation shows: article_id, title, source, published,
    url, speaker, speech. Scores order the nodes of one query; they are no probabilities. Raises ValueError for a limit
    below 1; retrieving raises QuestionError for an empty query and for a source or a date that is none.
    """

    def __init__(
        self,
        library: Library,
        *,
        limit: int = 10,
        speaker: str | None = None,
        source: str | None = None,
        since: str | None = None,
        until: str | None = None,
        callback_manager: CallbackManager | None = None,
    ) -> None:
        if limit < 1:
            raise ValueError(f"limit is {limit}; a retriever retrieves at least one sentence")
        super().__init__(callback_manager=callback_manager)
        self._library = library
        self._limit = limit
        self._speaker = speaker
        self._source = source
        self._since = since
        self._until = until

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        library = self._library
        query = read_question(query_bundle.query_str)
        if self._speaker:
            query = replace(query, speaker=self._speaker)
        with library.reading():
            match = find_speaker(query.speaker, library.people) if query.speaker else None
            articles = find_articles(library.records, source=self._source, since=self._since, until=self._until)
            evidence = retrieve(library, query, match.speaker.names if match else (), articles)
            names = library.full_names
        if self._speaker:
            evidence = [found for found in evidence if found.spoken == SPOKEN["theirs"]]
        return [NodeWithScore(node=_to_node(found, names), score=found.score) for found in evidence[: self._limit]]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


class CitedQueryEngine(BaseQueryEngine):
    """Answers a query as `qa.ask` does, with the articles' own sentences; no language model takes part.

    The response's text is the answer's, with the numbers of its citations, or the reason of a refusal. Its source_nodes
    are the citations, in their order, with exact character offsets; a refusal has none, so that nothing downstream
    takes what is merely near for a source. A node's metadata is that of `EvidenceRetriever`, and the citation's number
    and whether it only explains (context). The response's metadata is plain values: answered, confidence, reason, note
    and mode, as in `qa.answer.Answer`, and closest, the fields of the nearest sentences of a refusal.

    `limit`, `speaker`, `source`, `since` and `until` are as in `qa.ask`. Each query stands alone: a chat engine that
    condenses a conversation into a question may go before it. Raises ValueError for a limit below 1; a query raises
    QuestionError when it is empty.
    """

    def __init__(
        self,
        library: Library,
        *,
        limit: int = MAX_CITATIONS,
        speaker: str | None = None,
        source: str | None = None,
        since: str | None = None,
        until: str | None = None,
        callback_manager: CallbackManager | None = None,
    ) -> None:
        if limit < 1:
            raise ValueError(f"limit is {limit}; an answer cites at least one sentence")
        super().__init__(callback_manager=callback_manager)
        self._library = library
        self._limit = limit
        self._speaker = speaker
        self._source = source
        self._since = since
        self._until = until

    def _query(self, query_bundle: QueryBundle) -> Response:
        asked: dict[str, Any] = {EventPayload.QUERY_STR: query_bundle.query_str}
        with self.callback_manager.event(CBEventType.QUERY, payload=asked) as event:
            answer = answer_question(
                self._library,
                query_bundle.query_str,
                speaker=self._speaker,
                source=self._source,
                since=self._since,
                until=self._until,
                limit=self._limit,
            )
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


def _to_node(evidence: Evidence, names: Mapping[str, str]) -> TextNode:
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
            "speaker": names.get(sentence.speaker, sentence.speaker) if sentence.speaker else None,
            "speech": sentence.speech,
        },
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=record.id)},
    )


def _to_source(citation: Citation) -> NodeWithScore:
    node = TextNode(
        id_=f"{citation.article_id}:{citation.start}-{citation.end}",
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
            "number": citation.number,
            "context": citation.context,
        },
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=citation.article_id)},
    )
    return NodeWithScore(node=node, score=citation.score)
