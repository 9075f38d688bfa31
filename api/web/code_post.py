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

    async def send(self, address: str, code: str, now: datetime, *, trial: bool = False) -> None:
        """Send a code, marked where it is of a trial; raises CodeNotSent and CodeUndeliverable."""
        subject, _ = _written(code, Language.DUTCH, trial=trial)
        try:
            mail = self._client.blank(address, subject, make_msgid(domain=self._domain), now)
            mail.set_content("\n\n".join(_written(code, language, trial=trial)[1] for language in Language))
            async with asyncio.timeout(LONGEST):
                await self._client.send(mail)
        except Undeliverable as never:
            raise CodeUndeliverable(never.code) from None
        except (Unaccepted, ServerAway, TimeoutError):
            raise CodeNotSent from None


def _written(code: str, language: Language, *, trial: bool) -> tuple[str, str]:
    """Return subject and body; those of a trial say so, as its letters do."""
    texts = of(language)
    subject, body = texts.page.phrase["mail_subject"], texts.page.phrase["mail"].format(code=code)
    if not trial:
        return subject, body
    return texts.letter_phrase.trial_subject.format(subject=subject), f"{texts.letter_phrase.trial}\n\n{body}"
