"""Our letters in English."""

from activities.letters.texts.words import Phrases, Texts, Words
from domain.facts.tasks import TaskKind
from domain.messages.effects import Letter

TASKS: dict[TaskKind, str] = {
    TaskKind.CHECK_READINESS: "check the referral",
    TaskKind.SUPPLEMENT: "send the missing documents",
    TaskKind.DECIDE_INCOMPLETE: "decide on the incomplete referral",
    TaskKind.REVIEW_READINESS: "look again whether the client is ready",
    TaskKind.DETERMINE_ORIGIN: "determine from which municipality the client comes",
    TaskKind.AWAIT_TRANSFER: "get the answer of the other municipality",
    TaskKind.ASSESS: "make the assessment",
    TaskKind.EXTEND_DECISION_TERM: "give notice of a later decision",
    TaskKind.HEAR_CLIENT: "hear the client",
    TaskKind.DECIDE_OBJECTION: "decide on the objection",
    TaskKind.AWAIT_PLACE: "find a place within the quota",
    TaskKind.MAKE_OFFER: "choose a suitable dwelling",
    TaskKind.EXTEND_URGENCY: "decide whether to extend the urgency",
    TaskKind.CONFIRM_OFFER: "confirm the offer",
    TaskKind.PLAN_VIEWING: "agree a day to see the home",
    TaskKind.HOLD_VIEWING: "see the home",
    TaskKind.ANSWER_OFFER: "answer the offer",
    TaskKind.RESOLVE_NO_ANSWER: "phone the client about the offer",
    TaskKind.JUDGE_REFUSAL: "judge the refusal",
    TaskKind.SIGN_LEASE: "sign the lease",
    TaskKind.JUDGE_FRAUD: "judge what the corporation suspects",
    TaskKind.NAME_RECEIVING_TEAM: "name the district team that receives the client",
    TaskKind.CONFIRM_SUPPORT: "tell when support starts",
    TaskKind.AWAIT_RETOUR: "answer a message of the municipality with its retour",
    TaskKind.BRIDGE_SUPPORT: "arrange support",
    TaskKind.HAND_OVER_KEYS: "hand over the keys",
    TaskKind.ARRANGE_ONWARD_MOVE: "arrange the next home before the temporary lease ends",
    TaskKind.START_SUPPORT: "start the support",
    TaskKind.REVIEW_SUPPORT: "find out whether the support goes on",
    TaskKind.COMPLETE_LANDING: "arrange what the new home still lacks",
    TaskKind.AGREE_PLAN: "agree the support plan",
    TaskKind.HOLD_TALK: "talk with the tenant",
    TaskKind.FOLLOW_UP_CALL: "call to ask how it goes",
    TaskKind.ASK_GUIDE: "tell whether there is contact with the client",
    TaskKind.SIGN_OFF_UNREACHABLE: "decide whether to close",
    TaskKind.TAKE_UP_FOLLOW_ON: "take up what came out of the call",
    TaskKind.VISIT_CLIENT: "visit the client at home",
    TaskKind.ACKNOWLEDGE_SIGNAL: "tell that the report was seen",
    TaskKind.HOLD_JOINT_TALK: "talk together about the nuisance",
    TaskKind.REVIEW_SIGNAL: "see whether the agreements work",
    TaskKind.HOLD_CASE_CONFERENCE: "hold a case conference",
    TaskKind.REMIND_ARREARS: "send a reminder of the rent",
    TaskKind.CONTACT_TENANT: "speak to the tenant about the rent",
    TaskKind.OFFER_DEBT_HELP: "offer help with debts",
    TaskKind.TAKE_UP_ARREARS: "offer help with the arrears",
    TaskKind.CONTACT_CLIENT: "get in touch with the client",
    TaskKind.REVIEW_TIME_OUT: "see whether the client can go home",
    TaskKind.REVIEW_ABSENCE: "see whether the client will come back",
    TaskKind.CONFIRM_DEATH: "look into a report about the client",
    TaskKind.CONFIRM_WITHDRAWAL: "talk with the client about a report",
    TaskKind.REVIEW_PAUSE: "see whether the pause goes on",
    TaskKind.DECIDE_CONVERSION: "decide on a lease in the client's name",
    TaskKind.RESOLVE_DELIVERY: "pass on a message by hand",
}
"""What is asked, as a task is named."""

LETTERS: dict[Letter, Words] = {
    Letter.REFERRAL_RECEIVED: Words("We have received the referral", "We now check whether it is complete."),
    Letter.TASK_OPENED: Words("We ask you to do something", "Please {task}, on or before {by}."),
    Letter.TASK_REMINDER: Words("Reminder: we are waiting for you", "Please {task}, on or before {by}."),
    Letter.TASK_ESCALATED: Words(
        "Overdue: see what is needed",
        "This is late: {task}. It was due on {by}. {owner} can finish it. Ask what is needed.",
    ),
    Letter.TASK_PASSED_ON: Words(
        "You need not do something any more",
        "{owner} will now do this: {task}. If you have done it already, please tell us.",
    ),
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
    Letter.OBJECTION_RECEIVED: Words("We have received your objection", "We decide on or before {by}."),
    Letter.OBJECTION_EXTENDED: Words("We need more time for your objection", "We now decide on or before {by}."),
    Letter.OBJECTION_DECIDED: Words(
        "We have decided on your objection",
        "Your guide will tell you what was decided, and what you can do if you do not agree.",
    ),
    Letter.OBJECTION_OPEN_AT_END: Words(
        "An objection is still open", "This mediation has ended, but the objection is not decided yet. Please do so."
    ),
    Letter.URGENCY_EXTENDED: Words("Your priority lasts longer", "We go on looking for a home for you."),
    Letter.HOUSING_TARGET_MISSED: Words("No home within the agreed time", "Discuss what is needed."),
    Letter.VIEWING_PLANNED: Words("You can see the home", "On {by}. Go with your guide, and answer afterwards."),
    Letter.CALL_PLANNED: Words(
        "We will phone you",
        "You live in your home now. We want to know how it goes. We will phone you on or near {by}.",
    ),
    Letter.APPOINTMENT_MOVED: Words("An appointment on another day", "The appointment is on {by} now: {task}."),
    Letter.APPOINTMENT_OFF: Words(
        "An appointment is off", "This appointment on {by} is off: {task}. You need not do anything."
    ),
    Letter.OFFER_MADE: Words("There is a home for you", "See it with your guide. Please answer on or before {by}."),
    Letter.OFFERS_WITHDRAWN: Words(
        "Another offer withdrawn", "The corporation has withdrawn more than one offer. Please phone it."
    ),
    Letter.OFFER_LET_GO: Words(
        "Your offer has ended", "The home that you kept for this client is free again. You need not keep it any longer."
    ),
    Letter.MOVE_OFF: Words(
        "The move is off",
        "We told you that a client comes to live in your district. That is off. You need not do anything for it. "
        "If we find another home, the team of its district hears of it.",
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
    Letter.REPORT_DENIED: Words(
        "The mediation goes on", "The municipality looked into your report. It is not so. Everything goes on as it was."
    ),
    Letter.CLOSED: Words("This mediation has ended", "You need not do anything more."),
    Letter.REOPENED: Words(
        "This mediation goes on",
        "The mediation had ended, but our decision was not right. So we go on. You will hear what we ask of you.",
    ),
}

PHRASES = Phrases(
    greeting="Dear reader,",
    who="Who can do this: only {owner}",
    client="Who can do this: you, together with your guide",
    guide="Who can do this: the client, together with you",
    what="What: {task}",
    until="On or before: {by}",
    number="Number of the mediation:",
    pages="See it here (you must sign in):",
    sign_off="Kind regards,\n{municipality}",
    automatic="This message was made automatically. You cannot answer it.",
    appointment="appointment.ics",
    digest="Digest of {day}: {waiting} tasks wait for you",
    waits="This waits for you:",
    late="This is late:",
    changed="This has changed:",
    failed="These letters did not arrive:",
    line="- {task}, on or before {by} ({mediation})",
    more="- and {count} more",
    opened="- new: {task} ({mediation})",
    closed="- ended ({mediation})",
    moved="- went on ({mediation})",
    not_recorded_subject="Something was not recorded: please look",
    not_recorded="We could not record what is listed below. Nothing was done with it. Everything else goes on.",
    parked_time="a term that has passed: we try it again every hour",
    parked_partner="a message of a partner: ask the partner what has happened",
    parked_given="something that somebody filled in or another system sent: do it once more",
    not_recorded_do="Does it fail again? Give this message to the administrator of the system.",
)
APPOINTMENTS = {TaskKind.HOLD_VIEWING: "See the home", TaskKind.FOLLOW_UP_CALL: "Phone call"}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
TEXTS = Texts(LETTERS, TASKS, PHRASES, APPOINTMENTS, WEEKDAYS, MONTHS)
