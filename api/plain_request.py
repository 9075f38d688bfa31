"""A request that can be read in one way only: no control character in its address, no parameter and no header twice.

No name, number or word of ours has a control character, and PostgreSQL keeps no NUL. Of a parameter or header that is
given twice, some readers take the first and others the last.

It is checked for every request at once, before its route is found, so that no route can forget it.
"""

from collections import Counter
from collections.abc import Iterable
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Receive, Scope, Send

from api.problems import Invalid
from runtime.strict_json import CONTROL

CONTROLS = frozenset(map(chr, (*range(0x20), *range(0x7F, 0xA0))))
TWICE = "give this once"
HEADERS = (
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "On-Behalf-Of",
    "X-Berichtsoort",
    "webhook-id",
    "webhook-signature",
    "webhook-timestamp",
)
"""The headers that we read and that hold one value. `If-Match` and `If-None-Match` are lists, and may come in lines."""
SINGLE = {name.lower().encode(): name for name in HEADERS}


class PlainRequest:
    """The layer that refuses what can be read in more than one way."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI. Raises `Invalid`, which `Envelope` sends."""
        if scope["type"] == "http":
            if wrong := _with_controls(scope):
                raise Invalid((name, CONTROL) for name in wrong)
            parameters = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
            headers = (SINGLE[name] for name, _ in scope["headers"] if name in SINGLE)
            if twice := [*_twice(name for name, _ in parameters), *_twice(headers)]:
                raise Invalid((name, TWICE) for name in twice)
        await self._app(scope, receive, send)


def _twice(names: Iterable[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


def _with_controls(scope: Scope) -> list[str]:
    """Return what holds a control character: the path, or parameters by name."""
    found = ["path"] if CONTROLS & set(scope["path"]) else []
    if b"%" in scope["query_string"] or any(byte < 0x20 or byte >= 0x7F for byte in scope["query_string"]):
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        found += [name for name, value in query if CONTROLS & set(value) and not CONTROLS & set(name)]
        found += ["query" for name, _ in query if CONTROLS & set(name)]
    return found
