"""Articles that are copies of one another, and how they differ, as text for a terminal or as lines of JSON."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from typing import Any

from index.library import Library
from index.values import ArticleRecord
from qa.copies import compare_articles, find_copies, list_groups
from ui.inert import plain_text
from ui.wording import count, describe_source

_SIGNS = {"same": " ", "changed": "~", "removed": "-", "added": "+"}


def groups_text(library: Library) -> str:
    """Each group of copies under a line that counts them, the earliest article first."""
    groups = list_groups(library)
    if not groups:
        return "No article is a copy of another.\n"
    blocks = [
        "".join([f"{count(len(group), 'article')}\n", *(f"  {_describe(record)}\n" for record in group)])
        for group in groups
    ]
    return "\n".join(blocks)


def groups_json(library: Library) -> str:
    """Each group of copies as a line `{"articles": [{"id", "title", "source", "published"}]}`."""
    return "".join(_line({"articles": [_to_fields(record) for record in group]}) for group in list_groups(library))


def copies_text(library: Library, article_id: str) -> str:
    """Each copy of an article, with the sentences that are not the same: "~" changed, "-" only there, "+" only here."""
    blocks = []
    for record in find_copies(library, article_id):
        differences = compare_articles(library, article_id, record.id)
        lines = [f"{_describe(record)}: {describe_counts(Counter(one.kind for one in differences))}\n"]
        for one in differences:
            if one.kind == "changed":
                lines.append(f"  ~ {plain_text(one.before)}\n    {plain_text(one.after)}\n")
            elif one.kind != "same":
                lines.append(f"  {_SIGNS[one.kind]} {plain_text(one.before or one.after)}\n")
        blocks.append("".join(lines))
    return "\n".join(blocks) or "This article has no copies.\n"


def copies_json(library: Library, article_id: str) -> str:
    """Each copy as a line `{"id", "title", "source", "published", "differences": [{"kind", "before", "after"}]}`."""
    return "".join(
        _line(
            _to_fields(record)
            | {"differences": [asdict(one) for one in compare_articles(library, article_id, record.id)]}
        )
        for record in find_copies(library, article_id)
    )


def describe_counts(kinds: Counter[Any]) -> str:
    """How many sentences are the same, changed, removed and added: "12 the same, 2 changed"."""
    words = {"same": "the same", "changed": "changed", "removed": "removed", "added": "added"}
    return ", ".join(f"{kinds[kind]:,} {word}" for kind, word in words.items() if kinds[kind])


def _describe(record: ArticleRecord) -> str:
    about = describe_source(record.title or record.id, record.source, record.published)
    return f"{about} ({plain_text(record.id)})"


def _to_fields(record: ArticleRecord) -> dict[str, Any]:
    return {"id": record.id, "title": record.title, "source": record.source, "published": record.published}


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"
