"""Words that carry no topic in a question, as a table."""

from __future__ import annotations

from index.words import word_set

# "say" is among them: every second sentence of the news has it.
STOP_WORDS = word_set(
    "a about according after all an and any are as at be because been before being but by can could d did do does "
    "doing for from had has have he her here hers him his how i if in into is it its ll me more most my no not of on "
    "or our out over re s said say saying says she should so some such t than that the their them then there these "
    "they this those to told tell under up us ve very was we were what when where whether which while who whom whose "
    "why will with would you your"
)
