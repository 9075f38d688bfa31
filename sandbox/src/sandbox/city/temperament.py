"""How people are: how often things go otherwise than they should. Every number is an assumption unless it says more.

Most mediations are to go smoothly, while every way the process knows is walked now and then.
"""

from datetime import timedelta

from domain.facts.absences import AbsenceKind
from domain.facts.groups import GroupId
from domain.facts.signals import SignalKind
from domain.messages.answers import (
    AlternativeForm,
    CheckFailure,
    LegalGround,
    RefusalReason,
    SupportProduct,
    UrgencyCondition,
)
from domain.messages.commands import ClientWithdrawal
from domain.policy.policy import OriginException

# -- readiness ---------------------------------------------------------------------------------------------------
CHECK_LATE = 0.05
NOT_READY = 0.10
"""Of those whose referral is complete. (The share of incomplete referrals is `people.INCOMPLETE`.)"""
NOT_READY_AGAIN = 0.15
GIVES_UP = 0.25
"""Of those who are not ready again."""
OTHER_ROUTE = 0.025
"""Of those whose referral is complete."""
REVIEW_WEEKS = (4, 10)
LOOKS_FOR_A_PLACE = 8
"""After so many looks, about a year, nobody waits for a place any longer."""
SUPPLEMENT = {"in time": 0.62, "late": 0.20, "never": 0.18}
MORE_TIME_FIRST = 0.60
"""How often an institution that never answers is given more time once."""

# -- origin, where it is asked ------------------------------------------------------------------------------------
COMES_FROM = {"here": 0.80, "exception": 0.11, "elsewhere": 0.09}
EXCEPTIONS = {
    OriginException.OWN_NETWORK: 0.4,
    OriginException.NO_FIXED_ABODE: 0.3,
    OriginException.SAFETY: 0.2,
    OriginException.WEIGHTY_REASONS: 0.1,
}
TRANSFER = {"accepted": 0.5, "helped here": 0.3, "refused": 0.2}

# -- assessment --------------------------------------------------------------------------------------------------
ASSESSED_LATE = 0.10
ASSESSED = {"positive": 0.84, "positive_with_conditions": 0.10, "alternative": 0.03, "negative": 0.03}
ASSESSED_AGAIN = {"positive": 0.85, "alternative": 0.10, "negative": 0.05}
DEPARTS_FROM_ADVICE = 0.06
"""Share of decisions on the urgency that are not as was advised."""
SUPPORT: dict[GroupId, dict[SupportProduct, float]] = {
    "womens_shelter": {SupportProduct.LIGHT: 0.5, SupportProduct.REGULAR: 0.5},
    "clinical_care": {SupportProduct.LIGHT: 0.1, SupportProduct.REGULAR: 0.5, SupportProduct.INTENSIVE: 0.4},
}
USUAL_SUPPORT = {SupportProduct.LIGHT: 0.3, SupportProduct.REGULAR: 0.55, SupportProduct.INTENSIVE: 0.15}

CONDITIONS = {
    UrgencyCondition.ACCEPT_SUPPORT: 0.4,
    UrgencyCondition.BUDGET_MANAGEMENT: 0.3,
    UrgencyCondition.DAY_ACTIVITY: 0.2,
    UrgencyCondition.FINISH_TRAINING: 0.1,
}
ALTERNATIVES = {
    AlternativeForm.SHELTERED: 0.5,
    AlternativeForm.INTERIM_HOME: 0.25,
    AlternativeForm.GUIDED: 0.15,
    AlternativeForm.STAY: 0.10,
}

# -- objections --------------------------------------------------------------------------------------------------
OBJECTS = 0.30
"""How often somebody objects to conditions, or to how a refusal was judged."""
OBJECTS_TO_END = 0.35
"""How often somebody objects to the decision with which it ended."""
OBJECTS_AFTER_DAYS = (5, 35)
OBJECTION = {"well_founded": 0.30, "dismissed": 0.45, "inadmissible": 0.05, "withdrawn": 0.10, "extended": 0.10}
OBJECTION_AGAIN = {"well_founded": 0.35, "dismissed": 0.65}

# -- hearings ----------------------------------------------------------------------------------------------------
UPHELD = {
    "negative_assessment": 0.80,
    "alternative_living_form": 0.85,
    "not_processed": 0.75,
    "lapse_after_refusal": 0.50,
    "urgency_not_extended": 0.85,
    "not_ready": 0.85,
    "not_from_here": 0.60,
    "fraud": 0.70,
    "care_not_available": 0.85,
    "readmitted_long": 0.85,
    "detained": 0.85,
    "placement_failed": 0.75,
}
HEARD = {"heard": 0.75, "did_not_appear": 0.15, "waived": 0.10}
HEARD_IN = {"spoken": 0.8, "written": 0.2}
WAIVED_BY = {"client": 0.9, "representative": 0.1}

# -- place and dwelling ------------------------------------------------------------------------------------------
HARDSHIP = 0.25
"""How often the full quota is set aside for a household with children."""
OVERLOADED = 0.03
"""How often a corporation closes the complex just before the offer reaches it."""
CORPORATION_CHOOSES = {"a dwelling": 0.80, "none": 0.08, "nothing": 0.12}
"""What a corporation does that is to choose among its own."""
WIDENS_AFTER_DAYS = (75, 150)
"""When somebody for whom nothing came along stops holding on to certain districts."""
AFTER_INVALID_REFUSAL = timedelta(weeks=20)
"""How long somebody who refused without a valid reason waits for the next offer."""
NOT_EXTENDED = 0.90
"""How often the urgency is not extended of somebody who refused without a valid reason."""
EXTENSIONS = 4
"""How often the urgency is extended of somebody for whom no home is found; after that it ends."""

# -- the viewing, where it is asked -------------------------------------------------------------------------------
VIEWED_AFTER_WORKING_DAYS = (1, 4)
VIEWING_MISSED = 0.12

# -- the client's answer -----------------------------------------------------------------------------------------
ANSWERED = {"accepts": 0.80, "refuses": 0.10, "late": 0.05, "never": 0.05}
ANSWERED_AGAIN = {"accepts": 0.88, "refuses": 0.06, "late": 0.04, "never": 0.02}
LATE_ACCEPTS = 0.85
IN_CORPORATION_SYSTEM = 0.30
"""Share of answers in time that staff of the corporation enter in their own system."""
WHY_REFUSED = {
    RefusalReason.NEIGHBOURHOOD: 0.26,
    RefusalReason.SAFETY: 0.18,
    RefusalReason.SIZE: 0.16,
    RefusalReason.RENT: 0.14,
    RefusalReason.ACCESSIBILITY: 0.10,
    RefusalReason.DATA_WRONG: 0.08,
    RefusalReason.STATE_OF_REPAIR: 0.04,
    RefusalReason.FAR_FROM_NETWORK: 0.06,
    RefusalReason.HEALTH: 0.03,
    RefusalReason.HOUSEHOLD_CHANGED: 0.02,
    RefusalReason.SUPPORT: 0.02,
    RefusalReason.OTHER: 0.08,
}
REFUSAL_VALID = {
    RefusalReason.SAFETY: 0.90,
    RefusalReason.ACCESSIBILITY: 0.90,
    RefusalReason.DATA_WRONG: 0.95,
    RefusalReason.HEALTH: 0.90,
    RefusalReason.HOUSEHOLD_CHANGED: 0.90,
    RefusalReason.RENT: 0.60,
    RefusalReason.STATE_OF_REPAIR: 0.60,
    RefusalReason.FAR_FROM_NETWORK: 0.40,
    RefusalReason.SIZE: 0.30,
    RefusalReason.SUPPORT: 0.10,
    RefusalReason.OTHER: 0.30,
    RefusalReason.NO_ANSWER: 0.25,
    RefusalReason.NEIGHBOURHOOD: 0.15,
}
PHONED = {"accepted": 0.55, "refused": 0.15, "more_time": 0.15, "not_reached": 0.15}
RETRACTED_IN_SYSTEM = 0.03
"""How often the corporation takes an offer back in its own system before the client has answered."""
ACCEPTS_RETRACTED = 0.5
"""How often the client accepts all the same, not having been told."""

# -- lease, support, keys ----------------------------------------------------------------------------------------
WITHDRAWN_BEFORE_LEASE = 0.02
TELLS_RETRACTED = 0.5
"""How often a corporation that took an offer back in its own system says so; else the engine finds out there."""
LEASE_FAILS = 0.02
LEASE_LATE = 0.06
WHY_LEASE_FAILS = {
    CheckFailure.INCOME: 0.35,
    CheckFailure.PAPERS: 0.25,
    CheckFailure.RENTAL_HISTORY: 0.10,
    CheckFailure.FRAUD_SUSPECTED: 0.30,
}
FRAUD_FOUNDED = 0.50
LEGAL_GROUNDS = {LegalGround.SHELTER_OR_EMERGENCY: 0.6, LegalGround.SECOND_CHANCE: 0.2, LegalGround.OTHER_LAW: 0.2}
LEASE_MONTHS = (9, 20)
ONWARD = {"moves_on": 0.45, "lease_made_permanent": 0.45, "more_time": 0.10}
KEYS_IN_WORKING_DAYS = (6, 20)
KEYS_LATE = 0.04
SUPPORT_PLANNED = {"in time": 0.95, "late": 0.03, "unable": 0.02}
IN_PROVIDER_SYSTEM = 0.60
"""Share of the provider's answers that its staff enter in their own system."""
NO_CARE = 0.35
"""How often nobody is found at all before the keys."""
BRIDGED = {"bridge": 0.50, "other_provider": 0.30, "more_time": 0.20}
SUPPORT_STARTED = {"in time": 0.96, "late": 0.03, "unable": 0.01}

# -- the first weeks ---------------------------------------------------------------------------------------------
LANDED = {"home_ready": 0.97, "day_activity": 0.85, "guidance": 0.95}
"""How often each part of a soft landing is in place at the first contact."""
LANDS_PIECEMEAL = 0.25
GOALS = ("living", "money", "day_activity", "health", "family", "network")
TALK_WORRIES = 0.04
AROUND_DUE = (-8, 2)
"""Days around the due day on which a plan is agreed, a talk is held and a lease is looked at."""

# -- signals -----------------------------------------------------------------------------------------------------
SIGNALS = {
    SignalKind.NUISANCE: 0.10,
    SignalKind.ARREARS: 0.10,
    SignalKind.CARE_AVOIDANCE: 0.05,
    SignalKind.WORRY: 0.05,
}
SIGNALS_AFTER_DAYS = (8, 110)
JOINT_TALK = {"agreements": 0.55, "calmed": 0.20, "case_conference": 0.25}
SIGNAL_REVIEWED = {"calmed": 0.60, "more_time": 0.15, "case_conference": 0.25}
CONFERRED = {"calmed": 0.15, "agreements": 0.25, "handed_over": 0.25, "placement_failed": 0.35}
CONFERRED_AGAIN = {"calmed": 0.5, "handed_over": 0.5}
PAID = 0.45
ARRANGED = 0.40
OBJECTS = 0.35
ARREARS_TAKEN_UP = {"settled": 0.70, "handed_over": 0.15, "case_conference": 0.15}
CONTACTED = {"calmed": 0.40, "agreements": 0.30, "no_contact": 0.30}
AT_HOME = 0.70
WELL = 0.50

# -- absence, pause, a step back ---------------------------------------------------------------------------------
AWAY = {AbsenceKind.TIME_OUT: 0.04, AbsenceKind.READMISSION: 0.05, AbsenceKind.DETENTION: 0.04}
AWAY_AFTER_DAYS = (12, 240)
HOME_AFTER_TIME_OUT = 0.70
ABSENCE_REVIEWED = {"returned": 0.40, "goes_on": 0.20, "end": 0.40}
BACK_SOON = 0.15
BACK_AFTER_DAYS = (3, 30)
CHANGES_PROVIDER = 0.04
PAUSED = 0.03
PAUSED_AFTER_DAYS = (10, 200)
PAUSED_DAYS = (14, 60)
STEPS_BACK = 0.03
STEPS_BACK_AFTER_DAYS = (30, 160)

# -- conversion --------------------------------------------------------------------------------------------------
CONVERTED = {"converted": 0.80, "extended": 0.12, "ended_outside": 0.08}
CHECKED_AGAIN_AFTER_DAYS = 90
CONVERSION_CHECKED = {"agreed": 0.85, "later": 0.10, "left": 0.05}

# -- the call ----------------------------------------------------------------------------------------------------
NOT_REACHED = {1: 0.15, 2: 0.50, 3: 0.60}
"""By attempt: who was not reached once is harder to reach again."""
CALLED = {"fine": 0.90, "light_help": 0.07, "escalate": 0.03}
GUIDE_IN_CONTACT = 0.60
SIGNED_OFF = 0.85
VISITED_FIRST = 0.35
"""How often the district team is asked to visit before it is signed off."""
CONFERENCE_AFTER_CALL = 0.40
"""Of the calls that escalate."""

# -- life --------------------------------------------------------------------------------------------------------
WITHDRAWS = 0.08
"""Drawn for everybody; about one in three has ended otherwise, or has the keys, before it comes to it."""
WITHDRAWS_AFTER_DAYS = (5, 160)
WHY_WITHDRAWN = {
    ClientWithdrawal.OWN_HOUSING_FOUND: 0.35,
    ClientWithdrawal.STAYS_IN_CARE: 0.25,
    ClientWithdrawal.MOVES_ELSEWHERE: 0.20,
    ClientWithdrawal.SUPPORT_NOT_WANTED: 0.10,
    ClientWithdrawal.OTHER: 0.10,
}
CONFIRMS_WITHDRAWAL = {"stops": 0.78, "unreached": 0.15, "goes on": 0.07}
"""What the client says when the municipality asks whether to stop."""
CONFIRMS_AGAIN = {"stops": 0.9, "goes on": 0.1}
DIES = 0.014
"""Drawn for everybody; about one in four has ended otherwise before it comes to it."""
DIES_AFTER_DAYS = (10, 360)
LEAVES_NOTE = 0.20
NOTE_AFTER_DAYS = (3, 240)
"""Of each of the institution, the provider and the municipality."""
CORRECTS = 0.05
CORRECTS_AFTER_DAYS = (3, 60)
