from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from index.errors import OnRecordError, QuestionError
from index.library import Library
from index.settings import Settings
from index.speech.people import Match
from index.values import Speaker, Statement
from qa import quotes
from qa.filters import Filters
from qa.statements import Quote, count_quotes, list_dates, list_quotes, match_speaker
from tests.conftest import MakeLibrary
from ui.text.listing import explain_match, speakers_table, statements_table

ARTICLE = "kremlin-syria-bases.txt"
ARTICLES = {
    "a-2023.txt": (
        "---\ntitle: Ferry\nsource: Northern News\ndate: 2023-05-02\n---\n"
        "Mayor Ines Duarte said the ferry will stop in June. Officials said that the pier is unsafe.\n"
        "“We will not be moved by this,” Duarte said.\n"
    ),
    "b-2024.txt": (
        "---\ntitle: Tram\nsource: City Wire\ndate: 2024-03-04\n---\n"
        "Ines Duarte said the tram will be free of charge. Tomas Okafor said that the tram is too slow.\n"
    ),
    "c-month.txt": (
        "---\ntitle: Bus\nsource: city wire\ndate: 2024-02\n---\nTomas Okafor said the bus is late every day.\n"
    ),
    "d-never.txt": "Ines Duarte said the lighthouse needs paint.\n",
}
FERRY, MOVED = "Mayor Ines Duarte said the ferry will stop in June.", "“We will not be moved by this,” Duarte said."
FREE, SLOW = "Ines Duarte said the tram will be free of charge.", "Tomas Okafor said that the tram is too slow."
LATE, PAINT = "Tomas Okafor said the bus is late every day.", "Ines Duarte said the lighthouse needs paint."
UNSAFE = "Officials said that the pier is unsafe."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("city")
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def city(folder: Path, make_shared_library: MakeLibrary) -> Library:
    return make_shared_library(folder)


def texts(found: Sequence[Quote]) -> list[str]:
    return [quote.text for quote in found]


def test_each_quote_is_its_articles_own_text(seed_library: Library, seeds: Path) -> None:
    text = (seeds / ARTICLE).read_text(encoding="utf-8")
    found = list_quotes(seed_library, Filters(speaker="Dmitry Peskov"))
    assert [(quote.start, quote.end) for quote in found] == sorted((quote.start, quote.end) for quote in found)
    assert {quote.speaker for quote in found} == {"Dmitry Peskov"}
    for quote in found:
        assert text[quote.start : quote.end] == quote.text
    assert found[1] == Quote(
        article_id=ARTICLE,
        digest=found[0].digest,
        title="Kremlin syria bases",
        source="Alliance News",
        author=None,
        published="--12-10",
        url=None,
        start=571,
        end=724,
        text=text[571:724],
        speaker="Dmitry Peskov",
        speech="direct",
        statements=(Statement(1, 136, "Dmitry Peskov", "direct"),),
        locator=None,
    )


def test_by_date_then_article_then_place(city: Library) -> None:
    assert texts(list_quotes(city)) == [FERRY, MOVED, LATE, FREE, SLOW, PAINT]


def test_what_nobody_with_a_name_says_is_listed_of_an_article(city: Library) -> None:
    found = list_quotes(city, Filters(article="a-2023.txt"))
    assert [(quote.text, quote.speaker, quote.speech) for quote in found] == [
        (FERRY, "Ines Duarte", "indirect"),
        (UNSAFE, None, "indirect"),
        (MOVED, "Ines Duarte", "direct"),
    ]


FILTERS = [
    ("from a year on, inclusive", {"since": "2024"}, [LATE, FREE, SLOW]),
    ("a month with no day may be of that day", {"since": "2024-02-20"}, [LATE, FREE, SLOW]),
    ("up to a month, inclusive", {"until": "2024-02"}, [FERRY, MOVED, LATE]),
    ("one day", {"since": "2024-03-04", "until": "2024-03-04"}, [FREE, SLOW]),
    ("no article without a date", {"since": "0001", "until": "9999"}, [FERRY, MOVED, LATE, FREE, SLOW]),
    ("an outlet in any case", {"source": " CITY wire"}, [LATE, FREE, SLOW]),
    ("an outlet and a date", {"source": "City Wire", "until": "2024-02"}, [LATE]),
    ("an article out of the dates", {"article": "a-2023.txt", "since": "2024"}, []),
]


@pytest.mark.parametrize(("filters", "listed"), [pytest.param(*case, id=reason) for reason, *case in FILTERS])
def test_filters(city: Library, filters: dict[str, str], listed: list[str]) -> None:
    assert texts(list_quotes(city, Filters(**filters))) == listed


def test_a_date_without_a_year_is_of_no_year(seed_library: Library) -> None:
    assert list_quotes(seed_library, Filters(since="0001", until="9999")) == []


def test_about_a_topic_that_no_statement_names(seed_library: Library) -> None:
    found = texts(list_quotes(seed_library, Filters(speaker="Peskov"), about="Tartous"))
    assert "Kremlin spokesman Dmitry Peskov said it was premature to make any predictions regarding the bases." in found
    assert not [text for text in found if "asylum" in text]


def test_about_puts_the_most_relevant_first_and_leaves_out_the_rest(city: Library) -> None:
    assert texts(list_quotes(city, about="the tram"))[:2] in ([FREE, SLOW], [SLOW, FREE])
    assert not {PAINT, FERRY} & set(texts(list_quotes(city, about="the tram")))
    assert list_quotes(city, about="borscht recipes") == []


def test_about_with_filters(city: Library) -> None:
    assert texts(list_quotes(city, Filters(speaker="Okafor"), about="tram")) == [SLOW]
    assert texts(list_quotes(city, Filters(speaker="Okafor", article="b-2024.txt"), about="tram")) == [SLOW]
    assert list_quotes(city, Filters(until="2023"), about="tram") == []


def test_who_is_meant(seed_library: Library) -> None:
    assert match_speaker(seed_library, "the Kremlin").speaker.name == "The Kremlin"
    near = match_speaker(seed_library, "Peskow")
    assert (near.speaker.name, near.exact) == ("Dmitry Peskov", False)
    assert explain_match("Peskow", near) == "no “Peskow” speaks here; taking Dmitry Peskov"
    assert explain_match("Peskov", match_speaker(seed_library, "Peskov")) == ""


def test_others_who_may_be_meant_are_named() -> None:
    match = Match(Speaker("Bill Clinton"), True, ("Hillary Clinton", "Chelsea \x1b[31mClinton"))
    assert explain_match("Clinton", match) == (
        "taking “Clinton” for Bill Clinton; others: Hillary Clinton, Chelsea \ufffd[31mClinton"
    )


ERRORS = [
    ("nobody", {"speaker": "Bob"}, "nobody called “Bob” speaks in the articles. Most quoted: Dmitry Peskov, "),
    ("nobody, but close", {"speaker": "Putney"}, "nobody called “Putney” speaks in the articles. Similar names: "),
    ("no name", {"speaker": " ?"}, "nobody called “ ?” speaks in the articles. "),
    ("no article", {"article": "no.txt"}, "the index has no article 'no.txt'. Give its path in the seeds folder."),
    (
        "no outlet",
        {"source": "Pravda"},
        "no article is from an outlet called “Pravda”. There are articles from: ",
    ),
    ("no topic", {"about": " ?! "}, "the topic is empty. Name what the statements should be about."),
    ("a month too many", {"since": "2024-13"}, "'2024-13' is not a date: write YYYY, YYYY-MM or YYYY-MM-DD."),
    ("a day in words", {"until": "yesterday"}, "'yesterday' is not a date: write YYYY, YYYY-MM or YYYY-MM-DD."),
]


@pytest.mark.parametrize(("filters", "message"), [pytest.param(*case, id=reason) for reason, *case in ERRORS])
def test_errors_say_what_to_do(
    seeds: Path, tmp_path_factory: pytest.TempPathFactory, filters: dict[str, str], message: str
) -> None:
    store = tmp_path_factory.getbasetemp() / "quotes-store"
    with pytest.raises(QuestionError) as raised:
        quotes(**filters, seeds=seeds, store=store)  # type: ignore[arg-type]
    assert str(raised.value).startswith(message)
    assert "\n" not in str(raised.value)


def test_quotes_opens_the_index(seeds: Path, tmp_path: Path) -> None:
    found = quotes("peskov", seeds=seeds, store=tmp_path)
    assert len(found) == 8
    assert found == quotes("Kremlin spokesman", seeds=seeds, store=tmp_path)
    with pytest.raises(OnRecordError, match="there is no folder"):
        quotes(seeds=tmp_path / "missing")


@pytest.mark.parametrize("day", ["2024", "2024-02", "2024-02-29"])
def test_dates(day: str) -> None:
    assert Filters(since=day, until=day).given() == {"since": day, "until": day}


@pytest.mark.parametrize(
    "day", ["", "24", "2024-1", "2023-02-29", "20240229", "2024-02-29T10:00", "２０２４", "2024\n"]
)
def test_what_is_no_date(day: str) -> None:
    with pytest.raises(QuestionError, match="is not a date"):
        Filters(since=day)
    with pytest.raises(QuestionError, match="is not a date"):
        Filters(until=day)


def test_how_often_and_when(city: Library) -> None:
    counts = [(speaker.name, said) for speaker, said in count_quotes(city)]
    assert counts == [("Ines Duarte", 4), ("Tomas Okafor", 2)]
    assert list_dates(city, [speaker for speaker, _ in count_quotes(city)]) == [
        ["2023-05-02", "2023-05-02", "2024-03-04"],
        ["2024-02", "2024-03-04"],
    ]


def test_quotes_table(city: Library) -> None:
    found = list_quotes(city, speaker=match_speaker(city, "Duarte").speaker)
    start = ARTICLES["a-2023.txt"].index
    assert statements_table(found, "Ines Duarte", limit=2, width=None) == (
        "Ines Duarte: 4 statements in 3 articles\n"
        "\n"
        "Ferry, Northern News, 2 May 2023 (a-2023.txt)\n"
        f"  reported  {FERRY} ({start(FERRY)}–{start(FERRY) + len(FERRY)})\n"
        f"  quoted    {MOVED} ({start(MOVED)}–{start(MOVED) + len(MOVED)})\n"
        "\n"
        "… and 2 more: --limit 4 shows all"
    )
    assert statements_table([], None, limit=9, width=None) == "No statement on the record."


def test_quotes_table_names_who_speaks_and_wraps(city: Library) -> None:
    shown = statements_table(list_quotes(city, Filters(article="a-2023.txt")), None, limit=9, width=44)
    assert shown.splitlines()[:7] == [
        "3 statements in 1 article",
        "",
        "Ferry, Northern News, 2 May 2023",
        "(a-2023.txt)",
        "  Ines Duarte",
        "  reported  Mayor Ines Duarte said the ferry",
        "            will stop in June. (60–111)",
    ]
    assert "  Officials" in shown.splitlines()
    assert max(map(len, shown.splitlines())) <= 44


def test_tables_cannot_drive_the_terminal() -> None:
    hostile = "\x1b[31mRed\x07\u202e\nnext"
    quote = Quote(
        hostile,
        "d1",
        hostile,
        hostile,
        hostile,
        hostile,
        None,
        0,
        3,
        hostile,
        hostile,
        "direct",
        (Statement(0, 2, hostile, "direct", hostile),),
        None,
    )
    shown = statements_table([quote], None, limit=1, width=60) + speakers_table(
        [(Speaker(hostile, (hostile,)), 1)], limit=1, width=60
    )  # joined without a newline
    assert not [letter for letter in shown if not letter.isprintable() and letter != "\n"]
    assert len(shown.splitlines()) == 8


def test_speakers_table(seed_library: Library) -> None:
    assert speakers_table(count_quotes(seed_library), limit=2, width=30) == (
        "4 speakers, 11 statements\n"
        "\n"
        "      8  Dmitry Peskov (Pesko…\n"
        "      1  Donald Trump (Trump)\n"
        "\n"
        "… and 2 more: --limit 4 shows all"
    )
    assert speakers_table([], limit=2, width=None) == "Nobody is quoted in these articles."


VOICES = (
    "Ana Ruiz said that the ferry is late but Bo Hale said that the pier is unsafe.\n"
    "Analysts said that tolls will rise. Bo Hale arrived.\n"
)


@pytest.fixture(scope="module")
def voices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("voices")
    (folder / "a.txt").write_text(f"Ferry\n\n{VOICES}")
    with Library(Settings(seeds=folder, store=folder / ".store")) as library:
        library.sync()
        yield library


def test_a_sentence_is_a_statement_of_everyone_who_speaks_in_it(voices: Library) -> None:
    for name, words in (("Ana Ruiz", "the ferry is late"), ("Bo Hale", "the pier is unsafe")):
        [found] = list_quotes(voices, Filters(speaker=name))
        first = found.statements[0]
        assert (found.speaker, first.speaker, found.text[first.start : first.end]) == (name, name, words)
        [same] = list_quotes(voices, Filters(speaker=name), about=words)
        assert same == found


def test_a_source_without_a_name_is_found_by_what_it_is_called(voices: Library) -> None:
    for about in (None, "tolls"):
        [found] = list_quotes(voices, Filters(speaker="analysts"), about=about)
        assert (found.text, found.speaker) == ("Analysts said that tolls will rise.", None)
    assert list_quotes(voices, Filters(speaker="analysts", article="a.txt"))
    with pytest.raises(QuestionError, match="nobody called “critics” speaks"):
        list_quotes(voices, Filters(speaker="critics"))
