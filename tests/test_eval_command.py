from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from qa.evaluate import evaluate_library
from qa.gold import load_questions
from tests.conftest import MakeLibrary
from ui.cli import main
from ui.text.evaluation import evaluation_text, report_markdown
from ui.text.figure import figure_svg
from ui.text.report import Progress

Captured = pytest.CaptureFixture[str]

FERRY = "The ferry will stop in June. The town pays for the <script>alert(1)</script> ferry.\n"
PAYS = "The town pays for the <script>alert(1)</script> ferry."
TRAM = "Tomas Okafor said that the tram is too | slow. The depot burnt down in 1954.\n"
SLOW, BURNT = "Tomas Okafor said that the tram is too | slow.", "The depot burnt down in 1954."


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The options for two articles and an up-to-date index of them."""
    folder = tmp_path_factory.mktemp("town")
    (folder / "ferry.txt").write_text(FERRY)
    (folder / "tram_1.txt").write_text(TRAM)
    options = ["--seeds", str(folder), "--store", str(tmp_path_factory.mktemp("store"))]
    assert main(["index", *options]) == 0
    return options


def write(path: Path, *questions: dict[str, Any]) -> str:
    path.write_text("".join(f"{json.dumps(question)}\n" for question in questions))
    return str(path)


def one_line_error(capsys: Captured) -> str:
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    return err[:-1]


PAID: dict[str, Any] = {"id": "paid", "type": "fact", "question": "Who pays for the ferry?"}
PAID |= {"evidence": [[{"article": "ferry.txt", "text": PAYS}]]}
BORSCHT: dict[str, Any] = {"id": "soup", "question": "How do I make borscht?", "evidence": []}
LOST: dict[str, Any] = {
    "id": "|a|",
    "type": "<script>|",
    "question": "What did Kim say about <script>borscht</script> | *soup*?",
    "history": ["Who is [Kim](x)?"],
    "evidence": [
        [{"article": "tram_1.txt", "text": SLOW}, {"article": "tram_1.txt", "text": BURNT}],
        [{"article": "ferry.txt", "text": PAYS}],
    ],
}
WRONG: dict[str, Any] = {"id": "\x1b[31m\ud800", "type": "fact", "question": "Who pays for the ferry?", "evidence": []}


def test_figures_then_failures(folders: list[str], tmp_path: Path, capsys: Captured) -> None:
    assert main(["eval", write(tmp_path / "q.jsonl", PAID, BORSCHT, LOST, WRONG), *folders]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    figures, failures = out.split("\n\n|a|  ")
    lines = figures.splitlines()
    assert lines[0] == "4 questions: the articles answer 2, and 2 not"
    # one of three needs is met, by the first citation of the only answerable question that is answered
    assert [line.split("  ")[0] + line[13:21] for line in lines[2:10]] == [
        "score   0.500",
        "recall   0.333",
        "precision   1.000",
        "hit@1   0.500",
        "hit@3   0.500",
        "all@5   0.500",
        "refused right   0.500",
        "refused wrong   0.500",
    ]
    assert lines[12] == "word for word   1.000  of the citations, the article's own text at their offsets"
    assert lines[17:] == [
        "                                                                    refused",
        "type      questions  score  recall  precision  hit@1  hit@3  all@5  right  wrong",
        "(no type)         1  1.000       –          –      –      –      –  1.000      –",
        "<script>|         1  0.000   0.000          –  0.000  0.000  0.000      –  1.000",
        "fact              2  0.500   1.000      1.000  1.000  1.000  1.000  0.000  0.000",
    ]
    lost, wrong = failures.split("\n\n")
    assert re.sub("refused: .*", "refused: …", lost) == (
        "What did Kim say about <script>borscht</script> | *soup*? (after: Who is [Kim](x)?)\n"
        "  refused: …\n"
        f"  needed  {SLOW} (tram_1.txt, 0–46), or 1 alternative\n"
        f"  needed  {PAYS} (ferry.txt, 29–83)"
    )
    assert wrong == (
        "�[31m\\ud800  Who pays for the ferry?\n"
        "  answered, although the articles do not answer it\n"
        f"  cited   {PAYS} (ferry.txt, 29–83)\n"
    )


def test_only_ten_failures_are_shown(folders: list[str], tmp_path: Path, capsys: Captured) -> None:
    questions = [{**WRONG, "id": number, "type": ""} for number in range(12)]
    assert main(["eval", write(tmp_path / "q.jsonl", *questions), *folders]) == 0
    out = capsys.readouterr().out
    assert [line for line in out.splitlines() if "Who pays" in line] == [
        f"{number}  Who pays for the ferry?" for number in range(10)
    ]
    assert out.endswith("\n\n… and 2 more failures: --report FILE lists all\n")
    assert "hit@1           –" not in out
    assert "\ntype" not in out  # no question has a type


def test_json(folders: list[str], tmp_path: Path, capsys: Captured) -> None:
    assert main(["eval", write(tmp_path / "q.jsonl", PAID, LOST), "--json", *folders]) == 0
    out, err = capsys.readouterr()
    assert (out.count("\n"), err) == (1, "")
    values = json.loads(out)
    assert list(values) == ["overall", "by_type", "bins", "outcomes"]
    assert (values["overall"]["score"], values["overall"]["auroc"]) == (0.5, None)
    assert {kind: scores["score"] for kind, scores in values["by_type"].items()} == {"<script>|": 0.0, "fact": 1.0}
    assert sum(one["questions"] for one in values["bins"]) == 2
    paid, lost = values["outcomes"]
    pays = {"article": "ferry.txt", "start": 29, "end": 83, "text": PAYS}
    assert paid | {"confidence": 0, "seconds": 0} == {
        "id": "paid",
        "question": "Who pays for the ferry?",
        "history": [],
        "type": "fact",
        "right": True,
        "score": 1.0,
        "answered": True,
        "reason": "",
        "confidence": 0,
        "needed": [{"cited": True, "alternatives": [pays]}],
        "citations": [{**pays, "fits": True}],
        "seconds": 0,
    }
    assert (lost["right"], lost["history"], lost["citations"]) == (False, LOST["history"], [])
    assert [need["cited"] for need in lost["needed"]] == [False, False]


def test_the_report_lists_every_failure_and_lets_nothing_through(
    folders: list[str], tmp_path: Path, capsys: Captured
) -> None:
    questions = write(tmp_path / "my <b>|set.jsonl", PAID, BORSCHT, LOST, WRONG, *[WRONG] * 10)
    report = tmp_path / "my report.md"
    assert main(["eval", questions, "--report", str(report), *folders]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["my <b>|set.jsonl", "my report.md", "my report.svg"]
    text = report.read_text(encoding="utf-8")
    assert text.startswith(
        "# Evaluation of my &lt;b&gt;\\|set.jsonl\n\n14 questions: the articles answer 2, and 12 not, asked of 2 "
    )
    assert "\n![Score by type of question, and reliability of the confidence](my%20report.svg)\n" in text
    assert text.count("\n### ") == 12
    assert "12 questions of 14, the worst first." in text
    assert "<" not in text
    assert "\x1b" not in text
    pays = "The town pays for the &lt;script&gt;alert\\(1\\)&lt;/script&gt; ferry. (ferry.txt, 29–83)"
    lost = text[text.index("### What did Kim") : text.index("### Who pays")]
    assert re.sub(r"confidence \d\.\d\d|reason: .*", "…", lost) == (
        "### What did Kim say about &lt;script&gt;borscht&lt;/script&gt; \\| \\*soup\\*?\n"
        "\n"
        "id \\|a\\|, type &lt;script&gt;\\|, score 0.00, …: **refused**\n"
        "\n"
        "- asked before: Who is \\[Kim\\]\\(x\\)?\n"
        "- …\n"
        "- needed: Tomas Okafor said that the tram is too \\| slow. (tram\\_1.txt, 0–46)\n"
        "  - or: The depot burnt down in 1954. (tram\\_1.txt, 47–76)\n"
        f"- needed: {pays}\n"
        "\n"
    )
    wrong = text[text.index("### Who pays") :].split("\n\n### ")[0]
    assert wrong.endswith(f"**answered, although the articles do not answer it**\n\n- cited, in vain: {pays}")
    tables = [line for line in text.splitlines() if line.startswith("| &lt;script&gt;\\| | 1 | 0.000 |")]
    assert tables == ["| &lt;script&gt;\\| | 1 | 0.000 | 0.000 | – | 0.000 | 0.000 | 0.000 | – | 1.000 |"]


def test_the_picture_is_sound_whatever_a_type_is_called(folders: list[str], tmp_path: Path) -> None:
    types = ["<script>", "\"&'", "\x00\x1b\ud800\uffff", "x" * 50, *(f"z{number}" for number in range(30))]
    questions = [{**(BORSCHT if place % 2 else PAID), "type": kind} for place, kind in enumerate(types)]
    path = write(tmp_path / "q.jsonl", *questions)
    assert main(["eval", path, "--report", str(tmp_path / "report"), *folders]) == 0
    root = ElementTree.fromstring((tmp_path / "report.svg").read_bytes())
    assert {element.tag.rpartition("}")[2] for element in root.iter()} == {
        "svg",
        "g",
        "rect",
        "text",
        "path",
        "circle",
        "title",
    }
    shown = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"<script>", "\"&'", "\ufffd" * 4, f"{'x' * 17}…", "z0"} <= set(shown)
    assert "and 10 more types" in shown


def test_a_picture_of_one_kind_of_question_says_what_it_lacks(
    folders: list[str], tmp_path: Path, make_library: MakeLibrary
) -> None:
    questions = load_questions(write(tmp_path / "q.jsonl", {**PAID, "type": ""}))
    found = evaluate_library(make_library(Path(folders[1])), questions)
    picture = figure_svg(found)
    assert ">all questions</text>" in picture
    assert ">This needs questions that the articles</text>" in picture
    assert "<circle" not in picture
    assert report_markdown(found, questions="q", index="i", picture="p").endswith("## Failures\n\nNone.\n")


def test_failures_are_wrapped_to_the_terminal(folders: list[str], tmp_path: Path, make_library: MakeLibrary) -> None:
    found = evaluate_library(make_library(Path(folders[1])), load_questions(write(tmp_path / "q.jsonl", LOST)))
    failure = evaluation_text(found, width=50).split("\n\n")[-1]
    assert max(map(len, failure.splitlines())) <= 50
    assert failure.endswith(
        "  needed  The town pays for the\n          <script>alert(1)</script> ferry.\n          (ferry.txt, 29–83)"
    )


BAD_FILES = [
    ("no such file", None, " cannot be read: No such file or directory. Give a file of lines "),
    ("no question", "", " has no questions. Write lines "),
    ("no JSON", "Who?\n", ", line 1 is not a question (Expecting value: "),
    ("no evidence", '{"question": "Who?"}\n', ", line 1 is not a question (evidence: field required): "),
]


@pytest.mark.parametrize(("content", "message"), [pytest.param(*case, id=why) for why, *case in BAD_FILES])
def test_a_file_that_holds_no_questions(content: str | None, message: str, tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "q.jsonl"
    if content is not None:
        path.write_text(content)
    assert main(["eval", str(path), "--seeds", str(tmp_path / "none")]) == 1  # reported before the seeds are looked at
    assert one_line_error(capsys).startswith(f"onrecord: {path}{message}")


BAD_EVIDENCE = [
    (
        "of no article",
        {"article": "bus.txt", "text": "x"},
        "the index has no article 'bus.txt'. Give its path in the seeds",
    ),
    (
        "not in it",
        {"article": "ferry.txt", "text": "The bus."},
        "'ferry.txt' has no text “The bus.”. Copy it from the article",
    ),
    (
        "beyond it",
        {"article": "ferry.txt", "start": 0, "end": 999},
        "'ferry.txt' ends at 84 and has no characters 0–999. Give",
    ),
]


@pytest.mark.parametrize(("stretch", "message"), [pytest.param(*case, id=why) for why, *case in BAD_EVIDENCE])
def test_evidence_that_is_nowhere(
    stretch: dict[str, Any], message: str, folders: list[str], tmp_path: Path, capsys: Captured
) -> None:
    path = write(tmp_path / "q.jsonl", PAID, {"question": "Who?", "evidence": [[stretch]]})
    report = tmp_path / "report.md"
    assert main(["eval", path, "--report", str(report), *folders]) == 1
    assert one_line_error(capsys).startswith(f"onrecord: {path}, line 2: {message}")
    assert [left.name for left in tmp_path.iterdir()] == ["q.jsonl"]


def test_a_report_that_cannot_be_written_is_told_first(tmp_path: Path, capsys: Captured) -> None:
    questions = write(tmp_path / "q.jsonl", PAID)
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (tmp_path / "dir.md").mkdir()
    (tmp_path / "kept.md").write_text("kept")
    (tmp_path / "kept.svg").mkdir()
    remedy = "Name a file in a folder that is yours to write to."
    messages = {
        "none/report.md": f"none/report.md cannot be written: No such file or directory. {remedy}",
        "dir.md": f"dir.md cannot be written: Is a directory. {remedy}",
        "kept.md": f"kept.svg cannot be written: Is a directory. {remedy}",
        "q.jsonl": "q.jsonl is the file of the questions. Give another name for the report.",
        "report.svg": "report.svg is the name of the report's picture. Give one that ends in .md.",
    }
    for name, message in messages.items():
        arguments = ["--report", str(tmp_path / name), "--seeds", str(seeds)]
        assert main(["eval", questions, *arguments]) == 1  # the seeds folder is empty, which would be the next error
        assert one_line_error(capsys) == f"onrecord: {tmp_path}/{message}"
    inside = str(seeds / "report.md")
    assert main(["eval", questions, "--report", inside, "--seeds", str(seeds)]) == 1
    assert one_line_error(capsys) == (
        f"onrecord: {inside} would be read as an article. Write the report outside {seeds}."
    )
    assert (tmp_path / "kept.md").read_text() == "kept"
    assert Path(questions).read_text() != ""
    assert list(seeds.iterdir()) == []
    assert not (tmp_path / "report.svg").exists()


def test_progress_of_questions_counts_no_sentences(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.text.report._LOG_SECONDS", 0)
    with Progress("asking", "questions") as progress:
        progress.show(3, 1200)
    assert capsys.readouterr().err == "asking: 3 of 1,200 questions\n"
