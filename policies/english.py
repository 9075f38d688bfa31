"""The description in English."""

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
        TaskKind.CHECK_READINESS: "Check the referral and whether the client is ready",
        TaskKind.SUPPLEMENT: "Send the documents that are missing",
        TaskKind.DECIDE_INCOMPLETE: "Decide what to do with a referral that stays incomplete",
        TaskKind.REVIEW_READINESS: "Look again whether the client is ready",
        TaskKind.ASSESS: "Assess whether living independently is best, and with which support",
        TaskKind.EXTEND_DECISION_TERM: "Tell the client that the decision takes longer",
        TaskKind.HEAR_CLIENT: "Hear the client before a decision against them",
        TaskKind.AWAIT_PLACE: "Find a place when the maximum is reached",
        TaskKind.MAKE_OFFER: "Choose a suitable dwelling",
        TaskKind.EXTEND_URGENCY: "Decide whether the urgency stays valid longer",
        TaskKind.CONFIRM_OFFER: "Reserve the dwelling and confirm the offer",
        TaskKind.ANSWER_OFFER: "Answer the offer, client and guide together",
        TaskKind.RESOLVE_NO_ANSWER: "Phone the client when no answer came",
        TaskKind.JUDGE_REFUSAL: "Judge whether there was a valid reason to refuse",
        TaskKind.SIGN_LEASE: "Sign the lease and agree the day of the keys",
        TaskKind.CONFIRM_SUPPORT: "Say on which day support starts",
        TaskKind.BRIDGE_SUPPORT: "Find a solution when support cannot start",
        TaskKind.HAND_OVER_KEYS: "Hand over the keys",
        TaskKind.START_SUPPORT: "Have the first contact at home",
        TaskKind.FOLLOW_UP_CALL: "Call the client to ask how it goes",
        TaskKind.ASK_GUIDE: "Tell whether there is contact with a client who cannot be reached",
        TaskKind.SIGN_OFF_UNREACHABLE: "Decide whether to close without having spoken to the client",
        TaskKind.TAKE_UP_FOLLOW_ON: "Take up what came out of the call",
        TaskKind.RESOLVE_DELIVERY: "Pass on by hand a message that a partner's system refused",
    },
    stages={
        Stage.READINESS: "Referral and readiness",
        Stage.ASSESSMENT: "Assessment",
        Stage.OFFER: "Place and offer",
        Stage.ACCEPTANCE: "Answer, lease and keys",
        Stage.SUPPORT_START: "Start of support",
        Stage.FOLLOW_UP: "Follow-up call",
        Stage.CLOSED: "Closed",
    },
    about_stages={
        Stage.READINESS: "The institution refers the client together with the client. The municipality checks "
        "whether all documents are there, and whether the client is ready to live independently. If something is "
        "missing, the institution is asked for it; until it comes, the term of the decision stands still.",
        Stage.ASSESSMENT: "The district team judges whether living independently is best, and which support goes "
        "with it. If so, the client gets urgency. Nobody is refused without having been heard.",
        Stage.OFFER: "A place within the maximum of this year is reserved. The municipality chooses a suitable "
        "dwelling among those that corporations have released, and the corporation confirms the offer.",
        Stage.ACCEPTANCE: "The client sees the dwelling and answers with the guide. After a yes the lease is signed "
        "and the provider says when support starts. There are no keys before support, or a bridge, is certain.",
        Stage.SUPPORT_START: "The client has the keys. The care provider has the first contact at home.",
        Stage.FOLLOW_UP: "The client is called to ask how it goes. Only then is the mediation complete.",
        Stage.CLOSED: "The mediation has ended, for one reason.",
    },
    clocks={
        ClockKind.DECISION_TERM: "Term of the decision",
        ClockKind.URGENCY: "Validity of the urgency",
        ClockKind.HOUSING_TARGET: "Aim: a dwelling",
    },
    about_clocks={
        ClockKind.DECISION_TERM: "from the referral to the decision on urgency; it stands still while documents are "
        "awaited or the client is not ready",
        ClockKind.URGENCY: "from the decision to the keys; no offer is made without a valid urgency",
        ClockKind.HOUSING_TARGET: "from the decision to the keys; an aim, not a term",
    },
    outcomes={
        Outcome.HOUSED_FOLLOW_UP_HELD: "Housed, and spoken to afterwards",
        Outcome.HOUSED_UNREACHABLE: "Housed, but not reached afterwards",
        Outcome.NOT_PROCESSED_INCOMPLETE: "Not processed: the referral stayed incomplete",
        Outcome.REJECTED: "Rejected",
        Outcome.ALTERNATIVE_LIVING_FORM: "Another way of living suits better",
        Outcome.REFUSED_LAPSED: "Urgency lapsed after refusal",
        Outcome.URGENCY_EXPIRED: "Urgency expired",
        Outcome.WITHDRAWN_BY_CLIENT: "Withdrawn by the client",
        Outcome.DIED: "The client died",
    },
    roles={
        Role.COORDINATOR: "Municipality",
        Role.INSTITUTION: "Institution",
        Role.DISTRICT_TEAM: "District team",
        Role.CORPORATION: "Housing corporation",
        Role.CARE_PROVIDER: "Care provider",
        Role.AUDITOR: "Auditor",
        Role.ADMIN: "Administrator",
    },
    the_roles={
        Role.COORDINATOR: "the municipality",
        Role.INSTITUTION: "the institution",
        Role.DISTRICT_TEAM: "the district team",
        Role.CORPORATION: "the housing corporation",
        Role.CARE_PROVIDER: "the care provider",
        Role.AUDITOR: "the auditor",
        Role.ADMIN: "the administrator",
    },
    units={
        Unit.HOURS: ("hour", "hours"),
        Unit.DAYS: ("day", "days"),
        Unit.WORKING_DAYS: ("working day", "working days"),
        Unit.WEEKS: ("week", "weeks"),
        Unit.MONTHS: ("month", "months"),
    },
    documents={
        Document.CONSENT: "the client's consent",
        Document.IDENTITY: "proof of identity",
        Document.ADDRESS_HISTORY: "extract of the population register with former addresses",
        Document.INCOME_STATEMENT: "statement of income",
        Document.READINESS_STATEMENT: "statement that the client is ready",
        Document.SUPPORT_PLAN: "support plan",
    },
    target_groups={
        TargetGroup.SHELTERED_LIVING: "sheltered living",
        TargetGroup.SHELTER: "homeless shelter",
        TargetGroup.WOMENS_SHELTER: "women's shelter",
        TargetGroup.YOUTH_CARE: "youth care with residence",
        TargetGroup.CLINICAL_CARE: "clinical mental health care",
        TargetGroup.DISABILITY_CARE: "residential disability care",
    },
    lease_forms={
        LeaseForm.REGULAR: "regular: the client rents",
        LeaseForm.CONVERSION: "conversion (omklap): the care provider rents first, the client takes over later",
        LeaseForm.TRIPARTITE: "tripartite: client, corporation and care provider sign together",
        LeaseForm.TEMPORARY: "temporary",
    },
    capacity={
        CapacityModel.QUOTA: "The municipality helps at most {limit} {unit} in a calendar year.",
        CapacityModel.CEILING: "There are {limit} {unit} in a calendar year: {share} of the social dwellings that are "
        "expected to become free.",
    },
    capacity_units={CapacityUnit.PEOPLE: "people", CapacityUnit.MEDIATIONS: "mediations"},
    agreements={
        AgreementKind.PREPARATION: "Preparation and matching",
        AgreementKind.SUITABLE_TENANCY: "A suitable tenancy",
        AgreementKind.TAILORED_GUIDANCE: "Guidance to measure, with a plan",
        AgreementKind.GOOD_TENANCY: "A talk on living and being a good tenant",
        AgreementKind.EARLY_SIGNALS: "Seeing and telling signs early",
        AgreementKind.NUISANCE: "Nuisance: act fast and calm down",
        AgreementKind.MONEY: "Help with money",
        AgreementKind.CONVERSION: "The lease into the client's own name",
        AgreementKind.AFTER_CONVERSION: "Care after that",
        AgreementKind.PRIVACY: "The client's privacy",
    },
    decision_makers={
        DecisionMaker.MUNICIPALITY: "Burgemeester en wethouders decide on the urgency.",
        DecisionMaker.MANDATED_DESK: "A desk decides on the urgency in the name of burgemeester en wethouders.",
    },
    anchors={CallAnchor.KEYS: "after the keys", CallAnchor.SUPPORT_START: "after the start of support"},
    topics={
        CallTopic.HOME: "the dwelling",
        CallTopic.SUPPORT: "support",
        CallTopic.DAY_ACTIVITY: "how the days are filled",
        CallTopic.MONEY: "money",
        CallTopic.HEALTH: "health",
        CallTopic.NEIGHBOURS: "the neighbours",
        CallTopic.WHAT_ELSE: "what else is needed",
    },
    flow={
        "ready": "complete and ready",
        "not_ready": "incomplete or not ready yet",
        "positive": "independent living is best",
        "assess_again": "after the hearing: assess again",
        "offer_confirmed": "offer confirmed",
        "offer_over": "refused, withdrawn or no lease",
        "keys": "lease, support and keys",
        "support_started": "first contact at home",
    },
    parameters={
        "due": "term",
        "length": "length",
        "extension": "extension",
        "remind": "reminders",
        "escalate": "escalation",
        "repeat": "escalation again",
        "check": "looking again",
        "statutory": "set by law",
        "warn": "warnings",
        "owner": "who sees to it",
        "on": "agreed or not",
        "lease_forms": "forms of lease",
        "decision.fee_cents": "fee",
        "calendar.decree_days": "days equated with a holiday by decree",
        "calendar.closing_days": "days on which the town hall is closed",
        "offers.counted_refusals": "number of refusals without a valid reason",
        "support.guidance_term": "how long guidance lasts",
        "follow_up.after": "when the client is called",
        "follow_up.window": "how much earlier the call may be",
        "follow_up.attempts": "attempts to call",
        "follow_up.anchor": "from which day the term of the call runs",
        "follow_up.caller": "who calls",
        "follow_up.script": "what the call asks about",
    },
    phrases={
        "title": "Direct mediation in {name}: how we work",
        "made_from": "This description is made from the policy `{id}`, version {version}, in force from {valid_from}"
        "{until}. The engine runs on this same policy (fingerprint `{digest}`).",
        "until": " to {valid_to}",
        "advice": "Seed-based: drawn from public texts. It is not legal advice.",
        "purpose": "1. Purpose",
        "purpose_text": "Direct mediation helps people who leave an institution to a home of their own, with the "
        "support they need. The dwelling is offered to one person and is not advertised. A mediation counts as "
        "complete only when support has started and the client was called afterwards.",
        "who": "It is for people from: {groups}. For anybody else a person decides, after hearing the client.",
        "apply": "A referral is made by: {by}, together with the client. The client cannot apply alone.",
        "documents": "A referral is complete with: {documents}.",
        "stages": "2. The stages",
        "by_law": "set by law",
        "table": "3. Who does what, and by when",
        "table_text": "Each task has one organisation that sees to it. Terms count from the moment of asking; a term "
        "ends at {closes} on its last day. A term set by law that would end on a Saturday, Sunday or holiday ends on "
        "the next working day. Reminders go out at {opens} on a working day. A term in hours ends "
        "exactly after so many hours.",
        "columns": "What | Who | By when | Reminder | If it is late, a message | To",
        "none": "none",
        "after_asking": "{term} after asking",
        "before_due": "{term} before the end",
        "at_due": "at the end of the term",
        "after_due": "{term} after the end of the term",
        "then_every": "then every {term}",
        "within": "{term}",
        "keys_day": "the agreed day of the keys, at least {notice} after the notice to the district team",
        "call_due": "{after} {anchor}; a further attempt: {term}",
        "start_due": "{term}, or the agreed day of the start if that is later",
        "review_due": "{term}, or the day that was agreed",
        "clocks": "4. Terms that run beside the tasks",
        "clock_columns": "Term | Runs | Length | Warning | Extension",
        "capacity": "5. How many people",
        "capacity_text": "A place is reserved when the urgency is granted, used when the keys are handed over, and "
        "given back when the mediation ends before that. When all places are taken the client waits; a place is "
        "sought again every {check}.",
        "offers": "6. Offers and refusals",
        "offers_one": "After one refusal without a valid reason the urgency may lapse.",
        "offers_many": "After {count} refusals without a valid reason the urgency may lapse.",
        "offers_text": "A person at the municipality judges the reason. The client is heard first. A dwelling that the "
        "corporation takes back never counts as a refusal. After {withdrawals} withdrawn offers the municipality is "
        "alerted.",
        "leases": "7. Forms of lease",
        "support": "8. Support and the district team",
        "support_text": "The district team is told at least {notice} before the keys. Without support that is certain, "
        "or a bridge until it starts, there are no keys.",
        "guidance": "Guidance is agreed for {term}.",
        "follow_up": "9. The follow-up call",
        "follow_up_text": "{caller} calls the client {after} {anchor}. The call may be made up to {window} earlier. "
        "After {attempts} attempts on different parts of the day the care provider is asked whether there is contact. "
        "The call is about: {topics}.",
        "agreements": "10. Working agreements",
        "agreements_text": "The partners keep the terms in this table among themselves; the engine times the tasks "
        "and terms of chapters 3 and 4.",
        "agreement_columns": "Agreement | In force | Who sees to it | Within",
        "after_keys": "{term} after the keys",
        "yes": "yes",
        "no": "no",
        "open": "to be decided",
        "decision": "11. Decision, and keeping data",
        "desk": "Desk: {desk}.",
        "advises": "Advice: {advice}.",
        "fee": "Fee: {fee} euro.",
        "fee_open": "Whether there is a fee is not decided yet.",
        "no_fee": "There is no fee.",
        "hearing": "Nobody is refused or loses urgency without a person who decides, a reason, and a talk with the "
        "client first (Awb 4:7 and 4:8).",
        "retention": "Data on support is kept for {support} years, data on referrals without a result for {rejected} "
        "years. After a client's request it is erased within {erase} months, unless a law forbids that.",
        "ends": "12. How a mediation ends",
        "at_any_stage": "in any stage",
        "gaps": "13. Open points",
        "gaps_text": "{name} has not decided these points. Until it does, the engine works with the value named here.",
        "gap_columns": "Point | Value for now",
        "no_gaps": "There are no open points.",
        "assumed": "{count} values are written down but are named in no source text: they are assumed. The appendix "
        "shows which.",
        "signing": "14. Signing",
        "signing_columns": "Partner | Name | Date | Signature",
        "appendix": "Appendix: where each value comes from",
        "appendix_columns": "Parameter | Value | Source",
        "undecided": "not decided; default of the engine",
        "default": "default of the engine",
        "and": "and",
        "every": "every {term}",
    },
)
