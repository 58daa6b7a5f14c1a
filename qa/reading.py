"""The reader's look at the best evidence: passages around it in, a reading of each of its sentences out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from index.library import Library
from index.models.reader import Passage, Reader, Reading, open_reader
from index.settings import BUNDLED_READER, Settings
from index.values import Sentence, sentence_id
from qa.evidence import Evidence
from qa.question import Query

# How much is read, at most: the best candidates, in so many passages. A passage is the sentence with up to NEIGHBOURS
# before and after it, as long as it has no more than CHARACTERS; other candidates in it are read with it.
READ, PASSAGES, NEIGHBOURS, CHARACTERS = 24, 6, 2, 600

_Key = TypeVar("_Key", str, int)


def read(library: Library, query: Query, ranked: Sequence[Evidence], *, passages: int = PASSAGES) -> dict[str, Reading]:
    """Return what the reader makes of the best of the evidence, by sentence id; nothing if there is no reader.

    `ranked` is sorted, best first; at most `passages` passages are read.
    """
    reader = _find_reader(library)
    if reader is None:
        return {}
    best = ranked[:READ]
    around = library.roster.sentences_of(sorted({key for found in best for key in _neighbours(found)}))
    chosen: list[list[tuple[str, Sentence]]] = []
    covered: set[str] = set()
    for found in best:
        if found.id not in covered and len(chosen) < passages:
            chosen.append(_passage(found, around))
            covered.update(key for key, _ in chosen[-1])
    asked = query.standalone.removeprefix(query.context)  # or it would answer the earlier question
    return _read(reader, asked, [(_title(library, sentences), sentences) for sentences in chosen])


def read_article(
    library: Library, question: str, title: str, sentences: Sequence[Sentence], positions: Sequence[int]
) -> dict[int, float]:
    """Return how likely sentences of an article are to answer a question, as logits by position; {} without a reader.

    Besides the sentences at these positions, their neighbours are read; what was read with one is not read again.
    """
    reader = _find_reader(library) if positions else None
    if reader is None:
        return {}
    lengths = [len(sentence.text) for sentence in sentences]
    chosen: list[list[int]] = []
    for position in positions:
        if not any(position in places for places in chosen):
            chosen.append(_choose(lengths, position))
    readings = _read(reader, question, [(title, [(at, sentences[at]) for at in places]) for places in chosen])
    return {position: reading.answers for position, reading in readings.items()}


def _read(
    reader: Reader, question: str, passages: Sequence[tuple[str, Sequence[tuple[_Key, Sentence]]]]
) -> dict[_Key, Reading]:
    """The best reading of each sentence, by its key; a passage is a title, and its sentences with their keys."""
    given = [Passage(title, [_saying(one) + one.text for _, one in sentences]) for title, sentences in passages]
    readings: dict[_Key, Reading] = {}
    for (_, sentences), passage in zip(passages, reader.read(question, given), strict=True):
        for (key, sentence), reading in zip(sentences, passage, strict=True):
            if key not in readings or reading.answers > readings[key].answers:
                readings[key] = _without(len(_saying(sentence)), reading)
    return readings


def _find_reader(library: Library) -> Reader | None:
    return open_reader()[0] if library.settings.reader == BUNDLED_READER else None


def _saying(sentence: Sentence) -> str:
    """What to put before a sentence that does not name its speaker: "Ana Roe: "."""
    speaker = sentence.speaker
    return f"{speaker}: " if speaker and speaker.split()[-1] not in sentence.text else ""


def _without(before: int, reading: Reading) -> Reading:
    """The reading, without so many characters that were put before the sentence."""
    start, end = reading.words
    return replace(reading, words=(max(start - before, 0), max(end - before, 0)))


def _passage(found: Evidence, around: Mapping[str, Sentence]) -> list[tuple[str, Sentence]]:
    """The sentence with its neighbours, each with its id, in order."""
    keys = list(_neighbours(found))
    middle = keys.index(found.id)
    sentences = {**around, found.id: found.sentence}
    lengths = [len(sentences[key].text) if key in sentences else None for key in keys]
    return [(keys[place], sentences[keys[place]]) for place in _choose(lengths, middle)]


def _choose(lengths: Sequence[int | None], middle: int) -> list[int]:
    """The places of a sentence and its neighbours, nearest first as long as there is room, in order.

    `lengths` are those of the sentences, in characters, None for one that is not there.
    """
    chosen, room = {middle}, CHARACTERS - (lengths[middle] or 0)
    for distance in range(1, NEIGHBOURS + 1):
        for place in (middle - distance, middle + distance):
            length = lengths[place] if 0 <= place < len(lengths) else None
            beside = place + (1 if place < middle else -1)
            if length is not None and beside in chosen and length <= room:
                chosen.add(place)
                room -= length
    return sorted(chosen)


def _neighbours(found: Evidence) -> Iterable[str]:
    record, position = found.record, found.sentence.position
    for place in range(max(0, position - NEIGHBOURS), min(position + NEIGHBOURS + 1, record.sentences)):
        yield sentence_id(record.id, record.digest, place)


def _title(library: Library, sentences: Sequence[tuple[str, Sentence]]) -> str:
    return library.records[sentences[0][1].article_id].title


def find_fault(settings: Settings) -> str:
    """Return a line that says why answers are made without the reader, "" if it reads or is not wanted."""
    return open_reader()[1] if settings.reader == BUNDLED_READER else ""
