"""A part in Chroma: what is put in comes out, and a reader never sees half an article."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from llama_index.core.schema import Document, TextNode

from index.errors import StoreError
from index.models.embedding import EmbeddingModel, in_context
from index.nodes import ArticleReader, SentenceParser, to_article, to_document
from index.settings import BUNDLED_MODEL, Settings
from index.storage.catalogue import Catalogue, Current
from index.storage.chroma import Part, similarity
from index.storage.connection import connect
from index.storage.generation import SCHEMA, name_generation
from index.storage.records import texts_to_vectors, vectors_to_texts
from index.values import (
    ArticleRecord,
    FileRecord,
    Locator,
    Sentence,
    locators_from_json,
    parse_sentence_id,
    sentence_id,
)

FIRST = (
    "---\ntitle: The bridge\nsource: Post\nauthor: Ann Lee\ndate: 2024-12-10\n---\nIt is open. Ships pass. It is open."
)
SECOND = "---\ntitle: The bridge\n---\nIt was closed again."


def open_client(folder: Path) -> Any:
    return connect(Settings(seeds=folder, store=folder / "store"), folder / "store")


def open_part(client: Any, model: str = BUNDLED_MODEL, dimension: int = 384) -> Part:
    return Part(client, model=model, dimension=dimension)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Any]:
    opened = open_client(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def store(client: Any) -> Part:
    return open_part(client)


def make(
    folder: Path, model: EmbeddingModel, content: str, name: str = "bridge.txt"
) -> tuple[Document, list[TextNode]]:
    """An article with this content, as a sync makes it: a document and nodes with their vectors."""
    path = folder / "seeds" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode())
    (document,) = ArticleReader(folder / "seeds").load_data(path)
    nodes: Sequence[Any] = SentenceParser().get_nodes_from_documents([document])
    title, *own = model.encode([document.metadata["title"], *(node.text for node in nodes)]).tolist()
    document.embedding = title
    for node, vector in zip(nodes, own, strict=True):
        node.embedding = vector
    return document, list(nodes)


def sentences_of(part: Part, record: ArticleRecord | None) -> list[Sentence]:
    """The sentences of a version of an article, in order."""
    assert record is not None
    ids = [sentence_id(record.id, record.digest, position) for position in range(record.sentences)]
    return sorted(part.sentences_of(ids).values(), key=lambda sentence: sentence.position)


def in_bytes(vectors: Sequence[Any]) -> Any:
    """The vectors as a store gives them back."""
    return texts_to_vectors(vectors_to_texts(np.array(vectors, np.float32)))


def held_ids(store: Part) -> list[str]:
    return sorted(store._sentences.get(include=[])["ids"])


def test_put_and_read_back(store: Part, tmp_path: Path, model: EmbeddingModel) -> None:
    document, nodes = make(tmp_path, model, FIRST, "north/bridge #2.txt")
    store.put([document], nodes)
    digest = document.metadata["digest"]
    record = ArticleRecord(
        id="north/bridge #2.txt",
        file="north/bridge #2.txt",
        digest=digest,
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
    sentences = sentences_of(store, record)
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
    held = np.array([vector for _, _, vector, _ in found])
    assert np.linalg.norm(held, axis=1) == pytest.approx(1, abs=1e-6)
    assert (held * own).sum(axis=1) == pytest.approx(1, abs=2e-4)  # a byte a dimension
    assert np.array([context for _, _, _, context in found]) == pytest.approx(
        in_context(held, np.array(document.embedding)), abs=1e-6
    )
    assert store.sentences_with_vectors([]) == []


def test_locators_are_kept_with_the_article(store: Part, tmp_path: Path, model: EmbeddingModel) -> None:
    document, nodes = make(tmp_path, model, FIRST, "bridge.txt")
    pages = (Locator(0, "page", "1"), Locator(40, "page", "2"))
    paged = to_document(replace(to_article(document), locators=pages), "bridge.txt")
    paged.embedding = document.embedding
    assert to_article(paged).locators == pages
    store.put([paged], nodes)
    assert store.article("bridge.txt") == to_article(paged)
    assert locators_from_json(store.records()["bridge.txt"].locators) == pages  # type: ignore[union-attr]
    store.put([document], nodes)
    assert store.records()["bridge.txt"].locators == "[]"  # type: ignore[union-attr]


def test_breadth_of_a_search_grows_with_the_sentences(client: Any, store: Part) -> None:
    def breadth(part: Part) -> int:
        return int(part._sentences.configuration_json["hnsw"]["ef_search"])

    store.expect(60_000)
    assert breadth(open_part(client)) == 400
    store.expect(340_000)
    assert breadth(open_part(client)) == 2_000
    store.expect(1_000)
    assert breadth(open_part(client)) == 2_000  # what was there before has not become less


def test_no_such_article(store: Part) -> None:
    assert store.article("bridge.txt") is None


def test_nearest_is_cosine_in_context(store: Part, seeds: Path, tmp_path: Path, model: EmbeddingModel) -> None:
    assert store.nearest(model.encode(["Nothing is held yet."])[0], 5) == []
    text = (seeds / "kremlin-syria-bases.txt").read_text(encoding="utf-8")
    document, nodes = make(tmp_path, model, text)
    store.put([document], nodes)
    question = model.encode(["Who was granted asylum in Russia?"])[0]
    contexts = in_context(in_bytes([node.embedding for node in nodes]), np.array(document.embedding))
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


def test_new_version_takes_the_place_of_the_old(store: Part, tmp_path: Path, model: EmbeddingModel) -> None:
    first = make(tmp_path, model, FIRST)
    store.put(*_lists(first))
    old = store.records()["bridge.txt"]
    document, nodes = make(tmp_path, model, SECOND)
    store.put([document], nodes)
    record = store.records()["bridge.txt"]
    assert [sentence.text for sentence in sentences_of(store, record)] == ["It was closed again."]
    # A reader that still uses the old version finds it whole until it is forgotten.
    assert [sentence.text for sentence in sentences_of(store, old)] == [node.text for node in first[1]]
    store.forget([old])
    assert held_ids(store) == [nodes[0].node_id]
    # Fields missing from the new version are not taken from the old one.
    assert (record.source, record.author, record.published) == (None, None, None)
    assert store.article("bridge.txt") == to_article(document)


def test_remove(store: Part, tmp_path: Path, model: EmbeddingModel) -> None:
    store.put(*_lists(make(tmp_path, model, FIRST, "a.txt"), make(tmp_path, model, FIRST, "b.txt")))
    records = store.records()
    store.remove([], [])
    assert list(store.records()) == ["a.txt", "b.txt"]
    store.remove(["a.txt"], ["a.txt"])
    (record,) = store.records().values()
    assert record.id == "b.txt"
    assert len(held_ids(store)) == 6  # a reader may still be using a.txt
    store.forget([records["a.txt"]])
    left = [sentence_id("b.txt", record.digest, position) for position in range(3)]
    assert held_ids(store) == left


def test_files(store: Part) -> None:
    assert store.files() == {}
    nanoseconds = 1_700_000_000_123_456_789  # more digits than a double holds
    skipped = (("feed.csv#2", "has no text"), ("feed.csv#é", "“quoted”"))
    table = FileRecord("feed.csv", 10**10, nanoseconds, nanoseconds + 1, 5_000_000, skipped)
    article = FileRecord("a/b.txt", 9, 1, 2, 5_000_000, ())
    store.put_files([table, article])
    assert store.files() == {"a/b.txt": article, "feed.csv": table}
    touched = FileRecord("feed.csv", 9, 8, 7, 1_000, ())
    store.put_files([touched])
    assert store.files() == {"a/b.txt": article, "feed.csv": touched}
    store.remove([], ["a/b.txt"])
    assert store.files() == {"feed.csv": touched}


def test_what_is_gone_from_earlier_parts(store: Part, tmp_path: Path, model: EmbeddingModel) -> None:
    store.put(*_lists(make(tmp_path, model, FIRST, "a.txt")))
    file = FileRecord("a.txt", 9, 1, 2, 5_000_000, ())
    store.put_files([file])
    records = store.records()
    store.bury(["a.txt", "b.txt"], ["a.txt", "c.txt"])
    assert store.records() == {"a.txt": None, "b.txt": None}
    assert store.files() == {"a.txt": None, "c.txt": None}
    assert store.article("a.txt") is None
    assert store.holding(["a.txt", "x.txt"], ["c.txt", "y.txt"]) == ({"a.txt"}, {"c.txt"})
    store.forget([record for record in records.values() if record])
    assert (held_ids(store), store.count()) == ([], 0)
    store.put(*_lists(make(tmp_path, model, FIRST, "a.txt")))  # it has come back
    store.put_files([file])
    assert store.records() == {**records, "b.txt": None}
    assert store.files() == {"a.txt": file, "c.txt": None}


@pytest.mark.slow
def test_more_records_and_conditions_than_one_query_takes(store: Part, tmp_path: Path, model: EmbeddingModel) -> None:
    paths = [f"{i:06}.txt" for i in range(33_000)]  # SQLite takes 32,766 variables
    store.put_files([FileRecord(path, 1, 2, 3, 4, ()) for path in paths])
    assert list(store.files()) == paths
    document, nodes = make(tmp_path, model, FIRST)
    store.put([document], nodes)
    vector = np.array(nodes[1].embedding, np.float32)
    every = store.nearest(vector, 2)
    assert [len(every), len(store.nearest(vector, 9))] == [2, 3]
    assert store.nearest(vector, 2, articles=[*paths, "bridge.txt"]) == every
    assert store.nearest(vector, 2, paths, [*paths, "bridge.txt"]) == []


def test_nothing_is_larger_than_chroma_takes(
    client: Any, tmp_path: Path, model: EmbeddingModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither what is read nor what is written, nor what is asked for at once."""
    from chromadb.api.models.Collection import Collection

    most, sizes = 2, []

    def watched(name: str) -> Any:
        original = getattr(Collection, name)

        def call(self: Collection, *given: Any, **options: Any) -> Any:
            found = original(self, *given, **options)
            held = (found or {}).get("ids") or []
            sizes.append(max(len(options.get("ids") or (given[:1] and given[0]) or []), len(held)))
            return found

        return call

    monkeypatch.setattr(type(client), "get_max_batch_size", lambda _: most)
    small = open_part(client)
    for name in ("get", "upsert", "delete", "query"):
        monkeypatch.setattr(Collection, name, watched(name))
    names = ["a.txt", "b.txt", "c.txt"]
    made = [make(tmp_path, model, FIRST, name) for name in names]
    small.put(*_lists(*made), revision=3)
    small.put_files([FileRecord(name, 1, 2, 3, 4, ()) for name in names], revision=3)
    nodes = [node for _, some in made for node in some]
    ids, vector = [node.node_id for node in nodes], np.array(nodes[0].embedding, np.float32)
    assert (list(small.records()), list(small.files(after=2)), small.records(after=3)) == (names, names, {})
    assert sorted(small.sentences_of(ids)) == sorted(ids)
    assert sorted(found[0] for found in small.sentences_with_vectors(ids)) == sorted(ids)
    assert len(small.vectors_of(ids)) == 2  # texts
    assert sorted(small.contexts_of(ids)) == sorted(ids)
    near = small.nearest(vector, most, articles=names)
    assert [key.partition("#")[2] for key, _ in near] == 2 * [ids[0].partition("#")[2]]  # two of three that are equal
    records = small.records()
    small.bury(names, names, revision=4)
    assert small.records(after=3) == dict.fromkeys(names)
    small.forget([record for record in records.values() if record])
    small.put(*_lists(*made))
    small.bury(names, [])
    small.forget([])  # of what no record counts
    assert (small.count(), small.count_articles()) == (0, 3)
    small.unbury()
    assert (small.records(), small.files(), small.count_articles()) == ({}, {}, 0)
    assert max(sizes) == most


def test_large_texts_are_written_in_several_requests(store: Part, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.storage.chroma._PAYLOAD", 4 * (8 * 384 + 1_000) + 40)
    rows = ["a", "b", "c", "d", "eleven long", "f"]
    assert [list(part) for part in store._parts(rows, len)] == [["a", "b", "c", "d"], ["eleven long", "f"]]
    assert [list(part) for part in store._parts(rows)] == [rows]
    assert list(store._parts([], len)) == []


def test_most_conditions_and_ids_at_once(store: Part, tmp_path: Path, model: EmbeddingModel) -> None:
    document, nodes = make(tmp_path, model, FIRST)
    store.put([document], nodes)
    names = [f"{i:06}" for i in range(12_000)]
    ids = [node.node_id for node in nodes] + [f"no#such#{i}" for i in range(6_000)]
    vector = np.array(nodes[1].embedding, np.float32)
    assert store.nearest(vector, 9, speakers=names, articles=[*names, "bridge.txt"]) == []
    assert len(store.contexts_of(ids)) == len(nodes)


def test_title_of_what_is_gone_has_no_vector(store: Part, tmp_path: Path, model: EmbeddingModel) -> None:
    store.put(*_lists(make(tmp_path, model, FIRST)))
    store.bury(["bridge.txt"], [])
    assert (store.title_vector("The bridge"), store.article("bridge.txt")) == (None, None)


def test_known_vectors(store: Part, tmp_path: Path, model: EmbeddingModel) -> None:
    document, nodes = make(tmp_path, model, FIRST)
    store.put([document], nodes)
    found = store.vectors_of([nodes[0].node_id, nodes[1].node_id, "no#such#0"])
    assert list(found) == ["It is open.", "Ships pass."]
    assert np.array(list(found.values())) == pytest.approx(in_bytes([node.embedding for node in nodes[:2]]), abs=1e-6)
    assert store.title_vector("The bridge") == pytest.approx(document.embedding, abs=1e-6)
    assert (store.title_vector("the bridge"), store.vectors_of([])) == (None, {})


INTERRUPTED = [
    ("before the first new sentence", "_sentences", "upsert", "old"),
    ("before the commit", "_articles", "upsert", "old"),
    ("after the commit", "_sentences", "delete", "new"),
]


@pytest.mark.parametrize(
    ("collection", "step", "answers"), [case[1:] for case in INTERRUPTED], ids=[case[0] for case in INTERRUPTED]
)
def test_interrupted_put_leaves_one_version_whole(
    client: Any,
    store: Part,
    tmp_path: Path,
    model: EmbeddingModel,
    monkeypatch: pytest.MonkeyPatch,
    collection: str,
    step: str,
    answers: str,
) -> None:
    old, new = make(tmp_path, model, FIRST), make(tmp_path, model, SECOND)
    store.put(*_lists(old))
    (replaced,) = store.records().values()

    with monkeypatch.context() as patch:
        patch.setattr(type(getattr(store, collection)), step, _only_for(getattr(store, collection).name, step))
        with pytest.raises(KeyboardInterrupt):
            store.put(*_lists(new))
            store.forget([replaced])

    client.close()
    client = open_client(tmp_path)
    reopened = open_part(client)
    document, nodes = old if answers == "old" else new
    record = reopened.records()["bridge.txt"]
    assert reopened.article("bridge.txt") == to_article(document)
    assert [sentence.text for sentence in sentences_of(reopened, record)] == [node.text for node in nodes]
    assert len(reopened.sentences_with_vectors([node.node_id for node in nodes])) == len(nodes)

    reopened.put(*_lists(new))
    reopened.forget([])
    ids = [node.node_id for node in new[1]]
    assert held_ids(reopened) == ids
    assert reopened.article("bridge.txt") == to_article(new[0])
    client.close()


def test_leftovers_are_dropped_and_nothing_else(
    store: Part, tmp_path: Path, model: EmbeddingModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put(*_lists(make(tmp_path, model, FIRST, "a.txt"), make(tmp_path, model, FIRST, "b.txt")))
    store.forget([])
    records = store.records()
    with monkeypatch.context() as patch:
        patch.setattr(type(store._sentences), "delete", _only_for(store._sentences.name, "delete"))
        with pytest.raises(KeyboardInterrupt):
            store.remove(["a.txt"], [])
            store.forget([records["a.txt"]])  # its record is gone, but its sentences are not
    assert (list(store.records()), len(held_ids(store))) == (["b.txt"], 6)
    store.forget([])
    left = [sentence_id("b.txt", store.records()["b.txt"].digest, position) for position in range(3)]
    assert held_ids(store) == left


def test_article_of_more_sentences_than_one_look_up_takes(store: Part) -> None:
    count = 33_000  # SQLite takes 32,766 values in a statement
    record = ArticleRecord("long.txt", "long.txt", "d" * 64, count, "Long", None, None, None, None, None, 0)
    assert sentences_of(store, record) == []


def test_other_generations_are_left_alone_until_they_are_dropped(
    client: Any, tmp_path: Path, model: EmbeddingModel
) -> None:
    first = open_part(client)
    first.put(*_lists(make(tmp_path, model, FIRST)))
    client.create_collection("someone-elses", embedding_function=None)
    client.create_collection("sentences-v1-of-an-older-schema", embedding_function=None)
    client.create_collection("contexts-v1-of-an-older-schema", embedding_function=None)
    other = open_part(client, "some/other model", 2)
    assert other.records() == {}
    client.close()

    client = open_client(tmp_path)
    again = open_part(client)
    assert [len(sentences_of(again, record)) for record in again.records().values()] == [3]
    catalogue = Catalogue(client)
    kept = {"onrecord", "someone-elses"} | {
        f"{kind}-{name_generation(BUNDLED_MODEL, dimension=384)}" for kind in ("files", "articles", "sentences")
    }
    assert len(client.list_collections()) == len(kept) + 5
    for _ in range(2):
        catalogue.drop_other_generations(again)
        assert {collection.name for collection in client.list_collections()} == kept
    assert [len(sentences_of(again, record)) for record in again.records().values()] == [3]
    client.close()


def test_current_generation(client: Any, store: Part) -> None:
    catalogue = Catalogue(client)
    assert catalogue.current() is None
    catalogue.note_writing()
    assert catalogue.current() is None
    assert catalogue.was_interrupted()
    began = time.time()
    first = catalogue.promote(store)
    assert first == catalogue.current()
    assert replace(first, synced=0) == Current(
        generation=name_generation(BUNDLED_MODEL, dimension=384),
        schema=SCHEMA,
        model=BUNDLED_MODEL,
        revision=1,
        synced=0,
        since=1,
    )
    assert began - 0.001 <= first.synced <= time.time() + 0.001  # the time is rounded
    assert not catalogue.was_interrupted()
    catalogue.note_sync()
    noted = catalogue.current()
    assert noted is not None and noted.synced > first.synced
    assert replace(noted, synced=first.synced) == first
    catalogue.note_writing()
    assert catalogue.current() == replace(noted, is_written=True)
    assert catalogue.was_interrupted()
    other = Catalogue(client).promote(open_part(client, "some/other model", 2))
    assert other == catalogue.current()
    assert (other.generation, other.model, other.revision) == (
        name_generation("some/other model", dimension=2),
        "some/other model",
        2,
    )
    assert not catalogue.was_interrupted()


def test_from_which_revision_on_changes_are_told(client: Any, store: Part) -> None:
    catalogue, other = Catalogue(client), open_part(client, "some/other model", 2)

    def promote(part: Part, after: int | None) -> tuple[int, int | None]:
        current = catalogue.promote(part, after=after)
        return current.revision, current.since

    assert promote(store, 0) == (1, 1)
    assert promote(store, 1) == (2, 1)
    assert promote(store, 1) == (3, 3)  # revision 2 is of somebody else, and was not seen
    assert promote(other, 3) == (4, 4)
    assert promote(other, 4) == (5, 4)
    catalogue.note_forgetting()
    assert promote(other, 5) == (6, 6)


GENERATIONS = [
    ("the bundled model", BUNDLED_MODEL, rf"v{SCHEMA}-all-MiniLM-L6-v2-[0-9a-f]{{8}}"),
    ("a folder", "/models/my own_model/", rf"v{SCHEMA}-my-own-model-[0-9a-f]{{8}}"),
    ("no letter that Chroma takes", "модель", rf"v{SCHEMA}-model-[0-9a-f]{{8}}"),
    ("longer than Chroma takes", "m" * 500, rf"v{SCHEMA}-m{{40}}-[0-9a-f]{{8}}"),
]


@pytest.mark.parametrize(("name", "pattern"), [case[1:] for case in GENERATIONS], ids=[case[0] for case in GENERATIONS])
def test_name_of_a_generation(client: Any, name: str, pattern: str) -> None:
    assert re.fullmatch(pattern, name_generation(name, dimension=2))
    others = [(name + "2", 2, ""), (name, 3, ""), (name, 2, "trained further")]
    names = {name_generation(name, dimension=dimension, version=version) for name, dimension, version in others}
    assert len(names | {name_generation(name, dimension=2)}) == 4
    assert open_part(client, name, 2).records() == {}  # Chroma accepts the name


def test_opening_deletes_nothing(client: Any, tmp_path: Path, model: EmbeddingModel) -> None:
    first = open_part(client)
    first.put(*_lists(make(tmp_path, model, FIRST)))
    other = open_part(client, dimension=2)
    assert (other.records(), other.nearest(np.array([1, 0], np.float32), 1)) == ({}, [])
    name = first._sentences.name
    first._sentences.modify(metadata={"schema": SCHEMA, "model": BUNDLED_MODEL, "dimension": 7})
    with pytest.raises(StoreError, match=rf"^the collection {name} is not what its name says: .* rebuilt from the"):
        open_part(client)
    assert (len(first.records()), client.get_collection(name, embedding_function=None).count()) == (1, 3)


def _lists(*made: tuple[Document, list[TextNode]]) -> tuple[list[Document], list[TextNode]]:
    return [document for document, _ in made], [node for _, nodes in made for node in nodes]


def _only_for(name: str, step: str) -> Any:
    """Chroma's own method, except that the machine stops when it is called for this collection."""
    from chromadb.api.models.Collection import Collection

    original = getattr(Collection, step)

    def stop(self: Collection, *arguments: Any, **keywords: Any) -> Any:
        if self.name == name:
            raise KeyboardInterrupt
        return original(self, *arguments, **keywords)

    return stop
