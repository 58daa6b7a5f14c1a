"""The benches run: what they patch exists, and a wrong command line gets a one-line error."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from index.library import Library
from qa import chance, confidence
from qa.gold import Question, Stretch
from tests.bench import ablation, latency
from tests.conftest import only_in_whole_runs

ASKED = [
    Question("1", "What did Peskov say about Tartous?", ((Stretch("kremlin-syria-bases.txt", 0, 9),),)),
    Question("2", "How do I make borscht?", ()),
]


@pytest.mark.parametrize("row", ablation.ROWS)
def test_every_ingredient_can_be_left_out(row: str, seed_library: Library) -> None:
    cells = ablation.measure(seed_library, ASKED, ablation.ROWS[row])
    assert len([float(cell) for cell in cells.split(" | ")]) == 8


def test_every_step_is_timed(seed_library: Library) -> None:
    taken, spent = latency.measure(seed_library, ASKED)
    assert set(spent) == {*latency.STEPS, "everything else"}
    assert sum(spent.values()) == pytest.approx(sum(taken))
    assert min(spent.values()) > 0


def test_the_weights_are_fitted(seed_library: Library, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tests.bench import combination

    asked = combination.ask_all(seed_library, ASKED)
    kept = pickle.loads(pickle.dumps(asked))
    weights = combination.fit([kept])
    assert [list(table) for table in weights] == [list(chance.WEIGHTS), list(confidence.WEIGHTS)]
    combination.show("these", kept, weights, reader=True)
    assert capsys.readouterr().out.startswith("these ")


def test_weights_keep_within_their_bounds() -> None:
    from tests.bench import combination

    table = combination.Table()
    for place in range(40):  # the truth falls with "score", which may not have a negative weight
        table.add({"constant": 1.0, "score": -place, "missing": -place / 2}, place >= 20, 1.0)
    fitted = table.fit(())
    assert fitted["score"] == 0.0 > fitted["missing"]


WRONG = [
    ("latency", ["--articles", "seeds"], "--articles and --questions go together: give both, or neither to use"),
    ("ablation", ["--articles", "no-folder", "--questions", "q.jsonl"], "no-folder is not a folder. Give a folder of"),
    (
        "combination",
        ["collect", "out", "--articles", "seeds", "--questions", "q.jsonl"],
        "q.jsonl cannot be read: No such file",
    ),
    ("attribution", ["--articles", "seeds", "--gold", "gold.jsonl"], "gold.jsonl is not a file. Give one that says"),
    ("performance", ["--articles", "no-articles.jsonl"], "no-articles.jsonl cannot be read: [Errno 2] No such file"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "options", "line"), WRONG, ids=[case[0] for case in WRONG])
def test_a_wrong_command_line_is_answered_with_one_line(name: str, options: list[str], line: str) -> None:
    command = [sys.executable, "-m", f"tests.bench.{name}", *options]
    done = subprocess.run(command, cwd=Path(__file__).parent.parent, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert line in done.stderr


@only_in_whole_runs
@pytest.mark.parametrize(("name", "expected"), [("scale", "| 250 | "), ("server", '"what": "MB on disk"')])
def test_large_benches_run_on_a_small_scale(name: str, expected: str) -> None:
    command = [sys.executable, "-m", f"tests.bench.{name}", "250", "--minutes", "1"]
    done = subprocess.run(command, cwd=Path(__file__).parent.parent, capture_output=True, text=True)
    assert (done.returncode, expected in done.stdout) == (0, True), done.stderr
