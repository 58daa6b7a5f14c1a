"""Which articles are copies of one another, and that it follows what the ledger believes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from index.sentences.splitting import split_sentences
from index.storage.ledger import Ledger
from index.storage.lexical import Lexical
from index.values import ArticleRecord, Sentence
from tests.made import WIRE
from tests.test_lexical import record

OTHER = "The ferry was late again, and nobody at the harbour could say when the next one would leave for the island."


@pytest.fixture
def lexical(tmp_path: Path) -> Iterator[Lexical]:
    ledger = Ledger(tmp_path / "ledger.sqlite3", 1)
    yield Lexical(ledger)
    ledger.close()


def put(lexical: Lexical, article_id: str, text: str, *, published: str | None = "2024-03-04") -> None:
    def read(wanted: ArticleRecord) -> list[Sentence]:
        spans = enumerate(split_sentences(text))
        return [Sentence(wanted.id, place, start, end, text[start:end]) for place, (start, end) in spans]

    lexical.ledger.put([replace(record(article_id, text), published=published)], read)


@pytest.mark.parametrize(
    "text",
    [
        WIRE,
        "LONDON (Wire) - " + WIRE,
        WIRE.split(" The kiosk")[0],
        WIRE.replace("storms. “We", "storms, and “we").replace("decades", "years"),
        WIRE + " Follow us on our channels.",
        f"{OTHER} {WIRE} {OTHER}",
    ],
    ids=["the same", "a dateline", "the end is cut", "joined sentences", "a line added", "in a longer one"],
)
def test_a_copy_is_found(lexical: Lexical, text: str) -> None:
    put(lexical, "one.txt", WIRE)
    put(lexical, "two.txt", text)
    assert lexical.copies_of(["two.txt", "gone.txt"]) == {"two.txt": {"one.txt"}}
    assert lexical.copies_of(None) == {"one.txt": {"two.txt"}, "two.txt": {"one.txt"}}


@pytest.mark.parametrize(
    "text",
    [
        OTHER,
        f"{WIRE.split(' “We')[0]} {OTHER} {OTHER.replace('ferry', 'tram').replace('island', 'market')}",
        f"Correction: this article gave a wrong price. {WIRE}",
        WIRE.split(" Engineers")[0],
        " ".join([WIRE, *(f"Item {n} of the {n} told by {n} people in {n} towns on {n} days." for n in range(99))]),
    ],
    ids=["another story", "a roundup with two of its sentences", "a correction", "one sentence", "a small part of one"],
)
def test_what_is_no_copy(lexical: Lexical, text: str) -> None:
    put(lexical, "one.txt", WIRE)
    put(lexical, "two.txt", text)
    assert lexical.copies_of(None) == {}


@pytest.mark.parametrize(("day", "is_copy"), [("2024-03-07", True), ("2024-03-08", False), ("--03-08", True)])
def test_copies_are_of_a_few_days(lexical: Lexical, day: str, is_copy: bool) -> None:
    put(lexical, "one.txt", WIRE)
    put(lexical, "two.txt", WIRE, published=day)
    assert bool(lexical.copies_of(None)) == is_copy


def test_each_revision_has_its_own_copies(lexical: Lexical, tmp_path: Path) -> None:
    put(lexical, "one.txt", WIRE)
    put(lexical, "two.txt", WIRE)
    lexical.ledger.finish()
    writer = Lexical(Ledger(tmp_path / "ledger.sqlite3", 2))
    assert writer.ledger.begin(1)
    put(writer, "three.txt", WIRE)
    put(writer, "two.txt", OTHER)
    assert lexical.copies_of(None) == {"one.txt": {"two.txt"}, "two.txt": {"one.txt"}}
    assert writer.copies_of(None) == {"one.txt": {"three.txt"}, "three.txt": {"one.txt"}}
    assert writer.ledger.begin(1)  # as after a kill
    assert writer.copies_of(None) == {"one.txt": {"two.txt"}, "two.txt": {"one.txt"}}
    writer.ledger.remove(["one.txt", "two.txt"], [])
    writer.ledger.finish()
    writer.ledger.prune(2)
    assert [writer.ledger.query(f"SELECT count(*) FROM {table}") for table in ("runs", "copies", "sketches")] == [
        [(0,)]
    ] * 3
    writer.ledger.close()


def test_sentences_that_stand_in_copies(lexical: Lexical) -> None:
    for name in ("one.txt", "two.txt", "three.txt"):
        put(lexical, name, WIRE.replace("nine", "eight") if name == "three.txt" else WIRE)
    first, second, *_ = WIRE.split(". ")
    listed = ["two.txt", "three.txt", "gone.txt"]
    assert lexical.find_in_articles(f"{first}.", listed).keys() == {"two.txt", "three.txt"}
    assert lexical.find_in_articles(f"{second}.", ["two.txt", "three.txt"]).keys() == {"two.txt"}
    found = lexical.find_repeated(["one.txt"])
    assert [others for _, others in sorted(found.items())][:2] == [["three.txt", "two.txt"], ["two.txt"]]
