"""What may answer a question: sentences and why, whose words are asked for, and the sides of a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index.models.reader import Reading
from index.speech.people import Match
from index.values import ArticleRecord, Sentence, sentence_id
from qa.question import Query

# How certain it is that a sentence has the words of the speaker asked for: it is attributed to them; it reads as if it
# were, or is attributed to a group of their name (the Clinton campaign); it is attributed to no one but names them; it
# is attributed to no one. A sentence that is attributed to someone else has 0.
SPOKEN = {"theirs": 1.0, "likely": 0.5, "named": 0.3, "nobody's": 0.05}


@dataclass(frozen=True)
class Evidence:
    """A sentence that may answer, and why.

    `features` has what was measured, by the names in `qa.scoring`; `relevance` is the weighted sum, and `preference` is
    added to it for the kind of question, and by a cross-encoder if one is set. `reading` is what the reader makes of
    it, None if it was not read, and `chance` how likely it is to answer, in [0, 1], as `qa.chance` has it. `words` has
    the offsets in `sentence.text` of the words that answer a question such as "Who?" or "How many?": 0-based,
    half-open, in code points; None if there are none or it is unclear. `copies` has the ids of the articles that are
    copies of its own.
    """

    sentence: Sentence
    record: ArticleRecord
    features: Mapping[str, float]
    relevance: float
    preference: float = 0.0
    reading: Reading | None = None
    chance: float = 0.0
    words: tuple[int, int] | None = None
    copies: frozenset[str] = frozenset()

    @property
    def id(self) -> str:
        """The id of the sentence in the index."""
        return sentence_id(self.record.id, self.record.digest, self.sentence.position)

    @property
    def score(self) -> float:
        """What it is ranked by before it is read; higher is better."""
        return self.relevance + self.preference

    @property
    def on_topic(self) -> float:
        """How much of the topic is in the sentence, in [0, 1]."""
        return self.features["on_topic"]

    @property
    def spoken(self) -> float | None:
        """How certain it is that the speaker asked for speaks, as in SPOKEN; None if no one is asked for."""
        return self.features.get("spoken")


@dataclass(frozen=True)
class Asked:
    """Whose statements a question asks for.

    `named` is the name in the question, and `match` the speaker that it means, None if no such speaker is known. With
    `only`, no sentence may be cited that is not certainly theirs; without, none that is someone else's: an author's own
    words, and what is told of someone's words, are attributed to no one. `rivals` are others of that name who speak
    often.
    """

    named: str
    match: Match | None
    only: bool = False
    rivals: tuple[str, ...] = ()

    @property
    def least(self) -> float:
        """The lowest `Evidence.spoken` of a sentence that may be cited."""
        return SPOKEN["theirs" if self.only else "nobody's"]

    @property
    def name(self) -> str:
        """The name to show."""
        return self.match.speaker.name if self.match else self.named


@dataclass(frozen=True)
class Side:
    """A question, or one side of it, with the evidence found for it, best first.

    `asked` is whose statements it asks for, None if it asks for no one's. `name` is what the question calls this side.
    """

    query: Query
    evidence: Sequence[Evidence]
    asked: Asked | None = None
    name: str = ""

    @property
    def only_theirs(self) -> bool:
        """Whether only statements of the speaker asked for may be cited."""
        return self.asked is not None and (self.asked.only or not self.query.asks_fact)

    @property
    def citable(self) -> Sequence[Evidence]:
        """The evidence that may be cited: if a speaker's words are asked for, nothing that is someone else's."""
        if self.asked is None or not self.only_theirs:
            return self.evidence
        return [candidate for candidate in self.evidence if (candidate.spoken or 0.0) >= self.asked.least]
