"""Who may give a command, besides the municipality.

The municipality directs a mediation: its coordinators may give every command. What a partner says of a client, and what
cannot be undone, is a report: whoever takes part may make it, and only the municipality acts on it
(`domain.beside.reported`, and of a home whose lease is signed `domain.beside.withdrawn_offer`).
"""

from domain.facts.parties import SYSTEM, TAKING_PART, Actor, Role
from domain.facts.tasks import Task, TaskKind
from domain.messages.commands import (
    AnswerTask,
    ChangeContact,
    Command,
    LearnHome,
    LearnNoSystem,
    LearnRetour,
    LearnSent,
    LearnSupportReport,
    LearnSupportRequest,
    LookAgain,
    ReportHindrance,
    StartMediation,
    WithdrawOffer,
)
from domain.messages.effects import Audience
from domain.state.command_spec import Permit, never
from domain.state.draft import Draft
from domain.state.mediation import Mediation

PARTNERS = TAKING_PART - {Role.COORDINATOR}
ACTING = TAKING_PART
"""All roles that act. A coordinator of another municipality may have been given a task (`stand_ins`); one of the
mediation's own municipality needs no permit (`CommandSpec.permits`).
"""
NOBODY: frozenset[Role] = frozenset()


def _refers(_d: Draft, command: StartMediation) -> bool:
    """Before the start the municipality has no say of its own yet: the policy tells who may refer, for it as well."""
    by, parties = command.by, command.parties
    own = parties.institution if by.role is Role.INSTITUTION else parties.municipality
    return by.organisation == own and by.role in command.policy.application.by


def _takes_part(d: Draft, command: Command) -> bool:
    return command.by.organisation in d.m.taking_part()


def _took_part(d: Draft, command: Command) -> bool:
    return command.by.organisation in d.m.organisations()


def _is_institution(d: Draft, command: Command) -> bool:
    return command.by.organisation == d.m.parties.institution


def _own_guide(d: Draft, command: ChangeContact) -> bool:
    return command.who is Audience.GUIDE and _is_institution(d, command)


def _was_asked(d: Draft, command: AnswerTask) -> bool:
    """Let through who has the task, had it, or stands in: they are told by name that it is closed, or whose it is now
    (`domain.decide.commands`). Everybody else hears only that it is not theirs.
    """
    task, by = d.m.task(command.task), command.by
    return task is None or is_asked(d.m, task, by) or by.organisation in {task.asked_first, *d.m.stand_ins}


def is_asked(m: Mediation, task: Task, by: Actor) -> bool:
    """Tell whether an answer to a task is this one's to give now: it is of the owner or the municipality. A system may
    also tell what the client answered there to the offer of its corporation, and answer what it was asked before the
    task was passed on: that was under way, and counts.
    """
    if by.organisation in {task.owner, m.parties.municipality}:
        return True
    if by.user != SYSTEM:
        return False
    offered = m.live_offer if task.kind is TaskKind.ANSWER_OFFER else None
    return by.organisation in {task.asked_first, offered and offered.candidate.dwelling.corporation}


def _had_it(d: Draft, command: ReportHindrance) -> bool:
    task = d.m.task(command.task)
    return task is None or command.by.organisation in {task.owner, task.asked_first, *d.m.stand_ins}


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


def _landlords_system(d: Draft, command: LearnHome) -> bool:
    return _system(d, command) and command.by.organisation == command.home_now.corporation


WHO_MAY_REFER = Permit(frozenset({Role.INSTITUTION, Role.COORDINATOR}), _refers)
MUNICIPALITY_ONLY = Permit(NOBODY, never)
WHO_TAKES_PART = Permit(PARTNERS, _takes_part)
WHO_TOOK_PART = Permit(PARTNERS, _took_part)
WHO_ACTS = Permit(ACTING, _takes_part)
WHO_WAS_ASKED = Permit(ACTING, _was_asked)
"""Also before the task was passed on: the rules then say who has it now."""
WHO_HAS_IT = Permit(ACTING, _had_it)
"""And who had it: the rules then say whose it is now."""
THE_INSTITUTION = Permit(frozenset({Role.INSTITUTION}), _is_institution)
OF_THE_GUIDE = Permit(frozenset({Role.INSTITUTION}), _own_guide)
WHO_OFFERED = Permit(frozenset({Role.CORPORATION}), _offered)
SYSTEMS = Permit(ACTING, _system)
"""Also those of the engine itself, such as its post room."""
SYSTEM_TAKING_PART = Permit(PARTNERS, _system_taking_part)
SENDERS_SYSTEM = Permit(PARTNERS, _senders_system)
LANDLORDS_SYSTEM = Permit(frozenset({Role.CORPORATION}), _landlords_system)
ASKED_SYSTEM = Permit(PARTNERS, _asked_system)
