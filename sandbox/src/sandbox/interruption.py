"""Ctrl-C, and SIGTERM: what is under way is given up and cleaned up at once; a second one does not wait for that."""

import asyncio
import os
import signal
from collections.abc import Coroutine
from typing import Any

from rich.console import Console

ENDED = 130
"""The exit code of who was interrupted, by the custom of shells."""


class Interrupted(Exception):
    """The work was given up because somebody asked for it; everything it had started is stopped."""


async def until_interrupted(work: Coroutine[Any, Any, None], console: Console) -> None:
    """Do work to its end. Raises Interrupted when a signal came before, which the console tells at once.

    With the second signal this process ends as it stands, and the kernel ends the processes that it started.
    """
    loop, doing = asyncio.get_running_loop(), asyncio.ensure_future(work)
    asked = False

    def ask() -> None:
        nonlocal asked
        if asked:
            os._exit(ENDED)
        asked = True
        console.print("Stopping ...")
        doing.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ask)
    try:
        await doing
    except asyncio.CancelledError:
        if not asked:
            raise
        raise Interrupted from None
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
