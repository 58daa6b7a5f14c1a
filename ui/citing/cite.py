"""An Answer, or sentences that answers and `qa.quotes` gave, in; text in one of FORMATS out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from index.errors import QuestionError
from qa.answer import Answer, CitedSentence
from qa.ask import open_library
from qa.copies import list_copies
from ui.citing.annotations import to_annotations
from ui.citing.bibliography import to_bibtex, to_csl, to_ris
from ui.citing.formats import FORMATS
from ui.citing.quotations import answer_document, quotations_html, quotations_markdown, quotations_text
from ui.citing.records import ReadText, Record, make_records
from ui.text.answer import NO_COPIES, Copies, Link, answer_markdown, answer_text

_SENTENCES: Mapping[str, Callable[[Sequence[Record]], str]] = {
    "text": quotations_text,
    "markdown": quotations_markdown,
    "html": quotations_html,
    "bibtex": to_bibtex,
    "ris": to_ris,
    "csl": to_csl,
    "annotation": to_annotations,
}
# The others have nothing of an answer but the sentences that it cites.
_ANSWERS: Mapping[str, Callable[[Answer, Copies, Link], str]] = {
    "text": lambda answer, copies, link: answer_text(answer, copies, link=link),
    "markdown": lambda answer, copies, link: answer_markdown(answer, copies, link=link),
    "html": answer_document,
}


def cite(
    cited: Answer | Sequence[CitedSentence],
    form: str,
    *,
    seeds: str | Path | None = None,
    store: str | Path | None = None,
) -> str:
    """Return an answer or sentences in one of FORMATS; `seeds` and `store` are the folders that they come from.

    A refusal cites no sentence, but as text, Markdown or HTML it is written out. Raises QuestionError for an unknown
    format.
    """
    library = open_library(seeds, store)
    copies = list_copies(library, cited.citations or cited.closest) if isinstance(cited, Answer) else NO_COPIES
    return write(cited, form, library.read_text, copies)


def write(cited: Answer | Sequence[CitedSentence], form: str, read_text: ReadText, copies: Copies = NO_COPIES) -> str:
    """Write an answer or sentences in one of FORMATS; see `cite`. `copies` is for answers: see `ui.text.answer`."""
    if form not in FORMATS:
        raise QuestionError(f"there is no format {form!r}. The formats are: {', '.join(FORMATS)}.")
    if not isinstance(cited, Answer):
        return _SENTENCES[form](make_records(cited, read_text))
    if form not in _ANSWERS:
        return _SENTENCES[form](make_records(cited.citations, read_text))
    return _ANSWERS[form](cited, copies, make_link([*cited.citations, *cited.closest], read_text))


def make_link(sentences: Sequence[CitedSentence], read_text: ReadText) -> Link:
    """Return what links to each of these sentences on its publisher's page."""
    records = make_records(sentences, read_text)
    links = {(record.cited.article_id, record.cited.start): record.link for record in records}
    return lambda cited: links.get((cited.article_id, cited.start), "")
