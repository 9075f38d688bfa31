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


NEGATIVE = frozenset(
    {
        Outcome.NOT_READY,
        Outcome.NOT_PROCESSED_INCOMPLETE,
        Outcome.REJECTED,
        Outcome.ALTERNATIVE_LIVING_FORM,
        Outcome.REFUSED_LAPSED,
        Outcome.URGENCY_EXPIRED,
        Outcome.URGENCY_WITHDRAWN,
        Outcome.CARE_NOT_AVAILABLE,
        Outcome.READMITTED_LONG,
        Outcome.DETAINED,
        Outcome.PLACEMENT_FAILED,
    },
)
"""Ends that are a decision against the client: only by a person, with a reason, after a hearing."""

OPEN_TO_OBJECTION = frozenset(
    {
        Outcome.NOT_READY,
        Outcome.OTHER_MUNICIPALITY,
        Outcome.NOT_PROCESSED_INCOMPLETE,
        Outcome.REJECTED,
        Outcome.ALTERNATIVE_LIVING_FORM,
        Outcome.REFUSED_LAPSED,
        Outcome.URGENCY_EXPIRED,
        Outcome.URGENCY_WITHDRAWN,
        Outcome.CARE_NOT_AVAILABLE,
        Outcome.READMITTED_LONG,
        Outcome.DETAINED,
        Outcome.PLACEMENT_FAILED,
    },
)
"""Ends that are a decision (besluit, Awb 1:3) which the client may not want: a letter tells why, and how to object."""

NO_DECISION = frozenset(
    {
        Outcome.HOUSED_FOLLOW_UP_HELD,
        Outcome.HOUSED_UNREACHABLE,
        Outcome.WITHDRAWN_BY_CLIENT,
        Outcome.OWN_HOUSING_FOUND,
        Outcome.DIED,
    },
)
"""Ends of which nobody decided anything against the client: there is nothing to object to."""
