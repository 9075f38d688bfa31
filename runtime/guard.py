"""Every call that leaves this system by HTTP goes through one guard: the address is judged, its name resolved once, the
IP addresses judged, and the very address that was judged is called.

The certificate is checked against the name. No redirect is followed and no proxy of the environment is used. Whoever
speaks HTTP takes a client from `guarded`, or calls by `runtime.outbound`; no other module makes one.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache
from typing import NamedTuple

import httpx

from runtime.addresses import AddressRefused, AllowList, Target, is_public, judged

AT_ONCE = 50
"""So many calls are under way at a time, by one client to one name."""

Resolve = Callable[[str, int], Awaitable[list[str]]]


class UnknownHost(Exception):
    """This name leads nowhere."""


class Pinned(NamedTuple):
    """A call as it is made: to an IP address, in the name of a host."""

    url: str
    headers: Mapping[str, str]
    extensions: Mapping[str, str]


async def resolve(host: str, port: int) -> list[str]:
    """Return the IP addresses of a host. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[4][0]) for address in found]


class Guard:
    """Judges addresses, and where their names lead."""

    def __init__(self, allow_list: AllowList, resolve: Resolve = resolve) -> None:
        self._allow_list = allow_list
        self._resolve = resolve

    def judge(self, url: str) -> Target:
        """Return an address that may be called, as far as its text tells. Raises AddressRefused."""
        return judged(url, self._allow_list)

    async def locate(self, target: Target) -> str:
        """Return the IP address that is called. Raises UnknownHost, or AddressRefused when the name resolves to any
        inner address.
        """
        try:
            found = await self._resolve(target.host, target.port)
        except (OSError, UnicodeError):
            raise UnknownHost from None
        if not found:
            raise UnknownHost
        if not target.allowed and not all(map(is_public, found)):
            raise AddressRefused("not_a_public_address")
        return found[0]


def pinned(target: Target, address: str) -> Pinned:
    """Return how an address is called at the IP address that was judged."""
    scheme, host = "https" if target.secure else "http", f"[{address}]" if ":" in address else address
    url = f"{scheme}://{host}:{target.port}{target.path}"
    return Pinned(url, {"Host": target.named}, {"sni_hostname": target.host})


class GuardedTransport(httpx.AsyncBaseTransport):
    """Carries the requests of a client through the guard. Two names at one IP address never share a connection."""

    def __init__(self, guard: Guard, connect: Callable[[], httpx.AsyncBaseTransport]) -> None:
        self._guard = guard
        self._connect = connect
        self._kept: dict[str, httpx.AsyncBaseTransport] = {}
        self._closing = AsyncExitStack()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """See httpx. Raises AddressRefused before anything is connected to."""
        target = self._guard.judge(str(request.url))
        patience = request.extensions.get("timeout", {}).get("connect")
        try:
            async with asyncio.timeout(patience):
                where = pinned(target, await self._guard.locate(target))
        except UnknownHost:
            raise httpx.ConnectError("unknown host", request=request) from None
        except TimeoutError:
            raise httpx.ConnectTimeout("the name is not found in time", request=request) from None
        headers = request.headers.copy()
        headers.update(where.headers)
        extensions = {**request.extensions, **where.extensions}
        sent = httpx.Request(request.method, where.url, headers=headers, stream=request.stream, extensions=extensions)
        return await self._to(target.host).handle_async_request(sent)

    async def aclose(self) -> None:
        """See httpx."""
        await self._closing.aclose()

    def _to(self, host: str) -> httpx.AsyncBaseTransport:
        if host not in self._kept:
            self._kept[host] = self._connect()
            self._closing.push_async_callback(self._kept[host].aclose)
        return self._kept[host]


@cache
def trusted() -> ssl.SSLContext:
    """Return the certificate authorities that this process trusts: read once, for that takes longer than most calls."""
    return httpx.create_ssl_context(trust_env=False)


@asynccontextmanager
async def guarded(
    allow_list: AllowList, *, resolve: Resolve = resolve, trusting: ssl.SSLContext | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    """Yield an HTTP client that calls nothing but by the guard, closed afterwards."""
    context = trusting or trusted()
    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)

    def connect() -> httpx.AsyncBaseTransport:
        return httpx.AsyncHTTPTransport(verify=context, trust_env=False, limits=limits)

    transport = GuardedTransport(Guard(allow_list, resolve), connect)
    async with httpx.AsyncClient(transport=transport, trust_env=False, follow_redirects=False) as http:
        yield http
