"""The ten working agreements between the partners (werkafspraken Thuis in de Wijk), as a list a city switches on.

A city may add its own.

Source: werkafspraken Almere 1 to 4; titles 5 to 10 after the Amsterdam werkafspraken of 2018.
"""

from collections.abc import Mapping
from enum import StrEnum

from pydantic import Field

from domain.facts.calendar import Term
from domain.facts.parties import Role
from domain.facts.signals import SignalKind
from domain.facts.value import Value
from domain.policy.groups import GroupWords


class AgreementKind(StrEnum):
    """What is agreed, in the order of the werkafspraken."""

    PREPARATION = "preparation"
    """Preparation and matching: only people expected to live on their own are nominated."""
    SUITABLE_TENANCY = "suitable_tenancy"
    """A suitable tenancy: conversion or tripartite, and when which is chosen."""
    TAILORED_GUIDANCE = "tailored_guidance"
    """Guidance to measure: a plan that also looks at the day, health and family."""
    GOOD_TENANCY = "good_tenancy"
    """Living and being a good tenant: a talk some weeks after the move."""
    EARLY_SIGNALS = "early_signals"
    """Signs are seen early and told (vroegsignalering)."""
    NUISANCE = "nuisance"
    """Nuisance: act fast, and calm down."""
    MONEY = "money"
    """Help with money and debts."""
    CONVERSION = "conversion"
    """The lease comes into the client's own name (omklappen)."""
    AFTER_CONVERSION = "after_conversion"
    """Care after conversion (waakvlam)."""
    PRIVACY = "privacy"
    """What partners may tell each other, with the client's consent."""


class AgreementPolicy(Value):
    """One agreement. The tasks that belong to it (`AnySpec.agreements`) are asked only where it is on, by their own
    terms. What has no tasks is told in the description, and the partners keep it among themselves.
    """

    on: bool = True
    owner: Role
    """Who sees to it, where it has no task whose owner does."""
    due: Term | None = Field(default=None)
    """Within how long after the keys, where a term was agreed and no task has it."""
    words: GroupWords | None = None
    """What an agreement of the city's own is called; None for the ten, whose words are in `texts/`."""


def agreed(agreements: Mapping[str, AgreementPolicy], kind: AgreementKind) -> bool:
    """Tell whether partners agreed on this. Where nothing is said of it they did."""
    agreement = agreements.get(kind)
    return agreement is None or agreement.on


OF_A_SIGNAL: Mapping[SignalKind, AgreementKind] = {
    SignalKind.NUISANCE: AgreementKind.NUISANCE,
    SignalKind.ARREARS: AgreementKind.MONEY,
}
"""Which agreement says what is done about a signal, besides that signals are told at all."""


def told_early(agreements: Mapping[str, AgreementPolicy], kind: SignalKind) -> bool:
    """Tell whether partners tell each other of such a signal."""
    about = OF_A_SIGNAL.get(kind)
    return agreed(agreements, AgreementKind.EARLY_SIGNALS) and (about is None or agreed(agreements, about))
