"""Which full stops, exclamation marks and ellipses do not end a sentence, and which may, as tables."""

from __future__ import annotations

from index.english.dates import SHORT_MONTHS
from index.english.roles import SHORT_TITLES
from index.words import word_set

# Something always follows them, so they never end a sentence.
NEVER_LAST = SHORT_TITLES | word_set("Mt Ste approx cf e.g eg i.e ie incl v viz vs")
# Before a number the sentence continues; before anything else it ends: "He said no."
NUMBERED = SHORT_MONTHS | word_set(
    "Apt Art Bldg Ch Eq Fig Hwy No Nos Op Para Rm Rte Sect Tel Vol avg ca ext fig max min no nos p pp tel vol"
)
STATES = word_set(
    "Ala Alta Ariz Ark B.C Calif Colo Conn D.C Del Fla Ga Ill Ind Kan Ky La Mass Md Mich Minn Miss Mo Mont N.C N.D N.H "
    "N.J N.M N.S N.Y Neb Nev Okla Ont Ore Pa Penn Que R.I S.C S.D Sask Tenn Tex Va Vt W.Va Wash Wis Wisc Wyo"
)
# May end a sentence, and do before a STARTER.
MAY_BE_LAST = STATES | word_set(
    "Assn Assoc Ave Blvd Bros Co Corp Cos Ct Dept Dist Div Esq Ft Inc Intl Jr Ln Ltd Natl Ph.D Pkwy Rd Sq Sr St Univ "
    "al dept est ft hr hrs lb lbs mph oz"
)
# Before a single letter that is not an initial: "It has vitamin C. Doctors say".
LETTERED = word_set("article category class grade group hepatitis plan section title type vitamin")
# Names with an exclamation mark of their own: "Yahoo! News".
EXCLAIMED = word_set("jeopardy yahoo")
# Rarely inside a name, so that a capital means the start of a sentence.
STARTERS = word_set(
    "A About Additionally After All Also Although Among An And Another Any Are As Asked At Because Before Besides Both "
    "But By Can Could Currently Despite Did Do Does During Each Earlier Even Eventually Every Everyone Everything "
    "Finally For From Had Has Have He Her Here His How However I If In Indeed Initially Instead Is It Its Just Last "
    "Later Let Like Likewise Many Maybe Meanwhile Moreover More Most My Nearly Neither Never Nevertheless Next No Nor "
    "Not Nothing Now Of Often On Once One Only Or Other Others Otherwise Our Over Perhaps Previously Recently She "
    "Should Since So Some Sometimes Soon Still Such That The Their Then There These They This Those Though Through "
    "Thus To Together Under Unfortunately Unless Unlike Until Usually Was We Were What When Where Whether Which While "
    "Who Why With Without Would Yes Yesterday Yet You Your"
)
# Never at the end of a sentence, so that an ellipsis after one is a pause: "But … Hale leads."
UNFINISHED = word_set(
    "a about although an and as at because but by for from her his if in into its my of on or our than the their to "
    "when whether which while whose with your"
)
DOMAINS = word_set("Com Org Net Gov Edu Tv")
