"""The post room of a municipality: which letters are to be printed, each as a page, and on which day each left."""

from base64 import b64encode
from datetime import date, datetime, time
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from fastapi.responses import HTMLResponse
from pydantic import Field
from starlette.responses import Response

from api.auth import Caller
from api.bodies import Body, RequestPart
from api.coordinating import Coordinating
from api.installation import Here, Installation
from api.openapi import problems
from api.problems import Gone, Invalid, NotFound, NotToBeSent
from api.submission import outcome_of, submit
from api.views import View
from api.web.assets import TEMPLATES
from api.web.pages import page
from domain.exchange.record import Submission
from domain.facts.calendar import Calendar
from domain.facts.days import WrittenDay
from domain.facts.tasks import TaskKind
from domain.messages.answers import DeliveryAnswer
from domain.messages.commands import AnswerTask
from domain.messages.effects import Letter
from store import journal, paper
from store.paper import OnPaper, PaperLetter
from store.personal_reads import PersonalData, ReadPurpose, record_read
from store.vault import Erased
from texts import Language, of

MOST = 500
"""Letters in one list. The oldest come first: what is printed leaves room for others."""
LetterId = Annotated[str, Path(pattern=r"^letter-[0-9a-f]{24}$")]

STYLE = (TEMPLATES / "paper.css").read_text(encoding="utf-8").removesuffix("\n")
"""How a letter is laid out. It stands in the page, which may be kept as a file and printed from there."""
PRINTED = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; "
    f"style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'"
}
"""Nothing but the letter's own style is taken from a page."""
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
    """List the letters of the municipality that wait for the post room, 500 at most.

    What no longer says what is so (it was answered, undone, or the client died) is not among them. A letter to a client
    whose death is reported waits until the municipality knows whether that is true.
    """
    lines = await paper.to_print(here.pool, caller.organisation, MOST, await here.today())
    return PrintList(items=tuple(map(PrintView.model_validate, lines)))


@router.get(
    "/v1/paper/{letter}",
    operation_id="printLetter",
    summary="A letter as a page to print",
    response_class=HTMLResponse,
    responses={
        200: {"content": {"text/html": {"schema": {"type": "string"}, "example": EXAMPLE}}},
        **problems(404, 409, 410),
    },
)
async def print_letter(here: Here, caller: Coordinating, letter: LetterId) -> Response:
    """Return one letter with the name and address of its reader, to print on the municipality's paper. The last day to
    object in it is that of a letter posted today; of one that left, that of the day it did. One that is posted on a
    later day has a term that ends later, never earlier. It is recorded among the mediation's `/reads`. 409
    `not-to-be-sent`: it no longer says what is so, or the client may have died.
    """
    written = await _written(here, caller.organisation, letter)
    if written.line.waits and not await paper.wanted(here.pool, written, await here.today()):
        raise NotToBeSent
    try:
        text = await here.vault.text(letter)
    except Erased:
        raise Gone("the person was erased") from None
    except KeyError:
        raise NotFound from None
    now, mediation = await here.clock.now(), written.line.mediation
    await record_read(here.pool, mediation, caller.actor, PersonalData.LETTER, ReadPurpose.POST, now)
    day = await here.today() if written.line.waits else Calendar().today(written.line.at)
    printed = PaperLetter.model_validate_json(text).printed(day, written.effect, of(Language.DUTCH).in_words)
    return page("paper", Language.DUTCH, headers=PRINTED, letter=printed)


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
    return PrintView.model_validate((await _written(here, caller.organisation, letter)).line)


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
