from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from qa.answer import Answer
from qa.gold import load_questions
from tests.browser.driving import save
from tests.made import wire_copies

if TYPE_CHECKING:
    from tests.browser.conftest import Serving, Visiting, Visitor

pytestmark = pytest.mark.browser

SEEDS = Path(__file__).parents[2] / "seeds"
TARTOUS = "What did Peskov say about Tartous?"
BORSCHT = "What is the best recipe for borscht?"
DESKTOP, PHONE = (1280, 800), (390, 844)
SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
HOSTILE = '<img src=x onerror="alert(5)"> [a](javascript:alert(6)) **b** ${alert(7)} {{c}} \u202eו'
HOSTILE_TITLE = "<img src=x onerror=alert(1)>"
ARTICLE = """\
---
title: '<script>alert(1)</script> **bridge** \u202eגשר'
source: '<img src=x onerror=alert(2)>'
date: 2024-12-10
---
Mayor Ana Ruiz said on Monday that the <script>alert(3)</script> bridge will open in [May](javascript:alert(4)).
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="module")
def url(serving: Serving, store: Path) -> Iterator[str]:
    with serving(SEEDS, store) as address:
        yield address


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def visitor(request: pytest.FixtureRequest, visiting: Visiting, url: str) -> Iterator[Visitor]:
    """A visitor at a desk, and then one with a phone, for whom nothing may be wider than the screen."""
    with visiting(url, *request.param) as someone:
        yield someone
        assert someone.page.evaluate("document.documentElement.scrollWidth") == request.param[0]


def following(page: Page) -> None:
    """Wait until there are questions to go on with, the last that changes by itself."""
    page.locator(".following").wait_for()


def focus_by_key(page: Page, selector: str) -> None:
    """Go back from the question box, as a keyboard does, until the focus is there."""
    page.locator("#question textarea").focus()
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"the keyboard does not reach {selector}")


# The card


def test_card_shows_the_sentence_and_its_source_on_focus(visitor: Visitor) -> None:
    page = visitor.page
    visitor.ask("What did Peskov say about instability?")
    following(page)
    card = page.locator("#citation-card")
    focus_by_key(page, '.quotation .chip[data-number="1"]')
    expect(card).to_be_visible()
    assert (card.locator(".words").text_content() or "") in (SEEDS / "kremlin-syria-bases.txt").read_text("utf-8")
    expect(card.locator(".by")).to_have_text("Dmitry Peskov, quoted")
    expect(card.locator(".from")).to_have_text("Kremlin syria bases · Alliance News · 10 December")
    chip = page.locator('.quotation .chip[data-number="1"]')
    expect(chip).to_have_attribute("aria-describedby", "citation-card")
    box = card.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["y"] >= 0
    assert box["x"] + box["width"] <= page.viewport_size["width"]  # type: ignore[index]
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(chip).to_be_focused()
    assert chip.get_attribute("aria-describedby") is None
    expect(page.locator(".turn .answer")).to_be_visible()


def test_card_shows_on_hover_and_may_be_hovered_itself(visiting: Visiting, url: str) -> None:
    with visiting(url, *DESKTOP) as visitor:
        page = visitor.page
        visitor.ask(TARTOUS)
        card = page.locator("#citation-card")
        page.locator('.quotation .chip[data-number="1"]').hover()
        expect(card).to_be_visible()
        card.hover()
        page.wait_for_timeout(400)
        expect(card).to_be_visible()
        page.mouse.move(2, 2)
        expect(card).to_be_hidden()


def test_card_does_not_show_on_touch(visitor: Visitor) -> None:
    page = visitor.page
    visitor.ask(TARTOUS)
    page.evaluate(
        """() => document.querySelector(".quotation .chip").dispatchEvent(
            new PointerEvent("pointerover", { bubbles: true, pointerType: "touch" }))"""
    )
    expect(page.locator("#citation-card:not([hidden])")).to_have_count(0)


# Confidence and what to ask next


def test_confidence_is_said_in_words(visitor: Visitor) -> None:
    visitor.ask(TARTOUS)
    expect(visitor.page.locator(".sure")).to_contain_text("Well supported")
    visitor.ask(BORSCHT)
    expect(visitor.page.locator(".turn:last-child .sure")).to_have_count(0)


def test_a_question_to_go_on_with_is_asked_by_a_click_and_answered(visitor: Visitor) -> None:
    page = visitor.page
    visitor.ask(TARTOUS)
    following(page)
    question = page.locator(".next").first.text_content()
    page.locator(".next").first.click()
    page.locator(".turn:nth-child(2):not([aria-busy]) .answer").wait_for()
    expect(page.locator(".asked")).to_have_text([TARTOUS, question or ""])
    expect(page.locator(".turn:nth-child(1) .following")).to_have_count(0)


# Ask again, edit, clear


def test_ask_again_replaces_the_last_turn(visitor: Visitor) -> None:
    page = visitor.page
    visitor.ask(TARTOUS)
    first = page.locator(".turn .answer").text_content()
    following(page)
    page.get_by_role("button", name="Ask again").click()
    following(page)
    expect(page.locator(".asked")).to_have_text([TARTOUS])
    assert page.locator(".turn .answer").text_content() == first


def test_an_edited_question_replaces_its_turn_and_those_after_it(visitor: Visitor) -> None:
    page = visitor.page
    visitor.ask(TARTOUS)
    visitor.ask("And about Assad?")
    page.locator(".turn:nth-child(1) .edit").click()
    box = page.locator("#question textarea")
    expect(box).to_have_value(TARTOUS)
    expect(box).to_be_focused()
    expect(page.locator("#tools .editing")).to_contain_text("replaces its answer and the 1 answer after it")
    box.fill("What did Peskov say about Assad?")
    box.press("Enter")
    expect(page.locator(".asked")).to_have_text(["What did Peskov say about Assad?"])
    expect(page.locator("#tools .editing")).to_have_count(0)
    page.locator(".turn:not([aria-busy]) .answer").wait_for()


def test_editing_can_be_given_up(visitor: Visitor) -> None:
    page = visitor.page
    visitor.ask(TARTOUS)
    page.locator(".edit").click()
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator("#question textarea")).to_have_value("")
    visitor.ask("And about Assad?")
    expect(page.locator(".turn")).to_have_count(2)


# Steps and Stop


@pytest.fixture(scope="module")
def slow(serving: Serving, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, threading.Event]]:
    """The address of an app that goes on with a question only while the event is set."""
    from index.library import Library

    going = threading.Event()
    going.set()
    reading = Library.reading

    @contextmanager
    def read_slowly(library: Library) -> Iterator[None]:
        going.wait(20)
        with reading(library):
            yield

    with serving(SEEDS, tmp_path_factory.mktemp("store")) as address, pytest.MonkeyPatch.context() as patch:
        patch.setattr(Library, "reading", read_slowly)
        yield address, going


@pytest.mark.parametrize(
    ("size", "how"), [pytest.param(DESKTOP, "Escape", id="desktop"), pytest.param(PHONE, "button", id="phone")]
)
def test_a_question_can_be_stopped(
    visiting: Visiting, slow: tuple[str, threading.Event], size: tuple[int, int], how: str
) -> None:
    url, going = slow
    with visiting(url, *size) as visitor:
        page = visitor.page
        visitor.settle()  # or what the page asks at first, such as for examples, would have to go on first
        going.clear()
        box = page.locator("#question textarea")
        box.fill(TARTOUS)
        box.press("Enter")
        expect(page.locator(".turn[aria-busy] .steps li")).to_have_text(["Searching", "Reading", "Answering"])
        expect(page.locator(".steps [aria-current]")).to_have_text("Searching")
        if how == "button":
            page.get_by_role("button", name="Stop").click()
        else:
            page.keyboard.press("Escape")
        expect(page.locator(".turn .stopped")).to_be_visible()
        expect(page.locator(".turn[aria-busy]")).to_have_count(0)
        going.set()
        page.wait_for_timeout(500)
        expect(page.locator(".turn .answer")).to_have_count(0)  # what comes of it is left out
        page.get_by_role("button", name="Ask again").click()
        page.locator(".turn:not([aria-busy]) .answer").wait_for()
        expect(page.locator(".asked")).to_have_text([TARTOUS])


def test_the_page_works_while_a_question_is_answered(visiting: Visiting, slow: tuple[str, threading.Event]) -> None:
    url, going = slow
    with visiting(url, *DESKTOP) as visitor, visiting(url, *DESKTOP) as other:
        page = visitor.page
        visitor.ask(TARTOUS)
        following(page)
        visitor.settle()
        other.settle()
        going.clear()
        box = page.locator("#question textarea")
        box.fill("And about Assad?")
        box.press("Enter")
        page.locator(".turn:nth-child(2)[aria-busy]").wait_for()
        other.page.locator("#question textarea").fill(BORSCHT)
        other.page.locator("#question textarea").press("Enter")
        expect(other.page.locator(".waiting")).to_have_text("Waiting for another question to be answered")
        page.get_by_role("button", name="New conversation").click()
        expect(page.locator(".opening")).to_be_visible()
        going.set()
        other.page.locator(".refusal").wait_for()
        expect(page.locator(".opening")).to_be_visible()  # the answer is not wanted any more


# Links


@SIZES
def test_a_link_asks_its_question(visiting: Visiting, url: str, size: tuple[int, int]) -> None:
    with visiting(f"{url}?q={quote(TARTOUS)}&source=alliance+news", *size) as visitor:
        page = visitor.page
        page.locator(".turn .answer").wait_for()
        expect(page.locator(".asked")).to_have_text([TARTOUS])
        expect(page.locator(".turn .within")).to_have_text("Only: Alliance News")
        following(page)
        assert "?q=" in page.url
        visitor.ask("And about Assad?")
        assert "?" not in page.url


def test_a_button_says_copied_for_a_moment_whatever_changes_meanwhile(visitor: Visitor) -> None:
    page = visitor.page
    visitor.ask(TARTOUS)
    page.evaluate(
        """() => {
          navigator.clipboard.writeText = async () => {};
          const later = window.setTimeout;
          window.setTimeout = (call, ms, ...given) => later(call, ms === 1500 ? 6000 : ms, ...given);
        }"""
    )
    button = page.locator(".turn .copy-link")
    button.dblclick()
    page.get_by_role("button", name="Good answer").click()
    expect(page.get_by_role("button", name="Good answer")).to_have_attribute("aria-pressed", "true")
    expect(button).to_have_text("Copied", timeout=1)
    expect(button).to_have_text("Copy link")


def test_a_link_to_a_follow_up_is_understood_the_same(visitor: Visitor, visiting: Visiting, url: str) -> None:
    page = visitor.page
    visitor.ask(TARTOUS)
    visitor.ask("And about Assad?")
    turn = page.locator(".turn:nth-child(2)")
    answer = turn.locator(".answer").text_content()
    expect(turn.locator(".note")).to_contain_text("Understood as")
    page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    turn.get_by_role("button", name="Copy link").click()
    expect(turn.locator(".copy-link")).to_have_text("Copied")
    link = page.evaluate("window.copied")
    assert link.startswith(f"{url}?q=")
    with visiting(link, *DESKTOP) as other:
        other.page.locator(".turn .answer").wait_for()
        expect(other.page.locator(".asked")).to_have_text(["And about Assad?"])
        assert other.page.locator(".answer").text_content() == answer


@SIZES
def test_a_hostile_link_is_text(visiting: Visiting, url: str, size: tuple[int, int]) -> None:
    hostile = quote(HOSTILE)
    link = f"{url}?q={hostile}&speaker={hostile}&article=..%2F..%2Fetc%2Fpasswd&after={hostile}"
    with visiting(link, *size) as visitor:
        page = visitor.page
        page.locator(".turn:not([aria-busy]) .asked").wait_for()
        expect(page.locator(".asked")).to_have_text([HOSTILE])
        expect(page.locator("#tools .problem")).to_have_count(2)
        expect(page.locator("#page img, #page a[href^=javascript]")).to_have_count(0)


# Saving


@pytest.mark.parametrize("form", ["Markdown", "JSON"])
def test_a_conversation_is_saved(visitor: Visitor, form: str) -> None:
    page = visitor.page
    visitor.ask(TARTOUS)
    visitor.ask(HOSTILE)
    for _ in range(2):  # the second time, too
        with page.expect_download() as downloading:
            save(page, form)
    text = Path(downloading.value.path()).read_text(encoding="utf-8")
    if form == "JSON":
        assert downloading.value.suggested_filename == "on-the-record.json"
        answers = [Answer.from_json(json.dumps(one)) for one in json.loads(text)]
        assert [answer.question for answer in answers] == [TARTOUS, HOSTILE]
        assert answers[0].answered
    else:
        assert downloading.value.suggested_filename == "on-the-record.md"
        assert text.startswith(f"# On the Record\n\n## {TARTOUS}\n")
        assert "<img" not in text
        assert "](javascript" not in text


# Votes


def test_a_vote_with_a_comment_is_kept_as_a_question(visitor: Visitor, store: Path) -> None:
    page = visitor.page
    visitor.ask(TARTOUS)
    following(page)
    page.get_by_role("button", name="Good answer").click()
    expect(page.get_by_role("button", name="Good answer")).to_have_attribute("aria-pressed", "true")
    comment = page.get_by_label("What was good about it?")
    comment.fill(HOSTILE)
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".thanks")).to_have_text("Saved with your comment, on the machine that runs this.")
    line = json.loads((store / "feedback.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    assert (line["question"], line["vote"], line["comment"]) == (TARTOUS, "up", HOSTILE)
    assert load_questions(store / "feedback.jsonl")
    expect(page.locator("#page img")).to_have_count(0)
    page.get_by_role("button", name="Bad answer").click()
    expect(page.get_by_role("button", name="Bad answer")).to_have_attribute("aria-pressed", "true")
    page.get_by_label("What was wrong with it?").wait_for()
    down = (store / "feedback-down.jsonl").read_text(encoding="utf-8").splitlines()[-1]
    assert json.loads(down)["id"] == line["id"]
    assert line["id"] not in (store / "feedback.jsonl").read_text(encoding="utf-8")


def test_a_comment_being_written_outlives_the_next_answer(visitor: Visitor) -> None:
    page = visitor.page
    visitor.ask(TARTOUS)
    following(page)
    page.get_by_role("button", name="Good answer").click()
    page.get_by_label("What was good about it?").fill("To be sent")
    visitor.ask("And about Assad?")
    following(page)
    expect(page.get_by_label("What was good about it?")).to_have_value("To be sent")


# Filters


def test_filters_narrow_the_next_question_and_show_on_it(visitor: Visitor) -> None:
    page = visitor.page
    toggle = page.get_by_role("button", name="Filters")
    expect(toggle).to_have_attribute("aria-expanded", "false")
    toggle.click()
    expect(toggle).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_label("Said by")).to_be_focused()
    page.keyboard.type("trump")
    page.locator('#offered-speaker option[value="Donald Trump"]').wait_for(state="attached")
    page.get_by_label("Said by").press("Enter")
    expect(page.locator("#tools .filtered")).to_have_text("Only: said by Donald Trump")
    toggle.click()
    visitor.ask("What about the bases?")
    expect(page.locator(".turn .within")).to_have_text("Only: said by Donald Trump")
    assert "Peskov" not in (page.locator(".turn :is(.answer, .refusal)").first.text_content() or "")
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#tools .filtered")).to_have_count(0)
    visitor.ask(TARTOUS)
    expect(page.locator(".turn .within")).to_have_count(1)
    expect(page.locator(".turn:nth-child(2) .answer")).to_be_visible()


def test_a_single_article_and_dates(visitor: Visitor) -> None:
    page = visitor.page
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("Only in the article").fill("kremlin-syria-bases.txt")
    page.get_by_label("Only in the article").press("Enter")
    expect(page.locator("#tools .filtered")).to_have_text("Only: in “Kremlin syria bases”")
    page.get_by_label("Until").fill("2000-01-01")
    expect(page.locator("#tools .filtered")).to_have_text("Only: until 1 January 2000 · in “Kremlin syria bases”")
    visitor.ask(TARTOUS)
    expect(page.locator(".turn .refusal")).to_be_visible()


def test_a_filter_that_cannot_be_is_said(visitor: Visitor) -> None:
    page = visitor.page
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("Said by").fill(HOSTILE)
    page.get_by_label("Said by").press("Enter")
    expect(page.locator("#tools .problem")).to_contain_text(f"Nobody called “{HOSTILE}” speaks")
    expect(page.locator("#page img")).to_have_count(0)


def test_filters_and_votes_are_a_visitors_own(visitor: Visitor, visiting: Visiting, url: str) -> None:
    page = visitor.page
    page.get_by_role("button", name="Filters").click()
    page.get_by_role("combobox", name="Source").fill("Alliance News")
    page.get_by_role("combobox", name="Source").press("Enter")
    visitor.ask(TARTOUS)
    following(page)
    page.get_by_role("button", name="Good answer").click()
    page.locator(".comment").wait_for()
    page.locator(".edit").click()
    page.locator(".editing").wait_for()
    with visiting(url, *DESKTOP) as other:
        expect(other.page.locator("#tools :is(.filtered, .editing, .save)")).to_have_count(0)
        other.ask(TARTOUS)
        following(other.page)
        expect(other.page.locator(".within, .comment, [aria-pressed=true]")).to_have_count(0)
    expect(page.locator("#tools .filtered")).to_have_text("Only: Alliance News")


# Hostile articles


@SIZES
def test_hostile_article_is_text_in_cards_filters_and_files(
    serving: Serving, visiting: Visiting, tmp_path: Path, size: tuple[int, int]
) -> None:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / "bridge.txt").write_text(ARTICLE, encoding="utf-8")
    with serving(seeds, tmp_path / "store") as url, visiting(url, *size) as visitor:
        page = visitor.page
        page.get_by_role("button", name="Filters").click()
        page.get_by_label("Only in the article").fill("bridge.txt")
        page.get_by_label("Only in the article").press("Enter")
        expect(page.locator("#tools .filtered")).to_contain_text("<script>alert(1)</script> **bridge**")
        visitor.ask("What did Ana Ruiz say about the bridge?")
        expect(page.locator(".within")).to_contain_text("<script>alert(1)</script>")
        focus_by_key(page, ".quotation .chip")
        expect(page.locator("#citation-card .words")).to_contain_text("the <script>alert(3)</script> bridge will open")
        expect(page.locator("#citation-card .from")).to_contain_text("<img src=x onerror=alert(2)>")
        with page.expect_download() as downloading:
            save(page, "Markdown")
        text = Path(downloading.value.path()).read_text(encoding="utf-8")
        assert "<script" not in text
        assert "](javascript" not in text
        expect(page.locator("#page :is(script, img, b), #page a[href^=javascript]")).to_have_count(0)


@SIZES
def test_copies_are_listed_and_opened_at_the_sentence(
    serving: Serving, visiting: Visiting, tmp_path: Path, size: tuple[int, int]
) -> None:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    for name, text in wire_copies().items():
        (seeds / name).write_text(text.replace("Rot closes pier", HOSTILE_TITLE), encoding="utf-8")
    with serving(seeds, tmp_path / "store") as url, visiting(url, *size) as visitor:
        page = visitor.page
        visitor.ask("What did Duarte say about the deck?")
        expect(page.locator("#conversation .also summary")).to_have_text("also in 3 others")
        page.locator("#conversation .also summary").click()
        rows = page.locator(".also[open] li")
        expect(rows).to_have_text(
            [
                "Pier shuts in May · Herald · 5 March 2024",
                "<img src=x onerror=alert(1)> · Northern Post · 5 March 2024",
                "Old pier to close · City Wire · 6 March 2024",
            ]
        )
        page.get_by_role("button", name="Good answer").click()
        page.locator(".comment").wait_for()
        expect(rows).to_have_count(3)  # the list stays open when the turn changes
        rows.nth(1).locator(".also-open").click()
        expect(page.locator("#source .what")).to_have_text("Copy of source 1")
        expect(page.locator("#source mark.active")).to_contain_text("storms, and “we cannot let anyone walk on it")
        expect(page.locator("#source .path")).to_have_text("post.txt")
        assert page.evaluate("document.documentElement.scrollWidth") == size[0]
