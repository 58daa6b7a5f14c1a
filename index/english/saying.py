"""Words by which the news reports what people say and think, as tables."""

from __future__ import annotations

from index.words import word_set

# Their subject speaks, whatever follows.
SAYING = word_set(
    "accuse acknowledge add admit advise advocate allege announce answer apologise apologize applaud argue ask "
    "assert assure bemoan blast boast brag caution characterise characterize claim comment complain concede "
    "conclude condemn confirm contend counter criticise criticize declare decry denounce deny describe disclose "
    "dismiss elaborate emphasise emphasize exclaim explain gripe grumble hail highlight hint implore imply inquire "
    "insist interject joke lambaste lament maintain mention muse note observe opine pledge praise predict proclaim "
    "promise propose protest quip rebut recall recommend recount refute reiterate remark remind reply respond "
    "retort retweet reveal say shout slam speculate state stress suggest surmise tell testify theorize tout trash "
    "tweet underline underscore urge vow warn wonder write yell"
)
# Their object is never a person, so that a person right after one speaks: "It rained, said Ms. Roe."
INVERTED = word_set("add argue conclude continue explain joke note observe quip recall remark reply say tweet write")
# Their subject thinks if a clause depends on them: "believes that", "hopes to".
THINKING = word_set(
    "accept agree anticipate assume believe bet consider disagree doubt dream estimate expect fear feel figure "
    "forecast guess hop hope imagine indicate intend know pray prefer project realise realize recognise recognize "
    "regret report seek signal suspect swear think threaten want wish worry"
)
# Of these, only with a finite clause: to agree to do something is to do it.
AGREEING = word_set("agree seek")
# Their subject judges if anything depends on them: "opposes the deal", "called it a disaster", "railed against".
JUDGING = word_set(
    "applaud attack belittle blame brand bristle call castigate chastise chide cite commend compare congratulate "
    "credit defend demand deride dispute dub echo endorse espouse excoriate express favor favour invoke label lash "
    "laud liken object oppose question rail rebuke regard reject repeat report ridicule support thank trumpet voice "
    "welcome"
)
# Their subject speaks if one of these words follows: "point out", "call for", "lash out at", "fire back".
PHRASES = {
    "point": word_set("out to"),
    "call": word_set("for on"),
    "lash": word_set("out"),
    "hit": word_set("back"),
    "fire": word_set("back"),
    "shoot": word_set("back"),
    "push": word_set("back"),
    "cast": word_set("as"),
    "go": word_set("after"),
    "play": word_set("down"),
    "see": word_set("as"),
    "appeal": word_set("for"),
    "attribute": word_set("to"),
    "laugh": word_set("off"),
    "open": word_set("up"),
    "rule": word_set("out"),
    "speak": word_set("out of about"),
    "talk": word_set("about of up"),
    "make": word_set("clear"),
    "put": word_set("it"),
    "refer": word_set("to"),
}
# Their subject thinks: "Mr. Trump is confident that".
STATES = word_set(
    "adamant afraid aware certain concerned confident convinced delighted disappointed doubtful fearful glad happy "
    "hopeful keen optimistic pessimistic pleased proud sceptical skeptical sorry sure worried"
)
# Their owner speaks: "Mr. Trump's claim that".
STATEMENTS = word_set(
    "accusation admission allegation announcement argument assertion assurance belief call claim complaint contention "
    "conviction criticism declaration demand denial desire explanation fear hope insistence opinion opposition pledge "
    "position prediction promise proposal remark statement suggestion threat view vow warning"
)
# With a clause after them, their subject says what it holds: "The survey found that".
REPORTING = word_set(
    "cite establish find forecast highlight identify indicate list point put reckon reveal show tell uncover"
)
# An infinitive after one of these verbs is said: "went on to say", "was quick to point out".
LEADING = word_set("begin come continue go manage proceed start")
# Between two statements, they show that the second is not a part of the first: "but Ms. Hale said".
TURNS = word_set("although but though whereas while")
# Adverbs and verbs that show that somebody else says so: "allegedly said", "is reported to have said".
HEDGES = word_set("allegedly apparently reportedly supposedly")
HEDGED_BY = word_set("allege believe claim report rumour say think understand")
# After one of these, nothing has been said yet: "if Ms. Roe asks".
SUPPOSING = word_set("if lest unless until whether")
# Their subject may be anything: "The sign said".
PLAIN = word_set("add claim insist say tell")
# Before an infinitive that is said: "was quick to point out".
EAGER = word_set("keen quick")
# No source: "all said".
NO_SOURCES = word_set("all anything both everything nothing something that these this those what which you")
# A denied verb is not a statement: "did not say", "would not comment".
NEGATIONS = word_set("n't neither never nor not")
# Before a verb of thinking, they make it a guess: "might want to"; the first also before one of saying.
OBLIGING = word_set("can could may might must should")
MODALS = OBLIGING | word_set("would")
# Nor is silence: "failed to say". But "declined to comment" and "refused to say" tell how somebody answered.
REFUSALS = word_set("avoid decline fail forget neglect refuse stop")
DECLINING = word_set("decline refuse")
# Past tenses and participles that no rule makes.
IRREGULAR = word_set(
    "bet cast felt hit knew known made put said saw seen shot sought spoke spoken swore sworn thought told went "
    "written wrote"
)
# After a quoted question or cry and a name: “Why?” Ms. Roe asked on Monday.
QUOTING = word_set(
    "added asked asks cried exclaimed joked quipped remarked replied responded said says shouted told tweeted wondered "
    "writes wrote yelled"
)
# With one of these after them, or an adverb or a day.
AFTER_QUOTING = word_set("after as at before during her him in me of on reporters the them to us when while with")
# Only before a mark: “Why?” Ms. Roe continued. But: “Why?” Protests continued in Ohio.
QUOTING_ALONE = word_set(
    "adds answered asserted complained concluded continued countered declared demanded explained insisted mused noted "
    "observed pressed recalled repeated replies retorted snapped tells warned"
)
# Capitalised after a quotation, they begin the next sentence: “Why?” He said nothing.
NOT_QUOTED = word_set("And But He I It She The They We You")
# Between a mark and a name, they show that it is not the subject: "but with Ms. Roe".
CONNECTIVES = word_set("and as but by for from of on or than that to with")
# Forms of verbs of saying and thinking next to a name, by which answers tell whose statement a sentence is.
REPORTED = word_set(
    "accused accuses acknowledged acknowledges added adding adds admits admitted agreed agrees announced announces "
    "argued argues asked asking asks assured assures attacked attacks believed believes blamed blames blasted called "
    "calling calls claimed claims complained complains concluded concludes confirmed confirms continued continues "
    "criticised criticises criticized criticizes declared declares defended defends denied denies described describes "
    "disagreed disagrees expected expects explained explains feared fears highlighted highlights hoped hopes insisted "
    "insists joked joking mentioned mentions noted notes noting opposed opposes pledged pledges praised praises "
    "predicted predicts promised promises quipped recalled recalls rejected rejects replied replies replying "
    "responded responding responds said say saying says stated states suggested suggests supported supports tell "
    "telling tells think thinking thinks thought told tweeted tweets urged urges vowed vows wanted wants warned warns "
    "writes writing wrote"
)
# Between a speaker and the verb, beside adverbs in -ly: "He later said".
BEFORE_VERB = word_set("again also even further had has later never once then")
