"""Letters by mail. The key is part of the Message-ID, so a mail system that gets a letter twice can keep it once."""

import re
from email.message import EmailMessage
from email.utils import format_datetime

import aiosmtplib

from activities.letters.letter import ChannelAway, ReadyLetter
from activities.partner import PartnerRefused
from runtime.settings import MailSettings

PATIENCE = 10
"""Seconds that the mail server has for each answer."""


class Mail:
    """The mail server of the settings."""

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings

    async def post(self, letter: ReadyLetter) -> str:
        """Hand a letter to the mail server; return the first part of its Message-ID."""
        settings = self._settings
        mail = self._written(letter)
        password = settings.smtp_password.get_secret_value() if settings.smtp_password else None
        # A password is never sent in the clear.
        always = settings.smtp_tls == "required" or (settings.smtp_tls == "offered" and password is not None)
        try:
            await aiosmtplib.send(
                mail,
                sender=settings.mail_bounces or settings.mail_from,
                recipients=[str(mail["To"])],
                hostname=settings.smtp_host,
                port=settings.smtp_port,
                timeout=PATIENCE,
                username=settings.smtp_user,
                password=password,
                use_tls=settings.smtp_tls == "implicit",
                start_tls=False if settings.smtp_tls == "implicit" else always or None,
            )
        except aiosmtplib.SMTPAuthenticationError as error:
            raise ChannelAway(f"login_{error.code}") from None
        except (aiosmtplib.SMTPRecipientsRefused, aiosmtplib.SMTPResponseException) as error:
            code = _code(error)
            if 500 <= code < 600:
                raise PartnerRefused(f"smtp_{code}") from None
            raise ChannelAway(str(code)) from None
        except (ValueError, aiosmtplib.SMTPNotSupported):
            raise PartnerRefused("wrong_address") from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise ChannelAway(type(error).__name__) from None
        return letter.reference

    def _written(self, letter: ReadyLetter) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = self._settings.mail_from
        mail["To"] = _one_mailbox(letter.address)
        mail["Subject"] = letter.text.subject
        mail["Message-ID"] = message_id(letter.reference, self._settings.mail_from)
        mail["Date"] = format_datetime(letter.at)
        mail["X-Mediation-Effect"] = f"{letter.key}:{letter.reader}"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(letter.text.body)
        if letter.calendar:
            mail.add_attachment(
                letter.calendar.content,
                maintype="text",
                subtype="calendar",
                filename=letter.calendar.name,
                params={"method": letter.calendar.method, "charset": "utf-8"},
            )
        return mail


def message_id(reference: str, sender: str) -> str:
    """Return the Message-ID of a letter: the same for every attempt."""
    return f"<{reference.replace(':', '.')}@{domain_of(sender)}>"


def domain_of(sender: str) -> str:
    """Return the domain of a sender's address."""
    return sender.rpartition("@")[2].rstrip(">") or "localhost"


def _one_mailbox(address: str) -> str:
    """Return an address that stands for one mailbox and no header: any other a person must correct."""
    if not re.fullmatch(r"[^\s@,;<>]+@[^\s@,;<>]+", address):
        raise PartnerRefused("wrong_address")
    return address


def _code(error: aiosmtplib.SMTPRecipientsRefused | aiosmtplib.SMTPResponseException) -> int:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return max((one.code for one in error.recipients), default=550)
    return error.code
