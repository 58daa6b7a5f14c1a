"""The project's own rules: which way imports go, what is imported when, and who may print."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("index", "qa", "ui")
HEAVY = (
    "Stemmer",
    "chromadb",
    "gradio",
    "llama_index",
    "numpy",
    "sentence_transformers",
    "spacy",
    "torch",
    "transformers",
    "yaml",
)


def modules(*packages: str) -> dict[str, ast.Module]:
    """By path, the parsed source of every module of these packages."""
    paths = sorted(path for package in packages for path in (ROOT / package).rglob("*.py"))
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def imported(module: ast.Module) -> Iterator[str]:
    """The top-level packages that a module imports, anywhere in it."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0] if node.level == 0 else "(relative)"


BELOW = [
    ("articles know nothing of questions or pages", "index", {"index"}),
    ("answers know nothing of pages", "qa", {"index", "qa"}),
    ("the user interface may use both", "ui", {"index", "qa", "ui"}),
]


@pytest.mark.parametrize(("package", "allowed"), [case[1:] for case in BELOW], ids=[case[0] for case in BELOW])
def test_imports_go_one_way(package: str, allowed: set[str]) -> None:
    found = {
        path: set(imported(module)) & {*PACKAGES, "tests", "(relative)"} for path, module in modules(package).items()
    }
    wrong = {path: names - allowed for path, names in found.items() if names - allowed}
    # `python -m index` and `python -m qa` are commands, which ui/ runs.
    wrong.pop(f"{package}/__main__.py", None)
    assert len(found) > 1
    assert wrong == {}


def test_print_is_called_only_in_the_user_interface() -> None:
    calls = [
        f"{path}:{node.lineno}"
        for path, module in modules("index", "qa").items()
        for node in ast.walk(module)
        if isinstance(node, ast.Name) and node.id == "print"
    ]
    assert calls == []


QUICK = [
    ("the module of the command line", "import ui.cli"),
    ("the help", "from ui.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass"),
    (
        "the help of a command",
        "from ui.cli import main\ntry:\n    main(['ask', '--help'])\nexcept SystemExit:\n    pass",
    ),
    ("an empty question", "from ui.cli import main\nmain(['ask', ''])"),
    ("a file of questions that is not there", "from ui.cli import main\nmain(['eval', 'no-such-file'])"),
    ("a folder that is not there", "from ui.cli import main\nmain(['index', '--seeds', 'no-such-folder'])"),
]


@pytest.mark.parametrize("code", [case[1] for case in QUICK], ids=[case[0] for case in QUICK])
def test_heavy_packages_wait_until_they_are_needed(code: str) -> None:
    report = f"{code}\nimport sys\nprint('LOADED', *sorted(set({HEAVY}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", report], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "LOADED"


def test_finding_speakers_does_without_torch_and_leaves_it_to_others() -> None:
    code = "import sys\nfrom index.speech.attribution import parse\nparse(['It is open, said Ana Ruiz.'])\n"
    code += "assert 'spacy' in sys.modules\nassert 'torch' not in sys.modules\n"
    code += "import torch\nassert torch.ones(2).sum() == 2"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
