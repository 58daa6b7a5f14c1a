from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from index.errors import OnRecordError, QuestionError
from index.library import Library
from qa import Answer, Filters, answer_question, ask
from tests.conftest import MakeLibrary

TARTOUS = "What did Peskov say about Tartous?"
QUESTIONS = [
    TARTOUS,
    "How do I make borscht?",
    "What did Peskov say about China?",
    "Who called for an immediate ceasefire?",
    "What did Putin insist on?",
    "Did Peskov deny meeting Trump?",
]


def untimed(answer: Answer) -> Answer:
    return replace(answer, seconds=0.0)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the store that `ask` opens."""
    return tmp_path_factory.mktemp("asked")


def test_tartous(seed_library: Library) -> None:
    answer = answer_question(seed_library, TARTOUS)
    texts = [citation.text for citation in answer.citations]
    assert answer.answered
    assert answer.mode == "quotes"
    (premature,) = [text for text in texts if "premature to make any predictions regarding the bases" in text]
    assert "Peskov said" in premature
    assert texts[0] == premature
    assert not [text for text in texts if "asylum" in text]
    assert answer.text == " ".join(f"{citation.text} [{citation.number}]" for citation in answer.citations)
    assert 0 < answer.seconds < 60


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_sentence_is_verbatim_at_its_offsets(seed_library: Library, seeds: Path, question: str) -> None:
    answer = answer_question(seed_library, question)
    assert answer.citations or answer.closest
    for citation in (*answer.citations, *answer.closest):
        text = (seeds / citation.article_id).read_bytes().decode()
        assert text[citation.start : citation.end] == citation.text
        assert citation.source == "Alliance News"
    assert [citation.number for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
    assert 0.0 <= answer.confidence <= 1.0


REFUSED = [
    ("nothing of the kind", "How do I make borscht?", "borscht", ["Dmitry Peskov"]),
    (
        "a topic the speaker does not speak of",
        "What did Peskov say about China?",
        "Dmitry Peskov is not quoted on China",
        ["Dmitry Peskov"] * 3,
    ),
]


@pytest.mark.parametrize(
    ("question", "unmentioned", "speakers"), [pytest.param(*case, id=reason) for reason, *case in REFUSED]
)
def test_refused_with_the_closest(
    seed_library: Library, question: str, unmentioned: str, speakers: list[str | None]
) -> None:
    answer = answer_question(seed_library, question)
    assert not answer.answered
    assert answer.citations == ()
    assert [citation.speaker for citation in answer.closest] == speakers
    assert unmentioned in answer.reason
    assert answer.text == answer.reason


ASKED = [
    ("what there is", "What bases does Russia have in Syria?", "Russia’s Hmeimim airbase in Latakia province"),
    ("a cause", "Why did Assad leave?", "Following a rapid advance by a militia coalition"),
    ("who somebody is", "who is peskov", "Kremlin spokesman Dmitry Peskov"),
    ("what something is", "What is HTS?", "Hayat al-Tahrir al-Sham (HTS), a former al-Qaeda affiliate"),
    ("keywords", "putin nato demands", "must not join NATO"),
    ("a question about a number", "How many regions does Putin want to keep?", "four Ukrainian regions"),
]


@pytest.mark.parametrize(("question", "words"), [pytest.param(*case, id=reason) for reason, *case in ASKED])
def test_questions_as_people_ask_them(seed_library: Library, question: str, words: str) -> None:
    answer = answer_question(seed_library, question)
    assert any(words in citation.text for citation in answer.citations)


def test_another_persons_words_do_not_answer(seed_library: Library) -> None:
    answer = answer_question(seed_library, "What did Putin say about Tartous?")
    assert answer.reason == "Vladimir Putin is not quoted on Tartous in these articles."


def test_follow_up(seed_library: Library) -> None:
    followed = answer_question(seed_library, "And about Assad?", [TARTOUS])
    in_full = answer_question(seed_library, "What did Peskov say about Assad?")
    assert followed.citations[0].text.startswith("Peskov confirmed that Assad has been granted asylum")
    assert followed.note == "Understood as: “What did Peskov say about Assad?”"
    assert followed.citations[0].text == in_full.citations[0].text


def test_a_new_question_ignores_the_conversation(seed_library: Library) -> None:
    alone = answer_question(seed_library, "Who called for an immediate ceasefire?")
    after = answer_question(seed_library, "Who called for an immediate ceasefire?", [TARTOUS, "Why?"])
    assert untimed(after) == untimed(alone)


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_limit(seed_library: Library, limit: int) -> None:
    asked = "What bases does Russia have in Syria?"
    assert len(answer_question(seed_library, asked, limit=limit).citations) == limit


@pytest.mark.parametrize("limit", [0, -1])
def test_no_answer_cites_less_than_one(seed_library: Library, limit: int) -> None:
    with pytest.raises(ValueError, match=rf"^limit is {limit}; an answer cites at least one sentence$"):
        answer_question(seed_library, TARTOUS, limit=limit)


def test_an_answer_survives_json(seed_library: Library) -> None:
    for question in QUESTIONS:
        answer = answer_question(seed_library, question)
        assert Answer.from_json(answer.to_json()) == answer


HOSTILE = [
    ("quotes", "What did \"Peskov\" say about 'Tartous'?"),
    ("curly quotes", "What did “Peskov” say about ‘Tartous’?"),
    ("SQL", "Peskov'; DROP TABLE sentences; --"),
    ("FTS operators", '"Peskov" AND Tartous OR NEAR(base facility, 2) NOT ^x* sentence:y + {z}'),
    ("an FTS column", "context:Peskov"),
    ("regex metacharacters", r"What did Peskov( say about [a-z]*+?{2,} $ ^ | \b \1 (?P<x>.)"),
    ("a regex as the name", r"What did P(e|s)*kov\ say about Tartous?"),
    ("a format", "%s %d {0} {} ${HOME} `id` $(id) Peskov"),
    ("HTML", "<script>alert(1)</script> & Peskov &amp;"),
    ("emoji", "😀 Peskov 👩‍👩‍👧‍👦 Tartous 🇷🇺"),
    ("right to left", "\u202eماذا قال Peskov عن طرطوس؟\u202c"),
    ("Chinese", "佩斯科夫说了什么"),
    ("a null byte", "Pes\0kov Tartous?"),
    ("half a surrogate pair", "\udcff Peskov \ud83d?"),
    ("an escape sequence", "\x1b[31mPeskov\x1b[0m\r\nTartous\x07"),
    ("marks on marks", "Pe\u0301\u0301\u0301skov \u0301 Tartous"),
    ("letters that change their length", "ﬁ İ ß ǅ ᴬ ½ ² Peskov"),
    ("one long word", "p" * 2_000),
    ("many words", " ".join(f"w{i}" for i in range(330))),
    ("one word many times", "Peskov " * 280),
    ("a path", "../../etc/passwd#0#1"),
]


@pytest.mark.parametrize("question", [pytest.param(question, id=reason) for reason, question in HOSTILE])
def test_hostile_questions_get_an_answer(seed_library: Library, question: str) -> None:
    answer = answer_question(seed_library, question, [question])
    assert bool(answer.citations) == answer.answered
    assert bool(answer.closest) != answer.answered
    assert Answer.from_json(answer.to_json().encode().decode()) == answer


def test_hostile_questions_leave_the_index_alone(seed_library: Library) -> None:
    before = untimed(answer_question(seed_library, TARTOUS))
    for _, question in HOSTILE[2:5]:  # operators of a query language
        answer_question(seed_library, question)
    assert untimed(answer_question(seed_library, TARTOUS)) == before


def test_threads_get_the_same_answers(seed_library: Library) -> None:
    alone = [untimed(answer_question(seed_library, question)) for question in QUESTIONS]
    with ThreadPoolExecutor(2) as threads:
        together = list(threads.map(lambda question: answer_question(seed_library, question), QUESTIONS * 4))
    assert [untimed(answer) for answer in together] == alone * 4


def test_a_rebuild_and_another_process_answer_the_same(seed_library: Library, seeds: Path, tmp_path: Path) -> None:
    texts = [answer_question(seed_library, question).text for question in QUESTIONS]
    asked = (
        "import sys\nfrom qa import ask\n"
        f"for question in {QUESTIONS!r}: print(ask(question, seeds=sys.argv[1], store=sys.argv[2]).to_json())"
    )
    found = []
    for hash_seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", asked, str(seeds), str(tmp_path / hash_seed)],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        )
        found.append([untimed(Answer.from_json(line)) for line in done.stdout.splitlines()])
    assert found[0] == found[1]
    assert [answer.text for answer in found[0]] == texts


def test_each_of_several_speakers_is_asked(seed_library: Library) -> None:
    answer = answer_question(seed_library, "What did Peskov and Putin each say about NATO and the bases?")
    assert {"Dmitry Peskov", "Vladimir Putin"} <= {citation.speaker for citation in answer.citations}


NAMESAKES = """The pier

The pier is safe, said Ana Marsh. The pier is new, Ana Marsh added. The deck is old, said Ana Marsh.
The pier is closed, said Ben Marsh. The pier is ugly, said Ben Marsh."""


def test_namesakes_are_told_apart_or_named(tmp_path: Path, make_library: MakeLibrary) -> None:
    (tmp_path / "pier.txt").write_text(NAMESAKES, encoding="utf-8")
    library = make_library(tmp_path)
    assert answer_question(library, "What did Marsh say about the pier?").note == (
        "“Marsh” was taken as Ana Marsh; Ben Marsh speaks here too."
    )
    assert answer_question(library, "What did Ana Marsh say about the pier?").note == ""


def test_the_sentence_that_a_pronoun_points_back_to_comes_along(tmp_path: Path, make_library: MakeLibrary) -> None:
    text = "The ferry\n\nA ferry runs from Quayside to Lowland. It carries nine hundred passengers on a summer day.\n"
    (tmp_path / "ferry.txt").write_text(text, encoding="utf-8")
    answer = answer_question(make_library(tmp_path), "How many passengers does it carry on a summer day?")
    assert [(citation.text, citation.context) for citation in answer.citations] == [
        ("It carries nine hundred passengers on a summer day.", False),
        ("A ferry runs from Quayside to Lowland.", True),
    ]


def test_ask_opens_the_index_once(seeds: Path, store: Path) -> None:
    first = ask(TARTOUS, seeds=seeds, store=store)
    opened = {id(library) for library in sys.modules["qa.ask"]._open.values()}
    again = ask(TARTOUS, seeds=str(seeds), store=str(store))
    assert untimed(again) == untimed(first)
    assert first.answered
    assert {id(library) for library in sys.modules["qa.ask"]._open.values()} == opened


def test_ask_takes_its_folders_from_the_environment(
    seeds: Path, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # which has no folder of that name
    with pytest.raises(OnRecordError):
        ask(TARTOUS)
    monkeypatch.setenv("ONRECORD_SEEDS", str(seeds))
    monkeypatch.setenv("ONRECORD_STORE", str(store))
    assert untimed(ask(TARTOUS)) == untimed(ask(TARTOUS, seeds=seeds, store=store))
    assert list(tmp_path.iterdir()) == []


def test_ask_takes_history_and_limit(seeds: Path, store: Path) -> None:
    answer = ask("And about Assad?", seeds=seeds, store=store, history=[TARTOUS], limit=1)
    assert [citation.text[:14] for citation in answer.citations] == ["Peskov confirm"]


def test_two_threads_that_ask_first_share_one_index(seeds: Path, store: Path, tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda question: ask(question, seeds=seeds, store=tmp_path), [TARTOUS] * 2))
    assert untimed(answers[0]) == untimed(answers[1]) == untimed(ask(TARTOUS, seeds=seeds, store=store))
    assert [settings.store for settings in sys.modules["qa.ask"]._open].count(tmp_path) == 1


def test_ask_says_in_one_line_that_a_folder_is_missing(tmp_path: Path) -> None:
    with pytest.raises(OnRecordError) as raised:
        ask(TARTOUS, seeds=tmp_path / "articles", store=tmp_path / "store")
    assert str(raised.value) == (
        f"there is no folder {tmp_path / 'articles'}. Make it and put articles there, or name another with --seeds."
    )
    assert list(tmp_path.iterdir()) == []


def test_ask_forgets_a_folder_of_which_nothing_could_be_read(tmp_path: Path) -> None:
    seeds, store = tmp_path / "seeds", tmp_path / "store"
    seeds.mkdir()
    (seeds / "a.txt").write_bytes(b"\0\0\0")
    with pytest.raises(OnRecordError, match=r"^no article could be read"):
        ask(TARTOUS, seeds=seeds, store=store)
    (seeds / "a.txt").write_text("Peskov said on Monday that the base at Tartous will stay where it is.\n")
    assert ask(TARTOUS, seeds=seeds, store=store).answered


@pytest.mark.parametrize("question", ["", "?", "x" * 10_000], ids=["empty", "punctuation", "too long"])
def test_ask_refuses_what_is_no_question(seeds: Path, store: Path, question: str) -> None:
    with pytest.raises(QuestionError) as raised:
        ask(question, seeds=seeds, store=store)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("question", ["What's Peskov's view on Tartous?", "whats Peskov's position on Tartous"])
def test_a_view_is_what_somebody_said(seed_library: Library, question: str) -> None:
    view, said = (answer_question(seed_library, asked) for asked in (question, TARTOUS))
    viewed, told = ({citation.text for citation in answer.citations if not citation.context} for answer in (view, said))
    assert viewed == told
    assert {citation.speaker for citation in view.citations if not citation.context} == {"Dmitry Peskov"}


def test_a_view_that_nobody_gave_is_refused_for_its_topic(seed_library: Library) -> None:
    reason = answer_question(seed_library, "What's Peskov's view on borscht?").reason
    assert reason == "Dmitry Peskov is not quoted on borscht in these articles."
    assert answer_question(seed_library, "Where's the U.S.?").reason == "The articles never mention “U.S.”."


def test_filters(seed_library: Library) -> None:
    assert answer_question(seed_library, TARTOUS, filters=Filters(source="alliance news")).citations
    theirs = answer_question(seed_library, "What about NATO?", filters=Filters(speaker="Putin")).citations
    assert [citation.speaker for citation in theirs if not citation.context] == ["Vladimir Putin"]
    # The seed article's date has no year.
    dated = Filters(since="2020", until="2030-12-31")
    assert answer_question(seed_library, TARTOUS, filters=dated).closest == ()


FILTERS = [
    ("no outlet", {"source": "Pravda"}, "no article is from an outlet called “Pravda”"),
    ("no month", {"since": "2024-13"}, "'2024-13' is not a date"),
    ("no date", {"until": "soon"}, "'soon' is not a date"),
]


@pytest.mark.parametrize(("given", "message"), [pytest.param(*case, id=reason) for reason, *case in FILTERS])
def test_filters_that_are_none(seed_library: Library, given: dict[str, str], message: str) -> None:
    with pytest.raises(QuestionError, match=f"^{message}"):
        answer_question(seed_library, TARTOUS, filters=Filters(**given))
