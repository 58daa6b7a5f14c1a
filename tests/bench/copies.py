"""Articles in; as many as a bench wants out, in a new folder: those that there are, then changed copies of them.

A copy has other names, other numbers and, in every sentence with a long word, another long word, so that it must be
embedded and parsed as if it were new: a sentence that an index already holds would cost nothing there. What a copy says
makes no sense, but has the lengths and the grammar of the original. The same articles give the same copies.
"""

from __future__ import annotations

import calendar
import gzip
import json
import random
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

SUFFIXES = {".md", ".txt"}
QUESTIONS = 60

_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}\b")  # a capital within a sentence
_WORD = re.compile(r"\b[a-z]{6,}\b(?!:)")  # no key of front matter
_CHANGED = re.compile(r"\b[A-Z][a-z]{2,}\b|(?<![-\w])\d+(?![-\w])")
_SENTENCE = re.compile(r"[^.!?]+")
_SAID = re.compile(r"\bsaid ([A-Z][a-z]+ [A-Z][a-z]+)|\b([A-Z][a-z]+ [A-Z][a-z]+) (?:said|told|says)\b")
_CALENDAR = {*calendar.month_name, *calendar.day_name, *calendar.month_abbr, *calendar.day_abbr}


@dataclass(frozen=True)
class Vocabulary:
    """What copies put in the place of names and of long words; both in order, without repetition."""

    names: tuple[str, ...]
    words: tuple[str, ...]


def read_articles(place: Path, at_most: int | None = None) -> dict[str, str]:
    """Return the texts of the first articles of a folder or of a file, by their names.

    Of a folder, the .txt and .md files in it and below are taken; a file is JSON Lines, also packed with gzip, whose
    lines have `text` and, if they like, `title`, `date`, `source` and `url`. Raises OSError if it cannot be read, and
    ValueError or KeyError if it is no such file.
    """
    if place.is_dir():
        files = islice((file for file in sorted(place.rglob("*")) if file.suffix in SUFFIXES), at_most)
        return {file.relative_to(place).as_posix(): file.read_text(encoding="utf-8") for file in files}
    with gzip.open(place, "rt", encoding="utf-8") if place.suffix == ".gz" else place.open(encoding="utf-8") as lines:
        rows = map(json.loads, islice(lines, at_most))
        return {
            f"{number:06d}.txt": "\n\n".join(filter(None, (row.get("title"), row["text"])))
            for number, row in enumerate(rows)
        }


def make_vocabulary(texts: Sequence[str]) -> Vocabulary:
    """Return the names and the long words of articles: names are never in lower case, nor months or weekdays."""
    lower = {word for text in texts for word in re.findall(r"\b[a-z]+\b", text)}
    names = {name for text in texts for name in _NAME.findall(text)}
    names = {name for name in names if name.lower() not in lower} - _CALENDAR
    return Vocabulary(tuple(sorted(names)), tuple(sorted({word for text in texts for word in _WORD.findall(text)})))


def make_copy(text: str, number: int, vocabulary: Vocabulary) -> str:
    """Return the copy of an article with that number, 1 or more.

    Within a copy, a name always becomes the same other name. Years and dates in figures stay.
    """
    chance = random.Random(f"{number} {text}")

    def change(match: re.Match[str]) -> str:
        old = match.group()
        if not old.isdecimal():
            return _find_other(old, number, vocabulary.names)
        if len(old) == 4 and old[:2] in ("19", "20"):
            return old
        least, most = (1, 28) if int(old) <= 28 else (10 ** (len(old) - 1), 10 ** len(old) - 1)  # a day stays a day
        return str(chance.randint(least, most))

    def swap(sentence: re.Match[str]) -> str:
        found = list(_WORD.finditer(sentence.group()))
        if not found:
            return sentence.group()
        old = chance.choice(found)
        place = chance.randrange(len(vocabulary.words))
        new = vocabulary.words[place if vocabulary.words[place] != old.group() else place - 1]
        return sentence.group()[: old.start()] + new + sentence.group()[old.end() :]

    return _SENTENCE.sub(swap, _CHANGED.sub(change, text))


def _find_other(word: str, number: int, names: Sequence[str]) -> str:
    """Return the name that a copy with this number puts in the place of a name; any other word as it is."""
    place = bisect_left(names, word)
    is_name = place < len(names) and names[place] == word
    return names[(place + 7 * number) % len(names)] if is_name else word


def make_articles(articles: Mapping[str, str], wanted: int) -> Iterator[tuple[str, str]]:
    """Yield so many names and texts: the articles' own, then those of their first copies, second copies and so on."""
    vocabulary = make_vocabulary(list(articles.values()))
    names = list(articles)
    for place in range(wanted):
        number, original = divmod(place, len(names))
        name, text = names[original], articles[names[original]]
        yield (f"copy-{number:04d}/{name}", make_copy(text, number, vocabulary)) if number else (name, text)


def write_articles(folder: Path, articles: Mapping[str, str], wanted: int) -> None:
    """Write so many articles into a new folder, as `make_articles` makes them."""
    for name, text in make_articles(articles, wanted):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def make_questions(articles: Mapping[str, str], at_most: int = QUESTIONS) -> list[str]:
    """Return questions about articles spread evenly among them: by turns what is said of a headline, and by whom."""
    questions: list[str] = []
    for text in list(articles.values())[:: max(1, len(articles) // at_most)][:at_most]:
        headline = _find_headline(text)
        topic = " ".join(sorted(re.findall(r"\w+", headline), key=len)[-2:])
        said = _SAID.search(text)
        if said and len(questions) % 2:
            questions.append(f"What did {said.group(1) or said.group(2)} say about {topic}?")
        else:
            questions.append(f"What do the articles say about {headline}?")
    return questions


def _find_headline(text: str) -> str:
    """Return the title of front matter, or the first line; at most 100 characters."""
    title = re.search(r"^title: *(.+)$", text, re.MULTILINE) if text.startswith("---") else None
    return (title.group(1) if title else text.strip().partition("\n")[0].strip("# "))[:100]
