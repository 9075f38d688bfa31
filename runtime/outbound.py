"""Calls to addresses that others gave us: resolved once, judged, and made to that very IP address.

The certificate is checked against the name. No redirect is followed, no proxy of the environment used, no connection
used twice, and no more than 256 KiB of an answer read. Nothing is tried again here.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import NamedTuple

import httpx

from runtime.addresses import AddressRefused, AllowList, Target, is_public, judged

BODY_LIMIT = 256 * 1024
"""Bytes of the longest answer."""
PATIENCE = 20.0
"""Seconds for a whole call, from the name's resolution to the last byte."""

Resolve = Callable[[str, int], Awaitable[list[str]]]


class CallFailed(Exception):
    """The call did not come to an answer."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class Answer(NamedTuple):
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
        self, http: httpx.AsyncClient, allow_list: AllowList, *, resolve: Resolve = resolve, patience: float = PATIENCE
    ) -> None:
        self._http = http
        self._allow_list = allow_list
        self._resolve = resolve
        self._patience = patience

    def judge(self, url: str) -> Target:
        """Return an address that may be called, as far as its text tells. Raises AddressRefused."""
        return judged(url, self._allow_list)

    async def call(self, method: str, url: str, headers: Mapping[str, str], content: bytes = b"") -> Answer:
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
        """Return the one IP address that is called: none of those the name resolves to may be an inner one."""
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
    ) -> Answer:
        scheme, host = "https" if target.secure else "http", f"[{address}]" if ":" in address else address
        async with self._http.stream(
            method,
            f"{scheme}://{host}:{target.port}{target.path}",
            # Nothing compressed: a small answer could then grow without limit.
            headers={"Accept-Encoding": "identity", **headers, "Host": target.named},
            content=content,
            extensions={"sni_hostname": target.host},
            follow_redirects=False,
            timeout=self._patience,
        ) as response:
            return Answer(response.status_code, response.headers, await _read(response))


async def _read(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_raw(16 * 1024):
        body += chunk
        if len(body) > BODY_LIMIT:
            raise CallFailed("too_long")
    return bytes(body)


@asynccontextmanager
async def outbound(
    allow_list: AllowList, *, resolve: Resolve = resolve, trusted: ssl.SSLContext | None = None
) -> AsyncIterator[Outbound]:
    """A way out, closed afterwards. Two names at one IP address never share a connection: none is kept."""
    limits = httpx.Limits(max_connections=50, max_keepalive_connections=0)
    async with httpx.AsyncClient(trust_env=False, limits=limits, verify=trusted or True) as http:
        yield Outbound(http, allow_list, resolve=resolve)
