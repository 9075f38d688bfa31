"""Which mediations of a city are worth telling: a smooth one and a hard one."""

from collections.abc import Sequence

from domain.facts.outcome import Outcome
from sandbox.story import Told

HARDSHIPS = {
    "TaskEscalated": 2,
    "OfferRefused": 4,
    "OfferWithdrawn": 5,
    "OfferDeclined": 3,
    "LeaseFailed": 5,
    "SupportUnable": 4,
    "SupportBridged": 3,
    "RuleOverridden": 4,
    "PlaceUnavailable": 3,
    "DeliveryFailed": 3,
    "ClockSuspended": 2,
    "ClockExpired": 2,
    "ClockExtended": 1,
    "ObjectionFiled": 3,
    "ViewingMissed": 2,
    "CallAttempted": 1,
    "TaskReminded": 1,
}
"""How heavily each setback weighs in how hard a mediation was."""


def choose_stories(mediations: Sequence[Told]) -> tuple[Told | None, Told | None]:
    """Choose a smooth and a hard one to tell: each has `outcome` and `events`. None where there is no such one.

    Smooth: housed and called, never escalated, in the fewest events. Hard: another one that was housed, with the most
    setbacks. Of equals the first.
    """
    called = [one for one in mediations if one["outcome"] == Outcome.HOUSED_FOLLOW_UP_HELD]
    never_escalated = [one for one in called if not any(e["type"] == "TaskEscalated" for e in one["events"])]
    smooth = min(never_escalated, key=lambda one: len(one["events"]), default=None)
    housed = {Outcome.HOUSED_FOLLOW_UP_HELD, Outcome.HOUSED_UNREACHABLE}
    others = [one for one in mediations if one["outcome"] in housed and one is not smooth]
    return smooth, max(others, key=_hardship, default=None)


def _hardship(mediation: Told) -> int:
    return sum(HARDSHIPS.get(event["type"], 0) for event in mediation["events"])
