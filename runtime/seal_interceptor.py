"""Every command that leaves this process for a mediation is sealed on its way, whichever part of the code gives it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from temporalio.client import (
    Interceptor,
    OutboundInterceptor,
    StartWorkflowUpdateInput,
    StartWorkflowUpdateWithStartInput,
    WorkflowUpdateHandle,
)

from domain.exchange.record import Submission
from runtime.seals import SealKey


class SealsCommands(Interceptor):
    """Seals the submissions of a client."""

    def __init__(self, key: SealKey) -> None:
        self._key = key

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:
        """See the base class."""
        return _Sealing(next, self._key)


class _Sealing(OutboundInterceptor):
    def __init__(self, next: OutboundInterceptor, key: SealKey) -> None:
        super().__init__(next)
        self._key = key

    async def start_workflow_update(self, input: StartWorkflowUpdateInput) -> WorkflowUpdateHandle[Any]:
        input.args = self._sealed(input.id, input.args)
        return await super().start_workflow_update(input)

    async def start_update_with_start_workflow(
        self, input: StartWorkflowUpdateWithStartInput
    ) -> WorkflowUpdateHandle[Any]:
        update = input.update_workflow_input
        update.args = self._sealed(input.start_workflow_input.id, update.args)
        return await super().start_update_with_start_workflow(input)

    def _sealed(self, mediation: str, args: Sequence[Any]) -> list[Any]:
        now = datetime.now(UTC)
        return [self._key.sealed(mediation, one, now) if isinstance(one, Submission) else one for one in args]
