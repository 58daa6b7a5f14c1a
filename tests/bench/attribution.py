"""How well `index.speech.attribution` finds who said what, against sentences whose speakers were noted by hand.

    python -m tests.bench.attribution [--articles DIR --gold FILE] [--half even] [--examples 5]

Wants a folder of plain text articles and a gold file about them, by default the project's own, `speakers.jsonl`. A line
is `{"article": file, "sentences": [[start, end, [names]], ...]}`, with the sources of a sentence: a full name, "?" for
someone whom the gold cannot name, "(other)" for what is not a named person. Anything after the names, such as the text,
is ignored. The gold's sentences may be cut differently from ours: ours take the names of those with which they share
more than half of the shorter one.

A sentence counts as named if its gold holds a full name. It is right if the surname of the person that we name is among
those surnames. Precision is over the sentences for which we name a person; a second figure leaves out those whose gold
is "?", a third also those that are "(other)".
"""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.reading.text import read_article
from index.sentences.splitting import sentences_of
from index.speech.attribution import Attribution, attribute
from index.speech.people import read_name
from index.values import Article
from index.words import fold_letters
from tests.bench.inputs import fail, make_parser, read_pair

UNNAMED = {"?", "(other)"}


@dataclass(frozen=True)
class Judged:
    """One of our sentences: the gold's speakers, ours, and how the two compare."""

    article: str
    text: str
    gold: frozenset[str]
    speaker: str | None
    person: bool
    speech: str
    outcome: str


def surname(name: str) -> str:
    return fold_letters(read_name(name).surname)


def load_gold(path: Path) -> dict[str, list[list[Any]]]:
    """Return the gold of each article by its name."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return {row["article"]: row["sentences"] for row in map(json.loads, lines)}


def judge_all(folder: Path, gold: Mapping[str, Sequence[Sequence[Any]]]) -> list[Judged]:
    """Attribute the articles of a folder that the gold names, and compare their sentences with it."""
    judged = []
    for name in sorted(gold):
        article = read_article(folder / name, folder, max_bytes=10**9)
        judged += judge(article, attribute(article, sentences_of(article)), gold[name])
    return judged


def judge(article: Article, found: Attribution, gold: Sequence[Sequence[Any]]) -> list[Judged]:
    """Compare the sentences of one article with the gold."""
    people = {speaker.name for speaker in found.speakers if speaker.kind == "person"}
    judged = []
    for sentence in found.sentences:
        names: set[str] = set()
        for start, end, sources, *_ in gold:
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
    parser = make_parser(__doc__)
    parser.add_argument("--half", choices=("even", "odd"), help="only the articles at even or odd places in the list")
    parser.add_argument("--examples", type=int, default=3, help="examples of each kind of error (default: %(default)s)")
    about = "who speaks in each sentence of them (default: the project's own)"
    options = read_pair(parser, "gold", "speakers.jsonl", help=about)
    if not options.gold.is_file():
        fail(parser, f"{options.gold} is not a file. Give one that says who speaks with --gold.")
    gold = load_gold(options.gold)
    if options.half:
        gold = {name: gold[name] for name in sorted(gold)[options.half == "odd" :: 2]}
    began = time.perf_counter()
    judged = judge_all(options.articles, gold)
    seconds = time.perf_counter() - began
    print(f"{len(gold)} articles, {len(judged)} sentences, {len(judged) / seconds:.0f} sentences/s\n")
    report(judged, examples=options.examples)


if __name__ == "__main__":
    main()
