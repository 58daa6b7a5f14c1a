"""What the reader is trained on: questions beside passages, and which sentences answer.

From each answered question of the training file comes a group of passages: the one around what answers it, and often
some that do not answer: its own without the sentences that answer, and those of other questions that a lexical search
finds for it. Such passages alone, and a question about somebody or something else, are groups without an answer.
"""

import dataclasses
import gzip
import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
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
# How often a group has the passage without the sentences that answer, and how many passages of other questions; how
# often these make up another group; and how often a question about another name or year makes up one.
WITHOUT_ANSWER, OTHERS, UNANSWERED, OTHER_NAME = 0.2, (0, 0, 0, 1, 1, 1, 2, 2, 3, 3), 0.3, 0.15
# Questions of these sources were asked of a search engine; those of others may need their passage to be understood.
SEARCHED = ("nq-open", "selqa", "clapnq-dev")
RIVALS, COMMON = 16, 0.04  # passages found for a question; the share of passages from which on a word is not looked up
CUT, KEYWORDS = 0.15, 0.1  # how often a question is without "?", and how often without its small words
TOKENS = 224  # of an example, at most
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w.-]+(?: [A-Z][\w.-]+)*")
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_WORD = re.compile(r"\w+")
_FILLING = re.compile(
    r"\b(?:what|which|who|whom|did|does|do|is|are|was|were|has|have|had|the|an?|of|to|by|in|on|for|at)\b ?", re.I
)


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
    """Groups of examples without end from the rows of a training file.

    `rivals`, of `find_rivals`, are the rows whose passages are nearest to each question.
    """

    def __init__(self, rows: list[Row], rivals: np.ndarray, tokenizer: Tokenizer, seed: int) -> None:
        self.rows, self.rivals, self.tokenizer = rows, rivals, tokenizer
        self.random = random.Random(seed)
        self.numbers = list(range(len(rows)))
        self.names = [name for row in self.rows for name in _NAME.findall(row["question"])]

    def epoch(self) -> Iterator[list[Example]]:
        """Every group of one epoch, in random order."""
        order = list(self.numbers)
        self.random.shuffle(order)
        for number in order:
            share = SHARES.get(self.rows[number]["source"], 1.0)
            for _ in range(int(share) + (self.random.random() < share % 1)):
                yield from self.groups(number)

    def groups(self, number: int) -> Iterator[list[Example]]:
        """The groups of a row: its passage beside others, and often one or two that are not answered."""
        row = {**self.rows[number], "question": self.question(self.rows[number]["question"])}
        gold = set(row["gold"])
        rest = [text for place, text in enumerate(row["sentences"]) if place not in gold]
        others = [{**other, "question": row["question"], "answers": []} for other in self.others(number)]
        if gold and rest and self.random.random() < WITHOUT_ANSWER:
            others.append({**row, "sentences": rest, "answers": []})
        beside = [self.encoded(other, set()) for other in others]
        yield [self.encoded(row, gold), *beside]
        if gold and beside and self.random.random() < UNANSWERED:
            yield [self.encoded(other, set()) for other in others]
        if gold and self.random.random() < OTHER_NAME and (question := self.other_question(row)):
            yield [self.encoded({**row, "question": question, "answers": []}, set())]

    def others(self, number: int) -> list[Row]:
        """Rows with other passages, if the question can be understood without its own."""
        row = self.rows[number]
        wanted = self.random.choice(OTHERS)
        if not wanted or not (row["source"] in SEARCHED or _NAME.search(row["question"])):
            return []
        near = [self.rows[rival] for rival in self.rivals[number] if rival >= 0]
        return self.random.sample(near, min(wanted, len(near)))

    def question(self, question: str) -> str:
        """The question as it is, mostly; else without "?" or as keywords."""
        if self.random.random() < KEYWORDS:
            return _FILLING.sub("", question).rstrip("? ") or question
        return question.rstrip("?") if self.random.random() < CUT else question

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
        title = row["title"] if self.random.random() > 0.15 else ""
        texts = [row["question"], title, *row["sentences"]]
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


def read_rows(path: Path) -> list[Row]:
    """The lines of a training file."""
    with gzip.open(path, "rt", encoding="utf8") as lines:
        return [json.loads(line) for line in lines]


def find_rivals(rows: list[Row]) -> np.ndarray:
    """For each row the `RIVALS` rows whose passages BM25 finds for its question, (rows, RIVALS), -1 for none.

    They share no sentence with its own passage and do not hold the words that answer.
    """
    texts = [f"{row['title']} {' '.join(row['sentences'])}".lower() for row in rows]
    firsts: dict[str, int] = {}  # many rows have the same passage; one of them stands for all
    passages = [number for number, text in enumerate(texts) if firsts.setdefault(text, number) == number]
    words: dict[str, int] = {}
    entries = [
        (place, words.setdefault(word, len(words)), count)
        for place, number in enumerate(passages)
        for word, count in Counter(_WORD.findall(texts[number])).items()
    ]
    places, columns, counts = (np.array(column) for column in zip(*entries, strict=True))
    lengths = np.bincount(places, counts)
    held = np.bincount(columns, minlength=len(words))
    rare = np.where(held < COMMON * len(passages), np.log1p(len(passages) / held), 0.0)
    score = counts * 2.2 / (counts + 1.2 * (0.25 + 0.75 * lengths[places] / lengths.mean())) * rare[columns]
    table = sparse.csr_matrix((score, (columns, places)), shape=(len(words), len(passages)))
    table.eliminate_zeros()
    rivals = np.full((len(rows), RIVALS), -1, dtype=np.int32)
    for number, row in enumerate(rows):
        asked = [words[word] for word in set(_WORD.findall(row["question"].lower())) if word in words]
        found = np.asarray(table[asked].sum(axis=0)).ravel()
        own = set(row["sentences"])
        answers = [row["sentences"][place][start:end].lower() for place, start, end in row["answers"]]
        chosen = [
            passages[place]
            for place in np.argsort(-found)[: 3 * RIVALS]
            if found[place] > 0
            and not own & set(rows[passages[place]]["sentences"])
            and not any(answer in texts[passages[place]] for answer in answers)
        ][:RIVALS]
        rivals[number, : len(chosen)] = chosen
    return rivals
