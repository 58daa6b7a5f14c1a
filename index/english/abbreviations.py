"""Abbreviations, as tables: which full stops do not end a sentence, and which may."""

from __future__ import annotations

from index.words import word_set

# Before a name, so never at the end of a sentence.
TITLES = word_set(
    "Adm Amb Asst Atty Brig Capt Cmdr Col Cpl Dep Dr Fr Gen Gov Govs Hon Lt Maj Messrs Mlle Mme Mr Mrs Ms Mt Pres "
    "Prof Pvt Rep Reps Rev Sen Sens Sgt Ste Supt approx cf e.g eg i.e ie v viz vs"
)
# Before a number they go on; before anything else they end the sentence, as in "He said no."
NUMBERED = word_set(
    "Apr Art Aug Ch Dec Feb Fig Jan Jul Jun Mar No Nos Nov Oct Para Sec Sect Sep Sept Vol ca fig no nos p pp vol"
)
# May end a sentence: they do before a STARTER.
ABBREVIATIONS = word_set(
    "Ala Ariz Ark Assn Ave Blvd Bros Calif Co Colo Conn Corp Cos Ct Del Dept Dist Div Esq Fla Ft Ga Ill Inc Ind Intl "
    "Jr Kan Ky La Ltd Mass Md Mich Minn Miss Mo Mont Neb Nev Okla Ont Ore Pa Penn Ph.D Que Rd Sr St Tenn Tex Univ Va "
    "Vt Wash Wis Wisc Wyo al dept est ft hr hrs lb lbs mph oz"
)
# Words that seldom stand in the middle of a name, so that a capital means the start of a sentence.
STARTERS = word_set(
    "A About After All Also Although Among An And Another Any Are As Asked At Because Before Both But By Can Could "
    "Did Do Does During Each Earlier Even Every For From Had Has Have He Her Here His How However I If In Instead Is "
    "It Its Just Last Later Like Many Maybe Meanwhile More Most My No Nor Not Now Of On Once One Only Or Other Our "
    "Over Perhaps She Should Since So Some Still Such That The Their Then There These They This Those Though Through "
    "To Under Unlike Until Was We Were What When Where Whether Which While Who Why With Without Would Yes Yet You "
    "Your"
)
ZONES = word_set("Eastern Central Mountain Pacific GMT UTC")
DOMAINS = word_set("Com Org Net Gov Edu Tv")
