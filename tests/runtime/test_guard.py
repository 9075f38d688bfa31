"""Whoever speaks HTTP does so by the guard: nothing within our network is reached that the operator did not name."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pytest
from temporalio.testing import ActivityEnvironment

from activities.letters.letter import ChannelAway
from activities.letters.notify_nl import NotifyNl
from activities.partner import PartnerAway, PartnerRefused, Partners
from runtime.addresses import AddressRefused, AllowList
from runtime.directory import Directory
from runtime.guard import Resolve, guarded
from runtime.token_keys import TokenKeys, TokenKeysUnavailable
from tests.runtime.test_addresses import INNER, WRONG_TEXTS, Trap, answering, trapped

NOTHING = AllowList()


def leading(port: int) -> Resolve:
    """Lead every name to the loopback, or where the list of inner addresses says."""

    async def resolve(host: str, asked: int) -> list[str]:
        return INNER.get(host, ["127.0.0.1"])

    return resolve


def at_port(urls: tuple[str, ...], port: int) -> list[str]:
    """The same addresses with the port of a trap after the host, where they have a host."""
    return [f"{scheme}//{host}:{port}/" for scheme, _, host, *_ in (u.split("/") for u in urls if u.count("/") > 2)]


async def test_no_client_of_the_guard_connects_to_a_trap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    async with trapped() as trap, guarded(NOTHING, resolve=leading(trap.port)) as http:
        monkeypatch.setattr("runtime.addresses.PORTS", frozenset({443, 8443, trap.port}))
        urls = [*WRONG_TEXTS, *at_port(WRONG_TEXTS, trap.port), *(f"https://{host}:{trap.port}/" for host in INNER)]
        for url in urls:
            with pytest.raises((AddressRefused, httpx.InvalidURL, httpx.UnsupportedProtocol)):
                await http.get(url)
        assert len(urls) > 150
        assert trap.connections == 0
        async with guarded(AllowList.parse("127.0.0.1")) as named:
            with pytest.raises(httpx.HTTPError):
                await named.get(f"http://127.0.0.1:{trap.port}/")
        assert trap.connections == 1, "the trap sees who connects"


async def test_a_name_that_changes_after_it_was_judged_is_not_looked_up_again() -> None:
    asked: list[str] = []
    async with answering(b"HTTP/1.1 204 No Content\r\n\r\n") as port, trapped() as trap:

        async def resolve(host: str, _: int) -> list[str]:
            asked.append(host)
            return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

        async with guarded(AllowList.parse("partner.example.org"), resolve=resolve) as http:
            assert (await http.get(f"http://partner.example.org:{port}/")).status_code == 204
        assert asked == ["partner.example.org"]
        assert trap.connections == 0


async def test_no_redirect_is_followed_and_one_that_is_asked_for_is_judged() -> None:
    async with trapped() as trap:
        location = f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{trap.port}/\r\nContent-Length: 0\r\n\r\n"
        async with answering(location.encode()) as port, guarded(AllowList.parse(f"127.0.0.1:{port}")) as http:
            assert (await http.get(f"http://127.0.0.1:{port}/")).status_code == 302
            with pytest.raises(AddressRefused):
                await http.get(f"http://127.0.0.1:{port}/", follow_redirects=True)
        assert trap.connections == 0


async def test_two_names_at_one_address_share_no_connection() -> None:
    seen: list[list[str]] = []
    async with _keeping(seen) as port:

        async def resolve(_: str, __: int) -> list[str]:
            return ["127.0.0.1"]

        async with guarded(AllowList.parse("one.example.org,other.example.org"), resolve=resolve) as http:
            for name in ("one", "other", "one"):
                assert (await http.get(f"http://{name}.example.org:{port}/a")).status_code == 204
    assert seen == [[f"one.example.org:{port}"] * 2, [f"other.example.org:{port}"]]


@asynccontextmanager
async def _keeping(seen: list[list[str]]) -> AsyncIterator[int]:
    """A server that keeps its connections open, and notes the hosts that are asked for on each."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hosts: list[str] = []
        seen.append(hosts)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                hosts += [line[6:] for line in head.decode().splitlines() if line.startswith("Host: ")]
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        except asyncio.IncompleteReadError:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def _sent_to_partner(trap: Trap) -> None:
    async with guarded(NOTHING) as http:
        partners = Partners(http, Directory([]))
        with pytest.raises(PartnerAway, match="away") as away:
            await ActivityEnvironment().run(partners.send, "GET", f"http://127.0.0.1:{trap.port}/")
        assert away.value.code == "not_https"


async def _sent_to_odd_partner(trap: Trap) -> None:
    async with guarded(NOTHING) as http:
        partners = Partners(http, Directory([]))
        for url in at_port(WRONG_TEXTS, trap.port):
            with pytest.raises((PartnerAway, PartnerRefused)):
                await ActivityEnvironment().run(partners.send, "GET", url)


async def test_a_partners_system_on_our_own_network_is_not_called_unless_it_is_named() -> None:
    async with trapped() as trap:
        await _sent_to_partner(trap)
        await _sent_to_odd_partner(trap)
        assert trap.connections == 0


async def test_the_address_of_a_setting_is_called_and_where_it_redirects_to_is_not() -> None:
    async with trapped() as trap:
        location = f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{trap.port}/\r\nContent-Length: 0\r\n\r\n"
        async with answering(location.encode()) as port:
            with pytest.raises(TokenKeysUnavailable):
                await TokenKeys(f"http://127.0.0.1:{port}/jwks").find("k1")
            url, key = f"http://127.0.0.1:{port}", f"mediation-{uuid4()}-{uuid4()}"
            async with guarded(AllowList.of(url)) as http:
                notify = NotifyNl(http, url, key, "template")
                with pytest.raises(ChannelAway):
                    await notify.state_of("n-1", datetime(2026, 11, 30, tzinfo=UTC))
        assert trap.connections == 0


@pytest.mark.parametrize(
    ("url", "entries"),
    [
        ("https://api.notifynl.nl", {"api.notifynl.nl:443"}),
        ("http://login.intern:8080/realms/x/certs?y=1", {"login.intern:8080"}),
        ("http://[::1]:9000/jwks", {"[::1]:9000"}),
        ("/etc/mediation/keys.json", set()),
        ("https://user@example.org/", set()),
        (None, set()),
    ],
    ids=["https", "http-with-port", "six", "a-file", "with-a-user", "none"],
)
def test_an_address_of_the_operators_names_its_own_host_and_no_other(url: str | None, entries: set[str]) -> None:
    assert AllowList.of(url).entries == entries
