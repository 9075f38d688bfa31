"""The ten working agreements between the partners (werkafspraken Thuis in de Wijk), as a list a city switches on.

Source: werkafspraken Almere 1 to 4; titles 5 to 10 after the Amsterdam werkafspraken of 2018.
"""

from enum import StrEnum

from pydantic import Field

from domain.facts.calendar import Term
from domain.facts.parties import Role
from domain.facts.value import Value


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
    """One agreement. The partners keep its term among themselves; what the engine times are tasks and clocks."""

    on: bool = True
    owner: Role
    """Who sees to it."""
    due: Term | None = Field(default=None)
    """Within how long after the keys, where a term was agreed."""
