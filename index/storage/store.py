"""An index as it is read and written: its parts in Chroma, and the ledger that says what in them counts."""

from __future__ import annotations

import functools
import json
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from index.errors import StoreError
from index.storage.chroma import FoundSentence, Part
from index.storage.history import Version
from index.storage.ledger import Ledger, Read
from index.storage.records import article_from_metadata, sentence_from_metadata
from index.values import Article, ArticleRecord, FileRecord, Sentence, sentence_id

if TYPE_CHECKING:
    import numpy as np
    from llama_index.core.schema import Document, TextNode
    from numpy.typing import NDArray


LITTER = 1_000  # records of what is gone, which need not be worth clearing away
AHEAD = 2_000  # sentences read at once into a ledger


class Records(Mapping[str, ArticleRecord]):
    """The articles' records by id, in the order of the ids, each read when it is first needed."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._read: dict[str, ArticleRecord] = {}
        self._all: dict[str, ArticleRecord] | None = None

    def __getitem__(self, article_id: str) -> ArticleRecord:
        if self._all is not None:
            return self._all[article_id]
        if article_id not in self._read:
            self._read.update(self._ledger.records("id = ?", article_id))
        return self._read[article_id]

    def __iter__(self) -> Iterator[str]:
        if self._all is None:
            self._all = self._ledger.records()
        return iter(self._all)

    def __len__(self) -> int:
        return self._ledger.counts()[0]

    def speakers(self) -> dict[str, str]:
        """Who speaks in each article, by its id, as its record has it."""
        return self._ledger.speakers()


class Store:
    """The parts of an index, the earliest first, at its ledger's revision.

    What is put or removed goes to the last part, and no other one is changed. With `is_served`, the one part is on a
    server, where other machines read it meanwhile, and what changes in it is stamped with the ledger's revision. What
    is replaced or removed is given to `keep` before. The methods raise StoreError when the store cannot be read or
    written.
    """

    def __init__(
        self,
        parts: Sequence[Part],
        ledger: Ledger,
        *,
        is_served: bool = False,
        keep: Callable[[Iterable[Version]], None] = lambda _: None,
    ) -> None:
        self.parts = tuple(parts)
        self.ledger = ledger
        self.is_served = is_served
        self._revision = ledger.revision if is_served else None
        self._keep = keep

    def load(self) -> None:
        """Make the engine load what questions need, which it would put off until the first one."""
        for part in self.parts:
            part.load()

    def level(self, *, since: int | None = None) -> int:
        """Make the ledger hold what the parts do, if it does not; returns how many articles were read or removed.

        `since` is as in `index.storage.catalogue.Current`.
        """
        if self.ledger.is_level:
            return 0
        latest = self.ledger.latest
        return self.level_anew() if since is None or latest < since else self.follow(latest)

    def follow(self, after: int) -> int:
        """Make a ledger that is level with a revision hold what the part does, reading what was stamped after it.

        Returns how many articles were read or removed.
        """
        (part,) = self.parts
        records, files = part.records(after=after), part.files(after=after)
        try:
            followed = self.ledger.follow(after, records, files, self._reading(records))
        except StoreError:
            if not self.ledger.is_damaged:
                raise
            followed = None
        return self.level_anew() if followed is None else followed

    def level_anew(self) -> int:
        """Make the ledger hold what the parts do; returns how many articles were read or removed."""
        records: dict[str, ArticleRecord | None] = {}
        files: dict[str, FileRecord | None] = {}
        for part in self.parts:
            records.update(part.records())
            files.update(part.files())
        return self.ledger.level(
            {key: record for key, record in sorted(records.items()) if record},
            {path: file for path, file in files.items() if file},
            self._reading(records),
        )

    def files(self) -> dict[str, FileRecord]:
        """Every file's record by path, in the order of the paths."""
        return self.ledger.files()

    def records(self) -> Records:
        """Every article's record by article id, in the order of the ids."""
        return Records(self.ledger)

    def article(self, article_id: str) -> Article:
        """The article as it was indexed; raises StoreError for an unknown id."""
        digests = [record.digest for record in self.ledger.records("id = ?", article_id).values()]
        for part in reversed(self.parts if digests else ()):
            found = part.article(article_id)
            if found and found.digest in digests:
                return found
        raise StoreError(f"the index holds no article {article_id!r}; `onrecord index` updates it.")

    def sentences(self, record: ArticleRecord) -> list[Sentence]:
        """An article's sentences, in order."""
        ids = [sentence_id(record.id, record.digest, position) for position in range(record.sentences)]
        return sorted(self.sentences_of(ids).values(), key=lambda sentence: sentence.position)

    def sentences_of(self, ids: Sequence[str]) -> dict[str, Sentence]:
        """The sentences with these ids that the store holds, by id."""
        found: dict[str, Sentence] = {}
        for part in self.parts:
            found.update(part.sentences_of([key for key in ids if key not in found]))
        return found

    def sentences_with_vectors(self, ids: Sequence[str]) -> list[FoundSentence]:
        """The sentences with these ids that the store holds, with their vectors, in no particular order."""
        found: dict[str, FoundSentence] = {}
        for part in self.parts:
            left = [key for key in ids if key not in found]
            found.update((row[0], row) for row in part.sentences_with_vectors(left))
        return list(found.values())

    def vectors_of(self, ids: Sequence[str]) -> dict[str, list[float]]:
        """The own vectors, by text, of the sentences with these ids that the store holds."""
        return {text: vector for part in self.parts for text, vector in part.vectors_of(ids).items()}

    def title_vector(self, title: str) -> list[float] | None:
        """The vector of a title; None if no article has this title."""
        return next((vector for part in self.parts if (vector := part.title_vector(title))), None)

    def nearest(
        self,
        vector: NDArray[np.float32],
        count: int,
        speakers: Collection[str] = (),
        articles: Collection[str] | None = None,
    ) -> list[tuple[str, float]]:
        """The ids of the sentences nearest, in context, to a unit vector (dimension,), with the cosine, best first.

        `speakers` limits them to those whose main statement is by one of these, and `articles` to the articles.
        """
        found: dict[str, float] = {}
        for part in self.parts:
            search = functools.partial(part.nearest, vector, speakers=speakers, articles=articles)
            found.update(self.ledger.best(search, count))
        return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:count]

    def nearest_of(self, ids: Collection[str], vector: NDArray[np.float32], count: int) -> list[tuple[str, float]]:
        """As `nearest`, of the sentences with these ids: all are compared, which takes 0.1 ms each.

        Chroma's own search takes 0.6 s for any that is limited to some of 376,000 sentences, and fails where a part
        holds only some of them.
        """
        found: dict[str, float] = {}
        left = self.ledger.current(ids)
        for part in self.parts:
            found.update((key, float(vector @ held)) for key, held in part.contexts_of(sorted(left)).items())
            left -= found.keys()
        return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:count]

    def expect(self, sentences: int) -> None:
        """Prepare the last part for about so many more sentences, before any is searched or written."""
        self.parts[-1].expect(self.parts[-1].count() + sentences)

    def put(self, documents: Sequence[Document], nodes: Sequence[TextNode]) -> None:
        """Add or replace articles with their sentences, as `Part.put` does."""
        self._keep_versions({document.id_: document.metadata["digest"] for document in documents})
        self.parts[-1].put(documents, nodes, revision=self._revision)
        sentences: dict[str, list[Sentence]] = {document.id_: [] for document in documents}
        for node in nodes:
            sentences[node.metadata["article_id"]].append(sentence_from_metadata(node.metadata, node.text))
        records = [
            article_from_metadata(document.id_, {**document.metadata, "sentences": len(sentences[document.id_])})
            for document in documents
        ]
        self.ledger.put(records, lambda record: sentences[record.id])

    def put_files(self, records: Sequence[FileRecord]) -> None:
        """Record files, once all of their articles are put: from then on they count as unchanged."""
        self.parts[-1].put_files(records, revision=self._revision)
        self.ledger.put_files(records)

    def remove(self, article_ids: Collection[str], paths: Collection[str]) -> None:
        """Remove the records of articles and of files; the articles' sentences remain until `forget`."""
        self._keep_versions(dict.fromkeys(article_ids))
        if self.is_served:
            self.parts[-1].bury(article_ids, paths, revision=self._revision)
            self.ledger.remove(article_ids, paths)
            return
        held: tuple[set[str], set[str]] = set(), set()
        for part in self.parts[:-1]:
            for ids, more in zip(held, part.holding(article_ids, paths), strict=True):
                ids |= more
        self.parts[-1].remove(set(article_ids) - held[0], set(paths) - held[1])
        self.parts[-1].bury(sorted(held[0]), sorted(held[1]))
        self.ledger.remove(article_ids, paths)

    def forget(self, versions: Iterable[ArticleRecord]) -> None:
        """Delete from the last part what no reader believes any more; see `Part.forget`."""
        self.parts[-1].forget(versions, believed=self.ledger.counts()[1] if self.is_served else None)

    def is_littered(self) -> bool:
        """Whether a server has more records of articles that are gone than of those that are there, and many."""
        return self.parts[-1].count_articles() > 2 * self.ledger.counts()[0] + LITTER

    def _keep_versions(self, digests: Mapping[str, str | None]) -> None:
        """Give to `keep` what is held of articles, by id, in another version than the one with this digest."""
        held = self.ledger.records("id IN (SELECT value FROM json_each(?))", json.dumps(list(digests)))
        replaced = [record for record in held.values() if record.digest != digests[record.id]]
        if replaced:
            now = time.time()
            self._keep(
                Version(record, self.article(record.id).text, tuple(self.sentences(record)), until=now)
                for record in replaced
            )

    def _reading(self, records: Mapping[str, ArticleRecord | None]) -> Read:
        """Reads the sentences of one after another of the records that the ledger lacks, those of many at once."""
        found: dict[str, list[Sentence]] = {}
        left: list[ArticleRecord] = []

        def read(record: ArticleRecord) -> list[Sentence]:
            if record.id not in found:
                if not left:
                    left.extend(reversed(self.ledger.lacking(record for record in records.values() if record)))
                some, count = {record.id: record}, record.sentences
                while left and count < AHEAD:
                    some[left[-1].id] = left[-1]
                    count += left.pop().sentences
                found.update({key: [] for key in some})
                ids = [sentence_id(r.id, r.digest, position) for r in some.values() for position in range(r.sentences)]
                for sentence in self.sentences_of(ids).values():
                    found[sentence.article_id].append(sentence)
            return sorted(found.pop(record.id), key=lambda sentence: sentence.position)

        return read
