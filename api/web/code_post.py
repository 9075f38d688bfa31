"""Sends the code that opens a link: to the mailbox of the organisation in the directory, and nowhere else."""

import asyncio
from datetime import datetime
from email.utils import make_msgid

from api.web import words
from api.web.words import DUTCH, ENGLISH
from runtime.mail import MailClient, ServerAway, Unaccepted, Undeliverable
from runtime.settings import Settings

LONGEST = 15.0
"""Seconds that somebody waits for a code to be sent, however the mail server behaves."""


class CodeNotSent(Exception):
    """The mail server does not take the code now."""


class CodeUndeliverable(Exception):
    """No mail of ours reaches this mailbox. `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class CodePost:
    """The mail server, as the pages use it."""

    def __init__(self, settings: Settings) -> None:
        self._domain = settings.sender_address.rpartition("@")[2]
        self._client = MailClient(settings)

    async def send(self, address: str, code: str, now: datetime) -> None:
        """Send a code; raises CodeNotSent and CodeUndeliverable."""
        subject = words.word(words.PAGES, "mail_subject", DUTCH)
        try:
            mail = self._client.blank(address, subject, make_msgid(domain=self._domain), now)
            mail.set_content("\n\n".join(_text(code, language) for language in (DUTCH, ENGLISH)))
            async with asyncio.timeout(LONGEST):
                await self._client.send(mail)
        except Undeliverable as never:
            raise CodeUndeliverable(never.code) from None
        except (Unaccepted, ServerAway, TimeoutError):
            raise CodeNotSent from None


def _text(code: str, language: str) -> str:
    if language == DUTCH:
        return (
            f"Uw code is {code}\nDe code werkt 10 minuten. Vroeg u geen code? Dan hoeft u niets te doen. "
            "Geef de code aan niemand."
        )
    return f"Your code is {code}\nIt works for 10 minutes. If you did not ask for it, do nothing. Give it to nobody."
