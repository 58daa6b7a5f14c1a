from __future__ import annotations

import pytest

from index.library import Library
from qa import answer_question
from qa.question import read_question
from qa.spelling import rename_speaker, respell
from tests.conftest import MakeLibrary

ARTICLE = """A port for the fleet

The fleet stays in Tartous, said Ana Schultz on Monday. Nobody in Tartous was asked.
The harbour of Zambia has no fleet. The anglers of Lowland watched."""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, make_shared_library: MakeLibrary) -> Library:
    folder = tmp_path_factory.mktemp("news")
    (folder / "port.txt").write_text(ARTICLE, encoding="utf-8")
    return make_shared_library(folder)


RESPELLED = [
    ("a name with a letter missing", "Where is the fleet of Tartus?", {"Tartus": "Tartous"}),
    ("typed in small letters", "who is ana shultz", {"shultz": "Schultz"}),
    ("a name the articles have", "Where is Tartous?", {}),
    ("another country", "Where is Gambia?", {}),
    ("no name: a common word", "What is the harboor like?", {}),
    ("too short to tell", "Where is Anna?", {}),
    ("a likeness that is no name in the articles", "Who are the Anglars?", {}),
]


@pytest.mark.parametrize(("question", "taken"), [pytest.param(*case, id=why) for why, *case in RESPELLED])
def test_names_as_the_articles_spell_them(library: Library, question: str, taken: dict[str, str]) -> None:
    query = read_question(question)
    found, respelled = respell(library, query)
    assert respelled == taken
    expected = query.standalone
    for asked, spelled in taken.items():
        expected = expected.replace(asked, spelled)
    assert found.standalone == expected
    assert found.question == question
    assert set(found.terms) == {taken.get(term, taken.get(term.title(), term)).lower() for term in query.terms}


def test_the_answer_says_what_a_name_was_taken_for(library: Library) -> None:
    answer = answer_question(library, "Where does the fleet of Tartus stay?")
    assert answer.note == "The articles never mention “Tartus”; taken as “Tartous”."
    assert answer.citations[0].text == "The fleet stays in Tartous, said Ana Schultz on Monday."


def test_a_speaker_is_renamed_throughout() -> None:
    query = rename_speaker(read_question("What did Shultz say about the fleet?"), "Ana Schultz")
    assert (query.standalone, query.speaker) == ("What did Ana Schultz say about the fleet?", "Ana Schultz")
    assert query.terms == ("ana", "schultz", "fleet")


def test_a_speaker_is_renamed_in_whole_words_only() -> None:
    query = rename_speaker(read_question("What did Smith say about Smithfield and Smith's ferry?"), "Ann Smyth")
    assert query.standalone == "What did Ann Smyth say about Smithfield and Ann Smyth's ferry?"
    assert query.terms == ("ann", "smyth", "smithfield", "ferry")
