from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from index.errors import QuestionError
from index.library import Library
from index.values import Speaker
from tests.conftest import MakeLibrary
from tests.made import FERRY as SAID
from tests.test_render import HOSTILE, Page
from ui.pages.people.state import PersonStatements, find_person_statements
from ui.pages.people.view import people_html, person_html, person_panel_html, plot_html
from ui.source import nothing_open_html


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("city")
    for name, date, text in (
        ("old.txt", "2023-11-02", "Mayor Ines Duarte said the ferry will stop in June. Duarte said it is too old."),
        ("new.txt", "2024-03-04", "Ines Duarte said the tram will be free. Tomas Okafor said the tram is slow."),
    ):
        (folder / name).write_text(f"---\ntitle: {name}\ndate: {date}\n---\n{text}\n", encoding="utf-8")
    (folder / "undated.txt").write_text("Ines Duarte said the lighthouse needs paint.\n")
    return folder


@pytest.fixture(scope="module")
def city(folder: Path, make_shared_library: MakeLibrary) -> Library:
    return make_shared_library(folder)


def test_people_are_listed_with_how_often_and_when(city: Library) -> None:
    html = people_html(city)
    assert html.startswith('<p class="size" role="status">2 speakers</p><ul class="people"><li>')
    assert (
        '<li><a class="person" href="#people/Tomas%20Okafor"><span class="name"><bdi>Tomas Okafor</bdi></span>'
        '<span class="often">1 statement</span><span class="period">Mar 2024</span></a></li>'
    ) in html
    assert '<span class="often">4 statements</span><span class="period">Nov 2023 – Mar 2024</span>' in html
    assert html.index("Ines Duarte") < html.index("Tomas Okafor")


SOUGHT = [
    ("by part of a name", "oka", ["Tomas Okafor"]),
    ("without accents or capitals", "ÍNÉS", ["Ines Duarte"]),
    ("by role", "mayor", ["Ines Duarte"]),
    ("by both, in any order", "mayor ines", ["Ines Duarte"]),
    ("nobody", "okafor mayor", []),
]


@pytest.mark.parametrize(("sought", "found"), [pytest.param(*case, id=reason) for reason, *case in SOUGHT])
def test_people_are_found(city: Library, sought: str, found: list[str]) -> None:
    html = people_html(city, sought)
    assert [name for name in ("Ines Duarte", "Tomas Okafor") if f"<bdi>{name}</bdi>" in html] == found


def test_no_more_people_are_shown_than_asked_for(city: Library) -> None:
    html = people_html(city, shown=1)
    assert html.count('class="person"') == 1
    assert html.endswith('<button type="button" class="more" data-more="people">Show 1 more of 1</button>')


def test_statements_are_listed_latest_article_first_and_without_a_date_last(city: Library) -> None:
    chosen = find_person_statements(city, "Ines Duarte")
    assert chosen is not None
    assert [said.text for said in chosen.statements] == [
        "Ines Duarte said the tram will be free.",
        "Mayor Ines Duarte said the ferry will stop in June.",
        "Duarte said it is too old.",
        "Ines Duarte said the lighthouse needs paint.",
    ]
    assert find_person_statements(city, "Duarte") is None  # a name is used exactly as listed


def test_statements_are_narrowed_to_a_topic(city: Library) -> None:
    chosen = find_person_statements(city, "Ines Duarte", "<b>ferry</b>")
    assert chosen is not None
    assert [said.text for said in chosen.statements] == ["Mayor Ines Duarte said the ferry will stop in June."]
    html = person_html(chosen)
    assert "1 statement on “<bdi>&lt;b&gt;ferry&lt;/b&gt;</bdi>” in 1 article" in html
    assert (
        '<input id="narrowed" type="search" autocomplete="off" maxlength="300" value="&lt;b&gt;ferry&lt;/b&gt;">'
        in html
    )
    assert '<a class="every" href="#people/Ines%20Duarte">All statements</a>' in html
    nothing = person_html(replace(chosen, statements=()))
    assert "No statement on “<bdi>&lt;b&gt;ferry&lt;/b&gt;</bdi>” on the record" in nothing
    with pytest.raises(QuestionError):
        find_person_statements(city, "Ines Duarte", "?")


def test_a_topic_is_offered_where_there_is_much_to_narrow() -> None:
    much = tuple(replace(SAID, start=i) for i in range(11))
    assert 'class="narrow"' in person_html(PersonStatements(Speaker("Ines Duarte"), much))
    assert 'class="narrow"' not in person_html(PersonStatements(Speaker("Ines Duarte"), much[1:]))


def test_a_statement_opens_in_its_article(city: Library) -> None:
    chosen = find_person_statements(city, "Ines Duarte")
    html = person_panel_html(city, chosen, 2)
    assert 'data-turn="-1" data-kind="statement" data-place="2"' in html
    assert '<span class="what">Statement 3 of 4</span>' in html
    assert '<mark class="active" data-number="3">Duarte said it is too old.</mark>' in html
    assert '<mark data-number="2">Mayor Ines Duarte said the ferry will stop in June.</mark>' in html
    for place in (-1, 4):
        assert person_panel_html(city, chosen, place) == nothing_open_html()
    assert person_panel_html(city, None, 0) == nothing_open_html()


def test_person_page() -> None:
    chosen = PersonStatements(
        Speaker("Ines Duarte", ("Duarte", "mayor")), (SAID, replace(SAID, start=12, speech="indirect"))
    )
    assert person_html(chosen) == (
        '<section class="person-page" aria-label="Statements" data-person="Ines Duarte" data-shown="100" '
        'data-topic=""><a class="back" href="#people">‹ All people</a><h2 tabindex="-1" dir="auto">Ines Duarte</h2>'
        '<p class="total" role="status">2 statements in 1 article · <bdi>mayor</bdi></p>'
        '<section class="in-article"><h3 dir="auto">Ferry</h3>'
        '<p class="when"><bdi>4 March 2024</bdi> · <bdi>City Wire</bdi></p><ul>'
        '<li><button type="button" class="statement" data-opens="statement" data-place="0" dir="auto">'
        '<span class="speech">quoted</span>'
        '<span class="words">It is over.</span></button></li>'
        '<li><button type="button" class="statement" data-opens="statement" data-place="1" dir="auto">'
        '<span class="speech">reported</span>'
        '<span class="words">It is over.</span></button></li></ul></section></section>'
    )
    assert '<p class="nobody" role="status">Nobody of that name speaks here.</p>' in person_html(None)


def test_five_thousand_statements_are_shown_in_parts() -> None:
    statements = tuple(replace(SAID, article_id=f"{i // 7}.txt", start=i) for i in range(5_000))
    html = person_html(PersonStatements(Speaker("Ines Duarte"), statements))
    assert html.count('class="statement"') == 100
    assert html.endswith('data-more="statements">Show 100 more of 4,900</button></section>')


def test_hostile_names_and_titles_are_text(make_library: MakeLibrary, seeds: Path) -> None:
    said = replace(SAID, title=HOSTILE, source=HOSTILE, published='"><script>alert(4)</script>', text=HOSTILE)
    page = Page(person_html(PersonStatements(Speaker(HOSTILE, (HOSTILE, "<b>mayor</b>")), (said,))))
    assert set(page.tags) <= {"section", "a", "h2", "h3", "p", "bdi", "ul", "li", "button", "span"}
    assert [value for name, value in page.attributes if name == "href"] == ["#people"]
    assert not [name for name, _ in page.attributes if name.startswith("on") or name in {"src", "style"}]
    assert HOSTILE in page.text
    nobody = Page(people_html(make_library(seeds), HOSTILE))
    assert set(nobody.tags) == {"p", "bdi"}


def test_plot_by_month() -> None:
    assert plot_html(["2023-12", "2024-02", "2024-02"]) == (
        '<figure class="plot"><svg role="img" '
        'aria-label="Statements by month, Dec 2023 to Feb 2024; most in Feb 2024: 2" '
        'viewBox="0 0 30 40" preserveAspectRatio="none">'
        '<rect x="1" y="20.0" width="8" height="20.0"><title>Dec 2023: 1</title></rect>'
        '<rect x="21" y="0.0" width="8" height="40.0"><title>Feb 2024: 2</title></rect>'
        "</svg><figcaption><span>Dec 2023</span>"
        '<span class="most">most in Feb 2024: 2</span><span>Feb 2024</span></figcaption></figure>'
    )


def test_plot_of_many_years_is_by_year() -> None:
    html = plot_html(["1999-12", "2024-02"])
    assert 'aria-label="Statements by year, 1999 to 2024; most in 2024: 1" viewBox="0 0 260 40"' in html


@pytest.mark.parametrize("months", [[], ["2024-02"], ["2024-02", "2024-02"]])
def test_plot_of_one_month_is_none(months: list[str]) -> None:
    assert plot_html(months) == ""


def test_least_of_a_plot_is_still_to_be_seen() -> None:
    assert 'y="38.5" width="8" height="1.5"' in plot_html(["2024-01", *["2024-02"] * 1_000])
