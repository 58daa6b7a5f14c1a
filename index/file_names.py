"""Names in the seeds folder: those of our own files, and for files added to it names that every file system accepts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import PurePosixPath

from index.errors import ArticleError
from index.reading.files import SUFFIXES, suffix_of

PEOPLE_FILE = "people.toml"  # corrections of who is who
WATCHES_FILE = "watches.toml"  # what is watched
OWN_FILES = frozenset({PEOPLE_FILE, WATCHES_FILE})  # which are not articles
LONGEST_NAME = 200  # bytes; file systems allow 255, and a number may be added
_NOT_IN_NAMES = re.compile(r'[<>:"|?*]+')  # not allowed on Windows, where the folder may be copied to
_AT_ENDS = re.compile(r'^[<>:"|?*. ]+|[<>:"|?*. ]+(?=\.\w+$|$)')
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)", re.IGNORECASE)  # on Windows these open a device


def clean_name(given: str) -> str:
    """Return the name in the folder for a file that came with any given name.

    The result is visible, at most LONGEST_NAME bytes long, and valid on every file system. Raises ArticleError when
    files with its suffix are not read.
    """
    base = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    # Control and invisible characters, such as an override that shows "exe.txt" as "txt.exe".
    seen = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in base)
    name = " ".join(_NOT_IN_NAMES.sub("-", _AT_ENDS.sub("", seen)).split())
    suffix = suffix_of(name) or suffix_of(f"x{base}")  # to Python, ".txt" has no suffix but "x.txt" does
    if suffix not in SUFFIXES:
        what = f"{suffix} files are not read" if suffix else "its name has no suffix"
        known = sorted(SUFFIXES)
        raise ArticleError(f"{what}: only {', '.join(known[:-1])} or {known[-1]} are")
    stem = PurePosixPath(name).stem if suffix_of(name) else ""
    stem = _DEVICE.sub(r"\g<0>_", stem.rstrip(". "), count=1) or "article"
    return _cut(stem, suffix) + (PurePosixPath(name).suffix if suffix_of(name) else suffix)


def numbered_names(name: str) -> Iterator[str]:
    """Yield a name, then the same with numbers, without end: `a.txt`, `a-2.txt`, `a-3.txt`."""
    yield name
    number = 2
    while True:
        end = f"-{number}{PurePosixPath(name).suffix}"
        yield _cut(PurePosixPath(name).stem, end) + end
        number += 1


def _cut(stem: str, end: str) -> str:
    """As much of a stem as fits into LONGEST_NAME bytes together with the end."""
    return stem.encode()[: LONGEST_NAME - len(end.encode())].decode(errors="ignore").rstrip(". ")
