"""Support that does not start in time after the keys: always somebody's task, and no secret to the client.

It is read off the mediation before and after a decision: an answer, a correction, keys that move, another policy.
"""

from datetime import date

from domain.facts.outcome import Stage
from domain.facts.tasks import TaskKind
from domain.messages.effects import Audience, Letter
from domain.messages.told import Told
from domain.policy.policy import Policy
from domain.state.draft import Draft
from domain.state.events import ProviderChanged
from domain.state.mediation import Mediation
from domain.steps.receiving import secured

SEEING_TO_IT = (TaskKind.BRIDGE_SUPPORT, TaskKind.CONFIRM_SUPPORT, TaskKind.START_SUPPORT)
"""What is asked of who sees to it: the municipality, or the provider that it gave more time."""


def settle(d: Draft) -> None:
    """Ask the municipality about a gap that this decision made, moved or left to nobody, and no more once it is closed.
    Tell the client and the guide on which day support starts, and when that falls away.
    """
    if d.state is None:
        return
    was, now = d.before and gap(d.before, d.policy), gap(d.state, d.policy)
    if now and (now != was or not any(task.kind in SEEING_TO_IT for task in d.state.tasks)):
        d.open_once(TaskKind.BRIDGE_SUPPORT)
    elif was and not now and _start(d.state, d.policy):
        d.cancel(TaskKind.BRIDGE_SUPPORT)
    _tell(d, d.state)


def gap(m: Mediation, policy: Policy) -> tuple[date, date] | None:
    """Return the day of the keys and that on which support starts, if that is later than the policy has it and nobody
    bridges; None while one of them is not known.
    """
    days = _awaited(m)
    return days if days and not secured(policy, m.support, days[0]) else None


def _awaited(m: Mediation) -> tuple[date, date] | None:
    support, keys_on = m.support, m.lease.handed_over_on or m.lease.keys_on
    if m.stage is Stage.CLOSED or support is None or support.started_on or not (keys_on and support.starts_on):
        return None
    return keys_on, support.starts_on


def _start(m: Mediation | None, policy: Policy) -> date | None:
    """Return the day on which the client may count on support at home; None while there is none."""
    days = _awaited(m) if m else None
    return days[1] if m and days and not gap(m, policy) else None


def _tell(d: Draft, m: Mediation) -> None:
    told, starts_on = _start(d.before, d.policy), _start(m, d.policy)
    if starts_on and starts_on != told:
        d.letter(Letter.SUPPORT_STARTS, Audience.CLIENT, Audience.GUIDE, by=starts_on)
    elif told and not starts_on and _still_comes(m) and not any(isinstance(one, ProviderChanged) for one in d.events):
        d.letter(Letter.SUPPORT_OFF, Audience.CLIENT, Audience.GUIDE, told=Told(since=told))


def _still_comes(m: Mediation) -> bool:
    """Tell whether support is still to come to the home of which the client knows: a home that is lost is told of."""
    keys = m.lease.handed_over_on or m.lease.keys_on
    return m.stage is not Stage.CLOSED and keys is not None and m.support is not None and m.support.started_on is None
