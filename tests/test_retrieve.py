from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from index.library import Library
from index.speech.people import find_speaker
from index.storage.snapshots import Snapshots
from index.values import sentence_id
from qa.compose import compose
from qa.evidence import Evidence, Side
from qa.question import read_question
from qa.retrieve import CANDIDATES, find_unmentioned, retrieve
from qa.scoring import CONTINUED
from tests.conftest import MakeLibrary

ROOT = Path(__file__).parent.parent

PIER = """\
LOWLAND, March 4 (Northern News): The council voted on Monday to close the wooden pier at Quayside for the season.
Mayor Ines Duarte said it was too early to name a day for the pier to open again.
“That is a matter for the engineers,” she added.
Duarte said the library would get a new roof before winter.
Buses carry four thousand pupils a day.
"""
FERRY = """\
LOWLAND, March 6 (Northern News): The night ferry to Marrow Island will stop in June, its owner announced.
Owner Marek Lind said the boats burn too much fuel to be worth repairing.
“We lost two million last year,” Lind said.
The island's doctor, Hana Sole, warned that patients will have no way to reach the hospital after dark.
"""
ORCHARD = """\
Growers in the Vale expect the smallest apple harvest in ten years after a late frost.
The frost came in the last week of April and killed most of the blossom.
"""


def write(folder: Path, **articles: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in articles.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, make_shared_library: MakeLibrary) -> Library:
    return make_shared_library(write(tmp_path_factory.mktemp("town"), pier=PIER, ferry=FERRY, orchard=ORCHARD))


def ranking(library: Library, question: str) -> list[tuple[str, int, float]]:
    evidence = retrieve(library, read_question(question))
    return [(found.sentence.article_id, found.sentence.position, round(found.score, 6)) for found in evidence]


def of_text(evidence: list[Evidence], text: str) -> Evidence:
    (found,) = [found for found in evidence if text in found.sentence.text]
    return found


QUESTIONS = [
    "What did Duarte say about Quayside?",
    "Why will the ferry stop?",
    "What did Lind say?",
    "Who is worried about sick people on the island?",
    "How do I make borscht?",
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_ranking_is_a_total_order(town: Library, question: str) -> None:
    found = ranking(town, question)
    assert found == sorted(found, key=lambda row: (-row[2], row[0], row[1]))
    assert len({row[:2] for row in found}) == len(found) == 11  # fewer than CANDIDATES: each sentence is one


def test_equal_articles_are_ranked_by_their_ids(tmp_path: Path, make_library: MakeLibrary) -> None:
    head = "---\ntitle: Harvest\n---\n"
    library = make_library(write(tmp_path / "twins", b=head + ORCHARD))
    write(tmp_path / "twins", a=head + ORCHARD)  # so b is first in the store
    library.update()
    found = ranking(library, "When did the frost come?")
    assert [row[0] for row in found[:2]] == ["a.txt", "b.txt"]
    assert found[0][1:] == found[1][1:]


def test_ranking_is_the_same_every_time(town: Library, make_library: MakeLibrary) -> None:
    first = [ranking(town, question) for question in QUESTIONS]
    assert [ranking(town, question) for question in QUESTIONS] == first
    rebuilt = make_library(town.settings.seeds)
    assert [ranking(rebuilt, question) for question in QUESTIONS] == first


def test_ranking_is_the_same_in_another_process(town: Library) -> None:
    script = (
        "import json, sys\n"
        "from index.library import Library\n"
        "from index.settings import load_settings\n"
        "from tests.test_retrieve import ranking\n"
        "with Library(load_settings(seeds=sys.argv[1], store=sys.argv[2])) as library:\n"
        "    print(json.dumps([ranking(library, question) for question in sys.argv[3:]]))\n"
    )
    settings = town.settings
    ran = subprocess.run(
        [sys.executable, "-c", script, str(settings.seeds), str(settings.store), *QUESTIONS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    here = [[list(row) for row in ranking(town, question)] for question in QUESTIONS]
    assert json.loads(ran.stdout) == here


def test_the_best_is_first(town: Library) -> None:
    assert [ranking(town, question)[0][:2] for question in QUESTIONS[:3]] == [
        ("pier.txt", 1),
        ("ferry.txt", 0),
        ("ferry.txt", 2),
    ]


def test_a_question_in_other_words_than_the_articles(town: Library) -> None:
    """No word of it is in any article."""
    query = read_question("Why is the vessel uneconomical?")
    assert not {found.sentence.text for found in retrieve(town, query) if found.features["named_in_article"] > 0}
    assert ranking(town, query.question)[0][:2] in {("ferry.txt", 1), ("ferry.txt", 0)}


@pytest.mark.parametrize("question", [*QUESTIONS, "Is it?", "日本", "ferry " * 300])
def test_features_are_in_their_ranges(town: Library, question: str) -> None:
    for found in retrieve(town, read_question(question)):
        for name, value in found.features.items():
            assert (-1.000001 if name == "context" else 0.0) <= value <= 1.000001
        assert found.features["named_near"] <= found.features["named_in_article"] + 1e-9


def test_nobody_asked_for_is_nobody_speaking(town: Library) -> None:
    evidence = retrieve(town, read_question("Why will the ferry stop?"))
    assert {found.spoken for found in evidence} == {None}


def test_a_topic_by_another_name(town: Library) -> None:
    """No statement of hers names Quayside; "the pier" does, as in "the wooden pier at Quayside"."""
    evidence = retrieve(town, read_question("What did Duarte say about Quayside?"))
    assert of_text(evidence, "too early to name a day").on_topic == pytest.approx(1.0)
    assert of_text(evidence, "new roof").on_topic < CONTINUED


def test_a_topic_by_its_own_name_needs_no_other(tmp_path: Path, make_library: MakeLibrary) -> None:
    named = PIER + "Quayside has been good to us, Duarte said.\n"
    evidence = retrieve(
        make_library(write(tmp_path / "named", pier=named)), read_question("What did Duarte say about Quayside?")
    )
    assert of_text(evidence, "good to us").on_topic == pytest.approx(1.0)
    assert of_text(evidence, "too early to name a day").on_topic < CONTINUED


def test_a_statement_that_goes_on(town: Library) -> None:
    duarte = find_speaker("Duarte", town.people)
    assert duarte is not None
    evidence = retrieve(town, read_question("What did Duarte say about Quayside?"), duarte.speaker.names)
    goes_on = of_text(evidence, "matter for the engineers")
    assert goes_on.spoken == 1.0
    assert goes_on.on_topic == pytest.approx(CONTINUED)


def test_who_says_prefers_known_speakers(town: Library) -> None:
    evidence = retrieve(town, read_question("Who said that the island needs a ferry?"))
    assert {(found.sentence.speaker is not None, found.preference) for found in evidence} == {
        (True, 0.1),
        (False, 0.0),
    }
    assert {found.spoken for found in evidence} == {None}
    assert all(found.score == found.relevance + found.preference for found in evidence)
    assert {found.preference for found in retrieve(town, read_question("Why will the ferry stop?"))} == {0.0}


UNMENTIONED = [
    ("words that ask for a number are not looked for", "How many submarines?", ["submarines"]),
    ("all of it is there", "What did Duarte say about Quayside?", []),
    ("a word in another form is there", "Are there boats, a frosty pupil or engineers?", ["frosty"]),
    ("as the question spells it", "Is the BORSCHT or Élan café at Quayside?", ["BORSCHT", "Élan", "café"]),
    ("nothing of it is there", "Gdzie jest prom?", ["Gdzie", "jest", "prom"]),
]


@pytest.mark.parametrize(("question", "words"), [pytest.param(*case, id=reason) for reason, *case in UNMENTIONED])
def test_unmentioned(town: Library, question: str, words: list[str]) -> None:
    assert find_unmentioned(town, read_question(question)) == words


def test_the_record_is_the_articles(town: Library) -> None:
    found = retrieve(town, read_question("What did Lind say?"))[0]
    assert found.record == town.records["ferry.txt"]
    assert town.article("ferry.txt").text[found.sentence.start : found.sentence.end] == found.sentence.text


def test_sentences_of_an_older_version_are_not_returned(tmp_path: Path, make_library: MakeLibrary) -> None:
    """As left by an update that was killed."""
    import chromadb
    from chromadb.config import Settings as ChromaSettings

    library = make_library(write(tmp_path / "town", pier=PIER, ferry=FERRY, orchard=ORCHARD))
    question = "Where do the trams turn?"
    vector = library.model.encode([question])[0].tolist()
    stale = sentence_id("pier.txt", "0" * 64, 0)
    text = "The trams turn at Quayside."
    where: dict[str, str | int | float | bool | None]
    where = {"article_id": "pier.txt", "digest": "0" * 64, "position": 0, "start": 0, "end": len(text)}
    before = ranking(library, question)
    (part,) = library.store.parts
    folder = Snapshots(library.settings.store).parts(library._opened.folder)[0].folder / "chroma"
    with chromadb.PersistentClient(str(folder), settings=ChromaSettings(anonymized_telemetry=False)) as client:
        for collection in client.list_collections():
            if collection.name.startswith("sentences-"):
                collection.upsert([stale], embeddings=[vector], documents=[text], metadatas=[where])
    assert part.nearest(library.model.encode([question])[0], CANDIDATES)[0][0] == stale
    assert ranking(library, question) == before


def test_an_index_of_nothing_gives_no_evidence(tmp_path: Path, make_library: MakeLibrary) -> None:
    library = make_library(write(tmp_path / "new", pier=PIER), update=False)
    query = read_question("What did Duarte say about Quayside?")
    assert retrieve(library, query) == []
    answer = compose(Side(query, []), limit=5, min_confidence=library.settings.min_confidence)
    assert (answer.answered, answer.closest, answer.confidence) == (False, (), 0.0)


def test_direct_speech_goes_first_among_equals(tmp_path: Path, make_library: MakeLibrary) -> None:
    (tmp_path / "a.txt").write_text("Mayor Ana Ruiz said on Monday that the pier is safe.")
    (tmp_path / "b.txt").write_text("“The pier is as safe as a church,” Mayor Ana Ruiz said.")
    library = make_library(tmp_path)
    query = read_question("What did Ana Ruiz say about the pier?")
    found = retrieve(library, query, ["Ana Ruiz"])
    assert {(e.sentence.speech, e.preference) for e in found} == {("indirect", 0.0), ("direct", 0.01)}
    assert all(e.score == e.relevance + e.preference for e in found)
