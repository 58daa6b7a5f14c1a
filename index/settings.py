"""One frozen Settings: keyword arguments over the environment over `onrecord.toml` over the defaults."""

from __future__ import annotations

import dataclasses
import os
import re
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from index.errors import SettingsError

BUNDLED_MODEL = "all-MiniLM-L6-v2"
BUNDLED_READER, NO_READER = "bundled", "none"


@dataclass(frozen=True)
class Settings:
    """All settings. Each field is also `ONRECORD_<NAME>` in the environment and `<name>` in `onrecord.toml`.

    seeds            the folder of articles
    store            the folder of the index; by default `.onrecord/<name of seeds>` beside the seeds folder, so that a
                     folder of articles has one index, wherever commands are run
    model            the bundled all-MiniLM-L6-v2, or the name or folder of any sentence-transformers model
    reader           "bundled": the bundled reader reads the best evidence; "none": it is ranked by its features alone
    reranker         the name or folder of a sentence-transformers cross-encoder that ranks the best evidence again
    min_confidence   answers with a confidence, in [0, 1], below this become refusals
    max_article_mb   larger articles are skipped and reported; in megabytes of 10^6 bytes
    history_mb       what earlier versions of articles may take, packed; in megabytes of 10^6 bytes
    webhook          the address that what is new for a watch is sent to, as JSON; without it, nothing is sent
    webhook_private  whether that may be an address of this machine or of a private network
    chroma_url       the address of a Chroma server, such as http://localhost:8000; without it, Chroma is embedded
    chroma_token     sent to that server, as a bearer token and as X-Chroma-Token
    chroma_tenant    the tenant on that server
    chroma_database  the database of that tenant
    """

    seeds: Path
    store: Path
    model: str = BUNDLED_MODEL
    reader: str = BUNDLED_READER
    reranker: str | None = None
    min_confidence: float = 0.5
    max_article_mb: float = 5.0
    history_mb: float = 200.0
    webhook: str | None = dataclasses.field(default=None, repr=False)
    webhook_private: bool = False
    chroma_url: str | None = None
    chroma_token: str | None = dataclasses.field(default=None, repr=False)
    chroma_tenant: str = "default_tenant"
    chroma_database: str = "default_database"

    @property
    def max_article_bytes(self) -> int:
        """`max_article_mb` in bytes."""
        return int(self.max_article_mb * 1_000_000)


def load_settings(*, seeds: str | Path | None = None, store: str | Path | None = None) -> Settings:
    """The settings that apply in the current folder; raises SettingsError for an invalid value."""
    given = _read_toml(Path("onrecord.toml"))
    for field in fields(Settings):
        value = os.environ.get(f"ONRECORD_{field.name.upper()}")
        if value:
            given[field.name] = value
    if seeds is not None:
        given["seeds"] = seeds
    if store is not None:
        given["store"] = store

    seeds = _folder(given, "seeds", Path("seeds"))
    store = _folder(given, "store", seeds.parent / ".onrecord" / seeds.name)
    return Settings(
        seeds=seeds,
        store=store,
        model=str(given.get("model", Settings.model)),
        reader=_reader(given.get("reader", Settings.reader)),
        reranker=str(given["reranker"]) if given.get("reranker") else None,
        min_confidence=_number(given, "min_confidence", Settings.min_confidence, highest=1.0),
        max_article_mb=_number(given, "max_article_mb", Settings.max_article_mb, highest=1e6),
        history_mb=_number(given, "history_mb", Settings.history_mb, highest=1e6),
        webhook=_webhook(given.get("webhook")),
        webhook_private=_switch(given, "webhook_private"),
        chroma_url=_address(given.get("chroma_url")),
        chroma_token=str(given["chroma_token"]) if given.get("chroma_token") else None,
        chroma_tenant=str(given.get("chroma_tenant", Settings.chroma_tenant)),
        chroma_database=str(given.get("chroma_database", Settings.chroma_database)),
    )


def _read_toml(path: Path) -> dict[str, object]:
    if not path.is_file():
        return {}
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path} cannot be read: {error}. Correct it, or move it away.") from error
    known = {field.name for field in fields(Settings)}
    for name in given:
        if name not in known:
            raise SettingsError(f"{path} sets {name!r}, which is not a setting. Known: {', '.join(sorted(known))}.")
    return given


def _folder(given: dict[str, object], name: str, default: Path) -> Path:
    value = given.get(name, default)
    try:
        folder = Path(str(value)).expanduser().absolute()
    except RuntimeError as error:  # ~name, where no user has that name
        raise SettingsError(f"{name} is {str(value)!r}, which is not a folder: {error}") from error
    return folder.resolve() if ".." in folder.parts else folder  # else the index of ".." would lie inside it


def _number(given: dict[str, object], name: str, default: float, *, highest: float) -> float:
    value = given.get(name, default)
    try:
        number = float(str(value))
    except ValueError:
        number = float("nan")
    if not 0.0 <= number <= highest:
        raise SettingsError(f"{name} is {value!r}; give a number from 0 to {highest:g}.")
    return number


def _reader(value: object) -> str:
    if value not in (BUNDLED_READER, NO_READER):
        raise SettingsError(f"reader is {value!r}; give {BUNDLED_READER} or {NO_READER}.")
    return str(value)


def _address(value: object) -> str | None:
    if value and not re.fullmatch(r"https?://[^\s/]+/?", str(value)):
        raise SettingsError(f"chroma_url is {value!r}; give an address such as http://localhost:8000.")
    return str(value).rstrip("/") if value else None


def _webhook(value: object) -> str | None:
    if value and not re.fullmatch(r"https?://[^\s/@]+(?:/\S*)?", str(value)):
        raise SettingsError("webhook is not an address such as https://example.org/news, without a user in it.")
    return str(value) if value else None


def _switch(given: dict[str, object], name: str) -> bool:
    value = str(given.get(name, "false")).lower()
    if value not in ("true", "false"):
        raise SettingsError(f"{name} is {given[name]!r}; give true or false.")
    return value == "true"
