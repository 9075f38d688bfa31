"""Sends the code that opens a link: to the mailbox of the organisation in the directory, and nowhere else."""

from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

import aiosmtplib

from api.web import words
from api.web.words import DUTCH, ENGLISH
from runtime.settings import Settings

TIMEOUT = 10
"""Seconds."""


class CodeNotSent(Exception):
    """The mail server does not take the code now."""


class CodePost:
    """The mail server, as the pages use it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def send(self, address: str, code: str, now: datetime) -> None:
        """Send a code; raises CodeNotSent."""
        mail = EmailMessage()
        mail["From"] = self._settings.mail_from
        mail["To"] = address
        mail["Subject"] = words.word(words.PAGES, "mail_subject", DUTCH)
        mail["Date"] = format_datetime(now)
        mail["Message-ID"] = make_msgid(domain=self._settings.mail_from.rpartition("@")[2].rstrip(">") or "localhost")
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content("\n\n".join(_text(code, language) for language in (DUTCH, ENGLISH)))
        try:
            await aiosmtplib.send(
                mail,
                hostname=self._settings.smtp_host,
                port=self._settings.smtp_port,
                timeout=TIMEOUT,
                start_tls=None,
            )
        except (aiosmtplib.SMTPException, OSError, ValueError):
            raise CodeNotSent from None


def _text(code: str, language: str) -> str:
    if language == DUTCH:
        return (
            f"Uw code is {code}\nDe code werkt 10 minuten. Vroeg u geen code? Dan hoeft u niets te doen. "
            "Geef de code aan niemand."
        )
    return f"Your code is {code}\nIt works for 10 minutes. If you did not ask for it, do nothing. Give it to nobody."
