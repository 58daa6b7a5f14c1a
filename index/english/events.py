"""Words by which a sentence tells an event or does not, as tables."""

from __future__ import annotations

from index.words import word_set

# In the past, their subject is in a state, or speaks or thinks: nothing happens.
STATES = word_set(
    "add appear argue be become believe bear call claim consist contain depend describe enjoy expect express face fear "
    "feel find follow have hope include involve keep know lack like look love make mean mention need note own prefer "
    "prompt raise reflect remain remember represent say see seem show sound stand suggest tell think underscore "
    "want wish wonder write"
)
# Before a verb or a date, they make it a plan, a wish or a supposition: "ahead of Tuesday’s vote".
NOT_YET = word_set(
    "ahead before can could expected eve if likely may might must next ought plan planned planning plans scheduled "
    "shall should unless until upcoming wants will would"
)
# Days without a name.
YESTERDAY, TODAY = word_set("yesterday"), word_set("today tonight")
# Before a day, they make it too vague to be one: "last Tuesday" may be yesterday, or eight days ago.
VAGUE = word_set("earlier every last later next previous recent")
# After a day of a month, they end it: "on June 12 by a gunman". In "the June 12 attack" it is the attack's.
AFTER_DATES = word_set(
    "after afternoon ahead and as at because before but by during evening following for from in it morning near night "
    "of on that the to under when where which while with"
)
