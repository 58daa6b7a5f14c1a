"""Prefixes, as a table."""

from __future__ import annotations

from index.words import word_set

# They keep their hyphen at the end of a line, unless the word without it occurs elsewhere in the text.
PREFIXES = word_set(
    "all anti co cross double ex far first five four full great half hard high ill large left long low mid middle "
    "multi near new non north old one open part post pre pro quasi right second self semi short single six small "
    "so south ten third three top two ultra vice well west east world year"
)
