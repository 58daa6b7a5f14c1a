"""A question about several people or things in, a question about each out: "What did Roe and Poe say?" is two."""

from __future__ import annotations

import re
from dataclasses import replace

from index.english.questions import AUXILIARIES, DIFFERING
from index.words import any_of
from qa.question import Query, read_question
from qa.whose import NAME, SAYING_VERB

_LIST = rf"{NAME}(?:,\s+{NAME})*,?\s+and\s+{NAME}"
# "Did Roe and Poe meet?" is one question: only what each can do alone makes two.
_EACH_SAYS = re.compile(
    rf"\b(?:[Dd](?:id|oes|o)|[Hh]a(?:s|ve|d)|[Ww]ould|[Cc]ould|[Aa]ccording\s+to)\s+(?:the\s+|both\s+)*(?P<list>{_LIST})"
    rf"(?P<rest>\s+(?:(?:each|both)\b|(?:\w+\s+)?{SAYING_VERB}\b).*)$",
    re.DOTALL,
)
_DIFFER = re.compile(
    r"^\W*(?:how|in\s+what\s+ways?)\s+(?:do|does|did)\s+(?P<one>[^?]{2,60}?)\s+and\s+(?P<other>[^?]{2,60}?)\s+"
    rf"{any_of(DIFFERING)}\b(?P<rest>.*?)\W*$",
    re.IGNORECASE | re.DOTALL,
)
_DIFFERS_FROM = re.compile(
    rf"^\W*(?:how|in\s+what\s+ways?)\s+{any_of(AUXILIARIES)}\s+(?P<one>.{{2,200}}?)\s+"
    r"(?:differ(?:ed|ent)?\s+from|compared?\s+(?:with|to))\s+(?P<other>.{2,200}?)\W*$",
    re.IGNORECASE | re.DOTALL,
)


def split_sides(query: Query) -> list[tuple[str, Query]]:
    """Return the sides of a question, each with its name and the question about it alone; none if it has one side.

    When two things are compared, the words of each side are carried over to the other.
    """
    listed = _EACH_SAYS.search(query.standalone)
    if listed:
        before, after = query.standalone[: listed.start("list")], _without_each(listed["rest"])
        names = re.split(r",?\s+and\s+|,\s+", listed["list"])
        return [(name, read_question(f"{before}{name}{after}")) for name in names]
    differ = _DIFFER.match(query.standalone)
    if differ:
        sides = [differ["one"], differ["other"]]
        return [(side, read_question(f"{side}{differ['rest']}")) for side in sides]
    differ = _DIFFERS_FROM.match(query.standalone)
    if not differ:
        return []
    one, other = read_question(differ["one"]), read_question(differ["other"])
    return [(differ["one"], _lean(one, other)), (differ["other"], _lean(other, one))]


def _lean(query: Query, on: Query) -> Query:
    carried = tuple(term for term in on.terms if term not in query.terms)
    return replace(query, context=on.standalone, carried=carried)


def _without_each(rest: str) -> str:
    return re.sub(r"^\s+(?:each|both)\b", "", rest)
