"""How a mediation stands and how it ends."""

from datetime import date
from enum import StrEnum
from typing import NamedTuple

from domain.facts.value import Value


class Stage(StrEnum):
    """The stages, and the end."""

    READINESS = "readiness"
    ASSESSMENT = "assessment"
    OFFER = "offer"
    ACCEPTANCE = "acceptance"
    SUPPORT_START = "support_start"
    FOLLOW_UP = "follow_up"
    CONVERSION = "conversion"
    """Where the policy has it: to a lease in the client's own name (omklappen)."""
    CLOSED = "closed"


class Outcome(StrEnum):
    """The one reason for which a mediation ended."""

    HOUSED_FOLLOW_UP_HELD = "housed_follow_up_held"
    HOUSED_UNREACHABLE = "housed_unreachable"
    NOT_READY = "not_ready"
    """Living independently will not do for now: another route."""
    OTHER_MUNICIPALITY = "other_municipality"
    """The municipality of origin takes the client over."""
    TRANSFERRED = "transferred"
    """Another municipality carries it on, with the client's consent."""
    NOT_PROCESSED_INCOMPLETE = "not_processed_incomplete"
    REJECTED = "rejected"
    ALTERNATIVE_LIVING_FORM = "alternative_living_form"
    REFUSED_LAPSED = "refused_lapsed"
    URGENCY_EXPIRED = "urgency_expired"
    URGENCY_WITHDRAWN = "urgency_withdrawn"
    """An urgency that was granted is taken back, because what it was granted on was not true (intrekken)."""
    CARE_NOT_AVAILABLE = "care_not_available"
    """Nobody can support the client at home."""
    WITHDRAWN_BY_CLIENT = "withdrawn_by_client"
    OWN_HOUSING_FOUND = "own_housing_found"
    READMITTED_LONG = "readmitted_long"
    DETAINED = "detained"
    PLACEMENT_FAILED = "placement_failed"
    """The home did not work out. The engine ends no lease."""
    DIED = "died"


class EndedBefore(Value):
    """How an earlier mediation of the same client ended."""

    outcome: Outcome
    on: date


class HearingSubject(StrEnum):
    """Which decision against the client is intended, on which the client is heard first."""

    NOT_READY = "not_ready"
    NOT_FROM_HERE = "not_from_here"
    NEGATIVE_ASSESSMENT = "negative_assessment"
    ALTERNATIVE_LIVING_FORM = "alternative_living_form"
    LAPSE_AFTER_REFUSAL = "lapse_after_refusal"
    FRAUD = "fraud"
    CARE_NOT_AVAILABLE = "care_not_available"
    URGENCY_NOT_EXTENDED = "urgency_not_extended"
    NOT_PROCESSED = "not_processed"
    READMITTED_LONG = "readmitted_long"
    DETAINED = "detained"
    PLACEMENT_FAILED = "placement_failed"
    NOT_ELIGIBLE = "not_eligible"
    URGENCY_TAKEN_BACK = "urgency_taken_back"
    """By a step back to before the decision on it: the application is judged anew."""


class Hearing(NamedTuple):
    """What a hearing leads to."""

    outcome: Outcome | None
    """How the mediation ends if the intended decision stands; None: it does not end."""
    if_dropped: Stage | None = None
    """At which stage it goes on if the decision is dropped; None: where it is, with what `domain.beside.heard` says."""


HEARINGS: dict[HearingSubject, Hearing] = {
    HearingSubject.NOT_READY: Hearing(Outcome.NOT_READY, Stage.READINESS),
    HearingSubject.NOT_FROM_HERE: Hearing(Outcome.REJECTED, Stage.ASSESSMENT),
    HearingSubject.NEGATIVE_ASSESSMENT: Hearing(Outcome.REJECTED, Stage.ASSESSMENT),
    HearingSubject.ALTERNATIVE_LIVING_FORM: Hearing(Outcome.ALTERNATIVE_LIVING_FORM, Stage.ASSESSMENT),
    HearingSubject.LAPSE_AFTER_REFUSAL: Hearing(Outcome.REFUSED_LAPSED, Stage.OFFER),
    HearingSubject.FRAUD: Hearing(Outcome.URGENCY_WITHDRAWN, Stage.OFFER),
    HearingSubject.CARE_NOT_AVAILABLE: Hearing(Outcome.CARE_NOT_AVAILABLE, Stage.OFFER),
    HearingSubject.URGENCY_NOT_EXTENDED: Hearing(Outcome.URGENCY_EXPIRED),
    HearingSubject.NOT_PROCESSED: Hearing(Outcome.NOT_PROCESSED_INCOMPLETE, Stage.READINESS),
    HearingSubject.READMITTED_LONG: Hearing(Outcome.READMITTED_LONG),
    HearingSubject.DETAINED: Hearing(Outcome.DETAINED),
    HearingSubject.PLACEMENT_FAILED: Hearing(Outcome.PLACEMENT_FAILED),
    HearingSubject.NOT_ELIGIBLE: Hearing(Outcome.REJECTED, Stage.READINESS),
    HearingSubject.URGENCY_TAKEN_BACK: Hearing(None, Stage.OFFER),
}
NEGATIVE = frozenset(hearing.outcome for hearing in HEARINGS.values() if hearing.outcome)
"""Ends that are a decision against the client: only by a person, with a reason, after a hearing."""
OPEN_TO_OBJECTION = NEGATIVE | {Outcome.OTHER_MUNICIPALITY, Outcome.TRANSFERRED}
"""Ends that are a decision (besluit, Awb 1:3) which the client may not want: a letter tells why, and how to object."""
CALLED = frozenset({Outcome.HOUSED_FOLLOW_UP_HELD, Outcome.HOUSED_UNREACHABLE})
"""Ends that the call led to: when they are undone the client is called anew."""
UNDOABLE = frozenset(
    {
        Outcome.DIED,  # it may have been somebody else
        Outcome.WITHDRAWN_BY_CLIENT,  # the client may have been misunderstood, or come back on it
        Outcome.OWN_HOUSING_FOUND,  # the other home may not come about
        Outcome.HOUSED_UNREACHABLE,  # the client may turn up
        Outcome.HOUSED_FOLLOW_UP_HELD,  # what was said in the call may have been noted wrongly, or change soon after
    }
)
"""Ends that rest on what was noted, and on no decision against the client: a second person may undo them for a while.
Any other end is undone by an objection only.
"""
