"""A place and a home are sought as long as the urgency runs, and again from when it is extended.

Once it has ended nobody is asked to choose a home that may not be offered, and no place is kept from others: what is
asked then is whether the urgency is extended.
"""

from domain.facts.clocks import ClockKind
from domain.facts.outcome import HEARINGS, HearingSubject, Stage
from domain.facts.tasks import Task, TaskKind
from domain.state.draft import Draft
from domain.state.mediation import Mediation

SEEKING = (TaskKind.MAKE_OFFER, TaskKind.AWAIT_PLACE)


def ran_out(m: Mediation) -> bool:
    """Tell whether the urgency has ended."""
    urgency = m.clock(ClockKind.URGENCY)
    return urgency is not None and urgency.expired


def seek_while_urgent(d: Draft) -> None:
    """Stop seeking when the urgency has ended, and seek again when it runs again, whichever decision that was. Where a
    stage waits for a hearing no home is sought meanwhile, and that stage is entered when it is over.
    """
    m = d.state
    if m is None or m.stage is not Stage.OFFER or m.live_offer:
        return
    if ran_out(m):
        d.cancel(*SEEKING)
    elif d.before and ran_out(d.before) and not any(_seeks_or_waits(task) for task in m.tasks):
        d.enter(Stage.OFFER)


def _seeks_or_waits(task: Task) -> bool:
    heard_on = HearingSubject(task.about) if task.kind is TaskKind.HEAR_CLIENT and task.about else None
    return task.kind in SEEKING or (heard_on is not None and HEARINGS[heard_on].if_dropped is not None)
