"""What follows the end reaches a mediation of which the workflow has completed: it goes on in a new run, once."""

import asyncio
from datetime import timedelta

import pytest
from temporalio.client import (
    Client,
    DescribeWorkflowInput,
    Interceptor,
    OutboundInterceptor,
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
)

from audit.examine import examine
from runtime.histories import InTemporal
from runtime.settings import Settings
from runtime.telling import completed_run
from sandbox.driven.journey import eventually
from store import journal
from store.database import Pool
from tests.api.desk import Desk, skip

WHY = "In januari woonde u vier weken op proef. Dat lukte nog niet."
LATE = "Ik lag in het ziekenhuis en kon niet schrijven."


async def completed(desk: Desk, client: Client) -> str:
    """A rejected client's mediation, after the term to object: its workflow waits for nothing any more."""
    mediation = str((await desk.start())["id"])
    await desk.answer(desk.coordinator, mediation, "check_readiness", result="ready")
    await desk.answer(desk.coordinator, mediation, "determine_origin", origin=desk.town.municipality)
    await desk.answer(desk.team, mediation, "assess", result="negative", note=WHY)
    await desk.answer(desk.coordinator, mediation, "decide_urgency", granted=False, note=WHY)
    await desk.settled(mediation)
    waived = {"hearing": "waived", "saidBy": "client", "heardOn": str(await desk.today())}
    await desk.answer(
        desk.coordinator, mediation, "hear_client", result="stands", note=WHY, reasons=["skills"], **waived
    )
    await skip(desk, client, mediation, timedelta(days=90), ends=True)
    assert await status(client, mediation) is WorkflowExecutionStatus.COMPLETED
    return mediation


async def status(client: Client, mediation: str) -> WorkflowExecutionStatus | None:
    return (await client.get_workflow_handle(mediation).describe()).status


async def events(desk: Desk, mediation: str) -> list[str]:
    page = await desk.read(desk.coordinator, f"/v1/mediations/{mediation}/events", limit=100)
    return [one["event"]["type"] for one in page["items"]]


@pytest.mark.timeout(240)
async def test_an_objection_and_a_complaint_reach_a_mediation_whose_workflow_has_completed(
    desk: Desk, client: Client, pool: Pool, served: Settings
) -> None:
    mediation = await completed(desk, client)
    path = f"/v1/mediations/{mediation}/commands"
    objection = {"type": "file_objection", "against": "end", "note": LATE}
    twice = await asyncio.gather(*(desk.post(desk.institution, path, objection, key="late-1") for _ in range(2)))
    assert [one.status_code for one in twice] == [200, 200], [one.text for one in twice]
    await desk.settled(mediation)
    assert (await events(desk, mediation)).count("objection_filed") == 1
    assert await status(client, mediation) is WorkflowExecutionStatus.RUNNING, "it waits for the decision"

    decided = await desk.decide_objection(
        mediation, result="inadmissible", hearing="needless", ground="incomplete", note=WHY
    )
    assert (decided["stage"], decided["objection"]["result"]) == ("closed", "inadmissible")
    await desk.settled(mediation)
    [examined] = await examine(served.key_ring, InTemporal(client), pool, [mediation])
    assert (examined.finding, examined.runs) == (None, 2)

    async def over() -> bool:
        return await status(client, mediation) is WorkflowExecutionStatus.COMPLETED

    await eventually(over, lambda: "it was decided and told, and still it runs")
    complaint = {"type": "file_complaint", "complainant": "client", "note": LATE}
    complained = await desk.post(desk.coordinator, path, complaint)
    assert complained.status_code == 200, complained.text
    assert await desk.task(mediation, "handle_complaint")
    assert await status(client, mediation) is WorkflowExecutionStatus.RUNNING


@pytest.mark.timeout(240)
async def test_how_a_run_ended_is_known_also_when_the_next_begins_meanwhile(
    desk: Desk, client: Client, pool: Pool
) -> None:
    mediation = await completed(desk, client)
    ended = (await client.get_workflow_handle(mediation).describe()).run_id
    loaded = await journal.load(pool, mediation)
    assert loaded is not None

    class Meanwhile(OutboundInterceptor):
        async def describe_workflow(self, input: DescribeWorkflowInput) -> WorkflowExecutionDescription:
            described = await super().describe_workflow(input)
            complaint = {"type": "file_complaint", "complainant": "client", "note": LATE}
            path = f"/v1/mediations/{mediation}/commands"
            assert (await desk.post(desk.coordinator, path, complaint)).status_code == 200
            return described

    class Between(Interceptor):
        def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:
            return Meanwhile(super().intercept_client(next))

    config = client.config()
    config["interceptors"] = [*config["interceptors"], Between()]
    known = completed_run(Client(**config), mediation, loaded.commands, loaded.head)
    assert await asyncio.wait_for(known, 20) == ended


@pytest.mark.timeout(240)
async def test_what_may_not_follow_the_end_starts_nothing(desk: Desk, client: Client) -> None:
    mediation = await completed(desk, client)
    refused = await desk.post(
        desk.coordinator, f"/v1/mediations/{mediation}/commands", {"type": "withdraw", "source": "client"}
    )
    assert (refused.status_code, refused.json()["rule"]) == (409, "closed")
    assert await status(client, mediation) is WorkflowExecutionStatus.COMPLETED


@pytest.mark.timeout(240)
async def test_a_workflow_that_was_broken_off_is_not_gone_on_with(desk: Desk, client: Client) -> None:
    mediation = await completed(desk, client)
    path = f"/v1/mediations/{mediation}/commands"
    complaint = {"type": "file_complaint", "complainant": "client", "note": LATE}
    assert (await desk.post(desk.coordinator, path, complaint)).status_code == 200
    await client.get_workflow_handle(mediation).terminate()
    again = await desk.post(desk.coordinator, path, complaint)
    assert (again.status_code, again.json()["type"]) == (503, "urn:direct-mediation:problem:out-of-order")
