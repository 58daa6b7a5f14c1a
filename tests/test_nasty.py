"""Thirty nasty files in one folder: each is read, or skipped with a reason, in bounded time and memory.

A file without read permission is tested in `tests/test_text.py`, unless the user is root.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from index.library import Library
from index.settings import Settings

ROOT = Path(__file__).parent.parent
GOOD = "The bridge over the river is open again. “Ships may pass,” said Ana Ruiz, the mayor of the town.\n"
SECONDS = 120  # about 12 are needed, and several times that on a busy machine; a hang would last forever
MEGABYTES = 2_000  # per process; about 700 are needed, most of them for torch

MEASURED = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(code)
"""

Make = bytes | Callable[[Path], None]


def pack(members: dict[str, bytes | str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def pdf(**options: object) -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    drawn = io.BytesIO()
    canvas = Canvas(drawn, **options)
    canvas.drawString(72, 700, GOOD[:40])
    canvas.save()
    return drawn.getvalue()


def repeat(unit: bytes, count: int, *, before: bytes = b"", after: bytes = b"") -> Callable[[Path], None]:
    """Write a file that repeats `unit`, without holding it in memory."""

    def write(path: Path) -> None:
        with path.open("wb") as file:
            file.write(before)
            for _ in range(count):
                file.write(unit)
            file.write(after)

    return write


def bomb(member: str, *, before: bytes = b"", after: bytes = b"") -> Callable[[Path], None]:
    """Write a small archive with a member that unpacks to 300 MB."""

    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(member, "w") as part:
            part.write(before)
            for _ in range(300):
                part.write(b"0" * 1_000_000)
            part.write(after)

    return write


def link_to(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


LAUGHS = (
    '<!DOCTYPE r [<!ENTITY a "ha">' + "".join(f'<!ENTITY a{i} "{"&a;" * 10}">' for i in range(9)) + "]><rss>&a8;</rss>"
)
WORD = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>'
# By name: the content, and how the reason for skipping the file begins; None if it is read, "" if it is passed over
# because it is not an article.
NASTY: dict[str, tuple[Make, str | None]] = {
    "zero.txt": (b"", "it is empty"),
    "blank.md": (b" \r\n\t \n", "it is empty"),
    "stars.txt": (b"* * *", "it contains no sentences"),
    "binary.txt": (bytes(range(32)) * 400, "it is not text"),
    "picture.txt": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "it is not text"),
    "invalid-utf8.txt": (GOOD.encode() * 2 + b"It costs \xa35 \xff\xfe.", None),
    "utf16.txt": (GOOD.encode("utf-16"), None),
    "bom.txt": (b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode(), None),
    "long-line.txt": (repeat(b"word " * 10_000, 1_000), "it is too large: 50 MB"),
    "long-line.jsonl": (
        repeat(b"word " * 10_000, 1_000, before=b'{"text": "', after=b'"}'),
        "it holds no article: long-line.jsonl#line 1 is too",
    ),
    "long-word.txt": (b"a" * 1_000_000 + b". " + GOOD.encode(), None),
    "marks.txt": (GOOD.encode() + "“".encode() * 100_000, None),
    "cut.pdf": (pdf()[:300], "it is not a PDF, or is cut short"),
    "encrypted.pdf": (pdf(encrypt="secret"), "it is encrypted"),
    "not.pdf": (b"%PDF-" + bytes(range(256)) * 40, "it is not a PDF, or is cut short"),
    "scripts.html": (b"<html><script>document.write('Hello there')</script></html>", "it has no text"),
    "deep.html": (b"<div>" * 200_000 + GOOD.encode(), "it has no text"),
    "bomb.docx": (
        bomb("word/document.xml", before=WORD, after=b"</w:t></w:r></w:p></w:body></w:document>"),
        "it is too large",
    ),
    "not.docx": (b"PK\x03\x04 nothing", "it is broken"),
    "laughs.rss": (LAUGHS.encode(), "it holds no article"),
    "bomb.zip": (bomb("a.txt"), "it is too large"),
    "climbing.zip": (pack({"../../climbed.txt": GOOD, "/tmp/climbed.txt": GOOD}), None),
    "broken.epub": (pack({"mimetype": "application/epub+zip"}), "it is not an e-book"),
    "header-only.eml": (b"Subject: nothing\r\n\r\n", "it has no text"),
    "junk.csv": (b'a,b\n"never closed\n' * 1_000, "it has no column"),
    "new\nline.txt": (GOOD.encode(), None),
    "🗞️ “news” <b>&amp;.txt": (GOOD.encode(), None),
    "loop.txt": (link_to("loop.txt"), "it cannot be read: Too many levels of symbolic links"),
    "loop-folder": (link_to("."), ""),
    "pipe.txt": (os.mkfifo, ""),
}


@pytest.mark.slow
def test_thirty_nasty_files(tmp_path: Path) -> None:
    folder, store = tmp_path / "news", tmp_path / "store"
    folder.mkdir()
    (folder / "good.txt").write_text(GOOD)
    for name, (make, _) in NASTY.items():
        if callable(make):
            make(folder / name)
        else:
            (folder / name).write_bytes(make)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ONRECORD_")}
    command = [sys.executable, "-m", "index", "--json", "--seeds", str(folder), "--store", str(store)]
    began = time.perf_counter()
    # Measured by a small process in between: a process's peak includes what it used before it called exec.
    ran = subprocess.run([sys.executable, "-c", MEASURED, *command], cwd=ROOT, env=environment, capture_output=True)
    assert ran.returncode == 0
    assert time.perf_counter() - began < SECONDS
    assert int(ran.stderr.split()[-1]) / 1e3 < MEGABYTES

    report = json.loads(ran.stdout)
    skipped = {name.partition("#")[0]: reason for name, reason in report["skipped"]}
    wanted = {name: reason for name, (_, reason) in NASTY.items() if reason}
    assert skipped.keys() == wanted.keys()
    assert {name: reason for name, reason in skipped.items() if not reason.startswith(wanted[name])} == {}

    read = {name for name, (_, reason) in NASTY.items() if reason is None} | {"good.txt"}
    with Library(Settings(seeds=folder, store=store)) as library:
        assert {record.file for record in library.records.values()} == read
        for record in library.records.values():
            text = library.article(record.id).text
            sentences = [sentence.text for sentence in library.store.sentences(record)]
            assert [text[s.start : s.end] for s in library.store.sentences(record)] == sentences
            assert "“Ships may pass,” said Ana Ruiz, the mayor of the town." in sentences
    assert not list(tmp_path.rglob("climbed*"))
    assert not Path("/tmp/climbed.txt").exists()
