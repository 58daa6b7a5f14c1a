"""Copies of an article in answers and in lists, with the bundled model and a real index."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import QuestionError
from index.library import Library
from qa.ask import answer_question
from qa.copies import compare_articles, find_copies, find_in_copy, list_copies, list_groups
from qa.filters import Filters
from qa.select import says_the_same
from qa.statements import list_quotes
from tests.conftest import MakeLibrary
from tests.made import wire_copies

QUESTION = "What did Duarte say about the deck?"


@pytest.fixture(scope="module")
def library(make_shared_library: MakeLibrary, tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("town")
    for name, text in wire_copies().items():
        (folder / name).write_text(text, encoding="utf-8")
    return make_shared_library(folder)


def test_an_answer_tells_a_sentence_once_from_the_earliest_copy(library: Library) -> None:
    answer = answer_question(library, QUESTION)
    quoted = next(citation for citation in answer.citations if citation.text.startswith("“We cannot"))
    assert (quoted.article_id, quoted.also) == ("agency.txt", ("herald.txt", "post.txt", "wire.txt"))
    assert len([citation for citation in answer.citations if "cannot let anyone" in citation.text]) == 1
    assert sorted(list_copies(library, answer.citations)) == ["herald.txt", "post.txt", "wire.txt"]


def test_a_filter_still_finds_the_copy_of_its_outlet(library: Library) -> None:
    answer = answer_question(library, QUESTION, filters=Filters(source="Northern Post"))
    assert {(citation.article_id, citation.also) for citation in answer.citations} == {("post.txt", ())}


def test_where_a_sentence_stands_in_a_copy(library: Library) -> None:
    answer = answer_question(library, QUESTION)
    quoted = next(citation for citation in answer.citations if citation.text.startswith("“We cannot"))
    start, end, text = find_in_copy(library, [quoted], "post.txt")[quoted.number]
    assert text.endswith("town hall.")
    assert "storms, and “we cannot" in text
    assert library.article("post.txt").text[start:end] == text
    assert find_in_copy(library, [quoted], "gone.txt") == {}


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        ("A new pier costs two million, he said on Monday.", True),
        ("A new pier costs two million, he said on Monday, and it will take years.", True),
        ("A new pier costs 3 million, he said on Monday.", False),
        ("A new pier does not cost two million, he said on Monday.", False),
        ("It costs two million.", False),
    ],
    ids=["the same", "joined to another", "another number", "denied", "little in common"],
)
def test_what_says_the_same(other: str, is_same: bool) -> None:
    text = (
        "A new pier costs 2 million, he said on Monday."
        if "3 million" in other
        else ("A new pier costs two million, he said on Monday.")
    )
    assert says_the_same(text, other) is is_same


def test_groups_have_the_earliest_first(library: Library) -> None:
    assert [[record.id for record in group] for group in list_groups(library)] == [
        ["agency.txt", "herald.txt", "post.txt", "wire.txt"]
    ]
    assert [record.id for record in find_copies(library, "post.txt")] == ["agency.txt", "herald.txt", "wire.txt"]
    assert find_copies(library, "corrected.txt") == []
    with pytest.raises(QuestionError, match=r"^the index has no article 'gone\.txt'"):
        find_copies(library, "gone.txt")


def test_how_two_copies_differ(library: Library) -> None:
    kinds = [one.kind for one in compare_articles(library, "agency.txt", "wire.txt")]
    assert kinds == ["same"] * 8 + ["added"]


def test_quotes_know_where_else_they_stand(library: Library) -> None:
    also = {quote.article_id: quote.also for quote in list_quotes(library) if quote.text.startswith("“We cannot")}
    assert also["agency.txt"] == ("herald.txt", "wire.txt")
    assert also["corrected.txt"] == ()


def test_an_edit_is_followed(make_library: MakeLibrary, tmp_path: Path) -> None:
    for name in ("agency.txt", "wire.txt"):
        (tmp_path / name).write_text(wire_copies()[name], encoding="utf-8")
    library = make_library(tmp_path)
    assert len(list_groups(library)) == 1
    (tmp_path / "wire.txt").write_text(wire_copies()["another.txt"], encoding="utf-8")
    library.sync()
    assert list_groups(library) == []
