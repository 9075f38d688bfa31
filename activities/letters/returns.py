"""What becomes of a letter after it was handed over: it arrived, or it came back and a person must see to it."""

from datetime import datetime

from temporalio.client import Client
from temporalio.service import RPCError

from domain.exchange.record import Submission
from domain.facts.parties import Actor, Role
from domain.messages.commands import ReportUndelivered
from domain.messages.effects import SendLetter
from runtime.telling import GONE, has_ended, tell
from store import letters
from store.database import Pool

MAIL_SERVER = "letters"
"""By this name the journal has who reported that a letter came back: no organisation of the directory did."""


async def came_back(pool: Pool, client: Client, reference: str, code: str, at: datetime) -> bool:
    """Note that a letter came back and ask a person to see to it, once; tell whether it is a letter of ours.

    The person is asked first. If this dies in between, the notification is read again and nothing is lost.
    """
    sent = await letters.by_reference(pool, reference)
    if sent is None:
        return False
    if sent.state is not letters.LetterState.FAILED and sent.mediation and sent.effect:
        await _ask(client, sent, code)
    await letters.came_back(pool, reference, code, at)
    return True


async def _ask(client: Client, sent: letters.SentLetter, code: str) -> None:
    """Report it to the mediation. When that has ended nobody is asked: the letter's state and the digest tell it."""
    command = ReportUndelivered(
        by=Actor(role=Role.COORDINATOR, organisation=MAIL_SERVER),
        effect=SendLetter.model_validate(sent.effect),
        code=code[:60],
    )
    number = f"{sent.key}:{sent.reader}:came-back"
    try:
        await tell(client, str(sent.mediation), Submission(command_id=number, command=command))
    except RPCError as error:
        if error.status not in GONE or not await has_ended(client, str(sent.mediation)):
            raise
