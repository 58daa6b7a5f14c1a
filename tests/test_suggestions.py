"""Who may be one person under two names, and who is not one person under one name."""

from __future__ import annotations

from datetime import date

import pytest

from index.speech.fields import Fields, find_nouns, is_alias
from index.speech.people import find_speaker
from index.speech.suggestions import Presence, Suggestion, suggest, to_days
from index.values import Speaker
from qa.speech import find_surname

MARCH, MAY = date(2024, 3, 1), date(2024, 5, 20)


def person(name: str, *also: str) -> Speaker:
    return Speaker(name, also, names=(name,))


def presence(*articles: str, beside: str = "", day: date | None = MARCH) -> Presence:
    return Presence(frozenset(articles), frozenset(beside.split()), (day,) if day else ())


RENATA, MINISTER = person("Renata Holm", "Holm", "minister"), person("Finance Minister Renata Holm", "Holm", "minister")
ZELENSKY, ZELENSKYY = person("Volodymyr Zelensky", "president"), person("Volodymyr Zelenskyy", "president")
KATE, CATHERINE = person("Kate Middleton", "duchess of Aurel"), person("Katherine Wales", "duchess of Aurel")
HALE, ANN = person("Hale", "chair of the port"), person("Ann Hale", "chair of the port")
PAIRS = [
    (
        "a title in the name",
        (RENATA, MINISTER),
        (presence("a"), presence("b")),
        Suggestion(
            "Finance Minister Renata Holm",
            "Renata Holm",
            ("the longer name is the other with a title", "their articles are of the same days"),
            0.7,
        ),
    ),
    (
        "a person whom one article takes for a group",
        (Speaker("Renata Holm", kind="group"), person("Renata Holm")),
        (presence("a"), presence("b")),
        Suggestion("Renata Holm", "Renata Holm", ("the name is the same", "their articles are of the same days"), 0.7),
    ),
    (
        "a person and a firm",
        (person("Ann Holm", "chair of the port"), Speaker("Holm", ("chair of the port",), "group")),
        (presence("a", beside="Poe"), presence("b", beside="Poe")),
        None,
    ),
    (
        "another spelling, beside the same people",
        (ZELENSKY, ZELENSKYY),
        (presence("a", beside="Roe Poe"), presence("b", beside="Roe")),
        Suggestion(
            "Volodymyr Zelenskyy",
            "Volodymyr Zelensky",
            (
                "the names sound alike",
                "both are “president”",
                "Roe speaks beside both",
                "their articles are of the same days",
            ),
            0.95,
        ),
    ),
    ("another spelling alone", (ZELENSKY, ZELENSKYY), (presence("a"), presence("b", day=MAY)), None),
    (
        "another spelling in one article",
        (ZELENSKY, ZELENSKYY),
        (presence("a", beside="Roe"), presence("a", beside="Roe")),
        None,
    ),
    (
        "another surname, but the same role, which nobody else has",
        (KATE, CATHERINE),
        (presence("a", beside="Roe"), presence("b", beside="Roe")),
        Suggestion(
            "Katherine Wales",
            "Kate Middleton",
            (
                "the first name is the same",
                "both are “duchess of aurel”",
                "Roe speaks beside both",
                "their articles are of the same days",
            ),
            1.0,
        ),
    ),
    (
        "a surname alone, with the same role and company",
        (ANN, HALE),
        (presence("a", beside="Roe"), presence("b", beside="Roe Poe", day=None)),
        Suggestion(
            "Hale",
            "Ann Hale",
            ("one is only called by the surname", "both are “chair of the port”", "Roe speaks beside both"),
            0.8,
        ),
    ),
    ("a surname alone", (person("Ann Hale"), person("Hale")), (presence("a"), presence("b")), None),
    (
        "roles that contradict",
        (person("Jon Smith", "striker"), person("Captain Jon Smith", "senator")),
        (presence("a", beside="Roe"), presence("b", beside="Roe")),
        None,
    ),
    (
        "a man and a woman",
        (person("Daniel Roe", "chair of the port"), person("Maria Roe", "chair of the port")),
        (presence("a", beside="Poe"), presence("b", beside="Poe")),
        None,
    ),
    (
        "father and son",
        (person("Daniel Roe", "chair of the port"), person("Daniel Roe Jr.", "chair of the port")),
        (presence("a", beside="Poe"), presence("b", beside="Poe")),
        None,
    ),
]


@pytest.mark.parametrize(("pair", "present", "expected"), [pytest.param(*case, id=reason) for reason, *case in PAIRS])
def test_only_a_near_certain_pair_is_suggested(
    pair: tuple[Speaker, Speaker], present: tuple[Presence, Presence], expected: Suggestion | None
) -> None:
    where = {who.kind + who.name: found for who, found in zip(pair, present, strict=True)}
    others = [person("Karin Poe", "minister"), person("Bo Quist", "president")]  # roles that more than two have
    found = suggest([*pair, *others], lambda who: where.get(who.kind + who.name, presence("c")))
    assert found == ([expected] if expected else [])


def test_a_role_that_many_have_says_little() -> None:
    people = [KATE, CATHERINE, person("Ann Hale", "duchess of Aurel")]
    assert suggest(people, lambda _: presence("a", beside="Roe")) == []


def test_nobody_is_suggested_to_be_themselves() -> None:
    bush = person("Jeb Bush", "Former governor of Aurel", "former governor of Aurel")
    assert suggest([bush], lambda _: presence("a", beside="Roe")) == []


def test_dates_without_a_day_are_left_out() -> None:
    assert to_days(["2024-03-01T10:00", None, "--03-01", "2024-03", "2024-02-30"]) == (MARCH,)


NOUNS = [
    ("a noun at the end", "John Smith", ("Liverpool striker",), ("striker",)),
    ("before what it is of", "John Smith", ("senator for Ohio", "Smith"), ("senator",)),
    ("a capital", "John Smith", ("Goalkeeper",), ("goalkeeper",)),
    ("what someone was once", "John Smith", ("former striker", "ex senator"), ()),
    ("a surname", "John Bishop", ("Bishop",), ()),
    ("a role that says little", "John Smith", ("chairman", "spokesman"), ()),
]


@pytest.mark.parametrize(("name", "roles", "found"), [pytest.param(*case, id=reason) for reason, *case in NOUNS])
def test_nouns_that_tell_a_field(name: str, roles: tuple[str, ...], found: tuple[str, ...]) -> None:
    assert find_nouns(name, roles) == found


APART = [
    ("two fields", [["senator"], ["striker"], ["senator"]], {"politics": ["0", "2"], "sport": ["1"]}),
    ("one field", [["mayor"], ["senator"]], {}),
    ("both in one article", [["senator"], ["striker"], ["senator", "singer"]], {}),
    ("no field", [["chairman"], ["spokesman"]], {}),
]


@pytest.mark.parametrize(("roles", "apart"), [pytest.param(*case, id=reason) for reason, *case in APART])
def test_one_name_is_two_people_when_roles_contradict(roles: list[list[str]], apart: dict[str, list[str]]) -> None:
    fields = Fields()
    for i, also in enumerate(roles):
        fields.note(str(i), [Speaker("John Smith", tuple(also))])
    assert fields.contradicting(Speaker("John Smith", names=("John Smith",))) == apart
    assert fields.contradicting(Speaker("Smith", names=("John Smith",))) == {}  # not by a surname alone


def test_a_role_in_brackets_is_no_part_of_the_name() -> None:
    senator, striker = Speaker("John Smith (senator)"), Speaker("John Smith (striker)")
    assert find_surname("John Smith (striker)") == "Smith"
    for asked, found, others in (
        ("John Smith (striker)", striker, ()),
        ("john smith (Senator)", senator, ()),
        ("Smith", senator, ("John Smith (striker)",)),
    ):
        match = find_speaker(asked, [senator, striker])
        assert match and (match.speaker, match.exact, match.others) == (found, True, others)
    assert is_alias("John Smith (senator)", "John Smith (mayor)")
    assert not is_alias("John Smith (senator)", "John Smith (striker)")
    assert not is_alias("John Smith", "Ann Hale")
