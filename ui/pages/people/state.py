"""The person whose statements a visitor has opened."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from index.values import Speaker
from qa.statements import Quote, list_quotes
from ui.pages.statements import PAGE_SIZE

if TYPE_CHECKING:
    from index.library import Library


@dataclass(frozen=True)
class PersonStatements:
    """A person's statements, latest article first, and how many of them are shown."""

    speaker: Speaker
    statements: tuple[Quote, ...]
    shown: int = PAGE_SIZE
    topic: str = ""  # if only statements on a topic were asked for


def find_person_statements(library: Library, name: str, topic: str = "") -> PersonStatements | None:
    """Return the statements of the person of exactly this name, only those on `topic` if given, or None.

    Raises QuestionError for a topic without a word, or with too many.
    """
    with library.reading():
        found = next((speaker for speaker in library.people if speaker.name == name), None)
    if found is None:
        return None
    statements = list_quotes(library, speaker=found, about=topic or None)
    if topic:  # they come in order of relevance
        statements.sort(key=lambda statement: (statement.published or "", statement.article_id, statement.start))
    articles = [list(run) for _, run in groupby(statements, key=lambda statement: statement.article_id)]
    dated = [run for run in articles if month_of(run[0])]
    ordered = [*reversed(dated), *(run for run in articles if not month_of(run[0]))]
    return PersonStatements(found, tuple(statement for run in ordered for statement in run), topic=topic)


def month_of(statement: Quote) -> str:
    """The month of an article, such as 2024-12; empty if its date has none."""
    published = statement.published or ""
    return published[:7] if re.match(r"\d{4}-\d\d", published) else ""
