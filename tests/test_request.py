from __future__ import annotations

import pytest

from qa.request import Request, find_request, strip_courtesy

REQUESTS = [
    ("a greeting", "Hi!", Request("greeting")),
    ("a long greeting", "Good morning everyone, how are you today?", Request("greeting")),
    ("thanks", "Thank you very much!", Request("thanks")),
    ("a farewell", "bye bye", Request("farewell")),
    ("a cry for help", "Hello, can you help me?", Request("help")),
    ("who it is", "Who are you?", Request("help")),
    ("what there is", "What are these articles about?", Request("help")),
    ("how much there is", "How many articles are there?", Request("size")),
    ("the newest", "What's the latest article?", Request("newest")),
    ("a summary of what is open", "Could you summarise this article please?", Request("article")),
    ("what is open, as a question", "What is this story about?", Request("article")),
    ("a short word for it", "TL;DR", Request("article")),
    (
        "a title",
        "Summarise “Ferry strike ends after nine days”",
        Request("article", "Ferry strike ends after nine days"),
    ),
    ("words of a title", "Give me a summary of the article about the ferry", Request("article", "the ferry")),
    ("what is new", "What's new?", Request("news")),
    ("what is new today", "Summarise what is new today", Request("news", days=1)),
    ("a week", "What happened this week?", Request("news", days=7)),
    ("news with an apostrophe", "Summarize today’s news", Request("news", days=1)),
    ("what happened", "What happened with the fuel levy?", Request("timeline", "the fuel levy")),
    ("a month", "What has happened in Syria since March?", Request("timeline", "Syria", "March")),
    ("a day", "Timeline of the strike since 3 May 2024", Request("timeline", "the strike", "3 May 2024")),
    ("some weeks", "Give me a timeline of Brexit since last week", Request("timeline", "Brexit", "last week")),
    ("no date", "What has happened to Roe since the vote?", Request("timeline", "Roe since the vote")),
]
QUESTIONS = [
    ("a question behind a greeting", "Hi, what did Roe say about the levy?"),
    ("a title", "Hello Dolly opens in London"),
    ("part of a word", "Hi-tech shares fell why?"),
    ("a thing that happened", "What happened to the ship?"),
    ("a part of something", "What happened in the second half?"),
    ("another kind of article", "How many articles does the treaty have?"),
    ("a report of somebody's", "What does the report say?"),
    ("files of somebody's", "How many files?"),
    ("something new", "What is new in the tax bill?"),
    ("thanks to somebody", "Thanks to whom did Roe win?"),
    ("help for somebody", "Help for farmers?"),
    ("a party", "Who are the Greens?"),
]


@pytest.mark.parametrize(("question", "request_"), [pytest.param(*case, id=reason) for reason, *case in REQUESTS])
def test_requests(question: str, request_: Request) -> None:
    assert find_request(question) == request_


@pytest.mark.parametrize("question", [pytest.param(question, id=reason) for reason, question in QUESTIONS])
def test_a_question_about_the_articles_is_none(question: str) -> None:
    assert find_request(question) is None


COURTESY = [
    ("a greeting", "Hi, who is Roe?", "who is Roe?"),
    ("a greeting without a comma", "hey who is Roe", "who is Roe"),
    ("both", "Hello there! Please tell me who Roe is.", "tell me who Roe is."),
    ("a wish behind it", "Who is Roe, please?", "Who is Roe"),
    ("a name", "Hello Dolly opens where?", "Hello Dolly opens where?"),
    ("a title", "Please Please Me sold how many copies?", "Please Please Me sold how many copies?"),
    ("what somebody owes", "Whom does Roe owe thanks?", "Whom does Roe owe thanks?"),
    ("nothing else", "Hi!", "Hi!"),
]


@pytest.mark.parametrize(("question", "bare"), [pytest.param(*case, id=reason) for reason, *case in COURTESY])
def test_courtesy_around_a_question(question: str, bare: str) -> None:
    assert strip_courtesy(question) == bare
