"""Which of the municipality's people has a mediation or a task.

It decides nothing in a mediation. Whose a task is stays the organisation's; who of its people does it is kept beside
the journal, with every change of it.
"""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field

from api.auth import Authenticated, Caller, Visible
from api.bodies import Body, RequestPart
from api.caseworkers import COLLEAGUE, CaseworkerId, one_example, own_id, unknown
from api.coordinating import Coordinating
from api.installation import Here, Installation
from api.openapi import problems
from api.problems import Forbidden, NotFound, refusal
from api.views import View
from domain.decide.decide import Refused
from domain.facts.parties import Role
from domain.facts.value import replace
from store import caseload
from store.caseload import WHOLE, CaseworkerUnknown
from store.involved import bars


class AssignmentBody(RequestPart):
    """Who has it from now on."""

    caseworker: CaseworkerId | None = Field(description="A caseworker of yours; null takes it from whoever has it")


class Assigned(View):
    """Who has it now."""

    caseworker: str | None
    changed: bool = Field(description="False when it was so already")


class AssignmentChangeView(View):
    """That the mediation, or one of its tasks, was given to somebody else."""

    at: datetime
    by: str = Field(description="Which caseworker did it")
    task: str | None = Field(description="Null: the mediation itself")
    before: str | None
    after: str | None
    handed_over: bool = Field(description="Whether it went with other work of the same caseworker")


class AssignmentHistory(View):
    """Who had it from when on, the oldest first."""

    items: tuple[AssignmentChangeView, ...]


ASSIGNMENT: Body[AssignmentBody] = Body(AssignmentBody)
router = APIRouter(tags=["caseload"])


@router.put(
    "/v1/mediations/{mediation}/caseworker",
    operation_id="assignMediation",
    summary="Give a mediation to a caseworker",
    responses=problems(404),
    openapi_extra=ASSIGNMENT.documented(one_example("To yourself", {"caseworker": "me"})),
)
async def assign_mediation(
    here: Here, caller: Coordinating, loaded: Visible, body: Annotated[AssignmentBody, Depends(ASSIGNMENT)]
) -> Assigned:
    """Give a mediation to one of your people, with all its tasks that were not given to somebody apart."""
    return await _assign(here, caller, loaded.state.id, WHOLE, body)


@router.put(
    "/v1/mediations/{mediation}/tasks/{task}/caseworker",
    operation_id="assignTask",
    summary="Give a task to a caseworker",
    responses=problems(404, 409),
    openapi_extra=ASSIGNMENT.documented(one_example("To a colleague", {"caseworker": COLLEAGUE})),
)
async def assign_task(
    here: Here,
    caller: Coordinating,
    loaded: Visible,
    task: str,
    body: Annotated[AssignmentBody, Depends(ASSIGNMENT)],
) -> Assigned:
    """Give an open task to one of your people: to do it or, when it is a partner's, to see that it is done.

    A complaint is for somebody who did not act in the mediation (409 `handler_involved`), an objection for somebody who
    did not take the decision that it is against (409 `decided_by_you`).
    """
    given = loaded.state.task(task)
    if given is None:
        raise NotFound
    if body.caseworker:
        who = replace(caller.actor, user=own_id(caller, body.caseworker))
        if rule := await bars(here.pool, loaded.state, given, who):
            raise refusal(Refused(rule=rule))
    return await _assign(here, caller, loaded.state.id, task, body)


@router.get(
    "/v1/mediations/{mediation}/assignments",
    operation_id="listAssignments",
    summary="Read who had a mediation and its tasks",
    responses=problems(404),
)
async def list_assignments(here: Here, caller: Authenticated, loaded: Visible) -> AssignmentHistory:
    """Read who of the municipality had the mediation and its tasks, from when on and by whom it was given."""
    if caller.role not in {Role.COORDINATOR, Role.AUDITOR}:
        raise Forbidden("which of its people has a mediation is the municipality's own")
    changes = await caseload.changes_of(here.pool, loaded.state.id)
    return AssignmentHistory(
        items=tuple(
            AssignmentChangeView(
                at=one.at,
                by=one.by_user,
                task=one.task or None,
                before=one.before,
                after=one.after,
                handed_over=one.handed_over,
            )
            for one in changes
        )
    )


async def _assign(here: Installation, caller: Caller, mediation: str, task: str, body: AssignmentBody) -> Assigned:
    caseworker = own_id(caller, body.caseworker) if body.caseworker else None
    try:
        now = await here.clock.now()
        changed = await caseload.assign(here.pool, caller.actor, mediation, task, caseworker, now)
    except CaseworkerUnknown:
        raise unknown("caseworker") from None
    return Assigned(caseworker=caseworker, changed=changed)
