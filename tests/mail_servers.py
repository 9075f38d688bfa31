"""Mail servers as there are: with login, with TLS, with refusals. Each is a real one, and keeps what it takes."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal, NamedTuple

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sandbox.embedded.ports import LOOPBACK

NAME, PASSWORD = "bemiddeling", "geheim met spatie"


class Certified(NamedTuple):
    """A certificate for this machine, and the file by which it is believed."""

    context: ssl.SSLContext
    believed: Path


class Taken(NamedTuple):
    """A mail as the server took it."""

    sender: str
    readers: list[str]
    content: bytes
    encrypted: bool
    login: str | None


class Reception:
    """Takes mail, or answers with the lines that it is given for a step of the conversation."""

    def __init__(self, answers: dict[str, str] | None = None) -> None:
        self.answers = answers or {}
        self.taken: list[Taken] = []
        self.logins = 0
        self.began: list[object] = []
        """From where each mail was begun: a port for each conversation."""

    def authenticator(self, server: SMTP, session: Session, envelope: Envelope, way: str, data: Any) -> AuthResult:
        """Let in who knows the password."""
        self.logins += 1
        known = isinstance(data, LoginPassword) and (data.login, data.password) == (NAME.encode(), PASSWORD.encode())
        return AuthResult(success=known, handled=False, auth_data=NAME if known else None)

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        self.began.append(session.peer)
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if (line := self.answers.get("DATA")) is not None:
            return line
        content = envelope.original_content or b""
        encrypted = server.transport is not None and server.transport.get_extra_info("sslcontext") is not None
        sender = envelope.mail_from or ""
        self.taken.append(Taken(sender, list(envelope.rcpt_tos), content, encrypted, session.auth_data))
        return "250 Received"


@asynccontextmanager
async def mail_server(
    reception: Reception,
    *,
    tls: Literal["no", "starttls", "implicit"] = "no",
    certified: Certified | None = None,
    login: bool = False,
    utf8: bool = True,
    greeting: str | None = None,
) -> AsyncIterator[int]:
    """A mail server at the port returned, for as long as the block takes."""
    loop = asyncio.get_running_loop()
    options: dict[str, Any] = {"enable_SMTPUTF8": utf8, "hostname": "localhost", "loop": loop}
    if login:
        options |= {"auth_required": True, "auth_require_tls": tls == "starttls"}
        options |= {"authenticator": reception.authenticator}
    if tls == "starttls" and certified:
        options |= {"tls_context": certified.context, "require_starttls": login}

    def answering() -> asyncio.BaseProtocol:
        return SMTP(reception, **options) if greeting is None else _Unwilling(greeting)

    context = certified.context if tls == "implicit" and certified else None
    server = await loop.create_server(answering, LOOPBACK, 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


class _Unwilling(asyncio.Protocol):
    """Says one line to whoever comes, and hangs up."""

    def __init__(self, line: str) -> None:
        self._line = line

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        transport.write(f"{self._line}\r\n".encode())
        transport.close()


def certify(folder: Path) -> Certified:
    """Make a certificate for 127.0.0.1, signed by itself."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example")])
    there = x509.SubjectAlternativeName([x509.IPAddress(ip_address(LOOPBACK))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(there, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    believed, private = folder / "certificate.pem", folder / "key.pem"
    believed.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(believed, private)
    return Certified(context, believed)
