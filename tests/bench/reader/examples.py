"""What the reader is trained on: questions beside passages, and which sentences answer.

From each answered question of the training file come the passage around what answers it, and often a passage
that does not: another of the same title or with the same words, the same one without the sentences that
answer, or a question that asks about somebody or something else.
"""

import collections
import dataclasses
import gzip
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from index.models.reader import CLS, QUESTION_TOKENS, SENTENCE_TOKENS, SEP, TITLE_TOKENS

Row = dict[str, Any]
# How often a source's questions are taken, an epoch: more for those that people asked without the passage in view.
SHARES = {
    "qamr": 0.2,
    "qadiscourse": 0.4,
    "fairytaleqa": 0.5,
    "squadshifts-reddit": 0.7,
    "nq-open": 1.6,
    "selqa": 1.6,
    "clapnq-dev": 2.0,
}
OTHER_PASSAGE, WITHOUT_ANSWER, OTHER_NAME = 0.35, 0.2, 0.15
TOKENS = 224  # of an example, at most
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w.-]+(?: [A-Z][\w.-]+)*")
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_WORD = re.compile(r"\w+")


@dataclasses.dataclass
class Example:
    """Token ids, where the passage begins, [start, end) of each sentence's tokens, which answer, and the words that do.

    `span` is (first token, last token), (0, 0) for none in this passage, None where it is not known.
    """

    ids: list[int]
    passage: int
    sentences: list[tuple[int, int]]
    labels: list[int]
    span: tuple[int, int] | None


class Examples:
    """Examples without end from the rows of a training file, each epoch made anew from the same seed."""

    def __init__(self, path: Path, tokenizer: Tokenizer, seed: int) -> None:
        with gzip.open(path, "rt", encoding="utf8") as lines:
            self.rows: list[Row] = [json.loads(line) for line in lines]
        self.tokenizer = tokenizer
        self.random = random.Random(seed)
        self.answered = [row for row in self.rows if row["gold"]]
        self.by_title = collections.defaultdict(list)
        self.by_word = collections.defaultdict(list)
        for number, row in enumerate(self.rows):
            self.by_title[row["source"], row["title"]].append(number)
            for word in set(_WORD.findall(" ".join(row["sentences"]).lower())):
                self.by_word[word].append(number)
        self.names = [name for row in self.rows for name in _NAME.findall(row["question"])]

    def epoch(self) -> Iterator[Example]:
        """Every example of one epoch, in random order."""
        order = list(range(len(self.rows)))
        self.random.shuffle(order)
        for number in order:
            row = self.rows[number]
            share = SHARES.get(row["source"], 1.0)
            times = int(share) + (self.random.random() < share % 1)
            for _ in range(times):
                yield self.encoded(row, set(row["gold"]))
            if times and row["gold"]:
                yield from self.unanswered(row)

    def unanswered(self, row: Row) -> Iterator[Example]:
        """Examples in which the question, or one like it, is not answered."""
        if self.random.random() < OTHER_PASSAGE and (other := self.other_passage(row)):
            yield self.encoded({**other, "question": row["question"], "answers": []}, set())
        gold = set(row["gold"])
        rest = [text for number, text in enumerate(row["sentences"]) if number not in gold]
        if rest and self.random.random() < WITHOUT_ANSWER:
            yield self.encoded({**row, "sentences": rest, "answers": []}, set())
        if self.random.random() < OTHER_NAME and (question := self.other_question(row)):
            yield self.encoded({**row, "question": question, "answers": []}, set())

    def other_passage(self, row: Row) -> Row | None:
        """A passage of the same title, or the one of twenty that shares most words with the question."""
        words = sorted(set(_WORD.findall(row["question"].lower())), key=lambda word: len(self.by_word[word]))
        same = self.by_title[row["source"], row["title"]] if row["title"] else []
        if len(same) < 3 or self.random.random() < 0.5:
            same = [number for word in words[:3] for number in self.by_word[word][:2000]]
        if not same:
            return None
        texts = set(row["sentences"])
        chosen = [self.rows[number] for number in self.random.sample(same, min(20, len(same)))]
        chosen = [other for other in chosen if not texts & set(other["sentences"])]
        asked = set(words)
        return max(
            chosen,
            key=lambda other: len(asked & set(_WORD.findall(" ".join(other["sentences"]).lower()))),
            default=None,
        )

    def other_question(self, row: Row) -> str | None:
        """The question with a name or a year that the passage does not speak of, or speaks of elsewhere."""
        passage = " ".join(row["sentences"])
        names = [name for name in _NAME.findall(row["question"]) if name in passage]
        if names:
            name = self.random.choice(names)
            near = [other for other in _NAME.findall(passage) if other not in name and name not in other]
            other = self.random.choice(near if near and self.random.random() < 0.5 else self.names)
            return row["question"].replace(name, other) if other not in row["question"] else None
        if years := _YEAR.findall(row["question"]):
            return row["question"].replace(
                years[0], str(int(years[0]) + self.random.choice([-9, -4, -2, -1, 1, 2, 3, 8]))
            )
        return None

    def encoded(self, row: Row, gold: set[int]) -> Example:
        """The question, the title (mostly) and a window of the passage, which holds what answers if anything does."""
        question = row["question"].rstrip("?") if self.random.random() < 0.15 else row["question"]
        title = row["title"] if self.random.random() > 0.15 else ""
        texts = [question, title, *row["sentences"]]
        encodings = self.tokenizer.encode_batch(texts, add_special_tokens=False)
        ids = [CLS, *encodings[0].ids[:QUESTION_TOKENS], SEP]
        passage = len(ids)
        ids += [*encodings[1].ids[:TITLE_TOKENS], SEP]
        sentences = encodings[2:]
        first, last = self.window([min(len(each.ids), SENTENCE_TOKENS) for each in sentences], gold, TOKENS - len(ids))
        places, offsets = [], {}
        for number in range(first, last):
            tokens = sentences[number].ids[:SENTENCE_TOKENS]
            if not tokens:
                continue
            offsets[number] = len(ids)
            places.append((len(ids), len(ids) + len(tokens)))
            ids += [*tokens, SEP]
        labels = [int(number in gold) for number in offsets]
        return Example(ids, passage, places, labels, self.span(row, gold, sentences, offsets))

    def window(self, lengths: list[int], gold: set[int], room: int) -> tuple[int, int]:
        """Sentences [first, last) of 50 to 170 tokens around a sentence that answers, or any."""
        start = self.random.choice(sorted(gold)) if gold else self.random.randrange(len(lengths))
        first, last, size = start, start + 1, lengths[start] + 1
        wanted = min(self.random.randint(50, 170), room)
        while first > 0 or last < len(lengths):
            before = first > 0 and (last == len(lengths) or self.random.random() < 0.5)
            more = lengths[first - 1 if before else last] + 1
            if size + more > wanted:
                break
            first, last, size = first - before, last + (not before), size + more
        return first, last

    def span(self, row: Row, gold: set[int], sentences: list[Any], offsets: dict[int, int]) -> tuple[int, int] | None:
        """The tokens that answer, (0, 0) where nothing does, None where it is not known."""
        if not gold:
            return (0, 0)
        for number, start, end in row["answers"]:
            if number in offsets:
                inside = [
                    token
                    for token, (begin, stop) in enumerate(sentences[number].offsets[:SENTENCE_TOKENS])
                    if begin < end and stop > start
                ]
                if inside:
                    return (offsets[number] + inside[0], offsets[number] + inside[-1])
        return None
