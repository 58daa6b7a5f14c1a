"""How well `index.speech.attribution` tells who said what, against hand-made attributions of news articles.

    PYTHONPATH=. python tests/bench/attribution.py ARTICLES GOLD.jsonl [--half even] [--examples 5]

ARTICLES is a folder of text files, a line of GOLD.jsonl `{"article": file, "sentences": [[start, end, [names]], ...]}`
with the sources of a sentence: a full name, "?" where the gold cannot name it, "(other)" for what is no named person.
Its sentences need not be ours: ours get the names of those that they share more than half of the shorter with.

A sentence is named where its gold holds a full name. It is right when the surname of the person whom we name is among
the surnames there. Precision is over the sentences for which we name a person; a second figure leaves out those whose
gold is "?", a third also those that are "(other)".
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index.reading.text import read_article
from index.sentences.splitting import sentences_of
from index.speech.attribution import Attribution, attribute
from index.speech.people import read_name
from index.values import Article
from index.words import fold_letters

UNNAMED = {"?", "(other)"}


@dataclass(frozen=True)
class Judged:
    """One of our sentences: what the gold has for it, what we have, and what we make of that."""

    article: str
    text: str
    gold: frozenset[str]
    speaker: str | None
    person: bool
    speech: str
    outcome: str


def surname(name: str) -> str:
    return fold_letters(read_name(name).surname)


def judge(article: Article, found: Attribution, gold: Sequence[tuple[int, int, list[str]]]) -> list[Judged]:
    """Compare the sentences of one article with the gold."""
    people = {speaker.name for speaker in found.speakers if speaker.kind == "person"}
    judged = []
    for sentence in found.sentences:
        names: set[str] = set()
        for start, end, sources in gold:
            shared = min(end, sentence.end) - max(start, sentence.start)
            if shared > min(end - start, sentence.end - sentence.start) / 2:
                names.update(sources)
        surnames = {surname(name) for name in names - UNNAMED}
        person = sentence.speaker in people
        if surnames and sentence.speaker and surname(sentence.speaker) in surnames:
            outcome = "right"
        elif person:
            outcome = "another" if surnames else "unnamed" if "?" in names else "other" if names else "nobody"
        else:
            outcome = ("missed: " + ("unnamed" if sentence.speech else "nothing")) if surnames else "fine"
        speech = "direct" if any(mark in sentence.text for mark in ('"', "“", "”", "''")) else "indirect"
        speech = sentence.speech or speech
        judged.append(Judged(article.id, sentence.text, frozenset(names), sentence.speaker, person, speech, outcome))
    return judged


def ratio(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "-"


def report(judged: Sequence[Judged], *, examples: int = 0) -> None:
    """Print precision and recall, and what goes wrong."""
    print("| speech | named in gold | precision | without ? | without ? and (other) | recall |")
    print("|---|---|---|---|---|---|")
    for kind in ("direct", "indirect", "all"):
        rows = [row for row in judged if kind in (row.speech, "all")]
        counts = Counter(row.outcome for row in rows)
        named = sum(1 for row in rows if row.gold - UNNAMED)
        given = [counts[outcome] for outcome in ("right", "another", "nobody", "other", "unnamed")]
        print(
            f"| {kind} | {named} | {ratio(given[0], sum(given))} | {ratio(given[0], sum(given[:4]))} "
            f"| {ratio(given[0], sum(given[:3]))} | {ratio(given[0], named)} |"
        )
    print()
    for (outcome, speech), number in sorted(Counter((row.outcome, row.speech) for row in judged).items()):
        print(f"{number:6} {outcome}, {speech}")
        if outcome in ("right", "fine"):
            continue
        rows = [row for row in judged if (row.outcome, row.speech) == (outcome, speech)]
        for row in random.Random(0).sample(rows, min(examples, len(rows))):
            print(f"       {row.speaker} | {', '.join(sorted(row.gold))} | {row.text[:240]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--half", choices=("even", "odd"), help="only articles at even or odd places of the list")
    parser.add_argument("--examples", type=int, default=3, help="examples for each kind of error (default 3)")
    options = parser.parse_args()
    gold = {row["article"]: row["sentences"] for row in map(json.loads, options.gold.read_text().splitlines())}
    names = sorted(gold)
    if options.half:
        names = names[options.half == "odd" :: 2]
    judged: list[Judged] = []
    began = time.perf_counter()
    for name in names:
        article = read_article(options.articles / name, options.articles, max_bytes=10**9)
        judged += judge(article, attribute(article, sentences_of(article)), gold[name])
    seconds = time.perf_counter() - began
    print(f"{len(names)} articles, {len(judged)} sentences, {len(judged) / seconds:.0f} sentences/s\n")
    report(judged, examples=options.examples)


if __name__ == "__main__":
    main()
