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
    "aaron abdallah abdul abdulaziz abdullah abe abraham adam adel adolfo adrian adriano ahmad ahmed ahmet akio "
    "akira al alain alan alastair albert alberto aldo alec alejandro aleksandar aleksandr alessandro alex alexander "
    "alexandre alexei alexey alexis alfonso alfred alfredo ali alistair allan allen alonso alvaro amadou amir amit "
    "anatoly anders andre andreas andrei andrew andrey andrzej andy angus anil anthony antonin antonio anwar "
    "apostolos archie ari aristide armand armando arne arnold arsene arthur arturo arun arvind ash ashok atul "
    "augusto avi axel ayman aziz baptiste barack barry bart bartholomew bashar bastian bela ben benedict benito "
    "benjamin benoit bernard bernardo bernie bertrand bill bjorn bob bobby bogdan boris brad bradley brandon "
    "brendan brent brett brian bruce bruno bryan burak callum calvin carl carlo carlos carlton cedric cesar chad "
    "charles charlie chester chinedu chris christian christophe christopher christos chuck clarence clark claude "
    "claudio clement cliff clifford clint clive colin connor conor constantin corey craig cristian cristiano curt "
    "cyril cyrus dale damian damien damon dan daniel daniele danilo danny dario darius darrell darren dave david "
    "davide dean declan deepak demetrius dennis denzel derek devin dick didier diego dieter dietmar dimitri "
    "dimitris dirk dmitri dmitry dmytro domenico dominic dominik don donald donnacha doug dougie douglas drew "
    "duncan dusan dustin dwayne dwight eamon eamonn earl ed eddie edgar edmund eduardo edward edwin egor ehud eirik "
    "eli elias elijah elliot elliott elon emanuele emil emilio emmanuel emmerson emre enda enrico enrique erdem "
    "eric erik erling ernest ernesto esteban ethan etienne eugene eugenio evan evgeny ewan fabian fabio fabrice "
    "faisal farid farouk ferdinand fergus fernando fidel filip filippo finn florian floyd francesco francis franck "
    "francois frank frans franz fred freddie frederic frederick fritz gabriel gareth garth gary gaston gavin gene "
    "gennady geoff geoffrey georg george georges georgi georgios gerald gerard gerardo gerhard gert gianluca gianni "
    "gil gilbert gilles giorgio giovanni giulio giuseppe glenn gonzalo gordon graeme graham grant greg gregory "
    "grigory guido guillaume guillermo gunnar gunter gustav gustavo hakan hamid hamish hans hans-peter harald haris "
    "harold harry haruki harvey hashim hassan hector heinrich helmut hendrik hennie henri henrik henry herbert "
    "herman hideki hiroshi hisham horst hosni hossein howard howie hubert hugh hugo humphrey hussain hussein ian "
    "ibrahim igor ilham ilya imran ingmar inigo isaac isaiah ismail istvan ivan ivo iyad jacek jack jackson jacob "
    "jacques jaime jake jakob jakub jamal james jan janos jared jarek jaroslaw jason javier jay jean-claude "
    "jean-marc jean-marie jean-michel jean-paul jean-philippe jean-pierre jeb jed jeff jeffrey jeremiah jeremy "
    "jermaine jerome jerry jerzy jesper jesse jim jimmy joachim joao joaquin jochen joe joel joerg johan johann "
    "johannes john johnny jon jonas jonathan jonny joost jordi jorg jorge jose josef joseph josh joshua jozef juan "
    "jules julian julien julio junichi jurgen justin kamal kareem karim karl karl-heinz katsuya kazuo keir keith "
    "kemal ken kenji kenneth kevin khaled khalid khizr kieran kilian kirk klaus klemens koichi konstantin kostas "
    "kris krzysztof kumar kurt kwame kwasi kyle lachlan lamar larry lars laszlo laurent lawrence lee leif lennart "
    "leo leon leonard leonardo leonid leopold levi lewis liam lincoln lionel lloyd lorenzo lothar lou louis luc "
    "luca lucas luciano ludovic luigi luis lukas lukasz luke lyndon maciej magnus mahesh mahmoud mahmud malcolm "
    "malik manfred manmohan manny manoj manuel marc marcel marcelo marcin marco marcus marek mariano mario mark "
    "marko markus marouane martin marty marvin massimo mateo mathias mathieu matt matteo matthew matthias matti "
    "maurice mauricio mauro max maxim maxime mehdi mehmet mervyn michael michal michel miguel mihai mikael mike "
    "mikhail mikko miklos milan milos miroslav mitch mitt mohamad mohamed mohammad mohammed mohan montgomery "
    "mordechai moritz morris morten moshe muhammad murray mustafa nabil naftali naguib narendra nasser nate nathan "
    "nawaz neil neville newt nicholas nick nicola nicolae nicolas niels nigel nikita nikolai nikolaus nikolay nikos "
    "nils nir noah norman nouri olaf ole oleg oleksandr oliver olivier olof olusegun omar orlando orrin osama oscar "
    "oskar osman otto owen ozgur paavo pablo paddy palle paolo pascal pasquale patrice patrick patrik paul pavel "
    "pawel pedro pekka pep percy perry pervez pete peter petr petro petter phil philip phillip pierre piers pieter "
    "pietro piotr prakash pranab quentin quincy radek rafa rafael rafal rafiq rahul raj rajesh rajiv rakesh ralf "
    "ralph ramesh ramon ramzan rand randy raoul rashid raul ravi ray raymond recep reince reinhard reinhold remi "
    "renato rene reuben rex rhys ricardo riccardo richie rick rishi riyad rob robbie robby robert roberto rocco rod "
    "rodney rodolfo rodrigo rogelio roger rohan roland rolf roman romano romelu ron ronald ronaldo ronan ronny rory "
    "ross rowan roy ruben rudi rudolph rudy rui rupert ruslan russell ryan saad saddam salman salvador salvatore "
    "sam samir samuel sandeep sandor sanjay sanjeev santiago satoshi saul scott sean sebastian sebastien selim "
    "serge sergei sergey sergio seth shane shaun shawn shigeru shimon shinzo sidney sigmar silvio simeon simon "
    "simone sinan slobodan soren spencer srdjan stan stanislav stanley stefan stefano steffen stelios stephane "
    "stephen steve steven stewart stuart sunil suresh svein sven syed tad tadeusz takeshi tariq tayyip ted teemu "
    "terence terrence terry thabo thaddeus theo theodore thierry thomas thorsten tiago tibor tim timothy tobias "
    "tobin todd todor tom tomas tomasz tommaso tommy toni tony torsten trevor trey tristan troy tsvetan tyler "
    "tyrone ulrich umar umberto uwe vaclav vadim valentin valery vasily vassilis venkat vernon victor viktor vince "
    "vincent vincenzo vinod vitaly vivek vladimir vladislav vojislav volker volodymyr walid wallace walter warren "
    "wasim wayne werner wesley wilfried wilhelm will willem william willy winston wladimir wojciech wolfgang xavier "
    "xi yahya yair yannick yannis yasser yasuo yevgeny yiannis yitzhak yoav yoshihiko youssef yukio yuri yusuf yves "
    "zach zachary zack zbigniew zdenek zeljko zinedine zoran zygmunt"
)
FEMALE = word_set(
    "abby abigail ada adela adele adriana agatha agnes agnieszka aileen aisha alana alba alejandra alessandra alexa "
    "alexandra alexia alice alicia alina alison aliya allison allyson alma amal amalia amanda amara amber amelia "
    "amelie amina amira amrita amy ana anabel anastasia andrea angela angelica angelika angelina angie anika anita "
    "anja anke ann anna anne annegret anneliese annette annie annika anthea antoinette antonella antonia anya april "
    "arabella arancha ariana ariane arlene arundhati asha ashleigh asma astrid audrey augusta ava ayesha aylin ayse "
    "barbara barbra beata beatrice beatriz becky belinda benazir berit bernadette bernice bertha beryl bess beth "
    "betsy betty beverly bianca birgit birgitta blanca bobbie bonnie brenda bridget brigid brigitte britta bronwyn "
    "brooke caitlin camilla camille candice cara carla carly carmen carol carole carolina caroline carolyn "
    "cassandra catalina catarina caterina cath catharina catherine cathy cecile cecilia celia celine chantal "
    "charlene charlotte chelsea cherie cheryl chiara chloe christa christiane christina christine chrystia ciara "
    "cindy claire clara clarissa claudia clementine colette colleen conchita condoleezza connie consuelo cora "
    "cordelia corinne cornelia courtney cristina crystal cynthia dagmar dagny dalia dana daniela danielle daphne "
    "daria darlene deanna debbie deborah debra deirdre delia delphine denise desiree diana diane dianne dilma dina "
    "dinah dolly dolores dominika donna dora doreen doris dorothea dorothy dorte dulce edith edna edwina eileen "
    "ekaterina elaine eleanor elena eleni eleonora elif elinor elisabeth elise elissa eliza elizabeta elizabeth "
    "ella ellen ellie elsa elsie emilia emilie emily emma emmanuelle erica erika erin esme esperanza estelle esther "
    "ethel eugenie eunice eva evangeline eve evelyn evie ewa faith fatima fatma fatou federica felicia fernanda "
    "fiona flavia flora florence fran frances francesca francine franziska freya frida frieda gabriela gabriella "
    "gabrielle gail galina gemma genevieve georgina geraldine gerda germaine gertrude gillian gina ginny gisela "
    "gisele giulia glenda gloria golda grace graciela greta gretchen grete guadalupe gudrun gwen gwendolyn gwyneth "
    "hailey halle hanan hanna hannah hannelore harriet hattie hayley heather hedwig heidi heike helen helena helene "
    "helga helle henrietta hermione hilary hilda hillary hiroko holly hope huma ida ilana ilse imelda imogen ina "
    "indira ines inga inge ingeborg ingrid inna ioana iona irena irene irina irma isabel isabella isabelle isla "
    "ivana ivanka jacinda jacinta jackie jacqueline jacqui jada jami jana jane janelle janet janice janine jasmine "
    "jayne jean jeanette jeanne jeannie jemima jenna jenni jennifer jenny jessica jette jill joan joanna joanne "
    "jodi joelle johanna joni josefina josephine josie jovita joyce juana juanita judith judy julia juliana juliane "
    "julie juliet juliette june justine karen kari karin karina karla karolina karrie kasia katarina kate katerina "
    "katharina katharine katherine kathleen kathrin kathryn kathy katie katja katrin katrina katrine katy katya kay "
    "kaye kayla kayleigh keiko keira kelli kelly kellyanne kendra kerstin khadija kiera kimberley kimberly kirsten "
    "kirstie kirsty kitty klara kristen kristi kristin kristina kristine ksenia lana lara larisa larissa latifa "
    "latoya laura lauren laurie lavinia layla lea leah leila lena leona leonie leonora leslie leticia letitia liane "
    "lidia liesbeth lila lilian liliana lillian lily lina linda lindsay linnea lisa lisbeth lise liv livia liz lois "
    "lola lorena lorenza loretta lori lorna lorraine lotta lotte louisa louise lubna lucia luciana lucie lucille "
    "lucinda lucy ludmila luisa luise lulu lydia lynda lyndsey lynette lynn lynne mabel macarena madeleine madeline "
    "madonna magda magdalena maggie maia maisie malala malin mallory mandy manuela mara marcela marcia margaret "
    "margarita margherita margot margrethe marguerite mari maria mariam mariana marianne marie mariella mariko "
    "marilyn marina maris marisa marisol marissa marit marita marjorie marlene marta martha martina mary maryam "
    "mathilde matilda maud maura maureen maxine maya mayumi meera meg megan meghan megyn melania melanie melinda "
    "melissa mercedes meredith meryl mette mia michaela michele michelle mika mila mildred milena millie mimi mina "
    "mira miranda miriam moira mollie molly mona monica monika montserrat muriel myra myriam myrna nada nadezhda "
    "nadia nadine nadja naima nana nancy nanette naomi natalia natalie natalya natascha natasha nathalie neelam "
    "nell nelly nerys nia nicky nicole nicolette nigella nikki nilsa nina nisha noor nora noreen noriko norma nuala "
    "nuria odette olena olga olivia olympia oona ophelia oprah orla ornella ottilie padma paloma pam pamela paola "
    "patricia patsy patti patty paula paulette paulina pauline peggy penelope penny petra phoebe phyllis pippa "
    "polly portia preeti priscilla priti priya queenie rachael rachel raisa ramona rania raquel rashida rebecca "
    "reese regina reina renata renee rhiannon rhoda rhona rhonda ricarda rigoberta rikke rina rita roberta robin "
    "rochelle romina romy rona rosa rosalie rosalind rosalyn rosamund rosanna rosanne rose roseanne rosemary "
    "rosetta rosie rowena roxana roxanne rukhsana rupa ruth sabina sabine sabrina sade sadie sagal sahar saira "
    "sally salma samantha samira sandie sandra sanna saoirse sara sarah saskia satu scarlett selena selina selma "
    "serena shaheen shami shannon sharmila sharon shauna shazia sheena sheila shelley shelly sherri shirin shirley "
    "shona sian sibylle sidonie sienna sigrid sile silje silvana silvia simona sinead siobhan siri siti sofia "
    "solange soledad sonia sonja sonya sophia sophie soraya stacey stacy stefania stefanie stella steph stephanie "
    "sue sumaya sunita sunniva suraya susan susana susanna susanne susie suzan suzanna suzanne suzy svetlana sybil "
    "sylvia sylvie tabitha talia tamar tamara tammy tamsin tania tanja tansu tanya tara tatiana tatyana tawakkol "
    "teresa tess tessa thandie thea thelma theodora theresa therese thora tiffany tilda tilly tina tracey tracy "
    "trish trisha trudy tuula twiggy tyra ulla ulrike una ursula usha valentina valeria valerie vanda vandana "
    "vanessa vera verena veronica vicki vicky victoria vida vigdis viola virginia virginie virna viveka vivian "
    "viviane vivien vivienne wanda wangari wendy whitney wilhelmina wilma winifred winnie winona xenia yael yana "
    "yasmin yasmine yelena yevgenia ylva yoko yolanda yoshiko yulia yvette yvonne zaha zahra zainab zara zaynab "
    "zeinab zelda zena zita zoe zora zsuzsa zuzana"
)
FIRST_NAMES = MALE | FEMALE
# First names that also begin other names and sentences: "Will Congress", "Virginia Beach".
AMBIGUOUS = word_set(
    "angel april austin cameron carlton carolina charlotte chester christian diego drew faith florence grace grant "
    "hope jackson jordan june lincoln lorenzo max mercedes milan morgan orlando perry roman rose salvador santiago "
    "sofia van victoria virginia will"
)
# Tagged as people by the parser, but never people.
NO_PEOPLE = word_set("brexit congress facebook god google instagram medicare obamacare twitter youtube")
# Capitalised after a first name, but not a surname: "Washington University", "Virginia Is".
NO_SURNAMES = word_set("And College Has Is News Of Said Says The Times University Was")
HE = word_set("he him his himself")
SHE = word_set("she her hers herself")
