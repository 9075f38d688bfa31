"""Securing support before the keys: a provider names its start date, or the municipality finds another way."""

from domain.facts.outcome import HearingSubject, Stage
from domain.facts.parties import OrganisationId, Role
from domain.facts.rules import RuleName
from domain.facts.tasks import Task, TaskKind
from domain.messages.answers import BridgeAnswer, CheckFailure, SupportAnswer
from domain.messages.effects import LetGo, RequestSupport
from domain.stages import corrected
from domain.state import events as e
from domain.state.decision import Basis
from domain.state.draft import Draft, RuleBroken
from domain.state.task_spec import AnySpec, TaskSpec
from domain.steps.ending import fall_through, let_go_of_support
from domain.steps.hearing import intend
from domain.steps.limits import FURTHER
from domain.steps.reading import support_in_system
from domain.steps.receiving import before_lease_ends, keys_day, move_keys, plan_keys


def ask_support(d: Draft, provider: OrganisationId, waiting: TaskKind = TaskKind.CONFIRM_SUPPORT) -> None:
    """Ask a provider on which day support can start, or after the move to start at once."""
    d.emit(e.SupportRequested(provider=provider))
    d.open(waiting)
    request_support(d, provider)


def request_support(d: Draft, provider: OrganisationId) -> None:
    """Have the provider's system take the request. A district team that supports by itself has it as its task."""
    if provider in {d.m.parties.district_team, d.m.receiving_team}:
        return
    d.do(
        RequestSupport(
            provider=provider,
            product=d.known(d.m.urgency, "the support that goes with the urgency"),
            district=d.offer.candidate.dwelling.district,
        ),
    )


def confirm_support(d: Draft, task: Task, answer: SupportAnswer) -> None:
    """The provider said when support starts, or that it cannot."""
    if answer.unable:
        d.emit(e.SupportUnable(provider=d.m.support.provider if d.m.support else d.m.parties.care_provider))
        support_missing(d, task)
        return
    d.emit(e.SupportPlanned(starts_on=d.given(answer.starts_on, "starts_on")))
    d.cancel(TaskKind.BRIDGE_SUPPORT)
    plan_keys(d)


def support_missing(d: Draft, _task: Task) -> None:
    """There is no start date: the municipality bridges, asks another provider or gives more time."""
    d.open_once(TaskKind.BRIDGE_SUPPORT)


def bridge_support(d: Draft, _task: Task, answer: BridgeAnswer) -> None:
    """The municipality found a way while the provider cannot start."""
    provider = d.m.support.provider if d.m.support else d.m.parties.care_provider
    d.require(answer.by != provider, RuleName.SAME_PROVIDER, field="by")
    waiting = TaskKind.CONFIRM_SUPPORT if d.m.stage is Stage.ACCEPTANCE else TaskKind.START_SUPPORT
    if answer.way == "no_care":
        _no_care(d, answer)
        return
    if answer.way == "keys_at_start":
        _keys_at_start(d, answer)
        return
    if answer.way == "other_provider":
        provider = d.given(answer.by, "by")
        let_go_of_support(d)
        d.cancel(waiting)
        ask_support(d, provider, waiting)
        return
    if answer.way == "bridge":
        d.emit(e.SupportBridged(by=d.given(answer.by, "by")))
        plan_keys(d)
    asked = d.m.open_of(waiting)
    if asked:
        d.give_time(asked)
    elif answer.way != "bridge" or d.m.support is None or d.m.support.starts_on is None:
        d.open(waiting)  # nobody is asked now: ask again, unless only the days to a known start are bridged


def _keys_at_start(d: Draft, answer: BridgeAnswer) -> None:
    """The client gets the keys on the day on which support starts, or the first working day after it."""
    starts_on, calendar = d.m.support.starts_on if d.m.support else None, d.policy.calendar
    d.require(d.m.stage is Stage.ACCEPTANCE, RuleName.KEYS_HANDED_OVER)
    if starts_on is None or d.m.lease.agreed_keys_on is None:
        raise RuleBroken(RuleName.START_UNKNOWN)
    day = max(keys_day(d), calendar.working_day_from(starts_on))
    ahead = d.policy.bounds.keys
    last = calendar.add(d.today, ahead) if ahead else day
    last = calendar.add(last, FURTHER) if answer.note else last
    d.require(day <= last, RuleName.DAY_TOO_FAR, day=last)
    d.require(before_lease_ends(d, day), RuleName.KEYS_AFTER_LEASE, day=d.m.lease.ends_on)
    if d.m.lease.keys_on:
        move_keys(d, day)
    else:
        plan_keys(d, day)


def _no_care(d: Draft, answer: BridgeAnswer) -> None:
    """Nobody can support the client at home: the dwelling is let go, and the client is heard."""
    d.require(d.m.stage is Stage.ACCEPTANCE, RuleName.KEYS_HANDED_OVER)
    basis = Basis(notes=(d.given(answer.note, "note"),))
    fall_through(d, e.LeaseFailed(failure=CheckFailure.CARE_NOT_AVAILABLE), LetGo.CARE_NOT_AVAILABLE)
    intend(d, HearingSubject.CARE_NOT_AVAILABLE, basis)


TASKS: tuple[AnySpec, ...] = (
    TaskSpec(
        SupportAnswer,
        confirm_support,
        corrected.support,
        group=Stage.ACCEPTANCE,
        owner=Role.CARE_PROVIDER,
        asked=RequestSupport,
        reads=support_in_system,
        overdue=support_missing,
        of_offer=True,
    ),
    TaskSpec(
        BridgeAnswer,
        bridge_support,
        group=Stage.ACCEPTANCE,
        of_offer=True,
        holds_open=True,
        mended_by=RuleName.CORRECT_WITH_NEXT,
        grounds=True,
    ),
)
