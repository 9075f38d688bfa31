"""Changes of organisations that a second person confirms: where letters go, a system, a substitute, who looks on."""

from datetime import date, datetime
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Path
from pydantic import Field

from api.auth import Authenticated, Caller
from api.installation import Here, Installation
from api.openapi import problems
from api.problems import DirectoryInvalid, Forbidden, NotFound, ProposalOver, SecondPersonNeeded
from api.views import UNREADABLE, View
from domain.exchange.feed import LineError
from domain.facts.parties import LOOKING_ON, Role
from domain.facts.watched import Watched
from runtime.directory import DirectoryWrong, Organisation
from store.directory_proposals import (
    Keeper,
    Proposal,
    ProposalDecided,
    ProposalOvertaken,
    ProposalUnknown,
    SamePerson,
    decide,
    found,
    proposals,
)

log = structlog.get_logger("api")
router = APIRouter(tags=["directory"])


class ProposalView(View):
    """A change of one organisation that waits for a second person, or did."""

    id: str
    organisation: str
    since: date = Field(
        validation_alias="from", serialization_alias="from", description="The first day it holds, once it is confirmed"
    )
    watched: tuple[Watched, ...] = Field(description="Why it needs a second person")
    before: Organisation | None = Field(description="The organisation as it is, without secrets; null for a new one")
    after: Organisation = Field(description="The organisation as it is to be, without secrets")
    proposed_by: str = Field(description="The pseudonym of who proposed it")
    proposed_for: str
    proposed_at: datetime
    confirmed: bool | None = Field(description="Null as long as it waits; false when it was withdrawn")
    decided_at: datetime | None


class ProposalsView(View):
    """Changes that wait, the oldest first."""

    items: tuple[ProposalView, ...]
    unreadable: int = UNREADABLE


def person_of(caller: Caller) -> Keeper:
    """Return who changes the directory."""
    return Keeper(caller.actor.user, caller.organisation)


def view_of(one: Proposal) -> ProposalView:
    """Return a proposal as it is shown."""
    return ProposalView.model_validate(
        {
            "id": one.id,
            "organisation": one.organisation,
            "from": one.since,
            "watched": one.watched,
            "before": one.before,
            "after": one.after,
            "proposed_by": one.proposed_by.user,
            "proposed_for": one.proposed_by.organisation,
            "proposed_at": one.proposed_at,
            "confirmed": one.confirmed,
            "decided_at": one.decided_at,
        },
    )


def concerns(caller: Caller, one: Proposal) -> bool:
    """Tell whether a proposal is this caller's to see: of the organisation itself, of a municipality that it works for,
    or an administrator. Whoever stands in for an organisation does not speak for it here.
    """
    if caller.role is Role.ADMIN:
        return True
    if caller.role in {Role.COORDINATOR, Role.AUDITOR}:
        return bool(one.municipalities & set(caller.municipalities))
    return caller.organisation == one.organisation and caller.actor.substitute is None


async def proposed(
    here: Here,
    caller: Authenticated,
    proposal: Annotated[str, Path(max_length=100, examples=["dp-7-ymere-1796119200000"])],
) -> Proposal:
    """Return a proposal that concerns this caller; raises `NotFound`."""
    try:
        one = await found(here.pool, proposal)
    except ProposalUnknown:
        raise NotFound from None
    if not concerns(caller, one):
        raise NotFound
    return one


Proposed = Annotated[Proposal, Depends(proposed)]


@router.get("/v1/directory/proposals", operation_id="listProposals", summary="List changes that wait")
async def list_proposals(here: Here, caller: Authenticated) -> ProposalsView:
    """List the changes of organisations that wait for a second person: of your own organisation, or of those that work
    for your municipality.
    """
    known = await proposals(here.pool)
    items = tuple(view_of(one) for one in known if concerns(caller, one))
    return ProposalsView(items=items, unreadable=known.unreadable)


@router.post(
    "/v1/directory/proposals/{proposal}/confirm",
    operation_id="confirmProposal",
    summary="Confirm a change",
    responses=problems(404, 409),
)
async def confirm_proposal(here: Here, caller: Authenticated, one: Proposed) -> ProposalView:
    """Have a change hold, from now or from its later day on. Another person than proposed it does: of the organisation
    itself, of a municipality that it works for, or an administrator. 409 `proposal-over`: it was decided on, the
    organisation changed meanwhile, or it was proposed more than 30 days ago.
    """
    if one.after.role in LOOKING_ON and caller.organisation == one.organisation:
        raise Forbidden("who is to look on does not appoint themself")
    return await _decided(here, caller, one, confirm=True)


@router.post(
    "/v1/directory/proposals/{proposal}/withdraw",
    operation_id="withdrawProposal",
    summary="Withdraw a change",
    responses=problems(404, 409),
)
async def withdraw_proposal(here: Here, caller: Authenticated, one: Proposed) -> ProposalView:
    """Have a change not take place: by whoever proposed it, or whoever might confirm it."""
    return await _decided(here, caller, one, confirm=False)


async def _decided(here: Installation, caller: Caller, one: Proposal, *, confirm: bool) -> ProposalView:
    if caller.role is Role.AUDITOR:
        raise Forbidden("auditors look and never act")
    if caller.actor.substitute is not None:
        raise Forbidden("whoever stands in for an organisation does not change who is who")
    try:
        after = await decide(here.pool, one.id, person_of(caller), await here.clock.now(), confirm=confirm)
    except SamePerson:
        raise SecondPersonNeeded from None
    except ProposalDecided:
        raise ProposalOver("it was confirmed or withdrawn before") from None
    except ProposalOvertaken:
        raise ProposalOver(
            "the organisation has changed, or it waited too long: withdraw it and propose it anew"
        ) from None
    except DirectoryWrong as wrong:
        raise DirectoryInvalid([LineError(line=1, field="organisation", message=str(wrong))]) from None
    await here.directory.reread()
    log.info("directory proposal decided", organisation=caller.organisation, user=caller.actor.user, confirmed=confirm)
    return view_of(after)
