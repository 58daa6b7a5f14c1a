from __future__ import annotations

import logging
from pathlib import Path

import pytest

from index.file_names import WATCHES_FILE
from qa.news import list_news, watch
from qa.watches import Watch
from tests.conftest import MakeLibrary, comes_true
from ui.newsroom import count_shown_unread, finding_news


def test_what_is_new_is_found_when_one_looks(
    tmp_path: Path, make_library: MakeLibrary, caplog: pytest.LogCaptureFixture
) -> None:
    seeds = tmp_path / "town"
    seeds.mkdir()
    (seeds / "ferry.txt").write_text("Ines Duarte said the ferry will stop in June.\n", encoding="utf-8")
    library = make_library(seeds)
    library.sync()
    watch(library, Watch(speaker="Ines Duarte"))
    with finding_news(library) as look:
        (seeds / "tram.txt").write_text("Ines Duarte said the tram is slow.\n", encoding="utf-8")
        library.sync()
        look()
        assert comes_true(lambda: [item.sentence.article_id for item in list_news(library)] == ["tram.txt"])
        assert count_shown_unread(library) == 1
        watches = (seeds / WATCHES_FILE).read_text(encoding="utf-8")
        (seeds / WATCHES_FILE).write_text("[[watch", encoding="utf-8")
        (seeds / "port.txt").write_text("Ines Duarte said the port is full.\n", encoding="utf-8")
        with caplog.at_level(logging.WARNING, "ui.newsroom"):
            library.sync()
            look()
            assert comes_true(lambda: "cannot be understood" in caplog.text)
        assert count_shown_unread(library) == 0
        (seeds / WATCHES_FILE).write_text(watches, encoding="utf-8")
        look()  # it is mended, and tried again
        assert comes_true(lambda: count_shown_unread(library) == 2)
    assert len([record for record in caplog.records if record.name == "ui.newsroom"]) == 1
