from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from index.library import Library
from index.plan import Plan
from index.seeds_folder import Added, Known, Removed, Taken
from tests.conftest import MakeLibrary
from tests.test_render import HOSTILE, Page
from ui.pages.library.arrivals import receive_upload
from ui.pages.library.news import news_html
from ui.pages.library.state import COLUMNS, Arrival, Row, Shelf, Visit, arrange, list_rows, take_stock
from ui.pages.library.view import article_panel_html, table_html, tools_html

PIER = Row(
    "pier.txt", "pier.txt", "The pier", "indexed", source="City Wire", published="2024-03-02", sentences=2, people=1
)


@pytest.fixture
def town(tmp_path: Path, make_library: MakeLibrary) -> Library:
    folder = tmp_path / "town"
    folder.mkdir()
    (folder / "pier.txt").write_text("---\ntitle: The pier\ndate: 2024-03-02\n---\nIt is open, Ana Ruiz said.\n")
    (folder / "tram.txt").write_text("The tram is slow.\n")
    return make_library(folder)


def rows_of(library: Library) -> dict[str, tuple[str, str]]:
    return {row.id: (row.file, row.state) for row in list_rows(library, library.plan())}


def test_state_of_each_row_is_that_of_its_file(town: Library) -> None:
    seeds = town.settings.seeds
    (seeds / "feed.jsonl").write_text('{"id": 2, "text": "The mill is open."}\n{"title": "none"}\n')
    town.sync()
    assert rows_of(town) == {
        "pier.txt": ("pier.txt", "indexed"),
        "tram.txt": ("tram.txt", "indexed"),
        "feed.jsonl#2": ("feed.jsonl", "indexed"),
        "feed.jsonl#line 2": ("feed.jsonl", "skipped"),
    }
    (seeds / "tram.txt").write_text("The tram is quick now.\n")
    (seeds / "feed.jsonl").unlink()
    (seeds / "new.txt").write_text("The inn is shut.\n")
    (seeds / "notes.odt").write_text("no article")
    assert rows_of(town) == {
        "pier.txt": ("pier.txt", "indexed"),
        "tram.txt": ("tram.txt", "changed"),
        "feed.jsonl#2": ("feed.jsonl", "gone"),
        "new.txt": ("new.txt", "new"),
        "notes.odt": ("notes.odt", "skipped"),
    }
    (seeds / "tram.txt").write_bytes(bytes(range(256)))
    town.sync()
    (tram,) = (row for row in list_rows(town, town.plan()) if row.id == "tram.txt")
    assert (tram.state, tram.can_be_read) == ("kept", True)
    assert tram.reason.startswith("it is not text: ")


def test_ghost_is_in_place_of_what_was_removed_until_its_file_is_back(town: Library) -> None:
    ghost = replace(PIER, state="removed", token="t")
    gone = replace(town.plan(), found=frozenset({"tram.txt"}))
    assert [(row.id, row.state) for row in list_rows(town, gone, [ghost])] == [
        ("pier.txt", "removed"),
        ("tram.txt", "indexed"),
    ]
    assert rows_of(town)["pier.txt"] == ("pier.txt", "indexed")
    assert take_stock(town, Shelf(ghosts=(ghost,))).ghosts == ()


def test_rows_without_a_value_come_last_either_way() -> None:
    rows = [
        replace(PIER, id="a", published=None),
        replace(PIER, id="b", published="--12-10"),  # without a year
        replace(PIER, id="c", published="2024-03"),
        replace(PIER, id="d", published="2023"),
    ]
    assert [row.id for row in arrange(rows, "", "date", descending=False)] == ["d", "c", "a", "b"]
    assert [row.id for row in arrange(rows, "", "date", descending=True)] == ["c", "d", "a", "b"]


@pytest.mark.parametrize("column", COLUMNS)
def test_thousands_of_rows_are_arranged_at_once(column: str) -> None:
    rows = [replace(PIER, id=f"{i}.txt", title=f"Title {i % 97}") for i in range(5_000)]
    found = arrange(rows, "title 9", column, descending=False)
    assert len(found) == sum("9" in f"{i % 97} {i}" for i in range(5_000))
    assert found == arrange(rows[::-1], "title 9", column, descending=False)  # whatever order they arrived in


def test_click_means_a_row_of_the_list_that_was_clicked(town: Library) -> None:
    visit = Visit()
    first = visit.change(town, column="title", descending=False)
    second = visit.change(town, descending=True)
    assert [row.title for row in second.rows] == ["Tram", "The pier"]
    for shelf in (first, second):
        assert [visit.row(place, shelf.serial) for place in (0, 1)] == list(shelf.rows)
    for place, serial in ((0, 99), (2, 1), (-1, 1), (None, 1), ("0", 1), (0, None), ("pier.txt", 1)):
        assert visit.row(place, serial) is None
    for _ in range(10):
        visit.change(town)
    assert visit.row(0, first.serial) is None


def test_everything_from_a_file_is_escaped(town: Library) -> None:
    hostile = replace(PIER, id=HOSTILE, file=HOSTILE, title=HOSTILE, source=HOSTILE, published=HOSTILE)
    rows = (hostile, replace(hostile, state="skipped", reason=HOSTILE), replace(hostile, state="removed", token="t"))
    plan = Plan((), (), frozenset(), (), (), ((HOSTILE, HOSTILE),))
    shelf = Shelf(
        rows=rows,
        total=9,
        sought=HOSTILE,
        asked=hostile,
        problem=HOSTILE,
        plan=plan,
        arrivals=(
            Arrival(HOSTILE, HOSTILE),
            Arrival(HOSTILE, Added(HOSTILE, 2, ((HOSTILE, HOSTILE),))),
            Arrival(HOSTILE, Known(HOSTILE)),
            Arrival(HOSTILE, Taken(HOSTILE, HOSTILE, HOSTILE)),
        ),
        removed=(Removed(HOSTILE, "1734000000000-abcdef12"),),
    )
    for html in (
        table_html(shelf, read_only=False),
        table_html(replace(shelf, rows=()), read_only=False),
        news_html(town, shelf, read_only=False, doing="Syncing"),
    ):
        assert "<img" not in html
        assert "<script" not in html
        Page(html)


def test_read_only_page_offers_no_change(town: Library) -> None:
    shelf = take_stock(town, Shelf(asked=PIER, removed=(Removed("x.txt", "1734000000000-abcdef12"),)))
    page = tools_html(town.settings, read_only=True) + table_html(shelf, read_only=True)
    page += news_html(town, shelf, read_only=True)
    for offer in ('type="file"', "sync", "remove", "undo", "sure", "put-back"):
        assert f'class="{offer}"' not in page
        assert offer != 'type="file"' or offer not in page
    assert 'class="read"' in page


def test_only_what_can_be_read_is_opened(town: Library) -> None:
    shelf = take_stock(town, Shelf(column="title", descending=False))
    assert [row.title for row in shelf.rows] == ["The pier", "Tram"]
    assert "It is open, Ana Ruiz said." in article_panel_html(town, shelf, 0)
    for place in (-1, 2):
        assert "nothing-open" in article_panel_html(town, shelf, place)
    assert "nothing-open" in article_panel_html(
        town, replace(shelf, rows=(replace(shelf.rows[0], state="removed"),)), 0
    )


def test_path_that_is_no_upload_is_not_believed(town: Library, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("The secret is out.")
    told = "it did not arrive whole. Add it again; if it is a folder, add the files in it."
    before = sorted(town.settings.seeds.iterdir())
    for file in (
        {"name": "a.txt", "size": 18, "uploaded": str(secret)},
        {"name": "a.txt", "size": 18, "uploaded": None},
        {"name": "a.txt", "size": 18, "uploaded": ["a"]},
        {"name": "a.txt"},
    ):
        assert receive_upload(town, {"/tmp/other"}, file) == Arrival("a.txt", told)
    assert isinstance(receive_upload(town, set(), "a.txt").outcome, str)
    assert sorted(town.settings.seeds.iterdir()) == before
    assert receive_upload(town, {str(secret)}, {"name": "a.txt", "size": 18, "uploaded": str(secret)}) == Arrival(
        "a.txt", Added("a.txt", 1)
    )


def test_file_that_waits_is_answered_once() -> None:
    visit = Visit()
    waiting = Arrival("a.txt", Taken("a.txt", "a-2.txt", "t"))
    visit.add_arrivals([Arrival("b.txt", Added("b.txt", 1)), waiting])
    visit.add_arrivals([Arrival("c.txt", Known("c.txt"))])
    assert [arrival.given for arrival in visit.shelf.arrivals] == ["a.txt", "c.txt"]
    assert visit.take_waiting("other") is None
    assert visit.take_waiting("t") == waiting
    assert visit.take_waiting("t") is None
