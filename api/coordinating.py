"""What only the municipality that directs mediations may do."""

from typing import Annotated

from fastapi import Depends

from api.auth import Acting, Caller
from api.problems import Forbidden
from domain.facts.parties import Role


async def coordinating(caller: Acting) -> Caller:
    """Return somebody of a municipality; raises `Forbidden`."""
    if caller.role is not Role.COORDINATOR:
        raise Forbidden("this is for the municipality that directs mediations")
    return caller


Coordinating = Annotated[Caller, Depends(coordinating)]
"""Somebody of a municipality, for its own mediations: those of others are not there for them (`Visible`)."""
