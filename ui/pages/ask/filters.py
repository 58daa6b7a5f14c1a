"""The filters of a question, read from a form or a link, and shown as HTML with everything escaped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from index.errors import QuestionError
from qa.filters import FILTER_NAMES, Filters, find_articles
from qa.statements import match_speaker
from ui.inert import escape_html
from ui.search import has_words, split_sought
from ui.wording import describe_filters, describe_source

if TYPE_CHECKING:
    from index.library import Library
    from index.values import ArticleRecord


_LONGEST = 500  # characters of a field
_OFFERED = 12


def read_filters(library: Library, given: Mapping[str, Any]) -> tuple[Filters, tuple[str, ...]]:
    """The filters in a form or a link, and what is wrong with those that had to be left out."""
    read: dict[str, str | None] = {}
    problems = []
    with library.reading():
        records = library.records
    for name in FILTER_NAMES:
        value = given.get(name)
        value = value.strip()[:_LONGEST] if isinstance(value, str) else ""
        if not value:
            continue
        try:
            if name == "speaker":
                read[name] = match_speaker(library, value).speaker.name
                continue
            if name == "article":
                value = _find_article(records, value)
            find_articles(records, Filters(**{name: value}))
            if name == "source":
                outlets = (record.source for record in records.values() if record.source)
                value = next(source for source in outlets if source.casefold() == value.casefold())
            elif name == "article":
                read["article_title"] = records[value].title
            read[name] = value
        except QuestionError as error:
            problems.append(str(error))
    return Filters(**read), tuple(problems)


def filters_html() -> str:
    """The form; it is never rendered again, so that nothing being typed in it is lost."""

    def field(name: str, label: str, placeholder: str, kind: str = "text") -> str:
        listed = f' list="offered-{name}"' if kind == "text" else ""
        return (
            f'<p class="field {name}"><label for="filter-{name}">{label}</label><input id="filter-{name}" '
            f'name="{name}" type="{kind}"{listed} maxlength="{_LONGEST}" autocomplete="off" spellcheck="false" '
            f'placeholder="{placeholder}"></p>'
        )

    return (
        '<form id="filter-form" aria-label="Filters" hidden>'
        f"{field('speaker', 'Said by', 'Anyone')}{field('source', 'Source', 'Any source')}"
        f"{field('since', 'From', '', 'date')}{field('until', 'Until', '', 'date')}"
        f"{field('article', 'Only in the article', 'Any article: type words of its title')}</form>"
    )


def offers_html(library: Library, name: str, sought: str) -> str:
    """Suggestions for what is typed in a field: people and outlets, those with most statements first, or articles."""
    words = split_sought(sought)
    with library.reading():
        people, records = library.people, library.records
    rows: list[tuple[str, str]] = []
    if name == "speaker":
        rows = [(who.name, ", ".join(who.also[:1])) for who in people if has_words(words, who.name, *who.also)]
    elif name == "source":
        often = Counter(record.source for record in records.values() if record.source)
        rows = [(source, "") for source, _ in often.most_common() if has_words(words, source)]
    elif name == "article":
        matching = islice((record for record in records.values() if has_words(words, _describe(record))), _OFFERED)
        rows = [(record.id, describe_source(record.title, record.source, record.published)) for record in matching]
    else:
        return ""
    options = "".join(
        f'<option value="{escape_html(value)}">{escape_html(label)}</option>' for value, label in rows[:_OFFERED]
    )
    return f'<datalist id="offered-{name}">{options}</datalist>'


def filtered_html(filters: Filters) -> str:
    """The filters of a question; empty if it has none."""
    parts = [f"<bdi>{escape_html(part)}</bdi>" for part in describe_filters(filters)]
    return f'<span class="filtered">Only: {" · ".join(parts)}</span>' if parts else ""


def _find_article(records: Mapping[str, ArticleRecord], sought: str) -> str:
    """The id of the article with this id, or of the only one these words describe; raises QuestionError."""
    if sought in records:
        return sought
    words = split_sought(sought)
    found = [record.id for record in records.values() if words and has_words(words, _describe(record))]
    if len(found) != 1:
        how_many = f"{len(found):,} articles are" if found else "no article is"
        raise QuestionError(f"{how_many} called “{sought}”. Choose one that the field offers.")
    return found[0]


def _describe(record: ArticleRecord) -> str:
    return f"{describe_source(record.title, record.source, record.published)} {record.id}"
