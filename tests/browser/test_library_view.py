from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from filelock import FileLock
from playwright.sync_api import Locator, Page, expect

from tests.made import wire_copies

if TYPE_CHECKING:
    from tests.browser.conftest import Serving, Visiting, Visitor

pytestmark = pytest.mark.browser

WIDTHS = {"desktop": (1280, 800), "phone": (390, 844)}
on_both = pytest.mark.parametrize("device", list(WIDTHS))
HOSTILE = '<img src=x onerror=alert(1)> "Ruiz" ${alert(2)} {{value}}'
ARTICLES = {
    "pier.txt": "---\ntitle: The pier closes\nsource: City Wire\nauthor: Ana Brand\ndate: 2024-03-02\n---\n"
    "Mayor Ines Duarte said the pier will close in May. Tomas Okafor said it should stay open.\n",
    "tram.txt": "---\ntitle: A slow tram\nsource: Évening Post\ndate: 2023-11-05\n---\n"
    "The tram is slow. It is late. It is also full.\n",
    "undated.md": f"---\ntitle: '{HOSTILE}'\n---\nThe lighthouse needs paint.\n",
}


@dataclass
class Town:
    """A folder of articles that is served, and where."""

    seeds: Path
    store: Path
    url: str


def make_town(folder: Path, articles: dict[str, str] = ARTICLES) -> tuple[Path, Path]:
    seeds = folder / "town"
    seeds.mkdir(parents=True)
    for name, text in articles.items():
        (seeds / name).write_text(text, encoding="utf-8")
    return seeds, folder / "store"


@pytest.fixture
def town(serving: Serving, tmp_path: Path) -> Iterator[Town]:
    seeds, store = make_town(tmp_path)
    (seeds / "feed.jsonl").write_text(
        '{"id": 1, "title": "One", "text": "The mill is open."}\n'
        '{"id": 2, "title": "Two", "text": "The inn is shut."}\n{"title": "No"}\n'
    )
    with serving(seeds, store) as url:
        yield Town(seeds, store, url)


@pytest.fixture
def device() -> str:
    """What the `editor` uses, unless a test is parametrized with another."""
    return "desktop"


@pytest.fixture
def editor(device: str, town: Town, visiting: Visiting) -> Iterator[Visitor]:
    """A visitor on the Library page."""
    with visiting(town.url, *WIDTHS[device]) as visitor:
        go_to_library(visitor.page)
        yield visitor


def go_to_library(page: Page) -> None:
    page.get_by_role("link", name="Library", exact=True).click()
    page.locator("#library-page tr.row").first.wait_for()


def titles(page: Page) -> list[str]:
    return page.locator("#library-page tr.row .head > :is(.read, bdi)").all_text_contents()


def row(page: Page, title: str) -> Locator:
    return page.locator("#library-page tr.row").filter(has=page.get_by_text(title, exact=True))


def settled(page: Page) -> None:
    """Wait until no sync is shown any more."""
    expect(page.locator("#library-page .report .last")).to_be_visible()
    expect(page.locator("#library-page .progress")).to_have_count(0)


def events_of(url: str) -> set[str]:
    """The names of the events that the server's page is given handlers for."""
    with urllib.request.urlopen(f"{url}config") as config:
        return {target[1] for wired in json.load(config)["dependencies"] for target in wired["targets"]}


def add(page: Page, *files: tuple[str, bytes | str]) -> None:
    payload: Any = [
        {"name": name, "mimeType": "text/plain", "buffer": raw.encode() if isinstance(raw, str) else raw}
        for name, raw in files
    ]
    page.locator("#added-files").set_input_files(payload)
    page.locator("#library-page .arrivals").wait_for()
    settled(page)


def arrivals(page: Page) -> list[str]:
    return [line.strip() for line in page.locator("#library-page .arrivals > ul > li").all_text_contents()]


def fits(page: Page) -> bool:
    """Whether nothing reaches out of the window to the side."""
    return bool(
        page.evaluate(
            "[...document.querySelectorAll('#library-page *')].every((e) => e.matches('.unseen, label, .noun') ||"
            " e.getBoundingClientRect().right <= innerWidth + 1) &&"
            " document.documentElement.scrollWidth <= innerWidth"
        )
    )


@on_both
def test_all_articles_are_listed_and_can_be_read(editor: Visitor, town: Town) -> None:
    page = editor.page
    assert titles(page) == ["The pier closes", "A slow tram", "One", "Two", "feed.jsonl#line 3", HOSTILE]
    expect(page.locator("#library-page .size")).to_have_text("5 articles and 1 other row")
    cells = row(page, "The pier closes").locator("td")
    assert [cells.nth(i).text_content() for i in range(1, 6)] == [
        "City Wire",
        "2 Mar 2024",
        "2 sentences",
        "2 people",
        "Indexed",
    ]
    expect(row(page, "feed.jsonl#line 3").locator(".state")).to_have_text(re.compile("^Skipped: it has no text: "))
    assert fits(page)
    assert page.locator("#page img, #page script").count() == 0

    row(page, "The pier closes").get_by_role("button", name="The pier closes", exact=True).click()
    expect(page.locator("#source .article .text")).to_contain_text("Tomas Okafor said it should stay open.")
    page.get_by_role("button", name="Next article").click()
    expect(page.locator("#source .article h2")).to_have_text("A slow tram")
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.locator("#source .article")).to_be_hidden()
    expect(row(page, "A slow tram").locator(".read")).to_have_attribute("aria-current", "true")
    row(page, "One").locator(".read").click()
    expect(page.locator("#source .article .text")).to_have_text("The mill is open.")


def test_each_column_sorts_both_ways(editor: Visitor) -> None:
    page = editor.page
    for column, first, last in (
        ("Title", ["One", "Two"], ["Two", "One"]),
        ("Source", ["The pier closes", "A slow tram"], ["A slow tram", "The pier closes"]),
        ("Sentences", ["A slow tram", "The pier closes"], ["The pier closes", "A slow tram"]),
        ("People", ["The pier closes"], ["A slow tram"]),
        ("State", ["feed.jsonl#line 3"], ["One"]),
        ("Date", ["The pier closes", "A slow tram"], ["A slow tram", "The pier closes"]),
    ):
        head = page.get_by_role("columnheader", name=column)
        for wanted, ways in ((first, {"ascending", "descending"}), (last, {"ascending", "descending"})):
            before = head.get_attribute("aria-sort")
            head.get_by_role("button").click()
            expect(head).not_to_have_attribute("aria-sort", before or "")
            assert head.get_attribute("aria-sort") in ways
            expect(page.locator('#library-page th:not([aria-sort="none"])[aria-sort]')).to_have_count(1)
            shown = [title for title in titles(page) if title in wanted]
            assert shown == wanted, (column, head.get_attribute("aria-sort"))
            expect(head.get_by_role("button")).to_be_focused()
    assert titles(page)[-4:] == ["One", "Two", "feed.jsonl#line 3", HOSTILE]  # what has no date is last either way


def test_articles_are_sought(editor: Visitor) -> None:
    page = editor.page
    box = page.get_by_label("Find an article")
    for sought, found in (
        ("TRAM slow", ["A slow tram"]),
        ("evening", ["A slow tram"]),  # its source, without its accent
        ("ana brand", ["The pier closes"]),
        ("feed.jsonl", ["One", "Two", "feed.jsonl#line 3"]),
        ("onerror", [HOSTILE]),
    ):
        box.fill(sought)
        expect(page.locator("#library-page .size")).to_have_text(f"{len(found)} of 6 rows")
        expect(page.locator("#library-page tr.row .head > :is(.read, bdi)")).to_have_text(found)
    box.fill("<b>nothing")
    expect(page.locator("#library-page .none")).to_have_text(
        "No article has “<b>nothing” in its title, source, author or file name."
    )
    box.fill("")
    expect(page.locator("#library-page tr.row")).to_have_count(6)
    expect(box).to_be_focused()


@on_both
def test_files_are_added_and_what_is_wrong_is_explained(editor: Visitor, town: Town) -> None:
    page = editor.page
    add(
        page,
        ("Peskov’s plan?.txt", "The plan is new, said Ana Ruiz."),
        ("pier.txt", "The pier is another one."),
        ("tram.txt", ARTICLES["tram.txt"]),
        ("empty.txt", ""),
        ("junk.txt", bytes(range(256))),
        ("broken.pdf", b"%PDF-1.7 nothing"),
        ("<img src=x onerror=alert(3)>.exe", "x"),
        ("large.txt", "The pier is long. " * 300_000),
    )
    said = arrivals(page)
    assert said[0] == "Peskov’s plan?.txt was added as Peskov’s plan.txt."
    assert said[1].startswith("pier.txt was not added yet: the folder has another file called pier.txt.")
    assert said[2] == "tram.txt was not added: the folder has the same text already, as tram.txt."
    assert said[3] == "empty.txt was not added: it is empty: put the text of an article in it."
    assert said[4].startswith("junk.txt was not added: it is not text: 27 of its 256 bytes are control characters")
    assert said[5].startswith("broken.pdf was not added: it is not a PDF, ")
    assert said[6].startswith("<img src=x onerror=alert(3)>.exe was not added: .exe files are not read: only .atom")
    assert said[7].startswith("large.txt was not added: it is too large: 5.4 MB, and the limit is 5 MB.")
    assert sorted(path.name for path in town.seeds.iterdir()) == sorted([*ARTICLES, "feed.jsonl", "Peskov’s plan.txt"])
    assert (town.seeds / "pier.txt").read_text() == ARTICLES["pier.txt"]
    expect(row(page, "Peskov’s plan").locator(".state")).to_have_text("Indexed")
    expect(page.locator("#masthead .library")).to_contain_text("6 articles")
    expect(page.locator("#masthead nav [aria-current]")).to_have_text("Library")
    assert fits(page)

    page.get_by_role("button", name="Add as pier-2.txt").click()
    expect(page.locator("#library-page .arrivals")).to_contain_text("pier.txt was added as pier-2.txt.")
    settled(page)
    assert (town.seeds / "pier-2.txt").read_text() == "The pier is another one."
    page.locator("#library-page .dismiss").click()
    expect(page.locator("#library-page .arrivals")).to_have_count(0)
    add(page, ("pier.txt", "A third pier."))
    page.get_by_role("button", name="Leave out").click()
    expect(page.locator("#library-page .arrivals")).to_have_count(0)
    assert not (town.seeds / "pier-3.txt").exists()
    assert list((town.store / ".incoming").rglob("*")) == []


def test_files_are_dropped_on_the_page(editor: Visitor, town: Town) -> None:
    page = editor.page
    carried = page.evaluate_handle(
        "() => { const carried = new DataTransfer();"
        " carried.items.add(new File(['The ferry is late, said Ana Ruiz.'], 'ferry.txt'));"
        " carried.items.add(new File(['The ferry is late, said Ana Ruiz.'], 'same ferry.txt'));"
        " return carried; }"
    )
    page.dispatch_event("#library-table", "dragenter", {"dataTransfer": carried})
    expect(page.locator("body.dropping")).to_have_count(1)
    page.dispatch_event("#library-table", "drop", {"dataTransfer": carried})
    expect(page.locator("body.dropping")).to_have_count(0)
    page.locator("#library-page .arrivals").wait_for()
    settled(page)
    assert arrivals(page) == ["ferry.txt was added.", "same ferry.txt was added."]
    assert (town.seeds / "ferry.txt").read_text() == "The ferry is late, said Ana Ruiz."
    expect(row(page, "Ferry").locator(".state")).to_have_text("Indexed")


@on_both
def test_article_is_removed_on_a_second_click_and_put_back(editor: Visitor, town: Town) -> None:
    page = editor.page
    remove = page.get_by_role("button", name="Remove A slow tram")
    remove.click()
    expect(page.locator("#library-page .confirm p")).to_have_text("Take tram.txt out of the folder? You can undo it.")
    expect(page.locator("#library-page .sure")).to_be_focused()
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.locator("#library-page .confirm")).to_have_count(0)
    expect(remove).to_be_focused()
    assert (town.seeds / "tram.txt").exists()

    remove.click()
    page.locator("#library-page .sure").click()
    undo = page.get_by_role("button", name="Undo: put tram.txt back")
    expect(undo).to_be_focused()
    expect(row(page, "A slow tram").locator(".state")).to_have_text("Removed")
    settled(page)
    assert titles(page)[1] == "A slow tram"  # where it was
    assert not (town.seeds / "tram.txt").exists()
    expect(page.locator("#masthead .library")).to_contain_text("4 articles")
    undo.click()
    expect(row(page, "A slow tram").locator(".state")).to_have_text("Indexed")
    settled(page)
    assert (town.seeds / "tram.txt").read_text() == ARTICLES["tram.txt"]
    expect(page.locator("#masthead .library")).to_contain_text("5 articles")

    # Whoever comes later can still put it back, unless its name was taken meanwhile.
    remove.click()
    page.locator("#library-page .sure").click()
    undo.wait_for()
    settled(page)
    editor.settle()
    page.reload()
    page.locator("#library-page tr.row").first.wait_for()
    expect(row(page, "A slow tram")).to_have_count(0)
    (town.seeds / "tram.txt").write_text("Another tram.")
    page.locator("#library-page .trash summary").click()
    page.get_by_role("button", name="Put tram.txt back").click()
    expect(page.locator("#library-page .problem")).to_have_text(
        "There is another file called tram.txt now: remove that one first"
    )
    assert (town.seeds / "tram.txt").read_text() == "Another tram."


def test_articles_of_one_file_are_removed_with_it(editor: Visitor, town: Town) -> None:
    page = editor.page
    page.get_by_role("button", name="Remove One").click()
    expect(page.locator("#library-page .confirm p")).to_have_text(
        "This is part of the file feed.jsonl. Removing it removes the whole file, with 2 articles."
    )
    page.get_by_role("button", name="Remove 2 articles", exact=True).click()
    expect(row(page, "feed.jsonl (2 articles)").locator(".state")).to_have_text("Removed")
    settled(page)
    assert sorted(titles(page)) == sorted(["The pier closes", "A slow tram", HOSTILE, "feed.jsonl (2 articles)"])
    page.get_by_role("button", name="Undo: put feed.jsonl back").click()
    expect(row(page, "Two").locator(".state")).to_have_text("Indexed")
    settled(page)
    expect(page.locator("#library-page tr.row")).to_have_count(6)


def test_next_article_can_be_removed_while_the_last_one_is_being_forgotten(editor: Visitor, town: Town) -> None:
    page = editor.page
    for name in ("A slow tram", "The pier closes"):
        page.get_by_role("button", name=f"Remove {name}").click()
        page.locator("#library-page .sure").click()
        expect(row(page, name).locator(".state")).to_have_text("Removed")
    settled(page)
    expect(page.locator("#library-page .undo")).to_have_count(2)
    assert sorted(path.name for path in town.seeds.iterdir()) == ["feed.jsonl", "undated.md"]


def test_what_is_stale_is_told_and_synced(editor: Visitor, town: Town) -> None:
    page = editor.page
    (town.seeds / "tram.txt").write_text("The tram is quick now.")
    (town.seeds / "pier.txt").unlink()
    for i in range(30):
        (town.seeds / f"mill-{i}.txt").write_text(f"The mill number {i} is open, said Ana Ruiz.")
    page.get_by_role("link", name="People", exact=True).click()
    page.get_by_role("link", name="Library", exact=True).click()
    expect(page.locator("#library-page .waiting")).to_have_text(
        "31 files are new or changed since and 1 file is gone. A sync will update them."
    )
    expect(row(page, "A slow tram").locator(".state")).to_have_text("Changed since")
    expect(row(page, "The pier closes").locator(".state")).to_have_text("File is gone")
    expect(row(page, "mill-7.txt").locator(".state")).to_have_text("New: not indexed yet")
    row(page, "A slow tram").locator(".read").click()
    expect(page.locator("#source .stale")).to_have_text(
        "The file has changed since: this is the article as it was indexed."
    )
    page.get_by_role("button", name="Close", exact=True).click()
    page.get_by_role("button", name="Sync now").click()
    expect(page.locator("#library-page .progress")).to_contain_text(
        re.compile(r"Indexing: \d+ of 31 files, \d+ sentence")
    )
    settled(page)
    expect(page.locator("#library-page .last")).to_contain_text("30 new, 1 changed, 1 removed, 1 skipped, in ")
    expect(page.locator("#library-page .waiting")).to_have_text("Nothing has changed since.")
    page.locator("#library-page .report summary").click()
    expect(page.locator("#library-page .report .reasons li")).to_have_text(
        re.compile("^feed.jsonl#line 3: it has no text")
    )
    expect(page.locator("#library-page tr.row")).to_have_count(35)


def test_while_another_process_writes_one_line_says_so(editor: Visitor, town: Town) -> None:
    page = editor.page
    (town.seeds / "mill.txt").write_text("The mill is open.")
    with FileLock(town.store / "writer.lock"):
        page.get_by_role("button", name="Sync now").click()
        expect(page.locator("#library-page .problem")).to_have_text(
            re.compile(r"is updating the index .*\. Wait for it to finish, then try again\.$")
        )
    page.get_by_role("button", name="Sync now").click()
    expect(row(page, "Mill").locator(".state")).to_have_text("Indexed")
    expect(page.locator("#library-page .problem")).to_have_count(0)


def test_last_file_stays(serving: Serving, visiting: Visiting, tmp_path: Path) -> None:
    seeds, store = make_town(tmp_path, {"pier.txt": ARTICLES["pier.txt"]})
    with serving(seeds, store) as url, visiting(url, *WIDTHS["desktop"]) as visitor:
        go_to_library(visitor.page)
        visitor.page.locator("#library-page .remove").click()
        visitor.page.locator("#library-page .sure").click()
        expect(visitor.page.locator("#library-page .problem")).to_have_text(
            "Pier.txt is the last file in the folder, and an index needs at least one: add another first"
        )
        assert (seeds / "pier.txt").exists()


def test_read_only_switches_changes_off_on_the_server_too(
    serving: Serving, visiting: Visiting, town: Town, tmp_path: Path
) -> None:
    seeds, store = make_town(tmp_path / "read-only")
    with serving(seeds, store, read_only=True) as url, visiting(url, *WIDTHS["desktop"]) as visitor:
        page = visitor.page
        go_to_library(page)
        expect(page.locator("#library-page .read-only")).to_be_visible()
        assert page.locator("#library-page :is(input[type=file], .sync, .remove, .undo, .put-back)").count() == 0
        row(page, "The pier closes").locator(".read").click()
        expect(page.locator("#source .article .text")).to_contain_text("Tomas Okafor")

        boundary = "---b"
        head = 'Content-Disposition: form-data; name="files"; filename="a.txt"'
        body = f"--{boundary}\r\n{head}\r\n\r\nx\r\n--{boundary}--\r\n"
        request = urllib.request.Request(
            f"{url.rstrip('/')}/gradio_api/upload",
            data=body.encode(),
            headers={"Content-Type": f"multipart/form-data; boundary={boundary}"},
        )
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request)
        assert refused.value.code == 403
        assert events_of(town.url) - events_of(url) == {
            "sync_now",
            "ask_remove",
            "cancel_remove",
            "remove",
            "undo_remove",
            "put_back",
            "add_files",
            "settle_taken",
            "dismiss",
            "correct",
            "undo",
            "watch",
            "stop_watching",
        }
    assert sorted(path.name for path in seeds.iterdir()) == sorted(ARTICLES)


def test_visitors_share_the_folder_and_nothing_else(town: Town, visiting: Visiting) -> None:
    with visiting(town.url, *WIDTHS["desktop"]) as one, visiting(town.url, *WIDTHS["phone"]) as other:
        go_to_library(one.page)
        go_to_library(other.page)
        one.page.get_by_label("Find an article").fill("tram")
        expect(one.page.locator("#library-page tr.row")).to_have_count(1)
        other.page.get_by_role("columnheader", name="Title").get_by_role("button").click()
        expect(other.page.get_by_role("columnheader", name="Title")).to_have_attribute("aria-sort", "ascending")
        expect(other.page.locator("#library-page tr.row")).to_have_count(6)
        one.page.locator("#library-page .remove").click()
        one.page.locator("#library-page .sure").click()
        expect(one.page.locator("#library-page .undo")).to_have_count(1)
        settled(one.page)
        # The other one's list is older: a click on it is not taken for one on another row.
        expect(other.page.locator("#library-page :is(.undo, .confirm)")).to_have_count(0)
        other.page.get_by_role("button", name="Remove A slow tram").click()
        other.page.locator("#library-page .sure, #library-page .size").first.wait_for()
        expect(row(other.page, "A slow tram")).to_have_count(0)
        expect(other.page.locator("#library-page .undo")).to_have_count(0)
        expect(row(one.page, "A slow tram").locator(".state")).to_have_text("Removed")
    assert sorted(path.name for path in town.seeds.iterdir()) == ["feed.jsonl", "pier.txt", "undated.md"]


def test_many_articles_are_shown_a_hundred_at_a_time(serving: Serving, visiting: Visiting, tmp_path: Path) -> None:
    seeds, store = make_town(tmp_path)
    rows = (json.dumps({"id": i + 1, "title": f"Bridge {i}", "text": f"The bridge {i} is open."}) for i in range(250))
    (seeds / "many.jsonl").write_text("\n".join(rows))
    with serving(seeds, store) as url, visiting(url, *WIDTHS["desktop"]) as visitor:
        page = visitor.page
        go_to_library(page)
        expect(page.locator("#library-page tr.row")).to_have_count(100)
        page.get_by_role("button", name="Show 100 more of 153").click()
        expect(page.locator("#library-page tr.row")).to_have_count(200)
        expect(page.locator("#library-page tr.row").nth(100).locator("button").first).to_be_focused()
        page.locator("#library-page tr.row").nth(150).locator(".read").click()
        title = page.locator("#library-page tr.row").nth(150).locator(".read").text_content()
        expect(page.locator("#source .article h2")).to_have_text(title or "")
        began = time.monotonic()
        page.get_by_label("Find an article").fill("bridge 249")
        expect(page.locator("#library-page tr.row")).to_have_count(2)  # and many.jsonl#249
        assert time.monotonic() - began < 3


@pytest.fixture
def watched(serving: Serving, visiting: Visiting, tmp_path: Path) -> Iterator[tuple[Page, Path]]:
    """The Library page of a folder that is followed, and the folder."""
    seeds, store = make_town(tmp_path)
    with serving(seeds, store, watched=True) as url, visiting(url, *WIDTHS["desktop"]) as visitor:
        go_to_library(visitor.page)
        yield visitor.page, seeds


def test_a_change_in_the_folder_is_followed_while_the_page_is_open(watched: tuple[Page, Path]) -> None:
    page, _ = watched
    add(page, ("ferry.txt", "The ferry is late, said Ana Ruiz."))
    expect(row(page, "Ferry").locator(".state")).to_have_text("Indexed")
    page.get_by_role("button", name="Remove Ferry").click()
    page.locator("#library-page .sure").click()
    page.locator("#library-page .undo").click()
    expect(row(page, "Ferry").locator(".state")).to_have_text("Indexed")
    settled(page)


def test_a_file_put_in_the_folder_comes_to_the_page_by_itself(watched: tuple[Page, Path]) -> None:
    """The numbers above, and the table, in which the focus stays where it was."""
    page, seeds = watched
    expect(page.locator("#masthead .library")).to_contain_text("3 articles")
    page.get_by_role("button", name="Remove A slow tram").focus()
    (seeds / "ferry.txt").write_text("---\ndate: 2025-01-02\n---\nThe ferry is late, said Ana Ruiz.")
    expect(page.locator("#masthead .library")).to_contain_text("4 articles")
    expect(row(page, "Ferry").locator(".state")).to_have_text("Indexed")
    expect(page.get_by_role("button", name="Remove A slow tram")).to_be_focused()


def test_library_works_with_the_keyboard_alone(editor: Visitor, town: Town) -> None:
    page = editor.page
    page.get_by_label("Find an article").focus()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('#library-page .read')"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("#source .article h2")).to_have_text("The pier closes")
    page.locator("#source .close").focus()
    page.keyboard.press("Enter")
    expect(row(page, "The pier closes").locator(".read")).to_be_focused()
    outlined = page.evaluate(
        "(() => { const e = document.querySelector('#library-page .sync'); e.focus({focusVisible: true});"
        " return getComputedStyle(e).outlineStyle; })()"
    )
    assert outlined == "solid"


def test_a_server_without_room_says_so(town: Town, visiting: Visiting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.uploads.SPARE_BYTES", 10**18)
    with visiting(town.url, *WIDTHS["desktop"]) as visitor:
        go_to_library(visitor.page)
        add(visitor.page, ("ferry.txt", "Mayor Ines Duarte said the ferry is late."))
        assert arrivals(visitor.page) == [
            "ferry.txt was not added: the server has no room for more uploads at the moment. "
            "Add it again in a few minutes."
        ]
        assert [problem for problem in visitor.problems if "507" not in problem] == []
        visitor.problems.clear()
    assert not (town.seeds / "ferry.txt").exists()


@on_both
def test_copies_are_counted_listed_and_compared(
    serving: Serving, visiting: Visiting, tmp_path: Path, device: str
) -> None:
    seeds, store = make_town(tmp_path, wire_copies())
    with serving(seeds, store) as url, visiting(url, *WIDTHS[device]) as visitor:
        page = visitor.page
        go_to_library(page)
        counted = page.locator("#library-page .copies-open")
        expect(counted).to_have_text(["3 copies"] * 4)
        row(page, "QUAYSIDE-PIER").locator(".copies-open").click()
        source = page.locator("#source")
        expect(source.locator(".what")).to_have_text("3 copies")
        expect(source.locator(".counts").last).to_have_text("Sentences: 8 the same, 1 added")
        source.get_by_role("button", name="Rot closes pier").click()
        expect(source.locator(".what")).to_have_text("Copy 2 of 3")
        expect(source.locator("li.changed").last.locator("del")).to_have_text("decades")
        expect(source.locator("li.changed").last.locator("ins")).to_have_text("years")
        source.get_by_role("button", name="Next copy").click()
        expect(source.locator("li.added ins")).to_have_text("Follow us on our channels for more news.")
        source.get_by_role("button", name="All copies").click()
        expect(source.locator(".what")).to_have_text("3 copies")
        assert fits(page)
        source.get_by_role("button", name="Close", exact=True).click()
        expect(row(page, "QUAYSIDE-PIER").locator(".copies-open")).to_be_focused()
