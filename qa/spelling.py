"""Names that a question spells differently from the articles: "Tartus" for Tartous."""

from __future__ import annotations

import difflib
import re
from dataclasses import replace

from index.library import Library
from index.words import to_stems, to_words
from qa.question import Query
from qa.whose import replace_name

# Names of at least this length with at least this similarity (difflib's ratio) are taken to be the same: Tartus and
# Tartous have 0.92, Zambia and Gambia 0.83.
MIN_LETTERS, LIKE = 5, 0.84

_WORD = re.compile(r"[^\W\d_]+")


def respell(library: Library, query: Query) -> tuple[Query, dict[str, str]]:
    """Return the query with the articles' spelling of each name that no article has, and those spellings by name.

    The name of the speaker asked for is left to `index.speech.people.find_speaker`.
    """
    taken: dict[str, str] = {}
    speaker = (query.speaker or "").split()
    is_typed_small = query.standalone == query.standalone.lower()
    for found in _WORD.finditer(query.standalone):
        word = found[0]
        is_name = is_typed_small or (word[0].isupper() and found.start() > 0)
        if is_name and len(word) >= MIN_LETTERS and word not in speaker and word not in taken:
            spelled = _find_spelling(library, word)
            if spelled:
                taken[word] = spelled
    if not taken:
        return query, taken

    def corrected(text: str) -> str:
        return _WORD.sub(lambda word: taken.get(word[0], word[0]), text)

    small = {word.lower(): spelled.lower() for word, spelled in taken.items()}
    return replace(
        query,
        standalone=corrected(query.standalone),
        topic=corrected(query.topic),
        terms=tuple(small.get(term, term) for term in query.terms),
        carried=tuple(small.get(term, term) for term in query.carried),
    ), taken


def rename_speaker(query: Query, name: str) -> Query:
    """Return the query with a speaker's name instead of the similar one that it has."""
    asked, words = set(to_words(query.speaker or "")), tuple(to_words(name))
    return replace(
        query,
        standalone=replace_name(query.standalone, query.speaker or "", name),
        speaker=name,
        terms=tuple(dict.fromkeys([*words, *(term for term in query.terms if term not in asked)])),
    )


def _find_spelling(library: Library, word: str) -> str:
    """The name in the articles most like a word that they never use; "" if they use it, or if no name is similar."""
    stem = to_stems(word)[0]
    if library.lexical.frequency(stem):
        return ""
    alike = {
        other: (difflib.SequenceMatcher(None, stem, other).ratio(), found)
        for other, found in library.lexical.stems_like(stem).items()
    }
    for other in sorted(alike, key=lambda other: (-alike[other][0], -alike[other][1], other)):
        if alike[other][0] < LIKE:
            break
        spelled = _read_name(library, other)
        if spelled:
            return spelled
    return ""


def _read_name(library: Library, stem: str) -> str:
    """A word with this stem as sentences spell it, capitalised but not the first word, preferably not all capitals."""
    matching = library.lexical.sentences_with(stem, 5)
    names = [
        found[0]
        for sentence in library.store.sentences_of(matching).values()
        for found in _WORD.finditer(sentence.text)
        if to_stems(found[0]) == [stem] and found[0][0].isupper() and found.start() > 1
    ]
    return min(names, key=lambda name: (name.isupper(), name), default="")
