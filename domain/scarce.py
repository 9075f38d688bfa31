"""What is scarce and shared by all mediations. The store keeps each with a constraint: it is claimed, never checked."""

from typing import Annotated, Literal

from pydantic import Field

from domain.parties import OrganisationId
from domain.value import Value


class PersonClaim(Value):
    """A person has one open mediation."""

    type: Literal["person"] = "person"
    person: str


class PlaceClaim(Value):
    """A place within a municipality's capacity of one calendar year."""

    type: Literal["place"] = "place"
    municipality: OrganisationId
    year: int
    units: int
    limit: int
    """The limit of the policy; a claim beyond it is never granted."""
    beyond_limit: bool = False
    """An authorised override: granted and counted apart."""


class DwellingClaim(Value):
    """A dwelling is kept for one person only."""

    type: Literal["dwelling"] = "dwelling"
    corporation: OrganisationId
    dwelling: str


Claim = Annotated[PersonClaim | PlaceClaim | DwellingClaim, Field(discriminator="type")]
