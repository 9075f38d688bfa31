"""What happens when a clock warns or runs out: a person is asked. A clock never decides."""

from datetime import datetime

from domain.facts import terms
from domain.facts.clocks import Clock, ClockKind
from domain.facts.outcome import HearingSubject, Outcome
from domain.facts.rules import RuleName
from domain.facts.tasks import Task, TaskKind
from domain.messages.answers import TermExtensionAnswer
from domain.messages.commands import Disputed
from domain.messages.effects import Audience, Letter
from domain.policy.moments import due_of
from domain.state import events as e
from domain.state.decision import Basis
from domain.state.draft import Draft
from domain.steps.decision_letter import in_favour
from domain.steps.ending import end

OF_URGENCY = (ClockKind.URGENCY, ClockKind.HOUSING_TARGET)
"""The terms that run with an urgency."""
ASK = {ClockKind.DECISION_TERM: TaskKind.EXTEND_DECISION_TERM, ClockKind.URGENCY: TaskKind.EXTEND_URGENCY}
"""Which extension is asked of the municipality before a clock runs out."""


def warn(d: Draft, clock: Clock) -> None:
    """A clock will run out before long."""
    d.emit(e.ClockWarned(clock=clock.kind))
    _ask_extension(d, clock)
    if clock.kind is ClockKind.HOUSING_TARGET:
        d.letter(Letter.HOUSING_TARGET_NEAR, organisation=d.m.parties.municipality)
    asked = d.m.open_of(TaskKind.EXTEND_URGENCY)
    if clock.kind is ClockKind.URGENCY and asked and asked.opened_at == d.now:
        d.letter(Letter.URGENCY_WILL_END, Audience.CLIENT, Audience.GUIDE, task=asked)


def expire(d: Draft, clock: Clock) -> None:
    """A clock ran out. A term of the law is then broken: it can no longer be extended."""
    d.emit(e.ClockExpired(clock=clock.kind))
    if end_when_run_out(d):
        return
    if clock.unrolled:
        d.cancel(TaskKind.EXTEND_DECISION_TERM)
        d.letter(Letter.DECISION_TERM_OVER, organisation=d.m.parties.municipality)
    else:
        _ask_extension(d, clock)
    if clock.kind is ClockKind.URGENCY and not d.m.decided_on(Disputed.NOT_EXTENDED):
        d.letter(Letter.URGENCY_RAN_OUT, Audience.CLIENT, Audience.GUIDE)
        d.letter(Letter.URGENCY_RAN_OUT, organisation=d.m.parties.municipality)
    if clock.kind is ClockKind.HOUSING_TARGET:
        d.letter(Letter.HOUSING_TARGET_MISSED, organisation=d.m.parties.municipality)


def extend_decision_term(d: Draft, _task: Task, _answer: TermExtensionAnswer) -> None:
    """The client got notice that the decision takes longer: by the last day, and once."""
    extension_in_time(d)
    d.extend_clock(ClockKind.DECISION_TERM)


def extend_urgency(d: Draft) -> None:
    """The urgency stays valid."""
    d.extend_clock(ClockKind.URGENCY)
    d.letter(Letter.URGENCY_EXTENDED, Audience.CLIENT, Audience.GUIDE, told=in_favour(d))


def keep_to_absence(d: Draft) -> None:
    """The terms of an urgency stand still while the client is away, if the policy has it so, and run when the client is
    here: also of an urgency that was granted, or given back, since the client left or came back.
    """
    for kind in OF_URGENCY:
        if d.m.absence is None:
            d.resume_clock(kind)
        elif kind in d.policy.absence.suspends:
            d.suspend_clock(kind)


def extension_in_time(d: Draft) -> None:
    """Refuse to extend a decision term after its last day (Awb 4:14), or a second time."""
    clock = d.m.clock(ClockKind.DECISION_TERM)
    if clock and clock.unrolled:  # only of a term that the law counts
        last = d.policy.calendar.today(clock.ends_at)
        d.require(d.today <= last, RuleName.TERM_OVER, day=last)
        d.require(not clock.extended, RuleName.TERM_EXTENDED)


def in_time_not_to_process(d: Draft) -> None:
    """Refuse to leave a referral unprocessed too late after it was to be complete (Awb 4:5 lid 4)."""
    asked = d.m.supplement
    if asked is None or d.policy.supplement_rounds is None:
        return
    calendar = d.policy.calendar
    last = terms.not_processed(calendar, calendar.today(asked.due), d.m.supplied_on)
    d.require(d.today <= last, RuleName.MUST_BE_PROCESSED, day=last)


def end_when_run_out(d: Draft) -> bool:
    """End the mediation if its urgency has run out and a person decided, after a hearing, not to extend it. Who was
    offered a home in time may still have it; an objection that suspends comes first.
    """
    urgency, refused = d.m.clock(ClockKind.URGENCY), d.m.decided_on(Disputed.NOT_EXTENDED)
    if urgency is None or not urgency.expired or refused is None or d.m.live_offer or d.m.suspended:
        return False
    subject = HearingSubject.URGENCY_NOT_EXTENDED
    basis = Basis(reasons=refused.reasons, notes=refused.basis)
    end(d, Outcome.URGENCY_EXPIRED, refused.note, basis=basis, subject=subject, decided=refused)
    return True


def ask_extensions(d: Draft) -> None:
    """Ask what to do about every clock that has run out already."""
    for clock in d.m.clocks:
        if clock.expired:
            _ask_extension(d, clock)


def _ask_extension(d: Draft, clock: Clock) -> None:
    kind = ASK.get(clock.kind)
    if clock.kind is ClockKind.URGENCY and d.m.decided_on(Disputed.NOT_EXTENDED):
        return
    spent = clock.unrolled is not None and (clock.expired or clock.extended > 0)
    if kind and not spent and not d.m.open_of(TaskKind.HEAR_CLIENT, HearingSubject.URGENCY_NOT_EXTENDED):
        d.open_once(kind, due=_by_the_term(d, clock) if clock.unrolled else None)


def _by_the_term(d: Draft, clock: Clock) -> datetime | None:
    """Return the closing hour of a legal term's last day, if the policy asks for notice of an extension later than that
    (Awb 4:14 lid 3); None when its own day is early enough.
    """
    calendar = d.policy.calendar
    last = calendar.closing(calendar.today(clock.ends_at))
    return last if due_of(d.policy, TaskKind.EXTEND_DECISION_TERM, d.now) > last else None
