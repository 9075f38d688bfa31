"""Everything that may happen next in a state: each answer to each open task, each other command, and time."""

from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any, NamedTuple, get_args

from domain.decide.catalogue import SPECS
from domain.facts.parties import SYSTEM, Actor, OrganisationId, Role
from domain.facts.referral import DistrictServed
from domain.facts.tasks import Task, TaskKind
from domain.messages.commands import (
    AnswerTask,
    AnyCommand,
    Command,
    PassTime,
    ReopenMediation,
    ReportDeath,
    StartMediation,
    Withdraw,
)
from domain.policy.policy import Policy
from domain.state.mediation import Mediation
from domain.steps.receiving import district_of_home
from policy_tools.prove.choices import ChoiceContext, filled, one_way

PERSON = "somebody"
MUNICIPALITY = "municipality"
"""The name of the municipality's person who directs. This person may do everything, and is tried first."""
RECEIVING = "receiving-team"
"""The district team of every home's district."""
NO_TEAM = ", and no team serves the district"
"""Added to the name of an answer to an offer that is given while no team serves the district."""
SECOND = "another"
"""The municipality's person who undoes what the first one ended."""
APART = frozenset({StartMediation, AnswerTask, PassTime, ReopenMediation})
"""Commands that are tried in a way of their own."""
LEAVING = Withdraw | ReportDeath
"""Ways out that are always open; a process that can only be left by these has a dead end."""


class Move(NamedTuple):
    """One command, and the words by which the same move is known in every state: who does what."""

    of: str
    """The kind of the task that is answered, or the name of the command."""
    who: str
    what: str
    make: Callable[[], Any]
    """Makes the command; None when its type refuses what was filled in."""

    @property
    def words(self) -> str:
        """Return who does it and what."""
        return f"{self.who}: {self.what}"

    def __str__(self) -> str:
        return f"{self.of}, {self.words}"


@cache
def commands() -> dict[str, type[Command]]:
    """Return every command by name, but the first, time, and what undoes an end (`undoing`)."""
    found: dict[str, type[Command]] = {kind.__name__: kind for kind in get_args(get_args(AnyCommand)[0])}
    return {name: kind for name, kind in found.items() if kind not in APART}


def answers(known: ChoiceContext, task: Task) -> Iterator[Move]:
    """Yield every answer to an open task, by each who may give it: people, and systems where they could."""
    who = _answering(known.policy, task)
    ways = list(filled(SPECS[task.kind].answer_type, known))
    there = _served(known.m, task, "")
    nobody = _served(known.m, task, NO_TEAM)
    for name, by in who.items():
        for words, make in ways:
            yield Move(task.kind.value, name, words, partial(_answering_with, make, by, task.id, there))
            if task.kind is TaskKind.ANSWER_OFFER:
                yield Move(task.kind.value, name, words + NO_TEAM, partial(_answering_with, make, by, task.id, nobody))


def _served(m: Mediation, task: Task, words: str) -> DistrictServed | None:
    """Return who serves the district of the home when this is answered, in these words."""
    district = district_of_home(m)
    if district is None:
        return None
    nobody = task.kind is TaskKind.ANSWER_OFFER and words.endswith(NO_TEAM)
    return DistrictServed(district=district, team=None if nobody else RECEIVING)


def _answering_with(make: Callable[[], Any], by: Actor, task: str, served: DistrictServed | None) -> AnswerTask | None:
    answer = make()
    if answer is None:
        return None
    return AnswerTask(by=by, task=task, answer=answer, served=served)


def given(known: ChoiceContext, name: str) -> Iterator[Move]:
    """Yield every way in which a command may be given, by each who may give it."""
    for who, by in acting(known.m, known.policy).items():
        for words, make in filled(commands()[name], known, by=by):
            yield Move(name, who, words, make)


def undoing(known: ChoiceContext) -> Iterator[Move]:
    """Yield every way to undo the end of a mediation, by a second person."""
    by = _actor(Role.COORDINATOR, known.policy.municipality, SECOND)
    for words, make in filled(ReopenMediation, known, by=by):
        yield Move(ReopenMediation.__name__, SECOND, words, make)


def answer_in(known: ChoiceContext, task: Task, words: str) -> Move | None:
    """Return the answer to an open task that has these words; None if it is not possible here."""
    name, _, what = words.partition(": ")
    by = _answering(known.policy, task).get(name)
    make = one_way(SPECS[task.kind].answer_type, known, what.removesuffix(NO_TEAM)) if by else None
    if by is None or make is None:
        return None
    served = _served(known.m, task, what)
    return Move(task.kind.value, name, what, partial(_answering_with, make, by, task.id, served))


def command_in(known: ChoiceContext, of: str, words: str) -> Move | None:
    """Return the command that has these words; None if it is not possible here."""
    who, _, what = words.partition(": ")
    by = acting(known.m, known.policy).get(who)
    make = one_way(commands()[of], known, what, by=by) if by else None
    return Move(of, who, what, make) if make else None


def _answering(policy: Policy, task: Task) -> dict[str, Actor]:
    municipality = policy.municipality
    who = {
        MUNICIPALITY: _actor(Role.COORDINATOR, municipality, PERSON),
        "municipality's system": _actor(Role.COORDINATOR, municipality, SYSTEM),
    }
    if task.owner != municipality:
        who["owner"] = _actor(task.owner_role, task.owner, PERSON)
        who["owner's system"] = _actor(task.owner_role, task.owner, SYSTEM)
    return who


def acting(m: Mediation, policy: Policy) -> dict[str, Actor]:
    """Return those who act beside the tasks."""
    who = {
        MUNICIPALITY: _actor(Role.COORDINATOR, policy.municipality, PERSON),
        "municipality's system": _actor(Role.COORDINATOR, policy.municipality, SYSTEM),
    }
    if m.parties.institution:
        who["institution"] = _actor(Role.INSTITUTION, m.parties.institution, PERSON)
    if m.live_offer:
        corporation = m.live_offer.candidate.dwelling.corporation
        who["corporation"] = _actor(Role.CORPORATION, corporation, PERSON)
        who["corporation's system"] = _actor(Role.CORPORATION, corporation, SYSTEM)
    if m.support:
        who["provider's system"] = _actor(Role.CARE_PROVIDER, m.support.provider, SYSTEM)
    return who


@cache
def _actor(role: Role, organisation: OrganisationId, user: str) -> Actor:
    return Actor(role=role, organisation=organisation, user=user)
