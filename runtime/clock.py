"""What time it is: by the machine's clock, or in the sandbox by the virtual clock."""

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
