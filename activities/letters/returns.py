"""What becomes of a letter after it was handed over: it arrived, or it came back and a person must see to it."""

from datetime import datetime

from temporalio.client import Client
from temporalio.service import RPCError

from domain.exchange.record import Submission
from domain.facts.parties import Actor, Role
from domain.messages.commands import ReportUndelivered
from domain.messages.effects import LETTERS, SendLetter
from runtime.telling import GONE, has_ended, tell
from store import letters
from store.database import Pool


async def came_back(pool: Pool, client: Client, reference: str, code: str, at: datetime) -> bool:
    """Note that a letter came back and ask a person to see to it, once; tell whether it is a letter of ours.

    The person is asked first: a crash in between is made good when the notification is read again.
    """
    sent = await letters.by_reference(pool, reference)
    if sent is None:
        return False
    if sent.state is not letters.LetterState.FAILED and sent.mediation and sent.effect:
        await _ask(client, sent, code)
    await letters.came_back(pool, reference, code, at)
    return True


async def _ask(client: Client, sent: letters.SentLetter, code: str) -> None:
    """Report it to the mediation. One that has ended asks nobody: the letter's state and the digest tell it."""
    command = ReportUndelivered(
        by=Actor(role=Role.COORDINATOR, organisation=LETTERS),
        effect=SendLetter.model_validate(sent.effect),
        code=code[:60],
    )
    number = f"{sent.key}:{sent.reader}:came-back"
    try:
        await tell(client, str(sent.mediation), Submission(command_id=number, command=command))
    except RPCError as error:
        if error.status not in GONE or not await has_ended(client, str(sent.mediation)):
            raise
