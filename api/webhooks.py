"""Webhooks of a municipality: who is told of its events, what could not be told, and the secrets that sign it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from api.auth import Acting, Authenticated, Caller
from api.bodies import Body, Name
from api.idempotency import IdempotencyKey, UnderKey
from api.installation import Here, Installation
from api.mediations import CursorText, Limit, QueryParameters
from api.openapi import problems
from api.problems import Forbidden, Invalid, KeyReused, NotFound
from api.views import Page, View
from domain.exchange.case_mirror import MIRRORED
from domain.exchange.published import TYPES, event_id
from domain.facts.parties import Role
from runtime.addresses import AddressRefused, judged
from runtime.signatures import new_secret
from store.notifications import DeadLetter, Notifications
from store.requests import KeyTaken
from store.requests import Request as Keyed
from store.webhooks import Fresh, Kind, Webhook, WebhookUnknown
from workflows.publishers import wake_publication

SOURCE_NAME = "direct-mediation"
Url = Annotated[str, Field(max_length=2000, examples=["https://zaken.example.nl/gebeurtenissen"])]
EventType = Annotated[str, Field(json_schema_extra={"enum": list(TYPES)})]


class WebhookPart(BaseModel):
    """Part of a request."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True, hide_input_in_errors=True)


class CloudEventsBody(WebhookPart):
    """A webhook that takes CloudEvents."""

    kind: Literal["cloudevents"]
    url: Url
    types: tuple[EventType, ...] | None = Field(
        default=None, min_length=1, max_length=100, description="Of which types it is told; else of all"
    )


class ZgwBody(WebhookPart):
    """A case system (ZGW) in which each mediation is mirrored as a zaak."""

    kind: Literal["zgw"]
    url: Url = Field(description="The Zaken API, with its version", examples=["https://zgw.example.nl/zaken/api/v1"])
    catalogi_url: Url = Field(description="The Catalogi API, with its version")
    client_id: Name
    client_secret: str = Field(min_length=16, max_length=200, pattern=r"^[!-~]+$")
    rsin: str = Field(pattern=r"^\d{9}$", description="The municipality's RSIN: `bronorganisatie` of each zaak")
    case_type: Name = Field(description="The `identificatie` of the zaaktype")


class DisableBody(WebhookPart):
    """A reason to disable a webhook."""

    reason: Name


class ResendBody(WebhookPart):
    """Which dead letters are sent again; all of them without `ids`."""

    ids: tuple[Annotated[str, Field(max_length=100)], ...] | None = Field(default=None, max_length=1000)


ADD: Body[CloudEventsBody | ZgwBody] = Body(
    Annotated[CloudEventsBody | ZgwBody, Field(discriminator="kind")], tagged=True
)
DISABLE: Body[DisableBody] = Body(DisableBody)
RESEND: Body[ResendBody] = Body(ResendBody)

AddBody = Annotated[CloudEventsBody | ZgwBody, Depends(ADD)]
Disable = Annotated[DisableBody, Depends(DISABLE)]
Resend = Annotated[ResendBody, Depends(RESEND)]


class WebhookView(View):
    """A webhook."""

    id: str
    kind: Kind
    url: str
    types: tuple[str, ...] | None = Field(description="Of which types it is told; null is all")
    source: str = Field(description="Who its events say they are from")
    enabled: bool
    disabled_reason: str | None
    failing: bool = Field(description="Whether the last time nothing arrived")
    created_at: datetime
    previous_until: datetime | None = Field(description="Until when the secret before the last rotation signs too")
    waiting: int = Field(description="How many notifications wait")
    dead_letters: int = Field(description="How many were tried for the last time, or missed")


class Secret(View):
    """A webhook with its secret. Keep it: it is not shown again."""

    webhook: WebhookView
    secret: str | None = Field(description="What signs what is sent (Standard Webhooks); null for a case system")


class DeadLetterView(View):
    """A notification that was tried for the last time, or missed while the webhook was disabled."""

    id: str = Field(description="The event's id, as `webhook-id` has it")
    type: str
    mediation: str
    at: datetime
    tried_at: datetime | None = Field(description="When it was first tried; null when it was missed")
    settled_at: datetime = Field(description="When it was given up")
    attempts: int
    code: str = Field(
        description="What went wrong the last time; `disabled`: it was missed",
        examples=["status_500", "timeout", "disabled"],
    )


class WebhookPage(Page[WebhookView]):
    """Webhooks, the oldest first."""


class DeadLetterPage(Page[DeadLetterView]):
    """One page of dead letters."""


class Resent(View):
    """How many dead letters are tried once more."""

    resent: int


class DeadLetterQuery(QueryParameters):
    """Which dead letters."""

    cursor: CursorText = None
    limit: Limit = 50


async def managing(caller: Acting) -> Caller:
    """Return a coordinator, who manages the municipality's webhooks; raises `Forbidden`."""
    if caller.role is not Role.COORDINATOR:
        raise Forbidden("a municipality's webhooks are managed by its own coordinators")
    return caller


Managing = Annotated[Caller, Depends(managing)]


async def looking(caller: Authenticated) -> Caller:
    """Return a coordinator, or an auditor of the municipality; raises `Forbidden`."""
    if caller.role not in {Role.COORDINATOR, Role.AUDITOR}:
        raise Forbidden("a municipality's webhooks are for its own coordinators and auditors to see")
    return caller


Looking = Annotated[Caller, Depends(looking)]


async def found(here: Here, caller: Looking, webhook: str) -> Webhook:
    """Return one of the caller's webhooks; raises `NotFound`."""
    try:
        one = await here.webhooks.get(webhook[:64])
    except WebhookUnknown:
        raise NotFound from None
    if one.municipality not in caller.municipalities:
        raise NotFound
    return one


Found = Annotated[Webhook, Depends(found)]
router = APIRouter(tags=["webhooks"])
CHANGES = problems(404, 409)
EXAMPLES = {
    "cloudevents": {
        "summary": "Tell our service bus of offers",
        "value": {
            "kind": "cloudevents",
            "url": "https://bus.example.nl/bemiddelingen",
            "types": ["nl.directe-bemiddeling.bemiddelingen.aanbod-gedaan.v1"],
        },
    },
    "zgw": {
        "summary": "Mirror every mediation as a zaak",
        "value": {
            "kind": "zgw",
            "url": "https://zgw.example.nl/zaken/api/v1",
            "catalogiUrl": "https://zgw.example.nl/catalogi/api/v1",
            "clientId": "direct-mediation",
            "clientSecret": "a-secret-of-the-case-system-of-32-chars",
            "rsin": "123456782",
            "caseType": "DIRECTE-BEMIDDELING",
        },
    },
}


@router.post(
    "/v1/webhooks",
    status_code=201,
    operation_id="addWebhook",
    summary="Add a webhook",
    responses=problems(409),
    openapi_extra=ADD.documented(EXAMPLES),
)
async def add(
    request: Request, response: Response, here: Here, caller: Managing, key: IdempotencyKey, body: AddBody
) -> Secret:
    """Have an address told of your municipality's events from now on; the secret is shown in this answer only.

    The address is https, its host a name that leads to public addresses only, its port 443 or 8443, unless the
    installation names the host as one of its own network.
    """
    for name in ("url", "catalogi_url"):
        _judge(here, name, getattr(body, name, None))
    if isinstance(body, CloudEventsBody) and body.types and (unknown := set(body.types) - set(TYPES)):
        raise Invalid([("types", f"{sorted(unknown)[0][:100]} is no type of event")])
    asked = _under_key(request, here, caller, key, body)
    try:
        webhook = await here.webhooks.add(key, _fresh(here, caller, body), await here.clock.now(), asked)
    except KeyTaken:
        raise KeyReused from None
    await _wake(here, webhook)
    response.headers["Location"] = f"/v1/webhooks/{webhook.id}"
    secret = (await here.webhooks.secrets_of(webhook.id, await here.clock.now()))[0]
    return Secret(webhook=await _view(here, webhook), secret=secret if webhook.kind is Kind.CLOUDEVENTS else None)


@router.get("/v1/webhooks", operation_id="listWebhooks", summary="List webhooks")
async def list_all(here: Here, caller: Looking) -> WebhookPage:
    """List your municipality's webhooks, the oldest first."""
    lists = [await here.webhooks.of(municipality) for municipality in caller.municipalities]
    items = tuple([await _view(here, one) for webhooks in lists for one in webhooks])
    return WebhookPage(items=items, unreadable=sum(webhooks.unreadable for webhooks in lists))


@router.get(
    "/v1/webhooks/{webhook}",
    operation_id="readWebhook",
    summary="Look at a webhook",
    responses=problems(404),
)
async def read(here: Here, webhook: Found) -> WebhookView:
    """Look at one webhook."""
    return await _view(here, webhook)


@router.delete(
    "/v1/webhooks/{webhook}",
    status_code=204,
    operation_id="removeWebhook",
    summary="Remove a webhook",
    responses=problems(404),
)
async def remove(here: Here, _: Managing, webhook: Found) -> None:
    """Remove a webhook, with its secrets and all it was still to be told."""
    await here.webhooks.remove(webhook.id)
    await _wake(here, webhook)


@router.post(
    "/v1/webhooks/{webhook}/rotate",
    operation_id="rotateSecret",
    summary="Make another secret",
    responses=CHANGES,
)
async def rotate(request: Request, here: Here, caller: Managing, webhook: Found, key: IdempotencyKey) -> Secret:
    """Sign with another secret. For 24 hours everything is signed with both. A case system's secret is its own."""
    if webhook.kind is Kind.ZGW:
        raise Invalid([("kind", "a case system's secret is made there: remove this one and add it again")])
    asked = _under_key(request, here, caller, key)
    try:
        secret = await here.webhooks.rotate(webhook.id, key, new_secret(), await here.clock.now(), asked)
    except KeyTaken:
        raise KeyReused from None
    return Secret(webhook=await _view(here, await here.webhooks.get(webhook.id)), secret=secret)


@router.post(
    "/v1/webhooks/{webhook}/disable",
    operation_id="disableWebhook",
    summary="Disable a webhook",
    responses=CHANGES,
    openapi_extra=DISABLE.documented({"move": {"value": {"reason": "It moves to another host."}}}),
)
async def disable(here: Here, _: Managing, webhook: Found, body: Disable) -> WebhookView:
    """Stop telling it. What happens meanwhile is listed with its dead letters; what waits stays."""
    await here.webhooks.disable(webhook.id, body.reason)
    return await _view(here, await here.webhooks.get(webhook.id))


@router.post(
    "/v1/webhooks/{webhook}/enable", operation_id="enableWebhook", summary="Enable a webhook", responses=CHANGES
)
async def enable(here: Here, _: Managing, webhook: Found) -> WebhookView:
    """Tell it again, beginning with what waits. To tell it first what it missed, send dead letters again before."""
    await here.webhooks.enable(webhook.id, await here.clock.now())
    await _wake(here, webhook)
    return await _view(here, await here.webhooks.get(webhook.id))


@router.get(
    "/v1/webhooks/{webhook}/dead-letters",
    operation_id="listDeadLetters",
    summary="List dead letters",
    responses=problems(404),
)
async def dead_letters(here: Here, webhook: Found, asked: Annotated[DeadLetterQuery, Query()]) -> DeadLetterPage:
    """List what was tried for the last time, and what it missed while it was disabled, the oldest first."""
    after = here.cursors.read("dead-letters", asked.cursor)
    place = (after[0], after[1][0], int(after[1][1])) if after else None
    letters = await Notifications(here.pool, webhook.id).dead_letters(place, asked.limit)
    at = letters.last
    cursor = here.cursors.write("dead-letters", at["settled_at"], at["mediation"], str(at["sequence"])) if at else None
    return DeadLetterPage(items=tuple(map(_letter, letters)), next=cursor, unreadable=letters.unreadable)


@router.post(
    "/v1/webhooks/{webhook}/dead-letters/resend",
    operation_id="resendDeadLetters",
    summary="Send dead letters again",
    responses=CHANGES,
    openapi_extra=RESEND.documented({"all": {"value": {}}, "one": {"value": {"ids": ["m-a/17"]}}}),
)
async def resend(here: Here, _: Managing, webhook: Found, body: Resend) -> Resent:
    """Try dead letters once more, from the beginning, under the ids they had."""
    resent = await Notifications(here.pool, webhook.id).resend(await here.clock.now(), body.ids)
    await _wake(here, webhook)
    return Resent(resent=resent)


def _under_key(request: Request, here: Installation, caller: Caller, key: str, body: BaseModel | None = None) -> Keyed:
    asked = body.model_dump_json(exclude_unset=True).encode() if body else b""
    return here.idempotency.request(UnderKey(caller.organisation, key, request.url.path, asked), "webhooks")


WHY_NOT: Mapping[str, str] = {
    "not_an_address": "it is no address of a web server",
    "not_https": "it must begin with https://",
    "not_a_host_name": "it must name a server by its name, and not by a number",
    "wrong_port": "it names a port that is not called",
    "not_a_public_address": "it leads to a network that is not public",
}
UNFIT = "it is not one that may be called"


def _judge(here: Installation, name: str, url: str | None) -> None:
    try:
        if url is not None:
            judged(url, here.webhook_hosts)
    except AddressRefused as refused:
        raise Invalid([(to_camel(name), f"this address is not called: {WHY_NOT.get(refused.code, UNFIT)}")]) from None


def _fresh(here: Installation, caller: Caller, body: CloudEventsBody | ZgwBody) -> Fresh:
    oin = here.directory.get(caller.organisation).oin
    owner = f"oin:{oin}" if oin else f"gemeente:{caller.organisation}"
    common = {"municipality": caller.organisation, "url": body.url, "by": caller.actor.user}
    source = f"urn:nld:{owner}:systeem:{SOURCE_NAME}"
    if isinstance(body, ZgwBody):
        configuration = body.model_dump(include={"catalogi_url", "client_id", "rsin", "case_type"})
        types, kind, secret = MIRRORED, Kind.ZGW, body.client_secret
    else:
        configuration, types, kind, secret = {}, body.types or (), Kind.CLOUDEVENTS, new_secret()
    return Fresh(**common, kind=kind, types=types or None, source=source, configuration=configuration, secret=secret)


async def _wake(here: Installation, webhook: Webhook) -> None:
    """Have its publication look at once. Raises `TemporalAway`."""
    async with here.reached() as temporal:
        await wake_publication(temporal, here.task_queue, webhook.id)


async def _view(here: Installation, webhook: Webhook) -> WebhookView:
    waiting, dead = await Notifications(here.pool, webhook.id).counts()
    values = {name: getattr(webhook, name) for name in WebhookView.model_fields if hasattr(webhook, name)}
    return WebhookView(**values, waiting=waiting, dead_letters=dead)


def _letter(letter: DeadLetter) -> DeadLetterView:
    return DeadLetterView(id=event_id(letter.mediation, letter.sequence), **letter._asdict())
