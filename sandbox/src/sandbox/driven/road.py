"""The main road, from a referral to a client at home who was called: its steps, by whom, with which answers.

Whoever drives a mediation takes them from here, through the rules alone, a workflow or the API. Where a road leaves the
main one, it says its own answers.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from pydantic.alias_generators import to_camel

from domain.decide.catalogue import owner_role
from domain.facts.parties import Role
from domain.facts.tasks import TaskKind
from domain.messages import answers as a
from domain.policy.policy import OriginRule, Policy

AHEAD = timedelta(days=14)
"""So long after the lease is signed come the keys, and the support: the district team has had its notice by then."""


class Step(NamedTuple):
    """One answer, and whose it is."""

    by: Role
    answer: a.TaskAnswer

    @property
    def body(self) -> dict[str, Any]:
        """The answer as it is sent to the API."""
        given = self.answer.model_dump(mode="json", exclude_defaults=True)
        return {"kind": self.answer.kind} | {to_camel(name): value for name, value in given.items()}


def ready() -> a.TaskAnswer:
    """Everything is there."""
    return a.ReadinessAnswer(result=a.Readiness.READY)


def from_here(policy: Policy) -> a.TaskAnswer:
    """The client comes from this municipality."""
    return a.OriginAnswer(origin=policy.municipality)


def positive() -> a.TaskAnswer:
    """The client can live in a home of their own, with support."""
    return a.AssessmentAnswer(result=a.AssessmentResult.POSITIVE, support=a.SupportProduct.REGULAR)


def granted() -> a.TaskAnswer:
    """The urgency is granted, as was advised."""
    return a.UrgencyDecisionAnswer(granted=True)


def match(corporation: str, dwelling: str, note: str | None = None) -> a.TaskAnswer:
    """This home is offered; `note` says why to this client, in case others who wait for it come first."""
    return a.MatchAnswer(corporation=corporation, dwelling=dwelling, note=note)


def accepted() -> a.TaskAnswer:
    """The client wants it."""
    return a.ClientAnswer(accept=True)


def signed(policy: Policy, today: date) -> a.TaskAnswer:
    """The lease, with the day of the keys."""
    return a.LeaseAnswer(form=policy.lease_forms[0], keys_on=today + AHEAD)


def planned(today: date) -> a.TaskAnswer:
    """The provider starts on the day of the keys."""
    return a.SupportAnswer(starts_on=today + AHEAD)


def called(result: a.CallResult = a.CallResult.FINE) -> a.TaskAnswer:
    """The client was reached."""
    return a.CallAnswer(day_part=a.DayPart.MORNING, reached=True, result=result)


def heard(on: date, result: a.HearingResult, note: str | None) -> a.HearingAnswer:
    """The client was heard on this day, and this comes of what was meant. It lies beside the main road."""
    return a.HearingAnswer(hearing="heard", heard_on=on, form="spoken", result=result, note=note)


def assessed(policy: Policy) -> Iterator[Step]:
    """From the referral to the search for a home."""
    yield Step(Role.COORDINATOR, ready())
    if policy.origin is not OriginRule.NONE:
        yield Step(Role.COORDINATOR, from_here(policy))
    yield Step(owner_role(policy, TaskKind.ASSESS), positive())
    if policy.decision.after_advice:
        yield Step(owner_role(policy, TaskKind.DECIDE_URGENCY), granted())


def to_the_keys(
    policy: Policy, today: date, corporation: str, dwelling: str, note: str | None = None
) -> Iterator[Step]:
    """From the referral to the agreed day of the keys. The corporation's system confirms the offer, in between. `note`
    goes with the choice of the home (`match`).
    """
    yield from assessed(policy)
    yield Step(Role.COORDINATOR, match(corporation, dwelling, note))
    yield Step(Role.INSTITUTION, accepted())
    yield Step(Role.CORPORATION, signed(policy, today))
    yield Step(Role.CARE_PROVIDER, planned(today))


def at_home(day: date) -> Iterator[Step]:
    """The day of the keys."""
    yield Step(Role.CORPORATION, a.KeysAnswer(on=day))
    yield Step(Role.CARE_PROVIDER, a.StartAnswer(started_on=day))
