"""The municipality's people: who works here, who is away and covered by whom, and handing over their work."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from pydantic import Field

from api.auth import Caller
from api.bodies import Body, Name, RequestPart
from api.coordinating import Coordinating
from api.installation import Here, Installation
from api.openapi import problems
from api.problems import Invalid, NotFound, StillHasWork
from api.views import View
from domain.facts.days import WrittenDay
from runtime.sealing import Tampered
from store import caseload
from store.caseload import AbsencesCross, Caseworker, CaseworkerUnknown, Cover, WorkLeft
from store.vault import Erased

ME = "me"
CaseworkerId = Annotated[
    str, Field(pattern=r"^(me|u-[0-9a-f]{32})$", description="A caseworker by id, or `me`", examples=["me"])
]
CaseworkerPath = Annotated[CaseworkerId, Path()]
LONGEST_ABSENCE = 366
"""Days."""


class WorkerBody(RequestPart):
    """How your colleagues know you."""

    name: Name


class AbsenceBody(RequestPart):
    """On which days a caseworker is away, and who has the work meanwhile."""

    first: WrittenDay = Field(alias="from")
    last: WrittenDay = Field(alias="to", description="The last day of it")
    covered_by: CaseworkerId


class HandOverBody(RequestPart):
    """Who gets the work."""

    to: CaseworkerId
    mediations: tuple[Annotated[str, Field(max_length=64)], ...] | None = Field(
        default=None, max_length=1000, description="Only what belongs to these; else everything that is open"
    )


class CoverView(View):
    """Days on which a caseworker is away."""

    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    covered_by: str


class CaseworkerView(View):
    """Somebody who works for your municipality."""

    id: str
    name: str | None = Field(description="As they told it; null when it was erased")
    me: bool
    since: datetime
    mediations: int = Field(description="Open ones that are theirs")
    tasks: int = Field(description="Open ones that are theirs apart from the mediation")
    absences: tuple[CoverView, ...] = Field(description="Of today and later")


class CaseworkerList(View):
    """Who works for your municipality, in the order in which they came."""

    items: tuple[CaseworkerView, ...]


class HandedOverView(View):
    """How much was handed over."""

    mediations: int
    tasks: int


WORKER: Body[WorkerBody] = Body(WorkerBody)
ABSENCE: Body[AbsenceBody] = Body(AbsenceBody)
HAND_OVER: Body[HandOverBody] = Body(HandOverBody)
COLLEAGUE = "u-0123456789abcdef0123456789abcdef"


def one_example(summary: str, value: dict[str, Any]) -> dict[str, Any]:
    """Return the examples of a body that has one."""
    return {"one": {"summary": summary, "value": value}}


router = APIRouter(tags=["caseload"])


@router.get("/v1/caseworkers", operation_id="listCaseworkers", summary="List who works for your municipality")
async def list_caseworkers(here: Here, caller: Coordinating) -> CaseworkerList:
    """List your colleagues, with how much work they have and when they are away."""
    known = await caseload.caseworkers(here.pool, caller.organisation, await here.today())
    return CaseworkerList(items=tuple([await _shown(here, caller, one) for one in known]))


@router.put(
    "/v1/caseworkers/me",
    operation_id="enterCaseworker",
    summary="Tell that you work here",
    openapi_extra=WORKER.documented(one_example("By your name", {"name": "Sanne de Boer"})),
)
async def enter(here: Here, caller: Coordinating, body: Annotated[WorkerBody, Depends(WORKER)]) -> CaseworkerList:
    """Tell by which name your colleagues know you: from then on you may be given work. Your name is kept encrypted."""
    name = await here.vault.put_text(body.name, caller.organisation)
    before = await caseload.enter(here.pool, caller.actor, name, await here.clock.now())
    if before:
        await here.vault.forget_message(before)
    return await list_caseworkers(here, caller)


@router.delete(
    "/v1/caseworkers/{caseworker}",
    operation_id="removeCaseworker",
    summary="Tell that somebody works here no longer",
    responses=problems(404, 409),
)
async def remove(here: Here, caller: Coordinating, caseworker: CaseworkerPath) -> CaseworkerList:
    """Tell that a caseworker left, when all their open work is handed over. What they did stays."""
    try:
        now, today = await here.clock.now(), await here.today()
        await caseload.leave(here.pool, caller.organisation, own_id(caller, caseworker), now, today)
    except CaseworkerUnknown:
        raise NotFound from None
    except WorkLeft:
        raise StillHasWork from None
    return await list_caseworkers(here, caller)


@router.put(
    "/v1/caseworkers/{caseworker}/absence",
    operation_id="coverCaseworker",
    summary="Tell when a caseworker is away, and who has the work",
    responses=problems(404),
    openapi_extra=ABSENCE.documented(
        one_example("Two weeks", {"from": "2026-07-06", "to": "2026-07-17", "coveredBy": COLLEAGUE})
    ),
)
async def cover(
    here: Here, caller: Coordinating, caseworker: CaseworkerPath, body: Annotated[AbsenceBody, Depends(ABSENCE)]
) -> CaseworkerList:
    """Tell when a caseworker is away; it takes the place of what was told of today and later.

    On those days the work is in the list of who stands in as well. Nothing is given to somebody else by it.
    """
    today = await here.today()
    if body.last < max(body.first, today):
        raise Invalid([("to", "give a last day that is not before the first, and not over yet")])
    if (body.last - body.first).days >= LONGEST_ABSENCE:
        raise Invalid([("to", "an absence of more than a year is handed over, and not covered")])
    absent, stand_in = own_id(caller, caseworker), own_id(caller, body.covered_by)
    if absent == stand_in:
        raise Invalid([("coveredBy", "name a colleague")])
    covered = Cover(first=body.first, last=body.last, covered_by=stand_in)
    await _note(here, caller, absent, covered, today)
    return await list_caseworkers(here, caller)


@router.delete(
    "/v1/caseworkers/{caseworker}/absence",
    operation_id="endAbsence",
    summary="Tell that a caseworker is there",
    responses=problems(404),
)
async def end_absence(here: Here, caller: Coordinating, caseworker: CaseworkerPath) -> CaseworkerList:
    """Tell that a caseworker is there from today on. Days that have been stay as they were noted."""
    await _note(here, caller, own_id(caller, caseworker), None, await here.today())
    return await list_caseworkers(here, caller)


@router.post(
    "/v1/caseworkers/{caseworker}/hand-over",
    operation_id="handOver",
    summary="Hand over a whole caseload, or a part of it",
    responses=problems(404),
    openapi_extra=HAND_OVER.documented(one_example("Everything", {"to": COLLEAGUE})),
)
async def hand_over(
    here: Here, caller: Coordinating, caseworker: CaseworkerPath, body: Annotated[HandOverBody, Depends(HAND_OVER)]
) -> HandedOverView:
    """Give all open work of a caseworker to another, all or nothing. Asked again it finds nothing left to hand over."""
    giver, receiver = own_id(caller, caseworker), own_id(caller, body.to)
    if giver == receiver:
        raise Invalid([("to", "name a colleague")])
    try:
        now = await here.clock.now()
        mediations = list(body.mediations) if body.mediations is not None else None
        done = await caseload.hand_over(here.pool, caller.actor, giver, receiver, mediations, now)
    except CaseworkerUnknown:
        raise unknown("to") from None
    return HandedOverView(mediations=done.mediations, tasks=done.tasks)


async def _note(here: Installation, caller: Caller, caseworker: str, absence: Cover | None, today: date) -> None:
    try:
        await caseload.cover(here.pool, caller.actor, caseworker, absence, today, await here.clock.now())
    except CaseworkerUnknown as nobody:
        if nobody.caseworker == caseworker:
            raise NotFound from None
        raise unknown("coveredBy") from None
    except AbsencesCross:
        told = "this colleague is away too on one of these days, or is covered by who is to be away"
        raise Invalid([("coveredBy", told)]) from None


def own_id(caller: Caller, named: str) -> str:
    """Return the id of the caseworker that a caller names, who may be the caller."""
    return caller.actor.user if named == ME else named


def unknown(field: str) -> Invalid:
    """Return what is wrong with the name of a caseworker who is not known."""
    return Invalid([(field, "nobody of this id works for your municipality; they tell it themselves once (`me`)")])


async def _shown(here: Installation, caller: Caller, one: Caseworker) -> CaseworkerView:
    try:
        name = await here.vault.message(one.name)
    except (Erased, KeyError, Tampered):
        name = None
    absences = tuple(CoverView.model_validate(absence) for absence in one.absences)
    return CaseworkerView(
        id=one.id,
        name=name,
        me=one.id == caller.actor.user,
        since=one.since,
        mediations=one.mediations,
        tasks=one.tasks,
        absences=absences,
    )
