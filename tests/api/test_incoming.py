"""A partner's system hints that something changed: it is believed in nothing, and makes the engine read at once."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from standardwebhooks import Webhook as PublicWebhook

from api.problems import MEDIA_TYPE
from benchmarks.incoming import fuzz
from runtime.settings import Settings
from runtime.signatures import key_of, new_secret, signed
from sandbox.driven.home import home
from sandbox.driven.junk import Junk
from store import journal
from store.database import Pool
from tests.api.desk import Desk
from tests.town import Town

SECRET, NEXT = new_secret(), new_secret()
SEED = 20_261_122
ROUNDS = 1_500


@pytest.fixture
def served(served: Settings, town: Town) -> Settings:
    """The first corporation and the provider sign webhooks; the corporation is changing its secret."""
    lines = []
    for line in Path(town.file).read_text().splitlines():
        lines.append(line)
        if line in {f'id = "{town.corporation}"', f'id = "{town.provider}"'}:
            lines.append(f'webhook_secrets = ["{SECRET}", "{NEXT}"]')
    town.file.write_text("\n".join(lines))
    return served


def body_of(reference: str) -> bytes:
    return json.dumps({"type": "offer.answered", "data": {"reference": reference}}).encode()


async def hint(
    desk: Desk, who: str, body: bytes, *, secret: str = SECRET, at: datetime | None = None, message: str | None = None
) -> httpx.Response:
    """Send a signed webhook."""
    headers = signed([key_of(secret)], message or f"msg-{uuid4().hex}", at or await desk.clock.now(), body)
    headers["Content-Type"] = "application/json"
    return await desk.http.post(f"/v1/webhooks/incoming/{who}", content=body, headers=headers)


async def test_a_hint_with_a_key_twice_is_refused(idle: Desk) -> None:
    for body in (b'{"data": {"reference": "m-1", "reference": "m-2"}}', b'{"data": {}, "data": {"reference": "m-1"}}'):
        answer = await hint(idle, idle.town.corporation, body)
        assert answer.status_code == 400
        assert "twice" in answer.json()["errors"][0]["message"]


async def offered(desk: Desk) -> tuple[str, str]:
    """A mediation whose client is asked for an answer, and the number the corporation gave its offer."""
    town = desk.town
    await town.systems.corporation.staff("PUT", town.corporation, "/dwellings", [home("D-1")])
    mediation = (await desk.start())["id"]
    await desk.answer(desk.coordinator, mediation, "check_readiness", result="ready")
    await desk.answer(desk.coordinator, mediation, "determine_origin", origin="almere")
    await desk.grant(mediation, "light")
    await desk.task(mediation, "make_offer")
    for _ in range(200):
        state = await desk.read(desk.coordinator, f"/v1/mediations/{mediation}")
        if state["candidates"]:
            break
        await asyncio.sleep(0.05)
    await desk.answer(desk.coordinator, mediation, "make_offer", corporation=town.corporation, dwelling="D-1")
    await desk.task(mediation, "answer_offer")
    (record,) = await town.systems.corporation.records(town.corporation, "/offers", mediation)
    return mediation, record["number"]


async def happened(desk: Desk, mediation: str) -> list[str]:
    events = await desk.read(desk.coordinator, f"/v1/mediations/{mediation}/events", limit=100)
    return [item["event"]["type"] for item in events["items"]]


async def test_an_answer_given_in_the_corporations_system_is_read_as_soon_as_it_hints(desk: Desk, pool: Pool) -> None:
    mediation, number = await offered(desk)
    path = f"/offers/{number}/answer"
    await desk.town.systems.corporation.staff("POST", desk.town.corporation, path, {"state": "accepted"})
    await asyncio.sleep(0.3)
    assert "offer_accepted" not in await happened(desk, mediation), "nobody has asked yet"
    body = body_of(f"{mediation}:place-offer:9")
    response = await hint(desk, desk.town.corporation, body, message="msg-1")
    assert (response.status_code, response.content) == (204, b"")
    await desk.task(mediation, "sign_lease")
    assert "offer_accepted" in await happened(desk, mediation)
    checked = (await happened(desk, mediation)).count("task_checked")
    for _ in range(3):
        assert (await hint(desk, desk.town.corporation, body, message="msg-1")).status_code == 204
    assert (await happened(desk, mediation)).count("task_checked") == checked, "the same webhook is done once"
    hints = [entry for entry in await journal.entries(pool, mediation) if entry.command.type == "LookAgain"]
    assert len(hints) == 1


async def test_both_secrets_of_an_organisation_that_changes_them_are_taken(desk: Desk) -> None:
    mediation = (await desk.start())["id"]
    for secret in (SECRET, NEXT):
        assert (await hint(desk, desk.town.provider, body_of(mediation), secret=secret)).status_code == 204
    moment, body = await desk.clock.now(), body_of(mediation)
    signature = PublicWebhook(SECRET).sign("msg_public", moment, body.decode())
    headers = {"webhook-id": "msg_public", "webhook-timestamp": str(int(moment.timestamp()))}
    sent = await desk.http.post(
        f"/v1/webhooks/incoming/{desk.town.provider}", content=body, headers=headers | {"webhook-signature": signature}
    )
    assert sent.status_code == 204


async def test_who_has_no_part_in_a_mediation_hints_at_nothing(desk: Desk) -> None:
    mediation = (await desk.start())["id"]
    for reference in (mediation, "m-nowhere"):
        response = await hint(desk, desk.town.corporation, body_of(reference))
        assert response.status_code == 404
    assert (await hint(desk, desk.town.other_provider, body_of(mediation))).status_code == 401, "it has no secret"
    assert (await hint(desk, "nobody", body_of(mediation))).status_code == 401


async def test_a_hint_about_what_has_ended_is_taken_and_does_nothing(desk: Desk) -> None:
    mediation = (await desk.start())["id"]
    ended = await desk.post(
        desk.coordinator, f"/v1/mediations/{mediation}/commands", {"type": "withdraw", "source": "client"}
    )
    assert ended.status_code == 200
    before = await happened(desk, mediation)
    assert (await hint(desk, desk.town.provider, body_of(mediation))).status_code == 204
    assert await happened(desk, mediation) == before


@pytest.mark.parametrize("minutes", [-6, 6, -60 * 24, 60 * 24])
async def test_what_was_not_sent_just_now_is_refused(idle: Desk, minutes: int) -> None:
    moment = datetime.now(UTC) + timedelta(minutes=minutes)
    response = await hint(idle, idle.town.provider, body_of("m-1"), at=moment)
    assert response.status_code == 401
    assert response.headers["Content-Type"] == MEDIA_TYPE
    assert response.json()["type"].endswith("signature-refused")


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"x", b"{}", b"[]", b"null", b'"m-1"', b"\xff", b'{"data": null}', b'{"data": {}}', b"[" * 100_000),
        *(b'{"data": {"reference": 1}}', b'{"data": {"reference": ""}}', b'{"data": {"reference": "M 1"}}'),
        b'{"data": {"reference": "' + b"m" * 300 + b'"}}',
        b'{"data": {"reference": "m-1\\u0000"}}',
    ],
)
async def test_what_is_signed_and_says_nothing_is_a_400(idle: Desk, body: bytes) -> None:
    response = await hint(idle, idle.town.provider, body)
    assert response.status_code == 400
    assert response.headers["Content-Type"] == MEDIA_TYPE


async def test_nothing_that_was_not_signed_as_agreed_is_accepted(idle: Desk) -> None:
    now = await idle.clock.now()
    junk = Junk(SECRET, body_of("m-1"), now, SEED)
    seen: dict[int, int] = {}
    for n in range(ROUNDS):
        headers, body = junk.request()
        response = await idle.http.post(f"/v1/webhooks/incoming/{idle.town.provider}", content=body, headers=headers)
        seen[response.status_code] = seen.get(response.status_code, 0) + 1
        assert response.status_code == 401, (SEED, n, headers, body[:100])
    assert seen == {401: ROUNDS}
    control = await hint(idle, idle.town.provider, body_of("m-1"), at=now)
    assert control.status_code == 404, "what is signed is admitted, and finds no such mediation"


async def test_the_benchmark_sends_its_junk_to_the_application_as_it_is() -> None:
    assert await fuzz(20, SEED) == {401: 20}


async def test_a_body_that_is_too_long_is_not_taken_in(idle: Desk) -> None:
    response = await hint(idle, idle.town.provider, b" " * (256 * 1024 + 1))
    assert response.status_code == 413


def test_a_control_of_the_junk() -> None:
    junk = Junk(SECRET, b"{}", datetime.now(UTC), 1)
    drawn: list[Any] = [junk.request() for _ in range(200)]
    assert len({repr(one) for one in drawn}) > 150
