"""Records in, a bibliography out: BibTeX, RIS or CSL-JSON, with an item for each article and what is quoted from it.

Articles are untrusted: each value stays within its field, whatever it contains.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from index.english.dates import MONTHS, format_date
from index.english.names import FEMALE, MALE, PARTICLES, SUFFIXES
from ui.citing.links import to_address
from ui.citing.records import Record
from ui.inert import plain_text
from ui.wording import describe_speech, describe_voice

_LATEX = {
    **{sign: f"\\{sign}" for sign in "#$%&_"},
    # BibTeX counts braces even after a backslash, so that one alone would open or close a field.
    "{": r"{\textbraceleft}",
    "}": r"{\textbraceright}",
    "\\": r"{\textbackslash}",
    "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}",
}


@dataclass(frozen=True)
class Name:
    """An author: a person's family name and given names, or with `given` "" a name that is not taken apart."""

    family: str
    given: str


@dataclass(frozen=True)
class Item:
    """An article as a bibliography has it, everything on one line; "" is what it does not give.

    `day` is the date as (year, month, day), each None if not given. `pages` has the pages that are quoted, in order.
    `notes` has each sentence quoted from it with who says it, when in a recording, and its link.
    """

    key: str
    title: str
    source: str
    authors: tuple[Name, ...]
    day: tuple[int | None, int | None, int | None]
    address: str
    pages: tuple[str, ...]
    notes: tuple[str, ...]


def make_items(records: Sequence[Record]) -> list[Item]:
    """Return an item for each article, in the order in which they are first cited."""
    articles: dict[str, list[Record]] = {}
    for record in records:
        articles.setdefault(record.cited.article_id, []).append(record)
    return [_make_item(cited) for cited in articles.values()]


def to_bibtex(records: Sequence[Record]) -> str:
    """The articles as BibTeX entries, in UTF-8, which biber reads and BibTeX passes on."""
    return "\n".join(map(_bibtex_entry, make_items(records)))


def to_ris(records: Sequence[Record]) -> str:
    """The articles as RIS records: a tag and its value on each line."""
    return "\n".join(map(_ris_record, make_items(records)))


def to_csl(records: Sequence[Record]) -> str:
    """The articles as a list of CSL-JSON items."""
    return json.dumps([_csl_item(item) for item in make_items(records)], ensure_ascii=False, indent=2) + "\n"


def _make_item(records: Sequence[Record]) -> Item:
    cited = records[0].cited
    day = _read_date(cited.published)
    return Item(
        key=_make_key(cited.article_id, cited.source or "", day[0], cited.title),
        title=plain_text(cited.title or cited.article_id),
        source=plain_text(cited.source or ""),
        authors=read_names(cited.author),
        day=day,
        address=to_address(cited.url),
        pages=_list_pages(records),
        notes=tuple(map(_describe_quotation, records)),
    )


def _list_pages(records: Sequence[Record]) -> tuple[str, ...]:
    places = dict.fromkeys(record.cited.locator for record in records if record.cited.locator)
    pages = [plain_text(value) for kind, value in places if kind == "page"]
    return tuple(sorted(pages, key=lambda page: (not page.isdecimal(), int(page) if page.isdecimal() else 0)))


def _describe_quotation(record: Record) -> str:
    """A sentence with who says it, when in a recording, and its link.

    It begins with a quotation mark: some programs take "field: value" at the start of a note for a field.
    """
    voice, text = describe_voice(record.cited), plain_text(record.cited.text)
    quoted = text if text.startswith(("“", '"')) else f"“{text}”"
    kind, place = record.cited.locator or ("", "")
    about = [voice, describe_speech(record.cited.speech)] if voice else []
    about += [place] if kind == "timestamp" else []  # pages have a field of their own
    said = f" ({plain_text(', '.join(about))})" if about else ""
    return " ".join(part for part in (f"{quoted}{said}", record.link) if part)


def _make_key(article_id: str, source: str, year: int | None, title: str) -> str:
    """A key of the outlet, the year, the title and a digest of the id: the same in every bibliography."""
    words = _to_ascii(title).split("-")[:5]
    parts = [_to_ascii(source), str(year or ""), *words, sha256(article_id.encode("utf-8", "replace")).hexdigest()[:6]]
    return "-".join(part for part in parts if part)


def _to_ascii(text: str) -> str:
    """The letters and digits of ASCII in a text, in lower case, with a hyphen for the rest; at most 30 characters."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:30].strip("-")


def _read_date(published: str | None) -> tuple[int | None, int | None, int | None]:
    """A date as far as it is given, such as 2024-12-10, 2024-12, 2024 or --12-10; nothing of what is no date."""
    found = re.fullmatch(r"(\d{4}|-)(?:-(\d\d)(?:-(\d\d))?)?(?:[T ].*)?", published or "", re.ASCII)
    if not found or not (found[2] is None or format_date(published) != published):
        return None, None, None
    year, month, day = (int(part) if part and part != "-" else None for part in found.groups())
    return year, month, day


def read_names(author: str | None) -> tuple[Name, ...]:
    """The authors of an article; as one name that is not taken apart unless each is clearly a person's.

    "Jane Roe and Bo de Hale" are two; "Reuters", "Jane Roe, City Wire" and "Associated Press" are one.
    """
    whole = re.sub(r"^by\s+", "", plain_text(author or ""), flags=re.I)
    names = [_read_name(part) for part in re.split(r"\s*(?:,\s*and\s|,|;|&|\sand\s)\s*", whole)]
    if all(name.given for name in names):
        return tuple(names)
    return (Name(whole, ""),) if whole else ()


def _read_name(name: str) -> Name:
    words = name.split()
    is_known = 2 <= len(words) <= 4 and words[0].lower() in MALE | FEMALE
    if not is_known or words[-1].lower().strip(".") in SUFFIXES or not all(word[:1].isalpha() for word in words):
        return Name(name, "")
    begins = (i for i, word in enumerate(words) if i and word in PARTICLES)
    family = next(begins, len(words) - 1)
    return Name(" ".join(words[family:]), " ".join(words[:family]))


def _bibtex_entry(item: Item) -> str:
    year, month, day = item.day
    fields = {
        # Without the inner braces, styles would write names in lower case.
        "title": f"{{{_escape_latex(item.title)}}}",
        "author": " and ".join(map(_bibtex_name, item.authors)),
        "journal": _escape_latex(item.source),
        "year": str(year or ""),
        "day": str(day or ""),
        "pages": _escape_latex(", ".join(item.pages)),
        "url": item.address,
        "annote": _escape_latex(" ".join(item.notes)),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    if month:
        lines.append(f"  month = {MONTHS[month - 1][:3].lower()},")  # a word of BibTeX's own, which styles translate
    return "\n".join([f"@{'article' if item.source else 'misc'}{{{item.key},", *lines, "}\n"])


def _bibtex_name(name: Name) -> str:
    if not name.given:
        return f"{{{_escape_latex(name.family)}}}"
    return f"{_escape_latex(name.family)}, {_escape_latex(name.given)}"


def _escape_latex(text: str) -> str:
    return "".join(_LATEX.get(letter, letter) for letter in text)


def _ris_record(item: Item) -> str:
    year, month, day = item.day
    date = f"{year or ''}/{f'{month:02}' if month else ''}/{f'{day:02}' if day else ''}/"
    values = [
        ("TY", "NEWS"),
        ("ID", item.key),
        *(("AU", ", ".join(part for part in (name.family, name.given) if part)) for name in item.authors),
        ("TI", item.title),
        ("T2", item.source),
        ("PY", str(year or "")),
        ("DA", date if date != "///" else ""),
        ("SP", ", ".join(item.pages)),
        ("UR", item.address),
        *(("N1", note) for note in item.notes),
    ]
    return "".join(f"{tag}  - {value}\n" for tag, value in values if value) + "ER  - \n"


def _csl_item(item: Item) -> dict[str, Any]:
    authors = [
        {"family": name.family, "given": name.given} if name.given else {"literal": name.family}
        for name in item.authors
    ]
    # citeproc-js takes "{:field:value}" in a note for a field.
    note = "\n".join(item.notes).replace("{:", "{ :")
    values = {
        "id": item.key,
        "type": "article-newspaper",
        "title": item.title,
        "container-title": item.source,
        "author": authors,
        "issued": _csl_date(item.day),
        "page": ", ".join(item.pages),
        "URL": item.address,
        "note": note,
    }
    return {name: value for name, value in values.items() if value}


def _csl_date(day: tuple[int | None, int | None, int | None]) -> dict[str, Any]:
    given = [part for part in day if part is not None]
    if day[0] is not None:
        return {"date-parts": [given]}
    return {"literal": f"{day[2] or ''} {MONTHS[day[1] - 1]}".strip()} if day[1] else {}
