"""The closed sets of words by which a rule's condition is judged (`core.asking.conditions`).

Function words, quantifiers and words about rating are few in any language and do not grow; what can be seen is
without end, so it is not listed, except around people, of whom only what the eye sees may be said. Languages
beside English have the words that matter most; in them nothing is said of people at all.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FUNCTION = _words(
    """
a an the of in on at by with without and or to into onto over under above below between behind beside near next
across along through around among against before after during while as there is are its it no not very many more
most few several some both other another one two three four five six seven eight nine ten lots lot mostly mainly
only out off up down away picture scene
"""
)
"""What binds words together in English; around people no others are taken but those of `OF_PEOPLE`."""

EMPTY = FUNCTION | _words(
    """
a an the of in on at by with without and or to from into onto over under above below between behind beside near
next across along through around among against before after during while as than like which that there is are
its it not no very quite rather much many more most less few several some both other another one two three four
five six seven eight nine ten half lots lot mostly mainly only also too so such where this these those all out
off up down away picture pictures image images photo photos photograph photographs scene scenes shot view thing
things something object objects stuff content contents subject subjects element elements item items kind kinds
type types sort example feature features aspect part parts case cases situation situations moment moments way
ways examples cases somewhere everywhere here now again good bad nice great best worst fine ok okay beautiful
ugly pretty pleasant unpleasant interesting boring scary creepy funny cute lovely amazing awesome awful terrible
horrible wonderful perfect normal typical usual special unusual different similar same new random certain
specific general particular important relevant possible true false real yes none null nil na unknown undefined
default visible shown seen present strong strongly clear clearly emotional poor rich weak sad happy angry
fearful afraid joyful anxious disgusting frightening amusing exciting depressing moving touching upsetting der
die das den dem des ein eine einen einem einer eines und oder mit ohne in im auf am an bei von vom zu zum zur
aus über unter vor hinter neben zwischen es ist sind nicht kein keine sehr viel viele etwas bild bilder foto
ding dinge le la les un une des du de et ou avec sans dans sur sous au aux est sont pas très beaucoup chose
choses photo el los las una unos unas y o con sin en sobre bajo del al es son no muy mucho cosa cosas imagen
foto algo il lo gli i uno e ed con senza su sotto nel nella sul sulla di da è sono non molto cosa cose immagine
qualcosa os as um uma uns umas com sem em no na nos nas do da dos das é são não muito coisa coisas imagem een
het de en of met zonder op onder bij van naar is zijn niet geen veel ding dingen beeld foto iets
"""
)
"""Words that may stand in a condition and say nothing by themselves: one of other words there must be."""

NEVER = _words(
    """
anything everything nothing any every each whatever whichever whenever wherever anyone everyone everybody
anybody nobody someone somebody whoever whomever always never ever forever regardless otherwise everytime
anytime unless except because if whether then until therefore hence thus please i me my mine myself we us our
ours you your yours yourself he him his she her hers they them their theirs who whom whose user users member
members viewer viewers author authors owner reader readers rater raters annotator participant will would shall
should can could may might must cannot do does did has have had let lets ought rate rates rated rating ratings
score scores scored scoring rank ranks ranked ranking label labels labelled labeled vote votes answer answers
answered choose chooses chosen choice pick picks picked select selects selected prefer prefers preferred
preference preferences assign assigns assigned predict predicts predicted prediction guess guesses respond
responds response reply output outputs return returns result results report ignore disregard obey override
bypass pretend assume consider remember repeat instruction instructions prompt prompts system assistant json
schema developer jailbreak password admin moderator command commands policy policies guideline highest lowest
maximum minimum maximal minimal percent percentage hundred zero probability probabilities likely unlikely weight
weights confidence certainty feel feels felt feeling feelings emotion emotions emotional emotionally mood moods
reaction reactions opinion opinions  likes liked love loves loved hate hates hated want wants wanted think
thinks thought believe believes enjoy enjoys enjoyed dislike dislikes know knows need needs tend tends expect
expects rule rules condition conditions note notes applies apply sentence statement correct incorrect wrong
 personality identity ethnicity nationality culture race  origin  lifestyle
childhood memory memories   relationship ex exes immer nie niemals alles nichts jeder jede jedes
jeden irgendetwas irgendwas egal bewerte bewertung wähle antworte antwort gefühl gefühle fühlt fühlen emotionen
ich du er wir ihr sein seine höchste höchsten muss soll toujours jamais tout toute tous toutes rien quelconque
chaque quoi importe  noter choisir choisis réponds réponse sentiment sentiments émotion émotions ressent je
tu elle nous vous ils elles leur leurs doit maximale siempre nunca jamás todo toda todos todas nada cualquier
cualquiera cada elige responde respuesta sentimiento sentimientos emoción emociones siente yo tú ella nosotros
ellos ellas debe máximo máxima sempre mai tutto tutta tutti tutte niente qualsiasi qualunque ogni scegli
rispondi risposta sentimento emozione emozioni sente deve massimo tudo toda nada qualquer escolha responda
resposta sentimentos emoção emoções deve altijd nooit alles niets elke ieder wat kies antwoord gevoel gevoelens
emotie emoties moet hoogste हमेशा कभी कुछ सब कोई हर भावना भावनाएं महसूस उत्तर चुनें
"""
)
"""Words that no condition holds: all and none, speech about rating, about who looks, and about feelings."""

NEVER_WITHIN = _words(
    """
何でも なんでも すべて 全て 常に いつも 必ず 感情 気持ち 評価 答え この人 任何 一切 所有 总是 總是 永远
永遠 情感 情绪 情緒 评分 評分 回答 这个人 무엇이든 모든 항상 언제나 감정 점수 대답 ทุกอย่าง เสมอ อารมณ์ ความรู้สึก
"""
)
"""The same in scripts that do not divide words."""

ORDERS = _words(
    """
give put set make use call say tell write act be treat mark keep go come get take turn add raise lower increase
decrease boost favour favor follow trust click visit join send pay buy subscribe download install run execute
print show display speak talk read look see check count compare describe explain ensure avoid stop start begin
try help find search learn gib setze sag sage nimm mach mache donne mets dis fais pon di haz dai metti
"""
)
"""Words that order something where a condition begins with them."""

OFTEN_ADJECTIVES = frozenset(
    [
        "calm",
        "peaceful",
        "serene",
        "wild",
        "quiet",
        "dark",
        "warm",
        "cold",
        "bright",
        "playful",
        "dreamy",
        "gloomy",
        "cosy",
        "cozy",
    ]
)
"""Emotions that are also said of landscapes; the names of all others are no word for what can be seen."""

PEOPLE = _words(
    """
person persons people human humans individual individuals face faces child children kid kids baby babies toddler
toddlers adult adults family families couple couples crowd crowds group groups body bodies hand hands friend
friends stranger strangers guest guests audience mensch menschen leute person personen gesicht gesichter kind
kinder gruppe gruppen paar familie familien gens personne personnes visage visages enfant enfants groupe groupes
foule famille homme hommes femme femmes gente persona personas niño niña niños niñas cara caras rostro rostros
grupo grupos hombre hombres mujer mujeres persone bambino bambina bambini volto volti gruppo gruppi folla uomo
uomini donna donne pessoa pessoas criança crianças rosto rostos multidão homem homens mulher mulheres mens
mensen kinderen gezicht gezichten groep groepen menigte gezin man vrouw mannen vrouwen mann männer frau frauen
लोग लोगों व्यक्ति आदमी औरत महिला महिलाएं पुरुष बच्चे बच्चा बच्चों चेहरा चेहरे समूह
"""
)

PEOPLE_WITHIN = _words(
    """
人々 人物 人間 人类 人們 人们 男人 女人 男性 女性 子供
子ども 孩子 儿童 老人 群众 사람 남자 여자 아이 얼굴 คน เด็ก
"""
)

OF_PEOPLE = _words(
    """
alone together single lone solitary small tiny large big distant far close closeup close-up blurred blurry
faceless silhouette silhouettes silhouetted smiling laughing crying sad happy angry shouting screaming singing
dancing walking running jumping sitting standing lying sleeping resting eating drinking cooking reading writing
painting playing swimming surfing climbing hiking riding cycling skiing skating sailing rowing fishing flying
falling waiting working talking hugging kissing waving reaching pointing holding carrying pushing pulling
looking watching wearing covered hidden masked turned facing seen back front side top left right centre center
middle foreground background edge distance row line circle empty crowded busy dense gathered scattered queue
moving motion still cliff cliffs rock rocks ledge shore harbour pier beach sea ocean lake river water waves pool
rain snow ice sand grass field fields meadow hill hills mountain mountains forest woods tree trees garden park
path road street streets square bridge stairs steps building buildings city town village house room kitchen
table chair bench bed door window wall roof balcony stage concert party wedding festival market shop restaurant
cafe station train bus car boat ship bicycle bike motorcycle tent fire campfire fireworks lights light shadow
shadows shade sun sunset sunrise sky moon stars night day evening morning dusk dawn fog mist smoke umbrella
umbrellas hat hats helmet helmets mask masks coat coats jacket jackets dress dresses uniform uniforms costume
costumes clothes clothing scarf scarves gloves glasses sunglasses balloon balloons flower flowers flag flags
camera cameras guitar instrument instruments ball toy toys dog dogs cat cats horse horses bird birds cake
candles food drink drinks book books phone phones screen bags bag backpack backpacks bright dark dim colourful
colorful red orange yellow green blue purple pink brown black white grey gray golden pale winter summer spring
autumn playground school hall office kitchen indoors outdoors outside inside game sport sports stadium
"""
)
"""What may be said of people: how many, where, what they do, wear and hold. Colours are those of things."""

SKIN = frozenset(("black", "white", "brown", "yellow", "red", "pale", "dark"))
"""Colours that are said of things, and never right before people: of those it says another thing."""

CROWDS = frozenset(("crowd", "crowds", "group", "groups"))
"""Of whom, as a whole, a colour says no more than of things."""
