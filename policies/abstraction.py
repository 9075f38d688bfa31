"""When two states of a mediation count as one for the proof: everything a rule reads is kept, everything else dropped.

Kept: the stage, the kinds of the open tasks with what hearing they are for, of each clock whether it runs, stands still
or ran out, the live offer, the refusals counted up to where the policy looks, what is known of place, support and
lease, how many calls were tried, the rules set aside while they are asked, which kind of message failed, and any other
field of the state by its type: enumerations and flags as they are, dates as reached or not, numbers up to three, texts
as given or not. So a field that is added to the state is told apart without a change here.

Dropped: names, numbers and dates, the history, facts once the stage that reads them is over, and how far a task is on
its ladder. A ladder only tells people: what being overdue leads to is another open task, which is kept. Its positions
are still walked: from each state time passes moment by moment until the state is another, or twelve moments have passed
(every reminder, the due moment, escalations); each is checked, and answers are tried both at first and at last.

No rule decides the course of a mediation by what is dropped, so what may follow from one state of a class may follow
from each other, and a claim that looks at kept facts only (every claim of `policies.claims` does) holds of the class
when it holds of the state that stands for it. Two things limit this: the moments of two tasks may fall in another order
than in the state that stands for the class, and a command that opens one more thing beside much that is open is checked
but not followed (the result counts these).
"""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any

from pydantic import BaseModel

from domain.answers import HearingSubject
from domain.clocks import Clock, ClockKind
from domain.commands import Rule
from domain.effects import AnyEffect, PlaceOffer, RequestSupport
from domain.mediation import LIVE, Mediation, Offer
from domain.outcome import Stage
from domain.policy import Policy
from domain.tasks import Task

Key = tuple[Hashable, ...]
DROPPED = frozenset(
    {"id", "sequence", "opened", "parties", "policy_id", "policy_version", "policy_digest", "outcome"},
)
"""Fields of the state that no rule decides by, beyond what the stage tells; of a closed one the outcome is kept."""
ABOUT = frozenset(subject.value for subject in HearingSubject)
ONLY_TOLD = frozenset({("Lease", "number"), ("Lease", "form"), ("Support", "number"), ("Support", "provider")})
"""Fields of parts of the state by which others are told, and nothing is decided."""
MOST = 3
"""Numbers and repeated things are counted up to here."""


def key(m: Mediation | None, policy: Policy, now: datetime) -> Key:
    """Return what makes this state one with others."""
    if m is None:
        return ("not started",)
    if m.stage is Stage.CLOSED:
        return (m.stage, m.outcome, m.lease.handed_over_on is not None)
    today = policy.calendar.today(now)
    special: Mapping[str, Callable[[], Hashable]] = {
        "tasks": lambda: tuple(sorted(map(_task, m.tasks))),
        "clocks": lambda: tuple(sorted(map(_clock, m.clocks))),
        "offers": lambda: _offers(m, policy),
        "referral": lambda: _referral(m, policy, today),
        "candidates": lambda: bool(m.candidates),
        "urgency": lambda: m.urgency is not None,
        "place": lambda: m.place.state if m.place else None,
        "overrides": lambda: frozenset(rule for rule in m.overrides if _still_asked(rule, m)),
        "undelivered": lambda: frozenset(map(_retried, m.undelivered.values())),
        "supplement_asked": lambda: m.supplement_asked and m.stage is Stage.READINESS,
        "call_attempts": lambda: len(m.call_attempts),
    }
    return tuple(
        special[name]() if name in special else shape(getattr(m, name), today)
        for name in type(m).model_fields
        if name not in DROPPED
    )


def shape(value: Any, today: date) -> Hashable:
    """Reduce any value to what a rule may tell it apart by."""
    match value:
        case None | bool() | Enum():
            return value
        case int() | float():
            return min(value, MOST)
        case datetime():
            return "reached" if value.date() <= today else "ahead"
        case date():
            return "reached" if value <= today else "ahead"
        case BaseModel():
            kept = (name for name in type(value).model_fields if (type(value).__name__, name) not in ONLY_TOLD)
            return tuple(shape(getattr(value, name), today) for name in kept)
        case Mapping():
            return _counted([(str(k), shape(v, today)) for k, v in value.items()])
        case tuple() | list() | frozenset() | set():
            return _counted([shape(one, today) for one in value])
        case _:
            return "given"


def _counted(shapes: list[Any]) -> Hashable:
    return frozenset((one, min(n, MOST)) for one, n in Counter(shapes).items())


def _task(task: Task) -> tuple[str, str]:
    return (task.kind.value, task.about if task.about in ABOUT else "")


def _clock(clock: Clock) -> tuple[str, bool, bool]:
    """The housing target is an aim: that it was missed is told, and decides nothing."""
    fatal = clock.kind is not ClockKind.HOUSING_TARGET
    return (clock.kind.value, clock.suspended_at is not None, clock.expired and fatal)


def _offers(m: Mediation, policy: Policy) -> Hashable:
    live: Offer | None = m.live_offer
    return (
        live.state if live else None,
        sum(offer.state in LIVE for offer in m.offers) > 1,
        min(m.counted_refusals, policy.offers.counted_refusals),
    )


def _referral(m: Mediation, policy: Policy, today: date) -> Hashable:
    """Documents count while the referral is checked; who the client is and what home is needed tells no state apart."""
    asked = set(policy.required_documents)
    complete = m.stage is not Stage.READINESS or asked <= set(m.referral.documents)
    known = {"person", "target_group", "household_size", "needs", "documents"}
    others = (name for name in type(m.referral).model_fields if name not in known)
    return (complete, *((name, shape(getattr(m.referral, name), today)) for name in others))


def _retried(effect: AnyEffect) -> str:
    """Sending once more asks whether an offer or support is still wanted; of any other message it asks nothing."""
    return effect.type if isinstance(effect, PlaceOffer | RequestSupport) else "another"


def _still_asked(rule: Rule, m: Mediation) -> bool:
    match rule:
        case Rule.DOCUMENTS_MISSING:
            return m.stage is Stage.READINESS
        case Rule.QUOTA_FULL:
            return m.place is None
        case _:
            return m.lease.handed_over_on is None
