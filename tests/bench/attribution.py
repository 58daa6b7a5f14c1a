"""How well `index.speech.attribution` finds who said what, against sentences whose speakers were noted by hand.

    python -m tests.bench.attribution [--articles DIR --gold FILE] [--half even] [--examples 5]

Wants a folder of plain text articles and a gold file about them, by default the project's own, `speakers.jsonl`. A line
is about one article, in one of two forms:

    {"article": file, "sentences": [[start, end, [names]], ...]}
    {"article": file, "statements": [{"start", "end", "speaker", "kind", "source", "hedged", "words"}, ...]}

The names of the first are full names of people, "?" for someone whom the gold cannot name, "(other)" for what is not
a named person; anything after them, such as the text, is ignored. The second tells people from organisations, reports,
spokesmen and groups, and has the span of the speaker's words. The gold's sentences may be cut differently from ours:
ours take the names of those with which they share more than half of the shorter one.

People are right if their surname is that of one of the gold's speakers of the sentence; a body, such as an
organisation or a report, if its name is the same, or its initials, or part of the other's. Precision is over the
statements for which we name a person (in the second table: anyone), recall over the gold's that have a name. In the
first table, a second figure leaves out those whose gold is "?", a third also those that are "(other)".
"""

from __future__ import annotations

import json
import random
import re
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
from index.values import Article, Sentence
from index.words import fold_letters
from tests.bench.inputs import fail, make_parser, read_pair

UNNAMED = {"?", "(other)"}
SOURCES = ("person", "organisation", "report", "spokesman", "group")
_SMALL = {"a", "an", "and", "for", "in", "its", "of", "on", "s", "the"}


@dataclass(frozen=True)
class Source:
    """One speaker of a sentence, in the gold or as found: its name, or "?" or "(other)", and more if known.

    `source` is one of SOURCES, `words` the span of what is said.
    """

    name: str
    source: str = "person"
    speech: str = ""
    hedged: bool = False
    words: tuple[int, int] | None = None

    @property
    def has_name(self) -> bool:
        """Whether it is somebody or something that the article names."""
        words = self.name.split()
        spelled = words[1:] if self.source == "report" and len(words) > 1 else words  # not "Early estimates"
        return self.name not in UNNAMED and self.source != "group" and any(not word.islower() for word in spelled)


@dataclass(frozen=True)
class Judged:
    """One of our sentences: the gold's speakers, ours, and how the two compare."""

    article: str
    text: str
    gold: tuple[Source, ...]
    ours: tuple[Source, ...]
    speaker: str | None
    speech: str
    outcome: str


def surname(name: str) -> str:
    return fold_letters(read_name(name).surname)


def is_same_source(one: Source, other: Source) -> bool:
    """Tell whether two sources are one: see the module's docstring."""
    if "person" in (one.source, other.source):
        return one.source == other.source and surname(one.name) == surname(other.name)
    first, second = (
        [word for word in re.findall(r"\w+", fold_letters(source.name)) if word not in _SMALL]
        for source in (one, other)
    )
    initials = ["".join(word[0] for word in words) for words in (first, second)]
    return (
        set(first) <= set(second)
        or set(second) <= set(first)
        or "".join(second) == initials[0]
        or "".join(first) == initials[1]
    )


def load_gold(path: Path) -> dict[str, list[tuple[int, int, list[Source]]]]:
    """Return the gold of each article by its name: the sentences, each with its speakers."""
    gold: dict[str, list[tuple[int, int, list[Source]]]] = {}
    for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        if "sentences" in row:
            sentences = [(start, end, [Source(name) for name in names]) for start, end, names, *_ in row["sentences"]]
        else:
            sentences = [(one["start"], one["end"], [_read_statement(one)]) for one in row["statements"]]
        gold[row["article"]] = sentences
    return gold


def _read_statement(row: Mapping[str, Any]) -> Source:
    words = tuple(row["words"]) if row.get("words") else None
    return Source(row["speaker"] or "?", row["source"], row["kind"], row["hedged"], words)


def judge_all(folder: Path, gold: Mapping[str, Sequence[tuple[int, int, list[Source]]]]) -> list[Judged]:
    """Attribute the articles of a folder that the gold names, and compare their sentences with it."""
    judged = []
    for name in sorted(gold):
        article = read_article(folder / name, folder, max_bytes=10**9)
        judged += judge(article, attribute(article, sentences_of(article)), gold[name])
    return judged


def judge(article: Article, found: Attribution, gold: Sequence[tuple[int, int, list[Source]]]) -> list[Judged]:
    """Compare the sentences of one article with the gold."""
    kinds = {speaker.name: speaker.kind for speaker in found.speakers}
    judged = []
    for sentence in found.sentences:
        sources: list[Source] = []
        for start, end, given in gold:
            shared = min(end, sentence.end) - max(start, sentence.start)
            if shared > min(end - start, sentence.end - sentence.start) / 2:
                sources += [source for source in given if source not in sources]
        speech = "direct" if any(mark in sentence.text for mark in ('"', "“", "”", "''")) else "indirect"
        ours = tuple(_sources_of(sentence, kinds))
        outcome = _compare(sentence.speaker, kinds, sources, sentence.speech)
        judged.append(
            Judged(
                article.id,
                sentence.text,
                tuple(sources),
                ours,
                sentence.speaker,
                next((source.speech for source in sources if source.speech), sentence.speech or speech),
                outcome,
            )
        )
    return judged


def _sources_of(sentence: Sentence, kinds: Mapping[str, str]) -> list[Source]:
    return [
        Source(
            one.speaker or one.source or "?",
            "person" if one.speaker and kinds[one.speaker] == "person" else "organisation" if one.speaker else "group",
            one.speech,
            one.hedged,
            (sentence.start + one.start, sentence.start + one.end),
        )
        for one in sentence.statements
    ]


def _compare(speaker: str | None, kinds: Mapping[str, str], gold: Sequence[Source], speech: str | None) -> str:
    """Say how the speaker of a sentence compares with the people whom the gold names."""
    surnames = {surname(source.name) for source in gold if source.source == "person" and source.name not in UNNAMED}
    names = {source.name for source in gold}
    if surnames and speaker and surname(speaker) in surnames:
        return "right"
    if speaker and kinds[speaker] == "person":
        return "another" if surnames else "unnamed" if "?" in names else "other" if names else "nobody"
    return ("missed: " + ("unnamed" if speech else "nothing")) if surnames else "fine"


def ratio(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "-"


def report_people(judged: Sequence[Judged]) -> None:
    """Print precision and recall of the people, a sentence counted once."""
    print("| people | named in gold | precision | without ? | without ? and (other) | recall |")
    print("|---|---|---|---|---|---|")
    for kind in ("direct", "indirect", "all"):
        rows = [row for row in judged if kind in (row.speech, "all")]
        counts = Counter(row.outcome for row in rows)
        named = sum(1 for row in rows if _has_person(row))
        given = [counts[outcome] for outcome in ("right", "another", "nobody", "other", "unnamed")]
        print(
            f"| {kind} | {named} | {ratio(given[0], sum(given))} | {ratio(given[0], sum(given[:4]))} "
            f"| {ratio(given[0], sum(given[:3]))} | {ratio(given[0], named)} |"
        )
    print()


def _has_person(row: Judged) -> bool:
    return any(source.source == "person" and source.name not in UNNAMED for source in row.gold)


def report_sources(judged: Sequence[Judged]) -> None:
    """Print precision and recall of all that have a name, a statement counted once, and how their words agree."""
    print("| statements by | in gold | found | given | right | precision | recall |")
    print("|---|---|---|---|---|---|---|")
    for title, kinds, speeches in (
        *((kind, (kind,), ("direct", "indirect")) for kind in SOURCES[:4]),
        ("all, direct", SOURCES[:4], ("direct",)),
        ("all, indirect", SOURCES[:4], ("indirect",)),
        ("all", SOURCES[:4], ("direct", "indirect")),
    ):
        pairs = [(row, source) for row in judged for source in row.gold]
        gold = [pair for pair in pairs if pair[1].source in kinds and pair[1].speech in speeches and pair[1].has_name]
        found = [pair for pair in gold if any(is_same_source(one, pair[1]) for one in pair[0].ours if one.has_name)]
        # What we call a body may be any of the gold's bodies, so precision is of people and of bodies.
        wanted = {"person"} if kinds == ("person",) else {"organisation"} if "person" not in kinds else set(SOURCES)
        ours = [(row, one) for row in judged for one in row.ours if one.has_name and one.source in wanted]
        ours = [(row, one) for row, one in ours if one.speech in speeches]
        right = [pair for pair in ours if any(is_same_source(pair[1], source) for source in pair[0].gold)]
        print(
            f"| {title} | {len(gold)} | {len(found)} | {len(ours)} | {len(right)} "
            f"| {ratio(len(right), len(ours))} | {ratio(len(found), len(gold))} |"
        )
    _report_spans(judged)


def _report_spans(judged: Sequence[Judged]) -> None:
    shares, hedged = [], Counter[str]()
    for row in judged:
        for source in row.gold:
            for one in row.ours:
                if one.words and source.words and is_same_source(one, source):
                    shared = min(one.words[1], source.words[1]) - max(one.words[0], source.words[0])
                    whole = max(one.words[1], source.words[1]) - min(one.words[0], source.words[0])
                    shares.append(max(0, shared) / max(1, whole))
                    hedged["both" if one.hedged and source.hedged else "ours" if one.hedged else ""] += 1
        hedged["gold"] += sum(source.hedged for source in row.gold)
        hedged["found"] += bool(row.ours) and bool(row.gold)
        hedged["speech"] += bool(row.gold)
        hedged["given"] += bool(row.ours)
    print(
        f"\nsentences that hold a statement: precision {ratio(hedged['found'], hedged['given'])}, "
        f"recall {ratio(hedged['found'], hedged['speech'])}; words: {sum(shares) / max(1, len(shares)):.3f} of the two "
        f"spans shared; hedged: {hedged['gold']} in gold, {hedged['both']} found, {hedged['ours']} more given\n"
    )


def report_errors(judged: Sequence[Judged], *, examples: int) -> None:
    """Print how many sentences went which way, with examples of what went wrong."""
    for (outcome, speech), number in sorted(Counter((row.outcome, row.speech) for row in judged).items()):
        print(f"{number:6} {outcome}, {speech}")
        if outcome in ("right", "fine"):
            continue
        rows = [row for row in judged if (row.outcome, row.speech) == (outcome, speech)]
        for row in random.Random(0).sample(rows, min(examples, len(rows))):
            print(f"       {row.speaker} | {', '.join(sorted(source.name for source in row.gold))} | {row.text[:240]}")


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
    report_people(judged)
    if any(source.speech for row in judged for source in row.gold):
        report_sources(judged)
    report_errors(judged, examples=options.examples)


if __name__ == "__main__":
    main()
