"""Changes to the seeds folder: a file is added whole or not at all, and a removed file can be put back.

Nothing is ever overwritten. Files waiting to be added, and removed files, are kept in the store, in folders whose names
begin with a dot, so that no sync reads them, wherever the store is:

    .incoming/<token>/report.txt        can be read, but its name is taken
    .trash/<token>/inner/report.txt     removed; the path below the token is the path in the seeds folder
"""

from __future__ import annotations

import errno
import filecmp
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath

from index.errors import ArticleError, SeedsError
from index.file_names import clean_name, numbered_names
from index.plan import may_be_article, walk_files
from index.reading.files import Reading, Skipped, largest, read_file, suffix_of
from index.sentences.splitting import split_sentences
from index.settings import Settings

KEPT_DAYS = 30  # removed files are deleted after this time,
_WAITING_DAYS = 1  # and files that wait for a name after this
_INCOMING, _TRASH = ".incoming", ".trash"
_TOKEN = re.compile(r"\d{13}-[0-9a-f]{8}")
_IF_IT_WERE_THERE = re.compile(r"(?:, or remove it|[.:] Remove it)\.?$")  # advice about a file in the folder


@dataclass(frozen=True)
class Added:
    """A file added under `name`: how many articles it holds, and what in it could not be read."""

    name: str
    articles: int
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True)
class Known:
    """A file that was not added, because the folder has the same content as `name`."""

    name: str


@dataclass(frozen=True)
class Taken:
    """A file not added yet, because another file has its name; `free` is a name that it could have instead."""

    name: str
    free: str
    token: str


@dataclass(frozen=True)
class Removed:
    """A file that was removed from the folder: its path there, and a token that puts it back."""

    name: str
    token: str

    @property
    def when(self) -> float:
        """The time of its removal, in seconds since 1970."""
        return _when(self.token)


def check_size(size: int, name: str, settings: Settings) -> None:
    """Raise ArticleError when `size`, in bytes, is too large for a file with this name's suffix."""
    limit = largest(suffix_of(name), settings.max_article_bytes)
    if size > limit:
        raise ArticleError(
            f"it is too large: {size / 1e6:,.6g} MB, and the limit is {limit / 1e6:,.6g} MB. "
            "Split it, or raise max_article_mb (ONRECORD_MAX_ARTICLE_MB)."
        )


def add_file(settings: Settings, path: Path, given: str) -> Added | Known | Taken:
    """Put a copy of a file into the seeds folder, under the name that `clean_name` makes of the one given.

    The file is first read as a sync would read it. Raises ArticleError, with a message that does not begin with a name,
    when nothing in it can be read, and SeedsError when the folder cannot be written.
    """
    name = clean_name(given)
    with _as_seeds_error(settings.store):
        check_size(path.stat().st_size, name, settings)
        _sweep(settings.store / _INCOMING, _WAITING_DAYS)
        token = _make_token()
        waiting = settings.store / _INCOMING / token / name
        waiting.parent.mkdir(parents=True)
    is_waiting = False
    try:
        with _as_seeds_error(settings.store):
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
    """Add the file of a Taken under a free name; raises SeedsError when it is no longer waiting."""
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
    """Delete the waiting file of a Taken."""
    if _TOKEN.fullmatch(token):
        shutil.rmtree(settings.store / _INCOMING / token, ignore_errors=True)


def remove_file(settings: Settings, name: str) -> Removed:
    """Move a file out of the seeds folder, and keep it for KEPT_DAYS; `name` is its path there.

    Raises SeedsError when it is not there, cannot be moved, or is the last file that can be read.
    """
    path = _below(settings.seeds, name)
    if not _is_taken(path) or path.is_dir():
        raise SeedsError(f"{name} is no longer in the folder: someone else has removed it")
    if not any(settings.seeds / other != path and may_be_article(other) for other, _ in walk_files(settings.seeds)):
        raise SeedsError(f"{name} is the last file in the folder, and an index needs at least one: add another first")
    token = _make_token()
    with _as_seeds_error(settings.store):
        _sweep(settings.store / _TRASH, KEPT_DAYS)
        kept = settings.store / _TRASH / token / name
        kept.parent.mkdir(parents=True)
    try:
        with _as_seeds_error(settings.seeds):
            shutil.move(path, kept)
    except SeedsError:
        shutil.rmtree(settings.store / _TRASH / token, ignore_errors=True)
        raise
    return Removed(name, token)


def restore_file(settings: Settings, token: str) -> str:
    """Put a removed file back where it was, and return its name; raises SeedsError when that is not possible."""
    trash = settings.store / _TRASH
    kept = _only_file(trash, token)
    if kept is None:
        raise SeedsError(f"the file is no longer kept: it was already put back, or removed over {KEPT_DAYS} days ago")
    name = kept.relative_to(trash / token).as_posix()
    path = _below(settings.seeds, name)
    with _as_seeds_error(settings.seeds):
        path.parent.mkdir(parents=True, exist_ok=True)
    if not _land(kept, path):
        raise SeedsError(f"there is another file called {name} now: remove that one first")
    shutil.rmtree(trash / token, ignore_errors=True)
    return name


def list_removed(settings: Settings) -> list[Removed]:
    """The files that can be put back, last removed first."""
    trash = settings.store / _TRASH
    kept = [(token, _only_file(trash, token)) for token in sorted(_tokens(trash), reverse=True)]
    return [Removed(path.relative_to(trash / token).as_posix(), token) for token, path in kept if path]


def _check(settings: Settings, path: Path) -> Reading:
    """Read a file as a sync would; raises ArticleError when it cannot be read."""
    try:
        reading = read_file(path, path.parent, max_bytes=settings.max_article_bytes)
    except ArticleError as error:
        reason = str(error).replace(f"{path.name} ", "it ", 1)
        raise ArticleError(_IF_IT_WERE_THERE.sub("", reason)) from error
    if not any(split_sentences(article.text, article.body) for article in reading.articles):
        raise ArticleError("it contains no sentences")
    return reading


def _land(path: Path, target: Path) -> bool:
    """Copy a file to a free path in one step, so that no one reads half of it; False when the path is taken."""
    partial = target.parent / f".{secrets.token_hex(8)}.partial"
    with _as_seeds_error(target.parent):
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
                # On a file system without links, an empty file, which no sync reads as an article, reserves the name.
                try:
                    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
                except FileExistsError:
                    return False
                partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
    return True


def _find_same(seeds: Path, path: Path, name: str) -> str | None:
    """The file with the same content among those that have the name, or one that `_free` made of it; None if none."""
    for candidate in numbered_names(name):
        there = seeds / candidate
        if not _is_taken(there):
            return None
        if there.is_file() and filecmp.cmp(there, path, shallow=False):
            return candidate
    return None


def _free(seeds: Path, name: str) -> str:
    return next(candidate for candidate in numbered_names(name) if not _is_taken(seeds / candidate))


def _below(seeds: Path, name: str) -> Path:
    """The path of a file below the folder; raises SeedsError for a name that leads out of it."""
    path = seeds / name
    parts = PurePath(name).parts
    if not parts or PurePath(name).is_absolute() or ".." in parts or any(part.startswith(".") for part in parts):
        raise SeedsError(f"{name!r} is not a file of the folder")
    if not path.parent.resolve().is_relative_to(seeds.resolve()):
        raise SeedsError(f"{name} is in a linked folder: change it there")
    return path


def _only_file(folder: Path, token: str) -> Path | None:
    """The one file below the folder of a token; None if there is none."""
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
    """Delete what has been in a folder of tokens for more than this many days."""
    for token in _tokens(folder):
        if _when(token) < time.time() - days * 86_400:
            shutil.rmtree(folder / token, ignore_errors=True)


def _is_taken(path: Path) -> bool:
    return os.path.lexists(path)


@contextmanager
def _as_seeds_error(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SeedsError(
            f"the folder {folder.name} cannot be written: {error.strerror or error}. Nothing was changed."
        ) from error
