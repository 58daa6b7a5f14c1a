"""Whom a name refers to: within an article, across articles and in a question."""

from __future__ import annotations

from dataclasses import replace

import pytest

from index.speech.families import Families
from index.speech.people import Match, Name, find_speaker, gender_of, is_same, read_name, to_json
from index.values import Speaker

NAMES = [
    ("a surname", "Peskov", Name((), (), "Peskov")),
    ("a full name", "Dmitry Peskov", Name((), ("Dmitry",), "Peskov")),
    ("a possessive", "Dmitry Peskov’s", Name((), ("Dmitry",), "Peskov")),
    ("a title", "Mr. Peskov", Name(("mr",), (), "Peskov")),
    ("two titles", "Vice President Joe Biden", Name(("vice", "president"), ("Joe",), "Biden")),
    ("an initial", "Donald J. Trump", Name((), ("Donald", "J."), "Trump")),
    ("a suffix", "Martin Luther King, Jr.", Name((), ("Martin", "Luther"), "King", "jr")),
    ("a particle", "Bill de Blasio", Name((), ("Bill",), "de Blasio")),
    ("a hyphen", "Bashar al-Assad", Name((), ("Bashar",), "al-Assad")),
    ("a title alone is a name", "President", Name((), (), "President")),
    ("nothing", " . ", Name((), (), "")),
]


@pytest.mark.parametrize(("mention", "expected"), [case[1:] for case in NAMES], ids=[case[0] for case in NAMES])
def test_a_name_is_taken_apart(mention: str, expected: Name) -> None:
    assert read_name(mention) == expected


SAME = [
    ("the same", "Dmitry Peskov", "Dmitry Peskov", True),
    ("another spelling", "Dmitri Peskov", "Dmitry Peskov", True),
    ("a short name", "Mike Pence", "Michael Pence", True),
    ("an initial", "D. Peskov", "Dmitry Peskov", True),
    ("a middle initial", "Donald J. Trump", "Donald Trump", True),
    ("a title", "President Donald Trump", "Donald Trump", True),
    ("accents", "François Hollande", "Francois Hollande", True),
    ("an article of the surname", "Bashar al-Assad", "Bashar Assad", True),
    ("husband and wife", "Bill Clinton", "Hillary Clinton", False),
    ("father and son", "Donald Trump", "Donald Trump Jr.", False),
    ("other middle initials", "George H. W. Bush", "George W. Bush", False),
    ("a surname alone", "Trump", "Donald Trump", False),
    ("another surname", "Dmitry Peskov", "Dmitry Medvedev", False),
]


@pytest.mark.parametrize(("one", "other", "expected"), [case[1:] for case in SAME], ids=[case[0] for case in SAME])
def test_two_names_of_one_person(one: str, other: str, expected: bool) -> None:
    assert is_same(read_name(one), read_name(other)) is expected
    assert is_same(read_name(other), read_name(one)) is expected


GENDERS = [
    ("a woman's title", "Mrs. Clinton", "female"),
    ("a woman's first name", "Hillary Clinton", "female"),
    ("a man's title", "Mr. Clinton", "male"),
    ("a man's first name", "Bill Clinton", "male"),
    ("neither", "Clinton", None),
]


@pytest.mark.parametrize(("name", "expected"), [case[1:] for case in GENDERS], ids=[case[0] for case in GENDERS])
def test_a_title_or_a_first_name_tells_a_man_from_a_woman(name: str, expected: str | None) -> None:
    assert gender_of(read_name(name)) == expected


PEOPLE = [
    Speaker("Hillary Clinton", ("Clinton", "Democratic nominee")),
    Speaker("Bill Clinton", ("Clinton", "former president")),
    Speaker("Dmitry Peskov", ("Peskov", "Kremlin spokesman", "spokesman")),
    Speaker("Brian Fallon", ("Fallon", "Clinton spokesman")),
    Speaker("The Kremlin", (), "group"),
]
HILLARY, BILL, PESKOV, FALLON, KREMLIN = PEOPLE
QUESTIONS = [
    ("the full name", "Dmitry Peskov", Match(PESKOV, True)),
    ("in small letters", "dmitry peskov", Match(PESKOV, True)),
    ("another spelling of the first name", "dmitri peskov", Match(PESKOV, True)),
    ("the surname", "peskov", Match(PESKOV, True)),
    ("Mr.", "Mr. Peskov", Match(PESKOV, True)),
    ("the role", "the Kremlin spokesman", Match(PESKOV, True)),
    ("the role and the name", "Kremlin spokesman Dmitry Peskov", Match(PESKOV, True)),
    ("one of two spokesmen", "the Clinton spokesman", Match(FALLON, True)),
    ("a role of two", "the spokesman", Match(PESKOV, True, ("Brian Fallon",))),
    ("a group", "the Kremlin", Match(KREMLIN, True)),
    ("a group without its article", "Kremlin", Match(KREMLIN, True)),
    ("a surname of two", "Clinton", Match(HILLARY, True, ("Bill Clinton",))),
    ("of the two, the wife", "Mrs. Clinton", Match(HILLARY, True)),
    ("of the two, the husband", "Mr. Clinton", Match(BILL, True)),
    ("nearly the surname", "Peskow", Match(PESKOV, False)),
    ("nearly the full name", "Dimitry Peskof", Match(PESKOV, False)),
    ("nearly a group", "the Kremlim", Match(KREMLIN, False)),
    ("another first name", "Chelsea Clinton", None),
    ("nobody", "Angela Merkel", None),
    ("nothing", "", None),
]


@pytest.mark.parametrize(("asked", "expected"), [case[1:] for case in QUESTIONS], ids=[case[0] for case in QUESTIONS])
def test_whom_a_question_means(asked: str, expected: Match | None) -> None:
    assert find_speaker(asked, PEOPLE) == expected


def test_no_one_is_found_among_no_speakers() -> None:
    assert find_speaker("Peskov", []) is None


def test_who_is_never_named_in_full_is_the_one_of_that_surname() -> None:
    ackman, other = Speaker("Ackman", (), "person"), Speaker("Karen Ackman", (), "person")
    assert find_speaker("William Ackman", [ackman]) == Match(ackman, False)
    assert find_speaker("Mr. William A. Ackman", [ackman]) == Match(ackman, False)
    assert find_speaker("William Ackman", [ackman, other]) is None  # he may be neither of them
    assert find_speaker("William Ackman", [other]) is None
    assert find_speaker("William Ackman", [Speaker("Ackman", (), "group")]) is None


def test_every_word_of_a_group_has_to_be_alike() -> None:
    heritage = Speaker("The Heritage Foundation", (), "group")
    assert find_speaker("the Tax Foundation", [heritage]) is None
    assert find_speaker("the Heritege Foundation", [heritage]) == Match(heritage, False)


KREMLINS = [Speaker("The Kremlin", (), "group"), Speaker("Kremlin", (), "group"), Speaker("The Kremlin", (), "group")]
MERGED = [
    (
        "one person by two forms of the name",
        [[Speaker("Donald Trump", ("Trump",))], [Speaker("Donald J. Trump")], [Speaker("Donald Trump", ("nominee",))]],
        [Speaker("Donald Trump", ("Donald J. Trump", "Trump", "nominee"))],
    ),
    (
        "a surname joins its only bearer",
        [[Speaker("Putin", ("president",))], [Speaker("Vladimir Putin", ("Putin",))]],
        [Speaker("Vladimir Putin", ("Putin", "president"))],
    ),
    (
        "a surname of two stays alone",
        [[Speaker("Bill Clinton")], [Speaker("Hillary Clinton")], [Speaker("Clinton")]],
        [Speaker("Bill Clinton"), Speaker("Clinton"), Speaker("Hillary Clinton")],
    ),
    (
        "a group with and without its article",
        [[speaker] for speaker in KREMLINS],
        [Speaker("The Kremlin", ("Kremlin",), "group")],
    ),
    (
        "a group is not a person",
        [[Speaker("Forbes", (), "group")], [Speaker("Steve Forbes")]],
        [Speaker("Forbes", (), "group"), Speaker("Steve Forbes")],
    ),
    (
        "those of most articles first",
        [[Speaker("Ann Roe"), Speaker("Bo Roe")], [Speaker("Bo Roe")]],
        [Speaker("Bo Roe"), Speaker("Ann Roe")],
    ),
    ("nobody", [], []),
]


@pytest.mark.parametrize(("articles", "expected"), [case[1:] for case in MERGED], ids=[case[0] for case in MERGED])
def test_speakers_of_many_articles(articles: list[list[Speaker]], expected: list[Speaker]) -> None:
    lines = {str(i): to_json(speakers) for i, speakers in enumerate(articles)}
    merged = Families().follow(lines).merged
    assert [replace(speaker, names=()) for speaker in merged] == expected
    names = [name for speaker in merged for name in speaker.names]
    assert sorted(names) == sorted({speaker.name for speakers in articles for speaker in speakers})
