"""What an answer or a command would lead to, asked beforehand: the rules are asked, and nothing is recorded or sent."""

from datetime import date, datetime

from fastapi import APIRouter
from pydantic import Field

from api.auth import Visible
from api.commands import (
    ANSWER,
    ANSWER_EXAMPLES,
    ANY_COMMAND,
    COMMAND,
    COMMAND_EXAMPLES,
    COMMANDS,
    OLD_SPELLING,
    TASK_ANSWER,
    AnswerBody,
    CommandBody,
)
from api.contracts import check_chosen
from api.coordinating import Coordinating
from api.installation import Here, Installation
from api.openapi import problems
from api.order import given
from api.problems import refusal
from api.spelling import spelled
from api.views import TaskView, View
from domain.decide.decide import Decided, Refused
from domain.facts.clocks import ClockKind
from domain.facts.outcome import Outcome, Stage
from domain.facts.tasks import TaskKind
from domain.messages.commands import AnswerTask, AnyCommand
from domain.messages.effects import Audience, Letter, SendLetter, ToPartner
from domain.state.mediation import Mediation
from runtime.directory import NoDistrictTeam
from store.journal import Loaded
from store.record import foresee


class RescheduledView(View):
    """An open task that gets another due moment."""

    task: str
    kind: TaskKind
    before: datetime
    after: datetime


class ForeseenClock(View):
    """A term that begins, ends, stands still, runs on or gets another end."""

    kind: ClockKind
    before: datetime | None = Field(description="When it ends now; null when it does not run yet")
    after: datetime | None = Field(description="When it would end; null when it would be stopped")
    stands_still: bool = Field(description="Whether it would stand still")


class ForeseenLetter(View):
    """A letter that would go."""

    letter: Letter
    readers: tuple[Audience, ...]
    organisation: str | None = Field(description="Or an organisation")
    by: date | None = Field(description="The day that it would name")


class ForeseenRequest(View):
    """Something that a partner's system would be asked, or its people where it has none."""

    type: str = Field(examples=["place_offer"])
    organisation: str


class ForeseenView(View):
    """What would follow. A letter may still be held back or come to nothing before it leaves."""

    version: int = Field(description="Of the mediation on which this is based: give it as `If-Match`")
    stage: Stage
    outcome: Outcome | None = Field(description="How the mediation would end, if it would")
    closed: tuple[str, ...] = Field(description="Tasks that would no longer be open")
    opened: tuple[TaskView, ...] = Field(description="Tasks that would be opened, of whom, and by when")
    rescheduled: tuple[RescheduledView, ...]
    clocks: tuple[ForeseenClock, ...] = Field(description="Terms that would change")
    letters: tuple[ForeseenLetter, ...]
    requests: tuple[ForeseenRequest, ...]
    events: tuple[str, ...] = Field(description="What would be recorded, in order", examples=[["task_answered"]])
    next_moment_at: datetime | None = Field(description="When the engine would next do something by itself")
    subject_to: tuple[str, ...] = Field(
        description="What must still be free when it is really asked; else something else follows",
        examples=[["place", "dwelling"]],
    )


router = APIRouter(tags=["commands"])


@router.post(
    "/v1/mediations/{mediation}/tasks/{task}/dry-run",
    operation_id="foreseeAnswer",
    summary="What would follow on an answer",
    responses=problems(404, 409),
    openapi_extra=ANSWER.documented(ANSWER_EXAMPLES),
)
async def foresee_answer(
    here: Here, caller: Coordinating, loaded: Visible, task: str, body: AnswerBody
) -> ForeseenView:
    """Tell what would follow if the task were answered so now, with its dates. Nothing is recorded, claimed or sent.

    What the rules refuse is the same 409 as the answer would be. Whether a place or dwelling is free is not looked
    up, and no partner's system is asked.
    """
    command = AnswerTask(by=caller.actor, task=task[:64], answer=given(body, TASK_ANSWER))
    return await _foreseen(here, loaded, command)


@router.post(
    "/v1/mediations/{mediation}/commands/dry-run",
    operation_id="foreseeCommand",
    summary="What would follow on a command",
    responses=problems(404, 409),
    openapi_extra=COMMAND.documented(COMMAND_EXAMPLES),
)
async def foresee_command(here: Here, caller: Coordinating, loaded: Visible, body: CommandBody) -> ForeseenView:
    """Tell what would follow on a command without a task, as for an answer."""
    kind = (COMMANDS | OLD_SPELLING)[body.type]  # type: ignore[attr-defined]
    command = given(body, ANY_COMMAND, by=caller.actor, type=kind.__name__)
    return await _foreseen(here, loaded, command)


async def _foreseen(here: Installation, loaded: Loaded, command: AnyCommand) -> ForeseenView:
    def team_of(municipality: str, district: str, on: date) -> str | None:
        try:
            return here.directory.team_for(municipality, district, on).id
        except NoDistrictTeam:
            return None

    judged = await foresee(here.pool, loaded, command, await here.clock.now(), team_of)
    if isinstance(judged, Refused):
        raise refusal(judged)
    await check_chosen(here, loaded.state, command)
    return _view(loaded.state, judged)


def _view(before: Mediation, judged: Decided) -> ForeseenView:
    after = judged.state or before
    known = {task.id: task for task in before.tasks}
    letters = [effect for effect in judged.effects if isinstance(effect, SendLetter)]
    return ForeseenView(
        version=before.sequence,
        stage=after.stage,
        outcome=after.outcome,
        closed=tuple(task for task in known if after.task(task) is None),
        opened=tuple(TaskView.model_validate(task) for task in after.tasks if task.id not in known),
        rescheduled=tuple(
            RescheduledView(task=task.id, kind=task.kind, before=known[task.id].due, after=task.due)
            for task in after.tasks
            if task.id in known and known[task.id].due != task.due
        ),
        clocks=_clocks(before, after),
        letters=tuple(ForeseenLetter.model_validate(letter) for letter in letters),
        requests=tuple(
            ForeseenRequest(type=spelled(effect.type), organisation=effect.lane)
            for effect in judged.effects
            if isinstance(effect, ToPartner)
        ),
        events=tuple(spelled(event.type) for event in judged.events),
        next_moment_at=judged.wake_at,
        subject_to=tuple(dict.fromkeys(claim.type for claim in judged.claims)),
    )


def _clocks(before: Mediation, after: Mediation) -> tuple[ForeseenClock, ...]:
    changed = []
    for kind in ClockKind:
        was, now = before.clock(kind), after.clock(kind)
        if was != now:
            changed.append(
                ForeseenClock(
                    kind=kind,
                    before=was.ends_at if was else None,
                    after=now.ends_at if now else None,
                    stands_still=now is not None and now.suspended_at is not None,
                )
            )
    return tuple(changed)
