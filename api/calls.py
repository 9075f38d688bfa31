"""Whom to call today: the calls after the move that are due, with the attempts so far and what is left of today."""

from collections.abc import AsyncIterator, Iterable
from datetime import datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from api.coordinating import Coordinating
from api.installation import Here, Installation
from api.mediations import CursorText, Limit
from api.views import Page, View
from api.work import FIRST_DAY, LAST_DAY, OfCaseworker, calendar_of, caseworkers_of
from domain.decide.decide import Refused, decide
from domain.facts.days import WrittenDay
from domain.facts.parties import Actor
from domain.facts.rules import RuleName
from domain.facts.tasks import TaskKind
from domain.messages.answers import CallAnswer, DayPart
from domain.messages.commands import AnswerTask
from store import journal
from store.journal import Loaded, MediationUnknown
from store.readable import UNREADABLE
from store.work import WorkFilter, WorkLine, WorkSort, list_work, times


class CallsQuery(OfCaseworker):
    """Which calls."""

    on: WrittenDay | None = Field(
        default=None, ge=FIRST_DAY, lt=LAST_DAY, description="Due by the end of this day; else today"
    )
    cursor: CursorText = None
    limit: Limit = 50


class CallView(View):
    """A client to be called after the move. Who it is, and the number, stand at the mediation's `/person`."""

    mediation: str
    reference: str = Field(examples=["A26-0019"])
    task: str = Field(examples=["follow_up_call-1"])
    owner: str = Field(description="Who calls")
    assignee: str | None
    due: datetime
    attempts: tuple[DayPart, ...] = Field(description="So far, in which parts of the day")
    attempts_left: int = Field(description="Before the guide is asked")
    parts_left: tuple[DayPart, ...] = Field(description="In which parts of today an attempt would still count")
    script: tuple[str, ...] = Field(description="What is asked, in this order")


class CallPage(Page[CallView]):
    """One page of calls, the earliest due first."""


router = APIRouter(tags=["work"])


@router.get("/v1/work/calls", operation_id="listCalls", summary="Whom to call today")
async def list_calls(here: Here, caller: Coordinating, asked: Annotated[CallsQuery, Query()]) -> CallPage:
    """List the clients whose call after the move is due by today, with the attempts so far and what is left today."""
    calendar = await calendar_of(here, caller)
    known = here.cursors.read("calls", asked.cursor)
    at = times(calendar, known[0] if known else await here.clock.now())
    only = WorkFilter(
        caller.organisation,
        await caseworkers_of(here, caller, asked.assignee, at),
        kind=TaskKind.FOLLOW_UP_CALL,
        due_before=calendar.at((asked.on or at.today) + timedelta(days=1), time()),
        resting=False,
    )
    after = ((float(known[1][0]),), known[1][1], known[1][2]) if known else None
    lines, _ = await list_work(here.pool, only, at, None, WorkSort.DUE, after=after, limit=asked.limit)
    last = lines.last
    cursor = (
        here.cursors.write("calls", at.now, repr(last["place"][0]), last["mediation"], last["id"]) if last else None
    )
    now = await here.clock.now()
    loaded = {of.state.id: of async for of in loaded_each(here, [line.mediation for line in lines])}
    calls = [_call(line, loaded[line.mediation], caller.actor, now) for line in lines if line.mediation in loaded]
    return CallPage(items=tuple(calls), next=cursor, unreadable=lines.unreadable + len(lines) - len(calls))


async def loaded_each(here: Installation, mediations: Iterable[str]) -> AsyncIterator[Loaded]:
    """Load mediations one after the other, leaving out those that cannot be read."""
    for mediation in mediations:
        try:
            loaded = await journal.load(here.pool, mediation)
        except (*UNREADABLE, MediationUnknown):
            continue
        if loaded:
            yield loaded


def _call(line: WorkLine, of: Loaded, caller: Actor, now: datetime) -> CallView:
    rules, attempts = of.policy.follow_up, of.state.call_attempts
    return CallView(
        mediation=line.mediation,
        reference=line.reference,
        task=line.id,
        owner=line.owner,
        assignee=line.assignee,
        due=line.due,
        attempts=attempts,
        attempts_left=max(rules.attempts - len(attempts), 0),
        parts_left=tuple(part for part in DayPart if _counts(part, line.id, of, caller, now)),
        script=rules.script,
    )


def _counts(part: DayPart, task: str, of: Loaded, caller: Actor, now: datetime) -> bool:
    """Ask the rules whether an attempt in this part of today would count, or will when that part has come."""
    attempt = AnswerTask(by=caller, task=task, answer=CallAnswer(day_part=part, reached=False))
    judged = decide(of.state, attempt, of.policy, now)
    return not isinstance(judged, Refused) or judged.rule is RuleName.CALL_TO_COME
