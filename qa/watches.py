"""What is watched: questions, people, topics and outlets, as `watches.toml` in the seeds folder holds them.

The file is a list of tables, each with one or more of these; all of them must fit:

    [[watch]]
    question = "What did Peskov say about Tartous?"

    [[watch]]
    speaker = "Angela Merkel"
    about = "the border"
    source = "Alliance News"
"""

from __future__ import annotations

import functools
import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from index.errors import QuestionError, SeedsError, in_one_line
from index.file_names import WATCHES_FILE
from index.own_files import Stamp, change_own, find_stamp, read_own, to_toml_text
from index.words import to_words
from qa.question import read_question

MOST = 5_000  # watches; each is compared with every new sentence
LONGEST = 500  # characters of a speaker or an outlet
_HEADER = "# What is watched in these articles: `onrecord watch` lists, adds and removes.\n"


@dataclass(frozen=True)
class Watch:
    """What new sentences must fit: all that is not "".

    question  they answer this
    speaker   this person or group says them: a name, a surname or a role
    about     they are about this
    source    their article is from this outlet
    """

    question: str = ""
    speaker: str = ""
    about: str = ""
    source: str = ""

    @property
    def id(self) -> str:
        """What tells it from others: it follows from what is watched, so the same watch is one."""
        return hashlib.sha256(json.dumps(asdict(self)).encode("utf-8", "surrogatepass")).hexdigest()[:16]

    @property
    def title(self) -> str:
        """What is watched, in a few words; it comes from users, so escape it."""
        about = f"{self.speaker} on {self.about}" if self.speaker and self.about else self.speaker or self.about
        parts = [self.question, about, self.source]
        return " · ".join(part for part in parts if part)


def read_watches(seeds: Path) -> list[Watch]:
    """Return what the folder's file says, in its order; raises SeedsError if it cannot be understood."""
    return list(_read(seeds, find_stamp(seeds / WATCHES_FILE)))


@functools.lru_cache(maxsize=8)  # every masthead counts what is unread of them
def _read(seeds: Path, _stamp: Stamp | None) -> tuple[Watch, ...]:
    try:
        return tuple(_parse(read_own(seeds / WATCHES_FILE), seeds))
    except OSError as error:
        raise SeedsError(f"{seeds / WATCHES_FILE} cannot be read: {error.strerror or error}.") from error


def add_watch(seeds: Path, watch: Watch) -> Watch:
    """Put a watch at the end of the file, unless it is there, and return it with its texts on one line each.

    Raises QuestionError for one that says nothing or too much, and SeedsError if the file cannot be changed.
    """
    clean = clean_watch(watch)

    def add(text: str) -> str:
        known = _parse(text, seeds)
        if clean in known:
            return text
        if len(known) >= MOST:
            raise QuestionError(f"there are {len(known):,} watches, which is the limit: remove some first.")
        return f"{text.rstrip() or _HEADER.rstrip()}\n\n{_to_toml(clean)}"

    change_own(seeds / WATCHES_FILE, add)
    return clean


def remove_watch(seeds: Path, watch: Watch) -> None:
    """Take a watch out of the file; raises SeedsError if it is not there, or the file cannot be changed."""

    def remove(text: str) -> str:
        known = _parse(text, seeds)
        if watch not in known:
            raise SeedsError("this is not watched any more: someone else has removed it.")
        return _HEADER + "".join(f"\n{_to_toml(other)}" for other in known if other != watch)

    change_own(seeds / WATCHES_FILE, remove)


def find_watch(watches: list[Watch], asked: str) -> Watch:
    """Return the watch with this id, or the beginning of one; raises QuestionError if there is none, or several."""
    found = [watch for watch in watches if asked and watch.id.startswith(asked)]
    if len(found) != 1:
        what = "several watches begin" if found else "no watch begins"
        raise QuestionError(f"{what} with {asked!r}. `onrecord watch list` shows them all.")
    return found[0]


def clean_watch(watch: Watch) -> Watch:
    """The watch as it is kept, each text on one line; raises QuestionError for one that says nothing or too much."""
    return _clean(asdict(watch))


def text_of(watch: Watch) -> str:
    """The question or the topic of a watch, whose vector sentences are compared with; "" if it has neither."""
    return " ".join(text for text in (watch.question, watch.about) if text)


def _parse(text: str, seeds: Path) -> list[Watch]:
    path = seeds / WATCHES_FILE
    try:
        given = tomllib.loads(text)
        tables = given.get("watch", [])
        if set(given) - {"watch"} or not isinstance(tables, list):
            raise ValueError("it holds something else than [[watch]] tables")
        return list(dict.fromkeys(_to_watch(i, table) for i, table in enumerate(tables, start=1)))
    except (ValueError, QuestionError) as error:  # a TOMLDecodeError is a ValueError
        raise SeedsError(f"{path} cannot be understood: {in_one_line(error)}. Correct it, or move it away.") from error


def _to_watch(number: int, table: object) -> Watch:
    names = [field.name for field in fields(Watch)]
    if not isinstance(table, dict) or not all(name in names and isinstance(table[name], str) for name in table):
        raise ValueError(f"watch {number} holds something else than texts called {', '.join(names)}")
    return _clean(table)


def _clean(given: Mapping[str, str]) -> Watch:
    """The watch, with its texts on one line each and in characters that can be written."""
    watch = Watch(**{name: " ".join(text.encode("utf-8", "replace").decode().split()) for name, text in given.items()})
    if watch == Watch():
        raise QuestionError("there is nothing to watch: give a question, a speaker, a topic or an outlet.")
    for text in (watch.question, watch.about):
        if text:
            read_question(text)  # raises QuestionError for one without words, or too long
    for text in (watch.speaker, watch.source):
        if text and (not to_words(text) or len(text) > LONGEST):
            raise QuestionError(f"{text[:50]!r} is not a name: it has no words, or more than {LONGEST} characters.")
    return watch


def _to_toml(watch: Watch) -> str:
    return "[[watch]]\n" + "".join(f"{name} = {to_toml_text(text)}\n" for name, text in asdict(watch).items() if text)
