"""The watchman: it looks at mediations in turn, says what is wrong with one, and starts again a workflow that is gone.

Whatever stops a mediation behind the scenes, a person hears of it within minutes: the next look finds it, an alarm is
raised, and the municipality is written to by rounds that do not depend on the mediation.
"""

from datetime import datetime, timedelta

import structlog
from temporalio import activity
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError

from activities.alive import beating
from activities.begin_again import started_again
from activities.postgres import postgres_may_be_away
from activities.told_alarms import tell_alarms
from activities.verifying import VERIFIED, JournalSweep
from domain.facts.alarms import AlarmKind
from runtime.away import SystemAway
from runtime.looking import TOO_OFTEN, Looked, look
from runtime.seals import Speakers
from store import alarms
from store.alarms import Suspect
from store.database import Pool

NEW = timedelta(minutes=2)
"""A mediation that began so shortly ago may not have its workflow yet."""
MISSED = timedelta(minutes=10)
"""So long after a moment on the agenda it counts as missed."""
UNDELIVERED = timedelta(days=3)
"""So long something may wait for a partner or a mail server that is away, before a person is told."""
SHARES = 3
"""Of all others a third is looked at in each round: with rounds of five minutes each within a quarter of an hour."""
AT_ONCE = 200
"""Mediations read together."""
BROKEN_OFF = frozenset(
    {
        None,
        WorkflowExecutionStatus.TERMINATED,
        WorkflowExecutionStatus.TIMED_OUT,
        WorkflowExecutionStatus.CANCELED,
        WorkflowExecutionStatus.FAILED,
    }
)
"""How a workflow ends that should be running. One that completed knows another past than the journal: see `repair`."""
SEEN_FROM_OUTSIDE = frozenset(AlarmKind) - VERIFIED
"""What a look at the workflow tells."""
log = structlog.get_logger("watchman")


class Watchman:
    """Looks at mediations."""

    def __init__(self, pool: Pool, task_queue: str, speakers: Speakers) -> None:
        self._pool = pool
        self._sweep = JournalSweep(pool, speakers)
        self._task_queue = task_queue

    @activity.defn(name="Watch")
    async def watch(self, now: datetime, number: int) -> None:
        """Look at those that may be stuck, and at a share of the others by the number of the round; and verify the
        journals of another share, which takes a day for all. Another attempt
        begins anew: what was seen is seen again.
        """
        client, after = activity.client(), ""
        with beating(), postgres_may_be_away():
            while suspects := await self._suspects(now, number, after):
                for suspect in suspects:
                    await self._look_at(client, suspect, now)
                after = suspects[-1].mediation
            await self._sweep.verify_share(now, number)

    async def _suspects(self, now: datetime, number: int, after: str) -> list[Suspect]:
        return await alarms.suspects(
            self._pool,
            opened_before=now - NEW,
            due_before=now - MISSED,
            undelivered_before=now - UNDELIVERED,
            share=number % SHARES,
            shares=SHARES,
            after=after,
            limit=AT_ONCE,
        )

    async def _look_at(self, client: Client, suspect: Suspect, now: datetime) -> None:
        try:
            seen = await look(client, suspect.mediation)
        except RPCError as away:
            raise SystemAway("Temporal is away", type(away).__name__) from None
        if not seen.runs and not await alarms.unfinished(self._pool, suspect.mediation):
            return  # it has ended since
        found = dict(wrong_with(suspect, seen, now))
        await tell_alarms(self._pool, suspect, SEEN_FROM_OUTSIDE, found, now)
        if AlarmKind.WORKFLOW_GONE in found and seen.status in BROKEN_OFF:
            await self._start_again(client, suspect, seen)

    async def _start_again(self, client: Client, suspect: Suspect, seen: Looked) -> None:
        if await started_again(self._pool, client, self._task_queue, suspect.mediation, seen):
            log.warning("workflow started again from the journal", mediation=suspect.mediation)


def wrong_with(suspect: Suspect, seen: Looked, now: datetime) -> list[tuple[AlarmKind, str | None]]:
    """Return what is wrong with a mediation, with what a programmer needs to know of it."""
    found: list[tuple[AlarmKind, str | None]] = []
    if not seen.runs:
        found.append((AlarmKind.WORKFLOW_GONE, seen.status.name.lower() if seen.status else None))
    if seen.task_attempts >= TOO_OFTEN:
        found.append((AlarmKind.WORKFLOW_FAILS, None))
    if seen.recording:
        found.append((AlarmKind.NOT_RECORDED, seen.recording))
    if suspect.wake_at and suspect.wake_at < now - MISSED:
        found.append((AlarmKind.MOMENT_MISSED, None))
    if suspect.undelivered_since and suspect.undelivered_since < now - UNDELIVERED:
        found.append((AlarmKind.UNDELIVERED, None))
    if suspect.person_lost:
        found.append((AlarmKind.PERSON_LOST, None))
    return found
