"""Days, months and time zones, as tables."""

from __future__ import annotations

from index.words import word_set

DAYS = word_set("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
SHORT_DAYS = word_set("Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun")
HOLIDAYS = word_set("Christmas Easter Halloween Thanksgiving")
MONTHS = tuple("January February March April May June July August September October November December".split())
SHORT_MONTHS = word_set("Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec")
# After a time of day: "8 p.m. Eastern", "8 p.m. ET".
ZONES = word_set(
    "Eastern Central Mountain Pacific Greenwich AEDT AEST BST CDT CEST CET CST CT EDT EEST EET EST ET GMT HKT IST JST "
    "KST MDT MSK MST MT PDT PST PT SAST UTC WAT"
)
