"""Calls to addresses that others gave us: a name is resolved once, its IP address judged, and that one called.

The certificate is checked against the name. No redirect is followed, no proxy of the environment is used, and no more
than 256 KiB of an answer is read. No connection is used twice, but for the calls of one visit: for these a name is
resolved and judged once, and the connections to it are kept. Nothing is tried again here.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import NamedTuple

import httpx

from runtime.addresses import AllowList, Target
from runtime.guard import AT_ONCE, Guard, Resolve, UnknownHost, pinned, resolve, trusted

BODY_LIMIT = 256 * 1024
"""Bytes of the longest answer."""
PATIENCE = 20.0
"""Seconds for a whole call, from the name's resolution to the last byte."""


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
        self._guard = Guard(allow_list, resolve)
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
        return self._guard.judge(url)

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
            return await self._guard.locate(target)
        except UnknownHost:
            raise CallFailed("unknown_host") from None

    async def _send(
        self, method: str, target: Target, address: str, headers: Mapping[str, str], content: bytes
    ) -> HttpAnswer:
        where = pinned(target, address)
        async with self._client_for(target.host).stream(
            method,
            where.url,
            # Nothing compressed: a small answer could then grow without limit.
            headers={"Accept-Encoding": "identity", **headers, **where.headers},
            content=content,
            extensions=dict(where.extensions),
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


@asynccontextmanager
async def outbound(
    allow_list: AllowList,
    *,
    resolve: Resolve = resolve,
    trusting: ssl.SSLContext | None = None,
    patience: float = PATIENCE,
) -> AsyncIterator[Outbound]:
    """Yield an `Outbound`, closed afterwards. Two names at one IP address never share a connection."""
    context = trusting or trusted()

    def connect(kept: int = AT_ONCE) -> httpx.AsyncClient:
        limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=kept)
        return httpx.AsyncClient(trust_env=False, limits=limits, verify=context)

    async with connect(kept=0) as http:
        yield Outbound(http, allow_list, resolve=resolve, patience=patience, connect=connect)
