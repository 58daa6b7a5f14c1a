"""Titles, offices and nouns for people and groups, as tables."""

from __future__ import annotations

from index.words import word_set

# Abbreviated before a name, so that their full stop ends no sentence.
SHORT_TITLES = word_set(
    "Adm Ald Amb Asst Atty Brig Capt Cdr Cmdr Col Cols Cpl Dep Det Dr Drs Fr Gen Gens Gov Govs Hon Insp Lt Lts Maj "
    "Messrs Mgr Mlle Mme Mr Mrs Ms Msgr Mx Pfc Pres Prof Profs Pvt Rep Reps Rev Revs Rt Sec Sen Sens Sgt Sgts Spc Supt"
)
# Abbreviations that the parser takes for the end of a sentence, and what they stand for.
SPELLED_OUT = {
    "Adm": "Admiral",
    "Amb": "Ambassador",
    "Capt": "Captain",
    "Col": "Colonel",
    "Gen": "General",
    "Gov": "Governor",
    "Lt": "Lieutenant",
    "Maj": "Major",
    "Prof": "Professor",
    "Rep": "Representative",
    "Rev": "Reverend",
    "Sen": "Senator",
    "Sgt": "Sergeant",
}
# Titles before a name, each with the noun for its bearer, if any: "Sen. Cruz" is "the senator".
TITLES = dict(
    pair.split(":")
    for pair in """
    adm:admiral admiral:admiral amb:ambassador ambassador:ambassador attorney:attorney brig: capt:captain
    captain:captain chairman:chairman chairwoman:chairwoman chancellor:chancellor chief:chief cmdr:commander
    col:colonel colonel:colonel congressman:congressman congresswoman:congresswoman dame: dr:doctor elect: ex:
    father:priest former: fr:priest gen:general general:general gov:governor governor:governor hon: judge:judge
    justice:justice king:king lady: late: lieutenant:lieutenant lord: lt:lieutenant madam: maj:major major:major
    mayor:mayor minister:minister miss: mr: mrs: ms: nominee:nominee pastor:pastor pope:pope pres:president
    president:president prime: prince:prince princess:princess prof:professor professor:professor queen:queen
    rep:representative representative:representative representatives:representative rev:reverend reverend:reverend
    secretary:secretary sen:senator senator:senator senators:senator sgt:sergeant sheriff:sheriff sir:
    speaker:speaker state: then: vice:
    """.split()
)
DEPUTIES = word_set("deputy prime vice")  # a vice president is not a president
MALE_TITLES = word_set("congressman chairman father fr king lord mr pope prince sir")
FEMALE_TITLES = word_set("chairwoman congresswoman dame lady madam miss mrs ms princess queen")
# Titles before a first name alone: "Pope Francis".
STYLES = word_set("king pope prince princess queen")
# Common nouns for a man or a woman.
MEN = MALE_TITLES | word_set("actor brother businessman father gentleman husband man mogul son spokesman tycoon uncle")
WOMEN = FEMALE_TITLES | word_set("actress aunt businesswoman daughter mother sister spokeswoman wife woman")
OFFICES = word_set(
    "ambassador chairman congressman congresswoman governor mayor minister president secretary senator spokesman "
    "spokesperson spokeswoman"
)
# After a name, they speak in a question: "What did the Trump campaign say?"
SPEAKING_ROLES = OFFICES | word_set("administration campaign director government")
# After "the", they stand for the speaker of a sentence: "The senator said".
GLOSSED_ROLES = OFFICES | word_set(
    "billionaire businessman candidate general judge justice lawmaker leader mogul nominee official"
)
# What nouns for people and their offices end in.
BEARER_ENDINGS = word_set(
    "aide ally ant attorney chair chief coach ee ent er friend head hopeful host ian ic ist ive judge lady man mogul "
    "or person rival secretary star woman"
)
# Nouns for groups that speak: "the Trump campaign".
COLLECTIVES = word_set(
    "administration agency army association bank board campaign center centre commission committee company corporation "
    "council court department foundation government group institute institution magazine ministry network newspaper "
    "office organisation organization paper party police report site team union university website"
)
# In brackets after a politician: "Sen. Ann Hale (D-Ill.)".
PARTIES = word_set("D Dem I R Rep")
# Fields of work, each with nouns for those in it. Nobody is taken to be in two of them: the senator is not the striker
# of the same name. What people become later (coach, chairman, president) or may be beside their work is left out.
FIELDS = {
    "sport": word_set(
        "batsman batter boxer bowler centre-back cyclist forward fullback goalkeeper golfer gymnast halfback "
        "jockey linebacker lineman midfielder pitcher quarterback rower shortstop skater skier sprinter striker "
        "swimmer wicketkeeper winger"
    ),
    "politics": word_set(
        "alderman assemblyman assemblywoman congressman congresswoman councillor councilman councilwoman "
        "governor lawmaker legislator mayor minister mp senator"
    ),
    "arts": word_set(
        "actor actress cellist choreographer composer guitarist novelist painter pianist playwright poet rapper "
        "sculptor singer soprano tenor violinist"
    ),
    "church": word_set("archbishop bishop cardinal imam pastor priest rabbi vicar"),
    "medicine": word_set("cardiologist midwife neurologist nurse paediatrician pediatrician surgeon"),
    "police": word_set("constable detective sheriff"),
    "science": word_set("astronomer biologist botanist chemist geologist hydrologist physicist zoologist"),
}
# In a role that its bearer had once: "former striker".
FORMERLY = word_set("ex former late once onetime retired then")
# After the noun of a role: "leader of the union", "violinist who represents the players".
AFTER_NOUN = word_set("and at for from in of on that to who whose with")
