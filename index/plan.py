"""What a sync has to do: the seeds folder compared with what the index knows of its files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath

from index.errors import SeedsError
from index.file_names import OWN_FILES
from index.reading.files import SUFFIXES
from index.settings import Settings
from index.values import FileRecord

# Whether a file is no longer being written, given its name in the seeds folder and its os.stat.
IsWhole = Callable[[str, os.stat_result], bool]

_SUFFIX_LIST = f"{', '.join(sorted(SUFFIXES)[:-1])} or {max(SUFFIXES)}"
_SENTENCE_BYTES = 130  # of news, on average


@dataclass(frozen=True)
class File:
    """A file of the seeds folder: its name there, size in bytes, and times in nanoseconds, as os.stat has them."""

    path: Path
    name: str
    size: int
    mtime_ns: int
    ctime_ns: int


@dataclass(frozen=True)
class Plan:
    """What a sync has to do: the files to read, ordered by name, and the names of files that are gone.

    `found` holds the names of all files that are there, `unchanged` those of files that are as the index has them, and
    `unsettled` those of files still being written.
    """

    read: tuple[File, ...]
    gone: tuple[str, ...]
    found: frozenset[str]
    unchanged: tuple[str, ...]
    unsettled: tuple[str, ...]
    skipped: tuple[tuple[str, str], ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.read and not self.gone

    @property
    def sentences(self) -> int:
        """About how many sentences the files to read have, by their size."""
        return sum(file.size for file in self.read) // _SENTENCE_BYTES


def require_files(seeds: Path) -> None:
    """Raise SeedsError when there is no such folder, or no file in it that could be an article.

    Nothing is removed from the index then: the folder is more likely missing (for now) than meant to be forgotten.
    """
    if not seeds.is_dir():
        raise SeedsError(f"there is no folder {seeds}. Make it and put articles there, or name another with --seeds.")
    if not any(may_be_article(name) for name, _ in walk_files(seeds)):
        raise SeedsError(
            f"no article could be read from {seeds}: it holds no {_SUFFIX_LIST} file. "
            "Put some there, or name another folder with --seeds."
        )


def may_be_article(name: str) -> bool:
    """Whether files with the suffix of this name are read."""
    return name[name.rfind(".") :].lower() in SUFFIXES


def walk_files(seeds: Path) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Yield every file below the folder, except hidden ones, with its name there: a folder's own files come first.

    Files and folders are each ordered by name. Raises SeedsError when a folder cannot be listed, for its articles are
    not gone.
    """
    folders = [(str(seeds), "")]
    while folders:
        folder, before = folders.pop()
        try:
            with os.scandir(folder) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            raise SeedsError(f"the folder {folder} cannot be read: {error.strerror}. Nothing was changed.") from error
        inner = []
        for entry in listed:
            if entry.name.startswith("."):
                continue
            if _is_folder(entry):
                if not entry.is_symlink():
                    inner.append((entry.path, f"{before}{entry.name}/"))
            elif entry.is_symlink() or entry.is_file():
                yield f"{before}{entry.name}", entry
        folders += reversed(inner)


def make_plan(settings: Settings, known: Mapping[str, FileRecord], *, is_whole: IsWhole | None = None) -> Plan:
    """Compare the seeds folder with the files' records, by size and modification time.

    A file that is not whole is left as the index has it, unless it has the size and time of one that was read before:
    then it was only moved. Raises SeedsError as `require_files` does.
    """
    require_files(settings.seeds)
    read: list[File] = []
    unchanged: list[str] = []
    unsettled: list[str] = []
    found: set[str] = set()
    skipped: list[tuple[str, str]] = []
    limit = settings.max_article_bytes
    recorded = {(record.size, record.mtime_ns) for record in known.values()} if is_whole else set()
    for name, entry in walk_files(settings.seeds):
        if name in OWN_FILES:
            continue
        if not may_be_article(name):
            skipped.append((name, f"{PurePath(name).suffix or 'no suffix'}: only {_SUFFIX_LIST} files are read"))
            continue
        try:
            name.encode()
        except UnicodeEncodeError:
            skipped.append((ascii(name), "its name is not UTF-8: rename it"))
            continue
        found.add(name)
        try:
            status = entry.stat()
        except OSError as error:
            skipped.append((name, f"it cannot be read: {error.strerror}"))
            if name in known:
                unchanged.append(name)  # what was indexed of it remains
            continue
        record = known.get(name)
        if record and _is_as_recorded(status, record, limit):
            unchanged.append(name)
            skipped.extend(record.skipped)
        elif is_whole is None or (status.st_size, status.st_mtime_ns) in recorded or is_whole(name, status):
            path = settings.seeds / name
            read.append(File(path, name, status.st_size, status.st_mtime_ns, status.st_ctime_ns))
        else:
            unsettled.append(name)
    gone = tuple(name for name in known if name not in found)
    return Plan(tuple(read), gone, frozenset(found), tuple(unchanged), tuple(unsettled), tuple(skipped))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _is_as_recorded(status: os.stat_result, record: FileRecord, limit: int) -> bool:
    if (status.st_size, status.st_mtime_ns) != (record.size, record.mtime_ns):
        return False
    # What was refused may be allowed now: its mode or the limit may have changed.
    return not record.skipped or (status.st_ctime_ns, limit) == (record.ctime_ns, record.limit)
