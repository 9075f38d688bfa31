"""Letters on decisions and objections, in plain English. The address and the by-law are named as they are: in Dutch."""

from activities.letters.texts.words import Long, LongTexts
from domain.facts.referral import Document
from domain.messages.answers import AlternativeForm, DecisionReason
from domain.messages.effects import Letter
from domain.messages.told import Meanwhile

CALL = """\
Do you have questions?
Call {desk}: {phone}. You can call {hours}. Give this number: {number}.
Do you find this letter difficult? Read it together with your guide. Or call us, and we will explain it."""
OBJECTION = """\
Do you disagree with this decision?
You can call us. Perhaps we can solve it together. You can also object (bezwaar). Then we look at the decision again. \
You can object until and including {until}. That is six weeks from the day after we sent this letter. That day stays \
the same, also if you call us.

How to object
Send a letter to:
Burgemeester en wethouders van de {municipality}
{objections}
{online}
Put in your letter:
- your name and address
- the date
- the number {number} and the date of this decision
- why you disagree with the decision
- your signature
Post the letter on or before {until}, or bring it to us. Somebody else may do this for you, if you agree. Is your \
address secret? Then call us first. Objecting costs you no money.

The decision applies already, also if you object. Can you not wait for our answer? Then you can ask the court to \
arrange something quickly (voorlopige voorziening). You must then also object. You pay a fee to the court.
Write to {court}, {court_address}. The Juridisch Loket explains it free of charge: {legal_help}."""
APPEAL = """\
Do you disagree with this decision?
Then you can go to court (beroep). You can do so until and including {until}. That is six weeks from the day after we \
sent this letter. Somebody else may do this for you, if you agree.

How to go to court
Send a letter to:
{court}
{court_address}
Put in your letter:
- your name and address
- the date
- the number {number}, with a copy of this decision
- why you disagree with the decision
- your signature
You pay a fee to the court. Do you have little money? Then you sometimes pay less or nothing. Can you not wait? Then \
also ask the court to arrange something quickly (voorlopige voorziening).
The Juridisch Loket explains it free of charge: {legal_help}."""
APPEAL_UPHELD = """\
Do you think that this decision does not put everything right?
Call us. You can also go to court (beroep). You can do so until and including {until}. That is six weeks from the day \
after we sent this letter.
Write to {court}, {court_address}. Put in your letter: your name and address, the date, the number {number}, your \
reason and your signature. Add a copy of this decision.
Somebody else may do this for you, if you agree. You pay a fee to the court."""
WHY = "Why?\n{reasons} The rule for this is {ground}."
YOUR_VIEW = "What did you tell us?\n{opinion}"


def _decision(heading: str, what: str, advice: str, *, why: str = WHY) -> Long:
    """Return a decision that was taken after a hearing."""
    return Long(heading, f"{what}\n\n{why}\n\n{YOUR_VIEW}\n\n{advice}", (CALL, OBJECTION), signed=True)


TALK_AGAIN = (
    "Talk with {institution} about where you can live. Does something change? Then {institution} can refer you again."
)
LETTERS: dict[Letter, Long] = {
    Letter.REJECTED: _decision(
        "We reject your application",
        "You do not get urgency. We reject your application. That means that we do not look for a home for you.",
        f"What can you do now?\n{TALK_AGAIN}",
    ),
    Letter.NOT_PROCESSED: Long(
        "We do not process your application",
        "We do not process your application. That means that we do not look whether you get urgency.\n\n"
        "Why?\nYour application was not complete. On {asked_on} we asked for the documents. "
        "We had to have them on or before {asked_until}. We did not get these documents:\n{documents}\n"
        "Without those documents we cannot decide. {motivation} "
        "This is in the Algemene wet bestuursrecht, article 4:5.\n\n"
        "What can you do now?\nDo you have the documents? Ask {institution} to refer you again. "
        "That may be done at once.",
        (CALL, OBJECTION),
        signed=True,
    ),
    Letter.NOT_READY: _decision(
        "You cannot live independently now",
        "You do not get urgency now. We think that living independently will not work for you now. "
        "So we do not look for a home for you now.",
        "What can you do now?\nMake a plan with {institution}. Are you ready later? "
        "Then {institution} can refer you again.",
    ),
    Letter.ALTERNATIVE_LIVING_FORM: _decision(
        "Another way of living suits you better",
        "You do not get urgency for a home of your own. We think that something else suits you better: {living_form}.",
        "What can you do now?\nTalk about this with {institution}. Your guide helps you to find a place. "
        "The district team can help to think as well{team_phone}.",
    ),
    Letter.REFUSED_LAPSED: _decision(
        "Your urgency ends",
        "Your urgency ends on {day}. After that we do not look for a home for you.",
        f"What can you do now?\n{TALK_AGAIN}",
        why="Why?\nNumber of homes that you said no to, without a good reason: {count}. {reasons} "
        "The rule for this is {ground}.",
    ),
    Letter.URGENCY_ENDED: _decision(
        "Your urgency has ended",
        "Your urgency ends on {day}. After that we do not look for a home for you.",
        "What can you do now?\nTalk with {institution} about where you can live. Has something changed? "
        "Then {institution} can refer you again.",
    ),
    Letter.URGENCY_WITHDRAWN: _decision(
        "We withdraw your urgency",
        "We withdraw your urgency. Your urgency ends on {day}. After that we do not look for a home for you.",
        "What can you do now?\nTalk with {institution} about where you can live. Are our data not right? Call us.",
    ),
    Letter.CARE_NOT_AVAILABLE: _decision(
        "There is no support for you at home",
        "Your urgency ends on {day}. We cannot find support for you. "
        "Without support you cannot live in a home of your own now.",
        "What can you do now?\nTalk with {institution} about where you can live. Is there support later? "
        "Then {institution} can refer you again.",
    ),
    Letter.ENDED_LONG_ABSENCE: _decision(
        "We stop looking",
        "Your urgency ends on {day}. After that we do not look for a home for you.",
        "What can you do later?\nCan you move again? Then you can be referred again. "
        "Do you have a home already? Then this letter changes nothing about your lease.",
        why="Why?\nYou are somewhere else for a long time. So you cannot move now. {motivation} "
        "The rule for this is {ground}.",
    ),
    Letter.PLACEMENT_FAILED: _decision(
        "Our help with living ends",
        "Our help with living ends on {day}. Your lease does not end by it. "
        "Do you get a letter about your rent? Then call us at once.",
        "What can you do now?\nCall the district team{team_phone}. They help you further, also with problems about "
        "the rent.",
    ),
    Letter.OTHER_MUNICIPALITY: Long(
        "Another municipality helps you",
        "{elsewhere} helps you to a home. So we stop with your application here.\n\n"
        "Why?\nYou lived in {elsewhere} before. That municipality has said yes. {motivation} "
        "The rule for this is {ground}.\n\n"
        "What happens now?\n{elsewhere} gets in touch with you. Do you agree? Then we send your documents on. "
        "You need not give them again. Do you hear nothing? Call us.",
        (CALL, OBJECTION),
        signed=True,
    ),
    Letter.DECISION_SENT: Long(
        "There is a decision",
        "We have taken a decision. Read it together. The client can object until and including {until}. "
        "Help the client with a plan.",
        (),
    ),
    Letter.OBJECTION_RECEIVED: Long(
        "We have received your objection",
        "We received your objection on {received_on}. {about}We decide on or before {by}.\n\n"
        "What happens now?\nFirst you may explain why you disagree. We call you to agree on a day. "
        "You may bring somebody. Do you not want that? Tell us. Then we only look at your letter.\n\n{meanwhile}",
        (CALL,),
        guide="The client has objected. We decide on or before {by}. You may come along to the talk.",
    ),
    Letter.OBJECTION_UPHELD: Long(
        "You are right: we put the decision right",
        "You were right. {Our} was not good. That decision no longer applies.\n\n"
        "Why?\n{reasons} The rule for this is article 7:11 of the Algemene wet bestuursrecht.\n\n"
        "What happens now?\n{next} You need not do anything for it.",
        (CALL, APPEAL_UPHELD),
        guide="The client was right. The old decision no longer applies. The letter says what happens now.",
        signed=True,
    ),
    Letter.OBJECTION_DISMISSED: Long(
        "Our decision stays as it is",
        "We have looked at {our} again. You were not right. Our decision stays as it is.\n\n"
        "Why?\n{reasons} The rule for this is article 7:11 of the Algemene wet bestuursrecht.",
        (CALL, APPEAL),
        guide="We have decided on the objection. The decision stays as it is. The client can go to court. "
        "The letter says until which day.",
        signed=True,
    ),
    Letter.OBJECTION_INADMISSIBLE: Long(
        "We cannot deal with your objection",
        "We cannot deal with your objection. So we do not look at {our} again.\n\n"
        "Why?\n{reasons} The rule for this is chapter 6 of the Algemene wet bestuursrecht.",
        (CALL, APPEAL),
        guide="We have decided on the objection. Read it together. The client can go to court. "
        "The letter says until which day.",
        signed=True,
    ),
    Letter.OBJECTION_WITHDRAWN: Long(
        "Your objection has stopped",
        "You told us that you stop with your objection. {Our} stays as it is. Is this not right? Call us.",
        (CALL,),
        guide="The client has stopped with the objection. Is that not right? Call us.",
    ),
}
REASONS: dict[DecisionReason, str] = {
    DecisionReason.SKILLS: "You still need help to look after yourself and a home.",
    DecisionReason.CARE_AT_NIGHT: "You also need help at night.",
    DecisionReason.TREATMENT_FIRST: "It is better that you finish your treatment first.",
    DecisionReason.MONEY: "Your income or your debts are not arranged yet.",
    DecisionReason.SUPPORT_REFUSED: "You do not want support. It is needed with this home.",
    DecisionReason.SAFETY: "It is not safe now for you or for others.",
    DecisionReason.NOT_TARGET_GROUP: "This help is for people who leave an institution. That is not so for you.",
    DecisionReason.NOT_FROM_HERE: "You did not live in our municipality. There is no reason to help you here.",
    DecisionReason.DATA_MISSING: "We lack data that we need.",
    DecisionReason.DATA_WRONG: "Data that we got are not right.",
    DecisionReason.REFUSED_SUITABLE: "You said no to a home that suits you.",
    DecisionReason.NO_CARE: "No support can be found for you.",
    DecisionReason.OTHER: "",
}
TEXTS = LongTexts(
    letters=LETTERS,
    reasons=REASONS,
    documents={
        Document.CONSENT: "consent of the client",
        Document.IDENTITY: "passport or identity card",
        Document.ADDRESS_HISTORY: "extract of the BRP with old addresses",
        Document.INCOME_STATEMENT: "proof of income",
        Document.READINESS_STATEMENT: "statement that the client is ready",
        Document.SUPPORT_PLAN: "support plan",
    },
    living_forms={
        AlternativeForm.SHELTERED: "sheltered living",
        AlternativeForm.INTERIM_HOME: "an interim home",
        AlternativeForm.GUIDED: "guided living",
        AlternativeForm.HOUSING_FIRST: "Housing First: a home first",
        AlternativeForm.STAY: "staying where you live now",
    },
    other_form="another way of living",
    opinions={
        "heard": "On {heard_on} you told us what you think of our plan. We looked at that. Then we decided.",
        "waived": "You did not want to respond to our plan.",
        "did_not_appear": "We asked you to respond to our plan. You did not come.",
    },
    meanwhile={
        Meanwhile.READINESS: "Meanwhile we simply go on with your application.",
        Meanwhile.ASSESSMENT: "Meanwhile we simply go on with your application.",
        Meanwhile.SEARCHING: "Meanwhile we simply go on looking for a home.",
        Meanwhile.SUSPENDED: "Meanwhile we do not go on looking. We wait until there is a decision.",
        Meanwhile.HOUSED: "Meanwhile you simply stay in your home.",
        Meanwhile.ENDED: "Until then nothing changes about our decision.",
        Meanwhile.ELSEWHERE: "Until then nothing changes about our decision.",
    },
    next={
        Meanwhile.READINESS: "We look at your referral again.",
        Meanwhile.ASSESSMENT: "The district team looks again at what suits you. Then you get a new decision.",
        Meanwhile.SEARCHING: "We look for a home for you.",
        Meanwhile.SUSPENDED: "We look for a home for you.",
        Meanwhile.HOUSED: "Our help with living goes on.",
        Meanwhile.ENDED: "We put it right in our data.",
        Meanwhile.ELSEWHERE: "You have been referred anew. We go on with that.",
    },
    numbers=tuple(map(str, range(13))),
    about="It is about our decision of {decided_on}. ",
    decision_of="our decision of {decided_on}",
    decision="our decision",
    subject="A letter about your mediation",
    guide_subject="A letter to your client",
    head="{municipality}\n{today}\nNumber: {number}",
    guide_head="You guide the client with number {number}. We sent the client a letter.",
    guide_foot="Read the letter together with the client. Questions? Call {desk}: {phone}. You can call {hours}.",
    call=CALL,
    sign="Kind regards,\n\n{desk}\n{municipality}",
    sign_plain="Kind regards,\n{municipality}",
    sign_decision="Kind regards,\non behalf of burgemeester en wethouders van de {municipality},\n\n"
    "{signatory}\n{signatory_title}",
)
