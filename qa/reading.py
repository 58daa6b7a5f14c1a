"""The reader's look at the best evidence: passages around it in, a reading of each of its sentences out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from index.library import Library
from index.models.reader import Passage, Reader, Reading, open_reader
from index.settings import BUNDLED_READER, Settings
from index.values import Sentence, sentence_id
from qa.evidence import Evidence
from qa.question import Query

# How much is read, at most: the best candidates, in so many passages. A passage is the sentence with up to NEIGHBOURS
# before and after it, as long as it has no more than CHARACTERS; other candidates in it are read with it.
READ, PASSAGES, NEIGHBOURS, CHARACTERS = 24, 6, 2, 600


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
    given = [
        Passage(_title(library, sentences), [_saying(sentence) + sentence.text for _, sentence in sentences])
        for sentences in chosen
    ]
    readings: dict[str, Reading] = {}
    for sentences, passage in zip(chosen, reader.read(asked, given), strict=True):
        for (key, sentence), reading in zip(sentences, passage, strict=True):
            if key not in readings or reading.answers > readings[key].answers:
                readings[key] = _without(len(_saying(sentence)), reading)
    return readings


def read_article(
    library: Library, question: str, title: str, sentences: Sequence[Sentence], positions: Iterable[int]
) -> dict[int, float]:
    """Return how likely sentences of an article are to answer a question, as logits by position; {} without a reader.

    Besides the sentences at these positions, their neighbours are read; what was read with one is not read again.
    """
    reader = _find_reader(library)
    if reader is None:
        return {}
    chosen: list[list[int]] = []
    for position in positions:
        if not any(position in places for places in chosen):
            chosen.append(_choose(sentences, position))
    given = [Passage(title, [_saying(sentences[at]) + sentences[at].text for at in places]) for places in chosen]
    answers: dict[int, float] = {}
    for places, readings in zip(chosen, reader.read(question, given), strict=True):
        for place, reading in zip(places, readings, strict=True):
            answers[place] = max(reading.answers, answers.get(place, reading.answers))
    return answers


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
    beside = [found.sentence if key == found.id else around.get(key) for key in keys]
    return [(keys[place], sentence) for place in _choose(beside, middle) if (sentence := beside[place])]


def _choose(sentences: Sequence[Sentence | None], middle: int) -> list[int]:
    """The places of a sentence and its neighbours, nearest first as long as there is room, in order."""
    chosen, room = {middle}, CHARACTERS - sum(len(one.text) for one in sentences[middle : middle + 1] if one)
    for distance in range(1, NEIGHBOURS + 1):
        for place in (middle - distance, middle + distance):
            near = sentences[place] if 0 <= place < len(sentences) else None
            beside = place + (1 if place < middle else -1)
            if near and beside in chosen and len(near.text) <= room:
                chosen.add(place)
                room -= len(near.text)
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
