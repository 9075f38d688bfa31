"""Every judgement is a list of conditions: each met, unmet or not known, with the fact and the norm it used."""

from collections.abc import Iterable
from enum import StrEnum

from domain.value import Value


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


def condition(name: str, holds: bool | None, *, fact: object, norm: object) -> Condition:
    """Judge one condition; None means that it cannot be known yet."""
    verdict = Verdict.UNKNOWN if holds is None else Verdict.MET if holds else Verdict.UNMET
    return Condition(name=name, verdict=verdict, fact=str(fact), norm=str(norm))


def all_met(conditions: Iterable[Condition]) -> bool:
    """Tell whether every condition is met; an unknown one is not."""
    return all(c.verdict is Verdict.MET for c in conditions)
