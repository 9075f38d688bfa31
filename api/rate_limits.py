"""How often each caller may ask. `RateLimit` and `RateLimit-Policy` tell it in every answer, 429 when it was too often.

Who is signed in is known by the subject of the token, so that an office that shares an address is not one caller;
everybody else by the address. Each process of the API counts by itself, in memory: with several of them a caller may
ask as often of each. What keeps codes of links from being guessed is counted in the database (`store.links`).
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
"""Bits of an IPv6 address that name whose it is; the rest anybody may choose anew for each request."""


class RateLimits:
    """The layer that counts. Probes of the operator are not counted: an answer of theirs stops or starts a process."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI. Raises `TooManyRequests`, which the envelope tells."""
        if scope["type"] != "http" or scope["path"] in PROBES:
            await self._app(scope, receive, send)
            return
        here: Installation = scope["app"].state.installation
        counter, who = await _counted(here, scope)
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
    """Return where a request counts, and as whose. A token that is not valid names nobody."""
    if "authorization" in Request(scope).headers:
        try:
            return here.limits.callers, (await named(here, scope)).user
        except Problem:
            pass  # whoever needs the token tells what is wrong with it
    return here.limits.addresses, network_of(scope["client"][0] if scope.get("client") else "")


def network_of(host: str) -> str:
    """Return whose an address is, as far as it tells."""
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
