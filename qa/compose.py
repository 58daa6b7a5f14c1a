"""Ranked evidence in, an Answer out: the sentences that answer, or a refusal with the nearest ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from index.words import to_stems
from qa.answer import Answer, Citation, describe
from qa.confidence import assess
from qa.copies import Elsewhere, to_originals
from qa.evidence import SPOKEN, Evidence, Side
from qa.gloss import find_gloss
from qa.select import answer_first, drop_repeats, find_conflicts, interleave, points_back, select, sort_by_date

MAX_CITATIONS = 5

# If the person asked for speaks, but not on the topic, this many of their statements are shown as the closest.
MAX_CLOSEST = 3


@dataclass(frozen=True)
class Background:
    """What the articles say beyond the evidence.

    unmentioned     terms of the question that they never use
    names           the full name for each name that an article uses
    respelled       names that the question spells differently, with the articles' spelling
    fault           a line that says why the reader did not read, if it should have
    find_preceding  finds the sentence before another, as evidence
    elsewhere       finds a sentence in the copies of its article
    """

    unmentioned: Sequence[str] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    respelled: Mapping[str, str] = field(default_factory=dict)
    fault: str = ""
    find_preceding: Callable[[Evidence], Evidence | None] = lambda _: None
    elsewhere: Elsewhere = lambda _: ()


NO_BACKGROUND = Background()


def compose(
    whole: Side,
    sides: Sequence[Side] = (),
    background: Background = NO_BACKGROUND,
    *,
    limit: int,
    min_confidence: float,
) -> Answer:
    """Compose an answer of one to `limit` sentences, or a refusal if its confidence would be below `min_confidence`.

    `whole` is the question with its evidence. If the question has several `sides`, each with good enough evidence
    contributes its best sentences, and a note names the rest. `seconds` is left at 0 for the caller to set.
    """
    query = whole.query
    answered = _select_sides(sides[:limit], limit=limit, min_confidence=min_confidence)
    if answered:
        confidence = sum(sure for _, sure, _ in answered) / len(answered)
        chosen, notes = _join_sides(sides[:limit], answered, limit)
        chosen = to_originals(chosen, background.elsewhere, background.names)
    else:
        confidence = assess(query, whole.citable)
        if not whole.citable or confidence < min_confidence:
            return _refuse(whole, background, confidence)
        chosen, notes = _choose(whole, background, limit)
    context = []
    if len(chosen) < limit:
        context = _find_topic(whole, chosen) if whole.only_theirs else _find_antecedent(chosen, background)
    citations = number_citations([*answer_first(chosen), *context], background, context=context)
    return Answer(
        question=query.question,
        answered=True,
        reason="",
        note=" ".join([*_note(whole, background), *notes]),
        text=" ".join(f"{citation.text} [{citation.number}]" for citation in citations),
        citations=citations,
        closest=(),
        confidence=confidence,
        mode="quotes" if (whole.only_theirs or query.asks_who) and chosen[0].sentence.speaker else "extract",
        seconds=0.0,
    )


def _refuse(whole: Side, background: Background, confidence: float) -> Answer:
    reason = _explain(whole, background.unmentioned)
    theirs = [candidate for candidate in whole.evidence if candidate.spoken == SPOKEN["theirs"]]
    # They are not an answer, so no words in them are.
    closest = [replace(found, words=None) for found in drop_repeats(theirs)[:MAX_CLOSEST] or whole.evidence[:1]]
    return Answer(
        question=whole.query.question,
        answered=False,
        reason=reason,
        note=" ".join(_note(whole, background)),
        text=reason,
        citations=(),
        closest=number_citations(closest, background),
        confidence=confidence,
        mode="extract",
        seconds=0.0,
    )


def _select_sides(
    sides: Sequence[Side], *, limit: int, min_confidence: float
) -> list[tuple[Side, float, list[Evidence]]]:
    """The sides with good enough evidence, each with its confidence and the sentences to cite."""
    answered = []
    for side in sides:
        confidence = assess(side.query, side.citable)
        if side.citable and confidence >= min_confidence:
            answered.append((side, confidence, select(side.citable, limit=max(1, limit // len(sides)))))
    return answered


def _join_sides(
    sides: Sequence[Side], answered: Sequence[tuple[Side, float, list[Evidence]]], limit: int
) -> tuple[list[Evidence], list[str]]:
    """The sentences to cite for all sides, and a note on the sides without an answer."""
    names = [side.name for side, _, _ in answered]
    missing = [side.name for side in sides if side.name not in names]
    notes = [f"Nothing on the record for {join_names(missing)}."] if missing else []
    return interleave([evidence for _, _, evidence in answered], limit), notes


def _choose(whole: Side, background: Background, limit: int) -> tuple[list[Evidence], list[str]]:
    """The sentences to cite for a question, each from its earliest copy, and a note if the articles disagree."""
    chosen = select(whole.citable, limit=limit)
    conflicting = drop_repeats(find_conflicts(whole.query, chosen[0], whole.citable))[: limit - 1]
    cited = [chosen[0], *conflicting] if conflicting else chosen
    cited = to_originals(cited, background.elsewhere, background.names)
    if not conflicting:
        return cited, []
    return sort_by_date(cited), ["The articles differ on this; the newest comes first."]


def number_citations(
    chosen: Sequence[Evidence], background: Background = NO_BACKGROUND, *, context: Sequence[Evidence] = ()
) -> tuple[Citation, ...]:
    """Turn evidence into citations, numbered from 1 in the order given."""
    citations = []
    for number, evidence in enumerate(chosen, start=1):
        sentence = describe(evidence.sentence, evidence.record, background.names)
        speaker = sentence["speaker"]
        citations.append(
            Citation(
                **sentence,
                also=tuple(record.id for record, _ in background.elsewhere(evidence.sentence)),
                number=number,
                gloss=find_gloss(evidence.sentence, speaker) if speaker else None,
                words=None if evidence in context else evidence.words,
                context=evidence in context,
                score=round(evidence.chance, 6),
            )
        )
    return tuple(citations)


def _find_topic(whole: Side, chosen: Sequence[Evidence]) -> list[Evidence]:
    """The sentence that says what the statements are about, unless one of them names the topic."""
    topic = set(to_stems(whole.query.topic))
    if not topic or any(topic & set(to_stems(candidate.sentence.text)) for candidate in chosen):
        return []
    articles = {candidate.sentence.article_id for candidate in chosen}
    for candidate in whole.evidence:
        if candidate.sentence.article_id in articles and topic & set(to_stems(candidate.sentence.text)):
            return [candidate]
    return []


def _find_antecedent(chosen: Sequence[Evidence], background: Background) -> list[Evidence]:
    """The sentence before the best one, if that refers back to it."""
    best = chosen[0]
    if not points_back(best.sentence):
        return []
    before = background.find_preceding(best)
    if before is None or any(before.sentence == candidate.sentence for candidate in chosen):
        return []
    return [before]


def _note(whole: Side, background: Background) -> list[str]:
    """How the question was understood, if that is not obvious, and what is unclear in it."""
    query, asked = whole.query, whole.asked
    notes = [background.fault] if background.fault else []
    notes += [f"Understood as: “{query.standalone}”"] if query.context else []
    notes += [
        f"The articles never mention “{name}”; taken as “{taken}”." for name, taken in background.respelled.items()
    ]
    if query.unclear:
        pronoun, *names = query.unclear
        notes.append(f"“{pronoun}” may mean {join_names(names, 'or')}: name the one you mean.")
    if asked and asked.match and not asked.match.exact:
        notes.append(f"Nobody called “{asked.named}” speaks in these articles; taken as {asked.name}.")
    elif asked and asked.rivals:
        verb = "speak" if asked.rivals[1:] else "speaks"
        notes.append(f"“{asked.named}” was taken as {asked.name}; {join_names(asked.rivals)} {verb} here too.")
    return notes


def _explain(whole: Side, unmentioned: Sequence[str]) -> str:
    """Why the question is refused."""
    query, asked = whole.query, whole.asked
    if asked and any(candidate.spoken == SPOKEN["theirs"] for candidate in whole.evidence):
        return f"{asked.name} is not quoted on {query.topic or 'this'} in these articles."
    if asked and not asked.match and not unmentioned:
        return f"{asked.name} is not quoted in these articles."
    if unmentioned:
        return f"The articles never mention {join_names(_quote(unmentioned), 'or')}."
    return f"No sentence answers this. Looked for {join_names(_quote(query.looked_for))} together."


def _quote(terms: Sequence[str]) -> list[str]:
    return [f"“{term}”" for term in terms]


def join_names(names: Sequence[str], word: str = "and") -> str:
    """Join names into a phrase: "Roe, Poe and Doe"."""
    return f" {word} ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
