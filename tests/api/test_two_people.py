"""Where letters go, a system, a substitute, who looks on: one proposes, another confirms, the old mailbox hears."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from temporalio.client import Client

from domain.facts.watched import Notified, Watched
from runtime.settings import Settings
from sandbox.embedded.mail import MailServer
from store import directory_notices
from store.database import Pool
from store.directory_notices import Notice
from tests.api.desk import Desk, Json
from tests.api.test_directory import PATH, line_of, put, table
from worker import mediation_worker

COLLEAGUE = "a colleague"


async def asked(desk: Desk, who: tuple[str, str], path: str, subject: str | None = None) -> httpx.Response:
    """Confirm or withdraw a proposal, as one of an organisation's people."""
    token = desk.issuer.issue(*who, subject=subject or f"somebody at {who[1]}")
    return await desk.http.post(f"{PATH}/proposals/{path}", headers={"Authorization": f"Bearer {token}"})


async def changed(desk: Desk, organisation: str, **values: str) -> Json:
    """Have the coordinator change an organisation."""
    rows = await table(desk, desk.coordinator)
    line_of(rows, organisation).update(values)
    answered = await put(desk, desk.coordinator, rows)
    assert answered.status_code == 200, answered.text
    told: Json = answered.json()
    return told


async def stands(desk: Desk, organisation: str, column: str) -> str:
    return line_of(await table(desk, desk.coordinator), organisation)[column]


async def told(pool: Pool, organisation: str) -> list[Notice]:
    return [one for one in await directory_notices.waiting(pool) if one.organisation == organisation]


CHANGES = {
    "mail": ({"mail": "overgenomen@elders.nl"}, Watched.MAIL),
    "contacts": ({"contacts": "general=overgenomen@elders.nl"}, Watched.CONTACTS),
    "channel": ({"channel": "none"}, Watched.CHANNEL),
    "substitute": ({"substitute": "almere"}, Watched.SUBSTITUTE),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_a_coordinator_alone_redirects_nothing_of_a_partner(idle: Desk, pool: Pool, change: str) -> None:
    values, what = CHANGES[change]
    partner = idle.town.institution
    before = {name: await stands(idle, partner, name) for name in (*values, "mail")}
    answered = await changed(idle, partner, **values)
    assert (answered["changed"], answered["revision"]) == (0, 1)
    [proposal] = answered["proposed"]
    assert proposal["watched"] == [what.value]
    assert {name: await stands(idle, partner, name) for name in before} == before
    [notice] = await told(pool, partner)
    assert (notice.told, notice.reader.mail) == (Notified.PROPOSED, before["mail"])
    refused = await asked(idle, idle.coordinator, f"{proposal['id']}/confirm")
    assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == (403, "second-person-needed")
    confirmed = await asked(idle, idle.coordinator, f"{proposal['id']}/confirm", COLLEAGUE)
    assert (confirmed.status_code, confirmed.json()["confirmed"]) == (200, True)
    assert {name: await stands(idle, partner, name) for name in values} == values
    assert [(one.told, one.reader.mail) for one in await told(pool, partner)] == [
        (Notified.PROPOSED, before["mail"]),
        (Notified.CHANGED, before["mail"]),
    ]
    again = await asked(idle, idle.coordinator, f"{proposal['id']}/confirm", COLLEAGUE)
    assert again.status_code == 200, "a request that is sent again"
    over = await asked(idle, idle.coordinator, f"{proposal['id']}/withdraw")
    assert over.json()["type"].rpartition(":")[2] == "proposal-over"


async def test_a_coordinator_alone_adds_nobody_who_looks_on(idle: Desk, pool: Pool) -> None:
    rows = await table(idle, idle.coordinator)
    name = f"auditor-{idle.town.tag}"
    rows.append(dict.fromkeys(rows[0], "") | {"id": name, "role": "auditor", "name": "X", "mail": "x@x.nl"})
    rows[-1]["municipalities"] = "almere"
    [proposal] = (await put(idle, idle.coordinator, rows)).json()["proposed"]
    assert proposal["before"] is None
    [notice] = await told(pool, name)
    assert (notice.reader.id, notice.watched) == ("almere", (Watched.OVERSIGHT,))
    assert name not in {row["id"] for row in await table(idle, idle.admin)}
    assert (await asked(idle, idle.admin, f"{proposal['id']}/confirm")).status_code == 200
    assert name in {row["id"] for row in await table(idle, idle.admin)}


async def test_an_administrator_alone_points_a_system_nowhere_else(idle: Desk, pool: Pool) -> None:
    rows = await table(idle, idle.admin)
    partner = idle.town.institution
    line_of(rows, partner)["system"] = '{"kind": "plain", "url": "https://elders.example"}'
    [proposal] = (await put(idle, idle.admin, rows)).json()["proposed"]
    assert proposal["watched"] == ["system"]
    assert [one.told for one in await told(pool, partner)] == [Notified.PROPOSED]
    assert (await asked(idle, ("institution", partner), f"{proposal['id']}/confirm")).status_code == 200
    assert "elders.example" in (await stands(idle, partner, "system"))


async def test_whom_it_does_not_concern_sees_and_decides_nothing(idle: Desk) -> None:
    partner = idle.town.institution
    [proposal] = (await changed(idle, partner, mail="n@n.nl"))["proposed"]
    for who in (idle.elsewhere, idle.provider, idle.corporation, ("auditor", f"elsewhere-inspection-{idle.town.tag}")):
        assert (await idle.read(who, f"{PATH}/proposals"))["items"] == [], who
        for what in ("confirm", "withdraw"):
            assert (await asked(idle, who, f"{proposal['id']}/{what}")).status_code == 404, who
    assert [one["id"] for one in (await idle.read(idle.auditor, f"{PATH}/proposals"))["items"]] == [proposal["id"]]
    assert (await asked(idle, idle.auditor, f"{proposal['id']}/confirm")).status_code == 403
    assert (await asked(idle, idle.coordinator, "dp-0-nobody-1/confirm", COLLEAGUE)).status_code == 404
    assert (await asked(idle, idle.coordinator, "%00/confirm", COLLEAGUE)).status_code == 400
    assert await stands(idle, partner, "mail") != "n@n.nl"


async def test_the_partner_itself_withdraws_it_and_is_told_so(idle: Desk, pool: Pool) -> None:
    partner = idle.town.institution
    [proposal] = (await changed(idle, partner, mail="n@n.nl"))["proposed"]
    waits = await put(idle, idle.coordinator, await _with(idle, partner, mail="m@n.nl"))
    assert (waits.status_code, waits.json()["type"].rpartition(":")[2]) == (409, "change-waits")
    alone = await put(idle, idle.coordinator, await _with(idle, partner, name="Een nieuwe naam"))
    assert alone.status_code == 409, "it would be lost when the other is confirmed"
    same = await put(idle, idle.coordinator, await _with(idle, partner, mail="n@n.nl"))
    assert [one["id"] for one in same.json()["proposed"]] == [proposal["id"]]
    withdrawn = await asked(idle, ("institution", partner), f"{proposal['id']}/withdraw")
    assert (withdrawn.status_code, withdrawn.json()["confirmed"]) == (200, False)
    assert [one.told for one in await told(pool, partner)] == [Notified.PROPOSED, Notified.WITHDRAWN]
    refused = await asked(idle, idle.coordinator, f"{proposal['id']}/confirm", COLLEAGUE)
    assert refused.json()["type"].rpartition(":")[2] == "proposal-over"
    assert (await changed(idle, partner, name="Een nieuwe naam"))["changed"] == 1


async def _with(desk: Desk, organisation: str, **values: str) -> list[dict[str, str]]:
    rows = await table(desk, desk.coordinator)
    line_of(rows, organisation).update(values)
    return rows


async def test_who_stands_in_for_a_partner_confirms_nothing_of_it(idle: Desk) -> None:
    partner, today = idle.town.institution, (await idle.today()).isoformat()
    stand_in = f"other-institution-{idle.town.tag}"
    [first] = (await changed(idle, partner, substitute=stand_in, absences=f"{today}/{today}"))["proposed"]
    assert (await asked(idle, idle.coordinator, f"{first['id']}/confirm", COLLEAGUE)).status_code == 200
    [proposal] = (await changed(idle, partner, mail="n@n.nl"))["proposed"]
    headers = idle.headers(("institution", stand_in)) | {"On-Behalf-Of": partner}
    refused = await idle.http.post(f"{PATH}/proposals/{proposal['id']}/confirm", headers=headers)
    assert refused.status_code == 404


async def test_what_waited_too_long_is_proposed_anew(idle: Desk) -> None:
    [proposal] = (await changed(idle, idle.town.institution, mail="n@n.nl"))["proposed"]
    idle.clock.ahead += timedelta(days=31)
    late = await asked(idle, idle.coordinator, f"{proposal['id']}/confirm", COLLEAGUE)
    assert late.json()["type"].rpartition(":")[2] == "proposal-over"
    [anew] = (await changed(idle, idle.town.institution, mail="n@n.nl"))["proposed"]
    assert anew["id"] != proposal["id"]
    assert (await asked(idle, idle.coordinator, f"{anew['id']}/confirm", COLLEAGUE)).status_code == 200


async def test_the_old_mailbox_gets_the_letters(
    idle: Desk, served: Settings, client: Client, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    partner, new = idle.town.institution, f"nieuw-{idle.town.tag}@elders.nl"
    old = await stands(idle, partner, "mail")
    [proposal] = (await changed(idle, partner, mail=new))["proposed"]
    assert (await asked(idle, idle.coordinator, f"{proposal['id']}/confirm", COLLEAGUE)).status_code == 200
    monkeypatch.setattr("worker.LOOK_EVERY", 0.5)
    sent: list[str] = []
    async with mediation_worker(served, client) as worker, worker, asyncio.timeout(60):
        while len(sent) < 2:
            await asyncio.sleep(0.2)
            sent = [str(one.get_content()) for one in mail.mailbox.mails() if str(one["To"]) == old]
        assert new not in "".join(sent)
        assert sorted("goedkeuren" in body for body in sent) == [False, True]
        await asyncio.sleep(2)
    assert {str(one["To"]) for one in mail.mailbox.mails()} == {old}
    assert len(mail.mailbox.mails()) == 2, "each once"
