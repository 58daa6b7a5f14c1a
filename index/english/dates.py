"""Days, months and time zones, as tables."""

from __future__ import annotations

from index.words import word_set

DAYS = word_set("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
SHORT_DAYS = word_set("Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun")
HOLIDAYS = word_set("Christmas Easter Halloween Thanksgiving")
MONTHS = tuple("January February March April May June July August September October November December".split())
AP_MONTHS = word_set("Jan Feb Aug Sept Oct Nov Dec")  # those that the Associated Press abbreviates
SHORT_MONTHS = AP_MONTHS | word_set("Mar Apr Jun Jul Sep")
# After a time of day: "8 p.m. Eastern", "8 p.m. ET".
ZONES = word_set(
    "Eastern Central Mountain Pacific Greenwich AEDT AEST BST CDT CEST CET CST CT EDT EEST EET EST ET GMT HKT IST JST "
    "KST MDT MSK MST MT PDT PST PT SAST UTC WAT"
)
# After "last", "next" or "this": a date.
PERIODS = word_set("autumn fall month night spring summer week winter year")
# After "this": a date, not something named before.
AFTER_THIS = word_set("evening fall month morning spring summer time week winter year")
# After "that": a date, not what was said: "Who said that night …?"
AFTER_THAT = word_set("day evening moment month morning night time week year")
