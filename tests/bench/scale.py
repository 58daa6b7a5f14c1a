"""How the index behaves with N sentences: sizes on the command line in, a row of a Markdown table for each out.

    nice -n 19 python -m tests.bench.scale 10_000 100_000 1_000_000 --minutes 70

Wants no data. Fills the collections that `index/storage/chroma.py` creates in an embedded Chroma, and the lexical
index through its own class, with generated articles of 25 sentences. It writes to Chroma directly, in the order and in
batches of the sizes that a sync uses, so that it needs no file, model or sync: embedding, by far the slowest step of a
real sync, is left out.

All that is generated follows from the seed: vectors have topics, articles and a decaying spectrum (about 100 effective
dimensions, as sentence vectors do), words follow Zipf's law. A fresh process measures what another one filled. The
temporary folder is removed. When the minutes are up, filling stops, and what was reached is measured.
"""

from __future__ import annotations

import argparse
import functools
import multiprocessing
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from index.storage.chroma import Part
from index.storage.ledger import Ledger
from index.storage.lexical import Lexical
from index.storage.records import vectors_to_texts
from index.values import ArticleRecord
from index.writer import LEAST, MOST, SHARE
from tests.bench.generated import DIMENSION, SENTENCES, Generated, World

ARTICLES_A_LEXICAL_UPDATE = 800  # 20,000 sentences
CANDIDATES = 60  # as qa/retrieve.py asks for
QUESTIONS = 200
ARTICLES_A_TOPIC = 50
RESERVED = 0.15  # of the minutes, for measuring what was filled

COLUMNS = (
    "sentences",
    "Chroma, sentences/s (mean, last tenth)",
    "words, sentences/s",
    "MB: Chroma's SQLite",
    "MB: HNSW files",
    "MB: lexical",
    "open, s",
    "first search, s",
    "MB resident: open",
    "MB resident: after questions",
    "nearest 60, ms p50 / p95",
    "recall of the exact 60",
    "get 100 with both vectors, ms p50 / p95",
    "lexical 60 of 8 terms (without the commonest), ms p50 / p95",
    "an article's change, ms: write + delete + lexical",
    "records(), ms",
    "an article by its title, ms p50 / p95",
)


@dataclass(frozen=True)
class Collections:
    client: Any
    store: Part
    sentences: Any
    articles: Any

    @classmethod
    def open(cls, folder: Path) -> Collections:
        import chromadb
        from chromadb.config import Settings

        client = chromadb.PersistentClient(str(folder / "chroma"), settings=Settings(anonymized_telemetry=False))
        store = Part(client, model="made-up", dimension=DIMENSION)
        return cls(client, store, store._sentences, store._articles)

    def put(self, articles: Sequence[Generated]) -> None:
        """Write articles as the store does: sentences first, then the records that make them count."""
        most = self.client.get_max_batch_size() // SENTENCES
        for i in range(0, len(articles), most):
            self._put_sentences(articles[i : i + most])
        self._put_articles(articles)

    def _put_sentences(self, articles: Sequence[Generated]) -> None:
        ids = [key for article in articles for key in article.ids]
        metadatas = [metadata for article in articles for metadata in article.metadatas]
        own = vectors_to_texts(np.concatenate([article.vectors for article in articles]))
        self.sentences.upsert(
            ids,
            embeddings=np.concatenate([article.contexts for article in articles]),
            documents=[sentence.text for article in articles for sentence in article.sentences],
            metadatas=[{**row, "vector": vector} for row, vector in zip(metadatas, own, strict=True)],
        )

    def _put_articles(self, articles: Sequence[Generated]) -> None:
        self.articles.upsert(
            [article.id for article in articles],
            embeddings=[article.title_vector for article in articles],
            documents=[" ".join(sentence.text for sentence in article.sentences) for article in articles],
            metadatas=[
                {
                    "digest": article.digest,
                    "sentences": SENTENCES,
                    "title": article.title,
                    "source": "The Made-Up Gazette",
                    "author": "Jane Roe",
                    "published": "2016-05-04",
                    "size": 3500,
                    "mtime_ns": 1_700_000_000_000_000_000,
                    "body": 0,
                }
                for article in articles
            ],
        )

    def delete(self, ids: list[str]) -> None:
        self.sentences.delete(ids)


def fill(folder: Path, options: argparse.Namespace, wanted: int, deadline: float) -> dict[str, Any]:
    """Fill both indexes until there are enough sentences or time is up; return what was reached, and the rates."""
    world = World(options.seed, _topics(wanted))
    collections = Collections.open(folder)
    ledger = Ledger(folder / "ledger.sqlite3", 1)
    questions = world.questions(min(wanted // SENTENCES, 400), 20)
    exact = [np.zeros((20, 0), dtype=np.float32)]
    records: dict[str, Any] = {}
    chroma, words, spent = 0.0, 0.0, [(0, 0.0)]
    for first in range(0, wanted // SENTENCES, ARTICLES_A_LEXICAL_UPDATE):
        numbers = range(first, min(first + ARTICLES_A_LEXICAL_UPDATE, wanted // SENTENCES))
        part = [world.article(number) for number in numbers]
        exact = [_best(np.concatenate([*exact, *(questions @ a.contexts.T for a in part)], axis=1))]
        begun = time.perf_counter()
        written = 0
        while written < len(part):
            size = min(max(LEAST, (len(records) + written) * SENTENCES // SHARE), MOST) // SENTENCES
            collections.put(part[written : written + size])
            written += size
        chroma += time.perf_counter() - begun
        begun = time.perf_counter()
        of = {article.id: article for article in part}
        ledger.put(map(_record, part), lambda record, of=of: of[record.id].sentences)  # type: ignore[misc]
        words += time.perf_counter() - begun
        records.update(dict.fromkeys(of))
        spent.append((len(records) * SENTENCES, chroma))
        recent = (spent[-1][0] - spent[-2][0]) / (spent[-1][1] - spent[-2][1])
        print(f"{spent[-1][0]:>9,} sentences; Chroma {chroma:.0f} s, now {recent:.0f}/s; words {words:.0f} s",
              file=sys.stderr, flush=True)  # fmt: skip
        if time.time() > deadline:
            break
    ledger.close()
    reached = len(records) * SENTENCES
    before, then = min(spent, key=lambda point: abs(point[0] - 0.9 * reached))
    last = (reached - before) / (chroma - then) if reached > before else reached / chroma
    return {
        "articles": len(records),
        "mean": reached / chroma,
        "last": last,
        "words": reached / words,
        "worst": exact[0][:, -1],  # of each question's 60 nearest, the cosine of the last
    }


def measure(folder: Path, options: argparse.Namespace, wanted: int, filled: dict[str, Any]) -> list[str]:
    """Return the cells of the row. Run it in a process that has not touched the index before."""
    articles: int = filled["articles"]
    world = World(options.seed, _topics(wanted))
    vectors = world.questions(min(wanted // SENTENCES, 400), QUESTIONS)
    disk = [_megabytes(folder / "chroma", "chroma.sqlite3*"), _megabytes(folder / "chroma", "*.*", in_folders=True)]
    disk.append(_megabytes(folder, "ledger.*") + _megabytes(folder, "ledger.words/*"))
    import chromadb  # noqa: F401  (importing it is not opening the index)

    opening, (collections, ledger) = _timed(lambda: (Collections.open(folder), Ledger(folder / "ledger.sqlite3", 1)))
    lexical = Lexical(ledger)
    resident_open = _resident()
    every, _ = _timed(lambda: sorted(_records(collections)))
    first, _ = _timed(lambda: _nearest(collections, vectors[0]))
    nearest = [_timed(functools.partial(_nearest, collections, vector))[0] for vector in vectors]

    again = world.questions(min(wanted // SENTENCES, 400), 20)
    recall = _recall(collections, again, filled)
    random = np.random.default_rng([options.seed, 5])
    got = []
    for _ in range(30):
        some = [world.article(int(n)).ids[int(random.integers(SENTENCES))] for n in random.integers(articles, size=100)]
        some = sorted(set(some))
        got.append(_timed(functools.partial(_get, collections, some))[0])
    got = got[1:]  # the first one loads the collection
    resident = _resident()
    terms = world.terms(50)
    searched = [_timed(functools.partial(_search, lexical, some))[0] for some in terms]
    searched_rarer = [_timed(functools.partial(_search, lexical, some[1:]))[0] for some in terms]
    titles = [world.article(int(number)).title for number in random.integers(articles, size=10)]
    titled = [_timed(functools.partial(_with_title, collections, title))[0] for title in titles]
    next_ledger = Ledger(folder / "ledger.sqlite3", 2)
    wrote, deleted, relexed = [], [], []
    for number in random.choice(articles, size=10, replace=False):
        old, new = world.article(int(number)), world.article(int(number), version=1)
        wrote.append(_timed(functools.partial(collections.put, [new]))[0])
        deleted.append(_timed(functools.partial(collections.delete, old.ids))[0])
        relexed.append(_timed(functools.partial(next_ledger.put, [_record(new)], lambda _, new=new: new.sentences))[0])
    next_ledger.close()
    ledger.close()
    return [
        f"{articles * SENTENCES:,}" + ("" if articles * SENTENCES >= wanted else f" (of {wanted:,}: time was up)"),
        f"{filled['mean']:,.0f}, {filled['last']:,.0f}",
        f"{filled['words']:,.0f}",
        *(f"{size:,.0f}" for size in disk),
        f"{opening:.2f}",
        f"{first:.2f}",
        f"{resident_open:,.0f}",
        f"{resident:,.0f}",
        _percentiles(nearest),
        f"{recall:.3f}",
        _percentiles(got),
        f"{_percentiles(searched)} ({_percentiles(searched_rarer)})",
        " + ".join(f"{1000 * float(np.median(times)):,.0f}" for times in (wrote, deleted, relexed)),
        f"{1000 * every:,.0f}",
        _percentiles(titled),
    ]


def _record(article: Generated) -> ArticleRecord:
    return ArticleRecord(
        article.id, article.id, article.digest, SENTENCES, article.title, None, None, "2016-05-04", None, None, 0
    )


def _topics(wanted: int) -> int:
    return max(20, wanted // SENTENCES // ARTICLES_A_TOPIC)


def _best(scores: np.ndarray) -> np.ndarray:
    return np.sort(scores, axis=1)[:, ::-1][:, :CANDIDATES]


def _records(collections: Collections) -> Iterator[tuple[str, str]]:
    found = collections.store._all_of(collections.articles, None)
    yield from ((key, metadata["digest"]) for key, metadata in found)


def _nearest(collections: Collections, vector: np.ndarray) -> Any:
    return collections.sentences.query(query_embeddings=[vector], n_results=CANDIDATES, include=["distances"])


def _recall(collections: Collections, questions: np.ndarray, filled: dict[str, Any]) -> float:
    """Return the share of the exact nearest that is found, over the questions that `fill` answered exactly."""
    shares = [
        np.mean(1 - np.array(_nearest(collections, question)["distances"][0]) >= worst - 1e-5)
        for question, worst in zip(questions, filled["worst"], strict=True)
    ]
    return float(np.mean(shares))


def _get(collections: Collections, ids: list[str]) -> None:
    collections.store.sentences_with_vectors(ids)


def _search(lexical: Lexical, terms: list[str]) -> None:
    lexical.search(terms, CANDIDATES)


def _with_title(collections: Collections, title: str) -> None:
    collections.articles.get(where={"title": title}, limit=1, include=["embeddings"])


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


def _percentiles(seconds: Sequence[float]) -> str:
    return "{:.1f} / {:.1f}".format(*(1000 * np.percentile(seconds, [50, 95])))


def _resident() -> float:
    """Return the resident memory of this process, in megabytes of 10^6 bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def _megabytes(folder: Path, pattern: str, *, in_folders: bool = False) -> float:
    files = folder.glob(f"*/{pattern}") if in_folders else folder.glob(pattern)
    return sum(file.stat().st_size for file in files) / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("sentences", nargs="+", type=int)
    parser.add_argument("--minutes", type=float, default=20, help="for each size (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the temporary folder is still removed
    print("| " + " | ".join(COLUMNS) + " |\n" + "|---" * len(COLUMNS) + "|", flush=True)
    for wanted in options.sentences:
        deadline = time.time() + 60 * options.minutes * (1 - RESERVED)
        with tempfile.TemporaryDirectory(prefix="onrecord-scale-") as folder:
            filled = _in_a_process(fill, Path(folder), options, wanted, deadline)
            row = _in_a_process(measure, Path(folder), options, wanted, filled)
        print("| " + " | ".join(row) + " |", flush=True)


def _in_a_process(work: Callable[..., Any], *arguments: Any) -> Any:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, arguments)


if __name__ == "__main__":
    main()
