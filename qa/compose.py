"""Ranked evidence in, an Answer out: the sentences that answer, or a refusal with what is nearest."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index.lexical import to_stems
from index.people import Match
from index.sentences import Sentence
from qa.answer import Answer, Citation
from qa.gloss import find_gloss
from qa.question import Query
from qa.retrieve import SPOKEN, Evidence
from qa.wanted import holds

MAX_CITATIONS = 5

# A further sentence is cited when it scores within this of the best one; more is allowed within the same article, where
# answers continue, than from others. Over 130 news questions: F1 of the cited sentences 0.55, from 0.50 (0.3 and 0.1)
# to 0.55 (0.1 and 0) around it. Where somebody's words are asked for, it has to be surely theirs instead.
MARGINS = (0.15, 0.05)
STATEMENT_MARGINS = (0.25, 0.1)

# Where somebody's words on a topic are asked for, a further sentence is at least this much as on topic as the best one.
# Of 0.4 to 0.8, it gave the best F1 and hit@1 over 158 news questions and 400 of the kind "What did X say about Y?".
ON_TOPIC_SHARE = 0.6

# Where the person asked for speaks, but not on the topic, this many of their statements are shown as the closest.
MAX_CLOSEST = 3

# What each value of `weigh` counts in the confidence. Fitted by tests/bench/confidence.py on 158 news questions and, at
# a tenth of their weight, 400 on what somebody said of a topic and 280 on what they did not.
WEIGHTS = (-2.08, 4.37, -3.16, 1.42, -2.9, -1.82, -1.94)

# Two sentences that share this much of their stems say the same thing: wire copy, or a quote repeated.
DUPLICATE_OVERLAP = 0.8


@dataclass(frozen=True)
class Asked:
    """Whose statements a question asks for: as it names them, and whom that was taken for, None for nobody known.

    `only` tells that nothing but what is surely theirs will do.
    """

    named: str
    match: Match | None
    only: bool = False

    @property
    def least(self) -> float:
        """How sure it has to be that a sentence is theirs, as `Evidence.spoken`."""
        return SPOKEN["theirs" if self.only else "named" if self.match else "likely"]

    @property
    def name(self) -> str:
        """The name to show."""
        return self.match.speaker.name if self.match else self.named


def compose(
    query: Query,
    evidence: Sequence[Evidence],
    unmentioned: Sequence[str],
    *,
    asked: Asked | None = None,
    names: Mapping[str, str] | None = None,
    limit: int,
    min_confidence: float,
) -> Answer:
    """Compose the answer of one to `limit` sentences, or a refusal when it would be less sure than `min_confidence`.

    `evidence` comes best first, as `retrieve` ranks it; `unmentioned` are the question's terms that the articles never
    use, for the reason of a refusal; `asked` is whose statements are asked for; `names` gives the full name for one
    that an article has. The answer's `seconds` is left at 0 for the caller to set.
    """
    only_theirs = asked is not None and (asked.only or not query.asks_fact)
    pool = find_pool(query, evidence, asked)
    confidence = assess(query, pool)
    note = _note(query, asked)
    if not pool or confidence < min_confidence:
        reason = _explain(query, evidence, unmentioned, asked)
        theirs = [candidate for candidate in evidence if candidate.spoken == SPOKEN["theirs"]]
        return Answer(
            question=query.question,
            answered=False,
            reason=reason,
            note=note,
            text=reason,
            citations=(),
            closest=number_citations(_drop_repeats(theirs)[:MAX_CLOSEST] or evidence[:1], names or {}),
            confidence=confidence,
            mode="extract",
            seconds=0.0,
        )
    chosen = select(pool, limit=limit)
    context = _find_context(query, chosen, evidence) if only_theirs and len(chosen) < limit else []
    citations = number_citations([*answer_first(chosen), *context], names or {}, context=context)
    return Answer(
        question=query.question,
        answered=True,
        reason="",
        note=note,
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


def assess(query: Query, evidence: Sequence[Evidence]) -> float:
    """How likely it is that the evidence answers the query, in [0, 1]; 0 when there is none.

    A logistic function of what `weigh` finds. Fitted by tests/bench/confidence.py, see docs/quality.md.
    """
    if not evidence:
        return 0.0
    return 1.0 / (
        1.0 + math.exp(-sum(weight * value for weight, value in zip(WEIGHTS, weigh(query, evidence[0]), strict=True)))
    )


def weigh(query: Query, best: Evidence) -> tuple[float, ...]:
    """What tells an answer from a sentence that is merely near, of the best evidence: a value for each of WEIGHTS.

    1; its score; whether somebody's words are asked for, and then its score; the share of the terms in and around it;
    how rare a term is that is not; whether a number is asked for and there is none in it.
    """
    spoken = float(best.spoken is not None)
    lacks_number = float(query.wants == "number" and not holds("number", best.sentence.text, query.standalone))
    return (1.0, best.relevance, spoken, spoken * best.relevance, best.named_near, best.missing, lacks_number)


def select(evidence: Sequence[Evidence], *, limit: int) -> list[Evidence]:
    """The one to `limit` sentences to cite, best first: those close to the best, no two that say the same."""
    chosen: list[Evidence] = []
    for candidate in evidence:
        if len(chosen) == limit:
            break
        if chosen:
            best = chosen[0]
            same_article = candidate.sentence.article_id == best.sentence.article_id
            margins = MARGINS if candidate.spoken is None else STATEMENT_MARGINS
            margin = margins[0] if same_article else margins[1]
            if candidate.score < best.score - margin or any(_repeats(candidate, earlier) for earlier in chosen):
                continue
            if candidate.spoken is not None and (
                candidate.spoken < SPOKEN["theirs"] or candidate.on_topic < ON_TOPIC_SHARE * best.on_topic
            ):
                continue
        chosen.append(candidate)
    return chosen


def answer_first(chosen: Sequence[Evidence]) -> list[Evidence]:
    """The best first, as they come; but what directly follows a sentence in its article follows it here too.

    Over 130 news questions the first sentence held evidence for 0.49, and for 0.42 where all stood as in the article.
    """
    left = list(chosen)
    ordered: list[Evidence] = []
    while left:
        ordered.append(left.pop(0))
        while following := [candidate for candidate in left if _goes_on_from(ordered[-1].sentence, candidate.sentence)]:
            left.remove(following[0])
            ordered.append(following[0])
    return ordered


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


def _note(query: Query, asked: Asked | None) -> str:
    """How a question was understood that leans on another, and a name taken that nobody in the articles has."""
    notes = [f"Understood as: “{query.standalone}”"] if query.context else []
    if asked and asked.match and not asked.match.exact:
        notes.append(f"Nobody called “{asked.named}” speaks in these articles; taken as {asked.name}.")
    return " ".join(notes)


def _explain(query: Query, evidence: Sequence[Evidence], unmentioned: Sequence[str], asked: Asked | None) -> str:
    """Why a question is refused."""
    topic = f" on {query.topic}" if query.topic else " on this"
    if asked and any(candidate.spoken == SPOKEN["theirs"] for candidate in evidence):
        return f"{asked.name} is not quoted{topic} in these articles."
    if asked and not asked.match and not unmentioned:
        return f"{asked.name} is not quoted in these articles."
    if not unmentioned:
        return "Nothing in the articles is close enough to answer this."
    quoted = [f"“{term}”" for term in unmentioned]
    return f"The articles never mention {' or '.join([', '.join(quoted[:-1]), quoted[-1]] if quoted[1:] else quoted)}."


def _goes_on_from(one: Sentence, other: Sentence) -> bool:
    return (other.article_id, other.position) == (one.article_id, one.position + 1)


def _drop_repeats(evidence: Sequence[Evidence]) -> list[Evidence]:
    kept: list[Evidence] = []
    for candidate in evidence:
        if not any(_repeats(candidate, earlier) for earlier in kept):
            kept.append(candidate)
    return kept


def _repeats(one: Evidence, other: Evidence) -> bool:
    """Whether two sentences share most of their stems (Jaccard index)."""
    stems, others = set(to_stems(one.sentence.text)), set(to_stems(other.sentence.text))
    return len(stems & others) >= DUPLICATE_OVERLAP * len(stems | others)
