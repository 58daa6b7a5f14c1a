"""Changes to the seeds folder: a file is added whole or not at all, and one that was removed can be put back.

Nothing is ever written over. What waits to be added, and what was removed, lies in the store, in folders whose names
begin with a dot, so that no sync reads them, wherever the store is:

    .incoming/<token>/report.txt        read, and found good, but its name is taken
    .trash/<token>/inner/report.txt     removed; the path below the token is that in the seeds folder
"""

from __future__ import annotations

import errno
import filecmp
import os
import re
import secrets
import shutil
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath

from index.errors import ArticleError, SeedsError
from index.plan import walk_files
from index.reading.files import SUFFIXES, Reading, Skipped, largest, read_file, suffix_of
from index.sentences.splitting import split_sentences
from index.settings import Settings

LONGEST_NAME = 200  # bytes; file systems take 255, and a number may be added
KEPT_DAYS = 30  # what was removed longer ago is deleted
_WAITING_DAYS = 1  # as is what has waited longer for a name
_INCOMING, _TRASH = ".incoming", ".trash"
_TOKEN = re.compile(r"\d{13}-[0-9a-f]{8}")
_IF_IT_WERE_THERE = re.compile(r"(?:, or remove it|[.:] Remove it)\.?$")  # advice on a file of the folder
_NOT_IN_NAMES = re.compile(r'[<>:"|?*]+')  # which Windows refuses: a folder may be carried there
_AT_ENDS = re.compile(r'^[<>:"|?*. ]+|[<>:"|?*. ]+(?=\.\w+$|$)')
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)", re.IGNORECASE)  # which Windows opens instead


@dataclass(frozen=True)
class Added:
    """A file that is in the folder now, under `name`: how many articles it holds, and what in it could not be read."""

    name: str
    articles: int
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True)
class Known:
    """A file that was not added, for the folder has the same content as `name`."""

    name: str


@dataclass(frozen=True)
class Taken:
    """A file that was not added, for the folder has another one of its name; `free` is a name that it could have."""

    name: str
    free: str
    token: str


@dataclass(frozen=True)
class Removed:
    """A file that is no longer in the folder: its path there, and when it was removed, in seconds since 1970."""

    name: str
    token: str

    @property
    def when(self) -> float:
        """When it was removed, in seconds since 1970."""
        return _when(self.token)


def clean_name(given: str) -> str:
    """Return what a file of a given name, which may be anything, is to be called in the folder.

    It is one visible name, of at most LONGEST_NAME bytes, that every file system takes. Raises ArticleError where its
    suffix is of no file that is read.
    """
    base = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    # Controls and what cannot be seen, such as an override that shows "txt.exe" for "exe.txt".
    seen = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in base)
    name = " ".join(_NOT_IN_NAMES.sub("-", _AT_ENDS.sub("", seen)).split())
    suffix = suffix_of(name) or suffix_of(f"x{base}")  # ".txt" has no suffix for Python, "x.txt" has
    if suffix not in SUFFIXES:
        what = f"{suffix} files are not read" if suffix else "it has no ending that tells what it is"
        known = sorted(SUFFIXES)
        raise ArticleError(f"{what}: only {', '.join(known[:-1])} or {known[-1]} are")
    stem = PurePosixPath(name).stem if suffix_of(name) else ""
    stem = _DEVICE.sub(r"\g<0>_", stem.rstrip(". "), count=1) or "article"
    return _cut(stem, suffix) + (PurePosixPath(name).suffix if suffix_of(name) else suffix)


def check_size(size: int, name: str, settings: Settings) -> None:
    """Raise ArticleError where a file of `size` bytes is too large for its name's suffix."""
    limit = largest(suffix_of(name), settings.max_article_bytes)
    if size > limit:
        raise ArticleError(
            f"it is too large: {size / 1e6:,.6g} MB, and the limit is {limit / 1e6:,.6g} MB. "
            "Split it, or raise max_article_mb (ONRECORD_MAX_ARTICLE_MB)."
        )


def add_file(settings: Settings, path: Path, given: str) -> Added | Known | Taken:
    """Put a copy of a file into the seeds folder, under the name that `clean_name` makes of the one given.

    It is read first, as a sync would read it. Raises ArticleError, whose message does not begin with a name, where
    nothing of it can be read, and SeedsError where the folder cannot be written.
    """
    name = clean_name(given)
    with _told(settings.store):
        check_size(path.stat().st_size, name, settings)
        _sweep(settings.store / _INCOMING, _WAITING_DAYS)
        token = _make_token()
        waiting = settings.store / _INCOMING / token / name
        waiting.parent.mkdir(parents=True)
    is_waiting = False
    try:
        with _told(settings.store):
            shutil.copyfile(path, waiting)
        reading = _check(settings, waiting)
        if same := _find_same(settings.seeds, waiting, name):
            return Known(same)
        if _land(waiting, settings.seeds / name):
            return Added(name, len(reading.articles), reading.skipped)
        is_waiting = True
        return Taken(name, _free(settings.seeds, name), token)
    finally:
        if not is_waiting:
            forget_taken(settings, token)


def add_taken(settings: Settings, token: str) -> Added:
    """Add the file of a Taken under a free name; raises SeedsError where it does not wait any more."""
    waiting = _only_file(settings.store / _INCOMING, token)
    if waiting is None:
        raise SeedsError("the file is no longer waiting to be added: add it again")
    reading = _check(settings, waiting)
    while True:
        name = _free(settings.seeds, waiting.name)
        if _land(waiting, settings.seeds / name):
            forget_taken(settings, token)
            return Added(name, len(reading.articles), reading.skipped)


def forget_taken(settings: Settings, token: str) -> None:
    """Leave out the file of a Taken."""
    if _TOKEN.fullmatch(token):
        shutil.rmtree(settings.store / _INCOMING / token, ignore_errors=True)


def remove_file(settings: Settings, name: str) -> Removed:
    """Move a file out of the seeds folder, for KEPT_DAYS; `name` is its path there.

    Raises SeedsError where it is not there, is the last one that is read, or cannot be moved.
    """
    path = _below(settings.seeds, name)
    if not _is_taken(path) or path.is_dir():
        raise SeedsError(f"{name} is no longer in the folder: somebody else removed it")
    if not any(other != path and other.suffix.lower() in SUFFIXES for other in walk_files(settings.seeds)):
        raise SeedsError(f"{name} is the last file of the folder, and an index needs one: add another first")
    token = _make_token()
    with _told(settings.store):
        _sweep(settings.store / _TRASH, KEPT_DAYS)
        kept = settings.store / _TRASH / token / name
        kept.parent.mkdir(parents=True)
    try:
        with _told(settings.seeds):
            shutil.move(path, kept)
    except SeedsError:
        shutil.rmtree(settings.store / _TRASH / token, ignore_errors=True)
        raise
    return Removed(name, token)


def restore_file(settings: Settings, token: str) -> str:
    """Put a removed file back where it was, and return its name; raises SeedsError where that is not possible."""
    trash = settings.store / _TRASH
    kept = _only_file(trash, token)
    if kept is None:
        raise SeedsError(f"the file is no longer kept: it was put back already, or removed over {KEPT_DAYS} days ago")
    name = kept.relative_to(trash / token).as_posix()
    path = _below(settings.seeds, name)
    with _told(settings.seeds):
        path.parent.mkdir(parents=True, exist_ok=True)
    if not _land(kept, path):
        raise SeedsError(f"{name} is there again, another file of that name: remove that one first")
    shutil.rmtree(trash / token, ignore_errors=True)
    return name


def list_removed(settings: Settings) -> list[Removed]:
    """What can be put back, last removed first."""
    trash = settings.store / _TRASH
    kept = [(token, _only_file(trash, token)) for token in sorted(_tokens(trash), reverse=True)]
    return [Removed(path.relative_to(trash / token).as_posix(), token) for token, path in kept if path]


def _check(settings: Settings, path: Path) -> Reading:
    """Read a file as a sync would; raises ArticleError where it could not."""
    try:
        reading = read_file(path, path.parent, max_bytes=settings.max_article_bytes)
    except ArticleError as error:
        reason = str(error).replace(f"{path.name} ", "it ", 1)
        raise ArticleError(_IF_IT_WERE_THERE.sub("", reason)) from error
    if not any(split_sentences(article.text, article.body) for article in reading.articles):
        raise ArticleError("it holds no sentence")
    return reading


def _land(path: Path, target: Path) -> bool:
    """Copy a file to a place that is free, in one step, so that nobody reads half of it; False where it is taken."""
    partial = target.parent / f".{secrets.token_hex(8)}.partial"
    with _told(target.parent):
        try:
            shutil.copy2(path, partial, follow_symlinks=False)
            if not partial.is_symlink():
                with partial.open("rb+") as copy:
                    os.fsync(copy.fileno())
            try:
                os.link(partial, target, follow_symlinks=False)
            except FileExistsError:
                return False
            except OSError as error:
                if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK):
                    raise
                # A file system without links: the name is reserved, by an empty file that no sync takes for whole.
                try:
                    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
                except FileExistsError:
                    return False
                partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
    return True


def _find_same(seeds: Path, path: Path, name: str) -> str | None:
    """The name of a file with the same content, among those of the name and those that `_free` once gave."""
    for candidate in _numbered(name):
        there = seeds / candidate
        if not _is_taken(there):
            return None
        if there.is_file() and filecmp.cmp(there, path, shallow=False):
            return candidate
    return None


def _free(seeds: Path, name: str) -> str:
    return next(candidate for candidate in _numbered(name) if not _is_taken(seeds / candidate))


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        end = f"-{number}{PurePosixPath(name).suffix}"
        yield _cut(PurePosixPath(name).stem, end) + end
        number += 1


def _cut(stem: str, end: str) -> str:
    """As much of a stem as a name of LONGEST_NAME bytes has room for."""
    return stem.encode()[: LONGEST_NAME - len(end.encode())].decode(errors="ignore").rstrip(". ")


def _below(seeds: Path, name: str) -> Path:
    """The path of a file below the folder, whatever its name is."""
    path = seeds / name
    parts = PurePath(name).parts
    if not parts or PurePath(name).is_absolute() or ".." in parts or any(part.startswith(".") for part in parts):
        raise SeedsError(f"{name!r} is no file of the folder")
    if not path.parent.resolve().is_relative_to(seeds.resolve()):
        raise SeedsError(f"{name} is in a linked folder: change it there")
    return path


def _only_file(folder: Path, token: str) -> Path | None:
    """The one file below the folder of a token; None where there is none."""
    if not _TOKEN.fullmatch(token):
        return None
    return next((Path(at, name) for at, _, names in os.walk(folder / token) for name in names), None)


def _make_token() -> str:
    return f"{time.time_ns() // 1_000_000}-{secrets.token_hex(4)}"


def _tokens(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if _TOKEN.fullmatch(path.name)] if folder.is_dir() else []


def _when(token: str) -> float:
    return int(token.partition("-")[0]) / 1000


def _sweep(folder: Path, days: int) -> None:
    """Delete what was put into a folder of tokens longer ago."""
    for token in _tokens(folder):
        if _when(token) < time.time() - days * 86_400:
            shutil.rmtree(folder / token, ignore_errors=True)


def _is_taken(path: Path) -> bool:
    return os.path.lexists(path)


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SeedsError(
            f"the folder {folder.name} cannot be written: {error.strerror or error}. Nothing was changed."
        ) from error
