"""Two versions of an article in, how they differ out: sentence by sentence, and within a changed one word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_CHANGED = 0.5  # of the words of two sentences in the same place: with fewer in common, one is removed and one added
_BECOME = 0.6  # the same, wherever they stand: one of the two has become the other
_PAIRED = 30  # sentences in a row that were all replaced: in longer runs they are not compared, which takes too long
_MOST_PAIRS = 40_000  # of sentences that are compared wherever they stand, which takes some seconds
_LONGEST = 1_000  # words and spaces of a sentence: longer ones are not compared word by word
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True)
class Difference:
    """A sentence of both versions, or of one; the text of the version without it is ""."""

    kind: Literal["same", "changed", "removed", "added"]
    before: str
    after: str


def compare(before: Sequence[str], after: Sequence[str]) -> list[Difference]:
    """Return every sentence of both versions of an article, in order, with what became of it."""
    ours, theirs = ([_to_key(text) for text in texts] for texts in (before, after))
    found: list[Difference] = []
    for kind, i, j, m, n in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if kind == "equal":
            found += [Difference("same", one, other) for one, other in zip(before[i:j], after[m:n], strict=True)]
        else:
            found += _pair(before[i:j], after[m:n])
    return found


def compare_words(before: str, after: str) -> Iterator[tuple[str, str]]:
    """Yield the pieces of a changed sentence in order, each as before and as after: the same, or one of them "" ."""
    ours, theirs = _TOKEN.findall(before), _TOKEN.findall(after)
    if max(len(ours), len(theirs)) > _LONGEST:
        yield from ((before, ""), ("", after))
        return
    for kind, i, j, m, n in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        one, other = "".join(ours[i:j]), "".join(theirs[m:n])
        if kind == "equal":
            yield one, other
        else:
            yield from ((piece, "") for piece in (one,) if piece)
            yield from (("", piece) for piece in (other,) if piece)


def pair_alike(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Pair each old sentence with the new one that it has become, the most alike first; those unlike are left out.

    Of an article that was rewritten, with more than _MOST_PAIRS, none is paired.
    """
    if len(old) * len(new) > _MOST_PAIRS:
        return []
    words = [[text.split() for text in texts] for texts in (old, new)]
    ratios = [
        (-ratio, i, j)
        for i, before in enumerate(words[0])
        for j, after in enumerate(words[1])
        if (ratio := _measure_likeness(before, after, least=_BECOME))
    ]
    pairs: dict[int, int] = {}
    for _, i, j in sorted(ratios):
        if i not in pairs and j not in pairs.values():
            pairs[i] = j
    return sorted(pairs.items())


def _pair(before: Sequence[str], after: Sequence[str]) -> list[Difference]:
    """The sentences of a stretch that differs, those that are alike as changed."""
    found, next_after = [], 0
    for text in before:
        alike = None
        if len(before) <= _PAIRED and len(after) <= _PAIRED:
            alike = next((i for i in range(next_after, len(after)) if _are_alike(text, after[i])), None)
        if alike is None:
            found.append(Difference("removed", text, ""))
            continue
        found += [Difference("added", "", other) for other in after[next_after:alike]]
        found.append(Difference("changed", text, after[alike]))
        next_after = alike + 1
    return [*found, *(Difference("added", "", other) for other in after[next_after:])]


def _are_alike(one: str, other: str) -> bool:
    return _measure_likeness(_to_key(one).split(), _to_key(other).split(), least=_CHANGED) > 0


def _measure_likeness(before: Sequence[str], after: Sequence[str], *, least: float) -> float:
    """The share of words that two sentences have in common, as difflib has it; 0 if it is less than `least`."""
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if matcher.real_quick_ratio() < least or matcher.quick_ratio() < least:
        return 0.0
    ratio = matcher.ratio()
    return ratio if ratio >= least else 0.0


def _to_key(text: str) -> str:
    """A sentence without what an editor's software changes: white space, and the form of quotation marks."""
    return " ".join(text.translate(_PLAIN).split())


_PLAIN = str.maketrans("“”„’‘", '"""\'\'')
