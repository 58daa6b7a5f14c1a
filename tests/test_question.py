from __future__ import annotations

import pytest

from index.errors import QuestionError
from qa.question import MAX_CHARACTERS, Query, read_question

TARTOUS = "What did Peskov say about Tartous?"

EMPTY = [
    ("nothing", ""),
    ("white space", " \t\n\u00a0"),
    ("punctuation", "?!… — “”"),
    ("underscores", "_ __"),
    ("emoji alone", "😀"),
    ("half a surrogate pair", "\ud83d"),
]


@pytest.mark.parametrize("question", [pytest.param(question, id=reason) for reason, question in EMPTY])
def test_no_word_is_no_question(question: str) -> None:
    with pytest.raises(QuestionError) as raised:
        read_question(question)
    assert str(raised.value) == "the question is empty. Ask something about the articles."


def test_too_long_is_refused_in_one_line() -> None:
    with pytest.raises(QuestionError) as raised:
        read_question("word\n" * 2_000)
    assert str(raised.value) == "the question has 10,000 characters, and the limit is 2,000: ask a shorter one."


def test_the_limit_itself_is_allowed() -> None:
    assert read_question("x" * MAX_CHARACTERS).terms == ("x" * MAX_CHARACTERS,)


def test_a_question_read_in_full() -> None:
    asked = "  What did the mayor,\n Ana Ruiz, say  about the bridge and the BRIDGE tolls? "
    assert read_question(asked) == Query(
        question=asked,
        standalone="What did the mayor, Ana Ruiz, say about the bridge and the BRIDGE tolls?",
        terms=("mayor", "ana", "ruiz", "bridge", "tolls"),
        speaker=None,
        topic="the bridge and the BRIDGE tolls",
    )


NOUNS = ["view", "position", "stance", "opinion", "take", "comment", "reaction", "remarks", "statement", "response"]
TERMS = [
    ("stop words carry no topic", "What was it that they said about the ferry?", ("ferry",)),
    ("nothing but stop words: they are all there is", "Who is he?", ("who", "is", "he")),
    ("each once, in their order", "Ferry, pier, ferry; PIER and Ferry", ("ferry", "pier")),
    ("accents are taken off", "Is the café in São Paulo open?", ("cafe", "sao", "paulo", "open")),
    ("numbers are terms", "Who won in 2024?", ("won", "2024")),
    ("hyphens part words", "al-Assad", ("al", "assad")),
    ("other scripts", "Мост открыт?", ("мост", "открыт")),
    ("a null byte parts words", "ferry\0pier", ("ferry", "pier")),
    ("a contraction", "What's in the ferry?", ("ferry",)),
    ("a contraction without its apostrophe", "wheres the ferry", ("ferry",)),
    ("a contraction with another verb", "Who'd sell the ferry, and who’ll buy it?", ("sell", "ferry", "buy")),
    ("a negation", "Why didn't the ferry sail, and why cant it?", ("ferry", "sail")),
    ("a possessive", "Where is Peskov’s ferry?", ("peskov", "ferry")),
    *((f"somebody's {noun}", f"What's Peskov's {noun} on NATO?", ("peskov", "nato")) for noun in NOUNS),
    *((f"the {noun} of somebody", f"What is the {noun} of Peskov on NATO?", ("peskov", "nato")) for noun in NOUNS),
    ("a noun with an adjective", "What is Peskov's public position on NATO?", ("peskov", "public", "nato")),
    ("two of the nouns", "What is Peskov's reaction to Trump's remarks?", ("peskov", "trump")),
    ("typed in a hurry", "whats putins position on nato", ("putins", "nato")),
    ("a name in place of a possessive", "What is the U.S. position on Syria?", ("u", "syria")),
    ("a noun that is the topic", "Who took the position of spokesman?", ("took", "position", "spokesman")),
    ("a view from a place", "What is the view from the tower?", ("view", "tower")),
    ("a verb like the noun", "What does Peskov's shop take in each year?", ("peskov", "shop", "take", "each", "year")),
    ("a noun that says what the words are", "What is Peskov's prediction on NATO?", ("peskov", "prediction", "nato")),
]


@pytest.mark.parametrize(("question", "terms"), [pytest.param(*case, id=reason) for reason, *case in TERMS])
def test_terms(question: str, terms: tuple[str, ...]) -> None:
    assert read_question(question).terms == terms


def test_half_a_surrogate_pair_becomes_a_question_mark() -> None:
    """Text that cannot be encoded would stop the model, and whatever prints the answer."""
    query = read_question("\udcff Peskov?", ["About \ud83d Tartous, and Assad?"])
    assert (query.question, query.standalone) == ("? Peskov?", "? Peskov?")
    assert read_question("Why?", ["About \ud83d Tartous?"]).standalone == "About ? Tartous? Why?"


SPEAKERS = [
    ("did say", "What did Peskov say about Tartous?", "Peskov"),
    ("a full name", "What did Dmitry Peskov say about Tartous?", "Dmitry Peskov"),
    ("a title before the name", "What did Mr. Peskov say about Tartous?", "Mr. Peskov"),
    ("words between name and verb", "What did Peskov, the Kremlin spokesman, say about Tartous?", "Peskov"),
    ("a spokesperson without a name", "What did the Kremlin say about Syria?", "Kremlin"),
    ("a name with a small article", "What did Bashar al-Assad say?", "Bashar al-Assad"),
    ("a name with el-", "What did Abdel Fattah el-Sisi say about Gaza?", "Abdel Fattah el-Sisi"),
    ("a name with particles", "What did Ursula von der Leyen say about Gaza?", "Ursula von der Leyen"),
    ("a name with an apostrophe", "What did O'Brien say about taxes?", "O'Brien"),
    ("has said", "What has Trump said about Ukraine?", "Trump"),
    ("in small letters", "what did peskov say about tartous", "peskov"),
    ("a full name in small letters", "does vladimir putin think so", "vladimir putin"),
    ("think", "What does Putin think of NATO?", "Putin"),
    ("respond", "How did Putin respond to Trump?", "Putin"),
    ("insist", "What did Duarte insist on?", "Duarte"),
    ("confirm", "What did Peskov confirm?", "Peskov"),
    ("a negation", "What didn't Peskov say about Syria?", "Peskov"),
    ("a question that begins with Did", "Did Peskov deny meeting Trump?", "Peskov"),
    ("a question that begins with Has", "Has Trump called for a ceasefire?", "Trump"),
    ("X on Y", "Peskov on Tartous?", "Peskov"),
    ("X's view", "What is Peskov's view of NATO?", "Peskov"),
    ("X’s remarks, with a curly apostrophe", "What are Peskov’s latest public remarks on Tartous?", "Peskov"),
    ("a name that ends in s", "What is James' opinion on taxes?", "James"),
    ("what's", "What's Peskov's view on NATO?", "Peskov"),
    ("whats, before a full name", "Whats Dmitry Peskov’s stance on NATO?", "Dmitry Peskov"),
    ("how's", "How's Peskov's view of NATO?", "Peskov"),
    ("what'd", "What'd Peskov say about NATO?", "Peskov"),
    ("what's somebody saying", "What's Peskov saying about NATO?", "Peskov"),
    ("a view in small letters", "what's peskov's view on nato", "peskov"),
    ("a full name and its view in small letters", "what is dmitry peskov's view on nato", "dmitry peskov"),
    ("the view of X", "What is the position of Peskov on NATO?", "Peskov"),
    ("a comment from X", "Any comment from Peskov on NATO?", "Peskov"),
    ("an abbreviation", "What did the U.S. say about Syria?", "U.S."),
    ("an abbreviation's view", "What is the U.S.'s position on Syria?", "U.S."),
    ("according to, at the start", "According to Peskov, who fled?", "Peskov"),
    ("according to, at the end", "What happened in Damascus, according to Dmitry Peskov?", "Dmitry Peskov"),
    ("according to, before another's name", "Did Kyiv, according to Putin, break the deal?", "Putin"),
]


@pytest.mark.parametrize(("question", "speaker"), [pytest.param(*case, id=reason) for reason, *case in SPEAKERS])
def test_speaker(question: str, speaker: str) -> None:
    assert read_question(question).speaker == speaker


NOBODY = [
    ("who did a thing", "Who led the coalition?"),
    ("a name that is the topic", "Where is Tartous?"),
    ("a deed", "Did Assad flee to Russia?"),
    ("a thing done to somebody", "Has Assad been granted asylum?"),
    ("whoever said it", "Who said it was premature?"),
    ("no person", "What do people say about Trump?"),
    ("a small word before on", "And on NATO?"),
    ("more on", "More on the ferry?"),
    ("its position", "what is its position on nato"),
    ("a thing in small letters", "what is the company's position on wages"),
    ("who is, contracted", "Who's Putin's spokesman?"),
    ("the one who asks", "What did I say about Tartous?"),
]


@pytest.mark.parametrize("question", [pytest.param(question, id=reason) for reason, question in NOBODY])
def test_no_speaker(question: str) -> None:
    assert read_question(question).speaker is None


TOPICS = [
    ("of what a view is", "What's Peskov's view on NATO?", "NATO"),
    ("of what a view of somebody is", "What is the position of Peskov on NATO?", "NATO"),
    ("a view that is to be told about", "Tell me about Peskov's view on NATO", "NATO"),
    ("nothing but whose plan it is", "Peskov on Putin's plan?", "Putin's plan"),
    ("somebody's view of another's words", "What did Peskov say about Trump's view on NATO?", "Trump's view on NATO"),
]


@pytest.mark.parametrize(("question", "topic"), [pytest.param(*case, id=reason) for reason, *case in TOPICS])
def test_topic(question: str, topic: str) -> None:
    assert read_question(question).topic == topic


LOOKED_FOR = [
    ("an abbreviation", "Is the U.S. in Syria?", ["U.S.", "Syria"]),
    ("two that begin alike", "Are the U.S. and the U.K. in Syria?", ["U.S.", "U.K.", "Syria"]),
    ("a name with an apostrophe", "Where is Michael O’Leary?", ["Michael", "O’Leary"]),
    ("an initial", "Where is George W. Bush?", ["George", "W", "Bush"]),
    ("a contraction and a possessive", "What's Peskov's view on NATO?", ["Peskov", "NATO"]),
]


@pytest.mark.parametrize(("question", "words"), [pytest.param(*case, id=reason) for reason, *case in LOOKED_FOR])
def test_words_looked_for(question: str, words: list[str]) -> None:
    assert read_question(question).looked_for == words


WHO_SAYS = [
    ("said that", "Who said that the bases are safe?", "the bases are safe"),
    ("no that", "Who said it was premature?", "it was premature"),
    ("in small letters", "who thinks the ferry is late", "the ferry is late"),
    (
        "a name in what was said",
        "Who denied that Putin's position on Syria has changed?",
        "Putin's position on Syria has changed",
    ),
    ("denied", "Who denied the report?", "the report"),
    ("warned of", "Who has warned of floods?", "floods"),
    ("an adverb", "Who openly criticised the mayor?", "the mayor"),
    ("American spelling", "Who criticized the mayor?", "the mayor"),
    ("a stance", "Who opposes the bill?", "the bill"),
    ("is saying", "Who is warning about floods?", "floods"),
    ("what about", "And who else said what about the pier?", "the pier"),
    ("claimed that", "Who claimed that the pier is safe?", "the pier is safe"),
]


@pytest.mark.parametrize(("question", "topic"), [pytest.param(*case, id=reason) for reason, *case in WHO_SAYS])
def test_who_says(question: str, topic: str) -> None:
    query = read_question(question)
    assert (query.asks_who, query.speaker, query.topic) == (True, None, topic)


NOT_WHO_SAYS = [
    ("the one spoken of", "Who did Putin criticise?"),
    ("a deed", "Who won the cup?"),
    ("a deed, by a word for saying", "Who claimed the prize?"),
    ("a passive", "Who is criticised by Trump?"),
    ("an accusation", "Who was accused of fraud?"),
    ("an agreement", "Who agreed to buy the ferry?"),
    ("a book", "Who wrote Hamlet?"),
    ("no topic", "Who says?"),
    ("a person asked for", "What did Peskov say about who said it?"),
]


@pytest.mark.parametrize("question", [pytest.param(question, id=reason) for reason, question in NOT_WHO_SAYS])
def test_not_who_says(question: str) -> None:
    assert not read_question(question).asks_who


def test_who_says_in_a_conversation() -> None:
    query = read_question("And about Assad?", ["Who spoke about Tartous?"])
    assert (query.asks_who, query.topic) == (True, "Assad")
    assert not read_question("What did Peskov say about it?", ["Who spoke about Tartous?"]).asks_who


FOLLOW_UPS = [
    (
        "a new topic takes the old one's place",
        "And about Assad?",
        [TARTOUS],
        "What did Peskov say about Assad?",
        "Peskov",
    ),
    ("what about", "What about\n Assad ?", [TARTOUS], "What did Peskov say about Assad?", "Peskov"),
    ("how about", "how about assad", [TARTOUS], "What did Peskov say about assad?", "Peskov"),
    ("and on", "And on NATO?", [TARTOUS], "What did Peskov say about NATO?", "Peskov"),
    (
        "a new topic where there was none",
        "And about Assad?",
        ["Who led the coalition?"],
        "Who led the coalition? And about Assad?",
        None,
    ),
    (
        "a pronoun leans on the name",
        "What did he say about Trump?",
        [TARTOUS],
        "What did Peskov say about Trump?",
        "Peskov",
    ),
    (
        "a role",
        "And what did he deny?",
        ["Who is the Kremlin spokesman?"],
        "What did the Kremlin spokesman deny?",
        "Kremlin spokesman",
    ),
    ("whose", "Is his boat safe?", ["What did Peskov say about the pier?"], "Is Peskov’s boat safe?", None),
    ("her boat", "Is her boat safe?", ["When did Ana Ruiz arrive?"], "Is Ana Ruiz’s boat safe?", None),
    ("her", "Who saw her?", ["When did Ana Ruiz arrive?"], "Who saw Ana Ruiz?", None),
    ("another is the subject", "How did Putin respond to him?", [TARTOUS], "How did Putin respond to Peskov?", "Putin"),
    (
        "he is the subject himself",
        "When did Putin say he would go?",
        [TARTOUS],
        "When did Putin say he would go?",
        "Putin",
    ),
    ("and a name", "And Assad?", ["What did Peskov think?"], "What did Assad think?", "Assad"),
    (
        "and a name, of which another word holds the letters",
        "And Bo?",
        ["In Annville, what did Ann say?"],
        "In Annville, what did Bo say?",
        "Bo",
    ),
    ("a name for a place", "What about Ohio?", ["Who won in Missouri?"], "Who won in Ohio?", None),
    ("no name before", "When did he arrive?", ["is the pier safe?"], "is the pier safe? When did he arrive?", None),
    ("a bare question word", "Why?", [TARTOUS], f"{TARTOUS} Why?", "Peskov"),
    (
        "its own name wins",
        "What did Trump say about it?",
        [TARTOUS],
        f"{TARTOUS} What did Trump say about it?",
        "Trump",
    ),
    ("a standalone question", "Who led the coalition?", [TARTOUS], "Who led the coalition?", None),
    ("who said that …", "Who said that the pier is safe?", [TARTOUS], "Who said that the pier is safe?", None),
    ("who said that", "Who said that?", ["Is the pier safe?"], "Is the pier safe? Who said that?", None),
    (
        "a thing that only the answer named",
        "How big is the town?",
        ["How has Lowland treated the anglers?"],
        "How has Lowland treated the anglers? How big is the town?",
        None,
    ),
    (
        "too little to stand alone",
        "Who is eligible?",
        ["What is Lowland's new grant?"],
        "What is Lowland's new grant? Who is eligible?",
        None,
    ),
    (
        "the first of what",
        "Who was the first?",
        ["Who swam the strait?"],
        "Who swam the strait? Who was the first?",
        None,
    ),
    (
        "why not",
        "Why not in Quayside yet?",
        ["Where is bathing safe?"],
        "Where is bathing safe? Why not in Quayside yet?",
        None,
    ),
    (
        "a thing of its own",
        "Who is mayor of the town of Quayside?",
        [TARTOUS],
        "Who is mayor of the town of Quayside?",
        None,
    ),
    ("no history", "Why?", [], "Why?", None),
    ("blank turns are passed over", "Why?", [TARTOUS, "", " \n"], f"{TARTOUS} Why?", "Peskov"),
    ("a turn too long to be a question", "Why?", [TARTOUS, "x" * 2_001], f"{TARTOUS} Why?", "Peskov"),
    ("only the last that stands alone", "Why?", ["Who led it?", TARTOUS], f"{TARTOUS} Why?", "Peskov"),
    ("two in a row", "What about Putin?", [TARTOUS, "And about Assad?"], "What did Peskov say about Putin?", "Peskov"),
    (
        "one of two, who knows which",
        "Why did he flee?",
        [TARTOUS, "And about Assad?"],
        "What did Peskov say about Assad? Why did he flee?",
        "Peskov",
    ),
    (
        "a long chain does not forget whose words are asked for",
        "And about Iran?",
        [TARTOUS, "And about Assad?", "And about Trump?", "And about NATO?", "And about Ukraine?"],
        "What did Peskov say about Iran?",
        "Peskov",
    ),
]


@pytest.mark.parametrize(
    ("question", "history", "standalone", "speaker"),
    [pytest.param(*case, id=reason) for reason, *case in FOLLOW_UPS],
)
def test_follow_up(question: str, history: list[str], standalone: str, speaker: str | None) -> None:
    query = read_question(question, history)
    assert (query.question, query.standalone, query.speaker) == (question, standalone, speaker)


def test_terms_of_a_follow_up() -> None:
    changed = read_question("And about Assad?", [TARTOUS])
    assert (changed.terms, changed.carried) == (("peskov", "assad"), ())
    named = read_question("Did he mention Ohio?", [TARTOUS])
    assert (named.terms, named.carried, named.context) == (("peskov", "mention", "ohio"), ("tartous",), TARTOUS)
    begun = read_question("And did he mention Ohio?", [TARTOUS])
    assert (begun.terms, begun.carried) == (("peskov", "mention", "ohio"), ("tartous",))
    other = read_question("And about Assad?", ["Who led the coalition?"])
    assert (other.terms, other.carried) == (("assad",), ("led", "coalition"))
    both = read_question("Is it safe?", [TARTOUS])
    assert (both.terms, both.carried, both.context) == (("safe",), ("peskov", "tartous"), TARTOUS)
    assert read_question("Why?", [TARTOUS]).terms == ("peskov", "tartous")


UNCLEAR = [
    ("one of two", "Why did he flee?", ["What did Peskov say about Assad?"], ("he", "Peskov", "Assad")),
    ("the speaker of what is asked", "What did he deny?", ["What did Peskov say about Assad?"], ()),
    ("only one was named", "Why did he flee?", ["Where is Assad?"], ()),
    ("the question names its own", "Why did Assad flee?", ["What did Peskov say about Assad?"], ()),
]


@pytest.mark.parametrize(
    ("question", "history", "unclear"), [pytest.param(*case, id=reason) for reason, *case in UNCLEAR]
)
def test_a_pronoun_that_may_be_either(question: str, history: list[str], unclear: tuple[str, ...]) -> None:
    assert read_question(question, history).unclear == unclear
