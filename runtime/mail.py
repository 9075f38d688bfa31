"""How mail leaves, whatever is mailed: one conversation with the mail server of the settings.

A refusal is told as what it is: of this reader or this mail, for good; or of us, who must mend something first. What
passes by itself is neither.
"""

import asyncio
import functools
import re
import socket
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from time import monotonic
from typing import Any, Protocol, TypeVar

import aiosmtplib
import structlog

from runtime.mail_headers import POLICY
from runtime.mailbox import in_ascii
from runtime.settings import MailSettings

PATIENCE = 10
"""Seconds that the mail server has for each answer."""
GOODBYE = 1
"""Seconds that it has for the last one."""
STOPPED = 60.0
"""Seconds without another try after the server refused us: many shut out who goes on with a wrong password."""
UNKNOWN_TO_IT = frozenset({530, 534, 535, 538})
"""How a server says at any time that we must log in, or not so (RFC 4954)."""
ONE_MAILBOX = re.compile(r"[^\s@,;<>]+@[^\s@,;<>]+")
T = TypeVar("T")
log = structlog.get_logger("mail")


class Unsent(Exception):
    """A mail did not leave. `code` says why, without anything of the mail."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Undeliverable(Unsent):
    """This mail never reaches this reader by this server."""


class Unaccepted(Unsent):
    """The server takes nothing from us as we are: an administrator must mend it. The mail can go afterwards."""


class ServerAway(Unsent):
    """The server cannot take this mail now; it passes. `for_all`: it would take no other either."""

    def __init__(self, code: str, *, for_all: bool) -> None:
        super().__init__(code)
        self.for_all = for_all


class LastLook(Protocol):
    """Does what sends a letter, once it has been looked at whether it is still wanted."""

    async def __call__(self, send: Callable[[], Awaitable[T]]) -> T:
        """Look, and send. Whatever says that the letter is no longer wanted goes through the channel."""
        ...


async def unseen(send: Callable[[], Awaitable[T]]) -> T:
    """The last look at a letter that is always wanted."""
    return await send()


class MailClient:
    """The mail server of the settings, as everything that is mailed uses it."""

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings
        self._tls: ssl.SSLContext | None = None
        self._name: str | None = None
        self._refused: tuple[str, float] | None = None
        """Why it takes nothing from us, and when it is tried again."""

    def blank(self, to: str, subject: str, message_id: str, at: datetime) -> EmailMessage:
        """Return a mail with everything but its text. Raises Undeliverable when this is no address of one mailbox."""
        mail = EmailMessage(POLICY)
        mail["From"] = self._settings.mail_from
        mail["To"] = _one_mailbox(to)
        mail["Subject"] = subject
        mail["Message-ID"] = message_id
        mail["Date"] = format_datetime(at)
        mail["Auto-Submitted"] = "auto-generated"
        return mail

    async def send(self, mail: EmailMessage, look: LastLook = unseen) -> None:
        """Hand a mail over. Raises Undeliverable, Unaccepted and ServerAway; what `look` raises goes through."""
        if self._refused and monotonic() < self._refused[1]:
            raise Unaccepted(self._refused[0])
        client = await self._client(look)
        try:
            await self._greet(client)
            await client.send_message(mail, sender=self._settings.envelope_sender, recipients=[str(mail["To"])])
        except (Unaccepted, ValueError, OSError, aiosmtplib.SMTPException) as error:
            unsent = error if isinstance(error, Unaccepted) else _told(error)
            if isinstance(unsent, Unaccepted):
                self._stop(unsent.code)
            raise unsent from None
        else:
            self._refused = None
            await _say_goodbye(client)
        finally:
            client.close()

    async def _greet(self, client: "_Client") -> None:
        """Begin a conversation: encrypted as the settings have it, and logged in."""
        settings, password = self._settings, self._password
        await client.connect()
        if settings.smtp_tls != "implicit":
            await client.ehlo()
            if client.supports_extension("starttls"):
                await client.starttls()
            elif settings.smtp_tls == "required" or password:
                # A password is never sent in the clear.
                raise Unaccepted("no_starttls")
        if settings.smtp_user:
            await client.ehlo()
            if not client.supported_auth_methods:
                raise Unaccepted("no_login")
            await client.login(settings.smtp_user, password or "")

    def _stop(self, code: str) -> None:
        """Let the server be for a while, and tell an administrator once."""
        if self._refused is None or self._refused[0] != code:
            host, port = self._settings.smtp_host, self._settings.smtp_port
            log.error(
                "the mail server takes nothing from us: see the settings of mail", code=code, host=host, port=port
            )
        self._refused = (code, monotonic() + STOPPED)

    @property
    def _password(self) -> str | None:
        password = self._settings.smtp_password
        return password.get_secret_value() if password else None

    async def _greeting_name(self) -> str:
        """Return the name that we greet mail servers with. It takes a question to the name server: asked once."""
        if self._name is None:
            self._name = await asyncio.to_thread(socket.getfqdn)
        return self._name

    async def _client(self, look: LastLook) -> "_Client":
        if self._tls is None:
            self._tls = await asyncio.to_thread(ssl.create_default_context)
        client = _Client(
            hostname=self._settings.smtp_host,
            port=self._settings.smtp_port,
            local_hostname=await self._greeting_name(),
            timeout=PATIENCE,
            use_tls=self._settings.smtp_tls == "implicit",
            start_tls=False,  # in `_greet`, where what the server lacks can be told
            tls_context=self._tls,
        )
        client.look = look
        return client


class _Client(aiosmtplib.SMTP):
    """A conversation with a mail server. It has agreed to sender and reader before the last look at the letter."""

    look: LastLook

    async def data(self, message: str | bytes, /, **options: Any) -> aiosmtplib.SMTPResponse:
        """Send the letter itself."""
        hand_over = functools.partial(super().data, message, **options)
        return await self.look(hand_over)


def _told(error: Exception) -> Unsent:
    """Return what an error of the conversation means."""
    for one in (error, error.__cause__):
        if isinstance(one, ssl.SSLError):
            return Unaccepted("certificate" if isinstance(one, ssl.SSLCertVerificationError) else "tls")
    match error:
        case aiosmtplib.SMTPRecipientsRefused():
            return _of_reader(max((one.code for one in error.recipients), default=550))
        case aiosmtplib.SMTPDataError():
            return _of_reader(error.code)
        case aiosmtplib.SMTPAuthenticationError():
            return _of_us("login", error.code)
        case aiosmtplib.SMTPSenderRefused():
            return _of_us("sender", error.code)
        case aiosmtplib.SMTPResponseException():
            return _of_us("server", error.code)
        case aiosmtplib.SMTPNotSupported():
            return Undeliverable("no_smtputf8")
        case aiosmtplib.SMTPException() | OSError():
            return ServerAway(type(error).__name__, for_all=True)
        case _:
            return Undeliverable("wrong_address")


def _of_reader(code: int) -> Unsent:
    if code in UNKNOWN_TO_IT:
        return Unaccepted(f"login_{code}")
    return Undeliverable(f"smtp_{code}") if 500 <= code < 600 else ServerAway(str(code), for_all=False)


def _of_us(what: str, code: int) -> Unsent:
    what = "login" if code in UNKNOWN_TO_IT else what
    return Unaccepted(f"{what}_{code}") if 500 <= code < 600 else ServerAway(f"{what}_{code}", for_all=True)


def _one_mailbox(address: str) -> str:
    """Return an address that stands for one mailbox and no header: any other a person must correct."""
    if not ONE_MAILBOX.fullmatch(address):
        raise Undeliverable("wrong_address")
    try:
        return in_ascii(address)
    except ValueError:
        raise Undeliverable("wrong_address") from None


async def _say_goodbye(client: aiosmtplib.SMTP) -> None:
    """End a conversation as the standard has it. What was taken is taken, whether the server answers or not."""
    with suppress(aiosmtplib.SMTPException, OSError):
        await client.quit(timeout=GOODBYE)
