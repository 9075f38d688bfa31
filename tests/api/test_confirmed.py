"""What is confirmed is in the journal; what cannot be confirmed is said so, and the same key may be sent again."""

import asyncio
import re
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

import api.submission
from api.gates import AT_ONCE
from api.installation import Installation
from api.problems import Busy, Problem, TemporalAway
from domain.exchange.record import Recorded
from runtime.telling import tell
from store.database import Pool
from tests.api.desk import Desk, Json, person
from tests.tampering import tamper

ROOT = Path(__file__).parents[2]
LOST = """
WITH lost AS (DELETE FROM command WHERE mediation = $1 AND ordinal > $2 RETURNING ordinal),
     events AS (DELETE FROM event WHERE mediation = $1 AND ordinal > $2 RETURNING sequence),
     keys AS (DELETE FROM request WHERE mediation = $1)
UPDATE mediation SET sequence = sequence - (SELECT count(*) FROM events) WHERE id = $1
"""
"""A journal that was put back to an earlier moment, as far as one mediation goes."""
NOTE: Json = {"type": "add_note", "note": "Een notitie."}


def kind(response: httpx.Response) -> str:
    return str(response.json()["type"].rpartition(":")[2])


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long for a confirmation."""
    monkeypatch.setattr(api.submission, "PATIENCE", 1.5)


async def test_no_key_is_acknowledged_that_the_journal_lacks(desk: Desk, pool: Pool, hasty: None) -> None:
    mediation = (await desk.start())["id"]
    await desk.settled(mediation)
    path = f"/v1/mediations/{mediation}/commands"
    known = await pool.fetchval("SELECT max(ordinal) FROM command WHERE mediation = $1", mediation)
    assert (await desk.post(desk.coordinator, path, NOTE, "lost")).status_code == 200
    await tamper(pool, LOST, mediation, known)
    again = await desk.post(desk.coordinator, path, NOTE, "lost")
    assert (again.status_code, kind(again)) == (503, "not-confirmed")
    assert again.headers["Retry-After"].isdigit()


async def test_no_referral_is_acknowledged_that_the_journal_lacks(desk: Desk, pool: Pool, hasty: None) -> None:
    mediation = (await desk.start("start"))["id"]
    await desk.settled(mediation)
    held = ("notification", "task", "effect", "event", "command", "request", "letter", "participation", "reference")
    for table in held:
        await tamper(pool, f"DELETE FROM {table} WHERE mediation = $1", mediation)  # noqa: S608 - names of ours
    await pool.execute("DELETE FROM open_person")
    await tamper(pool, "DELETE FROM mediation WHERE id = $1", mediation)
    again = await desk.post(desk.institution, "/v1/mediations", desk.referral(), "start")
    assert (again.status_code, kind(again)) == (503, "not-confirmed")


async def test_nothing_is_decided_on_a_journal_that_was_put_back(desk: Desk, pool: Pool, hasty: None) -> None:
    mediation = (await desk.start())["id"]
    await desk.settled(mediation)
    path = f"/v1/mediations/{mediation}/commands"
    known = await pool.fetchval("SELECT max(ordinal) FROM command WHERE mediation = $1", mediation)
    assert (await desk.post(desk.coordinator, path, NOTE, "lost")).status_code == 200
    await tamper(pool, LOST, mediation, known)
    new = await desk.post(desk.coordinator, path, NOTE, "new")
    assert (new.status_code, kind(new)) == (503, "not-confirmed")
    await asyncio.sleep(1)
    assert await pool.fetchval("SELECT max(ordinal) FROM command WHERE mediation = $1", mediation) == known


async def test_a_mediation_whose_workflow_is_gone_is_out_of_order_and_not_away_for_a_moment(
    desk: Desk, client: Client
) -> None:
    mediation = (await desk.start())["id"]
    path = f"/v1/mediations/{mediation}/commands"
    done = await desk.post(desk.coordinator, path, NOTE, "done")
    await client.get_workflow_handle(mediation).terminate()
    late = await desk.post(desk.coordinator, path, NOTE, "late")
    assert (late.status_code, kind(late)) == (503, "out-of-order")
    assert (await desk.post(desk.coordinator, path, NOTE, "done")).text == done.text


async def test_a_command_that_meets_the_end_of_a_run_is_given_to_the_next(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    mediation = (await desk.start())["id"]
    ends = [RPCError("workflow execution already completed", RPCStatusCode.NOT_FOUND, b"")]

    async def ending(*asked: object) -> Recorded:
        if ends:
            raise ends.pop()
        return await tell(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr(api.submission, "tell", ending)
    response = await desk.post(desk.coordinator, f"/v1/mediations/{mediation}/commands", NOTE)
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("status", "told"),
    {
        # "limit on number of concurrent in-flight updates has been reached"
        RPCStatusCode.RESOURCE_EXHAUSTED: (429, "busy"),
        # "The limit on the total number of distinct updates …"
        RPCStatusCode.FAILED_PRECONDITION: (503, "out-of-order"),
        RPCStatusCode.UNAVAILABLE: (503, "temporal-away"),
        RPCStatusCode.DEADLINE_EXCEEDED: (503, "temporal-away"),
    }.items(),
)
async def test_what_temporal_refuses_is_told_as_what_it_is(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, status: RPCStatusCode, told: tuple[int, str]
) -> None:
    mediation = (await desk.start())["id"]

    async def refusing(*_: object) -> Recorded:
        raise RPCError("as the server says it", status, b"")

    monkeypatch.setattr(api.submission, "tell", refusing)
    response = await desk.post(desk.coordinator, f"/v1/mediations/{mediation}/commands", NOTE)
    assert (response.status_code, kind(response)) == told
    assert response.headers["Retry-After"].isdigit()


@pytest.mark.parametrize(
    ("status", "problem"),
    {RPCStatusCode.RESOURCE_EXHAUSTED: Busy, RPCStatusCode.UNAVAILABLE: TemporalAway}.items(),
)
async def test_whoever_asks_temporal_is_told_whether_it_is_busy_or_away(
    installation: Installation, status: RPCStatusCode, problem: type[Problem]
) -> None:
    with pytest.raises(problem):
        async with installation.reached():
            raise RPCError("as the server says it", status, b"")


async def test_forty_at_once_are_all_done_a_few_at_a_time(
    desk: Desk, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    mediation = (await desk.start())["id"]
    path = f"/v1/mediations/{mediation}/commands"
    under_way, most = 0, 0

    async def counted(*told: Any) -> Recorded:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        try:
            return await tell(*told)
        finally:
            under_way -= 1

    monkeypatch.setattr(api.submission, "tell", counted)
    answers = await asyncio.gather(*(desk.post(desk.coordinator, path, NOTE, f"n-{n}") for n in range(40)))
    assert Counter(answer.status_code for answer in answers) == {200: 40}
    assert most == AT_ONCE
    added = "SELECT count(*) FROM event WHERE mediation = $1 AND type = 'NoteAdded'"
    assert await pool.fetchval(added, mediation) == 40


async def test_more_than_are_taken_at_once_are_told_to_come_back(
    desk: Desk, installation: Installation, hasty: None
) -> None:
    mediation = (await desk.start())["id"]
    path = f"/v1/mediations/{mediation}/commands"
    other = (await desk.start(person=person(7)))["id"]
    gate = installation.gates.of(mediation)
    for _ in range(5):
        await gate.acquire()
    busy = await desk.post(desk.coordinator, path, NOTE, "n")
    assert (busy.status_code, kind(busy), busy.headers["Retry-After"]) == (429, "busy", "1")
    elsewhere = await desk.post(desk.coordinator, f"/v1/mediations/{other}/commands", NOTE)
    assert elsewhere.status_code == 200, "each mediation has its own gate"
    gate.release()
    assert (await desk.post(desk.coordinator, path, NOTE, "n")).status_code == 200


def test_commands_reach_a_workflow_in_one_way_only() -> None:
    giving = re.compile(r"execute_update|start_update")
    files = [
        file
        for part in ("api", "activities", "runtime", "console", "sandbox/src/sandbox")
        for file in (ROOT / part).rglob("*.py")
        if "driven" not in file.parts  # drives a workflow without a store behind it, for tests
    ]
    found = {str(file.relative_to(ROOT)) for file in files if giving.search(file.read_text())}
    interceptors = {"runtime/seal_interceptor.py", "runtime/trace_interceptor.py"}
    assert found == {"runtime/telling.py", "api/submission.py", *interceptors}
