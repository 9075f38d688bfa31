"""One webhook's publication: send what is due, rest, and so on for as long as the webhook exists.

The moment at which a notification is tried again is kept with it, in PostgreSQL. So it survives every new run of this
workflow, and a notification that is never taken holds up no other mediation. Temporal's own retries are only for a
database or a worker that is away.
"""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from domain.exchange.published import Published

RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), backoff_coefficient=2, maximum_interval=timedelta(minutes=1))
ATTEMPT = timedelta(seconds=120)
"""How long one attempt may take."""
ALIVE = timedelta(seconds=20)
"""A worker without a heartbeat for so long is taken to have died."""
ROUNDS = 200
"""After so many the workflow goes on as a new run, with no history."""


@workflow.defn(name="Publication")
class PublicationWorkflow:
    """The publication to one webhook."""

    def __init__(self) -> None:
        self._woken = False

    @workflow.run
    async def run(self, webhook: str) -> None:
        """Publish until the webhook is removed."""
        for _ in range(ROUNDS):
            self._woken = False
            published: Published = await workflow.execute_activity(
                "Publish",
                webhook,
                result_type=Published,
                start_to_close_timeout=ATTEMPT,
                heartbeat_timeout=ALIVE,
                retry_policy=RETRY,
            )
            if published.ended:
                return
            await self._rest(published.wait)
        workflow.continue_as_new(webhook)

    @workflow.signal
    def wake(self) -> None:
        """Look at once: somebody changed something."""
        self._woken = True

    async def _rest(self, wait: timedelta) -> None:
        try:
            await workflow.wait_condition(lambda: self._woken, timeout=wait, timeout_summary="next look")
        except TimeoutError:
            return
