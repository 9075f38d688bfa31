"""No path and no query holds a control character: no name, number or word of ours does, and PostgreSQL keeps no NUL.

No parameter of a query is given twice, either.

It is checked for every address at once, before its route is found, so that no route can forget it.
"""

from collections import Counter
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Receive, Scope, Send

from api.problems import Invalid

CONTROLS = frozenset(map(chr, (*range(0x20), *range(0x7F, 0xA0))))
MESSAGE = "this holds a control character"
TWICE = "give this once"


class PlainAddress:
    """The layer that refuses addresses with control characters."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI. Raises `Invalid`, which the envelope tells."""
        if scope["type"] == "http":
            if wrong := _wrong(scope):
                raise Invalid((name, MESSAGE) for name in wrong)
            if twice := _twice(scope):
                raise Invalid((name, TWICE) for name in twice)
        await self._app(scope, receive, send)


def _twice(scope: Scope) -> list[str]:
    """Return the parameters that are given more than once: none of ours may repeat, and one of two would be dropped."""
    names = Counter(name for name, _ in parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
    return [name for name, times in names.items() if times > 1]


def _wrong(scope: Scope) -> list[str]:
    """Return what holds a control character: the path, or parameters by name."""
    found = ["path"] if CONTROLS & set(scope["path"]) else []
    if b"%" in scope["query_string"] or any(byte < 0x20 or byte >= 0x7F for byte in scope["query_string"]):
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        found += [name for name, value in query if CONTROLS & set(value) and not CONTROLS & set(name)]
        found += ["query" for name, _ in query if CONTROLS & set(name)]
    return found
