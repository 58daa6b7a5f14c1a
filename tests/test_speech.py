from __future__ import annotations

import pytest

from index.words import to_stems
from qa.speech import find_other_names, find_surname, reads_as_statement

SURNAMES = [
    ("a surname", "Duarte", "Duarte"),
    ("the last word", "Ines Duarte", "Duarte"),
    ("a title", "Mr. Duarte", "Duarte"),
    ("a suffix", "Martin Luther King Jr.", "King"),
    ("a Roman suffix", "John Roe III", "Roe"),
    ("a suffix after a comma", "John Roe, Sr.", "Roe"),
    ("a possessive", "Ines Duarte's", "Duarte"),
    ("a possessive of a name in s", "James'", "James"),
    ("a curly possessive", "Duarte’s", "Duarte"),
    ("an apostrophe within", "Sean O'Brien", "O'Brien"),
    ("a hyphen", "Bashar al-Assad", "al-Assad"),
    ("accents", "Lula da Silva Gonçalves", "Gonçalves"),
    ("nothing", "", ""),
    ("no word", " . ", ""),
    ("nothing but a suffix", "Jr.", ""),
]


@pytest.mark.parametrize(("name", "surname"), [pytest.param(*case, id=reason) for reason, *case in SURNAMES])
def test_find_surname(name: str, surname: str) -> None:
    assert find_surname(name) == surname


BEFORE = "Mayor Ines Duarte opened the pier."
SAID_BEFORE = "“It is old,” Duarte said."
STATEMENTS = [
    ("name and verb", "Duarte said the pier is old.", "", True),
    ("verb and name", "“It is old,” said Mayor Ines Duarte.", "", True),
    ("a clause between", "Duarte, who was in Lowland on Monday, warned of delays.", "", True),
    ("according to", "The pier is old, according to Duarte.", "", True),
    ("a thought", "Duarte believes that the pier is old.", "", True),
    ("he said, and the name before", "“It is old,” she added.", BEFORE, True),
    ("he said at the start, and the name before", "She also noted that it is old.", BEFORE, True),
    ("he said, and nobody before", "“It is old,” she added.", "The pier closed.", False),
    ("a quote with the name", "“It is old”: Duarte at the pier.", "", False),
    ("a quote that runs on", "“And it is rotten.”", SAID_BEFORE, False),
    ("a quote after the bare name", "“And it is rotten.”", BEFORE, False),
    ("the name without a verb of saying", "Duarte opened the pier on Monday.", "", False),
    ("somebody else", "Marek Lind said the pier is old.", "", False),
    ("another sentence between", "Duarte left. Marek Lind said the pier is old.", "", False),
    ("part of a longer name", "Duartes said the pier is old.", "", False),
    ("no words", "", BEFORE, False),
]


@pytest.mark.parametrize(
    ("sentence", "before", "reads_so"), [pytest.param(*case, id=reason) for reason, *case in STATEMENTS]
)
def test_reads_as_statement(sentence: str, before: str, reads_so: bool) -> None:
    assert reads_as_statement(sentence, before, "Duarte") is reads_so


def test_nobody_asked_for_is_nobodys_statement() -> None:
    assert not reads_as_statement("Duarte said the pier is old.", BEFORE, "")


@pytest.mark.parametrize("surname", ["(", "[a-z]*", "a|b", "\\", "O'Brien+"], ids=lambda name: f"surname {name}")
def test_a_surname_is_no_pattern(surname: str) -> None:
    assert not reads_as_statement("Duarte said the pier is old.", BEFORE, surname)


OTHER_NAMES = [
    ("nouns before it", "The old naval facility at Tartous is large.", "Tartous", {"naval", "facility"}),
    ("a noun after it", "The Tartous base serves ships.", "Tartous", {"base"}),
    ("both, at two places", "A harbour near Tartous and the Tartous depot.", "Tartous", {"harbour", "near", "depot"}),
    ("names are no common nouns", "President Bashar Assad fled.", "Assad", {"fled"}),
    ("short words carry nothing", "It is by sea to Tartous now.", "Tartous", set()),
    ("stop words carry nothing", "They were there with Tartous after that.", "Tartous", set()),
    ("a word of the topic itself", "The naval base at Tartous.", "naval Tartous", {"base"}),
    ("a sentence without it", "The base is old.", "Tartous", set()),
    ("no topic", "The base is old.", "", set()),
    (
        "more than three words before",
        "The facility that stands right beside Tartous.",
        "Tartous",
        {"stands", "right", "beside"},
    ),
]


@pytest.mark.parametrize(
    ("sentence", "topic", "words"), [pytest.param(*case, id=reason) for reason, *case in OTHER_NAMES]
)
def test_find_other_names(sentence: str, topic: str, words: set[str]) -> None:
    assert find_other_names(sentence, to_stems(topic)) == {stem for word in words for stem in to_stems(word)}


def test_surname_typed_in_small_letters_is_the_name_but_a_name_is_no_common_word() -> None:
    assert reads_as_statement("Duarte said the pier is old.", "", "duarte")
    assert not reads_as_statement("The brown bag, he said, is his.", "", "Brown")
