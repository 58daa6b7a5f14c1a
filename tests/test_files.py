"""Files of every format: what is read from them, under which ids, and what is skipped and why."""

from __future__ import annotations

import hashlib
import io
import json
import random
import re
import struct
import time
import warnings
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from index.errors import ArticleError
from index.reading.files import MAX_SKIPPED, SUFFIXES, Reading, read_file
from index.reading.text import read_article
from index.values import Article, parse_sentence_id, sentence_id

MAX_BYTES = 1_000_000
ONE = "The council met on Monday and decided to open the bridge. It was late.\n"
TWO = "The mayor said nothing at all on Tuesday. He left early.\n"


def read(folder: Path, name: str, content: bytes | str, *, max_bytes: int = MAX_BYTES) -> Reading:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_file(path, folder, max_bytes=max_bytes)


def refusal(folder: Path, name: str, content: bytes | str) -> str:
    with pytest.raises(ArticleError) as raised:
        read(folder, name, content)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def article(article_id: str, title: str, text: str, raw: bytes | str, **known: str) -> Article:
    digest = hashlib.sha256(raw.encode() if isinstance(raw, str) else raw).hexdigest()
    return Article(id=article_id, title=title, text=text, digest=digest, **known)  # type: ignore[arg-type]


def row(file: str, title: str, text: str, says: dict[str, str], **known: str) -> Article:
    """The article from a row of a file; `columns` are named as Article's fields."""
    columns = dict.fromkeys("text title published source author url place id".split(), "") | says
    made = article(file, title, text, json.dumps(columns, sort_keys=True), **known)
    return replace(made, id=f"{file}#{columns['id'] or made.digest[:16]}")


def pack(members: Mapping[str, bytes | str] | list[tuple[str, bytes | str]]) -> bytes:
    """An archive of these members, with their names as they are."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Duplicate name")
        for name, content in members.items() if isinstance(members, Mapping) else members:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def declare_less(archive: bytes, size: int, declared: int) -> bytes:
    """The archive, changed to declare another unpacked size for its member of this size."""
    return archive.replace(struct.pack("<L", size), struct.pack("<L", declared))


def test_the_readme_lists_every_format() -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    table = readme.partition("\n## Articles\n")[2].partition("\n\nAn article")[0]
    assert set(re.findall(r"`(\.[a-z]+)`", table)) == SUFFIXES


@pytest.mark.parametrize("name", ["a.txt", "b.md", "C.TXT"])
def test_a_text_is_read_as_read_article_reads_it(tmp_path: Path, name: str) -> None:
    reading = read(tmp_path, name, ONE)
    assert reading == Reading((read_article(tmp_path / name, tmp_path, max_bytes=MAX_BYTES),), ())


def test_lines(tmp_path: Path) -> None:
    lines = [
        '{"title": "Bridge opens", "text": "It\\u2019s\\u00a0open.\\r\\nReally.", "date": "10 December 2024", '
        '"source": "The Echo", "author": "Ana Ruiz", "url": "https://example.org/1"}',
        "",
        '  {"Headline": "Mayor leaves", "Article Body": "He left.", "published_at": "2024-12-11T08:00:00Z", '
        '"publisher": {"id": 7, "name": "The Post"}, "authors": [{"name": "Bo Dunn"}, "Cy Eck"], "link": "data:x"}',
        '{"content": "<p>Cars &amp; <b>boats</b>.</p><p>Two.</p>"}',
    ]
    raw = "\ufeff" + "\r\n".join(lines)
    assert read(tmp_path, "feed.jsonl", raw) == Reading(
        (
            row(
                "feed.jsonl",
                "Bridge opens",
                "It’s\u00a0open.\r\nReally.",
                {
                    "title": "Bridge opens",
                    "text": "It’s\u00a0open.\r\nReally.",
                    "published": "10 December 2024",
                    "source": "The Echo",
                    "author": "Ana Ruiz",
                    "url": "https://example.org/1",
                    "id": "https://example.org/1",
                },
                published="2024-12-10",
                source="The Echo",
                author="Ana Ruiz",
                url="https://example.org/1",
            ),
            row(
                "feed.jsonl",
                "Mayor leaves",
                "He left.",
                {
                    "title": "Mayor leaves",
                    "text": "He left.",
                    "published": "2024-12-11T08:00:00Z",
                    "source": "The Post",
                    "author": "Bo Dunn, Cy Eck",
                    "url": "data:x",
                    "id": "data:x",
                },
                published="2024-12-11",
                source="The Post",
                author="Bo Dunn, Cy Eck",
            ),
            row(
                "feed.jsonl",
                "Cars & boats. Two.",
                "Cars & boats.\n\nTwo.",
                {"text": "<p>Cars &amp; <b>boats</b>.</p><p>Two.</p>"},
            ),
        )
    )


BAD_LINES = [
    ("words", "not JSON", "is not JSON: Expecting value: line 1 column 1 (char 0). Write one object on the line, or"),
    ("a list", "[1]", 'is not a JSON object but a list: write {"title": …, "text": …}, or remove it'),
    ("null", "null", 'is not a JSON object but null: write {"title": …, "text": …}, or remove it'),
    ("no text", '{"title": "A"}', "has no text: put the article in its column text, or remove it"),
    ("white space for text", '{"text": " \\n"}', "has no text: put the article in its column text, or remove it"),
    ("a number for text", '{"text": 7}', "has no text: put the article in its column text, or remove it"),
    ("HTML of nothing", '{"text": "<p><script>x</script></p>"}', "has no text: put the text of an article in it, or"),
    ("deep nesting", "[" * 200_000, "is nested too deeply: make it a flat object, or remove it"),
    ("a number of too many digits", '{"text": ' + "9" * 5000 + "}", "is not JSON: Exceeds the limit (4300 digits)"),
    ("NUL bytes", '{"text": "a\0b"}', "is not JSON: Invalid control character at: line 1 column 12 (char 11)."),
    ("too large", '{"text": "' + "x" * MAX_BYTES + '"}', "is too large: 1.00001 MB, and the limit is 1 MB."),
]


@pytest.mark.parametrize(("line", "reason"), [pytest.param(*case, id=what) for what, *case in BAD_LINES])
def test_a_line_that_cannot_be_read_stops_no_other(tmp_path: Path, line: str, reason: str) -> None:
    good = json.dumps({"text": ONE})
    reading = read(tmp_path, "a.jsonl", f"{good}\n{line}\n{good}\n")
    assert [one.text for one in reading.articles] == [ONE, ONE]
    ((place, said),) = reading.skipped
    assert place == "a.jsonl#line 2"
    assert said.startswith(f"a.jsonl#line 2 {reason}")


def test_a_line_of_50_mb_stops_no_other(tmp_path: Path) -> None:
    good = json.dumps({"text": ONE})
    raw = b'{"text": "' + b"x" * 50_000_000 + b'"}\n' + good.encode()
    began = time.perf_counter()
    reading = read(tmp_path, "a.jsonl", raw, max_bytes=5_000_000)
    assert time.perf_counter() - began < 10
    assert reading == Reading(
        (row("a.jsonl", ONE.strip(), ONE, {"text": ONE}),),
        (
            (
                "a.jsonl#line 1",
                "a.jsonl#line 1 is too large: 50 MB, and the limit is 5 MB. "
                "Split it, or raise max_article_mb (ONRECORD_MAX_ARTICLE_MB).",
            ),
        ),
    )


def test_many_bad_lines_are_counted(tmp_path: Path) -> None:
    reading = read(tmp_path, "a.jsonl", "no\n" * 100 + json.dumps({"text": ONE}))
    assert [one.text for one in reading.articles] == [ONE]
    assert [place for place, _ in reading.skipped] == [f"a.jsonl#line {i + 1}" for i in range(MAX_SKIPPED)] + [
        "a.jsonl"
    ]
    assert reading.skipped[-1] == ("a.jsonl", "80 more in a.jsonl could not be read")


def test_a_lone_surrogate_and_a_nul_are_replaced(tmp_path: Path) -> None:
    (one,) = read(tmp_path, "a.jsonl", '{"text": "A \\ud83d B \\u0000 C \\ud83d\\ude00."}').articles
    assert one.text == "A \ufffd B \ufffd C 😀."


def test_rows(tmp_path: Path) -> None:
    rows = [
        "Title,Published,Body,Source\r\n",
        '"Bridge, opens",2024-12-10,"She said ""yes"".\r\n\r\nIt was\xa0late.",The Echo\r\n',
        "\r\n",
        "Mayor leaves,,He left.\r\n",
    ]
    assert read(tmp_path, "t.csv", "\ufeff" + "".join(rows)) == Reading(
        (
            row(
                "t.csv",
                "Bridge, opens",
                'She said "yes".\r\n\r\nIt was\xa0late.',
                {
                    "title": "Bridge, opens",
                    "text": 'She said "yes".\r\n\r\nIt was\xa0late.',
                    "published": "2024-12-10",
                    "source": "The Echo",
                },
                published="2024-12-10",
                source="The Echo",
            ),
            row("t.csv", "Mayor leaves", "He left.", {"title": "Mayor leaves", "text": "He left."}),
        )
    )


def test_header_that_is_swapped_changes_every_row(tmp_path: Path) -> None:
    (before,) = read(tmp_path, "t.csv", f"id,title,text\n7,{ONE.strip()},{TWO.strip()}\n").articles
    (after,) = read(tmp_path, "t.csv", f"id,text,title\n7,{ONE.strip()},{TWO.strip()}\n").articles
    assert (before.id, before.text, after.id, after.text) == ("t.csv#7", TWO.strip(), "t.csv#7", ONE.strip())
    assert before.digest != after.digest


def test_column_that_nobody_reads_changes_no_row(tmp_path: Path) -> None:
    before = read(tmp_path, "t.csv", "text,views\nIt is open.,7\n")
    assert read(tmp_path, "t.csv", "views;text\n8;It is open.\n") == before


IDS = [
    ("a guid before an address and a number", {"id": "7", "link": "https://e.org/7", "guid": "urn:7"}, "urn:7"),
    ("an address before a number", {"ID": 7, "permalink": "https://e.org/7#top"}, "https://e.org/7#top"),
    ("a number", {"article_id": 7}, "7"),
    ("nought", {"id": 0}, "0"),
    ("white space and newlines", {"id": " a \n\u2028 b\t"}, "a b"),
    ("an override that shows it otherwise", {"id": "a\u202etxt.exe"}, "292f27d29cdb57bc"),
    ("a control character", {"id": "a\x1b[31m"}, "f4ff40a88087ee59"),
    ("half a character", {"id": "a\ud83d"}, "a\ufffd"),
    ("200 characters", {"id": "x" * 200}, "x" * 200),
    ("more than that", {"id": "x" * 201}, "84a0678c90937f5d"),
]


@pytest.mark.parametrize(("columns", "expected"), [pytest.param(*case, id=what) for what, *case in IDS])
def test_row_is_called_what_its_publisher_calls_it(tmp_path: Path, columns: dict[str, object], expected: str) -> None:
    (one,) = read(tmp_path, "a.jsonl", json.dumps({"text": ONE, **columns})).articles
    assert one.id == f"a.jsonl#{expected}"
    assert parse_sentence_id(sentence_id(one.id, one.digest, 3)) == (one.id, one.digest[:16], 3)


def test_rows_that_are_called_the_same_are_told_apart(tmp_path: Path) -> None:
    def ids(*rows: tuple[str, str]) -> list[str]:
        lines = (json.dumps({"guid": guid, "text": text}) for guid, text in rows)
        return [one.id.partition("#")[2] for one in read(tmp_path, "a.jsonl", "\n".join(lines)).articles]

    one, two = ids(("", ONE), ("", TWO))
    assert ids(("g", ONE), ("h", TWO), ("g", ONE)) == ["g", "h", "g (2)"]  # the same one twice
    assert ids(("", ONE), ("", ONE), ("", TWO), ("", ONE)) == [one, f"{one} (2)", two, f"{one} (3)"]
    first, second = ids(("g", ONE), ("g", TWO))
    assert ids(("h", ONE), ("g", TWO), ("g", ONE)) == ["h", second, first]  # in any order
    assert len({"g", first, second}) == 3
    assert ids(("g (2)", ONE), ("g", TWO), ("g", TWO)) == ["g (2)", "g", "g (3)"]  # one that looks numbered
    assert ids((one, TWO), ("", ONE)) == [one, f"{one} (2)"]  # one that looks like a digest


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(tmp_path: Path, delimiter: str) -> None:
    (one,) = read(tmp_path, "t.csv", f"headline{delimiter}Full Text\nA{delimiter}One.\n").articles
    assert (one.title, one.text) == ("A", "One.")


CSV_ENCODINGS = [
    ("utf-8", "Café “A” 😀."),
    ("utf-16", "Café “A”."),
    ("cp1252", "Café “A” costs five pounds a day and no more than that."),
]


@pytest.mark.parametrize(("encoding", "text"), CSV_ENCODINGS, ids=[encoding for encoding, _ in CSV_ENCODINGS])
def test_encodings_of_a_table(tmp_path: Path, encoding: str, text: str) -> None:
    (one,) = read(tmp_path, "t.csv", f'text\n"{text}\n2"\n'.encode(encoding)).articles
    assert one.text == f"{text}\n2"


def test_invalid_utf8_in_one_row_changes_no_other(tmp_path: Path) -> None:
    raw = "text\nDas Café ist offen sagte sie.\n".encode() + "Das Café ist zu sagte sie.\n".encode("cp1252")
    assert [one.text for one in read(tmp_path, "t.csv", raw).articles] == [
        "Das Café ist offen sagte sie.",
        "Das Café ist zu sagte sie.",
    ]


def test_a_huge_field_stops_no_other(tmp_path: Path) -> None:
    reading = read(tmp_path, "t.csv", f'text\n"{"x" * 3_000_000}"\n{ONE}"a\0b."\n')
    assert [one.text for one in reading.articles] == [ONE.strip()]
    assert reading.skipped == (
        (
            "t.csv#row 1",
            "t.csv#row 1 is too large: 3 MB, and the limit is 1 MB. Split it, or raise max_article_mb "
            "(ONRECORD_MAX_ARTICLE_MB). Is a quotation mark left open in it?",
        ),
        ("t.csv#row 3", "t.csv#row 3 is not text: it has NUL bytes. Save the file as UTF-8, or remove the row."),
    )


def test_a_table_without_a_column_of_text_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, "t.csv", "name,âge\nA,7\n") == (
        "t.csv has no column for the text of its articles; its first line is 'name,âge'. "
        "Call one text, content or body there."
    )


def test_archive(tmp_path: Path) -> None:
    rows = '{"text": "He left."}'
    inner = pack({"deep/b.txt": TWO, "c.jsonl": rows})
    raw = pack(
        {"news/": "", "news/a.md": ONE, "inner.zip": inner, ".hidden.txt": ONE, "__MACOSX/._a.md": "x", "p.jpg": ""}
    )
    assert read(tmp_path, "x.zip", raw) == Reading(
        (
            article("x.zip/news/a.md", "A", ONE, ONE),
            article("x.zip/inner.zip/deep/b.txt", "B", TWO, TWO),
            row("x.zip/inner.zip/c.jsonl", "He left.", "He left.", {"text": "He left."}),
        ),
        (("x.zip/p.jpg", f"x.zip/p.jpg is not read: only {', '.join(sorted(SUFFIXES))} files are"),),
    )


def test_a_text_in_an_archive_is_read_as_one_in_the_folder(tmp_path: Path) -> None:
    text = "\ufeff---\nauthor: Ana Ruiz\ndate: Dec 10\n---\nBridge opens\n\nMOSCOW (Reuters) - " + ONE
    (outside,) = read(tmp_path, "echo_slug.txt", text).articles
    (inside,) = read(tmp_path, "x.zip", pack({"echo_slug.txt": text})).articles
    assert inside == Article(**{**vars(outside), "id": "x.zip/echo_slug.txt"})
    assert (inside.author, inside.published, inside.source) == ("Ana Ruiz", "--12-10", "Reuters")


def test_names_in_an_archive_are_only_ids(tmp_path: Path) -> None:
    names = [
        "../../up.txt",
        "/etc/root.txt",
        "C:\\win\\d.txt",
        "a\nb\x1b.txt",
        "😀 é.txt",
        "./s.txt",
        "s.txt",
        "s.txt",
        "...",
    ]
    folder = tmp_path / "seeds"
    folder.mkdir()
    reading = read(folder, "x.zip", pack([(name, ONE) for name in names]))
    assert [one.id for one in reading.articles] == [
        "x.zip/up.txt",
        "x.zip/etc/root.txt",
        "x.zip/win/d.txt",
        "x.zip/a b\ufffd.txt",
        "x.zip/😀 é.txt",
        "x.zip/s.txt",
        "x.zip/s (2).txt",
        "x.zip/s (3).txt",
    ]
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")) == ["seeds", "seeds/x.zip"]


def test_archives_are_read_two_levels_deep(tmp_path: Path) -> None:
    raw = pack({"t3.txt": ONE})
    for level in (2, 1, 0):
        raw = pack({f"t{level}.txt": ONE, f"z{level}.zip": raw})
    reading = read(tmp_path, "x.zip", raw)
    assert [one.id for one in reading.articles] == ["x.zip/t0.txt", "x.zip/z0.zip/t1.txt", "x.zip/z0.zip/z1.zip/t2.txt"]
    deepest = "x.zip/z0.zip/z1.zip/z2.zip"
    assert reading.skipped == (
        (deepest, f"{deepest} is an archive too deep in others: unpack the outer ones, or remove it"),
    )


def test_bad_members_stop_no_other(tmp_path: Path) -> None:
    noise = random.Random(7).randbytes(3000)
    members: list[tuple[str, bytes | str]] = [
        ("a.txt", b""),
        ("b.txt", noise),
        ("c.html", noise),
        ("d.pdf", noise),
        ("e.docx", noise),
        ("f.zip", noise),
        ("g.txt", "x" * (MAX_BYTES + 1)),
        ("good.txt", ONE),
    ]
    reading = read(tmp_path, "x.zip", pack(members))
    assert [one.id for one in reading.articles] == ["x.zip/good.txt"]
    assert [row for row, _ in reading.skipped] == [f"x.zip/{name}" for name, _ in members[:-1]]
    for (_, said), reason in zip(
        reading.skipped,
        [
            "is empty: put an article in it",
            "is not text: ",
            "is not text: ",
            "is not a PDF, or is cut short: ",
            "is broken: File is not a zip file.",
            "is not an archive, or a broken one: File is not a zip file.",
            "is too large: 1 MB, and the limit is 1 MB. ",
        ],
        strict=True,
    ):
        assert reason in said


def test_a_bomb_is_refused_by_what_it_declares(tmp_path: Path) -> None:
    began = time.perf_counter()
    assert refusal(tmp_path, "x.zip", pack({f"{i}.txt": b"0" * 1_000_000 for i in range(21)})) == (
        "x.zip is too large: 21 MB unpacked, and the limit is 20 MB. "
        "Split it, or raise max_article_mb (ONRECORD_MAX_ARTICLE_MB)."
    )
    nested = {f"{i}.zip": pack({"a.jsonl": b"0\n" * 6_000_000}) for i in range(2)}
    reading = read(tmp_path, "y.zip", pack({"good.txt": ONE, **nested}))
    assert [one.id for one in reading.articles] == ["y.zip/good.txt"]
    assert [said.partition(", and")[0] for _, said in reading.skipped] == [
        "y.zip/0.zip/a.jsonl has too many rows: 6,000,000",
        "y.zip/1.zip is too large: 12 MB unpacked",
    ]
    assert time.perf_counter() - began < 10


def test_a_bomb_that_declares_less_is_cut(tmp_path: Path) -> None:
    import tracemalloc

    size = 123_456_789
    raw = declare_less(pack({"a.txt": b"0" * size, "good.txt": ONE}), size, 5000)
    began = time.perf_counter()
    tracemalloc.start()
    reading = read(tmp_path, "x.zip", raw)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert reading.skipped == (
        ("x.zip/a.txt", "x.zip/a.txt is broken: Bad CRC-32 for file 'a.txt'. Pack it again, or remove it."),
    )
    assert [one.id for one in reading.articles] == ["x.zip/good.txt"]
    assert peak < 10_000_000
    assert time.perf_counter() - began < 10


def test_too_many_members_are_refused(tmp_path: Path) -> None:
    raw = pack([("a.txt", "")] * 50_001)
    assert refusal(tmp_path, "x.zip", raw) == "x.zip has more than 50,000 members: split it, or remove it"
    reading = read(tmp_path, "z.zip", pack({"many.zip": raw, "few.zip": pack({"b.txt": ONE})}))
    assert [one.id for one in reading.articles] == ["z.zip/few.zip/b.txt"]
    assert refusal(tmp_path, "y.zip", b"PK\1\2" * 300_000).startswith("y.zip has more than 50,000 members")


def test_an_encrypted_and_an_oddly_packed_member_are_skipped(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.txt", ONE, zipfile.ZIP_STORED)
        archive.writestr("b.txt", ONE, zipfile.ZIP_LZMA)
        archive.writestr("c.txt", ONE, zipfile.ZIP_STORED)
    raw = bytearray(packed.getvalue())
    raw[raw.index(b"PK\1\2") + 8] |= 1
    reading = read(tmp_path, "x.zip", bytes(raw))
    assert [one.id for one in reading.articles] == ["x.zip/c.txt"]
    assert reading.skipped == (
        ("x.zip/a.txt", "x.zip/a.txt is encrypted: pack it again without a password, or remove it"),
        ("x.zip/b.txt", "x.zip/b.txt is packed in an unusual way: pack it again with Deflate, or remove it"),
    )


@pytest.mark.parametrize("suffix", sorted(SUFFIXES - {".txt", ".md"}))
def test_nothing_is_refused(tmp_path: Path, suffix: str) -> None:
    assert refusal(tmp_path, f"a{suffix}", b"") == f"a{suffix} is empty: put an article in it, or remove it"


@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
def test_noise_is_refused_in_bounded_time(tmp_path: Path, suffix: str) -> None:
    began = time.perf_counter()
    noise = random.Random(5).randbytes(200_000)
    for raw in (noise, b"PK\3\4" + noise, b"%PDF-1.7\n" + noise, zlib.compress(noise)):
        assert refusal(tmp_path, f"a{suffix}", raw).startswith(f"a{suffix} ")
    assert time.perf_counter() - began < 20


def test_the_whole_file_is_too_large(tmp_path: Path) -> None:
    for name, limit in (("a.html", "1 MB"), ("a.csv", "20 MB"), ("a.zip", "20 MB"), ("a.pdf", "20 MB")):
        path = tmp_path / name
        path.write_bytes(b"")
        with path.open("r+b") as sparse:
            sparse.truncate(21_000_000)
        with pytest.raises(ArticleError, match=rf"^{name} is too large: 21 MB, and the limit is {limit}\. Split it"):
            read_file(path, tmp_path, max_bytes=MAX_BYTES)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArticleError, match=r"^a\.pdf cannot be read: No such file or directory\."):
        read_file(tmp_path / "a.pdf", tmp_path, max_bytes=MAX_BYTES)
