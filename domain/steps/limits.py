"""Until when the law gives for what a task is about, and how far off a day may lie that the municipality gives."""

from datetime import datetime

from domain.facts.calendar import Term, TermUnit
from domain.facts.clocks import ClockKind
from domain.facts.tasks import Task
from domain.policy.policy import Policy
from domain.state.mediation import Mediation

FURTHER = Term(amount=12, unit=TermUnit.MONTHS)
"""How much further than others the municipality may go: what lies beyond is a slip of the pen."""


def legal_limit(m: Mediation, task: Task, policy: Policy) -> datetime | None:
    """Return the end of the statutory term that a task must keep, in UTC: its own, else that of the decision.

    None when the law sets none, or the term stands still and no end is known.
    """
    if policy.tasks[task.kind].statutory:
        return task.due
    decision = m.clock(ClockKind.DECISION_TERM)
    if decision is None or decision.suspended_at or not policy.clocks[ClockKind.DECISION_TERM].statutory:
        return None
    return decision.ends_at
