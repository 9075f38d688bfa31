"""Who does not get on and why: mediations that wait for a place, a home, papers, a partner, or for the municipality."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from api.calls import loaded_each
from api.coordinating import Coordinating
from api.installation import Here
from api.mediations import CursorText, Limit
from api.views import Page, View, WaitingReason, WaitingView
from api.waiting import waiting_for
from api.work import OfCaseworker, calendar_of, caseworkers_of
from domain.decide.catalogue import SPECS
from domain.facts.outcome import Stage
from domain.facts.tasks import TaskKind
from domain.state.task_spec import Lack
from store.work import StuckLine, StuckTask, list_stuck, times


class StuckReason(StrEnum):
    """Why a mediation does not get on."""

    PAPERS_MISSING = Lack.PAPERS.value
    CLIENT_NOT_READY = Lack.READINESS.value
    OTHER_MUNICIPALITY = Lack.OTHER_MUNICIPALITY.value
    """Another municipality is asked to take the client over."""
    NO_PLACE = Lack.PLACE.value
    """The quota or ceiling is used up."""
    NO_HOME = Lack.HOME.value
    HOME_TO_CHOOSE = "home_to_choose"
    """There are homes that suit, and whoever chooses has not chosen yet."""
    CLIENT_AWAY = Lack.CLIENT_AWAY.value
    OBJECTION = Lack.OBJECTION.value
    DELIVERY_REFUSED = Lack.DELIVERY.value
    """A partner's system refused a message for good."""
    PAUSED = Lack.PAUSE.value
    FAR_TOO_LATE = "far_too_late"
    """Whoever must act is more than five working days late."""


REASONS: Mapping[TaskKind, StuckReason] = {
    kind: StuckReason(spec.lack.value) for kind, spec in SPECS.items() if spec.lack
}
"""Which tasks keep a mediation waiting even when they are in time, and for what."""


class StuckQuery(OfCaseworker):
    """Which mediations."""

    cursor: CursorText = None
    limit: Limit = 50


class StuckOn(View):
    """What keeps a mediation waiting, and whose it is."""

    reason: StuckReason
    task: str
    kind: TaskKind
    owner: str
    since: datetime
    due: datetime


class StuckView(View):
    """A mediation that does not get on."""

    mediation: str
    reference: str = Field(examples=["A26-0019"])
    municipality: str = Field(description="Whose mediation: yours, or of another that asks you to carry it on")
    stage: Stage | None = Field(description="Null for a mediation of another municipality: see `/v1/transfers`")
    assignee: str | None
    since: datetime = Field(description="Since when the first of the reasons holds")
    test: bool = Field(description="Whether it is a trial")
    reasons: tuple[StuckOn, ...] = Field(description="The oldest first")
    waiting_for: WaitingView | None = Field(description="Why there is no place or home, with what keeps homes away")


class StuckPage(Page[StuckView]):
    """One page of mediations that do not get on, the longest first."""


SCARCE = frozenset({StuckReason.NO_PLACE, StuckReason.NO_HOME})
router = APIRouter(tags=["work"])


@router.get("/v1/work/stuck", operation_id="listStuck", summary="Who does not get on, and why")
async def list_all_stuck(here: Here, caller: Coordinating, asked: Annotated[StuckQuery, Query()]) -> StuckPage:
    """List the mediations that wait for something or somebody, the longest first, with every reason and whose it is;
    and those of another municipality that wait for yours, of which that answer alone is told.
    """
    calendar = await calendar_of(here, caller)
    at = times(calendar, await here.clock.now())
    caseworkers = await caseworkers_of(here, caller, asked.assignee, at)
    known = here.cursors.read("stuck", asked.cursor)
    after = (known[0], known[1][0]) if known else None
    kinds = list(REASONS)
    lines = await list_stuck(here.pool, caller.organisation, kinds, caseworkers, at, after=after, limit=asked.limit)
    last = lines.last
    scarce = [line.mediation for line in lines if any(_of_scarce(task) for task in line.tasks)]
    waiting = {of.state.id: waiting_for(of.state) async for of in loaded_each(here, scarce)}
    return StuckPage(
        items=tuple(_view(line, waiting.get(line.mediation)) for line in lines),
        next=here.cursors.write("stuck", last["since"], last["mediation"]) if last else None,
        unreadable=lines.unreadable,
    )


def _of_scarce(task: StuckTask) -> bool:
    """Tell whether a place or a home is sought, or would be if the urgency were extended."""
    return _reason(task) in SCARCE or task.kind is TaskKind.EXTEND_URGENCY


def _view(line: StuckLine, waiting: WaitingView | None) -> StuckView:
    reasons = tuple(
        StuckOn(
            reason=_reason(task, waiting),
            task=task.id,
            kind=task.kind,
            owner=task.owner,
            since=task.opened_at,
            due=task.due,
        )
        for task in line.tasks
    )
    return StuckView(**line.model_dump(exclude={"tasks"}), reasons=reasons, waiting_for=waiting)


def _reason(task: StuckTask, waiting: WaitingView | None = None) -> StuckReason:
    reason = REASONS.get(task.kind, StuckReason.FAR_TOO_LATE)
    chosen_from = reason is StuckReason.NO_HOME and waiting is not None and waiting.reason is WaitingReason.CHOICE
    return StuckReason.HOME_TO_CHOOSE if chosen_from else reason
