"""The project's rules: who may import what, and when; who may print; how long code may be; what is packaged.

Every import counts, including those inside functions and those for type checkers only.
"""

from __future__ import annotations

import ast
import re
import runpy
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path, PurePosixPath

import pytest
from setuptools import find_packages

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
LINES_OF_A_MODULE, LINES_OF_A_FUNCTION = 500, 60

SOURCES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*.py"))
}
MODULES = {path: ast.parse(source) for path, source in SOURCES.items()}


def to_name(path: str) -> str:
    """The dotted name of a module."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imported(module: ast.Module) -> Iterator[str]:
    """The dotted names that a module imports anywhere: modules, and names taken from modules."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            module_name = "." * node.level + (node.module or "")
            yield from (f"{module_name}.{name.name}" for name in node.names)


def top(name: str) -> str:
    return name.partition(".")[0]


BELOW = [
    ("articles know nothing of questions or pages", "index", {"index"}),
    ("answers know nothing of pages", "qa", {"index", "qa"}),
    ("the user interface may use both", "ui", {"index", "qa", "ui"}),
]


@pytest.mark.parametrize(("package", "allowed"), [case[1:] for case in BELOW], ids=[case[0] for case in BELOW])
def test_imports_go_one_way(package: str, allowed: set[str]) -> None:
    found = {
        path: set(map(top, imported(module))) & {*PACKAGES, "tests", ""}  # "": a relative import
        for path, module in MODULES.items()
        if path.startswith(f"{package}/")
    }
    wrong = {path: names - allowed for path, names in found.items() if names - allowed}
    # `python -m index` and `python -m qa` are commands, and ui/ runs commands.
    wrong.pop(f"{package}/__main__.py", None)
    assert len(found) > 1
    assert wrong == {}


def test_no_module_imports_itself_by_way_of_others() -> None:
    names = set(map(to_name, MODULES))
    graph = {}
    for path, module in MODULES.items():
        imports = {name if name in names else name.rpartition(".")[0] for name in imported(module)}
        graph[to_name(path)] = imports & names
    assert any(graph.values())
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


HOMES = [
    ("chromadb", "index/storage/"),
    ("sqlite3", "index/storage/"),
    ("tantivy", "index/storage/"),
    ("onnxruntime", "index/models/"),
    ("sentence_transformers", "index/models/"),
    ("torch", "index/models/"),
    ("transformers", "index/models/"),
    ("gradio", "ui/"),
]


@pytest.mark.parametrize(("library", "home"), HOMES, ids=[library for library, _ in HOMES])
def test_library_is_imported_in_its_home_alone(library: str, home: str) -> None:
    assert [path for path in MODULES if path.startswith(home)]
    assert [
        path for path, module in MODULES.items() if library in map(top, imported(module)) and not path.startswith(home)
    ] == []


def test_english_words_are_kept_in_one_folder() -> None:
    home, found = "index/english/", []
    for path, module in MODULES.items():
        if path.startswith(home) or path == "index/words.py":
            continue
        for node in ast.walk(module):
            table = isinstance(node, ast.Name) and node.id == "word_set"
            # A pattern with seven words or more to choose from is a table.
            pattern = isinstance(node, ast.Constant) and re.search(r"(?:[A-Za-z]{2,}\|){6}[A-Za-z]{2}", str(node.value))
            if table or pattern:
                found.append(f"{path}:{node.lineno}")
    assert [path for path in MODULES if path.startswith(home)]
    assert found == []


def test_print_is_called_only_in_the_user_interface() -> None:
    calls = [
        f"{path}:{node.lineno}"
        for path, module in MODULES.items()
        for node in ast.walk(module)
        if isinstance(node, ast.Name) and node.id == "print" and not path.startswith("ui/")
    ]
    assert calls == []


QUICK = [
    ("the module of the command line", "import ui.cli"),
    ("the help", "from ui.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass"),
    (
        "the help of a command",
        "from ui.cli import main\ntry:\n    main(['ask', '--help'])\nexcept SystemExit:\n    pass",
    ),
    ("the version", "from ui.cli import main\ntry:\n    main(['--version'])\nexcept SystemExit:\n    pass"),
    ("an empty question", "from ui.cli import main\nmain(['ask', ''])"),
    ("a file of questions that is not there", "from ui.cli import main\nmain(['eval', 'no-such-file'])"),
    ("a folder that is not there", "from ui.cli import main\nmain(['index', '--seeds', 'no-such-folder'])"),
]


@pytest.mark.parametrize("code", [case[1] for case in QUICK], ids=[case[0] for case in QUICK])
def test_heavy_packages_wait_until_they_are_needed(code: str) -> None:
    report = f"{code}\nimport sys\nprint('LOADED', *sorted(set({HEAVY}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", report], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "LOADED"


def test_what_finds_speakers_waits_until_articles_are_indexed() -> None:
    """A question from a new process would wait a third of a second for it."""
    code = (
        "import sys\nimport qa.ask\nassert not [name for name in sys.modules if name == 'index.speech.attribution']\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_finding_speakers_does_without_torch_and_leaves_it_to_others() -> None:
    code = "import sys\nfrom index.speech.attribution import parse\nparse(['It is open, said Ana Ruiz.'])\n"
    code += "assert 'spacy' in sys.modules\nassert 'torch' not in sys.modules\n"
    code += "import torch\nassert torch.ones(2).sum() == 2"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_every_module_says_what_it_is_for() -> None:
    assert [path for path, module in MODULES.items() if not ast.get_docstring(module)] == []


def test_no_module_is_too_long() -> None:
    lengths = {path: source.count("\n") for path, source in SOURCES.items()}
    assert {path: lines for path, lines in lengths.items() if lines > LINES_OF_A_MODULE} == {}


def test_no_function_is_too_long() -> None:
    lengths = {
        f"{path} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path, module in MODULES.items()
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: lines for name, lines in lengths.items() if lines > LINES_OF_A_FUNCTION} == {}


def test_everything_is_packaged() -> None:
    """A quick check of the settings; `tests/test_wheel.py` looks into a real wheel."""
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    packages = find_packages(str(ROOT), include=tool["packages"]["find"]["include"])
    assert set(packages) == {to_name(str(PurePosixPath(path).parent)) for path in SOURCES}
    patterns = {
        f"{package.replace('.', '/')}/{pattern}"
        for name, patterns in tool["package-data"].items()
        for package in (packages if name == "*" else [name])
        for pattern in patterns
    }
    assets = [
        path.relative_to(ROOT)
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    ]
    assert assets
    assert [str(path) for path in assets if not any(path.match(pattern) for pattern in patterns)] == []


DOCS = [path for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")) if path.name != "CHANGELOG.md"]
# As `index/library.py` and `seeds/` below the project's folder; `view.py` alone may lie in any of its folders.
PLACE = re.compile(r"(?<![\w./-])(?:docs|index|qa|seeds|tests|ui)/[\w./-]*")
FILE = re.compile(r"(?<![\w./-])[\w-]+\.(?:css|js|py|svg)(?![\w/-])")


def find_wrong_paths(page: str) -> list[str]:
    """The paths in backticks on a page of Markdown that the project does not have."""
    folders = [ROOT / name for name in (*PACKAGES, "docs", "tests")]
    names = {path.name for folder in folders for path in folder.rglob("*")}
    quoted = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", page, flags=re.MULTILINE | re.DOTALL))
    places = [place for words in quoted for place in PLACE.findall(words) if not (ROOT / place).exists()]
    return places + [name for words in quoted for name in FILE.findall(words) if name not in names]


@pytest.mark.parametrize("page", DOCS, ids=[path.relative_to(ROOT).as_posix() for path in DOCS])
def test_documentation_names_files_that_exist(page: Path) -> None:
    assert find_wrong_paths(page.read_text(encoding="utf-8")) == []


def test_a_path_that_does_not_exist_is_found() -> None:
    page = "`index/library.py`, `ui/pages/`, `view.py`, `pytest tests/test_gone.py`, `gone.py`, `index/gone/`"
    assert find_wrong_paths(page) == ["tests/test_gone.py", "index/gone/", "gone.py"]


def test_the_picture_of_the_modules_is_up_to_date() -> None:
    """Run `python docs/architecture.py` where it is not."""
    drawn = runpy.run_path(str(ROOT / "docs" / "architecture.py"))["draw_picture"]()
    assert (ROOT / "docs" / "architecture.svg").read_text(encoding="utf-8") == drawn
