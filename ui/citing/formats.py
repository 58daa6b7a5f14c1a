"""The formats in which an answer or its sentences can leave: pages and the command line offer each row of FORMATS."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Format:
    """A format: what people call it, and its files' suffix and media type."""

    label: str
    suffix: str
    media_type: str


# `ui.citing.cite` writes each of them. This module imports nothing, so that `onrecord --help` is instant.
FORMATS = {
    "text": Format("Text", ".txt", "text/plain"),
    "markdown": Format("Markdown", ".md", "text/markdown"),
    "html": Format("Rich text (HTML)", ".html", "text/html"),
    "bibtex": Format("BibTeX", ".bib", "application/x-bibtex"),
    "ris": Format("RIS", ".ris", "application/x-research-info-systems"),
    "csl": Format("CSL-JSON", ".json", "application/vnd.citationstyles.csl+json"),
    "annotation": Format("Web Annotation", ".jsonld", "application/ld+json"),
}
