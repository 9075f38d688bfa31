"""The description in plain Dutch (B1): what partners sign."""

from domain.agreements import AgreementKind
from domain.calendar import Unit
from domain.clocks import ClockKind
from domain.outcome import Outcome, Stage
from domain.parties import Role
from domain.policy import CapacityModel, CapacityUnit, LeaseForm
from domain.policy_terms import CallAnchor, CallTopic, DecisionMaker
from domain.referral import Document, TargetGroup
from domain.tasks import TaskKind
from policies.words import Words

WORDS = Words(
    tasks={
        TaskKind.CHECK_READINESS: "Controleren of de aanmelding compleet is en de cliënt klaar is",
        TaskKind.SUPPLEMENT: "De ontbrekende stukken sturen",
        TaskKind.DECIDE_INCOMPLETE: "Besluiten wat er gebeurt als de aanmelding niet compleet wordt",
        TaskKind.REVIEW_READINESS: "Opnieuw kijken of de cliënt klaar is",
        TaskKind.ASSESS: "Beoordelen of zelfstandig wonen het beste is, en met welke begeleiding",
        TaskKind.EXTEND_DECISION_TERM: "De cliënt laten weten dat het besluit later komt",
        TaskKind.HEAR_CLIENT: "Met de cliënt praten voordat er een nee komt",
        TaskKind.AWAIT_PLACE: "Een plek zoeken als het maximum bereikt is",
        TaskKind.MAKE_OFFER: "Een passende woning kiezen",
        TaskKind.EXTEND_URGENCY: "Besluiten of de urgentie langer geldt",
        TaskKind.CONFIRM_OFFER: "De woning vasthouden en het aanbod bevestigen",
        TaskKind.ANSWER_OFFER: "Antwoord geven op het aanbod, cliënt en begeleider samen",
        TaskKind.RESOLVE_NO_ANSWER: "De cliënt bellen als er geen antwoord komt",
        TaskKind.JUDGE_REFUSAL: "Beoordelen of de cliënt een goede reden had om nee te zeggen",
        TaskKind.SIGN_LEASE: "Het huurcontract tekenen en de dag van de sleutels afspreken",
        TaskKind.CONFIRM_SUPPORT: "Laten weten op welke dag de begeleiding start",
        TaskKind.BRIDGE_SUPPORT: "Een oplossing zoeken als de begeleiding niet kan starten",
        TaskKind.HAND_OVER_KEYS: "De sleutels geven",
        TaskKind.START_SUPPORT: "Het eerste gesprek thuis voeren",
        TaskKind.FOLLOW_UP_CALL: "De cliënt bellen om te vragen hoe het gaat",
        TaskKind.ASK_GUIDE: "Laten weten of er contact is met een cliënt die niet te bereiken is",
        TaskKind.SIGN_OFF_UNREACHABLE: "Besluiten om af te sluiten zonder dat de cliënt is gesproken",
        TaskKind.TAKE_UP_FOLLOW_ON: "Oppakken wat uit het telefoongesprek kwam",
        TaskKind.RESOLVE_DELIVERY: "Een bericht dat een partner niet kon ontvangen met de hand doorgeven",
    },
    stages={
        Stage.READINESS: "Aanmelding en gereedheid",
        Stage.ASSESSMENT: "Beoordeling",
        Stage.OFFER: "Plek en aanbod",
        Stage.ACCEPTANCE: "Antwoord, huurcontract en sleutels",
        Stage.SUPPORT_START: "Start van de begeleiding",
        Stage.FOLLOW_UP: "Nabellen",
        Stage.CLOSED: "Klaar",
    },
    about_stages={
        Stage.READINESS: "De instelling meldt de cliënt aan, samen met de cliënt. De gemeente controleert of alle "
        "stukken er zijn en of de cliënt klaar is om zelfstandig te wonen. Ontbreekt er iets? Dan vraagt de gemeente "
        "dat aan de instelling. De tijd voor het besluit staat dan stil.",
        Stage.ASSESSMENT: "Het wijkteam beoordeelt of zelfstandig wonen het beste is en welke begeleiding daarbij "
        "hoort. Is dat zo? Dan krijgt de cliënt urgentie. Niemand krijgt een nee zonder eerst een gesprek.",
        Stage.OFFER: "De gemeente reserveert een plek binnen het maximum van dit jaar. Daarna kiest zij een passende "
        "woning uit de woningen die de corporaties vrijgeven. De corporatie bevestigt het aanbod.",
        Stage.ACCEPTANCE: "De cliënt bekijkt de woning en geeft antwoord, samen met de begeleider. Na een ja wordt het "
        "huurcontract getekend en laat de zorgaanbieder weten wanneer de begeleiding start. Er zijn geen sleutels "
        "zonder zekere begeleiding of een tijdelijke oplossing.",
        Stage.SUPPORT_START: "De cliënt heeft de sleutels. De zorgaanbieder voert het eerste gesprek thuis.",
        Stage.FOLLOW_UP: "De cliënt wordt gebeld om te vragen hoe het gaat. Pas daarna is de bemiddeling klaar.",
        Stage.CLOSED: "De bemiddeling is klaar, om één reden.",
    },
    clocks={
        ClockKind.DECISION_TERM: "Tijd voor het besluit (beslistermijn)",
        ClockKind.URGENCY: "Geldigheid van de urgentie",
        ClockKind.HOUSING_TARGET: "Streven: een woning",
    },
    about_clocks={
        ClockKind.DECISION_TERM: "van de aanmelding tot het besluit over urgentie; staat stil zolang stukken "
        "ontbreken of de cliënt nog niet klaar is",
        ClockKind.URGENCY: "van het besluit tot de sleutels; zonder geldige urgentie komt er geen aanbod",
        ClockKind.HOUSING_TARGET: "van het besluit tot de sleutels; een doel, geen harde termijn",
    },
    outcomes={
        Outcome.HOUSED_FOLLOW_UP_HELD: "Gehuisvest, en daarna gesproken",
        Outcome.HOUSED_UNREACHABLE: "Gehuisvest, maar daarna niet bereikt",
        Outcome.NOT_PROCESSED_INCOMPLETE: "Niet behandeld: de aanmelding bleef incompleet",
        Outcome.REJECTED: "Afgewezen",
        Outcome.ALTERNATIVE_LIVING_FORM: "Een andere woonvorm past beter",
        Outcome.REFUSED_LAPSED: "Urgentie vervallen na weigering",
        Outcome.URGENCY_EXPIRED: "Urgentie verlopen",
        Outcome.WITHDRAWN_BY_CLIENT: "Door de cliënt gestopt",
        Outcome.DIED: "De cliënt is overleden",
    },
    roles={
        Role.COORDINATOR: "Gemeente",
        Role.INSTITUTION: "Instelling",
        Role.DISTRICT_TEAM: "Wijkteam",
        Role.CORPORATION: "Woningcorporatie",
        Role.CARE_PROVIDER: "Zorgaanbieder",
        Role.AUDITOR: "Toezichthouder",
        Role.ADMIN: "Beheerder",
    },
    the_roles={
        Role.COORDINATOR: "de gemeente",
        Role.INSTITUTION: "de instelling",
        Role.DISTRICT_TEAM: "het wijkteam",
        Role.CORPORATION: "de woningcorporatie",
        Role.CARE_PROVIDER: "de zorgaanbieder",
        Role.AUDITOR: "de toezichthouder",
        Role.ADMIN: "de beheerder",
    },
    units={
        Unit.HOURS: ("uur", "uur"),
        Unit.DAYS: ("dag", "dagen"),
        Unit.WORKING_DAYS: ("werkdag", "werkdagen"),
        Unit.WEEKS: ("week", "weken"),
        Unit.MONTHS: ("maand", "maanden"),
    },
    documents={
        Document.CONSENT: "toestemming van de cliënt",
        Document.IDENTITY: "bewijs van identiteit",
        Document.ADDRESS_HISTORY: "uittreksel BRP met oude adressen",
        Document.INCOME_STATEMENT: "inkomensverklaring",
        Document.READINESS_STATEMENT: "verklaring dat de cliënt klaar is",
        Document.SUPPORT_PLAN: "begeleidingsplan",
    },
    target_groups={
        TargetGroup.SHELTERED_LIVING: "beschermd wonen",
        TargetGroup.SHELTER: "maatschappelijke opvang",
        TargetGroup.WOMENS_SHELTER: "vrouwenopvang",
        TargetGroup.YOUTH_CARE: "jeugdhulp met verblijf",
        TargetGroup.CLINICAL_CARE: "klinische ggz",
        TargetGroup.DISABILITY_CARE: "gehandicaptenzorg met verblijf",
    },
    lease_forms={
        LeaseForm.REGULAR: "gewoon: de cliënt huurt",
        LeaseForm.CONVERSION: "omklap: eerst huurt de zorgaanbieder, later neemt de cliënt het over",
        LeaseForm.TRIPARTITE: "driepartijenovereenkomst: cliënt, corporatie en zorgaanbieder tekenen samen",
        LeaseForm.TEMPORARY: "tijdelijk",
    },
    capacity={
        CapacityModel.QUOTA: "De gemeente helpt in een kalenderjaar ten hoogste {limit} {unit}.",
        CapacityModel.CEILING: "Er is in een kalenderjaar plek voor {limit} {unit}: {share} van de sociale "
        "huurwoningen die naar verwachting vrijkomen.",
    },
    capacity_units={CapacityUnit.PEOPLE: "mensen", CapacityUnit.MEDIATIONS: "bemiddelingen"},
    agreements={
        AgreementKind.PREPARATION: "Voorbereiding en koppeling",
        AgreementKind.SUITABLE_TENANCY: "Passend huren",
        AgreementKind.TAILORED_GUIDANCE: "Begeleiding op maat, met een plan",
        AgreementKind.GOOD_TENANCY: "Gesprek over wonen en goed huurderschap",
        AgreementKind.EARLY_SIGNALS: "Signalen vroeg zien en doorgeven",
        AgreementKind.NUISANCE: "Overlast: snel handelen en rustig maken",
        AgreementKind.MONEY: "Hulp bij geld",
        AgreementKind.CONVERSION: "Het huurcontract op eigen naam",
        AgreementKind.AFTER_CONVERSION: "Zorg daarna (waakvlam)",
        AgreementKind.PRIVACY: "Privacy van de cliënt",
    },
    decision_makers={
        DecisionMaker.MUNICIPALITY: "Burgemeester en wethouders besluiten over de urgentie.",
        DecisionMaker.MANDATED_DESK: "Een loket besluit over de urgentie namens burgemeester en wethouders.",
    },
    anchors={CallAnchor.KEYS: "na de sleutels", CallAnchor.SUPPORT_START: "na de start van de begeleiding"},
    topics={
        CallTopic.HOME: "de woning",
        CallTopic.SUPPORT: "de begeleiding",
        CallTopic.DAY_ACTIVITY: "wat de cliënt overdag doet",
        CallTopic.MONEY: "geld",
        CallTopic.HEALTH: "gezondheid",
        CallTopic.NEIGHBOURS: "de buren",
        CallTopic.WHAT_ELSE: "wat er nog nodig is",
    },
    flow={
        "ready": "compleet en klaar",
        "not_ready": "niet compleet of nog niet klaar",
        "positive": "zelfstandig wonen is het beste",
        "assess_again": "na het gesprek: opnieuw beoordelen",
        "offer_confirmed": "aanbod bevestigd",
        "offer_over": "nee gezegd, ingetrokken of geen contract",
        "keys": "contract, begeleiding en sleutels",
        "support_started": "eerste gesprek thuis",
    },
    parameters={
        "due": "termijn",
        "length": "duur",
        "extension": "verlenging",
        "remind": "herinneringen",
        "escalate": "melding als het te laat is",
        "repeat": "opnieuw melden",
        "check": "opnieuw kijken",
        "statutory": "wettelijk",
        "warn": "waarschuwingen",
        "owner": "wie ervoor zorgt",
        "on": "afgesproken of niet",
        "lease_forms": "vormen van huur",
        "decision.fee_cents": "kosten (leges)",
        "calendar.decree_days": "dagen die met een feestdag gelijkstaan",
        "calendar.closing_days": "dagen waarop het gemeentehuis dicht is",
        "offers.counted_refusals": "hoe vaak nee zeggen zonder goede reden mag",
        "support.guidance_term": "hoelang de begeleiding duurt",
        "follow_up.after": "wanneer de cliënt wordt gebeld",
        "follow_up.window": "hoeveel eerder bellen mag",
        "follow_up.attempts": "hoe vaak wordt geprobeerd te bellen",
        "follow_up.anchor": "vanaf welke dag de tijd tot het bellen telt",
        "follow_up.caller": "wie belt",
        "follow_up.script": "waar het gesprek over gaat",
    },
    phrases={
        "title": "Directe bemiddeling in {name}: zo werken wij",
        "made_from": "Deze beschrijving is gemaakt uit het beleid `{id}`, versie {version}, geldig vanaf {valid_from}"
        "{until}. Het systeem werkt met ditzelfde beleid (vingerafdruk `{digest}`).",
        "until": " tot en met {valid_to}",
        "advice": "Gemaakt op basis van openbare teksten. Dit is geen juridisch advies.",
        "purpose": "1. Doel",
        "purpose_text": "Directe bemiddeling helpt mensen die uit een instelling vertrekken aan een eigen woning, met "
        "de begeleiding die zij nodig hebben. De woning wordt aan één persoon aangeboden en komt niet in een "
        "advertentie. De bemiddeling is pas geslaagd als de begeleiding is gestart en de cliënt daarna is gebeld.",
        "who": "Dit is voor mensen uit: {groups}. Over anderen besluit een medewerker, na een gesprek met de cliënt.",
        "apply": "Aanmelden doet: {by}, samen met de cliënt. De cliënt kan niet alleen aanmelden.",
        "documents": "Een aanmelding is compleet met: {documents}.",
        "stages": "2. De stappen",
        "by_law": "wettelijk",
        "table": "3. Wie doet wat, en wanneer",
        "table_text": "Voor elke taak zorgt één organisatie. De tijd telt vanaf het moment van vragen en eindigt op de "
        "laatste dag om {closes} uur. Eindigt een wettelijke termijn op zaterdag, zondag of een feestdag? Dan eindigt "
        "die op de volgende werkdag. Herinneringen gaan op een werkdag om {opens} uur de deur uit. "
        "Een termijn in uren eindigt precies na zoveel uur.",
        "columns": "Wat | Wie | Uiterlijk | Herinnering | Te laat: een melding | Aan",
        "none": "geen",
        "after_asking": "{term} na de vraag",
        "before_due": "{term} voor het einde",
        "at_due": "aan het einde",
        "after_due": "{term} na het einde",
        "then_every": "daarna elke {term}",
        "within": "{term}",
        "keys_day": "de afgesproken dag van de sleutels, ten minste {notice} na het bericht aan het wijkteam",
        "call_due": "{after} {anchor}; een volgende poging: {term}",
        "start_due": "{term}, of de afgesproken startdag als die later is",
        "review_due": "{term}, of de dag die is afgesproken",
        "clocks": "4. Termijnen naast de taken",
        "clock_columns": "Termijn | Loopt | Duur | Waarschuwing | Verlenging",
        "capacity": "5. Hoeveel mensen",
        "capacity_text": "Een plek wordt gereserveerd als de urgentie is gegeven. De plek is gebruikt als de sleutels "
        "zijn gegeven. Stopt de bemiddeling eerder? Dan komt de plek weer vrij. Zijn alle plekken bezet? Dan wacht de "
        "cliënt. Elke {check} wordt opnieuw naar een plek gezocht.",
        "offers": "6. Aanbod en weigeren",
        "offers_one": "Na één keer nee zeggen zonder goede reden kan de urgentie vervallen.",
        "offers_many": "Na {count} keer nee zeggen zonder goede reden kan de urgentie vervallen.",
        "offers_text": "Een medewerker van de gemeente beoordeelt de reden. Eerst is er een gesprek met de cliënt. "
        "Trekt de corporatie een woning terug? Dan telt dat nooit als nee van de cliënt. Na {withdrawals} ingetrokken "
        "woningen krijgt de gemeente een melding.",
        "leases": "7. Vormen van huur",
        "support": "8. Begeleiding en wijkteam",
        "support_text": "Het wijkteam krijgt ten minste {notice} voor de sleutels bericht. Zonder zekere begeleiding, "
        "of een oplossing tot die start, zijn er geen sleutels.",
        "guidance": "De begeleiding duurt volgens afspraak {term}.",
        "follow_up": "9. Nabellen",
        "follow_up_text": "{caller} belt de cliënt {after} {anchor}. Bellen mag tot {window} eerder. Na {attempts} "
        "pogingen op verschillende delen van de dag wordt aan de zorgaanbieder gevraagd of er contact is. Het gesprek "
        "gaat over: {topics}.",
        "agreements": "10. Werkafspraken",
        "agreements_text": "De partners houden de tijden in deze tabel zelf bij. Het systeem bewaakt de taken en "
        "termijnen van hoofdstuk 3 en 4.",
        "agreement_columns": "Afspraak | Geldt | Wie ervoor zorgt | Binnen",
        "after_keys": "{term} na de sleutels",
        "yes": "ja",
        "no": "nee",
        "open": "nog te beslissen",
        "decision": "11. Besluit, en bewaren van gegevens",
        "desk": "Loket: {desk}.",
        "advises": "Advies: {advice}.",
        "fee": "Kosten (leges): {fee} euro.",
        "fee_open": "Of er kosten zijn, is nog niet beslist.",
        "no_fee": "Er zijn geen kosten.",
        "hearing": "Niemand krijgt een nee of verliest urgentie zonder een mens die besluit, een reden en eerst een "
        "gesprek met de cliënt (Awb 4:7 en 4:8).",
        "retention": "Gegevens over begeleiding worden {support} jaar bewaard, gegevens van aanmeldingen zonder "
        "resultaat {rejected} jaar. Vraagt de cliënt om wissen? Dan gebeurt dat binnen {erase} maanden, tenzij een wet "
        "dat verbiedt.",
        "ends": "12. Hoe een bemiddeling eindigt",
        "at_any_stage": "in elke stap",
        "gaps": "13. Open punten",
        "gaps_text": "{name} heeft deze punten nog niet beslist. Tot dan werkt het systeem met de waarde "
        "die hier staat.",
        "gap_columns": "Punt | Waarde voor nu",
        "no_gaps": "Er zijn geen open punten.",
        "assumed": "{count} waarden zijn opgeschreven, maar staan in geen bron: het zijn aannames. In de bijlage staat "
        "welke.",
        "signing": "14. Ondertekening",
        "signing_columns": "Partner | Naam | Datum | Handtekening",
        "appendix": "Bijlage: waar elke waarde vandaan komt",
        "appendix_columns": "Parameter | Waarde | Bron",
        "undecided": "niet beslist; standaard van het systeem",
        "default": "standaard van het systeem",
        "and": "en",
        "every": "elke {term}",
    },
)
