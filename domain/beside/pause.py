"""A programme may be paused: nothing falls due and no letter goes, and no timer is lost.

A pause is a wait too: its one task, with a ladder of its own, asks the municipality in time whether it goes on.

What people and partners' systems do meanwhile is still recorded. Letters wait; who is asked something new gets the rest
of the term afterwards.
"""

from domain.facts.rules import RuleName
from domain.facts.tasks import Task, TaskKind
from domain.facts.value import replace
from domain.messages.answers import PauseReviewAnswer
from domain.messages.commands import PauseMediation, ResumeMediation
from domain.messages.effects import SendLetter
from domain.stages.offer import seek_place
from domain.state import events as e
from domain.state.draft import Draft
from domain.state.task_spec import AnySpec, Beside, Lack, TaskSpec, remains


def pause(d: Draft, command: PauseMediation) -> None:
    """Let everything wait."""
    d.require(d.m.paused_at is None, RuleName.ALREADY_PAUSED)
    d.emit(e.MediationPaused(at=d.now, note=command.note))
    d.open(TaskKind.REVIEW_PAUSE)


def review_pause(d: Draft, _task: Task, answer: PauseReviewAnswer) -> None:
    """The municipality looked again at a pause."""
    if answer.result == "goes_on":
        d.open(TaskKind.REVIEW_PAUSE)
    else:
        _resume(d, answer.note)


def resume(d: Draft, command: ResumeMediation) -> None:
    """Go on: every task and clock is later by the time since the pause, and the letters that waited go."""
    d.require(d.m.paused_at is not None, RuleName.NOT_PAUSED)
    _resume(d, command.note)


def _resume(d: Draft, note: str | None) -> None:
    waiting = d.m.held_letters
    d.cancel(TaskKind.REVIEW_PAUSE)
    d.emit(e.MediationResumed(at=d.now, note=note))
    d.settle_clocks()
    for letter in waiting:
        send_held(d, letter)
    if d.m.open_of(TaskKind.AWAIT_PLACE):
        seek_place(d)


def send_held(d: Draft, letter: SendLetter) -> None:
    """Send a letter with its date as it is now; one about a task that is done has become pointless."""
    task = d.m.task(letter.task) if letter.task else None
    if task:
        d.post(replace(letter, by=d.policy.calendar.today(task.due)))
    elif letter.task is None:
        d.post(letter)


TASKS: tuple[AnySpec, ...] = (
    TaskSpec(
        PauseReviewAnswer,
        review_pause,
        group=Beside.PAUSE,
        stays=remains,
        lack=Lack.PAUSE,
        mended_by=RuleName.CORRECT_BY_COMMAND,
    ),
)
