"""Re-judgement: today's rules, given each decision's recorded facts and policy. Where they differ, the rule is named.

Nothing is changed by it. A case goes on with what was decided; a difference tells how the rules have changed since.
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import chain, repeat
from typing import Any, NamedTuple

from domain.decide.decide import Refused, decide
from domain.facts.dwelling import Candidate
from domain.facts.earlier_conditions import as_data
from domain.facts.rules import RuleName
from domain.facts.tasks import Task
from domain.facts.value import replace
from domain.messages.commands import AdoptPolicy, AnyCommand
from domain.policy.policy import Policy
from domain.policy.scarce import Claim
from domain.state.events import AnyEvent, DwellingsListed, OfferChanged, OfferPrepared
from domain.state.fold import evolve
from domain.state.mediation import Mediation

UNJUDGED = frozenset({RuleName.NOT_RECORDED, RuleName.KEY_REUSED})
"""Rules by which a command was refused before anybody judged it: there is nothing to judge again."""


_ROLES: dict[str, Any] = {"task": {"owner_role"}, "tasks": {"__all__": {"owner_role"}}}


def _as_data(event: AnyEvent) -> AnyEvent:
    """Return an event with every condition as data: until 0.2.0 they were recorded in words (see `as_data`)."""
    match event:
        case OfferPrepared() | OfferChanged():
            return replace(event, candidate=_judged(event.candidate))
        case DwellingsListed():
            unsuitable = (replace(one, unmet=tuple(map(as_data, one.unmet))) for one in event.unsuitable)
            return replace(
                event,
                suitable=tuple(map(_judged, event.suitable)),
                full=tuple(map(_judged, event.full)),
                unsuitable=tuple(unsuitable),
            )
    return event


def _judged(candidate: Candidate) -> Candidate:
    return replace(candidate, conditions=tuple(map(as_data, candidate.conditions)))


class Judged(NamedTuple):
    """A decision as it was recorded: what was asked, what was known, and what was decided."""

    ordinal: int
    at: datetime
    command: AnyCommand
    gone: frozenset[Claim]
    refused: Refused | None
    events: tuple[AnyEvent, ...]


class ChangedDecision(NamedTuple):
    """A decision that would be another today."""

    ordinal: int
    command: str
    then: str
    today: str

    def __str__(self) -> str:
        return f"command {self.ordinal} ({self.command}): then {self.then}, today {self.today}"


def judge_again(decisions: Iterable[Judged], policy: Policy) -> list[ChangedDecision]:
    """Judge every recorded decision again, each on the state as it was then, from `policy` to those adopted since."""
    differences: list[ChangedDecision] = []
    state: Mediation | None = None
    for decision in decisions:
        if decision.refused and decision.refused.rule in UNJUDGED:
            continue
        today = decide(state, decision.command, policy, decision.at, decision.gone)
        unsaid = tuple(map(_leaves_owner_unsaid, decision.events))
        before = _verdict(decision.refused, tuple(map(_as_data, decision.events)), unsaid)
        after = _verdict(today, (), ()) if isinstance(today, Refused) else _verdict(None, today.events, unsaid)
        if before != after:
            differences.append(ChangedDecision(decision.ordinal, decision.command.type, *_told(before, after)))
        for event in decision.events:
            state = evolve(state, event)
        if isinstance(decision.command, AdoptPolicy) and not decision.refused:
            policy = decision.command.policy
    return differences


def _leaves_owner_unsaid(event: AnyEvent) -> bool:
    """Tell whether an event has a task of which it does not say in which role its owner has it, as until 0.2.0."""
    tasks = (getattr(event, "task", None), *getattr(event, "tasks", ()))
    return any(isinstance(task, Task) and "owner_role" not in task.model_fields_set for task in tasks)


def _verdict(refused: Refused | None, events: tuple[AnyEvent, ...], unsaid: tuple[bool, ...]) -> tuple[str, ...]:
    """Reduce a decision to what can be compared: the rule that refused it, or its events word for word.

    Where the record leaves the owner's role unsaid, today's rules are not held against what was made of that.
    """
    if refused:
        return (f"refused by {refused.rule}",)
    left_out = (_ROLES if one else None for one in chain(unsaid, repeat(False)))
    return tuple(f"{event.type} {event.model_dump_json(exclude=x)}" for event, x in zip(events, left_out, strict=False))


def _told(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[str, str]:
    """Tell two verdicts apart from the first place where they differ."""
    first = next(
        (n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(len(before), len(after))
    )
    return _at(before, first), _at(after, first)


def _at(verdict: tuple[str, ...], place: int) -> str:
    return verdict[place] if place < len(verdict) else "nothing more"
