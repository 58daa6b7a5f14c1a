from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.made import find_words_in_answers

if TYPE_CHECKING:
    from tests.browser.conftest import Serving, Visiting, Visitor

pytestmark = pytest.mark.browser

SEEDS = Path(__file__).parents[2] / "seeds"
TARTOUS = "What did Peskov say about Tartous?"
HOSTILE = (
    'Mayor Ana Ruiz said on Monday that the <script>alert("script")</script> bridge will open in May. '
    '<img src="x" onerror="alert(1)"> Ruiz said ${alert(2)} {{value}} the **toll** will be '
    "[free](javascript:alert(3)).\n"
)


def sentence_of(page: Page, number: int) -> str:
    """The sentence that the last answer shows before this chip, without what is put into it in brackets."""
    return text_of(page, f'.turn:last-child .sentence:has(+ .chip[data-number="{number}"])')


def text_of(page: Page, selector: str) -> str:
    """The text of the first such element as its article has it."""
    text: str = page.locator(selector).first.evaluate(
        """(element) => {
            const copy = element.cloneNode(true);
            copy.querySelectorAll(".gloss").forEach((gloss) => gloss.remove());
            return copy.textContent;
        }"""
    )
    assert text
    return text


def marked(page: Page) -> str:
    """The text that is strongly marked in the panel."""
    return "".join(page.locator("#source mark.active").all_text_contents())


def expect_mark_in_view(page: Page) -> None:
    page.wait_for_function(
        """() => {
            const mark = document.querySelector("#source mark.active")?.getBoundingClientRect();
            const view = document.querySelector("#source .scroller")?.getBoundingClientRect();
            return mark && view && mark.height > 0 && mark.top >= view.top && mark.bottom <= view.bottom
              && mark.left >= 0 && mark.right <= innerWidth && view.top >= 0 && view.bottom <= innerHeight;
        }"""
    )


def test_each_citation_opens_its_sentence(visitor: Visitor) -> None:
    page = visitor.page
    visitor.ask(TARTOUS)
    article = (SEEDS / "kremlin-syria-bases.txt").read_text(encoding="utf-8")
    chips = page.locator(".turn .quotation .chip")
    assert chips.count() >= 1
    for number in [*range(2, chips.count() + 1), 1]:
        page.locator(f'.turn .quotation .chip[data-number="{number}"]').click()
        page.locator(f'#source mark.active[data-number="{number}"]').first.wait_for()
        assert marked(page) == sentence_of(page, number)
        assert marked(page) in article
        expect_mark_in_view(page)
        expect(page.locator(".chip[aria-current]")).to_have_text([str(number)])
    assert page.locator("#source .text").text_content() == article


def test_first_citation_opens_by_itself_beside_the_answer(visitor: Visitor) -> None:
    visitor.ask(TARTOUS)
    visitor.page.locator('#source mark.active[data-number="1"]').first.wait_for()
    assert marked(visitor.page) == sentence_of(visitor.page, 1)
    expect_mark_in_view(visitor.page)


def test_question_is_shown_before_its_answer(visitor: Visitor) -> None:
    page = visitor.page
    page.evaluate(
        """() => {
            window.states = [];
            new MutationObserver(() => {
              const turn = document.querySelector(".turn");
              if (turn) window.states.push([turn.querySelector(".asked").textContent, turn.hasAttribute("aria-busy")]);
            }).observe(document.getElementById("conversation"), { childList: true, subtree: true, attributes: true });
        }"""
    )
    visitor.ask(TARTOUS)
    states = page.evaluate("window.states")
    assert states[0] == [TARTOUS, True]
    assert states[-1] == [TARTOUS, False]


def test_follow_up_keeps_the_first_answer(visitor: Visitor) -> None:
    page = visitor.page
    visitor.ask(TARTOUS)
    first = page.locator(".turn:nth-child(1) .answer").text_content()
    visitor.ask("And about Assad?")
    expect(page.locator(".asked")).to_have_text([TARTOUS, "And about Assad?"])
    assert page.locator(".turn:nth-child(1) .answer").text_content() == first
    assert "Assad" in (page.locator(".turn:nth-child(2) .answer").text_content() or "")
    page.locator('.turn:nth-child(1) .quotation .chip[data-number="1"]').click()
    page.locator('#source [data-turn="0"]').wait_for()
    assert marked(page) == text_of(page, ".turn:nth-child(1) .sentence")


def test_refusal_looks_like_one(visitor: Visitor) -> None:
    page = visitor.page
    visitor.ask(TARTOUS)
    visitor.ask("What is the best recipe for borscht?")
    refused = page.locator(".turn:nth-child(2)")
    expect(refused.locator(".refusal .verdict")).to_have_text("No answer on the record.")
    expect(refused.locator(".chip, .answer, .sources, .copy")).to_have_count(0)
    expect(page.locator("#source .nothing-open")).to_be_visible()  # the source of another answer would mislead


def test_closest_sentence_of_a_refusal_opens_in_its_article(visitor: Visitor) -> None:
    page = visitor.page
    visitor.ask("What is the best recipe for borscht?")
    if not page.locator(".closest-open").count():
        pytest.skip("nothing was offered as closest")
    page.locator(".closest-open").first.click()
    page.locator("#source .open.closest").wait_for()
    assert marked(page) == text_of(page, ".closest blockquote")
    expect(page.locator("#source .what")).to_have_text("Closest sentence, not an answer")


def test_examples_follow_the_folder(serving: Serving, visiting: Visiting, tmp_path: Path) -> None:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / "pier.txt").write_text("Ann Hale said that the pier of Lowland is closed.")
    with serving(seeds, tmp_path / "store", watched=True) as url, visiting(url, 1280, 800) as visitor:
        page = visitor.page
        expect(page.locator(".example")).to_have_text(["What did Ann Hale say about Lowland?"])
        page.locator(".example").focus()
        (seeds / "pier.txt").write_text("Ben Ruiz said that the harbour of Eastmoor is too small.")
        expect(page.locator(".example")).to_have_text(["What did Ben Ruiz say about Eastmoor?"])
        expect(page.locator(".example")).to_be_focused()
        with visiting(url, 390, 844) as later:
            expect(later.page.locator(".example")).to_have_text(["What did Ben Ruiz say about Eastmoor?"])
        (seeds / "frost.txt").write_text("The frost killed most of the blossom.")
        (seeds / "pier.txt").unlink()
        expect(page.locator(".example")).to_have_count(0)
        expect(page.locator(".opening h3")).to_have_count(0)


def test_example_question_is_asked_by_a_click(visitor: Visitor) -> None:
    page = visitor.page
    example = page.locator(".example").first
    question = example.text_content()
    example.click()
    page.locator(".turn:not([aria-busy]) .answer").wait_for()
    assert page.locator(".asked").all_text_contents() == [question]
    expect(page.locator(".opening")).to_be_hidden()


def test_empty_question_gets_a_calm_message(visitor: Visitor) -> None:
    page = visitor.page
    visitor.ask("   ")
    expect(page.locator(".turn .problem")).to_have_count(1)
    visitor.ask(TARTOUS)
    expect(page.locator(".turn .problem")).to_have_count(0)
    expect(page.locator(".turn .answer")).to_have_count(1)


def test_turns_that_the_page_missed_are_asked_for(visitor: Visitor) -> None:
    """As where two changes come in one moment, of which Gradio passes on only the later."""
    page = visitor.page
    visitor.ask(TARTOUS)
    visitor.ask("And about Assad?")
    page.evaluate(
        """() => {
          document.querySelector("#conversation .turns").replaceChildren();
          const part = document.querySelector("#part .part");
          Object.assign(part.dataset, { first: 1, revision: Number(part.dataset.revision) + 2 });
        }"""
    )
    expect(page.locator(".turn .asked")).to_have_text([TARTOUS, "And about Assad?"])


def test_new_conversation_starts_over(visitor: Visitor) -> None:
    page = visitor.page
    visitor.ask(TARTOUS)
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".opening")).to_be_visible()
    expect(page.locator("#source .nothing-open")).to_be_visible()
    visitor.ask("And about Assad?")
    expect(page.locator(".turn")).to_have_count(1)


def test_visitors_do_not_see_each_other(visitor: Visitor, visiting: Visiting, url: str) -> None:
    visitor.ask(TARTOUS)
    with visiting(url, 1280, 800) as other:
        expect(other.page.locator(".turn")).to_have_count(0)
        other.ask("What is the best recipe for borscht?")
        expect(other.page.locator(".asked")).to_have_text(["What is the best recipe for borscht?"])
    visitor.ask("And about Assad?")
    expect(visitor.page.locator(".asked")).to_have_text([TARTOUS, "And about Assad?"])


def test_keyboard_alone_is_enough(visitor: Visitor) -> None:
    page = visitor.page
    expect(page.locator("#question textarea")).to_be_focused()
    page.keyboard.type(TARTOUS)
    page.keyboard.press("Enter")
    page.locator('#source mark.active[data-number="1"]').first.wait_for()
    page.locator("#conversation .asked").wait_for()
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.matches('.quotation .chip')"):
            break
    number = page.evaluate("document.activeElement.dataset.number")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    page.locator(f'#source mark.active[data-number="{number}"]').first.wait_for()
    assert marked(page) == sentence_of(page, int(number))
    assert page.evaluate("document.activeElement.dataset.number") == number


def test_phone_opens_a_sheet_and_returns_to_the_same_place(phone_visitor: Visitor) -> None:
    page = phone_visitor.page
    phone_visitor.ask(TARTOUS)
    expect(page.locator("#source")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    chip = page.locator('.turn .quotation .chip[data-number="1"]')
    chip.scroll_into_view_if_needed()
    before = page.evaluate("document.getElementById('conversation').scrollTop")
    chip.click()
    expect(page.locator("#source")).to_be_visible()
    assert marked(page) == sentence_of(page, 1)
    expect_mark_in_view(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.get_by_role("button", name="Back", exact=True).click()
    expect(page.locator("#source")).to_be_hidden()
    expect(chip).to_be_focused()
    assert page.evaluate("document.getElementById('conversation').scrollTop") == before


@pytest.mark.parametrize("leave", ["Escape", "Back"])
def test_phone_sheet_closes_by_key_and_by_the_browser(phone_visitor: Visitor, leave: str) -> None:
    page = phone_visitor.page
    phone_visitor.ask(TARTOUS)
    page.locator(".turn .quotation .chip").first.click()
    expect(page.locator("#source")).to_be_visible()
    if leave == "Escape":
        page.keyboard.press("Escape")
    else:
        page.go_back()
    expect(page.locator("#source")).to_be_hidden()
    expect(page.locator(".turn .answer")).to_be_visible()


def test_a_name_for_a_pronoun_is_no_part_of_the_quotation(visitor: Visitor) -> None:
    page = visitor.page
    visitor.ask("What did Peskov say about security?")
    gloss = page.locator(".sentence .gloss").first
    expect(gloss).to_have_text("[Dmitry Peskov]")
    sentence = gloss.locator("xpath=..")
    page.evaluate("(element) => getSelection().selectAllChildren(element)", sentence.element_handle())
    selected = page.evaluate("getSelection().toString()")
    assert "[" not in selected
    assert selected in (SEEDS / "kremlin-syria-bases.txt").read_text(encoding="utf-8")


def test_the_words_that_answer_are_marked_wherever_their_sentence_is(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    find_words_in_answers(monkeypatch, "asylum in Russia")
    page = visitor.page
    visitor.ask("What did Peskov say about Assad?")
    expect(page.locator(".sentence mark")).to_have_text("asylum in Russia")
    page.locator(".quotation .chip").first.hover()
    expect(page.locator("#citation-card mark")).to_have_text("asylum in Russia")
    expect(page.locator("#source mark.active.answers")).to_have_text("asylum in Russia")
    assert marked(page) == sentence_of(page, 1)


def test_context_is_shown_as_such(visitor: Visitor) -> None:
    visitor.ask(TARTOUS)
    expect(visitor.page.locator(".quotation").last).to_have_class("quotation context")
    expect(visitor.page.locator(".quotation.context .voice")).to_have_text("Context")


@pytest.fixture(scope="module")
def hostile_url(serving: Serving, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("hostile") / "<img src=x onerror=alert(4)>"
    folder.mkdir()
    (folder / "bridge <b>.txt").write_text(HOSTILE, encoding="utf-8")
    with serving(folder, tmp_path_factory.mktemp("store")) as address:
        yield address


def test_hostile_article_is_shown_as_text(visiting: Visiting, hostile_url: str) -> None:
    with visiting(hostile_url, 1280, 800) as visitor:
        page = visitor.page
        expect(page.locator("#masthead .folder")).to_have_text("in <img src=x onerror=alert(4)>")
        visitor.ask("What did Ana Ruiz say about the bridge?")
        page.locator(".turn .quotation .chip").first.click()
        page.locator("#source mark.active").first.wait_for()
        assert page.locator("#source .text").text_content() == HOSTILE
        expect(page.locator("#page :is(script, img, .text a, .text b)")).to_have_count(0)
        visitor.ask('<img src=x onerror="alert(5)"> ${alert(6)}')
        expect(page.locator(".turn:last-child .asked")).to_have_text('<img src=x onerror="alert(5)"> ${alert(6)}')
        expect(page.locator("#page img")).to_have_count(0)


def test_headers_confine_the_page(url: str) -> None:
    with urllib.request.urlopen(url, timeout=60) as response:
        assert response.headers["Content-Security-Policy"].startswith("default-src 'self'; ")
        assert response.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("path", ["seeds/kremlin-syria-bases.txt", "pyproject.toml", "ui/web.py"])
def test_files_of_the_machine_are_not_served(url: str, path: str) -> None:
    file = SEEDS.parent / path
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{url}gradio_api/file={file}", timeout=60)
    assert refused.value.code in {403, 404}
    refused.value.close()


def test_a_greeting_offers_questions(visitor: Visitor) -> None:
    page = visitor.page
    visitor.ask("hello")
    turn = page.locator(".turn").first
    expect(turn.locator(".help p").first).to_contain_text("Ask what these articles say.")
    expect(turn.locator(".sure, .votes, .copy, blockquote")).to_have_count(0)
    example = turn.locator(".help .example").first
    question = example.inner_text()
    example.click()
    expect(page.locator(".turn:last-child .asked")).to_have_text(question)
    expect(page.locator(".turn:last-child blockquote").first).to_be_visible()


@pytest.mark.parametrize("who", ["visitor", "phone_visitor"])
def test_an_open_article_is_summarised(who: str, request: pytest.FixtureRequest) -> None:
    visitor: Visitor = request.getfixturevalue(who)
    page = visitor.page
    visitor.ask(TARTOUS)
    page.locator(".turn .chip").first.click()
    page.locator("#source .summarise").click()
    expect(page.locator(".turn:last-child .asked")).to_have_text("Summarise “Kremlin syria bases”")
    expect(page.locator(".turn:last-child figure.summary .chip")).to_have_count(3)
    expect(page.locator("body.sheet-open")).to_have_count(0)


def test_a_timeline_opens_its_sources(serving: Serving, visiting: Visiting, tmp_path: Path) -> None:
    articles = Path(__file__).parents[1] / "quality" / "articles" / "politics"
    with serving(articles, tmp_path / "store") as url, visiting(url, 390, 844) as visitor:
        page = visitor.page
        visitor.ask("What happened with the harbour fuel levy?")
        expect(page.locator(".timeline .when")).to_have_text(["5 March 2024", "19 March 2024"])
        told = sentence_of(page, 2)
        page.locator('.timeline .chip[data-number="2"]').click()
        expect(page.locator("#source mark.active").first).to_be_visible()
        assert marked(page) == told
