"""Which words of a sentence are its speaker's: a cue in a parse goes in, a span of the sentence comes out."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from index.speech.phrases import ENDS
from index.speech.quotations import Line
from index.speech.statements import Claim, find_turn
from index.values import Sentence

if TYPE_CHECKING:
    from spacy.tokens import Token

_CLAUSES = ("ccomp", "xcomp", "oprd")
_OBJECTS = ("dobj", "prep", "dative", "acomp", "attr", "advcl", "prt", "agent")
Span = tuple[int, int]


def find_words(claim: Claim, line: Line, others: Sequence[Claim], *, direct: bool) -> Span:
    """Return the span of the line's text that a claim's source says; `others` are those of other sources there."""
    if direct and line.quoted:
        return _find_quoted(claim, line, alone=not others)
    start, end = _find_reported(claim, line)
    for other in others:  # "Mr. Roe said that … but Ms. Hale said"
        turn = find_turn(other)
        if turn is not None and start < turn.idx < end and other.cue.i > claim.cue.i:
            end = turn.idx
    return _trim(line.text, start, end, final=False)


def _find_reported(claim: Claim, line: Line) -> Span:
    """Return the clause or the objects that a cue governs, or what it stands behind or beside."""
    cue, source = claim.cue, claim.source
    text = line.text
    if cue.lower_ == "according":
        return _without(text, cue.idx, cue.right_edge.idx + len(cue.right_edge))
    clauses = [child for child in cue.children if child.dep_ in _CLAUSES] or [
        child for child in cue.children if child.dep_ in ("acl",)
    ]
    if clauses:
        start = min(clause.left_edge.idx for clause in clauses)
        last = max((clause.right_edge for clause in clauses), key=lambda token: token.i)
        end = last.idx + len(last)
        if start < cue.idx < end:  # the cue stands inside: "The bases, he said, will stay"
            return _trim(text, 0, len(text))
        return _trim(text, start, end)
    if cue.dep_ in ("ccomp", "parataxis") and cue.head.i != cue.i:  # taken for a part of what is said
        return _without(text, min(cue.idx, source.left_edge.idx), max(cue.idx + len(cue), _end(source)))
    objects = [child for child in cue.children if child.dep_ in _OBJECTS and child.i > cue.i and child.i != source.i]
    if objects:
        return _trim(text, min(child.left_edge.idx for child in objects), max(_end(child) for child in objects))
    if source.i > cue.i:
        return _without(text, cue.idx, _end(source))
    return _trim(text, 0, len(text))


def to_sentence(sentence: Sentence, line: Line) -> Callable[[Span], Span]:
    """Return a function that turns a span of the line's text into one of the sentence's."""
    if len(line.text) == len(sentence.text):
        return lambda span: span
    blocks = difflib.SequenceMatcher(None, line.text, sentence.text, autojunk=False).get_matching_blocks()

    def place(offset: int, *, is_end: bool) -> int:
        for block in blocks:
            if block.a <= offset - is_end < block.a + block.size:
                return block.b + offset - block.a
        after = [block.b for block in blocks if block.a >= offset]
        return after[0] if after else len(sentence.text)

    def turn(span: Span) -> Span:
        start = place(span[0], is_end=False)
        return start, max(start, place(span[1], is_end=True))

    return turn


def _find_quoted(claim: Claim, line: Line, *, alone: bool) -> Span:
    """Return what is in quotation marks: all of it, or of several claims the quotation next to the cue."""
    quoted = line.quoted
    if not alone:
        place = claim.cue.idx
        quoted = (min(quoted, key=lambda span: min(abs(span[0] - place), abs(span[1] - place))),)
    return _trim(line.text, quoted[0][0], quoted[-1][1])


def _without(text: str, start: int, end: int) -> Span:
    """Return the longer part of a text before or after a span of it."""
    before, after = _trim(text, 0, start), _trim(text, end, len(text))
    return before if before[1] - before[0] >= after[1] - after[0] else after


def _end(token: Token) -> int:
    return token.right_edge.idx + len(token.right_edge)


def _trim(text: str, start: int, end: int, *, final: bool = True) -> Span:
    """Return a span without marks at its ends and "that"; `final` keeps a full stop."""
    while start < end and (text[start] in ENDS or text[start] == '"'):
        start += 1
    if text[start:end].lower().startswith("that "):
        start += 5
    while start < end and text[end - 1] in (' ,;:"' if final else ENDS[:5] + '"'):
        end -= 1
    return start, end
