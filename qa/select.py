"""Which of the ranked evidence to cite, and in which order."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import zip_longest

from index.english.dates import AFTER_THIS
from index.english.notices import CORRECTION_NOTICE
from index.english.questions import DENIALS, POINTING_BACK
from index.english.stop_words import STOP_WORDS
from index.values import Sentence
from index.words import any_of, to_stems
from qa.evidence import SPOKEN, Evidence
from qa.filters import dated
from qa.question import Query

# So many of the best count towards what is needed in all.
CONSIDERED = 20

# If someone's statements on a topic are asked for, another sentence must be at least this much on topic, as a share of
# the best one. Of 0.4 to 0.8, it gave the best F1 and hit@1 over 158 news questions and 400 like "What did X say about
# Y?".
ON_TOPIC_SHARE = 0.6

# Two sentences that share this much of their stems say the same thing: wire copy, or a repeated quote.
DUPLICATE_OVERLAP = 0.8

# A sentence of this many stems or more that is in a longer one of a copy of its article says the same: an editor joined
# two sentences, or cut one.
JOINED = 6

# Sentences of other articles that score up to this much less than the best may contradict it, if both are this much on
# topic and share this much of the shorter one's words. Set by reading what comes of 158 news questions.
CONFLICT_MARGIN, CONFLICT_TOPIC, CONFLICT_OVERLAP = 0.3, 0.7, 0.5

_NUMBER = re.compile(r"(?<![\w.,])\$?\d[\d,]*(?:\.\d+)?(?![\w])")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NEGATION = re.compile(rf"\b{any_of(DENIALS)}\b|n[’']t\b", re.IGNORECASE)
_CORRECTION = re.compile(
    rf"{CORRECTION_NOTICE}|\b(?:misstated|has been corrected|incorrectly (?:said|stated|reported))\b",
    re.IGNORECASE,
)
# "This was decided on Monday" cannot be understood alone. "There is" and "This week" do not refer back.
_POINTS_BACK = re.compile(
    rf"^\W*(?:(?:but|and|so|still|yet),?\s+)?(?:{any_of(POINTING_BACK)}|this(?!\s+{any_of(AFTER_THIS)}\b))\b",
    re.IGNORECASE,
)


def select(evidence: Sequence[Evidence], *, limit: int) -> list[Evidence]:
    """Return one to `limit` sentences to cite, best first: as many as give the best F1 to expect, without repetition.

    Of sentences with chances p, the first k are expected to have an F1 of about 2 (p1 + … + pk) / (k + p1 + … + pn).
    """
    fit: list[Evidence] = []
    for candidate in evidence[:CONSIDERED]:
        if not any(_repeats(candidate, earlier) for earlier in fit) and (not fit or _is_theirs(candidate, fit[0])):
            fit.append(candidate)
    needed = math.fsum(candidate.chance for candidate in fit)
    expected, found = [], 0.0
    for number, candidate in enumerate(fit[:limit], start=1):
        found += candidate.chance
        expected.append(2 * found / (number + needed))
    return fit[: expected.index(max(expected)) + 1] if fit else []


def answer_first(chosen: Sequence[Evidence]) -> list[Evidence]:
    """Keep the order, best first, except that what directly follows a sentence in its article follows it here too.

    Over 130 news questions the first sentence had evidence for 0.49, and for 0.42 with all in the order of the article.
    """
    left = list(chosen)
    ordered: list[Evidence] = []
    while left:
        ordered.append(left.pop(0))
        while following := [candidate for candidate in left if _goes_on_from(ordered[-1].sentence, candidate.sentence)]:
            left.remove(following[0])
            ordered.append(following[0])
    return ordered


def interleave(sides: Sequence[Sequence[Evidence]], limit: int) -> list[Evidence]:
    """Return the best of each side, then the second best of each, up to `limit`, without repetition."""
    chosen: list[Evidence] = []
    for candidate in (found for row in zip_longest(*sides) for found in row if found is not None):
        if len(chosen) < limit and not any(_repeats(candidate, earlier) for earlier in chosen):
            chosen.append(candidate)
    return chosen


def find_conflicts(query: Query, best: Evidence, evidence: Sequence[Evidence]) -> list[Evidence]:
    """Return evidence that contradicts or corrects the best, best first.

    It contradicts with another number if one is asked for, or by saying the same with or without a "not"; if someone's
    statements are asked for, it must have the same speaker.
    """
    return [
        candidate
        for candidate in evidence
        if candidate.score >= best.score - CONFLICT_MARGIN
        and candidate != best
        and _contradicts(query, best, candidate)
    ]


def sort_by_date(chosen: Sequence[Evidence]) -> list[Evidence]:
    """Sort the newest first and the undated last; those of one date keep their order."""
    return sorted(chosen, key=lambda evidence: dated(evidence.record.published) or "", reverse=True)


def points_back(sentence: Sentence) -> bool:
    """Return whether a sentence begins with a word that refers to the sentence before it."""
    return _POINTS_BACK.match(sentence.text) is not None


def drop_repeats(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Return the evidence without what repeats something before it."""
    kept: list[Evidence] = []
    for candidate in evidence:
        if not any(_repeats(candidate, earlier) for earlier in kept):
            kept.append(candidate)
    return kept


def says_the_same(text: str, other: str) -> bool:
    """Return whether two sentences of copies are the same but for an editor's changes: no number or "not" differs."""
    if _are_alike(text, other, in_copies=True):
        return _numbers(text) == _numbers(other) and bool(_NEGATION.search(text)) == bool(_NEGATION.search(other))
    return False


def _is_theirs(candidate: Evidence, best: Evidence) -> bool:
    """Whether a sentence is certainly a statement of the speaker asked for and on the topic, if one is asked for."""
    if candidate.spoken is None:
        return True
    return candidate.spoken >= SPOKEN["theirs"] and candidate.on_topic >= ON_TOPIC_SHARE * best.on_topic


def _contradicts(query: Query, best: Evidence, other: Evidence) -> bool:
    if best.sentence.speaker != other.sentence.speaker and best.spoken is not None:
        return False
    one, two = _content(best.sentence.text), _content(other.sentence.text)
    overlap = len(one & two) / max(1, min(len(one), len(two)))
    if overlap < CONFLICT_OVERLAP or min(best.on_topic, other.on_topic) < CONFLICT_TOPIC:
        return False
    if _CORRECTION.search(other.sentence.text):
        return True
    if other.sentence.article_id == best.sentence.article_id:
        return False
    if query.wants == "number":
        numbers, others = _numbers(best.sentence.text), _numbers(other.sentence.text)
        return bool(numbers and others and not numbers & others)
    texts = (best.sentence.text, other.sentence.text)
    negated = [bool(_NEGATION.search(text)) for text in texts]
    return overlap >= DUPLICATE_OVERLAP and negated[0] != negated[1]


def _content(text: str) -> set[str]:
    words = re.findall(r"[^\W\d_]+", text.lower())
    return set(to_stems(" ".join(word for word in words if word not in STOP_WORDS)))


def _numbers(text: str) -> set[str]:
    return {number for number in _NUMBER.findall(text) if not _YEAR.fullmatch(number)}


def _goes_on_from(one: Sentence, other: Sentence) -> bool:
    return (other.article_id, other.position) == (one.article_id, one.position + 1)


def _repeats(one: Evidence, other: Evidence) -> bool:
    """Whether two sentences share most of their stems (Jaccard index), or in copies most of the shorter one's."""
    return _are_alike(one.sentence.text, other.sentence.text, in_copies=other.sentence.article_id in one.copies)


def _are_alike(text: str, other: str, *, in_copies: bool) -> bool:
    stems, others = set(to_stems(text)), set(to_stems(other))
    shared, shorter = len(stems & others), min(len(stems), len(others))
    if in_copies and shorter >= JOINED and shared >= DUPLICATE_OVERLAP * shorter:
        return True
    return shared >= DUPLICATE_OVERLAP * len(stems | others)
