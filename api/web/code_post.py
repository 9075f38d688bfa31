"""Sends the code that opens a link: to the mailbox of the organisation in the directory, and nowhere else."""

import asyncio
from datetime import datetime
from email.utils import make_msgid

from runtime.mail import MailClient, ServerAway, Unaccepted, Undeliverable
from runtime.settings import Settings
from texts import Language, of

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
        subject = of(Language.DUTCH).page.phrase["mail_subject"]
        try:
            mail = self._client.blank(address, subject, make_msgid(domain=self._domain), now)
            mail.set_content("\n\n".join(of(language).page.phrase["mail"].format(code=code) for language in Language))
            async with asyncio.timeout(LONGEST):
                await self._client.send(mail)
        except Undeliverable as never:
            raise CodeUndeliverable(never.code) from None
        except (Unaccepted, ServerAway, TimeoutError):
            raise CodeNotSent from None
