"""Calls to addresses that others gave us: a name is resolved once, its IP address judged, and that one called.

The certificate is checked against the name. No redirect is followed, no proxy of the environment is used, and no more
than 256 KiB of an answer is read. No connection is used twice, but for the calls of one visit: for these a name is
resolved and judged once, and the connections to it are kept. Nothing is tried again here.
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

BODY_LIMIT = 256 * 1024
"""Bytes of the longest answer."""
AT_ONCE = 50
"""So many calls are under way at a time, from one `Outbound`, and on one visit to one name."""
PATIENCE = 20.0
"""Seconds for a whole call, from the name's resolution to the last byte."""

Resolve = Callable[[str, int], Awaitable[list[str]]]


class CallFailed(Exception):
    """The call got no answer."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class HttpAnswer(NamedTuple):
    """What was answered."""

    status: int
    headers: httpx.Headers
    content: bytes


async def resolve(host: str, port: int) -> list[str]:
    """Return the IP addresses of a host. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[4][0]) for address in found]


class Outbound:
    """Calls others' systems."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        allow_list: AllowList,
        *,
        resolve: Resolve = resolve,
        patience: float = PATIENCE,
        connect: Callable[[], httpx.AsyncClient] | None = None,
    ) -> None:
        self._http = http
        self._allow_list = allow_list
        self._resolve = resolve
        self._patience = patience
        self._connect = connect
        """Makes the connections of a visit; without it a visit keeps none."""

    @asynccontextmanager
    async def visit(self) -> AsyncIterator["Outbound"]:
        """Return an `Outbound` for some calls in a row, for which connections are kept."""
        if self._connect is None:
            yield self
            return
        async with _Kept(self._connect) as kept:
            yield _Visit(self, kept)

    def _client_for(self, host: str) -> httpx.AsyncClient:
        return self._http

    def judge(self, url: str) -> Target:
        """Return an address that may be called, as far as its text tells. Raises AddressRefused."""
        return judged(url, self._allow_list)

    async def call(self, method: str, url: str, headers: Mapping[str, str], content: bytes = b"") -> HttpAnswer:
        """Make one call. Raises AddressRefused or CallFailed."""
        target = self.judge(url)
        try:
            async with asyncio.timeout(self._patience):
                return await self._send(method, target, await self._address_of(target), headers, content)
        except TimeoutError:
            raise CallFailed("timeout") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise CallFailed(type(error).__name__) from None

    async def _address_of(self, target: Target) -> str:
        """Return the IP address that is called. Raises AddressRefused when the name resolves to any inner address."""
        try:
            found = await self._resolve(target.host, target.port)
        except (OSError, UnicodeError):
            raise CallFailed("unknown_host") from None
        if not found:
            raise CallFailed("unknown_host")
        if not target.allowed and not all(map(is_public, found)):
            raise AddressRefused("not_a_public_address")
        return found[0]

    async def _send(
        self, method: str, target: Target, address: str, headers: Mapping[str, str], content: bytes
    ) -> HttpAnswer:
        scheme, host = "https" if target.secure else "http", f"[{address}]" if ":" in address else address
        async with self._client_for(target.host).stream(
            method,
            f"{scheme}://{host}:{target.port}{target.path}",
            # Nothing compressed: a small answer could then grow without limit.
            headers={"Accept-Encoding": "identity", **headers, "Host": target.named},
            content=content,
            extensions={"sni_hostname": target.host},
            follow_redirects=False,
            timeout=self._patience,
        ) as response:
            return HttpAnswer(response.status_code, response.headers, await _read(response))


class _Kept(AsyncExitStack):
    """The connections of a visit, for each name apart: two names at one IP address never share any."""

    def __init__(self, connect: Callable[[], httpx.AsyncClient]) -> None:
        super().__init__()
        self._connect = connect
        self._clients: dict[str, httpx.AsyncClient] = {}

    def client_for(self, host: str) -> httpx.AsyncClient:
        """Return the client that keeps the connections to this name."""
        if host not in self._clients:
            self._clients[host] = self._connect()
            self.push_async_callback(self._clients[host].aclose)
        return self._clients[host]


class _Visit(Outbound):
    """See `Outbound.visit`."""

    def __init__(self, out: Outbound, kept: _Kept) -> None:
        super().__init__(out._http, out._allow_list, resolve=out._resolve, patience=out._patience)
        self._kept = kept
        self._found: dict[tuple[str, int], str] = {}

    def _client_for(self, host: str) -> httpx.AsyncClient:
        return self._kept.client_for(host)

    async def _address_of(self, target: Target) -> str:
        where = target.host, target.port
        if where not in self._found:
            self._found[where] = await super()._address_of(target)
        return self._found[where]


async def _read(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_raw(16 * 1024):
        body += chunk
        if len(body) > BODY_LIMIT:
            raise CallFailed("too_long")
    return bytes(body)


@cache
def trusted() -> ssl.SSLContext:
    """Return the certificate authorities that this process trusts: read once, for that takes longer than most calls."""
    return httpx.create_ssl_context(trust_env=False)


@asynccontextmanager
async def outbound(
    allow_list: AllowList, *, resolve: Resolve = resolve, trusting: ssl.SSLContext | None = None
) -> AsyncIterator[Outbound]:
    """Yield an `Outbound`, closed afterwards. Two names at one IP address never share a connection."""
    context = trusting or trusted()

    def connect(kept: int = AT_ONCE) -> httpx.AsyncClient:
        limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=kept)
        return httpx.AsyncClient(trust_env=False, limits=limits, verify=context)

    async with connect(kept=0) as http:
        yield Outbound(http, allow_list, resolve=resolve, connect=connect)
