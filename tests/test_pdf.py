"""PDFs: paragraphs as they were before they were broken into lines and pages."""

from __future__ import annotations

import hashlib
import io
import time
from pathlib import Path

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from index.errors import ArticleError
from index.reading.files import Reading, read_file
from index.reading.pdf import join_word
from index.values import Article, Locator

# Each printed line with its x; a blank line is a gap between paragraphs.
PRINTED = [
    (72, "The council met on Monday and decided, after four hours of talks and a long inter-"),
    (72, "national row, to open the bridge. Mr. Smith said that it is late. He said that the long-"),
    (72, "term cost is five million."),
    (72, ""),
    (72, "“It will not be closed again,” he said, and left the hall by the door at the back of"),
    (72, "the stage."),
    (90, "A third paragraph is indented, and so needs no space above it to be one; its lines"),
    (72, "go on to the left."),
]
PARAGRAPHS = [
    "The council met on Monday and decided, after four hours of talks and a long international row, to open the "
    "bridge. Mr. Smith said that it is late. He said that the long-term cost is five million.",
    "“It will not be closed again,” he said, and left the hall by the door at the back of the stage.",
    "A third paragraph is indented, and so needs no space above it to be one; its lines go on to the left.",
]


def pdf(
    pages: list[list[tuple[int, str]]], *, password: str = "", title: str = "", author: str = "", feet: bool = False
) -> bytes:
    printed = io.BytesIO()
    canvas = Canvas(printed, encrypt=StandardEncryption(password) if password else None, invariant=1)
    canvas.setTitle(title)
    canvas.setAuthor(author)
    for number, lines in enumerate(pages):
        if feet:
            canvas.drawString(72, 800, f"The Daily Echo, 10 December 2024, page {number + 1}")
            canvas.drawString(290, 30, str(number + 1))
        for i, (x, line) in enumerate(lines):
            canvas.drawString(x, 700 - 14 * i, line)
        canvas.showPage()
    canvas.save()
    return printed.getvalue()


def read(folder: Path, raw: bytes) -> Article:
    path = folder / "a.pdf"
    path.write_bytes(raw)
    began = time.perf_counter()
    try:
        reading = read_file(path, folder, max_bytes=1_000_000)
    finally:
        assert time.perf_counter() - began < 10
    (one,) = reading.articles
    assert reading == Reading((one,))
    return one


def refusal(folder: Path, raw: bytes) -> str:
    with pytest.raises(ArticleError) as raised:
        read(folder, raw)
    return str(raised.value)


def test_paragraphs(tmp_path: Path) -> None:
    raw = pdf([PRINTED], title="Bridge opens at last", author="Ana Ruiz")
    assert read(tmp_path, raw) == Article(
        id="a.pdf",
        title="Bridge opens at last",
        text="\n\n".join(PARAGRAPHS),
        digest=hashlib.sha256(raw).hexdigest(),
        author="Ana Ruiz",
        locators=(Locator(0, "page", "1"),),
    )


def test_pages(tmp_path: Path) -> None:
    title = [(72, "Bridge opens at last"), (72, "")]
    one = read(tmp_path, pdf([[*title, *PRINTED[:5]], [], PRINTED[5:]], title="Bridge opens at last"))
    third = one.text.index("the stage.")  # the quotation goes on, and page 2 is empty
    assert one.text == "\n\n".join(PARAGRAPHS)
    assert one.locators == (Locator(0, "page", "1"), Locator(third, "page", "3"))


def test_a_page_that_begins_in_a_word(tmp_path: Path) -> None:
    one = read(tmp_path, pdf([PRINTED[:1], PRINTED[1:]]))
    assert one.locators == (Locator(0, "page", "1"), Locator(one.text.index("national row"), "page", "2"))


def test_a_title_page_is_left_out_with_the_title(tmp_path: Path) -> None:
    title = [(72, "Bridge opens at last!")]
    one = read(tmp_path, pdf([title, PRINTED], title="Bridge opens at last!"))
    assert (one.text, one.locators) == ("\n\n".join(PARAGRAPHS), (Locator(0, "page", "2"),))


def test_heads_feet_and_page_numbers_are_left_out(tmp_path: Path) -> None:
    one = read(tmp_path, pdf([PRINTED, PRINTED, PRINTED], title="Bridge", feet=True))
    assert one.text == "\n\n".join(PARAGRAPHS * 3)


def test_a_paragraph_goes_on_on_the_next_page(tmp_path: Path) -> None:
    one = read(tmp_path, pdf([PRINTED[:1], PRINTED[1:]], feet=True))
    assert "long international row" in one.text
    one = read(tmp_path, pdf([PRINTED[:5], PRINTED[5:]]))
    assert one.text == "\n\n".join(PARAGRAPHS)


def test_the_title_is_not_said_twice(tmp_path: Path) -> None:
    lines = [(72, "Bridge opens at last"), (72, ""), *PRINTED]
    assert read(tmp_path, pdf([lines], title="Bridge opens at last")).text == "\n\n".join(PARAGRAPHS)


def test_an_entry_of_a_list_may_hang(tmp_path: Path) -> None:
    lines = [
        *PRINTED,
        (72, ""),
        (72, "• One entry of a list that goes on for as long as a line of this page, and then on"),
        (80, "for more."),
        (72, "• Two."),
    ]
    entries = "• One entry of a list that goes on for as long as a line of this page, and then on for more.\n\n• Two."
    assert read(tmp_path, pdf([lines])).text == "\n\n".join([*PARAGRAPHS, entries])


@pytest.mark.parametrize("title", ["untitled", "Microsoft Word - a.docx", "bridge.indd", "(unspecified)", ""])
def test_a_title_of_the_program_is_none(tmp_path: Path, title: str) -> None:
    one = read(tmp_path, pdf([PRINTED], title=title, author="anonymous"))
    assert (one.title, one.author) == ("A", None)


def test_encrypted(tmp_path: Path) -> None:
    assert refusal(tmp_path, pdf([PRINTED], password="x")) == (
        "a.pdf is encrypted: save it without its password, or remove it"
    )


def test_without_a_text_layer(tmp_path: Path) -> None:
    assert refusal(tmp_path, pdf([[], []])) == (
        "a.pdf has no text layer: its pages are pictures. Run text recognition (OCR) on it, or remove it."
    )


@pytest.mark.parametrize("share", [0.01, 0.3, 0.6, 0.9, 0.99])
def test_cut_short(tmp_path: Path, share: float) -> None:
    raw = pdf([PRINTED])
    try:
        text = read(tmp_path, raw[: int(len(raw) * share)]).text
    except ArticleError as error:
        assert str(error).startswith(
            ("a.pdf is not a PDF, or is cut short", "a.pdf has no text layer", "a.pdf is broken")
        )
    else:
        assert text == "\n\n".join(PARAGRAPHS)


def test_hostile(tmp_path: Path) -> None:
    loop = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 99999999/Kids[2 0 R 2 0 R]>>"
        b"endobj\ntrailer<</Root 1 0 R>>"
    )
    nested = b"%PDF-1.4\n1 0 obj" + b"[" * 500_000 + b"\ntrailer<</Root 1 0 R>>"
    for raw in (b"%PDF-", loop, nested):
        assert refusal(tmp_path, raw).startswith("a.pdf ")


HYPHENS = [
    ("a word", "inter", "national", set(), ""),
    ("a word that is elsewhere with its hyphen", "fire", "fighter", {"fire-fighter"}, "-"),
    ("a prefix", "well", "known", set(), "-"),
    ("a prefix of a word that is elsewhere without", "over all", "ways", {"allways"}, ""),
    ("a name", "Jean", "Claude", set(), "-"),
    ("a number", "COVID", "19", set(), "-"),
    ("a number before", "10", "year", set(), "-"),
]


@pytest.mark.parametrize(
    ("above", "below", "words", "hyphen"), [pytest.param(*case, id=what) for what, *case in HYPHENS]
)
def test_hyphen_at_the_end_of_a_line(above: str, below: str, words: set[str], hyphen: str) -> None:
    assert join_word(above, below, words) == hyphen
