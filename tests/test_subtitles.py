"""Subtitles: whole sentences with their speakers, and the time of each cue."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from index.errors import ArticleError
from index.reading.files import read_file
from index.sentences.splitting import sentences_of
from index.speech.attribution import attribute
from index.values import Article

FIRST = "1\n00:00:01,000 --> 00:00:03,000\n"


def read(folder: Path, content: str | bytes, name: str = "talk.srt") -> Article:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    began = time.perf_counter()
    try:
        (one,) = read_file(path, folder, max_bytes=1_000_000).articles
    finally:
        assert time.perf_counter() - began < 10
    return one


def times(one: Article) -> list[tuple[str, str]]:
    """Each time with the word of the text that it stands at."""
    assert {locator.kind for locator in one.locators} <= {"timestamp"}
    return [(locator.value, one.text[locator.start :].split()[0]) for locator in one.locators]


def test_breaks_of_lines_and_cues_end_no_sentence(tmp_path: Path) -> None:
    one = read(
        tmp_path,
        "1\r\n00:00:01,000 --> 00:00:03,000 X1:40 X2:600\r\n{\\an8}<i>We will</i> build\r\nthe bridge,\r\n"
        '2\r\n00:12:41,500 --> 00:12:43,000\r\n<font color="red">whatever</font> it costs.\r\n\r\n'
        "It is 5 &lt; 6.\r\n\r\n"
        "01:00:00.250 --> 01:00:01.000\r\nReally.\r\n",
        "2024-12-10_talk.srt",
    )
    assert one.text == "We will build the bridge, whatever it costs. It is 5 < 6.\n\nReally."
    assert times(one) == [("00:00:01", "We"), ("00:12:41", "whatever"), ("01:00:00", "Really.")]
    assert (one.title, one.published) == ("Talk", "2024-12-10")


def test_voices_of_webvtt(tmp_path: Path) -> None:
    one = read(
        tmp_path,
        "WEBVTT - A talk\nKind: captions\n\nSTYLE\n::cue { color: red }\n\nNOTE of the editor\nin two lines\n\n"
        "one\n00:01.000 --> 00:04.000 align:start position:0%\n<v Margaret Hale>We <i>will</i> build it,</v>\n\n"
        "two\n00:04.000 --> 00:06.000\n<v Margaret Hale>she said &amp; left.\n<v.loud Bo Roe>When?\n\n"
        "not a time --> no\nnot said\n\n00:07.000 --> 00:08.000\nIn May.\n",
        "talk.vtt",
    )
    assert one.text == "Margaret Hale: We will build it, she said & left.\n\nBo Roe: When?\n\n– In May."
    assert times(one) == [("00:00:01", "Margaret"), ("00:00:04", "she"), ("00:00:04", "Bo"), ("00:00:07", "–")]


LABELS = [
    ("a name", "HALE: No.\nNot now.", "HALE: No. Not now."),
    ("a name in a line", "It is so.\nDR. BO ROE: No.", "It is so.\n\nDR. BO ROE: No."),
    ("a name alone in its line", "HALE:\nNo.", "HALE: No."),
    ("another speaker", ">> When? >> HALE: In May.", "– When?\n\nHALE: In May."),
    ("two speakers", "- When?\n-In May.", "– When?\n\n– In May."),
    ("a dash that interrupts", "—and then\nit rained.", "—and then it rained."),
    ("a colon in a sentence", "We leave at 5: not\nlater.", "We leave at 5: not later."),
    ("sounds beside a sentence", "[DOOR OPENS] No. (applause)", "No."),
    ("what could not be heard", "[Inaudible] went [laughs] home.", "[Inaudible] went [laughs] home."),
    ("a number", "1\n2", "1 2"),
    ("sounds", "[Music]\n(applause)\n♪ ♪\nNo.", "No."),
]


@pytest.mark.parametrize(("cue", "text"), [pytest.param(*case, id=what) for what, *case in LABELS])
def test_labels(tmp_path: Path, cue: str, text: str) -> None:
    assert read(tmp_path, FIRST + cue).text == text


def test_who_speaks(tmp_path: Path) -> None:
    one = read(
        tmp_path,
        FIRST
        + "MARGARET HALE: We will build the bridge. It\n\n2\n00:00:04,000 --> 00:00:06,000\nwill stand. [APPLAUSE]"
        "\n\n3\n00:00:30,000 --> 00:00:32,000\nMy mother said so.\n\n4\n00:00:33,000 --> 00:00:34,000\n>> And when?\n\n"
        "5\n00:00:35,000 --> 00:00:36,000\n>> HALE: In May.\n\n6\n00:00:37,000 --> 00:00:38,000\nHOST: Thanks.",
    )
    said = [
        (sentence.text, sentence.speaker, sentence.speech, *(statement.source for statement in sentence.statements))
        for sentence in attribute(one, sentences_of(one)).sentences
    ]
    assert said == [
        ("MARGARET HALE: We will build the bridge.", "Margaret Hale", "direct", ""),
        ("It will stand.", "Margaret Hale", "direct", ""),
        ("My mother said so.", "Margaret Hale", "direct", ""),
        ("And when?", None, "direct", ""),
        ("HALE: In May.", "Margaret Hale", "direct", ""),
        ("HOST: Thanks.", None, "direct", "Host"),
    ]


def test_lines_that_roll_up_are_said_once(tmp_path: Path) -> None:
    one = read(
        tmp_path,
        "WEBVTT\n\n00:00.480 --> 00:02.790\n \nwe<00:00.640><c> begin</c>\n\n00:02.790 --> 00:02.800\nwe begin\n \n\n"
        "00:02.800 --> 00:05.190\nwe begin\nwith<00:03.040><c> news</c>\n\n00:05.190 --> 00:07.000\nNo.\n\n"
        "00:07.000 --> 00:08.000\nNo.\n",
        "talk.vtt",
    )
    assert one.text == "we begin with news No. No."


def test_times_that_overlap_or_go_back_are_put_in_order(tmp_path: Path) -> None:
    one = read(
        tmp_path,
        "1\n00:00:05,000 --> 00:00:04,000\nThen this.\n\n2\n00:00:01,000 --> 00:00:09,000\nFirst this.\n\n"
        "3\n00:00:05,000 --> 00:00:06,000\nAnd this.\n",
    )
    assert one.text == "First this. Then this. And this."
    assert times(one) == [("00:00:01", "First"), ("00:00:05", "Then")]


def test_a_long_speech_has_paragraphs(tmp_path: Path) -> None:
    cues = (f"{i}\n00:{i:02}:00,000 --> 00:{i + 1:02}:00,000\n{'word ' * 9}and one\nmore.\n" for i in range(30))
    paragraphs = read(tmp_path, "\n".join(cues)).text.split("\n\n")
    assert len(paragraphs) == 3
    assert all(paragraph.endswith(".") for paragraph in paragraphs)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    assert read(tmp_path, (FIRST + "“Café,” said Inês.").encode(encoding)).text == "“Café,” said Inês."


REFUSED = [
    ("nothing", b" \n", "talk.srt is empty"),
    ("a header only", b"WEBVTT\n", "talk.srt has no cue"),
    ("no cue", b"It rained.\n", "talk.srt has no cue"),
    ("a time that no clock shows", b"1\n99999999999:00:01,000 --> 00:00:02,000\nHi\n", "talk.srt has no cue"),
    ("sounds only", FIRST.encode() + b"[Music]", "talk.srt has no words"),
    ("cues without words", FIRST.encode() * 9, "talk.srt has no words"),
    ("not text", bytes(range(256)) * 9, "talk.srt is not text"),
    ("too large", FIRST.encode() + b"a " * 600_000, "talk.srt is too large"),
]


@pytest.mark.parametrize(("content", "reason"), [pytest.param(*case, id=what) for what, *case in REFUSED])
def test_what_cannot_be_read_is_refused_in_one_line(tmp_path: Path, content: bytes, reason: str) -> None:
    with pytest.raises(ArticleError) as raised:
        read(tmp_path, content)
    assert str(raised.value).startswith(reason)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "hostile", ["<" * 200_000, "{\\" * 100_000, "[" * 200_000, "(" * 200_000, ">> " * 60_000, "A: " * 60_000]
)
def test_hostile_cues_take_no_time(tmp_path: Path, hostile: str) -> None:
    assert read(tmp_path, f"{FIRST}It rained. {hostile}").text.startswith("It rained.")
