"""What time it is. The sandbox puts the virtual clock here; everything else the machine's."""

from datetime import UTC, datetime
from typing import Protocol


class TimeSource(Protocol):
    """Tells the present moment, aware and in UTC."""

    async def now(self) -> datetime:
        """The present moment in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    async def now(self) -> datetime:
        """The present moment in UTC, as the machine has it."""
        return datetime.now(UTC)
