"""Statements and speakers, as text for a terminal or a pipe."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from itertools import groupby

from index.speech.people import Match
from index.values import Speaker
from qa.statements import Quote
from ui.inert import plain_text
from ui.wording import count, describe_manner, describe_places, describe_source, describe_speech, describe_voice

_LABEL = 10  # the width of "reported" with the margin before it


def explain_match(asked: str, match: Match) -> str:
    """Whom a name was taken to mean, on one line; "" if it can only mean one speaker."""
    taken = plain_text(match.speaker.name)
    if not match.exact:
        return f"no “{plain_text(asked)}” speaks here; taking {taken}"
    others = [plain_text(name) for name in match.others[:3] if name != match.speaker.name]
    return f"taking “{plain_text(asked)}” for {taken}; others: {', '.join(others)}" if others else ""


def statements_table(statements: Sequence[Quote], speaker: str | None, *, limit: int, width: int | None) -> str:
    """Statements under their articles, in the order given, at most `limit` of them.

    `speaker` is who was asked for; if None, each run of statements has its speaker's name. Lines are wrapped to `width`
    columns; None means that they are not wrapped.
    """
    if not statements:
        return "No statement on the record."
    articles = len({statement.article_id for statement in statements})
    head = f"{count(len(statements), 'statement')} in {count(articles, 'article')}"
    lines = [f"{plain_text(speaker)}: {head}" if speaker else head]
    for _, article_run in groupby(statements[:limit], key=lambda statement: statement.article_id):
        in_article = list(article_run)
        first = in_article[0]
        about = describe_source(first.title or first.article_id, first.source, first.published)
        lines += ["", *wrap(f"{about} ({plain_text(first.article_id)})", width, "", "")]
        for name, run in groupby(in_article, key=lambda statement: statement.speaker or describe_voice(statement)):
            if not speaker:
                lines += wrap(plain_text(name or "(no name given)"), width, "  ", "  ")
            for statement in run:
                label = f"  {describe_speech(statement.speech):<{_LABEL - 2}}  "
                manner = plain_text(describe_manner(statement))
                span = ", ".join(filter(None, (describe_places([statement]), f"{statement.start}–{statement.end}")))
                place = "; ".join(part for part in (span, manner) if part)
                text = f"{plain_text(statement.text)} ({place})"
                lines += wrap(text, width, label, " " * len(label))
    return "\n".join([*lines, *_more(len(statements), limit)])


def speakers_table(counts: Sequence[tuple[Speaker, int]], *, limit: int, width: int | None) -> str:
    """The speakers, one a line: the number of statements, the name and the other names."""
    if not counts:
        return "Nobody is quoted in these articles."
    lines = [f"{count(len(counts), 'speaker')}, {count(sum(number for _, number in counts), 'statement')}", ""]
    for speaker, number in counts[:limit]:
        also = [name for name in dict.fromkeys(map(plain_text, speaker.also)) if name]
        called = f" ({', '.join(also[:3])})" if also else ""
        line = f"{number:>7,}  {plain_text(speaker.name)}{called}"
        lines.append(line if width is None or len(line) <= width else f"{line[: width - 1]}…")
    return "\n".join([*lines, *_more(len(counts), limit)])


def wrap(text: str, width: int | None, first: str, rest: str) -> list[str]:
    """The lines of a text wrapped to `width` columns, or one line if None; the prefixes are `first` and then `rest`."""
    if width is None:
        return [first + text]
    return textwrap.wrap(
        text,
        max(width, 40),
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _more(total: int, limit: int) -> list[str]:
    return ["", f"… and {total - limit:,} more: --limit {total} shows all"] if total > limit else []
