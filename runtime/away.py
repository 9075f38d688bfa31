"""Systems that are away: an attempt that finds one away is made again, and counts as no failure of ours."""

from datetime import timedelta

from temporalio.exceptions import ApplicationError, ApplicationErrorCategory


class SystemAway(ApplicationError):
    """A system that an activity needs cannot be reached or is busy: logged in one line, and counted as no failure."""

    def __init__(self, message: str, kind: str, next_retry_delay: timedelta | None = None) -> None:
        """`message` is a fixed text; `kind` is a code that tells more, and names nobody."""
        super().__init__(
            message, type=kind, next_retry_delay=next_retry_delay, category=ApplicationErrorCategory.BENIGN
        )
