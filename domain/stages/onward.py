"""Temporary leases: their ground in the law, their longest term, and the onward move before they end."""

from datetime import datetime

from domain.facts.outcome import Stage
from domain.facts.parties import Role
from domain.facts.rules import RuleName
from domain.facts.tasks import Task, TaskKind
from domain.messages.answers import LeaseAnswer, OnwardMoveAnswer
from domain.messages.effects import Audience, Letter, SendLetter
from domain.policy.policy import LeaseForm
from domain.state import events as e
from domain.state.draft import Draft
from domain.state.task_spec import AnySpec, Asked, TaskSpec
from domain.steps.ending import go_on


def signed(d: Draft, answer: LeaseAnswer) -> e.LeaseSigned:
    """Return the lease as it was signed, a temporary one with its legal ground and its end."""
    form = d.given(answer.form, "form")
    keys_on = d.given(answer.keys_on, "keys_on")
    d.require(form in d.policy.lease_forms, RuleName.LEASE_FORM_NOT_ALLOWED, field="form")
    d.require(keys_on >= d.today, RuleName.KEYS_IN_PAST, field="keys_on")
    asked = d.policy.temporary_lease
    if form is not LeaseForm.TEMPORARY:
        wrong = answer.legal_ground or answer.ends_on
        d.require(not wrong, RuleName.LEASE_NOT_TEMPORARY, field="legal_ground")
        return e.LeaseSigned(form=form, keys_on=keys_on)
    if asked is None:
        return e.LeaseSigned(form=form, keys_on=keys_on, legal_ground=answer.legal_ground, ends_on=answer.ends_on)
    ground = d.given(answer.legal_ground, "legal_ground")
    ends_on = d.given(answer.ends_on, "ends_on")
    last = d.policy.calendar.add(keys_on, asked.longest)
    d.require(keys_on < ends_on <= last, RuleName.LEASE_TOO_LONG, field="ends_on", day=last)
    return e.LeaseSigned(form=form, keys_on=keys_on, legal_ground=ground, ends_on=ends_on)


def tell_end(d: Draft) -> None:
    """Tell the client when a temporary lease ends."""
    if d.m.lease.ends_on:
        readers = (Audience.CLIENT, Audience.GUIDE)
        d.do(SendLetter(letter=Letter.TEMPORARY_LEASE, readers=readers, by=d.m.lease.ends_on))


def await_onward_move(d: Draft) -> None:
    """Have the next home arranged well before a temporary lease ends."""
    ends_on, asked = d.m.lease.ends_on, d.policy.temporary_lease
    if ends_on and asked:
        calendar = d.policy.calendar
        arranged = calendar.closing(calendar.subtract(ends_on, asked.onward_move))
        d.open(TaskKind.ARRANGE_ONWARD_MOVE, due=max(arranged, _soon(d)))


def onward_move(d: Draft, _task: Task, answer: OnwardMoveAnswer) -> None:
    """The corporation told where the client will live after the lease, or asks for more time."""
    if answer.way == "more_time":
        calendar = d.policy.calendar
        ends_on = d.m.lease.ends_on or d.today
        d.open(TaskKind.ARRANGE_ONWARD_MOVE, due=max(calendar.closing(ends_on), _soon(d)))
    else:
        go_on(d)


def _soon(d: Draft) -> datetime:
    repeat = d.policy.tasks[TaskKind.ARRANGE_ONWARD_MOVE].repeat
    return d.policy.calendar.deadline(d.now, repeat)


TASKS: tuple[AnySpec, ...] = (
    TaskSpec(
        OnwardMoveAnswer,
        onward_move,
        group=Stage.FOLLOW_UP,
        own_day=True,
        owner=Role.CORPORATION,
        asked=Asked.LETTER,
        holds_open=True,
        reachable=lambda policy: LeaseForm.TEMPORARY in policy.lease_forms and policy.temporary_lease is not None,
        mended_by=RuleName.CORRECT_WITH_NEXT,
    ),
)
