"""The wheel contains the whole product and nothing else, and once installed it answers."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("index", "qa", "ui")
SOURCES = ("LICENSE", "README.md", "pyproject.toml", *PACKAGES)
PIP = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of the sources because a build leaves files beside them."""
    folder = tmp_path_factory.mktemp("wheel")
    copy = folder / "sources"
    copy.mkdir()
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, copy)
    build = [*PIP, "wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder), str(copy)]
    subprocess.run(build, check=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` folder of an environment with the wheel and its dependencies."""
    environment = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    programs = environment / "bin"
    subprocess.run(
        [*PIP, "--python", str(programs / "python"), "install", "--no-deps", "--no-index", str(wheel)], check=True
    )
    (packages,) = environment.glob("lib/python*/site-packages")
    # The dependencies are those of this process. Python does not read the .pth files in a folder that a .pth file
    # names, so an editable installation of this checkout has no effect.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return programs


def run(program: Path, *arguments: str | Path, cwd: Path) -> str:
    """What a program of the environment prints, run in a folder without the sources."""
    outside = ("ONRECORD_", "PYTHON", "VIRTUAL_ENV")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(outside)}
    done = subprocess.run(
        [program, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_wheel_holds_the_product_alone(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if not name.endswith("/")}
    information = {name for name in held if name.startswith("onrecord-0.1.0.dist-info/")}
    assert held - information == {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert {"index/py.typed", "qa/py.typed", "ui/py.typed", "ui/assets/app.css", "ui/assets/favicon.svg"} <= held
    assert {Path(name).name for name in information} >= {"METADATA", "entry_points.txt", "LICENSE"}


@pytest.mark.slow
def test_installed_wheel_answers(installed: Path, seeds: Path, tmp_path: Path) -> None:
    shutil.copytree(seeds, tmp_path / "news")
    where = "import index, qa, ui; print(*(package.__file__ for package in (index, qa, ui)), sep='\\n')"
    files = run(installed / "python", "-c", where, cwd=tmp_path).splitlines()
    assert [Path(file).is_relative_to(installed.parent) for file in files] == [True] * 3
    assert run(installed / "onrecord", "--version", cwd=tmp_path) == "onrecord 0.1.0\n"

    question = "What did Peskov say about Assad?"
    answer = json.loads(run(installed / "onrecord", "ask", question, "--json", "--seeds", "news", cwd=tmp_path))
    assert (answer["answered"], [citation["text"] for citation in answer["citations"]]) == (
        True,
        ["Peskov confirmed that Assad has been granted asylum in Russia, a decision made by President Vladimir Putin."],
    )
