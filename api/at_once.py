"""How many requests are answered at once: of one caller, and in all. Each process of the API counts by itself.

A request holds its place until its answer has left: whoever sends bodies slowly holds no more places than these.
"""

from starlette.types import ASGIApp, Receive, Scope, Send

from api.installation import Installation
from api.operations import PROBES
from api.problems import Overloaded, TooManyAtOnce
from runtime.at_once import TooMuchInAll, TooMuchOfOne


class RequestsAtOnce:
    """The layer that counts what is under way. Probes are not counted."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI. Raises `TooManyAtOnce` and `Overloaded`; `api.rate_limits` has told who asks."""
        if scope["type"] != "http" or scope["path"] in PROBES:
            await self._app(scope, receive, send)
            return
        here: Installation = scope["app"].state.installation
        try:
            with here.at_once.place(scope["state"]["asker"]):
                await self._app(scope, receive, send)
        except TooMuchOfOne:
            raise TooManyAtOnce(here.at_once.of_one) from None
        except TooMuchInAll:
            raise Overloaded from None
