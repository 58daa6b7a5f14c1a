from __future__ import annotations

import os
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest

from index.errors import ArticleError, SeedsError
from index.file_names import LONGEST_NAME, clean_name
from index.plan import make_plan
from index.seeds_folder import (
    Added,
    Known,
    Removed,
    Taken,
    add_file,
    add_taken,
    forget_taken,
    list_removed,
    remove_file,
    restore_file,
)
from index.settings import Settings
from tests.conftest import MakeLibrary

TEXT = "The mayor said the pier will close in May.\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    seeds = tmp_path / "news"
    (seeds / "inner").mkdir(parents=True)
    (seeds / "pier.txt").write_text("The pier is open.\n", encoding="utf-8")
    (seeds / "inner" / "tram.txt").write_text("The tram is slow.\n", encoding="utf-8")
    return Settings(seeds=seeds, store=tmp_path / "store", max_article_mb=0.01)


def everything(folder: Path) -> list[str]:
    """Every path below a folder, including hidden ones."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def upload(settings: Settings, raw: bytes | str, name: str = "new.txt") -> Added | Known | Taken:
    path = settings.seeds.parent / "uploaded"
    path.write_bytes(raw.encode() if isinstance(raw, str) else raw)
    return add_file(settings, path, name)


NAMES = [
    ("an ordinary name", "Peskov’s plan (2).txt", "Peskov’s plan (2).txt"),
    ("a way up", "../../x.txt", "x.txt"),
    ("a path of Windows", r"C:\Users\me\x.md", "x.md"),
    ("a hidden file", ".hidden.txt", "hidden.txt"),
    ("nothing but a suffix", ".txt", "article.txt"),
    ("a device of Windows", "CON.txt", "CON_.txt"),
    ("a device with two endings", "nul.old.txt", "nul_.old.txt"),
    ("a NUL", "a\x00b.txt", "a b.txt"),
    ("a newline and an escape sequence", "a\n\x1b[31mb.txt", "a [31mb.txt"),
    ("an override of the direction", "fdp\u202etxt.exe.txt", "fdp txt.exe.txt"),
    ("tags", "<img onerror>.txt", "img onerror.txt"),
    ("a question", "Who? What: why?.txt", "Who- What- why.txt"),
    ("white space and dots at the ends", "  .. a .. .txt", "a.txt"),
    ("letters of two code points", "Cafe\u0301.txt", "Café.txt"),
    ("a lone surrogate", "a\ud800b.txt", "a b.txt"),
    ("an upper-case suffix", "PIER.TXT", "PIER.TXT"),
    ("a name that is too long", "ä" * 300 + ".txt", "ä" * 98 + ".txt"),
]


@pytest.mark.parametrize(("given", "name"), [case[1:] for case in NAMES], ids=[case[0] for case in NAMES])
def test_names_become_safe(given: str, name: str, settings: Settings) -> None:
    assert clean_name(given) == name
    assert len(name.encode()) <= LONGEST_NAME
    before = everything(settings.seeds)
    assert upload(settings, TEXT, given) == Added(name, 1)
    assert everything(settings.seeds) == sorted([*before, name])
    assert (settings.seeds / name).read_text() == TEXT


UNREAD = [
    ("another suffix", "run.exe", ".exe files are not read: only .atom, .csv"),
    ("no suffix", "README", "its name has no suffix: only .atom, .csv"),
    ("no name at all", "", "its name has no suffix: only .atom, .csv"),
    ("a folder", "../..", "its name has no suffix: only .atom, .csv"),
    ("a suffix that an override shows otherwise", "x\u202etxt.exe", ".exe files are not read: only .atom, .csv"),
    ("a suffix with a NUL in it", "x.t\x00xt", ".t xt files are not read: only .atom, .csv"),
]


@pytest.mark.parametrize(("given", "message"), [case[1:] for case in UNREAD], ids=[case[0] for case in UNREAD])
def test_names_of_what_is_not_read_are_refused(given: str, message: str, settings: Settings) -> None:
    before = everything(settings.seeds.parent)
    with pytest.raises(ArticleError) as raised:
        clean_name(given)
    assert message in str(raised.value)
    assert everything(settings.seeds.parent) == before


BAD = [
    ("empty", b"", "new.txt", "it is empty: put the text of an article in it"),
    ("binary", bytes(range(256)) * 4, "new.txt", "it is not text: "),
    ("a broken PDF", b"%PDF-1.7 nothing more", "new.pdf", "it is not a PDF"),
    ("a broken archive", b"PK\3\4 nothing more", "new.zip", "it is not an archive, or a broken one: "),
    ("too large", b"The pier. " * 2_000, "new.txt", "it is too large: 0.02 MB, and the limit is 0.01 MB. "),
    ("no sentence", b"***\n", "new.txt", "it contains no sentences"),
]


@pytest.mark.parametrize(("raw", "name", "message"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_bad_file_is_explained_and_nothing_is_left_of_it(
    raw: bytes, name: str, message: str, settings: Settings
) -> None:
    before = everything(settings.seeds)
    with pytest.raises(ArticleError) as raised:
        upload(settings, raw, name)
    assert str(raised.value).startswith(message), str(raised.value)
    assert "\n" not in str(raised.value)
    assert everything(settings.seeds) == before
    assert everything(settings.store) in ([], [".incoming"])


def test_part_of_an_archive_that_cannot_be_read_is_told(settings: Settings) -> None:
    path = settings.seeds.parent / "packed.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("one.txt", TEXT)
        archive.writestr("two.exe", "?")
    added = add_file(settings, path, "packed.zip")
    assert isinstance(added, Added)
    assert (added.name, added.articles, [name for name, _ in added.skipped]) == (
        "packed.zip",
        1,
        ["packed.zip/two.exe"],
    )


def test_name_that_is_taken_is_offered_with_a_number(settings: Settings) -> None:
    taken = upload(settings, TEXT, "pier.txt")
    assert isinstance(taken, Taken)
    assert (taken.name, taken.free) == ("pier.txt", "pier-2.txt")
    assert (settings.seeds / "pier.txt").read_text() == "The pier is open.\n"
    assert not (settings.seeds / "pier-2.txt").exists()
    (settings.seeds / "pier-2.txt").write_text("Somebody was quicker.")
    assert add_taken(settings, taken.token) == Added("pier-3.txt", 1)
    assert (settings.seeds / "pier-3.txt").read_text() == TEXT
    assert everything(settings.store) == [".incoming"]
    with pytest.raises(SeedsError, match="no longer waiting"):
        add_taken(settings, taken.token)
    assert upload(settings, TEXT, "pier.txt") == Known("pier-3.txt")
    assert upload(settings, "The pier is open.\n", "../pier.txt") == Known("pier.txt")


def test_file_that_is_not_wanted_after_all_is_forgotten(settings: Settings) -> None:
    taken = upload(settings, TEXT, "pier.txt")
    assert isinstance(taken, Taken)
    forget_taken(settings, "../../news")
    forget_taken(settings, taken.token)
    assert everything(settings.store) == [".incoming"]
    assert everything(settings.seeds) == ["inner", "inner/tram.txt", "pier.txt"]


def test_link_of_that_name_is_not_written_through(settings: Settings) -> None:
    outside = settings.seeds.parent / "outside.txt"
    (settings.seeds / "new.txt").symlink_to(outside)
    assert isinstance(upload(settings, TEXT), Taken)
    assert not outside.exists()


def test_a_long_name_keeps_its_number(settings: Settings) -> None:
    name = clean_name("ä" * 300 + ".txt")
    upload(settings, TEXT, name)
    taken = upload(settings, "It is another one.", name)
    assert isinstance(taken, Taken)
    assert taken.free == "ä" * 97 + "-2.txt"
    assert add_taken(settings, taken.token) == Added(taken.free, 1)


def test_a_file_appears_whole(settings: Settings) -> None:
    text = TEXT * 200
    sizes = set()
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            for path in settings.seeds.glob("new-*.txt"):
                sizes.add(path.stat().st_size)

    looking = threading.Thread(target=look)
    looking.start()
    for i in range(30):
        upload(settings, text, f"new-{i}.txt")
    done.set()
    looking.join()
    assert sizes == {len(text)}


def test_without_links_a_file_is_still_never_written_over(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")  # as on FAT

    monkeypatch.setattr(os, "link", refuse)
    assert upload(settings, TEXT) == Added("new.txt", 1)
    assert (settings.seeds / "new.txt").read_text() == TEXT
    assert isinstance(upload(settings, "Another pier."), Taken)
    assert [name for name in everything(settings.seeds) if name.startswith(".")] == []


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write everywhere")
def test_folder_that_cannot_be_written_is_told(settings: Settings) -> None:
    settings.seeds.chmod(0o500)
    try:
        with pytest.raises(SeedsError, match="cannot be written"):
            upload(settings, TEXT)
        with pytest.raises(SeedsError, match="cannot be written"):
            remove_file(settings, "pier.txt")
    finally:
        settings.seeds.chmod(0o700)
    assert list_removed(settings) == []


def test_removed_file_is_put_back_as_it_was(settings: Settings) -> None:
    path = settings.seeds / "inner" / "tram.txt"
    before = path.stat()
    removed = remove_file(settings, "inner/tram.txt")
    assert not path.exists()
    assert list_removed(settings) == [removed] == [Removed("inner/tram.txt", removed.token)]
    assert abs(removed.when - time.time()) < 60
    (settings.seeds / "inner").rmdir()
    assert restore_file(settings, removed.token) == "inner/tram.txt"
    assert path.read_text() == "The tram is slow.\n"
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert list_removed(settings) == []
    with pytest.raises(SeedsError, match="no longer kept"):
        restore_file(settings, removed.token)


def test_removed_file_does_not_replace_another_one(settings: Settings) -> None:
    removed = remove_file(settings, "pier.txt")
    (settings.seeds / "pier.txt").write_text("A new pier.")
    with pytest.raises(SeedsError, match=r"^there is another file called pier\.txt now"):
        restore_file(settings, removed.token)
    assert (settings.seeds / "pier.txt").read_text() == "A new pier."
    assert list_removed(settings) == [removed]


OUTSIDE = [
    ("a way up", "../outside.txt"),
    ("a way up further in", "inner/../../outside.txt"),
    ("a path from the root", "/etc/hostname"),
    ("a linked folder", "linked/secret.txt"),
    ("a hidden file", ".hidden.txt"),
    ("the folder itself", ""),
    ("a folder", "inner"),
    ("a file that is not there", "none.txt"),
]


@pytest.mark.parametrize("name", [case[1] for case in OUTSIDE], ids=[case[0] for case in OUTSIDE])
def test_only_files_of_the_folder_are_removed(name: str, settings: Settings) -> None:
    secrets = settings.seeds.parent / "secrets"
    secrets.mkdir()
    (secrets / "secret.txt").write_text("Secret.")
    (settings.seeds.parent / "outside.txt").write_text("Outside.")
    (settings.seeds / ".hidden.txt").write_text("Hidden.")
    (settings.seeds / "linked").symlink_to(secrets)
    before = everything(settings.seeds.parent)
    with pytest.raises(SeedsError):
        remove_file(settings, name)
    assert everything(settings.seeds.parent) == before


@pytest.mark.parametrize("token", ["", ".", "..", "../../news", "/etc", "1734000000000-abcdef12/../.."])
def test_only_what_was_removed_is_put_back(token: str, settings: Settings) -> None:
    remove_file(settings, "pier.txt")
    before = everything(settings.seeds.parent)
    with pytest.raises(SeedsError, match="no longer kept"):
        restore_file(settings, token)
    assert everything(settings.seeds.parent) == before


def test_removed_file_is_not_put_back_through_a_link(settings: Settings) -> None:
    removed = remove_file(settings, "inner/tram.txt")
    (settings.seeds / "inner").rmdir()
    elsewhere = settings.seeds.parent / "elsewhere"
    elsewhere.mkdir()
    (settings.seeds / "inner").symlink_to(elsewhere)
    with pytest.raises(SeedsError, match="linked folder"):
        restore_file(settings, removed.token)
    assert everything(elsewhere) == []


def test_last_file_stays(settings: Settings) -> None:
    remove_file(settings, "pier.txt")
    (settings.seeds / "notes.odt").write_text("no article")
    with pytest.raises(SeedsError, match=r"^inner/tram\.txt is the last file"):
        remove_file(settings, "inner/tram.txt")


def test_what_was_removed_long_ago_is_deleted(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: now - 31 * 86_400 * 1_000_000_000)
    remove_file(settings, "pier.txt")
    taken = upload(settings, TEXT, "inner.txt")
    assert isinstance(taken, Added)
    monkeypatch.undo()
    removed = remove_file(settings, "inner.txt")
    assert list_removed(settings) == [removed]


def test_a_sync_neither_reads_nor_deletes_what_was_removed(tmp_path: Path, make_library: MakeLibrary) -> None:
    seeds = tmp_path / "news"
    seeds.mkdir()
    for name in ("pier", "tram"):
        (seeds / f"{name}.txt").write_text(f"The {name} is open.\n")
    library = make_library(seeds, store=seeds / "store")  # the worst possible place
    removed = remove_file(library.settings, "pier.txt")
    assert isinstance(upload(library.settings, TEXT, "tram.txt"), Taken)
    for text in ("The tram is slow.", "The tram is fast now."):
        (seeds / "tram.txt").write_text(text)
        library.sync()
        assert list(library.records) == ["tram.txt"]
    assert [name for name in make_plan(library.settings, {}).found if name.startswith("store")] == []
    restore_file(library.settings, removed.token)
    assert library.sync().added == 1
    assert library.article("pier.txt").text == "The pier is open.\n"
