"""CitedSentences in, records out: each with the words around it in its article, and a link to it on its page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from index.errors import OnRecordError
from qa.answer import CitedSentence
from ui.citing.links import link_to_sentence

ReadText = Callable[[str], str]
"""The text of an article by its id; raises OnRecordError if there is none."""

_AROUND = 40  # characters before and after a sentence that tell it from others like it


@dataclass(frozen=True)
class Record:
    """A cited sentence with at most 40 characters of its article on either side, word for word.

    Both are "" if the article is gone, or has changed there. `link` opens the publisher's page at the sentence; it is
    "" if the article has no address on the web.
    """

    cited: CitedSentence
    prefix: str
    suffix: str
    link: str


def make_records(sentences: Iterable[CitedSentence], read_text: ReadText) -> list[Record]:
    """Return a record for each sentence, in order; each article is read once."""
    texts: dict[str, str] = {}
    records = []
    for cited in sentences:
        if cited.article_id not in texts:
            texts[cited.article_id] = _read(cited.article_id, read_text)
        records.append(_make_record(cited, texts[cited.article_id]))
    return records


def _read(article_id: str, read_text: ReadText) -> str:
    try:
        return read_text(article_id)
    except OnRecordError:  # it was removed after the answer was given
        return ""


def _make_record(cited: CitedSentence, text: str) -> Record:
    start, end = cited.start, cited.end
    if text[start:end] != cited.text:
        return Record(cited, "", "", link_to_sentence(cited.url, cited.text, 0, len(cited.text)))
    link = link_to_sentence(cited.url, text, start, end)
    return Record(cited, text[max(start - _AROUND, 0) : start], text[end : end + _AROUND], link)
