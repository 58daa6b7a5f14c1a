"""What people write besides questions about what the articles say, as tables of words and phrases."""

from __future__ import annotations

from index.words import phrases

GREETINGS = phrases("good afternoon, good day, good evening, good morning, greetings, hello, hey, hi, hiya")
# After a greeting.
GREETED = phrases("again, all, everybody, everyone, folks, friend, there, you")
THANKS = phrases(
    "cheers, great thanks, many thanks, ok thanks, okay thanks, thank you, thank you so much, thank you very much, "
    "thanks, thanks a lot, thx"
)
FAREWELLS = phrases("bye, bye bye, good bye, goodbye, good night, see you")
HELP = phrases(
    """
    can you help, can you help me, help, help me, how can i use this, how can you help, how can you help me,
    how do i use this, how do you work, how does it work, how does this work, tell me about yourself, what are you,
    what are you able to do, what can i ask, what can i ask about, what can i ask here, what can i ask you,
    what can you do, what can you do for me, what can you help me with, what can you help with, what can you tell me,
    what do you do, what do you know, what should i ask, what should i ask you, who are you
    """
)
# What the whole is called, after "this" or "your".
COLLECTION = phrases("archive, collection, library")
# One article that is open, or that the question is narrowed to.
ONE_ARTICLE = phrases("article, document, file, news article, piece, report, story, text")
# They ask for the gist of what follows.
SUMMARISING = phrases(
    """
    a short summary of, a summary of, briefly summarise, briefly summarize, give a summary of,
    give me a short summary of, give me a summary of, give me the gist of, recap, sum up, summarise, summarize,
    summary of, the gist of, tl dr, tl;dr, tldr
    """
)
# Before a topic, they ask for what happened, in order.
TELLING = phrases(
    """
    a chronology of, a timeline for, a timeline of, bring me up to date on, catch me up on, chronology of,
    give me a chronology of, give me a timeline for, give me a timeline of, make a timeline of, sequence of events in,
    show a timeline of, show me a timeline of, show me the timeline of, the timeline of, timeline for, timeline of,
    timeline on, timeline:, what happened with, what has been happening at, what has been happening in,
    what has been happening to, what has been happening with, what has happened at, what has happened in,
    what has happened to, what has happened with, what is the chronology of, what is the timeline for,
    what is the timeline of, what was the timeline of
    """
)
# Periods up to the newest day, in days.
PERIODS = {
    **dict.fromkeys(phrases("now, this morning, today"), 1),
    **dict.fromkeys(phrases("last week, lately, recently, the last week, the past week, this week"), 7),
    **dict.fromkeys(phrases("last month, the last month, the past month, this month"), 31),
}
