"""What an editor sees on the People page: forms to correct a person, corrections made and suggestions, as HTML."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from index.english.dates import format_date
from index.file_names import PEOPLE_FILE
from index.speech.corrections import LONGEST, Correction, to_toml
from index.speech.suggestions import Suggestion
from ui.inert import escape_html, line_html
from ui.pages.people.state import PersonStatements
from ui.shell import problem_html
from ui.text.people import describe, describe_suggestion
from ui.wording import count

if TYPE_CHECKING:
    from index.library import Library

_OFFERED = 200  # people offered while a name is typed


def forms_html(library: Library, person: PersonStatements) -> str:
    """A button, and the forms that it shows: what may be wrong about a person."""
    with library.reading():
        offered = [speaker.name for speaker in library.people[:_OFFERED] if speaker.name != person.speaker.name]
    options = "".join(f'<option value="{escape_html(name)}"></option>' for name in offered)
    name = line_html(person.speaker.name)
    return (
        '<button type="button" class="correct-toggle" aria-expanded="false" aria-controls="correct-person">'
        '<span class="unseen">Correct this person</span><span aria-hidden="true">Correct…</span></button>'
        '<section id="correct-person" aria-label="Correct this person" hidden>'
        f'<datalist id="known-people">{options}</datalist>'
        f"{_form_html('merge', 'The same person as', 'into', 'Merge', is_person=True)}"
        f"{_form_html('rename', 'Is called', 'name', 'Rename', value=name)}"
        f"{_form_html('role', 'Has the role', 'role', 'Set role', value=line_html(person.speaker.role))}"
        f"{_split_html(person)}"
        '<form data-what="not-a-person" class="correction"><p>The name is not a person’s or a group’s.</p>'
        '<button type="submit">Not a person</button></form></section>'
    )


def give_html() -> str:
    """The form that gives a statement to somebody else; the script puts it below the statement."""
    return (
        '<form data-what="statement" class="correction give" hidden>'
        '<label for="give-to">Who said it?</label><span class="asking">'
        f'<input id="give-to" name="to" list="known-people" required maxlength="{LONGEST}" autocomplete="off" '
        'spellcheck="false"><button type="submit">Give</button></span><span class="choices">'
        '<button type="submit" class="nobody-said" value="nobody" formnovalidate>Nobody</button>'
        '<button type="button" class="cancel-give">Cancel</button></span></form>'
    )


def list_articles(person: PersonStatements) -> list[str]:
    """The ids of the articles in which a person speaks, in the order of the page."""
    return list(dict.fromkeys(statement.article_id for statement in person.statements))


def corrections_html(library: Library, *, is_open: bool) -> str:
    """What may be one person, and the corrections made, the last one first; empty if there is nothing to show."""
    with library.reading():
        roster = library.roster
        made, faults, suggestions = roster.corrections.made, roster.corrections.faults, roster.suggestions
    sizes = [count(len(made), "correction")] if made else []
    sizes += [count(len(suggestions), "suggestion")] if suggestions else []
    sizes += [count(len(faults), "bad line")] if faults else []
    if not sizes:
        return ""
    body = ""
    if faults:
        rows = "".join(f"<li>{line_html(f'{PEOPLE_FILE}, line {fault.line}: {fault.reason}')}</li>" for fault in faults)
        body += f'<p class="kind">Lines that are not understood</p><ul class="faults">{rows}</ul>'
    if suggestions:
        rows = "".join(map(_suggestion_html, suggestions))
        body += f'<p class="kind">Perhaps one person</p><ul>{rows}</ul>'
    if made:
        rows = "".join(
            f"<li><span><bdi>{line_html(describe(correction))}</bdi>{_idle_html(idle)}</span>{_undo_html(correction)}</li>"
            for correction, idle in reversed([*zip(made, roster.idle, strict=True)])
        )
        body += f'<p class="kind">Corrections</p><ul>{rows}</ul>'
    state = " open" if is_open else ""
    return f'<details class="corrections"{state}><summary>{" · ".join(sizes)}</summary>{body}</details>'


def told_html(address: str, correction: Correction, *, undone: bool) -> str:
    """What was just done; the script then goes to `address`, if a person's page is open."""
    done = "Undone" if undone else "Corrected"
    undo = "" if undone else _undo_html(correction)
    return (
        f'<div class="told" tabindex="-1" data-address="{line_html(address)}"><p role="status">{done}: '
        f"<bdi>{line_html(describe(correction))}</bdi></p>{undo}</div>"
    )


def refused_html(message: str) -> str:
    """Why a correction was not made."""
    return f'<div class="told" tabindex="-1">{problem_html(message)}</div>'


def to_address(name: str, topic: str = "") -> str:
    """The address of a person's page, or with "" of everyone's."""
    return "/".join(["people", *(quote(part, safe="", errors="replace") for part in (name, topic) if part)])


def key_of(correction: Correction) -> str:
    """What names a correction to the browser."""
    return hashlib.sha256(to_toml(correction).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def find_correction(made: Sequence[Correction], key: object) -> Correction | None:
    """The last correction with this key; None if there is none."""
    return next((correction for correction in reversed(made) if key_of(correction) == key), None)


def _form_html(what: str, label: str, name: str, action: str, *, value: str = "", is_person: bool = False) -> str:
    listed = ' list="known-people"' if is_person else ""
    return (
        f'<form data-what="{what}" class="correction"><label for="correct-{what}">{label}</label><span class="asking">'
        f'<input id="correct-{what}" name="{name}" value="{value}"{listed} required maxlength="{LONGEST}" '
        f'autocomplete="off" spellcheck="false"><button type="submit">{action}</button></span></form>'
    )


def _split_html(person: PersonStatements) -> str:
    """The form that gives whole articles to somebody else; empty if there is only one."""
    articles = list_articles(person)
    if len(articles) < 2:
        return ""
    often = Counter(statement.article_id for statement in person.statements)
    first = {statement.article_id: statement for statement in reversed(person.statements)}
    rows = ""
    for place, article in enumerate(articles):
        about = " · ".join(filter(None, (format_date(first[article].published), count(often[article], "statement"))))
        rows += (
            f'<label class="article"><input type="checkbox" name="articles" value="{place}"><span>'
            f'<bdi>{line_html(first[article].title or article)}</bdi> <span class="when">{line_html(about)}</span>'
            "</span></label>"
        )
    return (
        '<form data-what="split" class="correction"><fieldset><legend>Somebody else speaks in these articles</legend>'
        f'<div class="articles">{rows}</div></fieldset><label for="correct-split">The other is called</label>'
        '<span class="asking"><input id="correct-split" name="name" list="known-people" required autocomplete="off" '
        f'spellcheck="false" maxlength="{LONGEST}"><button type="submit">Split</button></span></form>'
    )


def _suggestion_html(suggestion: Suggestion) -> str:
    person, into = escape_html(suggestion.person), escape_html(suggestion.into)
    return (
        f'<li><span><bdi>{line_html(describe_suggestion(suggestion))}</bdi></span><button type="button" '
        f'class="merge-suggested" data-person="{person}" data-into="{into}" '
        f'aria-label="Merge {person} into {into}">Merge</button></li>'
    )


def _undo_html(correction: Correction) -> str:
    return (
        f'<button type="button" class="undo" data-key="{key_of(correction)}" '
        f'aria-label="Undo: {line_html(describe(correction))}">Undo</button>'
    )


def _idle_html(idle: str) -> str:
    return f' <span class="idle">has no effect now: {line_html(idle)}</span>' if idle else ""
