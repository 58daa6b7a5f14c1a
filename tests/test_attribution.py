"""Who said what: a small article for each way of attributing speech, the seed article, and text that is not news."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pytest

from index.reading.text import read_article
from index.sentences.splitting import sentences_of
from index.speech.attribution import Attribution, attribute
from index.turns import find_times
from index.values import Article, Speaker

PESKOV = "Kremlin spokesman Dmitry Peskov met reporters on Monday."
CLINTON = "Hillary Clinton spoke in Ohio on Friday."


def run(text: str) -> Attribution:
    article = Article(id="a.txt", title="", text=text, digest="", locators=find_times(text, 0))
    return attribute(article, sentences_of(article))


def speech_of(text: str) -> list[tuple[str | None, str | None]]:
    """Return the speaker and the kind of speech of each sentence."""
    return [(sentence.speaker, sentence.speech) for sentence in run(text).sentences]


NOTHING = (None, None)
NAMELESS = (None, "indirect")
DIRECT = ("Dmitry Peskov", "direct")
INDIRECT = ("Dmitry Peskov", "indirect")
HALE = ("Margaret Hale", "direct")
BLASIO = ("Bill de Blasio", "direct")
CASES = [
    # cues
    ("said, with the full name", "Dmitry Peskov said the bases would stay.", [INDIRECT]),
    ("the cue stands behind", "The bases will stay, Dmitry Peskov said on Monday.", [INDIRECT]),
    ("the cue before the subject", "“The bases will stay in Syria,” said Dmitry Peskov.", [DIRECT]),
    ("a role before the name", "Kremlin spokesman Dmitry Peskov said it was too early to tell.", [INDIRECT]),
    (
        "a role after the name",
        "Dmitry Peskov, the spokesman of the Kremlin, said it was too early to tell.",
        [INDIRECT],
    ),
    ("according to", "The bases will stay, according to Dmitry Peskov.", [INDIRECT]),
    ("in a statement", "In a statement, Dmitry Peskov denied that the bases would close.", [INDIRECT]),
    ("a verb of thinking", "Dmitry Peskov believes that the bases will stay.", [INDIRECT]),
    ("a verb of judging", "Dmitry Peskov opposes the closing of the bases.", [INDIRECT]),
    ("a state of mind", "Dmitry Peskov is confident that the bases will stay.", [INDIRECT]),
    ("a phrase", "Dmitry Peskov called for talks about the bases.", [INDIRECT]),
    ("a noun", "Dmitry Peskov's claim that the bases will stay was met with doubt.", [INDIRECT]),
    ("the passive", "The report was dismissed by Dmitry Peskov.", [INDIRECT]),
    ("a participle", "Dmitry Peskov left the room, insisting that the bases would stay.", [INDIRECT]),
    ("who said", "Reporters met Dmitry Peskov, who said the bases would stay.", [INDIRECT]),
    ("a colon", "Dmitry Peskov put it this way: “The bases in Syria will stay.”", [DIRECT]),
    ("a verb that only a quotation makes a cue", "“The bases will certainly stay!” beamed Dmitry Peskov.", [DIRECT]),
    ("a tweet", "Dmitry Peskov tweeted on Monday that the bases would stay.", [INDIRECT]),
    (
        "a headline",
        "Dmitry Peskov: Bases Will Stay\n\nThe port is Russian, Dmitry Peskov said.",
        [DIRECT, INDIRECT],
    ),
    (
        "a name that only a headline has",
        "Dmitry Peskov: Bases Will Stay\n\nThe port is on the coast.",
        [NOTHING, NOTHING],
    ),
    # not statements
    ("no cue", "Dmitry Peskov arrived in Moscow on Monday.", [NOTHING]),
    ("failed to say", "Dmitry Peskov failed to say when the bases would close.", [NOTHING]),
    ("did not say", "Dmitry Peskov did not say when the bases would close.", [NOTHING]),
    ("never said", "Dmitry Peskov never mentioned the bases.", [NOTHING]),
    ("was told", "Dmitry Peskov was told about the bases.", [NOTHING]),
    ("words in quotation marks without a speaker", "The port is known as the “gate” of the coast.", [NOTHING]),
    # who the speaker is
    ("he, of the sentence before", f"{PESKOV} He said the bases would stay.", [NOTHING, INDIRECT]),
    ("a surname", f"{PESKOV} Peskov said the bases would stay.", [NOTHING, INDIRECT]),
    ("a first name", f"{CLINTON} Hillary said the bases would close.", [NOTHING, ("Hillary Clinton", "indirect")]),
    ("Mr.", f"{PESKOV} Mr. Peskov said the bases would stay.", [NOTHING, INDIRECT]),
    ("a title", f"{PESKOV} The port is old. The spokesman said it would stay.", [NOTHING, NOTHING, INDIRECT]),
    (
        "she is not he",
        f"{CLINTON} {PESKOV} She said the bases would close.",
        [NOTHING, NOTHING, ("Hillary Clinton", "indirect")],
    ),
    (
        "who spoke before goes on",
        f"Hillary Clinton said that Dmitry Peskov was wrong. {PESKOV} She added that talks were needed.",
        [("Hillary Clinton", "indirect"), NOTHING, ("Hillary Clinton", "indirect")],
    ),
    (
        "the husband and the wife",
        "Bill Clinton and Hillary Clinton came. Mrs. Clinton said it rained. Mr. Clinton said it did not.",
        [NOTHING, ("Hillary Clinton", "indirect"), ("Bill Clinton", "indirect")],
    ),
    ("a title before a first name", "Pope Francis said that walls are not Christian.", [("Pope Francis", "indirect")]),
    ("officials", "Officials said the bases would stay.", [NAMELESS]),
    ("I, the writer", "I believe that the bases will stay.", [NAMELESS]),
    # groups
    ("an institution", "The Kremlin said the bases would stay.", [("The Kremlin", "indirect")]),
    ("a name of two words", "Fox News reported that the bases would stay.", [("Fox News", "indirect")]),
    ("a campaign", "The Trump campaign said it would appeal.", [("The Trump campaign", "indirect")]),
    (
        "a firm by its kind",
        f"Qantas, the Australian airline, said it was late. {PESKOV} The airline said it rained.",
        [("Qantas", "indirect"), NOTHING, ("Qantas", "indirect")],
    ),
    (
        "two firms of that kind",
        "Qantas, an airline, met Delta, an airline. The airline said it rained.",
        [NOTHING, NAMELESS],
    ),
    (
        "it, of a firm",
        "Qantas said it rained. It added that it had snowed.",
        [("Qantas", "indirect"), ("Qantas", "indirect")],
    ),
    (
        "a short form",
        "The Press Complaints Commission (PCC) met. The PCC said it rained.",
        [NOTHING, ("The Press Complaints Commission", "indirect")],
    ),
    (
        "a report and its publisher",
        "A report by Ofcom found that it rained. The report also showed that it snowed.",
        [("Ofcom", "indirect"), ("Ofcom", "indirect")],
    ),
    ("a survey with a name", "The Tankan survey found that it rained.", [("Tankan survey", "indirect")]),
    (
        "a spokesman",
        "An Ofcom spokesman said it rained. He added that it snowed.",
        [("Ofcom", "indirect"), ("Ofcom", "indirect")],
    ),
    ("a spokeswoman for a firm", "A spokeswoman for Qantas said it rained.", [("Qantas", "indirect")]),
    ("a spokesman with a name", "An Ofcom spokesman, Ana Ruiz, said it rained.", [("Ana Ruiz", "indirect")]),
    ("a spokesman of nobody named", f"{PESKOV} Critics met. A spokesman said it rained.", [NOTHING, NOTHING, NAMELESS]),
    ("a day is no name of a government", "On Friday, the government said it rained.", [NAMELESS]),
    ("a firm of one word", "The firm Sandvine is new. Sandvine said it rained.", [NOTHING, ("Sandvine", "indirect")]),
    ("where a firm is based", "Paris-based Euronext said it rained.", [("Euronext", "indirect")]),
    # roles and descriptions
    (
        "an office",
        "Prime Minister Ana Ruiz met Dmitry Peskov. The prime minister said it rained.",
        [NOTHING, ("Ana Ruiz", "indirect")],
    ),
    (
        "a deputy's office",
        "Deputy Prime Minister Ana Ruiz met Dmitry Peskov. The prime minister said it rained.",
        [NOTHING, NAMELESS],
    ),
    (
        "a shadow office",
        "Shadow chancellor Ana Ruiz met Dmitry Peskov. The chancellor said it rained.",
        [NOTHING, NAMELESS],
    ),
    ("an office that nobody is given", f"{PESKOV} The senator said it rained.", [NOTHING, NAMELESS]),
    (
        "an office of two people",
        "Senator Ana Ruiz met Senator Bo Hale. The senator said it rained.",
        [NOTHING, NAMELESS],
    ),
    ("an age", "Ana Ruiz won in Ohio. The 20-year-old said it rained.", [NOTHING, ("Ana Ruiz", "indirect")]),
    (
        "an age, after two people",
        "Ana Ruiz beat Carla Diaz. The 20-year-old said it rained.",
        [NOTHING, ("Ana Ruiz", "indirect")],
    ),
    ("letters after a name", "Labour MP Frank Field MP said it rained.", [("Frank Field", "indirect")]),
    (
        "he is the nameless man of the sentence before",
        f"{PESKOV} An analyst said it rained. He added that it snowed.",
        [NOTHING, NAMELESS, NAMELESS],
    ),
    (
        "whom the quotation names does not speak it",
        "Sean Long played. Carla Diaz met Sean Long. “Sean is ill,” he said.",
        [NOTHING, NOTHING, (None, "direct")],
    ),
    # weak cues, and none
    ("declined to comment", "Dmitry Peskov declined to comment on the bases.", [INDIRECT]),
    ("refused to rule out", "Dmitry Peskov refused to rule out that the bases would close.", [INDIRECT]),
    ("welcomed", "Dmitry Peskov welcomed the closing of the bases.", [INDIRECT]),
    ("yet to respond", "Dmitry Peskov is yet to respond to the claims.", [NOTHING]),
    ("met to discuss", "Dmitry Peskov met the board to discuss the bases.", [NOTHING]),
    ("goes on sale", "The Gizmondo player goes on sale on Monday.", [NOTHING]),
    ("a film", "Her drama Wasp tells the story of a young mother.", [NOTHING]),
    ("who wrote the article", "(Reporting by Ana Ruiz; Writing by Carla Diaz.)", [NOTHING]),
    # quotations
    ("he said in the middle", "“The bases will stay,” Dmitry Peskov said. “They are ours.”", [DIRECT, DIRECT]),
    ("the cue in the last sentence", "“They are ours. The bases will stay,” Dmitry Peskov said.", [DIRECT, DIRECT]),
    (
        "a quotation over paragraphs, each opened again",
        "“They are ours,” Dmitry Peskov said. “We built them.\n\n“We stay.\n\n“It is so.”\n\nIt rained.",
        [DIRECT, DIRECT, DIRECT, DIRECT, NOTHING],
    ),
    (
        "a quotation over paragraphs, none opened again",
        "Dmitry Peskov said: “They are ours.\n\nWe will stay.\n\nNobody can doubt it.”\n\nIt rained.",
        [DIRECT, DIRECT, DIRECT, NOTHING],
    ),
    ("a mark that is never closed", "Dmitry Peskov said: “They are ours.\n\nIt rained on the port.", [DIRECT, NOTHING]),
    ("straight marks", '"They are ours. We will stay," Dmitry Peskov said. "It is so."', [DIRECT, DIRECT, DIRECT]),
    ("two apostrophes", "''They are ours,'' Dmitry Peskov said. ''It is so.''", [DIRECT, DIRECT]),
    (
        "one speaker quotes another",
        "“My friend Bernie Sanders said, ‘Go home,’ and we did,” Dmitry Peskov recalled.",
        [DIRECT],
    ),
    (
        "whom a quotation names does not speak",
        f"{PESKOV} Donald Trump called for an end to “the madness.” Peskov said Russia was open to talks.",
        [NOTHING, ("Donald Trump", "indirect"), INDIRECT],
    ),
    (
        "a paragraph without marks after a colon",
        "Dmitry Peskov writes:\n\nThe bases are old. They will stay.\n\nIt rained.",
        [INDIRECT, DIRECT, DIRECT, NOTHING],
    ),
    (
        "a name within a quotation is not the subject",
        f"{PESKOV} “And while I’m at it, I esteem Senator John McCain,” Peskov said, “and I endorse him.”",
        [NOTHING, DIRECT],
    ),
    (
        "a name after a form of address in the quotation",
        "“That was a good speech you gave last night, Mr. President,” Dmitry Peskov, a spokesman, told Mr. Obama.",
        [DIRECT],
    ),
    ("the verb in the middle", "Any other reading of the treaty, said Dmitry Peskov, would be a mistake.", [INDIRECT]),
    (
        "the speaker of a clause is not the one of the sentence",
        f"{PESKOV} Ana Ruiz, a mayor, said Peskov had been led astray.",
        [NOTHING, ("Ana Ruiz", "indirect")],
    ),
    (
        "a name that no table has",
        "“We do not allow it,” Rosette Pambakian, a clerk, said by email.",
        [("Rosette Pambakian", "direct")],
    ),
    (
        "the parse hangs on the quotation",
        f"{PESKOV} Peskov delivered a snappy retort: “No one is tearing this up. We go on.”",
        [NOTHING, DIRECT, DIRECT],
    ),
    ("a name before a colon", f"{PESKOV} Here is Peskov in May: “We will stay.”", [NOTHING, DIRECT]),
    (
        "a quotation after a word on its speaker",
        "“I like it here,” Dmitry Peskov said. He holds two jobs. “It’s had a marvelous result.”",
        [DIRECT, NOTHING, DIRECT],
    ),
    (
        "a quotation after someone else is named",
        "“I like it here,” Dmitry Peskov said. Hillary Clinton holds two jobs. “It’s had a marvelous result.”",
        [DIRECT, NOTHING, NOTHING],
    ),
    ("a mark the wrong way round", "“The bases will stay,“ said Dmitry Peskov. It rained.", [DIRECT, NOTHING]),
    # interviews
    (
        "a transcript",
        "Donald Trump met Jake Tapper.\n\nTAPPER: Will you go?\n\nTRUMP: No. I will stay at home.",
        [NOTHING, ("Jake Tapper", "direct"), ("Donald Trump", "direct"), ("Donald Trump", "direct")],
    ),
    ("questions and answers", "Q: Will you go?\n\nA: No, I will not.", [(None, "direct"), (None, "direct")]),
    (
        "names in full and short, over paragraphs",
        "A talk\n\nMARGARET HALE (00:12:41): We will. I promise.\n\nIt will stand, the mayor said.\n\n"
        "[00:12:50] BO ROE: Hm.\n\n(Laughter.)\n\nHALE: In May.\n\nMODERATOR: Thanks.\n\nROE: Bye.",
        [NOTHING, HALE, HALE, HALE, ("Bo Roe", "direct"), NOTHING, HALE, (None, "direct"), ("Bo Roe", "direct")],
    ),
    (
        "labels in lines of their own",
        "Speaker 1 (00:01):\nSo tell me.\n\nMargaret Hale (00:04):\nWe will build it. It will stand.\n\n"
        "Speaker 1 (00:20):\nWhen?\n\nMargaret Hale (00:22):\nIn May.",
        [NOTHING, (None, "direct"), NOTHING, HALE, HALE, NOTHING, (None, "direct"), NOTHING, HALE],
    ),
    (
        "titles, roles and particles before a name",
        "JAKE ROE, CNN HOST: Hi.\nSENATOR HALE: Hi.\nROE: When?\nMS. HALE: In May.\nMARGARET HALE: So.\n"
        "BILL DE BLASIO: Hm.\nDE BLASIO: No.",
        [("Jake Roe", "direct"), HALE, ("Jake Roe", "direct"), HALE, HALE, BLASIO, BLASIO],
    ),
    ("a list", "Where: London.\n\nWhen: May.\n\nCost: Five pounds.\n\nFood: None.", [NOTHING] * 4),
    # traps
    ("a dateline is not the subject", "MOSCOW, Dec 10 (Alliance News): Dmitry Peskov said it rained.", [INDIRECT]),
    ("a party in parentheses", "Sen. John McCain (R-Ariz.) said it rained.", [("John McCain", "indirect")]),
    ("the full stop of a title", "“We will not stay there,” said Navy Capt. Jeff Davis.", [("Jeff Davis", "direct")]),
    (
        "an acronym tells a group from a person",
        "The militia Hayat al-Tahrir al-Sham (HTS) said it rained. The group said so.",
        [("Hayat al-Tahrir al-Sham", "indirect"), ("Hayat al-Tahrir al-Sham", "indirect")],
    ),
    ("non-breaking spaces", "Dmitry\xa0Peskov said\xa0the bases would stay.", [INDIRECT]),
    ("mojibake in a name", "RaÃºl Grijalva said the bases would stay.", [("RaÃºl Grijalva", "indirect")]),
]


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_who_said_what(text: str, expected: list[tuple[str | None, str | None]]) -> None:
    assert speech_of(text) == expected


def test_the_seed(seeds: Path) -> None:
    article = read_article(seeds / "kremlin-syria-bases.txt", seeds, max_bytes=10**6)
    found = attribute(article, sentences_of(article))
    assert [(sentence.speaker, sentence.speech) for sentence in found.sentences] == [
        ("The Kremlin", "indirect"),
        NOTHING,  # Following a rapid advance
        NOTHING,  # This situation has raised questions
        INDIRECT,  # said it was premature
        DIRECT,  # “This is all a subject for discussion,” Peskov added
        INDIRECT,  # He assured
        NOTHING,  # Russia’s Hmeimim airbase
        NOTHING,  # The Tartous base serves
        INDIRECT,  # Peskov confirmed
        NOTHING,  # However, there is no official plan
        INDIRECT,  # Peskov described
        INDIRECT,  # He highlighted
        ("Donald Trump", "indirect"),  # called for an immediate ceasefire
        INDIRECT,  # Peskov mentioned
        ("Vladimir Putin", "indirect"),
        INDIRECT,  # Peskov also noted
    ]
    assert found.speakers == [
        Speaker("The Kremlin", (), "group"),
        Speaker("Dmitry Peskov", ("Peskov", "Kremlin spokesman")),
        Speaker("Donald Trump", ("Trump",)),
        Speaker("Vladimir Putin", ("Putin", "president")),
    ]


def test_nothing_of_a_sentence_changes_but_its_speaker(seeds: Path) -> None:
    article = read_article(seeds / "kremlin-syria-bases.txt", seeds, max_bytes=10**6)
    sentences = sentences_of(article)
    found = attribute(article, sentences).sentences
    assert [replace(sentence, speaker=None, speech=None, statements=()) for sentence in found] == sentences


ROLES = [
    ("before the name", "Kremlin spokesman Dmitry Peskov said so.", ("Peskov", "Kremlin spokesman")),
    ("after the name", "Dmitry Peskov, a spokesman for the Kremlin, said so.", ("Peskov", "spokesman for the Kremlin")),
    ("before the name and a comma", "The spokesman, Dmitry Peskov, said so.", ("Peskov", "spokesman")),
    ("a title", "Sen. Dmitry Peskov said so.", ("Peskov", "senator")),
    ("another spelling", "Dmitry Peskov came. Dmitry Peskov sat. Dmitri Peskov said so.", ("Dmitri Peskov", "Peskov")),
]


@pytest.mark.parametrize(("text", "also"), [case[1:] for case in ROLES], ids=[case[0] for case in ROLES])
def test_the_other_names_of_a_speaker(text: str, also: tuple[str, ...]) -> None:
    assert run(text).speakers == [Speaker("Dmitry Peskov", also)]


VOICES = [
    (
        "two voices",
        "Tony Blair said that it rained but Ana Ruiz said that it snowed.",
        [("Tony Blair", "indirect", False, "it rained"), ("Ana Ruiz", "indirect", False, "it snowed")],
    ),
    (
        "two names, one statement",
        "Tony Blair and Ana Ruiz said it rained.",
        [("Tony Blair", "indirect", False, "it rained"), ("Ana Ruiz", "indirect", False, "it rained")],
    ),
    ("behind the words", "It rained, Tony Blair said.", [("Tony Blair", "indirect", False, "It rained")]),
    ("according to", "According to Tony Blair, it rained.", [("Tony Blair", "indirect", False, "it rained")]),
    ("in quotation marks", "“It rained,” Tony Blair said.", [("Tony Blair", "direct", False, "It rained")]),
    (
        "what somebody says that another said",
        "Ana Ruiz claims that Tony Blair said it rained.",
        [("Ana Ruiz", "indirect", False, "Tony Blair said it rained"), ("Tony Blair", "indirect", True, "it rained")],
    ),
    ("allegedly", "Tony Blair allegedly said it rained.", [("Tony Blair", "indirect", True, "it rained")]),
    (
        "is reported to",
        "Tony Blair is reported to have said it rained.",
        [("Tony Blair", "indirect", True, "it rained")],
    ),
    (
        "where the sentence is spelled otherwise than it is read",
        "Sen.\xa0 Ana Ruiz said  that it ’rained’ in Ohio.",
        [("Ana Ruiz", "indirect", False, "it ’rained’ in Ohio")],
    ),
]


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in VOICES], ids=[case[0] for case in VOICES])
def test_whose_words_are_which(text: str, expected: list[tuple[str, str, bool, str]]) -> None:
    sentence = run(text).sentences[0]
    said = [(one.speaker, one.speech, one.hedged, sentence.text[one.start : one.end]) for one in sentence.statements]
    assert said == expected


SOURCES = [
    ("a group", "Analysts said it rained.", (None, "Analysts")),
    ("somebody without a name", "A senior analyst at the bank said it rained.", (None, "A senior analyst at the bank")),
    ("a spokesman", "An Ofcom spokesman said it rained.", ("Ofcom", "An Ofcom spokesman")),
    ("a report", "A report by Ofcom found that it rained.", ("Ofcom", "A report by Ofcom")),
    ("somebody with a name", "Ana Ruiz said it rained.", ("Ana Ruiz", "")),
]


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in SOURCES], ids=[case[0] for case in SOURCES])
def test_how_the_article_calls_a_source(text: str, expected: tuple[str | None, str]) -> None:
    [statement] = run(text).sentences[0].statements
    assert (statement.speaker, statement.source) == expected


HOSTILE = [
    ("empty", ""),
    ("blank", " \n\n \t "),
    ("marks", "\"\"\" '' “ ” « ` `` ''''\n\n“\n\n”"),
    ("only openings", "“ “ “ said “He “said“ he"),
    ("only closings", "” ” said ” he ”\n\n” said"),
    ("names only", "SMITH: JONES: SMITH:\n\n: said :\n\nQ:\n\nA:"),
    ("a table", "1,2,3\nsaid,,;\n\t|said|he|\n" * 20),
    ("code", "def said(he):\n    return \"she\" + 'said' # said he\n" * 20),
    ("markup", "<tweet author='@a'>“Said</tweet> {{said}} [he](http://said.example/?he=she)"),
    ("another alphabet", "Песков сказал: «Да». 佩斯科夫说：“是。” قال بيسكوف"),
    ("controls", "said \x00\x07 he \ud83d said \u202e\ufeff“no”"),
    ("one word, many times", "said " * 3000),
    ("one letter, many times", "a" * 30_000),
    ("no end", "He said that " + "she said that " * 2000),
    ("initials", "A. B. C. D. said. J.R. said. Mr. said. Mr. Mrs. said he."),
    ("titles", "Sen. Sen. Sen. said. President said. The the said. 's said."),
]


@pytest.mark.parametrize("text", [case[1] for case in HOSTILE], ids=[case[0] for case in HOSTILE])
def test_text_that_is_no_article_is_borne(text: str) -> None:
    article = Article(id="a.txt", title="", text=text, digest="")
    sentences = sentences_of(article)
    assert len(attribute(article, sentences).sentences) == len(sentences)


def test_an_article_is_attributed_alike_alone_among_others_and_elsewhere(seeds: Path) -> None:
    article = read_article(seeds / "kremlin-syria-bases.txt", seeds, max_bytes=10**6)
    other = Article(id="b.txt", title="", text="Dmitry Medvedev said it rained. “It did,” he said.", digest="")
    pairs = [(each, sentences_of(each)) for each in (other, article, other)]
    alone = attribute(article, sentences_of(article))
    among = [attribute(*pair) for pair in pairs]
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        elsewhere = list(pool.map(attribute, *zip(*pairs, strict=True)))
    assert among[1] == alone
    assert elsewhere == among
