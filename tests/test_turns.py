"""What stands before the words of a turn in a transcript, and the times of a text."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.reading.text import read_article
from index.turns import find_times, format_time, read_turn

TURNS = [
    ("HALE: No.", "HALE", "", "No."),
    ("Margaret Hale: No.", "Margaret Hale", "", "No."),
    ("ANNA VAN DER BERG: No.", "ANNA VAN DER BERG", "", "No."),
    ("Anna van der Berg: No.", "Anna van der Berg", "", "No."),
    ("DR. O’NEIL-ROE: No.", "DR. O’NEIL-ROE", "", "No."),
    ("JAKE ROE, CNN HOST (voice-over): No.", "JAKE ROE", "", "No."),
    ("BO ROE, SECRETARY OF STATE: No.", "BO ROE", "", "No."),
    ("HALE (00:12:41): No.", "HALE", "00:12:41", "No."),
    ("Speaker 1 (via video) [12:41]: No.", "Speaker 1", "12:41", "No."),
    ("Hale (12:41):", "Hale", "12:41", ""),
    ("[00:12:41] HALE: No.", "HALE", "00:12:41", "No."),
    ("00:12:41.500 - HALE: No.", "HALE", "00:12:41.500", "No."),
    ("(12:41) No.", "", "12:41", "No."),
    ("[00:12:41]", "", "00:12:41", ""),
    ("Q: No.", "Q", "", "No."),
    ("12:41 is a time.", "", "", "12:41 is a time."),
    ("He said: no.", "", "", "He said: no."),
    ("It is 5:30 now.", "", "", "It is 5:30 now."),
    ("Hale (5 miles: far) left.", "", "", "Hale (5 miles: far) left."),
    ("", "", "", ""),
]


@pytest.mark.parametrize(("line", "label", "time", "words"), TURNS)
def test_a_turn(line: str, label: str, time: str, words: str) -> None:
    turn = read_turn(line)
    assert (turn.label, turn.time, line[turn.length :]) == (label, time, words)


@pytest.mark.parametrize(
    ("time", "shown"), [("12:41", "00:12:41"), ("1:02:03.9", "01:02:03"), ("00:12:41,500", "00:12:41")]
)
def test_a_time_has_hours_minutes_and_seconds(time: str, shown: str) -> None:
    assert format_time(time) == shown


def test_times_of_a_text() -> None:
    text = "A talk\n\n[00:12:41] HALE: No.\r\n  Roe (12:45): When?\n\nAt 12:50 he left.\n"
    assert [(one.start, one.kind, one.value) for one in find_times(text, 0)] == [
        (text.index("[00"), "timestamp", "00:12:41"),
        (text.index("Roe"), "timestamp", "00:12:45"),
    ]
    assert find_times(text, text.index("Roe")) == (), "one time is no transcript"


def test_a_timetable_is_no_transcript() -> None:
    assert find_times("(18:00) News\n(12:00) Sport\n(09:00) Film\n", 0) == ()


def test_what_is_said_is_no_headline(tmp_path: Path) -> None:
    said = "HALE (00:12:41): It rained and rained.\n\nROE (00:12:45): When did it rain, and where, and why?\n"
    for name, text, title in (
        ("a.txt", said, "A"),
        ("b.txt", f"A talk with Ms. Hale\n\n{said}", "A talk with Ms. Hale"),
    ):
        (tmp_path / name).write_text(text)
        one = read_article(tmp_path / name, tmp_path, max_bytes=10**6)
        assert (one.title, one.text, [locator.value for locator in one.locators]) == (
            title,
            text,
            ["00:12:41", "00:12:45"],
        )
