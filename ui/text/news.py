"""What is watched and what is new, as text for a terminal and as JSON, with everything in it made inert."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from qa.answer import CitedSentence
from qa.news import NewsItem
from qa.watches import Watch
from ui.inert import plain_text
from ui.text.answer import describe_origin
from ui.wording import count, describe_voice

KINDS = {"new": "new", "changed": "this statement changed", "removed": "was removed"}


def watches_text(watches: Sequence[Watch], unread: Mapping[str, int]) -> str:
    """The watches with their ids, and how many items are unread of each, by its id."""
    if not watches:
        return 'Nothing is watched. Like this: onrecord watch add "What did Peskov say about Tartous?"'
    return "\n".join(
        f"{watched.id}  {plain_text(watched.title)}"
        + (f"  ({unread[watched.id]:,} unread)" if unread.get(watched.id) else "")
        for watched in watches
    )


def watch_fields(watched: Watch) -> dict[str, str]:
    """A watch as JSON has it."""
    return {"id": watched.id, "title": watched.title, **asdict(watched)}


def news_text(items: Sequence[NewsItem], watches: Sequence[Watch]) -> str:
    """The items under the watches that they are for, each with its speaker and source."""
    if not items:
        return "Nothing new."
    titles = {watched.id: watched.title for watched in watches}
    lines = [count(len(items), "new item")]
    in_order = sorted(items, key=lambda item: ([*titles].index(item.watch), item.number))
    for watch, found in groupby(in_order, key=lambda item: item.watch):
        lines += ["", plain_text(titles[watch])]
        for item in found:
            sentence = item.sentence
            lines.append(f"  {KINDS[item.kind]}  {plain_text(describe_said(sentence))}")
            if item.before:
                lines.append(f"      before: {plain_text(' '.join(item.before.split()))}")
            place = f"({plain_text(sentence.article_id)}, {sentence.start}–{sentence.end})"
            lines.append(f"      {describe_origin(sentence)} {place}")
    return "\n".join(lines)


def describe_said(sentence: CitedSentence) -> str:
    """A sentence on one line, after whoever says it; not made inert."""
    return ": ".join(part for part in (describe_voice(sentence), " ".join(sentence.text.split())) if part)


def item_fields(item: NewsItem) -> dict[str, Any]:
    """An item as JSON has it; `found` is a time in UTC, as ISO 8601 writes it."""
    found = datetime.fromtimestamp(item.found, UTC).isoformat(timespec="seconds")
    return {**asdict(item), "found": found}
