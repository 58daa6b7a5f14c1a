from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest

from index.values import ArticleRecord, Locator, Sentence, Statement, locators_to_json
from qa.answer import Answer, Citation, describe

CITATION = Citation(
    number=1,
    article_id="north/ferry.txt",
    digest="d1",
    title="Ferry “Élan” 😀",
    source="Northern News",
    author=None,
    published="2024-03-04",
    url="https://news.example/ferry?a=1&b=2",
    start=17,
    end=46,
    text="“It’s over,” said Inês\u2028Duarte.",
    speaker="Inês Duarte",
    speech="direct",
    statements=(
        Statement(1, 10, "Inês Duarte", "direct", "a spokesman", hedged=True),
        Statement(0, 29, None, "indirect", "analysts"),
    ),
    locator=("page", "3"),
    gloss=(3, "Inês Duarte"),
    words=(18, 29),
    context=False,
    score=1.25,
)
UNKNOWN = Citation(
    number=2,
    article_id="a.txt",
    digest="d1",
    title="A",
    source=None,
    author=None,
    published=None,
    url=None,
    start=0,
    end=4,
    text="One.",
    speaker=None,
    speech=None,
    statements=(),
    locator=None,
    gloss=None,
    words=None,
    context=True,
    score=-0.5,
)
ANSWERED = Answer(
    question='What did "Duarte" say\nabout the ferry?',
    answered=True,
    reason="",
    note="Nobody called “Duart” speaks in these articles; taken as Inês Duarte.",
    text="“It’s over,” said Inês\u2028Duarte. [1] One. [2]",
    citations=(CITATION, UNKNOWN),
    closest=(),
    confidence=0.875,
    mode="extract",
    seconds=0.012345,
)
REFUSED = Answer(
    question="Borscht?",
    answered=False,
    reason="The articles do not answer this.",
    note="",
    text="The articles do not answer this.",
    citations=(),
    closest=(UNKNOWN,),
    confidence=0.0,
    mode="extract",
    seconds=0.0,
)


@pytest.mark.parametrize("answer", [ANSWERED, REFUSED], ids=["two citations, one of unknowns", "a refusal"])
def test_json_round_trip(answer: Answer) -> None:
    line = answer.to_json()
    assert "\n" not in line
    assert Answer.from_json(line) == answer


def test_json_is_plain() -> None:
    assert json.loads(REFUSED.to_json()) == {
        "question": "Borscht?",
        "answered": False,
        "reason": "The articles do not answer this.",
        "note": "",
        "text": "The articles do not answer this.",
        "citations": [],
        "closest": [
            {
                "number": 2,
                "article_id": "a.txt",
                "digest": "d1",
                "title": "A",
                "source": None,
                "author": None,
                "published": None,
                "url": None,
                "start": 0,
                "end": 4,
                "text": "One.",
                "speaker": None,
                "speech": None,
                "statements": [],
                "locator": None,
                "also": [],
                "gloss": None,
                "words": None,
                "context": True,
                "score": -0.5,
                "when": None,
            }
        ],
        "confidence": 0.0,
        "mode": "extract",
        "seconds": 0.0,
    }


def test_json_keeps_letters_readable() -> None:
    assert "“Élan” 😀" in ANSWERED.to_json()


def test_numbers_of_other_languages_are_read() -> None:
    """JavaScript writes 1.0 as 1."""
    values = {**asdict(REFUSED), "confidence": 1, "seconds": 2}
    answer = Answer.from_json(json.dumps(values))
    assert (answer.confidence, answer.seconds) == (1.0, 2.0)


JUNK = [
    ("nothing", ""),
    ("no JSON", "What?"),
    ("a number", "5"),
    ("null", "null"),
    ("a text", '"answered"'),
    ("a list", "[]"),
    ("an empty object", "{}"),
    ("cut short", ANSWERED.to_json()[:-1]),
    ("two of them", REFUSED.to_json() * 2),
    ("deeper than Python reads", "[" * 100_000),
]


@pytest.mark.parametrize("line", [pytest.param(line, id=reason) for reason, line in JUNK])
def test_junk_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"^not an answer in JSON: "):
        Answer.from_json(line)


@pytest.mark.parametrize("name", list(asdict(ANSWERED)))
def test_missing_key_is_refused(name: str) -> None:
    values = asdict(ANSWERED)
    del values[name]
    with pytest.raises(ValueError, match=rf"^not an answer in JSON: {name}: field required$"):
        Answer.from_json(json.dumps(values))


@pytest.mark.parametrize("name", sorted(asdict(CITATION).keys() - {"also", "when"}))  # new in answers
def test_missing_key_of_a_citation_is_refused(name: str) -> None:
    values = asdict(ANSWERED)
    del values["citations"][1][name]
    with pytest.raises(ValueError, match=rf"^not an answer in JSON: citations\[1\]\.{name}: field required$"):
        Answer.from_json(json.dumps(values))


WRONG = [
    ("a number for a text", "question", 5),
    ("nothing for a text", "text", None),
    ("a text for a truth value", "answered", "true"),
    ("a number for a truth value", "answered", 1),
    ("a text for a number", "confidence", "0.5"),
    ("a truth value for a number", "seconds", True),
    ("no mode of ours", "mode", "llm"),
    ("a number for citations", "citations", 1),
    ("citations that are numbers", "citations", [1]),
    ("citations that are a citation", "closest", asdict(UNKNOWN)),
]


@pytest.mark.parametrize(("name", "value"), [pytest.param(*case, id=reason) for reason, *case in WRONG])
def test_wrong_type_is_refused(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=r"^not an answer in JSON: "):
        Answer.from_json(json.dumps({**asdict(ANSWERED), name: value}))


WRONG_IN_CITATION = [
    ("half an offset", "start", 1.5),
    ("an offset in words", "end", "46"),
    ("nothing for an offset", "start", None),
    ("a number for a speaker", "speaker", 7),
    ("a list for a source", "source", ["Northern News"]),
    ("a text for a score", "score", "high"),
    ("a gloss in words", "gloss", ["3", "Inês Duarte"]),
    ("half a gloss", "gloss", [3]),
    ("words as a text", "words", "Inês Duarte"),
    ("offsets of words as texts", "words", ["18", "29"]),
    ("where words begin but not where they end", "words", [18]),
]


@pytest.mark.parametrize(("name", "value"), [pytest.param(*case, id=reason) for reason, *case in WRONG_IN_CITATION])
def test_wrong_type_in_a_citation_is_refused(name: str, value: Any) -> None:
    values = asdict(ANSWERED)
    values["citations"][0][name] = value
    with pytest.raises(ValueError, match=rf"^not an answer in JSON: citations\[0\]\.{name}[^:]*: "):
        Answer.from_json(json.dumps(values))


@pytest.mark.parametrize(
    ("start", "locator"),
    [
        pytest.param(4, None, id="before the first"),
        pytest.param(5, ("page", "1"), id="at a locator"),
        pytest.param(89, ("page", "1"), id="on the page, though the sentence ends on the next"),
        pytest.param(90, ("page", "2"), id="at the next one"),
        pytest.param(500, ("page", "2"), id="after the last"),
    ],
)
def test_the_place_in_the_original(start: int, locator: tuple[str, str] | None) -> None:
    pages = locators_to_json([Locator(5, "page", "1"), Locator(90, "page", "2")])
    record = ArticleRecord("a.pdf", "a.pdf", "0", 9, "A", None, None, None, None, None, 0, locators=pages)
    sentence = Sentence("a.pdf", 0, start, start + 9, "It rained")
    assert describe(sentence, record, {})["locator"] == locator
