"""The menu of formats and what a choice in it brings, as HTML: for `assets/citing.js`, which shows and takes them."""

from __future__ import annotations

from ui.citing.formats import FORMATS
from ui.inert import escape_html

CONVERSATION_JSON = "json"
"""The answers of a conversation, which `qa.answer.Answer.from_json` reads; nothing else is written in this format."""


def menu_html() -> str:
    """The formats as a menu: each can be copied and saved; those of a conversation are only saved."""
    rows = "".join(_row_html(name, chosen.label) for name, chosen in FORMATS.items())
    rows += _row_html(CONVERSATION_JSON, "JSON")
    return f'<div class="formats" hidden><p aria-hidden="true"></p><ul role="menu">{rows}</ul></div>'


def _row_html(name: str, label: str) -> str:
    item = '<button type="button" role="menuitem" tabindex="-1"'
    return (
        f'<li role="none" data-form="{name}">{item} data-does="copy">{label}</button>'
        f'{item} data-does="save" aria-label="Save as {label}">Save</button></li>'
    )


def cited_html(number: object, form: str, text: str, plain: str) -> str:
    """What was chosen, for the page to copy or save once for each `number`; `plain` goes with rich text."""
    suffix = FORMATS[form].suffix if form in FORMATS else ".json"
    media_type = FORMATS[form].media_type if form in FORMATS else "application/json"
    return (
        f'<div data-number="{number if isinstance(number, int) else 0}" data-name="on-the-record{suffix}" '
        f'data-type="{media_type}"><div class="text">{escape_html(text)}</div>'
        f'<div class="plain">{escape_html(plain)}</div></div>'
    )
