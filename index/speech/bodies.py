"""The organisations, places and reports of one article that may speak: their names and the nouns for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from index.english.grammar import JOINING
from index.english.roles import BODY_NOUNS, FAMILIES, SAME_WORDS
from index.speech.people import strip_determiner
from index.speech.phrases import ENDS, stands_for
from index.speech.quotations import Line
from index.values import Speaker
from index.words import any_of, fold_letters

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

_WORD = rf"(?:[A-Z][\w&'-]*|{any_of(JOINING)})"
SHORT = re.compile(rf"({_WORD}(?: {_WORD}){{0,7}}) \(([A-Z]\w{{1,11}})\)")
WORDS = re.compile(r"[^\W\d_]+")


@dataclass(eq=False)
class Body:
    """An organisation, a place or a report that speaks; `kinds` are the nouns for it, such as "firm" or "survey"."""

    name: str
    forms: dict[str, None] = field(default_factory=dict)
    kinds: set[str] = field(default_factory=set)
    place: bool = False

    def to_speaker(self) -> Speaker:
        """Return the body as a Speaker."""
        others = (form for form in self.forms if to_key(form) != to_key(self.name))
        return Speaker(self.name, tuple(others), "group")


class Bodies:
    """The bodies of one article. Each comes into being when it is first looked up by a name."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._named: dict[str, Body] = {}
        self._spelled = dict(found for line in lines for found in find_short_forms(line.text))

    def get(self, name: str) -> Body:
        """Return the body with a name, in full or short: "ITV", "the Association" of British Insurers."""
        key = to_key(name)
        full = self._spelled.get(key)
        if full is not None:
            key = to_key(full)
        found = self._named.get(key) or self._longer(key)
        if found is None:
            spelled = full or name
            found = self._named[key] = Body(spelled[:1].upper() + spelled[1:])
            found.kinds.update(kinds_in(key))
        self._named.setdefault(key, found)
        found.forms.setdefault(name[:1].upper() + name[1:])
        return found

    def all(self) -> list[Body]:
        """Return every body, once, in the order in which they were first looked up."""
        return list(dict.fromkeys(self._named.values()))

    def _longer(self, key: str) -> Body | None:
        """Return the only body whose name begins or ends with a shorter one, or has it as initials."""
        words = key.split()
        longer = []
        for other, body in self._named.items():
            parts = other.split()
            initials = "".join(part[0] for part in parts if part not in JOINING)
            begins = len(words) < len(parts) and words in (parts[: len(words)], parts[-len(words) :])
            if (begins and not body.place and (len(words) > 1 or is_brand(words, parts))) or (
                len(key) > 2 and key == initials
            ):
                longer.append(body)
        longer = list(dict.fromkeys(longer))
        return longer[0] if len(longer) == 1 else None


def is_brand(words: Sequence[str], parts: Sequence[str]) -> bool:
    """Tell whether one word may stand for a longer name: "Vivendi" for Vivendi Universal."""
    return parts[0] == words[0] and not kinds_in(parts[-1]) and parts[0] not in SAME_WORDS


def to_key(name: str) -> str:
    """Return the form that equal names share."""
    return strip_determiner(fold_letters(name)).strip(ENDS)


def find_short_forms(text: str) -> list[tuple[str, str]]:
    """Return the short forms that a text gives in parentheses, each with the full name: International Body (IB)."""
    found = []
    for match in SHORT.finditer(text):
        words, short = match[1].split(), match[2]
        for start in range(len(words)):  # the longest that the initials allow
            rest = words[start:]
            initials = "".join(word[0] for word in rest if word[0].isupper())
            if rest[0][0].isupper() and (initials.lower() == short.lower() or (short.isupper() and initials == short)):
                found.append((to_key(short), " ".join(rest)))
                break
        else:
            named = [word for word in words if word[0].isupper()]
            if not short.isupper() and len(named) > 1 and stands_for(short.upper(), named):
                found.append((to_key(short), " ".join(words[words.index(named[0]) :])))
    return found


def kinds_in(text: str) -> set[str]:
    """Return the nouns for bodies and reports that a folded name or phrase has among its words."""
    return set(WORDS.findall(text)) & BODY_NOUNS


def is_of_kind(body: Body, noun: str) -> bool:
    """Tell whether a noun stands for a body: it is one of its kinds, or a general one of the same family."""
    if noun in body.kinds:
        return True
    if any(noun in general and body.kinds & (general | others) for general, others in FAMILIES):
        return True
    return noun in FAMILIES[0][0] and not body.kinds and not body.place  # most that speak are firms


def read_kinds(span: Span) -> set[str]:
    """Return the kinds that the words around a name give it: "Allianz, a leading insurer,", "the airline Qantas"."""
    root = span.root
    nouns: list[Token] = [child for child in root.children if child.dep_ == "appos"]
    if root.dep_ == "appos":
        nouns.append(root.head)
    nouns += [child for child in root.lefts if child.dep_ in ("compound", "nmod") and child.i < span.start]
    if root.dep_ == "nsubj" and root.head.lemma_ == "be":
        nouns += [child for child in root.head.children if child.dep_ == "attr"]
    return {noun.lemma_.lower() for noun in nouns if noun.pos_ == "NOUN"} & BODY_NOUNS
