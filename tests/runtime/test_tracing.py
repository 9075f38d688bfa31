"""A span tells what is allowed and nothing else; where no collector is named, nothing is traced at all."""

import ast
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from runtime.seals import Process
from runtime.tracing import ALLOWED, Side, carried, is_traced, span, start_tracing, stop_tracing
from tests.test_architecture import PRODUCT, modules, sources

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    start_tracing(None, Process.API, SimpleSpanProcessor(exporter))
    yield exporter
    stop_tracing()


def told(exporter: InMemorySpanExporter) -> list[ReadableSpan]:
    """Return what was traced, once all of it is sent."""
    stop_tracing()
    return list(exporter.get_finished_spans())


def test_nothing_is_traced_where_no_collector_is_named() -> None:
    start_tracing(None, Process.API)
    assert not is_traced()
    with span("a", Side.ASKED, PARENT) as traced:
        traced.tell(http_route="/x")
        traced.failed("x")
        assert carried() is None


def test_a_span_goes_on_with_the_trace_that_was_carried_and_carries_it_on(spans: InMemorySpanExporter) -> None:
    with span("outer", Side.ASKED, PARENT, http_request_method="GET"), span("inner", Side.ASKING):
        inside = carried()
    inner, outer = told(spans)
    assert inside
    assert inside.split("-")[1] == TRACE
    assert outer.parent
    assert f"{outer.parent.span_id:016x}" == PARENT.split("-")[2]
    assert inner.parent
    assert outer.context
    assert inner.parent.span_id == outer.context.span_id
    assert dict(outer.attributes or {}) == {"http.request.method": "GET"}
    assert dict(outer.resource.attributes) == {
        "service.name": "direct-mediation-api",
        "service.version": outer.resource.attributes["service.version"],
    }


@pytest.mark.parametrize("parent", ["", "00-x-y-01", "Jan Jansen", f"00-{'0' * 32}-{'0' * 16}-01", None], ids=str)
def test_what_is_no_trace_is_not_gone_on_with(spans: InMemorySpanExporter, parent: str | None) -> None:
    with span("a", Side.ASKED, parent):
        pass
    [one] = told(spans)
    assert one.parent is None


def test_of_an_exception_only_the_class_is_told(spans: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match="Jansen"), span("a", Side.ASKED):
        raise ValueError("Jan Jansen, 999990019")
    [one] = told(spans)
    assert one.status.status_code is StatusCode.ERROR
    assert one.status.description is None
    assert one.events == ()
    assert dict(one.attributes or {}) == {"error.type": "ValueError"}


def test_what_is_not_allowed_cannot_be_told(spans: InMemorySpanExporter) -> None:
    with span("a", Side.ASKED) as traced:
        with pytest.raises(KeyError):
            traced.tell(url_full="https://x/v1/persons/999990019")
        traced.tell(http_route="/v1/persons/999990019 Jan@example.org")
    [one] = told(spans)
    assert dict(one.attributes or {}) == {"http.route": "/v1/persons/[masked] [masked]"}
    assert set(one.attributes or {}) <= ALLOWED


def test_one_module_knows_of_traces_alone() -> None:
    """Else attributes could be told that nobody looked at."""
    libraries = ("opentelemetry", "temporalio.contrib.opentelemetry")
    imported = {
        name: [module for _, module in modules(ast.parse(source)) if module.startswith(libraries)]
        for part in PRODUCT
        for name, source in sources(part).items()
    }
    assert {name for name, found in imported.items() if found} == {"runtime/tracing.py"}


def test_a_collector_gets_them_by_otlp_over_http() -> None:
    got: list[tuple[str, str, bytes]] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((self.path, self.headers["Content-Type"], body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        start_tracing(f"http://127.0.0.1:{server.server_port}/v1/traces", Process.WORKER)
        with span("activity Record", Side.ASKED, PARENT, mediation_attempt=1):
            pass
        stop_tracing()
        server.shutdown()
    [(path, kind, body)] = got
    assert (path, kind) == ("/v1/traces", "application/x-protobuf")
    [resource] = ExportTraceServiceRequest.FromString(body).resource_spans
    [scope] = resource.scope_spans
    [one] = scope.spans
    assert (one.name, one.trace_id.hex(), one.trace_state) == ("activity Record", TRACE, "")
    assert {each.key: each.value.string_value for each in resource.resource.attributes}.keys() == {
        *("service.name", "service.version"),
    }
