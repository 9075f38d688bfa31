"""Prove that the process is sound under a policy: every state it can reach is explored with the rules that run."""

import gc
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, time
from typing import NamedTuple

from pydantic import ValidationError

from domain.decide.catalogue import bodies, unused_tasks
from domain.facts.groups import GroupId
from domain.facts.outcome import EndedBefore, Outcome
from domain.facts.parties import Actor, Parties, Role
from domain.facts.referral import Document, DwellingNeeds, Referral, Track
from domain.facts.rules import RuleName
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages.commands import StartMediation
from domain.policy.groups import SHIPPED, is_of
from domain.policy.policy import OriginRule, Policy
from domain.policy.relations import unfit
from domain.policy.value_bounds import bounded, out_of_bounds
from policy_tools.prove.claims import CLAIMS
from policy_tools.prove.explore import Exploration
from policy_tools.prove.nodes import Flaw

MOST_BESIDE = 1
"""So many side tracks (a signal, an absence, an objection) are followed at a time."""
FOLLOWED = """  followed through every state: the main track, and one signal, absence or objection beside it, through
  every state of both (answers to either and time; other commands are tried beside it once in every situation)
  checked one step deep: a second of these; a pause and its end, from every state of the main track; what may be
  answered in a pause, to a message refused and in the first weeks; an objection to each decision on the way, once in
  every stage; the same terms under another policy version; a corrected answer; the undoing of an end,
  once for each way of ending
  in a queue: every two of 72 people who differ in all that an order may look at; each step, and each choice of a home
  as if another came first; not followed: two mediations at once, and that the store keeps to the order of the turns"""
FIELDS = "every value of the policy is one that the engine can keep, and that the law allows"
AS_IF_NAMED = "verordening; Awb 7:13"
"""What lets a term be longer stands in the file (`policy check` looks for it), and no longer in the policy."""
EVERY = 500
"""After so many new states it is told how far the exploration is."""
HOUSED = frozenset({Outcome.HOUSED_FOLLOW_UP_HELD})
A_HOME = "there is a way to a home"


class Proof(NamedTuple):
    """What was explored, and every claim that does not hold."""

    policy: Policy
    claims: tuple[str, ...]
    flaws: tuple[Flaw, ...]
    states: int = 0
    edges: int = 0
    decisions: int = 0
    not_followed: int = 0
    accepted: Mapping[str, int] = {}
    """How often each kind of answer and command was accepted."""
    refused: Mapping[RuleName, int] = {}
    """How often each rule refused."""
    events: Mapping[str, int] = {}
    stages: Mapping[str, int] = {}
    """How many states each stage has."""
    outcomes: frozenset[Outcome] = frozenset()
    tasks: frozenset[TaskKind] = frozenset()
    """Kinds of tasks that were open in some state."""

    @property
    def holds(self) -> bool:
        """Whether every claim holds."""
        return not self.flaws


def prove(policy: Policy, most_beside: int = MOST_BESIDE, on_the_way: Callable[[int], None] | None = None) -> Proof:
    """Explore the process under this policy, and hold every state and step against the claims.

    `on_the_way` is told now and then how many states were found so far.
    """
    fields = tuple(_wrong_fields(policy))
    if fields:
        return Proof(policy, (FIELDS,), fields)
    exploration = Exploration(policy, most_beside=most_beside)
    if on_the_way:
        exploration.every, exploration.on_the_way = EVERY, on_the_way
    collecting = gc.isenabled()
    gc.disable()  # everything found is kept until the end: looking for garbage in between takes half the time
    try:
        exploration.run(referrals(policy))
    finally:
        if collecting:
            gc.enable()
    return report(exploration)


def report(exploration: Exploration) -> Proof:
    """Sum up what an exploration found."""
    nodes = exploration.nodes.values()
    outcomes = frozenset(node.m.outcome for node in nodes if node.m.outcome)
    flaws = list(exploration.flaws.values())
    if not outcomes & HOUSED:
        flaws.append(Flaw(A_HOME, "no state was found in which the client lives at home and was called"))
    return Proof(
        policy=exploration.policy,
        claims=(FIELDS, *CLAIMS, A_HOME),
        flaws=tuple(sorted(flaws, key=lambda flaw: len(flaw.path))),
        states=len(exploration.nodes),
        edges=exploration.edges,
        decisions=exploration.decisions,
        not_followed=exploration.crowded,
        accepted=exploration.accepted,
        refused=exploration.refused,
        events=exploration.events,
        stages=Counter(node.m.stage.value for node in nodes),
        outcomes=outcomes,
        tasks=frozenset(exploration.asked),
    )


def switched_off(policy: Policy) -> frozenset[Outcome | TaskKind]:
    """Return the ends and tasks that this policy does without."""
    ends = {Outcome.OTHER_MUNICIPALITY} if policy.origin is OriginRule.NONE else set()
    return unused_tasks(policy) | ends


def _wrong_fields(policy: Policy) -> Iterator[Flaw]:
    try:
        Policy.model_validate(policy.model_dump(mode="json"))
    except ValidationError as wrong:
        for problem in wrong.errors():
            yield Flaw(FIELDS, f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}")
    said = policy.model_dump(mode="json", exclude={"calendar": {"decree_days", "closing_days", "known_to"}})
    for path, value in bounded(said):
        message = out_of_bounds(path, value, AS_IF_NAMED)
        if message:
            yield Flaw(FIELDS, f"{'.'.join(path)}: {message}")
    yield from (Flaw(FIELDS, f"{one.path}: {one.message}") for one in unfit(policy))
    for kind in TaskKind:
        if kind not in policy.tasks:
            yield Flaw(FIELDS, f"tasks.{kind.value}: a wait of this kind would have no due moment and no escalation")


def referrals(policy: Policy) -> Iterator[tuple[str, StartMediation, datetime]]:
    """Yield the referrals to begin with: complete and not, a family with what it must not get, Housing First, one not
    eligible.
    """
    calendar = policy.calendar
    day = calendar.working_day_from(policy.valid_from)
    now = calendar.at(day, time(12)).astimezone(UTC)
    family = DwellingNeeds(
        rooms=3, rent_limit_cents=73_000, accessible=True, low_stimulus=True, excluded_districts=("haven",)
    )
    alone = DwellingNeeds(rent_limit_cents=68_000)
    group = policy.target_groups[0]
    others = [one for one in SHIPPED if not is_of(_referral(one, 1, alone, ()), policy.target_groups, policy.groups)]
    yield "a complete referral", _start(policy, _referral(group, 1, alone, tuple(Document))), now
    yield "an incomplete referral", _start(policy, _referral(group, 1, alone, ())), now
    yield "a family's referral", _start(policy, _referral(group, 4, family, tuple(Document))), now
    first = replace(_referral(group, 1, alone, tuple(Document)), track=Track.HOUSING_FIRST)
    yield "a referral of Housing First", _start(policy, first), now
    for end in list(policy.exclusions)[:1]:
        barred = _start(policy, _referral(group, 1, alone, tuple(Document)))
        before = (EndedBefore(outcome=end.outcome, on=day),)
        yield "a referral of who is barred for a time", replace(barred, ended_before=before), now
    for other in others[:1]:
        said = "a referral of a group that is not eligible"
        yield said, _start(policy, _referral(other, 1, alone, tuple(Document))), now


def _referral(group: GroupId, size: int, needs: DwellingNeeds, documents: tuple[Document, ...]) -> Referral:
    return Referral(person="person-00000001", target_group=group, household_size=size, needs=needs, documents=documents)


def _start(policy: Policy, referral: Referral) -> StartMediation:
    institution = "institution"
    return StartMediation(
        by=Actor(role=Role.INSTITUTION, organisation=institution, user="somebody"),
        mediation="m-1",
        referral=referral,
        parties=Parties(
            municipality=policy.municipality,
            institution=institution,
            district_team="district-team",
            care_provider="care-provider",
            corporations=("corporation-a", "corporation-b"),
            desk="desk" if Role.DESK in bodies(policy) else None,
            committee="committee" if Role.COMMITTEE in bodies(policy) else None,
        ),
        policy=policy,
    )


def told(proof: Proof, seconds: float) -> Iterator[str]:
    """Tell what was proved, or what is wrong with the shortest path that shows it, line by line."""
    policy = proof.policy
    yield f"{policy.name}, policy {policy.id} of {policy.version}"
    failed = {flaw.claim: flaw for flaw in reversed(proof.flaws)}
    for claim in proof.claims:
        yield f"  {'NO ' if claim in failed else 'yes'}  {claim}"
    for claim, flaw in failed.items():
        others = sum(other.claim == claim for other in proof.flaws) - 1
        yield f"\nNot so: {claim}"
        yield f"  {flaw.what}" + (f" (and {others} more like it)" if others else "")
        yield from (f"  {line}" for step in flaw.path for line in str(step).splitlines())
    if proof.states:
        yield from _figures(proof, seconds)


def _figures(proof: Proof, seconds: float) -> Iterator[str]:
    yield f"\n{proof.states} states, {proof.edges} steps between them, {proof.decisions} decisions, {seconds:.1f} s"
    yield f"  stages: {_counts(proof.stages)}"
    yield f"  answers and commands accepted: {_counts(proof.accepted)}"
    yield f"  refused by: {_counts(proof.refused)}"
    yield f"  ends reached: {', '.join(sorted(o.value for o in proof.outcomes))}"
    off = switched_off(proof.policy)
    yield f"  switched off by this policy: {', '.join(sorted(off)) or 'nothing'}"
    missed = [what.value for what in (*Outcome, *TaskKind) if what not in proof.outcomes | proof.tasks | off]
    yield f"  ends and tasks not reached: {', '.join(missed) or 'none'}"
    yield FOLLOWED
    yield f"  checked and not followed: {proof.not_followed} steps"


def _counts(counts: Mapping[RuleName, int] | Mapping[str, int]) -> str:
    return ", ".join(f"{name} {n}" for name, n in sorted(counts.items(), key=lambda one: (-one[1], one[0])))
