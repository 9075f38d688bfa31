"""Messages of care providers (iWmo 3.2): accepted as XML, handled by the worker, and shown without their content.

The standard does not say how a message travels: this address, its header and its answers are our own choice.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

import structlog
from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import Field

from activities.iwmo.codes import MessageKind
from activities.iwmo.reception import Reception, see_to
from activities.iwmo.xml_parse import MessageWrong
from api.auth import Acting, Authenticated, Caller
from api.bodies import media_type
from api.installation import Here, Installation
from api.mediations import QueryParameters
from api.openapi import problems
from api.problems import Forbidden, Invalid, NotFound, NotXml
from api.views import UNREADABLE, View
from domain.facts.parties import LOOKING_ON, Role
from runtime.systems import Iwmo
from store import care_messages
from store.care_messages import CareMessage

PATH = "/v1/istandaarden/berichten"
MOST = 200
"""Messages in one list."""
WORDS = {
    "too_long": "a message holds at most 256 KiB",
    "not_utf8": "write the message in UTF-8",
    "has_dtd": "a message has no DTD and no entities",
    "malformed": "this is no well-formed XML",
    "other_message": "this is another message than the header X-Berichtsoort says",
    "not_schema": "this is not as the schema of iWmo 3.2 says",
    "wrong_sender": "this is not the code that the directory has for you",
    "unknown_receiver": "no municipality with this code works with you here",
    "unknown_message": "no message of ours to you has this Identificatie",
}

log = structlog.get_logger("api")
router = APIRouter(tags=["care messages"])
Berichtsoort = Annotated[
    Literal["WMO302", "WMO305", "WMO307"], Header(alias="X-Berichtsoort", description="Which message the body is")
]


class CareMessageView(View):
    """What is known of a message; never what it says."""

    id: str
    kind: str
    sender: str
    identification: str
    mediation: str | None = Field(description="To which it belongs; a provider sees it once the message was approved")
    state: Literal["waiting", "approved", "rejected"] = Field(description="How it was answered")
    codes: tuple[str, ...] = Field(description="Why it was rejected: retour codes (WJ001)")
    noted_at: datetime = Field(description="When it was made, or received")
    sent_at: datetime | None = Field(description="When a message of ours was delivered")
    retour: str | None = Field(description="The Identificatie of its retour")
    retour_at: datetime | None = Field(description="When the retour was received or delivered")
    undelivered: str | None = Field(description="Why our retour was refused; tell the provider otherwise (OP090x2)")


class CareMessageList(View):
    """Messages, the last first."""

    items: tuple[CareMessageView, ...]
    unreadable: int = UNREADABLE


class MessageQuery(QueryParameters):
    """Which messages."""

    open: bool = Field(default=False, description="Only those that were rejected, or not answered yet")
    limit: int = Field(default=50, ge=1, le=MOST)


def _documented() -> dict[str, Any]:
    schema = {"type": "string", "description": "A WMO302, WMO305 or WMO307 of iWmo 3.2, in UTF-8"}
    return {"requestBody": {"required": True, "content": {"application/xml": {"schema": schema}}}}


@router.post(
    PATH,
    status_code=202,
    operation_id="sendCareMessage",
    summary="Send a message (iWmo)",
    openapi_extra=_documented(),
)
async def take_message(
    request: Request, response: Response, here: Here, caller: Acting, kind: Berichtsoort
) -> CareMessageView:
    """Take in a message of a care provider. The same message again is answered alike, and seen to once.

    202: it is kept, and a start or stop will be answered by its retour (WMO306, WMO308) in the provider's own system.
    400: it was not taken in, and there will be no retour.
    """
    provider = here.directory.get(caller.organisation)
    if caller.role is not Role.CARE_PROVIDER or not isinstance(provider.system, Iwmo):
        raise Forbidden("messages are sent by care providers that the directory has as such")
    if media_type(request) not in {"application/xml", "text/xml"}:
        raise NotXml
    reception = Reception(here.pool, here.vault, here.directory)
    try:
        taken = await reception.take(provider, MessageKind(kind), await request.body(), await here.clock.now())
    except MessageWrong as wrong:
        raise Invalid([(wrong.where, WORDS[wrong.code])]) from None
    await _see_to(here, taken)
    log.info("message taken in", kind=kind, organisation=caller.organisation, message=taken.id)
    response.headers["Location"] = f"{PATH}/{taken.id}"
    return _shown(taken, caller)


@router.get(
    PATH,
    operation_id="listCareMessages",
    summary="List messages (iWmo)",
)
async def list_messages(here: Here, caller: Authenticated, asked: Annotated[MessageQuery, Query()]) -> CareMessageList:
    """List the messages of your municipality, or with your organisation: what is still to be answered, with `open`."""
    everywhere = tuple(one.id for one in here.directory if one.role is Role.COORDINATOR)
    municipalities = {Role.ADMIN: everywhere, Role.CARE_PROVIDER: ()}.get(caller.role, caller.municipalities)
    if caller.role not in LOOKING_ON | {Role.COORDINATOR, Role.CARE_PROVIDER}:
        raise Forbidden("messages are for the municipality and the care provider")
    found = await care_messages.listed(
        here.pool, municipalities, caller.organisation, not_approved=asked.open, most=asked.limit
    )
    return CareMessageList(items=tuple(_shown(one, caller) for one in found), unreadable=found.unreadable)


@router.get(
    PATH + "/{message}",
    operation_id="readCareMessage",
    summary="Read how a message stands (iWmo)",
    responses=problems(404),
)
async def read_message(here: Here, caller: Authenticated, message: str) -> CareMessageView:
    """Read whether a message was approved, and whether its retour was delivered."""
    found = await care_messages.message(here.pool, message[:64])
    if found is None or not _may_see(caller, found):
        raise NotFound
    return _shown(found, caller)


def _may_see(caller: Caller, message: CareMessage) -> bool:
    match caller.role:
        case Role.ADMIN:
            return True
        case Role.COORDINATOR | Role.AUDITOR:
            return message.municipality in caller.municipalities
        case _:
            return message.provider == caller.organisation


def _shown(message: CareMessage, caller: Caller) -> CareMessageView:
    state: Literal["waiting", "approved", "rejected"] = (
        "waiting" if message.codes is None else "rejected" if message.codes else "approved"
    )
    known = caller.role is not Role.CARE_PROVIDER or state == "approved"
    return CareMessageView(
        id=message.id,
        kind=message.kind,
        sender=message.sender,
        identification=message.identification,
        mediation=message.mediation if known else None,
        state=state,
        codes=message.codes or (),
        noted_at=message.noted_at,
        sent_at=message.sent_at,
        retour=message.retour,
        retour_at=message.retour_at,
        undelivered=message.undelivered,
    )


async def _see_to(here: Installation, message: CareMessage) -> None:
    """Have the worker handle a message. When Temporal is away the provider is told so, and sends it again."""
    async with here.reached() as temporal:
        await see_to(temporal, here.task_queue, message.id)
