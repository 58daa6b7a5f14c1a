"""The ledger: what counts at each revision, and a cache that repairs itself."""

from __future__ import annotations

import logging
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from index.errors import StoreError
from index.storage.ledger import Ledger
from index.storage.lexical import Lexical
from index.storage.word_index import WordIndex
from index.values import ArticleRecord, FileRecord, Sentence
from tests.test_lexical import TEXTS, fill, find, key, record


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "ledger.sqlite3", 1)
    fill(Lexical(opened), TEXTS)
    yield opened
    opened.close()


def read_ships(wanted: ArticleRecord) -> list[Sentence]:
    return [Sentence(wanted.id, 0, 0, 11, "Ships pass.", "Ana Ruiz", "indirect")]


def test_each_revision_has_its_own_articles(ledger: Ledger, tmp_path: Path) -> None:
    before = ledger.records()
    file = FileRecord("river.txt", 1, 2, 3, 4, (("a", "b"),))
    writer = Ledger(tmp_path / "ledger.sqlite3", 2)
    assert writer.begin(1)
    new = record("river.txt", "Ships pass.", version="2")
    writer.put([new], read_ships)
    writer.put_files([file])
    writer.remove(["bases.txt"], [])
    for _ in range(2):  # before it is finished and afterwards
        assert (ledger.records(), ledger.counts(), ledger.files()) == (before, (2, 5), {})
        assert find(Lexical(ledger), "bread") == [key("river.txt", 1), key("river.txt", 0)]
        assert find(Lexical(ledger), "ships", "bread", count=1) == [key("river.txt", 1)]
        assert (Lexical(ledger).statements(None), Lexical(ledger).speakers()) == ([], {})
        assert (writer.records(), writer.counts(), writer.files()) == ({"river.txt": new}, (1, 1), {"river.txt": file})
        assert find(Lexical(writer), "bread", "ships") == [key("river.txt", 0, "2")]
        assert Lexical(writer).speakers() == {"Ana Ruiz": 1}
        assert Lexical(writer).stems_in("river.txt", ["bread", "ship"]) == {"ship"}
        ids = [key("river.txt", 0), key("river.txt", 0, "2")]
        assert (ledger.current(ids), writer.current(ids)) == ({ids[0]}, {ids[1]})
        assert ledger.is_level
        writer.finish()
    assert writer.is_level
    writer.prune(2)
    assert (writer.records(), ledger.is_level) == ({"river.txt": new}, False)
    kept = [(key("river.txt", 0, "2"),)]
    assert writer.query("SELECT id FROM sentences") == kept
    assert writer.query("SELECT id FROM sentences JOIN contexts USING (row)") == kept
    writer.put([record("new.txt", "Ships pass.")], read_ships)
    assert len(writer.words) == 2  # the words of what was dropped are gone too
    writer.close()


def test_what_an_interrupted_writer_left_is_dropped(ledger: Ledger, tmp_path: Path) -> None:
    before = ledger.records()
    for _ in range(2):
        writer = Ledger(tmp_path / "ledger.sqlite3", 2)
        assert writer.begin(1)
        assert writer.records() == before
        writer.put([record("river.txt", "Ships pass.", version="2")], read_ships)
        writer.remove(["bases.txt"], [])
        writer.close()
    assert (ledger.records(), ledger.is_level) == (before, True)


def test_article_that_is_put_twice_in_a_revision_is_there_once(ledger: Ledger, tmp_path: Path) -> None:
    writer = Ledger(tmp_path / "ledger.sqlite3", 2)
    writer.begin(1)
    for version in ("2", "3"):
        writer.put([record("river.txt", "Ships pass.", version=version)], read_ships)
    moved = replace(record("river.txt", "Ships pass.", version="3"), file="elsewhere.txt")
    writer.put([moved], read_ships)  # the same sentences, with the same ids
    assert (writer.counts(), writer.records("id = ?", "river.txt")) == ((2, 4), {"river.txt": moved})
    assert Lexical(writer).statements(None) == [key("river.txt", 0, "3")]
    assert writer.files_of_articles() == {"bases.txt", "elsewhere.txt"}
    assert ledger.counts() == (2, 5)
    writer.close()


def test_revisions_of_another_index_are_not_taken_for_this_ones(ledger: Ledger, tmp_path: Path) -> None:
    other = Ledger(tmp_path / "ledger.sqlite3", 1, origin="a server")
    assert not other.is_level
    assert fill(Lexical(other), {"new.txt": "Ships pass."}) == 1
    assert (list(other.records()), other.is_level, ledger.is_level) == (["new.txt"], True, False)
    other.close()


def test_revision_may_hold_what_the_one_before_does(ledger: Ledger, tmp_path: Path) -> None:
    later = Ledger(tmp_path / "ledger.sqlite3", 2)
    later.repeat(1)
    assert (later.is_level, ledger.is_level, later.records()) == (True, True, ledger.records())
    far = Ledger(tmp_path / "ledger.sqlite3", 9)
    far.repeat(8)  # with which the ledger is not level
    assert (far.is_level, ledger.is_level, ledger.counts()) == (False, True, (2, 5))
    later.close()
    far.close()


def test_writer_of_an_empty_ledger_says_so(tmp_path: Path) -> None:
    writer = Ledger(tmp_path / "ledger.sqlite3", 8)
    assert not writer.begin(7)
    fill(Lexical(writer), TEXTS)
    writer.finish()
    reader = Ledger(tmp_path / "ledger.sqlite3", 7)
    assert (writer.is_level, reader.is_level, writer.counts()) == (True, False, (2, 5))
    writer.close()
    reader.close()


def test_damage_that_a_question_finds_is_told_in_a_line(ledger: Ledger) -> None:
    ledger.close()
    content = ledger.path.read_bytes()
    page = int.from_bytes(content[16:18], "big")
    ledger.path.write_bytes(content[:page] + b"\xa5" * (len(content) - page))
    again = Ledger(ledger.path, 1)
    with pytest.raises(StoreError, match=r"^the ledger .* is damaged: database disk image is malformed. Try again"):
        again.records()
    assert again.is_damaged
    again.close()


def test_update_reads_only_what_changed(ledger: Ledger) -> None:
    assert fill(Lexical(ledger), TEXTS) == 0
    records = {
        "bases.txt": record("bases.txt", TEXTS["bases.txt"]),
        "new.txt": record("new.txt", "Ships pass.", version="2"),
    }
    read: list[str] = []

    def read_sentences(wanted: ArticleRecord) -> list[Sentence]:
        read.append(wanted.id)
        return [Sentence(wanted.id, 0, 0, 11, "Ships pass.")]

    assert ledger.level(records, {}, read_sentences) == 2  # one added, one removed
    assert (read, ledger.counts()[1]) == (["new.txt"], 4)
    assert find(Lexical(ledger), "bread") == []
    assert Lexical(ledger).stems_in("river.txt", ["bread"]) == set()
    assert find(Lexical(ledger), "ships") == [key("new.txt", 0, "2")]


def test_changed_article_leaves_nothing_of_its_old_version(ledger: Ledger) -> None:
    assert fill(Lexical(ledger), {**TEXTS, "river.txt": "Ships pass."}, version="2") == 2
    assert (ledger.counts()[1], Lexical(ledger).frequency("bread"), find(Lexical(ledger), "bread")) == (4, 0, [])
    assert find(Lexical(ledger), "ships") == [key("river.txt", 0, "2")]


def test_reading_that_fails_changes_nothing(ledger: Ledger) -> None:
    def fail(_: ArticleRecord) -> list[Sentence]:
        raise StoreError("the store is gone")

    with pytest.raises(StoreError):
        ledger.level({"new.txt": record("new.txt", "Ships pass.")}, {}, fail)
    assert (ledger.counts()[1], find(Lexical(ledger), "bread")) == (5, [key("river.txt", 1), key("river.txt", 0)])


def test_deleted_file_is_rebuilt(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    for _ in range(2):
        ledger = Ledger(path, 1)
        assert (ledger.counts()[1], fill(Lexical(ledger), TEXTS), ledger.counts()[1]) == (0, 2, 5)
        ledger.close()
        path.unlink()


def test_kept_file_is_used_as_it_is(tmp_path: Path) -> None:
    first = Ledger(tmp_path / "ledger.sqlite3", 1)
    fill(Lexical(first), TEXTS)
    first.close()
    second = Ledger(tmp_path / "ledger.sqlite3", 1)
    assert (second.counts()[1], fill(Lexical(second), TEXTS)) == (5, 0)
    second.close()


def test_file_of_another_version_is_rebuilt(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "ledger.sqlite3")
    connection.executescript("CREATE TABLE sentences (other TEXT); PRAGMA user_version = 99")
    connection.close()
    ledger = Ledger(tmp_path / "ledger.sqlite3", 1)
    assert (fill(Lexical(ledger), TEXTS), ledger.counts()[1]) == (2, 5)
    ledger.close()


def test_file_that_is_no_database_is_rebuilt(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "ledger.sqlite3"
    path.write_bytes(b"not a database " * 1000)
    with caplog.at_level(logging.WARNING, "index.storage.ledger"):
        ledger = Ledger(path, 1)
    assert [line.getMessage() for line in caplog.records] == [
        f"the ledger {path} is damaged (file is not a database): it is made again"
    ]
    assert (fill(Lexical(ledger), TEXTS), ledger.counts()[1]) == (2, 5)
    ledger.close()


def test_file_damaged_after_its_beginning_is_rebuilt(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "ledger.sqlite3"
    first = Ledger(path, 1)
    fill(Lexical(first), TEXTS)
    first.close()
    content = path.read_bytes()
    page = int.from_bytes(content[16:18], "big")
    path.write_bytes(content[:page] + b"\xa5" * (len(content) - page))  # the schema stays, but every table is damaged
    with caplog.at_level(logging.WARNING, "index.storage.ledger"):
        ledger = Ledger(path, 1)
        assert (fill(Lexical(ledger), TEXTS), ledger.counts()[1]) == (2, 5)
    assert [line.getMessage() for line in caplog.records] == [
        f"the ledger {path} is damaged (it cannot be read): it is made again"
    ]
    ledger.close()


@pytest.mark.parametrize("name", ["meta.json", None])
def test_lost_or_damaged_words_are_read_again(
    ledger: Ledger, tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str | None
) -> None:
    folder = ledger.words.folder
    assert ledger.is_level
    ledger.close()
    if name:
        (folder / name).write_text("junk")
    else:
        shutil.rmtree(folder)
    again = Ledger(ledger.path, 1)
    assert ("cannot be opened" in caplog.text) == bool(name)
    assert not again.is_level
    assert (fill(Lexical(again), TEXTS), again.is_level) == (2, True)
    assert find(Lexical(again), "bread")[0] == key("river.txt", 1)
    again.close()


def test_words_damaged_while_they_are_read_are_told_in_a_line(ledger: Ledger) -> None:
    for path in ledger.words.folder.glob("*.store"):
        path.write_bytes(b"\xa5" * path.stat().st_size)
    with pytest.raises(StoreError, match=r"^the words in .* are damaged: .*Try again"):
        find(Lexical(ledger), "bread")
    assert ledger.is_damaged
    ledger.close()
    again = Ledger(ledger.path, 1)
    assert (again.is_level, fill(Lexical(again), TEXTS)) == (False, 2)
    again.close()


def test_words_of_what_was_not_committed_are_never_found(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise StoreError("the disk is full")

    writer = Ledger(ledger.path, 2)
    writer.begin(1)
    with monkeypatch.context() as patched:
        patched.setattr(WordIndex, "reload", fail)  # after the words are written, before the rest
        with pytest.raises(StoreError):
            writer.put([record("new.txt", "Ships pass.")], read_ships)
    assert (writer.counts(), find(Lexical(writer), "ships")) == ((2, 5), [])
    ledger.words.reload()
    assert (len(ledger.words), find(Lexical(ledger), "ships")) == (6, [])
    writer.put([record("other.txt", "Ships pass.")], read_ships)  # it has the same number
    assert find(Lexical(writer), "ships") == [key("other.txt", 0)]
    assert len(writer.words) == 6
    writer.close()


def test_folder_in_its_place_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite3").mkdir()
    with pytest.raises(StoreError) as raised:
        Ledger(tmp_path / "ledger.sqlite3", 1)
    assert str(raised.value) == (
        f"the ledger {tmp_path / 'ledger.sqlite3'} cannot be opened: unable to open database file"
    )
