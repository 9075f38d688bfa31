"""Which district team serves which district: looked up in the directory, and handed to the rules as a fact."""

from domain.facts.parties import OrganisationId
from domain.facts.referral import District
from domain.facts.value import Value


class DistrictServed(Value):
    """Which team serves a district on the day of a command, as the directory had it then."""

    district: District
    team: OrganisationId | None
    """None: no team serves it."""
