"""A file's text is kept as it is; what is known about it comes from its front matter, its text or its name."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from index.errors import ArticleError
from index.reading.text import SUFFIXES, read_article
from index.values import Article

SEEDS = Path(__file__).parent.parent / "seeds"
BODY = "The council met on Monday and decided, after four hours of talks, to open the bridge.\n\nIt was late.\n"


def read(folder: Path, content: bytes | str, name: str = "river-bridge.txt") -> Article:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_article(path, folder, max_bytes=1_000_000)


def article(text: str, title: str = "River bridge", *, raw: bytes | None = None, **fields: object) -> Article:
    digest = hashlib.sha256(text.encode() if raw is None else raw).hexdigest()
    return Article(**{"id": "river-bridge.txt", "title": title, "text": text, "digest": digest, **fields})  # type: ignore[arg-type]


def test_seed_article() -> None:
    text = (SEEDS / "kremlin-syria-bases.txt").read_bytes().decode()
    assert read_article(SEEDS / "kremlin-syria-bases.txt", SEEDS, max_bytes=10_000) == article(
        text,
        "Kremlin syria bases",
        id="kremlin-syria-bases.txt",
        source="Alliance News",
        published="--12-10",
        place="MOSCOW",
    )


def test_suffixes() -> None:
    assert {".md", ".txt"} == SUFFIXES


def test_id_is_the_path_below_the_seeds(tmp_path: Path) -> None:
    assert read(tmp_path, BODY, "north/élan/a b.md").id == "north/élan/a b.md"


DECODED = [
    ("newlines untouched", b"One.\r\nTwo.\rThree.\n\n", "One.\r\nTwo.\rThree.\n\n", 0),
    ("UTF-8 with astral code points", "Fun 😀 “é”.".encode(), "Fun 😀 “é”.", 0),
    ("UTF-8 mark", b"\xef\xbb\xbfOne.", "\ufeffOne.", 1),
    ("UTF-16 little-endian", b"\xff\xfe" + "Éa.\r\n".encode("utf-16-le"), "\ufeffÉa.\r\n", 1),
    ("UTF-16 big-endian", b"\xfe\xff" + "Éa.".encode("utf-16-be"), "\ufeffÉa.", 1),
    ("UTF-32 little-endian", b"\xff\xfe\0\0" + "Éa.".encode("utf-32-le"), "\ufeffÉa.", 1),
    ("UTF-32 big-endian", b"\0\0\xfe\xff" + "Éa.".encode("utf-32-be"), "\ufeffÉa.", 1),
    ("cp1252", "“It’s €5 at the café,” she said.".encode("cp1252"), "“It’s €5 at the café,” she said.", 0),
    ("short cp1252", "It costs £5.".encode("cp1252"), "It costs £5.", 0),
    ("UTF-8 with a stray byte", "“It is open,” she said: ".encode() + b"\xa35.", "“It is open,” she said: \ufffd5.", 0),
    ("UTF-8 that marks what was lost before", "It costs \ufffd5.".encode(), "It costs \ufffd5.", 0),
    ("byte that cp1252 has not", b"It costs \x81 five.", "It costs \ufffd five.", 0),
    ("cp1251", ("Мост открыли в понедельник. " * 9).encode("cp1251"), "Мост открыли в понедельник. " * 9, 0),
]


@pytest.mark.parametrize(("raw", "text", "body"), [pytest.param(*case, id=reason) for reason, *case in DECODED])
def test_text_is_decoded_and_nothing_else(tmp_path: Path, raw: bytes, text: str, body: int) -> None:
    assert read(tmp_path, raw) == article(text, raw=raw, body=body)


REFUSED = [
    ("empty", b"", "a.txt is empty: put the text of an article in it, or remove it"),
    ("white space", b" \r\n\t\xc2\xa0", "a.txt is empty: put the text of an article in it, or remove it"),
    ("a mark alone", b"\xef\xbb\xbf\n", "a.txt is empty: put the text of an article in it, or remove it"),
    (
        "front matter alone",
        b"---\ntitle: A\n---\n\n",
        "a.txt has no text after its front matter: put the article below it, or remove it",
    ),
    (
        "too large",
        b"x" * 1_500_000,
        "a.txt is too large: 1.5 MB, and the limit is 1 MB. "
        "Split it, or raise max_article_mb (ONRECORD_MAX_ARTICLE_MB).",
    ),
    ("NUL bytes", b"One\0two", "a.txt is not text: 1 of its 7 bytes are control characters. Remove it."),
    ("controls", b"ab\x01\x02\x03", "a.txt is not text: 3 of its 5 bytes are control characters. Remove it."),
    ("cut UTF-16", b"\xff\xfea", "a.txt is not the UTF-16-LE it says it is: save it as UTF-8"),
]


@pytest.mark.parametrize(("raw", "message"), [pytest.param(*case, id=reason) for reason, *case in REFUSED])
def test_refused_with_the_reason(tmp_path: Path, raw: bytes, message: str) -> None:
    with pytest.raises(ArticleError) as raised:
        read(tmp_path, raw, "a.txt")
    assert str(raised.value) == message


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArticleError, match=r"^a\.txt cannot be read: No such file or directory\. Check that"):
        read_article(tmp_path / "a.txt", tmp_path, max_bytes=10)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read every file")
def test_forbidden_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(BODY)
    path.chmod(0)
    with pytest.raises(ArticleError, match=r"^a\.txt cannot be read: Permission denied\."):
        read_article(path, tmp_path, max_bytes=1000)


def test_folder_and_pipe_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").mkdir()
    os.mkfifo(tmp_path / "b.txt")
    for name in ("a.txt", "b.txt"):
        with pytest.raises(ArticleError, match=rf"^{name} is not a regular file: put a text file"):
            read_article(tmp_path / name, tmp_path, max_bytes=1000)


def test_front_matter(tmp_path: Path) -> None:
    head = (
        '\ufeff---\r\ntitle: "  River  bridge\\n opens "\r\nsource: The Echo\r\nauthor: [Ana Ruiz, Bo Dunn]\r\n'
        "date: 2024-12-10\r\nurl: https://example.org/a?b=c\r\nplace: Springfield\r\nother: x\r\n---\r\n"
    )
    assert read(tmp_path, head + BODY) == article(
        head + BODY,
        "River bridge opens",
        source="The Echo",
        author="Ana Ruiz, Bo Dunn",
        published="2024-12-10",
        place="Springfield",
        url="https://example.org/a?b=c",
        body=len(head),
    )


FRONT = [
    ("a title that is a number", "title: 1984", {"title": "1984"}),
    ("a title of nothing falls back", "title:\nsource: ''", {}),
    ("a title that is no text falls back", "title: {a: b}", {}),
    ("a script is no link", "url: javascript:alert(1)", {}),
    ("a path is no link", "url: /etc/passwd", {}),
    ("http is a link", "url: HTTP://example.org/", {"url": "HTTP://example.org/"}),
    ("published", "published: 10 December 2024", {"published": "2024-12-10"}),
    ("a moment", "date: 2024-12-10T23:30:00-05:00", {"published": "2024-12-10"}),
    ("a day in words", 'date: "Tuesday, Dec. 10, 2024 at 5:30 p.m. EST"', {"published": "2024-12-10"}),
    ("a month", "date: December 2024", {"published": "2024-12"}),
    ("a year", "date: 2024", {"published": "2024"}),
    ("a day without a year", "date: Dec 10", {"published": "--12-10"}),
    ("a day that is not ambiguous", "date: 25/12/2024", {"published": "2024-12-25"}),
    ("an ambiguous day gives what is sure", "date: 10/12/2024", {"published": "2024"}),
    ("a weekday alone", "date: Monday", {}),
    ("no date", "date: soon", {}),
    ("a time alone", 'date: "10:30 p.m."', {}),
    ("an ISO date in quotes", 'date: "2024-03-04"', {"published": "2024-03-04"}),
]


@pytest.mark.parametrize(("front", "fields"), [pytest.param(*case, id=reason) for reason, *case in FRONT])
def test_values_of_front_matter(tmp_path: Path, front: str, fields: dict[str, str]) -> None:
    head = f"---\n{front}\n---\n"
    assert read(tmp_path, head + BODY) == article(head + BODY, **{"title": "River bridge", "body": len(head), **fields})


@pytest.mark.parametrize(
    "head",
    [
        "---\ntitle: [a\n---\n",
        "---\njust words\n---\n",
        "---\ntitle: A\n",
        "---\ndate: 2024-13-45\n---\n",
        "--- \n---\n",
    ],
    ids=["broken", "no mapping", "no end", "impossible date", "empty"],
)
def test_what_is_no_front_matter_is_text(tmp_path: Path, head: str) -> None:
    assert read(tmp_path, head + BODY).body == 0


def test_long_title_is_cut(tmp_path: Path) -> None:
    assert read(tmp_path, f"---\ntitle: {'word ' * 100}\n---\n{BODY}").title == ("word " * 40).strip()


TITLES = [
    ("a line and a blank one", "Bridge opens at last\n\n", "Bridge opens at last"),
    ("a line alone", "Bridge opens at last\n", "Bridge opens at last"),
    ("white space is folded", "\n\n  Bridge\u00a0 opens\tat last  \r\n\r\n", "Bridge opens at last"),
    ("a question", "Will the bridge open?\n", "Will the bridge open?"),
    ("a full stop before a blank line", "Bridge opens at last.\n\n", "Bridge opens at last."),
    ("a question and a full stop", "Bridge? Yes, at last.\n\n", "Bridge? Yes, at last."),
    ("over two lines", "Bridge opens at last; \nCouncil is split\n\n", "Bridge opens at last; Council is split"),
    ("with a colon", "RIVER: Bridge opens at last\n\n", "RIVER: Bridge opens at last"),
    ("a Markdown heading", "# Bridge opens.\n", "Bridge opens."),
    ("a closed Markdown heading", "## Bridge opens ##\n\n", "Bridge opens"),
    ("a sentence on a line is no headline", "The bridge is open.\n", "River bridge"),
    ("a line that goes on is no headline", "The council met on the bridge\nand danced. ", "River bridge"),
    ("a byline is no headline", "By Ana Ruiz\n\n", "River bridge"),
    ("words before a list are no headline", "What we know:\n\n", "River bridge"),
    ("a paragraph is no headline", "The bridge is open. It is long. It is wide.\n\n", "River bridge"),
    ("too long for a headline", "Bridge " * 30 + "\n\n", "River bridge"),
]


@pytest.mark.parametrize(("head", "title"), [pytest.param(*case, id=reason) for reason, *case in TITLES])
def test_title_is_the_headline(tmp_path: Path, head: str, title: str) -> None:
    assert read(tmp_path, head + BODY) == article(head + BODY, title)


def test_short_text_has_no_headline(tmp_path: Path) -> None:
    assert read(tmp_path, "Bridge opens at last\nYes") == article("Bridge opens at last\nYes")


DATELINES = [
    ("MOSCOW, Dec 10 (Northern News): ", {"place": "MOSCOW", "published": "--12-10", "source": "Northern News"}),
    ("WASHINGTON (Reuters) - ", {"place": "WASHINGTON", "source": "Reuters"}),
    ("LA CROSSE, Wisc. — ", {"place": "LA CROSSE, Wisc."}),
    ("NASHUA, N.H. -- ", {"place": "NASHUA, N.H."}),
    ("ST. LOUIS, Sept. 5, 2024 (UPI) ― ", {"place": "ST. LOUIS", "published": "2024-09-05", "source": "UPI"}),
    ("SÃO PAULO, 5 March (AFP) – ", {"place": "SÃO PAULO", "published": "--03-05", "source": "AFP"}),
    ("Moscow (AFP) – ", {"place": "Moscow", "source": "AFP"}),
    ("LONDON, Feb 30: ", {"place": "LONDON"}),
    ("WATCH: ", {}),
    ("BREAKING — ", {}),
    ("UPDATE: ", {}),
    ("Ann Hale (D-N.Y.) — ", {}),
    ("BRIDGE NEWS: ", {}),
]


@pytest.mark.parametrize(("line", "fields"), DATELINES, ids=[line.strip() for line, _ in DATELINES])
def test_dateline(tmp_path: Path, line: str, fields: dict[str, str]) -> None:
    assert read(tmp_path, line + BODY) == article(line + BODY, **fields)
    assert read(tmp_path, f"Bridge opens\n\n{line}{BODY}") == article(
        f"Bridge opens\n\n{line}{BODY}", "Bridge opens", **fields
    )


NAMES = [
    ("kremlin-syria-bases.txt", {"title": "Kremlin syria bases"}),
    ("nyt_2015-11-10_some-slug.txt", {"title": "Some slug", "source": "nyt", "published": "2015-11-10"}),
    ("wash-post_2015-11-10.md", {"title": "Wash-post_2015-11-10", "source": "wash-post", "published": "2015-11-10"}),
    ("2015-11-10-some_slug.txt", {"title": "Some slug", "published": "2015-11-10"}),
    ("nyt_2015-13-10_slug.txt", {"title": "Nyt 2015 13 10 slug"}),
    ("iPad  sales.v2.txt", {"title": "IPad sales.v2"}),
    ("---.txt", {"title": "---"}),
]


@pytest.mark.parametrize(("name", "fields"), NAMES, ids=[name for name, _ in NAMES])
def test_name(tmp_path: Path, name: str, fields: dict[str, str]) -> None:
    assert read(tmp_path, BODY, name) == article(BODY, **{"id": name, **fields})


def test_each_source_gives_what_is_still_unknown(tmp_path: Path) -> None:
    text = "---\nauthor: Ana Ruiz\n---\nBridge opens\n\nMOSCOW, Dec 10 (Northern News): " + BODY
    name = "echo_2024-12-10_some-slug.txt"
    assert read(tmp_path, text, name) == article(
        text,
        "Bridge opens",
        id=name,
        source="Northern News",
        author="Ana Ruiz",
        published="2024-12-10",  # the dateline gives the day, the file name the year
        place="MOSCOW",
        body=25,
    )


def test_a_day_of_another_year_is_not_mixed(tmp_path: Path) -> None:
    assert read(tmp_path, "MOSCOW, Dec 10: " + BODY, "echo_2025-01-02_slug.txt").published == "--12-10"


def test_short_text_beyond_ascii_is_western(tmp_path: Path) -> None:
    """Too short for a guess: charset-normalizer takes the cp1252 bytes of "Café." for Arabic."""
    path = tmp_path / "menu.txt"
    path.write_bytes("Café. Crème brûlée.".encode("cp1252"))
    assert read_article(path, tmp_path, max_bytes=1000).text == "Café. Crème brûlée."
