"""What is asked, of whom, and what becomes of it."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field, model_validator

from domain.facts.parties import OrganisationId, Role
from domain.facts.tasks import Hindrance, Task, TaskKind
from domain.facts.value import left_out, made, replace
from domain.messages.answers import Note, TaskAnswer
from domain.state.events.event import Event
from domain.state.mediation import Answered, Mediation


def _changed(m: Mediation, task_id: str, change: Callable[[Task], Task]) -> Mediation:
    return replace(m, tasks=tuple(change(t) if t.id == task_id else t for t in m.tasks))


def _done(m: Mediation, task_id: str) -> Mediation:
    tasks = tuple(t for t in m.tasks if t.id != task_id)
    return replace(m, tasks=tasks, undelivered={k: v for k, v in m.undelivered.items() if k != task_id})


def _answered(m: Mediation, task_id: str, answer: TaskAnswer) -> Mediation:
    return replace(m, answered={**m.answered, answer.kind: made(Answered, task=task_id, answer=answer)})


def _laid_anew(m: Mediation, task: Task) -> Mediation:
    tasks = tuple(task if t.id == task.id else t for t in m.tasks)
    return replace(m, tasks=tasks, asked=m.asked_besides(task.owner), supplement=_supplement(m, task))


def _supplement(m: Mediation, task: Task) -> Task | None:
    return task if task.kind is TaskKind.SUPPLEMENT else m.supplement


def _rounds(m: Mediation, task: Task) -> int:
    """Count a new term for a supplement. What is asked again of the same round keeps its day."""
    return m.supplement_rounds + (task.kind is TaskKind.SUPPLEMENT and not task.agreed)


def _passed_on(m: Mediation, task: Task) -> Mediation:
    return replace(_laid_anew(m, task), stand_ins=tuple(dict.fromkeys((*m.stand_ins, task.owner))))


class TaskOpened(Event):
    type: Literal["TaskOpened"] = "TaskOpened"
    task: Task

    def apply(self, m: Mediation) -> Mediation:
        return replace(
            m,
            tasks=(*m.tasks, self.task),
            asked=m.asked_besides(self.task.owner),
            opened={**m.opened, self.task.kind: m.opened.get(self.task.kind, 0) + 1},
            supplement_asked=m.supplement_asked or self.task.kind is TaskKind.SUPPLEMENT,
            supplement_rounds=_rounds(m, self.task),
            supplement=_supplement(m, self.task),
        )


class TaskAnswered(Event):
    """The answer was accepted and ended the task."""

    type: Literal["TaskAnswered"] = "TaskAnswered"
    task: str
    answer: TaskAnswer

    def apply(self, m: Mediation) -> Mediation:
        return _answered(_done(m, self.task), self.task, self.answer)


class AnswerCorrected(Event):
    """An answer was wrong, and another takes its place; the events that follow say what that changes."""

    type: Literal["AnswerCorrected"] = "AnswerCorrected"
    task: str
    was: TaskAnswer
    answer: TaskAnswer
    note: Note

    def apply(self, m: Mediation) -> Mediation:
        return _answered(m, self.task, self.answer)


class TaskCancelled(Event):
    """What was asked is no longer needed."""

    type: Literal["TaskCancelled"] = "TaskCancelled"
    task: str

    def apply(self, m: Mediation) -> Mediation:
        return _done(m, self.task)


class TaskOverdue(Event):
    type: Literal["TaskOverdue"] = "TaskOverdue"
    task: str

    def apply(self, m: Mediation) -> Mediation:
        return _changed(m, self.task, lambda t: replace(t, overdue=True))


class TaskReminded(Event):
    type: Literal["TaskReminded"] = "TaskReminded"
    task: str

    def apply(self, m: Mediation) -> Mediation:
        return _changed(m, self.task, lambda t: replace(t, reminders=t.reminders[1:], reminded=t.reminded + 1))


class TaskEscalated(Event):
    type: Literal["TaskEscalated"] = "TaskEscalated"
    task: str
    again_at: datetime | None = None
    """When it is escalated again if this was the last step of the ladder."""

    def apply(self, m: Mediation) -> Mediation:
        again = (self.again_at,) if self.again_at else ()
        return _changed(
            m, self.task, lambda t: replace(t, escalations=t.escalations[1:] + again, escalated=t.escalated + 1)
        )


class TaskChecked(Event):
    """The engine looked again by itself."""

    type: Literal["TaskChecked"] = "TaskChecked"
    task: str
    next_check: datetime | None

    def apply(self, m: Mediation) -> Mediation:
        return _changed(m, self.task, lambda t: replace(t, check_at=self.next_check))


class TaskGivenTime(Event):
    """The task got a new term, and perhaps a new owner (another provider): its whole ladder starts again."""

    type: Literal["TaskGivenTime"] = "TaskGivenTime"
    task: Task

    def apply(self, m: Mediation) -> Mediation:
        return replace(_laid_anew(m, self.task), supplement_rounds=_rounds(m, self.task))


class TaskSnoozed(Event):
    """The municipality lets a task rest: no reminder or escalation before this day. It stays due when it was."""

    type: Literal["TaskSnoozed"] = "TaskSnoozed"
    task: Task
    until: date
    note: Note

    def apply(self, m: Mediation) -> Mediation:
        return _laid_anew(m, self.task)


class HindranceReported(Event):
    """Its owner says that it takes longer, or that it is not theirs. Whose and when it is due stay as they were."""

    type: Literal["HindranceReported"] = "HindranceReported"
    task: str
    hindrance: Hindrance
    until: date | None = None
    to: OrganisationId | None = Field(default=None, exclude_if=left_out)
    note: Note

    def apply(self, m: Mediation) -> Mediation:
        return _changed(m, self.task, self._hindered)

    def _hindered(self, task: Task) -> Task:
        return replace(
            task,
            hindrance=self.hindrance,
            hindrance_until=self.until,
            hindrance_to=self.to,
            more_time_asked=task.more_time_asked or self.hindrance is Hindrance.MORE_TIME,
        )


class MoreTimeGranted(Event):
    """The municipality gave the task's owner until a later day; its ladder is laid anew."""

    type: Literal["MoreTimeGranted"] = "MoreTimeGranted"
    task: Task
    note: Note

    def apply(self, m: Mediation) -> Mediation:
        return _laid_anew(m, self.task)


class HindranceRefused(Event):
    """The municipality looked at what the task's owner said: the task stays theirs, and due when it was."""

    type: Literal["HindranceRefused"] = "HindranceRefused"
    task: str
    hindrance: Hindrance
    note: Note

    def apply(self, m: Mediation) -> Mediation:
        return _changed(m, self.task, Task.settled)


class TaskReassigned(Event):
    """Another organisation does it from now on."""

    type: Literal["TaskReassigned"] = "TaskReassigned"
    task: Task
    note: Note

    def apply(self, m: Mediation) -> Mediation:
        return _passed_on(m, self.task)


class TaskTakenOver(Event):
    """The municipality does it from now on, in the owner's place."""

    type: Literal["TaskTakenOver"] = "TaskTakenOver"
    task: Task
    note: Note

    @model_validator(mode="before")
    @classmethod
    def _say_whose_it_is(cls, value: Any) -> Any:
        """Until 0.2.0 the task named its owner only: the municipality, which it is by taking it over."""
        task = value.get("task") if isinstance(value, dict) else None
        return {**value, "task": {"owner_role": Role.COORDINATOR, **task}} if isinstance(task, dict) else value

    def apply(self, m: Mediation) -> Mediation:
        return _passed_on(m, self.task)


class ClientInvited(Event):
    """The invitation to a hearing has left for the client: the term of the hearing runs from that day."""

    type: Literal["ClientInvited"] = "ClientInvited"
    task: Task
    on: date

    def apply(self, m: Mediation) -> Mediation:
        return _laid_anew(m, self.task)


class TaskRescheduled(Event):
    """The task has other moments: another policy gives them, or its term is the law's and only now known."""

    type: Literal["TaskRescheduled"] = "TaskRescheduled"
    task: Task

    def apply(self, m: Mediation) -> Mediation:
        return _laid_anew(m, self.task)
