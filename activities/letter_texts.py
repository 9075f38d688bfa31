"""The words of our letters: plain Dutch (B1) first, then English. No letter names a person or an address."""

from datetime import date
from typing import NamedTuple

from domain.effects import Letter, SendLetter
from domain.tasks import TaskKind


class LetterText(NamedTuple):
    """A letter as it is sent."""

    subject: str
    body: str


class Words(NamedTuple):
    """One letter in one language. `{task}` and `{by}` are filled in."""

    subject: str
    body: str


TASKS: dict[TaskKind, tuple[str, str]] = {
    TaskKind.CHECK_READINESS: ("de aanmelding controleren", "check the referral"),
    TaskKind.SUPPLEMENT: ("de ontbrekende stukken sturen", "send the missing documents"),
    TaskKind.DECIDE_INCOMPLETE: ("besluiten over de onvolledige aanmelding", "decide on the incomplete referral"),
    TaskKind.REVIEW_READINESS: ("opnieuw kijken of de cliënt klaar is", "look again whether the client is ready"),
    TaskKind.DETERMINE_ORIGIN: (
        "bepalen uit welke gemeente de cliënt komt",
        "determine from which municipality the client comes",
    ),
    TaskKind.AWAIT_TRANSFER: (
        "het antwoord van de andere gemeente vragen",
        "get the answer of the other municipality",
    ),
    TaskKind.ASSESS: ("de beoordeling doen", "make the assessment"),
    TaskKind.EXTEND_DECISION_TERM: ("laten weten dat het besluit later komt", "give notice of a later decision"),
    TaskKind.HEAR_CLIENT: ("met de cliënt praten over het plan voor een besluit", "hear the client"),
    TaskKind.DECIDE_OBJECTION: ("beslissen op het bezwaar", "decide on the objection"),
    TaskKind.AWAIT_PLACE: ("een plek zoeken binnen het maximum", "find a place within the quota"),
    TaskKind.MAKE_OFFER: ("een passende woning kiezen", "choose a suitable dwelling"),
    TaskKind.EXTEND_URGENCY: ("besluiten of de urgentie langer geldt", "decide whether to extend the urgency"),
    TaskKind.CONFIRM_OFFER: ("het aanbod bevestigen", "confirm the offer"),
    TaskKind.PLAN_VIEWING: ("een dag afspreken om de woning te bekijken", "agree a day to see the home"),
    TaskKind.HOLD_VIEWING: ("de woning bekijken", "see the home"),
    TaskKind.ANSWER_OFFER: ("antwoord geven op het aanbod", "answer the offer"),
    TaskKind.RESOLVE_NO_ANSWER: ("de cliënt bellen over het aanbod", "phone the client about the offer"),
    TaskKind.JUDGE_REFUSAL: ("beoordelen waarom de cliënt nee zei", "judge the refusal"),
    TaskKind.SIGN_LEASE: ("het huurcontract tekenen", "sign the lease"),
    TaskKind.JUDGE_FRAUD: ("beoordelen wat de corporatie vermoedt", "judge what the corporation suspects"),
    TaskKind.CONFIRM_SUPPORT: ("de startdatum van de begeleiding doorgeven", "tell when support starts"),
    TaskKind.AWAIT_RETOUR: (
        "een bericht van de gemeente beantwoorden met een retourbericht",
        "answer a message of the municipality with its retour",
    ),
    TaskKind.BRIDGE_SUPPORT: ("zorgen voor begeleiding", "arrange support"),
    TaskKind.HAND_OVER_KEYS: ("de sleutels geven", "hand over the keys"),
    TaskKind.ARRANGE_ONWARD_MOVE: (
        "zorgen dat de cliënt na het tijdelijke contract een woning heeft",
        "arrange the next home before the temporary lease ends",
    ),
    TaskKind.START_SUPPORT: ("de begeleiding starten", "start the support"),
    TaskKind.REVIEW_SUPPORT: ("nagaan of de begeleiding nog loopt", "find out whether the support goes on"),
    TaskKind.COMPLETE_LANDING: ("regelen wat nog mist in de nieuwe woning", "arrange what the new home still lacks"),
    TaskKind.AGREE_PLAN: ("het begeleidingsplan afspreken", "agree the support plan"),
    TaskKind.HOLD_TALK: ("met de huurder praten over het wonen", "talk with the tenant"),
    TaskKind.FOLLOW_UP_CALL: ("bellen hoe het gaat", "call to ask how it goes"),
    TaskKind.ASK_GUIDE: ("laten weten of er contact is met de cliënt", "tell whether there is contact with the client"),
    TaskKind.SIGN_OFF_UNREACHABLE: ("besluiten om af te sluiten", "decide whether to close"),
    TaskKind.TAKE_UP_FOLLOW_ON: ("verder helpen na het telefoongesprek", "take up what came out of the call"),
    TaskKind.VISIT_CLIENT: ("de cliënt thuis bezoeken", "visit the client at home"),
    TaskKind.ACKNOWLEDGE_SIGNAL: ("laten weten dat de melding is gezien", "tell that the report was seen"),
    TaskKind.HOLD_JOINT_TALK: ("samen praten over de overlast", "talk together about the nuisance"),
    TaskKind.REVIEW_SIGNAL: ("kijken of de afspraken werken", "see whether the agreements work"),
    TaskKind.HOLD_CASE_CONFERENCE: ("een gesprek met alle partners houden", "hold a case conference"),
    TaskKind.REMIND_ARREARS: ("een brief sturen over de huur", "send a reminder of the rent"),
    TaskKind.CONTACT_TENANT: ("met de huurder praten over de huur", "speak to the tenant about the rent"),
    TaskKind.OFFER_DEBT_HELP: ("hulp bij schulden aanbieden", "offer help with debts"),
    TaskKind.TAKE_UP_ARREARS: ("hulp bieden bij de huurschuld", "offer help with the arrears"),
    TaskKind.CONTACT_CLIENT: ("contact zoeken met de cliënt", "get in touch with the client"),
    TaskKind.REVIEW_TIME_OUT: ("kijken of de cliënt naar huis kan", "see whether the client can go home"),
    TaskKind.REVIEW_ABSENCE: ("kijken of de cliënt terugkomt", "see whether the client will come back"),
    TaskKind.REVIEW_PAUSE: ("kijken of de pauze doorgaat", "see whether the pause goes on"),
    TaskKind.DECIDE_CONVERSION: (
        "besluiten of het contract op eigen naam kan",
        "decide on a lease in the client's name",
    ),
    TaskKind.RESOLVE_DELIVERY: ("een bericht met de hand doorgeven", "pass on a message by hand"),
}
"""What is asked, in words that follow "u moet" and "please"."""

DUTCH: dict[Letter, Words] = {
    Letter.REFERRAL_RECEIVED: Words("Wij hebben de aanmelding ontvangen", "Wij kijken nu of alles er is."),
    Letter.TASK_OPENED: Words("Wij vragen u iets te doen", "Wilt u dit doen: {task}? Doe dit voor of op {by}."),
    Letter.TASK_REMINDER: Words(
        "Herinnering: wij wachten op u", "Wij vroegen u eerder: {task}. Doe dit voor of op {by}."
    ),
    Letter.TASK_ESCALATED: Words(
        "Te laat: kijk wat er nodig is", "Dit is niet op tijd gedaan: {task}. Het moest {by}."
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
    Letter.OBJECTION_RECEIVED: Words(
        "Wij hebben uw bezwaar ontvangen", "Wij beslissen voor of op {by}. Wij gaan intussen door met zoeken."
    ),
    Letter.OBJECTION_EXTENDED: Words("Wij hebben meer tijd nodig voor uw bezwaar", "Wij beslissen nu voor of op {by}."),
    Letter.OBJECTION_DECIDED: Words(
        "Wij hebben beslist op uw bezwaar",
        "Uw begeleider vertelt u wat er is besloten. Bent u het niet eens? Dan kunt u naar de rechter.",
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
    Letter.OFFER_MADE: Words(
        "Er is een woning voor u", "Bekijk de woning met uw begeleider. Geef antwoord voor of op {by}."
    ),
    Letter.OFFERS_WITHDRAWN: Words(
        "Weer een aanbod ingetrokken", "De corporatie heeft meer dan één aanbod ingetrokken. Bel de corporatie."
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
    Letter.CLOSED: Words("Deze bemiddeling is klaar", "U hoeft niets meer te doen."),
}

ENGLISH: dict[Letter, Words] = {
    Letter.REFERRAL_RECEIVED: Words("We have received the referral", "We now check whether it is complete."),
    Letter.TASK_OPENED: Words("We ask you to do something", "Please {task}, on or before {by}."),
    Letter.TASK_REMINDER: Words("Reminder: we are waiting for you", "Please {task}, on or before {by}."),
    Letter.TASK_ESCALATED: Words("Overdue: see what is needed", "This was due on {by}: {task}."),
    Letter.TRANSFER_ASKED: Words(
        "We ask another municipality to help you",
        "You come from another municipality. We ask whether it will help you. We expect its answer by {by}.",
    ),
    Letter.DEADLINE_CHANGED: Words(
        "Another date", "The agreements have changed. Please {task}, now on or before {by}."
    ),
    Letter.HEARING_INVITED: Words(
        "We want to hear your opinion",
        "We intend to say no. First we want to know what you think. "
        "Please tell us on or before {by}. Your guide can help you.",
    ),
    Letter.URGENCY_GRANTED: Words("You have priority", "We will look for a home for you."),
    Letter.URGENCY_WITH_CONDITIONS: Words(
        "You have priority, with conditions",
        "We will look for a home for you. You must keep to some conditions; your guide will discuss them with you. "
        "If you do not agree with a condition, you can object within six weeks.",
    ),
    Letter.OBJECTION_RECEIVED: Words(
        "We have received your objection", "We decide on or before {by}. Meanwhile we go on looking."
    ),
    Letter.OBJECTION_EXTENDED: Words("We need more time for your objection", "We now decide on or before {by}."),
    Letter.OBJECTION_DECIDED: Words(
        "We have decided on your objection",
        "Your guide will tell you what was decided. If you do not agree, you can go to court.",
    ),
    Letter.OBJECTION_OPEN_AT_END: Words(
        "An objection is still open", "This mediation has ended, but the objection is not decided yet. Please do so."
    ),
    Letter.URGENCY_EXTENDED: Words("Your priority lasts longer", "We go on looking for a home for you."),
    Letter.HOUSING_TARGET_MISSED: Words("No home within the agreed time", "Discuss what is needed."),
    Letter.VIEWING_PLANNED: Words("You can see the home", "On {by}. Go with your guide, and answer afterwards."),
    Letter.OFFER_MADE: Words("There is a home for you", "See it with your guide. Please answer on or before {by}."),
    Letter.OFFERS_WITHDRAWN: Words(
        "Another offer withdrawn", "The corporation has withdrawn more than one offer. Please phone it."
    ),
    Letter.KEYS_PLANNED: Words("You will get the keys", "You will get the keys of your home on {by}."),
    Letter.TEMPORARY_LEASE: Words(
        "Your lease is temporary",
        "It ends on {by}. The corporation will look for a next home with you in good time.",
    ),
    Letter.PROVIDER_CHANGED: Words(
        "Another guide", "Another organisation takes over the support. The home and the lease stay as they are."
    ),
    Letter.PLAN_ASKED: Words(
        "Your support plan", "You make a plan together with your guide. It is ready on or before {by}."
    ),
    Letter.TALK_PLANNED: Words(
        "A talk about your home", "The housing corporation wants to ask how you live. That is on or before {by}."
    ),
    Letter.JOINT_TALK_PLANNED: Words(
        "We want to talk with you",
        "Somebody reported nuisance. We want to hear how you see it and make agreements together. "
        "The talk is on or before {by}. Your guide helps you.",
    ),
    Letter.ABSENCE_NOTED: Words(
        "You are elsewhere for some time", "We know that you are away. We wait for you and will look again later."
    ),
    Letter.ABSENCE_NOTED_OFFER_GONE: Words(
        "You are elsewhere for some time",
        "The home we had goes to somebody else now. That does not count as a refusal. "
        "You keep your place. When you are back we go on looking.",
    ),
    Letter.RETURN_NOTED: Words("You are back", "We go on where we were."),
    Letter.LEASE_CONVERTED: Words("The lease is in your name", "You now rent your home yourself."),
    Letter.LEASE_CONVERSION_LATER: Words(
        "The lease comes in your name later", "You can stay in your home. We will look again with you later."
    ),
    Letter.STEPPED_BACK: Words(
        "We do a step again", "We look at your request once more. Your guide can tell you more."
    ),
    Letter.DELIVERY_FAILED: Words(
        "A message did not arrive", "A partner has refused a message. Please pass it on by hand."
    ),
    Letter.CLOSED: Words("This mediation has ended", "You need not do anything more."),
}


def letter_text(effect: SendLetter, mediation: str, pages: str) -> LetterText:
    """Write a letter. The link leads to the mediation; what it shows depends on who signs in."""
    dutch, english = DUTCH[effect.letter], ENGLISH[effect.letter]
    task = TASKS[effect.task_kind] if effect.task_kind else ("", "")
    body = (
        f"{dutch.body.format(task=task[0], by=_day(effect.by))}\n\n"
        f"Nummer van de bemiddeling: {mediation}\n{pages}/mediations/{mediation}\n\n"
        f"-- \nEnglish\n\n{english.body.format(task=task[1], by=_day(effect.by))}\n"
    )
    return LetterText(f"{dutch.subject} ({mediation})", body)


def _day(day: date | None) -> str:
    return f"{day:%d-%m-%Y}" if day else ""
