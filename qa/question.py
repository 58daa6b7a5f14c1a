"""What is being asked: a question and the earlier ones in, a standalone Query out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.english.dates import AFTER_THAT
from index.english.questions import KNOWN_THINGS, ORDERING, PERSONAL, POINTING, TOPIC_PREPOSITIONS
from index.english.stop_words import STOP_WORDS
from index.errors import QuestionError
from index.words import any_of, to_words
from qa.request import SMALL_TALK, find_request, strip_courtesy
from qa.wanted import Wanted, find_wanted
from qa.whose import (
    NAME,
    SAYING_VERB,
    find_content_words,
    find_names,
    find_open_topic,
    find_speaker,
    find_topic,
    replace_name,
)

MAX_CHARACTERS = 2_000  # the model reads about the first 1,000 anyway; a pasted article is not a question

# A question with one of these words, or without a verb of its own, depends on the one before it.
_DEPENDENT = re.compile(
    rf"\b{any_of(POINTING)}\b"
    r"|^\s*(?:and|but|also|so|or|what about|how about|why|when|where|who|how)\b[^\w]*$"
    r"|^\s*(?:and|but|so|why\s+not)\b",
    re.IGNORECASE,
)
# "How big is the town?": only an earlier question can say which, if this one has no name in it.
_SAID_BEFORE = re.compile(rf"\bthe\s+{any_of(KNOWN_THINGS)}\W*$", re.IGNORECASE)
# "Who is eligible?" depends on it, too, but "Who led the coalition?" does not.
_NAMES_A_THING = re.compile(rf"\b(?:a|an|the)\s+(?!{any_of(ORDERING)}\b)\w", re.IGNORECASE)
# "And about Assad?", "What about Clinton?": only the topic is new.
_NEW_TOPIC = re.compile(r"^\s*(?:and\s+)?(?:what\s+|how\s+)?(?:about|on)\s+(?P<topic>.+?)\s*\??\s*$", re.IGNORECASE)
_OLD_TOPIC = re.compile(rf"^(?P<asked>.*\b{any_of(TOPIC_PREPOSITIONS)}\s+).+$", re.IGNORECASE | re.DOTALL)

# "And Bush?", "What about Missouri?": a name replaces another.
_NEW_NAME = re.compile(rf"^\s*(?:(?P<and>(?i:and))|(?i:what|how)\s+(?i:about))\s+(?:the\s+)?(?P<name>{NAME})\s*\??\s*$")
_IN_PLACE = re.compile(rf"\b(?:at|for|from|in|of|to)\s+(?:the\s+)?(?P<name>{NAME})")
_SUBJECT = re.compile(
    rf"\b(?:[Dd](?:id|oes|o)|[Hh]a(?:s|ve|d)|[Ii]s|[Ww](?:as|ill|ould)|[Cc](?:an|ould))\s+(?:the\s+)?{NAME}"
)
_PERSON_PRONOUN = re.compile(rf"\b{any_of(PERSONAL)}\b", re.IGNORECASE)
_WHO_IS = re.compile(r"^\s*who\s+(?:is|was)\s+(?P<name>.+?)\s*\?*\s*$", re.IGNORECASE)
# "Who said that the pier is safe?" does not refer to anything before it; "Who said that?" does.
_SAYING_THAT = re.compile(rf"\b({SAYING_VERB}s?)\s+that\s+(?!{any_of(AFTER_THAT)})(?=\w)", re.IGNORECASE)
_FACT = re.compile(
    r"\W*(?:and\s+)?(?:(?:in|at|on|of|to)\s+)?(?:which|where|when|who|how\s+(?:much|many|long|old))\b", re.IGNORECASE
)
# "U.S." and "O'Leary" are one word to a reader and two to the index.
_SPELLED = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:['’][^\W_]{2,})?")


@dataclass(frozen=True)
class Query:
    """A question ready to be looked up.

    standalone  the question in full, with what it takes from the conversation
    terms       its content words in lower case, each once, in order
    speaker     whose words it asks for, as it names them; None if it asks for no one's
    topic       what the words should be about, as the question puts it, or ""
    asks_fact   whether it asks for them to learn something else: who, when, how much
    asks_who    whether it asks for anyone's words on `topic`; `speaker` is None then
    wants       the kind of thing it asks for
    context     the earlier question that it depends on, in full, or ""
    carried     the content words of `context` that still matter and are not among `terms`
    unclear     a pronoun and those it may mean, if it may mean several
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
        """Its content words, spelled as in the question."""
        spelled: dict[str, str] = {}
        for found in _SPELLED.findall(self.standalone):
            for word in to_words(found):
                spelled.setdefault(word, found)
        return list(dict.fromkeys(spelled.get(term, term) for term in self.terms if term not in ("many", "much")))


def read_question(question: str, history: Sequence[str] = ()) -> Query:
    """Make a question stand alone; `history` has the earlier questions of the conversation, oldest first.

    Raises QuestionError if it has no words, or more than MAX_CHARACTERS characters.
    """
    question = _to_unicode(question)
    asked = strip_courtesy(question)
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
    own = find_content_words(asked if is_appended else standalone)
    terms = own or find_content_words(standalone) or tuple(dict.fromkeys(to_words(standalone)))
    carried = tuple(word for word in find_content_words(context) if word not in terms)
    if not is_appended and (_NEW_TOPIC.match(asked) or _NEW_NAME.match(asked)):
        carried = ()  # the old topic or name was replaced
    open_topic = find_open_topic(standalone if _NEW_TOPIC.match(asked) else asked)
    return Query(
        question=question,
        standalone=standalone,
        terms=terms,
        speaker=find_speaker(asked) or find_speaker(standalone) if open_topic is None else None,
        topic=find_topic(standalone) if open_topic is None else open_topic,
        asks_fact=_FACT.match(standalone) is not None,
        asks_who=open_topic is not None,
        wants=find_wanted(asked),
        context=context,
        carried=carried,
        unclear=_find_unclear(context, asked) if is_appended else (),
    )


def _leaned_on(asked: str, history: Sequence[str]) -> list[str]:
    """The earlier questions that this one needs, latest first, back to the last one that stands alone."""
    needed: list[str] = []
    current = asked
    for earlier in reversed([strip_courtesy(_to_unicode(line)) for line in history]):
        if (said := find_request(earlier)) and said.kind in SMALL_TALK:
            continue
        if not _depends_on_earlier(current):
            break
        if to_words(earlier) and len(earlier) <= MAX_CHARACTERS:
            needed.append(earlier)
            current = earlier
    return needed if len(needed) <= 3 else [*needed[:2], needed[-1]]  # the oldest says what it is all about


def _depends_on_earlier(question: str) -> bool:
    """Whether a question needs an earlier one; "he" does not, if the question has named its subject before."""
    if _NEW_TOPIC.match(question) or _NEW_NAME.match(question):
        return True
    if _SAID_BEFORE.search(question) and not find_names(question):
        return True
    if len(find_content_words(question)) <= 2 and not find_names(question) and not _NAMES_A_THING.search(question):
        return True
    plain = _SAYING_THAT.sub(r"\1 ", question)
    return any(
        found[0].lower() not in ("he", "she", "his") or not _SUBJECT.search(plain[: found.start()])
        for found in _DEPENDENT.finditer(plain)
    )


def _find_person(earlier: str, asked: str) -> str:
    """Whom a pronoun in `asked` means, as named in the earlier question; "" if no one, or one of two."""
    whole = _WHO_IS.match(earlier)
    if whole:
        return whole["name"]
    names = find_names(earlier)
    speaker = find_speaker(earlier) or (names[0] if names else "")
    topic = find_topic(earlier)
    # "What did Mr. Roe say about Ms. Poe?" "Why did he leave?", but "Did he say why?"
    if topic in names and topic != speaker and not re.search(rf"\b{SAYING_VERB}\b", asked, re.IGNORECASE):
        return ""
    return "" if speaker.split() and speaker.split()[-1] in asked.split() else speaker


def _find_unclear(earlier: str, asked: str) -> tuple[str, ...]:
    """A pronoun that was not replaced, and the names in the earlier question that it may mean, if several."""
    pronoun = _PERSON_PRONOUN.search(asked)
    named = [name for name in find_names(earlier) if name in (find_speaker(earlier), find_topic(earlier))]
    return (pronoun[0], *named) if pronoun and named[1:] else ()


def _to_unicode(text: str) -> str:
    """The text with "?" for each unpaired surrogate, which neither UTF-8 nor the model can represent."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _join(earlier: str, asked: str) -> str:
    """The question in full, given the earlier one in full, or "" if there is none."""
    if not earlier:
        return asked
    # 1. a name for a name: "And Bush?"
    name, speaker = _NEW_NAME.match(asked), find_speaker(earlier)
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
