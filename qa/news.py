"""What is new in the articles for those who watch: sentences that have come, changed or gone since they were looked at.

The articles whose version is another than the one that was looked at last are compared, sentence by sentence, and what
differs is held against every watch. It costs what has changed. Whoever asks first does it, and everybody sees the same.
"""

from __future__ import annotations

import functools
import json
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from index.library import Library
from index.models.embedding import in_context
from index.storage.history import History, Look, Noted, Version
from index.values import ArticleRecord, Sentence, sentence_id
from qa.answer import CitedSentence, describe
from qa.differences import pair_alike
from qa.watches import Watch, add_watch, read_watches, remove_watch, text_of
from qa.watching import Matcher, Seen

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from pydantic import TypeAdapter

Kind = Literal["new", "changed", "removed"]
SEEN = "seen"  # the mark of what a reader has seen


@dataclass(frozen=True)
class NewsItem:
    """A sentence that is new for a watch, or changed, or removed from its article.

    `number` grows with each item. `before` is how a changed sentence was; one that was removed is cited as it was.
    `found` is when it was found, in seconds since 1970.
    """

    number: int
    watch: str
    kind: Kind
    sentence: CitedSentence
    before: str
    found: float


def watch(library: Library, wanted: Watch) -> Watch:
    """Begin to watch something, from now on; raises QuestionError and SeedsError as `qa.watches.add_watch` does."""
    with library.reading(), closing(library.open_history()) as history:
        history.begin(library.store.ledger.digests())
    find_news(library)  # else what has changed before would be new to it
    return add_watch(library.settings.seeds, wanted)


def unwatch(library: Library, watched: Watch) -> None:
    """Stop watching something, and forget what was new in it; raises SeedsError if it is not watched."""
    remove_watch(library.settings.seeds, watched)
    with closing(library.open_history()) as history:
        history.forget(watched.id)


def find_news(library: Library, *, stop: threading.Event | None = None) -> int:
    """Look at every article that has come, changed or gone since it was looked at; return how many items are new.

    Nothing is looked at before something is watched for the first time. Told to stop meanwhile, it finds nothing, and
    all is looked at the next time. Raises OnRecordError.
    """
    with _opened(library) as history:
        if history is None or not history.has_begun:
            return 0
        watches = read_watches(library.settings.seeds)
        while True:
            with library.reading():
                looks = _look(library, history, watches, stop or threading.Event())
            if not looks or history.announce(looks):  # else another process was quicker
                return sum(len(look.found) for look in looks)


def _look(library: Library, history: History, watches: Sequence[Watch], stop: threading.Event) -> list[Look]:
    """Look at every article whose version is another than the one that was looked at last; at none if stopped."""
    before, now = history.looked_at(), library.store.ledger.digests()
    changed = sorted(key for key in before.keys() | now.keys() if before.get(key) != now.get(key))
    if not changed:
        return []
    matcher = Matcher(library, watches, _find_vectors(library, history, watches))
    # An article that was only moved has another id, and nothing in it is new.
    moved = {before[key] for key in changed if key not in now} & {now[key] for key in changed if key not in before}
    looks = []
    for key in changed:
        if stop.is_set():
            return []
        was, is_now = before.get(key), now.get(key)
        found: list[tuple[str, str]] = []
        if not (was is None and is_now in moved) and not (is_now is None and was in moved):
            old = history.version(key, was) if was else None
            found.extend(_compare(library, matcher, old, library.records.get(key)))
        looks.append(Look(key, was, is_now, found))
    return looks


def list_news(
    library: Library, watches: Collection[Watch] | None = None, *, after: int = 0, limit: int = -1
) -> list[NewsItem]:
    """What was found to be new for these watches, by default for all there are, the latest first.

    `after` is the number that theirs are above. Raises SeedsError if watches.toml cannot be understood.
    """
    with _opened(library) as history:
        if history is None:
            return []
        wanted = read_watches(library.settings.seeds) if watches is None else watches
        found = history.news([watched.id for watched in wanted], after=after, limit=limit)
        return [_to_item(noted) for noted in found]


def count_unread(library: Library, name: str = SEEN) -> dict[str, int]:
    """How many items a reader has not seen, by the id of the watch; only those of which there are some."""
    with _opened(library) as history:
        counts = history.count_news(after=history.mark(name)) if history else {}
        return {one.id: counts[one.id] for one in read_watches(library.settings.seeds) if one.id in counts}


def find_mark(library: Library, name: str = SEEN) -> int:
    """The number of the last item that was seen, or sent, by this name; 0 if none was."""
    with _opened(library) as history:
        return history.mark(name) if history else 0


def mark_seen(library: Library, number: int, name: str = SEEN) -> None:
    """Note that the items up to this number were seen, or sent."""
    with closing(library.open_history()) as history:
        history.set_mark(name, max(number, history.mark(name)))


@contextmanager
def _opened(library: Library) -> Iterator[History | None]:
    """The library's history for the length of the block; None if it has none, which is not made to be read."""
    if not History.exists(library.settings.store):
        yield None
        return
    with closing(library.open_history()) as history:
        yield history


def _compare(
    library: Library, matcher: Matcher, old: Version | None, record: ArticleRecord | None
) -> Iterator[tuple[str, str]]:
    """What differs between a version of an article and what is indexed now, as the history notes it: watch, item."""
    here = _read_now(library, record) if record else None
    there = _read_then(library, old) if old else None
    texts = [sentence.text for sentence in here.sentences] if here else []
    former = [sentence.text for sentence in there.sentences] if there else []
    before, after = set(former), set(texts)
    came = [i for i, text in enumerate(texts) if text not in before]
    went = [i for i, text in enumerate(former) if text not in after]
    pairs = pair_alike([former[i] for i in went], [texts[i] for i in came])
    became = {came[new]: went[old] for old, new in pairs}
    changed = set(became.values())
    fit_now = matcher.match(here, came) if here and came else {}
    fit_then = matcher.match(there, went) if there and went else {}
    for watched in dict.fromkeys([*fit_now, *fit_then]):
        now, then = set(fit_now.get(watched, ())), fit_then.get(watched, [])
        for i in came:
            at = became.get(i)
            if record and here and (i in now or (at is not None and at in then)):
                kind: Kind = "new" if at is None else "changed"
                was = "" if at is None else former[at]
                yield watched.id, _to_json(kind, was, _cite(library, record, here.sentences[i]))
        for i in then:
            if old and there and i not in changed:
                yield watched.id, _to_json("removed", "", _cite(library, old.record, there.sentences[i]))


def _read_now(library: Library, record: ArticleRecord) -> Seen:
    import numpy as np

    keys = [sentence_id(record.id, record.digest, position) for position in range(record.sentences)]
    held = sorted(library.roster.sentences_with_vectors(keys), key=lambda row: row[1].position)
    return Seen(record.source, record.title, [row[1] for row in held], np.stack([row[3] for row in held]))


def _read_then(library: Library, old: Version) -> Seen:
    vectors = library.model.encode([old.record.title, *(sentence.text for sentence in old.sentences)])
    sentences = library.roster.correct(old.record.digest, old.sentences)
    return Seen(old.record.source, old.record.title, sentences, in_context(vectors[1:], vectors[0]))


def _find_vectors(library: Library, history: History, watches: Sequence[Watch]) -> NDArray[np.float32]:
    """The vectors of the watches (n, dim), 0 for one without a topic; they are kept, as embedding takes longest."""
    import numpy as np

    model = f"{library.model.name} {library.model.version}"
    texts = list(dict.fromkeys(text for watched in watches if (text := text_of(watched))))
    held = history.vectors(model)
    missing = [text for text in texts if text not in held]
    if missing or held.keys() - set(texts):
        made = library.model.encode(missing) if missing else ()
        held = {text: held[text] for text in texts if text in held}
        held |= {text: row.tobytes() for text, row in zip(missing, made, strict=True)}
        history.keep_vectors(model, held)
    nothing = np.zeros(library.model.dimension, np.float32)
    rows = [np.frombuffer(held[text_of(one)], np.float32) if text_of(one) else nothing for one in watches]
    return np.stack(rows) if rows else np.zeros((0, library.model.dimension), np.float32)


def _cite(library: Library, record: ArticleRecord, sentence: Sentence) -> CitedSentence:
    return CitedSentence(**describe(sentence, record, library.full_names))


def _to_json(kind: Kind, before: str, sentence: CitedSentence) -> str:
    return json.dumps({"kind": kind, "before": before, "sentence": asdict(sentence)}, ensure_ascii=False)


def _to_item(noted: Noted) -> NewsItem:
    held: Mapping[str, Any] = json.loads(noted.item)
    sentence = _reader().validate_python(held["sentence"])
    return NewsItem(noted.number, noted.watch, held["kind"], sentence, held["before"], noted.found)


@functools.cache
def _reader() -> TypeAdapter[CitedSentence]:
    from pydantic import TypeAdapter

    return TypeAdapter(CitedSentence)
