"""`Record`: decide a command and record what it leads to. The only place where the rules run."""

from temporalio import activity
from temporalio.exceptions import ApplicationError

from domain.record import Recorded, Recording
from store import journal
from store.database import UNAVAILABLE, Pool


class Recorder:
    """Records commands in PostgreSQL."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    @activity.defn(name="Record")
    async def record(self, recording: Recording) -> Recorded:
        """Record a command, once. While PostgreSQL is away the command waits; nothing of it is lost."""
        try:
            return await journal.record(self._pool, recording)
        except UNAVAILABLE as away:
            raise ApplicationError("PostgreSQL is away", type=type(away).__name__) from None
