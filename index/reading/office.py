"""The bytes of a Word file or an e-book in, its text and what is known about it out."""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO
from posixpath import dirname, join, normpath
from typing import Any
from urllib.parse import unquote

from index.errors import ArticleError
from index.reading.html import decode_html, read_blocks
from index.reading.metadata import to_one_line

NO_TEXT = "has no text that can be read"
# title, text, source, author, published, url, locators (as JSON) and, for an entry of a feed, id: those that are known
Extract = dict[str, str]

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"  # repeats what Choice says
_DC = "{http://purl.org/dc/elements/1.1/}"


def extract_docx(raw: bytes, max_bytes: int) -> Extract:
    """Return the text of a Word file: its paragraphs, tables and text boxes, including tracked insertions and moves.

    What was deleted or moved away is not read (python-docx 1.2 would leave out insertions too). Its dates are those of
    the file, not of the article, so they are not read either.
    """
    with _unpack(raw) as archive:
        body = _parse_xml(_read_part(archive, "word/document.xml", max_bytes))
        names = set(archive.namelist())
        core = _parse_xml(_read_part(archive, "docProps/core.xml", max_bytes)) if "docProps/core.xml" in names else None
    paragraphs: list[list[str]] = []
    open_paragraphs: list[list[str]] = []
    unread = 0
    from lxml import etree

    for event, element in etree.iterwalk(body, events=("start", "end")):
        tag = element.tag
        if tag in (_FALLBACK, _W + "moveFrom"):
            unread += 1 if event == "start" else -1
        elif unread:
            continue
        elif tag == _W + "p":
            if event == "start":
                open_paragraphs.append([])
                paragraphs.append(open_paragraphs[-1])
            else:
                open_paragraphs.pop()
        elif event == "start" and open_paragraphs:
            if tag == _W + "t":
                open_paragraphs[-1].append(element.text or "")
            elif tag in (_W + "tab", _W + "br", _W + "cr"):
                # A tab stop in a paragraph's style is also called w:tab; only one in a run is a tab.
                in_run = element.getparent().tag == _W + "r"
                open_paragraphs[-1].append(("\t" if tag == _W + "tab" else "\n") if in_run else "")
            elif tag == _W + "noBreakHyphen":
                open_paragraphs[-1].append("\u2011")
    lines = ("".join(pieces).strip() for pieces in paragraphs)
    text = "\n\n".join(line for line in lines if line)
    if not text:
        raise ArticleError(f"{NO_TEXT}: only pictures, or nothing. Write the article in it, or remove it.")
    known = {}
    if core is not None:
        known = {"title": core.findtext(f".//{_DC}title") or "", "author": core.findtext(f".//{_DC}creator") or ""}
    return {**known, "text": text}


def extract_epub(raw: bytes, max_bytes: int) -> Extract:
    """Return the text of an e-book, which is the pages of its spine in order, and what its package says."""
    with _unpack(raw) as archive:
        names = set(archive.namelist())
        container = _parse_xml(_read_part(archive, "META-INF/container.xml", max_bytes))
        package_name = next((entry.get("full-path", "") for entry in container.iter("{*}rootfile")), "")
        package = _parse_xml(_read_part(archive, package_name, max_bytes))
        hrefs = {
            entry.get("id"): normpath(join(dirname(package_name), unquote(entry.get("href", ""))))
            for entry in package.iter("{*}item")
            if "nav" not in entry.get("properties", "").split()
        }
        spine = [hrefs.get(entry.get("idref")) for entry in package.iter("{*}itemref") if entry.get("linear") != "no"]
        if "META-INF/encryption.xml" in names:
            encryption = _parse_xml(_read_part(archive, "META-INF/encryption.xml", max_bytes))
            if {unquote(entry.get("URI", "")) for entry in encryption.iter("{*}CipherReference")} & set(spine):
                raise ArticleError("is protected against copying: save it without protection, or remove it")
        read = [name for name in dict.fromkeys(spine) if name in names]  # a page that is named twice is read once
        if sum(archive.getinfo(name).file_size for name in read) > max_bytes:
            raise _too_large("its pages unpack", max_bytes)
        pages = [read_blocks(decode_html(_read_part(archive, name, max_bytes))) for name in read]
    text = "\n\n".join(page for page in pages if page)
    if not text:
        raise ArticleError(f"{NO_TEXT}: only pictures, or nothing. Remove it.")
    fields = {"title": "title", "author": "creator", "source": "publisher", "published": "date"}
    known = {name: package.findtext(f".//{_DC}{tag}") or "" for name, tag in fields.items()}
    return {**known, "text": text}


def _unpack(raw: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(BytesIO(raw))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise ArticleError(f"is broken: {to_one_line(str(error))}. Save it again, or remove it.") from error


def _read_part(archive: zipfile.ZipFile, name: str, max_bytes: int) -> bytes:
    """Return a part of a Word file or an e-book, unpacked."""
    try:
        size = archive.getinfo(name).file_size
        if size > max_bytes:
            raise _too_large(f"{name} unpacks", max_bytes)
        with archive.open(name) as part:
            return part.read(size + 1)  # read() without a size would unpack everything, whatever size was declared
    except KeyError as error:
        kind = "a Word file" if name.startswith("word/") else "an e-book"
        raise ArticleError(f"is not {kind}: it has no {name or 'package'}. Save it again, or remove it.") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        raise ArticleError(f"is broken: {name}: {to_one_line(str(error))}. Save it again, or remove it.") from error


def _too_large(what: str, limit: int) -> ArticleError:
    return ArticleError(
        f"is too large: {what} to more than {limit / 1e6:,.6g} MB. "
        "Split it, or raise max_article_mb (ONRECORD_MAX_ARTICLE_MB)."
    )


def _parse_xml(raw: bytes) -> Any:
    """Return the tree of XML; entities are not expanded, and nothing is loaded."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as error:
        raise ArticleError(f"is broken: {to_one_line(str(error))}. Save it again, or remove it.") from error
