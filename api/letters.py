"""The letters of a mediation: to whom, by which channel, and what became of each."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import Field

from api.auth import Authenticated, Caller, Visible
from api.installation import Here
from api.openapi import problems
from api.secrecy import HIDDEN, team_hidden
from api.views import UNREADABLE, View
from domain.facts.parties import LOOKING_ON, Role
from domain.messages.effects import Letter
from store.letters import LetterLine, LetterState, letters_of

SEES_ALL = LOOKING_ON | {Role.COORDINATOR}
"""Roles that see every letter. A partner sees the letters to itself."""

router = APIRouter(tags=["mediations"])


class LetterView(View):
    """A letter to one reader. What it says and to which address it went is not kept."""

    letter: Letter
    reader: str = Field(description="An organisation, or `client` or `guide`", examples=["client"])
    task: str | None = Field(description="The task it is about")
    channel: str | None = Field(
        description="`mail`, `notify`, `webhook` or `none`; null as long as it waits", examples=["mail"]
    )
    state: LetterState
    at: datetime = Field(description="Since when, in UTC")
    code: str | None = Field(description="Why it failed", examples=["smtp_550"])


class LetterList(View):
    """The letters you may see, in the order in which they were asked for."""

    items: tuple[LetterView, ...]
    unreadable: int = UNREADABLE


@router.get(
    "/v1/mediations/{mediation}/letters",
    operation_id="listLetters",
    summary="List the letters",
    responses=problems(404),
)
async def list_letters(here: Here, caller: Authenticated, loaded: Visible) -> LetterList:
    """List the letters of one mediation, and what became of each.

    `posted`: the channel accepted it; a mail tells no more than that, unless it comes back. `failed`: it came back or
    was refused, and became a task. A partner sees the letters to itself.
    """
    lines = await letters_of(here.pool, loaded.state.id)
    hidden = team_hidden(loaded.state, loaded.policy, caller)
    shown = (
        line._replace(reader=HIDDEN) if hidden and line.reader == hidden else line
        for line in lines
        if _sees(caller, line)
    )
    items = tuple(LetterView.model_validate(line) for line in shown)
    return LetterList(items=items, unreadable=lines.unreadable)


def _sees(caller: Caller, line: LetterLine) -> bool:
    return caller.role in SEES_ALL or line.reader == caller.organisation
