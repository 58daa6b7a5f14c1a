"""Whom a source refers to: a name, a pronoun or a description goes in, one of the article's people or bodies comes out.

A description ("the airline", "the former striker") is followed only to somebody of whom the article says so. Where two
would do, or nobody, the source stays without a name: null beats a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from index.english.grammar import ANY, OWNING
from index.english.names import HE, SHE
from index.english.roles import (
    ANOTHER,
    ANYONE,
    COLLECTIVES,
    MEN,
    POSTNOMINALS,
    PRINTED,
    REPORTS,
    SPOKESMEN,
    TITLES,
    WOMEN,
)
from index.speech.bodies import Bodies, Body, is_of_kind, kinds_in, read_kinds
from index.speech.cast import BEFORE, Cast, Mention, Person
from index.speech.naming import HUMAN
from index.speech.people import strip_determiner
from index.speech.phrases import (
    find_owners,
    find_phrase,
    is_human,
    is_subject,
    read_group,
    read_office,
    read_phrase,
    role_words,
    token_at,
    words_before,
)
from index.speech.quotations import Line
from index.words import any_of, fold_letters

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

BACK = 6  # how many sentences back a pronoun may refer; a role may refer twice as far
NEAR = 3  # how many sentences back "it" or "the 20-year-old" may refer
CLEARER = 2  # how many sentences nearer one of unknown gender must be than one of the right gender
FIRST_NAME = re.compile(r"\b[A-Z][\w-]+\b(?! [A-Z])")  # not in front of a surname
CAPITALISED = re.compile(r"\b[A-Z][\w&'-]*")
NEAR_START = 25  # characters
NEUTER = "neuter"  # neither he nor she
_WORD = r"(?:[A-Z][\w&'-]*|of|for|the|and)"
SPEAKING_FOR = re.compile(rf"\b(?:[Aa]n?|[Tt]he) ({_WORD}(?: {_WORD})*) ({any_of(SPOKESMEN)})\b")
UP_TO_NAME = re.compile(
    r"(?: (?:of|for|at|in|from|with) [^,\"]{1,60})?, ?(?:(?:his|her|their|the|an?) [a-z -]{1,40} )?"
)


@dataclass(frozen=True)
class Source:
    """Who says something: a person or a body, or neither if the article gives no name.

    `words` are how the article calls a source without a name ("analysts"), or what speaks for one with a name
    ("a spokesman").
    """

    who: Person | Body | None = None
    words: str = ""
    gender: str | None = None
    plural: bool = False


NOBODY = Source()


@dataclass(frozen=True)
class Named:
    """A body named or described in a line: where, and whether as a subject."""

    body: Body
    place: int
    subject: bool


@dataclass
class Resolver:
    """Resolves the sources of one article, line by line; `sources` are those of the lines before."""

    lines: Sequence[Line]
    docs: dict[int, Doc]
    cast: Cast
    bodies: Bodies
    sources: list[Source | None] = field(default_factory=list)
    named: list[list[Named]] = field(default_factory=list)
    topics: dict[int, Person] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sources = [None] * len(self.lines)
        self.named = [[] for _ in self.lines]
        for i, doc in self.docs.items():
            self._note_bodies(i, doc)
        for name, kinds in self.cast.names.kinds.items():
            if not self.cast.find(name):
                self.bodies.get(name).kinds.update(kinds)
        known: dict[str, list[tuple[str, Body]]] = {}
        for body in self.bodies.all():
            for form in body.forms:
                known.setdefault(form.split()[0], []).append((form, body))
        for i, line in enumerate(self.lines):
            if i not in self.docs:
                self._note_known_bodies(i, line, known)

    def resolve(self, token: Token, i: int) -> list[Source]:
        """Return whom the noun phrase with the head `token` refers to in line `i`; several if "and" joins names."""
        first = self._resolve_one(token, i)
        if first.who is None or token.pos_ != "PROPN":
            return [first]
        rest = [other for other in token.conjuncts if other.i > token.i and other.pos_ == "PROPN"]
        return list(dict.fromkeys([first, *(self._resolve_one(other, i) for other in rest)]))

    def note_topic(self, i: int) -> None:
        """Note who line `i` is about if "he" or "she" is its main subject."""
        for token in self.docs.get(i, ()):
            is_topic = token.lower_ in ("he", "she") and token.dep_ == "nsubj" and token.head.dep_ == "ROOT"
            if is_topic and not self.lines[i].is_quoted(token.idx):
                who = self._resolve_pronoun(token, i).who
                if isinstance(who, Person):
                    self.topics[i] = who

    def _resolve_one(self, token: Token, i: int) -> Source:
        if token.lower_ in HE | SHE:
            return self._resolve_pronoun(token, i)
        for found in SPEAKING_FOR.finditer(self.lines[i].text):  # which the parser may split
            if found.start() <= token.idx < found.end() and not self._find_person(list(_with_appositions(token)), i):
                gender = "male" if found[2] in MEN else "female" if found[2] in WOMEN else None
                return Source(self.bodies.get(found[1]), found[0], gender)
        if token.lower_ == "it":
            return self._resolve_it(token, i)
        if token.lower_ == "they":
            before = next((source for source in self.sources[i - 1 : i] if source), None) if i else None
            return before if before and (before.plural or isinstance(before.who, Body)) else Source(plural=True)
        if token.pos_ == "PRON":
            return Source(words=read_phrase(token) if token.lower_ not in ("i", "we", "you", "who") else "")
        heads = list(_with_appositions(token))
        person = self._find_person(heads, i)
        if person is not None:
            return Source(person)
        lemma = token.lemma_.lower()
        title = next((head for head in heads[1:] if head.pos_ == "PROPN"), None)
        if lemma in REPORTS and title is not None:  # a book, and its name
            body = self.bodies.get(read_group(title))
            body.kinds.add(lemma)
            self.named[i].append(Named(body, title.idx, True))
            return Source(body)
        if lemma in SPOKESMEN or lemma in REPORTS:
            return self._resolve_owned(token, i)
        for head in heads:
            name = self._read_body(head)
            if name:
                person = self.cast.find(head.text) if " " not in name else None  # by the first name
                return Source(person or self.bodies.get(name))
        return self._resolve_description(token, i)

    def _find_person(self, heads: Sequence[Token], i: int) -> Person | None:
        for head in heads:
            start = head.idx
            if head.text in POSTNOMINALS:  # "Frank Field MP"
                start = min([start, *(child.idx for child in head.lefts if child.dep_ == "compound")])
            for mention in self.cast.mentions[i]:
                if mention.start < head.idx + len(head) and start < mention.end:
                    return mention.person
        return None

    def _read_body(self, head: Token) -> str:
        """Return the name that a noun phrase is, or "": "the Trump campaign", "the Tankan survey"."""
        if head.ent_type_ in ("DATE", "TIME"):
            return ""
        lemma = head.lemma_.lower()
        of_name = lemma in COLLECTIVES and any(
            word.text[0].isupper() and (word.i > head.sent.start or word.pos_ == "PROPN") for word in words_before(head)
        )
        if lemma in HUMAN and head.ent_type_ not in ("PERSON", "ORG", "GPE"):
            return ""
        if head.left_edge.lower_ in ANY:
            return "" if head.pos_ != "PROPN" else read_group(head)
        if of_name or (head.pos_ == "PROPN" and head.tag_ != "NNPS" and head.ent_type_ != "NORP"):
            return read_group(head)
        return read_group(head) if head.tag_ == "NNPS" and head.ent_type_ == "ORG" else ""

    def _resolve_owned(self, token: Token, i: int) -> Source:
        """Return whose spokesman or report a noun phrase is, in its own words."""
        speaks = token.lemma_.lower() in SPOKESMEN
        words = read_phrase(token)
        gender = "male" if token.lemma_.lower() in MEN else "female" if token.lemma_.lower() in WOMEN else None
        by = OWNING - {"by"} if speaks else OWNING | {"in"} if token.lemma_.lower() in PRINTED else OWNING
        known = self._find_body(token, i) if _is_definite(token) and not speaks else None
        if known is not None:
            return Source(known, words)
        for owner in find_owners(token, by):
            found = self._resolve_owner(owner, i)
            if found is not None:
                if isinstance(found, Body) and not speaks:
                    found.kinds.add(token.lemma_.lower())
                    self.named[i].append(Named(found, token.idx, True))
                return Source(found, words, gender)
        if _is_definite(token):
            before = self._find_spoken_for(i) if speaks else None
            if before is not None:
                return before
            if speaks:
                person = self._find_bearer(token, i)
                return Source(person) if person else Source(None, words, gender)
        return Source(None, words, gender if speaks else NEUTER, token.tag_ == "NNS" and speaks)

    def _find_spoken_for(self, i: int) -> Source | None:
        """Return the last spokesman of somebody, whom "the spokeswoman" is."""
        for source in reversed(self.sources[max(0, i - 2 * BACK) : i]):
            if source and source.who and _speaks_for(source):
                return source
        return None

    def _resolve_owner(self, owner: Token, i: int) -> Person | Body | None:
        person = self._find_person([owner], i)
        if person is not None:
            return person
        if owner.text[0].isupper() and owner.ent_type_ not in ("DATE", "TIME", "CARDINAL"):
            noun = owner.head
            if owner.dep_ == "compound" and owner.ent_type_ not in ("ORG", "GPE", "PERSON") and noun.lemma_ in REPORTS:
                name = noun.doc[owner.i : noun.i + 1].text  # "the Tankan survey"
            else:
                name = read_group(owner) if owner.ent_type_ != "NORP" else ""
            return self.bodies.get(name) if name else None
        if owner.pos_ == "NOUN" and kinds_in(owner.lemma_.lower()):
            return self._find_body(owner, i)
        if owner.lower_ in HE | SHE:
            return self._resolve_pronoun(owner, i).who
        return self._resolve_it(owner, i).who if owner.lower_ == "its" else None

    def _resolve_description(self, token: Token, i: int) -> Source:
        """Return whom "the senator", "the airline" or "analysts" refers to."""
        lemma = token.lemma_.lower()
        plural = token.tag_ in ("NNS", "NNPS")
        words = read_phrase(token)
        gender = "male" if lemma in MEN else "female" if lemma in WOMEN else None
        if plural or not _is_definite(token):
            return Source(None, words, NEUTER if kinds_in(lemma) or not is_human(token) else gender, plural)
        if kinds_in(lemma):
            body = self._find_body(token, i)
            return Source(body) if body else Source(None, words, NEUTER)
        person = self._find_behind(token, i) or self._find_bearer(token, i)
        another = any(child.lower_ in ANOTHER for child in token.lefts)
        if person is None and not another and (lemma in ANYONE or "year-old" in words):
            person = self._find_salient(i, gender)
        return Source(person) if person else Source(None, words, gender if is_human(token) else NEUTER)

    def _find_behind(self, token: Token, i: int) -> Person | None:
        """Return who is named behind a description, where the parse is wrong: "The head of the bank, Ana Roe, said"."""
        text = self.lines[i].text
        for mention in self.cast.mentions[i]:
            if not mention.quoted and token.idx < mention.start:
                between = text[token.idx + len(token) : mention.start]
                return mention.person if UP_TO_NAME.fullmatch(BEFORE.sub("", between)) else None
        return None

    def _find_bearer(self, token: Token, i: int) -> Person | None:
        """Return the person to whom the article gives a role: of several, the one mentioned last before line `i`."""
        office = read_office(token)
        words = role_words([word for word in find_phrase(token) if word.pos_ not in ("DET", "PRON", "PART")], token)
        fitting = [person for person in self.cast.people if has_role(person, office, words)]
        if len(fitting) < 2:
            return fitting[0] if fitting else None
        for j in range(i, max(-1, i - 1 - 2 * BACK), -1):
            near = {mention.person for mention in self.cast.mentions[j] if j < i or mention.end < token.idx}
            source = self.sources[j] if j < i else None
            if source and isinstance(source.who, Person) and source.who in fitting:
                return source.who
            near &= set(fitting)
            if near:
                return near.pop() if len(near) == 1 else None
        return None

    def _find_salient(self, i: int, gender: str | None) -> Person | None:
        """Return the person spoken of last, whom "the 20-year-old" is, unless several are."""
        for j in range(i - 1, max(-1, i - 1 - NEAR), -1):
            source = self.sources[j]
            if source and isinstance(source.who, Person) and source.who.gender in (None, gender or source.who.gender):
                return source.who
            people = {mention.person for mention in self._subjects(j, gender)} or {
                mention.person for mention in self._fitting(j, gender)
            }
            if people:
                return people.pop() if len(people) == 1 else None
        return None

    def _find_body(self, token: Token, i: int) -> Body | None:
        """Return the body that "the airline" or "the report" stands for: the one of that kind mentioned last."""
        noun = token.lemma_.lower()
        words = {fold_letters(child.text) for child in token.lefts if child.dep_ in ("compound", "amod")}
        known = [body for body in self.bodies.all() if noun in body.kinds and words <= _words_of(body)]
        if words and len(known) == 1:
            return known[0]
        for j in range(i, max(-1, i - 1 - BACK), -1):
            source = self.sources[j] if j < i else None
            if source and isinstance(source.who, Body) and is_of_kind(source.who, noun):
                return source.who
            near = [it for it in self.named[j] if (j < i or it.place < token.idx) and is_of_kind(it.body, noun)]
            subjects = {it.body for it in near if it.subject} or {it.body for it in near}
            if subjects:
                return subjects.pop() if len(subjects) == 1 else None
        return known[0] if len(known) == 1 else None

    def _resolve_it(self, token: Token, i: int) -> Source:
        """Return the body that "it" stands for: an earlier subject of the line, else who spoke or acted last."""
        for j in range(i, max(-1, i - 1 - NEAR), -1):
            source = self.sources[j] if j < i else None
            if source and isinstance(source.who, Body):
                return Source(source.who)
            near = [it for it in self.named[j] if j < i or it.place < token.idx]
            subjects = {it.body for it in near if it.subject}
            if len(subjects) == 1:
                return Source(subjects.pop())
            if subjects:
                break
        return NOBODY

    def _resolve_pronoun(self, token: Token, i: int) -> Source:
        """Return whom "he" or "she" in line `i` refers to: an earlier subject there, else who spoke or acted last."""
        gender = "male" if token.lower_ in HE else "female"
        told_of = self._told_of(i)
        for mention in reversed(self._subjects(i, gender)):
            if mention.start < token.idx and mention.person not in told_of:
                return Source(mention.person)
        unsure: tuple[Person, int] | None = None
        for j in range(i - 1, max(-1, i - 1 - BACK), -1):
            found = self._offer(j, gender)
            if found is NOBODY or found is None:
                continue
            if found.who in told_of:
                continue
            if not isinstance(found.who, Person):
                if unsure:
                    break
                if j == i - 1:
                    return found
                continue
            if found.who.gender == gender:
                return Source(unsure[0]) if unsure and unsure[1] - j >= CLEARER else found
            if self.sources[j] == found and not unsure:
                return found
            unsure = unsure or (found.who, j)
        return Source(unsure[0]) if unsure else Source(None, "", gender)

    def _told_of(self, i: int) -> set[Person]:
        """Return whom a line names within quotation marks: they are not who is quoted."""
        line = self.lines[i]
        told = set()
        for mention in (mention for mention in self.cast.mentions[i] if mention.quoted):
            before = BEFORE.search(line.text[: mention.start])
            other = before[0].split()[-1] if before else ""
            if other in ("", *mention.person.name.given) or fold_letters(other).strip(".") in TITLES:
                told.add(mention.person)
        words = {found[0] for start, end in line.quoted for found in FIRST_NAME.finditer(line.text[start:end])}
        return told | self.cast.with_first_name(words)

    def _offer(self, j: int, gender: str) -> Source | None:
        """Return whom a pronoun of that gender after line `j` may refer to there."""
        source = self.sources[j]
        if source and isinstance(source.who, Person) and source.who.gender in (None, gender):
            return source
        topic = self.topics.get(j)
        if topic is not None and topic.gender in (None, gender):
            return Source(topic)
        single = source and not source.plural and source.words and source.gender in (None, gender)
        if single and source and (source.who is None or source.gender or _speaks_for(source)):
            return source
        for mention in self._subjects(j, gender):
            return Source(mention.person)
        people = {mention.person for mention in self._fitting(j, gender)}
        return Source(people.pop()) if len(people) == 1 else None

    def _fitting(self, i: int, gender: str | None) -> list[Mention]:
        """Return the people whom line `i` names outside quotation marks and who may have that gender."""
        mentions = self.cast.mentions[i]
        return [
            mention
            for mention in mentions
            if not mention.quoted and mention.person.gender in (None, gender or mention.person.gender)
        ]

    def _subjects(self, i: int, gender: str | None) -> list[Mention]:
        """Return those that are subjects; in a line without a parse, the first if it is near the beginning."""
        mentions = self._fitting(i, gender)
        doc = self.docs.get(i)
        if doc is None:
            return [mention for mention in mentions[:1] if mention.start < 20]
        return [mention for mention in mentions if is_subject(token_at(doc, mention.end - 1))]

    def _note_bodies(self, i: int, doc: Doc) -> None:
        """Note the bodies that the parser names in a line, with their kinds."""
        for span in doc.ents:
            if span.label_ not in ("ORG", "GPE", "NORP", "WORK_OF_ART", "PRODUCT") or span.root.pos_ != "PROPN":
                continue
            if span.label_ == "NORP" or any(
                m.start < span.end_char and span.start_char < m.end for m in self.cast.mentions[i]
            ):
                continue
            if self.lines[i].is_quoted(span.start_char):
                continue
            body = self.bodies.get(read_group(span.root) or span.text)
            body.place = body.place or span.label_ == "GPE"
            body.kinds |= read_kinds(span)
            self.named[i].append(Named(body, span.start_char, is_subject(span.root)))

    def _note_known_bodies(self, i: int, line: Line, known: Mapping[str, Sequence[tuple[str, Body]]]) -> None:
        """Note the bodies that a line without a parse names; one at its beginning is its subject.

        `known` has the names of bodies by their first word.
        """
        for found in CAPITALISED.finditer(line.text):
            for form, body in known.get(found[0], ()):
                if line.text.startswith(form, found.start()) and not line.is_quoted(found.start()):
                    self.named[i].append(Named(body, found.start(), found.start() < NEAR_START))


def has_role(person: Person, office: str, words: frozenset[str]) -> bool:
    """Tell whether the article gives a person an office or profession, with nothing that speaks against the words."""
    said = frozenset(word for role in person.roles.values() for word in role.words)
    return any(role.noun == office and words <= role.words | said for role in person.roles.values())


def _with_appositions(token: Token) -> Iterator[Token]:
    yield token
    for child in token.children:
        if child.dep_ == "appos":
            yield from _with_appositions(child)


def _is_definite(token: Token) -> bool:
    return any(child.lower_ in ("the", "this", "that") for child in token.lefts)


def _speaks_for(source: Source) -> bool:
    return any(word in SPOKESMEN for word in source.words.lower().split())


def _words_of(body: Body) -> set[str]:
    return {word for form in (body.name, *body.forms) for word in strip_determiner(fold_letters(form)).split()}
