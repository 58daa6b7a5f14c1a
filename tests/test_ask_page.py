"""The parts of the Ask page, without a browser: the conversation, filters, links, exports and turns as HTML."""

from __future__ import annotations

import json
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from index.errors import QuestionError, StoreError
from index.library import Library
from qa.answer import Answer
from qa.ask import answer_question
from qa.confidence import LIKELY, WELL_SUPPORTED, describe_confidence
from qa.examples import next_questions
from qa.filters import NO_FILTERS, Filters
from tests.conftest import MakeLibrary
from ui.citing.formats import FORMATS
from ui.citing.view import cited_html
from ui.pages.ask.filters import filtered_html, offers_html, read_filters
from ui.pages.ask.state import Talk, Turn, history
from ui.pages.ask.view import part_html, tools_html
from ui.text.export import to_link, write_turns
from ui.wording import describe_filters

TARTOUS = "What did Peskov say about Tartous?"
ARTICLE = "kremlin-syria-bases.txt"
HOSTILE = '<script>alert(1)</script> <img src=x onerror="alert(2)"> [a](javascript:alert(3)) **b** ‮ו {{c}} ${d}'


def unread(article_id: str) -> str:
    raise StoreError(f"{article_id} is not here")


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.handlers: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on") or name in {"href", "src", "style"}]


def show(*turns: Turn, first: int = 0) -> tuple[list[int], str]:
    """What the page receives of a conversation: its numbers, and its turns as HTML."""
    talk = Talk()
    talk.turns = turns
    sent = part_html(talk, first)
    assert Tags(sent).tags == {"div"}
    numbers = r'<div class="part" data-revision="(\d+)" data-first="(\d+)" data-total="(\d+)">([^<]*)</div>'
    found = re.fullmatch(numbers, sent)
    assert found
    return [int(number) for number in found.groups()[:3]], unescape(found[4])


@pytest.fixture(scope="module")
def answer(seed_library: Library) -> Answer:
    return answer_question(seed_library, TARTOUS)


@pytest.fixture
def hostile(answer: Answer) -> Turn:
    citation = replace(answer.citations[0], text=HOSTILE, title=HOSTILE, source=HOSTILE, speaker=HOSTILE, gloss=None)
    made = replace(answer, question=HOSTILE, note=HOSTILE, citations=(citation,))
    filters = Filters(speaker=HOSTILE, source=HOSTILE, article=HOSTILE, article_title=HOSTILE)
    return Turn(HOSTILE, answer=made, filters=filters, following=(HOSTILE,), link=to_link(HOSTILE, [HOSTILE], {}))


@pytest.mark.parametrize(
    ("confidence", "words"),
    [
        (1.0, "Well supported"),
        (WELL_SUPPORTED, "Well supported"),
        (WELL_SUPPORTED - 0.001, "Likely"),
        (LIKELY, "Likely"),
        (LIKELY - 0.001, "Uncertain — check the source"),
        (0.0, "Uncertain — check the source"),
    ],
)
def test_confidence_in_words(answer: Answer, confidence: float, words: str) -> None:
    assert describe_confidence(confidence) == words
    assert f"</span> {words}</p>" in show(Turn("?", answer=replace(answer, confidence=confidence)))[1]


def test_hostile_turn_is_text(hostile: Turn) -> None:
    _, html = show(hostile, replace(hostile, answer=None, problem=HOSTILE))
    page = Tags(html)
    assert not page.tags & {"script", "img", "a", "b"}
    assert page.handlers == []


def test_hostile_filters_are_text() -> None:
    talk = Talk()
    talk.filters, talk.filter_problems = Filters(speaker=HOSTILE, article=HOSTILE), (HOSTILE,)
    assert Tags(tools_html(talk)).tags == {"div", "p", "span", "bdi", "button"}


@pytest.mark.parametrize("form", [*FORMATS, "json"])
def test_hostile_export_is_text(hostile: Turn, form: str) -> None:
    html = cited_html(1, form, write_turns((hostile,), form, unread), HOSTILE)
    assert Tags(html).tags == {"div"}


def test_html_export_is_inert(hostile: Turn) -> None:
    page = Tags(write_turns((hostile, replace(hostile, answer=None, problem=HOSTILE)), "html", unread))
    assert not page.tags & {"script", "img", "a", "b"}
    assert page.handlers == []


def test_markdown_export_is_inert(hostile: Turn) -> None:
    markdown = write_turns((hostile,), "markdown", unread)
    assert "<script" not in markdown
    assert "<img" not in markdown
    assert "](javascript" not in markdown


def test_markdown_export(answer: Answer) -> None:
    turns = (
        Turn(TARTOUS, answer=answer, filters=Filters(since="2024-12-01")),
        Turn("And *Assad*?", stopped=True),
        Turn("?", problem="the question is empty."),
    )
    markdown = write_turns(turns, "markdown", unread)
    assert markdown.startswith(f"# On the Record\n\n## {TARTOUS}\n\nOnly: from 1 December 2024\n\n**Dmitry Peskov**")
    assert markdown.endswith(
        "## And \\*Assad\\*?\n\nStopped before it was answered.\n\n## ?\n\nthe question is empty.\n"
    )


def test_json_export_is_a_list_of_answers(answer: Answer) -> None:
    exported = json.loads(write_turns((Turn(TARTOUS, answer=answer), Turn("?", problem="no")), "json", unread))
    assert [Answer.from_json(json.dumps(one)) for one in exported] == [answer]


def test_export_keeps_every_character(hostile: Turn) -> None:
    text = write_turns((hostile,), "json", unread)
    html = cited_html(7, "json", text, "")
    assert 'data-number="7" data-name="on-the-record.json" data-type="application/json"' in html
    assert unescape(re.sub("<[^>]+>", "", html)) == text


def test_a_conversation_has_an_article_once_in_a_bibliography(answer: Answer) -> None:
    turns = (Turn(TARTOUS, answer=answer), Turn("?", problem="no"), Turn("Again", answer=answer))
    (item,) = json.loads(write_turns(turns, "csl", unread))
    assert len(item["note"].splitlines()) == len(answer.citations)  # each once, too
    assert write_turns(turns[1:2], "bibtex", unread) == ""


@pytest.mark.parametrize("form", ["text", "html"])
def test_text_and_html_exports_have_every_turn(answer: Answer, form: str) -> None:
    turns = (Turn(TARTOUS, answer=answer), Turn("And?", stopped=True), Turn("?", problem="the question is empty."))
    shown = unescape(write_turns(turns, form, unread))
    for part in (TARTOUS, answer.citations[0].text, "Stopped before it was answered.", "the question is empty."):
        assert part in shown


def test_link_holds_what_it_is_made_of() -> None:
    link = to_link("Who & what?", ["Before?", "Then=?"], {"source": "A & B", "since": "2024"})
    assert link.startswith("?q=")
    assert parse_qs(link[1:]) == {
        "q": ["Who & what?"],
        "after": ["Before?", "Then=?"],
        "source": ["A & B"],
        "since": ["2024"],
    }


def test_filters_are_read(seed_library: Library) -> None:
    given = {"speaker": " peskov ", "source": "alliance news", "since": "2024-12", "article": ARTICLE, "q": "x", "n": 1}
    filters, problems = read_filters(seed_library, given)
    assert filters == Filters(
        speaker="Dmitry Peskov",
        source="Alliance News",
        since="2024-12",
        article=ARTICLE,
        article_title="Kremlin syria bases",
    )
    assert problems == ()
    assert describe_filters(filters) == [
        "said by Dmitry Peskov",
        "Alliance News",
        "from December 2024",
        "in “Kremlin syria bases”",
    ]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"speaker": "Nobody Atall"}, "nobody called “Nobody Atall” speaks"),
        ({"source": "Pravda"}, "no article is from an outlet called “Pravda”"),
        ({"since": "tomorrow"}, "'tomorrow' is not a date"),
        ({"article": "../../etc/passwd"}, "no article is called “../../etc/passwd”"),
    ],
)
def test_a_filter_that_cannot_be_is_left_out_and_said(
    seed_library: Library, given: dict[str, str], problem: str
) -> None:
    filters, problems = read_filters(seed_library, {**given, "until": "2030"})
    assert filters == Filters(until="2030")
    assert [problem in said for said in problems] == [True]


def test_an_article_is_found_by_words_of_its_title_where_it_is_the_only_one(
    tmp_path: Path, make_library: MakeLibrary
) -> None:
    for name in ("north", "south"):
        (tmp_path / f"{name}.txt").write_text(f"A ferry for the {name}\n\nThe {name} ferry costs two euros.\n")
    library = make_library(tmp_path)
    assert read_filters(library, {"article": "ferry South"})[0].article == "south.txt"
    assert read_filters(library, {"article": "ferry"}) == (
        NO_FILTERS,
        ("2 articles are called “ferry”. Choose one that the field offers.",),
    )


def test_values_that_are_no_text_are_no_filters(seed_library: Library) -> None:
    assert read_filters(seed_library, {"speaker": 7, "source": ["a"], "since": None}) == (NO_FILTERS, ())
    assert filtered_html(NO_FILTERS) == ""


def test_fields_offer_what_there_is(seed_library: Library) -> None:
    assert '<option value="Dmitry Peskov">' in offers_html(seed_library, "speaker", "pesk")
    assert '<option value="Alliance News">' in offers_html(seed_library, "source", "")
    assert f'<option value="{ARTICLE}">Kremlin syria bases' in offers_html(seed_library, "article", "bases")
    assert offers_html(seed_library, "article", "zebra") == '<datalist id="offered-article"></datalist>'
    assert offers_html(seed_library, "since", "") == ""


def test_only_one_article_is_looked_into(tmp_path: Path, make_library: MakeLibrary) -> None:
    for name in ("north", "south"):
        (tmp_path / f"{name}.txt").write_text(f"The {name} ferry costs two euros. The ferry of the {name} is red.\n")
    library = make_library(tmp_path)
    answer = answer_question(library, "What does the ferry cost?", filters=Filters(article="south.txt"))
    assert {citation.article_id for citation in answer.citations} == {"south.txt"}
    with pytest.raises(QuestionError, match=r"no article 'east\.txt'"):
        answer_question(library, "What does the ferry cost?", filters=Filters(article="east.txt"))


def test_steps_are_told_in_their_order(seed_library: Library) -> None:
    steps: list[str] = []
    answer_question(seed_library, TARTOUS, on_step=steps.append)
    assert steps == ["searching", "reading", "answering"]


def test_questions_to_go_on_with_are_answered(seed_library: Library, answer: Answer) -> None:
    asked: list[str] = []

    def ask(question: str) -> Answer:
        asked.append(question)
        return answer_question(seed_library, question)

    following = next_questions(seed_library, answer, [TARTOUS], ask=ask)
    assert following
    assert len(asked) <= 8
    for question in following:
        found = re.fullmatch(r"What did (.+) say about (.+)\?", question)
        assert found
        cited = answer_question(seed_library, question).citations
        assert any(citation.speaker == found[1] and found[2] in citation.text for citation in cited)
        assert "Tartous" not in question
    assert next_questions(seed_library, answer, [TARTOUS], ask=ask, count=1) == following[:1]


def test_a_conversation_remembers_what_was_answered(answer: Answer) -> None:
    refused = replace(answer, answered=False)
    turns = (Turn("a", answer=answer, after=("0",)), Turn("b", problem="no"), Turn("c", answer=refused))
    assert history(turns) == ("0", "a", "c")
    assert history(()) == ()


def test_an_edited_question_replaces_its_turn_and_what_follows(answer: Answer) -> None:
    talk = Talk()
    talk.turns = tuple(Turn(question, answer=answer) for question in "abc")
    assert talk.edit(1) == "b"
    assert "Editing question 2: sending it replaces its answer and the 1 answer after it." in tools_html(talk)
    turn = talk.begin("d")
    assert [turn.question for turn in talk.turns] == ["a", "d"]
    assert turn.after == ("a",)
    assert talk.replacing is None


def test_what_comes_of_a_stopped_question_is_left_out(answer: Answer) -> None:
    talk = Talk()
    turn = talk.begin("a")
    assert talk.advance(turn.id, step="reading") == 0
    talk.stop()
    assert talk.advance(turn.id, answer=answer) is None
    assert "Stopped before it was answered." in show(*talk.turns)[1]
    talk.clear()
    assert talk.update(turn.id, answer=answer) is None
    assert talk.turns == ()


def test_no_question_is_lost_when_threads_change_a_conversation_at_once(answer: Answer) -> None:
    talk = Talk()
    revisions: list[int] = []

    def converse(name: int) -> None:
        for i in range(30):
            turn = talk.begin(f"question {i} of thread {name}", ())
            talk.update(turn.id, step="reading")
            revisions.append(int(part_html(talk, 10**6).split('data-revision="')[1].split('"')[0]))
            if i % 3 == 0:
                talk.stop()
            talk.update(turn.id, answer=answer)

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(converse, range(8)))
    finally:
        sys.setswitchinterval(before)
    asked = sorted(turn.question for turn in talk.turns)
    assert asked == sorted(f"question {i} of thread {name}" for name in range(8) for i in range(30))
    assert all(turn.answer == answer for turn in talk.turns)
    assert len(set(revisions)) == len(revisions)


def test_only_the_last_turn_can_be_asked_again(answer: Answer) -> None:
    _, html = show(Turn("a", answer=answer, following=("x",)), Turn("b", answer=answer))
    assert html.count('class="retry"') == 1
    assert html.count('class="edit"') == 2
    assert 'class="next"' not in html


def test_a_part_holds_the_turns_from_one_on_and_is_numbered(answer: Answer) -> None:
    (_, *numbers), html = show(*(Turn(question, answer=answer) for question in "abc"), first=1)
    assert numbers == [1, 3]
    assert re.findall(r'<h2 class="asked" dir="auto">(.)</h2>', html) == ["b", "c"]
    talk = Talk()
    talk.begin("a")
    revisions = [int(part_html(talk).split('data-revision="')[1].split('"')[0]) for _ in range(3)]
    assert revisions == [revisions[0], revisions[0] + 1, revisions[0] + 2]
    assert part_html(Talk()).endswith('data-first="0" data-total="0"></div>')
