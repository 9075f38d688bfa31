"""Sending mail: in conversations (SMTP sessions) with the mail server of the settings.

A conversation that has sent a mail may be kept for the next one (`MailClient.conversing`).

Three kinds of failure are told apart: this mail will never reach this reader (`Undeliverable`); the server takes
nothing from us until an administrator mends something (`Unaccepted`); or the trouble passes by itself (`ServerAway`).
"""

import asyncio
import functools
import re
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
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
"""Seconds that it has for its answer to our goodbye (QUIT)."""
STOPPED = 60.0
"""Seconds without another attempt after the server refused us: many servers block a client that goes on trying."""
IDLE = 10.0
"""Seconds without a mail after which a conversation ends. Servers wait for five minutes (RFC 5321, 4.5.3.2.7)."""
MOST = 50
"""Mails by one conversation: servers that count allow a hundred or more."""
UNKNOWN_TO_IT = frozenset({530, 534, 535, 538})
"""Codes with which a server says at any time that we must log in, or that it takes no such login (RFC 4954)."""
ONE_MAILBOX = re.compile(r"[^\s@,;<>]+@[^\s@,;<>]+")
T = TypeVar("T")
log = structlog.get_logger("mail")


class Unsent(Exception):
    """A mail did not leave. `code` says why, without anything of the mail."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Undeliverable(Unsent):
    """This mail can never reach this reader by this server."""


class Unaccepted(Unsent):
    """The server takes nothing from us as we are: an administrator must mend it. The mail can go afterwards."""


class ServerAway(Unsent):
    """The server cannot take this mail now; it passes. `for_all`: it would take no other either."""

    def __init__(self, code: str, *, for_all: bool) -> None:
        super().__init__(code)
        self.for_all = for_all


class LastLook(Protocol):
    """Looks whether a letter is still wanted, and then runs what sends it."""

    async def __call__(self, send: Callable[[], Awaitable[T]]) -> T:
        """Look, and send. The exception that says that the letter is no longer wanted is not handled by the channel."""
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
        self._keeping = 0
        self._idle: list[_Client] = []

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

    @asynccontextmanager
    async def conversing(self) -> AsyncIterator[None]:
        """As long as the block takes, keep conversations for the next mails; then end them."""
        self._keeping += 1
        ending = asyncio.create_task(self._end_idle())
        try:
            yield
        finally:
            ending.cancel()
            self._keeping -= 1
            await self._end(self._idle if not self._keeping else [])

    async def send(self, mail: EmailMessage, look: LastLook = unseen) -> None:
        """Hand a mail over. Raises Undeliverable, Unaccepted and ServerAway, and what `look` raises."""
        if self._refused and monotonic() < self._refused[1]:
            raise Unaccepted(self._refused[0])
        kept = self._idle.pop() if self._idle else None
        # What a server says in a kept conversation before it gets the mail may be about the conversation, which was too
        # long or sent too much (421, or no answer at all). So a new one is begun, unless the mail itself was begun.
        if kept and await self._left_by(kept, mail, look):
            return
        client = await self._client()
        try:
            await self._greet(client)
        except FAULTS as error:
            client.close()
            raise self._known(error) from None
        except BaseException:
            client.close()
            raise
        await self._send(client, mail, look)
        self._refused = None

    async def _left_by(self, kept: "_Client", mail: EmailMessage, look: LastLook) -> bool:
        """Try a kept conversation; tell whether the mail left by it. Raises what came after the mail was begun."""
        try:
            await self._send(kept, mail, look)
        except Unsent:
            if kept.handing_over:
                raise
            return False
        return True

    async def _send(self, client: "_Client", mail: EmailMessage, look: LastLook) -> None:
        """Send a mail by a conversation, and keep that, or end it; one that went wrong is cut."""
        client.look, client.handing_over = look, False
        try:
            await client.send_message(mail, sender=self._settings.envelope_sender, recipients=[str(mail["To"])])
        except FAULTS as error:
            client.close()
            # In a kept conversation a refusal before the mail is not about us: see `send`.
            raise self._known(error) if client.handing_over or not client.sent else _told(error) from None
        except BaseException:
            client.close()
            raise
        client.sent, client.idle_since = client.sent + 1, monotonic()
        if self._keeping and client.sent < MOST:
            self._idle.append(client)
        else:
            await self._end([client])

    def _known(self, error: Exception) -> Unsent:
        """Return what an error means. When the server does not accept us it is left alone for a while."""
        unsent = error if isinstance(error, Unaccepted) else _told(error)
        if isinstance(unsent, Unaccepted):
            self._stop(unsent.code)
        return unsent

    async def _end_idle(self) -> None:
        """End conversations that have not been used for a while."""
        while True:
            await asyncio.sleep(IDLE)
            await self._end([one for one in self._idle if one.idle_since < monotonic() - IDLE])

    async def _end(self, clients: Iterable["_Client"]) -> None:
        ending = tuple(clients)
        self._idle = [one for one in self._idle if one not in ending]
        await asyncio.gather(*map(_say_goodbye, ending))

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
        """Leave the server alone for a while, and tell an administrator once."""
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

    async def _client(self) -> "_Client":
        if self._tls is None:
            self._tls = await asyncio.to_thread(ssl.create_default_context)
        return _Client(
            hostname=self._settings.smtp_host,
            port=self._settings.smtp_port,
            local_hostname=await self._greeting_name(),
            timeout=PATIENCE,
            use_tls=self._settings.smtp_tls == "implicit",
            start_tls=False,  # in `_greet`, where what the server lacks can be told
            tls_context=self._tls,
        )


class _Client(aiosmtplib.SMTP):
    """A conversation with a mail server. It has agreed to sender and reader before the last look at the letter."""

    look: LastLook = staticmethod(unseen)
    handing_over = False
    """Whether the letter itself was begun."""
    sent = 0
    """Letters that left by this conversation."""
    idle_since = 0.0

    async def data(self, message: str | bytes, /, **options: Any) -> aiosmtplib.SMTPResponse:
        """Send the letter itself."""
        self.handing_over = True
        hand_over = functools.partial(super().data, message, **options)
        return await self.look(hand_over)


FAULTS = (Unaccepted, ValueError, OSError, aiosmtplib.SMTPException)
"""What ends a conversation early."""


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
    """Return the address of one mailbox, safe in a header. Raises Undeliverable: a person must correct any other."""
    if not ONE_MAILBOX.fullmatch(address):
        raise Undeliverable("wrong_address")
    try:
        return in_ascii(address)
    except ValueError:
        raise Undeliverable("wrong_address") from None


async def _say_goodbye(client: aiosmtplib.SMTP) -> None:
    """End a conversation as the standard says. The mails stay sent, whether the server answers or not."""
    try:
        with suppress(aiosmtplib.SMTPException, OSError):
            await client.quit(timeout=GOODBYE)
    finally:
        client.close()
