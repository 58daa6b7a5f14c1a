"""The bundled reader, with its real weights."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from index.errors import ModelError
from index.library import Library
from index.models import reader as reader_module
from index.models.reader import NOTHING, READER_SHA256, SENTENCE_TOKENS, WEIGHTS, Passage, Reader, Reading
from qa import answer_question
from qa.question import read_question
from qa.reading import NEIGHBOURS, PASSAGES, READ, read
from qa.retrieve import retrieve
from tests.conftest import MakeLibrary
from tests.test_retrieve import FERRY, ORCHARD, PIER, write

ROOT = Path(__file__).parent.parent
PASSAGE = Passage(
    "Harbour news",
    [
        "The wooden pier at Quayside was closed on Monday.",
        "It was built in 1911 by Arthur Lind, a local engineer.",
        "Repairs will cost two million pounds, the council said.",
        "Gulls did not mind.",
    ],
)
ASKED = [
    ("Who built the pier?", 1, "Arthur Lind"),
    ("How much will the repairs cost?", 2, "two million pounds"),
    ("When was the pier closed?", 0, "Monday"),
]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


@pytest.mark.parametrize(("question", "sentence", "words"), ASKED)
def test_the_sentence_that_answers_and_the_words_in_it(
    reader: Reader, question: str, sentence: int, words: str
) -> None:
    (readings,) = reader.read(question, [PASSAGE])
    assert max(range(4), key=lambda number: readings[number].answers) == sentence
    best = readings[sentence]
    assert words in PASSAGE.sentences[sentence][slice(*best.words)]
    assert best.certainty > 0
    assert {reading.passage for reading in readings} == {best.passage}


def test_what_is_not_there_is_less_likely(reader: Reader) -> None:
    there, elsewhere = (
        reader.read("Who built the pier?", [Passage("Harbour news", sentences)])[0][0]
        for sentences in (PASSAGE.sentences[1:2], PASSAGE.sentences[3:])
    )
    assert there.answers > elsewhere.answers + 1
    assert there.passage > elsewhere.passage + 1
    assert there.certainty > 0 > elsewhere.certainty


def test_odd_sentences_are_read_like_others(reader: Reader) -> None:
    long = "word " * (2 * SENTENCE_TOKENS)
    (readings,) = reader.read(
        "Who built the pier?", [Passage("", ["", "\x00 \u202e", long, "Arthur Lind built the pier."])]
    )
    assert readings[0] == NOTHING
    assert all(0 <= reading.words[0] <= reading.words[1] for reading in readings)
    assert readings[2].words[1] <= len(long)
    assert max(readings, key=lambda reading: reading.answers) == readings[3]
    assert reader.read("Who?", []) == []
    assert reader.read("Who?", [Passage("Nothing", [])]) == [[]]


def test_passages_do_not_depend_on_each_other(reader: Reader) -> None:
    other = Passage("Orchard", ["The orchard sells apples in autumn."])
    alone = reader.read("Who built the pier?", [PASSAGE])[0]
    assert reader.read("Who built the pier?", [other, PASSAGE])[1] == alone


def test_the_weights_are_those_that_were_released() -> None:
    assert hashlib.sha256((WEIGHTS / "reader.onnx").read_bytes()).hexdigest() == READER_SHA256


def spoil(folder: Path, how: str) -> None:
    """Copy the reader's files to `folder`, missing or damaged."""
    shutil.copytree(WEIGHTS, folder)
    if how == "missing":
        (folder / "reader.onnx").unlink()
    elif how == "cut short":
        content = (folder / "reader.onnx").read_bytes()
        (folder / "reader.onnx").write_bytes(content[:1000])
    else:
        (folder / "tokenizer.json").write_text("{}")


@pytest.mark.parametrize("how", ["missing", "cut short", "no tokenizer"])
def test_damaged_files_are_told_in_one_line(tmp_path: Path, how: str) -> None:
    spoil(tmp_path / "weights", how)
    with pytest.raises(ModelError) as raised:
        Reader(tmp_path / "weights")
    line = str(raised.value)
    assert "\n" not in line and str(tmp_path) in line and "without it" in line and "`reader` to none" in line


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, make_shared_library: MakeLibrary) -> Library:
    return make_shared_library(write(tmp_path_factory.mktemp("town"), pier=PIER, ferry=FERRY, orchard=ORCHARD))


def test_the_answer_is_given_without_a_damaged_reader(
    town: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(tmp_path / "weights", "missing")
    whole = answer_question(town, "Why is the pier closed?")
    fault = ModelError("the reader cannot be used.")
    monkeypatch.setattr("qa.reading.open_reader", lambda: (None, str(fault)))
    without = answer_question(town, "Why is the pier closed?")
    assert without.answered and without.note == str(fault)
    assert whole.answered and not whole.note


def test_open_reader_says_what_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_module.Reader.__init__, "__defaults__", (tmp_path,))
    opened, fault = reader_module.open_reader.__wrapped__()
    assert opened is None and str(tmp_path) in fault


def test_best_candidates_are_read_with_their_neighbours(town: Library) -> None:
    query = read_question("Why is the pier closed?")
    with town.reading():
        ranked = retrieve(town, query)
        readings = read(town, query, ranked)
        few = read(town, query, ranked, passages=1)
    assert {found.id for found in ranked[:READ]} <= set(readings) or len(readings) >= PASSAGES
    assert ranked[0].id in few and len(few) <= 2 * NEIGHBOURS + 1
    assert {key.split("#")[0] for key in few} == {ranked[0].sentence.article_id}


def test_a_sentence_is_read_as_its_speakers(town: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the reader would not know who says what follows a name."""
    given: list[Passage] = []

    class Recording:
        def read(self, question: str, passages: list[Passage]) -> list[list[Reading]]:
            given.extend(passages)
            return [[Reading(0.0, 0.0, (10, 14), 0.0) for _ in passage.sentences] for passage in passages]

    monkeypatch.setattr("qa.reading.open_reader", lambda: (Recording(), ""))
    query = read_question("What did Duarte say about the pier?")
    with town.reading():
        ranked = retrieve(town, query)
        readings = read(town, query, ranked)
    said = next(text for passage in given for text in passage.sentences if "added" in text)
    assert said.startswith("Ines Duarte: “That is a matter")
    (spoken,) = [found for found in ranked if "added" in found.sentence.text]
    before = len("Ines Duarte: ")
    assert readings[spoken.id].words == (max(10 - before, 0), 14 - before)
    assert any(text.startswith("Mayor Ines Duarte said") for passage in given for text in passage.sentences)


def test_only_the_last_question_is_read(town: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Recording:
        def read(self, question: str, passages: list[Passage]) -> list[list[Reading]]:
            asked.append(question)
            return [[NOTHING for _ in passage.sentences] for passage in passages]

    monkeypatch.setattr("qa.reading.open_reader", lambda: (Recording(), ""))
    answer_question(town, "Why?", ["When does the ferry stop?"])
    answer_question(town, "And Lind?", ["What did Duarte say about the pier?"])
    assert [question.strip() for question in asked] == ["Why?", "What did Lind say about the pier?"]


def test_without_the_reader_it_is_not_loaded(town: Library) -> None:
    code = (
        "from index.models.reader import open_reader\n"
        "from qa import ask\n"
        f"seeds, store = {str(town.settings.seeds)!r}, {str(town.settings.store)!r}\n"
        "answer = ask('Why is the pier closed?', seeds=seeds, store=store)\n"
        "print(answer.answered, open_reader.cache_info().currsize)\n"
    )
    for reader, loaded in (("none", "0"), ("bundled", "1")):
        environment = {"ONRECORD_READER": reader, "PATH": "", "PYTHONPATH": str(ROOT)}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        assert done.stdout.split()[-2:] == ["True", loaded], done.stderr
