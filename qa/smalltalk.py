"""Replies to what asks for nothing the articles say: the program's own words on what it does and what there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from index.english.dates import format_date
from index.library import Library
from index.values import ArticleRecord
from qa.answer import Answer
from qa.compose import Background, join_names, number_citations
from qa.evidence import Evidence
from qa.examples import find_examples
from qa.filters import dated
from qa.request import Kind
from qa.summary import summarise_article

EXAMPLE = "- "  # before a line that is a question to ask

_EXAMPLES, _OUTLETS, _QUOTED = 3, 5, 5

_DOES = (
    "Ask what these articles say. Every sentence of an answer is one of theirs, word for word, and cited; if they do "
    "not answer, you are told so."
)
_ALSO = (
    "Also: “What happened with …?” for a timeline, “Summarise” with the title of an article, “What is new this week?”"
)


def reply(library: Library, kind: Kind, question: str, *, ask: Callable[[str], Answer]) -> Answer:
    """Return a reply of a kind in `qa.request.SMALL_TALK`; call outside `library.reading`.

    Its questions to begin with are put to `ask` first, as in `qa.examples.example_questions`.
    """
    if kind in ("thanks", "farewell"):
        return to_help(question, ["You are welcome." if kind == "thanks" else "Goodbye."])
    with library.reading():
        records = list(library.records.values())
        if kind == "newest":
            return _tell_newest(library, records, question)
        size = _tell_size(records)
        people = [speaker.name for speaker in library.people if speaker.kind == "person" and " " in speaker.name]
    quoted = [f"Quoted most: {join_names(people[:_QUOTED])}."] if people else []
    if kind == "size":
        return to_help(question, [size, *quoted])
    examples = find_examples(library, ask=ask, count=_EXAMPLES)
    offered = ["For example:", *(f"{EXAMPLE}{example}" for example in examples)] if examples else []
    return to_help(question, [_DOES, size, *quoted, *offered, _ALSO])


def to_help(
    question: str, lines: list[str], evidence: tuple[Evidence, ...] = (), library: Library | None = None
) -> Answer:
    """Return an Answer in the program's own words, a line each; `evidence` is cited after them."""
    return Answer(
        question=question,
        answered=True,
        reason="",
        note="",
        text="\n".join(lines),
        citations=number_citations(evidence, Background(names=library.full_names)) if library else (),
        closest=(),
        confidence=1.0,
        mode="help",
        seconds=0.0,
    )


def _tell_size(records: list[ArticleRecord]) -> str:
    days = sorted(day[:10] for record in records if (day := dated(record.published)))
    period = ""
    if days:
        first, last = format_date(days[0]), format_date(days[-1])
        period = f", of {first}" if first == last else f", from {first} to {last}"
    outlets = Counter(record.source for record in records if record.source)
    most = [name for name, _ in sorted(outlets.items(), key=lambda pair: (-pair[1], pair[0]))]
    rest = [f"{len(most) - _OUTLETS} more"] if len(most) > _OUTLETS else []
    sources = (
        f" {'It is' if len(records) == 1 else 'They are'} from {join_names([*most[:_OUTLETS], *rest])}." if most else ""
    )
    number = "There is 1 article" if len(records) == 1 else f"There are {len(records):,} articles"
    return f"{number}{period}.{sources}"


def _tell_newest(library: Library, records: list[ArticleRecord], question: str) -> Answer:
    newest = max(records, key=lambda record: (dated(record.published) or "", record.id), default=None)
    if newest is None or not dated(newest.published):
        return to_help(question, ["No article has a full date, so that none can be called the newest."])
    outlet = f", {newest.source}" if newest.source else ""
    line = f"The newest article is “{newest.title}”{outlet}, of {format_date(newest.published)}."
    return to_help(question, [line], tuple(summarise_article(library, newest, limit=1)), library)
