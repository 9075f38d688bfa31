"""Letters on decisions and objections, in Dutch (B1): what, why, what one can do, whom to call, how to object."""

from activities.letters.texts.words import Long, LongTexts
from domain.facts.referral import Document
from domain.messages.answers import AlternativeForm, DecisionReason
from domain.messages.effects import Letter
from domain.messages.told import Meanwhile

CALL = """\
Heeft u vragen?
Bel {desk}: {phone}. Dat kan {hours}. Noem dan dit nummer: {number}.
Vindt u deze brief moeilijk? Lees hem samen met uw begeleider. Of bel ons, dan leggen wij hem uit."""
OBJECTION = """\
Bent u het niet eens met dit besluit?
U kunt ons bellen. Misschien lossen wij het samen op. U kunt ook bezwaar maken. Dan kijken wij opnieuw naar het \
besluit. Bezwaar maken kan tot en met {until}. Dat is zes weken vanaf de dag nadat wij deze brief stuurden. Die dag \
blijft hetzelfde, ook als u ons belt.

Zo maakt u bezwaar
Stuur een brief naar:
Burgemeester en wethouders van de {municipality}
{objections}
{online}
Zet dit in uw brief:
- uw naam en adres
- de datum
- het nummer {number} en de datum van dit besluit
- waarom u het niet eens bent met het besluit
- uw handtekening
Doe de brief voor of op {until} op de post, of breng hem langs. Iemand anders mag dit voor u doen, als u dat goed \
vindt. Is uw adres geheim? Bel ons dan eerst. Bezwaar maken kost u geen geld.

Het besluit geldt al, ook als u bezwaar maakt. Kunt u niet wachten op ons antwoord? Dan kunt u de rechter vragen om \
snel iets te regelen. Dat heet een voorlopige voorziening. U moet dan ook bezwaar maken. Aan de rechtbank betaalt u \
griffierecht.
Schrijf naar {court}, {court_address}. Gratis uitleg krijgt u bij het Juridisch Loket: {legal_help}."""
APPEAL = """\
Bent u het niet eens met dit besluit?
Dan kunt u naar de rechter. Dat heet beroep. Dat kan tot en met {until}. Dat is zes weken vanaf de dag nadat wij deze \
brief stuurden. Iemand anders mag dit voor u doen, als u dat goed vindt.

Zo gaat u in beroep
Stuur een brief naar:
{court}
{court_address}
Zet dit in uw brief:
- uw naam en adres
- de datum
- het nummer {number}, met een kopie van dit besluit
- waarom u het niet eens bent met het besluit
- uw handtekening
U betaalt griffierecht aan de rechtbank. Heeft u weinig geld? Dan betaalt u soms minder of niets. Kunt u niet wachten? \
Vraag de rechter dan ook om een voorlopige voorziening.
Gratis uitleg krijgt u bij het Juridisch Loket: {legal_help}."""
APPEAL_UPHELD = """\
Vindt u dat dit besluit niet alles goedmaakt?
Bel ons. U kunt ook naar de rechter gaan. Dat heet beroep. Dat kan tot en met {until}. Dat is zes weken vanaf de dag \
nadat wij deze brief stuurden.
Schrijf naar {court}, {court_address}. Zet in uw brief: uw naam en adres, de datum, het nummer {number}, uw reden en \
uw handtekening. Doe er een kopie van dit besluit bij.
Iemand anders mag dit voor u doen, als u dat goed vindt. Aan de rechtbank betaalt u griffierecht."""
WHY = "Waarom?\n{reasons} De regel hiervoor is {ground}."
YOUR_VIEW = "Wat heeft u ons verteld?\n{opinion}"


def _decision(heading: str, what: str, advice: str, *, why: str = WHY) -> Long:
    """Return a decision that was taken after a hearing."""
    return Long(heading, f"{what}\n\n{why}\n\n{YOUR_VIEW}\n\n{advice}", (CALL, OBJECTION), signed=True)


TALK_AGAIN = (
    "Praat met {institution} over waar u kunt wonen. Verandert er iets? Dan kan {institution} u opnieuw aanmelden."
)
LETTERS: dict[Letter, Long] = {
    Letter.REJECTED: _decision(
        "Wij wijzen uw aanvraag af",
        "U krijgt geen urgentie. Wij wijzen uw aanvraag af. Dat betekent dat wij geen woning voor u zoeken.",
        f"Wat kunt u nu doen?\n{TALK_AGAIN}",
    ),
    Letter.NOT_PROCESSED: Long(
        "Wij behandelen uw aanvraag niet",
        "Wij behandelen uw aanvraag niet. Dat betekent dat wij niet kijken of u urgentie krijgt.\n\n"
        "Waarom?\nUw aanvraag was niet compleet. Op {asked_on} vroegen wij om de stukken. "
        "Wij moesten ze hebben voor of op {asked_until}. Deze stukken kregen wij niet:\n{documents}\n"
        "Zonder die stukken kunnen wij niet besluiten. {motivation} "
        "Dit staat in de Algemene wet bestuursrecht, artikel 4:5.\n\n"
        "Wat kunt u nu doen?\nHeeft u de stukken wel? Vraag {institution} om u opnieuw aan te melden. Dat mag meteen.",
        (CALL, OBJECTION),
        signed=True,
    ),
    Letter.NOT_READY: _decision(
        "U kunt nu niet zelfstandig wonen",
        "U krijgt nu geen urgentie. Wij denken dat zelfstandig wonen u nu niet lukt. "
        "Daarom zoeken wij nu geen woning voor u.",
        "Wat kunt u nu doen?\nMaak met {institution} een plan. Bent u later wel klaar? "
        "Dan kan {institution} u opnieuw aanmelden.",
    ),
    Letter.ALTERNATIVE_LIVING_FORM: _decision(
        "Een andere woonvorm past beter bij u",
        "U krijgt geen urgentie voor een eigen woning. Wij denken dat iets anders beter bij u past: {living_form}.",
        "Wat kunt u nu doen?\nPraat hierover met {institution}. Uw begeleider helpt u om een plek te vinden. "
        "Het wijkteam kan ook meedenken{team_phone}.",
    ),
    Letter.REFUSED_LAPSED: _decision(
        "Uw urgentie stopt",
        "Uw urgentie stopt op {day}. Daarna zoeken wij geen woning meer voor u.",
        f"Wat kunt u nu doen?\n{TALK_AGAIN}",
        why="Waarom?\nU zei {count} keer nee tegen een woning, zonder goede reden. {reasons} "
        "De regel hiervoor is {ground}.",
    ),
    Letter.URGENCY_ENDED: _decision(
        "Uw urgentie is gestopt",
        "Uw urgentie stopt op {day}. Daarna zoeken wij geen woning meer voor u.",
        "Wat kunt u nu doen?\nPraat met {institution} over waar u kunt wonen. Is er iets veranderd? "
        "Dan kan {institution} u opnieuw aanmelden.",
    ),
    Letter.URGENCY_WITHDRAWN: _decision(
        "Wij trekken uw urgentie in",
        "Wij trekken uw urgentie in. Uw urgentie stopt op {day}. Daarna zoeken wij geen woning meer voor u.",
        "Wat kunt u nu doen?\nPraat met {institution} over waar u kunt wonen. Kloppen onze gegevens niet? Bel ons.",
    ),
    Letter.CARE_NOT_AVAILABLE: _decision(
        "Er is geen begeleiding voor u thuis",
        "Uw urgentie stopt op {day}. Wij kunnen geen begeleiding voor u vinden. "
        "Zonder begeleiding kunt u nu niet in een eigen woning wonen.",
        "Wat kunt u nu doen?\nPraat met {institution} over waar u kunt wonen. Komt er wel begeleiding? "
        "Dan kan {institution} u opnieuw aanmelden.",
    ),
    Letter.ENDED_LONG_ABSENCE: _decision(
        "Wij stoppen met zoeken",
        "Uw urgentie stopt op {day}. Daarna zoeken wij geen woning meer voor u.",
        "Wat kunt u later doen?\nKunt u weer verhuizen? Dan kunt u opnieuw worden aangemeld. "
        "Heeft u al een woning? Dan verandert er door deze brief niets aan uw huurcontract.",
        why="Waarom?\nU bent voor lange tijd ergens anders. Daarom kunt u nu niet verhuizen. {motivation} "
        "De regel hiervoor is {ground}.",
    ),
    Letter.PLACEMENT_FAILED: _decision(
        "Onze hulp bij het wonen stopt",
        "Onze hulp bij het wonen stopt op {day}. Uw huurcontract stopt hier niet door. "
        "Krijgt u een brief over uw huur? Bel ons dan meteen.",
        "Wat kunt u nu doen?\nBel het wijkteam{team_phone}. Zij helpen u verder, ook bij problemen met de huur.",
    ),
    Letter.OTHER_MUNICIPALITY: Long(
        "Een andere gemeente helpt u verder",
        "{elsewhere} helpt u verder aan een woning. Daarom stoppen wij hier met uw aanvraag.\n\n"
        "Waarom?\nU woonde eerder in {elsewhere}. Die gemeente heeft ja gezegd. {motivation} "
        "De regel hiervoor is {ground}.\n\n"
        "Wat gebeurt er nu?\n{elsewhere} neemt contact met u op. Vindt u het goed? Dan sturen wij uw stukken door. "
        "U hoeft ze niet opnieuw te geven. Hoort u niets? Bel ons.",
        (CALL, OBJECTION),
        signed=True,
    ),
    Letter.DECISION_SENT: Long(
        "Er is een besluit",
        "Wij hebben een besluit genomen. Lees het samen. Bezwaar maken kan tot en met {until}. "
        "Help de cliënt met een plan.",
        (),
    ),
    Letter.OBJECTION_RECEIVED: Long(
        "Wij hebben uw bezwaar ontvangen",
        "Wij hebben uw bezwaar ontvangen op {received_on}. {about}Wij beslissen voor of op {by}.\n\n"
        "Wat gebeurt er nu?\nEerst mag u uitleggen waarom u het niet eens bent. Wij bellen u om een dag af te spreken. "
        "U mag iemand meenemen. Wilt u dat niet? Zeg het ons. Dan kijken wij alleen naar uw brief.\n\n{meanwhile}",
        (CALL,),
        guide="De cliënt heeft bezwaar gemaakt. Wij beslissen voor of op {by}. U mag mee naar het gesprek.",
    ),
    Letter.OBJECTION_UPHELD: Long(
        "U krijgt gelijk: wij maken het besluit goed",
        "U heeft gelijk gekregen. {Our} was niet goed. Dat besluit geldt niet meer.\n\n"
        "Waarom?\n{reasons} De regel hiervoor is artikel 7:11 van de Algemene wet bestuursrecht.\n\n"
        "Wat gebeurt er nu?\n{next} U hoeft hier niets voor te doen.",
        (CALL, APPEAL_UPHELD),
        guide="De cliënt kreeg gelijk. Het oude besluit geldt niet meer. In de brief staat wat er nu gebeurt.",
        signed=True,
    ),
    Letter.OBJECTION_DISMISSED: Long(
        "Ons besluit blijft zo",
        "Wij hebben opnieuw naar {our} gekeken. U krijgt geen gelijk. Ons besluit blijft zo.\n\n"
        "Waarom?\n{reasons} De regel hiervoor is artikel 7:11 van de Algemene wet bestuursrecht.",
        (CALL, APPEAL),
        guide="Wij hebben beslist op het bezwaar. Het besluit blijft zo. De cliënt kan naar de rechter. "
        "In de brief staat tot en met welke dag.",
        signed=True,
    ),
    Letter.OBJECTION_INADMISSIBLE: Long(
        "Wij kunnen uw bezwaar niet behandelen",
        "Wij kunnen uw bezwaar niet behandelen. Daarom kijken wij niet opnieuw naar {our}.\n\n"
        "Waarom?\n{reasons} De regel hiervoor is hoofdstuk 6 van de Algemene wet bestuursrecht.",
        (CALL, APPEAL),
        guide="Wij hebben beslist op het bezwaar. Lees het samen. De cliënt kan naar de rechter. "
        "In de brief staat tot en met welke dag.",
        signed=True,
    ),
    Letter.OBJECTION_WITHDRAWN: Long(
        "Uw bezwaar is gestopt",
        "U heeft ons laten weten dat u stopt met uw bezwaar. {Our} blijft dus zo. Klopt dit niet? Bel ons.",
        (CALL,),
        guide="De cliënt is gestopt met het bezwaar. Klopt dat niet? Bel ons.",
    ),
}
REASONS: dict[DecisionReason, str] = {
    DecisionReason.SKILLS: "U heeft nog hulp nodig om voor uzelf en een huis te zorgen.",
    DecisionReason.CARE_AT_NIGHT: "U heeft ook in de nacht hulp nodig.",
    DecisionReason.TREATMENT_FIRST: "Het is beter dat u eerst uw behandeling afmaakt.",
    DecisionReason.MONEY: "Uw inkomen of uw schulden zijn nog niet geregeld.",
    DecisionReason.SUPPORT_REFUSED: "U wilt geen begeleiding. Die is bij deze woning wel nodig.",
    DecisionReason.SAFETY: "Het is nu niet veilig voor u of voor anderen.",
    DecisionReason.NOT_TARGET_GROUP: "Deze hulp is voor mensen die uit een instelling komen. Dat klopt bij u niet.",
    DecisionReason.NOT_FROM_HERE: "U woonde niet in onze gemeente. Er is ook geen reden om u toch hier te helpen.",
    DecisionReason.DATA_MISSING: "Wij missen gegevens die wij nodig hebben.",
    DecisionReason.DATA_WRONG: "Gegevens die wij kregen, kloppen niet.",
    DecisionReason.REFUSED_SUITABLE: "U zei nee tegen een woning die bij u past.",
    DecisionReason.NO_CARE: "Er is geen begeleiding voor u te vinden.",
    DecisionReason.OTHER: "",
}
"""What a ground says by itself; the words of a person always follow."""
TEXTS = LongTexts(
    letters=LETTERS,
    reasons=REASONS,
    documents={
        Document.CONSENT: "toestemming van de cliënt",
        Document.IDENTITY: "paspoort of identiteitskaart",
        Document.ADDRESS_HISTORY: "uittreksel BRP met oude adressen",
        Document.INCOME_STATEMENT: "bewijs van inkomen",
        Document.READINESS_STATEMENT: "verklaring dat de cliënt klaar is",
        Document.SUPPORT_PLAN: "begeleidingsplan",
    },
    living_forms={
        AlternativeForm.SHELTERED: "beschut wonen",
        AlternativeForm.INTERIM_HOME: "een tussenhuis",
        AlternativeForm.GUIDED: "begeleid wonen",
        AlternativeForm.HOUSING_FIRST: "Housing First: eerst een woning",
        AlternativeForm.STAY: "blijven waar u nu woont",
    },
    other_form="een andere woonvorm",
    opinions={
        "heard": "Op {heard_on} vertelde u wat u van ons plan vindt. Daar hebben wij naar gekeken. Toen besloten wij.",
        "waived": "U wilde niet reageren op ons plan.",
        "did_not_appear": "Wij vroegen u om op ons plan te reageren. U bent niet gekomen.",
    },
    meanwhile={
        Meanwhile.READINESS: "Intussen gaan wij gewoon verder met uw aanvraag.",
        Meanwhile.ASSESSMENT: "Intussen gaan wij gewoon verder met uw aanvraag.",
        Meanwhile.SEARCHING: "Intussen zoeken wij gewoon verder naar een woning.",
        Meanwhile.SUSPENDED: "Intussen zoeken wij niet verder. Wij wachten tot er een besluit is.",
        Meanwhile.HOUSED: "U blijft intussen gewoon in uw woning.",
        Meanwhile.ENDED: "Tot die tijd verandert er niets aan ons besluit.",
        Meanwhile.ELSEWHERE: "Tot die tijd verandert er niets aan ons besluit.",
    },
    next={
        Meanwhile.READINESS: "Wij kijken opnieuw naar uw aanmelding.",
        Meanwhile.ASSESSMENT: "Het wijkteam kijkt opnieuw wat bij u past. Daarna krijgt u een nieuw besluit.",
        Meanwhile.SEARCHING: "Wij zoeken een woning voor u.",
        Meanwhile.SUSPENDED: "Wij zoeken een woning voor u.",
        Meanwhile.HOUSED: "Onze hulp bij het wonen gaat door.",
        Meanwhile.ENDED: "Wij passen het aan in onze gegevens.",
        Meanwhile.ELSEWHERE: "U heeft nu een nieuwe aanmelding. Daarmee gaan wij verder.",
    },
    numbers=("nul", "één", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf"),
    about="Het gaat over ons besluit van {decided_on}. ",
    decision_of="ons besluit van {decided_on}",
    decision="ons besluit",
    subject="Een brief over uw bemiddeling",
    guide_subject="Een brief aan uw cliënt",
    head="{municipality}\n{today}\nNummer: {number}",
    guide_head="U begeleidt de cliënt met nummer {number}. Wij stuurden de cliënt een brief.",
    guide_foot="Lees de brief samen met de cliënt. Vragen? Bel {desk}: {phone}. Dat kan {hours}.",
    call=CALL,
    sign="Met vriendelijke groet,\n\n{desk}\n{municipality}",
    sign_plain="Met vriendelijke groet,\n{municipality}",
    sign_decision="Met vriendelijke groet,\nnamens burgemeester en wethouders van de {municipality},\n\n"
    "{signatory}\n{signatory_title}",
)
