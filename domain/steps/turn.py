"""When the turn for a place comes of a client who waits: the facts that the policy's order looks at.

Which corporation's turn it is to choose a home is another matter (`domain.steps.choosing`).
"""

from domain.facts.clocks import Clock, ClockKind
from domain.facts.rules import Overridable
from domain.facts.tasks import TaskKind
from domain.policy.moments import all_warnings
from domain.policy.queue import BY_WAIT, Turn
from domain.state.draft import Draft


def turn(d: Draft) -> Turn:
    """Return by what this client's turn comes, as it is now."""
    m = d.m
    urgency = m.clock(ClockKind.URGENCY)
    waiting = m.open_of(TaskKind.AWAIT_PLACE)
    return Turn(
        order=(d.policy.queue or BY_WAIT).order,
        since=urgency.started_at if urgency else waiting.opened_at if waiting else d.now,
        let_down_on=m.let_down_on,
        for_safety=m.referral.must_be_safe,
        ends_on=d.policy.calendar.today(urgency.ends_at) if urgency and _ends_soon(d, urgency) else None,
        out_of_turn=Overridable.QUEUE_ORDER in m.overrides,
    )


def _ends_soon(d: Draft, urgency: Clock) -> bool:
    """Tell whether the first of the policy's warnings was due."""
    warned = all_warnings(d.policy, ClockKind.URGENCY, d.policy.calendar.today(urgency.ends_at))
    return not urgency.suspended_at and any(at <= d.now for at in warned)
