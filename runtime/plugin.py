"""The connection to Temporal, configured in one place for client, worker and replayer.

A replayer with another converter or sandbox than the worker would replay another program, so all three get theirs from
the same plugin object. A worker takes it over from its client: do not pass it twice.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import structlog
from temporalio import activity
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client, ClientConfig
from temporalio.client import Interceptor as ClientInterceptor
from temporalio.common import HeaderCodecBehavior
from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import (
    CompositePayloadConverter,
    DataConverter,
    DefaultFailureConverterWithEncodedAttributes,
    SerializationContext,
)
from temporalio.envconfig import ClientConfig as TemporalEnvironment
from temporalio.plugin import SimplePlugin
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    ReplayerConfig,
    WorkflowInstance,
    WorkflowInstanceDetails,
)
from temporalio.worker import Interceptor as WorkerInterceptor
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from runtime import RuntimeFault
from runtime.away import SystemAway
from runtime.codec import EncryptionCodec
from runtime.keys import KeyRing
from runtime.seal_interceptor import SealsCommands
from runtime.seals import Process
from runtime.settings import Settings, variable
from runtime.signals import SignalsThatFit
from runtime.trace_interceptor import CarriesTraces
from runtime.tracing import is_traced

PASSED_THROUGH = ("domain", "runtime", "pydantic", "pydantic_core", "annotated_types", "typing_extensions", "structlog")
"""Modules without state of their own, loaded once and not again for every workflow run."""

ATTEMPT = timedelta(seconds=5)
"""How long one attempt to connect may take."""
log = structlog.get_logger()


class TemporalUnreachable(RuntimeFault):
    """Temporal did not answer in time."""


_PYDANTIC = PydanticPayloadConverter()


class OurPayloadConverter(CompositePayloadConverter):
    """Pydantic values as JSON. The SDK makes one for each activation: ours share what reads and writes a type."""

    def __init__(self) -> None:
        super().__init__(*_PYDANTIC.converters.values())


def data_converter(ring: KeyRing) -> DataConverter:
    """Pydantic values as JSON, failures with text and stack trace moved into a payload, every payload encrypted."""
    return DataConverter(
        payload_converter_class=OurPayloadConverter,
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
        payload_codec=EncryptionCodec(ring, strict=False),
    )


class OurSandbox(SandboxedWorkflowRunner):
    """The SDK's sandbox, without asking the workflow for the context in which each payload is written or read.

    The SDK asks for that context several times for each payload, and enters the sandbox each time. Nothing in our
    converter depends on it.
    """

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """See the base class."""
        instance = super().create_instance(det)
        setattr(instance, "get_serialization_context", _no_context)  # noqa: B010 - a method of this one only
        return instance


def _no_context(_: object) -> SerializationContext | None:
    return None


class MediationPlugin(SimplePlugin):
    """The data converter, interceptors and sandbox of every Temporal client, worker and replayer of ours."""

    def __init__(
        self, ring: KeyRing, interceptors: Sequence[ClientInterceptor | WorkerInterceptor] = (), *passed_through: str
    ) -> None:
        """Share `interceptors` besides our own; `passed_through` names more modules the sandbox need not reload."""
        restrictions = SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH, *passed_through)
        super().__init__(
            "direct-mediation",
            data_converter=data_converter(ring),
            interceptors=[ActivityLogContext(), SignalsThatFit(), *interceptors],
            workflow_runner=OurSandbox(restrictions=restrictions),
        )

    def configure_client(self, config: ClientConfig) -> ClientConfig:
        """Encrypt interceptor headers too."""
        config = super().configure_client(config)
        config["header_codec_behavior"] = HeaderCodecBehavior.CODEC
        return config

    def configure_replayer(self, config: ReplayerConfig) -> ReplayerConfig:
        """Read interceptor headers as the client wrote them."""
        config = super().configure_replayer(config)
        config["header_codec_behavior"] = HeaderCodecBehavior.CODEC
        return config


class ActivityLogContext(WorkerInterceptor):
    """Every log line of an activity says which workflow, activity and attempt it belongs to.

    That a system is away is logged in one line, without a traceback.
    """

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """See the base class."""
        return _BoundActivity(next)


class _BoundActivity(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> object:
        info = activity.info()
        with structlog.contextvars.bound_contextvars(
            workflow=info.workflow_id, activity=info.activity_type, attempt=info.attempt
        ):
            try:
                return await super().execute_activity(input)
            except SystemAway as away:
                log.warning(away.message, code=away.type)
                raise away.with_traceback(None) from None


async def connect(
    settings: Settings,
    *interceptors: ClientInterceptor | WorkerInterceptor,
    patience: timedelta = timedelta(seconds=30),
    plugin: MediationPlugin | None = None,
    process: Process = Process.API,
) -> Client:
    """Connect to Temporal, trying again until it answers; raises `TemporalUnreachable` after `patience`.

    Commands are sealed with the key of this kind of process.

    TLS and an API key come from Temporal's own variables (`TEMPORAL_TLS…`, `TEMPORAL_API_KEY`).
    """
    carrying = [CarriesTraces()] if is_traced() else []
    plugin = plugin or MediationPlugin(settings.key_ring, [*interceptors, *carrying])
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience.total_seconds()
    while True:
        reason = "no answer"
        try:
            return await asyncio.wait_for(_connect_once(settings, plugin, process), ATTEMPT.total_seconds())
        except RPCError as error:
            if error.status not in (RPCStatusCode.UNAVAILABLE, RPCStatusCode.NOT_FOUND):
                raise
            missing = error.status == RPCStatusCode.NOT_FOUND
            reason = f"it has no namespace {settings.temporal_namespace}" if missing else "unavailable"
        except (RuntimeError, TimeoutError):  # the SDK's bare error for a refused connection
            pass
        if loop.time() > deadline:
            where = f"{settings.temporal_address} ({variable('temporal_address')}): {reason}"
            raise TemporalUnreachable(f"{where}, {patience.total_seconds():g} s long") from None
        await asyncio.sleep(0.2)


async def _connect_once(settings: Settings, plugin: MediationPlugin, process: Process) -> Client:
    options = TemporalEnvironment.load_client_connect_config(disable_file=True)
    options["target_host"] = settings.temporal_address
    options["namespace"] = settings.temporal_namespace
    seals = SealsCommands(settings.seal_key_of(process))
    client = await Client.connect(**options, plugins=[plugin], interceptors=[seals])
    await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=settings.temporal_namespace))
    return client
