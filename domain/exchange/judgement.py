"""Re-judgement: today's rules, given each decision's recorded facts and policy. Where they differ, the rule is named.

Nothing is changed by it. A case goes on with what was decided; a difference tells how the rules have changed since.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from domain.decide.decide import Refused, decide
from domain.facts.rules import RuleName
from domain.messages.commands import AdoptPolicy, AnyCommand
from domain.messages.events import AnyEvent
from domain.policy.policy import Policy
from domain.policy.scarce import Claim
from domain.state.fold import evolve
from domain.state.mediation import Mediation

UNJUDGED = frozenset({RuleName.NOT_RECORDED, RuleName.KEY_REUSED})
"""Rules by which a command was refused before anybody judged it: there is nothing to judge again."""


class Judged(NamedTuple):
    """A decision as it was recorded: what was asked, what was known, and what was decided."""

    ordinal: int
    at: datetime
    command: AnyCommand
    gone: frozenset[Claim]
    refused: Refused | None
    events: tuple[AnyEvent, ...]


class Difference(NamedTuple):
    """A decision that would be another today."""

    ordinal: int
    command: str
    then: str
    today: str

    def __str__(self) -> str:
        return f"command {self.ordinal} ({self.command}): then {self.then}, today {self.today}"


def judge_again(decisions: Iterable[Judged], policy: Policy) -> list[Difference]:
    """Judge every recorded decision again, each on the state as it was then, from `policy` to those adopted since."""
    differences: list[Difference] = []
    state: Mediation | None = None
    for decision in decisions:
        if decision.refused and decision.refused.rule in UNJUDGED:
            continue
        today = decide(state, decision.command, policy, decision.at, decision.gone)
        before = _verdict(decision.refused, decision.events)
        after = _verdict(today, ()) if isinstance(today, Refused) else _verdict(None, today.events)
        if before != after:
            differences.append(Difference(decision.ordinal, decision.command.type, *_told(before, after)))
        for event in decision.events:
            state = evolve(state, event)
        if isinstance(decision.command, AdoptPolicy) and not decision.refused:
            policy = decision.command.policy
    return differences


def _verdict(refused: Refused | None, events: tuple[AnyEvent, ...]) -> tuple[str, ...]:
    """Reduce a decision to what can be compared: the rule that refused it, or its events word for word."""
    if refused:
        return (f"refused by {refused.rule}",)
    return tuple(f"{event.type} {event.model_dump_json()}" for event in events)


def _told(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[str, str]:
    """Tell two verdicts apart from the first place where they differ."""
    first = next(
        (n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(len(before), len(after))
    )
    return _at(before, first), _at(after, first)


def _at(verdict: tuple[str, ...], place: int) -> str:
    return verdict[place] if place < len(verdict) else "nothing more"
