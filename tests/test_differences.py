"""How two versions of an article differ."""

from __future__ import annotations

from qa.differences import Difference, compare, compare_words, pair_alike


def test_sentences_are_the_same_changed_removed_or_added() -> None:
    before = ["The pier closes.", "It is old and full of rot.", "Tea is sold there.", "“Oh,” he said."]
    after = ["A cat was found.", "The  pier closes.", "It is old and full of worms.", '"Oh," he said.', "Rain fell."]
    assert compare(before, after) == [
        Difference("added", "", "A cat was found."),
        Difference("same", "The pier closes.", "The  pier closes."),
        Difference("changed", "It is old and full of rot.", "It is old and full of worms."),
        Difference("removed", "Tea is sold there.", ""),
        Difference("same", "“Oh,” he said.", '"Oh," he said.'),
        Difference("added", "", "Rain fell."),
    ]


def test_nothing_is_compared_with_nothing() -> None:
    assert compare([], []) == []
    assert compare([], ["One."]) == [Difference("added", "", "One.")]


def test_words_of_a_changed_sentence() -> None:
    pieces = list(compare_words("It costs two million.", "It costs three million, they say."))
    assert pieces == [
        ("It costs ", "It costs "),
        ("two", ""),
        ("", "three"),
        (" million", " million"),
        ("", ", they say"),
        (".", "."),
    ]


def test_a_long_stretch_that_was_replaced_takes_no_time() -> None:
    before, after = ([f"Line {n} of {word} text." for n in range(3_000)] for word in ("old", "new"))
    assert [one.kind for one in compare(before, after)] == ["removed"] * 3_000 + ["added"] * 3_000


def test_alike_sentences_are_paired() -> None:
    old = ["The base would stay.", "Rain fell on Moscow.", "Two ships left the port on Monday."]
    new = ["Three ships left the port on Monday.", "Snow fell on Kiev.", "The base would close."]
    assert pair_alike(old, new) == [(0, 2), (2, 0)]


def test_an_article_that_was_rewritten_is_not_compared_sentence_by_sentence() -> None:
    old, new = ([f"It is {word} {i}." for i in range(300)] for word in ("hot on day", "hot on the day"))
    assert pair_alike(old[:200], new[:200])
    assert pair_alike(old, new) == []
