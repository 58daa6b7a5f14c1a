"""Words that show what part of speech stands beside them, as tables."""

from __future__ import annotations

from index.words import word_set

# Before a noun.
PREPOSITIONS = word_set("about against by for from in of on over with")
# Before a verb.
VERB_MARKERS = word_set("can could he i must not she should t they to we will would you")
# After a noun phrase that ends there.
AFTER_NOUNS = word_set("and are can could had has have is should was were will would")
