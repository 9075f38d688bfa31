"""Whether a webhook or a case system took what it was sent."""

from datetime import timedelta

from activities.partner import retry_after
from runtime.outbound import HttpAnswer

KNOWN = 409
"""What is sent under an id (`webhook-id`) is there already: an answer before this one got lost."""


class NotTaken(Exception):
    """The webhook did not take a notification."""

    def __init__(self, code: str, *, gone: bool = False, retry_after: timedelta = timedelta()) -> None:
        self.code = code
        self.gone = gone
        self.retry_after = retry_after
        super().__init__(code)


def check(answer: HttpAnswer) -> None:
    """Raise NotTaken unless the answer has a status of 2xx: a redirect is not followed."""
    if 200 <= answer.status < 300:
        return
    wish = retry_after(answer.headers) if answer.status in {429, 503} else None
    raise NotTaken(f"status_{answer.status}", gone=answer.status == 410, retry_after=wish or timedelta())
