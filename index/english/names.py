"""What names are made of, as tables: first names and their short forms, particles and suffixes."""

from __future__ import annotations

from index.words import word_set

SUFFIXES = word_set("jr sr ii iii iv")
PARTICLES = word_set("al bin da de del della der di dos du el ibn la le ter van von")
# Inside a name that a question gives: "Bill de Blasio".
INNER_PARTICLES = word_set("bin de del dell della den der di dos du ibn van von")
# Forms of one first name, separated by commas: short forms and other spellings.
NICKNAMES = [
    frozenset(line.split())
    for line in """
    abraham abe, alexander alex aleksandr sasha, alfred al, andrew andy drew, anthony tony, barack barry,
    benjamin ben benny, bernard bernie, charles charlie chuck, christopher chris, daniel dan danny, david dave,
    deborah debbie, dmitry dmitri dmitriy, donald don donny, douglas doug, edward ed eddie ted, elizabeth liz beth,
    eugene gene, francis frank, frederick fred, gerald gerry jerry, gregory greg, hillary hilary, james jim jimmy,
    jeffrey jeff, jennifer jen, john jack johnny, jonathan jon, joseph joe, joshua josh, katherine kate katie kathy,
    kenneth ken, lawrence larry laurence, leonard len, matthew matt, michael mike, mitchell mitch, mohammed mohammad
    muhammad, nathaniel nate, nicholas nick, patricia pat, patrick pat, peter pete, philip phil phillip, raymond ray,
    rebecca becky, richard dick rick, robert bob bobby rob, ronald ron, samuel sam, sergei sergey, stephen steve
    steven, susan sue, theodore ted, thomas tom, timothy tim, victor viktor, walter walt, william bill billy will,
    yevgeny evgeny evgeni
    """.split(",")
]
# Ways to spell a sound in names from other alphabets, replaced one after another: Gaddafi and Qadhafi.
SPELLINGS = [
    ("sch", "sh"), ("tch", "ch"), ("kh", "h"), ("gh", "g"), ("dh", "d"), ("zh", "z"), ("ph", "f"), ("ck", "k"),
    ("q", "k"), ("g", "k"), ("w", "v"), ("y", "i"), ("j", "i"), ("ou", "u"), ("oo", "u"), ("ee", "i"), ("aie", "ae"),
]  # fmt: skip
MALE = word_set(
    "aaron abraham adam ahmed al alan albert alex alexander alfred ali allen andrew andy anthony antonin antonio "
    "arnold arthur ash barack barry bashar ben benjamin bernard bernie bill bob bobby boris brad bradley brandon brent "
    "brett brian bruce bryan calvin carl carlos chad charles charlie chris christopher chuck clarence clark cliff "
    "clint corey craig curt dan daniel darrell dave david dean dennis derek devin dick dmitri dmitry don donald doug "
    "douglas drew dustin dwight earl ed eddie edward eli elliott emmanuel eric erik ernest eugene evan frank fred gary "
    "gene geoff george gerald glenn gordon grant greg gregory harold harry harvey henry herman howard hugh hugo ian "
    "isaac ivan jack jacob jake james jared jason jay jeb jeff jeffrey jeremy jerome jerry jesse jim jimmy joe joel "
    "john johnny jon jonathan jorge jose joseph josh joshua juan julian julio justin karl keith ken kenneth kevin "
    "khizr kirk kurt kyle larry lawrence lee leo leon leonard lewis lincoln lou louis luis luke marc marco marcus "
    "mario mark martin marvin matt matthew max michael miguel mike mitch mitt mohamed mohammed muhammad nate nathan "
    "neil newt nicholas nick nigel norman oliver omar osama oscar patrick paul pedro pete peter phil philip pierre "
    "rafael ralph rand randy ray raymond reince rex rick rob robby robert rod rodney roger roland ron ronald ross roy "
    "rudolph rudy russell ryan sam samuel scott sean sebastian sergei seth shane sidney simon stanley stephen steve "
    "steven stuart tad ted terry theodore thomas tim timothy todd tom tommy tony trey troy tyler victor viktor vince "
    "vincent vladimir volodymyr wallace walter warren wayne wesley will william xi yevgeny zack"
)
FEMALE = word_set(
    "abigail alexandra alice alicia alison allison amanda amber amy andrea angela anita ann anna anne annie april "
    "barbara becky beth betsy betty beverly bonnie brenda brooke camille carly carol caroline carolyn catherine cathy "
    "cecile charlotte chelsea cheryl christina christine cindy claire claudia colleen condoleezza connie courtney "
    "crystal cynthia dana debbie deborah debra denise diana diane dianne donna doris dorothy eileen elaine eleanor "
    "elena elise elizabeth ellen emily emma erica erin eva evelyn faith fiona florence frances gail gina gloria grace "
    "gwen hannah heather heidi helen hilary hillary holly hope huma irene isabel ivanka jackie jacqueline jane janet "
    "janice jean jeanne jenna jennifer jenny jessica jill joan joanna jodi joni joyce juanita judith judy julia julie "
    "june karen kate katherine kathleen kathryn kathy katie katrina katy kayla kelly kellyanne kim kimberly kirsten "
    "kristen kristin laura lauren leslie linda lindsay lisa liz lois loretta lori lorraine louise lucy lynn madeleine "
    "maggie mallory maria marie marilyn marissa martha mary maureen megan megyn melania melanie melissa meredith "
    "michele michelle monica nancy naomi natalie nicole nikki nina norma olivia pam pamela patricia paula peggy penny "
    "phyllis rachel rebecca renee rita roberta robin rosa rose ruth sally samantha sandra sara sarah shannon sharon "
    "sheila shirley sonia sophia stacy stephanie susan suzanne sylvia tamara tammy teresa theresa tiffany tina valerie "
    "vanessa vera veronica victoria virginia wendy whitney yvonne zoe"
)
FIRST_NAMES = MALE | FEMALE
# First names that also begin other names and sentences: "Will Congress", "Virginia Beach".
AMBIGUOUS = word_set(
    "april charlotte drew faith florence grace grant hope jordan june lincoln max rose van victoria virginia will"
)
# Tagged as people by the parser, but never people.
NO_PEOPLE = word_set("brexit congress facebook god google instagram medicare obamacare twitter youtube")
# Capitalised after a first name, but not a surname: "Washington University", "Virginia Is".
NO_SURNAMES = word_set("And College Has Is News Of Said Says The Times University Was")
HE = word_set("he him his himself")
SHE = word_set("she her hers herself")
