"""The index follows the folder: what a sync does, reports, skips and never loses."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import index.writer
from index.errors import BusyError, SeedsError
from index.library import Library
from index.models.embedding import EmbeddingModel
from index.reading.files import SUFFIXES
from index.settings import BUNDLED_MODEL, Settings
from index.sync import Report
from index.values import sentence_id

MakeLibrary = Callable[..., Library]

ROOT = Path(__file__).parent.parent
RIVER = "The bridge is open. Ships may pass again."
READ = f"{', '.join(sorted(SUFFIXES - {'.zip'}))} or .zip"
MAYOR = "The mayor left. Nobody asked why. It rained."


class CountingModel(EmbeddingModel):
    """The real model, which also records what it was given."""

    def __init__(self, loaded: EmbeddingModel) -> None:
        super().__init__(BUNDLED_MODEL)
        self._loaded = loaded.load()
        self.given: list[list[str]] = []

    def encode(self, texts: Sequence[str], *, beside_others: bool = False) -> NDArray[np.float32]:
        """As in EmbeddingModel."""
        self.given.append(list(texts))
        return super().encode(texts, beside_others=beside_others)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "news"
    made.mkdir()
    return made


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def counts(report: Report) -> dict[str, int]:
    """The non-zero numbers of a report."""
    names = ("added", "changed", "moved", "removed", "unchanged", "articles", "sentences")
    return {name: getattr(report, name) for name in names if getattr(report, name)}


def texts(library: Library) -> dict[str, list[str]]:
    """By article id, its sentences, as a reader sees them."""
    return {
        article_id: [sentence.text for sentence in library.store.sentences(record)]
        for article_id, record in library.records.items()
    }


def held(library: Library) -> tuple[int, int]:
    """How many sentences each of the two indexes holds, current or not."""
    return sum(part.count() for part in library.store.parts), library.counts[1]


def test_first_sync(folder: Path, make_library: MakeLibrary) -> None:
    write(folder, "river.txt", RIVER)
    write(folder, "north/town/mayor.md", MAYOR)
    library = make_library(folder, update=False)
    assert library.counts == (0, 0)
    report = library.sync()
    assert report.seconds > 0
    assert replace(report, seconds=0) == Report(added=2, embedded=7, articles=2, sentences=5)  # plus two titles
    assert list(library.records) == ["north/town/mayor.md", "river.txt"]
    assert texts(library) == {
        "north/town/mayor.md": ["The mayor left.", "Nobody asked why.", "It rained."],
        "river.txt": ["The bridge is open.", "Ships may pass again."],
    }
    assert (library.counts, held(library)) == ((2, 5), (5, 5))
    assert library.article("north/town/mayor.md").text == MAYOR


def test_new_changed_removed_unchanged_and_saved_again(folder: Path, make_library: MakeLibrary) -> None:
    for name in ("changed.txt", "removed.txt", "same.txt", "saved-again.txt"):
        write(folder, name, RIVER)
    library = make_library(folder)
    write(folder, "changed.txt", MAYOR)
    write(folder, "new.txt", MAYOR)
    (folder / "removed.txt").unlink()
    os.utime(folder / "saved-again.txt", ns=(1, 2))
    assert counts(library.sync()) == {
        "added": 1,
        "changed": 1,
        "removed": 1,
        "unchanged": 2,
        "articles": 4,
        "sentences": 10,
    }
    assert texts(library)["changed.txt"] == ["The mayor left.", "Nobody asked why.", "It rained."]
    assert (list(library.records), held(library)) == (
        ["changed.txt", "new.txt", "same.txt", "saved-again.txt"],
        (10, 10),
    )
    assert library.store.files()["saved-again.txt"].mtime_ns == 2
    assert library.update() is None


def test_nothing_to_do_embeds_nothing(folder: Path, make_library: MakeLibrary, model: EmbeddingModel) -> None:
    path = write(folder, "river.txt", RIVER)
    library = make_library(folder, update=False)
    library.model = counting = CountingModel(model)
    library.update()
    assert counting.given == [["River", "The bridge is open.", "Ships may pass again."]]
    assert counts(library.sync()) == {"unchanged": 1, "articles": 1, "sentences": 2}
    os.utime(path, ns=(1, 2))  # only touched
    assert counts(library.sync()) == {"unchanged": 1, "articles": 1, "sentences": 2}
    assert library.update() is None
    assert len(counting.given) == 1


def test_size_that_stays_and_time_that_does_not(folder: Path, make_library: MakeLibrary) -> None:
    path = write(folder, "river.txt", "It is open.")
    library = make_library(folder)
    path.write_text("It is shut.")
    os.utime(path, ns=(1, library.store.files()["river.txt"].mtime_ns + 1))  # one nanosecond later
    assert counts(library.sync()) == {"changed": 1, "articles": 1, "sentences": 1}
    assert texts(library) == {"river.txt": ["It is shut."]}


def test_equal_texts_are_embedded_once_and_stay_two_articles(
    folder: Path, make_library: MakeLibrary, model: EmbeddingModel
) -> None:
    write(folder, "one/wire.txt", RIVER)
    write(folder, "two/wire.txt", RIVER)
    library = make_library(folder, update=False)
    library.model = counting = CountingModel(model)
    assert counts(library.sync()) == {"added": 2, "articles": 2, "sentences": 4}
    assert counting.given == [["Wire", "The bridge is open.", "Ships may pass again."]]
    (folder / "one" / "wire.txt").unlink()
    assert counts(library.sync()) == {"removed": 1, "unchanged": 1, "articles": 1, "sentences": 2}
    assert texts(library) == {"two/wire.txt": ["The bridge is open.", "Ships may pass again."]}


def test_equal_texts_that_are_not_stored_together_are_embedded_once(
    folder: Path, make_library: MakeLibrary, model: EmbeddingModel
) -> None:
    write(folder, "a/wire.txt", RIVER)
    write(folder, "b/long.txt", " ".join(f"Bridge {i} is open." for i in range(600)))  # is stored alone
    write(folder, "c/wire.txt", RIVER)
    library = make_library(folder, update=False)
    library.model = counting = CountingModel(model)
    library.sync()
    given = [text for batch in counting.given for text in batch]
    assert (given.count("The bridge is open."), given.count("Ships may pass again.")) == (1, 1)
    assert texts(library)["c/wire.txt"] == ["The bridge is open.", "Ships may pass again."]


def test_what_cannot_be_an_article_is_skipped_with_its_reason(folder: Path, make_library: MakeLibrary) -> None:
    write(folder, "river.txt", RIVER)
    write(folder, "café.txt", "It costs £5 at the café.".encode("latin-1"))
    write(folder, "empty.txt", "")
    write(folder, "blank.md", " \r\n\t\n")
    write(folder, "binary.txt", b"\x00\x01\x02" * 100)
    write(folder, "marks.txt", "***")
    write(folder, "large.txt", "It rained. " * 1000)
    write(folder, "photo.jpg", "no text")
    write(folder, "Makefile", "all:")
    (folder / "dangling.txt").symlink_to(folder / "nowhere.txt")
    (Path(os.fsdecode(os.fsencode(folder) + b"/na\xefve.txt"))).write_text(RIVER)
    write(folder, ".hidden.txt", RIVER)
    write(folder, ".git/description.txt", RIVER)
    os.mkfifo(folder / "pipe.txt")
    library = make_library(folder, update=False, max_article_mb=0.01)
    report = library.sync()
    assert dict(report.skipped) == {
        "empty.txt": "it is empty: put the text of an article in it, or remove it",
        "blank.md": "it is empty: put the text of an article in it, or remove it",
        "binary.txt": "it is not text: 300 of its 300 bytes are control characters. Remove it.",
        "marks.txt": "it contains no sentences",
        "large.txt": "it is too large: 0.011 MB, and the limit is 0.01 MB. Split it, or raise max_article_mb "
        "(ONRECORD_MAX_ARTICLE_MB).",
        "photo.jpg": f".jpg: only {READ} files are read",
        "Makefile": f"no suffix: only {READ} files are read",
        "dangling.txt": "it cannot be read: No such file or directory",
        "'na\\udcefve.txt'": "its name is not UTF-8: rename it",
    }
    assert len(report.skipped) == 9
    assert counts(report) == {"added": 2, "articles": 2, "sentences": 3}
    assert texts(library)["café.txt"] == ["It costs £5 at the café."]
    again = library.sync()
    assert (counts(again), again.skipped) == ({"unchanged": 2, "articles": 2, "sentences": 3}, report.skipped)


def test_file_above_the_limit_is_not_read(folder: Path, make_library: MakeLibrary) -> None:
    write(folder, "river.txt", RIVER)
    write(folder, "large.txt", b"It rained. " * 1_000_000)
    report = make_library(folder, update=False).sync()
    assert report.skipped == (
        (
            "large.txt",
            "it is too large: 11 MB, and the limit is 5 MB. Split it, or raise max_article_mb "
            "(ONRECORD_MAX_ARTICLE_MB).",
        ),
    )
    assert report.seconds < 10


UNREADABLE = [
    ("emptied", lambda path: path.write_bytes(b"")),
    ("overwritten with what is no text", lambda path: path.write_bytes(b"\x00" * 100)),
    ("no words left", lambda path: path.write_text("* * *")),
    ("a link to nothing", lambda path: (path.unlink(), path.symlink_to("nowhere.txt"))),
]


@pytest.mark.parametrize("spoil", [case[1] for case in UNREADABLE], ids=[case[0] for case in UNREADABLE])
def test_file_that_can_no_longer_be_read_keeps_its_old_version(
    folder: Path, make_library: MakeLibrary, spoil: Any
) -> None:
    path = write(folder, "river.txt", RIVER)
    write(folder, "mayor.txt", MAYOR)
    library = make_library(folder)
    before = texts(library)
    spoil(path)
    report = library.sync()
    assert counts(report) == {"unchanged": 2, "articles": 2, "sentences": 5}
    assert [name for name, _ in report.skipped] == ["river.txt"]
    assert texts(library) == before
    assert library.article("river.txt").text == RIVER


NO_ARTICLE = [
    (
        "the folder is gone",
        None,
        "there is no folder {0}. Make it and put articles there, or name another with --seeds.",
    ),
    (
        "the folder is empty",
        {},
        "no article could be read from {0}: it holds no READ file. Put some there, or name another folder with "
        "--seeds.",
    ),
    (
        "no file that is read",
        {"photo.jpg": "{}", ".hidden.txt": RIVER},
        "no article could be read from {0}: it holds no READ file. Put some there, or name another folder with "
        "--seeds.",
    ),
    (
        "bad files only",
        {"a.txt": "", "b.txt": "***"},
        "no article could be read from {0}: a.txt: it is empty: put the text of an article in it, or remove it "
        "(and 1 more)",
    ),
]


@pytest.mark.parametrize(("files", "message"), [case[1:] for case in NO_ARTICLE], ids=[case[0] for case in NO_ARTICLE])
def test_folder_without_an_article_is_an_error_and_forgets_nothing(
    folder: Path, make_library: MakeLibrary, files: dict[str, str] | None, message: str
) -> None:
    path = write(folder, "river.txt", RIVER)
    library = make_library(folder)
    path.unlink()
    if files is None:
        folder.rmdir()
    for name, content in (files or {}).items():
        write(folder, name, content)
    for bring_level in (library.sync, library.update):
        with pytest.raises(SeedsError) as raised:
            bring_level()
        assert str(raised.value) == message.format(folder).replace("READ", READ)
    assert list(library.store.records()) == ["river.txt"]
    assert (texts(library), held(library)) == (
        {"river.txt": ["The bridge is open.", "Ships may pass again."]},
        (2, 2),
    )


def test_no_store_is_made_for_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SeedsError):
        Library(Settings(seeds=tmp_path / "newz", store=tmp_path / "store"))
    assert list(tmp_path.iterdir()) == []


@contextmanager
def another_writer(store: Path) -> Iterator[str]:
    """While another process is updating the index; yields its name."""
    code = (
        "import sys\nfrom pathlib import Path\nfrom index.storage.lock import writer_lock\n"
        "with writer_lock(Path(sys.argv[1]), wait=False):\n    print(flush=True)\n    input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(store)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        since = json.loads((store / "writer.json").read_text())["since"]
        yield f"process {process.pid}, since {time.strftime('%H:%M:%S', time.localtime(since))},"
        process.communicate(b"\n")


def test_another_process_is_writing(
    folder: Path, tmp_path: Path, make_library: MakeLibrary, caplog: pytest.LogCaptureFixture
) -> None:
    write(folder, "river.txt", RIVER)
    store = tmp_path / "store"
    library = make_library(folder, store=store, update=False)
    with another_writer(store) as writer:
        busy = f"{writer} is updating the index {store}. Wait for it to finish, then try again."
        # The index holds nothing that could answer meanwhile.
        for bring_level in (lambda: library.sync(wait=False), library.update):
            with pytest.raises(BusyError) as raised:
                bring_level()
            assert str(raised.value) == busy
    library.update()
    write(folder, "mayor.txt", MAYOR)
    with another_writer(store) as writer, caplog.at_level(logging.WARNING, "index"):
        assert library.update() is None
    assert [(line.name, line.getMessage()) for line in caplog.records] == [
        (
            "index.library",
            f"{writer} is updating the index {store}. Wait for it to finish, then try again. "
            "Answering from what the index holds now.",
        )
    ]
    assert list(library.records) == ["river.txt"]
    report = library.update()
    assert report is not None
    assert counts(report) == {"added": 1, "unchanged": 1, "articles": 2, "sentences": 5}


def test_progress(folder: Path, make_library: MakeLibrary) -> None:
    for i in range(3):
        write(folder, f"{i}.txt", "It rained. " * 300)
    seen: list[tuple[int, int, int]] = []
    make_library(folder, update=False).sync(on_progress=lambda *numbers: seen.append(numbers))
    assert seen == [(2, 3, 600), (3, 3, 900)]  # a batch is full at 512 sentences; the rest is committed at the end


def snapshot(library: Library) -> dict[str, Any]:
    """Everything in an index except file times: records, texts, spans, and the vectors by id."""
    store = library.store
    held_in: dict[str, Any] = {
        name: collection.get(include=["documents", "metadatas", "embeddings"])
        for name, collection in (("sentence", store.parts[-1]._sentences), ("title", store.parts[-1]._articles))
    }
    ids = [
        sentence_id(record.id, record.digest, position)
        for record in library.records.values()
        for position in range(record.sentences)
    ]
    return {
        "records": library.records,
        "files": list(library.store.files()),
        "articles": {key: library.article(key) for key in library.records},
        "sentences": {key: library.store.sentences(record) for key, record in library.records.items()},
        "ids": {name: sorted(found["ids"]) for name, found in held_in.items()},
        "metadatas": {
            name: dict(zip(found["ids"], found["metadatas"], strict=True)) for name, found in held_in.items()
        },
        "contexts": library.lexical.contexts(ids),
        # Not the scores: their statistics count what was deleted until tantivy merges its segments.
        "found": {key for key, _ in library.lexical.search(["bridge", "mayor"], 100)},
        "vectors": {name: dict(zip(found["ids"], found["embeddings"], strict=True)) for name, found in held_in.items()},
    }


def assert_same_index(one: Library, other: Library) -> None:
    first, second = snapshot(one), snapshot(other)
    vectors, others = first.pop("vectors"), second.pop("vectors")
    assert first == second
    for name in vectors:
        for key, vector in vectors[name].items():
            # bfloat16 if many were embedded at once, float32 if few
            assert vector @ others[name][key] > 0.999, (name, key)


def test_index_after_many_edits_is_that_of_a_clean_build(folder: Path, make_library: MakeLibrary) -> None:
    write(folder, "river.md", f"---\ntitle: The bridge\nsource: Post\nauthor: Ann Lee\n---\n{RIVER}")
    write(folder, "north/mayor.txt", MAYOR)
    write(folder, "gone.txt", RIVER)
    library = make_library(folder)
    edits = [
        lambda: write(folder, "river.md", RIVER),  # loses its front matter, and so its source and author
        lambda: write(folder, "river.md", f"{RIVER} {MAYOR}"),
        lambda: (folder / "gone.txt").unlink(),
        lambda: write(folder, "gone.txt", MAYOR),
        lambda: (folder / "north" / "mayor.txt").rename(folder / "north" / "mayor-left.txt"),
        lambda: write(folder, "river.md", f"{RIVER} {RIVER}"),
        lambda: (folder / "gone.txt").unlink(),
    ]
    for edit in edits:
        edit()
        library.sync()
    assert list(library.records) == ["north/mayor-left.txt", "river.md"]
    assert_same_index(library, make_library(folder))


STOPS = [
    ("a new sentence", "sentences", "upsert"),
    ("the commit", "articles", "upsert"),
    ("an old sentence", "sentences", "delete"),
    ("a removed article's record", "articles", "delete"),
]


@pytest.mark.parametrize(("collection", "step"), [case[1:] for case in STOPS], ids=[case[0] for case in STOPS])
def test_sync_that_is_killed_is_mended_by_the_next(
    folder: Path,
    tmp_path: Path,
    make_library: MakeLibrary,
    monkeypatch: pytest.MonkeyPatch,
    collection: str,
    step: str,
) -> None:
    from chromadb.api.models.Collection import Collection

    write(folder, "river.txt", RIVER)
    write(folder, "mayor.txt", MAYOR)
    write(folder, "gone.txt", RIVER)
    library = make_library(folder, store=tmp_path / "store")
    before = texts(library)
    write(folder, "river.txt", MAYOR)
    (folder / "gone.txt").unlink()
    original = getattr(Collection, step)

    def stop(self: Collection, *arguments: Any, **keywords: Any) -> Any:
        if self.name.startswith(collection):
            raise KeyboardInterrupt
        return original(self, *arguments, **keywords)

    with monkeypatch.context() as patch:
        patch.setattr(Collection, step, stop)
        with pytest.raises(KeyboardInterrupt):
            library.sync()
    library.close()

    reopened = make_library(folder, store=tmp_path / "store", update=False)
    after = {**before, "river.txt": before["mayor.txt"]}
    without = {name: held_of for name, held_of in after.items() if name != "gone.txt"}
    assert texts(reopened) in (before, after, without)
    assert reopened.counts[1] == sum(map(len, texts(reopened).values()))
    reopened.sync()
    del after["gone.txt"]
    assert texts(reopened) == after
    assert_same_index(reopened, make_library(folder))


def test_what_was_put_of_a_killed_table_stays(
    folder: Path, make_library: MakeLibrary, model: EmbeddingModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index.writer, "LEAST", 4)
    monkeypatch.setattr(index.writer, "SHARE", 1000)
    rows = [{"id": i, "title": f"Street {i}", "text": f"House {i} burned. Nobody saw fire {i}."} for i in range(12)]
    write(folder, "feed.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    library = make_library(folder, update=False)
    done: list[tuple[int, int, int]] = []

    def stop(*progress: int) -> None:
        done.append(progress)
        if progress[2] >= 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        library.sync(on_progress=stop)
    assert done[-1][:2] == (0, 1)  # the table itself is not done
    assert not library.records
    report, embedded = sync_and_count(library, model)
    assert report == {"added": 8, "unchanged": 4, "articles": 12, "sentences": 24}
    assert not {f"House {i} burned." for i in range(4)} & set(embedded)
    assert texts(library)["feed.jsonl#0"] == ["House 0 burned.", "Nobody saw fire 0."]
    assert_same_index(library, make_library(folder))


def sync_and_count(library: Library, model: EmbeddingModel) -> tuple[dict[str, int], list[str]]:
    """What a sync reports, and the texts that it embedded."""
    library.model = counting = CountingModel(model)
    report = library.sync()
    given = [text for batch in counting.given for text in batch]
    assert report.embedded == len(given)
    return counts(report), given


MOVES = [
    ("renamed, which is its title too", "bridge.txt", ["Bridge"]),
    ("moved to a folder", "north/river.txt", []),
    ("renamed and moved", "north/town/bridge.md", ["Bridge"]),
]


@pytest.mark.parametrize(("name", "embedded"), [case[1:] for case in MOVES], ids=[case[0] for case in MOVES])
def test_moved_file(
    folder: Path, make_library: MakeLibrary, model: EmbeddingModel, name: str, embedded: list[str]
) -> None:
    write(folder, "river.txt", RIVER)
    write(folder, "mayor.txt", MAYOR)
    library = make_library(folder)
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / "river.txt").rename(folder / name)
    assert sync_and_count(library, model) == (
        {"moved": 1, "unchanged": 1, "articles": 2, "sentences": 5},
        embedded,
    )
    assert texts(library)[name] == ["The bridge is open.", "Ships may pass again."]
    assert (sorted(library.records), sorted(library.store.files())) == (sorted([name, "mayor.txt"]),) * 2
    assert held(library) == (5, 5)
    assert_same_index(library, make_library(folder))


def test_moved_and_edited_is_removed_and_added(folder: Path, make_library: MakeLibrary, model: EmbeddingModel) -> None:
    write(folder, "river.txt", RIVER).rename(folder / "first.txt")
    library = make_library(folder)
    (folder / "first.txt").unlink()
    write(folder, "second.txt", f"{RIVER} It snowed.")
    assert sync_and_count(library, model) == (
        {"added": 1, "removed": 1, "articles": 1, "sentences": 3},
        ["Second", "It snowed."],
    )


def test_wire_copy_is_not_embedded_again(folder: Path, make_library: MakeLibrary, model: EmbeddingModel) -> None:
    write(folder, "river.txt", RIVER)
    library = make_library(folder)
    write(folder, "north/river.txt", RIVER)
    write(folder, "copy.txt", f"It is said: {RIVER} {MAYOR}")
    assert sync_and_count(library, model) == (
        {"added": 2, "unchanged": 1, "articles": 3, "sentences": 9},
        ["Copy", "It is said: The bridge is open.", "The mayor left.", "Nobody asked why.", "It rained."],
    )
    assert_same_index(library, make_library(folder))


def test_only_an_edited_sentence_is_embedded(folder: Path, make_library: MakeLibrary, model: EmbeddingModel) -> None:
    write(folder, "mayor.txt", MAYOR)
    library = make_library(folder)
    write(folder, "mayor.txt", MAYOR.replace("Nobody", "Somebody"))
    assert sync_and_count(library, model) == (
        {"changed": 1, "articles": 1, "sentences": 3},
        ["Somebody asked why."],
    )
    assert texts(library) == {"mayor.txt": ["The mayor left.", "Somebody asked why.", "It rained."]}
    assert_same_index(library, make_library(folder))


def test_touched_file_is_noted(folder: Path, make_library: MakeLibrary, model: EmbeddingModel) -> None:
    path = write(folder, "mayor.txt", MAYOR)
    library = make_library(folder)
    records = dict(library.records)
    os.utime(path, ns=(1, 1_700_000_000_123_456_789))
    assert not library.plan().is_empty
    assert sync_and_count(library, model) == ({"unchanged": 1, "articles": 1, "sentences": 3}, [])
    (record,) = library.store.files().values()
    assert (record.path, record.size, record.mtime_ns) == ("mayor.txt", len(MAYOR), 1_700_000_000_123_456_789)
    assert library.records == records
    assert library.plan().is_empty


def test_file_that_shrinks_to_nothing(folder: Path, make_library: MakeLibrary, model: EmbeddingModel) -> None:
    path = write(folder, "river.txt", RIVER)
    write(folder, "mayor.txt", MAYOR)
    library = make_library(folder)
    path.write_text("")
    for _ in range(2):  # the second time from its record, without reading it again
        assert sync_and_count(library, model) == ({"unchanged": 2, "articles": 2, "sentences": 5}, [])
        assert library.article("river.txt").text == RIVER
        assert library.plan().is_empty
        assert library.plan().skipped == (("river.txt", "it is empty: put the text of an article in it, or remove it"),)
    path.write_text(MAYOR)
    assert sync_and_count(library, model) == ({"changed": 1, "unchanged": 1, "articles": 2, "sentences": 6}, [])


TABLES = [
    (
        "csv",
        "id,title,text\n7,The river,The bridge is open. Ships may pass again.\n"
        "8,The mayor,{}The mayor left. It rained.\n9,Frost,Growers expect few apples.\n",
    ),
    (
        "jsonl",
        '{{"id": 7, "title": "The river", "text": "The bridge is open. Ships may pass again."}}\n'
        '{{"id": 8, "title": "The mayor", "text": "{}The mayor left. It rained."}}\n'
        '{{"id": 9, "title": "Frost", "text": "Growers expect few apples."}}\n',
    ),
]


@pytest.mark.parametrize(("kind", "table"), TABLES, ids=[case[0] for case in TABLES])
def test_one_edited_row(folder: Path, make_library: MakeLibrary, model: EmbeddingModel, kind: str, table: str) -> None:
    write(folder, f"wire/feed.{kind}", table.format(""))
    library = make_library(folder)
    before = dict(library.records)
    assert list(before) == [f"wire/feed.{kind}#{row}" for row in (7, 8, 9)]
    write(folder, f"wire/feed.{kind}", table.format("Somebody asked why. "))
    assert sync_and_count(library, model) == (
        {"changed": 1, "unchanged": 2, "articles": 3, "sentences": 6},
        ["Somebody asked why."],
    )
    assert [key for key, record in library.records.items() if record != before.get(key)] == [f"wire/feed.{kind}#8"]
    assert texts(library)[f"wire/feed.{kind}#8"] == ["Somebody asked why.", "The mayor left.", "It rained."]
    (record,) = library.store.files().values()
    assert (record.path, record.size) == (f"wire/feed.{kind}", len(table.format("Somebody asked why. ")))
    assert_same_index(library, make_library(folder))


def test_edited_row_without_an_id_is_another(folder: Path, make_library: MakeLibrary, model: EmbeddingModel) -> None:
    write(folder, "feed.csv", f"text\n{RIVER}\n{MAYOR}\n")
    library = make_library(folder)
    write(folder, "feed.csv", f"text\n{RIVER}\n{MAYOR} So he said.\n")
    assert sync_and_count(library, model) == (
        {"added": 1, "removed": 1, "unchanged": 1, "articles": 2, "sentences": 6},
        [f"{MAYOR} So he said.", "So he said."],  # its first words become its title
    )
    assert_same_index(library, make_library(folder))


FIRE = "A barn burnt down. Nobody was hurt."
PREPENDED = [
    ("rows with an id", "feed.csv", f"id,text\n7,{RIVER}\n8,{MAYOR}\n", f"id,text\n9,{FIRE}\n7,{RIVER}\n8,{MAYOR}\n"),
    ("rows without one", "feed.csv", f"text\n{RIVER}\n{MAYOR}\n", f"text\n{FIRE}\n{RIVER}\n{MAYOR}\n"),
    (
        "lines",
        "feed.jsonl",
        f'{{"text": "{RIVER}"}}\n{{"text": "{MAYOR}"}}\n',
        f'{{"text": "{FIRE}"}}\n{{"text": "{RIVER}"}}\n{{"text": "{MAYOR}"}}\n',
    ),
    (
        "entries of a feed",
        "feed.rss",
        "<rss version='2.0'><channel><item><guid>7</guid><description>The bridge is open. Ships may pass again."
        f"</description></item><item><link>https://e.org/8</link><description>{MAYOR}</description></item></channel></rss>",
        "<rss version='2.0'><channel><item><guid>9</guid><description>A barn burnt down. Nobody was hurt.</description>"
        "</item><item><guid>7</guid><description>The bridge is open. Ships may pass again.</description></item>"
        f"<item><link>https://e.org/8</link><description>{MAYOR}</description></item></channel></rss>",
    ),
]


@pytest.mark.parametrize(("name", "before", "after"), [pytest.param(*case, id=what) for what, *case in PREPENDED])
def test_what_is_put_before_others_leaves_them_as_they_are(
    folder: Path, make_library: MakeLibrary, model: EmbeddingModel, name: str, before: str, after: str
) -> None:
    write(folder, name, before)
    library = make_library(folder)
    records = dict(library.records)
    write(folder, name, after)
    assert sync_and_count(library, model) == (
        {"added": 1, "unchanged": 2, "articles": 3, "sentences": 7},
        [FIRE, "A barn burnt down.", "Nobody was hurt."],
    )
    assert records.items() < library.records.items()
    assert_same_index(library, make_library(folder))


def test_swapped_header_is_read_again(folder: Path, make_library: MakeLibrary) -> None:
    path = write(folder, "feed.csv", f"title,text,link\n{RIVER},{MAYOR},https://e.org/1\n")
    library = make_library(folder)
    write(folder, "feed.csv", f"text,title,link\n{RIVER},{MAYOR},https://e.org/1\n")
    os.utime(path, ns=(1, 2))  # the size stays the same
    assert counts(library.sync()) == {"changed": 1, "articles": 1, "sentences": 2}
    assert texts(library) == {"feed.csv#https://e.org/1": ["The bridge is open.", "Ships may pass again."]}


def test_row_that_can_no_longer_be_read(folder: Path, make_library: MakeLibrary, model: EmbeddingModel) -> None:
    """The rest of the table was read, so the row has gone from it."""
    rows = ["id,title,text", f"7,The river,{RIVER}", f"8,The mayor,{MAYOR}", ""]
    write(folder, "feed.csv", "\n".join(rows))
    library = make_library(folder)
    write(folder, "feed.csv", "\n".join([rows[0], "7,The river,", *rows[2:]]))
    assert sync_and_count(library, model) == ({"removed": 1, "unchanged": 1, "articles": 1, "sentences": 3}, [])
    assert list(library.records) == ["feed.csv#8"]
    assert [name for name, _ in library.plan().skipped] == ["feed.csv#row 1"]


def test_row_and_file_that_have_the_same_id(folder: Path, make_library: MakeLibrary) -> None:
    write(folder, "feed.csv", f"id,text\nx.txt,{RIVER}\n")
    write(folder, "feed.csv#x.txt", RIVER)
    library = make_library(folder)
    assert list(library.records) == ["feed.csv#x.txt"]
    assert library.last is not None
    assert library.last[0].skipped == (
        ("feed.csv#x.txt", "another file has an article of the same id, feed.csv#x.txt: rename it"),
    )


def test_archive_that_gives_way_to_a_folder_of_its_name(
    folder: Path, make_library: MakeLibrary, model: EmbeddingModel
) -> None:
    write(folder, "mayor.txt", MAYOR)
    with zipfile.ZipFile(folder / "wire.zip", "w") as archive:
        archive.writestr("river.txt", RIVER)
    library = make_library(folder)
    assert library.records["wire.zip/river.txt"].file == "wire.zip"
    (folder / "wire.zip").unlink()
    write(folder, "wire.zip/river.txt", RIVER)
    for _ in range(2):
        library.sync()
        assert texts(library)["wire.zip/river.txt"] == ["The bridge is open.", "Ships may pass again."]
        assert library.records["wire.zip/river.txt"].file == "wire.zip/river.txt"
    assert sync_and_count(library, model) == ({"unchanged": 2, "articles": 2, "sentences": 5}, [])
    assert_same_index(library, make_library(folder))


def test_file_that_is_still_being_written_is_left(folder: Path, make_library: MakeLibrary) -> None:
    write(folder, "river.txt", RIVER)
    library = make_library(folder, update=False)
    with pytest.raises(SeedsError, match=r"^no article could be read from \S+: river\.txt: it is still being written$"):
        library.sync(is_whole=lambda name, status: False)
    assert counts(library.sync()) == {"added": 1, "articles": 1, "sentences": 2}
    write(folder, "river.txt", MAYOR)
    write(folder, "mayor.txt", MAYOR)
    assert counts(library.sync(is_whole=lambda name, status: name == "mayor.txt")) == {
        "added": 1,
        "unchanged": 1,
        "articles": 2,
        "sentences": 5,
    }
    assert counts(library.sync()) == {"changed": 1, "unchanged": 1, "articles": 2, "sentences": 6}


def test_file_from_a_machine_whose_clock_is_fast(folder: Path, make_library: MakeLibrary) -> None:
    os.utime(write(folder, "river.txt", RIVER), (4e9, 4e9))  # in 2096
    library = make_library(folder)
    assert (library.counts, library.plan().is_empty) == ((1, 2), True)
