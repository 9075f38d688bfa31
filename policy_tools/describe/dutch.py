"""The description in plain Dutch (B1): what partners sign."""

from domain.facts.calendar import Unit
from domain.facts.capacity import Denominator
from domain.facts.landing import SoftLanding
from domain.facts.parties import Role
from domain.facts.periods import Span
from domain.facts.referral import Document, ReadinessItem, TargetGroup
from domain.policy.agreements import AgreementKind
from domain.policy.policy import CapacityModel, CapacityUnit, LeaseForm, OriginException, OriginRule
from domain.policy.policy_terms import CallAnchor, CallTopic, DecisionMaker
from domain.policy.spread import CapPeriod
from policy_tools.describe import dutch_process as process
from policy_tools.describe.words import Words

WORDS = Words(
    tasks=process.TASKS,
    stages=process.STAGES,
    about_stages=process.ABOUT_STAGES,
    groups=process.GROUPS,
    tracks=process.TRACKS,
    clocks=process.CLOCKS,
    about_clocks=process.ABOUT_CLOCKS,
    outcomes=process.OUTCOMES,
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
    readiness_items={
        ReadinessItem.TREATMENT_DONE: "de behandeling is klaar",
        ReadinessItem.LIVING_SKILLS: "de cliënt kan voor zichzelf en het huis zorgen",
        ReadinessItem.MONEY: "er is inkomen, en schulden zijn er niet of zijn geregeld",
        ReadinessItem.DAY_ACTIVITY: "er is iets te doen overdag",
        ReadinessItem.SUPPORT_AGREED: "de cliënt wil begeleiding thuis",
    },
    origin_rules={OriginRule.NONE: "niet gevraagd", OriginRule.RETURN: "terug naar de gemeente van herkomst"},
    origin_exceptions={
        OriginException.NO_FIXED_ABODE: "geen vaste woonplaats",
        OriginException.WEIGHTY_REASONS: "zwaarwegende redenen",
        OriginException.SAFETY: "veiligheid",
        OriginException.OWN_NETWORK: "eigen netwerk",
    },
    soft_landing={
        SoftLanding.HOME_READY: "de woning is klaar om in te wonen",
        SoftLanding.DAY_ACTIVITY: "er is iets te doen overdag",
        SoftLanding.GUIDANCE: "de begeleider is bekend en bereikbaar",
    },
    spans={Span.YEAR: "een kalenderjaar", Span.HALF_YEAR: "een half jaar"},
    cap_periods={
        CapPeriod.LIVE: "die nu lopen",
        CapPeriod.YEAR: "in een kalenderjaar",
        CapPeriod.HALF_YEAR: "in een half jaar",
    },
    denominators={
        Denominator.VACATED: "die in die tijd tot nu toe vrijkwamen",
        Denominator.EXPECTED: "die in die tijd naar verwachting vrijkomen",
    },
    lease_forms={
        LeaseForm.REGULAR: "gewoon: de cliënt huurt",
        LeaseForm.CONVERSION: "omklap: eerst huurt de zorgaanbieder, later neemt de cliënt het over",
        LeaseForm.TRIPARTITE: "driepartijenovereenkomst: cliënt, corporatie en zorgaanbieder tekenen samen",
        LeaseForm.TEMPORARY: "tijdelijk",
    },
    capacity={
        CapacityModel.QUOTA: "Het maximum in {period} is {limit} {unit}.",
        CapacityModel.CEILING: "Het maximum in {period} is {share} van de sociale huurwoningen {of}, min de woningen "
        "die "
        "aan andere mensen met urgentie zijn verhuurd.",
        CapacityModel.UNLIMITED: "Er is geen maximum. Geteld wordt in {unit}, over {period}.",
    },
    capacity_units={
        CapacityUnit.PEOPLE: "mensen",
        CapacityUnit.MEDIATIONS: "bemiddelingen",
        CapacityUnit.HOUSEHOLDS: "huishoudens",
        CapacityUnit.DWELLINGS: "woningen",
    },
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
        "to_convert": "gesproken, en het contract kan op eigen naam",
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
        "origin": "wat telt als de cliënt uit een andere gemeente komt",
        "origin_exceptions": "uitzonderingen op de regel over herkomst",
        "target_groups": "voor wie",
        "required_documents": "welke stukken nodig zijn",
        "readiness_items": "wanneer een cliënt klaar is",
        "viewing": "of de woning eerst op een afgesproken dag wordt bekeken",
        "application.by": "wie aanmeldt",
        "decision.maker": "wie besluit",
        "capacity.model": "hoe het aantal wordt begrensd",
        "capacity.unit": "wat wordt geteld",
        "capacity.limit": "hoeveel plekken er zijn",
        "capacity.period": "over welke tijd wordt geteld",
        "spread.every_district": "hoeveel per wijk",
        "spread.every_complex": "hoeveel per complex",
        "secrecy.institution_knows": "of de instelling een geheim adres mag weten",
        "temporary_lease.longest": "hoelang een tijdelijke huur mag duren",
        "temporary_lease.onward_move": "wanneer de volgende woning geregeld moet zijn",
        "support.notice_to_team": "wanneer het wijkteam bericht krijgt",
        "support.plan": "wanneer het begeleidingsplan er is",
        "support.talk": "wanneer de corporatie met de huurder praat",
        "support.soft_landing": "wat bij de start geregeld is",
        "absence.suspends": "wat stilstaat als de cliënt ergens anders is",
        "conversion.after": "wanneer het huurcontract op eigen naam kan",
        "conversion.extension": "wanneer daarna opnieuw wordt gekeken",
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
        "purpose": "Doel",
        "purpose_text": "Directe bemiddeling helpt mensen die uit een instelling vertrekken aan een eigen woning, met "
        "de begeleiding die zij nodig hebben. De woning wordt aan één persoon aangeboden en komt niet in een "
        "advertentie. De bemiddeling is pas geslaagd als de begeleiding is gestart en de cliënt daarna is gebeld.",
        "who": "Dit is voor mensen uit: {groups}. Over anderen besluit een medewerker, na een gesprek met de cliënt.",
        "apply": "Aanmelden doet: {by}, samen met de cliënt. De cliënt kan niet alleen aanmelden.",
        "documents": "Een aanmelding is compleet met: {documents}.",
        "ready_when": "Een cliënt is klaar als dit klopt: {items}. Wat niet bekend is, houdt niemand tegen.",
        "housing_first": "Bij Housing First komt de woning eerst: dan wordt niet gevraagd of de cliënt klaar is.",
        "stage_readiness": "Komt de cliënt uit een andere gemeente? Dan vraagt de gemeente die gemeente om de cliënt "
        "over te "
        "nemen. Uitzonderingen: {exceptions}. Neemt die gemeente niet over? Dan helpt deze gemeente, of is er een "
        "gesprek.",
        "stage_acceptance": "De cliënt bekijkt eerst de woning, op een afgesproken dag. Na {viewings} keer dat dat "
        "niet "
        "lukt, geeft de cliënt antwoord zonder te kijken.",
        "no_viewing": "De cliënt bekijkt de woning in de tijd om te antwoorden.",
        "more_time": "Krijgt iemand meer tijd? Dan begint dezelfde termijn opnieuw. Telt een termijn vanaf de "
        "sleutels of "
        "vanaf de start van de begeleiding, en valt de laatste dag op een vrije dag? Dan telt de werkdag erna.",
        "chasing": "De gemeente kan een taak laten rusten (ten hoogste {snooze}), aan een andere organisatie geven of "
        "zelf overnemen, met een reden. Een wettelijke termijn verandert daar niet door.",
        "quiet": "Op werkdagen voor {opens} en na {after} uur, en op andere dagen, krijgt niemand een herinnering of "
        "melding: die gaat op de volgende werkdag om {opens} uur de deur uit.",
        "digest": "Elke organisatie krijgt op {days} een overzicht: wat op haar wacht, wat te laat is en wat er is "
        "veranderd. Is dat geen werkdag? Dan de werkdag erna. Een leeg overzicht gaat niet de deur uit.",
        "weekdays": "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
        "then_told": "daarna ook: {role}",
        "viewing_day": "de afgesproken dag om te kijken",
        "at_least": "ten minste {term} na de vraag",
        "form_after_keys": "{form}: {term} na de sleutels",
        "after_delay": "na uitstel: {term}",
        "before_lease_end": "{term} voor het einde van de huur",
        "lease_end_after_delay": "na uitstel: het einde van de huur",
        "tracks": "Naast de stappen",
        "nothing_stands_still": "niets",
        "institution_too": ", en de instelling",
        "until_figures": "Zolang daarvan geen cijfers zijn, is het maximum {limit} {unit}.",
        "until_figures_free": "Zolang daarvan geen cijfers zijn, is er geen maximum.",
        "shared": "Deze plekken zijn van meer gemeenten samen: {municipalities}.",
        "part_kept": "Daarvan worden {target} vrijgehouden voor: {groups}.",
        "part_counted": "Het doel voor {groups} is {target}.",
        "capacity_waits": "Zijn alle plekken bezet? Dan wacht de cliënt. Elke {check} wordt opnieuw naar een plek "
        "gezocht.",
        "dwelling": "Welke woning past",
        "dwelling_text": "De woning past bij het huishouden: kamers, trap of lift, rust, wijk, veiligheid. In één "
        "kamer "
        "wonen ten hoogste {people} mensen.",
        "dwelling_plain": "De woning past bij wat het huishouden nodig heeft.",
        "rents_text": "De huur past bij het huishouden (passend toewijzen). Een te hoge huur is een waarschuwing, "
        "want de "
        "regel geldt voor de corporatie als geheel.",
        "rent_columns": "Jaar | Jongeren alleen | 1 of 2 mensen | 3 of meer | Jong is jonger dan",
        "capped_rent": "Voor jongeren uit {groups} verlaagt de corporatie de huur tot de grens voor jongeren.",
        "closed_complexes": "Hier wordt nu niemand geplaatst: {complexes}.",
        "spread_text": "Plaatsingen worden geteld per wijk en per complex, zodat de stad gelijk meedoet.",
        "spread_none": "Er is geen vast maximum per {scope}.",
        "spread_cap": "Het maximum per {scope}: {cap}.",
        "spread_named": "Voor {scope} {name}: {cap}.",
        "district": "wijk",
        "complex": "complex",
        "cap_most": "{most} bemiddelingen {period}",
        "cap_free": "geen maximum",
        "cap_closed": "dicht tot en met {day}",
        "cap_review": "opnieuw bekijken op {day}",
        "temporary": "Een tijdelijke huur duurt ten hoogste {longest}, en heeft een grond in de wet. De volgende "
        "woning is "
        "{onward} voor het einde geregeld.",
        "convert": "Het huurcontract kan op naam van de cliënt komen: {forms}. Is het nog te vroeg? Dan wordt "
        "{extension} "
        "later opnieuw gekeken.",
        "no_convert": "Of en wanneer een contract op naam van de cliënt komt, volgt het systeem niet.",
        "plan": "Binnen {term} na de sleutels is er een begeleidingsplan, samen met de cliënt (zie hoofdstuk 3).",
        "talk": "Binnen {term} na de sleutels praat de corporatie met de huurder (zie hoofdstuk 3).",
        "landing": "Bij de start is geregeld (zachte landing): {items}. Wat ontbreekt, regelt de zorgaanbieder binnen "
        "{term}.",
        "stages": "De stappen",
        "by_law": "wettelijk",
        "table": "Wie doet wat, en wanneer",
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
        "clocks": "Termijnen naast de taken",
        "clock_columns": "Termijn | Loopt | Duur | Waarschuwing | Verlenging",
        "capacity": "Hoeveel mensen",
        "capacity_text": "Een plek wordt gereserveerd als de urgentie is gegeven. De plek is gebruikt als de sleutels "
        "zijn gegeven. Stopt de bemiddeling eerder? Dan komt de plek weer vrij.",
        "offers": "Aanbod en weigeren",
        "offers_one": "Na één keer nee zeggen zonder goede reden kan de urgentie vervallen.",
        "offers_many": "Na {count} keer nee zeggen zonder goede reden kan de urgentie vervallen.",
        "offers_text": "Een medewerker van de gemeente beoordeelt de reden. Eerst is er een gesprek met de cliënt. "
        "Trekt de corporatie een woning terug? Dan telt dat nooit als nee van de cliënt. Na {withdrawals} ingetrokken "
        "woningen krijgt de gemeente een melding.",
        "leases": "Vormen van huur",
        "support": "Begeleiding en wijkteam",
        "support_text": "Het wijkteam krijgt ten minste {notice} voor de sleutels bericht. Zonder zekere begeleiding, "
        "of een oplossing tot die start, zijn er geen sleutels.",
        "guidance": "De begeleiding duurt volgens afspraak {term}.",
        "follow_up": "Nabellen",
        "follow_up_text": "{caller} belt de cliënt {after} {anchor}. Bellen mag tot {window} eerder. Na {attempts} "
        "pogingen op verschillende delen van de dag wordt aan de zorgaanbieder gevraagd of er contact is. Het gesprek "
        "gaat over: {topics}.",
        "agreements": "Werkafspraken",
        "agreements_text": "De partners houden de tijden in deze tabel zelf bij. Het systeem bewaakt de taken en "
        "termijnen van hoofdstuk 3 en 4.",
        "agreement_columns": "Afspraak | Geldt | Wie ervoor zorgt | Binnen",
        "after_keys": "{term} na de sleutels",
        "yes": "ja",
        "no": "nee",
        "open": "nog te beslissen",
        "decision": "Besluit, en bewaren van gegevens",
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
        "ends": "Hoe een bemiddeling eindigt",
        "at_any_stage": "in elke stap",
        "gaps": "Open punten",
        "gaps_text": "{name} heeft deze punten nog niet beslist. Tot dan werkt het systeem met de waarde "
        "die hier staat.",
        "gap_columns": "Punt | Waarde voor nu",
        "no_gaps": "Er zijn geen open punten.",
        "assumed": "{count} waarden zijn opgeschreven, maar staan in geen bron: het zijn aannames. In de bijlage staat "
        "welke.",
        "signing": "Ondertekening",
        "signing_columns": "Partner | Naam | Datum | Handtekening",
        "appendix": "Bijlage: waar elke waarde vandaan komt",
        "appendix_columns": "Parameter | Waarde | Bron",
        "undecided": "niet beslist; standaard van het systeem",
        "default": "standaard van het systeem",
        "and": "en",
        "every": "elke {term}",
    },
)
