"""Waiting for a place in the policy's order: how a mediation stands in the queue, and when others may have a turn.

The queue itself is kept by the store beside the places, and changed in the transaction that records the decision.
"""

from domain.facts.tasks import TaskKind
from domain.messages.effects import CallWaiting
from domain.policy.scarce import PlaceClaim, Queued
from domain.state.draft import Draft
from domain.state.mediation import Mediation
from domain.steps.room import place_claim


def queued(d: Draft) -> Queued | None:
    """Return how the mediation stands in the queue after this decision; None when it was and is not in it. A trial is
    in no queue.
    """
    if d.test:
        return None
    if d.state and _waits(d.state):
        return Queued(claim=place_claim(d), resting=d.state.paused_at is not None)
    return Queued() if d.before and _waits(d.before) else None


def call_others(d: Draft) -> None:
    """Have others called, in their order, when this decision gives a place back or makes way in the queue.

    A place that moves to another period is given back in its own.
    """
    before, m = d.before, d.state
    if before is None or m is None or d.test:
        return
    gave_back = any(isinstance(one, PlaceClaim) for one in d.releases)
    within = m.place is not None and not m.place.beyond_limit
    left = _waits(before) and not (within or (_waits(m) and _alike(before, m)))
    if gave_back or left:
        d.do(CallWaiting(municipality=m.parties.municipality))


def _waits(m: Mediation) -> bool:
    return m.open_of(TaskKind.AWAIT_PLACE) is not None


def _alike(before: Mediation, m: Mediation) -> bool:
    """Tell whether somebody who still waits asks the same, with the same turn."""
    return (before.referral, before.overrides, before.paused_at, before.policy_digest) == (
        m.referral,
        m.overrides,
        m.paused_at,
        m.policy_digest,
    )
