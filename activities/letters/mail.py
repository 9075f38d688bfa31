"""Letters by mail. The key is part of the Message-ID, so a mail system that gets a letter twice can keep it once."""

import functools
import re
import socket
from contextlib import suppress
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

import aiosmtplib

from activities.letters.letter import ChannelAway, LastLook, ReadyLetter, unseen
from activities.partner import PartnerRefused
from runtime.settings import MailSettings

PATIENCE = 10
"""Seconds that the mail server has for each answer."""
GOODBYE = 1
"""Seconds that it has for the last one."""


class _Client(aiosmtplib.SMTP):
    """A conversation with a mail server. It has agreed to sender and reader before the last look at the letter."""

    look: LastLook

    async def data(self, message: str | bytes, /, **options: Any) -> aiosmtplib.SMTPResponse:
        """Send the letter itself."""
        hand_over = functools.partial(super().data, message, **options)
        return await self.look(hand_over)


class Mail:
    """The mail server of the settings."""

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings

    async def post(self, letter: ReadyLetter, look: LastLook = unseen) -> str:
        """Hand a letter to the mail server; return the first part of its Message-ID."""
        mail = self._written(letter)
        client = self._client(look)
        try:
            await client.connect()
            await client.send_message(
                mail, sender=self._settings.mail_bounces or self._settings.mail_from, recipients=[str(mail["To"])]
            )
        except aiosmtplib.SMTPAuthenticationError as error:
            raise ChannelAway(f"login_{error.code}", for_all=True) from None
        except (aiosmtplib.SMTPRecipientsRefused, aiosmtplib.SMTPResponseException) as error:
            code = _code(error)
            if 500 <= code < 600:
                raise PartnerRefused(f"smtp_{code}") from None
            raise ChannelAway(str(code)) from None
        except (ValueError, aiosmtplib.SMTPNotSupported):
            raise PartnerRefused("wrong_address") from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise ChannelAway(type(error).__name__, for_all=True) from None
        else:
            await _say_goodbye(client)
        finally:
            client.close()
        return letter.reference

    def _client(self, look: LastLook) -> "_Client":
        settings = self._settings
        password = settings.smtp_password.get_secret_value() if settings.smtp_password else None
        # A password is never sent in the clear.
        always = settings.smtp_tls == "required" or (settings.smtp_tls == "offered" and password is not None)
        client = _Client(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            local_hostname=_our_name(),
            timeout=PATIENCE,
            username=settings.smtp_user,
            password=password,
            use_tls=settings.smtp_tls == "implicit",
            start_tls=False if settings.smtp_tls == "implicit" else always or None,
        )
        client.look = look
        return client

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


@functools.cache
def _our_name() -> str:
    """Return the name that we greet mail servers with. It takes a question to the name server: asked once."""
    return socket.getfqdn()


async def _say_goodbye(client: aiosmtplib.SMTP) -> None:
    """End a conversation as the standard has it. What was taken is taken, whether the server answers or not."""
    with suppress(aiosmtplib.SMTPException, OSError):
        await client.quit(timeout=GOODBYE)


def _one_mailbox(address: str) -> str:
    """Return an address that stands for one mailbox and no header: any other a person must correct."""
    if not re.fullmatch(r"[^\s@,;<>]+@[^\s@,;<>]+", address):
        raise PartnerRefused("wrong_address")
    return address


def _code(error: aiosmtplib.SMTPRecipientsRefused | aiosmtplib.SMTPResponseException) -> int:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return max((one.code for one in error.recipients), default=550)
    return error.code
