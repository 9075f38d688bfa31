"""Who may give which command. Every command is named here; one that is not, nobody may give.

The municipality directs a mediation: its coordinators may give every command. What a partner says of a client, and what
cannot be undone, is a report: whoever takes part may make it, and only the municipality acts on it
(`domain.beside.reported`).
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from domain.facts.parties import SYSTEM, OrganisationId, Role
from domain.facts.tasks import Task, TaskKind
from domain.messages.commands import (
    AddNote,
    AdoptPolicy,
    AnswerTask,
    ChangeProvider,
    Command,
    CorrectReferral,
    FileObjection,
    LearnDwellings,
    LearnHeldBack,
    LearnLease,
    LearnLetterSent,
    LearnNoSystem,
    LearnRetour,
    LearnSent,
    LearnSupportReport,
    LearnSupportRequest,
    LookAgain,
    OverrideRule,
    PassTime,
    PauseMediation,
    ReassignTask,
    ReportAbsence,
    ReportDeath,
    ReportReturn,
    ReportSignal,
    ReportUndelivered,
    ResumeMediation,
    SnoozeTask,
    StartMediation,
    StepBack,
    TakeOverTask,
    Withdraw,
    WithdrawOffer,
)
from domain.state.draft import Draft
from domain.state.mediation import Mediation

PARTNERS = frozenset({Role.INSTITUTION, Role.DISTRICT_TEAM, Role.CORPORATION, Role.CARE_PROVIDER})
ACTING = PARTNERS | {Role.COORDINATOR}
"""With a coordinator of elsewhere, who may stand in for the municipality."""
NOBODY: frozenset[Role] = frozenset()


class Permit(NamedTuple):
    """Who besides the municipality may give a command: somebody in one of these roles for whom this holds."""

    roles: frozenset[Role]
    holds: Callable[[Draft, Any], bool]


def permit(d: Draft, command: Command) -> None:
    """Refuse what is not this organisation's to do."""
    by, known = command.by, GIVEN_BY.get(type(command))
    directs = by.role is Role.COORDINATOR and by.organisation == d.m.parties.municipality
    allowed = known is not None and (directs or (by.role in known.roles and known.holds(d, command)))
    d.require(allowed, "not_yours", "this is for another organisation to do")


def _takes_part(d: Draft, command: Command) -> bool:
    return command.by.organisation in d.m.organisations()


def _is_institution(d: Draft, command: Command) -> bool:
    return command.by.organisation == d.m.parties.institution


def _answers(d: Draft, command: AnswerTask) -> bool:
    task = d.m.task(command.task)
    return task is None or command.by.organisation in _may_answer(d.m, task)


def _may_answer(m: Mediation, task: Task) -> tuple[OrganisationId, ...]:
    """Name who may answer a task: its owner, who was asked first if it was reassigned or taken over since, and the
    corporation in whose system the client answered its offer.
    """
    owners = (task.owner, task.asked_first) if task.asked_first else (task.owner,)
    if task.kind is TaskKind.ANSWER_OFFER and m.live_offer:
        return (*owners, m.live_offer.candidate.dwelling.corporation)
    return owners


def _offered(d: Draft, command: WithdrawOffer) -> bool:
    return command.by.organisation == d.offer.candidate.dwelling.corporation


def _system(_d: Draft, command: Command) -> bool:
    return command.by.user == SYSTEM


def _system_taking_part(d: Draft, command: LookAgain) -> bool:
    return _system(d, command) and _takes_part(d, command)


def _senders_system(d: Draft, command: LearnSupportRequest | LearnSent | LearnSupportReport) -> bool:
    return _system(d, command) and command.by.organisation == command.provider


def _asked_system(d: Draft, command: LearnRetour | LearnNoSystem) -> bool:
    return _system(d, command) and command.by.organisation == command.effect.lane


def _never(_d: Draft, _command: Command) -> bool:
    return False


MUNICIPALITY_ONLY = Permit(NOBODY, _never)
WHO_TAKES_PART = Permit(PARTNERS, _takes_part)
SYSTEMS = Permit(ACTING, _system)
"""Also those of the engine itself, such as its post room."""

GIVEN_BY: dict[type[Command], Permit] = {
    StartMediation: Permit(frozenset({Role.INSTITUTION}), _never),
    AnswerTask: Permit(ACTING, _answers),
    AddNote: Permit(ACTING, _takes_part),
    Withdraw: WHO_TAKES_PART,
    ReportDeath: WHO_TAKES_PART,
    ReportSignal: WHO_TAKES_PART,
    ReportAbsence: WHO_TAKES_PART,
    ReportReturn: WHO_TAKES_PART,
    FileObjection: Permit(frozenset({Role.INSTITUTION}), _is_institution),
    CorrectReferral: Permit(frozenset({Role.INSTITUTION}), _is_institution),
    WithdrawOffer: Permit(frozenset({Role.CORPORATION}), _offered),
    OverrideRule: MUNICIPALITY_ONLY,
    AdoptPolicy: MUNICIPALITY_ONLY,
    ChangeProvider: MUNICIPALITY_ONLY,
    PauseMediation: MUNICIPALITY_ONLY,
    ResumeMediation: MUNICIPALITY_ONLY,
    StepBack: MUNICIPALITY_ONLY,
    SnoozeTask: MUNICIPALITY_ONLY,
    ReassignTask: MUNICIPALITY_ONLY,
    TakeOverTask: MUNICIPALITY_ONLY,
    PassTime: MUNICIPALITY_ONLY,
    LearnHeldBack: MUNICIPALITY_ONLY,
    LearnDwellings: SYSTEMS,
    LearnLease: SYSTEMS,
    ReportUndelivered: SYSTEMS,
    LearnLetterSent: SYSTEMS,
    LearnSupportRequest: Permit(PARTNERS, _senders_system),
    LearnSent: Permit(PARTNERS, _senders_system),
    LearnSupportReport: Permit(PARTNERS, _senders_system),
    LearnRetour: Permit(PARTNERS, _asked_system),
    LearnNoSystem: Permit(PARTNERS, _asked_system),
    LookAgain: Permit(PARTNERS, _system_taking_part),
}
"""What a mediation is started with is judged by `readiness.start`, on who may refer a client."""
