"""Web pages: only the article, what the page says about it, and the encoding it names."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import pytest

from index.errors import ArticleError
from index.reading.files import Reading, read_file
from index.reading.html import read_blocks
from index.values import Article

FIRST = "The council met on Monday and decided, after four hours of talks, to open the bridge."
PAGE = f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>Bridge opens at last | The Daily Echo</title>
<meta property="og:title" content="Bridge opens at last"><meta property="og:site_name" content="The Daily Echo">
<meta name="author" content="Ana Ruiz"><meta property="article:published_time" content="2024-12-10T23:30:00-05:00">
<meta property="article:modified_time" content="2025-01-02T08:00:00Z">
<link rel="canonical" href="https://example.org/bridge"><script>var evil = "script";</script></head>
<body><nav><a href="/">Home</a> <a href="/sport">Sport</a></nav><article><h1>Bridge opens at last</h1>
<p>{FIRST}</p>
<p>“It’s late,” Mr. Smith
said. <b>Nobody</b> else spoke &amp; <a href="x">nobody</a> left.</p>
<h2>What now</h2><ul><li>One thing is sure: it is open.</li></ul>
<blockquote>“We will see,” she added.</blockquote></article>
<aside><a href="/y">Read more stories here</a></aside><footer>Copyright 2026 The Daily Echo</footer></body></html>"""


def read(folder: Path, content: bytes | str, name: str = "bridge-talks.html") -> Article:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    began = time.perf_counter()
    try:
        reading = read_file(path, folder, max_bytes=1_000_000)
    finally:
        assert time.perf_counter() - began < 20
    (one,) = reading.articles
    assert reading == Reading((one,))
    return one


def article(text: str, raw: bytes | str, title: str = "Bridge talks", **known: str) -> Article:
    digest = hashlib.sha256(raw.encode() if isinstance(raw, str) else raw).hexdigest()
    return Article(id="bridge-talks.html", title=title, text=text, digest=digest, **known)  # type: ignore[arg-type]


def test_page(tmp_path: Path) -> None:
    text = (
        f"{FIRST}\n\n“It’s late,” Mr. Smith said. Nobody else spoke & nobody left.\n\nWhat now\n\n"
        "- One thing is sure: it is open.\n\n“We will see,” she added."
    )
    assert read(tmp_path, PAGE) == article(
        text,
        PAGE,
        "Bridge opens at last",
        source="The Daily Echo",
        author="Ana Ruiz",
        published="2024-12-10",
        url="https://example.org/bridge",
    )


def test_a_page_of_a_few_words(tmp_path: Path) -> None:
    for raw in ("<p>It is open.</p>", "It is open.", "<title></title>It is open."):
        assert read(tmp_path, raw) == article("It is open.", raw)


def test_no_date_is_guessed(tmp_path: Path) -> None:
    raw = f"<html><body><article><p>{FIRST}</p><p>It is of 1998.</p></article><p>Copyright 2021</p></body>"
    assert read(tmp_path, raw).published is None


WORDS = "Das Café „Brücke“ in der Straße ist seit Montag wieder offen, und niemand weiß warum."
RUSSIAN = "Мост открыли в понедельник после долгих переговоров, сказал мэр города журналистам."
ENCODINGS = [
    ("cp1252 that is called Latin-1", '<meta charset="iso-8859-1">', "cp1252", WORDS),
    ("http-equiv", '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">', "cp1251", RUSSIAN),
    ("koi8-r", "<meta charset=koi8-r>", "koi8-r", RUSSIAN),
    ("XML declaration", '<?xml version="1.0" encoding="windows-1252"?>', "cp1252", WORDS),
    ("UTF-8 that says it is not", '<meta charset="iso-8859-1">', "utf-8", WORDS),
    ("UTF-16", "", "utf-16", WORDS),
    ("UTF-8 mark", "", "utf-8-sig", WORDS),
    ("no name", "", "cp1252", WORDS + " " + FIRST),
    ("a name that is none", "<meta charset=x-nothing>", "cp1252", WORDS + " " + FIRST),
]


@pytest.mark.parametrize(("head", "encoding", "text"), [pytest.param(*case, id=what) for what, *case in ENCODINGS])
def test_encoding(tmp_path: Path, head: str, encoding: str, text: str) -> None:
    declaration, meta = (head, "") if head.startswith("<?") else ("", head)
    raw = f"{declaration}<html><head>{meta}</head><body><p>{text}</p></body></html>".encode(encoding)
    assert read(tmp_path, raw) == article(text, raw)


REFUSED = [
    ("scripts", "<html><head><title>T</title></head><body><script>alert(1)</script></body></html>", "has no text that"),
    ("pictures", "<img src=a.png>", "has no text that"),
    ("NUL bytes", "<p>a\0b</p>", "is not text: 1 of its 10 bytes are control characters. Remove it."),
]


@pytest.mark.parametrize(("raw", "reason"), [pytest.param(*case, id=what) for what, *case in REFUSED])
def test_refused(tmp_path: Path, raw: str, reason: str) -> None:
    with pytest.raises(ArticleError) as raised:
        read(tmp_path, raw)
    assert str(raised.value).startswith(f"bridge-talks.html {reason}")


HOSTILE = [
    ("deep nesting", "<div>" * 150_000 + FIRST),
    ("many attributes", "<p " + " ".join(f"a{i}=1" for i in range(10_000)) + f">{FIRST}</p>"),
    ("an endless tag", f"<p>{FIRST}</p><a href='" + "x" * 900_000),
    ("many brackets", f"<p>{FIRST}</p>" + "<" * 500_000),
    ("external entities", f"<!DOCTYPE html [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><p>{FIRST} &x;</p>"),
]


@pytest.mark.parametrize("raw", [pytest.param(raw, id=what) for what, raw in HOSTILE])
def test_hostile_page_is_read_or_refused_in_bounded_time(tmp_path: Path, raw: str) -> None:
    try:
        text = read(tmp_path, raw).text
    except ArticleError as error:
        assert str(error).startswith("bridge-talks.html ")
    else:
        assert FIRST in text
        assert "root:" not in text


BLOCKS = [
    ("paragraphs", "<p>One\n two.</p><p>Three.</p>", "One two.\n\nThree."),
    ("inline elements", "<p>a<b>b</b>c <i> d</i></p>", "abc d"),
    ("line breaks", "a<br>b<br><br>c", "a\nb\n\nc"),
    ("a no-break space stays", "<p>a&nbsp; b</p>", "a\u00a0 b"),
    ("cells", "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\n\nc"),
    ("what is not read", "<p>a<!-- b --><?c?><script>d</script><style>e</style><noscript>f</noscript>g</p>", "ag"),
    ("words around paragraphs", "a<p>b</p>c", "a\n\nb\n\nc"),
    ("entities", "&lt;p&gt; &amp;amp; &#8217;", "<p> &amp; ’"),
    ("nothing", "", ""),
    ("a comment alone", "<!-- a -->", ""),
]


@pytest.mark.parametrize(("page", "text"), [pytest.param(*case, id=what) for what, *case in BLOCKS])
def test_blocks(page: str, text: str) -> None:
    assert read_blocks(page) == text
