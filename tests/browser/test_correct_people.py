"""People corrected by people on the People page, at both widths."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from index.people_file import add_correction, read_corrections
from index.speech.corrections import (
    Correction,
    GiveStatement,
    Merge,
    NotAPerson,
    Rename,
    SetRole,
    Split,
)

if TYPE_CHECKING:
    from tests.browser.conftest import Serving, Visiting

pytestmark = pytest.mark.browser

WIDTHS = {"desktop": (1280, 800), "phone": (390, 844)}
on_both = pytest.mark.parametrize("device", list(WIDTHS))
HOSTILE = '<img src=x onerror=alert(1)> "Ruiz" ${alert(2)} {{value}}'
ARTICLES = {
    "pier.txt": ("The pier", "2024-03-02", "Ines Duarte said the pier will close. Duarte said it is too old."),
    "tram.txt": ("A slow tram", "2024-03-05", "Ines Duarte said the tram is free. Tomas Okafor said it is slow."),
    "song.txt": ("Old songs", "2023-11-05", "Bob Dylan said the song is old."),
    "port.txt": (
        "The port",
        "2024-04-01",
        "Viktor Kovalskyy said the port is full. Ana Brand said it is not.",
    ),
    "dock.txt": ("The dock", "2024-04-03", "Viktor Kovalsky said the dock is closed. Ana Brand said it is open."),
}
DUARTE = ["Ines Duarte said the tram is free.", "Ines Duarte said the pier will close.", "Duarte said it is too old."]


@dataclass
class Town:
    """A folder of articles that is served, and where."""

    seeds: Path
    store: Path
    url: str

    @property
    def made(self) -> tuple[Correction, ...]:
        """The corrections in the folder."""
        return read_corrections(self.seeds).made


@pytest.fixture(scope="module")
def served_town(serving: Serving, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    seeds = tmp_path_factory.mktemp("town")
    for name, (title, date, text) in ARTICLES.items():
        (seeds / name).write_text(f"---\ntitle: {title}\ndate: {date}\n---\n{text}\n", encoding="utf-8")
    store = tmp_path_factory.mktemp("store")
    with serving(seeds, store) as url:
        yield Town(seeds, store, url)


@pytest.fixture
def town(served_town: Town) -> Iterator[Town]:
    """The town as its articles have it: each test begins without corrections."""
    yield served_town
    (served_town.seeds / "people.toml").unlink(missing_ok=True)


def open_person(page: Page, town: Town, name: str = "Ines Duarte") -> None:
    page.goto(f"{town.url}#people/{name.replace(' ', '%20')}")
    expect(page.locator("#person h2")).to_have_text(name)


def open_forms(page: Page) -> None:
    page.get_by_role("button", name="Correct this person").click()
    expect(page.get_by_label("The same person as")).to_be_focused()


def told(page: Page, words: str) -> None:
    expect(page.locator("#people-news [role=status]")).to_have_text(words)


def undo(page: Page) -> None:
    page.locator("#people-news .undo").click()
    expect(page.locator("#people-news [role=status]")).to_have_text(re.compile("^Undone: "))


def words(page: Page) -> list[str]:
    return page.locator("#person .words").all_text_contents()


@on_both
def test_two_are_merged(visiting: Visiting, town: Town, device: str) -> None:
    with visiting(town.url, *WIDTHS[device]) as visitor:
        page = visitor.page
        open_person(page, town)
        open_forms(page)
        assert page.evaluate("document.documentElement.scrollWidth") == WIDTHS[device][0]
        page.get_by_label("The same person as").fill("Okafor")  # in any way that means no one else
        page.get_by_role("button", name="Merge", exact=True).click()
        told(page, "Corrected: Ines Duarte is Tomas Okafor")
        expect(page.locator("#person h2")).to_have_text("Tomas Okafor")
        assert page.evaluate("decodeURIComponent(location.hash)") == "#people/Tomas Okafor"
        expect(page.locator("#person .statement")).to_have_count(4)
        assert town.made == (Merge("Ines Duarte", "Tomas Okafor"),)
        page.get_by_role("link", name="All people").click()
        expect(page.locator("#people-list .person", has_text="Ines Duarte")).to_have_count(0)
        undo(page)
        expect(page.locator("#people-list .person", has_text="Ines Duarte")).to_have_count(1)
        assert town.made == ()


@on_both
def test_one_is_renamed_and_the_address_follows(visiting: Visiting, town: Town, device: str) -> None:
    with visiting(town.url, *WIDTHS[device]) as visitor:
        page = visitor.page
        open_person(page, town)
        open_forms(page)
        page.get_by_label("Is called", exact=True).fill(HOSTILE)
        page.get_by_label("Is called", exact=True).press("Enter")
        expect(page.locator("#person h2")).to_have_text(HOSTILE)
        told(page, f"Corrected: Ines Duarte is called {HOSTILE}")
        expect(page.locator("#page :is(script, img)")).to_have_count(0)
        assert town.made == (Rename("Ines Duarte", HOSTILE),)
        visitor.settle()
        page.reload()
        expect(page.locator("#person h2")).to_have_text(HOSTILE)  # its address is the new one
        open_forms(page)
        page.get_by_label("Is called", exact=True).fill("Tomas Okafor")
        page.get_by_label("Is called", exact=True).press("Enter")
        refused = page.locator("#people-news .problem")
        expect(refused).to_have_text("“Tomas Okafor” is somebody else: merge the two. Nothing was changed.")
        page.goto(f"{town.url}#people")
        page.locator("#people-list .corrections summary").click()
        page.get_by_role("button", name=re.compile("^Undo: Ines Duarte is called")).click()
        expect(page.locator("#people-list .name", has_text="Ines Duarte")).to_have_count(1)
        assert town.made == ()


@on_both
def test_a_role_is_set(visiting: Visiting, town: Town, device: str) -> None:
    with visiting(town.url, *WIDTHS[device]) as visitor:
        page = visitor.page
        open_person(page, town)
        open_forms(page)
        page.get_by_label("Has the role").fill("mayor of Port Aurel")
        page.get_by_role("button", name="Set role").click()
        expect(page.locator("#person .total")).to_have_text("3 statements in 2 articles · mayor of Port Aurel")
        assert town.made == (SetRole("Ines Duarte", "mayor of Port Aurel"),)
        undo(page)
        expect(page.locator("#person .total")).to_have_text("3 statements in 2 articles")


@on_both
def test_one_is_split_by_articles(visiting: Visiting, town: Town, device: str) -> None:
    with visiting(town.url, *WIDTHS[device]) as visitor:
        page = visitor.page
        open_person(page, town)
        assert words(page) == DUARTE
        open_forms(page)
        page.get_by_label("The other is called").fill("Ines Duarte the younger")
        page.get_by_role("button", name="Split").click()
        expect(page.locator("#people-news .problem")).to_contain_text("No article is chosen")
        page.get_by_label("The pier").check()
        page.get_by_role("button", name="Split").click()
        told(page, "Corrected: Ines Duarte in pier.txt is Ines Duarte the younger")
        expect(page.locator("#person .statement")).to_have_count(1)
        assert town.made == (Split("Ines Duarte", "Ines Duarte the younger", ("pier.txt",)),)
        open_person(page, town, "Ines Duarte the younger")
        assert words(page) == DUARTE[1:]
        open_person(page, town)
        assert words(page) == DUARTE[:1]


@on_both
def test_a_name_is_no_persons(visiting: Visiting, town: Town, device: str) -> None:
    with visiting(town.url, *WIDTHS[device]) as visitor:
        page = visitor.page
        open_person(page, town)
        open_forms(page)
        page.get_by_role("button", name="Not a person").click()
        told(page, "Corrected: Ines Duarte is not a person")
        expect(page.locator("#people-list .person").first).to_be_visible()  # back among all people
        assert page.evaluate("location.hash") == "#people"
        expect(page.locator("#people-list .person", has_text="Ines Duarte")).to_have_count(0)
        assert town.made == (NotAPerson("Ines Duarte"),)
        undo(page)
        expect(page.locator("#people-list .person", has_text="Ines Duarte")).to_have_count(1)


@on_both
def test_a_statement_is_given_to_somebody_else_and_to_nobody(visiting: Visiting, town: Town, device: str) -> None:
    with visiting(town.url, *WIDTHS[device]) as visitor:
        page = visitor.page
        open_person(page, town)
        page.locator("#person .in-article li").nth(1).hover()
        page.locator("#person .not-theirs").nth(1).click()
        page.get_by_role("button", name="Cancel").click()
        expect(page.locator("#person .not-theirs").nth(1)).to_be_focused()
        page.keyboard.press("Enter")
        page.get_by_label("Who said it?").fill("Zoe Quist")
        page.get_by_role("button", name="Give").click()
        told(page, f"Corrected: “{DUARTE[1]}” in pier.txt is by Zoe Quist")
        assert words(page) == [DUARTE[0], DUARTE[2]]
        page.locator("#person .in-article li").nth(1).hover()
        page.locator("#person .not-theirs").nth(1).click()
        page.get_by_role("button", name="Nobody").click()
        told(page, f"Corrected: “{DUARTE[2]}” in pier.txt is by nobody")
        assert words(page) == DUARTE[:1]
        assert town.made == (
            GiveStatement("pier.txt", DUARTE[1], "Zoe Quist"),
            GiveStatement("pier.txt", DUARTE[2], ""),
        )
        undo(page)
        assert words(page) == [DUARTE[0], DUARTE[2]]
        open_person(page, town, "Zoe Quist")
        assert words(page) == DUARTE[1:2]


@on_both
def test_a_suggestion_is_taken_and_a_bad_line_is_shown(visiting: Visiting, town: Town, device: str) -> None:
    (town.seeds / "people.toml").write_text('[[correction]]\nwhat = "<b>marry</b>"\n')
    with visiting(town.url, *WIDTHS[device]) as visitor:
        page = visitor.page
        page.goto(f"{town.url}#people")
        page.locator("#people-list .corrections summary").click()
        expect(page.locator("#people-list .faults")).to_contain_text(
            "people.toml, line 2: what is '<b>marry</b>', which"
        )
        expect(page.locator("#people-list .corrections")).to_contain_text("Viktor Kovalskyy may be Viktor Kovalsky")
        page.get_by_role("button", name="Merge Viktor Kovalskyy into Viktor Kovalsky").click()
        told(page, "Corrected: Viktor Kovalskyy is Viktor Kovalsky")
        expect(page.locator("#people-list .corrections summary")).to_have_text("1 correction · 1 bad line")
        expect(page.locator("#people-list .corrections")).to_have_attribute("open", "")
        assert page.evaluate("document.documentElement.scrollWidth") == WIDTHS[device][0]
        assert town.made == (Merge("Viktor Kovalskyy", "Viktor Kovalsky"),)


def test_two_editors_at_once(visiting: Visiting, town: Town) -> None:
    with visiting(town.url, *WIDTHS["desktop"]) as one, visiting(town.url, *WIDTHS["phone"]) as other:
        for visitor in (one, other):
            open_person(visitor.page, town)
            open_forms(visitor.page)
        one.page.get_by_label("Is called", exact=True).fill("Inês Duarte")
        one.page.get_by_role("button", name="Rename").click()
        told(one.page, "Corrected: Ines Duarte is called Inês Duarte")
        # The other still sees the old name, which is one of hers: both corrections apply.
        other.page.get_by_label("Has the role").fill("mayor")
        other.page.get_by_role("button", name="Set role").click()
        told(other.page, "Corrected: Ines Duarte is mayor")
        expect(other.page.locator("#person h2")).to_have_text("Inês Duarte")
        assert town.made == (Rename("Ines Duarte", "Inês Duarte"), SetRole("Ines Duarte", "mayor"))
        add_correction(town.seeds, NotAPerson("Bob Dylan"))  # a third, in another process or an editor
        one.settle()
        one.page.reload()
        expect(one.page.locator("#person .total")).to_have_text("3 statements in 2 articles · mayor")
        one.page.goto(f"{town.url}#people")
        one.page.locator("#people-list .corrections summary").click()
        expect(one.page.locator("#people-list .person", has_text="Bob Dylan")).to_have_count(0)
        undo(other.page)
        one.page.get_by_role("button", name="Undo: Ines Duarte is mayor").click()
        expect(one.page.locator("#people-news .problem")).to_contain_text("someone else has undone it")


def test_read_only_switches_corrections_off_on_the_server_too(serving: Serving, visiting: Visiting, town: Town) -> None:
    add_correction(town.seeds, SetRole("Ines Duarte", "mayor"))
    with serving(town.seeds, town.store, read_only=True) as url, visiting(url, *WIDTHS["desktop"]) as visitor:
        page = visitor.page
        page.goto(f"{url}#people/Ines%20Duarte")
        expect(page.locator("#person .total")).to_have_text("3 statements in 2 articles · mayor")  # it applies
        expect(page.locator("#people-page :is(.correct-toggle, .not-theirs, .correction, .undo)")).to_have_count(0)
        page.get_by_role("link", name="All people").click()
        page.locator("#people-list .person").first.wait_for()
        expect(page.locator("#people-list .corrections")).to_have_count(0)
        with urllib.request.urlopen(f"{url}config") as reply:
            wired = {event for listener in json.load(reply)["dependencies"] for _, event in listener["targets"]}
        assert {"list_people", "open_person"} <= wired
        assert not wired & {"correct", "undo"}
