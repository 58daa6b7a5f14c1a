"""Corrections of who is who and suggestions, in words and as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from index.file_names import PEOPLE_FILE
from index.speech.corrections import Correction, GiveStatement, Merge, Rename, SetRole, Split, to_what
from index.speech.suggestions import Suggestion
from ui.inert import plain_text
from ui.wording import count

if TYPE_CHECKING:
    from index.library import Library

_SHOWN = 80  # characters of a statement


def describe(correction: Correction) -> str:
    """What a correction says, on one line: "Bob Zimmerman is Bob Dylan"."""
    match correction:
        case Merge(person, into):
            said = f"{person} is {into}"
        case Split(person, name, articles):
            where = articles[0] if len(articles) == 1 else count(len(articles), "article")
            said = f"{person} in {where} is {name}"
        case Rename(person, name):
            said = f"{person} is called {name}"
        case SetRole(person, role):
            said = f"{person} is {role}"
        case GiveStatement(article, text, to):
            text = " ".join(text.split())
            shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN].rstrip()}…"
            said = f"“{shown}” in {article} is by {to or 'nobody'}"
        case _:
            said = f"{correction.person} is not a person"
    return plain_text(said)


def describe_suggestion(suggestion: Suggestion) -> str:
    """Who may be one person, and why, on one line."""
    return plain_text(f"{suggestion.person} may be {suggestion.into}: {', '.join(suggestion.why)}")


def corrections_text(library: Library) -> str:
    """The corrections with their numbers, what is wrong in their file, and what may be one person."""
    with library.reading():
        roster = library.roster
        made, faults, suggestions = roster.corrections.made, roster.corrections.faults, roster.suggestions
    lines = [f"{count(len(made), 'correction')} in {PEOPLE_FILE}" if made else "No corrections."]
    for number, (correction, idle) in enumerate(zip(made, roster.idle, strict=True), start=1):
        lines.append(f"{number:>4}  {describe(correction)}")
        if idle:
            lines.append(f"      has no effect now: {plain_text(idle)}")
    lines += [""] * bool(faults)
    lines += [f"{PEOPLE_FILE}, line {fault.line}: {plain_text(fault.reason)}" for fault in faults]
    if suggestions:
        lines += ["", "Perhaps one person (onrecord people merge):"]
        lines += [f"      {describe_suggestion(suggestion)}" for suggestion in suggestions]
    return "\n".join(lines)


def corrections_json(library: Library) -> str:
    """The same as one line of JSON; `idle` is the reason why a correction has no effect now, or ""."""
    with library.reading():
        roster = library.roster
        suggestions = roster.suggestions
    shown = {
        "corrections": [
            {"number": number, **to_fields(correction), "idle": idle}
            for number, (correction, idle) in enumerate(zip(roster.corrections.made, roster.idle, strict=True), start=1)
        ],
        "faults": [asdict(fault) for fault in roster.corrections.faults],
        "suggestions": [asdict(suggestion) for suggestion in suggestions],
    }
    return json.dumps(shown, ensure_ascii=False)


def to_fields(correction: Correction) -> dict[str, Any]:
    """A correction as the file names its fields."""
    return {"what": to_what(correction), **asdict(correction)}
