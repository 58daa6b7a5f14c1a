"""What is new, by watch, as HTML with everything escaped."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from qa.differences import compare_words
from qa.news import NewsItem
from qa.watches import LONGEST, Watch
from ui.bells import data_html
from ui.inert import escape_html, line_html
from ui.pages.new.state import Shown
from ui.pages.statements import own_words_html
from ui.shell import origin_html, piece_html, problem_html
from ui.source import Mark, Opened, nothing_open_html, panel_html
from ui.text.news import KINDS
from ui.wording import count, describe_speech, describe_voice, format_moment

if TYPE_CHECKING:
    from index.library import Library

_OFFERED = 200  # people, and outlets, offered while a name is typed


def head_html(*, read_only: bool) -> str:
    """The heading and, unless `read_only`, the form that watches something; it is drawn once."""
    heading = '<h2 tabindex="-1">What is new</h2>'
    if read_only:
        return heading

    def field(name: str, label: str, placeholder: str, longest: int = LONGEST) -> str:
        listed = f' list="watched-{name}"' if name in ("speaker", "source") else ""
        return (
            f'<p class="{name}"><label for="watch-{name}">{label}</label><input id="watch-{name}" name="{name}" '
            f'maxlength="{longest}"{listed} autocomplete="off" spellcheck="false" placeholder="{placeholder}"></p>'
        )

    return (
        f'{heading}<details class="watch-more"><summary>Watch something</summary><p class="explained">Every sentence '
        "that comes into these articles, changes or is removed is compared with what you watch. Fill in one field, or "
        'several: a sentence then has to fit all of them.</p><form id="watch-form">'
        f"{field('question', 'A question', 'What did … say about …?')}{field('speaker', 'A person', 'By name or role')}"
        f"{field('about', 'A topic', 'A word or a few', 300)}{field('source', 'An outlet', 'By name')}"
        '<button type="submit">Watch</button></form></details>'
    )


def offers_html(library: Library) -> str:
    """The people and outlets that the form offers."""
    with library.reading():
        people = [speaker.name for speaker in library.people[:_OFFERED]]
        often = Counter(record.source for record in library.records.values() if record.source)
    sources = [source for source, _ in often.most_common(_OFFERED)]
    return _offer_html("speaker", people) + _offer_html("source", sources)


def shown_html(shown: Shown, *, read_only: bool) -> str:
    """All watches, with what is new for each."""
    about = f'data-watches="{len(shown.groups)}" data-limit="{shown.limit}"'
    if not shown.groups:
        who = "" if read_only else " Watch a question, a person, a topic or an outlet, and what is new appears here."
        return f'<div class="news" {about}><p class="nobody" role="status">Nothing is watched yet.{who}</p></div>'
    total = len(shown.items)
    size = count(total, "item") if total else "Nothing new yet"
    settle = ""
    if shown.unread:
        size = f"{shown.unread:,} unread of {count(total, 'item')}"
        settle = '<button type="button" class="settle">Mark all as seen</button>'
    groups = "".join(_group_html(watched, items, shown, read_only=read_only) for watched, items in shown.groups)
    earlier = '<button type="button" class="more">Show earlier</button>' if shown.has_earlier else ""
    return f'<div class="news" {about}><p class="size" role="status">{size}</p>{settle}{groups}{earlier}</div>'


def watched_told_html(watched: Watch) -> str:
    """What is watched from now on."""
    return _told_html(f"Watching “<bdi>{escape_html(watched.title)}</bdi>” from now on.")


def stopped_told_html(watched: Watch) -> str:
    """What is no longer watched, with a button that watches it again."""
    again = f'<button type="button" class="again"{data_html(watched)}>Watch again</button>'
    return _told_html(f"No longer watching “<bdi>{escape_html(watched.title)}</bdi>”.", again)


def refused_told_html(message: str) -> str:
    """Why something is not watched, or still is."""
    return f'<div class="told" tabindex="-1">{problem_html(message)}</div>'


def news_panel_html(library: Library, shown: Shown | None, number: int) -> str:
    """The panel with the item of this number among those shown, in the version in which it stands; else empty."""
    items = shown.items if shown else []
    place = next((place for place, item in enumerate(items) if item.number == number), None)
    if place is None:
        return nothing_open_html()
    opened = Opened(
        kind="news",
        place=number,
        what=f"{place + 1:,} of {count(len(items), 'item')}",
        noun="item",
        can_be_cited=True,
        previous=items[place - 1].number if place > 0 else None,
        following=items[place + 1].number if place + 1 < len(items) else None,
    )
    cited = items[place].sentence
    mark = Mark(number, cited.article_id, cited.digest, cited.start, cited.end, cited.text)
    return panel_html(library, cited.article_id, opened, [mark], number)


def differing_html(before: str, now: str) -> tuple[str, str]:
    """Two versions of a sentence, the words that only one of them has in a `del` and in an `ins`."""
    pieces = [(old, new, piece_html(old, new)) for old, new in compare_words(before, now)]
    return "".join(html for old, _, html in pieces if old), "".join(html for _, new, html in pieces if new)


def _offer_html(name: str, offered: list[str]) -> str:
    options = "".join(f'<option value="{line_html(one)}"></option>' for one in offered)
    return f'<datalist id="watched-{name}">{options}</datalist>'


def _told_html(html: str, button: str = "") -> str:
    return f'<div class="told done" tabindex="-1"><p role="status" dir="auto">{html}</p>{button}</div>'


def _group_html(watched: Watch, items: tuple[NewsItem, ...], shown: Shown, *, read_only: bool) -> str:
    title = escape_html(watched.title)
    unread = sum(item.number > shown.seen for item in items)
    what = f"{_describe(watched)} · {unread:,} unread" if unread else _describe(watched)
    stop = (
        ""
        if read_only
        else f'<button type="button" class="stop-watching" data-watch="{watched.id}">Stop watching'
        f'<span class="unseen"> {title}</span></button>'
    )
    feed = f'<a class="feed" href="/feeds/{watched.id}.atom">Feed<span class="unseen"> of {title}</span></a>'
    rows = "".join(_item_html(item, is_unread=item.number > shown.seen) for item in items)
    nothing = "Nothing among these." if shown.has_earlier else "Nothing new yet."
    return (
        f'<section class="watch" aria-label="{title}"><h3 dir="auto">{title}</h3>'
        f'<p class="when">{what} · {feed}{f" · {stop}" if stop else ""}</p>'
        f"{f'<ul>{rows}</ul>' if rows else f'<p class=nothing>{nothing}</p>'}</section>"
    )


def _describe(watched: Watch) -> str:
    """What kind of thing is watched: "A question", "A person on a topic in an outlet"."""
    kind = "A question" if watched.question else ""
    if watched.speaker:
        kind += ", answered by a person" if kind else "A person"
    if watched.about:
        kind += " on a topic" if kind else "A topic"
    if watched.source:
        kind += " in an outlet" if kind else "An outlet"
    return kind


def _item_html(item: NewsItem, *, is_unread: bool) -> str:
    sentence = item.sentence
    if item.kind == "changed":
        before, now = differing_html(item.before, sentence.text)
        words = (
            f'<span class="words"><span class="which">Before</span> {before}</span>'
            f'<span class="words"><span class="which">Now</span> {now}</span>'
        )
    elif item.kind == "removed":
        words = f'<span class="words"><del>{escape_html(sentence.text)}</del></span>'
    else:
        words = f'<span class="words">{own_words_html(sentence)}</span>'
    voice = describe_voice(sentence)
    by = f"<bdi>{escape_html(voice)}</bdi>, {describe_speech(sentence.speech)}" if voice else ""
    origin = " · ".join(part for part in (by, origin_html(sentence)) if part)
    return (
        f'<li class="{"unread" if is_unread else "seen"}"><button type="button" class="statement" data-opens="news" '
        f'data-place="{item.number}" dir="auto"><span class="speech {item.kind}">'
        f"{'<span class=unseen>Unread: </span>' if is_unread else ''}{KINDS[item.kind].capitalize()}"
        f'<span class="found"> · found {format_moment(item.found)}</span></span>{words}'
        f'<span class="origin">{origin}</span></button></li>'
    )
