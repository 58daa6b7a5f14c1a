"""Every example in docs/api.md runs as printed there, except for the address, and prints what is shown."""

from __future__ import annotations

import inspect
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

from qa.answer import Answer, Citation
from tests.conftest import run_coroutine
from ui.api import ENDPOINTS, Service

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "api.md"
ADDRESS = "http://127.0.0.1:7860"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)

BLOCKS = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
EXAMPLES = [
    (language, code, shown)
    for (language, code), (_, shown) in zip(BLOCKS, [*BLOCKS[1:], ("", "")], strict=True)
    if language in ("bash", "python")
]
(CONFIGURATION,) = (code for language, code in BLOCKS if language == "json")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a reader who has run `make run`, with an index of its own."""
    commands = tmp_path_factory.mktemp("bin")
    onrecord = commands / "onrecord"
    onrecord.write_text(f"#!{sys.executable}\nimport sys\nfrom ui.cli import main\nsys.exit(main())\n")
    onrecord.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ONRECORD_")}
    store = str(tmp_path_factory.mktemp("store"))
    path = f"{commands}{os.pathsep}{kept['PATH']}"
    return kept | {"PATH": path, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "ONRECORD_STORE": store}


def test_each_kind_of_block_is_known() -> None:
    """No test would run an example in another language."""
    kinds = [language for language, _ in BLOCKS]
    assert set(kinds) == {"bash", "json", "python", "text"}
    assert kinds.count("text") == len(EXAMPLES) > 9


def test_every_field_and_parameter_is_told() -> None:
    page = PAGE.read_text(encoding="utf-8")
    told = set(re.findall(r"`(\w+)`", page))
    assert {field.name for kind in (Answer, Citation) for field in fields(kind)} <= told
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", page.split("## HTTP")[1], re.MULTILINE))
    assert {name: re.findall(r"`(\w+)`", row) for name, row in rows.items()} == {
        name: list(inspect.signature(getattr(Service, name)).parameters)[1:] for name in ENDPOINTS
    }


def names(code: str) -> str:
    return code.strip().splitlines()[-1][:60]


@pytest.mark.slow
@pytest.mark.parametrize(("language", "code", "shown"), EXAMPLES, ids=[names(code) for _, code, _ in EXAMPLES])
def test_example_prints_what_is_shown(
    language: str, code: str, shown: str, served: str, environment: dict[str, str]
) -> None:
    if "curl" in code and not shutil.which("curl"):
        pytest.skip("no curl is here")
    interpreter = {"bash": ["bash", "-euc"], "python": [sys.executable, "-c"]}[language]
    code = code.replace(ADDRESS, served.rstrip("/"))
    ran = subprocess.run([*interpreter, code], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
    expected = ".*?".join(map(re.escape, shown.rstrip().split("…")))  # … stands for what varies or is long
    assert re.fullmatch(expected, ran.stdout.rstrip(), re.DOTALL), ran.stdout


@pytest.mark.slow
def test_configuration_of_a_client_that_starts_the_program(environment: dict[str, str]) -> None:
    given = json.loads(CONFIGURATION)["mcpServers"]["onrecord"]
    assert given["command"].endswith("/.venv/bin/onrecord")
    command = shutil.which("onrecord", path=environment["PATH"])
    assert command
    arguments = [argument.replace("/home/me/on-the-record", str(ROOT)) for argument in given["args"]]
    parameters = StdioServerParameters(command=command, args=arguments, env=environment, cwd=ROOT)

    async def run() -> list[str]:
        async with stdio_client(parameters) as streams, ClientSession(*streams) as session:
            await session.initialize()
            return [tool.name for tool in (await session.list_tools()).tools]

    assert run_coroutine(run()) == ["ask", "quotes", "read_article", "watches", "news"]
