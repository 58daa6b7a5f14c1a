"""What an editor sends from the People page: untrusted values in, a correction made out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from index.errors import CorrectionError
from index.speech.corrections import Correction, Merge, Rename, Split
from qa import people
from ui.pages.people.correcting import list_articles
from ui.pages.people.state import PersonStatements

if TYPE_CHECKING:
    from index.library import Library


def make_correction(library: Library, chosen: PersonStatements | None, sent: Mapping[str, Any]) -> Correction:
    """Make the correction that was sent about the person who is open, or about two who were suggested.

    Articles and statements are named by their places on the page. Raises OnRecordError as `qa.people` does.
    """
    given = {key: value for key, value in sent.items() if isinstance(value, str)}
    what, into, name, role, to = (given.get(key, "") for key in ("what", "into", "name", "role", "to"))
    if what == "merge-suggested":
        return people.merge(library, given.get("person", ""), into)
    if chosen is None:
        raise CorrectionError("nobody is open on this page any more: open the person again")
    person = chosen.speaker.name
    match what:
        case "merge":
            return people.merge(library, person, into)
        case "rename":
            return people.rename(library, person, name)
        case "role":
            return people.set_role(library, person, role)
        case "split":
            return people.split(library, person, _read_articles(chosen, sent.get("articles")), name)
        case "not-a-person":
            return people.mark_as_no_person(library, person)
        case "statement":
            place = sent.get("place")
            if isinstance(place, int) and 0 <= place < len(chosen.statements):
                statement = chosen.statements[place]
                return people.give_statement(library, statement.article_id, statement.text, to)
    raise CorrectionError("this page is out of date: open the person again")


def find_name(library: Library, chosen: PersonStatements, correction: Correction) -> str:
    """The name that the person who was open has now; "" if it is nobody's any more."""
    with library.reading():
        names = {**library.full_names, **{speaker.name: speaker.name for speaker in library.people}}
    likely = [chosen.speaker.name]
    match correction:
        case Merge(person, into):
            likely += [into, person]
        case Rename(person, name) | Split(person, name, _):
            likely += [name, person]
    return next((names[name] for name in likely if name in names), "")


def _read_articles(chosen: PersonStatements, places: object) -> list[str]:
    articles = list_articles(chosen)
    found = [
        articles[place]
        for place in (places if isinstance(places, list) else [])
        if isinstance(place, int) and 0 <= place < len(articles)
    ]
    if not found:
        raise CorrectionError("no article is chosen: choose those in which somebody else speaks")
    return found
