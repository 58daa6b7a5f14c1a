"""Sentences begin and end where a careful reader would say, to the character."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from index.sentences.splitting import MAX_LENGTH, sentences_of, split_sentences
from index.values import Article, Sentence

SEED = Path(__file__).parent.parent / "seeds" / "kremlin-syria-bases.txt"

# (reason, text with | where it must be split, and nowhere else)
WHOLE = [
    ("two plain sentences", "The vote passed. |The mayor left."),
    ("initials of a country inside a name", "The U.S. Senate voted."),
    ("initials of a country at an end", "They live in the U.S. |The Senate voted."),
    ("initials of a country before a pronoun with an apostrophe", "It was made in the U.S. |It’s cheap."),
    ("initials with an ampersand before a number", "The S.&P. 500 fell. |Bonds rose."),
    ("title before a name", "Mr. Okafor met Gen. Ruiz and Sen. Hale. |They spoke."),
    ("title in capitals", "MR. OKAFOR WON. |HE SPOKE."),
    ("disease like a title in capitals", "She has MS. |Doctors knew."),
    ("agency like a title in capitals", "He was sued by the SEC. |Hale denied it."),
    ("secretary", "He met Sec. Hale and Sec. Ruiz. |They ate."),
    ("ranks", "Det. Ana Ruiz, Pfc. Bo Hale, Spc. Li, Msgr. Poe and Ald. Dunn met. |They ate."),
    ("plural doctors", "Drs. Hale and Ruiz met the Rt. Hon. Ann Dunn. |They ate."),
    ("saint", "St. Louis beat the St. John’s team. |It rained."),
    ("title after a hyphen", "It was then-Gov. Hale who signed. |She left."),
    ("plural titles", "Sens. Hale and Reps. Dunn and Ortiz agreed."),
    ("title at a line break", "He wrote a long letter to his physician, Dr.\nOkafor. |She replied to it within a day."),
    ("title before a no-break space", "He wrote to Dr.\u00a0Okafor. |She replied."),
    ("state in brackets", "Sen. Ann Hale (D-N.Y.) voted no. |Rep. Bo Dunn (R-Tex.) did not."),
    ("state in brackets before a day", "Rep. Bo Dunn (R-Ore.) Monday refused."),
    ("time of day before small letters", "It ends at 5 p.m. on Friday. |Doors open at 9 a.m."),
    ("time of day before a zone", "It starts at 8 p.m. Eastern on the radio."),
    ("time of day before a zone in capitals", "It starts at 8 p.m. ET on the radio."),
    ("time of day at an end", "It starts at 8 p.m. |Tickets are free."),
    ("time of day before I", "It ended at 8 p.m. |I left."),
    ("time of day before a network", "It ended at 8 p.m. |NBC had won."),
    ("time of day before a day and a place", "It ends at 8 p.m. Tuesday in Ohio. |He left."),
    ("time of day before a day and a comma", "It begins at 10 a.m. Friday, officials said. |He left."),
    ("time of day before a plural day", "It airs at 9 p.m. Sundays on channel 5. |He left."),
    ("time of day before a possessive", "The polls closed at 8 p.m. |Tuesday’s results were late."),
    ("two times of day with days", "It ran from 9 a.m. Monday to 5 p.m. Friday. |It ended."),
    ("time of day before another zone", "He spoke at 5 p.m. (1600 GMT) on Friday. |He left."),
    ("time of day before a zone with full stops", "They land at 5 p.m. E.S.T. on Friday. |He left."),
    ("time of day before a local time", "It opens at 8 a.m. New York time. |It closes late."),
    ("time of day before a date", "The ball fell at 11:59 p.m. Dec. 31. |It was cold."),
    ("time of day before a month written out", "It starts at 10 a.m. May 5, 2024. |Come early."),
    ("time of day before a British date", "It starts at 10 a.m. 5 May 2024. |Come early."),
    ("time of day before a surname like a month", "It ended at 10 a.m. |May had lost."),
    ("time of day before a holiday", "It starts at 10 a.m. Christmas Day. |Come early."),
    ("time of day before a dash", "10:30 a.m. — Hale arrives. |He left."),
    ("short day before a date", "They met on Wed. Jan. 6. |He left."),
    ("short day that is a name", "She writes for The Sun. |May was cold."),
    ("number abbreviation", "Bill No. 5 passed. |See pp. 12 to 14."),
    ("number of a street", "No. 10 Downing Street was lit. |He hit No. 1. |Nos. 5 and 6 were dark."),
    ("number of a road", "Take Hwy. 101 to Rte. 9 and Apt. 3. |Turn left."),
    ("number of a telephone", "Call tel. 555 or ext. 12. |Ask for avg. 3 and max. 5. |He left."),
    ("number of a work", "He played Op. 27, No. 2. |She sang."),
    ("no as an answer", "He said no. |The vote went on. |No. |He would not."),
    ("month before a day", "It opened on Jan. 3. |It closed on Dec. 10, 2024."),
    ("company at an end", "He worked for Acme Inc. |The firm closed."),
    ("company before small letters", "Acme Inc. of Ohio grew. |It hired."),
    ("company in brackets", "Acme Inc. (ACME) grew. |It hired."),
    ("company inside a sentence", "Acme Inc. Chairman Li Wei resigned."),
    ("junior before small letters", "Ed Hale Jr. won. |Ed Hale Jr. |He won."),
    ("degree", "Ada Li, Ph.D. candidate, spoke. |She left."),
    ("initials of a person", "J. D. Okafor met George W. Hale. |They ate."),
    ("initials of a country before an adverb", "They moved to the U.S. |Initially, they rented."),
    ("state at an end", "They live in Springfield, Ill. |Ortiz rents a house."),
    ("state in initials at an end", "They live in Lodi, N.J. |Harmony’s house is old."),
    ("state before a title", "Springfield, Ill. Mayor Ann Hale spoke. |He left."),
    ("state before an agency", "SPRINGFIELD, Ill. (AP) — Ann Hale spoke. |He left."),
    ("letter that is not an initial", "It has vitamin C. |Doctors doubt it. |They chose plan B. |Republicans fumed."),
    ("letter for a name", "He read Malcolm X. |Besides, he wrote."),
    ("letters of an interview", "Q. Do you agree? |A. The law is clear. |P.S. I do not."),
    ("letter at an end before a starter", "They chose plan B. |The rest is known."),
    ("versus", "It is Hale vs. Dunn again. |In Roe v. Wade it was not."),
    ("cases", "He cited Roe v. Wade, Brown v. Board and U.S. v. Nixon. |It costs approx. 5 dollars."),
    ("including", "The guests (incl. Ana Ruiz) left. |He stayed."),
    ("for example", "Some fruit, e.g. Bramley apples, keeps."),
    ("Arabic article", "He met Karim al-Hadi. |Al-Hadi declined."),
    ("decimals", "It rose 3.5 percent to $1.25. |It fell .5 percent."),
    ("web address", "See example.com or https://example.org/a.Bc?d=E.F for more. |Then decide."),
    ("mail address", "Write to ann.hale@example.org. |She answers."),
    ("no space after a full stop", "It was the end.|The next day came."),
    ("no space after a quotation", "It was “the end.”|The next day came."),
    ("no space in initials", "The U.S.A and the U.N.Charter differ."),
    ("no space in a site's name", "He shops at Example.Com on Fridays."),
    ("double space", "It was late.  |He slept."),
    ("tab and no-break space between sentences", "It was late.\u00a0\t|He slept."),
    ("year at an end", "It was 2016. |He won."),
    ("number begins a sentence", "It was late. |12 people slept."),
    ("closing curly quote", "“Yes.” |He left."),
    ("closing straight quote", 'She said, "It is over." |He left.'),
    ("closing doubled quote", "She said, ''It is over.'' |''It is not,'' he said."),
    ("closing single quote", "She said, ‘It is over.’ |He left."),
    ("nested closing quotes", "“He said, ‘Go home.’” |She did."),
    ("nested closing quotes with a space", "“He said, ‘Go home.’\u00a0” |She did."),
    ("nested straight quotes", "\"He said, 'Go home.'\" |She did."),
    ("quotation with a comma", "“I won’t,” he said. |He didn’t."),
    ("question and small letters", '"Why?" she asked. |"Why not?" he said.'),
    ("exclamation and small letters", "“Never!” shouted the crowd."),
    ("question and the name of the asker", "“Why now?” Mr. Okafor asked. |No one knew."),
    ("question and the name of the teller", "“Who pays?” Ana Ruiz told reporters."),
    (
        "exclamation and the name and state of the teller",
        "“Perpetual motion!” Rep. Ann Hale, R-Pa., said of it. |He left.",
    ),
    ("question and a clause about the asker", "“How are you?” Ruiz, who grows roses in Ohio, asked kindly. |He left."),
    ("question and the day it was asked", "“Remember?” Okafor said Friday. |He left."),
    ("question and a rarer verb", "“Is it so?” Okafor continued. |“Is it?” Mr. Hale pressed, again."),
    ("question and another statement", "“Is it so?” |Okafor said on Friday that it was."),
    ("question and what goes on", "“Is it so?” |Protests continued in Ohio."),
    ("question and another sentence", "“Why now?” |Mr. Okafor had no answer."),
    ("question and a pronoun", "“Why now?” |He knew."),
    ("quotation of several sentences", "“I won. |They lost. |It is over,” he said."),
    ("opening quote after a full stop", "He spoke. |“We won,” he said. |“We won.”"),
    ("quotation after an abbreviation at an end", "She lives in Fresno, Calif. |“It is home,” she said."),
    ("quoted small letters after an abbreviation", "He said the U.S. “does not” pay."),
    ("small letters in quotes after a full stop", "It is simple. |“no deal” means no deal."),
    ("American quote after initials", "He “left the U.S.” |Hale stayed."),
    ("ellipsis character and small letters", "He was … tired. |She … was not."),
    ("three dots and small letters", "He was ... tired."),
    ("three dots glued", "He was...tired. |She was not."),
    ("spaced dots and small letters", "He was . . . tired. |She was not."),
    ("four dots and a capital", "He was tired.... |She was not."),
    ("full stop and ellipsis", "“He was tired. … |She was not.”"),
    ("ellipsis after a word that begins something", "But … Hale leads. |The ... Dunn team trails."),
    ("ellipsis after a word that may end something", "They help each other... |Hale leads."),
    ("ellipsis and a full stop", "“I stood there … . |I was lost.”"),
    ("name with a mark", "He told Yahoo! News so. |He left Yahoo! |The firm was sold."),
    ("ellipsis at the beginning", "... And then he slept. |“… We all did.”"),
    ("several marks", "What?! |No!! |Yes..."),
    ("marks with spaces", "What ? ! |No !"),
    ("mark inside a sentence", "The slogan Vote!, he said, and “Win?”, were old."),
    ("brackets around a sentence", "He left. |(She agreed.) |They met."),
    ("brackets in a sentence", "He left (she agreed) at once. |They met."),
    ("square brackets", "[He left.] |[W]e stayed."),
    ("dateline with an agency", "MOSCOW, Dec 10 (Northern News): The Kremlin stated a fact."),
    ("dateline with a state", "LA CROSSE, Wisc. — Gov. Hale spoke. |He left."),
    ("dateline with a state and an article", "NASHUA, N.H. - The race began."),
    ("dash after a full stop", "It is art. |— Ana Ruiz"),
    ("dash after a question", "Is it art? — the question is old."),
    ("bold in Markdown", "**It is late.** |He *slept.* |Good."),
    ("Spanish opening mark", "He left. |¿Por qué? |No one knew."),
    ("full-width marks", "他走了。|我没走。"),
    ("brand with a small letter", "Sales rose. |iPads led."),
    ("capital without a name", "It was I. |A dog barked."),
    ("number of a point", "The plan is set. |1. First we vote. |2. Then we eat."),
    ("word that looks like an abbreviation", "Her car is in the garage. |Gas is dear."),
    ("mojibake", "Itâ€™s late. |Heâ€™s home."),
    ("astral code points", "It was fun 😀. |He left 😀! |Good."),
]

# (reason, text, its sentences)
LINES = [
    ("blank line without a full stop", "A headline\n\nA body", ["A headline", "A body"]),
    ("blank line with spaces", "A headline\n \t\nA body", ["A headline", "A body"]),
    ("carriage returns", "One.\r\n\r\nTwo went\r\non. Three.", ["One.", "Two went\r\non.", "Three."]),
    ("old carriage returns", "One\r\rTwo", ["One", "Two"]),
    ("line separator", "One\u2028Two\u2029Three", ["One", "Two", "Three"]),
    (
        "wrapped lines",
        "The council met on Monday to decide on the\nRiver Street bridge, which was closed\nin May. It will open.",
        ["The council met on Monday to decide on the\nRiver Street bridge, which was closed\nin May.", "It will open."],
    ),
    (
        "short title over wrapped lines",
        "Bridge to open\nThe council met on Monday to decide on the\nRiver Street bridge.",
        ["Bridge to open", "The council met on Monday to decide on the\nRiver Street bridge."],
    ),
    ("short lines without marks", "Apples\nPears\nPlums", ["Apples", "Pears", "Plums"]),
    ("headline over two lines", "Bridge to open; \nCouncil is split", ["Bridge to open; \nCouncil is split"]),
    ("small letters on the next line", "The bridge\nis open", ["The bridge\nis open"]),
    ("bullets", "They want:\n- more pay\n- less work\n* rest", ["They want:", "more pay", "less work", "rest"]),
    ("typeset bullets", "They want\n• more pay\n•less work", ["They want", "more pay", "less work"]),
    ("numbered list", "1. Pay\n2) Work\n(3) Rest.\n10. Play", ["Pay", "Work", "Rest.", "Play"]),
    (
        "wrapped line that begins with a number",
        "The committee was told that the rooms closed at\n10. The doors were shut.",
        ["The committee was told that the rooms closed at\n10.", "The doors were shut."],
    ),
    ("wrapped entry of a list", "- more pay\n  for all\n- rest", ["more pay\n  for all", "rest"]),
    ("headings", "# Bridge\nIt is open.\n## Cost ##\nHigh.", ["Bridge", "It is open.", "Cost ##", "High."]),
    ("hashtag", "#Bridge is open.", ["#Bridge is open."]),
    ("rules", "One.\n---\nTwo.\n***\n\n___\nThree.\n…\n", ["One.", "Two.", "Three."]),
    ("closing quote alone", "“One. ”", ["“One. ”"]),
    ("white space around", "\n\n  One.  \n", ["One."]),
    ("byte-order mark", "\ufeffOne. Two.", ["One.", "Two."]),
    ("nothing", "", []),
    ("only white space", " \n\t\u00a0", []),
    ("only marks", "... — “”\n?!", []),
]


def texts(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(marked.replace("|", ""), [part.strip() for part in marked.split("|")], id=reason)
        for reason, marked in WHOLE
    ]
    + [pytest.param(text, expected, id=reason) for reason, text, expected in LINES],
)
def test_splits_as_a_careful_reader(text: str, expected: list[str]) -> None:
    assert texts(text) == expected


def test_seed_article() -> None:
    text = SEED.read_bytes().decode()
    assert split_sentences(text) == [
        (0, 211),
        (212, 369),
        (370, 471),
        (472, 570),
        (571, 724),
        (725, 858),
        (859, 981),
        (982, 1167),
        (1168, 1275),
        (1276, 1363),
        (1364, 1497),
        (1498, 1605),
        (1606, 1743),
        (1744, 1942),
        (1943, 2123),
        (2124, 2213),
    ]


def test_sentences_begin_at_the_body() -> None:
    text = "---\ntitle: No. Sentence.\n---\nIt is 😀 late. He slept."
    article = Article(id="a.txt", title="t", text=text, digest="d", body=29)
    assert sentences_of(article) == [
        Sentence("a.txt", 0, 29, 42, "It is 😀 late."),
        Sentence("a.txt", 1, 43, 52, "He slept."),
    ]


def check(text: str) -> None:
    spans = split_sentences(text)
    assert spans == split_sentences(text)
    last = 0
    for start, end in spans:
        assert last <= start < end <= len(text)
        assert end - start <= MAX_LENGTH
        assert text[start:end] == text[start:end].strip()
        assert not any(character.isalpha() for character in text[last:start]), text[last:start]
        last = end
    assert not any(character.isalpha() for character in text[last:])


WORDS = "The U.S. Mr. No. e.g. a.m. J. Ph.D. Senate the said asked 5 3.5 He I it’s don't al-Hadi iPad élan 😀"
MARKS = ". .. ... … . . ? ! ?! , ; : - — “ ” ‘ ’ \" ' '' ( ) [ ] * ** _ # @ & / 。"
SPACES = (" ", " ", " ", " ", "  ", "\u00a0", "\n", "\n", "\n\n", "\r\n", "\r", "\t", "\u2028", "\ufeff", "\u200b")
LONG = ("\n- ", "\n• ", "\n# ", "\n---\n", "x" * 1200, "word " * 300)


@pytest.mark.parametrize("seed", range(200))
def test_nothing_is_lost_in_generated_text(seed: int) -> None:
    choose = random.Random(seed)
    pieces = [*WORDS.split(), *MARKS.split(), *SPACES, *LONG]
    check("".join(choose.choices(pieces, k=choose.randrange(400))))


@pytest.mark.parametrize("reason", ["space", "comma", "semicolon", "none"])
def test_a_sentence_without_an_end_is_cut(reason: str) -> None:
    text, length = {
        "space": ("word " * 500, 999),
        "comma": ("word, then " * 300, 995),
        "semicolon": ("one, two; " * 300, 999),
        "none": ("x" * 2500, 1000),
    }[reason]
    spans = split_sentences(text)
    check(text)
    assert spans[0] == (0, length)
    assert "".join(text[start:end] for start, end in spans).replace(" ", "") == text.replace(" ", "")


HOSTILE = ["x", "word ", ".", ". ", "?  ", '"', "'", "“", "’ ", '."', "a.", "A. ", "(", " ", "\n", "\r\n \r\n", "- "]
HOSTILE += [
    "word\n",
    "Mr. ",
    'x."\n',
    "A\u00a0",
    "“Why?” Ana Ana Ana Ana ",
    "-",
    "- x",
    "1. ",
    "...\n",
    "x\r",
    "5 p.m. A ",
    "5 p.m.     ",
    "Ill. A",
    'x?" Ana, a ',
]


@pytest.mark.slow
@pytest.mark.parametrize("unit", HOSTILE)
def test_time_grows_with_the_length_alone(unit: str) -> None:
    def seconds(size: int) -> float:
        text = (unit * (size // len(unit) + 1))[:size]
        began = time.process_time()
        split_sentences(text)
        return time.process_time() - began

    small, large = seconds(250_000), seconds(1_000_000)
    assert large < 8 * small + 0.25


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["x", "word ", ".", '"'])
def test_ten_megabytes_without_an_end(unit: str) -> None:
    text = unit * (10_000_000 // len(unit))
    began = time.process_time()
    split_sentences(text)
    assert time.process_time() - began < 10
