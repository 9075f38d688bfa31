"""Temporal's own measurements for Prometheus, and its core's log lines brought under our logging."""

import logging
from collections.abc import Mapping

from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)

from runtime import RuntimeFault

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


def _prometheus(address: str | None) -> PrometheusConfig | None:
    if address is None:
        return None
    return PrometheusConfig(
        bind_address=address, counters_total_suffix=True, unit_suffix=True, durations_as_seconds=True
    )


def _core_logging() -> LoggingConfig:
    forwarding = LogForwardingConfig(
        logger=logging.getLogger("temporalio.core"),
        append_target_to_name=False,
        prepend_target_on_message=False,
        append_log_fields_to_message=False,
    )
    return LoggingConfig(filter=TelemetryFilter(core_level="WARN", other_level="ERROR"), forwarding=forwarding)
