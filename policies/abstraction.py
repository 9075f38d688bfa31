"""When two states of a mediation count as one for the proof: everything a rule reads is kept, everything else dropped.

Kept: the stage, the kinds of the open tasks with what hearing, objection or signal they are for, of each clock whether
it runs, stands still or ran out, the live offer and its viewings, the refusals counted up to where the policy looks,
what is known of place, support and lease, how many calls were tried, how the follow-up was concluded, open signals, an
absence, a pause, the rule that bars a client first while the referral is checked, other rules set aside while they are
asked, and any other field of the state by its type: enumerations and flags as they are, dates as reached or not,
numbers up to three, texts as given or not. So a field that is added to the state is told apart without a change here.

Dropped: names, numbers and dates, the history, facts once the stage that reads them is over, conditions and results
that are only told, tasks for which nothing waits (plan, talk, soft landing, a message refused, an objection that
neither suspends nor is about a refusal), and how far a task is on its ladder. A ladder only tells people: what being
overdue leads to is another open task, which is kept. Its positions are still walked: from each state time passes moment
by moment until the state is another, or eight moments have passed (reminders, the due moment, escalations), and then
until everything that is asked is due; each is checked, and answers are tried both at first and at last.

No rule decides the course of a mediation by what is dropped, so what may follow from one state of a class may follow
from each other, and a claim that looks at kept facts only (every claim of `policies.claims` does) holds of the class
when it holds of the state that stands for it. What limits this: while something runs beside the main
track, how far the clocks are, how often was called and what bars the client is not told apart (it is on the main track
itself); the moments of two tasks may fall in another order than in the state that stands for the class, and what
`policies.explore` says it does not follow.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any

from pydantic import BaseModel

from domain.answers import HearingSubject
from domain.clocks import Clock, ClockKind
from domain.commands import Disputed, Rule
from domain.conditions import Condition, all_met
from domain.mediation import LIVE, Mediation, Offer, OfferState
from domain.outcome import Stage
from domain.policy import LeaseForm, Policy
from domain.stages.readiness import completeness, eligibility, readiness
from domain.tasks import Task, TaskKind

Key = tuple[Hashable, ...]
DROPPED = frozenset(
    {
        "id",
        "sequence",
        "opened",
        "parties",
        "policy_id",
        "policy_version",
        "policy_digest",
        "outcome",
        "considered",
        "unsuitable",
        "unmet",
        "alternative",
        "urgency_conditions",
        "call_result",
        "concluded_note",
        "held_letters",
        "undelivered",
        "retours",
    },
)
"""Fields of the state that no rule decides by, beyond what the stage tells; of a closed one the outcome is kept."""
ALONE = frozenset(
    {
        TaskKind.AGREE_PLAN,
        TaskKind.COMPLETE_LANDING,
        TaskKind.HOLD_TALK,
        TaskKind.AWAIT_RETOUR,
        TaskKind.REVIEW_SUPPORT,
        TaskKind.RESOLVE_DELIVERY,
    },
)
"""Tasks for which nothing waits: what they lead to, a signal or a letter, may come at any time besides."""
EXTENSIONS = frozenset({TaskKind.EXTEND_DECISION_TERM, TaskKind.EXTEND_URGENCY})
"""What a clock asks. How far the clocks are is told apart on the main track only, as no offer is made beside it."""
ABOUT = frozenset(subject.value for subject in HearingSubject) | {Disputed.REFUSAL_JUDGED.value}
BARS: Mapping[Rule, Callable[[Mediation, Policy], Iterable[Condition]]] = {
    Rule.TARGET_GROUP: eligibility,
    Rule.DOCUMENTS_MISSING: completeness,
    Rule.CLIENT_NOT_READY: readiness,
}
"""What may bar a client while the referral is checked, unless it is set aside."""
MOST = 3
"""Numbers and repeated things are counted up to here."""


def key(m: Mediation | None, policy: Policy, now: datetime) -> Key:
    """Return what makes this state one with others."""
    if m is None:
        return ("not started",)
    if m.stage is Stage.CLOSED:
        return (m.stage, m.outcome, m.lease.handed_over_on is not None)
    today = policy.calendar.today(now)
    return tuple(
        SPECIAL[name](m, policy, today) if name in SPECIAL else shape(getattr(m, name), today)
        for name in type(m).model_fields
        if name not in DROPPED
    )


def beside(m: Mediation) -> tuple[str, ...]:
    """Return what runs beside the main track of a mediation."""
    if m.stage is Stage.CLOSED:
        return ()
    objection = m.objection and not m.objection.result and m.objection
    matters = objection and (objection.suspends or objection.against is Disputed.REFUSAL_JUDGED)
    runs = {
        "an absence": m.absence is not None,
        "a pause": m.paused_at is not None,
        "an objection": bool(matters),
    }
    return (*(f"a signal of {signal.kind}" for signal in m.open_signals), *(what for what, so in runs.items() if so))


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
            return tuple(shape(getattr(value, name), today) for name in type(value).model_fields)
        case Mapping():
            return _counted([(str(k), shape(v, today)) for k, v in value.items()])
        case tuple() | list() | frozenset() | set():
            return _counted([shape(one, today) for one in value])
        case _:
            return "given"


def _counted(shapes: list[Any]) -> Hashable:
    return frozenset((one, min(n, MOST)) for one, n in Counter(shapes).items())


def _alone(task: Task, m: Mediation) -> bool:
    """Tell whether nothing waits for a task; for an objection only, if it suspends or is about a refusal."""
    if task.kind in EXTENSIONS:
        return bool(beside(m))
    if task.kind is TaskKind.DECIDE_OBJECTION:
        housed = m.lease.handed_over_on is not None
        return not m.suspended and (housed or task.about != Disputed.REFUSAL_JUDGED)
    return task.kind in ALONE


def known_task(task: Task, m: Mediation) -> tuple[str, str]:
    """Return what tells a task from others: its kind, and the hearing, objection or signal it is for."""
    signal = m.signal(task.about)
    return (task.kind.value, signal.kind.value if signal else task.about if task.about in ABOUT else "")


def _clock(clock: Clock) -> tuple[str, bool, bool]:
    """The housing target is an aim: that it was missed is told, and decides nothing."""
    fatal = clock.kind is not ClockKind.HOUSING_TARGET
    return (clock.kind.value, clock.suspended_at is not None and fatal, clock.expired and fatal)


def _offers(m: Mediation, policy: Policy, today: date) -> Hashable:
    live: Offer | None = m.live_offer if m.lease.handed_over_on is None else None
    viewing = (shape(live.viewing_on, today), min(live.viewings_missed, policy.offers.viewings)) if live else None
    return (
        live.state if live else None,
        viewing if live and live.state is OfferState.PLACED else None,
        sum(offer.state in LIVE for offer in m.offers) > 1,
        min(m.counted_refusals, policy.offers.counted_refusals) if m.lease.handed_over_on is None else 0,
    )


def _referral(m: Mediation, policy: Policy, today: date) -> Hashable:
    """Which rule bars the client first counts while the referral is checked; otherwise it may be corrected still.

    What runs beside does not tell by it: a client whom a rule bars is followed on the main track.
    """
    checked = m.open_of(TaskKind.CHECK_READINESS) is not None and not beside(m)
    judged = BARS if checked else {}
    bars = (rule for rule, judge in judged.items() if rule not in m.overrides and not all_met(judge(m, policy)))
    known = {"person", "target_group", "household_size", "needs", "documents", "checklist", "age"}
    known |= {"support_districts", "address_secret"} | (set() if checked else {"track"})
    others = (name for name in type(m.referral).model_fields if name not in known)
    return (next(bars, None), *((name, shape(getattr(m.referral, name), today)) for name in others))


def _support(m: Mediation) -> Hashable:
    """Before the keys it counts whether support is sure; after them, whether it has started."""
    support = m.support
    if support is None:
        return None
    if m.lease.handed_over_on is None:
        return (support.starts_on is not None, support.bridged_by is not None)
    return (support.started_on is not None,)


def _lease(m: Mediation, policy: Policy, today: date) -> Hashable:
    """Whether it is signed, how far the keys are, and which of two questions it will raise later."""
    lease = m.lease
    later = (lease.form in policy.conversion.after, lease.form is LeaseForm.TEMPORARY and lease.ends_on is not None)
    if lease.handed_over_on is not None:
        return ("keys", *later)
    return (lease.agreed_keys_on is not None, shape(lease.keys_on, today), *later)


def _still_asked(rule: Rule, m: Mediation) -> bool:
    match rule:
        case Rule.DOCUMENTS_MISSING | Rule.CLIENT_NOT_READY | Rule.TARGET_GROUP:
            return False
        case Rule.QUOTA_FULL:
            return m.place is None
        case _:
            return m.lease.handed_over_on is None


SPECIAL: Mapping[str, Callable[[Mediation, Policy, date], Hashable]] = {
    "tasks": lambda m, _policy, _today: tuple(sorted(known_task(task, m) for task in m.tasks if not _alone(task, m))),
    "clocks": lambda m, _policy, _today: () if beside(m) else tuple(sorted(map(_clock, m.clocks))),
    "offers": lambda m, policy, today: _offers(m, policy, today),
    "referral": lambda m, policy, today: _referral(m, policy, today),
    "candidates": lambda m, _policy, _today: bool(m.candidates),
    "full": lambda m, _policy, _today: bool(m.full),
    "urgency": lambda m, _policy, _today: m.urgency is not None,
    "origin": lambda m, _policy, _today: m.origin is not None,
    "objection": lambda m, _policy, _today: m.suspended,
    "place": lambda m, _policy, _today: m.place.state if m.place else None,
    "support": lambda m, _policy, _today: _support(m),
    "lease": lambda m, policy, today: _lease(m, policy, today),
    "overrides": lambda m, _policy, _today: frozenset(rule for rule in m.overrides if _still_asked(rule, m)),
    "supplement_asked": lambda m, _policy, _today: m.supplement_asked and m.stage is Stage.READINESS,
    "call_attempts": lambda m, _policy, _today: len(m.call_attempts) if m.concluded is None and not beside(m) else 0,
    "signals": lambda m, _policy, _today: tuple(sorted(signal.kind.value for signal in m.open_signals)),
    "absence": lambda m, _policy, _today: m.absence.kind if m.absence else None,
    "paused_at": lambda m, _policy, _today: m.paused_at is not None,
}
"""How fields are reduced that rules read in part."""
