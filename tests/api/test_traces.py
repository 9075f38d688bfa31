"""One trace from a request through Temporal to the partner that is asked, with nothing of a person in it."""

import json
from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from temporalio.client import Client
from temporalio.worker import Replayer

from audit.replay import replay
from runtime.codec import EncryptionCodec
from runtime.plugin import MediationPlugin
from runtime.seals import Process
from runtime.settings import Settings
from runtime.trace_interceptor import KEY, CarriesTraces
from runtime.tracing import ALLOWED, HEADER, start_tracing, stop_tracing
from tests.api.desk import Desk
from workflows.mediation import MediationWorkflow

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"
SAID = {HEADER: PARENT, "tracestate": "vendor=Quackenbosch", "baggage": "name=Quackenbosch"}
"""What a caller sends: a trace to go on with, and words that go nowhere."""


@pytest.fixture(autouse=True)
def spans() -> Iterator[InMemorySpanExporter]:
    """Made before the connection to Temporal, which is told when it is made whether it carries traces."""
    exporter = InMemorySpanExporter()
    start_tracing(None, Process.API, SimpleSpanProcessor(exporter))
    yield exporter
    stop_tracing()


def of_the_trace(exporter: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    """Return the spans that go on with the trace of the caller, by their names."""
    finished = exporter.get_finished_spans()
    return {one.name: one for one in finished if one.context and f"{one.context.trace_id:032x}" == TRACE}


def texts(value: object) -> set[str]:
    """Every text in a value."""
    match value:
        case dict():
            return {text for one in value.values() for text in texts(one)}
        case str() if len(value) > 3:
            return {value}
        case _:
            return set()


async def test_a_request_is_followed_to_the_partner_that_is_asked_and_tells_of_nobody(
    desk: Desk, spans: InMemorySpanExporter, client: Client, served: Settings
) -> None:
    desk.http.headers.update(SAID)
    mediation = (await desk.start())["id"]
    await desk.answer(desk.coordinator, mediation, "check_readiness", result="ready")
    await desk.answer(desk.coordinator, mediation, "determine_origin", origin=desk.town.municipality)
    await desk.grant(mediation)
    found = of_the_trace(spans)
    assert {
        "POST /v1/mediations",
        "POST /v1/mediations/{mediation}/tasks/{task}/answer",
        "update submit",
        "activity Record",
        "activity AskAssessment",
        "partner POST",
    } <= found.keys(), sorted(found)
    asked, partner = found["activity AskAssessment"], found["partner POST"]
    assert partner.parent
    assert asked.context
    assert partner.parent.span_id == asked.context.span_id
    assert dict(asked.attributes or {}) == {"mediation.workflow": mediation, "mediation.attempt": 1}
    told = spans.get_finished_spans()
    assert {name for one in told for name in one.attributes or {}} <= ALLOWED
    said = json.dumps([json.loads(one.to_json()) for one in told])
    canaries = texts(desk.referral()["person"])
    assert len(canaries) > 3
    assert [canary for canary in {*canaries, "Quackenbosch"} if canary in said] == []
    assert mediation in said


async def test_a_history_keeps_random_numbers_alone_and_keeps_them_encrypted(
    desk: Desk, client: Client, served: Settings
) -> None:
    desk.http.headers.update(SAID)
    mediation = (await desk.start())["id"]
    history = await client.get_workflow_handle(mediation).fetch_history()
    scheduled = [event.activity_task_scheduled_event_attributes for event in history.events]
    headers = [one.header.fields[KEY] for one in scheduled if KEY in one.header.fields]
    assert headers
    assert all(TRACE.encode() not in one.data for one in headers)
    [clear] = await EncryptionCodec(served.key_ring, strict=True).decode(headers[:1])
    version, trace, parent, flags = json.loads(clear.data).split("-")
    assert (version, trace, flags) == ("00", TRACE, "01")
    assert len(parent) == 16


@pytest.mark.parametrize("traced", [True, False], ids=["traced", "untraced"])
async def test_what_a_workflow_did_under_a_trace_replays_with_and_without_one(
    desk: Desk, client: Client, served: Settings, traced: bool
) -> None:
    """A history with the header and one without it are the same to the workflow's code, and to an auditor."""
    desk.http.headers.update(SAID)
    mediation = (await desk.start())["id"]
    await desk.answer(desk.coordinator, mediation, "check_readiness", result="ready")
    history = await client.get_workflow_handle(mediation).fetch_history()
    plugin = MediationPlugin(served.key_ring, [CarriesTraces()] if traced else [])
    await Replayer(workflows=[MediationWorkflow], plugins=[plugin]).replay_workflow(history)
    [verdict] = await replay(served.key_ring, [history])
    assert (verdict.failure, verdict.finding) == (None, None)
