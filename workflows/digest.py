"""A municipality's rounds: each working morning it is asked what became of letters, and on set days digests are sent.

The workflow sleeps from one round to the next, unless it is woken. After some rounds a new run begins, so that the
history stays short.
"""

from collections.abc import Iterable
from datetime import timedelta

from temporalio import workflow
from temporalio.client import Client
from temporalio.common import RetryPolicy, WorkflowIDConflictPolicy

with workflow.unsafe.imports_passed_through():
    from domain.exchange.record import Round, RoundMade
    from workflows.patches import ROUND_AFTER_ROUND

RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=10))
ATTEMPT = timedelta(minutes=5)
"""How long one attempt at a round may take. What it has sent is noted; another attempt goes on from there."""
ALIVE = timedelta(seconds=30)
"""A worker without a heartbeat for so long is taken to have died."""
SHORTEST = timedelta(minutes=1)
"""At least so long is slept, whatever moment the round before gave for the next."""
ROUNDS = 25
"""After so many the workflow goes on as a new run, with no history. A new run costs one more task, and the worker loads
the workflow's code for it: more than a round does in which there is nothing to tell."""


@workflow.defn(name="Digest")
class DigestWorkflow:
    """The rounds of one municipality."""

    def __init__(self) -> None:
        self._woken = False

    @workflow.run
    async def run(self, municipality: str) -> None:
        """Make rounds, and sleep from each until the next."""
        for _ in range(ROUNDS):
            made: RoundMade = await workflow.execute_activity(
                "MakeRound",
                Round(municipality=municipality, now=workflow.now()),
                result_type=RoundMade,
                start_to_close_timeout=ATTEMPT,
                heartbeat_timeout=ALIVE,
                retry_policy=RETRY,
            )
            await self._rest(max(made.next_at - workflow.now(), SHORTEST))
            if not workflow.patched(ROUND_AFTER_ROUND):
                break
            self._woken = False  # the round that begins now is for all that woke us until now
        workflow.continue_as_new(municipality)

    @workflow.signal
    def wake(self) -> None:
        """Make a round now: there is something that cannot wait for the morning."""
        self._woken = True

    async def _rest(self, wait: timedelta) -> None:
        try:
            await workflow.wait_condition(lambda: self._woken, timeout=wait, timeout_summary="next round")
        except TimeoutError:
            return


async def wake_rounds(client: Client, task_queue: str, municipality: str) -> None:
    """Have a round through a municipality made now. Raises RPCError."""
    await _start(client, task_queue, municipality, "wake")


async def start_rounds(client: Client, task_queue: str, municipalities: Iterable[str]) -> None:
    """Let the rounds of these municipalities go on, or begin."""
    for municipality in municipalities:
        await _start(client, task_queue, municipality)


async def _start(client: Client, task_queue: str, municipality: str, signal: str | None = None) -> None:
    """Let its rounds go on, or begin; with a signal for them."""
    await client.start_workflow(
        DigestWorkflow.run,
        municipality,
        id=f"digest-{municipality}",
        task_queue=task_queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        start_signal=signal,
    )
