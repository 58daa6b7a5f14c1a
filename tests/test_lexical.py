"""Sentences found by words: BM25 over the stems that the project uses."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from index.library import Library
from index.sentences.splitting import split_sentences
from index.storage.ledger import Ledger
from index.storage.lexical import Lexical
from index.values import ArticleRecord, Sentence, Statement, sentence_id
from index.words import to_stems

TEXTS = {
    "bases.txt": "Peskov spoke about the bases. Russia keeps two bases in Syria. Nobody asked about Tartous.",
    "river.txt": "The café was running late. It ran out of bread.",
}


def record(article_id: str, text: str, *, version: str = "1", title: str = "A title") -> ArticleRecord:
    count = len(split_sentences(text))
    return ArticleRecord(article_id, article_id, version * 64, count, title, None, None, None, None, None, 0)


def fill(
    lexical: Lexical, texts: Mapping[str, str], *, version: str = "1", speakers: Mapping[str, str] | None = None
) -> int:
    """Bring the index up to date with these articles of one version; `speakers` names the speakers of texts."""
    named = speakers or {}

    def read(wanted: ArticleRecord) -> list[Sentence]:
        text = texts[wanted.id]
        spans = enumerate(split_sentences(text))
        return [
            Sentence(wanted.id, position, start, end, text[start:end], named.get(text[start:end]))
            for position, (start, end) in spans
        ]

    records = {name: record(name, text, version=version) for name, text in texts.items()}
    return lexical.ledger.level(records, {}, read)


def open_lexical(path: Path) -> Lexical:
    return Lexical(Ledger(path, 1))


def key(article_id: str, position: int, version: str = "1") -> str:
    return sentence_id(article_id, version * 64, position)


def find(lexical: Lexical, *terms: str, count: int = 10) -> list[str]:
    return [found for found, _ in lexical.search(terms, count)]


@pytest.fixture
def lexical(tmp_path: Path) -> Iterator[Lexical]:
    opened = open_lexical(tmp_path / "lexical.sqlite3")
    fill(opened, TEXTS)
    yield opened
    opened.ledger.close()


def test_best_match_first(lexical: Lexical) -> None:
    found = lexical.search(["bases", "Syria"], 10)
    # The second sentence has both words, the first has one, and the third only has both next to it.
    assert [name for name, _ in found] == [key("bases.txt", 1), key("bases.txt", 0), key("bases.txt", 2)]
    scores = [score for _, score in found]
    assert scores[0] > scores[1] > scores[2] > 0
    assert find(lexical, "bases", "Syria", count=1) == [key("bases.txt", 1)]


def test_equal_scores_are_in_the_order_of_the_ids(tmp_path: Path) -> None:
    lexical = open_lexical(tmp_path / "equal.sqlite3")
    fill(lexical, dict.fromkeys(("c.txt", "a.txt", "b.txt"), "Ships pass."))
    assert find(lexical, "ships") == [key("a.txt", 0), key("b.txt", 0), key("c.txt", 0)]
    lexical.ledger.close()


def test_context_counts_less_than_own_words(lexical: Lexical) -> None:
    # "Tartous" is in the third sentence, and next to the second.
    assert find(lexical, "Tartous") == [key("bases.txt", 2), key("bases.txt", 1)]
    assert lexical.sentences_with("tartou", 9) == [key("bases.txt", 2)]
    assert len(find(lexical, "title")) == 5  # the title is part of every context
    assert lexical.sentences_with("titl", 9) == []


def test_stems_and_diacritics_match(lexical: Lexical) -> None:
    assert find(lexical, "runs", "CAFE")[0] == key("river.txt", 0)


INERT = [
    ("a quotation mark", ['bases"']),
    ("an unclosed phrase with an operator", ['"bases AND']),
    ("near", ["NEAR(bases"]),
    ("a prefix", ["bases*"]),
    ("a column", ["own:bases"]),
    ("first token", ["^bases"]),
    ("a bracket", ["bases)"]),
    ("minus a column", ["- bases"]),
]


@pytest.mark.parametrize("terms", [case[1] for case in INERT], ids=[case[0] for case in INERT])
def test_no_term_is_an_operator(lexical: Lexical, terms: list[str]) -> None:
    assert sorted(find(lexical, *terms)) == [key("bases.txt", i) for i in range(3)]


NOTHING = [("no term", []), ("a mark only", ["***"]), ("an empty term", [""]), ("an operator as a word", ["AND"])]


@pytest.mark.parametrize("terms", [case[1] for case in NOTHING], ids=[case[0] for case in NOTHING])
def test_nothing_is_found(lexical: Lexical, terms: list[str]) -> None:
    assert find(lexical, *terms) == []


WORDS = (
    "running ran agreed agreements skies sky dying flies happily generalizations oscillators Peskov's don’t o'clock "
    "l’été café naïve résumé Zürich Łódź Øresund Tiếng_Việt snake_case co-operation 3.5 2024 A320 U.S. NATO’s №5 ½ ² "
    "ﬁnance １２３ Москва й Ёлка 東京 ガ 한국 עברית e\u0301te\u0301 zero\u200bwidth 1,000 $100m 5€ s is as by x "
    + "antidisestablishmentarianisms"
    * 3
).split()


def test_every_word_is_found_by_its_stems(tmp_path: Path) -> None:
    lexical = open_lexical(tmp_path / "words.sqlite3")
    texts = {f"{i:03}": word for i, word in enumerate(WORDS)}
    records = {name: record(name, text) for name, text in texts.items()}
    lexical.ledger.level(records, {}, lambda wanted: [Sentence(wanted.id, 0, 0, 1, texts[wanted.id])])
    for name, word in texts.items():
        found = sentence_id(name, "1" * 64, 0) in find(lexical, word, count=len(texts))
        assert (word, found) == (word, bool(to_stems(word)))
        assert all(map(lexical.frequency, to_stems(word)))
    lexical.ledger.close()


STEMS = [
    ("running", "run"), ("agreed", "agre"), ("skies", "ski"), ("flies", "fli"), ("happily", "happili"),
    ("Peskov's", "peskov s"), ("don’t", "don t"), ("l’été", "l et"), ("naïve", "naiv"), ("Zürich", "zurich"),
    ("Łódź", "łodz"), ("Tiếng_Việt", "tieng viet"), ("co-operation", "co oper"), ("3.5", "3 5"), ("A320", "a320"),
    ("U.S.", "u s"), ("Ёлка", "ёлка"), ("東京", "東京"), ("$100m", "100m"), ("is", "is"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "stems"), STEMS)
def test_stems(text: str, stems: str) -> None:
    assert " ".join(to_stems(text)) == stems


def test_stems_are_the_same_as_in_the_seeds(seed_library: Library) -> None:
    for record in seed_library.records.values():
        for sentence in seed_library.store.sentences(record):
            missing = [stem for stem in to_stems(sentence.text) if not seed_library.lexical.frequency(stem)]
            assert missing == []


def test_frequency_counts_sentences_of_own_words(lexical: Lexical) -> None:
    stems = ["base", "about", "russia", "run", "bases", "titl", ""]
    assert {stem: lexical.frequency(stem) for stem in stems} == {
        "base": 2,  # the two sentences that contain it, not those next to them
        "about": 2,
        "russia": 1,
        "run": 1,
        "bases": 0,  # not a stem
        "titl": 0,  # only in contexts
        "": 0,
    }


def test_equal_sentences_are_found(lexical: Lexical) -> None:
    assert fill(lexical, {**TEXTS, "copy.txt": "It ran out of bread. Ships pass."}) == 1
    found = lexical.find_equal(["It ran out of bread.", "Ships pass.", "it ran out of bread.", "Ships", ""])
    assert found[0] in (key("river.txt", 1), key("copy.txt", 0))
    assert found[1:] == [key("copy.txt", 1)]
    assert lexical.find_equal([]) == []


def test_contexts(lexical: Lexical) -> None:
    ids = [key("bases.txt", 0), key("bases.txt", 1), key("river.txt", 1), "no#such#0"]
    assert lexical.contexts(ids) == {
        key("bases.txt", 0): "A title\nRussia keeps two bases in Syria.",
        key("bases.txt", 1): "A title\nPeskov spoke about the bases.\nNobody asked about Tartous.",
        key("river.txt", 1): "A title\nThe café was running late.",
    }
    assert lexical.contexts([]) == {}


def test_statements_of_some_and_of_everybody(tmp_path: Path) -> None:
    lexical = open_lexical(tmp_path / "said.sqlite3")
    said = {f"Speaker {i} said that it rains.": f"Speaker {i}" for i in range(32_767)}  # more than SQLite takes
    fill(lexical, {"rain.txt": "\n".join([*said, "It rains."])}, speakers=said)
    assert lexical.statements(["Speaker 3", "Nobody", "Speaker 5"]) == [key("rain.txt", 3), key("rain.txt", 5)]
    assert lexical.statements([]) == []
    assert sorted(lexical.statements(None)) == sorted(key("rain.txt", i) for i in range(len(said)))
    lexical.ledger.close()


def test_more_values_than_sqlite_takes_variables(lexical: Lexical) -> None:
    lexical.ledger.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 5)
    many = [f"{i}.txt" for i in range(100)]
    assert lexical.search(["bases"], 9) == lexical.search(["bases"], 9, articles=[*many, *TEXTS])
    assert lexical.search(["bases"], 9, speakers=many) == []
    assert lexical.statements(many) == []
    assert list(lexical.contexts([*many, key("bases.txt", 0)])) == [key("bases.txt", 0)]
    assert lexical.stems_in("bases.txt", [*many, "russia"]) == {"russia"}


def test_stems_in_an_article_and_its_title(lexical: Lexical) -> None:
    assert lexical.stems_in("bases.txt", ["base", "titl", "bread", "bases"]) == {"base", "titl"}
    assert lexical.stems_in("no-such.txt", ["base"]) == set()
    assert lexical.stems_in("bases.txt", []) == set()


def test_two_threads(lexical: Lexical) -> None:
    problems: list[object] = []

    def search() -> None:
        try:
            for _ in range(100):
                found = find(lexical, "ships", "bread")
                # In one version or the other, never in both or in half of one.
                if found not in ([key("river.txt", 1), key("river.txt", 0)], [key("river.txt", 0, "2")]):
                    problems.append(found)
        except Exception as error:
            problems.append(error)

    threads = [threading.Thread(target=search) for _ in range(2)]
    for thread in threads:
        thread.start()
    changed = {**TEXTS, "river.txt": "Ships pass."}
    for i in range(10):  # one transaction each, at one revision
        fill(lexical, changed if i % 2 == 0 else TEXTS, version="2" if i % 2 == 0 else "1")
    for thread in threads:
        thread.join()
    assert problems == []


def test_every_voice_of_a_sentence(lexical: Lexical) -> None:
    said = (
        Statement(0, 5, "Ana Ruiz", "indirect"),
        Statement(6, 9, "Bo Hale", "indirect"),
        Statement(6, 9, None, "indirect", "Some analysts"),
    )
    records = {"new.txt": record("new.txt", "Ships pass.", version="2")}
    lexical.ledger.level(
        records,
        {},
        lambda wanted: [Sentence(wanted.id, 0, 0, 11, "Ships pass.", "Ana Ruiz", "indirect", said)],
    )
    [found] = lexical.statements(["Ana Ruiz"])
    assert lexical.statements(["Bo Hale"]) == lexical.statements(None) == lexical.also_spoken(["Bo Hale"]) == [found]
    assert lexical.also_spoken(["Ana Ruiz"]) == []
    assert lexical.speakers() == {"Ana Ruiz": 1, "Bo Hale": 1}
    assert [key for key, _ in lexical.search(["ships"], 9, speakers=["Bo Hale"])] == [found]
    assert lexical.said_by_unnamed("analysts") == [found]
    assert lexical.said_by_unnamed("analyst") == lexical.said_by_unnamed("%") == []
    lexical.ledger.level({}, {}, lambda _: [])
    assert lexical.statements(["Bo Hale"]) == lexical.said_by_unnamed("analysts") == []
