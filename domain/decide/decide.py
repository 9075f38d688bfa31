"""A command on a state leads to events, effects and claims, or is refused by a rule.

Pure: it may be asked any number of times, and only `store.record` keeps the result.
"""

from datetime import date, datetime

from pydantic import Field

from domain.decide.bounds import keep_to_bounds
from domain.decide.catalogue import RULES
from domain.decide.commands import COMMANDS
from domain.decide.ladder import do_due
from domain.facts.conditions import Condition
from domain.facts.outcome import Stage
from domain.facts.parties import OrganisationId
from domain.facts.rules import RecordedRule, RuleName
from domain.facts.terms import YearUnknown
from domain.facts.value import Value, left_out, replace
from domain.messages.commands import AnyCommand, PassTime, StartMediation
from domain.messages.effects import AnyEffect
from domain.policy.policy import Policy
from domain.policy.scarce import Claim, HomesWanted, Queued
from domain.stages.acceptance import end_with_lease
from domain.state.agenda import wake_at
from domain.state.draft import Draft, RuleBroken
from domain.state.events import AnyEvent, MediationReopened
from domain.state.mediation import Mediation
from domain.steps import appointments, choosing, support_gap
from domain.steps.hearing import needs_no_invitation
from domain.steps.home_queue import call_for_homes, homes_wanted
from domain.steps.queue import call_others, queued
from domain.steps.receiving import tell_off
from domain.steps.seeking import seek_while_urgent


class Decided(Value):
    """What a command leads to."""

    state: Mediation | None
    events: tuple[AnyEvent, ...] = ()
    effects: tuple[AnyEffect, ...] = ()
    claims: tuple[Claim, ...] = ()
    releases: tuple[Claim, ...] = ()
    queued: Queued | None = None
    homes_wanted: HomesWanted | None = None
    """None: as before."""

    @property
    def wake_at(self) -> datetime | None:
        """When time must be told to pass, in UTC."""
        return wake_at(self.state) if self.state else None


class Refused(Value):
    """A rule forbids the command: nothing happens."""

    rule: RecordedRule
    reason: str = ""
    """Why, in the words of an earlier release. What people are told of a rule stands in `texts/`."""
    conditions: tuple[Condition, ...] = ()
    field: str | None = None
    """The field of the command or answer that is wrong."""
    beside: str | None = Field(default=None, exclude_if=left_out)
    """The field that it does not go with."""
    day: date | None = None
    """The day that must be kept to."""
    owner: OrganisationId | None = None
    """Whose the task is now, where that is what is wrong."""


# A decision is filled in on one of these: its parts are values already, and to validate them again takes longer than
# most rules do.
_DECIDED = Decided(state=None)
_REFUSED = Refused(rule=RuleName.CLOSED)


def decide(
    m: Mediation | None,
    command: AnyCommand,
    policy: Policy,
    now: datetime,
    gone: frozenset[Claim] = frozenset(),
) -> Decided | Refused:
    """Judge a command.

    The store grants or refuses the claims of a decision when it records it. What it refuses it names in `gone`, and the
    command is judged once more: `Draft.claim` says no to that, and the rules decide what follows.
    """
    d = Draft(m, policy, now, command.by, RULES, gone)
    try:
        _apply(d, command)
        # What follows on any command is read off the mediation before and after it. What still changes the mediation
        # comes first: a lease that is over, an urgency that ended or runs again, support that starts too late, the
        # choice of a home. The others tell, or take back what nobody need do. Events and letters are recorded in this
        # order.
        end_with_lease(d)
        seek_while_urgent(d)
        support_gap.settle(d)
        choosing.settle(d)
        needs_no_invitation(d)
        appointments.tell(d)
        tell_off(d)
        call_others(d)
        call_for_homes(d)
    except YearUnknown as unknown:
        if isinstance(command, PassTime):
            raise  # Time does not stop: it is told as a fault, and passes when a newer policy is adopted.
        return replace(_REFUSED, rule=RuleName.YEAR_UNKNOWN, day=unknown.day)
    except RuleBroken as broken:
        return replace(
            _REFUSED,
            rule=broken.rule,
            conditions=broken.conditions,
            field=broken.field,
            beside=broken.beside,
            day=broken.day,
            owner=broken.owner,
        )
    return replace(
        _DECIDED,
        state=d.state,
        events=tuple(d.events),
        effects=tuple(d.effects),
        claims=tuple(d.claims),
        releases=tuple(d.releases),
        queued=queued(d),
        homes_wanted=homes_wanted(d),
    )


def _apply(d: Draft, command: AnyCommand) -> None:
    spec = COMMANDS.get(type(command))
    if isinstance(command, StartMediation):
        d.require(d.state is None, RuleName.ALREADY_STARTED)
    elif d.m.stage is Stage.CLOSED:
        d.require(spec is not None and spec.may_follow_end(d, command), RuleName.CLOSED)
    if spec is None or not spec.permits(d, command):
        raise RuleBroken(RuleName.NOT_YOURS)
    keep_to_bounds(d, command)
    spec.carry_out(d, command)
    if any(isinstance(event, MediationReopened) for event in d.events):
        do_due(d)  # what runs on through an end may have fallen due meanwhile
