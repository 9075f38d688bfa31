"""What belongs to a municipality's capacity beside its limit: the outside figures of a ceiling, and sub-targets.

A place counts in the period in which it was reserved; from the keys on in the period of the keys, where the policy says
so (`CountsAt.KEYS`). It counts in one period at a time, until it is given back.
"""

from enum import StrEnum

from pydantic import Field

from domain.facts.referral import TargetGroup
from domain.facts.value import Value


class Denominator(StrEnum):
    """Of which figure a ceiling is a share (noemer). The figures come from outside."""

    VACATED = "vacated"
    """Dwellings vacated in the period so far."""
    EXPECTED = "expected"
    """Dwellings expected to be vacated in the whole period; never fewer than those vacated already."""


class SubTarget(Value):
    """How many of the places are meant for some target groups, such as 100 young people."""

    groups: tuple[TargetGroup, ...] = Field(min_length=1)
    target: int = Field(ge=0)
    """In the units of the capacity, per period."""
    reserved: bool = False
    """Whether as many places are kept free for them, or the target is only counted."""


class KeptPart(Value):
    """Places that are kept for a sub-target."""

    name: str
    target: int
