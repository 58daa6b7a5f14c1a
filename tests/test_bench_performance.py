"""The bench of performance: its copies of articles, its table, what it measures with, and the plain assistant."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.bench import copies, measured, performance, table

FERRY = """\
---
title: Ferry saved
published: 9 September 2024
source: Wire
---
The strike of Ada Hale ended on Monday 2024-09-02, said Bo Roe of Skarne. Then Hale left Skarne in sorrow.

The company lost 450 million. "No."
"""
LAKE = "A lake beneath the glacier\n\nA team led by Maren Aldous, said Ann Lee, counted 12 rivers in Norvik in 2024."
ARTICLES = {"ferry.md": FERRY, "science/lake.txt": LAKE}
# Neither "Monday", which is in the calendar, nor "published", which is a key.
VOCABULARY = copies.Vocabulary(
    ("Ada", "Aldous", "Ann", "Hale", "Lee", "Maren", "Norvik", "Roe", "Skarne"),
    ("beneath", "company", "counted", "glacier", "million", "rivers", "sorrow", "strike"),
)


def test_what_copies_are_made_of() -> None:
    assert copies.make_vocabulary([FERRY, LAKE]) == VOCABULARY


def test_a_copy_differs_in_every_sentence_and_keeps_its_form() -> None:
    copy = copies.make_copy(FERRY, 1, VOCABULARY)
    assert copy == copies.make_copy(FERRY, 1, VOCABULARY) != copies.make_copy(FERRY, 2, VOCABULARY)
    words, others = (re.findall(r"\w+|[^\w\s]|\s+", text) for text in (FERRY, copy))
    changed = {old: new for old, new in zip(words, others, strict=True) if old != new}
    # A name is the same one wherever it occurs; "Bo" is too short to be told from a word.
    assert {old: changed.pop(old) for old in ("Ada", "Hale", "Roe", "Skarne")} == {
        "Ada": "Roe",
        "Hale": "Aldous",
        "Roe": "Maren",
        "Skarne": "Norvik",
    }
    numbers = {old: int(changed.pop(old)) for old in list(changed) if old.isdecimal()}
    assert numbers.keys() <= {"9", "450"}  # neither 2024 nor 2024-09-02
    assert all(new < 1000 for new in numbers.values())
    assert len(changed) == 3  # a word in each sentence that has a long one
    assert {*changed, *changed.values()} <= set(VOCABULARY.words)


def test_copies_follow_when_the_articles_are_used_up() -> None:
    assert dict(copies.make_articles(ARTICLES, 1)) == {"ferry.md": FERRY}
    assert dict(copies.make_articles(ARTICLES, 5)) == ARTICLES | {
        "copy-0001/ferry.md": copies.make_copy(FERRY, 1, VOCABULARY),
        "copy-0001/science/lake.txt": copies.make_copy(LAKE, 1, VOCABULARY),
        "copy-0002/ferry.md": copies.make_copy(FERRY, 2, VOCABULARY),
    }


def test_articles_are_read_from_a_folder_or_from_lines(tmp_path: Path) -> None:
    copies.write_articles(tmp_path / "news", ARTICLES, 2)
    (tmp_path / "news" / "ferry.jpg").write_bytes(b"\xff")
    assert copies.read_articles(tmp_path / "news") == ARTICLES
    assert copies.read_articles(tmp_path / "news", 1) == {"ferry.md": FERRY}
    rows = [
        {"title": "Ferry saved", "text": "It sails.", "date": "2024-09-02"},
        {"text": "It rains."},
        {"text": "End."},
    ]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "news.jsonl").write_text(lines)
    (tmp_path / "news.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    for name in ("news.jsonl", "news.jsonl.gz"):
        found = copies.read_articles(tmp_path / name, 2)
        assert found == {"000000.txt": "Ferry saved\n\nIt sails.", "000001.txt": "It rains."}


def test_questions_are_made_for_articles_without_any() -> None:
    assert copies.make_questions(ARTICLES) == [
        "What do the articles say about Ferry saved?",
        "What did Ann Lee say about beneath glacier?",
    ]
    said = {
        "a.txt": "Rain\n\nIt rained.",
        "b.txt": "Rain stops play in Hensby\n\nIt may rain, Ada Hale said. Bo Roe said no.",
    }
    assert copies.make_questions(said)[1] == "What did Ada Hale say about stops Hensby?"


def test_the_table() -> None:
    columns: table.Columns = {
        ("On the Record", 1): {"sentences": 400, "build": 12.34, "memory": 300.0},
        ("plain", 1): {"sentences": 390, "build": None},
        ("On the Record", 10): {"sentences": 4_400, "build": 123.4, "memory": 320.0},
        ("plain", 10): {"sentences": 3_900, "memory": 700.0},
        ("plain", 100): {"sentences": 39_000, "memory": 699.0},  # memory differs from run to run
    }
    table.add_slopes(columns)
    assert [figures.get("slope") for figures in columns.values()] == [None, None, 5.0, None, None]
    lines = list(table.format_table(columns))
    assert lines[0] == "| | On the Record, 1× | plain, 1× | On the Record, 10× | plain, 10× | plain, 100× |"
    assert len(lines) == 2 + len(table.ROWS)
    assert "| build, s | 12.3 | - | 123.4 | - | - |" in lines
    assert "| sentences, as the system cuts them | 400 | 390 | 4,400 | 3,900 | 39,000 |" in lines


def test_every_figure_has_a_sentence_that_says_what_limits_it() -> None:
    titles = [row.title for row in table.ROWS[2:] if not row.title.startswith("… ") or "written" in row.title]
    assert [title for title in titles if f"- **{re.split(r',| of ', title.strip('… '))[0]}**" not in table.LIMITS] == []


def test_the_median_and_an_even_choice() -> None:
    assert performance.find_median([{"s": 3.0}, {"s": None}, {"s": 1.0}], "s") == 2.0
    assert performance.find_median([{"s": None}], "s") is None
    assert performance.pick_evenly(range(100), 4) == [0, 25, 50, 75]
    assert performance.pick_evenly([1, 2], 4) == [1, 2]


def test_a_file_with_two_names_takes_its_place_once(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(bytes(250_000))
    (tmp_path / "two").hardlink_to(tmp_path / "one")
    (tmp_path / "three").write_bytes(bytes(250_000))
    assert performance.measure_folder(tmp_path) == 0.5


def test_a_command_ends_when_time_is_up_with_what_it_started(tmp_path: Path) -> None:
    code = "import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"
    began = time.monotonic()
    with pytest.raises(performance.TimeUpError):
        performance.Runner(tmp_path, began + 0.5).run("-c", code)
    assert time.monotonic() - began < 10  # else the pipe would stay open for the 60 seconds
    with pytest.raises(performance.TimeUpError):
        performance.Runner(tmp_path, began).run("-c", code)


def test_a_command_runs_where_no_settings_file_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_CHROMA_URL", "http://localhost:8000")
    monkeypatch.setenv("ONRECORD_READER", "none")
    code = "import os\nprint(os.getcwd(), os.environ.get('ONRECORD_CHROMA_URL'), os.environ['ONRECORD_READER'])"
    runner = performance.Runner(tmp_path.resolve(), time.monotonic() + 60)
    printed, seconds, processor = runner.run("-c", code)
    assert printed == f"{tmp_path.resolve()} None none\n"
    assert seconds > 0 and processor > 0
    with pytest.raises(subprocess.CalledProcessError) as failed:
        runner.run("-c", "raise SystemExit('no disk')")
    assert failed.value.stderr == "no disk\n"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_what_a_process_wrote_and_held(tmp_path: Path) -> None:
    before = measured.read_written()
    (tmp_path / "written").write_bytes(bytes(2_000_000))
    after = measured.read_written()
    assert before is not None and after is not None
    assert after == before or after - before >= 2_000_000  # the former in memory
    peak = measured.read_peak()
    assert peak is not None and 10 < peak < 100_000


@pytest.mark.slow
def test_the_plain_assistant_follows_its_folder_and_answers(tmp_path: Path) -> None:
    from tests.bench.plain import PlainAssistant

    articles, store = tmp_path / "articles", tmp_path / "store"
    store.mkdir()
    copies.write_articles(articles, ARTICLES, 2)
    measured.sync("plain", articles, store)
    changed = measured.change("plain", articles, store, articles / "science" / "lake.txt")
    assert changed["written"] is None or changed["written"] > 0
    (questions := tmp_path / "questions.json").write_text(json.dumps([["How many rivers did Maren Aldous count?", []]]))
    assert (measured.ask("plain", articles, store, questions)["median"] or 0) > 0
    plain = PlainAssistant(articles, store)
    assert plain.counts == (2, 6)
    cited = plain.ask("When will the committee of Ada Hale meet?")[0]
    text = (articles / cited.article).read_text(encoding="utf-8")
    assert cited.text == "Ada Hale, who chairs the committee, said that it would meet again within 2 days."
    assert text[cited.start : cited.start + len(cited.text)] == cited.text
    assert plain.ask("How do I make borscht?") == []
    (articles / "ferry.md").unlink()
    plain.sync()
    assert plain.counts == (1, 2)
    plain.close()
