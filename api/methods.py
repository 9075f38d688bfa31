"""Which methods an address knows: HEAD beside every GET, OPTIONS everywhere, and all of them in `Allow`.

RFC 9110, 9.3.2, 9.3.7 and 10.2.1. It is read from the table of routes, so that no route can forget it.
"""

from collections.abc import Iterable

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import NotFound


class Methods:
    """The layer that knows every address's methods."""

    def __init__(self, app: ASGIApp, routes: Iterable[BaseRoute]) -> None:
        self._app = app
        self._routes = [route for route in routes if isinstance(route, Route)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI. Raises `NotFound` for OPTIONS of no address of ours, which the envelope tells."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        known = self.of(scope["path"])
        if scope["method"] == "OPTIONS":
            if not known:
                raise NotFound
            await Response(status_code=204, headers={"Allow": ", ".join(known)})(scope, receive, send)
        elif scope["method"] == "HEAD" and "GET" in known:
            scope["method"] = "GET"
            await self._app(scope, receive, _without_body(scope, send))
        else:
            await self._app(scope, receive, _with_methods(known, send))

    def of(self, path: str) -> list[str]:
        """Return the methods of an address, in alphabetical order; none for what is no address."""
        found = {method for route in self._routes if route.path_regex.match(path) for method in route.methods or ()}
        if "GET" in found:
            found.add("HEAD")
        return sorted(found | {"OPTIONS"}) if found else []


def _with_methods(known: list[str], send: Send) -> Send:
    """Have a 405 name all methods of the address: the framework names those of the first route that it finds."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 405:
            MutableHeaders(scope=message)["Allow"] = ", ".join(known)
        await send(message)

    return sent


def _without_body(scope: Scope, send: Send) -> Send:
    """Send what a GET would answer, its length too, without its body."""

    async def sent(message: Message) -> None:
        # before anything is sent: the server asks the scope whether a body must follow
        scope["method"] = "HEAD"
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return sent
