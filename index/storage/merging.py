"""Several parts of an index made one, so that searching them does not grow slow, nor the disk fill with old versions.

Only parts that no sync changes any more are merged, beside whoever reads and writes the index. What was merged when a
process was killed is merged further by the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from index.storage.chroma import Part
from index.storage.snapshots import SMALL, WASTE, Listed, is_wasteful

FACTOR = 4  # a part is at least so many times as large as all that follow, so a million sentences are in five or six


def choose_parts(parts: tuple[Listed, ...], sentences: int) -> tuple[Listed, ...]:
    """Return the neighbouring parts of an index that are to become one; none if it is fine as it is.

    `sentences` is the number of those that count.
    """
    fixed = parts if parts and parts[-1].sentences > SMALL else parts[:-1]
    if len(fixed) > 1 and is_wasteful(parts, sentences):
        return fixed
    first = len(fixed) - 1
    while first > 0 and fixed[first - 1].sentences < FACTOR * sum(part.sentences for part in fixed[first:]):
        first -= 1
    return fixed[first:] if first < len(fixed) - 1 else ()


def is_worth_copying(sources: Sequence[Part]) -> bool:
    """Whether most of the first part is still in what parts come to, so that a copy of it is changed in less time."""
    later = {article_id for source in sources[1:] for article_id in source.records()}
    kept = sum(record.sentences for key, record in sources[0].records().items() if record and key not in later)
    return kept * WASTE > sources[0].count()


def merge_into(target: Part, sources: Sequence[Part], *, is_first: bool, go_on: Callable[[], bool]) -> bool:
    """Put into a part all that is in others, the earliest first; returns False if it was told not to go on.

    The target may hold the first of them already, or what was put there before. With `is_first`, there are no earlier
    parts, and what is gone needs no note.
    """
    held = target.records()
    articles: set[str] = set()
    paths: set[str] = set()
    for source in reversed(sources):
        records, files = source.records(), source.files()
        for article_id, record in records.items():
            if not go_on():
                return False
            if record and article_id not in articles and held.get(article_id) != record:
                target.take(source, record)
        target.put_files([file for path, file in files.items() if file and path not in paths])
        gone = [article_id for article_id, record in records.items() if not record and article_id not in articles]
        lost = [path for path, file in files.items() if not file and path not in paths]
        (target.remove if is_first else target.bury)(gone, lost)
        articles |= records.keys()
        paths |= files.keys()
    target.forget([])
    return True
