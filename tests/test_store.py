"""A store of several parts: what is newer counts, and what is gone from an earlier part is gone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from llama_index.core.schema import Document, TextNode

from index.errors import StoreError
from index.nodes import SentenceParser, to_document
from index.settings import Settings
from index.storage.chroma import Part
from index.storage.connection import connect, disconnect
from index.storage.ledger import Ledger
from index.storage.lexical import Lexical
from index.storage.store import Store
from index.values import Article, FileRecord

DIMENSION = 8
EAST, NORTH, WEST = np.eye(DIMENSION, dtype=np.float32)[:3]


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[list[Part]]:
    settings = Settings(seeds=tmp_path, store=tmp_path)
    with ExitStack() as stack:
        opened = []
        for name in ("first", "second"):
            client = connect(settings, tmp_path / name)
            stack.callback(disconnect, client)
            opened.append(Part(client, model="made-up", dimension=DIMENSION))
        yield opened


def open_ledger(folder: Path, revision: int) -> Ledger:
    ledger = Ledger(folder / "ledger.sqlite3", revision)
    assert ledger.begin(revision - 1) or revision == 1
    return ledger


def make(article_id: str, text: str, vector: Any, digest: str) -> tuple[Document, list[Any]]:
    """An article, all of whose sentences have this vector."""
    article = Article(article_id, "A title", text, digest * 64)
    document = to_document(article, article_id)
    document.embedding = vector.tolist()
    document.metadata["speakers"] = "[]"
    nodes: list[Any] = SentenceParser().get_nodes_from_documents([document])
    for node in nodes:
        assert isinstance(node, TextNode)
        node.embedding = vector.tolist()
    return document, nodes


def put(store: Store, article_id: str, text: str, vector: Any, digest: str) -> None:
    document, nodes = make(article_id, text, vector, digest)
    store.put([document], nodes)
    store.put_files([FileRecord(article_id, len(text), 1, 2, 3, ())])


@pytest.fixture
def both(parts: list[Part], tmp_path: Path) -> Iterator[tuple[Store, Store]]:
    """A store of the first part, and one of both, with an article edited, one removed, one added and one as it was."""
    first = Store(parts[:1], open_ledger(tmp_path, 1))
    for name, vector in (("edited.txt", EAST), ("removed.txt", EAST), ("same.txt", NORTH)):
        put(first, name, "Ships pass. It rains.", vector, "1")
    first.ledger.finish()
    second = Store(parts, open_ledger(tmp_path, 2))
    put(second, "edited.txt", "Ships wait.", WEST, "2")
    put(second, "new.txt", "Snow falls.", NORTH, "3")
    second.remove({"removed.txt"}, {"removed.txt"})
    second.ledger.finish()
    yield first, second
    first.ledger.close()
    second.ledger.close()


def texts(store: Store) -> dict[str, str]:
    return {
        key: " ".join(sentence.text for sentence in store.sentences(record)) for key, record in store.records().items()
    }


BEFORE = dict.fromkeys(("edited.txt", "removed.txt", "same.txt"), "Ships pass. It rains.")
AFTER = {"edited.txt": "Ships wait.", "new.txt": "Snow falls.", "same.txt": "Ships pass. It rains."}


def test_each_store_holds_its_own(both: tuple[Store, Store]) -> None:
    for store, expected in zip(both, (BEFORE, AFTER), strict=True):
        assert texts(store) == expected
        assert {key: store.article(key).text for key in expected} == expected
        assert list(store.files()) == list(expected)
        records = store.records()
        assert (len(records), list(records)) == (3, list(expected))
        assert records.get("no-such.txt") is None
        (gone,) = {"new.txt", "removed.txt"} - expected.keys()
        with pytest.raises(StoreError, match=f"^the index holds no article '{gone}'"):
            store.article(gone)


def test_what_counts_no_more_takes_no_place_among_the_nearest(both: tuple[Store, Store]) -> None:
    first, second = both
    near = [key.partition("#")[0] for key, _ in first.nearest(EAST, 4)]
    assert sorted(near) == ["edited.txt", "edited.txt", "removed.txt", "removed.txt"]
    found = second.nearest(EAST, 4)  # the four nearest in the first part count no more
    assert sorted(key.partition("#")[0] for key, _ in found) == ["edited.txt", "new.txt", "same.txt", "same.txt"]
    assert [cosine for _, cosine in found] == sorted((cosine for _, cosine in found), reverse=True)
    assert [key.partition("#")[0] for key, _ in second.nearest(WEST, 1)] == ["edited.txt"]
    assert [key.partition("#")[0] for key, _ in second.nearest(WEST, 1, articles=["new.txt"])] == ["new.txt"]


def test_sentences_come_from_whatever_part_has_them(both: tuple[Store, Store]) -> None:
    _, second = both
    ids = [key for key, _ in second.nearest(NORTH, 9)]
    held = {sentence.text: own for _, sentence, own, _ in second.sentences_with_vectors([*ids, "no#such#0"])}
    assert held.keys() == {"Ships wait.", "Snow falls.", "Ships pass.", "It rains."}
    assert held["Snow falls."] == pytest.approx(NORTH)
    assert second.vectors_of(ids)["Ships wait."] == pytest.approx(WEST.tolist())
    assert second.title_vector("A title") == pytest.approx(EAST.tolist())
    assert second.title_vector("Another") is None


def test_article_that_comes_back(both: tuple[Store, Store], tmp_path: Path) -> None:
    _, second = both
    third = Store(second.parts, open_ledger(tmp_path, 3))
    put(third, "removed.txt", "Ships pass. It rains.", EAST, "1")
    assert texts(third) == {**AFTER, "removed.txt": BEFORE["removed.txt"]}
    third.remove({"new.txt", "same.txt"}, {"new.txt", "same.txt"})
    third.forget([])
    third.ledger.finish()
    assert texts(third) == {"edited.txt": "Ships wait.", "removed.txt": BEFORE["removed.txt"]}
    assert third.parts[-1].count() == 3  # nothing is left of what only the last part had
    third.ledger.close()


def test_lost_ledger_is_made_again_from_the_parts(both: tuple[Store, Store], tmp_path: Path) -> None:
    _, second = both
    ledger = Ledger(tmp_path / "another.sqlite3", 2)
    again = Store(second.parts, ledger)
    assert (again.level(), again.level()) == (3, 0)
    assert (texts(again), again.files(), dict(again.records())) == (AFTER, second.files(), dict(second.records()))
    found, expected = (
        {*Lexical(of).sentences_with("ship", 9), *Lexical(of).sentences_with("rain", 9)}
        for of in (ledger, second.ledger)
    )
    assert found == expected
    assert len(found) == 3
    ledger.close()
