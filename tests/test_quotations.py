"""Quotations that run across sentences and paragraphs."""

from __future__ import annotations

import pytest

from index.sentences.splitting import sentences_of
from index.speech.quotations import Line, read_lines
from index.values import Article


def lines_of(text: str) -> list[Line]:
    article = Article(id="a.txt", title="", text=text, digest="")
    return read_lines(text, sentences_of(article))


CASES = [
    ("none", "It rained.", [[]]),
    ("curly", "“It rained,” he said.", [['"It rained,"']]),
    ("straight", 'He said, "It rained."', [['"It rained."']]),
    ("two apostrophes", "''It rained,'' he said.", [['"It rained,"']]),
    ("two in a sentence", "“It,” he said, “rained.”", [['"It,"', '"rained."']]),
    ("one within another", "“He said ‘No’ twice,” she said.", [["\"He said 'No' twice,\""]]),
    ("over two sentences", "“It rained. It poured,” he said.", [['"It rained.'], ['It poured,"']]),
    ("opened again in a paragraph", "“It rained.\n\n“It poured.”\n\nHe sat.", [['"It rained.'], ['"It poured."'], []]),
    ("closed in a later paragraph", "“It rained.\n\nIt poured.”\n\nHe sat.", [['"It rained.'], ['It poured."'], []]),
    ("never closed", "“It rained.\n\nHe sat.\n\nHe stood.", [['"It rained.'], [], []]),
    ("never opened", "It rained.” He sat.", [[], []]),
    ("its closing is lost", "“It rained, he said. “It poured.”", [['"It rained, he said.'], ['"It poured."']]),
    ("inches", 'He is 6 feet 2" tall and said so.', [[]]),
]


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_is_quoted(text: str, expected: list[list[str]]) -> None:
    assert [[line.text[start:end] for start, end in line.quoted] for line in lines_of(text)] == expected


def test_a_quotation_has_one_number_wherever_it_runs() -> None:
    lines = lines_of("“It rained. It poured,” he said. “He sat.\n\n“She stood.” “No.”")
    assert [line.quotations for line in lines] == [(1,), (1,), (2,), (2,), (3,)]
    assert [line.is_wholly_quoted() for line in lines] == [True, False, True, True, True]
    assert [line.paragraph for line in lines] == [0, 0, 0, 1, 1]


PLAIN = [
    ("a dateline", "MOSCOW, Dec 10 (Alliance News): It rained.", "It rained."),
    ("a party", "Sen. Ted Cruz (R-Texas) sat.", "Senator Ted Cruz sat."),
    ("spaces", "It\xa0rained  on\tus.", "It rained on us."),
    ("apostrophes", "It’s Putin’s.", "It's Putin's."),
]


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in PLAIN], ids=[case[0] for case in PLAIN])
def test_a_line_is_plain(text: str, expected: str) -> None:
    assert [line.text for line in lines_of(text)] == [expected]


def test_a_label_is_no_part_of_the_line() -> None:
    assert [(line.label, line.text) for line in lines_of("TRUMP: No. I will not.\n\nIt was 5: late.")] == [
        ("TRUMP", "No."),
        ("", "I will not."),
        ("", "It was 5: late."),
    ]
