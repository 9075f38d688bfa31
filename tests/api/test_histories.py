"""The recorded history over the API: for auditors, whole, in clear, and told for what it is when it is not there."""

import base64
import json
from datetime import timedelta
from pathlib import Path

from temporalio.client import Client, WorkflowHistory

from api.installation import Installation
from audit.replay import replay
from domain.facts.value import replace
from runtime.histories import InTemporal
from runtime.keys import KeyRing
from runtime.plugin import connect
from runtime.settings import Settings
from sandbox.embedded.ports import free_port
from sandbox.embedded.temporal import TemporalServer
from tests.api.desk import Desk
from tests.town import BSN


async def test_an_auditor_reads_every_event_in_clear(desk: Desk, client: Client, served: Settings) -> None:
    mediation = (await desk.start())["id"]
    await desk.settled(mediation)
    told = await desk.read(desk.auditor, f"/v1/mediations/{mediation}/history")
    [run] = told["runs"]
    assert (told["mediation"], told["earlierForgotten"]) == (mediation, False)
    assert (run["unreadable"], run["ended"]) == ([], False)
    handle = client.get_workflow_handle(mediation, run_id=run["runId"])
    whole = await handle.fetch_history()
    assert run["events"] == len(run["history"]["events"]) <= len(whole.events)
    accepted = next(
        e["workflowExecutionUpdateAcceptedEventAttributes"]
        for e in run["history"]["events"]
        if "workflowExecutionUpdateAcceptedEventAttributes" in e
    )
    [payload] = accepted["acceptedRequest"]["input"]["args"]["payloads"]
    asked = json.loads(base64.b64decode(payload["data"]))
    assert json.loads(asked["seal"]["text"])["type"] == "StartMediation"
    text = json.dumps(told) + base64.b64decode(payload["data"]).decode()
    assert BSN not in text
    # Temporal's own reader takes it, and what it read is the history.
    again = WorkflowHistory.from_json(mediation, json.dumps(run["history"]))
    assert [e.event_type for e in again.events] == [e.event_type for e in whole.events[: len(again.events)]]
    assert [one.failure for one in await replay(served.key_ring, [whole])] == [None]


async def test_what_cannot_be_decrypted_is_told_and_left_as_it_is(desk: Desk, installation: Installation) -> None:
    mediation = (await desk.start())["id"]
    installation.key_ring = KeyRing.generate("other")
    [run] = (await desk.read(desk.auditor, f"/v1/mediations/{mediation}/history"))["runs"]
    assert run["unreadable"][0] == 1
    assert len(run["unreadable"]) > 3


async def test_a_history_that_temporal_does_not_have_is_gone(
    desk: Desk, installation: Installation, served: Settings, tmp_path: Path
) -> None:
    mediation = (await desk.start())["id"]
    async with TemporalServer(tmp_path / "other", free_port()) as server:
        installation.temporal = await connect(replace(served, temporal_address=server.address))
        gone = await desk.get(desk.auditor, f"/v1/mediations/{mediation}/history")
        assert (gone.status_code, gone.json()["type"].rpartition(":")[2]) == (410, "history-forgotten")
        kept = (await InTemporal(installation.temporal).of(mediation)).kept_for
        assert kept is not None
        assert kept > timedelta(days=1)
    for away in (installation.temporal, None):
        installation.temporal = away
        response = await desk.get(desk.auditor, f"/v1/mediations/{mediation}/history")
        assert (response.status_code, response.json()["type"].rpartition(":")[2]) == (503, "temporal-away")
        assert response.headers["Retry-After"].isdigit()


async def test_only_auditors_of_the_own_municipality_read_it(desk: Desk) -> None:
    mediation = (await desk.start())["id"]
    path = f"/v1/mediations/{mediation}/history"
    for who in (desk.coordinator, desk.institution, desk.admin, desk.provider):
        response = await desk.get(who, path)
        assert (response.status_code, response.headers["Content-Type"]) == (403, "application/problem+json")
    elsewhere = ("auditor", f"elsewhere-inspection-{desk.town.tag}")
    assert (await desk.get(elsewhere, path)).status_code == 404
    assert (await desk.get(desk.auditor, "/v1/mediations/m-nowhere/history")).status_code == 404
