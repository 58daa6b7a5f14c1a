"""What a sync would do: which files there are, and which of them it reads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from index.library import Library
from index.plan import may_be_article, walk_files


def test_files_are_walked_folder_by_folder(tmp_path: Path) -> None:
    for name in ("b.txt", "B.txt", "é.md", ".hidden.txt", "a/x.", "a/deep/y.csv", "a-b/z.txt", ".git/config"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "linked").symlink_to(tmp_path / "a")
    (tmp_path / "copy.txt").symlink_to(tmp_path / "b.txt")
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere.txt")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    expected = ["B.txt", "b.txt", "copy.txt", "gone.txt", "loop", "é.md", "a/x.", "a/deep/y.csv", "a-b/z.txt"]
    assert [name for name, _ in walk_files(tmp_path)] == expected
    assert [name for name in expected if may_be_article(name)] == [
        name for name in expected if Path(name).suffix in {".txt", ".md", ".csv"}
    ]


def test_a_sync_looks_once(tmp_path: Path, make_library: Callable[..., Library]) -> None:
    (tmp_path / "a.txt").write_text("The ferry sails at noon.")
    library = make_library(tmp_path)
    (tmp_path / "b.txt").write_text("The tram stops at night.")
    looks: list[str] = []

    def is_whole(name: str, _: object) -> bool:
        looks.append(name)
        return True

    assert library.sync(is_whole=is_whole).added == 1
    assert looks == ["b.txt"]
