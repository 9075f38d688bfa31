"""The inbox: what an organisation must do, the earliest due first."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from api.auth import Authenticated, Caller
from api.installation import Here
from api.mediations import CursorText, Limit, QueryParameters
from api.problems import Forbidden
from api.shown import Inbox, inbox_task
from api.views import Page
from domain.facts.parties import OrganisationId, Role
from domain.facts.tasks import TaskKind
from store.read_model import TaskFilter, list_tasks


class TaskQuery(QueryParameters):
    """Which tasks."""

    owner: OrganisationId | None = Field(
        default=None, description="Whose tasks; a coordinator may name any organisation, others only their own"
    )
    kind: TaskKind | None = None
    overdue: bool | None = Field(default=None, description="Only those past their due moment")
    cursor: CursorText = None
    limit: Limit = 50


class TaskPage(Page[Inbox]):
    """One page of open tasks."""


router = APIRouter(tags=["tasks"])


@router.get(
    "/v1/tasks",
    operation_id="listTasks",
    summary="List open tasks",
)
async def list_open(here: Here, caller: Authenticated, asked: Annotated[TaskQuery, Query()]) -> TaskPage:
    """List the open tasks of your organisation."""
    wanted = _scope(caller, asked)
    if asked.overdue:
        wanted = wanted._replace(overdue_at=await here.clock.now())
    after = here.cursors.read("tasks", asked.cursor)
    place = (after[0], after[1][0], after[1][1]) if after else None
    lines = await list_tasks(here.pool, wanted, after=place, limit=asked.limit)
    last = lines.last
    cursor = here.cursors.write("tasks", last["due"], last["mediation"], last["id"]) if last else None
    items = tuple(inbox_task(line, caller) for line in lines)
    return TaskPage(items=items, next=cursor, unreadable=lines.unreadable)


def _scope(caller: Caller, asked: TaskQuery) -> TaskFilter:
    owner = asked.owner or caller.organisation
    if caller.role is Role.COORDINATOR:
        return TaskFilter(owner=owner, municipality=caller.organisation, kind=asked.kind)
    if owner != caller.organisation:
        raise Forbidden("only a coordinator lists the tasks of others")
    if caller.role is Role.AUDITOR:
        return TaskFilter(owner=owner, municipality=next(iter(caller.municipalities), owner), kind=asked.kind)
    return TaskFilter(owner=owner, kind=asked.kind)
