"""Time that is let pass for one workflow. A server that skips time sometimes never says that it is done: it is asked
again, for what is left."""

import asyncio
from datetime import timedelta
from typing import Any

from temporalio.client import WorkflowExecutionStatus, WorkflowHandle
from temporalio.testing import TimeSkipper

HEARD_WITHIN = 30.0
"""Seconds until the server is asked again. To let years pass takes longer, which asking again does no harm."""


async def let_pass(skipper: TimeSkipper, handle: WorkflowHandle[Any, Any], by: timedelta) -> bool:
    """Let time pass; tell whether the workflow, or one that it goes on in, lives on after that."""
    until = await skipper.get_current_time(handle) + by
    while True:
        try:
            return await asyncio.wait_for(skipper.fast_forward(handle, by), HEARD_WITHIN)
        except TimeoutError:
            lives = (await handle.describe()).status is WorkflowExecutionStatus.RUNNING
            by = until - await skipper.get_current_time(handle)
            if not lives or by <= timedelta():
                return lives
