"""Words that show what part of speech stands beside them, as tables."""

from __future__ import annotations

from index.words import word_set

# Before a noun.
PREPOSITIONS = word_set("about against by for from in of on over with")
# Between a thing and whose it is: "a report by Ofcom".
OWNING = word_set("at by for from of")
# Before a noun of which there are more: "a government".
ANY = word_set("a an another any many one several some three two")
# Small words of a name, which its initials leave out.
JOINING = word_set("and for in of on the")
# Small words of a role: "the head of the bank".
SMALL = word_set("a an and at for her his in its of s 's the their to")
# Before a verb.
VERB_MARKERS = word_set("can could he i must not she should t they to we will would you")
# After a noun phrase that ends there.
AFTER_NOUNS = word_set("and are can could had has have is should was were will would")
