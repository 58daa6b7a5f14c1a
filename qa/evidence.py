"""What may answer a question: a sentence and why, whose words are asked for, and the sides of a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.speech.people import Match
from index.values import ArticleRecord, Sentence
from qa.question import Query

# How sure it is that the speaker asked for speaks in a sentence: one that is ascribed to them; that reads so, or is a
# group's of their name (the Clinton campaign); that names them and is ascribed to nobody; that is ascribed to nobody.
# One that is somebody else's has 0.
SPOKEN = {"theirs": 1.0, "likely": 0.5, "named": 0.3, "nobody's": 0.05}


@dataclass(frozen=True)
class Evidence:
    """A sentence that may answer, and why.

    context           cosine of the question and the sentence in context, in [-1, 1]
    named_near        share of the question's terms, weighted by rarity, in the sentence or its context, in [0, 1]
    named_in_article  the same, anywhere in the article
    missing           how rare the rarest of the topic's terms is that is not in the sentence or its context, in [0, 1]:
                      1 for one that none of 30,000 sentences holds; among a few sentences, any word may be missing
    on_topic          share of the topic's terms (the question's, without the speaker's name) in the sentence itself, or
                      in another one of the article that it is close to: that one's share times the cosine of the two
    spoken            how sure it is that the speaker asked for speaks in it, in [0, 1]: see SPOKEN; None when nobody's
                      words are asked for
    preference        what is added to the score for the kind of question: KNOWN_SPEAKER, QUOTED, WANTED, or 0; and by a
                      cross-encoder where one is set, see `qa.rerank`
    """

    sentence: Sentence
    record: ArticleRecord
    context: float
    named_near: float
    named_in_article: float
    missing: float
    on_topic: float
    spoken: float | None
    preference: float = 0.0

    @property
    def score(self) -> float:
        """What it is ranked by, higher is better."""
        return self.relevance + self.preference

    @property
    def relevance(self) -> float:
        """The weighted sum of its features."""
        named = 0.3 * self.named_near + 0.4 * self.named_in_article
        if self.spoken is None:
            # Chosen on the even of 158 news questions, checked on the odd: hit@3 0.71 and 0.71. The optimum is flat.
            return 1.2 * self.context + named + 0.3 * self.on_topic
        # Chosen on the even of 400 questions of the kind "What did X say about Y?", checked on the odd: hit@3 0.86 and
        # 0.88, by the speaker asked for 0.91 and 0.92 of the cited sentences.
        return 0.8 * self.context + named + 0.6 * self.on_topic + 0.35 * self.spoken


@dataclass(frozen=True)
class Asked:
    """Whose statements a question asks for: as it names them, and whom that was taken for, None for nobody known.

    `only` tells that nothing but what is surely theirs will do; `rivals` are others of that name who speak often.
    """

    named: str
    match: Match | None
    only: bool = False
    rivals: tuple[str, ...] = ()

    @property
    def least(self) -> float:
        """How sure it has to be that a sentence is theirs, as `Evidence.spoken`."""
        return SPOKEN["theirs" if self.only else "named" if self.match else "likely"]

    @property
    def name(self) -> str:
        """The name to show."""
        return self.match.speaker.name if self.match else self.named


@dataclass(frozen=True)
class Side:
    """One of several that a question asks about: its name there, and what was found for it alone."""

    name: str
    query: Query
    evidence: Sequence[Evidence]
    asked: Asked | None = None
