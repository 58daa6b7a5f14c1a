"""Ranked evidence in, an Answer out: the sentences that answer, or a refusal with what is nearest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from index.words import to_stems
from qa.answer import Answer, Citation
from qa.confidence import assess
from qa.evidence import SPOKEN, Asked, Evidence, Side
from qa.gloss import find_gloss
from qa.question import Query
from qa.select import answer_first, drop_repeats, find_conflicts, interleave, points_back, select, sort_by_date

MAX_CITATIONS = 5

# Where the person asked for speaks, but not on the topic, this many of their statements are shown as the closest.
MAX_CLOSEST = 3


def compose(
    query: Query,
    evidence: Sequence[Evidence],
    unmentioned: Sequence[str],
    *,
    asked: Asked | None = None,
    sides: Sequence[Side] = (),
    names: Mapping[str, str] | None = None,
    respelled: Mapping[str, str] | None = None,
    read_before: Callable[[Evidence], Evidence | None] = lambda _: None,
    limit: int,
    min_confidence: float,
) -> Answer:
    """Compose the answer of one to `limit` sentences, or a refusal when it would be less sure than `min_confidence`.

    `evidence` comes best first, as `retrieve` ranks it; `unmentioned` are the question's terms that the articles never
    use, for the reason of a refusal; `asked` is whose statements are asked for. Where the question is about several
    `sides`, each that is sure enough gives its best, and a note names the others. `names` gives the full name for one
    that an article has; `respelled` is what a name in the question was taken for that the articles spell otherwise;
    `read_before` finds the sentence before one, as evidence. The answer's `seconds` is left at 0 for the caller to set.
    """
    only_theirs = asked is not None and (asked.only or not query.asks_fact)
    notes = _note(query, asked, respelled or {})
    sides = sides[:limit]
    found = _select_sides(sides, limit=limit, min_confidence=min_confidence)
    pool = find_pool(query, evidence, asked)
    confidence = sum(sure for _, sure, _ in found) / len(found) if found else assess(query, pool)
    if not found and (not pool or confidence < min_confidence):
        reason = _explain(query, evidence, unmentioned, asked)
        theirs = [candidate for candidate in evidence if candidate.spoken == SPOKEN["theirs"]]
        return Answer(
            question=query.question,
            answered=False,
            reason=reason,
            note=" ".join(notes),
            text=reason,
            citations=(),
            closest=number_citations(drop_repeats(theirs)[:MAX_CLOSEST] or evidence[:1], names or {}),
            confidence=confidence,
            mode="extract",
            seconds=0.0,
        )
    if found:
        chosen = interleave([evidence for _, _, evidence in found], limit)
        missing = [side.name for side in sides if side.name not in [name for name, _, _ in found]]
        notes += [f"Nothing on the record for {join_names(missing)}."] if missing else []
    else:
        chosen = select(pool, limit=limit)
        conflicting = drop_repeats(find_conflicts(query, chosen[0], pool))[: limit - 1]
        if conflicting:
            chosen = sort_by_date([chosen[0], *conflicting])
            notes.append("The articles differ on this; the newest comes first.")
    context = []
    if len(chosen) < limit:
        context = _find_context(query, chosen, evidence) if only_theirs else _find_antecedent(chosen, read_before)
    citations = number_citations([*answer_first(chosen), *context], names or {}, context=context)
    return Answer(
        question=query.question,
        answered=True,
        reason="",
        note=" ".join(notes),
        text=" ".join(f"{citation.text} [{citation.number}]" for citation in citations),
        citations=citations,
        closest=(),
        confidence=confidence,
        mode="quotes" if only_theirs or (query.asks_who and chosen[0].sentence.speaker) else "extract",
        seconds=0.0,
    )


def find_pool(query: Query, evidence: Sequence[Evidence], asked: Asked | None) -> Sequence[Evidence]:
    """The evidence that may be cited: where somebody's words are asked for, only that which is theirs."""
    if asked is None or (query.asks_fact and not asked.only):
        return evidence
    return [candidate for candidate in evidence if (candidate.spoken or 0.0) >= asked.least]


def number_citations(
    chosen: Sequence[Evidence], names: Mapping[str, str], *, context: Sequence[Evidence] = ()
) -> tuple[Citation, ...]:
    """The evidence as citations, numbered from 1 in the order given; see `compose` for `names`."""
    citations = []
    for number, evidence in enumerate(chosen, start=1):
        sentence, record = evidence.sentence, evidence.record
        speaker = names.get(sentence.speaker, sentence.speaker) if sentence.speaker else None
        citations.append(
            Citation(
                number=number,
                article_id=sentence.article_id,
                title=record.title,
                source=record.source,
                published=record.published,
                url=record.url,
                start=sentence.start,
                end=sentence.end,
                text=sentence.text,
                speaker=speaker,
                speech=sentence.speech,
                gloss=find_gloss(sentence, speaker) if speaker else None,
                context=evidence in context,
                score=round(evidence.score, 6),
            )
        )
    return tuple(citations)


def _find_context(query: Query, chosen: Sequence[Evidence], evidence: Sequence[Evidence]) -> list[Evidence]:
    """The sentence that says what a statement is about, where no chosen one names the topic; else nothing."""
    topic = set(to_stems(query.topic))
    if not topic or any(topic & set(to_stems(candidate.sentence.text)) for candidate in chosen):
        return []
    articles = {candidate.sentence.article_id for candidate in chosen}
    for candidate in evidence:
        if candidate.sentence.article_id in articles and topic & set(to_stems(candidate.sentence.text)):
            return [candidate]
    return []


def _select_sides(
    sides: Sequence[Side], *, limit: int, min_confidence: float
) -> list[tuple[str, float, list[Evidence]]]:
    """Of the sides that are sure enough, the name, the confidence and the sentences to cite."""
    found = []
    for side in sides:
        pool = find_pool(side.query, side.evidence, side.asked)
        confidence = assess(side.query, pool)
        if pool and confidence >= min_confidence:
            found.append((side.name, confidence, select(pool, limit=max(1, limit // len(sides)))))
    return found


def _find_antecedent(chosen: Sequence[Evidence], read_before: Callable[[Evidence], Evidence | None]) -> list[Evidence]:
    """The sentence before the best, where that points back to it and its speaker does not explain it."""
    best = chosen[0]
    if not points_back(best.sentence):
        return []
    before = read_before(best)
    is_cited = before is None or any(before.sentence == candidate.sentence for candidate in chosen)
    return [] if is_cited or before is None else [before]


def _note(query: Query, asked: Asked | None, respelled: Mapping[str, str]) -> list[str]:
    """How a question was understood that leans on another, what was taken for what, and what is not clear in it."""
    notes = [f"Understood as: “{query.standalone}”"] if query.context else []
    notes += [f"The articles never mention “{asked}”; taken as “{taken}”." for asked, taken in respelled.items()]
    if query.unclear:
        pronoun, *names = query.unclear
        notes.append(f"“{pronoun}” may be {join_names(names, 'or')}: name the one you mean.")
    if asked and asked.match and not asked.match.exact:
        notes.append(f"Nobody called “{asked.named}” speaks in these articles; taken as {asked.name}.")
    elif asked and asked.rivals:
        verb = "speak" if asked.rivals[1:] else "speaks"
        notes.append(f"“{asked.named}” was taken as {asked.name}; {join_names(asked.rivals)} {verb} here too.")
    return notes


def _explain(query: Query, evidence: Sequence[Evidence], unmentioned: Sequence[str], asked: Asked | None) -> str:
    """Why a question is refused."""
    topic = f" on {query.topic}" if query.topic else " on this"
    if asked and any(candidate.spoken == SPOKEN["theirs"] for candidate in evidence):
        return f"{asked.name} is not quoted{topic} in these articles."
    if asked and not asked.match and not unmentioned:
        return f"{asked.name} is not quoted in these articles."
    if unmentioned:
        return f"The articles never mention {join_names(_quote(unmentioned), 'or')}."
    return f"No sentence answers this. Looked for {join_names(_quote(query.looked_for))} together."


def _quote(terms: Sequence[str]) -> list[str]:
    return [f"“{term}”" for term in terms]


def join_names(names: Sequence[str], word: str = "and") -> str:
    """The names in one phrase: "Roe, Poe and Doe"."""
    return f" {word} ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
