"""Word files, e-books, e-mails and feeds: their text in order, and what they say about themselves."""

from __future__ import annotations

import hashlib
import io
import struct
import time
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest

from index.errors import ArticleError
from index.reading.files import Reading, read_file
from index.values import Article

MAX_BYTES = 1_000_000
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Bridge opens</dc:title>'
    "<dc:creator>Ana Ruiz</dc:creator></cp:coreProperties>"
)
LAUGHS = (
    "<!DOCTYPE x [<!ENTITY a0 'ha'>"
    + "".join(f"<!ENTITY a{i + 1} '{f'&a{i};' * 10}'>" for i in range(12))
    + "<!ENTITY file SYSTEM 'file:///etc/passwd'>]>"
)


def read(folder: Path, name: str, content: bytes | str) -> Reading:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    began = time.perf_counter()
    try:
        return read_file(path, folder, max_bytes=MAX_BYTES)
    finally:
        assert time.perf_counter() - began < 10


def read_one(folder: Path, name: str, content: bytes | str) -> Article:
    reading = read(folder, name, content)
    assert reading.skipped == ()
    (one,) = reading.articles
    return one


def refusal(folder: Path, name: str, content: bytes | str) -> str:
    with pytest.raises(ArticleError) as raised:
        read(folder, name, content)
    return str(raised.value)


def article(article_id: str, title: str, text: str, raw: bytes | str, **known: str) -> Article:
    digest = hashlib.sha256(raw.encode() if isinstance(raw, str) else raw).hexdigest()
    return Article(id=article_id, title=title, text=text, digest=digest, **known)  # type: ignore[arg-type]


def pack(**members: str | bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def docx(body: str, **others: str) -> bytes:
    document = f'<?xml version="1.0"?><w:document {W} {MC}><w:body>{body}</w:body></w:document>'
    return pack(**{"word/document.xml": document, **others})


def epub(*pages: str, extra: str = "", **others: str) -> bytes:
    items = "".join(f'<item id="p{i}" href="text/p%20{i}.xhtml"/>' for i in range(len(pages)))
    spine = "".join(f'<itemref idref="p{i}"/>' for i in range(len(pages)))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
        "<dc:title>The Echo Weekly</dc:title><dc:creator>Ana Ruiz</dc:creator><dc:publisher>The Echo</dc:publisher>"
        f'<dc:date>2024-12-10T00:00:00Z</dc:date></metadata><manifest>{items}{extra}<item id="nav" href="nav.xhtml" '
        f'properties="nav"/></manifest><spine><itemref idref="nav"/>{spine}<itemref idref="none"/></spine></package>'
    )
    container = '<container><rootfiles><rootfile full-path="OEBPS/c.opf"/></rootfiles></container>'
    return pack(
        **{
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": container,
            "OEBPS/c.opf": package,
            "OEBPS/nav.xhtml": "<p>Contents</p>",
            **{f"OEBPS/text/p {i}.xhtml": page for i, page in enumerate(pages)},
            **others,
        }
    )


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def test_word(tmp_path: Path) -> None:
    raw = docx(
        paragraph("Bridge opens")
        + '<w:p><w:pPr><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr><w:r><w:t xml:space="preserve">“It’s </w:t></w:r>'
        + "<w:hyperlink><w:r><w:t>open</w:t></w:r></w:hyperlink>"
        + "<w:ins><w:r><w:t>\u00a0now</w:t></w:r></w:ins><w:del><w:r><w:delText>closed</w:delText></w:r></w:del>"
        + "<w:moveFrom><w:r><w:t>moved</w:t></w:r></w:moveFrom>"
        + "<w:r><w:t>,”</w:t><w:br/><w:t>she</w:t><w:tab/><w:t>said.</w:t></w:r></w:p>"
        + f"<w:tbl><w:tr><w:tc>{paragraph('One cell.')}</w:tc><w:tc>{paragraph('Two.')}</w:tc></w:tr></w:tbl>"
        + "<w:p><w:r><w:t>Before the box.</w:t></w:r><mc:AlternateContent><mc:Choice>"
        + f"<w:txbxContent>{paragraph('In the box.')}</w:txbxContent></mc:Choice><mc:Fallback>"
        + f"<w:txbxContent>{paragraph('In the box.')}</w:txbxContent></mc:Fallback></mc:AlternateContent></w:p><w:p/>",
        **{"docProps/core.xml": CORE},
    )
    text = "“It’s open\u00a0now,”\nshe\tsaid.\n\nOne cell.\n\nTwo.\n\nBefore the box.\n\nIn the box."
    assert read_one(tmp_path, "a.docx", raw) == article("a.docx", "Bridge opens", text, raw, author="Ana Ruiz")


def test_word_file_without_properties(tmp_path: Path) -> None:
    raw = docx(paragraph("Bridge opens at last") + paragraph("OSLO, Dec 10, 2024 (The Echo): It is open. It is long."))
    text = "Bridge opens at last\n\nOSLO, Dec 10, 2024 (The Echo): It is open. It is long."
    assert read_one(tmp_path, "a.docx", raw) == article(
        "a.docx", "Bridge opens at last", text, raw, source="The Echo", published="2024-12-10", place="OSLO"
    )


BAD_WORD = [
    ("no archive", b"\xd0\xcf\x11\xe0 old Word", "is broken: File is not a zip file. Save it again, or remove it."),
    ("no Word file", pack(a="b"), "is not a Word file: it has no word/document.xml. Save it again, or remove it."),
    ("cut short", docx(paragraph("A"))[:-30], "is broken: File is not a zip file. Save it again, or remove it."),
    ("pictures", docx("<w:p/>"), "has no text that can be read: only pictures, or nothing. Write the article in it,"),
    (
        "billion laughs",
        pack(**{"word/document.xml": f"{LAUGHS}<w:document {W}><w:p><w:r><w:t>&a12;</w:t></w:r></w:p></w:document>"}),
        "is broken: ",
    ),
    (
        "deep nesting",
        docx("<w:sdt>" * 100_000),
        "is broken: Excessive depth in document: 256",
    ),
]


@pytest.mark.parametrize(("raw", "reason"), [pytest.param(*case, id=what) for what, *case in BAD_WORD])
def test_word_file_is_refused(tmp_path: Path, raw: bytes, reason: str) -> None:
    assert refusal(tmp_path, "a.docx", raw).startswith(f"a.docx {reason}")


def test_bomb_is_refused_whatever_it_declares(tmp_path: Path) -> None:
    size = 300_000_000
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("word/document.xml", "w") as document,
    ):
        for _ in range(size // 1_000_000):  # in one piece, it would take a gigabyte of memory
            document.write(b"0" * 1_000_000)
    honest = packed.getvalue()
    assert refusal(tmp_path, "a.docx", honest).startswith(
        "a.docx is too large: word/document.xml unpacks to more than 20 MB. Split it, or raise max_article_mb"
    )
    small = honest.replace(struct.pack("<L", size), struct.pack("<L", 5000))
    assert small != honest
    assert refusal(tmp_path, "a.docx", small).startswith("a.docx is ")


def test_book(tmp_path: Path) -> None:
    raw = epub(
        '<?xml version="1.0" encoding="utf-8"?><html><head><title>x</title><style>p{}</style></head><body>'
        "<h1>Bridge  opens</h1><p>It’s&#160;<i>open</i>,<br/>she said.</p></body></html>",
        "<html><body><div>Two<div>Three.</div>Four.</div><ul><li>A</li><li>B</li></ul><script>x</script></body></html>",
    )
    text = "Bridge opens\n\nIt’s\u00a0open,\nshe said.\n\nTwo\n\nThree.\n\nFour.\n\nA\n\nB"
    assert read_one(tmp_path, "a.epub", raw) == article(
        "a.epub", "The Echo Weekly", text, raw, author="Ana Ruiz", source="The Echo", published="2024-12-10"
    )


PROTECTED = '<encryption><CipherReference URI="OEBPS/text/p%200.xhtml"/></encryption>'
BAD_BOOKS = [
    ("no archive", b"book", "is broken: File is not a zip file. Save it again, or remove it."),
    ("no book", pack(a="b"), "is not an e-book: it has no META-INF/container.xml. Save it again, or remove it."),
    (
        "no package",
        pack(**{"META-INF/container.xml": "<a/>"}),
        "is not an e-book: it has no package. Save it again, or",
    ),
    ("no text", epub("<img/>"), "has no text that can be read: only pictures, or nothing. Remove it."),
    ("protected", epub("A", **{"META-INF/encryption.xml": PROTECTED}), "is protected against copying: save it without"),
    ("bomb", epub(*["<p>" + "0" * 9_000_000] * 3), "is too large: its pages unpack to more than 20 MB. Split it,"),
    ("laughs", pack(**{"META-INF/container.xml": f"{LAUGHS}<a>&a12;</a>"}), "is broken: "),
]


@pytest.mark.parametrize(("raw", "reason"), [pytest.param(*case, id=what) for what, *case in BAD_BOOKS])
def test_book_is_refused(tmp_path: Path, raw: bytes, reason: str) -> None:
    assert refusal(tmp_path, "a.epub", raw).startswith(f"a.epub {reason}")


def email(body: str = "", html: str = "", attachment: bytes = b"") -> bytes:
    message = EmailMessage()
    message["Subject"] = "Café opens"
    message["From"] = "Ana Ruiz <ana@example.org>"
    message["Date"] = "Tue, 10 Dec 2024 23:30:00 -0500"
    if body:
        message.set_content(body, cte="base64")
    if html:
        (message.add_alternative if body else message.set_content)(html, subtype="html")
    if attachment:
        message.add_attachment(attachment, maintype="application", subtype="pdf", filename="a.pdf")
    return message.as_bytes()


EMAILS = [
    ("plain", email("It’s open.\n\nReally."), "It’s open.\n\nReally.\n"),
    ("plain before HTML", email("It’s open.\n", "<p>No.</p>", b"x"), "It’s open.\n"),
    ("HTML", email(html="<style>a</style><p>It’s <b>open</b>.</p><p>Really.</p>"), "It’s open.\n\nReally."),
]


@pytest.mark.parametrize(("raw", "text"), [pytest.param(*case, id=what) for what, *case in EMAILS])
def test_email(tmp_path: Path, raw: bytes, text: str) -> None:
    assert read_one(tmp_path, "a.eml", raw) == article(
        "a.eml", "Café opens", text, raw, author="Ana Ruiz", published="2024-12-10"
    )


def test_email_in_an_encoding_that_is_not_known(tmp_path: Path) -> None:
    raw = b"From: ana@example.org\r\nContent-Type: text/plain; charset=x-none\r\n\r\nThe caf\xe9 is open.\r\n"
    assert read_one(tmp_path, "open-again.eml", raw) == article(
        "open-again.eml", "Open again", "The café is open.\r\n", raw
    )


def test_email_with_only_an_attachment_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, "a.eml", email(attachment=b"%PDF")) == (
        "a.eml has no text that can be read: no message, or only attachments. Save the attachment itself instead."
    )


RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>The Echo &amp; Co</title>
<item><title>Bridge &lt;b&gt;opens&lt;/b&gt;</title><link>https://example.org/1</link><dc:creator>Ana Ruiz</dc:creator>
<pubDate>Tue, 10 Dec 2024 23:30:00 -0500</pubDate><description>Short.</description>
<content:encoded><![CDATA[<p>It’s <i>open</i>.</p><p>Really.</p>]]></content:encoded></item>
<item><title>Nothing</title></item>
<item><description>AT&amp;amp;T said so.</description></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>The Post</title><entry><title>Mayor leaves</title>
<link href="https://example.org/2"/><updated>2024-12-11T08:00:00Z</updated><author><name>Bo Dunn</name></author>
<content type="html">&lt;p&gt;He left.&lt;/p&gt;&lt;p&gt;Early.&lt;/p&gt;</content></entry></feed>"""


def known(one: Article) -> tuple[str | None, ...]:
    assert len(one.digest) == 64
    return one.id, one.title, one.text, one.source, one.author, one.published, one.url


@pytest.mark.parametrize("suffix", [".rss", ".xml"])
def test_rss(tmp_path: Path, suffix: str) -> None:
    reading = read(tmp_path, f"f{suffix}", RSS)
    name = f"f{suffix}"
    assert [known(one) for one in reading.articles] == [
        (
            f"{name}#https://example.org/1",
            "Bridge opens",
            "It’s open.\n\nReally.",
            "The Echo & Co",
            "Ana Ruiz",
            "2024-12-10",
            "https://example.org/1",
        ),
        (f"{name}#a73ff5cd62e9b35d", "AT&T said so.", "AT&T said so.", "The Echo & Co", None, None, None),
    ]
    assert reading.skipped == (
        (f"{name}#entry 2", f"{name}#entry 2 has no text: put the text of an article in it, or remove it"),
    )


def test_atom(tmp_path: Path) -> None:
    assert [known(one) for one in read(tmp_path, "f.atom", ATOM).articles] == [
        (
            "f.atom#https://example.org/2",
            "Mayor leaves",
            "He left.\n\nEarly.",
            "The Post",
            "Bo Dunn",
            "2024-12-11",
            "https://example.org/2",
        )
    ]


def test_feed_in_another_encoding(tmp_path: Path) -> None:
    feed = ATOM.replace("He left", "Он ушёл").replace("<feed", '<?xml version="1.0" encoding="windows-1251"?><feed', 1)
    (one,) = read(tmp_path, "f.atom", feed.encode("cp1251")).articles
    assert one.text == "Он ушёл.\n\nEarly."


def test_a_character_that_is_none_is_replaced(tmp_path: Path) -> None:
    raw = b"Subject: A\r\n\r\nIt is \0 open.\r\n"
    assert read_one(tmp_path, "a.eml", raw) == article("a.eml", "A", "It is \ufffd open.\r\n", raw)
    reading = read(tmp_path, "f.rss", RSS.replace("AT&amp;amp;T", "&amp;#xD800; AT&amp;amp;T"))
    assert reading.articles[1].text.encode().decode().endswith("AT&T said so.")


def test_entries_keep_their_ids_when_others_come_before_them(tmp_path: Path) -> None:
    before = read(tmp_path, "f.rss", RSS).articles
    new = "<item><guid>urn:x:4</guid><link>https://example.org/4</link><description>A fire.</description></item>"
    after = read(tmp_path, "f.rss", RSS.replace("<item>", f"{new}<item>", 1)).articles
    assert after[1:] == before
    assert after[0].id == "f.rss#urn:x:4"


def test_digest_of_an_entry_is_its_own(tmp_path: Path) -> None:
    before = read(tmp_path, "f.rss", RSS).articles
    after = read(tmp_path, "f.rss", RSS.replace("AT&amp;amp;T", "We")).articles
    assert [a.digest == b.digest for a, b in zip(before, after, strict=True)] == [True, False]


def test_xml_that_is_no_feed_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, "a.xml", "<urlset><url>x</url></urlset>") == (
        "a.xml is not an RSS or Atom feed, and no other XML is read. Remove it."
    )


def test_entities_of_a_feed_are_not_expanded(tmp_path: Path) -> None:
    hostile = RSS.replace("?>", f"?>{LAUGHS.replace('DOCTYPE x', 'DOCTYPE rss')}", 1)
    hostile = hostile.replace("Short.", "&a12; &file;").replace("AT&amp;amp;T", "&file; We")
    texts = [one.text for one in read(tmp_path, "f.rss", hostile).articles]
    assert texts[0] == "It’s open.\n\nReally."
    assert "root:" not in "".join(texts)
    assert len("".join(texts)) < 1000
