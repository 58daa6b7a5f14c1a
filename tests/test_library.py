"""The opened index: generations, revisions that readers follow, several processes, and threads reading meanwhile."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from index.errors import BusyError
from index.library import Library
from index.models.embedding import EmbeddingModel
from index.settings import BUNDLED_MODEL, Settings
from index.storage.connection import connect
from index.storage.generation import SCHEMA, name_generation
from index.values import sentence_id
from qa.question import read_question
from qa.retrieve import retrieve
from tests.conftest import MakeLibrary

ROOT = Path(__file__).parent.parent
RIVER = "---\ntitle: The river\n---\nThe bridge is open. Ships may pass again."
MAYOR = "---\ntitle: The mayor\n---\nThe mayor left. Nobody asked why. It rained."
HARVEST = "---\ntitle: The harvest\n---\nThe frost killed most of the blossom. Growers expect few apples."


class WatchedModel(EmbeddingModel):
    """The real model; `before` is called with the texts it is about to encode."""

    def __init__(self, loaded: EmbeddingModel, before: Callable[[Sequence[str]], None]) -> None:
        super().__init__(loaded.name)
        self._loaded = loaded.load()
        self._before = before

    def encode(self, texts: Sequence[str], *, beside_others: bool = False) -> NDArray[np.float32]:
        """As in EmbeddingModel."""
        self._before(texts)
        return super().encode(texts, beside_others=beside_others)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "news"
    made.mkdir()
    (made / "river.txt").write_text(RIVER)
    (made / "mayor.txt").write_text(MAYOR)
    return made


def texts(library: Library) -> dict[str, list[str]]:
    """By article id, its sentences, as a reader sees them."""
    with library.reading():
        return {
            article_id: [sentence.text for sentence in library.store.sentences(record)]
            for article_id, record in library.records.items()
        }


def best(library: Library, question: str) -> str:
    """The best evidence for a question."""
    with library.reading():
        return retrieve(library, read_question(question))[0].sentence.text


def collections(library: Library) -> set[str]:
    return {collection.name for collection in library._opened.parts[-1].client.list_collections()}


def generation(model: EmbeddingModel) -> set[str]:
    """The names of the collections of a model's generation, and that of the record."""
    name = name_generation(model.name, dimension=model.dimension, version=model.version)
    return {"onrecord", *(f"{kind}-{name}" for kind in ("files", "articles", "sentences"))}


def is_of(library: Library, model: EmbeddingModel) -> bool:
    """Whether the index's vectors come from this model."""
    with library.reading():
        ids = [sentence_id(record.id, record.digest, 0) for record in library.records.values()]
        vectors = library.store.vectors_of(ids)
    expected = model.encode(list(vectors))
    return vectors != {} and bool(np.allclose(list(vectors.values()), expected, atol=0.005))


# --- another model, another schema


def test_old_model_answers_until_the_new_one_is_ready(
    folder: Path,
    tmp_path: Path,
    make_library: MakeLibrary,
    tiny_model: EmbeddingModel,
    caplog: pytest.LogCaptureFixture,
) -> None:
    make_library(folder, store=tmp_path / "store").close()
    encoding, go_on = threading.Event(), threading.Event()

    def wait(_: Sequence[str]) -> None:
        encoding.set()
        assert go_on.wait(60)

    library = make_library(folder, store=tmp_path / "store", using=WatchedModel(tiny_model, before=wait), update=False)
    assert caplog.messages == [f"the index in {tmp_path / 'store'} is of the model {BUNDLED_MODEL}: it is rebuilt"]
    answers: list[str] = []
    writer = threading.Thread(target=library.update)
    writer.start()
    assert encoding.wait(60)
    reader = threading.Thread(target=lambda: answers.append(best(library, "Are ships allowed to pass?")))
    reader.start()
    reader.join(60)
    assert answers == ["Ships may pass again."]
    assert (writer.is_alive(), library.model.name) == (True, BUNDLED_MODEL)
    assert collections(library) == generation(EmbeddingModel(BUNDLED_MODEL))
    go_on.set()
    writer.join(60)
    assert library.model.name == tiny_model.name
    assert collections(library) == generation(tiny_model)
    assert library.counts == (2, 5)
    with library.reading():
        vector = tiny_model.encode(["It rained."])[0]
        assert len(library.store.nearest(vector, 10)) == 5
    assert library.update() is None


def test_interrupted_rebuild_is_taken_up_again(
    folder: Path,
    tmp_path: Path,
    make_library: MakeLibrary,
    tiny_model: EmbeddingModel,
) -> None:
    (folder / "long.txt").write_text(" ".join(f"The bridge is open {i}." for i in range(600)))  # a whole batch
    make_library(folder, store=tmp_path / "store").close()
    given: list[int] = []

    def fail(encoded: Sequence[str]) -> None:
        given.append(len(encoded))
        if len(given) == 3:  # in the second batch: the first has more texts than are embedded at once
            raise KeyboardInterrupt

    watched = WatchedModel(tiny_model, before=fail)
    library = make_library(folder, store=tmp_path / "store", using=watched, update=False)
    with pytest.raises(KeyboardInterrupt):
        library.update()
    assert library.model.name == BUNDLED_MODEL
    assert best(library, "Are ships allowed to pass?") == "Ships may pass again."
    library.close()

    given.clear()
    again = make_library(folder, store=tmp_path / "store", using=watched, update=False)
    assert (again.model.name, again.counts) == (BUNDLED_MODEL, (3, 605))
    report = again.update()
    assert report is not None
    assert given == [7]  # two titles and their sentences: the long article was done
    assert (report.unchanged, report.added, report.embedded, again.counts) == (1, 2, 7, (3, 605))
    assert collections(again) == generation(tiny_model)


@pytest.fixture
def own(tiny: Path, tmp_path: Path) -> Path:
    """The folder of a custom model, to be trained further."""
    return Path(shutil.copytree(tiny, tmp_path / "own"))


def train(own: Path) -> None:
    """Change a model's weights, and nothing else."""
    path = own / "model.safetensors"
    random = np.random.default_rng(7)
    weights = {name: random.normal(size=values.shape).astype(values.dtype) for name, values in load_file(path).items()}
    save_file(weights, path, metadata={"format": "pt"})


def test_model_that_was_trained_in_place_is_noticed_when_the_index_is_opened(
    folder: Path, tmp_path: Path, own: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(seeds=folder, store=tmp_path / "store", model=str(own))
    with Library(settings) as library:
        library.update()
        before = collections(library)
    os.utime(own / "model.safetensors", (1, 1))  # the same weights, saved again
    with Library(settings) as library:
        assert (library.counts, library.update()) == ((2, 5), None)
    assert caplog.messages == []
    train(own)
    with Library(settings) as library:
        assert caplog.messages == [f"the model {own} has changed: the index in {settings.store} is rebuilt"]
        assert library.counts == (0, 0)  # what it holds can no longer be searched
        assert before < collections(library)  # and only a holder of the writer's lock deletes it
        report = library.update()
        assert report is not None
        assert (report.added, report.embedded, library.counts) == (2, 7, (2, 5))
        assert collections(library) == generation(EmbeddingModel(str(own)))
        assert is_of(library, EmbeddingModel(str(own)))


def test_model_that_is_trained_while_the_index_is_open(folder: Path, tmp_path: Path, own: Path) -> None:
    settings = Settings(seeds=folder, store=tmp_path / "store", model=str(own))
    with Library(settings) as library, Library(settings) as other:
        library.update()
        train(own)
        assert is_of(library, library.model)  # the model that it loaded
        assert not is_of(library, EmbeddingModel(str(own)))
        assert library.update() is not None
        assert is_of(library, EmbeddingModel(str(own)))
        assert library.update() is None
        assert is_of(other, EmbeddingModel(str(own)))
        assert other.update() is None  # no process goes back to the earlier model


@pytest.fixture
def older(folder: Path, tmp_path: Path) -> Settings:
    """Settings of an index with the previous schema."""
    settings = Settings(seeds=folder, store=tmp_path / "store")
    client = connect(settings, settings.store / "index-000000")
    record = client.create_collection("onrecord", embedding_function=None)
    record.add(
        ["current"],
        embeddings=[[1.0]],
        metadatas=[
            {"generation": "v1-old", "schema": SCHEMA - 1, "model": BUNDLED_MODEL, "revision": 7, "synced": 1.0}
        ],
    )
    for kind in ("articles", "sentences", "contexts"):
        client.create_collection(f"{kind}-v1-old", embedding_function=None).add(
            ["river.txt"], embeddings=[[1.0, 0.0]], metadatas=[{"digest": "0"}], documents=["It is shut."]
        )
    client.close()
    return settings


def test_older_schema_is_announced_and_rebuilt(
    older: Settings, make_library: MakeLibrary, caplog: pytest.LogCaptureFixture
) -> None:
    library = make_library(older.seeds, store=older.store, update=False)
    assert caplog.messages == [f"the index in {older.store} is of another version of On the Record: it is rebuilt"]
    assert library.counts == (0, 0)
    library.update()
    assert collections(library) == generation(EmbeddingModel(BUNDLED_MODEL))
    assert texts(library) == {
        "mayor.txt": ["The mayor left.", "Nobody asked why.", "It rained."],
        "river.txt": ["The bridge is open.", "Ships may pass again."],
    }
    library.close()
    caplog.clear()
    make_library(older.seeds, store=older.store)
    assert caplog.messages == []


def test_rebuild_for_a_schema_that_is_killed_at_its_end(
    older: Settings, make_library: MakeLibrary, caplog: pytest.LogCaptureFixture
) -> None:
    library = make_library(older.seeds, store=older.store, update=False)

    def stop(read: int, files: int, stored: int) -> None:
        raise KeyboardInterrupt  # everything is stored, but readers do not know yet

    with pytest.raises(KeyboardInterrupt):
        library.sync(on_progress=stop)
    library.close()
    again = make_library(older.seeds, store=older.store, update=False)
    report = again.sync()
    assert (report.unchanged, report.embedded) == (2, 0)
    assert collections(again) == generation(EmbeddingModel(BUNDLED_MODEL))
    again.close()
    caplog.clear()
    make_library(older.seeds, store=older.store)
    assert caplog.messages == []


# --- several processes

WORKER = """
import sys
from pathlib import Path
from index.library import Library
from index.settings import Settings

def hold(*numbers):
    print("writing", flush=True)
    sys.stdin.readline()

for line in sys.stdin:
    seeds, store, model, command = line.rstrip("\\n").split("\\t")
    with Library(Settings(seeds=Path(seeds), store=Path(store), model=model)) as library:
        report = library.sync(on_progress=hold if command == "hold" else None)
        print("done", report.added, report.changed, report.moved, report.removed, flush=True)
"""


class Worker:
    """Another process, which indexes on request."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", WORKER], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def tell(self, line: str) -> str:
        """Write a line to it and wait for its answer."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def sync(self, settings: Settings, *, hold: bool = False) -> str:
        """Index; with `hold`, stop once everything is stored but before readers know, until `tell("")`."""
        command = "hold" if hold else "sync"
        return self.tell(f"{settings.seeds}\t{settings.store}\t{settings.model}\t{command}")

    def end(self) -> None:
        """Kill it."""
        self.process.kill()
        self.process.communicate()


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    """One for all tests, because a process takes seconds to import what it needs."""
    started = Worker()
    yield started
    started.end()


def test_reader_sees_what_another_process_indexed(
    folder: Path, make_library: MakeLibrary, tiny_model: EmbeddingModel, worker: Worker
) -> None:
    library = make_library(folder, using=tiny_model)
    assert len(library.store.nearest(tiny_model.encode(["The bridge."])[0], 10)) == 5
    (folder / "harvest.txt").write_text(HARVEST)
    (folder / "mayor.txt").unlink()
    (folder / "river.txt").write_text(RIVER.replace("pass again", "not pass"))
    with library.reading():
        assert worker.sync(library.settings) == "done 1 1 0 1"
        assert list(library.records) == ["mayor.txt", "river.txt"]  # until the block is left
    assert texts(library) == {
        "harvest.txt": ["The frost killed most of the blossom.", "Growers expect few apples."],
        "river.txt": ["The bridge is open.", "Ships may not pass."],
    }
    with library.reading():
        library.model = tiny_model
        (record,) = [record for record in library.records.values() if record.id == "harvest.txt"]
        ids = [f"harvest.txt#{record.digest[:16]}#{position}" for position in range(2)]
        for key, _, _, context in library.store.sentences_with_vectors(ids):
            ((nearest, cosine),) = library.store.nearest(context, 1)
            assert (nearest, cosine) == (key, pytest.approx(1.0, abs=1e-5))
        assert len(library.store.nearest(context, 10)) == 4
        assert len(library.lexical.sentences_with("blossom", 10)) >= 1
    assert library.update() is None


def test_readers_are_not_blocked_by_a_writer(
    folder: Path, make_library: MakeLibrary, tiny_model: EmbeddingModel, worker: Worker
) -> None:
    library = make_library(folder, using=tiny_model)
    before = texts(library)
    vector = tiny_model.encode(["The bridge."])[0]
    (folder / "river.txt").unlink()
    (folder / "harvest.txt").write_text(HARVEST)
    assert worker.sync(library.settings, hold=True) == "writing"
    began = time.perf_counter()
    with library.reading():
        assert len(library.store.nearest(vector, 5)) == 5
    assert texts(library) == before
    assert library.article("mayor.txt").text == MAYOR
    with Library(library.settings) as opened:
        assert texts(opened) == before
    with pytest.raises(BusyError, match=rf"^process {worker.process.pid}, since "):
        library.sync(wait=False)
    assert time.perf_counter() - began < 3  # the writer would have waited forever
    assert worker.tell("") == "done 1 0 0 1"  # the writer has moved on
    assert list(texts(library)) == ["harvest.txt", "mayor.txt"]


def test_writer_does_not_lose_another_one_s_work(
    folder: Path, make_library: MakeLibrary, tiny_model: EmbeddingModel, worker: Worker
) -> None:
    library = make_library(folder, using=tiny_model)
    (folder / "harvest.txt").write_text(HARVEST)
    (folder / "mayor.txt").unlink()
    assert worker.sync(library.settings) == "done 1 0 0 1"
    (folder / "river.txt").write_text(RIVER + " It snowed.")
    report = library.sync()
    assert (report.added, report.changed, report.removed, report.unchanged, report.articles) == (0, 1, 0, 1, 2)
    assert texts(library) == {
        "harvest.txt": ["The frost killed most of the blossom.", "Growers expect few apples."],
        "river.txt": ["The bridge is open.", "Ships may pass again.", "It snowed."],
    }
    with library.reading():
        assert len(library.store.nearest(tiny_model.encode(["It snowed."])[0], 10)) == 5
        assert library.counts[1] == 5
    assert worker.sync(library.settings) == "done 0 0 0 0"


def test_killed_writer_loses_nothing(
    folder: Path, make_library: MakeLibrary, tiny_model: EmbeddingModel, caplog: pytest.LogCaptureFixture
) -> None:
    library = make_library(folder, using=tiny_model)
    killed = Worker()
    (folder / "copy.txt").write_text(RIVER)  # there is nothing to embed, so no model is loaded
    assert killed.sync(library.settings, hold=True) == "writing"
    began = time.monotonic()
    killed.end()  # waits for all holders of its standard output: the process that finds speakers ends with it
    assert time.monotonic() - began < 10
    store = library.settings.store
    assert [path.name for path in sorted(store.glob("index-*"))] == ["index-000001"]
    assert [path.name for path in sorted(store.glob("part-*"))] == ["part-000001", "part-000002"]
    # Readers, old and new, answer as before; the next sync continues where this one stopped.
    other = make_library(folder, store=store, using=tiny_model, update=False)
    before = {
        "mayor.txt": ["The mayor left.", "Nobody asked why.", "It rained."],
        "river.txt": ["The bridge is open.", "Ships may pass again."],
    }
    assert (texts(other), texts(library)) == (before, before)
    report = other.sync()
    assert (report.added, report.unchanged, report.embedded) == (0, 3, 0)
    after = {"copy.txt": before["river.txt"], **before}
    assert (texts(other), texts(library)) == (after, after)
    assert other.update() is None
    assert (caplog.messages, list(store.glob("broken*"))) == ([], [])


# --- threads


def test_threads_read_while_another_syncs(
    folder: Path, tmp_path: Path, make_library: MakeLibrary, tiny_model: EmbeddingModel
) -> None:
    library = make_library(folder, using=tiny_model)
    problems: list[object] = []
    reads = [0, 0]
    is_done = threading.Event()
    question = read_question("Is the bridge open to ships?")
    rivers = [RIVER + f" Ship {i} has passed." * (i % 4) for i in range(12)]
    versions = {hashlib.sha256(text.encode()).hexdigest(): text for text in (*rivers, MAYOR, HARVEST)}

    def read(number: int) -> None:
        while not is_done.is_set():
            try:
                with library.reading():
                    evidence = retrieve(library, question)
                    whole = sum(len(library.store.sentences(record)) for record in library.records.values())
                    if not evidence or whole != library.counts[1]:
                        problems.append((len(evidence), whole, library.counts))
                for found in evidence:
                    text, sentence = versions[found.record.digest], found.sentence
                    if text[sentence.start : sentence.end] != sentence.text:
                        problems.append(sentence)
                reads[number] += 1
            except Exception as error:
                problems.append(error)

    threads = [threading.Thread(target=read, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for i in range(12):
        (folder / "river.txt").write_text(rivers[i])
        if i % 3 == 0:
            (folder / "harvest.txt").write_text(HARVEST)
        else:
            (folder / "harvest.txt").unlink(missing_ok=True)
        library.sync()
    is_done.set()
    for thread in threads:
        thread.join(60)
    assert problems == []
    assert min(reads) > 5
