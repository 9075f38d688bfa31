"""Where the client comes from, and who helps: here, or the municipality of origin (herkomstgemeente)."""

from domain.facts.outcome import HearingSubject, Outcome, Stage
from domain.facts.parties import SYSTEM
from domain.facts.rules import RuleName
from domain.facts.tasks import Task, TaskKind
from domain.messages.answers import OriginAnswer, TransferAnswer
from domain.messages.effects import Audience, Letter
from domain.policy.policy import OriginRule, Policy
from domain.state import events as e
from domain.state.decision import Basis
from domain.state.draft import Draft
from domain.state.task_spec import AnySpec, Lack, TaskSpec
from domain.steps.ending import end
from domain.steps.hearing import intend


def find_origin(d: Draft) -> None:
    """Have the origin determined where the policy asks for it, once; then the client is assessed."""
    if d.m.origin or not asks_origin(d.policy):
        d.enter(Stage.ASSESSMENT)
    else:
        d.open(TaskKind.DETERMINE_ORIGIN)


def determine_origin(d: Draft, _task: Task, answer: OriginAnswer) -> None:
    """The municipality determined where the client comes from."""
    exception = answer.exception
    here = answer.origin == d.m.parties.municipality
    d.require(not here or exception is None, RuleName.NO_EXCEPTION_NEEDED, field="exception")
    d.require(
        exception is None or exception in d.policy.origin_exceptions, RuleName.EXCEPTION_UNKNOWN, field="exception"
    )
    if not here:
        d.given(answer.note, "note")
    d.emit(e.OriginDetermined(origin=answer.origin, exception=exception, funded_by=answer.funded_by))
    if here or exception:
        d.enter(Stage.ASSESSMENT)
        return
    task = d.open(TaskKind.AWAIT_TRANSFER, about=answer.origin)
    d.letter(Letter.TRANSFER_ASKED, Audience.CLIENT, Audience.GUIDE, task=task)


def transfer_answered(d: Draft, task: Task, answer: TransferAnswer) -> None:
    """The other municipality takes the client over, or does not: then the client is helped here or heard."""
    d.require(d.by.user != SYSTEM, RuleName.PERSON_NEEDED)
    if answer.accepted:
        d.given(answer.note, "note")
        end(d, Outcome.OTHER_MUNICIPALITY, answer.note)
        return
    d.emit(e.TransferRefused(origin=task.about or d.m.parties.municipality))
    if answer.help_here:
        d.letter(Letter.HELPED_HERE, Audience.CLIENT, Audience.GUIDE)
        d.enter(Stage.ASSESSMENT)
    else:
        intend(d, HearingSubject.NOT_FROM_HERE, Basis(notes=(d.given(answer.note, "note"),)))


def asks_origin(policy: Policy) -> bool:
    """Tell whether a policy asks from which municipality a client comes."""
    return policy.origin is not OriginRule.NONE


TASKS: tuple[AnySpec, ...] = (
    TaskSpec(
        OriginAnswer,
        determine_origin,
        group=Stage.READINESS,
        reachable=asks_origin,
        mended_by=RuleName.CORRECT_BY_STEP_BACK,
        grounds=True,
    ),
    TaskSpec(
        TransferAnswer,
        transfer_answered,
        group=Stage.READINESS,
        reachable=asks_origin,
        lack=Lack.OTHER_MUNICIPALITY,
        mended_by=RuleName.CORRECT_BY_STEP_BACK,
        grounds=True,
    ),
)
