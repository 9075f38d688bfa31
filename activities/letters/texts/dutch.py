"""Our letters in Dutch (B1)."""

from activities.letters.texts.words import Phrases, Texts, Words
from domain.facts.tasks import TaskKind
from domain.messages.effects import Letter

TASKS: dict[TaskKind, str] = {
    TaskKind.CHECK_READINESS: "de aanmelding controleren",
    TaskKind.SUPPLEMENT: "de ontbrekende stukken sturen",
    TaskKind.DECIDE_INCOMPLETE: "besluiten over de onvolledige aanmelding",
    TaskKind.REVIEW_READINESS: "opnieuw kijken of de cliënt klaar is",
    TaskKind.DETERMINE_ORIGIN: "bepalen uit welke gemeente de cliënt komt",
    TaskKind.AWAIT_TRANSFER: "het antwoord van de andere gemeente vragen",
    TaskKind.ASSESS: "de beoordeling doen",
    TaskKind.EXTEND_DECISION_TERM: "laten weten dat het besluit later komt",
    TaskKind.HEAR_CLIENT: "met de cliënt praten over het plan voor een besluit",
    TaskKind.DECIDE_OBJECTION: "beslissen op het bezwaar",
    TaskKind.AWAIT_PLACE: "een plek zoeken binnen het maximum",
    TaskKind.MAKE_OFFER: "een passende woning kiezen",
    TaskKind.EXTEND_URGENCY: "besluiten of de urgentie langer geldt",
    TaskKind.CONFIRM_OFFER: "het aanbod bevestigen",
    TaskKind.PLAN_VIEWING: "een dag afspreken om de woning te bekijken",
    TaskKind.HOLD_VIEWING: "de woning bekijken",
    TaskKind.ANSWER_OFFER: "antwoord geven op het aanbod",
    TaskKind.RESOLVE_NO_ANSWER: "de cliënt bellen over het aanbod",
    TaskKind.JUDGE_REFUSAL: "beoordelen waarom de cliënt nee zei",
    TaskKind.SIGN_LEASE: "het huurcontract tekenen",
    TaskKind.JUDGE_FRAUD: "beoordelen wat de corporatie vermoedt",
    TaskKind.NAME_RECEIVING_TEAM: "kiezen welk wijkteam de cliënt ontvangt",
    TaskKind.CONFIRM_SUPPORT: "de startdatum van de begeleiding doorgeven",
    TaskKind.AWAIT_RETOUR: "een bericht van de gemeente beantwoorden met een retourbericht",
    TaskKind.BRIDGE_SUPPORT: "zorgen voor begeleiding",
    TaskKind.HAND_OVER_KEYS: "de sleutels geven",
    TaskKind.ARRANGE_ONWARD_MOVE: "zorgen dat de cliënt na het tijdelijke contract een woning heeft",
    TaskKind.START_SUPPORT: "de begeleiding starten",
    TaskKind.REVIEW_SUPPORT: "nagaan of de begeleiding nog loopt",
    TaskKind.COMPLETE_LANDING: "regelen wat nog mist in de nieuwe woning",
    TaskKind.AGREE_PLAN: "het begeleidingsplan afspreken",
    TaskKind.HOLD_TALK: "met de huurder praten over het wonen",
    TaskKind.FOLLOW_UP_CALL: "bellen hoe het gaat",
    TaskKind.ASK_GUIDE: "laten weten of er contact is met de cliënt",
    TaskKind.SIGN_OFF_UNREACHABLE: "besluiten om af te sluiten",
    TaskKind.TAKE_UP_FOLLOW_ON: "verder helpen na het telefoongesprek",
    TaskKind.VISIT_CLIENT: "de cliënt thuis bezoeken",
    TaskKind.ACKNOWLEDGE_SIGNAL: "laten weten dat de melding is gezien",
    TaskKind.HOLD_JOINT_TALK: "samen praten over de overlast",
    TaskKind.REVIEW_SIGNAL: "kijken of de afspraken werken",
    TaskKind.HOLD_CASE_CONFERENCE: "een gesprek met alle partners houden",
    TaskKind.REMIND_ARREARS: "een brief sturen over de huur",
    TaskKind.CONTACT_TENANT: "met de huurder praten over de huur",
    TaskKind.OFFER_DEBT_HELP: "hulp bij schulden aanbieden",
    TaskKind.TAKE_UP_ARREARS: "hulp bieden bij de huurschuld",
    TaskKind.CONTACT_CLIENT: "contact zoeken met de cliënt",
    TaskKind.REVIEW_TIME_OUT: "kijken of de cliënt naar huis kan",
    TaskKind.REVIEW_ABSENCE: "kijken of de cliënt terugkomt",
    TaskKind.CONFIRM_DEATH: "een melding over de cliënt nagaan",
    TaskKind.CONFIRM_WITHDRAWAL: "een melding met de cliënt bespreken",
    TaskKind.REVIEW_PAUSE: "kijken of de pauze doorgaat",
    TaskKind.DECIDE_CONVERSION: "besluiten of het contract op eigen naam kan",
    TaskKind.RESOLVE_DELIVERY: "een bericht met de hand doorgeven",
}
"""What is asked, as a task is named."""

LETTERS: dict[Letter, Words] = {
    Letter.REFERRAL_RECEIVED: Words("Wij hebben de aanmelding ontvangen", "Wij kijken nu of alles er is."),
    Letter.TASK_OPENED: Words("Wij vragen u iets te doen", "Wilt u dit doen: {task}? Doe dit voor of op {by}."),
    Letter.TASK_REMINDER: Words(
        "Herinnering: wij wachten op u", "Wij vroegen u eerder: {task}. Doe dit voor of op {by}."
    ),
    Letter.TASK_ESCALATED: Words(
        "Te laat: kijk wat er nodig is",
        "Dit is niet op tijd gedaan: {task}. Het moest klaar zijn op {by}. {owner} kan dit afmaken. "
        "Vraag wat er nodig is.",
    ),
    Letter.TASK_PASSED_ON: Words(
        "U hoeft iets niet meer te doen",
        "Dit doet nu {owner}: {task}. Heeft u het al gedaan? Laat dat dan nog weten.",
    ),
    Letter.TRANSFER_ASKED: Words(
        "Wij vragen een andere gemeente om u te helpen",
        "U komt uit een andere gemeente. Wij vragen of die gemeente u helpt. Wij verwachten antwoord voor of op {by}.",
    ),
    Letter.DEADLINE_CHANGED: Words(
        "Een andere datum", "De afspraken zijn veranderd. Doe dit nu voor of op {by}: {task}."
    ),
    Letter.HEARING_INVITED: Words(
        "Wij willen uw mening horen",
        "Wij denken eraan om nee te zeggen. Eerst willen wij weten wat u vindt. "
        "Laat dit weten voor of op {by}. Uw begeleider kan u helpen.",
    ),
    Letter.URGENCY_GRANTED: Words("U krijgt urgentie", "Wij gaan een woning voor u zoeken."),
    Letter.URGENCY_WITH_CONDITIONS: Words(
        "U krijgt urgentie, met voorwaarden",
        "Wij gaan een woning voor u zoeken. U moet zich wel aan voorwaarden houden. "
        "Uw begeleider bespreekt ze met u. Bent u het niet eens met een voorwaarde? "
        "Dan kunt u binnen zes weken bezwaar maken.",
    ),
    Letter.OBJECTION_RECEIVED: Words("Wij hebben uw bezwaar ontvangen", "Wij beslissen voor of op {by}."),
    Letter.OBJECTION_EXTENDED: Words("Wij hebben meer tijd nodig voor uw bezwaar", "Wij beslissen nu voor of op {by}."),
    Letter.OBJECTION_DECIDED: Words(
        "Wij hebben beslist op uw bezwaar",
        "Uw begeleider vertelt u wat er is besloten, en wat u kunt doen als u het niet eens bent.",
    ),
    Letter.OBJECTION_OPEN_AT_END: Words(
        "Er loopt nog een bezwaar", "Deze bemiddeling is klaar, maar op het bezwaar is nog niet beslist. Doe dat nog."
    ),
    Letter.URGENCY_EXTENDED: Words("Uw urgentie geldt langer", "Wij zoeken verder naar een woning voor u."),
    Letter.HOUSING_TARGET_MISSED: Words(
        "Nog geen woning binnen de afgesproken tijd", "Bespreek in het overleg wat er nodig is."
    ),
    Letter.VIEWING_PLANNED: Words(
        "U kunt de woning bekijken", "Dat kan op {by}. Ga samen met uw begeleider. Daarna geeft u antwoord."
    ),
    Letter.CALL_PLANNED: Words(
        "Wij bellen u over een tijdje",
        "U woont nu in uw woning. Wij willen weten hoe het gaat. Daarom bellen wij u op of rond {by}.",
    ),
    Letter.APPOINTMENT_MOVED: Words("Een afspraak op een andere dag", "De afspraak is nu op {by}: {task}."),
    Letter.APPOINTMENT_OFF: Words(
        "Een afspraak gaat niet door", "Deze afspraak op {by} gaat niet door: {task}. U hoeft niets te doen."
    ),
    Letter.OFFER_MADE: Words(
        "Er is een woning voor u", "Bekijk de woning met uw begeleider. Geef antwoord voor of op {by}."
    ),
    Letter.OFFERS_WITHDRAWN: Words(
        "Weer een aanbod ingetrokken", "De corporatie heeft meer dan één aanbod ingetrokken. Bel de corporatie."
    ),
    Letter.OFFER_LET_GO: Words(
        "Uw aanbod is voorbij",
        "De woning die u voor deze cliënt bewaarde, is weer vrij. U hoeft haar niet langer te bewaren.",
    ),
    Letter.MOVE_OFF: Words(
        "De verhuizing gaat niet door",
        "Wij stuurden u bericht dat een cliënt in uw wijk komt wonen. Dat gaat niet door. U hoeft hiervoor niets te "
        "doen. Vinden wij een andere woning? Dan krijgt het wijkteam van die wijk bericht.",
    ),
    Letter.KEYS_PLANNED: Words("U krijgt de sleutels", "U krijgt de sleutels van uw woning op {by}."),
    Letter.TEMPORARY_LEASE: Words(
        "Uw huurcontract is tijdelijk",
        "Het contract stopt op {by}. De corporatie zoekt op tijd met u naar een volgende woning.",
    ),
    Letter.PROVIDER_CHANGED: Words(
        "Een andere begeleider",
        "Een andere organisatie neemt de begeleiding over. De woning en het huurcontract blijven zoals ze zijn.",
    ),
    Letter.PLAN_ASKED: Words(
        "Uw begeleidingsplan", "U maakt samen met uw begeleider een plan. Het plan is klaar voor of op {by}."
    ),
    Letter.TALK_PLANNED: Words(
        "Een gesprek over uw woning", "De corporatie wil met u praten over hoe u woont. Dat is voor of op {by}."
    ),
    Letter.JOINT_TALK_PLANNED: Words(
        "Wij willen met u praten",
        "Er is een melding over overlast. Wij willen horen hoe u het ziet en samen afspraken maken. "
        "Het gesprek is voor of op {by}. Uw begeleider helpt u.",
    ),
    Letter.ABSENCE_NOTED: Words(
        "U bent een tijd ergens anders", "Wij weten dat u er even niet bent. Wij wachten op u en kijken later verder."
    ),
    Letter.ABSENCE_NOTED_OFFER_GONE: Words(
        "U bent een tijd ergens anders",
        "De woning die wij hadden, gaat nu naar iemand anders. Dat telt niet als nee zeggen. "
        "U houdt uw plek. Als u terug bent, zoeken wij verder.",
    ),
    Letter.RETURN_NOTED: Words("U bent terug", "Wij gaan verder waar wij waren."),
    Letter.LEASE_CONVERTED: Words("Het huurcontract staat op uw naam", "U huurt de woning nu zelf."),
    Letter.LEASE_CONVERSION_LATER: Words(
        "Het huurcontract komt later op uw naam", "U blijft gewoon wonen. Wij kijken later opnieuw met u."
    ),
    Letter.STEPPED_BACK: Words(
        "Wij doen een stap opnieuw", "Wij kijken nog een keer naar uw aanvraag. Uw begeleider kan u meer vertellen."
    ),
    Letter.DELIVERY_FAILED: Words(
        "Een bericht is niet aangekomen", "Een partner heeft een bericht geweigerd. Geef het met de hand door."
    ),
    Letter.REPORT_DENIED: Words(
        "De bemiddeling gaat verder",
        "De gemeente heeft uw melding nagekeken. Die klopt niet. Alles gaat door zoals het was.",
    ),
    Letter.CLOSED: Words("Deze bemiddeling is klaar", "U hoeft niets meer te doen."),
    Letter.REOPENED: Words(
        "Deze bemiddeling gaat verder",
        "De bemiddeling was klaar, maar ons besluit was niet goed. Daarom gaan wij verder. "
        "U hoort van ons wat wij van u vragen.",
    ),
}

PHRASES = Phrases(
    greeting="Beste lezer,",
    who="Wie kan dit doen: alleen {owner}",
    client="Wie kan dit doen: u, samen met uw begeleider",
    guide="Wie kan dit doen: de cliënt, samen met u",
    what="Wat: {task}",
    until="Uiterlijk: {by}",
    number="Nummer van de bemiddeling:",
    pages="Bekijk het hier (u moet inloggen):",
    sign_off="Met vriendelijke groet,\n{municipality}",
    automatic="Dit bericht is automatisch gemaakt. U kunt er niet op antwoorden.",
    appointment="afspraak.ics",
    digest="Overzicht van {day}: {waiting} taken wachten op u",
    waits="Dit wacht op u:",
    late="Dit is te laat:",
    changed="Dit is veranderd:",
    failed="Deze brieven zijn niet aangekomen:",
    line="- {task}, uiterlijk {by} ({mediation})",
    more="- en nog {count}",
    opened="- nieuw: {task} ({mediation})",
    closed="- klaar ({mediation})",
    moved="- verder gegaan ({mediation})",
    not_recorded_subject="Iets is niet vastgelegd: kijk ernaar",
    not_recorded="Wij konden niet vastleggen wat hieronder staat. Er is dus niets mee gedaan. De rest gaat door.",
    parked_time="een termijn die voorbij is: wij proberen het elk uur opnieuw",
    parked_partner="een bericht van een partner: vraag de partner wat er is gebeurd",
    parked_given="iets wat iemand invulde of een ander systeem stuurde: doe het nog een keer",
    not_recorded_do="Lukt het dan weer niet? Geef dit bericht aan de beheerder van het systeem.",
)
APPOINTMENTS = {TaskKind.HOLD_VIEWING: "Woning bekijken", TaskKind.FOLLOW_UP_CALL: "Telefoongesprek"}
WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
MONTHS = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)
TEXTS = Texts(LETTERS, TASKS, PHRASES, APPOINTMENTS, WEEKDAYS, MONTHS)
