"""Every judgement is a list of conditions: each met, unmet or not known, with the fact and the norm it used."""

from collections.abc import Iterable
from enum import StrEnum

from domain.facts.value import Value


class Verdict(StrEnum):
    """How a condition came out."""

    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"


class Condition(Value):
    """One thing that must hold. `fact` and `norm` are written as people read them."""

    name: str
    verdict: Verdict
    fact: str
    norm: str
    advisory: bool = False
    """It is said and stands in nobody's way."""


def condition(name: str, holds: bool | None, *, fact: object, norm: object, advisory: bool = False) -> Condition:
    """Judge one condition; None means that it cannot be known yet."""
    verdict = Verdict.UNKNOWN if holds is None else Verdict.MET if holds else Verdict.UNMET
    return Condition(name=name, verdict=verdict, fact=str(fact), norm=str(norm), advisory=advisory)


def all_met(conditions: Iterable[Condition]) -> bool:
    """Tell whether every condition is met; an unknown one is not. An advisory one need not be."""
    return all(c.advisory or c.verdict is Verdict.MET for c in conditions)


def unmet(conditions: Iterable[Condition]) -> tuple[Condition, ...]:
    """Return the conditions that stand in the way."""
    return tuple(c for c in conditions if not c.advisory and c.verdict is not Verdict.MET)
