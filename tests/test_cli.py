from __future__ import annotations

import io
import json
import os
import re
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from index.storage.lock import writer_lock
from qa.answer import Answer
from tests.conftest import MakeLibrary
from tests.made import find_words_in_answers, wire_copies
from ui.citing.formats import FORMATS
from ui.cli import main

ROOT = Path(__file__).parent.parent
SEEDS = ROOT / "seeds"
# as in a shell, where a pipe is buffered
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("ONRECORD_")}
ENVIRONMENT |= {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "PYTHONUNBUFFERED": ""}
ONRECORD = [sys.executable, "-c", "import sys; from ui.cli import main; sys.exit(main())"]
TARTOUS = "What did Peskov say about Tartous?"
ASSAD = "What did Peskov say about Assad?"
ASSAD_ANSWER = """\
Dmitry Peskov: Peskov confirmed that Assad has been granted asylum in Russia, a decision made by President Vladimir \
Putin. [1]

Sources
[1] Dmitry Peskov, reported in Kremlin syria bases, Alliance News, 10 December (kremlin-syria-bases.txt, 1168–1275)
"""
KEYS = {"id", "question", "answered", "confidence", "answer", "citations", "seconds"}
CITATION_KEYS = {"article", "start", "end", "text", "speaker", "title", "source", "published"}

COMMANDS = ["ask", "quotes", "copies", "people", "watch", "index", "status", "eval", "serve"]

Captured = pytest.CaptureFixture[str]


def run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The options for the project's own articles and an up-to-date index of them."""
    options = ["--seeds", str(SEEDS), "--store", str(tmp_path_factory.mktemp("store"))]
    assert main(["index", *options]) == 0
    return options


def one_line_error(capsys: Captured) -> str:
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert err.endswith("\n")
    return err[:-1]


def write_batch(path: Path, *lines: Any) -> Path:
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
    return path


def test_help_is_quick() -> None:
    """It would take seconds if it imported the model."""
    assert run([*ONRECORD, "--help"]).returncode == 0
    seconds = []
    for _ in range(5):
        began = time.perf_counter()
        ran = run([*ONRECORD, "--help"])
        seconds.append(time.perf_counter() - began)
    assert ran.returncode == 0
    assert ran.stdout.startswith("usage: onrecord [-h] [--version] COMMAND ...\n")
    assert [name for name in COMMANDS if f"\n    {name} " in ran.stdout] == COMMANDS
    assert min(seconds) < 0.5


def test_version_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    done = run([*ONRECORD, "--version"])
    assert (done.returncode, done.stdout, done.stderr) == (0, f"onrecord {project['version']}\n", "")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["borscht"],
        ["ask", "--nothing"],
        ["serve", "--port", "99999"],
        ["serve", "--port", "0"],
        ["quotes", "--limit", "0"],
        ["people", "undo", "0"],
        ["people", "split", "Dmitry Peskov", "--as", "Another"],
        ["people", "statement", "--article", "a.txt", "--text", "It is late.", "--to", "Peskov", "--to-nobody"],
    ],
    ids=[
        "nothing",
        "no command",
        "no option",
        "a port too high",
        "port 0",
        "a limit of nothing",
        "correction 0",
        "a split without an article",
        "a statement to somebody and nobody",
    ],
)
def test_wrong_command_line(arguments: list[str], capsys: Captured) -> None:
    with pytest.raises(SystemExit) as raised:
        main(arguments)
    assert raised.value.code == 2
    assert capsys.readouterr().err.startswith("usage: onrecord")


def test_ask(folders: list[str], capsys: Captured) -> None:
    assert main(["ask", ASSAD, *folders]) == 0
    assert capsys.readouterr() == (ASSAD_ANSWER, "")


CORRECTIONS = [
    (["merge", "Duarte", "Tomas Okafor"], "Corrected: Ines Duarte is Tomas Okafor.\n"),
    (
        ["split", "Tomas Okafor", "--article", "new.txt", "--as", "Okafor II"],
        "Corrected: Tomas Okafor in new.txt is Okafor II.\n",
    ),
    (["rename", "Okafor II", "Sam Okafor"], "Corrected: Okafor II is called Sam Okafor.\n"),
    (["role", "Sam Okafor", "clerk"], "Corrected: Sam Okafor is clerk.\n"),
    (
        ["statement", "--article", "old.txt", "--text", "too old", "--to", "Ana Roe"],
        "Corrected: “Duarte said it is too old.” in old.txt is by Ana Roe.\n",
    ),
    (
        ["statement", "--article", "old.txt", "--text", "will stop", "--to-nobody"],
        "Corrected: “Ines Duarte said the ferry will stop.” in old.txt is by nobody.\n",
    ),
    (["not-a-person", "Ana Roe"], "Corrected: Ana Roe is not a person.\n"),
]


def test_people_are_corrected(tmp_path: Path, capsys: Captured) -> None:
    seeds = tmp_path / "town"
    seeds.mkdir()
    (seeds / "old.txt").write_text("Ines Duarte said the ferry will stop. Duarte said it is too old.")
    (seeds / "new.txt").write_text("Tomas Okafor said the tram is slow. Ines Duarte said the tram is free.")
    folders = ["--seeds", str(seeds), "--store", str(tmp_path / "store")]
    assert main(["people", *folders]) == 0
    assert capsys.readouterr().out == "No corrections.\n"
    for correction, said in CORRECTIONS:
        assert main(["people", *folders, *correction]) == 0
        assert capsys.readouterr() == (said, "")
    assert main(["quotes", *folders, "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["speaker"], line["statements"]) for line in lines] == [("Sam Okafor", 2)]
    assert lines[0]["also"][0] == "clerk"
    with (seeds / "people.toml").open("a") as file:
        file.write("\n[[correction]]\nwhat = 'marry'\n")
    assert main(["people", "--json", *folders]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["corrections"][0] == {
        "number": 1,
        "what": "merge",
        "person": "Ines Duarte",
        "into": "Tomas Okafor",
        "idle": "",
    }
    assert [fault["line"] for fault in shown["faults"]] == [len((seeds / "people.toml").read_text().splitlines())]
    assert main(["people", "undo", "1", "--json", *folders]) == 0
    assert json.loads(capsys.readouterr().out)["what"] == "merge"
    assert main(["people", *folders, "undo"]) == 0
    assert capsys.readouterr().out == "Undone: Ana Roe is not a person.\n"
    assert main(["people", *folders]) == 0
    out = capsys.readouterr().out
    assert out.startswith("5 corrections in people.toml\n   1  Tomas Okafor in new.txt is Okafor II\n")
    assert f"people.toml, line {shown['faults'][0]['line'] - 9}: what is 'marry', which is not known" in out


@pytest.mark.parametrize(
    ("correction", "error"),
    [
        pytest.param(
            ["merge", "Merkel", "Peskov"],
            "nobody called “Merkel” speaks in the articles. Most quoted: Dmitry Peskov, Donald Trump, ",
            id="nobody",
        ),
        pytest.param(
            ["split", "Peskov", "--article", "gone.txt", "--as", "Another"],
            "“Dmitry Peskov” says nothing in gone.txt. Nothing was changed.",
            id="an article that is not there",
        ),
        pytest.param(["undo"], "there is no correction to undo", id="nothing to undo"),
    ],
)
def test_a_correction_that_cannot_be_made(
    folders: list[str], correction: list[str], error: str, capsys: Captured
) -> None:
    assert main(["people", *correction, *folders]) == 1
    assert one_line_error(capsys).startswith(f"onrecord: {error}")
    assert not (SEEDS / "people.toml").exists()


@pytest.mark.parametrize(
    ("is_terminal", "environment", "words"),
    [
        pytest.param(True, {"TERM": "xterm"}, "\x1b[1masylum in Russia\x1b[0m", id="a terminal"),
        pytest.param(False, {"TERM": "xterm"}, "asylum in Russia", id="a pipe"),
        pytest.param(True, {"TERM": "xterm", "NO_COLOR": "1"}, "asylum in Russia", id="styles turned off"),
        pytest.param(True, {"TERM": "dumb"}, "asylum in Russia", id="a terminal without styles"),
    ],
)
def test_words_that_answer_are_bold_in_a_terminal(
    folders: list[str],
    capsys: Captured,
    monkeypatch: pytest.MonkeyPatch,
    is_terminal: bool,
    environment: dict[str, str],
    words: str,
) -> None:
    find_words_in_answers(monkeypatch, "asylum in Russia")
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: is_terminal)
    assert main(["ask", ASSAD, *folders]) == 0
    assert capsys.readouterr() == (ASSAD_ANSWER.replace("asylum in Russia", words), "")


def test_ask_json(folders: list[str], capsys: Captured) -> None:
    assert main(["ask", ASSAD, "--json", *folders]) == 0
    out, err = capsys.readouterr()
    assert (out.count("\n"), err) == (1, "")
    answer = Answer.from_json(out)
    assert (answer.question, answer.answered) == (ASSAD, True)
    assert [(citation.start, citation.end) for citation in answer.citations] == [(1168, 1275)]
    assert answer.to_json() == out.strip()


def test_a_refusal_is_an_answer(folders: list[str], capsys: Captured) -> None:
    assert main(["ask", "How do I make borscht?", *folders]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    reason, blank, closest, source = out.splitlines()
    assert reason == "No answer on the record. The articles never mention “borscht”."
    assert blank == ""
    assert closest.startswith("Closest (not an answer): ")
    assert " in Kremlin syria bases, Alliance News, 10 December (kremlin-syria-bases.txt, " in source


@pytest.mark.parametrize("form", FORMATS)
def test_an_answer_in_a_format(folders: list[str], capsys: Captured, form: str) -> None:
    said = "Peskov confirmed that Assad has been granted asylum in Russia, a decision made by President Vladimir Putin."
    assert main(["ask", ASSAD, "--format", form, *folders]) == 0
    out, err = capsys.readouterr()
    assert (said in out, out.count("\n\n\n"), out[-2:] == "\n\n", err) == (True, 0, False, "")
    assert main(["quotes", "--speaker", "Peskov", "--format", form, *folders]) == 0
    out, err = capsys.readouterr()
    assert (said in out, err) == (True, "")
    assert out.count(" (Dmitry Peskov, ") == (8 if form in {"bibtex", "ris", "csl"} else 0)


def test_a_refusal_cites_nothing(folders: list[str], capsys: Captured) -> None:
    reason = "no answer on the record: The articles never mention “borscht”.\n"
    for form, nothing in (("bibtex", ""), ("ris", ""), ("csl", "[]\n"), ("annotation", "[]\n")):
        assert main(["ask", "How do I make borscht?", "--format", form, *folders]) == 0
        assert capsys.readouterr() == (nothing, reason)
    assert main(["ask", "How do I make borscht?", "--format", "html", *folders]) == 0
    assert "<strong>No answer on the record.</strong>" in capsys.readouterr().out


def test_people_are_not_cited(folders: list[str], capsys: Captured) -> None:
    assert main(["quotes", "--format", "ris", *folders]) == 1
    assert capsys.readouterr().err.startswith("onrecord: --format writes statements: say whose")


QUOTE_KEYS = {
    "article_id",
    "digest",
    "title",
    "source",
    "author",
    "published",
    "url",
    "start",
    "end",
    "text",
    "speaker",
    "speech",
    "statements",
    "locator",
    "also",
}


def test_quotes_lists_who_speaks(folders: list[str], capsys: Captured) -> None:
    assert main(["quotes", *folders]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.splitlines()[:3] == [
        "4 speakers, 11 statements",
        "",
        "      8  Dmitry Peskov (Peskov, Kremlin spokesman)",
    ]
    assert main(["quotes", "--json", "--limit", "1", *folders]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "speaker": "Dmitry Peskov",
        "also": ["Peskov", "Kremlin spokesman"],
        "kind": "person",
        "statements": 8,
    }


def test_quotes_of_a_speaker(folders: list[str], capsys: Captured) -> None:
    assert main(["quotes", "--speaker", "Peskow", "--limit", "1", *folders]) == 0
    assert capsys.readouterr() == (
        "Dmitry Peskov: 8 statements in 1 article\n"
        "\n"
        "Kremlin syria bases, Alliance News, 10 December (kremlin-syria-bases.txt)\n"
        "  reported  Kremlin spokesman Dmitry Peskov said it was premature to make any predictions regarding the bases."
        " (472–570)\n"
        "\n"
        "… and 7 more: --limit 8 shows all\n",
        "no “Peskow” speaks here; taking Dmitry Peskov\n",
    )


@pytest.mark.parametrize(
    "path", ["kremlin-syria-bases.txt", str(SEEDS / "kremlin-syria-bases.txt")], ids=["id", "path"]
)
def test_quotes_of_an_article_as_json(folders: list[str], capsys: Captured, path: str) -> None:
    assert main(["quotes", "--article", path, "--json", *folders]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    lines = [json.loads(line) for line in out.splitlines()]
    assert [(line["speaker"], line["speech"], line["start"]) for line in lines[:3]] == [
        ("The Kremlin", "indirect", 0),
        ("Dmitry Peskov", "indirect", 472),
        ("Dmitry Peskov", "direct", 571),
    ]
    text = (SEEDS / "kremlin-syria-bases.txt").read_bytes().decode()
    for line in lines:
        assert set(line) == QUOTE_KEYS
        assert text[line["start"] : line["end"]] == line["text"]


def test_quotes_about_a_topic(folders: list[str], capsys: Captured) -> None:
    assert main(["quotes", "--speaker", "Dmitry Peskov", "--about", "Assad", "--json", *folders]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["text"].startswith("Peskov confirmed that Assad has been granted asylum")
    assert main(["quotes", "--about", "borscht", *folders]) == 0
    assert capsys.readouterr().out == "No statement on the record.\n"


def test_quotes_brings_the_index_up_to_date_first(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "pier.txt").write_text("Mayor Ines Duarte said the pier at Quayside is old.\n")
    assert main(["quotes", "--speaker", "Duarte", "--seeds", str(tmp_path / "seeds")]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("Ines Duarte: 1 statement in 1 article\n")
    assert err.startswith("indexed 1 article, 1 sentence in ")


def test_batch(folders: list[str], tmp_path: Path, capsys: Captured) -> None:
    batch = write_batch(
        tmp_path / "questions.jsonl",
        {"id": "a", "question": ASSAD},
        "",
        {"id": 2, "question": "And about Assad?", "history": [TARTOUS]},
        "   ",
        {"id": "empty", "question": " ? ", "history": []},
        {"question": "How do I make borscht?", "history": None, "note": "ignored"},
        {"id": None, "question": "Who is “Élan” \ud800?"},
    )
    assert main(["ask", "--batch", str(batch), *folders]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    answers = [json.loads(line) for line in out.splitlines()]
    assert [answer["id"] for answer in answers] == ["a", 2, "empty", 6, None]
    assert [answer["answered"] for answer in answers] == [True, True, False, False, False]
    text = (SEEDS / "kremlin-syria-bases.txt").read_bytes().decode()
    for answer in answers:
        assert set(answer) == KEYS
        assert bool(answer["citations"]) == answer["answered"]
        assert 0.0 <= answer["confidence"] <= 1.0
        assert answer["seconds"] >= 0.0
        for citation in answer["citations"]:
            assert set(citation) == CITATION_KEYS
            assert text[citation["start"] : citation["end"]] == citation["text"]
    assert answers[0]["citations"][0] | {"speaker": None} == {
        "article": "kremlin-syria-bases.txt",
        "start": 1168,
        "end": 1275,
        "text": text[1168:1275],
        "speaker": None,
        "title": "Kremlin syria bases",
        "source": "Alliance News",
        "published": "--12-10",
    }
    assert answers[1]["citations"] == answers[0]["citations"]
    assert answers[2] | {"seconds": 0.0} == {
        "id": "empty",
        "question": " ? ",
        "answered": False,
        "confidence": 0.0,
        "answer": "the question is empty. Ask something about the articles.",
        "citations": [],
        "seconds": 0.0,
    }
    assert answers[3]["answer"] == "The articles never mention “borscht”."


def test_batch_from_standard_input(folders: list[str], capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = f'{{"question": "{ASSAD}"}}\r\n\r\n{{"question": "Élan?"}}'  # no newline at the end
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines.encode())))
    assert main(["ask", "--batch", "-", *folders]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(answer["id"], answer["question"]) for answer in answers] == [(1, ASSAD), (3, "Élan?")]


def test_an_empty_batch_has_no_answers(folders: list[str], tmp_path: Path, capsys: Captured) -> None:
    assert main(["ask", "--batch", str(write_batch(tmp_path / "none.jsonl")), *folders]) == 0
    assert capsys.readouterr() == ("", "")


BAD_LINES = [
    ("no JSON", "What?", "Expecting value: line 1 column 1 (char 0)"),
    ("not UTF-8", b'{"question": "caf\xe9"}', "'utf-8' codec can't decode byte 0xe9"),
    ("a list", "[]", "it is not an object"),
    ("null", "null", "it is not an object"),
    ("no question", '{"id": 1}', "question: field required"),
    ("a number for a question", '{"question": 1}', "question: input should be a valid string"),
    ("a text for a history", '{"question": "Who?", "history": "Who else?"}', "history: input should be a valid list"),
    ("a number for a history", '{"question": "Who?", "history": 5}', "history: input should be a valid list"),
    ("numbers in a history", '{"question": "Who?", "history": [5]}', "history[0]: input should be a valid string"),
    ("deeper than Python reads", "[" * 100_000, "maximum recursion depth exceeded"),
]


@pytest.mark.parametrize(("line", "why"), [pytest.param(*case, id=reason) for reason, *case in BAD_LINES])
def test_a_bad_line_is_named_before_any_answer(
    folders: list[str], tmp_path: Path, capsys: Captured, line: str | bytes, why: str
) -> None:
    batch = tmp_path / "questions.jsonl"
    batch.write_bytes(b'{"question": "Who?"}\n\n' + (line.encode() if isinstance(line, str) else line) + b"\n")
    assert main(["ask", "--batch", str(batch), *folders]) == 1
    error = one_line_error(capsys)
    assert error.startswith(f"onrecord: {batch}, line 3 is not a question ({why}")
    assert error.endswith('): write {"id": …, "question": …, "history": […]}.')


def test_index(tmp_path: Path, capsys: Captured) -> None:
    seeds, store = tmp_path / "seeds", tmp_path / "store"
    seeds.mkdir()
    (seeds / "pier.txt").write_text("Duarte said the pier is old. It closed on Monday.\n")
    (seeds / "photo.jpg").write_bytes(b"\xff\xd8")
    (seeds / "bad\nname\x1b[31m.txt").write_bytes(b"\0\0")
    folders = ["--seeds", str(seeds), "--store", str(store)]
    assert main(["index", *folders]) == 0  # skipped files are reported, and are not a failure
    out, err = capsys.readouterr()
    *table, seconds, bad, jpg = out.splitlines()
    assert table == [
        "added         1",
        "changed       0",
        "moved         0",
        "removed       0",
        "unchanged     0",
        "skipped       2",
        "articles      1",
        "sentences     2",
        "embedded      3",  # the title too
    ]
    assert re.fullmatch(r"seconds       \d+\.\d", seconds)
    assert jpg.startswith("  skipped photo.jpg: .jpg: only .atom, .csv, ")
    assert bad.startswith(r"  skipped bad\nname\x1b[31m.txt: it is not text: ")
    assert "\x1b" not in out + err

    (seeds / "pier.txt").write_text("Duarte said the pier is open.\n")
    (seeds / "ferry.txt").write_text("The ferry will stop in June.\n")
    assert main(["index", "--strict", "--json", *folders]) == 1  # two files are still skipped
    report = json.loads(capsys.readouterr().out)
    assert (report["added"], report["changed"], report["articles"], len(report["skipped"])) == (1, 1, 2, 2)
    (seeds / "photo.jpg").unlink()
    (seeds / "bad\nname\x1b[31m.txt").unlink()
    assert main(["index", "--strict", *folders]) == 0
    assert "skipped       0" in capsys.readouterr().out.splitlines()


def test_index_that_another_process_is_writing(tmp_path: Path, seeds: Path, capsys: Captured) -> None:
    folders = ["--seeds", str(seeds), "--store", str(tmp_path / "store")]
    assert main(["index", *folders]) == 0
    capsys.readouterr()
    with writer_lock(tmp_path / "store", wait=False):
        assert main(["index", "--no-wait", *folders]) == 1
        error = one_line_error(capsys)
        assert re.match(rf"onrecord: process {os.getpid()}, since \d\d:\d\d:\d\d, is updating the index ", error)
        assert main(["status", *folders]) == 0
        assert f"writer        process {os.getpid()}, since " in capsys.readouterr().out


def test_status(tmp_path: Path, capsys: Captured) -> None:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / "pier.txt").write_text("Duarte said the pier is old. It closed on Monday.\n")
    (seeds / "ferry.txt").write_text("The ferry stops in June.\n")
    assert main(["status", "--seeds", str(seeds)]) == 1
    assert one_line_error(capsys) == f"onrecord: there is no index of {seeds} yet. Make one with: onrecord index"
    assert not (tmp_path / ".onrecord").exists()  # asking about an index does not create one
    assert main(["index", "--seeds", str(seeds)]) == 0
    (seeds / "pier.txt").unlink()
    (seeds / "ferry.txt").write_text("The ferry stops in July.\n")
    (seeds / "tram.txt").write_text("The tram stops in May.\n")
    (seeds / "photo.jpg").write_bytes(b"\xff\xd8")
    capsys.readouterr()
    assert main(["status", "--seeds", str(seeds)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[2] in (
        "model         all-MiniLM-L6-v2, float32 in ONNX Runtime",
        "model         all-MiniLM-L6-v2, bfloat16 in PyTorch",
    )
    assert lines[:2] + lines[3:5] == [
        "articles      2",
        "sentences     3",
        f"seeds         {seeds}",
        f"store         {tmp_path / '.onrecord' / 'seeds'}",
    ]
    assert re.fullmatch(r"size on disk  \d+\.\d MB", lines[5])
    assert re.fullmatch(r"last sync     \d{4}-\d\d-\d\d \d\d:\d\d:\d\d", lines[6])
    assert lines[7:-1] == [
        "stale         2 new or changed, 1 gone",
        "skipped       1",
        "  new or changed: ferry.txt",
        "  new or changed: tram.txt",
        "  gone: pier.txt",
    ]
    assert lines[-1].startswith("  skipped photo.jpg: .jpg: only ")


def test_ask_brings_the_index_up_to_date_first(tmp_path: Path, capsys: Captured) -> None:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / "pier.txt").write_text("Mayor Ines Duarte said the pier at Quayside is old and will close on Monday.\n")
    assert main(["ask", "What did Duarte say about the pier at Quayside?", "--seeds", str(seeds)]) == 0
    out, err = capsys.readouterr()
    assert out.startswith(
        "Ines Duarte: Mayor Ines Duarte said the pier at Quayside is old and will close on Monday. [1]\n"
    )
    assert err.startswith("indexed 1 article, 1 sentence in ")
    assert err.count("\n") == 1
    assert (tmp_path / ".onrecord" / "seeds").is_dir()  # the index of a folder lies beside it


def test_an_answer_cannot_drive_the_terminal(tmp_path: Path, capsys: Captured) -> None:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / "pier\x1b]0;title\x07\n.txt").write_text("Duarte said the pier at Quayside is \x1b[31mold.\n")
    assert main(["ask", "What did Duarte say about the pier at Quayside?", "--seeds", str(seeds)]) == 0
    out, err = capsys.readouterr()
    assert "Duarte said the pier" in out
    assert not [c for c in out + err if not c.isprintable() and c != "\n"]
    assert len(out.splitlines()) == 4


def errors(tmp_path: Path) -> list[tuple[str, list[str], str]]:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("no folder")
    missing, empty, file = (str(tmp_path / name) for name in ("missing", "empty", "file"))
    both = 'give one question, in quotes, or --batch FILE. Like this: onrecord ask "Who said what?"'
    return [
        ("missing seeds", ["ask", TARTOUS, "--seeds", missing], f"there is no folder {missing}. Make it"),
        ("missing seeds to index", ["index", "--seeds", missing], f"there is no folder {missing}. Make it"),
        ("missing seeds to serve", ["serve", "--seeds", missing], f"there is no folder {missing}. Make it"),
        ("seeds that are a file", ["ask", TARTOUS, "--seeds", file], f"there is no folder {file}. Make it"),
        ("empty seeds", ["ask", TARTOUS, "--seeds", empty], f"no article could be read from {empty}: it holds no"),
        ("an empty question", ["ask", ""], "the question is empty. Ask something"),
        ("a question of punctuation", ["ask", "?!"], "the question is empty. Ask something"),
        ("a long question", ["ask", "x" * 10_000], "the question has 10,000 characters, and the limit is 2,000"),
        ("a store that is a file", ["ask", TARTOUS, "--store", file], f"the store {file} cannot be written: "),
        ("a store in a file", ["ask", TARTOUS, "--store", f"{file}/s"], f"the store {file}/s cannot be written: "),
        ("an empty topic", ["quotes", "--about", "?"], "the topic is empty. Name what"),
        ("no date", ["quotes", "--since", "soon"], "'soon' is not a date: write YYYY, YYYY-MM or YYYY-MM-DD."),
        ("neither question nor batch", ["ask"], both),
        ("both question and batch", ["ask", TARTOUS, "--batch", file], both),
        ("a missing batch", ["ask", "--batch", missing], f"{missing} cannot be read: No such file or directory"),
        ("a batch that is a folder", ["ask", "--batch", empty], f"{empty} cannot be read: Is a directory"),
        (
            "a missing folder of an odd name",
            ["index", "--seeds", f"{missing}\n\x1b[2J"],
            rf"there is no folder {missing}\n\x1b[2J.",
        ),
    ]


def test_errors_are_one_line(tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("ONRECORD_STORE", str(tmp_path / "store"))
    for reason, arguments, message in errors(tmp_path):
        assert main(arguments) == 1, reason
        assert one_line_error(capsys).startswith(f"onrecord: {message}"), reason
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "file"]  # and no store was created


def test_a_busy_port_is_named(folders: list[str], capsys: Captured) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["serve", "--port", str(port), *folders]) == 1
    assert one_line_error(capsys).startswith(f"onrecord: port {port} on 127.0.0.1 is already in use. Choose another")


@pytest.mark.parametrize("module", ["qa", "index", "ui"])
def test_modules_have_the_options_of_their_commands(module: str) -> None:
    command = {"qa": "ask", "index": "index", "ui": "serve"}[module]
    assert run([sys.executable, "-m", module, "--help"]).stdout == run([*ONRECORD, command, "--help"]).stdout


def test_modules_do_the_same(folders: list[str], tmp_path: Path) -> None:
    asked = run([sys.executable, "-m", "qa", ASSAD, *folders])
    assert (asked.returncode, asked.stdout, asked.stderr) == (0, ASSAD_ANSWER, "")
    indexed = run([sys.executable, "-m", "index", *folders])
    assert (indexed.returncode, indexed.stderr) == (0, "")
    assert "unchanged     1" in indexed.stdout.splitlines()
    failed = run([sys.executable, "-m", "index", "--seeds", str(tmp_path)])
    assert (failed.returncode, failed.stdout, failed.stderr.count("\n")) == (1, "", 1)


def test_a_terminal_of_another_encoding_shows_the_answer(folders: list[str]) -> None:
    environment = {**ENVIRONMENT, "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    ran = subprocess.run([*ONRECORD, "ask", ASSAD, *folders], env=environment, capture_output=True, check=True)
    assert ran.stdout.decode("ascii") == ASSAD_ANSWER.replace("–", "\\u2013")


def test_a_question_that_is_not_unicode_is_asked(folders: list[str]) -> None:
    ran = subprocess.run(
        [*ONRECORD, "ask", b"\xff " + ASSAD.encode(), "--json", *folders], env=ENVIRONMENT, capture_output=True
    )
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert Answer.from_json(ran.stdout.decode()).question == f"? {ASSAD}"


@pytest.mark.parametrize("arguments", [["--help"], ["ask", "--help"], ["ask", ASSAD], ["index"]], ids=" ".join)
def test_a_closed_pipe_is_no_error(folders: list[str], arguments: list[str]) -> None:
    given = arguments if "--help" in arguments else [*arguments, *folders]
    with subprocess.Popen(
        [*ONRECORD, *given], env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()  # before anything was written
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_a_batch_stops_when_its_reader_does(folders: list[str], tmp_path: Path) -> None:
    batch = write_batch(tmp_path / "questions.jsonl", *[{"id": i, "question": ASSAD} for i in range(300)])
    with subprocess.Popen(
        [*ONRECORD, "ask", "--batch", batch, *folders], env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["id"] == 0
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.parametrize("given", ["abc", "0", "65536", "-1", "1.5", ""])
def test_port_that_is_none_is_told(given: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["serve", f"--port={given}"])
    assert ended.value.code == 2
    *_, line = capsys.readouterr().err.splitlines()
    assert line == f"onrecord serve: error: argument --port: {given!r} is not a port; give a number from 1 to 65535"


def test_limit_that_is_none_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["quotes", "--limit", "few"])
    assert capsys.readouterr().err.endswith("argument --limit: 'few' is not a limit; give a number from 1\n")


def test_copies_are_listed_and_compared(make_library: MakeLibrary, tmp_path: Path, capsys: Captured) -> None:
    seeds, store = tmp_path / "town", tmp_path / "store"
    seeds.mkdir()
    for name in ("agency.txt", "wire.txt", "another.txt"):
        (seeds / name).write_text(wire_copies()[name], encoding="utf-8")
    make_library(seeds, store=store).close()
    folders = ["--seeds", str(seeds), "--store", str(store)]
    assert main(["copies", *folders]) == 0
    assert capsys.readouterr().out == (
        "2 articles\n"
        "  QUAYSIDE-PIER, Coast Agency, 4 March 2024 (agency.txt)\n"
        "  Old pier to close, City Wire, 6 March 2024 (wire.txt)\n"
    )
    assert main(["copies", "--json", *folders]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert [article["id"] for article in json.loads(line)["articles"]] == ["agency.txt", "wire.txt"]
    assert main(["copies", "--article", "agency.txt", *folders]) == 0
    assert capsys.readouterr().out == (
        "Old pier to close, City Wire, 6 March 2024 (wire.txt): 8 the same, 1 added\n"
        "  + Follow us on our channels for more news.\n"
    )
    assert main(["copies", "--article", "wire.txt", "--json", *folders]) == 0
    copy = json.loads(capsys.readouterr().out)
    removed = {"kind": "removed", "before": "Follow us on our channels for more news.", "after": ""}
    assert (copy["id"], copy["differences"][-1]) == ("agency.txt", removed)
    assert main(["copies", "--article", "another.txt", *folders]) == 0
    assert capsys.readouterr().out == "This article has no copies.\n"


def test_watch(tmp_path: Path, capsys: Captured) -> None:
    seeds = tmp_path / "town"
    seeds.mkdir()
    (seeds / "a.txt").write_text("Ana Roe said that the bridge is open.")

    def watch(*arguments: str) -> str:
        assert main(["watch", *arguments, "--seeds", str(seeds)]) == 0
        return capsys.readouterr().out

    assert watch() == 'Nothing is watched. Like this: onrecord watch add "What did Peskov say about Tartous?"\n'
    added = watch("add", "--speaker", "Ana Roe")
    watched = re.fullmatch(r"Watching: Ana Roe \((\w{16})\)\n", added)
    assert watched is not None
    (seeds / "a.txt").write_text("Ana Roe said that the bridge is closed.")
    assert watch() == f"{watched[1]}  Ana Roe  (1 unread)\n"
    assert watch("run") == (
        "1 new item\n\nAna Roe\n  this statement changed  Ana Roe: Ana Roe said that the bridge is closed.\n"
        "      before: Ana Roe said that the bridge is open.\n      A (a.txt, 0–39)\n"
    )
    assert watch("run") == "Nothing new.\n"
    (seeds / "a.txt").write_text("Ana Roe said that the bridge is shut.")
    (line,) = watch("run", "--json").splitlines()
    assert json.loads(line)["sentence"]["text"] == "Ana Roe said that the bridge is shut."
    assert watch("run", "--json") == ""
    assert watch("remove", watched[1][:6]) == f"No longer watching: Ana Roe ({watched[1]})\n"
    assert main(["watch", "remove", watched[1], "--seeds", str(seeds)]) == 1
    assert "no watch begins with" in capsys.readouterr().err
