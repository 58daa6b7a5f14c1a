"""What is new for what is watched: found once, never missed, whatever happens in between; and earlier versions."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from index.errors import QuestionError, SeedsError, StoreError
from index.library import Library
from index.settings import Settings
from index.storage.history import History
from qa.news import NewsItem, count_unread, find_news, list_news, mark_seen, unwatch, watch
from qa.watches import Watch, add_watch, find_watch, read_watches
from tests.conftest import IS_WHOLE

EDITS = 500 if IS_WHOLE else 16
ROOT = Path(__file__).parent.parent
PEOPLE = ["Ana Roe", "Bo Hale", "Cora Lind", "Dev Marsh", "Eve Stone"]
PLACES = "Arden Belmont Corwen Dunmore Elsworth Farley Granton Holt".split()
BASE = "Bases\n\nKremlin spokesman Dmitry Peskov said that the base at Tartous would stay. Rain fell on Moscow."
PESKOV = Watch(question="What did Peskov say about Tartous?")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    seeds = tmp_path / "news"
    seeds.mkdir()
    (seeds / "base.txt").write_text(BASE)
    return Settings(seeds=seeds, store=tmp_path / "store")


@pytest.fixture
def library(settings: Settings) -> Iterator[Library]:
    with Library(settings) as library:
        library.sync()
        yield library


def write(library: Library, name: str, text: str) -> None:
    """Write an article, and bring the index up to date."""
    (library.settings.seeds / name).write_text(text)
    library.sync()


def told(library: Library) -> list[tuple[str, str, str]]:
    """The kind, the text and the former text of each item, the first found first."""
    find_news(library)
    return [(item.kind, item.sentence.text, item.before) for item in reversed(list_news(library))]


STAYS = "Kremlin spokesman Dmitry Peskov said that the base at Tartous would stay."
CLOSES = "Kremlin spokesman Dmitry Peskov said that the base at Tartous would close."


def test_what_is_new_is_what_has_come_changed_or_gone_since(library: Library) -> None:
    watch(library, PESKOV)
    assert told(library) == []
    write(library, "ships.txt", "Ships\n\nDmitry Peskov said that ships were leaving Tartous. Snow fell on Kiev.")
    write(library, "base.txt", BASE.replace("stay", "close"))
    expected = [("changed", CLOSES, STAYS), ("new", "Dmitry Peskov said that ships were leaving Tartous.", "")]
    assert told(library) == expected
    write(library, "base.txt", BASE.replace("stay", "close").replace("Rain", "Hail"))
    assert told(library) == expected
    (library.settings.seeds / "base.txt").unlink()
    library.sync()
    assert told(library) == [*expected, ("removed", CLOSES, "")]


def test_an_item_cites_the_version_that_it_is_of(library: Library) -> None:
    watched = watch(library, PESKOV)
    write(library, "base.txt", BASE.replace("stay", "close"))
    (library.settings.seeds / "base.txt").unlink()
    write(library, "other.txt", "Nobody spoke.")
    find_news(library)
    for item in list_news(library):
        assert item.watch == watched.id
        assert item.sentence.speaker == "Dmitry Peskov"
        kept = library.version(item.sentence.article_id, item.sentence.digest)
        assert kept is not None
        assert kept.article.text[item.sentence.start : item.sentence.end] == item.sentence.text


def test_what_moves_is_not_new(library: Library) -> None:
    watch(library, PESKOV)
    (library.settings.seeds / "base.txt").rename(library.settings.seeds / "moved.txt")
    library.sync()
    assert list(library.records) == ["moved.txt"]
    assert told(library) == []


def test_nothing_is_looked_at_before_anything_is_watched(library: Library) -> None:
    write(library, "base.txt", BASE.replace("stay", "close"))
    assert find_news(library) == 0
    watch(library, PESKOV)
    assert told(library) == []


WATCHES: list[tuple[str, Watch, list[str]]] = [
    ("a person", Watch(speaker="Merkel"), ["Angela Merkel said that the border is closed."]),
    ("a person on a topic", Watch(speaker="Angela Merkel", about="the harvest"), []),
    ("a topic", Watch(about="rain in Moscow"), ["Heavy rain came down in Moscow on Monday."]),
    ("an outlet", Watch(source="City Wire"), ["Angela Merkel said that the border is closed.", "Apples are cheap."]),
    ("an outlet on a topic", Watch(about="the price of apples", source="city wire"), ["Apples are cheap."]),
    ("an outlet that has nothing", Watch(about="the price of apples", source="Alliance News"), []),
    ("a person who never speaks", Watch(speaker="Winston Churchill"), []),
    ("someone whom a statement only mentions", Watch(speaker="Nicolas Sarkozy"), []),
]


@pytest.mark.parametrize(("watched", "texts"), [case[1:] for case in WATCHES], ids=[case[0] for case in WATCHES])
def test_what_fits_a_watch(library: Library, watched: Watch, texts: list[str]) -> None:
    watch(library, watched)
    (library.settings.seeds / "wire.txt").write_text(
        "---\ntitle: Border\nsource: City Wire\n---\nAngela Merkel said that the border is closed. Apples are cheap."
    )
    write(library, "rain.txt", "Weather\n\nHeavy rain came down in Moscow on Monday. Merkel met Nicolas Sarkozy.")
    assert [text for _, text, _ in told(library)] == texts


IDLE = "The port of Arden lies idle."
PORT = f"The port\n\n{IDLE} Nordic Lines will buy the port for two million. Two cranes of the port rust."


def test_a_question_is_watched_for_its_answers(library: Library) -> None:
    watch(library, Watch(question="Who will buy the port of Arden?"))
    write(library, "port.txt", PORT)
    assert [text for _, text, _ in told(library)] == ["Nordic Lines will buy the port for two million."]
    write(library, "port.txt", PORT.replace("Nordic", "Baltic").replace("Two cranes", "Three cranes"))
    assert [(kind, text[:12]) for kind, text, _ in told(library)][1:] == [("changed", "Baltic Lines")]


@pytest.mark.parametrize(
    "question", ["the port of Arden", "What about the port of Arden?", "Any news on the port of Arden?"]
)
def test_what_asks_for_all_on_a_topic_is_watched_for_that(library: Library, question: str) -> None:
    watch(library, Watch(question=question))
    write(library, "port.txt", PORT)
    assert IDLE in [text for _, text, _ in told(library)]


def test_without_a_reader_a_question_is_a_topic(settings: Settings) -> None:
    with Library(replace(settings, reader="none")) as library:
        library.sync()
        watch(library, Watch(question="Who will buy the port of Arden?"))
        write(library, "port.txt", PORT)
        assert IDLE in [text for _, text, _ in told(library)]


def test_a_look_that_is_stopped_is_begun_again(library: Library) -> None:
    watch(library, PESKOV)
    write(library, "base.txt", BASE.replace("stay", "close"))
    stop = threading.Event()
    stop.set()
    assert find_news(library, stop=stop) == 0
    assert told(library) == [("changed", CLOSES, STAYS)]


def test_unread_items_are_counted_until_they_are_seen(library: Library) -> None:
    watched = watch(library, PESKOV)
    write(library, "base.txt", BASE.replace("stay", "close"))
    find_news(library)
    assert count_unread(library) == {watched.id: 1}
    mark_seen(library, list_news(library)[0].number)
    assert count_unread(library) == {}
    unwatch(library, watched)
    assert list_news(library) == []
    assert read_watches(library.settings.seeds) == []


def test_watches_are_kept_in_a_file_that_people_can_read(library: Library) -> None:
    seeds = library.settings.seeds
    odd = Watch(question='Who said "no\\yes" on 1\t May? 🙂', source="Ouest-France")
    watched = [watch(library, one) for one in (PESKOV, odd, PESKOV)]
    assert watched[0] == watched[2]
    assert read_watches(seeds) == [PESKOV, Watch(question='Who said "no\\yes" on 1 May? 🙂', source="Ouest-France")]
    assert library.plan().is_empty
    assert find_watch(read_watches(seeds), watched[1].id[:6]) == watched[1]
    with pytest.raises(QuestionError, match="no watch begins with 'zz'"):
        find_watch(read_watches(seeds), "zz")
    with pytest.raises(QuestionError, match="there is nothing to watch"):
        watch(library, Watch())
    with pytest.raises(QuestionError, match="is not a name"):
        add_watch(seeds, Watch(speaker="?"))
    (seeds / "watches.toml").write_text("[[watch]]\nspeaker = 3\n")
    with pytest.raises(SeedsError, match=r"watches\.toml cannot be understood: watch 1 holds something else"):
        read_watches(seeds)
    with pytest.raises(SeedsError, match=r"cannot be understood"):
        add_watch(seeds, PESKOV)  # what a person wrote is not overwritten
    assert (seeds / "watches.toml").read_text() == "[[watch]]\nspeaker = 3\n"


def test_versions_are_kept_within_their_limit(tmp_path: Path, library: Library) -> None:
    first = library.records["base.txt"].digest
    for i in range(4):
        write(library, "base.txt", BASE.replace("stay", f"stay for {i} years"))
    with library.reading():
        assert library.version("base.txt", library.records["base.txt"].digest) is None
    kept = library.version("base.txt", first)
    assert kept is not None
    assert (kept.article.text, [one.speaker for one in kept.sentences]) == (BASE, [None, "Dmitry Peskov", None])
    one = History(tmp_path / "store", most=1)
    one.keep([kept])
    assert one.version("base.txt", first) is None  # it alone is too large
    one.close()


def test_history_of_the_first_version_is_taken_over(library: Library) -> None:
    watch(library, PESKOV)
    write(library, "base.txt", BASE.replace("stay", "close"))
    expected = told(library)
    with closing(sqlite3.connect(library.settings.store / "history.sqlite3")) as history:
        history.execute("DROP TABLE versions")
        history.execute("CREATE TABLE versions (id TEXT, digest TEXT, until REAL, size INTEGER, article BLOB)")
        history.execute("PRAGMA user_version = 1")
        history.commit()
    assert told(library) == expected
    was = library.records["base.txt"].digest
    write(library, "base.txt", BASE)
    assert library.version("base.txt", was) is not None
    assert len(told(library)) == len(expected) + 1


def test_history_that_is_broken_is_said_to_be(library: Library) -> None:
    watch(library, PESKOV)
    (library.settings.store / "history.sqlite3").write_bytes(b"not a database" * 1000)
    for suffix in ("-wal", "-shm"):
        (library.settings.store / f"history.sqlite3{suffix}").unlink(missing_ok=True)
    with pytest.raises(StoreError, match=r"history\.sqlite3 cannot be used: .*move it away"):
        find_news(library)


class Town:
    """A folder in which people say things, and what they say is changed at random."""

    def __init__(self, library: Library, seed: int) -> None:
        self.random, self.folder = Random(seed), library.settings.seeds
        self.made = 0
        self.now: dict[str, list[str]] = {}
        for _ in range(12):
            self.add()

    def say(self) -> str:
        who, place = self.random.choice(PEOPLE), self.random.choice(PLACES)
        what = self.random.choice(["sold", "built"])
        return f"{who} said that {self.random.randint(2, 99_999)} houses in {place} were {what}."

    def add(self) -> None:
        self.made += 1
        self.write(f"{self.made:04}.txt", [self.say() for _ in range(self.random.randint(2, 5))])

    def write(self, name: str, sentences: list[str]) -> None:
        self.now[name] = sentences
        (self.folder / name).write_text(" ".join(sentences))

    def change(self) -> None:
        name, what = self.random.choice(sorted(self.now)), self.random.random()
        if what < 0.5:
            sentences = list(self.now[name])
            sentences[self.random.randrange(len(sentences))] = self.say()
            self.write(name, sentences)
        elif what < 0.6:
            self.write(name, [*self.now[name], self.say()])
        elif what < 0.75:
            self.add()
        elif what < 0.9 and len(self.now) > 4:
            del self.now[name]
            (self.folder / name).unlink()
        else:
            self.made += 1
            self.now[f"{self.made:04}.txt"] = self.now.pop(name)
            (self.folder / name).rename(self.folder / f"{self.made:04}.txt")


def differ(before: dict[str, str], now: dict[str, str]) -> tuple[Counter[str], Counter[str]]:
    """The sentences that have come and those that have gone, by comparing every article; what only moved has not."""
    moved = {text for name, text in before.items() if name not in now} & {
        text for name, text in now.items() if name not in before
    }
    came: Counter[str] = Counter()
    went: Counter[str] = Counter()
    for name in before.keys() | now.keys():
        old, new = before.get(name, ""), now.get(name, "")
        if (not old and new in moved) or (not new and old in moved):
            continue
        cut = [re.findall(r"[^.]+\.", text) for text in (old, new)]
        was, is_now = ([one.strip() for one in some] for some in cut)
        came.update(one for one in is_now if one not in was)
        went.update(one for one in was if one not in is_now)
    return came, went


def by(speaker: str, found: Counter[str]) -> Counter[str]:
    return Counter({text: number for text, number in found.items() if text.startswith(speaker)})


@pytest.mark.slow
@pytest.mark.timeout(3600 if IS_WHOLE else 300)
def test_nothing_is_announced_twice_and_nothing_is_missed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tiny: Path
) -> None:
    library = Library(Settings(seeds=settings.seeds, store=settings.store, model=str(tiny)))
    library.sync()
    town = Town(library, seed=3)
    library.sync()
    watches = {speaker: watch(library, Watch(speaker=speaker)) for speaker in PEOPLE}
    came: Counter[str] = Counter()
    went: Counter[str] = Counter()

    def read() -> dict[str, str]:
        with library.reading():
            return {name: library.store.article(name).text for name in library.records}

    before = read()
    for i in range(EDITS):
        town.change()
        interrupted = town.random.random() < 0.3
        with monkeypatch.context() as patch:
            if interrupted:
                patch.setattr(*stopping(town.random))
            try:
                library.sync()
                find_news(library)
            except KeyboardInterrupt:
                library.close()
                library = Library(library.settings)
        if i % 7 == 6:  # several edits are looked at together, as when nobody looks at night
            library.sync()
        find_news(library)
        now = read()
        for total, more in zip((came, went), differ(before, now), strict=True):
            total.update(more)
        before = now
    items = list_news(library)
    for speaker, watched in watches.items():
        found = [item for item in items if item.watch == watched.id]
        assert by(speaker, Counter(texts_that_came(found))) == by(speaker, came)
        assert by(speaker, Counter(texts_that_went(found))) == by(speaker, went)
        assert all(text.startswith(speaker) for item in found for text in [item.sentence.text] if not item.before)
    assert sum(came.values()) > EDITS / 2
    library.close()


def texts_that_came(items: list[NewsItem]) -> list[str]:
    return [item.sentence.text for item in items if item.kind != "removed"]


def texts_that_went(items: list[NewsItem]) -> list[str]:
    return [item.sentence.text if item.kind == "removed" else item.before for item in items if item.kind != "new"]


def stopping(random: Random) -> tuple[Any, str, Callable[..., Any]]:
    """What to replace so that a sync, or a look at the news, is stopped in the middle, before or after it writes."""
    from chromadb.api.models.Collection import Collection

    owner, name = random.choice([(Collection, "upsert"), (History, "keep"), (History, "announce")])
    original, left, is_done = getattr(owner, name), [random.randint(0, 2)], random.random() < 0.5

    def stop(*arguments: Any, **keywords: Any) -> Any:
        left[0] -= 1
        if left[0] >= 0:
            return original(*arguments, **keywords)
        if is_done:
            original(*arguments, **keywords)
        raise KeyboardInterrupt

    return owner, name, stop


def test_killed_while_looking_it_is_found_by_the_next(library: Library) -> None:
    watch(library, PESKOV)
    write(library, "ships.txt", "Ships\n\nDmitry Peskov said that ships were leaving Tartous.")
    write(library, "base.txt", BASE.replace("stay", "close"))
    code = (
        "import json, os, signal, sys; from pathlib import Path; from index.library import Library\n"
        "from index.settings import Settings; from index.storage import history; from qa.news import find_news\n"
        "class Clock:\n"
        "    left = 1\n"
        "    def time(self):\n"
        "        if not self.left: os.kill(os.getpid(), signal.SIGKILL)\n"
        "        self.left -= 1\n"
        "        return 0.0\n"
        "history.time = Clock()\n"  # asked for each item that is written
        "find_news(Library(Settings(seeds=Path(sys.argv[1]), store=Path(sys.argv[2]))))\n"
    )
    folders = [str(library.settings.seeds), str(library.settings.store)]
    killed = subprocess.run([sys.executable, "-c", code, *folders], cwd=ROOT, capture_output=True)
    assert killed.returncode == -9, killed.stderr
    assert list_news(library) == []
    assert len(told(library)) == 2
    assert len(told(library)) == 2
