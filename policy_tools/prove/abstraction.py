"""When two states of a mediation count as one for the proof: everything a rule reads is kept, everything else dropped.

Kept: the stage, the kinds of the open tasks with what hearing, objection or signal they are for, whether the client was
invited to a hearing, of each clock whether it runs, stands still or ran out, the live offer and its viewings, the
refusals counted up to where the policy looks, what is known of place, support and lease, how many calls were tried, how
the follow-up was concluded, open signals, an absence, a pause, the rule that bars a client first while the referral is
checked, other rules set aside while they are asked, and any other field of the state by its type: enumerations and
flags as they are, dates as reached or not, numbers up to three, texts as given or not. So a field that is added to the
state is told apart without a change here.

Dropped: names, numbers and dates, the history, facts once the stage that reads them is over, conditions and results
that are only told, tasks for which nothing waits (plan, talk, soft landing, a message refused, an objection that
neither suspends nor is about a refusal or the urgency's end), and how far a task is on its ladder. A ladder only tells
people: what being overdue leads to is another open task, which is kept. Its positions are still walked. On the main
track time passes moment by moment until the state is another, or eight moments have passed (reminders, the due moment,
escalations), then until everything that is asked is due, and then to what each clock still does; beside it, from due
moment to due moment. Each position is checked; answers are tried at first and at last, beside the main track at last
only if refused first.

No rule decides the course of a mediation by what is dropped, so what may follow from one state of a class may follow
from each other, and a claim that looks at kept facts only (every claim of `policy_tools.prove.claims` does) holds of
the class when it holds of the state that stands for it. What limits this: while something runs beside the main track,
how far the clocks are, how often was called, which number of refusals it is between the first and the last but one,
whether the client was invited to a hearing that the main track waits for, with what the follow-up was concluded,
whether the support at home has a number by which its provider reports, and what bars the client is not told apart (it
is on the main track itself, the number of refusals on the way from one refusal to the next); the moments of two tasks
may fall in another order than in the state that stands for the class, and what `policy_tools.prove.explore` says it
does not follow.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, NamedTuple

from pydantic import BaseModel

from domain.beside import heard
from domain.decide.catalogue import SPECS, on_track
from domain.facts.clocks import Clock, ClockKind
from domain.facts.conditions import Condition, all_met
from domain.facts.outcome import HearingSubject, Stage
from domain.facts.referral import Referral
from domain.facts.rules import Overridable
from domain.facts.tasks import Task, TaskKind
from domain.messages.answers import AssessmentResult
from domain.messages.commands import Disputed
from domain.policy.policy import LeaseForm, Policy
from domain.stages.readiness import completeness, eligibility, exclusion, readiness
from domain.state.mediation import LIVE, Mediation, Offer, OfferState
from domain.state.task_spec import TaskTrack
from domain.steps.choosing import in_turn, landlords_choose
from domain.steps.ending import converts

Key = tuple[Hashable, ...]


class Seen(NamedTuple):
    """A state, and by what it is looked at."""

    m: Mediation
    policy: Policy
    today: date
    beside: tuple[str, ...]
    each_number: bool


DROPPED = frozenset(
    {
        "id",
        "sequence",
        "opened",
        "answered",
        "parties",
        "policy_id",
        "policy_version",
        "policy_digest",
        "ended_before",
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
        "stand_ins",
        "asked",
        "retours",
        "supplement",
        "supplied_on",
        "decision",
        "undoable_end",
        "complaints",
        "notices",
        "reported_death",
        "transfer",
        "reported_withdrawal",
        "let_down_on",
        "taken_back",
        "intended",
    },
)
"""Fields of the state that no rule decides by, beyond what the stage tells; of a closed one the outcome is kept.

That an offer fell through counts for the turn in a queue only, and what a queue grants is followed both ways: it is
granted, and it is gone.
"""
UNTIL_KEYS = frozenset({"homes_left", "candidates", "full", "further"})
"""Fields by which a home is sought: no rule decides by them once the client has the keys."""
ALONE, SIDE, EXTENSIONS = (on_track(track) for track in (TaskTrack.ALONE, TaskTrack.SIDE, TaskTrack.EXTENSION))
"""How far the clocks are that ask for extensions is told apart on the main track only: no offer is made beside it."""
OF_THE_SIDE = frozenset(subject.value for subject in heard.OF_THE_SIDE)
"""Tasks and hearings about what runs beside the main track; those about a signal name it."""
DECIDES = frozenset({Disputed.REFUSAL_JUDGED, Disputed.NOT_EXTENDED})
"""What an objection may change that a rule decides by."""
ABOUT = frozenset(subject.value for subject in HearingSubject) | {one.value for one in DECIDES}
BARS: Mapping[Overridable, Callable[[Mediation, Policy, date], Iterable[Condition]]] = {
    Overridable.TARGET_GROUP: lambda m, policy, _today: eligibility(m, policy),
    Overridable.EXCLUDED: exclusion,
    Overridable.DOCUMENTS_MISSING: lambda m, policy, _today: completeness(m, policy),
    Overridable.CLIENT_NOT_READY: lambda m, policy, _today: readiness(m, policy),
}
"""What may bar a client while the referral is checked, unless it is set aside."""
TO_A_REFUSAL = frozenset(
    kind for kind in on_track(TaskTrack.MAIN) if SPECS[kind].group in {Stage.OFFER, Stage.ACCEPTANCE}
)
"""What is asked from one refusal to the next, and of a home once it is accepted."""
BY_TRACK = (TaskKind.CHECK_READINESS, TaskKind.ASSESS, TaskKind.DECIDE_URGENCY)
"""Tasks of which an answer is judged by the track."""
FACTS = frozenset(
    {
        "person",
        "target_group",
        "other_groups",
        "household_size",
        "needs",
        "documents",
        "checklist",
        "age",
        "age_between",
        "support_districts",
        "address_secret",
        "transferred_from",
    },
)
"""Facts of the referral by which a client may be barred, those by which dwellings are told apart, and where another
municipality mediated before, by which no rule decides.
"""
MOST = 3
"""Numbers and repeated things are counted up to here."""


def key(m: Mediation | None, policy: Policy, now: datetime, *, each_number: bool = True) -> Key:
    """Return what makes this state one with others; unless each number of refusals counts on the main track, what makes
    it one with those that differ by that only.
    """
    if m is None:
        return ("not started",)
    if m.stage is Stage.CLOSED:
        return (*ended(m), _decision(m))
    seen = Seen(m, policy, policy.calendar.today(now), beside(m), each_number)
    in_part, by_type = _kept(_housed(m))
    return (
        *[reduced(seen) for reduced in in_part],
        *[value if (value := getattr(m, name)) is None else shape(value, seen.today) for name in by_type],
    )


@cache
def _kept(housed: bool) -> tuple[tuple[Callable[[Seen], Hashable], ...], tuple[str, ...]]:
    """Return what reduces the fields that rules read in part, and the names of those that are told apart by type."""
    dropped = DROPPED | UNTIL_KEYS if housed else DROPPED
    kept = [name for name in Mediation.model_fields if name not in dropped]
    return (
        tuple(SPECIAL[name] for name in kept if name in SPECIAL),
        tuple(name for name in kept if name not in SPECIAL),
    )


def _housed(m: Mediation) -> bool:
    return m.lease.handed_over_on is not None


def beside(m: Mediation) -> tuple[str, ...]:
    """Return what runs beside the main track of a mediation."""
    if m.stage is Stage.CLOSED:
        return ()
    objection = m.objection and not m.objection.result and m.objection
    matters = objection and (objection.suspends or (objection.against in DECIDES and not _housed(m)))
    runs = {
        "an absence": m.absence is not None,
        "a pause": m.paused_at is not None,
        "an objection": bool(matters),
    }
    return (*(f"a signal of {signal.kind}" for signal in m.open_signals), *(what for what, so in runs.items() if so))


def asked_beside(m: Mediation) -> tuple[tuple[str, str], ...]:
    """Return what is asked about what runs beside the main track."""
    return tuple(
        known_task(task, m)
        for task in m.tasks
        if task.about in OF_THE_SIDE or task.kind in SIDE or m.signal(task.about)
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
            return tuple(shape(getattr(value, name), today) for name in type(value).model_fields)
        case Mapping():
            return _counted([(str(k), shape(v, today)) for k, v in value.items()])
        case tuple() | list() | frozenset() | set():
            return _counted([shape(one, today) for one in value])
        case _:
            return "given"


def _counted(shapes: list[Any]) -> Hashable:
    return frozenset((one, min(n, MOST)) for one, n in Counter(shapes).items())


def _waited_for(seen: Seen) -> list[Task]:
    return [task for task in seen.m.tasks if not _alone(task, seen)]


def _alone(task: Task, seen: Seen) -> bool:
    """Tell whether nothing waits for a task; for an objection only, if it suspends or is about a refusal."""
    m = seen.m
    if task.kind in EXTENSIONS:
        return bool(seen.beside)
    if task.kind is TaskKind.DECIDE_OBJECTION:
        return not m.suspended and (_housed(m) or task.about not in DECIDES)
    return task.kind in ALONE


def known_task(task: Task, m: Mediation) -> tuple[str, str]:
    """Return what tells a task from others: its kind, the hearing, objection or signal it is for, and of a hearing
    whether the client was invited to it; of one that a stage waits for on the main track only.

    Somebody who was not invited may not be said to have stayed away. What is decided does not depend on whether the
    client was heard, stayed away or gave it up: whatever may follow on a hearing may follow on one that was held.
    """
    apart = task.awaits_letter and (task.about in OF_THE_SIDE or not beside(m))
    kind = f"{task.kind.value}, not invited" if apart else task.kind.value
    if task.about is None:
        return (kind, "")
    signal = m.signal(task.about)
    about = signal.kind.value if signal else task.about if task.about in ABOUT else ""
    return (kind, about)


def ended(m: Mediation) -> Key:
    """Return how it ended, whether the client knows of an end that one may object to, and how far an objection is."""
    it = m.decision
    objection = it and (it.subject, it.sent_on is not None, it.over, m.open_of(TaskKind.DECIDE_OBJECTION) is not None)
    return (m.stage, m.outcome, _housed(m), objection)


def _decision(m: Mediation) -> Hashable:
    """What an end that one may object to ended: with that it goes on when an objection is right."""
    it = m.decision
    return it and (it.stage, it.absence is not None, tuple(sorted(map(_clock, it.clocks))))


def _clock(clock: Clock) -> tuple[str, bool, bool]:
    """The housing target is an aim: that it was missed is told, and decides nothing."""
    fatal = clock.kind is not ClockKind.HOUSING_TARGET
    return (clock.kind.value, clock.suspended_at is not None and fatal, clock.expired and fatal)


def _offers(seen: Seen) -> Hashable:
    m, policy, today, *_ = seen
    live: Offer | None = m.live_offer if m.lease.handed_over_on is None else None
    viewing = (shape(live.viewing_on, today), min(live.viewings_missed, policy.offers.viewings)) if live else None
    return (
        live.state if live else None,
        viewing if live and live.state is OfferState.PLACED else None,
        sum(offer.state in LIVE for offer in m.offers) > 1,
        _refusals(seen) if m.lease.handed_over_on is None else 0,
    )


def _refusals(seen: Seen) -> int:
    """How many refusals counted, up to where the policy looks: each number by itself on the way to the next one, while
    no home is accepted, nothing else is asked than for one or about it, and nothing runs beside.
    """
    most = seen.policy.offers.counted_refusals
    counted = min(seen.m.counted_refusals, most)
    like = like_number(counted, most)
    if like == counted or seen.beside or not seen.each_number:
        return like
    offer = seen.m.live_offer
    accepted = offer is not None and offer.state is OfferState.ACCEPTED
    to_a_refusal = not accepted and all(task.kind in TO_A_REFUSAL for task in _waited_for(seen))
    return counted if to_a_refusal else like


def like_number(counted: int, most: int) -> int:
    """Return the number of refusals that stands for this one.

    The rules ask whether there is a refusal to object to, and whether the last one came that is allowed, after one more
    or one less than there were. So none, one, the last but one and the last are told apart. Those in between, where a
    policy allows five or more, lead to the same by every rule: only what is written down has another number in it.

    That no rule asks more is not taken for granted where the number changes: on the way from one refusal to the next
    each number is walked (`_refusals`), and the judgement of each refusal is held against the claims. What else may
    be asked or befall the client on that way, and what follows once a home is accepted or the mediation stepped back,
    is followed with one of the numbers. Each of them is come back to: whatever leads to the last but one, or from it,
    is reached by that way, and from there on is told apart everywhere.
    """
    return 2 if 2 < counted < most - 1 else counted


def bars(m: Mediation, policy: Policy, today: date, besides: tuple[str, ...]) -> Overridable | None:
    """Return which rule bars the client first while the referral is checked, unless something runs beside."""
    if besides or m.open_of(TaskKind.CHECK_READINESS) is None:
        return None
    judged = BARS.items()
    return next(
        (rule for rule, judge in judged if rule not in m.overrides and not all_met(judge(m, policy, today))), None
    )


def _referral(seen: Seen) -> Hashable:
    """Which rule bars the client first counts while the referral is checked; otherwise it may be corrected still.

    What runs beside does not tell by it: a client whom a rule bars is followed on the main track.
    """
    m, policy, today, besides, _ = seen
    checked = not besides and any(m.open_of(kind) for kind in BY_TRACK)
    others = _others(frozenset() if checked else frozenset({"track"}))
    return (bars(m, policy, today, besides), *((name, shape(getattr(m.referral, name), today)) for name in others))


@cache
def _others(besides: frozenset[str]) -> tuple[str, ...]:
    return tuple(name for name in Referral.model_fields if name not in FACTS | besides)


def _advice(m: Mediation) -> Hashable:
    """Until it is decided on: whether it names a support, and what a refusal would be called. That a decision departs
    from it asks for a reason, and decides nothing.
    """
    if m.advice is None or m.open_of(TaskKind.DECIDE_URGENCY) is None:
        return None
    return (m.advice.support is not None, m.advice.result is AssessmentResult.ALTERNATIVE)


def _intended(m: Mediation) -> Stage | None:
    """To which stage it is to step back, until the client was heard on that."""
    return m.step_back_to if m.open_of(TaskKind.HEAR_CLIENT, HearingSubject.URGENCY_TAKEN_BACK) else None


def _support(seen: Seen) -> Hashable:
    """Before the keys it counts whether support is sure; after them, whether it has started, and may be reported on."""
    support = seen.m.support
    if support is None:
        return None
    if not _housed(seen.m):
        return (support.starts_on is not None, support.bridged_by is not None)
    return (support.started_on is not None, reported_on(seen.m, seen.beside))


def reported_on(m: Mediation, besides: tuple[str, ...]) -> bool:
    """Tell whether the provider may report on the support at home: on the main track only."""
    support = None if besides else m.support
    return support is not None and support.started_on is not None and support.number is not None


def _concluded(seen: Seen) -> Hashable:
    """How the follow-up was concluded or, while something runs beside the main track, whether it was."""
    return seen.m.concluded is not None if seen.beside else seen.m.concluded


def _lease(seen: Seen) -> Hashable:
    """Whether it is signed, how far the keys are, and which of two questions it will raise later."""
    lease, policy, today = seen.m.lease, seen.policy, seen.today
    later = (converts(policy, lease.form), lease.form is LeaseForm.TEMPORARY and lease.ends_on is not None)
    if lease.handed_over_on is not None:
        return ("keys", *later)
    return (lease.agreed_keys_on is not None, shape(lease.keys_on, today), *later)


def _still_asked(rule: Overridable, m: Mediation) -> bool:
    match rule:
        case (
            Overridable.DOCUMENTS_MISSING
            | Overridable.CLIENT_NOT_READY
            | Overridable.TARGET_GROUP
            | Overridable.EXCLUDED
        ):
            return False
        case Overridable.QUOTA_FULL:
            return m.place is None
        case _:
            return m.lease.handed_over_on is None


def _ends_with_urgency(m: Mediation) -> bool:
    """Whether it is decided that the urgency which runs is not extended: without one no rule reads that decision."""
    return m.clock(ClockKind.URGENCY) is not None and m.decided_on(Disputed.NOT_EXTENDED) is not None


def _choice(seen: Seen) -> Hashable:
    """Who is to choose a home, where corporations do, and whether there is a corporation that may still choose."""
    m = seen.m
    asked = m.open_of(TaskKind.MAKE_OFFER) if landlords_choose(seen.policy) else None
    return (asked.owner_role, bool(in_turn(m))) if asked else None


SPECIAL: Mapping[str, Callable[[Seen], Hashable]] = {
    "tasks": lambda seen: tuple(sorted(known_task(task, seen.m) for task in _waited_for(seen))),
    "clocks": lambda seen: () if seen.beside else tuple(sorted(map(_clock, seen.m.clocks))),
    "offers": _offers,
    "referral": _referral,
    "candidates": lambda seen: bool(seen.m.candidates),
    "homes_left": _choice,
    "full": lambda seen: bool(seen.m.full),
    "further": lambda seen: bool(seen.m.further),
    "concluded": _concluded,
    "advice": lambda seen: _advice(seen.m),
    "step_back_to": lambda seen: _intended(seen.m),
    "urgency": lambda seen: seen.m.urgency is not None,
    "origin": lambda seen: seen.m.origin is not None,
    "objection": lambda seen: seen.m.suspended,
    "receiving": lambda seen: seen.m.receiving is not None,
    "place": lambda seen: seen.m.place.state if seen.m.place else None,
    "support": _support,
    "lease": _lease,
    "overrides": lambda seen: frozenset(rule for rule in seen.m.overrides if _still_asked(rule, seen.m)),
    "supplement_rounds": lambda seen: min(seen.m.supplement_rounds, MOST) if seen.m.stage is Stage.READINESS else 0,
    "supplement_asked": lambda seen: seen.m.supplement_asked and seen.m.stage is Stage.READINESS,
    "call_attempts": lambda seen: len(seen.m.call_attempts) if seen.m.concluded is None and not seen.beside else 0,
    "call_days": lambda seen: seen.m.call_days.count(seen.today) if seen.m.concluded is None and not seen.beside else 0,
    "signals": lambda seen: tuple(sorted(signal.kind.value for signal in seen.m.open_signals)),
    "absence": lambda seen: seen.m.absence.kind if seen.m.absence else None,
    "decisions": lambda seen: _ends_with_urgency(seen.m),
    "paused_at": lambda seen: seen.m.paused_at is not None,
}
"""How fields are reduced that rules read in part."""
