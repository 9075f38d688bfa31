"""A worker that dies by `kill -9` at appointed moments: python -m tests.acceptance.mortal_worker APPOINTMENTS DEATHS.

Another follows whenever one died; how it ended stands in the file DEATHS. All are forked from a process that has
loaded the program and does nothing else: loading it took most of the time of a life.

An appointment is an empty file in the folder, named `{mediation}.{activity}.{moment}`. Whoever keeps it removes it
first, so that each is kept once. Apart from that, and from less patience with workers that died, it is the worker.
"""

import asyncio
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from temporalio import activity
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
)

from activities.iwmo import folders
from benchmarks.quick_worker import QuickPlugin, impatient
from runtime.logging import start_logging
from runtime.plugin import connect
from runtime.settings import load_settings
from sandbox.embedded import launch
from store import care_messages, letters, outbox
from store.notifications import Notifications
from worker import mediation_worker

BEFORE, DONE, AFTER = "before", "done", "after"
"""Before the effect; when it is done outside but not noted by us; when it is noted but Temporal has not heard."""
HANDED_OVER = "handed_over"
"""When a letter was handed over, and nothing of it is noted."""
IMPATIENCE = timedelta(seconds=1.5)
"""How long an attempt may take: for as long nobody notices that a worker died. In production it is a minute."""
SIGN_OF_LIFE = timedelta(seconds=7)
"""After so long without one an activity that gives them is taken to be dead; in production 20 seconds."""


class Appointments:
    """When to die."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, moment: str) -> None:
        """Die now, if that was appointed."""
        info = activity.info()
        appointment = self._folder / f"{info.workflow_id}.{info.activity_type}.{moment}"
        if appointment.exists():
            appointment.unlink()
            os.kill(os.getpid(), signal.SIGKILL)


class Mortal(Interceptor):
    """Keeps appointments around every activity, and makes the workflow less patient."""

    def __init__(self, appointments: Appointments) -> None:
        self._appointments = appointments

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _MortalActivity(next, self._appointments)

    def workflow_interceptor_class(
        self, input: WorkflowInterceptorClassInput
    ) -> type[WorkflowInboundInterceptor] | None:
        return impatient(IMPATIENCE, SIGN_OF_LIFE)


class _MortalActivity(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, appointments: Appointments) -> None:
        super().__init__(next)
        self._appointments = appointments

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        self._appointments.keep(BEFORE)
        result = await super().execute_activity(input)
        self._appointments.keep(AFTER)
        return result


def mourn_effects(appointments: Appointments) -> None:
    """Keep the appointments between what is done and our note of it."""
    die_before(appointments, DONE, outbox, "settle")
    die_before(appointments, DONE, care_messages, "retour_sent")
    die_before(appointments, DONE, Notifications, "delivered")
    die_before(appointments, DONE, folders, "see_to")
    die_before(appointments, HANDED_OVER, letters, "note")


def die_before(appointments: Appointments, moment: str, where: object, name: str) -> None:
    """Die when a function is called, if that was appointed."""
    function = getattr(where, name)

    async def call_unless_dead(*arguments: Any) -> Any:
        appointments.keep(moment)
        return await function(*arguments)

    setattr(where, name, call_unless_dead)


async def work(folder: Path) -> None:
    """Work until killed."""
    appointments = Appointments(folder)
    mourn_effects(appointments)
    settings = load_settings()
    plugin = QuickPlugin(settings.key_ring, [Mortal(appointments)], "tests.acceptance.mortal_worker")
    client = await connect(settings, plugin=plugin)
    async with mediation_worker(settings, client) as worker, worker:
        await asyncio.Event().wait()


def one_after_another(folder: Path, deaths: Path) -> None:
    """Have a worker work, and another when it died, until killed."""
    parent = os.getpid()
    while True:
        child = os.fork()
        if not child:
            launch.die_with_parent(parent, signal.SIGKILL)
            asyncio.run(work(folder))
        _, status = os.waitpid(child, 0)
        with deaths.open("a") as lines:
            lines.write(f"{os.waitstatus_to_exitcode(status)}\n")


if __name__ == "__main__":
    from tests.acceptance import mortal_worker  # the module that workflows share, and not a second one

    start_logging("ERROR", "json")
    mortal_worker.one_after_another(Path(sys.argv[1]), Path(sys.argv[2]))
