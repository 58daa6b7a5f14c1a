"""An index that changes bit by bit: its parts are merged while it is read, and come to what a clean build does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from index.library import Library
from index.settings import Settings
from index.storage import snapshots
from index.storage.chroma import Part
from index.storage.merging import choose_parts
from index.storage.snapshots import Listed, Snapshots
from index.values import ArticleRecord
from qa.ask import answer_question
from tests.conftest import IS_WHOLE
from tests.test_crash import NOUNS, PLACES, Folder, assert_same_index, invent, is_in, read_version, settings, tiny

__all__ = ["settings", "tiny"]  # fixtures

CHANGES = 1_000 if IS_WHOLE else 24
SMALL = 40


def change_a_little(folder: Folder) -> None:
    """Edit, add, remove or rename an article."""
    name = folder.random.choice(folder.names(suffix=".txt"))
    what = folder.random.random()
    if what < 0.6:
        folder.write(name, folder.now[name][:2] + invent(folder.random))
    elif what < 0.75:
        folder.add()
    elif what < 0.9:
        del folder.now[name]
        (folder.path / name).unlink()
    else:
        folder.made += 1
        new = f"{Path(name).parent}/renamed-{folder.made:04}.txt"
        (folder.path / name).rename(folder.path / new)
        folder.note(new, folder.now.pop(name))


def assert_true(library: Library, folder: Folder) -> None:
    """Assert that an answer cites articles only as they are now."""
    noun, place = folder.random.choice(NOUNS), folder.random.choice(PLACES)
    answer = answer_question(library, f"What of the {noun} of {place}?")
    assert answer.answered, answer
    for citation in answer.citations:
        assert is_in(citation, folder.now[citation.article_id]), citation


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "SMALL", SMALL)
    monkeypatch.setattr("index.storage.merging.SMALL", SMALL)


@pytest.mark.slow
@pytest.mark.timeout(3600 if IS_WHOLE else 300)
def test_many_changes_come_to_a_clean_build(settings: Settings, tmp_path: Path, small: None) -> None:
    folder = Folder(settings.seeds, 60, seed=5)
    most = 0
    with Library(settings) as library:
        library.sync()
        for i in range(CHANGES):
            change_a_little(folder)
            library.sync()  # while others are merged
            assert_true(library, folder)
            most = max(most, len(library.store.parts))
            if i % 10 == 9:
                library.finish_merge()
                assert_true(library, folder)
                assert len(library.store.parts) <= 5
        assert most > 2
        library.sync()
        library.finish_merge()
        assert list(settings.store.glob("merged-*"))
        stored = Snapshots(settings.store)
        held = sum(part.sentences for part in stored.parts(stored.current()))
        assert held <= snapshots.WASTE * library.counts[1] + 2 * SMALL  # what is not merged yet is no more
        assert_true(library, folder)
        with library.reading():
            assert {name: read_version(library, name) for name in library.records} == folder.now
        with Library(replace(settings, store=tmp_path / "clean")) as clean:
            clean.sync()
            assert_same_index(library, clean)
    assert not list(settings.store.glob("broken-*"))


def listed(*sentences: int) -> tuple[Listed, ...]:
    return tuple(Listed(Path(f"part-{i}"), count) for i, count in enumerate(sentences))


CHOICES = [
    ("nothing was ever indexed", (), 0, 0),
    ("one part", (30_000,), 30_000, 0),
    ("a part that is still changed", (30_000, 4_000), 34_000, 0),
    ("one that is not changed any more", (30_000, 4_100, 10), 34_000, 0),
    ("two of a size", (300_000, 4_100, 4_100, 10), 308_000, 2),
    ("together too many beside the first", (30_000, 4_100, 4_100, 10), 38_000, 3),
    ("the last is full too", (30_000, 4_100, 4_100), 38_000, 3),
    ("most of what is held counts no more", (30_000, 4_100, 10), 10_000, 2),
    ("but nothing that could be merged", (30_000, 10), 10_000, 0),
]


@pytest.mark.parametrize(("parts", "sentences", "merged"), [pytest.param(*case, id=what) for what, *case in CHOICES])
def test_what_is_merged(parts: tuple[int, ...], sentences: int, merged: int) -> None:
    chosen = choose_parts(listed(*parts), sentences)
    fixed = listed(*parts)[: len(parts) - (bool(parts) and parts[-1] <= snapshots.SMALL)]
    assert chosen == (fixed[len(fixed) - merged :] if merged else ())


def test_merge_that_is_stopped_is_taken_up_again(
    settings: Settings, tmp_path: Path, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Folder(settings.seeds, 40, seed=6)
    taken: list[str] = []
    take = Part.take

    def count(part: Part, other: Part, record: ArticleRecord) -> None:
        taken.append(record.id)
        take(part, other, record)
        if len(taken) == 3:
            library._merger._closing.set()  # type: ignore[union-attr]

    with Library(settings) as library:
        library.sync()
        for _ in range(10):
            folder.add()
        with monkeypatch.context() as patch:
            patch.setattr(Part, "take", count)
            library.sync()
            library.finish_merge()
        assert len(taken) == 3
        (unfinished,) = settings.store.glob("merged-*")
        assert (unfinished / "merging").exists()
        assert_true(library, folder)
    with Library(settings) as again:
        folder.add()
        again.sync()
        again.finish_merge()
        assert_true(again, folder)
        assert not (unfinished / "merging").exists()
        with Library(replace(settings, store=tmp_path / "clean")) as clean:
            clean.sync()
            assert_same_index(again, clean)
