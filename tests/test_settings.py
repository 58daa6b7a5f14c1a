"""Settings: keyword arguments over the environment over onrecord.toml over the defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import SettingsError
from index.settings import BUNDLED_MODEL, Settings, load_settings


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_defaults(folder: Path) -> None:
    assert load_settings() == Settings(
        seeds=folder / "seeds",
        store=folder / ".onrecord" / "seeds",
        model="all-MiniLM-L6-v2",
        reranker=None,
        min_confidence=0.5,
        max_article_mb=5.0,
    )
    assert BUNDLED_MODEL == "all-MiniLM-L6-v2"


def test_default_store_is_beside_the_seeds_wherever_a_command_is_run(folder: Path) -> None:
    assert load_settings(seeds="/news/2024").store == Path("/news/.onrecord/2024")
    assert load_settings(seeds="north/").store == folder / ".onrecord" / "north"


def test_store_of_the_folder_above_does_not_lie_in_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "north" / "town").mkdir(parents=True)
    monkeypatch.chdir(folder / "north" / "town")
    settings = load_settings(seeds="..")
    assert (settings.seeds, settings.store) == (folder / "north", folder / ".onrecord" / "north")


def test_each_layer_over_the_one_below(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "onrecord.toml").write_text(
        'seeds = "from-toml"\nstore = "index-toml"\nmodel = "./toml-model"\nreranker = "./toml-reranker"\n'
        "min_confidence = 0.1\nmax_article_mb = 1\n"
    )
    assert load_settings() == Settings(
        seeds=folder / "from-toml",
        store=folder / "index-toml",
        model="./toml-model",
        reranker="./toml-reranker",
        min_confidence=0.1,
        max_article_mb=1.0,
    )
    for name in ("SEEDS", "STORE", "MODEL", "RERANKER"):
        monkeypatch.setenv(f"ONRECORD_{name}", f"env-{name.lower()}")
    monkeypatch.setenv("ONRECORD_MIN_CONFIDENCE", "0.25")
    monkeypatch.setenv("ONRECORD_MAX_ARTICLE_MB", "")  # an empty variable does not count
    from_environment = Settings(
        seeds=folder / "env-seeds",
        store=folder / "env-store",
        model="env-model",
        reranker="env-reranker",
        min_confidence=0.25,
        max_article_mb=1.0,
    )
    assert load_settings() == from_environment
    assert load_settings(seeds=folder / "given", store="~/index") == Settings(
        seeds=folder / "given",
        store=Path.home() / "index",
        model="env-model",
        reranker="env-reranker",
        min_confidence=0.25,
        max_article_mb=1.0,
    )


def test_chroma_server(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "onrecord.toml").write_text('chroma_url = "https://chroma.example.org:8443/"\nchroma_tenant = "north"\n')
    monkeypatch.setenv("ONRECORD_CHROMA_TOKEN", "s3cret")
    monkeypatch.setenv("ONRECORD_CHROMA_DATABASE", "news")
    settings = load_settings()
    assert settings == Settings(
        seeds=folder / "seeds",
        store=folder / ".onrecord" / "seeds",
        chroma_url="https://chroma.example.org:8443",
        chroma_token="s3cret",
        chroma_tenant="north",
        chroma_database="news",
    )
    assert "s3cret" not in repr(settings)


KNOWN = (
    "chroma_database, chroma_tenant, chroma_token, chroma_url, history_mb, max_article_mb, min_confidence, model, "
    "reader, reranker, seeds, store, webhook, webhook_private"
)
TOML = [
    ("a setting that there is not", "seed = 1", f"onrecord.toml sets 'seed', which is not a setting. Known: {KNOWN}."),
    (
        "no TOML",
        "seeds: news",
        "onrecord.toml cannot be read: Expected '=' after a key in a key/value pair (at line 1, column 6). "
        "Correct it, or move it away.",
    ),
    (
        "not UTF-8",
        b'seeds = "\xff"',
        "onrecord.toml cannot be read: 'utf-8' codec can't decode byte 0xff in position 9: invalid start byte. "
        "Correct it, or move it away.",
    ),
    ("above the range", "min_confidence = 1.5", "min_confidence is 1.5; give a number from 0 to 1."),
    ("no such reader", "reader = 'big'", "reader is 'big'; give bundled or none."),
    ("a truth value is no number", "min_confidence = true", "min_confidence is True; give a number from 0 to 1."),
    ("infinite", "max_article_mb = inf", "max_article_mb is inf; give a number from 0 to 1e+06."),
    (
        "the folder of a user there is not",
        'seeds = "~nobody-of-this-name/news"',
        "seeds is '~nobody-of-this-name/news', which is not a folder: Could not determine home directory.",
    ),
]


@pytest.mark.parametrize(("content", "message"), [case[1:] for case in TOML], ids=[case[0] for case in TOML])
def test_toml_that_cannot_be_used(folder: Path, content: str | bytes, message: str) -> None:
    (folder / "onrecord.toml").write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(SettingsError) as raised:
        load_settings()
    assert str(raised.value) == message


ENVIRONMENT = [
    (
        "no address",
        "ONRECORD_CHROMA_URL",
        "localhost:8000",
        "chroma_url is 'localhost:8000'; give an address such as http://localhost:8000.",
    ),
    ("a reader", "ONRECORD_READER", "0", "reader is '0'; give bundled or none."),
    ("a word", "ONRECORD_MIN_CONFIDENCE", "high", "min_confidence is 'high'; give a number from 0 to 1."),
    ("no number", "ONRECORD_MIN_CONFIDENCE", "nan", "min_confidence is 'nan'; give a number from 0 to 1."),
    ("below 0", "ONRECORD_MAX_ARTICLE_MB", "-1", "max_article_mb is '-1'; give a number from 0 to 1e+06."),
]


@pytest.mark.parametrize(
    ("name", "value", "message"), [case[1:] for case in ENVIRONMENT], ids=[case[0] for case in ENVIRONMENT]
)
def test_environment_that_cannot_be_used(monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as raised:
        load_settings()
    assert str(raised.value) == message
