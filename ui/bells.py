"""Bells: buttons that watch something or stop watching it, and the list of what is watched that presses them.

A page draws bells with `bell_html`; `assets/app.js` presses those of what `watched_html` lists, and sends what a click
on one means, which is untrusted, to `toggle`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from index.errors import OnRecordError, QuestionError
from qa.news import unwatch, watch
from qa.watches import Watch, clean_watch, read_watches
from ui.inert import escape_html
from ui.shell import problem_html

if TYPE_CHECKING:
    from index.library import Library

_BELL = "M12 4a5.5 5.5 0 0 0-5.5 5.5V14L5 17h14l-1.5-3V9.5A5.5 5.5 0 0 0 12 4zm-2 16h4"


def bell_html(wanted: Watch, what: str) -> str:
    """A button that watches something, or stops watching it; `what` names it to a screen reader: "this question".

    Empty if it cannot be watched.
    """
    try:
        wanted = clean_watch(wanted)
    except QuestionError:
        return ""
    return (
        f'<button type="button" class="bell" data-watch="{wanted.id}"{data_html(wanted)} aria-pressed="false">'
        f'<svg viewBox="0 0 24 24" aria-hidden="true"><path d="{_BELL}" /></svg><span class="off">Watch</span>'
        f'<span class="on">Watching</span><span class="unseen"> {escape_html(what)}</span></button>'
    )


def data_html(wanted: Watch) -> str:
    """The attributes of a button that say what it watches."""
    return "".join(f' data-{name}="{escape_html(text)}"' for name, text in asdict(wanted).items() if text)


def watched_html(library: Library, problem: str = "") -> str:
    """The ids of what is watched, for the script, and what went wrong with a bell."""
    try:
        ids = " ".join(watched.id for watched in read_watches(library.settings.seeds))
    except OnRecordError as error:
        ids, problem = "", problem or str(error)
    return f'<div data-ids="{ids}" role="status">{problem_html(problem) if problem else ""}</div>'


def toggle(library: Library, sent: Mapping[str, Any]) -> str:
    """Watch what a bell stands for, or stop watching it; returns what went wrong, or ""."""
    try:
        if sent.get("on") is True:
            watch(library, read_sent(sent))
        else:
            unwatch(library, clean_watch(read_sent(sent)))
    except OnRecordError as error:
        return str(error)
    return ""


def read_sent(sent: Mapping[str, Any]) -> Watch:
    """What a bell or a form stands for, as it was sent."""
    given = {field.name: sent.get(field.name) for field in fields(Watch)}
    return Watch(**{name: text for name, text in given.items() if isinstance(text, str)})
