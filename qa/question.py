"""What is being asked: a question and the earlier ones in, a standalone Query out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.english.dates import AFTER_THAT
from index.english.names import INNER_PARTICLES
from index.english.questions import (
    ASKED_SAYING,
    GENERIC_STANCES,
    KNOWN_THINGS,
    PERSONAL,
    POINTING,
    STANCES,
    TOPIC_PREPOSITIONS,
    WHO_AGREES_THAT,
    WHO_CLAIMS_THAT,
    WHO_IS_SAYING,
    WHO_SAYS,
    WHO_SPEAKS_ABOUT,
)
from index.english.roles import SPEAKING_ROLES
from index.english.stop_words import STOP_WORDS
from index.errors import QuestionError
from index.words import any_of, to_words
from qa.wanted import Wanted, find_wanted

MAX_CHARACTERS = 2_000  # the model reads about the first 1,000 anyway; a pasted article is not a question

# A question with one of these words, or with no verb of its own, leans on the one before it.
_LEANING = re.compile(
    rf"\b{any_of(POINTING)}\b"
    r"|^\s*(?:and|but|also|so|or|what about|how about|why|when|where|who|how)\b[^\w]*$"
    r"|^\s*(?:and|but|so)\b",
    re.IGNORECASE,
)
# "How big is the town?": a thing that only what came before can tell, where the question names nothing.
_SAID_BEFORE = re.compile(rf"\bthe\s+{any_of(KNOWN_THINGS)}\W*$", re.IGNORECASE)
# "And about Assad?", "What about Clinton?": only the topic is new.
_NEW_TOPIC = re.compile(r"^\s*(?:and\s+)?(?:what\s+|how\s+)?(?:about|on)\s+(?P<topic>.+?)\s*\??\s*$", re.IGNORECASE)
_OLD_TOPIC = re.compile(rf"^(?P<asked>.*\b{any_of(TOPIC_PREPOSITIONS)}\s+).+$", re.IGNORECASE | re.DOTALL)

NAME = (
    r"(?:[A-Z][\w.’'-]*|[ae]l-[A-Z]\w+)"
    rf"(?:\s+(?:[A-Z][\w.’'-]*|[ae]l-[A-Z]\w+|{any_of(INNER_PARTICLES)}(?=\s)))*"
)
# "And Bush?", "What about Missouri?": a name takes another one's place.
_NEW_NAME = re.compile(rf"^\s*(?:(?P<and>(?i:and))|(?i:what|how)\s+(?i:about))\s+(?:the\s+)?(?P<name>{NAME})\s*\??\s*$")
_IN_PLACE = re.compile(rf"\b(?:at|for|from|in|of|to)\s+(?:the\s+)?(?P<name>{NAME})")
_SUBJECT = re.compile(
    rf"\b(?:[Dd](?:id|oes|o)|[Hh]a(?:s|ve|d)|[Ii]s|[Ww](?:as|ill|ould)|[Cc](?:an|ould))\s+(?:the\s+)?{NAME}"
)
_PERSON_PRONOUN = re.compile(rf"\b{any_of(PERSONAL)}\b", re.IGNORECASE)
_WHO_IS = re.compile(r"^\s*who\s+(?:is|was)\s+(?P<name>.+?)\s*\?*\s*$", re.IGNORECASE)
SAYING_VERB = any_of(ASKED_SAYING)
# "Who said that the pier is safe?" points to nothing before it; "Who said that?" does.
_SAYING_THAT = re.compile(rf"\b({SAYING_VERB}s?)\s+that\s+(?!{any_of(AFTER_THAT)})(?=\w)", re.IGNORECASE)
_STANCE = any_of(STANCES)
_STANCE_OF = (
    re.compile(rf"(?P<name>{NAME})(?:['’]s?)\s+(?:\w+\s+){{0,2}}?{_STANCE}\b"),
    re.compile(rf"\b{_STANCE}\s+(?:of|from|by)\s+(?:the\s+)?(?P<name>{NAME})(?=\s+(?:on|about|regarding|to)\b)"),
    # "what's peskov's view on nato"
    re.compile(
        r"^(?:(?:and|but|so)\s+)?(?:what\s+(?:is|are|was|were)\s+)?"
        r"(?P<name>(?!(?:an?|the)\b)[a-z]\w+(?:\s+[a-z]\w+)?['’]s?)"
        rf"\s+(?:\w+\s+)?{_STANCE}(?=\s+(?:on|of|about|regarding)\b)"
    ),
)
# Nouns that ask for somebody's words and say nothing of what is in them: an article that gives a view seldom calls it
# one. Elsewhere they are content: "Who took the position of spokesman?"
_GENERIC = any_of(GENERIC_STANCES)
_TAKE = r"take(?=\s+(?:on|of|about)\b|\W*$)"  # a noun here, a verb elsewhere
_GENERIC_NOUN = re.compile(
    rf"(?:['’]s?|\b(?:his|her|its|their|your|whose))\s+(?:\w+\s+){{0,2}}?(?P<owned>{_GENERIC}|{_TAKE})\b"
    rf"|(?:{NAME}|\b[a-z]\w+s)\s+(?P<named>{_GENERIC})(?=\s+(?:on|about|regarding|to)\b)"
    rf"|\b(?P<of>{_GENERIC}|{_TAKE})(?=\s+(?:of|from|by)\s+(?:the\s+)?{NAME}\s+(?:on|about|regarding|to)\b)"
)
# "What's", "whats", "Who'd": what begins a question, with its verb.
_CONTRACTED = re.compile(r"\b(?P<word>what|where|who|when|why|how)(?:['’](?P<verb>s|re|d|ll)|s)\b", re.IGNORECASE)
_VERBS = {"s": "is", "re": "are", "d": "did", "ll": "will"}
_NEGATED = re.compile(
    r"\b(?:is|are|was|were|do|does|did|has|have|had|ca|could|wo|would|should|must)n['’]?t\b", re.IGNORECASE
)
_SPEAKER = (
    re.compile(
        r"\b(?:[Dd]id|[Dd]oes|[Dd]o|[Hh]as|[Hh]ave|[Hh]ad|[Ww]ould|[Cc]ould|is|was)(?:n['’]t)?"
        rf"\s+(?:the\s+)?(?P<name>{NAME}(?:\s+(?:\w+\s+)?{any_of(SPEAKING_ROLES)}\b(?:\s+{NAME})?)?)(?!\w).*?\b{SAYING_VERB}\b"
    ),
    re.compile(rf"\b[Aa]ccording to (?:the\s+)?(?P<name>{NAME})"),
    *_STANCE_OF,
    re.compile(rf"^(?P<name>{NAME})\s+on\s+\w.*$"),
    # "what did peskov say about tartous", as one types it
    re.compile(rf"\b(?:did|does|has)\s+(?P<name>[a-z][\w’'-]+(?:\s+[a-z][\w’'-]+){{0,2}}?)\s+{SAYING_VERB}\b"),
)


# "Who said that …?", "Who has criticised …?": anybody's words on a topic. Of verbs that name a deed as well, as in "Who
# claimed the prize?", only "claimed that"; "Who is accused of fraud?" asks for no words.
_WHO_SAYS = re.compile(
    r"^\W*(?:(?:and|but|so)\s+)?who\s+(?:else\s+)?(?:"
    r"(?:(?:has|have|had|also|\w+ly)\s+){0,2}(?:"
    rf"{any_of(WHO_SAYS)}"
    rf"|{any_of(WHO_SPEAKS_ABOUT)}(?=\s+(?:about|of|on)\b)|{any_of(WHO_AGREES_THAT)}(?=\s+(?:that|with)\b)"
    rf"|{any_of(WHO_CLAIMS_THAT)}(?=\s+that\b))"
    rf"|is\s+{any_of(WHO_IS_SAYING)})"
    r"\s+(?:(?:what|anything|something)\s+)?(?:(?:that|about|of|on)\s+)?(?P<topic>.+?)\W*$",
    re.IGNORECASE | re.DOTALL,
)
_FACT = re.compile(
    r"\W*(?:and\s+)?(?:(?:in|at|on|of|to)\s+)?(?:which|where|when|who|how\s+(?:much|many|long|old))\b", re.IGNORECASE
)
_TOPIC = re.compile(rf"\b(?:{any_of(TOPIC_PREPOSITIONS)}|towards?)\s+(?P<topic>.+?)\W*$", re.IGNORECASE)


# "U.S." and "O'Leary" are one word to the reader, and two to the index.
_SPELLED = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:['’][^\W_]{2,})?")


@dataclass(frozen=True)
class Query:
    """A question ready to be looked up.

    `standalone` is the question in full, with what it takes from the conversation; `terms` are its content words in
    lower case, each once, in their order. Where somebody's words are asked for, `speaker` is the person, as the
    question names them, else None; `topic` is what the words are to be about, as the question puts it, or "".
    `asks_fact` tells that they are asked for to learn something else: who, when, how much. `asks_who` tells that
    anybody's words on `topic` are asked for; `speaker` is None then. `wants` is the kind of thing that is asked for.
    `context` is the earlier question that it leans on, in full, and `carried` the content words of
    that which still matter and are not among the terms. `unclear` is a pronoun, and those whom it may mean, where it
    may mean several.
    """

    question: str
    standalone: str
    terms: tuple[str, ...]
    speaker: str | None
    topic: str = ""
    asks_fact: bool = False
    asks_who: bool = False
    wants: Wanted | None = None
    context: str = ""
    carried: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()

    @property
    def looked_for(self) -> list[str]:
        """The words that carry its topic, spelled as in the question."""
        spelled: dict[str, str] = {}
        for found in _SPELLED.findall(self.standalone):
            for word in to_words(found):
                spelled.setdefault(word, found)
        return list(dict.fromkeys(spelled.get(term, term) for term in self.terms if term not in ("many", "much")))


def read_question(question: str, history: Sequence[str] = ()) -> Query:
    """Make a question stand alone; `history` holds the earlier questions of the conversation, oldest first.

    Raises QuestionError when there is no word in it, or it is longer than MAX_CHARACTERS.
    """
    question = _to_unicode(question)
    asked = " ".join(question.split())
    if len(question) > MAX_CHARACTERS:
        raise QuestionError(
            f"the question has {len(question):,} characters, and the limit is {MAX_CHARACTERS:,}: ask a shorter one."
        )
    if not to_words(asked):
        raise QuestionError("the question is empty. Ask something about the articles.")
    context, standalone = "", ""
    for line in [*reversed(_leaned_on(asked, history)), asked]:
        context, standalone = standalone, _join(standalone, line)
    is_appended = standalone == f"{context} {asked}"
    own = _content_words(asked if is_appended else standalone)
    terms = own or _content_words(standalone) or tuple(dict.fromkeys(to_words(standalone)))
    carried = tuple(word for word in _content_words(context) if word not in terms)
    if not is_appended and (_NEW_TOPIC.match(asked) or _NEW_NAME.match(asked)):
        carried = ()  # what the new topic or name replaced is gone
    who_says = _WHO_SAYS.match(standalone if _NEW_TOPIC.match(asked) else asked)
    return Query(
        question=question,
        standalone=standalone,
        terms=terms,
        speaker=None if who_says else _find_speaker(asked) or _find_speaker(standalone),
        topic=_strip_marks(who_says["topic"]) if who_says else _find_topic(standalone),
        asks_fact=_FACT.match(standalone) is not None,
        asks_who=who_says is not None,
        wants=find_wanted(asked),
        context=context,
        carried=carried,
        unclear=_find_unclear(context, asked) if is_appended else (),
    )


def _content_words(question: str) -> tuple[str, ...]:
    """The words of a question that carry a topic, each once, in their order."""
    question = _NEGATED.sub(" ", _spell_out(question))
    question = _GENERIC_NOUN.sub(lambda found: found[0].removesuffix(found[found.lastgroup or 0]), question)
    return tuple(dict.fromkeys(word for word in to_words(question) if word not in STOP_WORDS))


def _find_topic(question: str) -> str:
    question = _spell_out(question.rstrip("? ").rpartition("? ")[2])  # of two questions, the last
    asks = _match_speaker(question)
    after = asks.end() if asks and asks.re in _STANCE_OF else 0
    found = _TOPIC.search(question, after) or _TOPIC.search(question)
    return _strip_marks(found["topic"]) if found else ""


def _strip_marks(topic: str) -> str:
    return topic.strip(" ?.!\"'“”’")


def _find_speaker(question: str) -> str | None:
    found = _match_speaker(question)
    return _without_possessive(found["name"].strip()) if found else None


def _match_speaker(question: str) -> re.Match[str] | None:
    question = _spell_out(question)
    for pattern in _SPEAKER:
        found = pattern.search(question)
        if found and found["name"].lower() not in STOP_WORDS:  # "And on NATO?" is nobody's view
            return found
    return None


def _without_possessive(name: str) -> str:
    return re.sub(r"['’]s?$", "", name)


def _leaned_on(asked: str, history: Sequence[str]) -> list[str]:
    """The earlier questions that this one needs, latest first: back to the last that stands alone."""
    needed: list[str] = []
    current = asked
    for earlier in reversed([" ".join(_to_unicode(line).split()) for line in history]):
        if not _leans(current):
            break
        if to_words(earlier) and len(earlier) <= MAX_CHARACTERS:
            needed.append(earlier)
            current = earlier
    return needed if len(needed) <= 3 else [*needed[:2], needed[-1]]  # the first of them says what it is all about


def _leans(question: str) -> bool:
    """Whether a question needs an earlier one; "he" does not where the question named its subject before."""
    if _NEW_TOPIC.match(question) or _NEW_NAME.match(question):
        return True
    if _SAID_BEFORE.search(question) and not _find_names(question):
        return True
    plain = _SAYING_THAT.sub(r"\1 ", question)
    return any(
        found[0].lower() not in ("he", "she", "his") or not _SUBJECT.search(plain[: found.start()])
        for found in _LEANING.finditer(plain)
    )


def _find_names(question: str) -> list[str]:
    """The names in a question, without the question's own words that begin it."""
    names = []
    for found in re.finditer(NAME, question):
        words = found[0].split()
        while words and _without_possessive(words[0]).lower() in STOP_WORDS:
            del words[0]
        if words:
            names.append(_without_possessive(" ".join(words)))
    return names


def _find_person(earlier: str, asked: str) -> str:
    """Whom a pronoun in `asked` means, as the earlier question has it; "" where that is nobody, or one of two."""
    whole = _WHO_IS.match(earlier)
    if whole:
        return whole["name"]
    names = _find_names(earlier)
    speaker = _find_speaker(earlier) or (names[0] if names else "")
    topic = _find_topic(earlier)
    # "What did Mr. Roe say about Ms. Poe?" "Why did he leave?", but "Did he say why?"
    if topic in names and topic != speaker and not re.search(rf"\b{SAYING_VERB}\b", asked, re.IGNORECASE):
        return ""
    return "" if speaker.split() and speaker.split()[-1] in asked.split() else speaker


def _find_unclear(earlier: str, asked: str) -> tuple[str, ...]:
    """A pronoun that no name took the place of, and the names that the earlier question has for it, if several."""
    pronoun = _PERSON_PRONOUN.search(asked)
    named = [name for name in _find_names(earlier) if name in (_find_speaker(earlier), _find_topic(earlier))]
    return (pronoun[0], *named) if pronoun and named[1:] else ()


def _spell_out(question: str) -> str:
    """The question with "what is" for "what's"."""
    return _CONTRACTED.sub(lambda found: f"{found['word']} {_VERBS[found['verb'] or 's']}", question)


def replace_name(text: str, name: str, other: str, *, count: int = 0) -> str:
    """The text with another name for each whole-word occurrence of a name, or for the first `count` of them."""
    return re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", lambda _: other, text, count=count)


def _to_unicode(text: str) -> str:
    """The text with a question mark for every half of a surrogate pair, which neither UTF-8 nor the model can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _join(earlier: str, asked: str) -> str:
    """The question in full, after an earlier one that is, or "" where there is none."""
    if not earlier:
        return asked
    # 1. a name for a name: "And Bush?"
    name, speaker = _NEW_NAME.match(asked), _find_speaker(earlier)
    new, old = _NEW_TOPIC.match(asked), _OLD_TOPIC.match(earlier)
    if name and (name["and"] or not old) and name["name"].lower() not in STOP_WORDS:
        if speaker:
            return replace_name(earlier, speaker, name["name"], count=1)
        places = [found["name"] for found in _IN_PLACE.finditer(earlier)]
        if places:
            before, _, after = earlier.rpartition(places[-1])
            return f"{before}{name['name']}{after}"
    # 2. a topic for a topic: "And about Assad?"
    if new and old:
        return f"{old['asked']}{new['topic']}?"
    # 3. a name for a pronoun: "What did he say then?"
    pronoun = _PERSON_PRONOUN.search(asked)
    person = _find_person(earlier, asked) if pronoun else ""
    if pronoun and person:
        owns = pronoun[0].lower() == "his" or (pronoun[0].lower() == "her" and asked[pronoun.end() :][1:2].isalpha())
        standalone = f"{asked[: pronoun.start()]}{person}{'’s' if owns else ''}{asked[pronoun.end() :]}"
        standalone = re.sub(r"^\s*(?:and|but|so)\s+", "", standalone, flags=re.IGNORECASE)
        return standalone[:1].upper() + standalone[1:]
    return f"{earlier} {asked}"
