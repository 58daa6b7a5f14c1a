"""Corrections of who is who, as an editor asks for them: names and words in, a correction made or a clear error."""

from __future__ import annotations

from collections.abc import Sequence

from index.errors import CorrectionError
from index.library import Library
from index.speech.corrections import (
    Correction,
    GiveStatement,
    Merge,
    NotAPerson,
    Rename,
    SetRole,
    Split,
    clean_line,
)
from index.speech.people import find_speaker, read_name
from qa.statements import unknown_speaker


def merge(library: Library, person: str, into: str) -> Correction:
    """Make two people one, who keeps the name `into`.

    This function and the others here return the correction that was made. A person is named in full, or in any way that
    means no one else. They raise QuestionError for someone who does not speak, CorrectionError for what would have no
    effect, and SeedsError when the correction cannot be written.
    """
    return _make(library, Merge(_find(library, person), _find(library, into)))


def split(library: Library, person: str, articles: Sequence[str], name: str) -> Correction:
    """Give what a person says in these articles to another, called `name`, who may or may not speak elsewhere."""
    return _make(library, Split(_find(library, person), _clean(name, "the name"), tuple(dict.fromkeys(articles))))


def rename(library: Library, person: str, name: str) -> Correction:
    """Give a person another name."""
    return _make(library, Rename(_find(library, person), _clean(name, "the name")))


def set_role(library: Library, person: str, role: str) -> Correction:
    """Give a person the role that is shown beside the name."""
    return _make(library, SetRole(_find(library, person), _clean(role, "the role")))


def mark_as_no_person(library: Library, person: str) -> Correction:
    """Say that a name is not a person's or a group's: what it says is nobody's."""
    return _make(library, NotAPerson(_find(library, person)))


def give_statement(library: Library, article: str, text: str, to: str) -> Correction:
    """Give a sentence to `to`, who may or may not speak elsewhere, or with "" to nobody.

    `text` is the whole sentence, or a part of it that no other sentence of the article has.
    """
    to = _clean(to, "the name") if to else ""
    return _make(library, GiveStatement(article, _find_sentence(library, article, text), to))


def _make(library: Library, correction: Correction) -> Correction:
    library.correct(correction)
    return correction


def _find(library: Library, asked: str) -> str:
    """The name of the only person whom a name means."""
    with library.reading():
        people = library.people
    asked = _clean(asked, "the name")
    if any(speaker.name == asked for speaker in people):
        return asked
    if read_name(asked).given and any(asked in speaker.names for speaker in people):
        return asked  # not the name that is shown, but one that some article has
    match = find_speaker(asked, people)
    if match is None or not match.exact:
        raise unknown_speaker(asked, people)
    if match.others:
        others = " or ".join([match.speaker.name, *match.others[:3]])
        raise CorrectionError(f"“{asked}” may mean {others}. Give the full name.")
    return match.speaker.name


def _clean(text: str, what: str) -> str:
    try:
        return clean_line(text, what)
    except ValueError as error:
        raise CorrectionError(f"{error}. Nothing was changed.") from error


def _find_sentence(library: Library, article: str, text: str) -> str:
    with library.reading():
        record = library.records.get(article)
        if record is None:
            raise CorrectionError(f"the index has no article {article!r}. Give its path in the seeds folder.")
        texts = [sentence.text for sentence in library.store.sentences(record)]
    if text in texts:
        return text
    wanted = " ".join(text.split())
    found = list(dict.fromkeys(held for held in texts if wanted and wanted in " ".join(held.split())))
    if len(found) != 1:
        how_many = f"{len(found)} sentences have" if found else "no sentence has"
        raise CorrectionError(f"{how_many} the words “{text}” in {article}. Give one whole sentence.")
    return found[0]
