"""Temporal's own measurements for Prometheus, and its core's log lines brought under our logging."""

import logging
from collections.abc import Mapping
from datetime import timedelta

from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)

from runtime import RuntimeFault

REQUEST_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.4, 0.75, 1.5, 3.0, 10.0, 30.0)
"""Upper bounds, in seconds, by which the durations of requests are counted."""
_started: list[tuple[str | None, Runtime]] = []


class MetricsAlreadyServed(RuntimeFault):
    """A process serves its metrics at one address, chosen once."""


def start_metrics(address: str | None) -> Runtime:
    """Make this process's Temporal runtime, serving `http://<address>/metrics` (durations in seconds) when given.

    Call it before the first client is made. The same address again returns the same runtime; another one raises
    `MetricsAlreadyServed`, as does a runtime that something else made first. The core's log lines go to the
    logger `temporalio.core` without their fields, since those can repeat a failure's text.
    """
    for served, runtime in _started:
        if served == address:
            return runtime
        raise MetricsAlreadyServed(f"{served or 'nowhere'}, so not also {address or 'nowhere'}")
    runtime = Runtime(telemetry=TelemetryConfig(logging=_core_logging(), metrics=_prometheus(address)))
    try:
        Runtime.set_default(runtime)
    except RuntimeError:
        raise MetricsAlreadyServed("a Temporal client was made before the metrics were started") from None
    _started.append((address, runtime))
    return runtime


def count(name: str, amount: int, attributes: Mapping[str, str]) -> None:
    """Count something of our own beside Temporal's measurements; nothing where no metrics were started."""
    for _, runtime in _started:
        runtime.metric_meter.create_counter(name).add(amount, dict(attributes))


def observe(name: str, took: timedelta, attributes: Mapping[str, str]) -> None:
    """Add how long something of our own took, in seconds; nothing where no metrics were started."""
    for _, runtime in _started:
        runtime.metric_meter.create_histogram_timedelta(name).record(took, dict(attributes))


def show(name: str, value: int) -> None:
    """Show how many there are of something now; nothing where no metrics were started."""
    for _, runtime in _started:
        runtime.metric_meter.create_gauge(name).set(value)


def _prometheus(address: str | None) -> PrometheusConfig | None:
    if address is None:
        return None
    return PrometheusConfig(
        bind_address=address,
        counters_total_suffix=True,
        unit_suffix=True,
        durations_as_seconds=True,
        histogram_bucket_overrides={"mediation_request": REQUEST_SECONDS},
    )


def _core_logging() -> LoggingConfig:
    forwarding = LogForwardingConfig(
        logger=logging.getLogger("temporalio.core"),
        append_target_to_name=False,
        prepend_target_on_message=False,
        append_log_fields_to_message=False,
    )
    return LoggingConfig(filter=TelemetryFilter(core_level="WARN", other_level="ERROR"), forwarding=forwarding)
