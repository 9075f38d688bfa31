"""The course of the process in English: tasks, stages, side tracks, terms and ends."""

from domain.facts.clocks import ClockKind
from domain.facts.outcome import Outcome, Stage
from domain.facts.tasks import TaskKind

TASKS = {
    TaskKind.CHECK_READINESS: "Check the referral and whether the client is ready",
    TaskKind.SUPPLEMENT: "Send the documents that are missing",
    TaskKind.DECIDE_INCOMPLETE: "Decide what to do with a referral that stays incomplete",
    TaskKind.REVIEW_READINESS: "Look again whether the client is ready",
    TaskKind.DETERMINE_ORIGIN: "Determine from which municipality the client comes",
    TaskKind.AWAIT_TRANSFER: "See that the municipality of origin says whether it takes the client over",
    TaskKind.ASSESS: "Assess whether living independently is best, and with which support",
    TaskKind.EXTEND_DECISION_TERM: "Tell the client that the decision takes longer",
    TaskKind.HEAR_CLIENT: "Hear the client before a decision against them",
    TaskKind.DECIDE_OBJECTION: "Decide on an objection",
    TaskKind.AWAIT_PLACE: "Find a place when the maximum is reached",
    TaskKind.MAKE_OFFER: "Choose a suitable dwelling",
    TaskKind.EXTEND_URGENCY: "Decide whether the urgency stays valid longer",
    TaskKind.CONFIRM_OFFER: "Reserve the dwelling and confirm the offer",
    TaskKind.PLAN_VIEWING: "Agree a day to see the dwelling",
    TaskKind.HOLD_VIEWING: "See the dwelling with the client",
    TaskKind.ANSWER_OFFER: "Answer the offer, client and guide together",
    TaskKind.RESOLVE_NO_ANSWER: "Phone the client when no answer came",
    TaskKind.JUDGE_REFUSAL: "Judge whether there was a valid reason to refuse",
    TaskKind.SIGN_LEASE: "Sign the lease and agree the day of the keys",
    TaskKind.JUDGE_FRAUD: "Judge whether there is fraud when the corporation suspects it",
    TaskKind.NAME_RECEIVING_TEAM: "Name the district team that receives the client",
    TaskKind.CONFIRM_SUPPORT: "Say on which day support starts",
    TaskKind.AWAIT_RETOUR: "Answer a message of the municipality with its retour (iWmo)",
    TaskKind.BRIDGE_SUPPORT: "Find a solution when support cannot start",
    TaskKind.HAND_OVER_KEYS: "Hand over the keys",
    TaskKind.ARRANGE_ONWARD_MOVE: "Arrange the next home before a temporary lease ends",
    TaskKind.START_SUPPORT: "Have the first contact at home",
    TaskKind.REVIEW_SUPPORT: "Find out what follows when the provider reports a stop, or takes a start back",
    TaskKind.COMPLETE_LANDING: "Put in place what was lacking at the start",
    TaskKind.AGREE_PLAN: "Agree the support plan with the client",
    TaskKind.HOLD_TALK: "Talk with the tenant about living there",
    TaskKind.FOLLOW_UP_CALL: "Call the client to ask how it goes",
    TaskKind.ASK_GUIDE: "Tell whether there is contact with a client who cannot be reached",
    TaskKind.SIGN_OFF_UNREACHABLE: "Decide whether to close without having spoken to the client",
    TaskKind.TAKE_UP_FOLLOW_ON: "Take up what came out of the call",
    TaskKind.VISIT_CLIENT: "Visit the client at home",
    TaskKind.ACKNOWLEDGE_SIGNAL: "Tell who reported nuisance that it is being seen to",
    TaskKind.HOLD_JOINT_TALK: "Talk about the nuisance with client and corporation, and make agreements",
    TaskKind.REVIEW_SIGNAL: "See whether the agreements work",
    TaskKind.HOLD_CASE_CONFERENCE: "Talk with all partners when it does not calm down (case conference)",
    TaskKind.REMIND_ARREARS: "Remind the tenant of arrears in writing",
    TaskKind.CONTACT_TENANT: "Speak to the tenant about the arrears",
    TaskKind.OFFER_DEBT_HELP: "Point to help with debts, and offer to let the municipality help",
    TaskKind.TAKE_UP_ARREARS: "Offer help with arrears that were passed on",
    TaskKind.CONTACT_CLIENT: "Get in touch with a client who keeps support away or is worried about",
    TaskKind.REVIEW_TIME_OUT: "See whether the client can go home after a time-out",
    TaskKind.REVIEW_ABSENCE: "See whether a readmitted or detained client comes back",
    TaskKind.CONFIRM_DEATH: "Find out whether a reported death is so",
    TaskKind.CONFIRM_WITHDRAWAL: "Ask the client whether the client wants to stop",
    TaskKind.REVIEW_PAUSE: "See whether the pause goes on",
    TaskKind.DECIDE_CONVERSION: "Judge whether the lease can come in the client's own name",
    TaskKind.RESOLVE_DELIVERY: "Pass on by hand a message that a partner's system refused",
}

STAGES = {
    Stage.READINESS: "Referral and readiness",
    Stage.ASSESSMENT: "Assessment",
    Stage.OFFER: "Place and offer",
    Stage.ACCEPTANCE: "Answer, lease and keys",
    Stage.SUPPORT_START: "Start of support",
    Stage.FOLLOW_UP: "First months and follow-up call",
    Stage.CONVERSION: "Lease in the client's own name",
    Stage.CLOSED: "Closed",
}

ABOUT_STAGES = {
    Stage.READINESS: "The client is referred. The municipality checks whether all documents are there, and whether the "
    "client is ready to live independently. If something is missing, the institution is asked for it; until it comes, "
    "the term of the decision stands still. If the client is not ready yet, the institution looks again later.",
    Stage.ASSESSMENT: "The district team judges whether living independently is best, and which support goes "
    "with it. If so, the client gets urgency, sometimes on conditions. Nobody is refused without having been heard.",
    Stage.OFFER: "A place is reserved. The municipality chooses a suitable dwelling among those that corporations have "
    "released, and the corporation confirms the offer.",
    Stage.ACCEPTANCE: "The client answers with the guide. After a yes the lease is signed and the provider says when "
    "support starts. There are no keys before support, or a bridge, is certain.",
    Stage.SUPPORT_START: "The client has the keys. The care provider has the first contact at home.",
    Stage.FOLLOW_UP: "The client lives at home and is called to ask how it goes. Only then, and when no signal is open "
    "any more, is the mediation complete.",
    Stage.CONVERSION: "The corporation judges with the care provider whether the goals are met. If so, the lease comes "
    "in the client's own name; if not yet, it is judged again later. The engine never ends a lease.",
    Stage.CLOSED: "The mediation has ended, for one reason.",
}

GROUPS = {
    "rights": "Hearing and objection",
    "signals": "When things go wrong at home",
    "absence": "When the client is elsewhere",
    "reported": "When a partner reports a withdrawal or a death",
    "pause": "During a pause",
    "delivery": "When a message does not arrive",
}

TRACKS = {
    "rights": "**Hearing and objection.** Does the municipality intend to refuse, or to let the urgency lapse? Then "
    "the "
    "client is heard first, within {hear_client}. A person decides afterwards and gives the reason. If the intention "
    "is "
    "dropped, the mediation goes on. The client can object to a decision; the municipality decides on that within "
    "{decide_objection}, and may extend this once. Everything goes on meanwhile. Only when the municipality suspends "
    "the decision is nothing offered and nothing decided against the client.",
    "signals": "**When things go wrong at home.** After the keys each partner can report a signal. Who reports "
    "nuisance "
    "hears within {acknowledge_signal} that it is seen to; within {hold_joint_talk} after that there is a talk with "
    "the "
    "client. Agreements are looked at after {review_signal}. With arrears the landlord first writes, then speaks to "
    "the tenant and points to help. Only then are the arrears passed on to the municipality, and not if the tenant "
    "objects. While the care provider lets the home itself (conversion), it is the landlord. Does the client keep "
    "support away, or are there worries? Then the care provider gets in touch within {contact_client}; if that fails, "
    "the district team visits. What does not calm down, all partners talk about. The engine never ends a lease.",
    "absence": "**When the client is elsewhere.** In a time-out, after the keys, the client is elsewhere for a short "
    "while so as not to lose the home. The rent continues. The care provider looks within {review_time_out} whether "
    "the "
    "client can go home. Is the client readmitted, or detained? Then the municipality looks within {review_absence} "
    "whether the client comes back. The home or the place is kept. An offer without keys is let go, and does not count "
    "as a refusal. Only when it lasts too long can the municipality end the mediation: with a reason, after a hearing. "
    "Meanwhile stands still: {standing_still}.",
    "reported": "**Withdrawal or death.** Does a partner report that the client wants to stop? Then the municipality "
    "asks the client within {confirm_withdrawal}. Does a partner report that the client died? Then no letter goes to "
    "the client any more, and the municipality finds out within {confirm_death}. Is a report not so? Then who made it "
    "hears that, and everything goes on. Does the client have the keys? Then the call after three months is made all "
    "the same.",
    "provider": "**Another care provider.** After support has started another care provider can take over. The home "
    "stays. For each open task the new provider has at least the whole term.",
    "step_back": "**A step back.** Before the keys the municipality can bring the mediation back to an earlier stage, "
    "with a reason. What belongs to later stages is let go. A refusal that was counted stays counted.",
    "pause": "**Pause.** The municipality can pause a mediation, with a reason. Then no term ends and no letter goes. "
    "Afterwards every term is later by the time of the pause.",
    "exception": "**An exception.** The municipality can set a rule aside. A person does so, with a reason, and it "
    "stays "
    "visible.",
    "secrecy": "**A secret address.** Must the new address stay secret? Then only the municipality and the corporation "
    "know it{institution}.",
}

CLOCKS = {
    ClockKind.DECISION_TERM: "Term of the decision",
    ClockKind.URGENCY: "Validity of the urgency",
    ClockKind.HOUSING_TARGET: "Aim: a dwelling",
}

ABOUT_CLOCKS = {
    ClockKind.DECISION_TERM: "from the referral to the decision on urgency; it stands still while documents are "
    "awaited or the client is not ready",
    ClockKind.URGENCY: "from the decision to the keys; no offer is made without a valid urgency",
    ClockKind.HOUSING_TARGET: "from the decision to the keys; an aim, not a term",
}

OUTCOMES = {
    Outcome.HOUSED_FOLLOW_UP_HELD: "Housed, and spoken to afterwards",
    Outcome.HOUSED_UNREACHABLE: "Housed, but not reached afterwards",
    Outcome.NOT_READY: "Not ready to live independently: another route",
    Outcome.OTHER_MUNICIPALITY: "Taken over by the municipality of origin",
    Outcome.NOT_PROCESSED_INCOMPLETE: "Not processed: the referral stayed incomplete",
    Outcome.REJECTED: "Rejected",
    Outcome.ALTERNATIVE_LIVING_FORM: "Another way of living suits better",
    Outcome.REFUSED_LAPSED: "Urgency lapsed after refusal",
    Outcome.URGENCY_EXPIRED: "Urgency expired",
    Outcome.URGENCY_WITHDRAWN: "Urgency withdrawn",
    Outcome.CARE_NOT_AVAILABLE: "No support to be found",
    Outcome.WITHDRAWN_BY_CLIENT: "Withdrawn by the client",
    Outcome.OWN_HOUSING_FOUND: "The client found a home",
    Outcome.READMITTED_LONG: "Readmitted for long",
    Outcome.DETAINED: "Detained for long",
    Outcome.PLACEMENT_FAILED: "The home did not work out",
    Outcome.DIED: "The client died",
}
