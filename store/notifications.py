"""The outbox of events: what a webhook is still to be told, what it was told, and what it never took (dead letters).

It is filled in the transaction that records the events. The notifications of one mediation go in order; one that has to
wait holds up those of its own mediation only.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from store.changed import changed
from store.database import Pool
from store.queries import query
from store.readable import Readable, read_part


class Notification(NamedTuple):
    """One event that one webhook is to be told of."""

    mediation: str
    sequence: int
    type: str
    at: datetime
    """When it was recorded."""
    tried_at: datetime | None
    """When it was first tried."""


class DeadLetter(NamedTuple):
    """A notification that was tried for the last time, or that its webhook missed while it was disabled."""

    mediation: str
    sequence: int
    type: str
    at: datetime
    tried_at: datetime | None
    """None: it was never tried."""
    settled_at: datetime
    attempts: int
    code: str


class Notifications:
    """The outbox of one webhook."""

    def __init__(self, pool: Pool, webhook: str) -> None:
        self._pool = pool
        self._webhook = webhook

    async def due(self, now: datetime, *, mediations: int, each: int) -> list[list[Notification]]:
        """Return the notifications that are due, by mediation and in order, the mediation that waits longest first.

        Of each mediation `each` at most are returned, of `mediations` mediations at most.
        """
        rows = await self._pool.fetch(query("due_notifications"), self._webhook, now, mediations, each)
        lanes: dict[str, list[Notification]] = {}
        for row in rows:
            lanes.setdefault(row["mediation"], []).append(Notification(*row))
        return list(lanes.values())

    async def next_at(self) -> datetime | None:
        """Return when something is due; None when nothing waits."""
        moment: datetime | None = await self._pool.fetchval(query("next_notification"), self._webhook)
        return moment

    async def delivered(self, one: Notification, at: datetime) -> None:
        """Note that it arrived."""
        await self._pool.execute(query("notification_delivered"), self._webhook, one.mediation, one.sequence, at)

    async def failed(self, one: Notification, at: datetime, again_at: datetime | None, code: str) -> None:
        """Note that it did not arrive, and when it is tried again; None makes it a dead letter."""
        place = (self._webhook, one.mediation, one.sequence)
        await self._pool.execute(query("notification_failed"), *place, at, again_at, code)

    async def recovered(self, now: datetime) -> None:
        """Note that something arrived: if nothing did before, all that waits is due now."""
        if changed(await self._pool.execute(query("note_failing"), self._webhook, False)):
            await self._pool.execute(query("wake_notifications"), self._webhook, now)

    async def failing(self) -> None:
        """Note that nothing arrived this time."""
        await self._pool.execute(query("note_failing"), self._webhook, True)

    async def dead_letters(self, after: tuple[datetime, str, int] | None, limit: int) -> Readable[DeadLetter]:
        """Return dead letters, the oldest first."""
        place = after or (None, None, None)
        rows = await self._pool.fetch(query("dead_letters"), self._webhook, *place, limit + 1)
        return read_part(rows, limit, _dead_letter, "dead letter")

    async def resend(self, now: datetime, ids: Sequence[str] | None) -> int:
        """Try these dead letters, or all, once more from the beginning, in order; return how many.

        Those of a disabled webhook wait until it is enabled, and then go before later events.
        """
        status = await self._pool.execute(query("resend_dead_letters"), self._webhook, now, ids)
        return int(status.rpartition(" ")[2])

    async def counts(self) -> tuple[int, int]:
        """Return how many wait, and how many are dead letters."""
        row = await self._pool.fetchrow(query("waiting_and_dead"), self._webhook)
        return (row["waiting"], row["dead"]) if row else (0, 0)

    async def forget(self) -> None:
        """Remove what was still added while the webhook was being removed."""
        await self._pool.execute(query("remove_webhook"), self._webhook)


def _dead_letter(row: Any) -> DeadLetter:
    """Read a dead letter. One without a reason was not written by this program: it counts as unreadable."""
    letter = DeadLetter(*row)
    if letter.code is None or letter.settled_at is None:
        raise ValueError
    return letter
