"""How often each caller may ask: told in every answer by `RateLimit` and `RateLimit-Policy`, and by 429 when exceeded.

A caller with a valid token is known by the subject of the token, so that people of an office who share an address are
not one caller. Everybody else is known by the address. Each process of the API counts by itself, in memory: with
several processes a caller may ask as often of each. Guesses at the codes of links are counted in the database
(`store.links`).
"""

from ipaddress import ip_address, ip_network

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.auth import named
from api.installation import Installation
from api.operations import PROBES
from api.problems import Problem, TooManyRequests
from api.web.links import LINKS, told
from api.web.pages import language_of
from runtime.rates import Limit, TooOften, TryCounter

NETWORK = 64
"""Bits of an IPv6 address that a provider gives to one customer, who may choose the rest anew for each request."""


class RateLimits:
    """The layer that counts requests. Probes are not counted: on their answers a process is started or stopped."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI. Raises `TooManyRequests`, which the envelope tells."""
        if scope["type"] != "http" or scope["path"] in PROBES:
            await self._app(scope, receive, send)
            return
        here: Installation = scope["app"].state.installation
        counter, who = await _counted(here, scope)
        scope["state"]["asker"] = f"{counter.limit.kind} {who}"
        try:
            remaining, seconds = counter.count(who)
        except TooOften as often:
            _tell(scope, counter.limit, 0, often.seconds)
            if not scope["path"].startswith(LINKS):
                raise TooManyRequests(counter.limit.most, often.seconds) from None
            language = language_of(Request(scope).query_params.get("lang"))
            await told("too_often", language=language, status=429, seconds=often.seconds)(scope, receive, send)
            return
        _tell(scope, counter.limit, remaining, seconds)
        await self._app(scope, receive, send)


async def _counted(here: Installation, scope: Scope) -> tuple[TryCounter, str]:
    """Return in which counter a request counts, and under which name. A token that is not valid names nobody."""
    if "authorization" in Request(scope).headers:
        try:
            return here.limits.callers, (await named(here, scope)).user
        except Problem:
            pass  # the route that needs the token tells what is wrong with it
    return here.limits.addresses, network_of(scope["client"][0] if scope.get("client") else "")


def network_of(host: str) -> str:
    """Return by what an address is counted: itself, or its network for IPv6."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return host if address.version == 4 else str(ip_network((address, NETWORK), strict=False))


def _tell(scope: Scope, limit: Limit, remaining: int, seconds: int) -> None:
    """Have the envelope tell it (draft-ietf-httpapi-ratelimit-headers-10)."""
    scope["state"]["told"] = {
        "RateLimit-Policy": f'"{limit.kind}";q={limit.most};w={int(limit.within.total_seconds())}',
        "RateLimit": f'"{limit.kind}";r={remaining};t={seconds}',
    }
