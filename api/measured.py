"""Measures and traces every request, by the template of its route: an address may hold ids, and a query anything."""

import time
from datetime import timedelta

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.envelope import METHODS
from api.operations import PROBES
from runtime.metrics import observe, show
from runtime.tracing import HEADER, Side, span

REQUESTS = "mediation_request"
IN_FLIGHT = "mediation_requests_in_flight"
LONGEST_PARENT = 55
"""Characters of a `traceparent` of the version that there is. What is longer is not taken up."""


class RequestMeter:
    """The layer around all others, so that what the envelope answers is measured too. Probes are not."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._in_flight = 0
        show(IN_FLIGHT, 0)  # what is never shown cannot be missed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http" or scope["path"] in PROBES:
            await self._app(scope, receive, send)
            return
        status = 500
        method = scope["method"] if scope["method"] in METHODS else "other"

        async def seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        started = time.perf_counter()
        self._move(+1)
        try:
            with span(method, Side.ASKED, _parent(scope), http_request_method=method) as traced:
                try:
                    await self._app(scope, receive, seen)
                finally:
                    route = getattr(scope.get("route"), "path", "none")
                    traced.rename(f"{method} {route}")
                    traced.tell(http_route=route, http_response_status_code=status)
                    if status >= 500:
                        traced.failed(str(status))
        finally:
            self._move(-1)
            took = timedelta(seconds=time.perf_counter() - started)
            observe(REQUESTS, took, {"method": method, "route": route, "status": str(status)})

    def _move(self, by: int) -> None:
        self._in_flight += by
        show(IN_FLIGHT, self._in_flight)


def _parent(scope: Scope) -> str | None:
    """Return the trace that a caller asks us to go on with, when there is one and one only."""
    told = [value for name, value in scope["headers"] if name == HEADER.encode()]
    return told[0].decode("latin-1") if len(told) == 1 and len(told[0]) <= LONGEST_PARENT else None
