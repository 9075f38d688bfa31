"""What is away passes: an attempt that found it so says which, and is tried again. That is no fault of ours."""

from datetime import timedelta

from temporalio.exceptions import ApplicationError, ApplicationErrorCategory


class SystemAway(ApplicationError):
    """A system that an activity needs cannot be reached or is busy. Told in one line, and counted as no failure."""

    def __init__(self, message: str, kind: str, next_retry_delay: timedelta | None = None) -> None:
        """Say so in a fixed text; `kind` tells more, in a code that names nobody."""
        super().__init__(
            message, type=kind, next_retry_delay=next_retry_delay, category=ApplicationErrorCategory.BENIGN
        )


def postgres_away(fault: Exception) -> SystemAway:
    """Return how it is told that PostgreSQL is away."""
    return SystemAway("PostgreSQL is away", type(fault).__name__)
