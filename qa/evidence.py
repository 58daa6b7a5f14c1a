"""What may answer a question: a sentence and why, whose words are asked for, and the sides of a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

    `features` has what was measured, by the names in `qa.scoring`; `relevance` is their weighted sum, and `preference`
    what is added for the kind of question, and by a cross-encoder where one is set.
    """

    sentence: Sentence
    record: ArticleRecord
    features: Mapping[str, float]
    relevance: float
    preference: float = 0.0

    @property
    def score(self) -> float:
        """What it is ranked by, higher is better."""
        return self.relevance + self.preference

    @property
    def on_topic(self) -> float:
        """How much of the topic is in the sentence, in [0, 1]."""
        return self.features["on_topic"]

    @property
    def spoken(self) -> float | None:
        """How certain it is that the speaker asked for speaks: see SPOKEN; None where nobody is asked for."""
        return self.features.get("spoken")


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
    """A question, or one of the several that it consists of, and what was found for it, best first.

    `asked` is whose statements it asks for, None where it asks for nobody's; `name` is what a part of a question is
    called there.
    """

    query: Query
    evidence: Sequence[Evidence]
    asked: Asked | None = None
    name: str = ""

    @property
    def only_theirs(self) -> bool:
        """Whether nothing but statements of the speaker asked for will do."""
        return self.asked is not None and (self.asked.only or not self.query.asks_fact)

    @property
    def citable(self) -> Sequence[Evidence]:
        """The evidence that may be cited: where a speaker's words are asked for, only what may be theirs."""
        if self.asked is None or not self.only_theirs:
            return self.evidence
        return [candidate for candidate in self.evidence if (candidate.spoken or 0.0) >= self.asked.least]
