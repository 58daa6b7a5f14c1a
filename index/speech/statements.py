"""The sources within one sentence: spaCy's parse goes in, the heads of the sources' noun phrases come out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import dropwhile
from typing import TYPE_CHECKING

from index.english import saying
from index.english.names import PARTICLES
from index.english.roles import BEARER_ENDINGS, DEPUTIES
from index.speech.quotations import Line
from index.words import any_of, fold_letters

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token


MAX_CLIMB = 4  # verbs to go up for a shared subject: "went on to begin by saying"
MAX_ROLE = 8  # words: "the commissioner of the United States Customs and Border Protection"
BEARER = re.compile(rf"{any_of(BEARER_ENDINGS)}$")
ENDS = " .,;:'\"()-–—"


@dataclass(frozen=True)
class Statement:
    """A cue and its source, as the head of the source's noun phrase; `strong` if the source surely speaks.

    `depth` is the number of words above the cue in the parse.
    """

    source: Token
    cue: Token
    strong: bool
    depth: int


def find_statements(doc: Doc, line: Line) -> Iterator[Statement]:
    """Yield a Statement for each cue outside quotation marks that has a source."""
    for token in doc:
        if line.is_quoted(token.idx):
            continue
        depth = sum(1 for _ in token.ancestors)
        if token.lower_ == "according":
            for source in find_objects(token):
                yield Statement(source, token, True, depth)
        elif token.pos_ in ("VERB", "AUX"):
            strong = True if brings_quotation(token, line) else surely_speaks(token)
            if strong is None:
                continue
            found = find_source(token, line) or (find_neighbour(token) if strong else None)
            if found is not None and not line.is_quoted(found.idx):
                yield Statement(found, token, strong, depth)
        elif token.pos_ == "NOUN" and token.lemma_.lower() in saying.STATEMENTS:
            owner = find_owner(token)
            if owner is not None and any(child.dep_ in ("acl", "ccomp") for child in token.children):
                yield Statement(owner, token, False, depth)


def surely_speaks(verb: Token) -> bool | None:
    """Return True if the subject of a verb surely speaks, False if it thinks or judges, None if neither."""
    lemma = verb.lemma_.lower()
    children = list(verb.children)
    if lemma in saying.SAYING or any(child.lower_ in saying.PHRASES.get(lemma, ()) for child in children):
        denied = any(child.dep_ == "neg" or child.lower_ in saying.NEGATIONS for child in children)
        refused = verb.dep_ == "xcomp" and verb.head.lemma_.lower() in saying.REFUSALS
        return None if denied or refused else True
    if any(child.lower_ in saying.MODALS for child in children if child.dep_ == "aux"):
        return None
    found = {child.dep_ for child in children}
    if lemma in saying.THINKING and found & {"ccomp", "xcomp", "oprd"}:
        return False
    if lemma in saying.JUDGING and found & {"ccomp", "dobj", "oprd", "prep"}:
        return False
    states = (child for child in children if child.dep_ == "acomp" and child.lemma_.lower() in saying.STATES)
    return False if lemma == "be" and any(state.n_rights for state in states) else None


def brings_quotation(verb: Token, line: Line) -> bool:
    """Tell whether a verb, or its subject and then the verb, comes right after a quotation: “This!” beamed Mr. Roe."""
    subject = next((child for child in verb.children if child.dep_ == "nsubj" and not line.is_quoted(child.idx)), None)
    if subject is None or verb.tag_ not in ("VBD", "VBZ"):
        return False
    first = subject.left_edge if subject.i < verb.i else verb
    before = first.doc[first.i - 1] if first.i else None
    return before is not None and before.text == '"' and line.is_quoted(before.idx)


def find_presenter(doc: Doc, line: Line) -> Token | None:
    """Return the main verb's subject, or the name that stands in for a clause: "Mr. Roe, once more: “No.”"."""
    for token in doc:
        # The parse may attach all of it to a verb of the quotation.
        if line.is_quoted(token.idx) or not all(line.is_quoted(above.idx) for above in token.ancestors):
            continue
        subject = find_source(token, line) if token.pos_ in ("VERB", "AUX") else token
        if subject is not None and not line.is_quoted(subject.idx):
            return subject
    return None


def find_source(verb: Token, line: Line, climbed: int = 0) -> Token | None:
    """Return the head of a verb's subject, even if another verb holds it."""
    # 1. Its own subject; of two, the one after the verb: "Exposure makes them nervous, said Christine Link".
    subjects = [child for child in verb.children if child.dep_ in ("nsubj", "csubj")]
    subjects = [subject for subject in subjects if not line.is_quoted(subject.idx)] or subjects
    if subjects:
        inverted = find_inverted(verb)
        if inverted is not None:
            return inverted
        behind = [subject for subject in subjects if subject.i > verb.i]
        subject = behind[0] if behind and verb.i and verb.nbor(-1).is_punct else subjects[0]
        return verb.head if subject.tag_ in ("WP", "WDT") and verb.dep_ == "relcl" else subject
    # 2. In the passive, the agent after "by".
    if any(child.dep_ in ("nsubjpass", "auxpass") for child in verb.children):
        agents = (child for child in verb.children if child.dep_ == "agent")
        return next((source for agent in agents for source in find_objects(agent)), None)
    # 3. The subject of the verb it depends on: "He went on, adding", "began by saying".
    head = verb.head
    if verb.dep_ == "pcomp":
        head = head.head
    if verb.dep_ in ("conj", "xcomp", "advcl", "dep", "pcomp") and head.pos_ in ("VERB", "AUX"):
        return find_source(head, line, climbed + 1) if climbed < MAX_CLIMB else None
    # 4. The owner of the noun it depends on, or that noun: "Mr. Roe's letter saying", "a letter saying".
    if verb.dep_ in ("acl", "relcl") and head.pos_ in ("NOUN", "PROPN"):
        return find_owner(head) or (head if verb.tag_ == "VBG" else None)
    return None


def find_inverted(verb: Token) -> Token | None:
    """Return the person right after a verb of saying that follows a comma: "Yes, said Ms. Roe."."""
    if (
        not verb.i
        or not verb.nbor(-1).is_punct
        or verb.tag_ not in ("VBD", "VBZ")
        or verb.lemma_ not in saying.INVERTED
    ):
        return None
    for span in verb.doc.ents:
        if span.label_ == "PERSON" and span.start == verb.i + 1:
            behind = verb.doc[span.end : span.end + 1]
            if all(token.is_punct or token.pos_ == "ADP" for token in behind):  # not "said Ms. Roe had left"
                return span.root
    return None


def find_neighbour(verb: Token) -> Token | None:
    """Return the person named next to a verb that has no subject in the parse: right after it, or last before it."""
    people = [span for span in verb.doc.ents if span.label_ == "PERSON"]
    for span in people:
        if span.start - verb.i in (1, 2):
            return span.root
    before = [span for span in people if span.end <= verb.i]
    if not before or verb.tag_ not in ("VBD", "VBZ") or verb.dep_ in ("conj", "xcomp"):
        return None
    return before[-1].root


def find_owner(noun: Token) -> Token | None:
    """Return the possessor of a noun."""
    return next((child for child in noun.children if child.dep_ == "poss"), None)


def find_objects(token: Token) -> Iterator[Token]:
    """Yield the objects of a preposition, and of the prepositions below it."""
    for child in token.children:
        if child.dep_ == "pobj":
            yield child
        elif child.dep_ == "prep":
            yield from find_objects(child)


def is_subject(token: Token) -> bool:
    """Tell whether a name is a subject or in apposition to one."""
    while token.dep_ == "appos":
        token = token.head
    return token.dep_ in ("nsubj", "nsubjpass")


def token_at(doc: Doc, place: int) -> Token:
    """Return the token at a character offset, or the last one before it."""
    return next((token for token in reversed(doc) if token.idx <= place), doc[0])


def read_person(span: Span) -> str:
    """Return a person's name without what the parser wrongly includes, "" if it is not a person's name."""
    text = re.sub(r"'s?$", "", span.text.strip(ENDS))
    parts = text.split()
    if len(parts) > 5 or not all(part[0].isupper() or fold_letters(part).split("-")[0] in PARTICLES for part in parts):
        return ""
    after = [token.text for token in span.doc[span.end : span.end + 2]]
    return "" if after[:1] == ["("] and stands_for(after[-1], parts) else text


def stands_for(acronym: str, parts: Sequence[str]) -> bool:
    """Tell whether an acronym in parentheses stands for a name: HTS for Hayat al-Tahrir al-Sham."""
    return len(acronym) > 1 and acronym.isupper() and acronym[0] == parts[0][0].upper()


def read_source(token: Token) -> str:
    """Return the name that ends in `token`, "" if something shows that it is not a person's."""
    if token.pos_ != "PROPN" or token.tag_ == "NNPS" or token.ent_type_ not in ("", "PERSON"):
        return ""
    start = token.i
    while start and token.doc[start - 1].pos_ == "PROPN" and token.doc[start - 1].dep_ == "compound":
        start -= 1
    if start and token.doc[start - 1].dep_ in ("det", "poss", "case"):
        return ""
    return read_person(token.doc[start : token.i + 1])


def read_group(token: Token) -> str:
    """Return the name of the group whose noun phrase has the head `token`: "the Trump campaign"."""
    doc = token.doc
    entity = next((span for span in doc.ents if span.start <= token.i < span.end), doc[token.i : token.i + 1])
    start = entity.start
    while start and doc[start - 1].dep_ in ("compound", "poss", "case", "nmod"):
        start -= 1
    if start and doc[start - 1].lower_ == "the":
        start -= 1
    return doc[start : entity.end].text.strip(ENDS)


def find_roles(name: Token, given: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the roles that a sentence gives the person with that surname, each with its noun."""
    doc = name.doc
    # 1. Before the name: "Kremlin spokesman Dmitry Peskov".
    end = name.i
    while end and doc[end - 1].text in given:
        end -= 1
    start = end
    while start and (doc[start - 1].dep_ in ("compound", "amod", "nmod") or doc[start - 1].text == "-"):
        start -= 1
    roles = [(doc[start:end], doc[end - 1])] if start < end else []
    # 2. In apposition: "Dmitry Peskov, the spokesman of the Kremlin,", and "the spokesman, Dmitry Peskov".
    roles += [(doc[noun.left_edge.i : noun.right_edge.i + 1], noun) for noun in name.children if noun.dep_ == "appos"]
    if name.dep_ == "appos":
        roles.append((doc[name.head.left_edge.i : name.left_edge.i], name.head))
    for span, noun in roles:
        if noun.tag_ != "NN" or not BEARER.search(noun.lemma_):
            continue
        kept = list(dropwhile(lambda token: token.pos_ in ("DET", "PRON", "PUNCT", "VERB", "PART"), span))
        role = "".join(token.text_with_ws for token in kept).split(",")[0].strip(ENDS)
        if role and len(role.split()) <= MAX_ROLE:
            yield role, read_office(noun)


def read_office(noun: Token) -> str:
    """Return the noun of a role with any "vice" or "deputy" before it: "president", "vice president"."""
    before = next((child.lower_ for child in noun.lefts if child.lower_ in DEPUTIES), "")
    return f"{before} {noun.lemma_.lower()}".strip()
