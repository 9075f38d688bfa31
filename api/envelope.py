"""Around every request: a number, the headers every response carries, problems instead of exceptions, one log line."""

import secrets
import time
import uuid

import structlog
from pydantic import ValidationError
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.installation import Installation
from api.problems import DatabaseAway, OtherRelease, Problem, Unexpected, VaultDamaged
from runtime.error_report import described
from runtime.sealing import Tampered
from store.database import UNAVAILABLE
from store.readable import UNREADABLE
from store.vault_secrets import WrongKey

API_VERSION = "1.0.0"
"""Version of the contract (API Design Rules: semver, version-header)."""
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE"})
"""Methods that are logged by name. A caller may make up any other, so those are logged as `other`."""

HEADERS = {
    "API-Version": API_VERSION,
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""What every response carries; a route may set its own value."""

log = structlog.get_logger("api")


class Envelope:
    """The outermost layer: every response gets the headers, and every exception is sent as a problem."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        number = str(uuid.UUID(bytes=secrets.token_bytes(16), version=4))
        scope.setdefault("state", {})["request_id"] = number
        started, status = time.perf_counter(), 0

        async def dressed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["Request-Id"] = number
                headers.update(scope["state"].get("told", {}))
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        with structlog.contextvars.bound_contextvars(request=number):
            try:
                await self._app(scope, receive, dressed)
            except Exception as error:  # nothing of the error itself is told to the caller
                if status:
                    raise
                problem = await _by_another_release(scope, error) or as_problem(error)
                await problem.response(number)(scope, receive, dressed)
            finally:
                _log(scope, status, time.perf_counter() - started)


async def _by_another_release(scope: Scope, error: Exception) -> Problem | None:
    """Return what is sent for something that this build does not understand, while a newer one is at work."""
    here: Installation | None = getattr(scope["app"].state, "installation", None) if "app" in scope else None
    if here is None or not isinstance(error, (ValidationError, *UNREADABLE)) or not await here.language.other(now=True):
        return None
    log.warning("a newer release is at work", error=described(error))
    return OtherRelease()


def as_problem(error: Exception) -> Problem:
    """Return the problem that is sent for an error. An error that nobody foresaw is logged."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, UNAVAILABLE):
        log.warning("PostgreSQL is away", error=described(error))
        return DatabaseAway()
    if isinstance(error, (Tampered, WrongKey)):
        log.error("the vault cannot be read or written", error=described(error))
        return VaultDamaged()
    log.error("unexpected error", error=described(error))
    return Unexpected()


def _log(scope: Scope, status: int, seconds: float) -> None:
    """Log the request by the template of its route: a path may hold ids, and a query anything."""
    caller = scope["state"].get("caller")
    log.info(
        "request",
        method=scope["method"] if scope["method"] in METHODS else "other",
        route=getattr(scope.get("route"), "path", "none"),
        status=status,
        seconds=round(seconds, 4),
        organisation=caller.organisation if caller else None,
        role=caller.role if caller else None,
    )
