"""Days, months and time zones, as tables, and a date in words."""

from __future__ import annotations

import re
from datetime import date

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


def format_date(published: str | None) -> str:
    """`2024-12-10` as "10 December 2024", `--12-10` as "10 December", None as "", anything else unchanged."""
    if not published:
        return ""
    found = re.fullmatch(r"(\d{4}|-)-(\d\d)(?:-(\d\d))?(?:[T ].*)?", published)
    if not found:
        return published
    year, month, day = found.groups()
    try:
        # 2024 is a leap year, so --02-29 is valid.
        valid = date(2024 if year == "-" else int(year), int(month), int(day or 1))
    except ValueError:
        return published
    # Not strftime("%B"), which follows the locale.
    words = [str(valid.day) if day else "", MONTHS[valid.month - 1], "" if year == "-" else year]
    return " ".join(word for word in words if word)
