"""Webhooks from partners' systems: a signed hint that something changed there, upon which the engine reads it itself.

The signature is over the bytes as they came, and is checked before anything is read. A wrong signature, a sender
without a secret and an unknown sender get the same answer. A hint is followed once in the life of a mediation: its id
is made into the id of its command.
"""

import re
from typing import Any

from fastapi import APIRouter, Request

from api.installation import Here, Installation
from api.openapi import problems
from api.problems import Invalid, NotFound, SignatureRefused
from api.submission import submit
from domain.exchange.record import Submission
from domain.facts.outcome import Stage
from domain.facts.parties import SYSTEM, Actor
from domain.messages.commands import LookAgain
from runtime.directory import Organisation, UnknownOrganisation
from runtime.signatures import SignatureWrong, key_of, verified
from runtime.strict_json import JsonWrong, read_json
from store import journal

REFERENCE = re.compile(r"([a-z0-9-]{1,64})(:[a-z0-9:.-]{1,100})?", re.ASCII)
"""A mediation's id, or one of our keys that begins with it."""
HEADERS = [
    {"name": name, "in": "header", "required": True, "description": text, "schema": {"type": "string"}}
    for name, text in {
        "webhook-id": "Your id of this webhook, 1 to 200 characters: the same when it is sent again",
        "webhook-timestamp": "When it is sent, in seconds since 1970; at most 5 minutes from now",
        "webhook-signature": "`v1,` and base64 of HMAC-SHA256 over id, timestamp and body, joined by dots",
    }.items()
]
SCHEMA = {
    "type": "object",
    "required": ["data"],
    "properties": {
        "type": {"type": "string", "description": "What happened, in your words. Not used."},
        "data": {
            "type": "object",
            "required": ["reference"],
            "properties": {
                "reference": {
                    "type": "string",
                    "description": "The mediation, or the key under which we asked you something about it",
                }
            },
        },
    },
}
EXAMPLE = {"type": "offer.answered", "data": {"reference": "m-ab12cd34ef56gh78ij90"}}

router = APIRouter(tags=["webhooks"])


@router.post(
    "/v1/webhooks/incoming/{organisation}",
    status_code=204,
    operation_id="receiveHint",
    summary="Hint that something changed in your system",
    responses=problems(401, 404),
    openapi_extra={
        "security": [],
        "parameters": HEADERS,
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": SCHEMA, "examples": {"answered": {"value": EXAMPLE}}}},
        },
    },
)
async def receive(request: Request, here: Here, organisation: str) -> None:
    """Have the engine read in your system what it waits for from you.

    Signed by Standard Webhooks with the secret agreed with this installation. Nothing in the body is taken over.
    """
    body = await request.body()
    sender, message = await _sender(request, here, organisation, body)
    mediation = _mediation(body)
    loaded = await journal.load(here.pool, mediation)
    if loaded is None or sender.id not in loaded.state.taking_part():
        raise NotFound
    if loaded.state.stage is Stage.CLOSED:
        return
    command = LookAgain(by=Actor(role=sender.role, organisation=sender.id, user=SYSTEM))
    number = f"hint-{here.idempotency.ids.hex('hint', 40, sender.id, message)}"
    if await journal.recorded(here.pool, mediation, number) is None:
        await submit(here, mediation, Submission(command_id=number, command=command))


async def _sender(request: Request, here: Installation, name: str, body: bytes) -> tuple[Organisation, str]:
    """Return who sent this, and its id. Raises `SignatureRefused`."""
    try:
        organisation = here.directory.get(name)
    except UnknownOrganisation:
        raise SignatureRefused from None
    keys = [key_of(secret.get_secret_value()) for secret in organisation.webhook_secrets]
    try:
        return organisation, verified(keys, request.headers, body, await here.clock.now())
    except SignatureWrong:
        raise SignatureRefused from None


def _mediation(body: bytes) -> str:
    try:
        document: Any = read_json(body)
        reference = document["data"]["reference"]
    except JsonWrong as wrong:
        raise Invalid([(wrong.field, wrong.message)]) from None
    except (KeyError, TypeError):
        raise Invalid([("data.reference", "name the mediation, or one of our keys")]) from None
    match = REFERENCE.fullmatch(reference) if isinstance(reference, str) else None
    if match is None:
        raise Invalid([("data.reference", "name the mediation, or one of our keys")])
    return match[1]
