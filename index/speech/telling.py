"""Whether a sentence tells that something happened: its main verb is one of doing, and in the past."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from index.english.events import NOT_YET, STATES
from index.speech.attribution import parse

if TYPE_CHECKING:
    from spacy.tokens import Token

_lock = threading.Lock()  # the parser serves one thread at a time


def tell_events(texts: Sequence[str]) -> list[bool]:
    """Return for each sentence whether it tells that something happened; 0.01 s each, and 1 s for the first."""
    with _lock:
        return [
            any(_happened(token) for sentence in doc.sents for token in _main_verbs(sentence.root))
            for doc in parse(texts)
        ]


def _main_verbs(root: Token) -> list[Token]:
    """The verb of a sentence, and those joined to it: "resigned and left"."""
    return [root, *(token for token in root.conjuncts if token.dep_ == "conj")]


def _happened(verb: Token) -> bool:
    """Whether a verb says that something was done: "signed", "has signed", "was signed"."""
    if verb.pos_ not in ("VERB", "AUX") or verb.lemma_ in STATES:
        return False
    helpers = [child for child in verb.children if child.dep_ in ("aux", "auxpass")]
    if any(child.lower_ in NOT_YET or child.dep_ == "neg" for child in [*helpers, *verb.children]):
        return False
    if verb.tag_ == "VBD":
        return True
    return verb.tag_ == "VBN" and any(
        child.lower_ in ("has", "have", "had", "was", "were", "been") for child in helpers
    )
