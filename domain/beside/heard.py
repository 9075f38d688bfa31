"""What follows a hearing that no stage waits for: an absence that lasts long, a placement that may have failed."""

from collections.abc import Callable

from domain.beside.absence import ENDS, look_again
from domain.beside.aftercare import take_up_again
from domain.facts.outcome import Stage
from domain.facts.rules import RuleName
from domain.facts.tasks import Task
from domain.messages.answers import HearingAnswer, HearingResult, HearingSubject
from domain.state.draft import Draft
from domain.state.task_spec import AnySpec, Beside, TaskSpec
from domain.steps.hearing import decide_against, heard

IF_DROPPED: dict[HearingSubject, Callable[[Draft], None]] = {
    HearingSubject.READMITTED_LONG: look_again,
    HearingSubject.DETAINED: look_again,
    HearingSubject.PLACEMENT_FAILED: take_up_again,
}
"""How it goes on when the intended decision is dropped."""


def hear(d: Draft, task: Task, answer: HearingAnswer) -> None:
    """Decide after the hearing, at whichever stage it was held."""
    subject = HearingSubject(task.about or "")
    if subject not in IF_DROPPED:
        heard(d, task, answer)
        return
    d.require(answer.heard_on <= d.today, RuleName.HEARING_IN_FUTURE, field="heard_on")
    if answer.result is HearingResult.STANDS:
        decide_against(d, subject, answer)
    else:
        IF_DROPPED[subject](d)


def _stays(task: Task, to: Stage) -> bool:
    """What is intended for another reason than where the mediation stands is still heard."""
    urgency = to is Stage.OFFER and task.about == HearingSubject.URGENCY_NOT_EXTENDED
    return urgency or task.about in ENDS.values()


TASKS: tuple[AnySpec, ...] = (TaskSpec(HearingAnswer, hear, group=Beside.RIGHTS, stays=_stays),)
