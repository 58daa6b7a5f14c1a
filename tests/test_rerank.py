"""A cross-encoder's second look: what it prefers moves up, as far as allowed, and nothing else changes."""

from __future__ import annotations

import math
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from index.errors import ModelError, OnRecordError
from index.library import Library
from index.models import cross_encoder as cross_encoder_module
from index.models.cross_encoder import Reranker, open_reranker
from index.models.embedding import EmbeddingModel
from index.settings import NO_READER
from qa import answer_question, ask
from qa.evidence import Evidence
from qa.question import read_question
from qa.rerank import RERANKED
from qa.retrieve import retrieve
from qa.scoring import CROSS_ENCODER
from tests.conftest import MakeLibrary
from tests.test_retrieve import FERRY, ORCHARD, PIER, write
from ui.cli import main

ROOT = Path(__file__).parent.parent
SIZE = 8
LIKED = "hospital"
QUESTION = "What will change on the island?"

MakeModel = Callable[..., Path]


@pytest.fixture(scope="session")
def make_cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> MakeModel:
    """Save a BERT whose logit for a pair of texts rises with the share of the word LIKED in them.

    Every word is a zero vector except LIKED, which is the first axis. Attention is uniform, so [CLS] gets the mean of
    all words, and the head reads its first axis. `labels` is the number of scores per pair, `activation` the function
    that the model names for its logit; `damaged` makes a weight NaN.
    """
    import torch
    from sentence_transformers import CrossEncoder
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    def make(*, labels: int = 1, activation: torch.nn.Module | None = None, damaged: bool = False) -> Path:
        folder = tmp_path_factory.mktemp("plain")
        vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", LIKED]
        (folder / "vocab.txt").write_text("\n".join(vocabulary))
        BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
        network = BertForSequenceClassification(
            BertConfig(
                vocab_size=len(vocabulary),
                hidden_size=SIZE,
                num_hidden_layers=1,
                num_attention_heads=1,
                intermediate_size=SIZE,
                max_position_embeddings=128,
                num_labels=labels,
            )
        )
        with torch.no_grad():
            for name, weights in network.named_parameters():
                weights.fill_(1.0 if name.endswith("LayerNorm.weight") else 0.0)
            bert = network.bert
            bert.embeddings.word_embeddings.weight[-1, 0] = 1.0
            attention = bert.encoder.layer[0].attention
            for linear in (attention.self.value, attention.output.dense, bert.pooler.dense):
                linear.weight.copy_(torch.eye(SIZE))
            network.classifier.weight[0, 0] = math.nan if damaged else 6.0
            network.classifier.bias[0] = -3.0
        network.save_pretrained(folder)
        saved = tmp_path_factory.mktemp("cross-encoder")
        CrossEncoder(str(folder), activation_fn=activation, local_files_only=True).save_pretrained(str(saved))
        return saved

    return make


@pytest.fixture(scope="session")
def cross_encoder(make_cross_encoder: MakeModel) -> Path:
    """The folder of a cross-encoder that likes hospitals."""
    return make_cross_encoder()


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, make_shared_library: MakeLibrary) -> Library:
    return make_shared_library(write(tmp_path_factory.mktemp("town"), pier=PIER, ferry=FERRY, orchard=ORCHARD))


def with_reranker(library: Library, folder: Path | None, find: Callable[[Library], Any]) -> Any:
    """What `find` finds in the library while its settings name this cross-encoder."""
    settings = library.settings
    library.settings = replace(settings, reranker=str(folder) if folder else None, reader=NO_READER)
    try:
        return find(library)
    finally:
        library.settings = settings


def evidence_for(question: str) -> Callable[[Library], list[Evidence]]:
    return lambda library: retrieve(library, read_question(question))


def places(evidence: list[Evidence]) -> list[tuple[str, int]]:
    return [(found.sentence.article_id, found.sentence.position) for found in evidence]


def test_scores_are_what_the_model_says(cross_encoder: Path) -> None:
    none, once, twice = Reranker(str(cross_encoder)).score("Who?", ["pier", f"the {LIKED}", f"{LIKED} {LIKED}"])
    # The logit is -3 without the word, and up to 6 · tanh(√7) - 3 = 2.94 with it.
    assert none == pytest.approx(1 / (1 + math.exp(3)), abs=1e-5)
    assert 0.9 < once <= twice < 1 / (1 + math.exp(-2.95))


def test_scores_are_in_the_order_of_the_texts(cross_encoder: Path) -> None:
    texts = [("pier " * length + (LIKED if length % 3 == 0 else "")).strip() for length in range(40)]
    liked = [score > 0.5 for score in Reranker(str(cross_encoder)).score("Who?", texts)]
    assert liked == [length % 3 == 0 for length in range(40)]
    assert Reranker(str(cross_encoder)).score("Who?", []) == []


def test_logits_of_a_model_that_wants_none_squashed_are_squashed(
    make_cross_encoder: MakeModel, cross_encoder: Path
) -> None:
    """Like models trained on MS MARCO, whose own scores range from about -11 to 11."""
    import torch

    folder = make_cross_encoder(activation=torch.nn.Identity())
    assert "Identity" in (folder / "config_sentence_transformers.json").read_text()
    texts = ["pier", LIKED]
    assert Reranker(str(folder)).score("Who?", texts) == Reranker(str(cross_encoder)).score("Who?", texts)


def test_a_long_text_is_cut_off_at_its_end(cross_encoder: Path) -> None:
    first, last = Reranker(str(cross_encoder)).score("Who?", [f"{LIKED} " + "pier " * 500, "pier " * 500 + LIKED])
    assert first > last


def test_what_it_prefers_goes_first(town: Library, cross_encoder: Path) -> None:
    before = retrieve(town, read_question(QUESTION))
    after = with_reranker(town, cross_encoder, evidence_for(QUESTION))
    assert places(before)[0] == ("ferry.txt", 0)
    # The last sentence of the article has the word, and the one before has it in its context.
    preferred = [found for found in after if found.preference > CROSS_ENCODER / 2]
    assert set(places(preferred)) == {("ferry.txt", 2), ("ferry.txt", 3)}
    assert places(after)[0] == ("ferry.txt", 3)
    features = {place: found.relevance for place, found in zip(places(before), before, strict=True)}
    assert {place: found.relevance for place, found in zip(places(after), after, strict=True)} == features
    assert all(0 < found.preference < CROSS_ENCODER for found in after)


def test_order_is_total_and_the_same_every_time(town: Library, cross_encoder: Path) -> None:
    for question in (QUESTION, "What did Lind say?", "Who is worried about sick people on the island?"):
        after = with_reranker(town, cross_encoder, evidence_for(question))
        order = [(-round(found.score, 6), found.sentence.article_id, found.sentence.position) for found in after]
        assert order == sorted(order)
        assert with_reranker(town, cross_encoder, evidence_for(question)) == after


def test_only_the_best_are_read_and_the_others_stay_behind(
    tmp_path: Path, make_library: MakeLibrary, cross_encoder: Path
) -> None:
    kinds = [("ferry", 20), ("barge", 20), (LIKED, 20)]
    texts = {
        f"{kind}{number:02}": f"A {kind} was opened in town {number} of the {'north' if number % 2 else 'south'}."
        for kind, count in kinds
        for number in range(count)
    }
    library = make_library(write(tmp_path / "many", **texts))
    before = retrieve(library, read_question("Which ferry was opened?"))
    after = with_reranker(library, cross_encoder, evidence_for("Which ferry was opened?"))
    assert len(before) > RERANKED
    assert set(places(after)[:RERANKED]) == set(places(before)[:RERANKED])
    assert after[RERANKED:] == before[RERANKED:]


def test_an_answer_leads_with_it(town: Library, cross_encoder: Path) -> None:
    before = with_reranker(town, None, lambda library: answer_question(library, QUESTION, limit=1))
    after = with_reranker(town, cross_encoder, lambda library: answer_question(library, QUESTION, limit=1))
    assert LIKED not in (before.citations or before.closest)[0].text
    assert LIKED in (after.citations or after.closest)[0].text


def test_ask_reads_the_setting_from_the_environment(
    tmp_path: Path, cross_encoder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path / "seeds", ferry=FERRY)
    monkeypatch.setenv("ONRECORD_MIN_CONFIDENCE", "0")
    monkeypatch.setenv("ONRECORD_READER", "none")
    assert LIKED not in ask(QUESTION, seeds=folder, limit=1).citations[0].text
    monkeypatch.setenv("ONRECORD_RERANKER", str(cross_encoder))
    assert LIKED in ask(QUESTION, seeds=folder, limit=1).citations[0].text


def test_ask_reads_the_setting_from_toml(tmp_path: Path, cross_encoder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "seeds", ferry=FERRY)
    monkeypatch.chdir(tmp_path)
    shutil.copytree(cross_encoder, tmp_path / "likes-hospitals")
    (tmp_path / "onrecord.toml").write_text('reranker = "likes-hospitals"\nreader = "none"\nmin_confidence = 0\n')
    assert LIKED in ask(QUESTION, limit=1).citations[0].text
    (tmp_path / "onrecord.toml").write_text('reader = "none"\nmin_confidence = 0\n')
    assert LIKED not in ask(QUESTION, limit=1).citations[0].text


def test_threads_share_one_model(cross_encoder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []
    load = cross_encoder_module._load
    monkeypatch.setattr(cross_encoder_module, "_opened", {})
    monkeypatch.setattr(cross_encoder_module, "_load", lambda name: loaded.append(name) or load(name))
    texts = [["pier", LIKED, "pier " * length] for length in range(1, 9)]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda some: open_reranker(str(cross_encoder)).score("Who?", some), texts))
    assert loaded == [str(cross_encoder)]
    assert [[round(score, 4) for score in scores] for scores in together] == [
        [round(score, 4) for score in Reranker(str(cross_encoder)).score("Who?", some)] for some in texts
    ]


REMEDY = ". Unset `reranker` to rank without one, or give the folder of a sentence-transformers cross-encoder."
BAD_FOLDERS = [
    ("nothing of a model in it", {"readme.txt": "no model"}),
    ("settings that are not JSON", {"modules.json": "[{", "config.json": "{"}),
    ("weights that are none", {"config.json": '{"model_type": "bert"}', "model.safetensors": "no weights"}),
]


@pytest.mark.parametrize("files", [case[1] for case in BAD_FOLDERS], ids=[case[0] for case in BAD_FOLDERS])
def test_folder_that_holds_no_model(tmp_path: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    with pytest.raises(ModelError) as raised:
        Reranker(str(tmp_path)).score("Who?", ["pier"])
    message = str(raised.value)
    assert message.startswith(f"the reranker {str(tmp_path)!r} cannot be loaded: ")
    assert message.endswith(REMEDY)
    assert "\n" not in message


def test_an_embedding_model_is_no_reranker(tiny: Path) -> None:
    """It would get a head with random weights, and rank at random."""
    with pytest.raises(ModelError) as raised:
        Reranker(str(tiny)).score("Who?", ["pier"])
    message = f"the reranker {str(tiny)!r} cannot be loaded: it is not a cross-encoder but a BertModel{REMEDY}"
    assert str(raised.value) == message


def test_a_model_with_several_scores_is_no_reranker(make_cross_encoder: MakeModel) -> None:
    """Like a model that says whether one text entails another."""
    folder = make_cross_encoder(labels=3)
    with pytest.raises(ModelError) as raised:
        Reranker(str(folder)).score("Who?", ["pier"])
    message = f"the reranker {str(folder)!r} cannot be loaded: it gives 3 scores per pair instead of one{REMEDY}"
    assert str(raised.value) == message


def test_scores_that_are_no_numbers(make_cross_encoder: MakeModel) -> None:
    folder = make_cross_encoder(damaged=True)
    with pytest.raises(ModelError, match=r"^the reranker '.+' gives scores that are not numbers: [^\n]+$"):
        Reranker(str(folder)).score("Who?", ["pier"])


def test_name_of_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    # As without a network; otherwise it would keep trying for a minute.
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match=r"^the reranker 'no-such/model' cannot be loaded: [^\n]+$"):
        Reranker("no-such/model").score("Who?", ["pier"])


def test_a_question_says_it_in_one_line(
    seeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("ONRECORD_RERANKER", str(tmp_path / "empty"))
    with pytest.raises(OnRecordError, match=r"^the reranker"):
        ask(QUESTION, seeds=seeds, store=tmp_path / "store")
    capsys.readouterr()
    assert main(["ask", QUESTION, "--seeds", str(seeds), "--store", str(tmp_path / "store")]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    (line,) = printed.err.splitlines()
    assert line.startswith("onrecord: the reranker ")


def test_a_folder_is_loaded_without_a_look_at_the_network(
    cross_encoder: Path, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even one saved by transformers alone, with a path that could be a name, which would be looked up on a hub."""
    monkeypatch.chdir(tmp_path)
    plain = Path("likes/hospitals")
    shutil.copytree(cross_encoder, plain)
    for path in plain.glob("*sentence*"):
        path.unlink()
    (plain / "modules.json").unlink()
    asked: list[object] = []

    def refuse(*address: object, **_: object) -> None:
        asked.append(address)
        raise OSError("no network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert Reranker(str(plain)).score("Who?", [LIKED]) == Reranker(str(cross_encoder)).score("Who?", [LIKED])
    EmbeddingModel(str(tiny)).load()
    assert asked == []


def test_without_one_nothing_heavy_is_imported(seed_library: Library) -> None:
    code = (
        "import sys\n"
        "from index.library import Library\n"
        "from index.settings import load_settings\n"
        "from qa import answer_question\n"
        "with Library(load_settings(seeds=sys.argv[1], store=sys.argv[2])) as library:\n"
        "    assert answer_question(library, 'What did Peskov say about Tartous?').answered\n"
        "print(*sorted({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))\n"
    )
    settings = seed_library.settings
    command = [sys.executable, "-c", code, str(settings.seeds), str(settings.store)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout == "\n"
