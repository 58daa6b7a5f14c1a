"""Killed, out of space, read-only, without its folder, asked by twenty readers at once: the index stays whole.

Some tests mount a small disk, which needs root; they are skipped without it. For more kills, syncs and cases:

    ONRECORD_TESTS=all python -m pytest tests/test_crash.py
"""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from index.errors import OnRecordError, SeedsError, StoreError
from index.library import Library
from index.settings import Settings
from index.storage import snapshots
from index.storage.snapshots import Snapshots
from index.values import sentence_id
from qa.answer import Citation
from qa.ask import answer_question
from qa.question import read_question
from qa.retrieve import retrieve
from tests.conftest import IS_WHOLE, only_in_whole_runs

# The heavy imports take about 4 s: one process does them once, and the tests' processes are forked from it.
FORKS = multiprocessing.get_context("forkserver")
HEAVY = ["chromadb", "filelock", "index.nodes", "numpy", "pytest", "qa.ask", "sentence_transformers", "transformers"]

KILLS = 50 if IS_WHOLE else 3
SMALL = 300  # sentences in a part that is copied: these indexes have several
MEASURED = 5  # rounds between two comparisons with a clean build

ADJECTIVES = "old new narrow quiet broken crowded distant famous".split()
NOUNS = "bridge mayor river market school harbour ferry council tower railway hospital garden".split()
VERBS = "opened closed lost praised painted sold flooded moved".split()
PLACES = "Arden Belmont Corwen Dunmore Elsworth Farley Granton Holt".split()

Version = tuple[str, ...]  # the sentences of an article


def invent(random: Random) -> Version:
    """An article of four to eight sentences."""
    return tuple(
        f"The {random.choice(ADJECTIVES)} {random.choice(NOUNS)} of {random.choice(PLACES)} "
        f"{random.choice(VERBS)} {random.randint(2, 9999)} {random.choice(NOUNS)}s."
        for _ in range(random.randint(4, 8))
    )


class Folder:
    """A seeds folder that changes at random, and every version its articles ever had.

    A few of its articles are rows of one file. Two files cannot be read.
    """

    def __init__(self, path: Path, articles: int, seed: int) -> None:
        self.path = path
        self.random = Random(seed)
        self.now: dict[str, Version] = {}
        self.ever: dict[str, set[Version]] = {}
        self.made = 0
        path.mkdir()
        (path / "empty.txt").write_text("")
        for _ in range(articles - 10):
            self.add()
        self.write_rows(10)

    def add(self) -> None:
        self.made += 1
        self.write(f"{self.random.choice(PLACES)}/{self.made:04}.txt", invent(self.random))

    def write(self, name: str, version: Version) -> None:
        path = self.path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(" ".join(version))
        self.note(name, version)

    def note(self, name: str, version: Version) -> None:
        self.now[name] = version
        self.ever.setdefault(name, set()).add(version)

    def write_rows(self, count: int) -> None:
        """Write a file whose rows are all new; the last one is broken."""
        for name in self.names("wire.jsonl#"):
            del self.now[name]
        lines = []
        for i in range(count):
            version = invent(self.random)
            lines.append(json.dumps({"id": i + 1, "title": f"Wire {i}", "text": " ".join(version)}))
            self.note(f"wire.jsonl#{i + 1}", version)
        (self.path / "wire.jsonl").write_text("\n".join([*lines, "{"]))

    def names(self, prefix: str = "", suffix: str = "") -> list[str]:
        return sorted(name for name in self.now if name.startswith(prefix) and name.endswith(suffix))

    def change(self) -> None:
        """Edit 60 articles; add, remove and rename 10 each; replace the rows: 500 new sentences, two batches."""
        chosen = self.random.sample(self.names(suffix=".txt"), 80)
        for name in chosen[:60]:
            kept = self.now[name][: self.random.randint(0, 3)]
            self.write(name, kept + invent(self.random))
        for name in chosen[60:70]:
            del self.now[name]
            (self.path / name).unlink()
            self.add()
        for name in chosen[70:]:
            self.made += 1
            new = f"{Path(name).parent}/renamed-{self.made:04}.txt"
            (self.path / name).rename(self.path / new)
            self.note(new, self.now.pop(name))
        self.write_rows(self.random.randint(5, 15))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of a real but quick sentence-transformers model: 16 dimensions, random weights."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    torch.manual_seed(0)
    words = tmp_path_factory.mktemp("words")
    known = [*ADJECTIVES, *NOUNS, *VERBS, *PLACES, "The", "of", ".", *"0123456789", *(f"##{i}" for i in range(10))]
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "##s", *(word.lower() for word in known)]
    (words / "vocab.txt").write_text("\n".join(vocabulary))
    BertTokenizerFast(str(words / "vocab.txt")).save_pretrained(words)
    config = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    BertModel(BertConfig(vocab_size=len(vocabulary), max_position_embeddings=64, **config)).save_pretrained(words)
    folder = tmp_path_factory.mktemp("tiny")
    SentenceTransformer(modules=[Transformer(str(words), max_seq_length=64), Pooling(16)]).save(str(folder))
    return str(folder)


@pytest.fixture
def settings(tmp_path: Path, tiny: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(snapshots, "SMALL", SMALL)
    return Settings(seeds=tmp_path / "news", store=tmp_path / "store", model=tiny, min_confidence=0.0)


def start(function: Callable[..., object], *arguments: object) -> tuple[ForkServerProcess, Connection]:
    """Call a function in another process; the outcome comes through the connection."""
    FORKS.set_forkserver_preload(HEAVY)
    here, there = FORKS.Pipe()
    # Killed, it would leave behind the processes that find out who speaks; starting those takes about 2 s each time.
    process = FORKS.Process(target=_call, args=(there, function, arguments), daemon=not IS_WHOLE)
    process.start()
    there.close()
    assert here.recv() == "begins"
    return process, here


def _call(there: Connection, function: Callable[..., object], arguments: tuple[object, ...]) -> None:
    import torch

    snapshots.SMALL = SMALL
    torch.set_num_threads(1)
    there.send("begins")
    try:
        there.send((True, function(*arguments)))
    except BaseException:
        there.send((False, traceback.format_exc()))


def finish(process: ForkServerProcess, here: Connection) -> Any:
    """What the function returned."""
    try:
        is_fine, result = here.recv()
    except EOFError:
        process.join()
        raise AssertionError(f"a process ended with {process.exitcode}") from None
    process.join()
    assert is_fine, result
    return result


def call(function: Callable[..., object], *arguments: object) -> Any:
    return finish(*start(function, *arguments))


def _sync(settings: Settings, stop_before: int | str | None = None) -> tuple[int, float]:
    """Sync and merge, or be killed before the write to Chroma with this number or to this collection.

    Returns the number of writes, and the seconds.
    """
    from chromadb.api.models.Collection import Collection

    calls = 0

    def counted(original: Callable[..., object]) -> Callable[..., object]:
        def write(collection: Collection, *arguments: object, **options: object) -> object:
            nonlocal calls
            if stop_before in (calls, collection.name):
                os.kill(os.getpid(), signal.SIGKILL)
            calls += 1
            return original(collection, *arguments, **options)

        return write

    for name in ("upsert", "delete"):
        setattr(Collection, name, counted(getattr(Collection, name)))
    began = time.perf_counter()
    with Library(settings) as library:
        library.sync()
        library.finish_merge()
    return calls, time.perf_counter() - began


def _check(settings: Settings, states: list[dict[str, Version]]) -> int:
    """Open the index as it was left and ask it: it is whole, and in one of these states, whose number is returned."""
    with Library(settings) as library:
        held = {}
        for name, record in library.records.items():
            article, sentences = library.article(name), library.store.sentences(record)
            held[name] = tuple(sentence.text for sentence in sentences)
            assert article.text == " ".join(held[name]), name
            assert all(article.text[s.start : s.end] == s.text for s in sentences), name
            assert [s.position for s in sentences] == list(range(record.sentences)), name
        assert held in states
        assert library.counts[1] == sum(map(len, held.values()))
        for noun, place in zip(NOUNS, PLACES, strict=False):
            answer = answer_question(library, f"What of the {noun} of {place}?")
            assert answer.answered, answer
            for citation in answer.citations:
                assert library.article(citation.article_id).text[citation.start : citation.end] == citation.text
        return states.index(held)


def _compare(settings: Settings, other: Path, now: dict[str, Version]) -> tuple[int, int]:
    """Sync, build the same index in another folder, and compare them. Returns the numbers of articles and sentences."""
    with Library(settings) as library, Library(replace(settings, store=other)) as clean:
        library.sync()
        clean.sync()
        settle(library)
        assert {name: read_version(library, name) for name in library.records} == now
        assert_same_index(library, clean)
        return library.counts


def settle(library: Library) -> None:
    """Wait until no parts are merged any more, and read what came of it."""
    library.finish_merge()
    with library.reading():
        pass


def read_version(library: Library, name: str) -> Version:
    return tuple(sentence.text for sentence in library.store.sentences(library.records[name]))


def assert_same_index(one: Library, other: Library) -> None:
    """Assert that two indexes of a folder hold the same ids, texts, offsets, records and, to 1e-4, vectors."""
    held, vectors = snapshot(one)
    expected, expected_vectors = snapshot(other)
    for name, value in expected.items():
        assert held[name] == value, name
    assert vectors.keys() == expected_vectors.keys()
    for name, rows in expected_vectors.items():
        assert np.abs(vectors[name] - rows).max() < 1e-4, name
    for library in (one, other):
        assert library.counts[1] == sum(record.sentences for record in library.records.values())
        # Vectors are found again, so none is missing from the graph. After many deletions a graph is not exact: 1 of
        # 1,487 was not found.
        near = [library.store.nearest(vector, 1)[0][1] for vector in vectors["sentences"][:300]]
        assert np.mean(np.array(near) > 1 - 1e-4) > 0.995


def snapshot(library: Library) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Everything that an index holds, and its vectors by collection, in the order of the ids."""
    settle(library)
    store = library.store
    held: dict[str, Any] = {
        "files": {name: replace(record, ctime_ns=0) for name, record in store.files().items()},
        "records": dict(library.records),
        "articles": {name: asdict(library.article(name)) for name in library.records},
        "sentences": {name: store.sentences(record) for name, record in library.records.items()},
    }
    vectors = {}
    ids = sorted(
        sentence_id(record.id, record.digest, i) for record in library.records.values() for i in range(record.sentences)
    )
    for name, wanted in (("_articles", list(library.records)), ("_sentences", ids)):
        rows = {}
        for part in store.parts:  # what is newer is in the later ones
            found = getattr(part, name).get(ids=wanted, include=["documents", "metadatas", "embeddings"])
            fields = (found[field] for field in ("ids", "documents", "metadatas", "embeddings"))
            rows.update((row[0], row) for row in zip(*fields, strict=True))
        held[f"rows of {name[1:]}"] = [rows[key][:3] for key in wanted]
        vectors[name[1:]] = np.array([rows[key][3] for key in wanted])
    query, counted = store.ledger.query, f"articles ON number = article AND {store.ledger.counts_now}"
    held["lexical sentences"] = sorted(
        query(
            "SELECT sentences.id, articles.id, sentences.digest, context FROM sentences JOIN contexts USING (row) "
            f"JOIN {counted}"
        )
    )
    held["stems"] = sorted(query(f"SELECT id, stem FROM stems JOIN {counted}"))
    stems = sorted({stem for _, stem in held["stems"]})
    held["found"] = {
        stem: sorted(library.lexical.sentences_with(stem, len(ids))) for stem in Random(3).sample(stems, 20)
    }
    assert ids == [row[0] for row in held["lexical sentences"]]
    return held, vectors


# A round takes only about 4 s: processes are forked with the heavy imports done, and the model is tiny.
@pytest.mark.timeout(3600 if IS_WHOLE else 600)
def test_sync_that_is_killed_at_any_moment(settings: Settings, tmp_path: Path) -> None:
    random = Random(7)
    folder = Folder(settings.seeds, 200 if IS_WHOLE else 120, seed=11)
    call(_sync, settings)
    folder.change()
    calls, seconds = call(_sync, settings)
    before = dict(folder.now)
    killed = 0
    for i in range(KILLS):
        folder.change()
        if i % 5 < 3:
            process, _unread = start(_sync, settings)
            time.sleep(seconds * random.random())
            process.kill()
        else:
            process, _unread = start(_sync, settings, random.randrange(calls))
        process.join()
        killed += process.exitcode != 0
        if call(_check, settings, [before, folder.now]):
            before = dict(folder.now)
        if i % MEASURED == MEASURED - 1 or i == KILLS - 1:
            assert call(_compare, settings, tmp_path / f"clean-{i}", folder.now)[0] == len(folder.now)
            before = dict(folder.now)
    assert killed >= 0.7 * KILLS  # the others were done before their moment came
    assert not list(settings.store.glob("broken-*"))


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount(folder, "-t", "tmpfs", "-o", "size=24m", "tmpfs")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def mount(folder: Path, *options: str) -> None:
    if not shutil.which("mount"):
        pytest.skip("a disk of its own is needed, and there is no mount command")
    for i in range(50):
        done = subprocess.run(["mount", *options, folder], capture_output=True, text=True)
        if done.returncode == 0:
            return
        if "busy" not in done.stderr or i == 49:
            pytest.skip(f"a disk of its own is needed, and none may be mounted: {done.stderr.strip()}")
        time.sleep(0.1)  # Chroma releases its database a moment after it is closed


def fill(disk: Path, *, left: int) -> Path:
    """Leave this many bytes free on the disk; returns the file that takes up the rest."""
    status = os.statvfs(disk)
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(max(status.f_bavail * status.f_frsize - left, 0)))
    return ballast


def last_part(settings: Settings) -> Path:
    stored = Snapshots(settings.store)
    return stored.parts(stored.current())[-1].folder


def assert_one_line(raised: pytest.ExceptionInfo[OnRecordError]) -> None:
    message = str(raised.value)
    assert "\n" not in message
    assert len(message) < 600
    assert "Errno" not in message
    assert "attribute" not in message


def assert_answers(library: Library, ever: dict[str, set[Version]]) -> None:
    """Assert that every cited sentence is in some version of its article, and that no answer mixes two versions."""
    for noun, place in zip(NOUNS, PLACES, strict=False):
        answer = answer_question(library, f"What of the {noun} of {place}?")
        assert answer.answered
        for name in {citation.article_id for citation in answer.citations}:
            assert any(
                all(is_in(citation, version) for citation in answer.citations if citation.article_id == name)
                for version in ever[name]
            )


def is_in(citation: Citation, version: Version) -> bool:
    return " ".join(version)[citation.start : citation.end] == citation.text and citation.text in version


FULL = [
    pytest.param(0, id="at once", marks=only_in_whole_runs),
    pytest.param(300_000, id="in the new part", marks=only_in_whole_runs),
    pytest.param(1_200_000, id="in the first batch", marks=only_in_whole_runs),
    pytest.param(2_600_000, id="in the second batch"),
]


@pytest.mark.parametrize("left", FULL)
def test_full_disk(settings: Settings, tmp_path: Path, disk: Path, left: int, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = replace(settings, store=disk / "store")
    folder = Folder(settings.seeds, 120, seed=3)
    with Library(settings) as library:
        library.sync()
        before = {name: {version} for name, version in folder.now.items()}
        folder.change()
        for _ in range(60):
            folder.add()
        ballast = fill(disk, left=left)
        with monkeypatch.context() as patch:
            if left:  # another process may fill the disk after the check
                patch.setattr(Snapshots, "_require_room", lambda *_: None)
            for _ in range(2):
                with pytest.raises(StoreError) as raised:
                    library.sync()
                assert_one_line(raised)
                assert_answers(library, before)
        ballast.unlink()
        library.sync()
        assert not list(settings.store.glob("broken-*"))
        with Library(replace(settings, store=tmp_path / "clean")) as clean:
            clean.sync()
            assert_same_index(library, clean)


def test_index_on_a_full_disk_is_not_taken_for_broken(settings: Settings, disk: Path) -> None:
    settings = replace(settings, store=disk / "store")
    folder = Folder(settings.seeds, 120, seed=4)
    with Library(settings) as library:
        library.sync()
    (last_part(settings) / "opening-killed").touch()
    ballast = fill(disk, left=0)
    for _ in range(2):
        with pytest.raises(StoreError) as raised:
            Library(settings)
        assert_one_line(raised)
    ballast.unlink()
    with Library(settings) as library:
        assert {name: read_version(library, name) for name in library.records} == folder.now
    assert not list(settings.store.glob("broken-*"))


def test_store_that_is_read_only(settings: Settings, disk: Path) -> None:
    """Chroma writes when it opens a folder, so nothing can be asked; afterwards, the same process can ask again."""
    settings = replace(settings, store=disk / "store")
    folder = Folder(settings.seeds, 40, seed=6)
    with Library(settings) as library:
        library.sync()
    for is_interrupted in (False, True):
        if is_interrupted:
            (last_part(settings) / "opening-killed").touch()
        mount(disk, "-o", "remount,ro")
        for _ in range(2):
            with pytest.raises(
                StoreError, match=r"^the store .* cannot be (opened|written): .*[Rr]ead-?only"
            ) as raised:
                Library(settings)
            assert_one_line(raised)
        mount(disk, "-o", "remount,rw")
        with Library(settings) as library:
            assert_answers(library, folder.ever)


def vanish_at_once(seeds: Path, away: Path) -> None:
    seeds.rename(away)


def vanish_for_good(seeds: Path, away: Path) -> None:
    shutil.copytree(seeds, away)
    shutil.rmtree(seeds)


def vanish_bit_by_bit(seeds: Path, away: Path) -> None:
    shutil.copytree(seeds, away)
    threading.Thread(target=shutil.rmtree, args=(seeds,)).start()


@pytest.mark.parametrize(
    ("vanish", "is_indexed"),
    [
        pytest.param(vanish_at_once, True, id="at once, indexed before"),
        pytest.param(vanish_at_once, False, id="at once, new", marks=only_in_whole_runs),
        pytest.param(vanish_for_good, True, id="for good, indexed before", marks=only_in_whole_runs),
        pytest.param(vanish_for_good, False, id="for good, new", marks=only_in_whole_runs),
        pytest.param(vanish_bit_by_bit, True, id="bit by bit, indexed before", marks=only_in_whole_runs),
        pytest.param(vanish_bit_by_bit, False, id="bit by bit, new"),
    ],
)
def test_folder_that_vanishes(
    settings: Settings, tmp_path: Path, vanish: Callable[[Path, Path], None], is_indexed: bool
) -> None:
    folder = Folder(settings.seeds, 200, seed=8)
    with Library(settings) as library:
        if is_indexed:
            library.sync()
            for name in folder.names(suffix=".txt"):
                folder.write(name, invent(folder.random))
        seen: list[int] = []

        def on_progress(read: int, to_read: int, stored: int) -> None:
            if not seen:
                vanish(settings.seeds, tmp_path / "away")
            seen.append(read)

        report = library.sync(on_progress=on_progress)
        settle(library)
        assert all(
            version in folder.ever[name] for name in library.records for version in [read_version(library, name)]
        )
        assert report.articles == len(library.records) >= (200 if is_indexed else seen[0] - 1)
        if vanish is not vanish_bit_by_bit:
            reasons = {reason for name, reason in report.skipped if name.endswith(".txt")}
            assert any("No such file" in reason for reason in reasons), reasons
            for bring_level in (library.sync, library.update):
                with pytest.raises(SeedsError, match=r"^there is no folder .*[^\n]$"):
                    bring_level()
            assert_answers(library, folder.ever)
        while settings.seeds.exists():
            time.sleep(0.05)
        (tmp_path / "away").rename(settings.seeds)
        library.sync()
        settle(library)
        assert {name: read_version(library, name) for name in library.records} == folder.now
        with Library(replace(settings, store=tmp_path / "clean")) as clean:
            clean.sync()
            assert_same_index(library, clean)


EDITED = 12  # articles; the writer edits one per sync
SYNCS = 100 if IS_WHOLE else 12


def edition(article: int, number: int) -> Version:
    """The sentences of an edition of an article; each names its edition."""
    random = Random(f"{article} {number}")
    return tuple(f"{sentence[:-1]} in edition {number}." for sentence in invent(random))


def write_edition(seeds: Path, article: int, number: int) -> None:
    partial = seeds / f".{article}"
    partial.write_text(" ".join(edition(article, number)))
    partial.rename(seeds / f"{article}.txt")  # half-written articles are not tested here


def _write(settings: Settings, small: int) -> dict[int, int]:
    """Edit articles and sync again and again; returns their last editions."""
    snapshots.SMALL = small
    random = Random(1)
    last = dict.fromkeys(range(EDITED), 0)
    with Library(settings) as library:
        for _ in range(SYNCS):
            article = random.randrange(EDITED)
            last[article] += 1
            write_edition(settings.seeds, article, last[article])
            assert library.sync().changed == 1
    return last


def _read(settings: Settings, done: Any, threads: int) -> list[Any]:
    """Ask in threads until the writer is done, and once more; returns what went wrong, and the number of questions."""
    wrong: list[str] = []
    asked: list[int] = []
    seen: list[dict[int, int]] = []

    def ask_on() -> None:
        random = Random(threading.get_ident())
        count = 0
        try:
            while not done.wait(0.05):  # twenty readers without a pause would leave the writer no time on two cores
                question = f"What of the {random.choice(NOUNS)} of {random.choice(PLACES)}?"
                answer = answer_question(library, question)
                assert answer.answered, answer
                editions: dict[str, set[int]] = {}
                for citation in answer.citations:
                    number = int(citation.text.rstrip(".").split()[-1])
                    editions.setdefault(citation.article_id, set()).add(number)
                    assert is_in(citation, edition(int(Path(citation.article_id).stem), number)), citation
                assert all(len(numbers) == 1 for numbers in editions.values()), answer
                count += 1
            # at the next question, all is as the writer left it
            with library.reading():
                retrieve(library, read_question("What of the bridge of Arden?"))
                numbers = {}
                for name in library.records:
                    article, version = int(Path(name).stem), read_version(library, name)
                    numbers[article] = int(version[0].rstrip(".").split()[-1])
                    assert version == edition(article, numbers[article])
                assert library.counts[1] == sum(record.sentences for record in library.records.values())
                seen.append(numbers)
        except BaseException:
            wrong.append(traceback.format_exc())
        asked.append(count)

    with Library(settings) as library:
        workers = [threading.Thread(target=ask_on) for _ in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    return [wrong, sum(asked), seen]


@pytest.mark.timeout(3600 if IS_WHOLE else 300)
@pytest.mark.parametrize("small", [pytest.param(SMALL, marks=only_in_whole_runs), 8], ids=["one part", "merging"])
def test_twenty_readers_beside_a_writer(settings: Settings, small: int) -> None:
    settings.seeds.mkdir()
    for article in range(EDITED):
        write_edition(settings.seeds, article, 0)
    call(_sync, settings)
    done = FORKS.Event()
    readers = [start(_read, settings, done, 5) for _ in range(4)]
    last = call(_write, settings, small)
    assert bool(list(settings.store.glob("merged-*"))) == (small != SMALL)
    done.set()
    for process, here in readers:
        wrong, asked, seen = finish(process, here)
        assert wrong == []
        assert asked >= SYNCS / 2
        assert seen == [last] * 5
