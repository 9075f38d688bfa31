"""How a mediation stands and how it ends."""

from enum import StrEnum


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
    NOT_PROCESSED_INCOMPLETE = "not_processed_incomplete"
    REJECTED = "rejected"
    ALTERNATIVE_LIVING_FORM = "alternative_living_form"
    REFUSED_LAPSED = "refused_lapsed"
    URGENCY_EXPIRED = "urgency_expired"
    CARE_NOT_AVAILABLE = "care_not_available"
    """Nobody can support the client at home."""
    WITHDRAWN_BY_CLIENT = "withdrawn_by_client"
    OWN_HOUSING_FOUND = "own_housing_found"
    READMITTED_LONG = "readmitted_long"
    DETAINED = "detained"
    PLACEMENT_FAILED = "placement_failed"
    """The home did not work out. The engine ends no lease."""
    DIED = "died"


NEGATIVE = frozenset(
    {
        Outcome.NOT_READY,
        Outcome.NOT_PROCESSED_INCOMPLETE,
        Outcome.REJECTED,
        Outcome.ALTERNATIVE_LIVING_FORM,
        Outcome.REFUSED_LAPSED,
        Outcome.URGENCY_EXPIRED,
        Outcome.CARE_NOT_AVAILABLE,
        Outcome.READMITTED_LONG,
        Outcome.DETAINED,
        Outcome.PLACEMENT_FAILED,
    },
)
"""Ends that are a decision against the client: only by a person, with a reason, after a hearing."""
