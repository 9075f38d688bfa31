"""What passes between a municipality's rounds, which go every working morning, and who makes them."""

from datetime import datetime

from domain.facts.parties import OrganisationId
from domain.facts.value import Value


class Round(Value):
    """A round through a municipality: send the digests of today, and ask what became of letters."""

    municipality: OrganisationId
    now: datetime


class RoundMade(Value):
    """When the next round goes, in UTC."""

    next_at: datetime
