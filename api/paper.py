"""The post room of a municipality: which letters are to be printed, each as a page, and on which day each left."""

from datetime import date, datetime, time
from html import escape
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from fastapi.responses import HTMLResponse
from pydantic import Field

from api.auth import Caller
from api.bodies import Body
from api.coordinating import Coordinating
from api.installation import Here, Installation
from api.openapi import problems
from api.problems import Gone, Invalid, NotFound
from api.referrals import RequestPart
from api.submission import outcome_of, submit
from api.views import View
from domain.exchange.record import Submission
from domain.facts.calendar import Calendar
from domain.facts.days import WrittenDay
from domain.facts.tasks import TaskKind
from domain.messages.answers import DeliveryAnswer
from domain.messages.commands import AnswerTask
from domain.messages.effects import Letter
from store import journal, paper
from store.paper import OnPaper, PaperLetter, ToPrint
from store.vault import Erased

MOST = 500
"""Letters in one list. The oldest come first: what is printed leaves room for others."""
LetterId = Annotated[str, Path(pattern=r"^letter-[0-9a-f]{24}$")]

EXAMPLE = "<!doctype html><html lang=nl>...</html>"
router = APIRouter(tags=["mediations"])


class PrintView(View):
    """A letter that is to be printed."""

    id: str = Field(examples=["letter-0123456789abcdef01234567"])
    mediation: str
    letter: Letter
    reader: str = Field(examples=["client"])
    at: datetime = Field(description="Since when it waits; once it has left, the day on which it did. In UTC")
    waits: bool


class PrintList(View):
    """The letters to be printed, the oldest first."""

    items: tuple[PrintView, ...]


class LeftBody(RequestPart):
    """When a letter left."""

    on: WrittenDay = Field(description="The day on which it was posted: the term to object runs from the day after")


LEFT: Body[LeftBody] = Body(LeftBody)


@router.get("/v1/paper", operation_id="listLettersToPrint", summary="Which letters are to be printed")
async def list_to_print(here: Here, caller: Coordinating) -> PrintList:
    """List the letters of the municipality that wait for the post room, 500 at most."""
    lines = await paper.to_print(here.pool, caller.organisation, MOST)
    return PrintList(items=tuple(map(_view, lines)))


@router.get(
    "/v1/paper/{letter}",
    operation_id="printLetter",
    summary="A letter as a page to print",
    response_class=HTMLResponse,
    responses={
        200: {"content": {"text/html": {"schema": {"type": "string"}, "example": EXAMPLE}}},
        **problems(404, 410),
    },
)
async def print_letter(here: Here, caller: Coordinating, letter: LetterId) -> HTMLResponse:
    """Return one letter with the name and address of its reader, to print on the municipality's paper."""
    await _written(here, caller.organisation, letter)
    try:
        text = await here.vault.text(letter)
    except Erased:
        raise Gone("the person was erased") from None
    except KeyError:
        raise NotFound from None
    return HTMLResponse(page(PaperLetter.model_validate_json(text)), headers={"Cache-Control": "no-store"})


@router.post(
    "/v1/paper/{letter}/left",
    operation_id="reportLetterLeft",
    summary="Report on which day a letter left",
    openapi_extra=LEFT.documented({"one": {"summary": "Posted on a day", "value": {"on": "2026-03-09"}}}),
    responses=problems(404),
)
async def report_left(
    here: Here, caller: Coordinating, letter: LetterId, body: Annotated[LeftBody, Depends(LEFT)]
) -> PrintView:
    """Report that a letter was posted. Of a decision the term to object begins the day after. The first day stays."""
    written = await _written(here, caller.organisation, letter)
    calendar = Calendar()
    if written.line.waits:
        first, last = calendar.today(written.line.at), await here.today()
        if not first <= body.on <= last:
            raise Invalid([("on", f"a day from {first} to {last}")])
    await _answer(here, caller, written, body.on)
    await paper.left(here.pool, letter, calendar.at(body.on, time(12)))
    return _view((await _written(here, caller.organisation, letter)).line)


async def _answer(here: Installation, caller: Caller, written: OnPaper, on: date) -> None:
    """Answer the task to post a decision, where there is one. When that fails the report is made again, and nothing is
    lost.
    """
    mediation = written.line.mediation
    loaded = await journal.load(here.pool, mediation)
    task = loaded.state.open_of(TaskKind.RESOLVE_DELIVERY, written.key) if loaded else None
    if task:
        answer = DeliveryAnswer(way="done_by_hand", on=on)
        command = AnswerTask(by=caller.actor, task=task.id, answer=answer)
        result = await submit(here, mediation, Submission(command_id=f"{written.line.id}:left", command=command))
        await outcome_of(here, mediation, result)


async def _written(here: Installation, municipality: str, letter: str) -> OnPaper:
    found = await paper.find(here.pool, municipality, letter)
    if found is None:
        raise NotFound
    return found


def _view(line: ToPrint) -> PrintView:
    return PrintView(
        id=line.id,
        mediation=line.mediation,
        letter=line.letter,
        reader=line.reader,
        at=line.at,
        waits=line.waits,
    )


def page(letter: PaperLetter) -> str:
    """Write a letter as a page: the address where a window envelope shows it (left, 5 cm from above), then the text."""
    to = "<br>".join(map(escape, letter.to))
    return f"""<!doctype html>
<html lang="nl"><head><meta charset="utf-8"><title>{escape(letter.heading)}</title>
<style>
@page {{ size: A4; margin: 2cm 2.5cm }}
body {{ font: 12pt/1.5 sans-serif; max-width: 17cm; margin: 0 auto }}
address {{ font-style: normal; padding-top: 3cm; min-height: 3.5cm }}
pre {{ font: inherit; white-space: pre-wrap }}
</style></head><body><address>{to}</address><pre>{escape(letter.body)}</pre></body></html>
"""
