"""The Chroma store: what is put in comes out, and a reader never sees half an article."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from llama_index.core.schema import Document, TextNode

from index.embedding import EmbeddingModel, in_context
from index.errors import StoreError
from index.nodes import ArticleReader, SentenceParser, to_article
from index.settings import BUNDLED_MODEL
from index.store import ArticleRecord, Store, parse_sentence_id, sentence_id, similarity

FIRST = (
    "---\ntitle: The bridge\nsource: Post\nauthor: Ann Lee\ndate: 2024-12-10\n---\nIt is open. Ships pass. It is open."
)
SECOND = "---\ntitle: The bridge\n---\nIt was closed again."


def open_store(folder: Path, model: str = BUNDLED_MODEL, dimension: int = 384) -> Store:
    return Store(folder, model=model, dimension=dimension)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "store")
    yield opened
    opened.close()


def make(
    folder: Path, model: EmbeddingModel, content: str, name: str = "bridge.txt"
) -> tuple[Document, list[TextNode]]:
    """An article of this content as a sync makes it: a document and nodes, with their vectors."""
    path = folder / "seeds" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode())
    info = {"size": path.stat().st_size, "mtime_ns": 1_700_000_000_123_456_789}
    (document,) = ArticleReader(folder / "seeds").load_data(path, extra_info=info)
    nodes: Sequence[Any] = SentenceParser().get_nodes_from_documents([document])
    title, *own = model.encode([document.metadata["title"], *(node.text for node in nodes)]).tolist()
    document.embedding = title
    for node, vector in zip(nodes, own, strict=True):
        node.embedding = vector
    return document, list(nodes)


def held_ids(store: Store) -> tuple[list[str], list[str]]:
    return sorted(store._sentences.get(include=[])["ids"]), sorted(store._contexts.get(include=[])["ids"])


def test_put_and_read_back(store: Store, tmp_path: Path, model: EmbeddingModel) -> None:
    document, nodes = make(tmp_path, model, FIRST, "north/bridge #2.txt")
    store.put([document], nodes)
    digest = document.metadata["digest"]
    record = ArticleRecord(
        id="north/bridge #2.txt",
        digest=digest,
        size=len(FIRST),
        mtime_ns=1_700_000_000_123_456_789,  # to the nanosecond, though more than a double can hold
        sentences=3,
        title="The bridge",
        source="Post",
        author="Ann Lee",
        published="2024-12-10",
        place=None,
        url=None,
        body=FIRST.index("It is"),
    )
    assert store.records() == {"north/bridge #2.txt": record}
    assert store.article("north/bridge #2.txt") == to_article(document)
    sentences = store.sentences(record)
    assert [(sentence.position, sentence.text) for sentence in sentences] == [
        (0, "It is open."),
        (1, "Ships pass."),
        (2, "It is open."),
    ]
    assert [FIRST[sentence.start : sentence.end] for sentence in sentences] == [sentence.text for sentence in sentences]
    own = np.array([node.embedding for node in nodes])
    ids = [f"north/bridge #2.txt#{digest[:16]}#{position}" for position in range(3)]
    found = sorted(store.sentences_with_vectors([*ids, "no#such#0"]))
    assert [(key, sentence) for key, sentence, _, _ in found] == list(zip(ids, sentences, strict=True))
    assert np.array([vector for _, _, vector, _ in found]) == pytest.approx(own, abs=1e-6)
    assert np.array([context for _, _, _, context in found]) == pytest.approx(
        in_context(own, np.array(document.embedding)), abs=1e-6
    )
    assert store.sentences_with_vectors([]) == []


def test_no_such_article(store: Store) -> None:
    with pytest.raises(StoreError) as raised:
        store.article("bridge.txt")
    assert str(raised.value) == (
        f"the index {store.folder} holds no article 'bridge.txt'; `onrecord index` updates it."
    )


def test_nearest_is_cosine_in_context(store: Store, seeds: Path, tmp_path: Path, model: EmbeddingModel) -> None:
    assert store.nearest(model.encode(["Nothing is held yet."])[0], 5) == []
    text = (seeds / "kremlin-syria-bases.txt").read_text(encoding="utf-8")
    document, nodes = make(tmp_path, model, text)
    store.put([document], nodes)
    question = model.encode(["Who was granted asylum in Russia?"])[0]
    contexts = in_context(np.array([node.embedding for node in nodes]), np.array(document.embedding))
    cosines = contexts @ question
    best = np.argsort(-cosines)[:5]
    found = store.nearest(question, 5)
    assert [key for key, _ in found] == [nodes[i].node_id for i in best]
    assert [cosine for _, cosine in found] == pytest.approx(cosines[best].tolist(), abs=1e-5)
    assert len(store.nearest(question, 1000)) == len(nodes)


DISTANCES = [("the same direction", 0.0, 1.0), ("at right angles", 1.0, 0.0), ("opposite", 2.0, -1.0)]


@pytest.mark.parametrize(("distance", "cosine"), [case[1:] for case in DISTANCES], ids=[case[0] for case in DISTANCES])
def test_similarity(distance: float, cosine: float) -> None:
    assert similarity(distance) == cosine


IDS = [("a folder", "north/a.txt"), ("the separator in a name", "a#b#3.txt"), ("no ASCII", "élan 😀.md")]


@pytest.mark.parametrize("article_id", [case[1] for case in IDS], ids=[case[0] for case in IDS])
def test_sentence_ids(article_id: str) -> None:
    key = sentence_id(article_id, "0123456789abcdef" * 4, 12)
    assert key == f"{article_id}#0123456789abcdef#12"
    assert parse_sentence_id(key) == (article_id, "0123456789abcdef", 12)


def test_new_version_takes_the_place_of_the_old(store: Store, tmp_path: Path, model: EmbeddingModel) -> None:
    store.put(*_lists(make(tmp_path, model, FIRST)))
    document, nodes = make(tmp_path, model, SECOND)
    store.put([document], nodes)
    record = store.records()["bridge.txt"]
    assert [sentence.text for sentence in store.sentences(record)] == ["It was closed again."]
    assert held_ids(store) == ([nodes[0].node_id], [nodes[0].node_id])
    # What the new version does not say is not taken from the old one.
    assert (record.source, record.author, record.published) == (None, None, None)
    assert store.article("bridge.txt") == to_article(document)


def test_remove(store: Store, tmp_path: Path, model: EmbeddingModel) -> None:
    store.put(*_lists(make(tmp_path, model, FIRST, "a.txt"), make(tmp_path, model, FIRST, "b.txt")))
    store.remove([])
    assert list(store.records()) == ["a.txt", "b.txt"]
    store.remove(["a.txt"])
    (record,) = store.records().values()
    assert record.id == "b.txt"
    left = [sentence_id("b.txt", record.digest, position) for position in range(3)]
    assert held_ids(store) == (left, left)


def test_touch_changes_size_and_time_alone(store: Store, tmp_path: Path, model: EmbeddingModel) -> None:
    store.put(*_lists(make(tmp_path, model, FIRST)))
    before = store.records()["bridge.txt"]
    store.touch(before, size=9, mtime_ns=8)
    assert store.records()["bridge.txt"] == ArticleRecord(**{**vars(before), "size": 9, "mtime_ns": 8})


INTERRUPTED = [
    ("before the first new sentence", "_contexts", "upsert", "old"),
    ("between the new sentences' two collections", "_sentences", "upsert", "old"),
    ("before the commit", "_articles", "upsert", "old"),
    ("after the commit", "_contexts", "delete", "new"),
    ("while the old sentences are deleted", "_sentences", "delete", "new"),
]


@pytest.mark.parametrize(
    ("collection", "step", "answers"), [case[1:] for case in INTERRUPTED], ids=[case[0] for case in INTERRUPTED]
)
def test_interrupted_put_leaves_one_version_whole(
    store: Store,
    tmp_path: Path,
    model: EmbeddingModel,
    monkeypatch: pytest.MonkeyPatch,
    collection: str,
    step: str,
    answers: str,
) -> None:
    old, new = make(tmp_path, model, FIRST), make(tmp_path, model, SECOND)
    store.put(*_lists(old))

    with monkeypatch.context() as patch:
        patch.setattr(type(getattr(store, collection)), step, _only_for(getattr(store, collection).name, step))
        with pytest.raises(KeyboardInterrupt):
            store.put(*_lists(new))

    store.close()
    reopened = open_store(store.folder)
    document, nodes = old if answers == "old" else new
    record = reopened.records()["bridge.txt"]
    assert reopened.article("bridge.txt") == to_article(document)
    assert [sentence.text for sentence in reopened.sentences(record)] == [node.text for node in nodes]
    assert len(reopened.sentences_with_vectors([node.node_id for node in nodes])) == len(nodes)

    reopened.put(*_lists(new))
    reopened.drop_leftovers()
    ids = [node.node_id for node in new[1]]
    assert held_ids(reopened) == (ids, ids)
    assert reopened.article("bridge.txt") == to_article(new[0])
    reopened.close()


def test_leftovers_are_dropped_and_nothing_else(
    store: Store, tmp_path: Path, model: EmbeddingModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put(*_lists(make(tmp_path, model, FIRST, "a.txt"), make(tmp_path, model, FIRST, "b.txt")))
    assert store.drop_leftovers() == 0
    with monkeypatch.context() as patch:
        patch.setattr(type(store._contexts), "delete", _only_for(store._contexts.name, "delete"))
        with pytest.raises(KeyboardInterrupt):
            store.remove(["a.txt"])  # its record is gone, its sentences are not
    assert [list(store.records()), *map(len, held_ids(store))] == [["b.txt"], 6, 6]
    assert store.drop_leftovers() == 3
    left = [sentence_id("b.txt", store.records()["b.txt"].digest, position) for position in range(3)]
    assert held_ids(store) == (left, left)


def test_article_of_more_sentences_than_one_look_up_takes(store: Store) -> None:
    count = 33_000  # SQLite takes 32,766 values in a statement
    record = ArticleRecord("long.txt", "d" * 64, 1, 1, count, "Long", None, None, None, None, None, 0)
    assert store.sentences(record) == []


def test_other_versions_are_left_alone_until_they_are_dropped(tmp_path: Path, model: EmbeddingModel) -> None:
    folder = tmp_path / "store"
    first = open_store(folder)
    first.put(*_lists(make(tmp_path, model, FIRST)))
    first._client.create_collection("someone-elses", embedding_function=None)
    first.close()

    other = open_store(folder, "some/other model", 2)
    assert other.records() == {}
    other.close()
    again = open_store(folder)
    assert [len(again.sentences(record)) for record in again.records().values()] == [3]

    dropped = again.drop_other_versions()
    assert [name.split("-", 1)[0] for name in dropped] == ["articles", "contexts", "sentences"]
    assert all(name.startswith(f"{name.split('-')[0]}-v1-other-model-") for name in dropped)
    assert [len(again.sentences(record)) for record in again.records().values()] == [3]
    assert again.drop_other_versions() == []
    assert "someone-elses" in [collection.name for collection in again._client.list_collections()]
    again.close()


def test_collection_made_otherwise_is_rebuilt(
    tmp_path: Path, model: EmbeddingModel, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "store"
    first = open_store(folder)
    first.put(*_lists(make(tmp_path, model, FIRST)))
    first.close()
    with caplog.at_level(logging.WARNING, "index.store"):
        other = open_store(folder, dimension=2)
    assert (other.records(), other.nearest(np.array([1, 0], np.float32), 1)) == ({}, [])
    assert [record.getMessage() for record in caplog.records] == [
        f"the index in {folder} was made as {{'schema': 1, 'model': '{BUNDLED_MODEL}', 'dimension': 384}}, "
        f"not {{'schema': 1, 'model': '{BUNDLED_MODEL}', 'dimension': 2}}: it is rebuilt"
    ] * 3
    other.close()


UNUSABLE = [("a file in its place", "store"), ("a file in the place of a folder above", "store/deeper")]


@pytest.mark.parametrize("name", [case[1] for case in UNUSABLE], ids=[case[0] for case in UNUSABLE])
def test_folder_that_cannot_be_a_store(tmp_path: Path, name: str) -> None:
    (tmp_path / "store").write_text("not a folder")
    with pytest.raises(StoreError) as raised:
        open_store(tmp_path / name)
    message = str(raised.value)
    assert message.startswith(f"the store {tmp_path / name} cannot be opened: ")
    assert message.endswith(
        ". Choose another folder with --store, or move this one away: it is rebuilt from the articles."
    )
    assert "\n" not in message
    assert (tmp_path / "store").read_text() == "not a folder"


def test_store_that_chroma_cannot_read(tmp_path: Path) -> None:
    (tmp_path / "chroma").mkdir()
    (tmp_path / "chroma" / "chroma.sqlite3").write_bytes(b"not a database " * 1000)
    with pytest.raises(StoreError, match=r"^the store \S+ cannot be opened: [^\n]+ rebuilt from the articles\.$"):
        open_store(tmp_path)


def _lists(*made: tuple[Document, list[TextNode]]) -> tuple[list[Document], list[TextNode]]:
    return [document for document, _ in made], [node for _, nodes in made for node in nodes]


def _only_for(name: str, step: str) -> Any:
    """Chroma's own method, but the machine stops where it is called for the collection of this name."""
    from chromadb.api.models.Collection import Collection

    original = getattr(Collection, step)

    def stop(self: Collection, *arguments: Any, **keywords: Any) -> Any:
        if self.name == name:
            raise KeyboardInterrupt
        return original(self, *arguments, **keywords)

    return stop


def test_index_of_another_version_is_announced(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    open_store(tmp_path, model="an older model").close()
    assert caplog.messages == []
    open_store(tmp_path).close()
    assert caplog.messages == [f"the index in {tmp_path} is of another version or model: it is made anew"]
