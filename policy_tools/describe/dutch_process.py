"""The course of the process in plain Dutch (B1): tasks, stages, side tracks, terms and ends."""

from domain.facts.clocks import ClockKind
from domain.facts.outcome import Outcome, Stage
from domain.facts.tasks import TaskKind

TASKS = {
    TaskKind.CHECK_READINESS: "Controleren of de aanmelding compleet is en de cliënt klaar is",
    TaskKind.SUPPLEMENT: "De ontbrekende stukken sturen",
    TaskKind.DECIDE_INCOMPLETE: "Besluiten wat er gebeurt als de aanmelding niet compleet wordt",
    TaskKind.REVIEW_READINESS: "Opnieuw kijken of de cliënt klaar is",
    TaskKind.DETERMINE_ORIGIN: "Vaststellen uit welke gemeente de cliënt komt",
    TaskKind.AWAIT_TRANSFER: "Zorgen dat de gemeente van herkomst zegt of zij de cliënt overneemt",
    TaskKind.ASSESS: "Beoordelen of zelfstandig wonen het beste is, en met welke begeleiding",
    TaskKind.EXTEND_DECISION_TERM: "De cliënt laten weten dat het besluit later komt",
    TaskKind.HEAR_CLIENT: "Met de cliënt praten voordat er een nee komt",
    TaskKind.DECIDE_OBJECTION: "Besluiten op een bezwaar",
    TaskKind.AWAIT_PLACE: "Een plek zoeken als het maximum bereikt is",
    TaskKind.MAKE_OFFER: "Een passende woning kiezen",
    TaskKind.EXTEND_URGENCY: "Besluiten of de urgentie langer geldt",
    TaskKind.CONFIRM_OFFER: "De woning vasthouden en het aanbod bevestigen",
    TaskKind.PLAN_VIEWING: "Een dag afspreken om de woning te bekijken",
    TaskKind.HOLD_VIEWING: "De woning bekijken, samen met de cliënt",
    TaskKind.ANSWER_OFFER: "Antwoord geven op het aanbod, cliënt en begeleider samen",
    TaskKind.RESOLVE_NO_ANSWER: "De cliënt bellen als er geen antwoord komt",
    TaskKind.JUDGE_REFUSAL: "Beoordelen of de cliënt een goede reden had om nee te zeggen",
    TaskKind.SIGN_LEASE: "Het huurcontract tekenen en de dag van de sleutels afspreken",
    TaskKind.JUDGE_FRAUD: "Beoordelen of er fraude is als de corporatie dat denkt",
    TaskKind.NAME_RECEIVING_TEAM: "Kiezen welk wijkteam de cliënt ontvangt",
    TaskKind.CONFIRM_SUPPORT: "Laten weten op welke dag de begeleiding start",
    TaskKind.AWAIT_RETOUR: "Een bericht van de gemeente beantwoorden met een retourbericht (iWmo)",
    TaskKind.BRIDGE_SUPPORT: "Een oplossing zoeken als de begeleiding niet kan starten",
    TaskKind.HAND_OVER_KEYS: "De sleutels geven",
    TaskKind.ARRANGE_ONWARD_MOVE: "Een volgende woning regelen voordat een tijdelijke huur eindigt",
    TaskKind.START_SUPPORT: "Het eerste gesprek thuis voeren",
    TaskKind.REVIEW_SUPPORT: "Nagaan hoe het verder gaat als de aanbieder een stop meldt of de start intrekt",
    TaskKind.COMPLETE_LANDING: "Regelen wat bij de start nog ontbreekt",
    TaskKind.AGREE_PLAN: "Samen met de cliënt het begeleidingsplan afspreken",
    TaskKind.HOLD_TALK: "Met de huurder praten over het wonen",
    TaskKind.FOLLOW_UP_CALL: "De cliënt bellen om te vragen hoe het gaat",
    TaskKind.ASK_GUIDE: "Laten weten of er contact is met een cliënt die niet te bereiken is",
    TaskKind.SIGN_OFF_UNREACHABLE: "Besluiten om af te sluiten zonder dat de cliënt is gesproken",
    TaskKind.TAKE_UP_FOLLOW_ON: "Oppakken wat uit het telefoongesprek kwam",
    TaskKind.VISIT_CLIENT: "Bij de cliënt langsgaan",
    TaskKind.ACKNOWLEDGE_SIGNAL: "De melder van overlast laten weten dat eraan wordt gewerkt",
    TaskKind.HOLD_JOINT_TALK: "Met cliënt en corporatie praten over de overlast, en afspraken maken",
    TaskKind.REVIEW_SIGNAL: "Kijken of de afspraken werken",
    TaskKind.HOLD_CASE_CONFERENCE: "Met alle partners praten als het niet rustig wordt (casuïstiekoverleg)",
    TaskKind.REMIND_ARREARS: "De huurder een brief sturen over de huurachterstand",
    TaskKind.CONTACT_TENANT: "Met de huurder praten over de huurachterstand",
    TaskKind.OFFER_DEBT_HELP: "Wijzen op hulp bij schulden, en aanbieden de gemeente te laten helpen",
    TaskKind.TAKE_UP_ARREARS: "Hulp aanbieden bij een doorgegeven huurachterstand",
    TaskKind.CONTACT_CLIENT: "Contact zoeken met een cliënt die begeleiding mijdt of over wie zorgen zijn",
    TaskKind.REVIEW_TIME_OUT: "Kijken of de cliënt na een time-out weer naar huis kan",
    TaskKind.REVIEW_ABSENCE: "Kijken of een opgenomen of vastgezette cliënt terugkomt",
    TaskKind.CONFIRM_DEATH: "Nagaan of een melding van overlijden klopt",
    TaskKind.CONFIRM_WITHDRAWAL: "Bij de cliënt nagaan of die wil stoppen",
    TaskKind.REVIEW_PAUSE: "Kijken of de pauze doorgaat",
    TaskKind.DECIDE_CONVERSION: "Beoordelen of het huurcontract op naam van de cliënt kan komen",
    TaskKind.RESOLVE_DELIVERY: "Een bericht dat een partner niet kon ontvangen met de hand doorgeven",
}
"""Of a landlord's steps in arrears: the care provider takes them while it lets the home itself (see the side track)."""

STAGES = {
    Stage.READINESS: "Aanmelding en gereedheid",
    Stage.ASSESSMENT: "Beoordeling",
    Stage.OFFER: "Plek en aanbod",
    Stage.ACCEPTANCE: "Antwoord, huurcontract en sleutels",
    Stage.SUPPORT_START: "Start van de begeleiding",
    Stage.FOLLOW_UP: "Eerste maanden en nabellen",
    Stage.CONVERSION: "Huurcontract op eigen naam",
    Stage.CLOSED: "Klaar",
}

ABOUT_STAGES = {
    Stage.READINESS: "De cliënt wordt aangemeld. De gemeente controleert of alle stukken er zijn en of de cliënt klaar "
    "is om zelfstandig te wonen. Ontbreekt er iets? Dan vraagt de gemeente dat aan de instelling. De tijd voor het "
    "besluit staat dan stil. Is de cliënt nog niet klaar? Dan kijkt de instelling later opnieuw.",
    Stage.ASSESSMENT: "Het wijkteam beoordeelt of zelfstandig wonen het beste is en welke begeleiding daarbij "
    "hoort. Is dat zo? Dan krijgt de cliënt urgentie, soms met voorwaarden. Niemand krijgt een nee zonder eerst een "
    "gesprek.",
    Stage.OFFER: "De gemeente reserveert een plek. Daarna kiest zij een passende woning uit de woningen die de "
    "corporaties vrijgeven. De corporatie bevestigt het aanbod.",
    Stage.ACCEPTANCE: "De cliënt geeft antwoord, samen met de begeleider. Na een ja wordt het huurcontract getekend en "
    "laat de zorgaanbieder weten wanneer de begeleiding start. Er zijn geen sleutels zonder zekere begeleiding of een "
    "tijdelijke oplossing.",
    Stage.SUPPORT_START: "De cliënt heeft de sleutels. De zorgaanbieder voert het eerste gesprek thuis.",
    Stage.FOLLOW_UP: "De cliënt woont thuis, en wordt gebeld om te vragen hoe het gaat. De bemiddeling is pas klaar na "
    "dat gesprek, en als er geen signaal meer open staat.",
    Stage.CONVERSION: "De corporatie beoordeelt met de zorgaanbieder of de doelen zijn gehaald. Kan het? Dan komt het "
    "huurcontract op naam van de cliënt. Kan het nog niet? Dan wordt later opnieuw gekeken. Het systeem beëindigt "
    "nooit "
    "een huurcontract.",
    Stage.CLOSED: "De bemiddeling is klaar, om één reden.",
}

GROUPS = {
    "rights": "Gesprek en bezwaar",
    "signals": "Als het thuis niet goed gaat",
    "absence": "Als de cliënt ergens anders is",
    "reported": "Als een partner meldt dat de cliënt wil stoppen of is overleden",
    "pause": "Tijdens een pauze",
    "delivery": "Als een bericht niet aankomt",
}

TRACKS = {
    "rights": "**Gesprek en bezwaar.** Wil de gemeente nee zeggen of de urgentie laten vervallen? Dan is er eerst een "
    "gesprek met de cliënt, binnen {hear_client}. Daarna besluit een medewerker en schrijft de reden op. Blijft het "
    "nee "
    "niet staan? Dan gaat de bemiddeling verder. Tegen een besluit kan de cliënt bezwaar maken. De gemeente besluit "
    "daarop binnen {decide_objection}, en mag die tijd één keer verlengen. Intussen gaat alles door. Alleen als de "
    "gemeente het besluit opschort, wacht het aanbod en komt er geen nee.",
    "signals": "**Als het thuis niet goed gaat.** Elke partner kan na de sleutels een signaal doorgeven. Bij overlast "
    "krijgt de melder binnen {acknowledge_signal} bericht. Daarna is er binnen {hold_joint_talk} een gesprek met de "
    "cliënt. Gemaakte afspraken worden na {review_signal} bekeken. Bij een huurachterstand stuurt de verhuurder eerst "
    "een brief, zoekt dan contact en wijst op hulp. Pas daarna gaat de achterstand naar de gemeente, en niet als de "
    "huurder dat niet wil. Zolang de zorgaanbieder zelf verhuurt (omklap), is die de verhuurder. Mijdt de cliënt de "
    "begeleiding, of zijn er zorgen? Dan zoekt de zorgaanbieder binnen {contact_client} contact. Lukt dat niet, dan "
    "gaat het wijkteam langs. Wordt het niet rustig? Dan praten alle partners met elkaar. Het systeem beëindigt nooit "
    "een huurcontract.",
    "absence": "**Als de cliënt ergens anders is.** Bij een time-out is de cliënt na de sleutels een korte tijd ergens "
    "anders om de woning niet te verliezen. De huur loopt door. De zorgaanbieder kijkt binnen {review_time_out} of de "
    "cliënt naar huis kan. Is de cliënt weer opgenomen, of vastgezet? Dan kijkt de gemeente binnen {review_absence} of "
    "de cliënt terugkomt. De woning of de plek blijft. Een aanbod zonder sleutels vervalt als de gemeente "
    "het weet, en telt niet als nee. "
    "Alleen "
    "als het te lang duurt, kan de gemeente de bemiddeling stoppen: met een reden, na een gesprek. Intussen staat "
    "stil: "
    "{standing_still}.",
    "reported": "**Stoppen of overlijden.** Meldt een partner dat de cliënt wil stoppen? Dan vraagt de gemeente het "
    "binnen {confirm_withdrawal} aan de cliënt zelf. Meldt een partner dat de cliënt is overleden? Dan krijgt de "
    "cliënt meteen geen brieven meer, en kijkt de gemeente binnen {confirm_death} of het klopt. Klopt een melding "
    "niet? Dan hoort de melder dat, en gaat alles verder. Heeft de cliënt de sleutels al? Dan gaat het nabelmoment "
    "door.",
    "provider": "**Een andere zorgaanbieder.** Na de start van de begeleiding kan een andere zorgaanbieder het "
    "overnemen. De woning blijft. Voor elke open taak krijgt de nieuwe zorgaanbieder ten minste de hele termijn.",
    "step_back": "**Een stap terug.** Voor de sleutels kan de gemeente de bemiddeling naar een eerdere stap "
    "terugbrengen, met een reden. Wat bij de latere stappen hoort, vervalt. Een nee dat telde, blijft tellen.",
    "pause": "**Pauze.** De gemeente kan een bemiddeling stilzetten, met een reden. Dan loopt geen termijn af en gaat "
    "er "
    "geen brief uit. Na de pauze schuift elke termijn op met de tijd van de pauze.",
    "exception": "**Een uitzondering.** De gemeente kan een regel opzij zetten (hardheidsclausule). Dat doet een "
    "medewerker, met een reden, en het blijft zichtbaar.",
    "secrecy": "**Een geheim adres.** Moet het nieuwe adres geheim blijven? Dan weten alleen de gemeente en de "
    "corporatie het{institution}.",
}

CLOCKS = {
    ClockKind.DECISION_TERM: "Tijd voor het besluit (beslistermijn)",
    ClockKind.URGENCY: "Geldigheid van de urgentie",
    ClockKind.HOUSING_TARGET: "Streven: een woning",
}

ABOUT_CLOCKS = {
    ClockKind.DECISION_TERM: "van de aanmelding tot het besluit over urgentie; staat stil zolang stukken "
    "ontbreken of de cliënt nog niet klaar is",
    ClockKind.URGENCY: "van het besluit tot de sleutels; zonder geldige urgentie komt er geen aanbod",
    ClockKind.HOUSING_TARGET: "van het besluit tot de sleutels; een doel, geen harde termijn",
}

OUTCOMES = {
    Outcome.HOUSED_FOLLOW_UP_HELD: "Gehuisvest, en daarna gesproken",
    Outcome.HOUSED_UNREACHABLE: "Gehuisvest, maar daarna niet bereikt",
    Outcome.NOT_READY: "Nog niet klaar voor zelfstandig wonen: een andere route",
    Outcome.OTHER_MUNICIPALITY: "Overgenomen door de gemeente van herkomst",
    Outcome.NOT_PROCESSED_INCOMPLETE: "Niet behandeld: de aanmelding bleef incompleet",
    Outcome.REJECTED: "Afgewezen",
    Outcome.ALTERNATIVE_LIVING_FORM: "Een andere woonvorm past beter",
    Outcome.REFUSED_LAPSED: "Urgentie vervallen na weigering",
    Outcome.URGENCY_EXPIRED: "Urgentie verlopen",
    Outcome.URGENCY_WITHDRAWN: "Urgentie ingetrokken",
    Outcome.CARE_NOT_AVAILABLE: "Geen begeleiding te vinden",
    Outcome.WITHDRAWN_BY_CLIENT: "Door de cliënt gestopt",
    Outcome.OWN_HOUSING_FOUND: "De cliënt vond zelf een woning",
    Outcome.READMITTED_LONG: "Weer voor lange tijd opgenomen",
    Outcome.DETAINED: "Voor lange tijd vastgezet",
    Outcome.PLACEMENT_FAILED: "Het wonen is niet gelukt",
    Outcome.DIED: "De cliënt is overleden",
}
