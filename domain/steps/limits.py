"""Until when the law gives for what a task is about."""

from datetime import datetime

from domain.facts.clocks import ClockKind
from domain.facts.tasks import Task
from domain.policy.policy import Policy
from domain.state.mediation import Mediation


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
