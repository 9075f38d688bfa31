"""What belongs to a municipality's capacity beside its limit: the outside figures of a ceiling, and sub-targets.

A place counts in the period in which it was reserved; from the keys on in the period of the keys, where the policy says
so (`CountsAt.KEYS`). It counts in one period at a time, until it is given back.
"""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from domain.facts.groups import AgeBand, GroupId, Trait
from domain.facts.value import Value


class Denominator(StrEnum):
    """Of which figure a ceiling is a share (noemer). The figures come from outside."""

    VACATED = "vacated"
    """Dwellings vacated in the period so far."""
    EXPECTED = "expected"
    """Dwellings expected to be vacated in the whole period; never fewer than those vacated already."""


class SubTarget(Value):
    """How many of the places are meant for some of those who are helped, such as 100 young people."""

    groups: tuple[GroupId, ...] = ()
    """Of which target groups; none named: of any."""
    age: AgeBand | None = None
    """In which age, on the day on which the urgency was granted."""
    trait: Trait | None = None
    target: int = Field(ge=0)
    """In the units of the capacity, per period."""
    reserved: bool = False
    """Whether as many places are kept free for them, or the target is only counted."""

    @model_validator(mode="after")
    def _of_somebody(self) -> Self:
        if not (self.groups or self.age or self.trait):
            raise ValueError("say for whom these places are: groups, an age or a trait")
        return self


class KeptPart(Value):
    """Places that are kept for a sub-target."""

    name: str
    target: int
