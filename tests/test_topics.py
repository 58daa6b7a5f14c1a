"""What people speak of, counted in made-up articles."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.library import Library
from qa.topics import Topic, rank_topics
from tests.conftest import MakeLibrary

NORTH = """\
Mayor Ines Duarte said that the ferries to Marrow Island are too slow, and that Marrow Island needs a bridge.
Duarte told Harbour Radio that Tomas Okafor had promised the Treasury too much. “We are losing Democratic voters,”
Duarte said on Monday. Duarte said the old bridge to Marrow Island is closed, and that she would rebuild it.
"""
SOUTH = """\
Tomas Okafor said that the Treasury would pay for repairs, not for Marrow Island. Okafor told Harbour Radio that Mayor
Duarte must wait until March. “I'm sorry for Mr. Lind,” Okafor said. Okafor said that taxes would rise.
"""


@pytest.fixture
def library(tmp_path: Path, make_library: MakeLibrary) -> Library:
    (tmp_path / "north.txt").write_text(NORTH)
    (tmp_path / "south.txt").write_text(SOUTH)
    return make_library(tmp_path)


def topics_of(library: Library, name: str, *, only_popular: bool = False) -> list[Topic]:
    with library.reading():
        said = [
            (speaker, list(library.store.sentences_of(library.lexical.statements(speaker.names)).values()))
            for speaker in library.people
        ]
        return rank_topics(library, said, only_popular=only_popular)[name]


def test_names_that_a_speaker_mentions(library: Library) -> None:
    found = {(topic.text, topic.kind) for topic in topics_of(library, "Ines Duarte")}
    assert found == {("Marrow Island", "name"), ("Tomas Okafor", "person"), ("the Treasury", "name")}


def test_what_is_no_topic(library: Library) -> None:
    """A month, an outlet, a contraction, a title before a name that nobody bears, one's own name."""
    found = {topic.text for topic in topics_of(library, "Tomas Okafor")}
    assert found == {"Marrow Island", "Ines Duarte", "the Treasury"}


def test_what_only_says_who_speaks_is_no_topic(tmp_path: Path, make_library: MakeLibrary) -> None:
    (tmp_path / "a.txt").write_text(
        "Ottilie Kern, who heads Clean Harbours, said the coast near Ostrany is at risk. “It worries Drasny,” "
        "said Ottilie Kern of the Hensby Institute.\n"
    )
    assert {topic.text for topic in topics_of(make_library(tmp_path), "Ottilie Kern")} == {"Ostrany", "Drasny"}


def test_the_weightiest_is_first(library: Library) -> None:
    topics = topics_of(library, "Ines Duarte")
    assert topics[0].text == "Marrow Island"
    assert [topic.weight for topic in topics] == sorted((topic.weight for topic in topics), reverse=True)


def test_the_word_of_a_topic() -> None:
    assert [Topic(text, "name", 1.0).word for text in ("Hillary Clinton", "the Treasury", "NATO")] == [
        "Clinton",
        "Treasury",
        "NATO",
    ]


def test_a_noun_that_many_speak_of_and_titles_name(tmp_path: Path, make_library: MakeLibrary) -> None:
    for i, name in enumerate(["Ann Hale", "Ben Ruiz", "Carla Stone", "Dan Webb"]):
        (tmp_path / f"{i}.txt").write_text(
            f"---\ntitle: Town quarrels over parking\n---\n{name} said there is not enough money for parking. "
            f"{name} said that parking, which was free, would cost two euros and vote {i}. {name} said people vote.\n"
        )
    for i in range(4, 80):  # in which nobody speaks of it
        (tmp_path / f"{i}.txt").write_text(f"Eve Low {i} said that it rained on all {i} days.\n")
    library = make_library(tmp_path)
    assert [(topic.text, topic.kind) for topic in topics_of(library, "Ann Hale", only_popular=True)] == [
        ("parking", "noun")
    ]
    assert topics_of(library, "Ann Hale") == []


def test_nothing_of_nothing(library: Library) -> None:
    with library.reading():
        assert rank_topics(library, []) == {}
        assert rank_topics(library, [(library.people[0], [])]) == {library.people[0].name: []}
