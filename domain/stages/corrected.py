"""What follows when it turns out that the keys, the lease or the start of support was another than was noted."""

from domain.facts.outcome import Stage
from domain.facts.rules import RuleName
from domain.facts.tasks import TaskKind
from domain.messages.answers import KeysAnswer, LeaseAnswer, StartAnswer, SupportAnswer
from domain.policy.moments import due_of
from domain.policy.policy_terms import CallAnchor
from domain.stages import conversion, first_weeks, follow_up
from domain.stages.onward import signed, tell_end
from domain.state import events as e
from domain.state.draft import Draft
from domain.steps.receiving import before_lease_ends, keys_day, move_keys, plan_keys
from domain.steps.room import move_place


def keys(d: Draft, _was: KeysAnswer, now: KeysAnswer) -> None:
    """The client got the keys on another day: what counts from that day, and has not been done yet, moves."""
    d.require(d.m.lease.handed_over_on is not None, RuleName.ANSWER_COUNTS_NO_MORE)
    planned = d.known(d.m.lease.keys_on, "the planned day of the keys")
    d.require(now.on >= planned, RuleName.KEYS_BEFORE_NOTICE, field="on", day=planned)
    d.require(now.on <= d.today, RuleName.KEYS_IN_FUTURE, field="on")
    d.emit(e.KeysCorrected(on=now.on))
    move_place(d, now.on)
    follow_up.count_again(d, CallAnchor.KEYS)
    first_weeks.count_again(d)
    conversion.count_again(d)


def lease(d: Draft, was: LeaseAnswer, now: LeaseAnswer) -> None:
    """The lease says otherwise, before the keys: they may come on another day, of which everybody hears who knew. A day
    of the keys that was not wrong stays where it was planned since.
    """
    agreed = d.m.lease.agreed_keys_on is not None and d.m.lease.handed_over_on is None
    d.require(agreed, RuleName.ANSWER_COUNTS_NO_MORE)
    d.require(not now.failed_check, RuleName.CORRECT_BY_COMMAND, field="failed_check")
    ended, planned = d.m.lease.ends_on, d.m.lease.keys_on
    d.emit(signed(d, now))
    if d.m.lease.ends_on != ended:
        tell_end(d)
    if planned is None:
        plan_keys(d)
        return
    day = planned if now.keys_on == was.keys_on else keys_day(d)
    d.require(before_lease_ends(d, day), RuleName.KEYS_AFTER_LEASE, field="ends_on", day=d.m.lease.ends_on)
    if day == planned:
        return
    move_keys(d, day)


def support(d: Draft, _was: SupportAnswer, now: SupportAnswer) -> None:
    """The provider starts on another day than was noted, or cannot start: as if it had said so at once."""
    known = d.m.support
    d.require(known is not None and known.started_on is None, RuleName.ANSWER_COUNTS_NO_MORE)
    d.cancel(TaskKind.CONFIRM_SUPPORT)  # it was asked again because of the answer that was wrong
    if known and now.unable:
        d.emit(e.SupportUnable(provider=known.provider))
        d.open_once(TaskKind.BRIDGE_SUPPORT)
        return
    starts_on = d.given(now.starts_on, "starts_on")
    d.emit(e.SupportPlanned(starts_on=starts_on))
    d.cancel(TaskKind.BRIDGE_SUPPORT)
    if d.m.stage is not Stage.ACCEPTANCE:
        begins = d.policy.calendar.closing(starts_on)
        asked = d.m.open_of(TaskKind.START_SUPPORT)
        if asked:
            d.give_time(asked, max(asked.due, begins))
        else:  # it had said after the keys that it cannot start: nobody is asked any more, now that no bridge is needed
            d.open(TaskKind.START_SUPPORT, due=max(due_of(d.policy, TaskKind.START_SUPPORT, d.now), begins))
    else:
        plan_keys(d)


def start(d: Draft, was: StartAnswer, now: StartAnswer) -> None:
    """Support started on another day; that it never started the provider reports, or it is reviewed."""
    started = d.m.support is not None and d.m.support.started_on is not None
    d.require(started and not was.unable, RuleName.ANSWER_COUNTS_NO_MORE)
    d.require(not now.unable, RuleName.CORRECT_BY_COMMAND, field="unable")
    on = d.given(now.started_on, "started_on")
    d.require(on <= d.today, RuleName.SUPPORT_IN_FUTURE, field="started_on")
    d.require(on != was.started_on, RuleName.NOTHING_TO_CORRECT, field="started_on")
    d.emit(e.SupportStartCorrected(on=on))
    follow_up.count_again(d)
