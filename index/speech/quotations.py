"""Which words of an article are in quotation marks, across its sentences and paragraphs.

Newspapers reopen a long quotation with each paragraph and close only the last; texts from the web mix “these”, "these"
and ''these'', and lose some. So a quotation is followed from sentence to sentence, and given up where a paragraph that
should continue it does not reopen it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from index.english.roles import PARTIES, SPELLED_OUT
from index.reading.metadata import DATELINE
from index.turns import UNNAMED, read_turn
from index.values import Sentence
from index.words import any_of

MARK = re.compile(r"''|``|[\"“”„«»]")
WORD = re.compile(r"[^\W_]")
SPACES = re.compile(r"[\s\ud800-\udfff]+")  # and surrogates, which UTF-8 cannot hold
AHEAD = 12  # how many sentences a quotation may continue through paragraphs that do not reopen it
# Sen. John McCain (R-Ariz.)
PARTY = re.compile(rf" \({any_of(PARTIES)}(?:[.–/, -]{{1,2}}[A-Z][\w. ]{{0,20}})?\)")
TITLE = re.compile(rf"\b({any_of(SPELLED_OUT)})\. ")
PLAIN = str.maketrans({"‘": "'", "’": "'", "…": "...", "\xad": " ", "\u200b": " ", "\ufeff": " "})


@dataclass(frozen=True)
class Line:
    """One sentence normalised: every double quotation mark is `"`, every apostrophe `'`, and spaces are single.

    `quoted` are the spans of `text` in quotation marks, marks included, and `quotations` the number of each; a
    quotation that runs over several lines has the same number in all of them. `paragraph` counts from 0. `label` is
    the name before the colon of an interview ("TRUMP: No."), which `text` leaves out. `headline` marks the first line
    if no full stop ends it and a paragraph follows.
    """

    text: str
    paragraph: int
    quoted: tuple[tuple[int, int], ...] = ()
    quotations: tuple[int, ...] = ()
    label: str = ""
    headline: bool = False

    def is_quoted(self, place: int) -> bool:
        """Tell whether the character at `place` of the text is in quotation marks."""
        return any(start <= place < end for start, end in self.quoted)

    def outside(self) -> str:
        """Return the text with an ellipsis in place of each quotation."""
        parts, after = [], 0
        for start, end in self.quoted:
            parts += [self.text[after:start], "…"]
            after = end
        return "".join([*parts, self.text[after:]])

    def is_wholly_quoted(self) -> bool:
        """Tell whether all words are in quotation marks."""
        return bool(self.quoted) and not WORD.search(self.outside())

    def quoted_words(self) -> int:
        """Return the number of words in quotation marks."""
        return sum(len(self.text[start:end].split()) for start, end in self.quoted)


LABEL = re.compile(r"(?P<label>Q|A|[A-Z][\w.'-]+(?: [A-Z][\w.'-]+){0,3})(?: \([^)]{1,30}\))?: +(?=[\"']?[^\W\d_])")

DASHED = re.compile(r"(?:^|[\r\n])[ \t]*[-–—]\s+$")


def read_lines(text: str, sentences: Sequence[Sentence], *, is_transcript: bool = False) -> list[Line]:
    """Return the Line of each sentence of `text`, in order, in linear time.

    In a transcript, any line may begin a turn, with a label or a time as `index.turns` knows them, or with a dash.
    """
    lines: list[Line] = []
    paragraphs = number_paragraphs(text, sentences)
    levelled = [level_marks(make_plain(sentence.text)) for sentence in sentences]
    closing = find_closing(levelled)
    inside, number = False, 0
    for i, paragraph in enumerate(paragraphs):
        starts = not lines or lines[-1].paragraph != paragraph
        plain, marks = levelled[i]
        before = text[sentences[i - 1].end if i else 0 : sentences[i].start]
        begins = starts or (is_transcript and has_break(before))
        label, length = find_label(plain, before, is_transcript) if begins else ("", 0)
        if length:
            plain, marks = level_marks(plain[length:])
        if starts and inside and not (marks and not WORD.search(plain[: marks[0][0]])) and not closing[i]:
            inside = False
        spans, numbers = [], []
        start = 0
        for place, opening in marks:
            if not inside:
                if opening is not False:
                    inside, start, number = True, place, number + 1
            elif not opening:
                spans.append((start, place + 1))
                numbers.append(number)
                inside = False
            elif place and not (starts and not WORD.search(plain[:place])):  # the last one lost its closing mark
                spans.append((start, place))
                numbers.append(number)
                start, number = place, number + 1
        if inside:
            spans.append((start, len(plain)))
            numbers.append(number)
        headline = (
            i == 0 and paragraphs[-1] > 0 and paragraphs.count(0) == 1 and plain[-1:] not in (".", '"', "?", "!", ":")
        )
        lines.append(Line(plain, paragraph, tuple(spans), tuple(numbers), label, headline))
    return lines


def find_label(plain: str, before: str, is_transcript: bool) -> tuple[str, int]:
    """Return the label of a line that begins a paragraph, with the length of what stands before its words.

    `before` is what stands between it and the sentence before.
    """
    if is_transcript:
        turn = read_turn(plain)
        return turn.label or (UNNAMED if DASHED.search(before) else ""), turn.length
    found = LABEL.match(plain)
    return (found["label"], found.end()) if found else ("", 0)


def has_break(gap: str) -> bool:
    """Tell whether what stands between two sentences has a line break."""
    return "\n" in gap or "\r" in gap


def number_paragraphs(text: str, sentences: Sequence[Sentence]) -> list[int]:
    """Return each sentence's paragraph number. If the text has blank lines, only they separate paragraphs."""
    gaps = [text[one.end : other.start] for one, other in pairwise(sentences)]
    breaks = [gap.count("\n") + gap.count("\r") - gap.count("\r\n") for gap in gaps]
    least = 2 if max(breaks, default=0) > 1 else 1
    return list(accumulate((number >= least for number in breaks), initial=0))[: len(sentences)]


def make_plain(text: str) -> str:
    """Return the text with plain spaces and apostrophes, titles spelled out, and without dateline or parties."""
    plain = PARTY.sub("", SPACES.sub(" ", text.translate(PLAIN)))
    dateline = DATELINE.match(plain)
    if dateline and (dateline["dash"] or dateline["source"] or dateline["date"]):
        plain = plain[dateline.end() :]
    return TITLE.sub(lambda found: SPELLED_OUT[found[1]] + " ", plain)


def find_closing(levelled: Sequence[tuple[str, list[tuple[int, bool | None]]]]) -> list[bool]:
    """Tell for each sentence whether the next quotation mark, at most AHEAD sentences on, is a closing one."""
    closing: list[bool] = []
    away, closes = AHEAD, False
    for _, marks in reversed(levelled):
        away, closes = (0, marks[0][1] is False) if marks else (away + 1, closes)
        closing.append(closes and away < AHEAD)
    return closing[::-1]


def level_marks(text: str) -> tuple[str, list[tuple[int, bool | None]]]:
    """Return the text with `"` for every quotation mark, and each mark's place and whether it opens (None: unclear)."""
    parts: list[str] = []
    marks: list[tuple[int, bool | None]] = []
    length = after = 0
    for found in MARK.finditer(text):
        before, behind = text[: found.start()][-1:], text[found.end() :][:1]
        length += found.start() - after
        parts += [text[after : found.start()], '"']
        after = found.end()
        mark = found.group()
        left = not before or before.isspace() or before in "([—–-"
        right = not behind or behind.isspace() or behind in ".,;:!?)]—–-"
        opening = left if left != right else None
        # Trust a curly mark's direction unless it is clearly the wrong way round: “No,“ he said.
        if mark in "“„«``" and not (right and before in ",.?!"):
            opening = True
        elif mark in "”»" and not (left and behind.isalpha()):
            opening = False
        if not (mark == '"' and before.isdigit() and not marks):  # six feet 2": not a quotation mark
            marks.append((length, opening))
        length += 1
    return "".join([*parts, text[after:]]), marks
