"""What the People page shows to an editor, and what it makes of what a browser sends."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from index.errors import CorrectionError, OnRecordError
from index.library import Library
from index.people_file import add_correction, read_corrections
from index.speech.corrections import Correction, GiveStatement, Merge, Rename, SetRole, Split
from qa import people
from tests.conftest import MakeLibrary
from tests.test_render import HOSTILE, Page
from ui.pages.people.correcting import (
    corrections_html,
    find_correction,
    forms_html,
    key_of,
    refused_html,
    to_address,
    told_html,
)
from ui.pages.people.editing import find_name, make_correction
from ui.pages.people.state import PersonStatements, find_person_statements
from ui.pages.people.view import people_html, person_html


@pytest.fixture
def town(make_library: MakeLibrary, tmp_path: Path) -> Library:
    seeds = tmp_path / "town"
    seeds.mkdir()
    (seeds / "old.txt").write_text("Ines Duarte said the ferry will stop. Duarte said it is too old.")
    (seeds / "new.txt").write_text("Tomas Okafor said the tram is slow. Ines Duarte said the tram is free.")
    return make_library(seeds)


def open_person(library: Library, name: str = "Ines Duarte") -> PersonStatements:
    chosen = find_person_statements(library, name)
    assert chosen is not None
    return chosen


FERRY, OLD, TRAM = (
    "Ines Duarte said the ferry will stop.",
    "Duarte said it is too old.",
    "Ines Duarte said the tram is free.",
)
SENT: list[tuple[str, dict[str, Any], Correction]] = [
    ("another person", {"what": "merge", "into": "okafor", "person": "Nobody"}, Merge("Ines Duarte", "Tomas Okafor")),
    ("a name", {"what": "rename", "name": " Inês\nDuarte "}, Rename("Ines Duarte", "Inês Duarte")),
    ("a role", {"what": "role", "role": "mayor"}, SetRole("Ines Duarte", "mayor")),
    (
        "places of articles",
        {"what": "split", "articles": [1, 9, -1, "0", None], "name": "I. Duarte II"},
        Split("Ines Duarte", "I. Duarte II", ("old.txt",)),
    ),
    ("a place of a statement", {"what": "statement", "place": 2, "to": ""}, GiveStatement("old.txt", OLD, "")),
    (
        "two who were suggested",
        {"what": "merge-suggested", "person": "Tomas Okafor", "into": "Ines Duarte"},
        Merge("Tomas Okafor", "Ines Duarte"),
    ),
]


@pytest.mark.parametrize(("sent", "made"), [pytest.param(*case, id=reason) for reason, *case in SENT])
def test_what_a_browser_sends_is_corrected(town: Library, sent: dict[str, Any], made: Correction) -> None:
    chosen = open_person(town)
    assert [said.text for said in chosen.statements] == [TRAM, FERRY, OLD]
    assert make_correction(town, chosen, sent) == made
    assert read_corrections(town.settings.seeds).made == (made,)


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("nothing", {}, "this page is out of date"),
    ("an unknown kind", {"what": "marry"}, "this page is out of date"),
    ("no place", {"what": "statement", "to": "Zoe Quist"}, "this page is out of date"),
    ("a place too far", {"what": "statement", "place": 3, "to": "Zoe Quist"}, "this page is out of date"),
    ("no articles", {"what": "split", "name": "A", "articles": {"0": 1}}, "no article is chosen"),
    ("no name", {"what": "rename"}, "the name is ''"),
    ("a list for a name", {"what": "merge", "into": ["Tomas Okafor"]}, "the name is ''"),
    ("far too many words", {"what": "merge", "into": "Okafor " * 99}, "the name has 692 characters"),
]


@pytest.mark.parametrize(("sent", "error"), [pytest.param(*case, id=reason) for reason, *case in WRONG])
def test_what_a_browser_should_not_send_changes_nothing(town: Library, sent: Mapping[str, Any], error: str) -> None:
    with pytest.raises(OnRecordError, match=error):
        make_correction(town, open_person(town), sent)
    with pytest.raises(CorrectionError, match="nobody is open"):
        make_correction(town, None, {"what": "rename", "name": "Inês"})
    assert not (town.settings.seeds / "people.toml").exists()


def test_the_page_follows_the_person_who_was_open(town: Library) -> None:
    chosen = open_person(town)
    renamed = people.rename(town, "Ines Duarte", "Inês Duarte")
    assert find_name(town, chosen, renamed) == "Inês Duarte"
    merged = people.merge(town, "Inês Duarte", "Tomas Okafor")
    assert find_name(town, chosen, merged) == "Tomas Okafor"
    nobody = people.mark_as_no_person(town, "Tomas Okafor")
    assert find_name(town, chosen, nobody) == ""
    assert to_address("Inês Duarte", "a/b") == "people/In%C3%AAs%20Duarte/a%2Fb"
    assert to_address("") == "people"


def test_only_an_editor_sees_forms(town: Library) -> None:
    people.set_role(town, "Ines Duarte", "mayor")
    chosen = open_person(town)
    forms = forms_html(town, chosen)
    html = person_html(chosen, correct=forms)
    assert '<option value="Tomas Okafor"></option>' in html
    assert 'value="Ines Duarte"></option>' not in html  # nobody is merged with themselves
    assert html.count('class="not-theirs"') == 3
    assert '<input id="correct-role" name="role" value="mayor"' in html
    assert "<bdi>new</bdi>" in html.lower()
    assert not {"form", "input"} & set(Page(person_html(chosen)).tags)
    assert "not-theirs" not in person_html(chosen)
    assert "corrections" not in people_html(town)
    shown = people_html(town, can_edit=True)
    assert '<details class="corrections"><summary>1 correction</summary>' in shown
    assert '<details class="corrections" open>' in people_html(town, can_edit=True, is_open=True)
    alone = open_person(town, "Tomas Okafor")
    assert "correct-split" not in forms_html(town, alone)  # in one article there is nothing to split


def test_a_correction_is_named_by_what_it_says(town: Library) -> None:
    made = people.set_role(town, "Ines Duarte", "mayor")
    assert find_correction([made], key_of(SetRole("Ines Duarte", "mayor"))) == made
    for key in (None, 3, "", key_of(SetRole("Ines Duarte", "clerk"))):
        assert find_correction([made], key) is None
    assert f'data-key="{key_of(made)}" aria-label="Undo: Ines Duarte is mayor"' in told_html(
        "people", made, undone=False
    )
    assert "<button" not in told_html("people", made, undone=True)


def test_hostile_names_are_text(town: Library) -> None:
    people.rename(town, "Ines Duarte", HOSTILE)
    add_correction(town.settings.seeds, Rename(HOSTILE, "Tomas Okafor"))  # has no effect
    with (town.settings.seeds / "people.toml").open("a") as file:
        file.write("\n[[correction]]\nwhat = '<script>alert(1)</script>'\n")
    chosen = open_person(town, HOSTILE)
    parts = [
        person_html(chosen, correct=forms_html(town, chosen)),
        corrections_html(town, is_open=True),
        told_html(to_address(HOSTILE), Rename("Ines Duarte", HOSTILE), undone=False),
        refused_html(HOSTILE),
    ]
    for part in parts:
        page = Page(part)
        assert not {"script", "img", "b"} & set(page.tags)
        assert not [name for name, _ in page.attributes if name.startswith("on") or name in {"src", "style"}]
    assert "has no effect now" in parts[1]
    assert "people.toml, line" in parts[1]
