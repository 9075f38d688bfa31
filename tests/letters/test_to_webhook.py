"""Letters to a partner's own system: signed as the public library checks it, under one id, to guarded addresses."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError
from standardwebhooks import Webhook
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from activities.letters.letter import ChannelAway, ReadyLetter
from activities.letters.to_webhook import ToWebhook
from activities.letters.wording.letter_text import LetterText
from activities.partner import PartnerRefused
from domain.facts.parties import Role
from runtime.addresses import AllowList
from runtime.directory import Channel, Organisation, written
from runtime.letter_webhook import STARS, LetterWebhook
from runtime.outbound import outbound
from runtime.signatures import new_secret
from tests.listening import listening

SECRET = new_secret()


def letter() -> ReadyLetter:
    text = LetterText("Herinnering: bevestig de start", "Bevestig de start vóór 1 juni.\n")
    return ReadyLetter("m-1:task-reminder-kwintes:7", "kwintes", "post@kwintes.example", text, datetime.now(UTC))


class Inbox:
    """A partner's system that answers as it is told and keeps what it gets."""

    def __init__(self) -> None:
        self.status = 204
        self.got = list[tuple[dict[str, str], bytes]]()

    def application(self) -> Starlette:
        return Starlette(routes=[Route("/letters", self.take, methods=["POST"])])

    async def take(self, request: Request) -> Response:
        self.got.append((dict(request.headers), await request.body()))
        return Response(status_code=self.status, headers={"Location": "http://127.0.0.1:9/"})


async def post(inbox: Inbox, sent: ReadyLetter, allowed: str = "127.0.0.1") -> str:
    async with listening(inbox.application()) as url, outbound(AllowList.parse(allowed)) as out:
        return await ToWebhook(out, LetterWebhook(url=f"{url}/letters", secret=SecretStr(SECRET))).post(sent)


async def test_a_letter_is_signed_and_has_one_id_however_often_it_is_sent() -> None:
    inbox, sent = Inbox(), letter()
    assert [await post(inbox, sent), await post(inbox, sent)] == ["m-1.task-reminder-kwintes.7.kwintes"] * 2
    for headers, body in inbox.got:
        told: dict[str, Any] = Webhook(SECRET).verify(body, headers)
        assert told["type"] == "letter.posted"
        assert told["data"] == {"reader": "kwintes", "subject": sent.text.subject, "text": sent.text.body}
        assert headers["webhook-id"] == "m-1.task-reminder-kwintes.7.kwintes"
    assert json.loads(inbox.got[0][1])["timestamp"].endswith("Z")


async def test_a_letter_that_is_there_already_is_posted() -> None:
    inbox = Inbox()
    inbox.status = 409
    assert await post(inbox, letter()) == "m-1.task-reminder-kwintes.7.kwintes"


@pytest.mark.parametrize("status", [408, 425, 429, 500, 503])
async def test_what_may_pass_is_tried_again(status: int) -> None:
    inbox = Inbox()
    inbox.status = status
    with pytest.raises(ChannelAway) as away:
        await post(inbox, letter())
    assert away.value.type == f"MailServerAway:webhook_{status}"


@pytest.mark.parametrize("status", [302, 400, 401, 404, 410])
async def test_what_is_refused_for_good_is_given_to_a_person_and_no_redirect_is_followed(status: int) -> None:
    inbox = Inbox()
    inbox.status = status
    with pytest.raises(PartnerRefused, match=f"webhook_{status}"):
        await post(inbox, letter())
    assert len(inbox.got) == 1


async def test_an_inner_address_that_nobody_allowed_is_not_called() -> None:
    inbox = Inbox()
    with pytest.raises(PartnerRefused, match="webhook_not_https"):
        await post(inbox, letter(), allowed="")
    assert inbox.got == []


async def test_without_its_secret_a_letter_waits_unsent() -> None:
    async with outbound(AllowList.parse("")) as out:
        starred = LetterWebhook(url="https://thief.example/letters", secret=SecretStr(STARS))
        with pytest.raises(ChannelAway) as away:
            await ToWebhook(out, starred).post(letter())
    assert away.value.type == "MailServerAway:webhook_secret_missing"


def test_who_wants_letters_so_says_where_and_its_secret_is_not_shown() -> None:
    facts: dict[str, Any] = {"id": "kwintes", "role": Role.CARE_PROVIDER, "name": "K", "mail": "k@example.org"}
    with pytest.raises(ValidationError, match="needs a webhook"):
        Organisation(**facts, channel=Channel.WEBHOOK)
    with pytest.raises(ValidationError) as wrong:
        LetterWebhook(url="https://kwintes.example/letters", secret=SecretStr("no-secret-of-ours"))
    assert "no-secret-of-ours" not in str(wrong.value)
    webhook = LetterWebhook(url="https://kwintes.example/letters", secret=SecretStr(SECRET))
    one = Organisation(**facts, channel=Channel.WEBHOOK, webhook=webhook)
    assert SECRET not in repr(one)
    assert SECRET in written([one])
