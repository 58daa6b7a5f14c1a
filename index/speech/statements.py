"""The sources within one sentence: spaCy's parse goes in, the heads of the sources' noun phrases come out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.english import saying
from index.english.roles import BODY_NOUNS
from index.speech.phrases import find_objects, find_owner, is_human
from index.speech.quotations import Line

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token


MAX_CLIMB = 4  # verbs to go up for a shared subject: "went on to begin by saying"


@dataclass(frozen=True)
class Claim:
    """A cue and its source, as the head of the source's noun phrase; `strong` if the source surely speaks.

    `depth` is the number of words above the cue in the parse. `hedged` if the sentence says that somebody else says so.
    """

    source: Token
    cue: Token
    strong: bool
    depth: int
    hedged: bool = False


def find_claims(doc: Doc, line: Line) -> Iterator[Claim]:
    """Yield a Claim for each cue outside quotation marks that has a source."""
    for token in doc:
        if line.is_quoted(token.idx):
            continue
        depth = sum(1 for _ in token.ancestors)
        if token.lower_ == "according":
            for source in find_objects(token):
                yield Claim(source, token, True, depth)
        elif token.pos_ in ("VERB", "AUX"):
            strong = True if brings_quotation(token, line) else surely_speaks(token)
            if strong is None or is_only_planned(token):
                continue
            found = find_source(token, line) or (find_neighbour(token) if strong else None)
            if found is not None and not line.is_quoted(found.idx):
                yield Claim(found, token, strong, depth, is_hedged(token))
        elif token.pos_ == "NOUN" and token.lemma_.lower() in saying.STATEMENTS:
            owner = find_owner(token)
            if owner is not None and any(child.dep_ in ("acl", "ccomp") for child in token.children):
                yield Claim(owner, token, False, depth)


def surely_speaks(verb: Token) -> bool | None:
    """Return True if the subject of a verb surely speaks, False if it thinks or judges, None if neither."""
    lemma = verb.lemma_.lower()
    children = list(verb.children)
    followed = [child.lower_ for child in children if child.lower_ != "on" or child.dep_ == "prt"]  # not "go on sale"
    if lemma in saying.SAYING or any(word in saying.PHRASES.get(lemma, ()) for word in followed):
        supposed = any(child.dep_ == "mark" and child.lower_ in saying.SUPPOSING for child in children)
        denied = supposed or any(child.dep_ == "neg" or child.lower_ in saying.NEGATIONS for child in children)
        refused = verb.dep_ == "xcomp" and verb.head.lemma_.lower() in saying.REFUSALS
        obliged = any(child.lower_ in saying.OBLIGING for child in children if child.dep_ == "aux")
        if denied or refused or only_describes(verb) or tells_of_something(verb):
            return None
        return None if obliged and '"' not in verb.doc.text else True
    if any(child.lower_ in saying.MODALS for child in children if child.dep_ == "aux"):
        return None
    if lemma in saying.REFUSALS and any(child.dep_ == "xcomp" and _is_saying(child) for child in children):
        return False if lemma in saying.DECLINING else None
    found = {child.dep_ for child in children}
    if lemma in saying.AGREEING and "ccomp" not in found:
        return None
    if lemma in saying.THINKING and found & {"ccomp", "xcomp", "oprd"}:
        return False
    if lemma in saying.JUDGING and found & {"ccomp", "dobj", "oprd", "prep"}:
        return False
    if lemma in saying.REPORTING and "ccomp" in found:
        return False
    states = (child for child in children if child.dep_ == "acomp" and child.lemma_.lower() in saying.STATES)
    return False if lemma == "be" and any(state.n_rights for state in states) else None


def _is_saying(verb: Token) -> bool:
    """Tell whether a verb is one of saying, whatever follows it."""
    lemma = verb.lemma_.lower()
    return lemma in saying.SAYING or any(child.lower_ in saying.PHRASES.get(lemma, ()) for child in verb.children)


def only_describes(verb: Token) -> bool:
    """Tell whether a verb of saying only says which thing is meant: "the articles he wrote"."""
    if verb.dep_ != "relcl" or verb.doc.text.rstrip().endswith(":"):
        return False
    own = any(child.dep_ == "nsubj" and child.tag_ not in ("WP", "WDT") for child in verb.children)
    return own and not any(child.dep_ in ("ccomp", "xcomp", "nsubjpass") for child in verb.children)


def tells_of_something(verb: Token) -> bool:
    """Tell whether "tell" only has a thing as its object: "Wall tells the story of a village"."""
    objects = [child for child in verb.children if child.dep_ in ("dobj", "dative", "prep")]
    told = any(child.pos_ in ("PROPN", "PRON") or is_human(child) for child in objects)
    said = '"' in verb.doc.text or any(child.dep_ in ("ccomp", "xcomp", "advcl") for child in verb.children)
    return verb.lemma_.lower() == "tell" and bool(objects) and not (told or said)


def is_only_planned(verb: Token) -> bool:
    """Tell whether a verb is one of something not said, or not yet: "yet to respond", "met to discuss"."""
    if not any(child.lower_ == "to" and child.dep_ == "aux" for child in verb.lefts):
        will = any(child.lower_ in ("will", "'ll", "wo") for child in verb.children if child.dep_ == "aux")
        return will and not any(child.dep_ == "ccomp" for child in verb.children) and '"' not in verb.doc.text
    head = verb.head
    while head.dep_ == "conj":
        head = head.head
    leads = head.lemma_.lower() in saying.LEADING
    quick = head.lemma_.lower() in saying.EAGER or any(child.lower_ in saying.EAGER for child in head.children)
    perfect = any(child.lower_ == "have" for child in verb.lefts)  # "is reported to have said"
    return not (leads or quick or (perfect and head.lemma_.lower() in saying.HEDGED_BY))


def is_hedged(verb: Token) -> bool:
    """Tell whether a verb comes with "allegedly", or depends on "is reported to"."""
    if any(child.lower_ in saying.HEDGES for child in verb.children):
        return True
    head = verb.head
    passive = any(child.dep_ in ("nsubjpass", "auxpass") for child in head.children)
    return verb.dep_ == "xcomp" and head.lemma_.lower() in saying.HEDGED_BY and passive


def find_turn(claim: Claim) -> Token | None:
    """Return the word by which a sentence turns to another speaker: "Mr. Roe said … but Ms. Hale said"."""
    first = claim.source.left_edge
    before = first.doc[first.i - 1] if first.i else None
    return before if before is not None and before.lower_ in saying.TURNS else None


def can_speak(claim: Claim) -> bool:
    """Tell whether a source without a name is somebody, or something that says things, such as a report."""
    source, verb, strong = claim.source, claim.cue, claim.strong
    if source.pos_ == "PRON":
        return source.lower_ not in saying.NO_SOURCES
    if source.pos_ == "PROPN" or source.ent_type_ in ("PERSON", "ORG", "NORP", "GPE"):
        return True
    lemma = source.lemma_.lower()
    if is_human(source) or any(child.dep_ == "appos" and child.pos_ == "PROPN" for child in source.children):
        return True
    if lemma in BODY_NOUNS:
        said = any(child.dep_ in ("ccomp", "dobj", "oprd", "prep") for child in verb.children)
        return strong or (said and verb.dep_ not in ("relcl", "acl"))
    return verb.lemma_.lower() in saying.PLAIN


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
        if climbed and verb.lemma_.lower() in saying.HEDGED_BY:  # "is reported to have said"
            return next((child for child in verb.children if child.dep_ == "nsubjpass"), None)
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
