from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from index.errors import QuestionError
from index.library import Library
from tests.conftest import MakeLibrary
from tests.made import FERRY
from tests.test_render import HOSTILE, Page
from ui.pages.topic.handlers import read_point
from ui.pages.topic.state import ROWS, arrange, find_timeline
from ui.pages.topic.view import statements_html, timeline_html, topic_panel_html, topic_problem_html
from ui.source import nothing_open_html

LATER = replace(FERRY, article_id="later.txt", published="2024-05-01", speaker="Tomas Okafor")
UNDATED = replace(FERRY, article_id="undated.txt", published=None)
BIDI = "\u202eevil"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("city")
    for name, date, text in (
        (
            "old.txt",
            "2023-11-02",
            "Mayor Ines Duarte said the ferry will stop in June. Duarte said the ferry is too old.",
        ),
        ("new.txt", "2024-03-04", "Ines Duarte said the tram will be free. Tomas Okafor said the ferry is slow."),
    ):
        (folder / name).write_text(f"---\ntitle: {name}\ndate: {date}\n---\n{text}\n", encoding="utf-8")
    (folder / "undated.txt").write_text("Ines Duarte said the ferry needs paint.\n")
    return folder


@pytest.fixture(scope="module")
def city(folder: Path, make_shared_library: MakeLibrary) -> Library:
    return make_shared_library(folder)


def test_statements_on_a_topic_are_found_latest_first_and_without_a_date_last(city: Library) -> None:
    timeline = find_timeline(city, "ferry")
    assert [(said.speaker, said.text) for said in timeline.statements] == [
        ("Tomas Okafor", "Tomas Okafor said the ferry is slow."),
        ("Ines Duarte", "Mayor Ines Duarte said the ferry will stop in June."),
        ("Ines Duarte", "Duarte said the ferry is too old."),
        ("Ines Duarte", "Ines Duarte said the ferry needs paint."),
    ]
    assert timeline.rows == ("Ines Duarte", "Tomas Okafor")
    assert timeline.columns == ("2023-11", "2023-12", "2024-01", "2024-02", "2024-03")
    assert [timeline.place(said) for said in timeline.statements] == [(1, 4), (0, 0), (0, 0), (0, 5)]


@pytest.mark.parametrize("topic", ["", "  ", "?!", "ferry " * 1_000], ids=["empty", "blank", "no word", "too long"])
def test_topic_that_is_none(city: Library, topic: str) -> None:
    with pytest.raises(QuestionError):
        find_timeline(city, topic)


def test_a_statement_opens_among_those_of_its_point(city: Library) -> None:
    timeline = find_timeline(city, "ferry")
    assert '<span class="what">Statement 3 of 4</span>' in topic_panel_html(city, timeline, 2)
    chosen = replace(timeline, point=(0, 0))
    html = topic_panel_html(city, chosen, 2)
    assert 'data-turn="-1" data-kind="topic-statement" data-place="2"' in html
    assert '<span class="what">Statement 2 of 2</span>' in html
    assert '<button type="button" class="step" aria-label="Previous statement" data-place="1">' in html
    assert '<button type="button" class="step" aria-label="Next statement" disabled>' in html
    assert '<mark class="active" data-number="3">Duarte said the ferry is too old.</mark>' in html
    for place in (0, -1, 4):  # of another point, and of no point
        assert topic_panel_html(city, chosen, place) == nothing_open_html()
    assert topic_panel_html(city, None, 0) == nothing_open_html()


def test_plot() -> None:
    html = timeline_html(arrange("the ferry", [FERRY, replace(FERRY, start=20), LATER, UNDATED]))
    assert html == (
        '<section class="topic-page" aria-label="Timeline" data-topic="the ferry">'
        '<a class="back" href="#people">‹ All people</a><h2 tabindex="-1" dir="auto">the ferry</h2>'
        '<p class="total">4 statements by 2 speakers, Mar 2024 – May 2024</p>'
        '<figure class="timeline"><div class="sideways">'
        '<table role="grid" style="--columns:4" aria-label="Statements by speaker and month"><thead><tr>'
        '<th scope="col"><span class="unseen">Speaker</span></th>'
        '<th scope="col" aria-label="March 2024"><span>Mar</span><span>2024</span></th>'
        '<th scope="col" aria-label="April 2024"><span>Apr</span><span></span></th>'
        '<th scope="col" aria-label="May 2024"><span>May</span><span></span></th>'
        '<th scope="col" class="apart" aria-label="no date"><span>No</span><span>date</span></th></tr></thead><tbody>'
        '<tr><th scope="row"><span class="who"><bdi>Ines Duarte</bdi></span></th>'
        '<td><button type="button" class="point" data-row="0" data-column="0" tabindex="0" aria-pressed="false" '
        'aria-label="Ines Duarte, March 2024: 2 statements" style="--across:11px"></button></td><td></td><td></td>'
        '<td class="apart"><button type="button" class="point" data-row="0" data-column="3" tabindex="-1" '
        'aria-pressed="false" aria-label="Ines Duarte, no date: 1 statement" style="--across:8px"></button></td></tr>'
        '<tr><th scope="row"><span class="who"><bdi>Tomas Okafor</bdi></span></th><td></td><td></td>'
        '<td><button type="button" class="point" data-row="1" data-column="2" tabindex="-1" aria-pressed="false" '
        'aria-label="Tomas Okafor, May 2024: 1 statement" style="--across:8px"></button></td>'
        '<td class="apart"></td></tr>'
        '</tbody></table></div><figcaption><span class="key">Each point: one speaker in one month, up to 2 statements. '
        'Choose one to read it.</span><span class="pointed" aria-hidden="true" dir="auto"></span></figcaption></figure>'
        "</section>"
    )


SPANS = [
    ("one day", ["2024-12-10"], "day", ("2024-12-10",)),
    ("over the end of a month", ["2024-02-28", "2024-03-01"], "day", ("2024-02-28", "2024-02-29", "2024-03-01")),
    ("17 days are too many", ["2024-12-01", "2024-12-17"], "month", ("2024-12",)),
    ("a date without its day", ["2024-12", "2024-12-17"], "month", ("2024-12",)),
    ("with a time", ["2024-12-10T08:00:00", "2024-12-11"], "day", ("2024-12-10", "2024-12-11")),
    ("over the end of a year", ["2023-11-30", "2024-01-01"], "month", ("2023-11", "2023-12", "2024-01")),
    ("37 months are too many", ["2021-01-01", "2024-01-01"], "year", ("2021", "2022", "2023", "2024")),
    (
        "61 years are too many",
        ["1960-01-01", "2020-01-01"],
        "decade",
        ("196", "197", "198", "199", "200", "201", "202"),
    ),
    ("none", [None, "--12-10", "2024-13-45", "soon", "2024", "२०२४-१२-१०"], "date", ()),
]


@pytest.mark.parametrize(("published", "unit", "columns"), [pytest.param(*case, id=why) for why, *case in SPANS])
def test_columns_fit_the_time_spanned(published: list[str | None], unit: str, columns: tuple[str, ...]) -> None:
    timeline = arrange("ferry", [replace(FERRY, published=day, start=i) for i, day in enumerate(published)])
    assert (timeline.unit, timeline.columns) == (unit, columns)
    html = timeline_html(timeline)
    assert html.count('class="point"') == len({timeline.place(said) for said in timeline.statements})


def test_no_plot_is_wider_than_a_hundred_columns() -> None:
    timeline = arrange("ferry", [replace(FERRY, published=day) for day in ("0001-01-01", "9999-12-31")])
    assert timeline.unit == "century"
    assert len(timeline.columns) == 100
    assert 'aria-label="Ines Duarte, 9900s: 1 statement"' in timeline_html(timeline)


def test_a_date_without_its_year_is_called_so() -> None:
    assert "Ines Duarte, no year: 1 statement" in timeline_html(arrange("x", [replace(FERRY, published="--12-10")]))


def test_those_who_say_least_share_a_row() -> None:
    often = [replace(FERRY, speaker=f"Speaker {i:02}", start=i + n) for i in range(15) for n in range(15 - i)]
    timeline = arrange("ferry", often)
    assert len(timeline.rows) == ROWS
    html = timeline_html(timeline)
    assert '<th scope="row"><span class="who"><bdi>3 others</bdi></span></th>' in html
    assert "3 others, 4 March 2024: 6 statements" in html  # 3 + 2 + 1
    assert len(replace(timeline, point=(ROWS, 0)).listed) == 6


def test_statements_behind_a_point() -> None:
    timeline = arrange("the ferry", [FERRY, LATER, UNDATED])
    html = statements_html(replace(timeline, point=(1, 2)))
    assert html == (
        '<section class="statement-list" aria-label="Statements" data-shown="100">'
        '<p class="chosen-line" role="status" dir="auto">Tomas Okafor, May 2024: 1 statement '
        '<button type="button" class="all-points">Show all 3</button></p>'
        '<section class="in-article"><h3 dir="auto">Ferry</h3>'
        '<p class="when"><bdi>1 May 2024</bdi> · <bdi>City Wire</bdi></p>'
        '<p class="voice"><a href="#people/Tomas%20Okafor/the%20ferry"><bdi>Tomas Okafor</bdi></a></p><ul>'
        '<li><button type="button" class="statement" data-opens="topic-statement" data-place="0" dir="auto">'
        '<span class="speech">quoted</span>'
        '<span class="words">It is over.</span></button></li></ul></section></section>'
    )
    everything = statements_html(timeline)
    assert "All 3 statements" in everything
    assert everything.index('data-place="1"') < everything.index('<h3 class="apart">No date</h3>')
    assert everything.index('<h3 class="apart">No date</h3>') < everything.index('data-place="2"')


CLICKS = [
    ("a point", {"row": 1, "column": 2}, (1, 2)),
    ("no point there", {"row": 1, "column": 1}, None),
    ("all", {"row": -1, "column": -1}, None),
    ("words for numbers", {"row": "1", "column": None}, None),
    ("nothing", {}, None),
]


@pytest.mark.parametrize(("event", "point"), [pytest.param(*case, id=why) for why, *case in CLICKS])
def test_a_click_means_a_point_or_all(event: dict[str, object], point: tuple[int, int] | None) -> None:
    assert read_point(arrange("ferry", [FERRY, LATER]), event) == point


def test_two_thousand_statements_are_listed_in_parts() -> None:
    timeline = arrange("ferry", [replace(FERRY, article_id=f"{i // 7}.txt", start=i) for i in range(2_000)])
    html = statements_html(timeline)
    assert html.count('class="statement"') == 100
    assert html.endswith('data-more="topic-statements">Show 100 more of 1,900</button></section>')


def test_nobody_speaks_of_it() -> None:
    nobody = arrange("<b>soup</b>", [])
    html = timeline_html(nobody)
    assert "Nobody who speaks here says anything about “<bdi>&lt;b&gt;soup&lt;/b&gt;</bdi>”." in html
    assert "<table" not in html
    assert statements_html(nobody) == ""


@pytest.mark.parametrize("hostile", [HOSTILE, BIDI, "x" * 100_000], ids=["markup", "bidi override", "a long line"])
def test_hostile_text_is_text(hostile: str) -> None:
    said = replace(FERRY, title=hostile, source=hostile, text=hostile, speaker=hostile)
    odd = replace(said, article_id="odd.txt", published='"><script>alert(4)</script>')
    timeline = arrange(hostile, [said, odd])
    for chosen in (timeline, replace(timeline, point=(0, 0)), replace(timeline, point=(0, 1))):
        html = timeline_html(chosen) + statements_html(chosen) + topic_problem_html(hostile, "")
        page = Page(html)
        assert set(page.tags) <= set(
            "section a h2 h3 p bdi ul li button span figure figcaption div table thead tbody tr th td".split()
        )
        assert not [name for name, _ in page.attributes if name.startswith("on") or name == "src"]
        styles = {value for name, value in page.attributes if name == "style"}
        assert all(re.fullmatch(r"--(columns:\d+|across:\d+px)", value or "") for value in styles)
        links = [value or "" for name, value in page.attributes if name == "href"]
        assert all(re.fullmatch(r"#people(/[\w.~%-]+){0,2}", link) for link in links)
        assert hostile in page.text
