"""Corrections of who is who, as `people.toml` holds them: its text in, frozen values out, and back.

The file is a list of tables, applied from top to bottom:

    [[correction]]
    what = "merge"
    person = "Bob Zimmerman"
    into = "Bob Dylan"

A table that is not understood is reported with its line, and the others apply. Whatever we write, we leave every line
that is not ours as it is.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, TypeAlias

from index.errors import in_one_line
from index.own_files import to_toml_text

LONGEST = 200  # characters of a name or a role
HEADER = (
    "# Who is who in these articles, as corrected by people. On the Record reads this file before every question;\n"
    "# the corrections apply from top to bottom. `onrecord people` lists them, and says what is wrong in this file.\n"
)


@dataclass(frozen=True)
class Merge:
    """Two people are one, who keeps the name `into`."""

    person: str
    into: str


@dataclass(frozen=True)
class Split:
    """What a person says in these articles is by another, called `name`."""

    person: str
    name: str
    articles: tuple[str, ...]


@dataclass(frozen=True)
class Rename:
    """A person is called `name`."""

    person: str
    name: str


@dataclass(frozen=True)
class SetRole:
    """A person is shown with this role."""

    person: str
    role: str


@dataclass(frozen=True)
class NotAPerson:
    """A name is not that of a person or a group: what it says is nobody's."""

    person: str


@dataclass(frozen=True)
class GiveStatement:
    """A sentence, named by its article and its whole text, is by `to`, or by nobody if that is ""."""

    article: str
    text: str
    to: str


Correction: TypeAlias = Merge | Split | Rename | SetRole | NotAPerson | GiveStatement

KINDS: dict[str, type[Correction]] = {
    "merge": Merge,
    "split": Split,
    "rename": Rename,
    "role": SetRole,
    "not-a-person": NotAPerson,
    "statement": GiveStatement,
}
_WHAT = {kind: what for what, kind in KINDS.items()}
_HEAD = re.compile(r"\s*\[\[?\s*[\w\"'.-]+\s*\]\]?\s*(?:#.*)?")
_AT = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")


@dataclass(frozen=True)
class Fault:
    """What is wrong in the file, and the line, from 1; 0 for the whole file."""

    line: int
    reason: str


@dataclass(frozen=True)
class Corrections:
    """The corrections that were understood, in the order of the file, and what was not."""

    made: tuple[Correction, ...] = ()
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class _Block:
    """A table with what follows it: the places of its lines in the file, the first from 0, half-open."""

    start: int
    end: int
    correction: Correction | None
    fault: Fault | None


def parse(text: str) -> Corrections:
    """Return what the text of a file says."""
    blocks = _read_blocks(text.split("\n"))
    return Corrections(
        tuple(block.correction for block in blocks if block.correction),
        tuple(block.fault for block in blocks if block.fault),
    )


def append(text: str, correction: Correction) -> str:
    """Return the text with one more correction at its end."""
    if not text.strip():
        text = HEADER
    return f"{text.rstrip()}\n\n{to_toml(correction)}"


def remove(text: str, correction: Correction) -> str | None:
    """Return the text without the last correction that equals this one; None if there is none.

    Comments and blank lines after it remain.
    """
    lines = text.split("\n")
    block = next((block for block in reversed(_read_blocks(lines)) if block.correction == correction), None)
    if block is None:
        return None
    end = block.end
    while end > block.start and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    before, after = lines[: block.start], lines[end:]
    while after and not after[0].strip() and not (before and before[-1].strip()):
        after = after[1:]  # one blank line in place of two
    return "\n".join([*before, *after])


def to_toml(correction: Correction) -> str:
    """Return a correction as a table, a field a line."""
    given = {field.name: getattr(correction, field.name) for field in fields(correction)}
    lines = ["[[correction]]", f'what = "{to_what(correction)}"']
    lines += [f"{name} = {_to_value(value)}" for name, value in given.items()]
    return "\n".join(lines) + "\n"


def to_what(correction: Correction) -> str:
    """Return the name of a correction's kind, one of KINDS."""
    return _WHAT[type(correction)]


def clean_line(text: str, what: str) -> str:
    """Return a name or a role on one line; raises ValueError, which names it `what`, if it cannot be one."""
    line = " ".join(text.split())
    if not re.search(r"\w", line):
        raise ValueError(f"{what} is {line!r}, which has no word")
    if len(line) > LONGEST:
        raise ValueError(f"{what} has {len(line)} characters, and {LONGEST} are allowed")
    if re.search("[\x00-\x1f\x7f\ud800-\udfff]", line):
        raise ValueError(f"{what} has characters that cannot be shown")
    return line


def _read_blocks(lines: list[str]) -> list[_Block]:
    starts = [i for i, line in enumerate(lines) if _HEAD.fullmatch(line)]
    blocks = []
    for start, end in zip([0, *starts], [*starts, len(lines)], strict=True):
        if start == end or (start == 0 and 0 not in starts and not any(map(_says_something, lines[:end]))):
            continue
        correction = fault = None
        try:
            correction = _read_block(lines[start:end])
        except _WrongError as error:
            fault = Fault(start + error.line, str(error))
        blocks.append(_Block(start, end, correction, fault))
    return blocks


class _WrongError(Exception):
    """What is wrong in a block, and in which of its lines, from 1."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


def _says_something(line: str) -> bool:
    return bool(line.strip("\ufeff \t\r")) and not line.lstrip("\ufeff \t").startswith("#")


def _read_block(lines: list[str]) -> Correction:
    block = "\n".join(lines).removeprefix("\ufeff")
    first = next(i for i, line in enumerate(lines, start=1) if _says_something(line))
    unreadable = next((i for i, line in enumerate(lines, start=1) if re.search("[\ud800-\udfff]", line)), None)
    if unreadable:
        raise _WrongError(unreadable, "it is not UTF-8")
    try:
        given = tomllib.loads(block)
    except tomllib.TOMLDecodeError as error:
        at = _AT.search(str(error))
        last = max(i for i, line in enumerate(lines, start=1) if _says_something(line))
        line = int(at[1]) if at and at[1] else last
        raise _WrongError(line, f"it is not valid TOML: {in_one_line(Exception(_AT.sub('', str(error))))}") from error
    tables = given.get("correction")
    if list(given) != ["correction"] or not isinstance(tables, list) or len(tables) != 1:
        raise _WrongError(first, "it does not belong to a [[correction]]")
    return _to_correction(tables[0], lines, first)


def _to_correction(given: dict[str, Any], lines: list[str], first: int) -> Correction:
    """The correction that a table means; `lines` are those of its block."""

    def line_of(name: str) -> int:
        key = re.compile(rf"\s*[\"']?{re.escape(name)}[\"']?\s*=")
        return next((i for i, line in enumerate(lines, start=1) if key.match(line)), first)

    what = given.pop("what", None)
    if what is None:
        raise _WrongError(first, f"it lacks `what`: {_list_names(KINDS)}")
    kind = KINDS.get(what) if isinstance(what, str) else None
    if kind is None:
        raise _WrongError(line_of("what"), f"what is {what!r}, which is not known: {_list_names(KINDS)}")
    names = [field.name for field in fields(kind)]
    for name in given:
        if name not in names:
            raise _WrongError(line_of(name), f"{what} takes no {name!r}: {_list_names(names)}")
    for name in names:
        if name not in given:
            raise _WrongError(first, f"{what} lacks {name!r}")
    values: dict[str, Any] = {name: _check(name, given[name], line_of(name)) for name in names}
    return kind(**values)


def _check(name: str, value: object, line: int) -> str | tuple[str, ...]:
    if name == "articles":
        if not isinstance(value, list) or not value or not all(isinstance(part, str) and part for part in value):
            raise _WrongError(line, "articles is not a list of paths")
        return tuple(value)
    if not isinstance(value, str):
        raise _WrongError(line, f"{name} is {value!r}, which is not text in quotation marks")
    if name in ("article", "text"):
        if not value:
            raise _WrongError(line, f"{name} is empty")
        return value
    if name == "to" and not value:
        return value
    try:
        return clean_line(value, name)
    except ValueError as error:
        raise _WrongError(line, str(error)) from error


def _list_names(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last


def _to_value(value: str | tuple[str, ...]) -> str:
    if isinstance(value, tuple):
        return "[\n" + "".join(f"    {part},\n" for part in map(_to_value, value)) + "]"
    return to_toml_text(value)
