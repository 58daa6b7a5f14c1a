"""What the first line of a news article may begin with, as tables."""

from __future__ import annotations

from index.words import word_set

# "MOSCOW (Reuters) -".
AGENCIES = word_set("AFP AP BBC Bloomberg CNN Interfax Kyodo NPR Politico Reuters TASS UPI Xinhua")
# In capitals before a colon or a dash, but not a place.
LABELS = word_set("ANALYSIS BREAKING CORRECTION EXCLUSIVE LIVE NOTE OPINION UPDATE UPDATED VIDEO WATCH")
