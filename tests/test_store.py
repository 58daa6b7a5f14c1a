"""A store of several parts: what is newer counts, and what is gone from an earlier part is gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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


def test_nearest_of_some_that_are_in_several_parts(both: tuple[Store, Store]) -> None:
    first, second = both
    ids = [key for key, _ in [*first.nearest(EAST, 9), *second.nearest(EAST, 9)]]
    found = second.nearest_of([*ids, "no#such#0"], WEST, 9)
    assert dict(found) == pytest.approx(dict(second.nearest(WEST, 9)))  # what counts no more is left out
    assert len(found) == 4
    assert second.nearest_of(ids, WEST, 1) == found[:1]
    assert second.nearest_of([], WEST, 1) == []


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


@pytest.fixture
def machines(parts: list[Part], tmp_path: Path) -> Iterator[Callable[[str, int], Store]]:
    """Makes the store of a machine, with a ledger of its own at a revision, of a part that all machines write to."""
    with ExitStack() as stack:

        def open_on(machine: str, revision: int) -> Store:
            ledger = Ledger(tmp_path / f"{machine}.sqlite3", revision)
            stack.callback(ledger.close)
            return Store(parts[:1], ledger, is_served=True)

        first = open_on("first", 1)
        for name, vector in (("edited.txt", EAST), ("removed.txt", EAST), ("same.txt", NORTH)):
            put(first, name, "Ships pass. It rains.", vector, "1")
        first.ledger.finish()
        yield open_on


def test_other_machine_reads_what_has_changed(machines: Callable[[str, int], Store]) -> None:
    second = machines("second", 1)
    assert (second.level(since=1), second.level(since=1), texts(second)) == (3, 0, BEFORE)
    writer = machines("first", 2)
    assert writer.ledger.begin(1)
    assert writer.follow(1) == 0
    put(writer, "edited.txt", "Ships wait.", WEST, "2")
    put(writer, "new.txt", "Snow falls.", NORTH, "3")
    writer.remove({"removed.txt"}, {"removed.txt"})
    writer.ledger.finish()
    later = machines("second", 2)
    assert (later.level(since=1), later.level(since=1)) == (3, 0)
    assert (texts(later), later.files()) == (AFTER, writer.files())
    assert (texts(second), texts(writer)) == (BEFORE, AFTER)
    third = machines("third", 2)
    assert (third.level(since=1), texts(third), third.files()) == (3, AFTER, writer.files())
    assert not writer.is_littered()
    writer.parts[0].unbury()
    assert (machines("fourth", 2).level(since=2), writer.parts[0].count_articles()) == (3, 3)


def test_all_is_read_where_changes_are_not_told(machines: Callable[[str, int], Store]) -> None:
    assert machines("second", 1).level(since=1) == 3
    writer = machines("first", 2)
    writer.ledger.begin(1)
    writer.remove({"removed.txt"}, {"removed.txt"})
    writer.parts[0].unbury()
    writer.ledger.finish()
    later = machines("second", 2)
    assert later.level(since=2) == 1
    assert (list(texts(later)), list(later.files())) == (["edited.txt", "same.txt"],) * 2


def test_interrupted_writer_does_not_believe_what_it_left(machines: Callable[[str, int], Store]) -> None:
    machines("second", 1).level(since=1)
    killed = machines("first", 2)
    killed.ledger.begin(1)
    killed.follow(1)
    killed.ledger.withhold(1)
    put(killed, "edited.txt", "Ships wait.", WEST, "2")
    put(killed, "stray.txt", "Hail falls.", WEST, "4")
    writer = machines("second", 2)  # the other machine has not the articles of the first
    assert writer.ledger.begin(1)
    assert writer.follow(1) == 2
    writer.ledger.withhold(1)
    assert texts(writer) == {**BEFORE, "edited.txt": "Ships wait.", "stray.txt": "Hail falls."}
    put(writer, "edited.txt", "Ships sink.", WEST, "5")
    writer.remove({"stray.txt"}, {"stray.txt"})
    writer.forget([])
    writer.ledger.finish()
    expected = {**BEFORE, "edited.txt": "Ships sink."}
    again = machines("first", 2)
    assert (again.level(since=1), texts(again), again.files()) == (2, expected, writer.files())
    assert texts(writer) == expected
    assert writer.parts[0].count() == 5  # nothing is left of either version that was replaced


def test_damaged_ledger_is_made_again_where_it_would_follow(
    machines: Callable[[str, int], Store], tmp_path: Path
) -> None:
    machines("second", 1).level(since=1)
    writer = machines("first", 2)
    writer.ledger.begin(1)
    put(writer, "new.txt", "Snow falls.", NORTH, "3")
    writer.ledger.finish()
    later = machines("second", 2)
    later.ledger.query("PRAGMA wal_checkpoint(TRUNCATE)")
    later.ledger.close()
    path = tmp_path / "second.sqlite3"
    path.write_bytes(path.read_bytes()[:8192] + b"\xff" * (path.stat().st_size - 8192))
    again = machines("second", 2)
    assert (again.level(since=1), list(texts(again))) == (4, ["edited.txt", "new.txt", "removed.txt", "same.txt"])


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
