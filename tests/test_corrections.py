"""Corrections of who is who: the file that holds them, and what they do to an index."""

from __future__ import annotations

import logging
import os
import re
import shutil
import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from index.errors import CorrectionError, QuestionError, SeedsError
from index.library import Library
from index.people_file import add_correction, read_corrections, remove_correction
from index.speech.corrections import (
    Correction,
    Corrections,
    Fault,
    GiveStatement,
    Merge,
    NotAPerson,
    Rename,
    SetRole,
    Split,
    append,
    parse,
    remove,
)
from qa import people
from qa.ask import answer_question
from qa.statements import list_dates, list_quotes, match_speaker
from tests.conftest import MakeLibrary
from ui.text.people import corrections_text, describe

HOSTILE = 'Ana "<img src=x>" \\ Ruiz [[correction]] # ${x}'
EVERY_KIND: list[Correction] = [
    Merge("Bob Zimmerman", HOSTILE),
    Split("Ana Ruiz", HOSTILE, ("a.txt", 'rows.csv#"3"')),
    Rename("Ana Ruiz", "Ana Ruíz"),
    SetRole("Ana Ruiz", "mayor of Port “Aurel”"),
    NotAPerson(HOSTILE),
    GiveStatement("a.txt", 'She said "no".\n\tNever\x7f \u2028\x01', "Bo Oake"),
    GiveStatement("a.txt", "It is late.", ""),
]


def write_all(made: list[Correction]) -> str:
    text = ""
    for correction in made:
        text = append(text, correction)
    return text


def test_what_is_written_is_read_again() -> None:
    text = write_all(EVERY_KIND)
    assert parse(text) == Corrections(tuple(EVERY_KIND))
    assert tomllib.loads(text)["correction"][0] == {"what": "merge", "person": "Bob Zimmerman", "into": HOSTILE}
    assert text.startswith("# Who is who in these articles")


FAULTS = [
    ("no TOML", 'what = "merge', 3, "it is not valid TOML"),
    ("a value without end", "articles = [", 3, "it is not valid TOML"),
    ("a key twice", 'what = "merge"\nwhat = "merge"', 4, "it is not valid TOML"),
    ("no kind", 'person = "A"', 2, "it lacks `what`: merge, split, rename, role, not-a-person or statement"),
    (
        "an unknown kind",
        'person = "A"\nwhat = "marry"',
        4,
        "what is 'marry', which is not known: merge, split, rename, role, not-a-person or statement",
    ),
    ("a field too few", 'what = "merge"\nperson = "A"', 2, "merge lacks 'into'"),
    ("a field too many", 'what = "not-a-person"\nperson = "A"\nname = "B"', 5, "not-a-person takes no 'name': person"),
    (
        "a number for a name",
        'what = "rename"\nperson = "A"\nname = 3',
        5,
        "name is 3, which is not text in quotation marks",
    ),
    ("an empty name", 'what = "rename"\nperson = "A"\nname = " "', 5, "name is '', which has no word"),
    (
        "a path for a list of paths",
        'what = "split"\nperson = "A"\nname = "B"\narticles = "a.txt"',
        6,
        "articles is not a list of paths",
    ),
    ("an empty sentence", 'what = "statement"\narticle = "a.txt"\ntext = ""\nto = ""', 5, "text is empty"),
    ("another table", "[[corections]]", 3, "it does not belong to a [[correction]]"),
]


@pytest.mark.parametrize(("table", "line", "reason"), [pytest.param(*case, id=name) for name, *case in FAULTS])
def test_a_bad_line_is_reported_with_its_number_and_the_rest_applies(table: str, line: int, reason: str) -> None:
    good = '[[correction]]\nwhat = "not-a-person"\nperson = "Brexit"\n'
    header = "" if table.startswith("[[") else "[[correction]]"
    found = parse(f"# Ours.\n{header}\n{table}\n{good}")
    assert found.made == (NotAPerson("Brexit"),)
    # Python's own words for what is no TOML differ between its versions.
    brief = [(fault.line, re.sub(r"(?<=valid TOML): .+", "", fault.reason)) for fault in found.faults]
    assert brief == [(line, reason)]


def test_what_is_not_understood_is_kept_as_it_is() -> None:
    ours = "# by hand\r\nx = 1\n\n[[correction]] # mine\nwhat = 'marry'\n\n# about the next\n"
    text = append(append(ours, EVERY_KIND[0]), EVERY_KIND[4])
    assert text.startswith(ours.rstrip())
    assert remove(remove(text, EVERY_KIND[0]) or "", EVERY_KIND[4]) == f"{ours.rstrip()}\n"
    assert remove(text, EVERY_KIND[1]) is None
    assert parse(text).made == (EVERY_KIND[0], EVERY_KIND[4])


def test_of_two_equal_corrections_the_last_is_removed() -> None:
    text = write_all([EVERY_KIND[0], EVERY_KIND[2], EVERY_KIND[0]])
    assert parse(remove(text, EVERY_KIND[0]) or "").made == (EVERY_KIND[0], EVERY_KIND[2])


def test_a_file_that_is_not_utf_8_keeps_its_bytes(tmp_path: Path) -> None:
    file = tmp_path / "people.toml"
    file.write_bytes(b'[[correction]]\nwhat = "rename"\nperson = "Ren\xe9"\nname = "Rene"\n')
    assert read_corrections(tmp_path) == Corrections(faults=(Fault(3, "it is not UTF-8"),))
    add_correction(tmp_path, NotAPerson("Brexit"))
    assert b'"Ren\xe9"' in file.read_bytes()
    assert read_corrections(tmp_path).made == (NotAPerson("Brexit"),)


def test_the_file_is_replaced_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    add_correction(tmp_path, NotAPerson("Brexit"))
    file = tmp_path / "people.toml"
    file.chmod(0o640)
    before = file.stat().st_ino
    add_correction(tmp_path, NotAPerson("Radar"))
    assert file.stat().st_mode & 0o777 == 0o640
    assert file.stat().st_ino != before  # never written in place
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix != ".lock") == ["people.toml"]


def test_a_file_that_cannot_be_written_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "people.toml").mkdir()
    assert read_corrections(tmp_path).faults == (Fault(0, "it cannot be read: Is a directory"),)
    with pytest.raises(SeedsError, match=r"people\.toml cannot be written: Is a directory\. Nothing was changed\."):
        add_correction(tmp_path, NotAPerson("Brexit"))
    with pytest.raises(SeedsError, match="no longer made"):
        remove_correction(tmp_path.parent, NotAPerson("Brexit"))


def test_two_editors_at_once_lose_nothing(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from index.people_file import *\n"
        "from index.speech.corrections import NotAPerson\n"
        "who, seeds = sys.argv[1], Path(sys.argv[2])\n"
        "for i in range(40):\n"
        "    add_correction(seeds, NotAPerson(f'{who} {i}'))\n"
        "    if i % 2: remove_correction(seeds, NotAPerson(f'{who} {i - 1}'))\n"
    )
    editors = [
        subprocess.Popen([sys.executable, "-c", code, who, str(tmp_path)], cwd=Path(__file__).parent.parent)
        for who in ("Ana", "Ben")
    ]
    assert [editor.wait() for editor in editors] == [0, 0]
    found = read_corrections(tmp_path)
    assert found.faults == ()
    for who in ("Ana", "Ben"):
        own = [made for made in found.made if isinstance(made, NotAPerson) and made.person.startswith(who)]
        assert own == [NotAPerson(f"{who} {i}") for i in range(1, 40, 2)]


def test_killed_while_writing_the_old_file_or_the_new_one_is_there(tmp_path: Path) -> None:
    add_correction(tmp_path, NotAPerson("Brexit"))
    code = (
        "import os, signal, sys; from pathlib import Path; from index.people_file import *\n"
        "from index.speech.corrections import NotAPerson\n"
        "Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "add_correction(Path(sys.argv[1]), NotAPerson('Radar'))\n"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=Path(__file__).parent.parent)
    assert killed.returncode == -signal.SIGKILL
    assert read_corrections(tmp_path).made == (NotAPerson("Brexit"),)
    add_correction(tmp_path, NotAPerson("Radar"))  # its lock is free
    assert read_corrections(tmp_path).made == (NotAPerson("Brexit"), NotAPerson("Radar"))


ARTICLES = {
    "match.txt": "The striker John Smith said the match was hard. Smith said the goal was late.",
    "tax.txt": "Senator John Smith said the tax will rise. Smith said the budget is too small.",
    "levy.txt": "Senator John Smith said the levy is fair. Ann Hale said the levy is unjust.",
    "harbour.txt": "John Smith said the harbour will open in May. Ann Hale said the harbour is too deep.",
    "song.txt": "Robert Zimmerman said the song is old. Bob Dylan said the concert is in June.",
}
SENATOR, STRIKER = "John Smith (senator)", "John Smith (striker)"


@pytest.fixture(scope="module")
def built(make_shared_library: MakeLibrary, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A folder of articles and its index, to be copied."""
    folder = tmp_path_factory.mktemp("built") / "town"
    folder.mkdir()
    for name, text in ARTICLES.items():
        (folder / name).write_text(f"---\ndate: 2024-03-02\n---\n{text}\n", encoding="utf-8")
    return folder, make_shared_library(folder).settings.store


@pytest.fixture
def town(built: tuple[Path, Path], tmp_path: Path, make_library: MakeLibrary) -> Library:
    seeds, store = tmp_path / "town", tmp_path / "store"
    shutil.copytree(built[0], seeds)
    shutil.copytree(built[1], store, ignore=shutil.ignore_patterns("*ing-*", "writer.lock"))
    return make_library(seeds, store=store)


def who_says(library: Library) -> dict[str, list[str]]:
    """The statements of everyone, by name, as every list and count has them."""
    with library.reading():
        listed = list(library.people)
        counts = [library.count_statements(person) for person in listed]
    said = {person.name: [quote.text for quote in list_quotes(library, speaker=person)] for person in listed}
    assert [len(texts) for texts in said.values()] == counts == sorted(counts, reverse=True)
    assert list(map(len, list_dates(library, listed))) == counts
    named = list_quotes(library)
    assert sorted(quote.text for quote in named) == sorted(text for texts in said.values() for text in texts)
    assert all(quote.text in said[quote.speaker or ""] for quote in named)
    return said


BEFORE = {
    SENATOR: [
        "John Smith said the harbour will open in May.",
        "Senator John Smith said the levy is fair.",
        "Senator John Smith said the tax will rise.",
        "Smith said the budget is too small.",
    ],
    "Ann Hale": ["Ann Hale said the harbour is too deep.", "Ann Hale said the levy is unjust."],
    STRIKER: ["The striker John Smith said the match was hard.", "Smith said the goal was late."],
    "Bob Dylan": ["Bob Dylan said the concert is in June."],
    "Robert Zimmerman": ["Robert Zimmerman said the song is old."],
}


def test_two_of_one_name_are_kept_apart_when_their_roles_contradict(town: Library) -> None:
    assert who_says(town) == BEFORE
    assert match_speaker(town, "the striker").speaker.name == STRIKER
    assert match_speaker(town, SENATOR).speaker.name == SENATOR
    for question, speaker, text in (
        ("What did John Smith (striker) say about the match?", STRIKER, BEFORE[STRIKER][0]),
        ("What did the senator say about the levy?", SENATOR, BEFORE[SENATOR][1]),
    ):
        answer = answer_question(town, question)
        assert [(cited.speaker, cited.text) for cited in answer.citations] == [(speaker, text)]


def without(name: str, *texts: str) -> list[str]:
    return [text for text in BEFORE[name] if text not in texts]


SONG, CONCERT = BEFORE["Robert Zimmerman"][0], BEFORE["Bob Dylan"][0]
LEVY = "Ann Hale said the levy is unjust."
EFFECTS: list[tuple[str, Callable[[Library], Correction], dict[str, list[str] | None], str]] = [
    (
        "merge",
        lambda town: people.merge(town, "Zimmerman", "Bob Dylan"),
        {"Bob Dylan": [SONG, CONCERT], "Robert Zimmerman": None},
        "Robert Zimmerman is Bob Dylan",
    ),
    (
        "split",
        lambda town: people.split(town, SENATOR, ["harbour.txt", "gone.txt"], "Jon Smith"),
        {"Jon Smith": BEFORE[SENATOR][:1], SENATOR: BEFORE[SENATOR][1:]},
        "John Smith (senator) in 2 articles is Jon Smith",
    ),
    (
        "split, to somebody who speaks",
        lambda town: people.split(town, SENATOR, ["harbour.txt"], STRIKER),
        {STRIKER: [BEFORE[SENATOR][0], *BEFORE[STRIKER]], SENATOR: BEFORE[SENATOR][1:]},
        "John Smith (senator) in harbour.txt is John Smith (striker)",
    ),
    (
        "rename",
        lambda town: people.rename(town, "Ann Hale", " Ann  Hale-Ruiz "),
        {"Ann Hale-Ruiz": BEFORE["Ann Hale"], "Ann Hale": None},
        "Ann Hale is called Ann Hale-Ruiz",
    ),
    ("role", lambda town: people.set_role(town, "Ann Hale", "mayor"), {}, "Ann Hale is mayor"),
    (
        "not a person",
        lambda town: people.mark_as_no_person(town, "Ann Hale"),
        {"Ann Hale": None},
        "Ann Hale is not a person",
    ),
    (
        "a statement to somebody else",
        lambda town: people.give_statement(town, "levy.txt", "levy is unjust", "Bob Dylan"),
        {"Ann Hale": without("Ann Hale", LEVY), "Bob Dylan": [LEVY, CONCERT]},
        f"“{LEVY}” in levy.txt is by Bob Dylan",
    ),
    (
        "a statement to somebody new",
        lambda town: people.give_statement(town, "levy.txt", LEVY, "Zoe Quist"),
        {"Ann Hale": without("Ann Hale", LEVY), "Zoe Quist": [LEVY]},
        f"“{LEVY}” in levy.txt is by Zoe Quist",
    ),
    (
        "a statement to nobody",
        lambda town: people.give_statement(town, "levy.txt", LEVY, ""),
        {"Ann Hale": without("Ann Hale", LEVY)},
        f"“{LEVY}” in levy.txt is by nobody",
    ),
]


@pytest.mark.parametrize(("correct", "changes", "words"), [pytest.param(*case, id=name) for name, *case in EFFECTS])
def test_a_correction_applies_at_once_and_can_be_undone(
    town: Library,
    correct: Callable[[Library], Correction],
    changes: dict[str, list[str] | None],
    words: str,
) -> None:
    assert who_says(town) == BEFORE
    made = correct(town)
    assert describe(made) == words
    expected = {name: said for name, said in {**BEFORE, **changes}.items() if said is not None}
    assert who_says(town) == expected
    assert town.plan().is_empty  # nothing is embedded again
    assert town.plan().skipped == ()  # and the file is not taken for an article
    with town.reading():
        assert town.roster.idle == ("",)
    town.undo(made)
    assert who_says(town) == BEFORE


def test_answers_follow_corrections(town: Library) -> None:
    question = "What did Ann Hale say about the levy?"
    assert [cited.speaker for cited in answer_question(town, question).citations] == ["Ann Hale"]
    people.give_statement(town, "levy.txt", LEVY, "Bob Dylan")
    refused = answer_question(town, question)
    assert LEVY not in [cited.text for cited in refused.citations]
    found = answer_question(town, "What did Dylan say about the levy?")
    assert [(cited.speaker, cited.text) for cited in found.citations] == [("Bob Dylan", LEVY)]
    people.merge(town, "Bob Dylan", "Robert Zimmerman")
    found = answer_question(town, "What did Bob Dylan say about the levy?")  # the old name is still known
    assert [(cited.speaker, cited.text) for cited in found.citations] == [("Robert Zimmerman", LEVY)]
    assert [quote.text for quote in list_quotes(town, about="levy", speaker=match_speaker(town, "Zimmerman").speaker)]


def test_search_by_speaker_is_exact_after_corrections(town: Library) -> None:
    people.give_statement(town, "levy.txt", LEVY, SENATOR)
    people.split(town, SENATOR, ["harbour.txt"], "Jon Smith")
    people.mark_as_no_person(town, "Bob Dylan")
    vector = town.model.encode(["the harbour"])[0]
    with town.reading():
        roster = town.roster
        for person in town.people:
            own = roster.statements(person.names)
            for count in (len(own), 20):  # as many as there are: none is lost to one that was moved
                assert {key for key, _ in roster.nearest(vector, count, person.names)} == set(own)
                found = roster.search(["said"], count, speakers=person.names)
                assert {key for key, _ in found} == set(own)
            [best] = roster.nearest(vector, 1, person.names)
            assert best == max(roster.nearest(vector, 20, person.names), key=lambda pair: pair[1])
            within = roster.nearest(vector, 20, person.names, ["levy.txt"])
            assert {key for key, _ in within} == {key for key in own if key.startswith("levy.txt#")}
        everyone = [key for person in town.people for key in roster.statements(person.names)]
        assert sorted(roster.statements(None)) == sorted(everyone)
        assert len(roster.nearest(vector, 20)) == town.counts[1]  # without a speaker, nothing is left out


def test_each_statement_in_a_sentence_is_corrected(town: Library) -> None:
    article = town.settings.seeds / "song.txt"
    article.write_text(article.read_text() + "Bob Dylan said the song is long, but Ann Hale said it is too short.\n")
    town.sync()

    def voices() -> list[tuple[str | None, list[str | None]]]:
        with town.reading():
            found = town.roster.sentences(town.records["song.txt"])
        return [(one.speaker, [said.speaker for said in one.statements]) for one in found]

    assert voices() == [
        ("Robert Zimmerman", ["Robert Zimmerman"]),
        ("Bob Dylan", ["Bob Dylan"]),
        ("Bob Dylan", ["Bob Dylan", "Ann Hale"]),
    ]
    people.split(town, "Ann Hale", ["song.txt", "levy.txt"], "Ann Roe")
    people.mark_as_no_person(town, "Robert Zimmerman")
    people.give_statement(town, "song.txt", CONCERT, "Zoe Quist")
    assert voices() == [(None, [None]), ("Zoe Quist", ["Zoe Quist"]), ("Bob Dylan", ["Bob Dylan", "Ann Roe"])]
    both = "Bob Dylan said the song is long, but Ann Hale said it is too short."
    vector = town.model.encode(["the song"])[0]
    for name, texts in (("Bob Dylan", [both]), ("Ann Roe", [LEVY, both]), ("Ann Hale", BEFORE["Ann Hale"][:1])):
        person = match_speaker(town, name).speaker
        assert [quote.text for quote in list_quotes(town, speaker=person)] == texts
        with town.reading():
            assert town.count_statements(person) == len(texts)
            found = [key for key, _ in town.roster.nearest(vector, 20, person.names)]
            assert sorted(found) == sorted(town.roster.statements(person.names))


def test_a_role_is_shown_and_found(town: Library) -> None:
    people.set_role(town, "Ann Hale", "harbour master")
    people.set_role(town, "Ann Hale", "Hale’s mayor")
    found = match_speaker(town, "the harbour master").speaker
    assert (found.name, found.role, found.also[0]) == ("Ann Hale", "Hale’s mayor", "Hale’s mayor")


def test_corrections_apply_in_their_order(town: Library) -> None:
    people.give_statement(town, "harbour.txt", BEFORE[SENATOR][0], "Ann Hale")
    people.split(town, "Ann Hale", ["harbour.txt"], "Ann Roe")  # takes what was given, too
    people.merge(town, "Ann Roe", "Bob Dylan")
    people.rename(town, "Bob Dylan", "Robert Dylan")
    said = who_says(town)
    assert said["Robert Dylan"] == ["John Smith said the harbour will open in May.", *BEFORE["Ann Hale"][:1], CONCERT]
    assert said["Ann Hale"] == [LEVY]
    town.undo(Split("Ann Hale", "Ann Roe", ("harbour.txt",)))
    said = who_says(town)
    assert said["Ann Hale"] == ["John Smith said the harbour will open in May.", *BEFORE["Ann Hale"]]
    assert said["Robert Dylan"] == [CONCERT]
    assert "has no effect now: nobody is called “Ann Roe”" in corrections_text(town)


REFUSED: list[tuple[str, Callable[[Library], object], type[Exception], str]] = [
    (
        "someone unknown",
        lambda town: people.merge(town, "Peskov", "Ann Hale"),
        QuestionError,
        "nobody called “Peskov” speaks in the articles. "
        "Most quoted: John Smith (senator), Ann Hale, John Smith (striker).",
    ),
    (
        "a name of two",
        lambda town: people.rename(town, "Smith", "Joe Smith"),
        CorrectionError,
        "“Smith” may mean John Smith (senator) or John Smith (striker). Give the full name.",
    ),
    (
        "a person and the same person",
        lambda town: people.merge(town, "Hale", "Ann Hale"),
        CorrectionError,
        "“Ann Hale” and “Ann Hale” are one already. Nothing was changed.",
    ),
    (
        "the name of somebody else",
        lambda town: people.rename(town, "Ann Hale", "Bob Dylan"),
        CorrectionError,
        "“Bob Dylan” is somebody else: merge the two. Nothing was changed.",
    ),
    (
        "an article without the person",
        lambda town: people.split(town, "Ann Hale", ["song.txt"], "Ann Roe"),
        CorrectionError,
        "“Ann Hale” says nothing in song.txt. Nothing was changed.",
    ),
    (
        "a split without another name",
        lambda town: people.split(town, "Ann Hale", ["levy.txt"], "Ann Hale"),
        CorrectionError,
        "“Ann Hale” is a name of the same person: give another. Nothing was changed.",
    ),
    (
        "a name without words",
        lambda town: people.rename(town, "Ann Hale", " ? "),
        CorrectionError,
        "the name is '?', which has no word. Nothing was changed.",
    ),
    (
        "an article that is not there",
        lambda town: people.give_statement(town, "gone.txt", "x", ""),
        CorrectionError,
        "the index has no article 'gone.txt'. Give its path in the seeds folder.",
    ),
    (
        "words of two sentences",
        lambda town: people.give_statement(town, "tax.txt", "Smith said", ""),
        CorrectionError,
        "2 sentences have the words “Smith said” in tax.txt. Give one whole sentence.",
    ),
]


@pytest.mark.parametrize(("correct", "error", "words"), [pytest.param(*case, id=name) for name, *case in REFUSED])
def test_what_has_no_effect_is_refused(
    town: Library, correct: Callable[[Library], object], error: type[Exception], words: str
) -> None:
    with pytest.raises(error) as raised:
        correct(town)
    assert str(raised.value) == words
    assert not (town.settings.seeds / "people.toml").exists()


def test_a_hand_edit_applies_before_the_next_question(town: Library, caplog: pytest.LogCaptureFixture) -> None:
    file = town.settings.seeds / "people.toml"
    file.write_text(
        '[[correction]]\nwhat = "rename"\nperson = "Ann Hale"\nname = "Ann Roe"\n\n[[correction]]\nwat = 1\n'
    )
    with caplog.at_level(logging.WARNING):
        assert "Ann Roe" in who_says(town)
    assert "people.toml, line 6: it lacks `what`" in caplog.text
    assert "people.toml, line 6: it lacks `what`" in corrections_text(town)
    file.unlink()
    assert who_says(town) == BEFORE


def test_corrections_survive_a_rebuild_and_move_with_the_folder(
    town: Library, tmp_path: Path, make_library: MakeLibrary
) -> None:
    people.merge(town, "Robert Zimmerman", "Bob Dylan")
    people.give_statement(town, "levy.txt", LEVY, "Zoe Quist")
    people.split(town, SENATOR, ["harbour.txt"], "Jon Smith")
    said = who_says(town)
    assert town.sync().removed == 0
    assert who_says(town) == said
    # Offsets and ids change with an article, and its statements stay corrected.
    article = town.settings.seeds / "levy.txt"
    article.write_text(article.read_text().replace("\n---\n", "\n---\nThe council met on Monday.\n"))
    town.sync()
    assert who_says(town) == said
    moved = Path(shutil.move(town.settings.seeds, tmp_path / "moved"))
    assert who_says(make_library(moved)) == said  # a new index of it


def test_a_crash_between_correction_and_rebuild_loses_nothing(town: Library) -> None:
    settings = town.settings
    code = (
        "import os, signal, sys; from index.library import Library; from index.settings import load_settings\n"
        "import index.writer; from qa import people\n"
        "library = Library(load_settings(seeds=sys.argv[1], store=sys.argv[2]))\n"
        "people.merge(library, 'Robert Zimmerman', 'Bob Dylan')\n"
        "with open(sys.argv[1] + '/late.txt', 'w') as late:\n"
        "    late.write('---\\ndate: 2024-05-01\\n---\\nAnn Hale said the ferry is late.')\n"
        "library.sync(on_progress=lambda *_: os.kill(os.getpid(), signal.SIGKILL))\n"
    )
    command = [sys.executable, "-c", code, str(settings.seeds), str(settings.store)]
    killed = subprocess.run(command, cwd=Path(__file__).parent.parent, env={**os.environ})
    assert killed.returncode == -signal.SIGKILL
    assert who_says(town)["Bob Dylan"] == [SONG, CONCERT]
    town.sync()
    said = who_says(town)
    assert said["Bob Dylan"] == [SONG, CONCERT]
    assert "Ann Hale said the ferry is late." in said["Ann Hale"]


def test_a_role_in_brackets_may_change_or_go(town: Library) -> None:
    people.rename(town, STRIKER, "Jack Smith")
    match = town.settings.seeds / "match.txt"
    match.write_text(match.read_text().replace("striker", "midfielder"))
    town.sync()
    assert "Jack Smith" in who_says(town)
    for name in ("tax.txt", "levy.txt", "harbour.txt"):
        (town.settings.seeds / name).unlink()
    town.sync()
    assert list(who_says(town)) == ["Jack Smith", "Bob Dylan", "Robert Zimmerman"]  # the only one of the name
    match.write_text(match.read_text().replace("midfielder", "senator"))
    town.sync()
    assert "John Smith" in who_says(town)  # another
    assert "has no effect now: nobody is called “John Smith (striker)”" in corrections_text(town)


def test_hostile_names_are_names(town: Library) -> None:
    people.rename(town, "Ann Hale", HOSTILE)
    people.merge(town, HOSTILE, "Bob Dylan")
    people.give_statement(town, "levy.txt", LEVY, "[[correction]]\nwhat")
    said = who_says(town)
    assert said["[[correction]] what"] == [LEVY]
    assert said["Bob Dylan"] == [BEFORE["Ann Hale"][0], CONCERT]
    for name in ("a\x00b", "\ud800", "x" * 201):
        with pytest.raises(CorrectionError, match="the name"):
            people.rename(town, "Bob Dylan", name)


def test_a_name_that_is_not_a_persons_stays_nobodys(town: Library) -> None:
    people.mark_as_no_person(town, "Ann Hale")
    people.give_statement(town, "levy.txt", LEVY, "Ann Hale")  # this one is by somebody of that name
    assert who_says(town)["Ann Hale"] == [LEVY]
