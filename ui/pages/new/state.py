"""What a visitor sees on the New page: the latest news of what is watched, by watch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa.news import NewsItem, list_news
from qa.watches import Watch, read_watches

if TYPE_CHECKING:
    from index.library import Library

PAGE_SIZE = 50  # items shown before "Show earlier"


@dataclass(frozen=True)
class Shown:
    """What is watched, with what is new for each watch: watches and items the latest first, those without any last.

    Items with a number above `seen` are unread. `has_earlier` is whether there are more than `limit`. `visit` is how
    often the visitor had come to the page.
    """

    groups: tuple[tuple[Watch, tuple[NewsItem, ...]], ...]
    seen: int
    limit: int
    has_earlier: bool
    visit: int = 0

    @property
    def items(self) -> list[NewsItem]:
        """All that is shown, in the order of the page."""
        return [item for _, items in self.groups for item in items]

    @property
    def latest(self) -> int:
        """The number of the latest item, or 0."""
        return max((item.number for item in self.items), default=0)

    @property
    def unread(self) -> int:
        """How many of the items shown are unread."""
        return sum(item.number > self.seen for item in self.items)


def find_shown(library: Library, *, seen: int, limit: int = PAGE_SIZE, visit: int = 0) -> Shown:
    """Return the latest `limit` items of what is watched; raises SeedsError if watches.toml cannot be understood."""
    watches = {watched.id: watched for watched in read_watches(library.settings.seeds)}
    found = list_news(library, list(watches.values()), limit=limit + 1)
    by_watch: dict[str, list[NewsItem]] = {}
    for item in found[:limit]:
        by_watch.setdefault(item.watch, []).append(item)
    ids = [*by_watch, *(id_ for id_ in reversed(watches) if id_ not in by_watch)]
    groups = tuple((watches[id_], tuple(by_watch.get(id_, ()))) for id_ in ids)
    return Shown(groups, seen, limit, len(found) > limit, visit)
