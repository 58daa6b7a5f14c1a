"""The bundled reader: a question and a passage in, how likely each sentence is to answer, and with which words, out.

It is a BERT of twelve layers that reads the question beside several sentences at once, so that a sentence is understood
with those around it; see docs/quality.md for how it was trained. ONNX Runtime runs it, in int8.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import ModelError, in_one_line
from index.models.threads import count_threads

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from onnxruntime import InferenceSession
    from tokenizers import Encoding, Tokenizer

WEIGHTS = Path(__file__).parent / "weights"
READER_SHA256 = "702501d8fc0f066a6513b4318f89a6c6055b197311deacf5a3d9bd9568cdc716"

# The lengths that it was trained with, in tokens; what is longer is cut off.
QUESTION_TOKENS, TITLE_TOKENS, SENTENCE_TOKENS = 40, 20, 110
MAX_WORDS_TOKENS = 16  # of a short answer
CLS, SEP = 101, 102


@dataclass(frozen=True)
class Passage:
    """Neighbouring sentences of an article, in order, with its title."""

    title: str
    sentences: Sequence[str]


@dataclass(frozen=True)
class Reading:
    """What the reader makes of a sentence of a passage.

    `answers` is the logit that the sentence answers the question, `passage` that anything in the passage does.
    `words` are the offsets in the sentence of the words that most likely answer, and `certainty` is by how much their
    score exceeds that of no words at all.
    """

    answers: float
    passage: float
    words: tuple[int, int]
    certainty: float


# What stands for the reading of a sentence that was not read.
NOTHING = Reading(answers=-8.0, passage=-6.0, words=(0, 0), certainty=-15.0)


class Reader:
    """The bundled reader, usable from several threads; raises ModelError when its files are missing or damaged."""

    def __init__(self, folder: Path = WEIGHTS) -> None:
        try:
            self._session, self._tokenizer = _load(folder)
        except Exception as error:  # ONNX Runtime's and the tokenizer's own errors have no common base
            raise ModelError(
                f"the reader in {folder} cannot be used: {in_one_line(error)}. Answers are made without it. "
                "Reinstall On the Record, or set `reader` to none."
            ) from error
        self._pool = ThreadPoolExecutor(count_threads(), "reader")

    def read(self, question: str, passages: Sequence[Passage]) -> list[list[Reading]]:
        """Return a reading of each sentence of each passage."""
        asked = self._tokenizer.encode(question, add_special_tokens=False).ids[-QUESTION_TOKENS:]
        return list(self._pool.map(lambda passage: self._read(asked, passage), passages))

    def _read(self, asked: list[int], passage: Passage) -> list[Reading]:
        import numpy as np

        title, *sentences = self._tokenizer.encode_batch([passage.title, *passage.sentences], add_special_tokens=False)
        ids = [CLS, *asked, SEP]
        begins = len(ids)
        ids += [*title.ids[:TITLE_TOKENS], SEP]
        places = []
        for sentence in sentences:
            tokens = sentence.ids[:SENTENCE_TOKENS]
            places.append((len(ids), len(ids) + len(tokens)))
            ids += [*tokens, SEP]
        kinds = np.zeros((1, len(ids)), dtype=np.int64)
        kinds[0, begins:] = 1
        given = {"ids": np.array([ids], dtype=np.int64), "kinds": kinds, "mask": np.ones_like(kinds)}
        shares, spans, passages = self._session.run(None, given)
        none = float(spans[0, 0].sum())
        return [
            _reading(shares[0, start:end], spans[0, start:end], sentence, float(passages[0]), none)
            for sentence, (start, end) in zip(sentences, places, strict=True)
        ]


def _reading(
    shares: NDArray[np.float32], spans: NDArray[np.float32], sentence: Encoding, passage: float, none: float
) -> Reading:
    """The reading of a sentence from its tokens' scores; one without tokens answers nothing."""
    if not len(shares):
        return NOTHING
    best, first, last = -1e9, 0, 0
    for more in range(min(MAX_WORDS_TOKENS, len(spans))):
        scores = spans[: len(spans) - more, 0] + spans[more:, 1]
        place = int(scores.argmax())
        if scores[place] > best:
            best, first, last = float(scores[place]), place, place + more
    words = (sentence.offsets[first][0], sentence.offsets[last][1])
    return Reading(float(shares.mean()), passage, words, best - none)


def _load(folder: Path) -> tuple[InferenceSession, Tokenizer]:
    from onnxruntime import InferenceSession, SessionOptions
    from tokenizers import Tokenizer

    content = (folder / "reader.onnx").read_bytes()
    if hashlib.sha256(content).hexdigest() != READER_SHA256:
        raise ValueError("reader.onnx is not the file that was released")
    options = SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1  # passages are read side by side: a third faster than each by all cores
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return InferenceSession(content, options, providers=["CPUExecutionProvider"]), tokenizer


@functools.cache
def open_reader() -> tuple[Reader | None, str]:
    """Return the bundled reader, one for the whole process; or None, and a line that says why there is none."""
    try:
        return Reader(), ""
    except ModelError as error:
        return None, str(error)
