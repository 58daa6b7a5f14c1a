"""The articles as the Library page lists them, filtered and sorted, and what a visitor is doing to them."""

from __future__ import annotations

import functools
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from index.errors import OnRecordError
from index.plan import Plan
from index.seeds_folder import Added, Known, Removed, Taken, list_removed
from index.speech.people import from_json
from index.words import fold_letters
from ui.search import has_words, split_sought
from ui.wording import count

if TYPE_CHECKING:
    from index.library import Library


PAGE_SIZE = 100  # rows shown before "more"
COLUMNS = ("title", "source", "date", "sentences", "people", "state")
STATES = ("skipped", "kept", "gone", "changed", "new", "removed", "indexed")  # those that need attention first
_LISTS = 4  # remembered for each visitor: a click may come from a list that is just being replaced
_NOTHING_TO_DO = Plan((), (), frozenset(), (), (), ())


@dataclass(frozen=True)
class Row:
    """An article, or a file that is not one yet: then `id` is the file's name, and what is unknown is None.

    `state` is one of STATES. "skipped" and "kept" have a `reason`; "kept" is an article whose file has changed and
    cannot be read any more. "removed" has the `token` that puts the file back.
    """

    id: str
    file: str
    title: str
    state: str
    source: str | None = None
    author: str | None = None
    published: str | None = None
    sentences: int | None = None
    people: int | None = None
    reason: str = ""
    token: str = ""
    copies: int = 0
    """How many other articles are copies of it."""

    @property
    def can_be_read(self) -> bool:
        """Whether the index has its text."""
        return self.sentences is not None and self.state != "removed"

    @property
    def can_be_removed(self) -> bool:
        """Whether there is a file to remove."""
        return self.state not in ("gone", "removed")


@dataclass(frozen=True)
class Arrival:
    """What became of a file that a visitor added; `given` is the name it arrived with."""

    given: str
    outcome: Added | Known | Taken | str
    """A text is the reason why it was not added."""


@dataclass(frozen=True)
class Shelf:
    """What a visitor sees of the library, and what they are doing to it.

    `rows` are those found, in order, out of `total`; the first `shown` of them are on the page. `serial` tells one list
    from another, so that a click on an older list is not mistaken for a click on this one. `asked` is the row that the
    visitor has to confirm removing; `ghosts` are the rows that they removed, which stay in their place. `removed` is
    everything that anybody removed. `plan` is what a sync would do, None if the folder cannot be read.
    """

    rows: tuple[Row, ...] = ()
    total: int = 0
    serial: int = 0
    sought: str = ""
    column: str = "date"
    descending: bool = True
    shown: int = PAGE_SIZE
    asked: Row | None = None
    ghosts: tuple[Row, ...] = ()
    arrivals: tuple[Arrival, ...] = ()
    removed: tuple[Removed, ...] = ()
    plan: Plan | None = None
    problem: str = ""
    synced: float | None = None
    """`Library.synced`."""
    file_sizes: Counter[str] = field(default_factory=Counter)
    """The number of articles in each file."""


def list_rows(library: Library, plan: Plan, ghosts: Sequence[Row] = ()) -> list[Row]:
    """Every article and every file that has none yet; a ghost takes the place of its row until the file is back."""
    records = library.records
    copies = library.lexical.copies_of(None)
    changed = {file.name for file in plan.read} | set(plan.unsettled)
    gone = set(plan.gone)
    reasons = dict(plan.skipped)
    hidden = {ghost.file for ghost in ghosts if ghost.file not in plan.found}
    rows = [ghost for ghost in ghosts if ghost.file in hidden]
    for record in records.values():
        if record.file in hidden:
            continue
        state = "gone" if record.file in gone else "changed" if record.file in changed else "indexed"
        reason = reasons.pop(record.id, "") if state == "indexed" else ""
        rows.append(
            Row(
                id=record.id,
                file=record.file,
                title=record.title or record.id,
                state="kept" if reason else state,
                source=record.source,
                author=record.author,
                published=record.published,
                sentences=record.sentences,
                people=_count_people(record.speakers),
                reason=reason,
                copies=len(copies.get(record.id, ())),
            )
        )
    known = {record.file for record in records.values()}
    rows += [Row(name, name, name, "new") for name in sorted(changed - known)]
    files = sorted(plan.found, key=len)
    for name, reason in reasons.items():
        file = name if name in plan.found else _container(name, files)
        rows.append(Row(name, file, name, "skipped", reason=reason))
    return rows


def arrange(rows: Sequence[Row], sought: str, column: str, *, descending: bool) -> list[Row]:
    """The rows with all the words sought in their title, outlet, author or path, sorted by a column.

    Rows without a value in that column come last either way; equal ones are in order of their ids.
    """
    words = split_sought(sought)
    found = sorted((row for row in rows if _has_words(row, words)), key=lambda row: row.id)
    filled = [row for row in found if _key(row, column) is not None]
    filled.sort(key=lambda row: _key(row, column) or (), reverse=descending)
    return [*filled, *(row for row in found if _key(row, column) is None)]


def take_stock(library: Library, shelf: Shelf) -> Shelf:
    """The shelf, with its rows and everything about them as it is now."""
    plan, problem = None, shelf.problem
    try:
        plan = library.plan()
    except OnRecordError as error:
        problem = problem or str(error)
    everything = list_rows(library, plan or _NOTHING_TO_DO, shelf.ghosts)
    rows = arrange(everything, shelf.sought, shelf.column, descending=shelf.descending)
    still = {row.file for row in everything if row.state == "removed"}
    return replace(
        shelf,
        rows=tuple(rows),
        total=len(everything),
        serial=shelf.serial + 1,
        ghosts=tuple(ghost for ghost in shelf.ghosts if ghost.file in still),
        removed=tuple(list_removed(library.settings)),
        plan=plan,
        problem=problem,
        synced=library.synced,
        file_sizes=Counter(record.file for record in library.records.values()),
    )


def _container(name: str, files: Sequence[str]) -> str:
    """The file that contains the row or member of this name; the name itself if none does."""
    return next((file for file in files if name.startswith((f"{file}#", f"{file}/"))), name)


@functools.lru_cache(maxsize=100_000)
def _count_people(speakers: str) -> int:
    return len(from_json(speakers))


def _has_words(row: Row, words: Sequence[str]) -> bool:
    return has_words(words, row.title, row.source or "", row.author or "", row.id)


def _key(row: Row, column: str) -> tuple[str | int, ...] | None:
    value: str | int | None
    if column == "state":
        value = STATES.index(row.state)
    elif column == "date":
        value = (
            None if not row.published or row.published.startswith("-") else row.published
        )  # "-" stands for an unknown year
    else:
        value = {"title": row.title, "source": row.source, "sentences": row.sentences, "people": row.people}[column]
    if isinstance(value, str):
        return (fold_letters(value),) if value else None
    return None if value is None else (value,)


def describe_order(shelf: Shelf) -> Iterator[tuple[str, str]]:
    """Each column with its value for aria-sort."""
    for column in COLUMNS:
        yield column, ("descending" if shelf.descending else "ascending") if column == shelf.column else "none"


class Visit:
    """One visitor's Shelf, changed by several threads: one may still be syncing at the next click."""

    def __init__(self) -> None:
        self.shelf = Shelf()
        self._lists: dict[int, tuple[Row, ...]] = {}
        self._lock = threading.Lock()

    def __deepcopy__(self, memo: dict[int, Any]) -> Visit:
        return Visit()  # Gradio copies the first value of a state for each visitor

    def change(self, library: Library, **changes: Any) -> Shelf:
        """Change the shelf and return it, with everything as it is now."""
        with self._lock:
            self.shelf = take_stock(library, replace(self.shelf, **changes))
            self._lists[self.shelf.serial] = self.shelf.rows
            self._lists.pop(self.shelf.serial - _LISTS, None)
            return self.shelf

    def row(self, place: object, serial: object) -> Row | None:
        """The row that was clicked, in the list with that serial, perhaps an earlier one; None if there is none."""
        rows = self._lists.get(serial, ()) if isinstance(serial, int) else ()
        return rows[place] if isinstance(place, int) and 0 <= place < len(rows) else None

    def add_ghost(self, row: Row, removed: Removed) -> None:
        """Keep a row in the place of a file that was removed: its own, or one for all the articles in it."""
        with self._lock:
            held = self.shelf.file_sizes[row.file]
            ghost = replace(row, state="removed", token=removed.token, reason="")
            if held > 1 or row.id != row.file:
                ghost = replace(ghost, id=row.file, title=f"{row.file} ({count(held, 'article')})")
            self.shelf = replace(self.shelf, ghosts=(*self.shelf.ghosts, ghost))

    def add_arrivals(self, arrivals: Sequence[Arrival], *, keep_others: bool = False) -> None:
        """Show what became of files, instead of earlier ones except those that wait for an answer."""
        with self._lock:
            before = self.shelf.arrivals
            kept = tuple(one for one in before if keep_others or isinstance(one.outcome, Taken))
            self.shelf = replace(self.shelf, arrivals=(*kept, *arrivals))

    def take_waiting(self, token: object) -> Arrival | None:
        """Remove the file that waits under a token from the shelf and return it; None if there is none."""
        with self._lock:
            for arrival in self.shelf.arrivals:
                if isinstance(arrival.outcome, Taken) and arrival.outcome.token == token:
                    others = tuple(other for other in self.shelf.arrivals if other is not arrival)
                    self.shelf = replace(self.shelf, arrivals=others)
                    return arrival
            return None
