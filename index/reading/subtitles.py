"""The bytes of subtitles (.srt, .vtt) in, what is said in them out: paragraphs, with their speakers and times.

1. webvtt-py reads the cues of WebVTT. Those of SubRip differ from them only in the comma of their times.
2. A cue becomes pieces: the words of one speaker, without tags, sounds in brackets, and lines that only roll up.
3. Pieces are joined, so that no break of a line or a cue ends a sentence. A new speaker begins a new paragraph, and so
   does the next sentence after a long pause, or in a paragraph that has become long.

A speaker's name stands before a colon, as in an interview; a turn without a name begins with a dash.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from typing import TYPE_CHECKING

from index.errors import ArticleError
from index.reading.office import Extract
from index.reading.text import decode
from index.turns import UNNAMED, format_time, read_turn
from index.values import Locator, locators_to_json

if TYPE_CHECKING:
    from webvtt import Caption

PAUSE = 4.0  # seconds between two cues
LONG = 700  # characters in a paragraph
LINES = 4  # that may roll up at once
ROLLING = 0.05  # seconds that a cue stands that only moves the lines of the one before it up
UNPUNCTUATED = 500  # characters a sentence, of captions that a program wrote without full stops
TIMING = re.compile(r"(?m)^(?=.*-->).*$")
COMMA = re.compile(r"(?<=\d),(?=\d{1,3}\b)")
NUMBER = re.compile(r"(?m)^[ \t]*\d+[ \t]*\n(?=[^\n]*-->)")
GAP_IN_CUE = re.compile(r"\n(?:[ \t]*\n)+(?![^\n]*-->)")
VOICE = re.compile(r"<v(?:\.[^\s<>]*)?(?:[ \t]+([^<>]*))?>")
TAG = re.compile(r"</?[A-Za-z][^<>]*>|<\d[\d:.]*>|\{\\[^{}]*\}")
SOUND = re.compile(r"(?:\[[^\[\]]*\]|\([^()]*\)|[♩♪♫♬#*\s])+")
# [APPLAUSE] before or after a sentence; within one, and for what could not be heard, something would be missing.
_SOUND = r"(?:\[(?!(?i:in|un)\w+(?:ible|able))[^\[\]]{1,60}\]|\((?:[A-Z ]{1,60}|[a-z ]{1,60})\))"
SOUND_AT_EDGE = re.compile(rf"^{_SOUND}\s+(?=[\"'“‘]?[A-Z])|(?<=[.!?…])\s+{_SOUND}$")
CHANGE = re.compile(r"(?:^|\s)(?:>>+|»)\s*")
DASH = re.compile(r"[-‐–]\s*(?=\S)")
CLOSED = re.compile(r"[.!?…][\"'”’»)\]]*$")


@dataclass(frozen=True)
class Piece:
    """Words of one cue that one speaker says; `speaker` is "" for the same as before, UNNAMED for another one."""

    words: str
    speaker: str
    time: str


def extract_srt(raw: bytes) -> Extract:
    """Return what SubRip subtitles say; raises ArticleError as `extract_vtt` does."""
    return _extract(GAP_IN_CUE.sub("\n", NUMBER.sub("", _decode(raw))))


def extract_vtt(raw: bytes) -> Extract:
    """Return what WebVTT subtitles say.

    Raises ArticleError with a message that continues a sentence beginning with the file's name.
    """
    return _extract(_decode(raw))


def _decode(raw: bytes) -> str:
    return decode(raw, "").lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _extract(text: str) -> Extract:
    import webvtt

    text = TIMING.sub(lambda line: COMMA.sub(".", line[0]), text)
    if not text.startswith("WEBVTT"):
        text = "WEBVTT\n\n" + text
    try:
        cues = list(webvtt.from_buffer(StringIO(text)).captions)
    except (webvtt.errors.MalformedFileError, webvtt.errors.MalformedCaptionError, ValueError) as error:
        raise ArticleError("is broken: its times cannot be read. Save it again, or remove it.") from error
    if not cues:
        raise ArticleError("has no cue, a line such as 00:00:01,000 --> 00:00:04,000 and words below it. Remove it.")
    words, locators = join_pieces(*read_cues(sorted(cues, key=lambda cue: cue.start_in_seconds)))
    if not words:
        raise ArticleError("has no words: its cues are empty, or name only sounds. Remove it.")
    return {"text": words, "locators": locators_to_json(locators)}


def read_cues(cues: Sequence[Caption]) -> tuple[list[Piece], set[int]]:
    """Return the pieces of cues, which are webvtt-py's, and the numbers of those that a long pause stands before."""
    pieces: list[Piece] = []
    paused: set[int] = set()
    before: list[str] = []
    end = 0.0
    has_voices, was_voiced = any(VOICE.search(cue.raw_text) for cue in cues), True
    for cue in cues:
        start = cue.start_in_seconds
        lines = [line for line in cue.raw_text.split("\n") if _clean(line).strip()]
        shown = [_clean(line).strip() for line in lines]
        fresh = lines
        if start <= end:
            rolled = next((n for n in range(min(len(before), len(shown), LINES), 0, -1) if before[-n:] == shown[:n]), 0)
            if rolled < len(shown) or cue.end_in_seconds - start < ROLLING:
                fresh = lines[rolled:]
        if start - end > PAUSE:
            paused.add(len(pieces))
        said = list(read_cue("\n".join(fresh), format_time(cue.start)))
        is_voiced = VOICE.search(cue.raw_text) is not None
        if said and has_voices and not is_voiced and was_voiced and not said[0].speaker:
            said[0] = replace(said[0], speaker=UNNAMED)  # not the last voice
        was_voiced = is_voiced if said else was_voiced
        pieces += said
        before, end = shown or before, max(end, cue.end_in_seconds)
    return pieces, paused


def read_cue(text: str, time: str) -> Iterator[Piece]:
    """Yield the pieces of one cue."""
    first, *voiced = VOICE.split(text)
    for voice, said in [("", first), *zip(voiced[::2], voiced[1::2], strict=True)]:
        name = " ".join((voice or "").replace(":", " ").split())
        for line in _clean(said).split("\n"):
            for i, words in enumerate(CHANGE.split(line)):
                words = " ".join(words.split())
                speaker = name or (UNNAMED if i else "")
                if not name and (dash := DASH.match(words)):
                    speaker, words = UNNAMED, words[dash.end() :]
                turn = read_turn(words)
                if not name and turn.label:
                    speaker, words = turn.label, words[turn.length :]
                words = "" if SOUND.fullmatch(words) else SOUND_AT_EDGE.sub("", words)
                if words or (turn.label and not name):
                    yield Piece(words, speaker, time)


def join_pieces(pieces: Sequence[Piece], paused: set[int]) -> tuple[str, list[Locator]]:
    """Return the text of pieces, and the times at which they begin in it."""
    together = " ".join(piece.words for piece in pieces)
    is_punctuated = len(re.findall(r"[.!?…](?=[\s\"'”’»)]|$)", together)) * UNPUNCTUATED >= len(together)
    parts: list[str] = []
    locators: list[Locator] = []
    length = begin = 0
    speaker = ""
    for i, piece in enumerate(pieces):
        is_new = piece.speaker not in ("", speaker) or (piece.speaker == UNNAMED)
        closed = not is_punctuated or (bool(parts) and CLOSED.search(parts[-1]) is not None)
        label = ""
        if is_new:
            speaker = piece.speaker
            label = f"{UNNAMED} " if speaker == UNNAMED else f"{speaker}: "
        between = " "
        if is_new or (closed and (i in paused or length - begin > LONG)):
            between = "\n\n"
        if not parts:
            between = ""
        if between != " ":
            begin = length + len(between)
        elif parts[-1].endswith(" "):  # a label that stood alone
            between = ""
        if not locators or locators[-1].value != piece.time or is_new:
            locators.append(Locator(length + len(between), "timestamp", piece.time))
        parts += [between, label + piece.words]
        length += len(between) + len(label) + len(piece.words)
    return "".join(parts), locators


def _clean(text: str) -> str:
    """The text without tags and what moves it about on the screen, with its entities as characters."""
    return html.unescape(TAG.sub("", text)).replace("\u200e", "").replace("\u200f", "").replace("\xa0", " ")
