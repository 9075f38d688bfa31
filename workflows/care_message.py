"""One message of a care provider: judge it, tell its mediation, send the retour; each until it is done."""

import asyncio
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.exchange.record import Heard
    from workflows.mediation import ATTEMPT, RETRY

ROUNDS = 500
"""Looks at the folders in one run."""


@workflow.defn(name="CareMessage")
class CareMessageWorkflow:
    """Acts on one message that was taken in. Its id is the message's, so no two of them run at once."""

    @workflow.run
    async def run(self, message: str) -> None:
        """Live until the mediation is told and the retour is sent. Neither waits for the other."""
        heard: Heard = await workflow.execute_activity(
            "HearMessage", message, result_type=Heard, start_to_close_timeout=ATTEMPT, retry_policy=RETRY
        )
        await asyncio.gather(self._tell(heard), self._answer(message, heard))

    async def _tell(self, heard: Heard) -> None:
        for telling in heard.tellings:
            await workflow.execute_activity(
                "TellMediation", telling, start_to_close_timeout=ATTEMPT, retry_policy=RETRY
            )

    async def _answer(self, message: str, heard: Heard) -> None:
        if heard.retour_due:
            await workflow.execute_activity("SendRetour", message, start_to_close_timeout=ATTEMPT, retry_policy=RETRY)


@workflow.defn(name="CareFolders")
class CareFoldersWorkflow:
    """Takes in what providers put in their folders, for ever."""

    @workflow.run
    async def run(self, every: float) -> None:
        """Look every so many seconds. After `ROUNDS` looks a new run begins, so that the history stays short."""
        for _ in range(ROUNDS):
            await workflow.execute_activity("CollectMessages", start_to_close_timeout=ATTEMPT, retry_policy=RETRY)
            await workflow.sleep(timedelta(seconds=every))
        workflow.continue_as_new(every)
