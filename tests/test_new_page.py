from __future__ import annotations

from pathlib import Path

import pytest

from index.file_names import WATCHES_FILE
from index.library import Library
from qa.answer import CitedSentence
from qa.news import NewsItem, find_news, unwatch, watch
from qa.watches import Watch
from tests.conftest import MakeLibrary
from tests.made import FERRY as SAID
from tests.test_render import HOSTILE, Page
from ui.pages.new.state import Shown, find_shown
from ui.pages.new.view import (
    differing_html,
    head_html,
    news_panel_html,
    offers_html,
    shown_html,
    stopped_told_html,
    watched_told_html,
)
from ui.source import nothing_open_html

DUARTE = Watch(speaker="Ines Duarte")
TRAM = Watch(about="tram")


def put(library: Library, name: str, text: str) -> None:
    """Write an article and sync, and find what is new in it."""
    (library.settings.seeds / name).write_text(text, encoding="utf-8")
    library.sync()
    find_news(library)


@pytest.fixture
def town(tmp_path: Path, make_library: MakeLibrary) -> Library:
    """A library in which two things are watched, and one sentence is new."""
    seeds = tmp_path / "town"
    seeds.mkdir()
    (seeds / "ferry.txt").write_text("Ines Duarte said the ferry will stop in June. It is old.\n", encoding="utf-8")
    library = make_library(seeds)
    library.sync()
    watch(library, DUARTE)
    watch(library, TRAM)
    put(library, "lighthouse.txt", "Ines Duarte said the lighthouse needs paint.\n")
    return library


def test_what_is_new_is_shown_by_watch_and_the_latest_first(town: Library) -> None:
    put(town, "tram.txt", "Tomas Okafor said the tram is slow.\n")
    put(town, "ferry.txt", "Ines Duarte said the ferry will stop in August. It is old.\n")
    shown = find_shown(town, seen=1)
    assert [(watched, [(item.kind, item.sentence.text) for item in items]) for watched, items in shown.groups] == [
        (
            DUARTE,
            [
                ("changed", "Ines Duarte said the ferry will stop in August."),
                ("new", "Ines Duarte said the lighthouse needs paint."),
            ],
        ),
        (TRAM, [("new", "Tomas Okafor said the tram is slow.")]),
    ]
    assert (shown.unread, shown.latest, shown.has_earlier) == (2, 3, False)
    html = shown_html(shown, read_only=False)
    assert '<p class="size" role="status">2 unread of 3 items</p>' in html
    assert html.count('<li class="unread">') == 2
    assert html.count('<li class="seen">') == 1
    assert "stop in <del>June</del>.</span>" in html
    assert "stop in <ins>August</ins>.</span>" in html
    assert f'<a class="feed" href="/feeds/{TRAM.id}.atom">' in html


def test_no_more_is_shown_than_the_limit(town: Library) -> None:
    put(town, "tram.txt", "Tomas Okafor said the tram is slow.\n")
    shown = find_shown(town, seen=0, limit=1)
    assert [(watched, len(items)) for watched, items in shown.groups] == [(TRAM, 1), (DUARTE, 0)]
    assert shown.has_earlier
    html = shown_html(shown, read_only=False)
    assert "Nothing among these." in html
    assert '<button type="button" class="more">Show earlier</button>' in html


def test_news_of_a_watch_that_is_gone_is_not_shown(town: Library) -> None:
    put(town, "tram.txt", "Tomas Okafor said the tram is slow. Tomas Okafor said the tram is old.\n")
    (town.settings.seeds / WATCHES_FILE).write_text('[[watch]]\nspeaker = "Ines Duarte"\n', encoding="utf-8")
    shown = find_shown(town, seen=0, limit=1)  # fewer than there are of the watch that is gone
    assert [(watched, len(items)) for watched, items in shown.groups] == [(DUARTE, 1)]
    assert not shown.has_earlier
    unwatch(town, DUARTE)
    assert find_shown(town, seen=0).groups == ()


def test_nothing_can_be_changed_on_a_read_only_server(town: Library) -> None:
    shown = find_shown(town, seen=0)
    assert "stop-watching" in shown_html(shown, read_only=False)
    assert "stop-watching" not in shown_html(shown, read_only=True)
    assert "<form" in head_html(read_only=False)
    assert head_html(read_only=True) == '<h2 tabindex="-1">What is new</h2>'


def test_nothing_is_watched() -> None:
    nothing = Shown((), 0, 50, False)
    assert "Watch a question, a person, a topic or an outlet" in shown_html(nothing, read_only=False)
    assert Page(shown_html(nothing, read_only=True)).text == "Nothing is watched yet."


def test_an_item_opens_in_its_article(town: Library) -> None:
    put(town, "ferry.txt", "Ines Duarte said the ferry will stop in August. It is old.\n")
    (town.settings.seeds / "lighthouse.txt").unlink()
    town.sync()
    find_news(town)
    shown = find_shown(town, seen=0)
    removed, changed, new = shown.items
    assert (removed.kind, changed.kind, new.kind) == ("removed", "changed", "new")
    html = news_panel_html(town, shown, changed.number)
    assert '<span class="what">2 of 3 items</span>' in html
    assert f'aria-label="Previous item" data-place="{removed.number}"' in html
    assert "stop in August.</mark>" in html
    assert 'class="versions"' not in html
    for item in (removed, new):
        html = news_panel_html(town, shown, item.number)
        assert "needs paint.</mark>" in html
        assert "This article is not in the library any more." in html
    for number in (0, 99, -1):
        assert news_panel_html(town, shown, number) == nothing_open_html()
    assert news_panel_html(town, None, 1) == nothing_open_html()


def test_the_form_offers_people_and_outlets(town: Library) -> None:
    put(town, "tram.txt", '---\nsource: The "Wire"\n---\nTomas Okafor said the tram is slow.\n')
    options = [value for name, value in Page(offers_html(town)).attributes if name == "value"]
    assert options == ["Ines Duarte", "Tomas Okafor", 'The "Wire"']


DIFFERENT = [
    ("one word", "It is old.", "It is new.", ("It is <del>old</del>.", "It is <ins>new</ins>.")),
    ("a word more", "It is old.", "It is so old.", ("It is old.", "It is <ins>so </ins>old.")),
    ("markup", "<b> is", "<i> is", ("&lt;<del>b</del>&gt; is", "&lt;<ins>i</ins>&gt; is")),
    ("too long", "a " * 500 + "b", "c", (f"<del>{'a ' * 500}b</del>", "<ins>c</ins>")),
]


@pytest.mark.parametrize(("before", "now", "shown"), [pytest.param(*case, id=reason) for reason, *case in DIFFERENT])
def test_words_that_differ_are_marked(before: str, now: str, shown: tuple[str, str]) -> None:
    assert differing_html(before, now) == shown


@pytest.mark.parametrize("kind", ["new", "changed", "removed"])
def test_hostile_text_is_text(kind: str) -> None:
    watched = Watch(question=HOSTILE, speaker=HOSTILE, about=HOSTILE, source=HOSTILE)
    fields = {"title": HOSTILE, "source": HOSTILE, "published": HOSTILE, "speaker": HOSTILE, "text": HOSTILE}
    sentence = CitedSentence(**{**vars(SAID), **fields})
    item = NewsItem(1, watched.id, kind, sentence, HOSTILE if kind == "changed" else "", 0.0)  # type: ignore[arg-type]
    shown = Shown(((watched, (item,)),), 0, 50, False)
    html = shown_html(shown, read_only=False) + watched_told_html(watched) + stopped_told_html(watched)
    page = Page(html)
    known = {"div", "p", "button", "section", "h3", "a", "span", "ul", "li", "bdi", "cite", "ins", "del"}
    assert set(page.tags) <= known
    assert HOSTILE.split()[0] in page.text
    assert not [name for name, _ in page.attributes if name.startswith("on")]
