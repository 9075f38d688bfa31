"""A municipality's coordinators manage who is told of its events; secrets are shown once, addresses are guarded."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from temporalio.client import Client

from domain.exchange.published import TYPES, cloud_type
from domain.facts.value import replace
from runtime.settings import Settings
from sandbox.partners.receiver import Receiver
from store.database import Pool, rows_of
from store.notifications import Notifications
from tests.api.desk import Desk, Json
from tests.console.commands import HOUSE, Said, typed
from tests.listening import listening
from tests.store.script import script
from worker import mediation_worker

PLAIN: Json = {"kind": "cloudevents", "url": "https://bus.example.nl/hook"}
ZGW: Json = {
    "kind": "zgw",
    "url": "https://zgw.example.nl/zaken/api/v1",
    "catalogiUrl": "https://zgw.example.nl/catalogi/api/v1",
    "clientId": "dm",
    "clientSecret": "a-secret-of-the-case-system-of-32-chars",
    "rsin": "123456782",
    "caseType": "DIRECTE-BEMIDDELING",
}


@pytest.fixture
def served(served: Settings) -> Settings:
    """This machine is the site's own network; what happened is noticed at once."""
    return replace(served, webhook_hosts="127.0.0.1", webhook_seconds=1)


async def add(desk: Desk, body: Json = PLAIN, key: str | None = None) -> Json:
    response = await desk.post(desk.coordinator, "/v1/webhooks", body, key)
    assert response.status_code == 201, response.text
    made: Json = response.json()
    return made


async def test_a_secret_is_shown_when_it_is_made_and_never_again(idle: Desk, pool: Pool) -> None:
    made = await add(idle, key="k-1")
    assert made["secret"].startswith("whsec_")
    assert await add(idle, key="k-1") == made, "the same request is answered alike"
    reused = await idle.post(idle.coordinator, "/v1/webhooks", PLAIN | {"url": "https://other.example.nl/"}, "k-1")
    assert reused.status_code == 409
    webhook = made["webhook"]["id"]
    path = f"/v1/webhooks/{webhook}"
    shown = [await idle.read(idle.coordinator, "/v1/webhooks"), await idle.read(idle.coordinator, path)]
    assert "whsec_" not in str(shown)
    assert shown[0]["items"] == [shown[1]]
    assert shown[1]["source"] == "urn:nld:gemeente:almere:systeem:direct-mediation"
    rotated = (await idle.post(idle.coordinator, f"{path}/rotate", {}, "r-1")).json()
    assert rotated["secret"] != made["secret"]
    assert rotated["webhook"]["previousUntil"]
    assert (await idle.post(idle.coordinator, f"{path}/rotate", {}, "r-1")).json() == rotated
    assert made["secret"][6:] not in "".join(await rows_of(pool, "webhook"))


async def test_a_case_system_is_added_with_its_secret_which_is_not_shown(idle: Desk) -> None:
    made = await add(idle, ZGW)
    assert made["secret"] is None
    assert "a-secret-of" not in str(await idle.read(idle.coordinator, "/v1/webhooks"))
    rotate = await idle.post(idle.coordinator, f"/v1/webhooks/{made['webhook']['id']}/rotate", {})
    assert rotate.status_code == 400


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "http://bus.example.nl/"},
        {"url": "https://localhost/"},
        {"url": "https://10.0.0.1/"},
        {"url": "https://user@bus.example.nl/"},
        {"url": "https://bus.example.nl:22/"},
        {"url": "https://bücher.example/"},
        {"types": []},
        {"types": ["nl.example.v1"]},
        {"types": [cloud_type("aanbod-gedaan"), "x"]},
        {"kind": "mail"},
        {"secret": "mine"},
        {"kind": "zgw"},
        ZGW | {"catalogiUrl": "https://169.254.169.254/"},
        ZGW | {"rsin": "12345678"},
        ZGW | {"clientSecret": "short"},
    ],
)
async def test_a_wrong_address_or_type_is_refused_and_nothing_is_added(idle: Desk, changes: Json) -> None:
    response = await idle.post(idle.coordinator, "/v1/webhooks", PLAIN | changes)
    assert response.status_code == 400, response.text
    assert (await idle.read(idle.coordinator, "/v1/webhooks"))["items"] == []


async def test_only_coordinators_manage_and_only_their_own(idle: Desk) -> None:
    webhook = (await add(idle))["webhook"]["id"]
    path = f"/v1/webhooks/{webhook}"
    partners = [idle.institution, idle.team, idle.provider, idle.corporation]
    for who in [*partners, idle.admin]:
        assert (await idle.post(who, "/v1/webhooks", PLAIN)).status_code == 403
        assert (await idle.get(who, "/v1/webhooks")).status_code == 403
        assert (await idle.get(who, path)).status_code == 403
    assert (await idle.get(idle.auditor, path)).status_code == 200
    assert (await idle.post(idle.auditor, f"{path}/rotate", {})).status_code == 403
    assert (await idle.read(idle.elsewhere, "/v1/webhooks"))["items"] == []
    for rest in ("", "/dead-letters"):
        assert (await idle.get(idle.elsewhere, path + rest)).status_code == 404
    for rest in ("/rotate", "/disable", "/enable", "/dead-letters/resend"):
        response = await idle.post(idle.elsewhere, path + rest, {"reason": "x"} if rest == "/disable" else {})
        assert response.status_code == 404, rest
    gone = await idle.http.delete(path, headers=idle.headers(idle.elsewhere))
    assert gone.status_code == 404
    assert (await idle.get(idle.coordinator, path)).status_code == 200
    assert (await idle.http.delete(path, headers=idle.headers(idle.coordinator))).status_code == 204
    assert (await idle.get(idle.coordinator, path)).status_code == 404


async def test_dead_letters_are_listed_in_pages_and_sent_again(idle: Desk, pool: Pool) -> None:
    webhook = (await add(idle))["webhook"]["id"]
    now = datetime.now(UTC)
    for n in range(1, 6):
        await pool.execute(
            "INSERT INTO notification VALUES ($1, 'm-1', $2, $3, $4, NULL, $4, 10, 'timeout', 'dead', $5)",
            *(webhook, n, TYPES[0], now, now + timedelta(seconds=n)),
        )
    path = f"/v1/webhooks/{webhook}"
    first = await idle.read(idle.coordinator, f"{path}/dead-letters", limit=3)
    rest = await idle.read(idle.coordinator, f"{path}/dead-letters", limit=3, cursor=first["next"])
    assert [one["id"] for one in first["items"] + rest["items"]] == [f"m-1/{n}" for n in range(1, 6)]
    assert rest["next"] is None
    assert (await idle.read(idle.coordinator, path))["deadLetters"] == 5
    one = await idle.post(idle.coordinator, f"{path}/dead-letters/resend", {"ids": ["m-1/2", "m-9/9"]})
    assert one.json() == {"resent": 1}
    everything = await idle.post(idle.coordinator, f"{path}/dead-letters/resend", {})
    assert everything.json() == {"resent": 4}
    assert await Notifications(pool, webhook).counts() == (5, 0)


async def test_what_is_missed_while_disabled_is_listed_and_told_first_when_it_is_sent_again(
    idle: Desk, pool: Pool
) -> None:
    path = f"/v1/webhooks/{(await add(idle))['webhook']['id']}"
    assert (await idle.post(idle.coordinator, f"{path}/disable", {"reason": "moving"})).status_code == 200
    await script("match").play(pool)
    missed = (await idle.read(idle.coordinator, f"{path}/dead-letters", limit=50))["items"]
    assert {(one["code"], one["triedAt"], one["attempts"]) for one in missed} == {("disabled", None, 0)}
    told = [int(one["id"].partition("/")[2]) for one in missed]
    assert told == sorted(told)
    sent = await idle.post(idle.coordinator, f"{path}/dead-letters/resend", {})
    assert sent.json() == {"resent": len(missed)}
    enabled = (await idle.post(idle.coordinator, f"{path}/enable", {})).json()
    assert (enabled["enabled"], enabled["waiting"], enabled["deadLetters"]) == (True, len(missed), 0)


async def test_without_temporal_it_is_kept_and_answered_503(idle: Desk, app: FastAPI, client: Client) -> None:
    app.state.installation.temporal = None
    assert (await idle.post(idle.coordinator, "/v1/webhooks", PLAIN, "k-1")).status_code == 503
    app.state.installation.temporal = client
    await add(idle, key="k-1")
    assert len((await idle.read(idle.coordinator, "/v1/webhooks"))["items"]) == 1


@pytest.fixture
async def address(app: FastAPI) -> AsyncIterator[str]:
    """Where the installation's API answers."""
    async with listening(app) as url:
        yield url


async def command(desk: Desk, address: str, *arguments: str) -> Said:
    """Run `mediation webhook` as the coordinator; return its exit code and what it said."""
    token = desk.issuer.issue(*desk.coordinator, subject="somebody")
    return await typed(HOUSE, "webhook", *arguments, "--api", address, environment={"MEDIATION_TOKEN": token})


async def test_from_the_command_line_to_what_arrives(
    idle: Desk, served: Settings, client: Client, address: str
) -> None:
    receiver = Receiver()
    async with listening(receiver.application()) as url, mediation_worker(served, client) as worker, worker:
        code, out, err = await command(idle, address, "add", f"{url}/hook", "--key", idle.town.tag)
        assert (code, err) == (0, "")
        webhook, secret = out.split()
        receiver.secrets = [secret]
        mediation = (await idle.start())["id"]
        for _ in range(200):
            if len(receiver.events) > 2:
                break
            await asyncio.sleep(0.05)
        assert {event["subject"] for event in receiver.events} == {mediation}
        assert receiver.events[0]["type"] == cloud_type("aangemeld")
        code, out, _ = await command(idle, address, "rotate", webhook)
        assert out.startswith("whsec_")
        code, out, _ = await command(idle, address, "disable", webhook, "--reason", "Verhuizing.")
        assert code == 0
        code, out, _ = await command(idle, address, "list")
        assert "disabled: Verhuizing., 0 waiting, 0 dead letters" in out
        assert (await command(idle, address, "enable", webhook))[0] == 0
        assert await command(idle, address, "dead-letters", webhook) == (0, "", "")
        assert await command(idle, address, "resend", webhook) == (0, "0 resent\n", "")
        assert (await command(idle, address, "remove", webhook))[0] == 0
        code, _, err = await command(idle, address, "rotate", webhook)
        assert (code, err[:3]) == (1, "404")
        code, _, err = await command(idle, address, "add", "https://localhost/")
        assert (code, err) == (
            1,
            "400 url: this address is not called: it must name a server by its name, and not by a number\n",
        )


async def test_the_dataref_of_an_event_leads_to_the_mediation(idle: Desk, served: Settings, client: Client) -> None:
    receiver = Receiver()
    async with listening(receiver.application()) as url, mediation_worker(served, client) as worker, worker:
        made = await add(idle, {"kind": "cloudevents", "url": f"{url}/hook"})
        receiver.secrets = [made["secret"]]
        await idle.start()
        for _ in range(200):
            if receiver.events:
                break
            await asyncio.sleep(0.05)
        read = await idle.get(idle.coordinator, httpx.URL(receiver.events[0]["dataref"]).path)
        assert read.json()["id"] == receiver.events[0]["subject"]
        assert not any(value in str(receiver.events) for value in _personal(idle))


def _personal(desk: Desk) -> list[str]:
    person: dict[str, Any] = desk.referral()["person"]
    return [str(value) for value in (person["bsn"], person["name"], person["bornOn"], person["mail"])]
