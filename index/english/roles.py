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
    acting: adm:admiral admiral:admiral amb:ambassador ambassador:ambassador attorney:attorney brig: capt:captain
    captain:captain chairman:chairman chairwoman:chairwoman chancellor:chancellor chief:chief cmdr:commander
    col:colonel colonel:colonel congressman:congressman congresswoman:congresswoman dame: deputy: dr:doctor elect: ex:
    father:priest former: fr:priest gen:general general:general gov:governor governor:governor hon: judge:judge
    justice:justice king:king lady: late: lieutenant:lieutenant lord: lt:lieutenant madam: maj:major major:major
    mayor:mayor minister:minister miss: mr: mrs: ms: nominee:nominee pastor:pastor pope:pope pres:president
    president:president prime: prince:prince princess:princess prof:professor professor:professor queen:queen
    rep:representative representative:representative representatives:representative rev:reverend reverend:reverend
    secretary:secretary sen:senator senator:senator senators:senator sgt:sergeant shadow: sheriff:sheriff sir:
    speaker:speaker state: then: vice:
    """.split()
)
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
    "aide ally ant attorney chair chief coach ee er friend head hopeful host ian ic ist ive judge lady man mogul or "
    "person rival secretary star woman"
)
# Nouns for groups that speak: "the Trump campaign".
COLLECTIVES = word_set(
    "administration agency army association bank board campaign center centre commission committee company "
    "corporation council court department foundation government group headquarters institute institution magazine "
    "ministry network newspaper office organisation organization paper party police report site team union "
    "university website"
)
# What speaks without being a person or a group: "The survey showed". Their owner speaks: "a report by Ofcom".
REPORTS = word_set(
    "account analysis article column assessment audit autobiography biography blog book data datum document "
    "editorial estimate figure finding forecast inquiry interview investigation journal leaflet letter manifesto "
    "memo memoir memorandum note paper poll projection publication report research result review statement "
    "statistic study survey test transcript"
)
# What names of bodies end in: nobody is called "Manchester United".
BODY_ENDINGS = word_set(
    "academy airlines airways albion alliance associates athletic authority bancorp brothers capital city "
    "communications congress consulting corp county electric electronics energy entertainment enterprises express "
    "fc films foods fund gallery games gas gazette guardian herald holdings hospital hotspur house inc industries "
    "institute interactive international investment investments journal laboratories labs ltd mail mirror motors "
    "museum news nations oil orchestra parliament partners petroleum pharmaceuticals pictures plc post productions "
    "rangers records registry research resources rovers securities senate services software solutions standard "
    "steel stores street studios systems technologies technology telecom telegraph telegram theatre theater times "
    "town tribune tv united utilities ventures villa wanderers watch wednesday works"
)
# Behind a noun that says what a name is of: "Munich Re, the insurer that", but not "On Friday, the insurer said".
AFTER_KIND = word_set("at based behind by for in of on owned run that which with")
# What a name beside one of these nouns is of: the film "Wasp" is nobody.
WORKS = word_set(
    "album anthem ballad bestseller biopic book cartoon classic comedy documentary drama epic film game hit movie "
    "musical novel opera programme remake romance sequel series show single sitcom soap song thriller track trilogy "
    "western"
)
# Before the colon of a transcript, they are no names.
VOICES = word_set(
    "all announcer answer audience both caller chair clip court crowd everyone female group host interviewer male "
    "moderator narrator operator participant presenter question questioner respondent speaker staff translator "
    "unidentified unknown video voice"
)
# They speak for their owner: "an Ofcom spokesman", "a spokeswoman for the bank".
SPOKESMEN = word_set("representative spokesman spokesperson spokespeople spokeswoman")
# Before a role, they make it another one: a shadow chancellor is not the chancellor.
OTHER_OFFICE = word_set(
    "acting assistant associate deputy designate elect ex former junior late outgoing prime shadow then vice"
)
# Families of bodies, each with the nouns that stand for any of it after "the", and the others.
FAMILIES = [
    tuple(map(word_set, line.split("/")))
    for line in """
    company firm group business / corporation giant airline automaker bank brewer broadcaster builder carmaker carrier
    chain conglomerate consortium developer distributor exchange insurer label lender maker manufacturer operator
    producer publisher reinsurer retailer specialist start-up studio subsidiary supermarket supplier
    | party /
    | government administration / regime
    | organisation organization body agency / association authority board charity coalition commission committee
    consortium council department federation forum foundation institute institution ministry regulator society
    think-tank tribunal trust union watchdog
    | / newspaper paper magazine broadcaster channel network programme station website site tabloid
    | / team club side squad
    | / court
    | / university college school
    """.split("|")
]
FIRMS = FAMILIES[0][0] | FAMILIES[0][1]
# Nouns for what speaks without being a person.
BODY_NOUNS = COLLECTIVES | REPORTS | frozenset(word for family in FAMILIES for nouns in family for word in nouns)
# More nouns for people, which no ending shows.
PEOPLE = word_set(
    "adolescent client correspondent dissident incumbent opponent parent patient president resident respondent "
    "student adult advocate analyst boss bystander candidate captain celebrity citizen colleague couple critic "
    "crowd delegate expert family fan figure folk guest guy hero individual kid lad locals man mate many member "
    "most mp mum neighbour neighbor observer other others parent people police politician public pundit relative "
    "resident royal skipper soldier someone source staff superdelegate supporter team-mate teammate those tory trio "
    "troops twin victim viewer voter whistleblower whistle-blower witness worker youth mp mep msp economist"
)
# Professions and positions: a name beside one of these is a person's.
PROFESSIONS = word_set(
    "academic accountant activist adviser advisor agent aide ambassador analyst anchor architect archaeologist "
    "astronaut astronomer attorney auditor banker barrister biologist bishop blogger boss broker builder butcher "
    "campaigner cardinal cashier chairman chairperson chairwoman chancellor chef chemist choreographer cleric "
    "climatologist co-author co-chair co-founder columnist commander commentator commissioner competitor composer "
    "conductor conservationist consultant coordinator correspondent councillor counsel critic curator cyclist "
    "dancer dean delegate democrat deputy designer detective developer diplomat director doctor driver ecologist "
    "economist editor engineer entrepreneur envoy ethicist executive expert farmer filmmaker fisherman founder "
    "geologist governor guitarist head historian imam inspector interpreter investigator investor journalist judge "
    "justice lawmaker lawyer leader lecturer legislator librarian manager mayor mediator merchant meteorologist "
    "minister monk musician negotiator neurologist newsreader novelist nurse officer official operator opponent "
    "organiser organizer owner painter paramedic partner pastor pathologist philosopher photographer physician "
    "physicist pianist pilot poet politician pollster premier president priest principal producer professor "
    "programmer prosecutor psychologist publicist pundit rabbi referee regulator reporter representative republican "
    "researcher resident reviewer rival scholar scientist sculptor secretary senator sergeant sheriff singer "
    "sociologist soldier solicitor specialist spokesman spokesperson spokeswoman statistician strategist student "
    "superintendent surgeon teacher technician tenant trader treasurer trustee undersecretary veteran victim "
    "violinist virologist volunteer witness worker"
)
# What ends like a noun for a person but is none.
NO_BEARERS = word_set(
    "alternative archive arithmetic behavior bookseller clinic coffee color comic committee covenant decor degree "
    "directive door drive epic executive-order fabric fee floor giant grant guarantee harbor horror incentive "
    "initiative knee labor logic major minor motive music narrative objective panic perspective plant public republic "
    "restaurant rhetoric rumor sector spree statistic tactic terror topic tractor traffic tree vector warrant bumper "
    "chapter copper eager former higher latter longer lower older order outer power upper younger answer border center "
    "chapter character cluster computer corner counter cover danger dinner disaster error factor filter floor folder "
    "layer letter matter monitor motor number offer order paper poster power printer processor quarter register river "
    "sector semester sensor server summer supper thriller tower trailer transfer transistor water weather winter"
)
# Before a description, they make it somebody else than the one spoken of.
ANOTHER = word_set("another latter new next other previous rival second third")
# With "the", whoever was spoken of last, if nobody is said to be one. No offices: nobody becomes "the minister" here.
ANYONE = word_set(
    "actor actress artist athlete author bowler boy captain centre champion coach comedian comic defender director "
    "favourite film-maker filmmaker fighter flanker footballer forward girl goalkeeper guitarist hooker keeper "
    "legend lock man manager midfielder musician newcomer novelist number player playmaker pop presenter prop "
    "rapper rocker runner scrum-half seed singer skipper songwriter sprinter star starlet striker swimmer teenager "
    "thrower veteran winger winner woman writer youngster"
)
# After a name: "Frank Field MP".
POSTNOMINALS = frozenset("CBE KBE MBE MEP MP MPs MSP OBE PhD QC TD".split())
# Words that stand for one thing in a role: the Tory leader is the Conservative one. The first is used for all.
SAME_WORDS = {
    word: line.split()[0]
    for line in """
    conservative tory conservatives tories, labour, liberal lib-dem lib, democratic democrat, republican gop,
    american us u.s, british uk britain, russian russia, french france, german germany, turkish turkey, iranian iran,
    israeli israel, chinese china, japanese japan, indian india, italian italy, spanish spain, english england,
    scottish scotland, welsh wales, irish ireland, australian australia, ukrainian ukraine, syrian syria
    """.split(",")
    for word in line.split()
}
# Beside an office, more that a capitalised word before a name may be: "MP", "Leader".
HEADS = OFFICES | word_set("captain chancellor coach leader")
# With these behind a hyphen, a word is no part of a name: "Paris-based".
JOINED = word_set("based born led owned")
# Printed, they speak for what they are printed in: "a review in the New York Times".
PRINTED = word_set("article column editorial interview letter report review")
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
