"""Which addresses are called: every way to write our own network is refused, and nothing is ever connected to it."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from runtime.addresses import AddressRefused, AllowList, is_public, judged
from runtime.outbound import BODY_LIMIT, CallFailed, Outbound, outbound

NOTHING = AllowList()
WRONG_TEXTS = (
    *("http://example.org/", "ftp://example.org/", "file:///etc/passwd", "gopher://example.org", "javascript:alert(1)"),
    *("//example.org", "example.org", "", " ", "https://", "https:///x", "https:example.org", "https:/example.org"),
    *("https://127.0.0.1/", "https://127.0.0.1:443/", "https://127.1/", "https://127.0.1/", "https://0/"),
    *(
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.0.0.1/",
        "https://0177.0.0.1/",
        "https://017700000001/",
    ),
    *("https://0x7f.1/", "https://1.2.3.4/", "https://8.8.8.8/", "https://10.0.0.1/", "https://169.254.169.254/"),
    *(
        "https://[::1]/",
        "https://[::]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[fd00::1]/",
    ),
    *("https://[fe80::1%25eth0]/", "https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/", "https://[2606:4700::1]/"),
    *("https://localhost/", "https://LOCALHOST/", "https://localhost./", "https://example.org./", "https://.org/"),
    *("https://user@example.org/", "https://user:password@example.org/", "https://example.org@127.0.0.1/"),
    *("https://127.0.0.1#@example.org/", "https://127.0.0.1\\@example.org/", "https://example.org\\.127.0.0.1/"),
    *("https://example.org:80/", "https://example.org:8080/", "https://example.org:22/", "https://example.org:0443x/"),
    *("https://example.org:0/", "https://example.org:70000/", "https://example.org:-1/", "https://example.org: 443/"),
    *("https://ex\u0430mple.org/", "https://\u2460\u2461\u2466.0.0.1/", "https://\uff11\uff12\uff17.0.0.1/"),
    *(
        "https://example\u3002org/",
        "https://example.org/\u202e",
        "https://b\u00fccher.example/",
        "https://e\u200bxample.org/",
    ),
    *(
        "https://example.org/a b",
        "https://example.org/\r\nHost: x",
        "https://example.org/\x00",
        "https://exam ple.org/",
    ),
    *("https://example.org/#frag", "https://example.org/a\\b", "https://-example.org/", "https://example-.org/"),
    *("https://exa_mple.org/", "https://example.org?x=1", "https://example..org/", "https://" + "a" * 70 + ".org/"),
    "https://example.org/" + "a" * 2001,
)
"""Refused as they stand, before any name is looked up."""

INNER = {
    "loopback.example.org": ["127.0.0.1"],
    "loopback6.example.org": ["::1"],
    "mapped.example.org": ["::ffff:127.0.0.1"],
    "mapped-private.example.org": ["::ffff:10.1.2.3"],
    "any.example.org": ["0.0.0.0"],  # noqa: S104 - refused
    "any6.example.org": ["::"],
    "private.example.org": ["10.0.0.8"],
    "private-172.example.org": ["172.16.5.4"],
    "private-192.example.org": ["192.168.1.1"],
    "shared.example.org": ["100.64.0.1"],
    "metadata.example.org": ["169.254.169.254"],
    "unique-local.example.org": ["fd00::1"],
    "link-local.example.org": ["fe80::1"],
    "scoped.example.org": ["fe80::1%lo"],
    "site-local.example.org": ["fec0::1"],
    "nat64.example.org": ["64:ff9b::7f00:1"],
    "six-to-four.example.org": ["2002:7f00:1::1"],
    "teredo.example.org": ["2001:0:7f00:1::"],
    "documentation.example.org": ["2001:db8::1", "3fff::1", "192.0.2.1", "198.51.100.7", "203.0.113.9"],
    "benchmark.example.org": ["198.18.0.1"],
    "multicast.example.org": ["224.0.0.1", "239.1.2.3", "ff02::1"],
    "reserved.example.org": ["240.0.0.1", "255.255.255.255"],
    "compatible.example.org": ["::127.0.0.1"],
    "one-of-two.example.org": ["93.184.216.34", "127.0.0.1"],
    "one-of-two6.example.org": ["2606:2800:220:1::1", "::1"],
}
"""Names whose text is fine and which lead inside."""
PUBLIC = {"93.184.216.34", "2606:2800:220:1::1"}


@pytest.mark.parametrize("url", WRONG_TEXTS)
def test_an_address_that_is_no_plain_https_name_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        judged(url, NOTHING)


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("https://example.org", "example.org"),
        ("https://EXAMPLE.org/Hook", "example.org"),
        ("https://a.b-c.example.org:443/hook?x=1&y=%20", "a.b-c.example.org"),
        ("https://example.nl:8443/hook", "example.nl:8443"),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example"),
    ],
)
def test_a_plain_https_name_is_called(url: str, named: str) -> None:
    assert judged(url, NOTHING).named == named


@pytest.mark.parametrize("address", sorted({one for found in INNER.values() for one in found} - PUBLIC))
def test_an_inner_address_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "2a00:1450:4001::1"])
def test_a_public_address_is(address: str) -> None:
    assert is_public(address)


def test_a_site_names_its_own_hosts() -> None:
    site = AllowList.parse("127.0.0.1, zaken.intern:8080,[::1]:9000")
    assert judged("http://127.0.0.1:5000/x", site).allowed
    assert judged("http://zaken.intern:8080/x", site).allowed
    assert judged("http://[::1]:9000/", site).host == "::1"
    for url in ("http://zaken.intern/x", "http://127.0.0.2/", "http://user@127.0.0.1/", "http://127.0.0.1.nip.io/"):
        with pytest.raises(AddressRefused):
            judged(url, site)
    for wrong in ("https://x", "a b", "a:b", "x:1:2", "user@host"):
        with pytest.raises(ValueError, match="host"):
            AllowList.parse(wrong)


class Trap:
    """Listens on the loopback and counts who connects."""

    def __init__(self) -> None:
        self.connections = 0
        self.port = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        writer.close()


@asynccontextmanager
async def trapped() -> AsyncIterator[Trap]:
    trap = Trap()
    server = await asyncio.start_server(trap, "127.0.0.1", 0)
    trap.port = server.sockets[0].getsockname()[1]
    async with server:
        yield trap


async def test_nothing_connects_to_a_trap_however_its_address_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    tried = 0
    async with trapped() as trap, httpx.AsyncClient(trust_env=False) as http:

        async def resolve(host: str, port: int) -> list[str]:
            return INNER.get(host, ["127.0.0.1"])

        monkeypatch.setattr("runtime.addresses.PORTS", frozenset({443, 8443, trap.port}))
        out = Outbound(http, NOTHING, resolve=resolve, patience=2)
        urls = [url.replace("/", f":{trap.port}/", 3).replace(f":{trap.port}/", "/", 2) for url in WRONG_TEXTS]
        for url in (*WRONG_TEXTS, *urls, *(f"https://{host}:{trap.port}/" for host in INNER)):
            with pytest.raises(AddressRefused):
                await out.call("POST", url, {}, b"x")
            tried += 1
        assert tried > 150
        assert trap.connections == 0
        control = Outbound(http, AllowList.parse("127.0.0.1"), resolve=resolve, patience=2)
        with pytest.raises(CallFailed):
            await control.call("POST", f"http://127.0.0.1:{trap.port}/", {}, b"x")
        assert trap.connections == 1, "the trap sees who connects"


async def test_a_name_that_changes_between_judging_and_calling_is_looked_up_once() -> None:
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    seen: list[str] = []

    async def resolve(host: str, port: int) -> list[str]:
        return next(answers)

    async def nothing() -> AsyncIterator[bytes]:
        yield b""

    def transport(request: httpx.Request) -> httpx.Response:
        seen.append(f"{request.url.host} {request.headers['Host']} {request.extensions['sni_hostname']}")
        return httpx.Response(204, content=nothing())

    async with httpx.AsyncClient(transport=httpx.MockTransport(transport)) as http:
        out = Outbound(http, NOTHING, resolve=resolve)
        assert (await out.call("POST", "https://rebinding.example.org/hook", {}, b"x")).status == 204
        with pytest.raises(AddressRefused):
            await out.call("POST", "https://rebinding.example.org/hook", {}, b"x")
    assert seen == ["93.184.216.34 rebinding.example.org rebinding.example.org"]


@asynccontextmanager
async def answering(raw: bytes, *, slowly: bool = False) -> AsyncIterator[int]:
    """A server that answers everything with these bytes, all at once or one by one for ever."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(raw)
        try:
            while slowly:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.05)
            await writer.drain()
        except ConnectionError:
            return
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, family=socket.AF_INET)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_no_redirect_is_followed() -> None:
    async with trapped() as trap:
        location = f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{trap.port}/\r\nContent-Length: 0\r\n\r\n"
        async with answering(location.encode()) as port, outbound(AllowList.parse("127.0.0.1")) as out:
            assert (await out.call("POST", f"http://127.0.0.1:{port}/", {}, b"x")).status == 302
        assert trap.connections == 0


def certificate(folder: Path, name: str) -> ssl.SSLContext:
    """A server's context with a certificate of its own making for one name; its file is `{name}.pem`."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
    builder = builder.not_valid_after(datetime(2099, 1, 1, tzinfo=UTC))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    signed = builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / f"{name}.pem").write_bytes(signed)
    (folder / f"{name}.key").write_bytes(private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
    return context


async def test_the_certificate_is_checked_against_the_name_and_not_against_the_address(tmp_path: Path) -> None:
    asked: list[str | None] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        asked.append(next(line for line in head.decode().splitlines() if line.startswith("Host:")))
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")  # and the connection stays open, to be used again
        await writer.drain()

    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    context = certificate(tmp_path, "hook.example.org")
    context.sni_callback = lambda _, name, __: asked.append(name)
    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    trusted = ssl.create_default_context(cafile=str(tmp_path / "hook.example.org.pem"))
    site = AllowList.parse("hook.example.org,other.example.org,127.0.0.1")
    async with server, outbound(site, resolve=resolve, trusting=trusted) as out:
        assert (await out.call("POST", f"https://hook.example.org:{port}/", {}, b"x")).status == 204
        assert asked == ["hook.example.org", f"Host: hook.example.org:{port}"]
        for wrong in (f"https://other.example.org:{port}/", f"https://127.0.0.1:{port}/"):
            with pytest.raises(CallFailed, match="ConnectError"):
                await out.call("POST", wrong, {}, b"x")
        assert (await out.call("POST", f"https://hook.example.org:{port}/", {}, b"x")).status == 204
        async with outbound(site, resolve=resolve) as untrusting:
            with pytest.raises(CallFailed, match="ConnectError"):
                await untrusting.call("POST", f"https://hook.example.org:{port}/", {}, b"x")


async def test_on_a_visit_a_name_is_resolved_once_and_keeps_its_connection_for_itself() -> None:
    asked: list[str] = []
    spoken_to: list[list[str]] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        names: list[str] = []
        spoken_to.append(names)
        with suppress(asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                names += [line for line in head.decode().splitlines() if line.startswith("Host:")]
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
                await writer.drain()
        writer.close()

    async def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, outbound(AllowList.parse("one.example.org,other.example.org"), resolve=resolve) as out:
        for _ in range(2):
            async with out.visit() as visit:
                for name in ("one", "other", "one", "other"):
                    assert (await visit.call("POST", f"http://{name}.example.org:{port}/", {})).status == 204
    one, other = ([f"Host: {name}.example.org:{port}"] * 2 for name in ("one", "other"))
    assert spoken_to == [one, other, one, other], "two names at one address share nothing, nor do two visits"
    assert asked == ["one.example.org", "other.example.org"] * 2


async def test_an_answer_is_read_to_256_kib_and_for_a_total_time() -> None:
    head = b"HTTP/1.1 200 OK\r\n\r\n"
    async with outbound(AllowList.parse("127.0.0.1")) as out:
        async with answering(head + b"x" * BODY_LIMIT) as port:
            assert len((await out.call("GET", f"http://127.0.0.1:{port}/", {})).content) == BODY_LIMIT
        async with answering(head + b"x" * (BODY_LIMIT + 1)) as port:
            with pytest.raises(CallFailed, match="too_long"):
                await out.call("GET", f"http://127.0.0.1:{port}/", {})
    async with answering(head, slowly=True) as port, httpx.AsyncClient(trust_env=False) as http:
        with pytest.raises(CallFailed, match="timeout"):
            await Outbound(http, AllowList.parse("127.0.0.1"), patience=0.5).call(
                "GET", f"http://127.0.0.1:{port}/", {}
            )
