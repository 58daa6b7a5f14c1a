from __future__ import annotations

import time
from pathlib import Path

import pytest

from index.library import Library
from index.storage.history import Version
from qa.statements import list_quotes
from tests.conftest import MakeLibrary
from tests.test_render import HOSTILE
from ui.source import Mark, Opened, panel_html
from ui.wording import format_moment

SENTENCE = "Ines Duarte said the ferry will stop in June."
OPENED = Opened("statement", 0, "Statement 1 of 1", "statement", None, None)


@pytest.fixture
def town(tmp_path: Path, make_library: MakeLibrary) -> Library:
    seeds = tmp_path / "town"
    seeds.mkdir()
    (seeds / "ferry.txt").write_text(f"{SENTENCE} It is {HOSTILE} and old.\n", encoding="utf-8")
    (seeds / "tram.txt").write_text("The tram is slow.\n", encoding="utf-8")
    library = make_library(seeds)
    library.sync()
    return library


def cite(library: Library) -> Mark:
    said = list_quotes(library)[0]
    return Mark(1, said.article_id, said.digest, said.start, said.end, said.text)


def change(library: Library, text: str | None) -> None:
    ferry = library.settings.seeds / "ferry.txt"
    ferry.unlink() if text is None else ferry.write_text(text, encoding="utf-8")
    library.sync()


def show(library: Library, mark: Mark) -> str:
    return panel_html(library, mark.article_id, OPENED, [mark], mark.number)


def kept(library: Library, mark: Mark) -> Version:
    version = library.version(mark.article_id, mark.digest)
    assert version is not None
    return version


ACTIVE = f'<mark class="active" data-number="1">{SENTENCE}</mark>'


def test_an_article_that_has_not_changed_has_no_versions(town: Library) -> None:
    html = show(town, cite(town))
    assert html.count(ACTIVE) == 1
    assert 'class="versions"' not in html


def test_a_sentence_that_has_changed_is_shown_as_it_was(town: Library) -> None:
    mark = cite(town)
    change(town, f"Ines Duarte said the ferry will stop in August. It is {HOSTILE} and old.\n")
    html = show(town, mark)
    then, now = html.split('<div class="now" hidden>')
    assert f'aria-pressed="true">As it was until {format_moment(kept(town, mark).until)}</button>' in then
    assert ACTIVE in then
    assert "stop in August." in now
    assert "This article does not have the sentence any more." in now
    assert "<mark" not in now
    assert HOSTILE not in html


def test_a_sentence_that_has_moved_is_marked_where_it_is_now(town: Library) -> None:
    mark = cite(town)
    change(town, f"It is old. {SENTENCE} It is slow.\n")
    then, now = show(town, mark).split('<div class="now" hidden>')
    assert ACTIVE in then
    assert f"It is old. {ACTIVE} It is slow." in now
    assert "stale" not in now


def test_part_of_a_longer_word_is_not_the_sentence(town: Library) -> None:
    mark = Mark(1, "ferry.txt", cite(town).digest, 0, 3, "Ine")
    change(town, "Ines is here.\n")
    assert "does not have the sentence any more" in show(town, mark)


def test_an_article_that_is_gone_is_shown_as_it_was(town: Library) -> None:
    mark = cite(town)
    change(town, None)
    html = show(town, mark)
    assert ACTIVE in html
    assert "This article is not in the library any more." in html
    assert '<button type="button" class="version"' not in html


def test_without_a_kept_version_a_note_says_that_the_article_has_changed(town: Library) -> None:
    mark = cite(town)
    change(town, "It is old.\n")
    lost = Mark(1, mark.article_id, "0" * 64, mark.start, mark.end, mark.text)
    html = show(town, lost)
    assert "This article has changed since the answer was given" in html
    assert 'class="versions"' not in html
    change(town, None)
    assert "the index holds no article" in show(town, lost).lower()


def test_a_time_of_another_year_has_it() -> None:
    this_year, other = time.localtime(), time.mktime((2019, 12, 3, 14, 5, 0, 0, 0, -1))
    assert format_moment(other) == "3 December 2019, 14:05"
    january = time.mktime((this_year.tm_year, 1, 9, 4, 5, 0, 0, 0, -1))
    assert format_moment(january) == "9 January, 04:05"
