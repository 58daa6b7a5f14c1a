"""Citations in every format, read back by the parsers that other systems use."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote

import bibtexparser
import pytest
import rispy
from bibtexparser.middlewares import SeparateCoAuthors
from pylatexenc.latex2text import LatexNodes2Text

from index.errors import StoreError
from qa.answer import CitedSentence
from ui.citing.bibliography import Name, read_names
from ui.citing.cite import write
from ui.citing.formats import FORMATS
from ui.citing.links import link_to_sentence

TEXT = (
    "Bridge opens\n\nThe mayor spoke at noon. Yes. “We will build it – for 5 & 6, and more,” Ana Ruiz said.\n\n"
    "Work starts in May. It was cold. Yes. Nobody else spoke.\n"
)
SAID = CitedSentence(
    article_id="city/bridge.txt",
    digest="d",
    title="A bridge at last",
    source="City Wire",
    author="Lee Park and Jane de Roe",
    published="2024-12-10",
    url="https://news.example/bridge?a=1&b=2",
    start=TEXT.index("“We"),
    end=TEXT.index(" said.") + 6,
    text="“We will build it – for 5 & 6, and more,” Ana Ruiz said.",
    speaker="Ana Ruiz",
    speech="direct",
    statements=(),
    locator=None,
)


def cut(text: str, occurrence: int = 0, **changes: Any) -> CitedSentence:
    """A sentence of TEXT that nobody says; `occurrence` counts from 0 where it has several like it."""
    start = [found.start() for found in re.finditer(re.escape(text), TEXT)][occurrence]
    said = replace(SAID, text=text, start=start, end=start + len(text), speaker=None, speech=None)
    return replace(said, **changes)


WORK = cut("Work starts in May.")
OTHER = replace(SAID, article_id="other.txt", title="Other", source=None, author="Reuters", published=None, url=None)
HOSTILE = (
    'Evil} \\end{document} {@book{x, title={y}} 100% $5 #1 a_b ~^ "q" \r\nER  - \nTY  - BOOK\nAU  - Mallory\r'
    "<script>alert(1)</script> [a](javascript:alert(2)) **b** \x1b[31m \u202eeriw \x00 {:DOI: 10.1/1} \u2028DOI: 10.1/2"
)
EVIL = replace(
    SAID,
    article_id=HOSTILE,
    title=HOSTILE,
    source=HOSTILE,
    author=f"{HOSTILE} and {{Mallory",
    published='2024"},',
    url="javascript:alert(1)",
    text=HOSTILE,
    speaker=HOSTILE,
)


def made(form: str, *sentences: CitedSentence, text: str = TEXT) -> str:
    return write(sentences, form, lambda _: text)


def read_bibtex(text: str) -> list[dict[str, Any]]:
    read = bibtexparser.parse_string(text, append_middleware=[SeparateCoAuthors()])
    assert read.failed_blocks == []
    assert read.comments == []
    decode = LatexNodes2Text(keep_braced_groups=False).latex_to_text
    entries: list[dict[str, Any]] = []
    for entry in read.entries:
        fields: dict[str, Any] = {field.key: field.value for field in entry.fields}
        for name in {"title", "journal", "annote"} & set(fields):
            fields[name] = decode(spell(fields[name]))
        fields["author"] = [decode(spell(author)) for author in fields["author"]]
        entries.append({"type": entry.entry_type, "key": entry.key, **fields})
    return entries


def spell(latex: str) -> str:
    """LaTeX with the names of signs that the decoder does not know in another spelling."""
    latex = latex.replace(r"{\textbraceleft}", r"\{").replace(r"{\textbraceright}", r"\}")
    return latex.replace(r"{\textasciicircum}", "^")


def render(csl: str) -> list[str]:
    """The entries of a bibliography as a style writes them."""
    from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
    from citeproc.source.json import CiteProcJSON

    items = json.loads(csl)
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = CitationStylesBibliography(style, CiteProcJSON(items), formatter.plain)
    for item in items:
        bibliography.register(Citation([CitationItem(item["id"])]))
    return [str(entry) for entry in bibliography.bibliography()]


# A bibliography has an item for each article


def test_bibtex_is_read_by_a_parser() -> None:
    first, second = read_bibtex(made("bibtex", SAID, OTHER, WORK))
    link = link_to_sentence(SAID.url, TEXT, SAID.start, SAID.end)
    assert first == {
        "type": "article",
        "key": "city-wire-2024-a-bridge-at-last-6bb1e4",
        "title": "A bridge at last",
        "author": ["Park, Lee", "de Roe, Jane"],
        "journal": "City Wire",
        "year": "2024",
        "month": "dec",
        "day": "10",
        "url": "https://news.example/bridge?a=1&b=2",
        "annote": f"{SAID.text} (Ana Ruiz, quoted) {link} "
        f"“Work starts in May.” {link_to_sentence(SAID.url, TEXT, WORK.start, WORK.end)}",
    }
    assert second["type"] == "misc"
    assert second["author"] == ["Reuters"]
    assert {"journal", "year", "month", "url"} & set(second) == set()


def test_ris_is_read_by_a_parser() -> None:
    first, second = rispy.loads(made("ris", SAID, OTHER, WORK))
    assert first == {
        "type_of_reference": "NEWS",
        "id": "city-wire-2024-a-bridge-at-last-6bb1e4",
        "authors": ["Park, Lee", "de Roe, Jane"],
        "title": "A bridge at last",
        "secondary_title": "City Wire",
        "year": "2024",
        "date": "2024/12/10/",
        "urls": ["https://news.example/bridge?a=1&b=2"],
        "notes": [
            f"{SAID.text} (Ana Ruiz, quoted) {link_to_sentence(SAID.url, TEXT, SAID.start, SAID.end)}",
            f"“Work starts in May.” {link_to_sentence(SAID.url, TEXT, WORK.start, WORK.end)}",
        ],
    }
    assert second["authors"] == ["Reuters"]
    assert {"year", "date", "urls", "secondary_title"} & set(second) == set()


def test_csl_is_rendered_by_a_style() -> None:
    csl = made("csl", SAID, OTHER, WORK)
    first, second = render(csl)
    assert first == (
        "Park, L. and de Roe, J. (2024) “A bridge at last”, City Wire, 10 December. "
        "Available at: https://news.example/bridge?a=1&b=2."
    )
    assert second.startswith("Reuters")
    assert "“Other”" in second
    assert len(json.loads(csl)[0]["note"].splitlines()) == 2


def test_pages_have_a_field_and_times_are_noted() -> None:
    paged = [replace(said, locator=("page", page)) for said, page in ((SAID, "10"), (WORK, "2"), (cut("Yes."), "2"))]
    assert read_bibtex(made("bibtex", *paged))[0]["pages"] == "2, 10"
    assert rispy.loads(made("ris", *paged))[0]["start_page"] == "2, 10"
    assert json.loads(made("csl", *paged))[0]["page"] == "2, 10"
    assert "pp. 2, 10" in render(made("csl", *paged))[0]
    (timed,) = json.loads(made("csl", replace(SAID, locator=("timestamp", "00:12:41"))))
    assert " (Ana Ruiz, quoted, 00:12:41) https://" in timed["note"]
    assert "page" not in timed


def test_a_copy_is_told_beside_its_source() -> None:
    copied = replace(SAID, also=("copy.txt", "other.txt"))
    for form in ("text", "markdown", "html"):
        assert made(form, copied).count(", also in 2 others") == 1


@pytest.mark.parametrize(
    ("published", "csl", "ris", "bibtex"),
    [
        ("2024-12-10", {"date-parts": [[2024, 12, 10]]}, "2024/12/10/", ("2024", "dec", "10")),
        ("2024-12", {"date-parts": [[2024, 12]]}, "2024/12//", ("2024", "dec", None)),
        ("2024", {"date-parts": [[2024]]}, "2024///", ("2024", None, None)),
        ("--12-10", {"literal": "10 December"}, "/12/10/", (None, "dec", "10")),
        ("2024-12-10T08:00:00Z", {"date-parts": [[2024, 12, 10]]}, "2024/12/10/", ("2024", "dec", "10")),
        ("2024-13-40", None, None, (None, None, None)),
        ("last Tuesday", None, None, (None, None, None)),
        (None, None, None, (None, None, None)),
    ],
)
def test_dates_are_given_as_far_as_they_are_known(
    published: str | None, csl: object, ris: str | None, bibtex: tuple[str | None, ...]
) -> None:
    said = replace(SAID, published=published)
    assert json.loads(made("csl", said))[0].get("issued") == csl
    assert rispy.loads(made("ris", said))[0].get("date") == ris
    assert tuple(read_bibtex(made("bibtex", said))[0].get(name) for name in ("year", "month", "day")) == bibtex
    assert render(made("csl", said))


NAMES = [
    ("Jane Roe", [("Roe", "Jane")]),
    ("By Jane Roe", [("Roe", "Jane")]),
    ("Jane Roe, Robert van Dyk and Ana Ruiz", [("Roe", "Jane"), ("van Dyk", "Robert"), ("Ruiz", "Ana")]),
    ("Reuters", [("Reuters", "")]),
    ("Associated Press", [("Associated Press", "")]),
    ("Jane Roe, City Wire", [("Jane Roe, City Wire", "")]),
    ("Roe, Jane", [("Roe, Jane", "")]),
    ("Martin King Jr.", [("Martin King Jr.", "")]),
    ("", []),
    (None, []),
]


@pytest.mark.parametrize(("author", "names"), NAMES)
def test_only_the_names_of_persons_are_taken_apart(author: str | None, names: list[tuple[str, str]]) -> None:
    assert read_names(author) == tuple(Name(*name) for name in names)


def test_keys_are_stable_and_of_one_article_each() -> None:
    again = replace(SAID, article_id="copy.txt")
    keys = [item["id"] for item in json.loads(made("csl", SAID, WORK, again))]
    assert len(set(keys)) == 2
    assert [item["id"] for item in json.loads(made("csl", again))] == keys[1:]
    cyrillic = replace(SAID, title="Мост", source="Эхо")
    (key,) = [item["id"] for item in json.loads(made("csl", cyrillic))]
    assert re.fullmatch(r"2024-[0-9a-f]{6}", key)


# What articles contain stays in its field


def test_hostile_text_starts_no_field_or_record_in_bibtex() -> None:
    evil, after = read_bibtex(made("bibtex", EVIL, OTHER))
    assert set(evil) == {"type", "key", "title", "author", "journal", "annote"}
    assert after["title"] == "Other"
    assert evil["title"].startswith('Evil} \\end{document} {@book{x, title={y}} 100% $5 #1 a_b ~^ "q" ER - TY')
    assert len(evil["author"]) == 1  # an “and” within a name does not make two
    for line in made("bibtex", EVIL).splitlines()[1:-1]:
        assert line.count("{") == line.count("}")


def test_hostile_text_starts_no_field_or_record_in_ris() -> None:
    ris = made("ris", EVIL, OTHER)
    evil, after = rispy.loads(ris)
    assert set(evil) == {"type_of_reference", "id", "authors", "title", "secondary_title", "notes"}
    assert len(evil["authors"]) == len(evil["notes"]) == 1
    assert after["title"] == "Other"
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in ris.split("\n") if line)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202a-\u202e]", ris)


def test_hostile_text_is_no_field_in_a_note() -> None:
    (evil,) = json.loads(made("csl", EVIL))
    assert "{:" not in evil["note"]
    assert evil["note"].startswith("“")
    assert len(evil["note"].splitlines()) == 1
    assert "URL" not in evil
    assert render(made("csl", EVIL))


@pytest.mark.parametrize("form", FORMATS)
def test_only_the_web_is_linked(form: str) -> None:
    written = made(form, replace(SAID, url="javascript:alert(1)"), replace(OTHER, url="file:///etc/passwd"))
    assert "alert(1)" not in written
    assert "passwd" not in written


class _Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_html_has_only_its_own_tags() -> None:
    evil = replace(EVIL, url='https://x.example/"><script>alert(1)</script>')
    tags = _Tags(made("html", evil)).found
    assert [tag for tag, _ in tags] == ["html", "head", "meta", "title", "body", "blockquote", "p", "a"]
    assert tags[-1][1]["href"].startswith("https://x.example/%22%3E%3Cscript%3Ealert(1)%3C/script%3E#:~:text=")  # type: ignore[union-attr]


# Web annotations


@pytest.mark.parametrize("said", [SAID, WORK, cut("Yes.", 1), cut("Bridge opens"), cut("Nobody else spoke.")])
def test_both_selectors_of_an_annotation_select_the_sentence(said: CitedSentence) -> None:
    text = f"{TEXT[:-1]} 😀 Élan."
    (annotation,) = json.loads(made("annotation", said, text=text))
    position, quotation = annotation["target"]["selector"]
    assert (position["type"], quotation["type"]) == ("TextPositionSelector", "TextQuoteSelector")
    assert text[position["start"] : position["end"]] == said.text
    around = quotation.get("prefix", "") + quotation["exact"] + quotation.get("suffix", "")
    assert text.count(around) == 1
    assert text.index(around) + len(quotation.get("prefix", "")) == said.start
    assert annotation["target"]["source"] == SAID.url


def test_an_annotation_says_what_the_model_asks_for() -> None:
    first, second = json.loads(made("annotation", SAID, replace(OTHER, article_id="a b.jsonl#https://x.example/1")))
    assert first["@context"] == "http://www.w3.org/ns/anno.jsonld"
    assert first["type"] == "Annotation"
    assert first["id"].startswith("urn:uuid:")
    assert first["id"] != second["id"]
    assert first == json.loads(made("annotation", SAID))[0]
    assert [body["purpose"] for body in first["body"]] == ["describing", "linking"]
    assert first["body"][0]["value"] == "Ana Ruiz, quoted"
    assert second["target"]["source"] == "a%20b.jsonl%23https%3A//x.example/1"
    assert [body["purpose"] for body in second["body"]] == ["describing"]


def test_an_article_that_is_gone_or_changed_has_no_words_around() -> None:
    def gone(_: str) -> str:
        raise StoreError("no such article")

    for written in (write([SAID], "annotation", gone), made("annotation", SAID, text="Something else.")):
        selector = json.loads(written)[0]["target"]["selector"][1]
        assert selector == {"type": "TextQuoteSelector", "exact": SAID.text}
        assert json.loads(written)[0]["body"][1]["source"].startswith("https://news.example/bridge?a=1&b=2#:~:text=")


# Links to the sentence on its page

LONG = "The first words of it, " + "and many more words, " * 20 + "until the very last ones."
REPEATED = "Yes. He went. Yes. He came. Then no."
LINKED = [
    (
        "unique",
        "It is a long enough sentence. Other.",
        "It is a long enough sentence.",
        0,
        "It is a long enough sentence.",
    ),
    ("signs with a meaning", "A well-known firm, R&D, said so. Other.", "A well-known firm, R&D, said so.", 0, None),
    ("short", "It rained. No. It rained on.", "No.", 0, "It rained.-,No.,-It rained on."),
    ("repeated", "Yes. He went. Yes. He came. Then no.", "Yes.", 1, "Yes. He went.-,Yes.,-He came. Then"),
    ("first of two", "Yes. He went. Yes. He came.", "Yes.", 0, "Yes.,-He went. Yes."),
    ("long", f"Before it. {LONG} After it.", LONG, 0, "The first words of,the very last ones."),
    (
        "over lines",
        "Before. One two three\nfour five six seven. After.",
        "One two three\nfour five six seven.",
        0,
        None,
    ),
    ("one word of another paragraph", "Sport\n\nNo.\n\nThe end", "No.", 0, "Sport-,No.,-The end"),
]


@pytest.mark.parametrize(
    ("text", "sentence", "occurrence", "directive"), [case[1:] for case in LINKED], ids=[case[0] for case in LINKED]
)
def test_a_text_fragment_finds_the_sentence(text: str, sentence: str, occurrence: int, directive: str | None) -> None:
    start = [found.start() for found in re.finditer(re.escape(sentence), text)][occurrence]
    link = link_to_sentence("https://x.example/a", text, start, start + len(sentence))
    address, _, encoded = link.partition("#:~:text=")
    assert address == "https://x.example/a"
    if directive is not None:
        assert unquote(encoded) == directive
    assert re.fullmatch(r"(?:[\w.~%]+-,)?[\w.~%]+(?:,[\w.~%]+)?(?:,-[\w.~%]+)?", encoded, re.ASCII)
