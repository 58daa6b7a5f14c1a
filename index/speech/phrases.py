"""Noun phrases in a parse: names, roles and what they are of. spaCy's tokens in, words out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import dropwhile
from typing import TYPE_CHECKING

from index.english.grammar import SMALL
from index.english.names import PARTICLES
from index.english.roles import (
    ANYONE,
    BEARER_ENDINGS,
    HEADS,
    MEN,
    NO_BEARERS,
    OTHER_OFFICE,
    PEOPLE,
    POSTNOMINALS,
    PROFESSIONS,
    SAME_WORDS,
    TITLES,
    WOMEN,
)
from index.words import any_of, fold_letters

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token


MAX_ROLE = 8  # words: "the commissioner of the United States Customs and Border Protection"
MAX_PHRASE = 10  # words of a source that is shown as the article describes it
BEARER = re.compile(rf"{any_of(BEARER_ENDINGS)}$")
ENDS = " .,;:'\"()-–—"
_CAPITALISED = HEADS | PROFESSIONS | set(TITLES.values()) | {"mep", "mp", "msp"}
_MARKS = ('"', "“", "'", "‘")


@dataclass(frozen=True)
class Role:
    """A role as an article gives it: "former Labour health minister" is a former minister, of labour and health.

    `noun` has what makes it another office before it, `words` are the others, folded.
    """

    phrase: str
    noun: str
    words: frozenset[str]


def is_human(noun: Token) -> bool:
    """Tell whether a common noun is one for a person or for people."""
    lemma = noun.lemma_.lower()
    if noun.pos_ not in ("NOUN", "ADJ", "NUM", "PROPN"):
        return False
    if lemma in PEOPLE | ANYONE | PROFESSIONS | MEN | WOMEN or "year-old" in lemma:
        return True
    return lemma not in NO_BEARERS and bool(BEARER.search(lemma))


def is_subject(token: Token) -> bool:
    """Tell whether a name is a subject or in apposition to one."""
    while token.dep_ == "appos":
        token = token.head
    return token.dep_ in ("nsubj", "nsubjpass")


def token_at(doc: Doc, place: int) -> Token:
    """Return the token at a character offset, or the last one before it."""
    return next((token for token in reversed(doc) if token.idx <= place), doc[0])


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


def find_owners(noun: Token, prepositions: Collection[str]) -> Iterator[Token]:
    """Yield whose a thing or a spokesman is: "Ofcom's report", "an Ofcom report", "a report by Ofcom"."""
    owner = find_owner(noun)
    if owner is not None:
        yield owner
    for child in reversed(noun.doc[noun.left_edge.i : noun.i]):
        named = child.pos_ == "PROPN" or child.ent_type_ in ("ORG", "GPE") or (child.text[0].isupper() and child.i > 1)
        if child.dep_ in ("compound", "nmod", "amod") and named and child.i and child.nbor(-1).text not in _MARKS:
            yield child
    for child in noun.rights:
        if child.dep_ in ("prep", "agent") and child.lower_ in prepositions:
            yield from (each for each in child.children if each.dep_ == "pobj")
        elif child.dep_ in ("acl", "relcl"):  # "a report published by Ofcom", "the report he published"
            yield from (each for each in child.children if each.dep_ == "nsubj" and each.tag_ not in ("WDT", "WP"))
            for agent in child.children:
                if agent.lower_ == "by":
                    yield from (each for each in agent.children if each.dep_ == "pobj")


def read_phrase(head: Token) -> str:
    """Return a noun phrase as it is shown for a source without a name: "a senior analyst at the bank"."""
    return find_phrase(head).text.strip(ENDS)


def find_phrase(head: Token) -> Span:
    """Return a noun phrase with the prepositions right behind it, but without clauses."""
    start, end = head.left_edge.i, head.i + 1
    for child in head.rights:
        if child.dep_ != "prep" or child.i != end or child.right_edge.i + 1 - start > MAX_PHRASE:
            break
        end = child.right_edge.i + 1
    return head.doc[max(start, end - MAX_PHRASE) : end]


def read_person(span: Span) -> str:
    """Return a person's name without what the parser wrongly includes, "" if it is not a person's name."""
    text = re.sub(r"'s?$", "", span.text.strip(ENDS))
    parts = text.split()
    while len(parts) > 1 and parts[-1] in POSTNOMINALS:
        parts.pop()
    if len(parts) > 5 or not all(part[0].isupper() or fold_letters(part).split("-")[0] in PARTICLES for part in parts):
        return ""
    after = [token.text for token in span.doc[span.end : span.end + 2]]
    return "" if after[:1] == ["("] and stands_for(after[-1], parts) else " ".join(parts)


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
    if token.pos_ == "NOUN" and not token.ent_type_:  # "the Commons education select committee"
        start = next((word.i for word in words_before(token) if word.text[0].isupper()), token.i)
        start -= bool(start) and doc[start - 1].lower_ == "the"
        return doc[start : token.i + 1].text.replace('"', "").strip(ENDS)
    entity = next((span for span in doc.ents if span.start <= token.i < span.end), doc[token.i : token.i + 1])
    start = entity.start
    while start and doc[start - 1].dep_ in ("compound", "poss", "case", "nmod"):
        start -= 1
    if start and doc[start - 1].lower_ == "the":
        start -= 1
    return doc[start : entity.end].text.replace('"', "").strip(ENDS)


def words_before(noun: Token) -> Span:
    """Return the words of a noun phrase between its last article, preposition or mark and its noun."""
    start = noun.left_edge.i
    for word in noun.doc[start : noun.i]:
        if word.pos_ in ("DET", "ADP", "PUNCT") and word.text != "-":
            start = word.i + 1
    return noun.doc[start : noun.i]


def find_roles(name: Token, given: Collection[str]) -> Iterator[Role]:
    """Yield the roles that a sentence gives the person with that surname."""
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
        lemma = noun.lemma_.lower()
        if noun.tag_ not in ("NN", "NNP") or not is_human(noun) or (noun.tag_ == "NNP" and lemma not in _CAPITALISED):
            continue
        kept = list(dropwhile(lambda token: token.pos_ in ("DET", "PRON", "PUNCT", "VERB", "PART"), span))
        phrase = "".join(token.text_with_ws for token in kept).split(",")[0].strip(ENDS)
        if phrase and len(phrase.split()) <= MAX_ROLE:
            yield Role(phrase, read_office(noun), role_words(kept, noun))


def role_words(tokens: Sequence[Token], noun: Token) -> frozenset[str]:
    """Return the words of a role besides its noun, folded, each in the form that all words for one thing share."""
    words = [fold_letters(token.text) for token in tokens if token.i != noun.i and token.text.strip(ENDS)]
    return frozenset(SAME_WORDS.get(word, word) for word in words if word not in SMALL | OTHER_OFFICE)


def read_office(noun: Token) -> str:
    """Return the noun of a role with what makes it another office: "president", "vice president", "former minister"."""
    parts = noun.lemma_.lower().replace("ex-", "ex ").replace("vice-", "vice ").split()
    before = [fold_letters(token.text) for token in noun.doc[noun.left_edge.i : noun.i]]
    before = [word for words in before for word in words.split("-")]
    others = {word for word in (*before, *parts[:-1]) if word in OTHER_OFFICE}
    return " ".join([*sorted(others), parts[-1]])
