"""Traces in the form of OpenTelemetry, where an installation names a collector: requests, commands, activities, calls.

The only module that knows OpenTelemetry. A span has a name of ours and the attributes of `ALLOWED`; no address, no word
of a caller and no text of an exception can be told. Between processes goes `traceparent` alone (W3C Trace Context):
random numbers. `tracestate` and `baggage`, which hold what others like, are neither read nor sent.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING

from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from runtime.build import release
from runtime.logging import plain
from runtime.seals import Process

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor, TracerProvider

ALLOWED = frozenset(
    {"http.request.method", "http.route", "http.response.status_code", "error.type"}
    | {"mediation.workflow", "mediation.activity", "mediation.attempt", "mediation.command"}
)
"""What a span may tell: kinds, codes, counts, and the number of a workflow."""
HEADER = "traceparent"
_PROPAGATOR = TraceContextTextMapPropagator()
_providers: "list[TracerProvider]" = []


class Side(StrEnum):
    """On which side of a call a span is."""

    ASKED = "asked"
    ASKING = "asking"


_KINDS = {Side.ASKED: SpanKind.SERVER, Side.ASKING: SpanKind.CLIENT}


class Traced:
    """What is being traced: nothing, where nothing is traced."""

    def __init__(self, span: Span | None) -> None:
        """Trace into this span."""
        self._span = span

    def tell(self, **attributes: str | int) -> None:
        """Add attributes, by their names with `_` for each dot; raises KeyError for one that is not allowed."""
        for name, value in attributes.items():
            full = _ALLOWED[name]
            if self._span:
                self._span.set_attribute(full, plain(value))

    def rename(self, name: str) -> None:
        """Give it another name, once more is known; it must be one of ours."""
        if self._span:
            self._span.update_name(name)

    def failed(self, kind: str) -> None:
        """Say that it failed, by the kind of failure alone."""
        if self._span:
            self._span.set_status(Status(StatusCode.ERROR))
            self._span.set_attribute("error.type", kind)


_ALLOWED = {name.replace(".", "_"): name for name in ALLOWED}


def start_tracing(url: str | None, process: Process, sends: "SpanProcessor | None" = None) -> None:
    """Send traces of this process to a collector (OTLP over HTTP), when there is one; or have another send them."""
    if url is None and sends is None:
        return
    # What makes and sends them is loaded by who traces alone: every command loads this module.
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider

    if url is not None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        sends = BatchSpanProcessor(OTLPSpanExporter(endpoint=url))
    about = Resource({"service.name": f"direct-mediation-{process}", "service.version": release()})
    provider = TracerProvider(resource=about, shutdown_on_exit=False)
    if sends:
        provider.add_span_processor(sends)
    _providers.append(provider)


def stop_tracing() -> None:
    """Send what is not sent yet, and trace no more."""
    while _providers:
        _providers.pop().shutdown()


def is_traced() -> bool:
    """Tell whether this process traces."""
    return bool(_providers)


@contextmanager
def span(name: str, side: Side, parent: str | None = None, **attributes: str | int) -> Iterator[Traced]:
    """Trace what the block does, under what is traced already, or under the `parent` that another process carried here.

    An exception is told by its class alone, and goes on.
    """
    if not _providers:
        yield Traced(None)
        return
    context = _PROPAGATOR.extract({HEADER: parent}, Context()) if parent else None
    tracer = _providers[-1].get_tracer("direct-mediation")
    with tracer.start_as_current_span(
        name, context, _KINDS[side], record_exception=False, set_status_on_exception=False
    ) as current:
        traced = Traced(current)
        traced.tell(**attributes)
        try:
            yield traced
        except Exception as error:
            traced.failed(type(error).__name__)
            raise


def carried() -> str | None:
    """Return what another process needs to go on with the trace; None where nothing is traced."""
    carrier: dict[str, str] = {}
    if _providers:
        _PROPAGATOR.inject(carrier)
    return carrier.get(HEADER)
