"""The same key again is the same answer: at once, later, after closing, and after Temporal has forgotten."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client

from api.installation import Installation
from domain.facts.value import replace
from runtime.plugin import connect
from runtime.settings import Settings
from sandbox.embedded.ports import free_port
from sandbox.embedded.temporal import TemporalServer
from store.database import Pool
from tests.api.desk import AFTER_REOPENING, Desk, Json, person, skip

ORDERS: list[tuple[str, Json]] = [
    ("commands", {"type": "add_note", "note": "De bezichtiging is dinsdag."}),
    ("commands", {"type": "correct_referral", "changes": {"householdSize": 2}, "note": "Er is een kind bij."}),
    ("commands", {"type": "override_rule", "rule": "quota_full", "note": "Schrijnend geval."}),
    ("tasks/check_readiness-1/answer", {"kind": "check_readiness", "result": "ready"}),
    ("tasks/determine_origin-1/answer", {"kind": "determine_origin", "origin": "almere"}),
    ("tasks/assess-1/answer", {"kind": "assess", "result": "positive", "support": "light"}),
    ("commands", {"type": "withdraw", "source": "client", "note": "Ik blijf toch bij mijn zus."}),
    ("commands", {"type": "report_death", "source": "seen"}),
]


async def count(pool: Pool, table: str) -> int:
    found: int = await pool.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608 - names from this file
    return found


async def given_by_people(pool: Pool) -> list[tuple[str, int]]:
    """The commands of people, each with the number of its events; what partners' systems report comes when it comes."""
    rows = await pool.fetch(
        "SELECT c.id, count(e.sequence) AS events FROM command c"
        " LEFT JOIN event e ON e.mediation = c.mediation AND e.ordinal = c.ordinal"
        " WHERE c.document -> 'by' ->> 'user' <> 'system' GROUP BY c.mediation, c.id, c.ordinal ORDER BY c.ordinal"
    )
    return [(row["id"], row["events"]) for row in rows]


async def test_fifty_starts_with_one_key_are_one_mediation(desk: Desk, pool: Pool) -> None:
    body = desk.referral()
    answers = await asyncio.gather(
        *(desk.post(desk.institution, "/v1/mediations", body, "one-key") for _ in range(50)),
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert await count(pool, "mediation") == await count(pool, "command") == await count(pool, "vault_key") == 1


async def test_every_command_sent_twice_is_done_once_and_answered_alike(desk: Desk, pool: Pool) -> None:
    started = await desk.start("start")
    mediation = f"/v1/mediations/{started['id']}"
    for n, (path, body) in enumerate(ORDERS):
        first = await desk.post(desk.coordinator, f"{mediation}/{path}", body, f"key-{n}")
        before = await given_by_people(pool)
        again = await desk.post(desk.coordinator, f"{mediation}/{path}", body, f"key-{n}")
        expected = 409 if body.get("type") == "report_death" else 200
        assert (first.status_code, again.status_code) == (expected, expected), first.text
        if expected == 200:
            assert first.text == again.text
            assert first.headers["ETag"] == again.headers["ETag"]
            assert await given_by_people(pool) == before
    assert len(await given_by_people(pool)) == 1 + sum(body.get("type") != "report_death" for _, body in ORDERS)
    assert (await desk.start("start")) == started


async def test_after_closing_and_after_temporal_forgot_a_key_is_answered_as_it_was(
    desk: Desk, client: Client, pool: Pool, installation: Installation, served: Settings, tmp_path: Path
) -> None:
    started = await desk.start("start")
    mediation = started["id"]
    path, body = f"/v1/mediations/{mediation}/commands", {"type": "withdraw", "source": "client"}
    closed = await desk.post(desk.coordinator, path, body, "withdraw")
    assert closed.json()["outcome"] == "withdrawn_by_client"
    await skip(desk, client, mediation, AFTER_REOPENING, ends=True)
    await client.get_workflow_handle(mediation).result()
    async with TemporalServer(tmp_path / "empty", free_port()) as empty:
        installation.temporal = await connect(replace(served, temporal_address=empty.address))
        assert (await desk.start("start")) == started
        assert (await desk.post(desk.coordinator, path, body, "withdraw")).text == closed.text
        late = await desk.post(desk.coordinator, path, body, "withdraw-again")
    assert (late.status_code, late.json()["rule"]) == (409, "closed")
    assert await count(pool, "mediation") == 1


async def test_a_key_is_not_for_another_body_path_or_mediation(desk: Desk) -> None:
    started = await desk.start("start")
    other = await desk.start("other", person=person(7))
    paths = [f"/v1/mediations/{one['id']}/commands" for one in (started, other)]
    note: dict[str, Any] = {"type": "add_note", "note": "Een notitie."}
    assert (await desk.post(desk.coordinator, paths[0], note, "n")).status_code == 200
    reuses = [
        await desk.post(desk.coordinator, paths[0], {**note, "note": "Een andere."}, "n"),
        await desk.post(desk.coordinator, paths[1], note, "n"),
        await desk.post(desk.institution, "/v1/mediations", desk.referral(householdSize=3), "start"),
        await desk.post(desk.institution, paths[0], note, "start"),
    ]
    for reuse in reuses:
        assert reuse.status_code == 409
        assert reuse.json()["type"].endswith(":idempotency-key-reused")
    events = await desk.read(desk.coordinator, f"/v1/mediations/{started['id']}/events")
    assert [e["event"]["type"] for e in events["items"]].count("note_added") == 1


async def test_another_organisations_key_is_another_key(desk: Desk) -> None:
    path = f"/v1/mediations/{(await desk.start('k'))['id']}/commands"
    for who in (desk.coordinator, desk.institution, desk.provider):
        note = {"type": "add_note", "note": f"Van {who[0]}."}
        assert (await desk.post(who, path, note, "shared")).status_code == 200
    notes = await desk.read(desk.coordinator, path.replace("commands", "notes"), purpose="decide")
    assert [n["text"] for n in notes["items"]] == ["Van coordinator.", "Van institution.", "Van care_provider."]


async def test_a_refused_start_is_refused_alike(desk: Desk, pool: Pool) -> None:
    await desk.start()
    body = desk.referral()
    refusals = [await desk.post(desk.institution, "/v1/mediations", body, "second") for _ in range(2)]
    for refusal in refusals:
        assert refusal.status_code == 409
        assert refusal.json()["rule"] == "person_has_open_mediation"
    assert await count(pool, "mediation") == 1


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "x" * 129])
async def test_a_key_is_visible_ascii(idle: Desk, key: str) -> None:
    headers = idle.headers(idle.institution) | {"Idempotency-Key": key.encode()}
    response = await idle.http.post("/v1/mediations", headers=headers, json=idle.referral())  # type: ignore[arg-type]
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "Idempotency-Key"


async def test_a_command_without_a_key_is_invalid(idle: Desk) -> None:
    response = await idle.http.post("/v1/mediations", headers=idle.headers(idle.institution), json=idle.referral())
    assert response.status_code == 400
    assert [e["field"] for e in response.json()["errors"]] == ["Idempotency-Key"]
