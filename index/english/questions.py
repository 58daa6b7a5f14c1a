"""Words that questions are made of, and by which a sentence is seen to answer one, as tables."""

from __future__ import annotations

from index.words import word_set

QUESTION_WORDS = word_set("how what when where who why")
# What follows their apostrophe: "What's", "Who'd".
SHORT_VERBS = {"d": "did", "ll": "will", "re": "are", "s": "is"}
AUXILIARIES = word_set("are did do does has have is was were")
# Before "n't" or "nt".
NEGATED_VERBS = word_set("are ca could did do does had has have is must should was were wo would")
# They refer to something named before: "What did he say about that?"
POINTING = word_set("he her hers him his it its one ones she that their theirs them then there these they this those")
# At the beginning of a sentence, so does each of these: "They left on Monday."
POINTING_BACK = word_set("he her his it its she such that their these they those")
PERSONAL = word_set("he her him his she")
# At the end of a question without a name, they refer to what the one before named: "How big is the town?"
KNOWN_THINGS = word_set(
    "bill case city company country couple deal family firm governor group judge law man party place plan poll rally "
    "region report senator speech state study suspect town victim victims village woman"
)
# After "the", they name nothing: "Who was the first?"
ORDERING = word_set("first last latest next only other others rest same second third")
# Before a topic: "What did he say about NATO?"
TOPIC_PREPOSITIONS = word_set("about concerning of on regarding")
# Verbs by which a question asks for someone's words.
ASKED_SAYING = word_set(
    "acknowledge acknowledged add added admit admitted advise advised announce announced argue argued assure assured "
    "believe call called claim claimed comment commented confirm confirmed criticise criticised criticize criticized "
    "defend defended denied deny describe described explain explained feel felt insist insisted joke joked justified "
    "justify mention mentioned oppose predict predicted promise promised propose proposed react reacted respond "
    "responded said say saying spoken suggest suggested support talked tell think thought told tweet tweeted want "
    "wanted warn warned write written wrote"
)
# Nouns by which it does: "What is Ms. Roe's view on NATO?"
STANCES = word_set(
    "advice argument arguments comment comments concern concerns conditions criticism explanation opinion plan plans "
    "position prediction promise reaction remark remarks response stance statement statements take thoughts view views "
    "worries worry"
)
# Those that say nothing of what is in the words: an article that gives a view seldom calls it one.
GENERIC_STANCES = word_set(
    "comment comments opinion opinions position reaction reactions remark remarks response responses stance statement "
    "statements thoughts view views"
)
# After "who", they ask for anyone's words on what follows: "Who warned of floods?"
WHO_SAYS = word_set(
    "accuse accused accuses argue argued argues believe believed believes blame blamed blames comment commented "
    "comments complain complained complains condemn condemned condemns criticise criticised criticises criticize "
    "criticized criticizes denied denies denounce denounced denounces deny insist insisted insists oppose opposed "
    "opposes praise praised praises predict predicted predicts said say says suggest suggested suggests support "
    "supported supports think thinks thought warn warned warns"
)
WHO_IS_SAYING = word_set("arguing claiming criticising criticizing denying opposing saying supporting warning")
# They do only before "about", "of" or "on", "that" or "with", and "that": "Who claimed the prize?" asks for no words.
WHO_SPEAKS_ABOUT = word_set("speak speaks spoke spoken talk talked talks")
WHO_AGREES_THAT = word_set("agree agreed agrees disagree disagreed disagrees")
WHO_CLAIMS_THAT = word_set(
    "acknowledge acknowledged acknowledges admit admits admitted announce announced announces claim claimed claims "
    "confirm confirmed confirms explain explained explains fear feared fears hope hoped hopes joke joked jokes promise "
    "promised promises tweet tweeted tweets writes written wrote"
)
# "Which … said so?" asks for a person.
PEOPLE = word_set(
    "actor author candidate commentator governor judge lawmaker man mayor minister official person player politician "
    "president scholar senator singer woman"
)
# After a name and a comma, they begin what says who that is: "Ana Roe, a baker".
APPOSING = word_set("a an former one the who whose")
# By which two are compared: "How do Roe and Poe differ?"
DIFFERING = word_set("compare differ disagree")
# After "how", they ask for a number.
MEASURES = word_set("big deep far fast heavy high large long many much old quick quickly tall wide")
# They give a cause.
CAUSES = tuple(
    phrase.strip()
    for phrase in """
    as a result, because, blame, blamed, blames, blaming, cause, caused, causes, causing, due to, explain, explained,
    explains, in order to, led to, owing to, prompted, prompts, reason, reasons, result from, result of, resulted from,
    resulted of, results from, results of, since, so that, thanks to, therefore
    """.split(",")
)
NUMBERS = word_set(
    "billion dozen eight eleven five four half hundred million nine one quarter seven six ten third thousand three "
    "twelve two"
)
# A sentence with one of them may say the opposite of another.
DENIALS = word_set("denied denies deny never no nobody none nor not without")
